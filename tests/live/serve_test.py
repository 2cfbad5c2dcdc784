#!/usr/bin/env python3
"""`logarium serve` with its nodes in one process: start, stop, files, errors, hostile connections."""

import os
import signal
import struct
import sys
import tempfile
import time

from serving import (Connection, Fields, PATIENCE_S, Server, check, consume_all, create_topic,
                     eventually, frame, have_kcat, kcat, main, metadata, neighbouring_ports, run)


def says_when_it_is_ready():
    with Server('--port', '0').await_ready() as server:
        ready = server.ready
        check(ready['ready'] is True and ready['pid'] == server.process.pid, f'{ready}')
        check([b['id'] for b in ready['brokers']] == [1, 2, 3], f'{ready}')
        check(ready['bootstrap'] == ','.join(f"127.0.0.1:{p}" for p in server.ports()), f'{ready}')
        for port in server.ports():
            brokers, _ = metadata(port)
            check(brokers == {b['id']: (b['host'], b['port']) for b in ready['brokers']},
                  f'{brokers}')
        check(os.path.isdir(ready['data']), 'the data directory is there')
        check(server.stop() == 0, 'exit code 0 after SIGTERM')
        check(not os.path.exists(ready['data']), 'the temporary directory is removed')


def one_broker_starts_and_stops():
    with Server('--brokers', '1', '--port', '0').await_ready() as server:
        check(create_topic(server.ports()[0], 'orders', 1, 1) == 0, 'CreateTopics')
        check(server.stop() == 0, 'exit code')


def a_second_signal_ends_at_once():
    with Server('--port', '0').await_ready() as server:
        server.process.send_signal(signal.SIGINT)
        server.process.send_signal(signal.SIGINT)
        code = server.process.wait(PATIENCE_S)
        check(code in (0, -signal.SIGINT), f'exit code {code}')
        check(not os.path.exists(server.ready['data']), 'the temporary directory is removed')


def a_signal_leaves_no_temporary_directory():
    """Whichever signal, when it serves and at any moment of its start."""
    # A sanitizer may have files of its own there.
    directories = lambda folder: [name for name in os.listdir(folder) if name.startswith('logarium-')]
    with tempfile.TemporaryDirectory() as folder:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with Server('--port', '0', temporary=folder).await_ready() as server:
                check(directories(folder) == [os.path.basename(server.ready['data'])], 'one of them')
                server.process.send_signal(number)
                check(server.process.wait(PATIENCE_S) == 0, f'exit code after {number}')
                check(not directories(folder), f'{number}: {directories(folder)}')
        for moment in range(12):
            with Server('--port', '0', temporary=folder) as server:
                # Before that the program may not have said yet that it takes signals.
                end = time.monotonic() + PATIENCE_S
                while not directories(folder) and time.monotonic() < end:
                    pass
                time.sleep(moment * 0.002)
                server.process.send_signal(signal.SIGINT)
                code = server.process.wait(PATIENCE_S)
                check(code == 0 and not directories(folder), f'{code}: {directories(folder)}')


def records_outlive_a_stop_and_a_kill():
    with tempfile.TemporaryDirectory() as data:
        cluster = None
        for round_number in range(4):
            with Server('--port', '0', '--data', data).await_ready() as server:
                bootstrap = server.ready['bootstrap']
                cluster = cluster or server.ready['cluster']
                check(server.ready['cluster'] == cluster, 'the cluster id stays')
                if round_number == 0:
                    check(create_topic(server.ports()[0], 'orders', 3, 3) == 0, 'CreateTopics')
                values = [f'r{round_number}-{i}' for i in range(100)]
                kcat(bootstrap, '-P', '-t', 'orders', '-X', 'acks=all', text='\n'.join(values))
                seen = consume_all(bootstrap, 'orders')
                check(len(seen) == 100 * (round_number + 1), f'{len(seen)} records')
                check(set(values) <= set(seen), 'what was produced is there')
                if round_number % 2 == 0:
                    server.kill()
                else:
                    check(server.stop() == 0, 'exit code')
        check(os.path.isfile(f'{data}/node-1/meta.properties'), 'meta.properties')


def who_comes_early_waits():
    """A broker that starts does not say that there are no topics; and what it tells is for clients."""
    first = neighbouring_ports(3)
    with tempfile.TemporaryDirectory() as data:
        arguments = ('--port', str(first), '--data', data)
        with Server(*arguments).await_ready() as server:
            check(create_topic(first, 'orders', 2, 3) == 0, 'CreateTopics')
            with Connection(first) as connection:
                f = Fields(connection.ask(18, 0, b''))
                f.number('h')
                keys = {key for key, _, _ in f.many(lambda: tuple(f.number('h') for _ in range(3)))}
                check({0, 1, 3} <= keys and not {52, 62, 63} & keys, f'told at a broker: {keys}')
            server.kill()
        with Server(*arguments) as server:
            asked = 0
            while server.process.poll() is None and asked < 5:
                try:
                    topics = metadata(first + asked % 3, ['orders'])[1]
                except ConnectionRefusedError:
                    continue
                asked += 1
                check(len(topics) == 2, f'question {asked}: {topics}')
            check(asked == 5, f'{asked} answers; {server.log_text()}')


def what_cannot_be_had_is_said():
    with tempfile.TemporaryDirectory() as data, \
            Server('--port', '0', '--data', data).await_ready() as server:
        code, text = run('--port', '0', '--data', data)
        check(code == 4 and 'is in use by another process' in text, f'{code}: {text}')
        code, text = run('--port', str(server.ports()[0]))
        check(code == 4 and 'another process listens there' in text, f'{code}: {text}')
    for arguments, words in [(('--brokers', '0'), '--brokers'),
                             (('--set', 'num.partitoins=3'), 'num.partitions'),
                             (('--set', 'nothing'), 'NAME=VALUE'),
                             (('--node', '1'), '--config'),
                             (('--config', '/nowhere'), '/nowhere')]:
        code, text = run(*arguments)
        check(code == 3 and words in text, f'{arguments}: {code}: {text}')
    code, text = run('--data', '/proc/nothing', '--port', '0')
    check(code == 4 and '/proc/nothing' in text, f'{code}: {text}')


def requests_are_answered_in_order():
    with Server('--port', '0').await_ready() as server, Connection(server.ports()[0]) as connection:
        count = 500
        connection.socket.sendall(
            b''.join(frame(18, 0, i, b'') if i % 2 else frame(3, 1, i, struct.pack('>i', 0))
                     for i in range(count)))
        for i in range(count):
            check(struct.unpack('>i', connection.response()[:4])[0] == i, f'answer {i}')


def bad_frames_end_their_connection():
    with Server('--port', '0').await_ready() as server:
        port = server.ports()[0]
        for data, words in [(struct.pack('>i', 104857601), 'a frame of 104857601 bytes'),
                            (struct.pack('>i', -1), 'a frame of -1 bytes'),
                            (frame(999, 0, 1, b''), 'unknown API key 999'),
                            (frame(3, 99, 1, b''), 'Metadata has no version 99'),
                            (frame(3, 1, 1, struct.pack('>i', 5)), 'Metadata request v1'),
                            (struct.pack('>i', 0), 'request header')]:
            with Connection(port) as connection:
                connection.socket.sendall(data)
                check(connection.closed_by_peer(), f'{words}: it stays open')
                # The line names the connection.
                mine = '127.0.0.1:%d: ' % connection.socket.getsockname()[1]
                check(any(mine in line and words in line for line in server.log_text().splitlines()),
                      f'{words}: {server.log_text()}')
            time.sleep(0.11)  # so many lines per second are written
        with Connection(port) as connection:
            connection.socket.sendall(struct.pack('>i', 100) + b'half')
        eventually(lambda: 'it ended within a frame' in server.log_text(), 'half a frame')
        brokers, _ = metadata(port)
        check(len(brokers) == 3, 'it goes on')


def a_reader_that_does_not_read_is_not_waited_for():
    """Requests without end on a connection whose answers nobody takes: others go on."""
    with Server('--port', '0').await_ready() as server, Connection(server.ports()[0]) as greedy:
        greedy.socket.settimeout(2)
        asked = b''.join(frame(18, 0, i, b'') for i in range(1000))
        sent = 0
        try:
            while sent < 200 * 1024 * 1024:
                greedy.socket.sendall(asked)
                sent += len(asked)
        except OSError:
            pass
        check(sent < 200 * 1024 * 1024, 'reading never stopped')
        brokers, _ = metadata(server.ports()[0])
        check(len(brokers) == 3, 'another connection is served')


if __name__ == '__main__':
    if not have_kcat():
        print('skipped: kcat is not installed')
        sys.exit(4)
    sys.exit(main([says_when_it_is_ready, one_broker_starts_and_stops,
                   a_second_signal_ends_at_once, a_signal_leaves_no_temporary_directory,
                   records_outlive_a_stop_and_a_kill, who_comes_early_waits,
                   what_cannot_be_had_is_said, requests_are_answered_in_order,
                   bad_frames_end_their_connection,
                   a_reader_that_does_not_read_is_not_waited_for]))
