#!/usr/bin/env python3
"""Every client that is installed produces with every codec it has, idempotently where it can, keeps
going through a leader's kill -9 without loss (idempotent: without duplicates), and reads back.

The clients of the distribution are expected; those of $LOGARIUM_TEST_CLIENTS (clients/install.sh
puts them there) are tried when they are there. With arguments: only the clients of these names."""

import dataclasses
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

from processes import CLIENTS, RDKAFKA_CLIENT, Cluster, Producer, compare, read_back
from serving import PROGRAM, Failure, check, eventually

FOREIGN = pathlib.Path(os.environ.get('LOGARIUM_TEST_CLIENTS', '/nowhere'))
CODECS = ('none', 'gzip', 'snappy', 'lz4', 'zstd')
PARTITIONS = 3
PER_CODEC = 150
RATE = 500


@dataclasses.dataclass
class Client:
    name: str
    command: list
    missing: str = ''  # what is not installed
    codecs: tuple = CODECS
    mode: str = 'idempotent'
    reader: list = None  # who reads back, when not the client itself
    needs_victim: bool = False  # it goes on only when the dead leader is back


def without(condition, what):
    return '' if condition else what


def has_module(python, module):
    return shutil.which(python) is not None and subprocess.run(
        [python, '-c', f'import {module}'], stderr=subprocess.DEVNULL).returncode == 0


def of_the_distribution():
    python = sys.executable
    return [
        Client('librdkafka', [RDKAFKA_CLIENT],
               without(os.path.exists(RDKAFKA_CLIENT), 'librdkafka-dev (rdkafka_client is not built)')),
        Client('kcat', [python, str(CLIENTS / 'kcat_client.py')], without(shutil.which('kcat'), 'kcat')),
        # Version 2.0 has no idempotent producer.
        Client('kafka-python', [python, str(CLIENTS / 'kafka_python_client.py')],
               without(has_module(python, 'kafka'), 'python3-kafka'), mode='plain'),
        Client('confluent-kafka-python', [python, str(CLIENTS / 'confluent_client.py')],
               without(has_module(python, 'confluent_kafka'), 'python3-confluent-kafka')),
    ]


def of_the_registries():
    python = str(FOREIGN / 'venv/bin/python')
    java, go, node = FOREIGN / 'java', FOREIGN / 'go', FOREIGN / 'node'
    return [
        Client('kafka-python-new', [python, str(CLIENTS / 'kafka_python_client.py')],
               without(has_module(python, 'kafka'), 'kafka-python from PyPI')),
        Client('confluent-kafka-python-new', [python, str(CLIENTS / 'confluent_client.py')],
               without(has_module(python, 'confluent_kafka'), 'confluent-kafka from PyPI')),
        Client('java', ['java', '-cp', f'{java}/lib/*:{java}/classes', 'JavaClient'],
               without((java / 'classes').is_dir(), 'kafka-clients from Maven Central')),
        Client('franz-go', [str(go / 'franz')], without((go / 'franz').exists(), 'franz-go')),
        Client('sarama', [str(go / 'sarama')], without((go / 'sarama').exists(), 'sarama')),
        Client('kafkajs', ['node', str(node / 'kafkajs.mjs')],
               without((node / 'node_modules/kafkajs').is_dir(), 'kafkajs from npm'),
               codecs=('none', 'gzip'), reader=[RDKAFKA_CLIENT]),
        # Its zstd needs a newer Node.js than Debian 12 has.
        Client('platformatic', ['node', str(node / 'platformatic.mjs')],
               without((node / 'node_modules/@platformatic/kafka').is_dir(),
                       '@platformatic/kafka from npm'),
               codecs=('none', 'gzip', 'snappy', 'lz4'), reader=[RDKAFKA_CLIENT],
               # Version 1.35 asks the dead leader again and again, whoever leads now.
               needs_victim=True),
    ]


def stored_codecs(cluster, topic):
    """The codecs of the batches in the files of all replicas (attributes of a batch, bits 0 to 2)."""
    found = set()
    for path in cluster.folder.glob(f'data-*/**/{topic}-*/*.log'):
        data, at = path.read_bytes(), 0
        while at + 61 <= len(data):
            length, attributes = struct.unpack_from('>8xi9xh', data, at)
            if length <= 0:
                break
            found.add(CODECS[attributes & 7])
            at += 12 + length
    return found


def partitions_of(lines):
    return {int(line.split()[1]) for line in lines}


def through_a_kill(cluster, client, topic, codec):
    """Produces, kills a leader, produces until its partitions are written to again."""
    producer = Producer(client.command, cluster, topic, 'kill', codec, client.mode, RATE)
    try:
        producer.await_acknowledged(PER_CODEC)
        victim = cluster.leaders(topic)[0]
        cluster.kill(victim)
        at_kill = len(producer.acknowledged)
        if client.needs_victim:
            cluster.restart(victim)
        producer.await_acknowledged(at_kill + PER_CODEC)
        if partitions_of(producer.acknowledged) != {-1}:
            eventually(lambda: 0 in partitions_of(producer.acknowledged[at_kill:]),
                       'partition 0 takes records again')
        return victim, producer.stop()
    finally:
        producer.kill()


def try_client(cluster, client):
    topic = f'by-{client.name}'
    cluster.create_topic(topic, PARTITIONS)
    acknowledged = []
    for codec in client.codecs:
        producer = Producer(client.command, cluster, topic, codec, codec, client.mode, RATE)
        try:
            producer.await_acknowledged(PER_CODEC)
            acknowledged += producer.stop()
        finally:
            producer.kill()
    check(stored_codecs(cluster, topic) == set(client.codecs), f'{stored_codecs(cluster, topic)}')
    reader = client.reader or client.command
    compare(acknowledged, read_back(reader, cluster, topic, len(acknowledged)),
            client.mode == 'idempotent')
    told = f"{', '.join(client.codecs)}; {client.mode}; {len(acknowledged)} acknowledged and read back"
    told += ' by librdkafka' if client.reader else ''
    victim, more = through_a_kill(cluster, client, topic, client.codecs[-1])
    acknowledged += more
    seen = read_back(reader, cluster, topic, len(acknowledged))
    compare(acknowledged, seen, client.mode == 'idempotent')
    if not client.needs_victim:
        cluster.restart(victim)
    cluster.await_in_sync(topic, PARTITIONS)
    back = ' and its return' if client.needs_victim else ''
    return f'{told}; {len(more)} more through the kill of {victim}{back}, '\
        f'{len(seen)} read back in all'


def tried(cluster, client):
    """False when it failed."""
    if client.missing:
        print(f'skipped {client.name}: {client.missing} is not installed', flush=True)
        return True
    try:
        print(f'ok      {client.name}: {try_client(cluster, client)}', flush=True)
    except (Failure, OSError, subprocess.SubprocessError) as failure:
        print(f'FAILED  {client.name}: {failure}\n{cluster.logs()}', flush=True)
        return False
    return True


def main():
    clients = [c for c in of_the_distribution() + of_the_registries()
               if not sys.argv[1:] or c.name in sys.argv[1:]]
    if not os.path.exists(RDKAFKA_CLIENT) or shutil.which('kcat') is None:
        print(f'skipped: kcat or librdkafka-dev is not installed ({PROGRAM})')
        return 4
    failed = 0
    with tempfile.TemporaryDirectory() as folder, Cluster(folder) as cluster:
        for client in clients:
            failed += not tried(cluster, client)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
