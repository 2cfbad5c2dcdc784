#!/usr/bin/env python3
"""The program logarium-viewer from outside, without a display: pictures, texts, scripts, and what it
says of bad arguments."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

LOGARIUM = os.environ.get('LOGARIUM', 'build/dev/bin/logarium')
VIEWER = os.path.join(os.path.dirname(LOGARIUM), 'logarium-viewer')
SCENARIO = 'scenarios/rules/truncate-to-high-watermark.json'
PANELS = ('cluster', 'replicas', 'topics', 'timeline', 'events', 'violations', 'metrics')
SKIPPED = 4
FOLDER = None
RUN = None


def view(*arguments, program=(VIEWER,), script=None):
    environment = {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY')}
    return subprocess.run([*program, *arguments], capture_output=True, input=script, text=True,
                          timeout=300, env=environment)


def contents(path):
    with open(path, 'rb') as file:
        return file.read()


class TheProgram(unittest.TestCase):
    def test_every_panel_is_printed_at_any_instant(self):
        for panel in PANELS:
            done = view(RUN, '--at', '12.345s', '--dump', panel)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.strip(), panel)

    def test_it_begins_at_the_first_violation(self):
        first = view(RUN, '--dump', 'cluster').stdout
        self.assertEqual(first, view(RUN, '--dump', 'cluster', '--at', '11368').stdout)
        self.assertNotEqual(first, view(RUN, '--dump', 'cluster', '--at', '0').stdout)

    def test_the_same_view_is_the_same_picture(self):
        paths = [os.path.join(FOLDER, name) for name in ('a.png', 'b.png', 'c.png')]
        for path, at in zip(paths, ('11368', '12.345s', '3')):
            done = view(RUN, '--at', at, '--size', '1280x720', '--scale', '0.85', '--shot', path)
            self.assertEqual(done.returncode, 0, done.stderr)
        again = view(RUN, '--at', '11368', '--size', '1280x720', '--scale', '0.85', '--shot', paths[1])
        self.assertEqual(again.returncode, 0, again.stderr)
        data = [contents(path) for path in paths]
        self.assertTrue(data[0].startswith(b'\x89PNG'))
        self.assertEqual(data[0], data[1])
        self.assertNotEqual(data[0], data[2])

    def test_a_script_drives_it_and_fails_where_it_is_wrong(self):
        good = '\n'.join(['# to the first election', 'do start', 'key o', 'expect focus timeline',
                          'click bar/forward', 'click bar/back', 'select node b2', 'expect node b2',
                          'key F5', 'expect focus events', 'filter kind=ELECT', 'size 1280x720',
                          'drag timeline/ruler 0.2 0.4', 'wheel timeline/ruler 2',
                          'key 5', 'do play', 'pass 100ms', 'expect playing yes', 'dump topics', ''])
        done = view(RUN, '--script', '-', script=good)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('orders-0', done.stdout)
        for line, told in (('fly away', 'seek, do, key'), ('do next-electon', 'next-election'),
                           ('click nowhere', 'nothing of this name'), ('seek 12x', '12.48s'),
                           ('expect event 5', 'it is 11368'), ('dump everything', 'cluster')):
            wrong = view(RUN, '--script', '-', script='# a comment\n' + line + '\n')
            self.assertEqual(wrong.returncode, 3, line)
            self.assertIn('-:2:', wrong.stderr)
            self.assertIn(told, wrong.stderr)

    def test_bad_arguments_say_what_would_be_right(self):
        for arguments, told in (
                (['/nowhere.run', '--dump', 'cluster'], '/nowhere.run'),
                ([RUN, '--at', '12 seconds', '--dump', 'cluster'], '12.48s'),
                ([RUN, '--at', '99999999', '--dump', 'cluster'], 'events'),
                ([RUN, '--dump', 'clusters'], 'cluster'),
                ([RUN, '--size', '16x9', '--dump', 'cluster'], '1600x900'),
                ([RUN, '--scale', '9', '--dump', 'cluster'], 'scale'),
                ([RUN, '--filter', 'kind=ELCT', '--dump', 'events'], 'ELECT'),
                ([RUN, '--partition', 'order-0', '--dump', 'replicas'], 'order-0'),
                ([RUN, '--shot', 'a.png', '--bench'], 'one of them'),
                ([RUN, '--preset', 'big', '--dump', 'events'], 'replication'),
                ([RUN, '--events', '20000'], 'goes with --bench'),
                ([RUN, '--bench', '--events', '20000'], 'makes a run of a scenario'),
                (['scenarios/schema.json', '--dump', 'events'], 'schema.json')):
            done = view(*arguments)
            self.assertEqual(done.returncode, 3, arguments)
            self.assertIn(told, done.stderr)
            self.assertEqual(done.stdout, '')

    def test_the_bench_reports_each_goal_of_a_run_that_it_makes(self):
        done = view('scenarios/bench/s0.json', '--bench', '--events', '20000')
        self.assertEqual(done.returncode, 0, done.stderr)
        events = int(done.stdout.split('\n')[0].split()[1])
        self.assertTrue(20_000 <= events < 21_000, done.stdout)
        for goal in ('G9 open', 'G9 frame', 'G9 scrub'):
            self.assertIn(goal, done.stdout)

    def test_logarium_view_is_the_same_program(self):
        done = view('view', RUN, '--dump', 'topics', program=(LOGARIUM,))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, view(RUN, '--dump', 'topics').stdout)

    def test_a_scenario_is_run_to_its_end_for_a_text(self):
        for panel in ('cluster', 'topics', 'events', 'timeline'):
            live = view(SCENARIO, '--at', '9000', '--dump', panel)
            self.assertEqual(live.returncode, 0, live.stderr)
            self.assertEqual(live.stdout, view(RUN, '--at', '9000', '--dump', panel).stdout)


if __name__ == '__main__':
    if not os.path.exists(VIEWER):
        print('skipped: logarium-viewer was not built')
        sys.exit(SKIPPED)
    FOLDER = tempfile.mkdtemp(prefix='viewer-')
    RUN = os.path.join(FOLDER, 'a.run')
    subprocess.run([LOGARIUM, 'run', SCENARIO, '--record', RUN], check=True,
                   stdout=subprocess.DEVNULL)
    try:
        unittest.main(verbosity=1)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
