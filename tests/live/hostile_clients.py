#!/usr/bin/env python3
"""hostile_clients.py PORT COUNT SEED: COUNT connections that harm a server as far as they can. A third
sends garbage in many shapes and connects again when it is closed; a third announces a frame, up to the
largest that is allowed, and sends it byte by byte; a third says nothing.

Commands on stdin, one per line: `open` (connects all), `close`, `counts`. Each is answered by a JSON
object: how many are open, how many shapes of garbage there are, how often each was closed by the
server and how often something came in answer ("quiet": a connection that sent none). Ends with stdin."""

import collections
import heapq
import json
import os
import random
import selectors
import socket
import struct
import sys
import time

HOST = '127.0.0.1'
AGAIN_S = (0.5, 1.5)  # from the end of a garbage connection to its next
DRIBBLE_S = 0.5
FRAME_MAX = 104857600


def framed(data):
    return struct.pack('>i', len(data)) + data


def header(dice, key, version):
    return struct.pack('>hhih', key, version, dice.randrange(2**31), -1)


# ---- garbage ------------------------------------------------------------------------------------

def noise(dice):
    return dice.randbytes(dice.randint(5, 600))


def too_long(dice):
    return struct.pack('>i', dice.randint(FRAME_MAX + 1, 2**31 - 1)) + noise(dice)


def negative(dice):
    return struct.pack('>i', -dice.randint(1, 2**31)) + noise(dice)


def noise_in_a_frame(dice):
    return framed(noise(dice))


def unknown_api(dice):
    return framed(header(dice, dice.choice([-1, 4, 5, 6, 7, 93, 999, 32767]), 0) + noise(dice))


def unknown_version(dice):
    return framed(header(dice, dice.choice([0, 1, 2, 3, 19, 22]), dice.choice([-1, 90, 32767])) +
                  noise(dice))


def noise_as_body(dice):
    # A Metadata or ListOffsets whose arrays announce what never comes.
    return framed(header(dice, dice.choice([2, 3]), dice.randint(1, 4)) +
                  struct.pack('>i', dice.choice([2**31 - 1, 1000000, 77])) + noise(dice))


def http(_):
    return b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def tls(dice):
    return b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + dice.randbytes(502)


# All of these end their connection; a server that leaves one open is wrong.
GARBAGE = (too_long, negative, noise_in_a_frame, unknown_api, unknown_version, noise_as_body, http, tls)


# ---- connections --------------------------------------------------------------------------------

class Crowd:
    def __init__(self, port, count, seed):
        self.port, self.count = port, count
        self.dice = random.Random(seed)
        self.selector = selectors.DefaultSelector()
        self.sockets = {}  # socket: shape; None for the silent and the slow
        self.slow = []
        self.again = []  # when garbage comes again: a heap
        self.dribble_at = 0.0
        self.closed = collections.Counter()
        self.answered = collections.Counter()
        self.shapes = 0

    def connect(self):
        connection = socket.create_connection((HOST, self.port))
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ)
        return connection

    def garbage(self):
        shape = GARBAGE[self.shapes % len(GARBAGE)]
        self.shapes += 1
        connection = self.connect()
        self.sockets[connection] = shape
        self.say(connection, shape(self.dice))

    def say(self, connection, data):
        try:
            connection.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.ended(connection)

    def open(self):
        for i in range(self.count):
            if i % 3 == 0:
                self.garbage()
                continue
            connection = self.connect()
            self.sockets[connection] = None
            if i % 3 == 1:
                self.say(connection, struct.pack('>i', self.dice.choice([1000, 1000000, FRAME_MAX])))
                self.slow.append(connection)
        self.dribble_at = time.monotonic()

    def close(self):
        for connection in list(self.sockets):
            self.forget(connection)
        self.again.clear()

    def forget(self, connection):
        shape = self.sockets.pop(connection)
        self.selector.unregister(connection)
        connection.close()
        return shape

    def ended(self, connection):
        if connection not in self.sockets:
            return
        shape = self.forget(connection)
        self.closed[shape.__name__ if shape else 'quiet'] += 1
        if shape:
            heapq.heappush(self.again, time.monotonic() + self.dice.uniform(*AGAIN_S))

    def turn(self):
        """Waits a little; what came is taken, who is due connects or sends again."""
        for key, _ in self.selector.select(0.02):
            if key.data == 'commands':
                if not self.command(os.read(0, 4096).decode().split()):
                    return False
                continue
            if key.fileobj not in self.sockets:
                continue
            try:
                data = key.fileobj.recv(65536)
            except OSError:
                data = b''
            if not data:
                self.ended(key.fileobj)
            else:
                shape = self.sockets[key.fileobj]
                self.answered[shape.__name__ if shape else 'quiet'] += 1
        now = time.monotonic()
        while self.again and self.again[0] <= now:
            heapq.heappop(self.again)
            self.garbage()
        if self.sockets and now >= self.dribble_at:
            self.dribble_at = now + DRIBBLE_S
            for connection in self.slow:
                if connection in self.sockets:
                    self.say(connection, b'\x00')
        return True

    def command(self, words):
        for word in words:
            if word == 'open':
                self.open()
            elif word == 'close':
                self.close()
            print(json.dumps({'open': len(self.sockets), 'shapes': len(GARBAGE),
                              'closed': self.closed, 'answered': self.answered}), flush=True)
        return bool(words)


def main():
    crowd = Crowd(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    crowd.selector.register(0, selectors.EVENT_READ, 'commands')
    while crowd.turn():
        pass


if __name__ == '__main__':
    main()
