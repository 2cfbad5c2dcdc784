"""What the tests of this folder share: `logarium serve` as a process, and a few requests by hand."""

import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

PROGRAM = os.environ.get('LOGARIUM', 'build/release/bin/logarium')
PATIENCE_S = 60


class Failure(Exception):
    pass


def check(condition, text):
    if not condition:
        raise Failure(text)


def eventually(condition, text, within_s=PATIENCE_S):
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise Failure(f'not within {within_s} s: {text}')


def sanitised():
    """Whether the program was built with a sanitizer: it is slow then, and has memory of its own."""
    with open(PROGRAM, 'rb') as program:
        text = program.read()
    return b'__tsan_init' in text or b'__asan_init' in text


class Server:
    """One process of `logarium serve`; killed with its block. `temporary`: where it makes a directory
    that it needs for itself; `more`: of subprocess.Popen."""

    def __init__(self, *arguments, temporary=None, **more):
        self.log = tempfile.TemporaryFile(mode='w+')
        # What a killed one leaves there goes with the block.
        self.own = None if temporary else tempfile.TemporaryDirectory(prefix='serving-')
        environment = {**os.environ, 'TMPDIR': temporary or self.own.name}
        self.process = subprocess.Popen([PROGRAM, 'serve', '--json', *arguments], text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, env=environment, **more)
        self.ready = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.process.stdout.close()
        self.log.close()
        if self.own:
            self.own.cleanup()

    def await_ready(self):
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE_S)
        line = self.process.stdout.readline() if readable else ''
        check(line, f'no ready line; log:\n{self.log_text()}')
        self.ready = json.loads(line)
        return self

    def ports(self):
        return [broker['port'] for broker in self.ready['brokers']]

    def log_text(self):
        position = self.log.tell()
        self.log.seek(0)
        text = self.log.read()
        self.log.seek(position)
        return text

    def descriptors(self):
        """Open descriptors, but for connections among the process's own nodes: these open some when a
        slow moment has them change an ISR, and keep them."""
        directory = f'/proc/{self.process.pid}'
        targets = []
        for name in os.listdir(f'{directory}/fd'):
            try:
                targets.append(os.readlink(f'{directory}/fd/{name}'))
            except FileNotFoundError:  # closed since it was listed
                continue
        with open(f'{directory}/net/tcp', encoding='ascii') as file:
            sockets = [line.split() for line in file][1:]
        held = set(targets)
        mine = [(row[1], row[2]) for row in sockets if f'socket:[{row[9]}]' in held]
        ends = {local for local, _ in mine}
        return len(targets) - sum(1 for _, remote in mine if remote in ends)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, within_s=PATIENCE_S):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Failure(f'no end within {within_s} s; log:\n{self.log_text()}') from None


def run(*arguments):
    """A `serve` that is expected to refuse: exit code and stderr."""
    done = subprocess.run([PROGRAM, 'serve', *arguments], text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=PATIENCE_S)
    return done.returncode, done.stderr


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def neighbouring_ports(count):
    """The first of `count` ports that follow each other and that nobody listens at. They are none of those
    that the system gives to others."""
    while True:
        first = random.randrange(20000, 30000)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    stack.enter_context(socket.create_server(('127.0.0.1', port)))
                return first
            except OSError:
                continue


# ---- a few requests by hand ---------------------------------------------------------------------

def frame(key, version, correlation, body):
    head = struct.pack('>hhi', key, version, correlation) + struct.pack('>h', 4) + b'test'
    return struct.pack('>i', len(head) + len(body)) + head + body


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=PATIENCE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def exactly(self, count):
        data = b''
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def response(self):
        length, = struct.unpack('>i', self.exactly(4))
        return self.exactly(length)

    def ask(self, key, version, body, correlation=1):
        self.socket.sendall(frame(key, version, correlation, body))
        answer = self.response()
        check(struct.unpack('>i', answer[:4])[0] == correlation, 'another correlation id')
        return answer[4:]

    def closed_by_peer(self):
        try:
            return self.socket.recv(1) == b''
        except ConnectionError:
            return True


class Fields:
    """Reads a response of a version with fixed lengths."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def number(self, form):
        value, = struct.unpack_from('>' + form, self.data, self.at)
        self.at += struct.calcsize('>' + form)
        return value

    def text(self):
        length = self.number('h')
        if length < 0:
            return None
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def many(self, item):
        return [item() for _ in range(self.number('i'))]


def metadata(port, topics=()):
    """Metadata v1: brokers {id: (host, port)} and partitions {(topic, index): (leader, isr)}."""
    body = struct.pack('>i', len(topics))
    for topic in topics:
        body += struct.pack('>h', len(topic)) + topic.encode()
    with Connection(port) as connection:
        f = Fields(connection.ask(3, 1, body))
    brokers = {}
    for _ in range(f.number('i')):
        node, host, at = f.number('i'), f.text(), f.number('i')
        f.text()
        brokers[node] = (host, at)
    f.number('i')
    partitions = {}
    for _ in range(f.number('i')):
        f.number('h')
        name = f.text()
        f.number('b')
        for _ in range(f.number('i')):
            f.number('h')
            index, leader = f.number('i'), f.number('i')
            f.many(lambda: f.number('i'))
            partitions[name, index] = (leader, sorted(f.many(lambda: f.number('i'))))
    return brokers, partitions


def create_topic(port, name, partitions, replicas):
    """CreateTopics v2; the error code."""
    body = struct.pack('>i', 1) + struct.pack('>h', len(name)) + name.encode()
    body += struct.pack('>ihii', partitions, replicas, 0, 0) + struct.pack('>ib', 20000, 0)
    with Connection(port) as connection:
        f = Fields(connection.ask(19, 2, body))
    f.number('i')
    f.number('i')
    f.text()
    return f.number('h')


# ---- kcat ---------------------------------------------------------------------------------------

def have_kcat():
    return shutil.which('kcat') is not None


def kcat(bootstrap, *arguments, text=''):
    done = subprocess.run(['kcat', '-b', bootstrap, *arguments], input=text, text=True,
                          capture_output=True, timeout=PATIENCE_S)
    check(done.returncode == 0, f'kcat {arguments}: {done.returncode}: {done.stderr}')
    return done.stdout


def consume_all(bootstrap, topic):
    return kcat(bootstrap, '-C', '-t', topic, '-o', 'beginning', '-e', '-q').split()


# ---- running ------------------------------------------------------------------------------------

def main(tests):
    """Runs the tests; 1 when one failed, else 0."""
    failed = 0
    for test in tests:
        begun = time.monotonic()
        try:
            test()
            print(f'ok      {test.__name__} ({time.monotonic() - begun:.1f} s)', flush=True)
        except (Failure, AssertionError, OSError, EOFError, subprocess.SubprocessError) as error:
            failed += 1
            print(f'FAILED  {test.__name__}: {error!r}', flush=True)
    return 1 if failed else 0
