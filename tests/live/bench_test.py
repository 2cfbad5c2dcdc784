#!/usr/bin/env python3
"""`logarium bench live` however it ends: nothing of what it started stays behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile

from serving import PROGRAM, check, eventually, main

DRIVER = os.path.join(os.path.dirname(PROGRAM), 'live_bench')


def children_of(pid):
    """Process ids by what they run."""
    found = {}
    for entry in os.listdir('/proc'):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f'/proc/{entry}/stat', encoding='utf-8') as file:
                parent = int(file.read().rpartition(')')[2].split()[1])
            if parent == pid:
                with open(f'/proc/{entry}/cmdline', encoding='utf-8') as file:
                    found[int(entry)] = file.read().split('\0')[:2]
    return found


def running(pid):
    with contextlib.suppress(OSError):
        with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    return False


@contextlib.contextmanager
def bench(folder, *arguments):
    """In a session of its own, so that no signal reaches the test."""
    with open(os.path.join(folder, 'log'), 'w+', encoding='utf-8') as log, \
         tempfile.TemporaryDirectory() as temporary:
        process = subprocess.Popen([PROGRAM, 'bench', 'live', '--rounds', '1', *arguments], text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                   env={**os.environ, 'TMPDIR': temporary}, start_new_session=True)
        try:
            yield process, temporary
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def end_by(number, peer, whom=os.kill):
    """Sends the signal while the peer's process is there; what is left of it and of the folder."""
    with tempfile.TemporaryDirectory() as folder, bench(folder, '--scale', '1', '--peers', peer) as (process, temporary):
        word = {'logarium': 'serve', 'mock': '--mock-cluster'}[peer]
        started = eventually(lambda: [pid for pid, words in children_of(process.pid).items()
                                      if len(words) > 1 and words[1] == word],
                             f'{peer} is started')
        whom(process.pid, number)
        check(process.wait(30) == -number, f'it ends by signal {number}: {process.returncode}')
        eventually(lambda: not any(running(pid) for pid in started), f'{peer} is gone', 15)
        if number == signal.SIGKILL:
            return  # its own folder is left; the cluster's is not
        eventually(lambda: not os.listdir(temporary), f'left: {os.listdir(temporary)}', 5)


def a_killed_one_takes_its_clusters_along():
    end_by(signal.SIGKILL, 'logarium')


def an_interrupted_one_takes_its_clusters_and_its_folder_along():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        end_by(number, 'logarium')


def a_terminal_interrupts_it_once():
    """Ctrl+C reaches the whole process group; the clusters are in groups of their own."""
    end_by(signal.SIGINT, 'logarium', whom=os.killpg)
    end_by(signal.SIGINT, 'mock', whom=os.killpg)


def one_that_ends_by_itself_reports():
    with tempfile.TemporaryDirectory() as folder, \
         bench(folder, '--scale', '1', '--peers', 'mock', '--json') as (process, temporary):
        report = json.loads(process.stdout.read())
        check(process.wait(120) == 0 and report, 'a report')
        check(not os.listdir(temporary), f'left: {os.listdir(temporary)}')


if __name__ == '__main__':
    if not os.access(DRIVER, os.X_OK):
        print(f'skipped: there is no {DRIVER}')
        sys.exit(4)
    sys.exit(main([a_killed_one_takes_its_clusters_along,
                   an_interrupted_one_takes_its_clusters_and_its_folder_along,
                   a_terminal_interrupts_it_once, one_that_ends_by_itself_reports]))
