"""Which folder may include which folders and libraries. The graph in CMakeLists.txt says the same.

A folder may also include what the folders it names include in turn.
"""

import re

_BASE_LIBRARIES = {'isa-l', 'xxhash', 'fmt'}
_CODECS = {'zlib', 'lz4', 'snappy', 'zstd'}

# folder: (folders it names, libraries that come in here)
FOLDERS = {
    'engine/base': ([], _BASE_LIBRARIES),
    'engine/config': (['engine/base'], set()),
    'engine/protocol': (['engine/config'], _CODECS),
    'engine/rpc': (['engine/protocol'], set()),
    'engine/log': (['engine/protocol'], set()),
    'engine/raft': (['engine/log', 'engine/rpc'], set()),
    'engine/metadata': (['engine/protocol'], set()),
    'engine/controller': (['engine/raft', 'engine/metadata'], set()),
    'engine/replica': (['engine/log', 'engine/rpc', 'engine/metadata'], set()),
    'engine/coordinator': (['engine/metadata'], set()),
    'engine/group': (['engine/metadata', 'engine/coordinator'], set()),
    'engine/txn': (['engine/metadata', 'engine/coordinator'], set()),
    'engine/client': (['engine/rpc'], set()),
    'engine/server': (['engine/controller', 'engine/replica', 'engine/group', 'engine/txn',
                       'engine/client'], set()),
    'engine/runtime': (['engine/server', 'engine/client'], set()),
    'engine/live': (['engine/runtime'], {'boost', 'json', 'openssl', 'system'}),
    'sim/workload': (['engine/client'], set()),
    'sim/world': (['engine/runtime', 'sim/workload'], set()),
    'sim/scenario': (['sim/world'], {'json'}),
    'sim/checkers': (['sim/world'], set()),
    'sim/trace': (['engine/protocol'], {'sqlite', 'json'}),
    'sim/run': (['sim/scenario', 'sim/checkers', 'sim/trace'], {'json'}),
    'sim/explore': (['sim/run'], {'json', 'system'}),
    'sim/cli': (['sim/explore', 'engine/live'], {'json', 'system'}),
    'viz/model': (['sim/run'], {'json'}),
    'viz/panels': (['viz/model', 'viz/widgets'], {'imgui'}),
    'viz/widgets': (['viz/model'], {'imgui'}),
    'viz/app': (['viz/panels', 'viz/widgets'], {'imgui', 'glfw', 'stb', 'system'}),
}

# Libraries that stay in the folder that names them; the others are seen by all who include it.
_CONFINED = {'boost', 'openssl', 'sqlite', 'json', 'imgui', 'glfw', 'stb', 'system', 'cli11'}

# Kinds of tests (tests/KIND) may use every folder of engine and sim, and these libraries too.
_TEST_LIBRARIES = {
    'live': {'boost', 'openssl', 'system'},
    'viz': {'imgui', 'stb'},
}

_LIBRARY_HEADERS = [
    ('boost', r'boost/.*'),
    ('openssl', r'openssl/.*'),
    ('sqlite', r'sqlite3(ext)?\.h'),
    ('json', r'nlohmann/.*'),
    ('cli11', r'CLI/.*'),
    ('imgui', r'(imgui|imconfig|implot).*\.h|backends/imgui.*|misc/(cpp|freetype)/imgui.*'),
    ('glfw', r'GLFW/.*|GL/.*'),
    ('stb', r'(stb/)?stb_.*\.h'),
    ('fmt', r'fmt/.*'),
    ('isa-l', r'isa-l\.h|isa-l/.*|crc\.h'),
    ('xxhash', r'xxhash\.h|xxh3\.h'),
    ('zlib', r'zlib\.h|zconf\.h'),
    ('lz4', r'lz4\w*\.h'),
    ('snappy', r'snappy[\w-]*\.h'),
    ('zstd', r'zstd\w*\.h'),
    ('catch2', r'catch2/.*'),
    ('benchmark', r'benchmark/.*'),
]

_STANDARD_C = {'assert', 'ctype', 'errno', 'float', 'inttypes', 'limits', 'locale', 'math',
               'setjmp', 'signal', 'stdarg', 'stddef', 'stdint', 'stdio', 'stdlib', 'string', 'time', 'wchar'}

# Too heavy for headers of engine, sim and viz: seconds for every file that includes them.
HEAVY = {'boost', 'json', 'sqlite', 'catch2', 'cli11'}
_LIGHT_PARTS = {'nlohmann/json_fwd.hpp'}


def library_of(header):
    """The library of an <angled> header: a name of the table, 'std', or 'system' for the rest."""
    for name, pattern in _LIBRARY_HEADERS:
        if re.fullmatch(pattern, header):
            return name
    if re.fullmatch(r'[a-z_]+', header):
        return 'std'
    if header.endswith('.h') and header[:-2] in _STANDARD_C:
        return 'std'
    return 'system'


def is_heavy(header):
    return library_of(header) in HEAVY and header not in _LIGHT_PARTS


def folder_of(path):
    """`engine/log/a/b.cpp` is engine/log; tests/unit/engine/log/x.cpp too is checked as its own."""
    parts = path.split('/')
    return '/'.join(parts[:2]) if len(parts) > 2 else ''


def _closure(folder, seen=None):
    seen = set() if seen is None else seen
    if folder not in seen and folder in FOLDERS:
        seen.add(folder)
        for below in FOLDERS[folder][0]:
            _closure(below, seen)
    return seen


def beyond_the_table(cmake_text):
    """Yields (line, folder, other) where CMakeLists.txt links a folder that the table forbids."""
    for match in re.finditer(r'^logarium_folder\((\S+)([^)]*)\)', cmake_text, re.MULTILINE):
        folder, links = match.group(1), match.group(2)
        allowed = _closure(folder)
        for layer, noun in re.findall(r'\b(engine|sim|viz)_([a-z]+)\b', links):
            if f'{layer}/{noun}' not in allowed:
                yield cmake_text.count('\n', 0, match.start()) + 1, folder, f'{layer}/{noun}'


def _libraries(folders, own):
    libraries = {'std'} | FOLDERS.get(own, ([], set()))[1]
    for folder in folders:
        libraries |= FOLDERS[folder][1] - _CONFINED
    return libraries


class Allowed:
    """What the file at `path` may include: folders (None: every folder) and libraries."""

    def __init__(self, path):
        parts = path.split('/')
        if parts[0] == 'tests':
            self._of_a_test(parts)
        else:
            own = folder_of(path)
            self.folders = _closure(own)
            self.libraries = _libraries(self.folders, own)
            if re.fullmatch(r'main(_\w+)?\.cpp', parts[-1]):
                self.libraries |= {'cli11'}

    def _of_a_test(self, parts):
        kind = parts[1]
        own = '/'.join(parts[2:4]) if kind == 'unit' and len(parts) > 4 else ''
        if own.startswith('viz/') or kind == 'viz':
            everything = set(FOLDERS)
        else:
            everything = {f for f in FOLDERS if not f.startswith('viz/')}
        if kind == 'fuzz':
            everything.add('viz/model')  # skipped where the viewer is not built
        self.folders = (_closure(own) if own else everything) | {'tests/support'}
        self.libraries = _libraries(everything, own) | _TEST_LIBRARIES.get(kind, set())
        self.libraries |= {'catch2', 'benchmark', 'json', 'system'}
