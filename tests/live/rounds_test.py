#!/usr/bin/env python3
"""Rounds of kill -9 of a random node under load with acks=all, which also comes back under load, and in
one round of four dies again at once: nothing acknowledged is lost, and after each round the recording
of all processes, those that live on among them, replays with equal digests.

ROUNDS says how many (3), SEED which victims and when; ROUNDS_PER_CLUSTER (5) follow each other in one
cluster."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

from processes import NODES, RDKAFKA_CLIENT, Cluster, Producer, compare, read_back
from serving import PROGRAM, Failure, check, eventually, main

ROUNDS = int(os.environ.get('ROUNDS', '3'))
SEED = int(os.environ.get('SEED', '1'))
ROUNDS_PER_CLUSTER = int(os.environ.get('ROUNDS_PER_CLUSTER', '5'))
TOPIC = 'orders'
PARTITIONS = 6
ACKNOWLEDGED_MIN = 1000


class Figures:
    def __init__(self):
        self.rounds = self.led = self.acknowledged = self.replays = 0
        self.incarnations = self.inputs = self.digests = 0

    def add(self, incarnations, inputs, digests):
        self.incarnations += incarnations
        self.inputs += inputs
        self.digests += digests


def choose(dice, round_number, leaders):
    """Every second victim leads a partition, whatever the dice say; the others may."""
    return dice.choice(sorted(set(leaders.values())) if round_number % 2 == 0 else NODES)


def partitions_of(acknowledged):
    return {int(line.split()[1]) for line in list(acknowledged)}


def one_round(cluster, dice, round_number, before, figures):
    """Kill and restart under load, read back; returns all that is acknowledged by now."""
    begun = time.monotonic()
    producer = Producer([RDKAFKA_CLIENT], cluster, TOPIC, f'round-{round_number}')
    try:
        producer.await_acknowledged(dice.randint(1, ACKNOWLEDGED_MIN))
        leaders = cluster.leaders(TOPIC)
        victim = choose(dice, round_number, leaders)
        led = sorted(at for at, leader in leaders.items() if leader == victim)
        killed = cluster.process(victim)
        cluster.kill(victim)
        at_kill = len(producer.acknowledged)
        producer.await_acknowledged(ACKNOWLEDGED_MIN)
        eventually(lambda: partitions_of(producer.acknowledged[at_kill:]) == set(range(PARTITIONS)),
                   'every partition takes records again')
        cluster.restart(victim)
        twice = dice.random() < 0.25
        if twice:  # while it catches up, or has just done so
            cluster.kill(victim)
            cluster.restart(victim)
        cluster.await_in_sync(TOPIC, PARTITIONS)
        mine = producer.stop()
    finally:
        producer.kill()
    everything = before + mine
    compare(everything, read_back([RDKAFKA_CLIENT], cluster, TOPIC, len(everything)))
    figures.rounds += 1
    figures.led += bool(led)
    figures.acknowledged += len(mine)
    print(f'round {round_number}: kill -9 of node {victim}, process {killed}, leader of {led}, '
          f'after {at_kill} acknowledgements{", twice" * twice}; '
          f'now process {cluster.process(victim)}; '
          f'{len(mine)} acknowledged, {len(everything)} read back, '
          f'{time.monotonic() - begun:.1f} s', flush=True)
    return everything


def replay(cluster):
    """What was recorded up to now; its incarnations, inputs and state digests."""
    begun = time.monotonic()
    done = subprocess.run([PROGRAM, 'replay', str(cluster.recording), '--json'], text=True,
                          capture_output=True, timeout=600)
    check(done.returncode == 0, f'replay: {done.returncode}: {done.stdout[-3000:]}{done.stderr}')
    report = json.loads(done.stdout)
    check(report['equal'], f'the replay differs: {done.stdout[-3000:]}')
    check(all(one['inputs'] > 0 for one in report['incarnations']), 'an incarnation has no input')
    digests = sum(one['state_digests'] for one in report['incarnations'])
    check(digests > 0, 'no state was compared')
    ends = [one['end'] for one in report['incarnations']]
    check(ends == ['killed'] * cluster.starts, f'{cluster.starts} processes were killed, not {ends}')
    inputs = sum(one['inputs'] for one in report['incarnations'])
    print(f"  replay: {len(report['incarnations'])} incarnations, {inputs} inputs, "
          f'{digests} state digests: equal, {time.monotonic() - begun:.1f} s', flush=True)
    return len(report['incarnations']), inputs, digests


def the_comparison_sees_what_is_wrong():
    sent = ['a 0 0', 'b 0 1', 'c 1 0']
    compare(sent, sent[::-1])
    for name, seen in [('lost', sent[:2]), ('moved', ['a 0 0', 'b 0 2', 'c 1 0']),
                       ('changed', ['a 0 0', 'x 0 1', 'c 1 0']), ('twice', [*sent, 'a 1 1']),
                       ('from nowhere', [*sent, 'd 1 1'])]:
        try:
            compare(sent, seen)
        except Failure:
            continue
        raise Failure(f'a record {name} goes unseen')


def nothing_acknowledged_is_lost():
    dice = random.Random(SEED)
    figures = Figures()
    print(f'seed {SEED}, {ROUNDS} rounds', flush=True)
    for first in range(0, ROUNDS, ROUNDS_PER_CLUSTER):
        numbers = range(first, min(first + ROUNDS_PER_CLUSTER, ROUNDS))
        with tempfile.TemporaryDirectory() as folder:
            with Cluster(folder, recorded=True) as cluster:
                try:
                    cluster.create_topic(TOPIC, PARTITIONS)
                    everything = []
                    for number in numbers:
                        everything = one_round(cluster, dice, number, everything, figures)
                        replayed = replay(cluster)
                        figures.replays += 1
                except Failure as failure:
                    raise Failure(f'{failure}\n{cluster.logs()}') from failure
            figures.add(*replayed)
    print(f'{figures.rounds} rounds: the victim was a leader in {figures.led}; '
          f'{figures.acknowledged} records acknowledged, none lost, none twice; '
          f'{figures.replays} replays, in the end of {figures.incarnations} incarnations with '
          f'{figures.inputs} inputs and {figures.digests} state digests: equal')
    check(figures.replays == ROUNDS, f'{figures.replays} rounds were replayed')
    check(figures.acknowledged >= ACKNOWLEDGED_MIN * ROUNDS, f'{figures.acknowledged} acknowledged')
    check(2 * figures.led >= figures.rounds, f'a leader was killed in {figures.led} rounds only')


if __name__ == '__main__':
    if not os.path.exists(RDKAFKA_CLIENT):
        print(f'skipped: {RDKAFKA_CLIENT} is not built, librdkafka-dev is not installed')
        sys.exit(4)
    sys.exit(main([the_comparison_sees_what_is_wrong, nothing_acknowledged_is_lost]))
