#!/usr/bin/env python3
"""`logarium serve` with its nodes in one process: start, stop, files, errors, hostile connections."""

import os
import signal
import struct
import sys
import tempfile

from serving import (Connection, PATIENCE_S, Server, check, consume_all, create_topic, eventually,
                     frame, have_kcat, kcat, main, metadata, run)


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
        for name, data in [('longer than allowed', struct.pack('>i', 104857601)),
                           ('negative length', struct.pack('>i', -1)),
                           ('unknown API', frame(999, 0, 1, b'')),
                           ('unknown version', frame(3, 99, 1, b'')),
                           ('cut body', frame(3, 1, 1, struct.pack('>i', 5))),
                           ('empty frame', struct.pack('>i', 0))]:
            with Connection(port) as connection:
                connection.socket.sendall(data)
                check(connection.closed_by_peer(), f'{name}: it stays open')
        check('frame of 104857601 bytes' in server.log_text(), server.log_text())
        brokers, _ = metadata(port)
        check(len(brokers) == 3, 'it goes on')


def a_thousand_hostile_connections_disturb_nobody():
    with Server('--port', '0').await_ready() as server:
        port = server.ports()[0]
        check(create_topic(port, 'orders', 1, 3) == 0, 'CreateTopics')
        kcat(server.ready['bootstrap'], '-P', '-t', 'orders', text='first')
        eventually(lambda: len(metadata(port)[0]) == 3, 'three brokers')
        before = server.descriptors()
        hostile = []
        for i in range(1000):
            connection = Connection(port)
            if i % 3 == 0:
                connection.socket.sendall(os.urandom(64))
            elif i % 3 == 1:
                connection.socket.sendall(struct.pack('>i', 1000000) + b'half a frame')
            hostile.append(connection)
        values = [f'v{i}' for i in range(1000)]
        kcat(server.ready['bootstrap'], '-P', '-t', 'orders', '-X', 'acks=all',
             text='\n'.join(values))
        check(len(consume_all(server.ready['bootstrap'], 'orders')) == 1001, 'records')
        for connection in hostile:
            connection.socket.close()
        eventually(lambda: server.descriptors() <= before,
                   f'descriptors return to {before}, now {server.descriptors()}')
        lines = server.log_text().count('\n')
        check(lines < 900, f'{lines} lines in the log')
        check(server.stop() == 0, 'exit code')


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
                   a_second_signal_ends_at_once, records_outlive_a_stop_and_a_kill,
                   what_cannot_be_had_is_said, requests_are_answered_in_order,
                   bad_frames_end_their_connection,
                   a_thousand_hostile_connections_disturb_nobody,
                   a_reader_that_does_not_read_is_not_waited_for]))
