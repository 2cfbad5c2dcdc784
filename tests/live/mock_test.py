#!/usr/bin/env python3
"""The program's own clients against librdkafka's mock cluster: old versions, no topic ids (newer mocks have
them), no controller, and answers that are longer than the protocol says. Needs live_bench, which serves it."""

import contextlib
import os
import subprocess
import sys

from clients_test import tool
from serving import PROGRAM, check, main

SERVER = os.path.join(os.path.dirname(PROGRAM), 'live_bench')


@contextlib.contextmanager
def mock_cluster(**topics):
    """Three brokers with these topics, by number of partitions; a leader of its own for each of three."""
    words = [word for name, partitions in topics.items() for word in (name, str(partitions))]
    process = subprocess.Popen([SERVER, '--mock-cluster', *words], text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield '--bootstrap-server', process.stdout.readline().strip()
    finally:
        process.terminate()
        check(process.wait(20) == 0, 'the mock cluster ends')
        process.stdout.close()


def lists_and_describes():
    with mock_cluster(orders=3, bills=1) as at:
        check(tool('topics', 'list', *at)[0] == 'bills\norders\n', 'both')
        out, _ = tool('topics', 'describe', 'orders', *at)
        check('PartitionCount: 3\tReplicationFactor: 3' in out, out)


def produces_and_consumes():
    """Produce 7 and Fetch 11, by name; every codec. Its ListOffsets 5 writes eight bytes for a leader epoch
    of four, so that only the first partition of an answer can be read: the others are asked for again.
    (From the fourth on such an answer says wrong things; leaders are drawn, so there are three here.)"""
    with mock_cluster(orders=3) as at:
        sent = []
        for codec in ('none', 'gzip', 'snappy', 'lz4', 'zstd'):
            lines = [f'{codec}-{number}' for number in range(200)]
            tool('produce', 'orders', *at, '--set', f'compression.type={codec}',
                 text=''.join(line + '\n' for line in lines))
            sent += lines
        out, _ = tool('consume', 'orders', *at, '--from-beginning', '--exit-at-end')
        check(sorted(out.splitlines()) == sorted(sent), f'{len(out.splitlines())} of {len(sent)}')


def idempotent_records_come_once():
    with mock_cluster(orders=1) as at:
        lines = [str(number) for number in range(1000)]
        tool('produce', 'orders', *at, '--set', 'enable.idempotence=true',
             text=''.join(line + '\n' for line in lines))
        out, _ = tool('consume', 'orders', *at, '--from-beginning', '--max-messages', '1000')
        check(out.splitlines() == lines, 'in order, each once')


def says_what_it_cannot_do():
    with mock_cluster(orders=1) as at:
        # Its Metadata names a controller that is none of its brokers.
        for verb in ('create', 'delete'):
            _, err = tool('topics', verb, 'orders', *at, '--timeout-ms', '1000', code=1)
            check('named no controller' in err, err)


if __name__ == '__main__':
    if not os.access(SERVER, os.X_OK):
        print(f'skipped: there is no {SERVER}')
        sys.exit(4)
    sys.exit(main([lists_and_describes, produces_and_consumes, idempotent_records_come_once,
                   says_what_it_cannot_do]))
