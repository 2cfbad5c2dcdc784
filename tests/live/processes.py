"""A cluster of one process per node, for tests that kill them; and clients as clients/README.md
describes them, which produce meanwhile."""

import contextlib
import os
import pathlib
import subprocess
import threading

from serving import PATIENCE_S, PROGRAM, Server, check, create_topic, eventually, free_ports, metadata

NODES = (1, 2, 3)
CLIENTS = pathlib.Path(__file__).parent / 'clients'
RDKAFKA_CLIENT = os.path.join(os.path.dirname(PROGRAM), 'rdkafka_client')


class Cluster:
    """Three combined nodes in `folder`, recorded if told so; killed with their block."""

    def __init__(self, folder, recorded=False):
        self.folder = pathlib.Path(folder)
        self.recording = self.folder / 'recording' if recorded else None
        self.stack = contextlib.ExitStack()
        free = free_ports(2 * len(NODES))
        self.ports = dict(zip(NODES, free))
        self.voters = dict(zip(NODES, free[len(NODES):]))
        self.bootstrap = ','.join(f'127.0.0.1:{port}' for port in self.ports.values())
        self.servers = {}
        self.starts = 0
        for node in NODES:
            self._config(node).write_text(self._properties(node), encoding='utf-8')

    def _config(self, node):
        return self.folder / f'{node}.properties'

    def _properties(self, node):
        quorum = ','.join(f'{n}@127.0.0.1:{port}' for n, port in self.voters.items())
        return f"""node.id={node}
process.roles=broker,controller
controller.quorum.voters={quorum}
listeners=PLAINTEXT://127.0.0.1:{self.ports[node]},CONTROLLER://127.0.0.1:{self.voters[node]}
controller.listener.names=CONTROLLER
log.dirs={self.folder}/data-{node}
default.replication.factor=3
min.insync.replicas=2
log.segment.bytes=1000000
broker.heartbeat.interval.ms=200
broker.session.timeout.ms=1500
"""

    def __enter__(self):
        for node in NODES:
            self._spawn(node)
        for server in self.servers.values():
            server.await_ready()
        eventually(lambda: len(metadata(self.ports[NODES[0]])[0]) == len(NODES), 'all brokers')
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _spawn(self, node):
        self.starts += 1
        more = ['--record', str(self.recording)] if self.recording else []
        self.servers[node] = self.stack.enter_context(
            Server('--node', str(node), '--config', str(self._config(node)), *more))

    def create_topic(self, name, partitions):
        code = create_topic(self.ports[NODES[0]], name, partitions, len(NODES))
        check(code == 0, f'CreateTopics: error {code}')
        self.await_in_sync(name, partitions)

    def await_in_sync(self, topic, partitions):
        for node in NODES:
            eventually(lambda port=self.ports[node]: self._in_sync(port, topic) == partitions,
                       f'{topic}: all in sync for node {node}')

    @staticmethod
    def _in_sync(port, topic):
        return sum(leader in NODES and isr == list(NODES)
                   for leader, isr in metadata(port, [topic])[1].values())

    def leaders(self, topic):
        """{partition: leader}, as one of the living nodes knows it."""
        node = next(n for n, server in self.servers.items() if server.process.poll() is None)
        return {at[1]: leader for at, (leader, _) in metadata(self.ports[node], [topic])[1].items()}

    def process(self, node):
        return self.servers[node].process.pid

    def kill(self, node):
        self.servers[node].kill()

    def restart(self, node):
        self._spawn(node)
        self.servers[node].await_ready()

    def logs(self):
        return '\n'.join(f'--- node {n}\n{s.log_text()[-1500:]}' for n, s in self.servers.items())


class Producer:
    """A client that produces until it is told to stop; knows what was acknowledged to it."""

    def __init__(self, command, cluster, topic, prefix, codec='none', mode='idempotent', rate=2000,
                 environment=None):
        self.acknowledged = []
        self.errors = cluster.folder / f'{prefix}.log'
        with open(self.errors, 'wb') as errors:
            self.process = subprocess.Popen(
                [*command, 'produce', cluster.bootstrap, topic, prefix, codec, mode, str(rate)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, **(environment or {})})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.acknowledged.append(line.rstrip('\n'))

    def await_acknowledged(self, count):
        eventually(lambda: len(self.acknowledged) >= count or self.process.poll() is not None,
                   f'{count} acknowledgements, {len(self.acknowledged)} came; '
                   f'{self.errors.read_text()[-500:]}', 2 * PATIENCE_S)
        check(self.process.poll() is None, f'the client ended: {self.errors.read_text()[-1500:]}')

    def stop(self):
        """Lines `value partition offset`, one per record; all that was sent is acknowledged."""
        self.process.stdin.close()
        code = self.process.wait(3 * PATIENCE_S)
        self.reader.join(PATIENCE_S)
        check(code == 0, f'the client ends with {code}: {self.errors.read_text()[-1500:]}')
        return self.acknowledged

    def kill(self):
        self.process.kill()
        self.process.wait()


def read_back(command, cluster, topic, count, environment=None):
    """What a fresh consumer reads from the beginning: lines `value partition offset`."""
    done = subprocess.run([*command, 'consume', cluster.bootstrap, topic, str(count)], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * PATIENCE_S,
                          env={**os.environ, **(environment or {})})
    check(done.returncode == 0, f'the consumer ends with {done.returncode}: {done.stderr[-1500:]}')
    return done.stdout.splitlines()


def compare(acknowledged, seen, idempotent=True):
    """Nothing acknowledged is lost or changed; nothing is there twice unless it may be."""
    values = [line.split()[0] for line in seen]
    # Some clients do not tell where a record went.
    there = set(seen) | {f'{value} -1 -1' for value in values}
    missing = [line for line in acknowledged if line not in there]
    check(not missing, f'{len(missing)} acknowledged records are lost: {missing[:3]}')
    if idempotent:
        check(len(values) == len(set(values)), f'{len(values) - len(set(values))} duplicates')
        check(len(seen) == len(acknowledged), f'{len(seen)} records, not {len(acknowledged)}')
    known = {line.split()[0] for line in acknowledged}
    check(known >= set(values), f'values that nobody produced: {sorted(set(values) - known)[:3]}')
