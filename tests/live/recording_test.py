#!/usr/bin/env python3
"""What cuts a recording: kill -9 at any moment, a log that may not grow any more, a disk that is full.
Whatever it was, all that was recorded replays as equal.

SEED says when (1), KILLS how often (12)."""

import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

from serving import PROGRAM, Failure, Server, check, eventually, have_kcat, main

SEED = int(os.environ.get('SEED', '1'))
KILLS = int(os.environ.get('KILLS', '12'))


class Recorded:
    """One node whose processes are recorded below `folder`, one after the other."""

    def __init__(self, folder, data=None, recording=None):
        self.data = data or f'{folder}/data'
        self.recording = recording or f'{folder}/recording'

    def serve(self, **more):
        return Server('--brokers', '1', '--port', '0', '--data', self.data, '--record', self.recording,
                      *(word for setting in ('default.replication.factor=1', 'log.segment.bytes=100000',
                                             'broker.heartbeat.interval.ms=100',
                                             'broker.session.timeout.ms=500')
                        for word in ('--set', setting)), **more)

    def replay(self):
        done = subprocess.run([PROGRAM, 'replay', self.recording, '--json'], capture_output=True,
                              text=True, timeout=300)
        check(done.returncode == 0, f'{done.returncode}: {done.stdout[-3000:]}{done.stderr}')
        report = json.loads(done.stdout)
        check(report['equal'], f'{report}')
        return report['incarnations']


class Load:
    """kcat, which produces until its block ends; whatever becomes of it."""

    def __init__(self, server, batch_bytes=3000):
        self.process = subprocess.Popen(
            ['kcat', '-P', '-b', server.ready['bootstrap'], '-t', 'orders', '-X', 'linger.ms=1',
             '-X', f'batch.size={batch_bytes}'], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self._feed)
        self.going = True

    def _feed(self):
        number = 0
        try:
            while self.going:
                self.process.stdin.write(b''.join(b'%d %s\n' % (number + i, b'x' * (i * 37 % 900))
                                                  for i in range(50)))
                self.process.stdin.flush()
                number += 50
                time.sleep(0.001)
        except OSError:
            pass

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.process.kill()
        self.thread.join()
        self.process.stdin = None
        self.process.wait()


# ---- tests --------------------------------------------------------------------------------------

def killed_at_any_moment():
    dice = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        node = Recorded(folder)
        for kill in range(KILLS):
            with node.serve() as server:
                if kill % 2 == 0:  # while it starts, from its first system call on
                    time.sleep(dice.uniform(0, 0.08))
                else:
                    with Load(server.await_ready()):
                        time.sleep(dice.uniform(0, 0.6))
                        server.kill()
                server.kill()
        incarnations = node.replay()
        check(1 < len(incarnations) <= KILLS, f'{len(incarnations)} logs of {KILLS} processes')
        check(all(one['end'] == 'killed' for one in incarnations), f'{incarnations}')
        inputs = [one['inputs'] for one in incarnations]
        check(max(inputs) > 300, f'inputs: {inputs}')
        print(f"  inputs until the kills: {inputs}, "
              f"{sum(one['cut_bytes'] > 0 for one in incarnations)} logs end within an entry")


def a_log_that_may_not_grow_ends_and_the_next_is_whole():
    """What the process does unrecorded is no difference: the next log begins with all files."""
    with tempfile.TemporaryDirectory() as folder:
        node = Recorded(folder)
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        with node.serve(preexec_fn=limit) as server, Load(server.await_ready()):
            eventually(lambda: 'the recording ends here' in server.log_text(), 'the log is at its limit')
            time.sleep(0.3)
            check(server.process.poll() is None, 'it lives on')
            server.kill()
        for _ in range(2):
            with node.serve() as server, Load(server.await_ready()):
                time.sleep(0.3)
                server.kill()
        incarnations = node.replay()
        check([one['end'] for one in incarnations] == ['recording ended', 'killed', 'killed'],
              f'{incarnations}')
        check(pathlib.Path(f'{node.recording}/node-1/00000001.ended.inputs').exists(), 'its name')
        check(all(one['inputs'] > 100 for one in incarnations), f'{incarnations}')


def on_a_full_disk(folder, recording, sizes_kb, dice):
    """Kills a process as soon as the disk of its data is full, again and again on a bigger one."""
    disk = pathlib.Path(folder) / 'disk'
    disk.mkdir(exist_ok=True)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1200k', 'tmpfs', disk], check=True)
    node = Recorded(folder, data=f'{disk}/data', recording=recording or f'{disk}/recording')
    killed = 0
    try:
        for size in sizes_kb:
            with node.serve() as server, Load(server.await_ready(), dice.choice([3000, 50000])):
                end = time.monotonic() + 60
                while os.statvfs(disk).f_bavail > 1 and server.process.poll() is None:
                    check(time.monotonic() < end, 'the disk does not fill up')
                time.sleep(dice.choice([0, 0, 0.0003, 0.002]))
                server.kill()
                killed += server.process.returncode == -signal.SIGKILL
            subprocess.run(['mount', '-o', f'remount,size={size}k', disk], check=True)
        incarnations = node.replay()
        ends = [one['end'] for one in incarnations]
        print(f'  {killed} of {len(incarnations)} were killed before they ended by themselves: {ends}')
    finally:
        subprocess.run(['umount', '-l', disk], check=True)


def a_disk_is_full_when_the_process_dies():
    """The data alone on the full disk, and the recording beside it."""
    with tempfile.TemporaryDirectory() as folder:
        on_a_full_disk(folder, f'{folder}/recording', range(1800, 6000, 600), random.Random(SEED))
    with tempfile.TemporaryDirectory() as folder:
        # A log after one that could not be written any more holds all files once more.
        on_a_full_disk(folder, None, [1200 * 3 ** n for n in range(1, 5)], random.Random(SEED + 1))


def in_a_namespace_of_its_own():
    """Whether this process may mount; a new namespace of users and mounts gives anybody the right."""
    return subprocess.run(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'],
                          stderr=subprocess.DEVNULL).returncode == 0


def a_full_disk():
    if not in_a_namespace_of_its_own():
        print('  left out: no file system can be mounted here')
        return
    done = subprocess.run(['unshare', '-rm', sys.executable, __file__, 'full'], text=True,
                          capture_output=True)
    print(done.stdout, end='')
    if done.returncode != 0:
        raise Failure(done.stderr[-3000:])


if __name__ == '__main__':
    if not have_kcat():
        print('skipped: kcat is not installed')
        sys.exit(4)
    if sys.argv[1:] == ['full']:
        a_disk_is_full_when_the_process_dies()
        sys.exit(0)
    sys.exit(main([killed_at_any_moment, a_log_that_may_not_grow_ends_and_the_next_is_whole,
                   a_full_disk]))
