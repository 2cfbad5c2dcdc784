#!/usr/bin/env python3
"""The viewer in a real window: under Xvfb, driven by xdotool as a person would drive it.

Its screenshot must agree with the picture that the rasteriser makes of the same view, apart from
how the graphics library rounds: less than one pixel in a hundred differs by more than 8 %.
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

LOGARIUM = os.environ.get('LOGARIUM', 'build/dev/bin/logarium')
VIEWER = os.path.join(os.path.dirname(LOGARIUM), 'logarium-viewer')
SCENARIO = 'scenarios/rules/truncate-to-high-watermark.json'
WIDTH, HEIGHT = 1280, 720
SHARE = 0.01
TOLERANCE = 20  # of 255
SKIPPED = 4


def contents(path):
    with open(path, 'rb') as file:
        return file.read()


def png_pixels(path):
    """Rows of (r, g, b) bytes of a PNG with 8 bits in 4 channels."""
    data = contents(path)
    at, packed, width, height = 8, b'', 0, 0
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b'IHDR':
            width, height, depth, colours = struct.unpack('>IIBB', body[:10])
            assert (depth, colours) == (8, 6), 'not RGBA with 8 bits'
        elif kind == b'IDAT':
            packed += body
        at += 12 + length
    raw = zlib.decompress(packed)
    stride = 4 * width
    rows, before = [], bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        unfilter(kind, row, before)
        rows.append(row)
        before = row
    return width, height, rows


def unfilter(kind, row, before):
    for i in range(len(row)):
        left = row[i - 4] if i >= 4 else 0
        up = before[i]
        if kind == 1:
            add = left
        elif kind == 2:
            add = up
        elif kind == 3:
            add = (left + up) // 2
        elif kind == 4:
            corner = before[i - 4] if i >= 4 else 0
            guess = left + up - corner
            far = [abs(guess - left), abs(guess - up), abs(guess - corner)]
            add = (left, up, corner)[far.index(min(far))]
        else:
            return
        row[i] = (row[i] + add) & 255


def screen_pixels(path):
    """Rows of the framebuffer that Xvfb keeps as an XWD file: 4 bytes per pixel, blue first."""
    data = contents(path)
    header = struct.unpack('>25I', data[:100])
    size, width, height, stride, colours = header[0], header[4], header[5], header[12], header[19]
    start = size + 12 * colours
    return width, height, [data[start + y * stride:start + (y + 1) * stride] for y in range(height)]


def differing_share(picture, screen):
    width, height, rows = picture
    _, _, lines = screen
    differing = 0
    for y in range(height):
        ours, theirs = rows[y], lines[y]
        for channel, other in ((0, 2), (1, 1), (2, 0)):
            if ours[channel::4][:width] != theirs[other::4][:width]:
                break
        else:
            continue
        for x in range(width):
            if any(abs(ours[4 * x + c] - theirs[4 * x + 2 - c]) > TOLERANCE for c in range(3)):
                differing += 1
    return differing / (width * height)


class Display:
    """An Xvfb of its own, on a number that it finds free itself."""

    def __init__(self, folder):
        reading, writing = os.pipe()
        self.server = subprocess.Popen(
            ['Xvfb', '-displayfd', str(writing), '-screen', '0', f'{WIDTH}x{HEIGHT}x24', '-fbdir',
             folder, '-nolisten', 'tcp'], pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as number:
            self.name = ':' + number.readline().strip()
        # The settings of whoever runs the test are left alone.
        self.settings = os.path.join(folder, 'config', 'logarium', 'viewer.conf')
        self.environment = dict(os.environ, DISPLAY=self.name, LIBGL_ALWAYS_SOFTWARE='1',
                                XDG_CONFIG_HOME=os.path.join(folder, 'config'))
        self.framebuffer = os.path.join(folder, 'Xvfb_screen0')

    def do(self, *words):
        subprocess.run(['xdotool', *words], env=self.environment, check=True, timeout=60,
                       stdout=subprocess.DEVNULL)

    def settled(self):
        """The screen, once it has stayed the same for a while."""
        last, looks = None, 0
        for _ in range(200):
            time.sleep(0.25)
            now = zlib.crc32(contents(self.framebuffer))
            looks = looks + 1 if now == last else 0
            if looks == 4:
                return screen_pixels(self.framebuffer)
            last = now
        raise AssertionError('the window does not come to rest')

    def close(self):
        self.server.terminate()
        self.server.wait(timeout=20)


def wait_for(what, seconds=30):
    """What the function gives, once that is something."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


class TheWindow(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='viewer-window-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.run_file = os.path.join(self.folder, 'a.run')
        subprocess.run([LOGARIUM, 'run', SCENARIO, '--record', self.run_file], check=True,
                       stdout=subprocess.DEVNULL)

    def painted(self, lines):
        """What the rasteriser makes of a script."""
        path = os.path.join(self.folder, 'painted.png')
        script = '\n'.join(lines + [f'shot {path}', ''])
        subprocess.run([VIEWER, self.run_file, '--size', f'{WIDTH}x{HEIGHT}', '--script', '-'],
                       input=script, text=True, check=True)
        return png_pixels(path)

    def opened(self, display):
        """The viewer's process, its window at the display's corner and focused."""
        viewer = subprocess.Popen(
            [os.path.abspath(VIEWER), self.run_file, '--size', f'{WIDTH}x{HEIGHT}'],
            env=display.environment, cwd=self.folder)
        self.addCleanup(viewer.kill)
        display.do('search', '--sync', '--onlyvisible', '--name', 'Logarium')
        display.do('search', '--name', 'Logarium', 'windowmove', '0', '0', 'windowfocus')
        display.do('mousemove', '1', '1')
        return viewer

    def test_a_person_s_keys_and_mouse_show_what_a_script_shows(self):
        display = Display(self.folder)
        self.addCleanup(display.close)
        viewer = self.opened(display)
        screen = display.settled()
        # The first time of all, the tour opens by itself; Escape closes it for good.
        self.assertLess(differing_share(self.painted(['do tour']), screen), SHARE)
        self.assertFalse(os.path.exists(display.settings))
        display.do('key', 'Escape')
        display.settled()
        self.assertTrue(wait_for(lambda: os.path.exists(display.settings)))
        self.assertIn(b'tour-seen = yes', contents(display.settings))
        for key in ('Home', 'v', 'w', 'w', 'w', 'w', 'w', 'w', 'Right', 'l'):
            display.do('key', key)
        screen = display.settled()
        steps = ['do start', 'do next-violation', *['do zoom-in'] * 6, 'do step', 'do legend']
        share = differing_share(self.painted(steps), screen)
        self.assertLess(share, SHARE)
        other = differing_share(self.painted(steps[:-1]), screen)
        self.assertGreater(other, SHARE, 'a picture without the legend must not agree')
        display.do('key', 'e')

        def saved():
            return [name for name in os.listdir(self.folder) if name.startswith('truncate-to')]
        self.assertTrue(wait_for(lambda: len(saved()) == 2), saved())
        display.do('key', 'ctrl+q')
        self.assertEqual(viewer.wait(timeout=30), 0)

    def test_edges_that_are_dragged_stay_where_they_were_put(self):
        display = Display(self.folder)
        self.addCleanup(display.close)
        os.makedirs(os.path.dirname(display.settings))
        with open(display.settings, 'w', encoding='ascii') as file:
            file.write('tour-seen = yes\n')
        shares = []
        for _ in range(2):
            viewer = self.opened(display)
            display.settled()
            if not shares:
                before = screen_pixels(display.framebuffer)
                # Between the timeline and what is above: 44 in a hundred of what the bar leaves.
                y = round(HEIGHT - 0.44 * (HEIGHT - 34))
                display.do('mousemove', '300', str(y))
                display.settled()
                # Each is seen before the next: several in one frame would be one.
                display.do('mousedown', '1')
                display.settled()
                for step in (50, 100):
                    display.do('mousemove', '300', str(y - step))
                    display.settled()
                display.do('mouseup', '1')
                display.settled()
                display.do('mousemove', '1', '1')
            screen = display.settled()
            painted = self.painted(['drag split/overview-timeline 0.5 0.5 up 100'])
            shares.append(differing_share(painted, screen))
            display.do('key', 'ctrl+q')
            self.assertEqual(viewer.wait(timeout=30), 0)
        # Of a window where nothing was dragged it is far off. Many bars begin between pixels, where
        # the two ways of painting round differently.
        self.assertGreater(differing_share(painted, before), 10 * SHARE)
        for share in shares:
            self.assertLess(share, 2 * SHARE)

    def test_without_a_display_it_says_what_works(self):
        environment = {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY')}
        done = subprocess.run([VIEWER, self.run_file], env=environment, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 4)
        self.assertIn('--shot', done.stderr)


if __name__ == '__main__':
    if not os.path.exists(VIEWER):
        print('skipped: logarium-viewer was not built')
        sys.exit(SKIPPED)
    for tool in ('Xvfb', 'xdotool'):
        if shutil.which(tool) is None:
            print(f'skipped: {tool} is missing')
            sys.exit(SKIPPED)
    unittest.main(verbosity=1)
