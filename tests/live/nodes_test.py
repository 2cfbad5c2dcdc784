#!/usr/bin/env python3
"""One process per node, each with a server.properties file, as in Kafka's quick start: create,
produce, consume, kill -9 the leader, consume again, restart it. And once more with brokers and
controllers apart."""

import contextlib
import os
import sys
import tempfile

from serving import (Server, check, consume_all, create_topic, eventually, free_ports, have_kcat,
                     kcat, main, metadata, run)


def write_config(folder, node, roles, ports, voters, logs=None):
    """A server.properties file in `folder`, whose log.dirs is there or in `logs`."""
    os.makedirs(folder, exist_ok=True)
    listeners = []
    if 'broker' in roles:
        listeners.append(f'PLAINTEXT://127.0.0.1:{ports[node]}')
    if 'controller' in roles:
        listeners.append(f'CONTROLLER://127.0.0.1:{voters[node]}')
    path = os.path.join(folder, f'node-{node}.properties')
    quorum = ','.join(f'{n}@127.0.0.1:{p}' for n, p in voters.items())
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f"""# made by a test
process.roles={','.join(roles)}
node.id={node}
controller.quorum.voters={quorum}
listeners={','.join(listeners)}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={logs or folder}/logs-{node}
num.network.threads=3
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
default.replication.factor=3
""")
    return path


def isr(port, topic, index=0):
    return metadata(port, [topic])[1].get((topic, index), (None, []))[1]


def three_combined_processes():
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        numbers = [1, 2, 3]
        free = free_ports(6)
        ports, voters = dict(zip(numbers, free)), dict(zip(numbers, free[3:]))
        configs = {n: write_config(folder, n, ['broker', 'controller'], ports, voters)
                   for n in numbers}
        servers = {n: stack.enter_context(Server('--config', configs[n])) for n in numbers}
        for server in servers.values():
            server.await_ready()
        check(len({s.ready['cluster'] for s in servers.values()}) == 1, 'one cluster id')
        eventually(lambda: len(metadata(ports[1])[0]) == 3, 'three brokers')
        check(create_topic(ports[1], 'orders', 1, 3) == 0, 'CreateTopics')
        bootstrap = ','.join(f'127.0.0.1:{p}' for p in ports.values())
        eventually(lambda: isr(ports[1], 'orders') == numbers, 'all in sync')
        values = [f'v{i}' for i in range(1000)]
        kcat(bootstrap, '-P', '-t', 'orders', '-X', 'acks=all', text='\n'.join(values))
        check(consume_all(bootstrap, 'orders') == values, 'consumed as produced')

        leader = metadata(ports[1], ['orders'])[1]['orders', 0][0]
        servers[leader].kill()
        other = ports[leader % 3 + 1]
        eventually(lambda: isr(other, 'orders') == [n for n in numbers if n != leader],
                   'the dead leader leaves the ISR')
        check(metadata(other, ['orders'])[1]['orders', 0][0] != leader, 'a new leader')
        check(consume_all(bootstrap, 'orders') == values, 'everything is still there')
        kcat(bootstrap, '-P', '-t', 'orders', '-X', 'acks=all', text='after')

        servers[leader] = stack.enter_context(Server('--config', configs[leader]))
        servers[leader].await_ready()
        eventually(lambda: isr(other, 'orders') == numbers, 'it rejoins the ISR')
        check(consume_all(bootstrap, 'orders') == values + ['after'], 'nothing is lost')
        check(servers[leader].stop() == 0, 'one stops while the others serve')


def brokers_and_controllers_apart():
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        free = free_ports(3)
        ports, voters = {1: free[0], 2: free[1]}, {101: free[2]}
        controller = write_config(folder, 101, ['controller'], ports, voters)
        stack.enter_context(Server('--config', controller)).await_ready()
        brokers = []
        for n in (1, 2):
            config = write_config(folder, n, ['broker'], ports, voters)
            brokers.append(stack.enter_context(Server('--config', config)))
        for broker in brokers:
            broker.await_ready()
        eventually(lambda: len(metadata(ports[1])[0]) == 2, 'two brokers')
        check(create_topic(ports[1], 'orders', 2, 2) == 0, 'CreateTopics')
        bootstrap = f'127.0.0.1:{ports[2]}'
        kcat(bootstrap, '-P', '-t', 'orders', '-X', 'acks=all', text='a\nb\nc')
        check(sorted(consume_all(bootstrap, 'orders')) == ['a', 'b', 'c'], 'consumed')
        for broker in brokers:
            check(broker.stop() == 0, 'exit code')


def who_comes_early_waits():
    """A broker that starts does not say that there are no topics; it says nothing until it knows."""
    with tempfile.TemporaryDirectory() as folder:
        free = free_ports(2)
        port = free[0]
        config = write_config(folder, 1, ['broker', 'controller'], {1: port}, {1: free[1]})
        with Server('--config', config).await_ready() as server:
            check(create_topic(port, 'orders', 2, 1) == 0, 'CreateTopics')
            server.kill()
        for _ in range(3):
            with Server('--config', config) as server:
                asked = 0
                while server.process.poll() is None and asked < 5:
                    try:
                        topics = metadata(port, ['orders'])[1]
                    except ConnectionRefusedError:
                        continue
                    asked += 1
                    check(len(topics) == 2, f'question {asked}: {topics}')
                server.await_ready()
                check(asked == 5, f'{asked} answers')
                server.kill()


def a_directory_belongs_to_one_process():
    """The lock is on log.dirs, whatever file or ports name it, and goes with a killed process."""
    with tempfile.TemporaryDirectory() as folder:
        free = free_ports(4)
        config = write_config(folder, 1, ['broker', 'controller'], {1: free[0]}, {1: free[1]})
        with Server('--config', config).await_ready() as server:
            other = write_config(os.path.join(folder, 'other'), 1, ['broker', 'controller'],
                                 {1: free[2]}, {1: free[3]}, logs=folder)
            for again in (config, other):
                code, text = run('--config', again)
                check(code == 4 and f'{folder}/logs-1' in text and
                      'is in use by another process' in text, f'{code}: {text}')
            check(len(metadata(free[0])[0]) == 1, 'the first one goes on')
            server.kill()
        with Server('--config', other).await_ready() as server:
            check(server.stop() == 0, 'the next one has it')


def a_wrong_file_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = write_config(folder, 1, ['broker', 'controller'], {1: 9092}, {1: 9093})
        with open(path, 'a', encoding='utf-8') as file:
            file.write('log.segment.byte=1000\n')
        code, text = run('--config', path)
        check(code == 3 and f'{path}:13: log.segment.byte' in text and 'log.segment.bytes' in text,
              f'{code}: {text}')


if __name__ == '__main__':
    if not have_kcat():
        print('skipped: kcat is not installed')
        sys.exit(4)
    sys.exit(main([a_wrong_file_is_refused, who_comes_early_waits,
                   a_directory_belongs_to_one_process,
                   three_combined_processes, brokers_and_controllers_apart]))
