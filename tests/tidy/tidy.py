#!/usr/bin/env python3
"""Holds the limits and bans of this project for every C++ text, whatever its suffix.

usage: tidy.py [ROOT]      exit 0: clean, 1: findings, one per line as FILE:LINE: TEXT

There is no list of exceptions: a finding is repaired. README.md lists what is held.
"""

import os
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

import bans
import folders
from cpp_text import Outline, code_of, comments_of, includes_of, macros_of

FILE_LINES_MAX = 600
FILE_LINES_P90_MAX = 400
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

TOP_FOLDERS = {'engine', 'sim', 'viz', 'scenarios', 'tests', '.ci'}
_SOURCE_SUFFIXES = ('.cpp', '.cc', '.cxx', '.c++', '.c')
_HEADER_SUFFIXES = ('.hpp', '.h', '.hh', '.hxx', '.h++', '.inc', '.inl', '.ipp', '.ixx',
                    '.tpp', '.def')
_OTHER_TEXT = ('.md', '.json', '.py', '.sh', '.cmake', '.txt', '.yaml', '.yml')
_UNFINISHED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
# What clang-format leaves of "// ---- name -----..." when the line was too long.
_BROKEN_SEPARATOR = re.compile(r'^\s*// ?-{8,}')
_CPP_MARK = re.compile(r'^[ \t]*#[ \t]*(include[ \t]*["<]|pragma once)|^namespace\b.*\{',
                       re.MULTILINE)
_SKIPPED = {'.git', 'build', '.cache', '__pycache__'}


@dataclass
class Text:
    """One C++ text with what is derived from it once."""
    path: str
    text: str
    is_header: bool
    code: str = ''
    includes: list = field(default_factory=list)
    functions: list = field(default_factory=list)

    def __post_init__(self):
        self.code = code_of(self.text)
        self.includes = includes_of(self.text)
        self.functions = Outline(self.text).functions

    @property
    def line_count(self):
        return len(self.text.splitlines())


def list_files(root):
    """Files of the checkout: what git knows or would add; without git all but build products."""
    try:
        out = subprocess.run(['git', '-C', root, 'ls-files', '-zco', '--exclude-standard'],
                             capture_output=True, check=True).stdout.decode()
        names = sorted(n for n in out.split('\0') if n)
        return [n for n in names if os.path.isfile(os.path.join(root, n))]
    except (OSError, subprocess.CalledProcessError):
        pass
    names = []
    for folder, below, files in os.walk(root):
        below[:] = [b for b in below if b not in _SKIPPED]
        names += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted(names)


def read_text(root, name):
    try:
        with open(os.path.join(root, name), encoding='utf-8') as file:
            return file.read()
    except UnicodeDecodeError:
        return None


class Tidy:
    def __init__(self, root):
        self.root = root
        self.findings = []
        self.names = list_files(root)
        self.texts = {}
        self._collect()

    def report(self, path, line, what):
        self.findings.append((path, line, what))

    # ---- which files are C++ texts --------------------------------------------------------------

    def _add(self, name, text):
        is_header = not name.endswith(_SOURCE_SUFFIXES)
        self.texts[name] = Text(name, text, is_header)

    def _collect(self):
        """By suffix, by content for unknown suffixes, and whatever a C++ text includes."""
        for name in self.names:
            if name.endswith(_SOURCE_SUFFIXES + _HEADER_SUFFIXES):
                text = read_text(self.root, name)
                if text is None:
                    self.report(name, 1, 'is not UTF-8')
                else:
                    self._add(name, text)
            elif not name.endswith(_OTHER_TEXT) and not name.startswith('tests/fuzz/corpus/'):
                text = read_text(self.root, name)
                if text is not None and _CPP_MARK.search(text) and not text.startswith('#!'):
                    self._add(name, text)
        pending = list(self.texts.values())
        while pending:
            current = pending.pop()
            for include in current.includes:
                if include.path in self.names and include.path not in self.texts:
                    text = read_text(self.root, include.path)
                    if text is not None:
                        self._add(include.path, text)
                        pending.append(self.texts[include.path])

    # ---- sizes ----------------------------------------------------------------------------------

    def check_sizes(self, text):
        if text.line_count > FILE_LINES_MAX:
            self.report(text.path, FILE_LINES_MAX,
                        f'{text.line_count} lines, at most {FILE_LINES_MAX}: '
                        'split it and its state')
        for number, line in enumerate(text.text.splitlines(), 1):
            if len(line) > COLUMNS_MAX:
                self.report(text.path, number, f'{len(line)} columns, at most {COLUMNS_MAX}')
            if _BROKEN_SEPARATOR.match(line):
                self.report(text.path, number, 'a separator that was broken in two: '
                            'its dashes end at column 100')
        for span in text.functions + macros_of(text.text):
            if span.lines > FUNCTION_LINES_MAX:
                self.report(text.path, span.first, f'{span.lines} lines, at most '
                            f'{FUNCTION_LINES_MAX} per function: {span.name}')

    # ---- includes -------------------------------------------------------------------------------

    def check_includes(self, text):
        allowed = folders.Allowed(text.path)
        for include in text.includes:
            where = (text.path, include.line)
            if include.quoted:
                self._check_quoted(where, include.path, allowed)
            else:
                self._check_angled(where, include.path, allowed, text.is_header)
        stem, suffix = os.path.splitext(text.path)
        own = stem + '.hpp'
        if suffix == '.cpp' and own in self.texts and (
                not text.includes or text.includes[0].path != own):
            self.report(text.path, 1, f'includes its own header first: "{own}"')

    def _check_quoted(self, where, path, allowed):
        if path not in self.texts:
            self.report(*where, f'"{path}" is no file of the project: '
                        'quoted paths start at the root')
            return
        folder = folders.folder_of(path)
        same = folders.folder_of(where[0]) == folder
        if not same and folder not in allowed.folders:
            self.report(*where, f'{folders.folder_of(where[0])} may not include {folder}: "{path}"')

    def _check_angled(self, where, path, allowed, is_header):
        library = folders.library_of(path)
        if path in self.texts:
            self.report(*where, f'<{path}> is a file of the project: include it in quotes')
        elif library not in allowed.libraries:
            self.report(*where, f'<{path}> ({library}) may not be used in this folder')
        elif is_header and folders.is_heavy(path) and not where[0].startswith('tests/'):
            self.report(*where, f'<{path}> is too heavy for a header: include it in a .cpp file')

    def check_cycles(self):
        state = {}

        def visit(path, trail):
            state[path] = 'open'
            for include in self.texts[path].includes:
                if include.path not in self.texts:
                    continue
                if state.get(include.path) == 'open':
                    self.report(path, include.line, 'include cycle: '
                                + ' > '.join(trail[trail.index(include.path):] + [include.path]))
                elif include.path not in state:
                    visit(include.path, trail + [include.path])
            state[path] = 'done'

        for path in sorted(self.texts):
            if path not in state:
                visit(path, [path])

    # ---- words ----------------------------------------------------------------------------------

    def check_words(self, text):
        for line, word, instead in bans.banned_words(text.path, text.code):
            self.report(text.path, line, f'`{word}` is banned here; instead: {instead}')
        if text.is_header:
            if not re.search(r'^#pragma once$', text.text, re.MULTILINE):
                self.report(text.path, 1, 'a header needs #pragma once')
            for match in re.finditer(r'\busing\s+namespace\b', text.code):
                self.report(text.path, text.code.count('\n', 0, match.start()) + 1,
                            '`using namespace` is banned in headers')
        if bans.is_deterministic(text.path):
            for line, what in bans.mutable_globals(text.text, text.code):
                self.report(text.path, line, f'`{what}` is a mutable global; instead: a member '
                            'of the state that owns it')

    def check_unordered(self):
        """Names are gathered per folder: a member of a header is walked in a .cpp beside it."""
        names = {}
        deterministic = [t for t in self.texts.values() if bans.is_deterministic(t.path)]
        for text in deterministic:
            names.setdefault(folders.folder_of(text.path), set()).update(
                bans.unordered_names(text.code))
        for text in deterministic:
            found = bans.unordered_iterations(text.code, names[folders.folder_of(text.path)])
            for line, what in found:
                self.report(text.path, line, f'`{what}` walks an unordered container; instead: '
                            'std::map, or a sorted vector of its keys')

    def check_unfinished(self):
        for name in self.names:
            text = self.texts[name].text if name in self.texts else read_text(self.root, name)
            if text is None or name.startswith('tests/fuzz/corpus/') or name == 'LICENSE':
                continue
            comments = comments_of(text) if name in self.texts else text
            for match in _UNFINISHED.finditer(comments):
                self.report(name, comments.count('\n', 0, match.start()) + 1,
                            f'{match.group(0)}: finish it, or open an issue')

    # ---- folders --------------------------------------------------------------------------------

    def check_folders(self):
        for folder in sorted({n.split('/')[0] for n in self.names if '/' in n} - TOP_FOLDERS):
            self.report(folder, 1, 'no folder of this name at the top')
        if 'CMakeLists.txt' in self.names:
            cmake = read_text(self.root, 'CMakeLists.txt')
            for line, folder, other in folders.beyond_the_table(cmake):
                self.report('CMakeLists.txt', line, f'{folder} may not link {other}')
        for name in sorted(self.texts):
            layer = name.split('/')[0]
            if layer in ('engine', 'sim', 'viz') and folders.folder_of(name) not in folders.FOLDERS:
                self.report(name, 1, 'stands in no folder of the design (folders.py)')
            elif layer not in TOP_FOLDERS - {'scenarios', '.ci'}:
                self.report(name, 1, 'C++ stands in engine, sim, viz and tests only')

    # ---- all ------------------------------------------------------------------------------------

    def run(self):
        for text in self.texts.values():
            self.check_sizes(text)
            self.check_includes(text)
            self.check_words(text)
        self.check_cycles()
        self.check_unordered()
        self.check_unfinished()
        self.check_folders()
        lengths = sorted(t.line_count for t in self.texts.values())
        if len(lengths) >= 10 and percentile(lengths, 90) > FILE_LINES_P90_MAX:
            self.report('.', 1, f'90th percentile of file lengths is {percentile(lengths, 90)}, '
                        f'at most {FILE_LINES_P90_MAX}')
        return sorted(set(self.findings))

    def summary(self):
        files = sorted(t.line_count for t in self.texts.values())
        functions = sorted(s.lines for t in self.texts.values() for s in t.functions)
        if not files:
            return 'no C++ texts'
        text = (f'{len(files)} files, {sum(files)} lines: median {statistics.median(files):.0f}, '
                f'90th percentile {percentile(files, 90)}, longest {files[-1]}')
        if functions:
            text += (f'; {len(functions)} functions: median {statistics.median(functions):.0f}, '
                     f'longest {functions[-1]}')
        return text


def percentile(ordered, percent):
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..', '..')
    tidy = Tidy(os.path.abspath(root))
    findings = tidy.run()
    for path, line, what in findings:
        print(f'{path}:{line}: {what}')
    print(tidy.summary())
    print(f'{len(findings)} findings')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
