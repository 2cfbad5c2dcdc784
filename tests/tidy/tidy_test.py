#!/usr/bin/env python3
"""tidy.py proves itself: each rule catches a planted violation, and legal code passes them all."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy  # noqa: E402
from cpp_text import Outline  # noqa: E402

HEADER = '#pragma once\n'

# Legal, and close to what is banned: must pass.
LEGAL = {
    'engine/base/ids.hpp': HEADER + '#include <map>\n#include <fmt/core.h>\nnamespace logarium {\n'
        '// double, getenv and std::chrono may be named in comments.\n'
        'inline constexpr int kLimit = 1\'000;\nextern const int kOther;\n'
        'inline constexpr const char* kName = "double getenv(std::chrono)";\n'
        'struct Ids {\n  int runtime(int time);\n'
        '  static int count(int a);\n  int value_ = 0;\n};\n}\n',
    'engine/base/ids.cpp': '#include "engine/base/ids.hpp"\n\n#include <isa-l.h>\n'
        'namespace logarium {\nconst int kOther = 3;\n'
        'static const char* const kWords[] = {"a", "b"};\n'
        'int Ids::runtime(int time) { return time + value_; }\n}\n',
    'engine/log/index.hpp': HEADER + '#include <unordered_map>\n#include "engine/base/ids.hpp"\n'
        'struct Index {\n'
        '  std::unordered_map<int, int> by_id_;\n  std::map<int, int> sorted_;\n};\n',
    'engine/log/index.cpp': '#include "engine/log/index.hpp"\n'
        'int find(const Index& i) {\n  for (const auto& [a, b] : i.sorted_) return a + b;\n'
        '  return i.by_id_.find(3)->second;\n}\n'
        'void fail() { throw EnsureFailure("x"); }\n',
    'sim/trace/writer.cpp': '#include <sqlite3.h>\n#include "engine/protocol/api.hpp"\n'
        'double ratio() { throw 1; }\n',
    'engine/protocol/api.hpp': HEADER + '// ---- types ' + '-' * 80 + '\n',
    'engine/log/part.inc': HEADER,
    'sim/cli/main.cpp': '#include <CLI/CLI.hpp>\n'
        '#include <unistd.h>\n#include "sim/trace/run.hpp"\n',
    'sim/trace/run.hpp': HEADER + '#include <nlohmann/json_fwd.hpp>\n',
    'tests/unit/engine/log/index_test.cpp': '#include <catch2/catch_test_macros.hpp>\n'
        '#include "engine/log/index.hpp"\n#include <chrono>\nfloat f = 1.5;\n',
    'tests/support/cluster.hpp': HEADER + '#include <catch2/catch_test_macros.hpp>\n',
    'CMakeLists.txt': 'logarium_folder(engine/raft LINKS engine_log engine_rpc)\n',
    'README.md': 'using namespace std; float\n',
}

# (what must be said, {file: text}) one planted violation each.
PLANTED = [
    ('601 lines', {'engine/log/a.cpp': '\n' * 601}),
    ('601 lines', {'engine/log/a.inc': HEADER + '\n' * 600}),
    ('601 lines', {'engine/log/table': HEADER + '\n' * 600}),
    ('601 lines', {'engine/log/a.txt': HEADER + '\n' * 600,
                   'engine/log/a.cpp': '#include "engine/log/a.txt"\n'}),
    ('101 columns', {'engine/log/a.cpp': '//' + 'x' * 99 + '\n'}),
    ('broken in two', {'engine/log/a.cpp': '  // ---- decisions\n  // ' + '-' * 80 + '\n'}),
    ('71 lines', {'engine/log/a.cpp': 'void f() {\n' + '  g();\n' * 69 + '}\n'}),
    ('71 lines', {'engine/log/a.cpp': 'class A {\n public:\n  A() : a_{1}, b_(2) {\n'
                                      + '    g();\n' * 69 + '  }\n};\n'}),
    ('71 lines', {'engine/log/a.cpp': 'TEST_CASE("}{ \\" x") {\n' + '  // }\n' * 69 + '}\n'}),
    ('71 lines',
     {'engine/log/a.cpp': 'const auto kF = [](int a) -> int {\n' + '  g();\n' * 69 + '};\n'}),
    ('71 lines', {'engine/log/a.tpp': HEADER + 'template <class T>\nauto f(T t) noexcept -> A<T>\n'
                                      '  requires B<T> {\n' + '  g();\n' * 67 + '}\n'}),
    ('71 lines', {'engine/log/a.cpp': '#define A \\\n' + '  g(); \\\n' * 69 + '  g()\n'}),
    ('#pragma once', {'engine/log/a.hpp': 'int f();\n'}),
    ('#pragma once', {'engine/log/a.def': 'X(1)\n'}),
    ('using namespace', {'engine/log/a.hpp': HEADER + 'using namespace std;\n'}),
    ('finish it', {'engine/log/a.cpp': '// TO' 'DO: later\n'}),
    ('finish it', {'tests/x/CMakeLists.txt': '# FIX' 'ME\n'}),
    ('no folder of this name', {'tools/a.py': 'x\n'}),
    ('no folder of the design', {'engine/misc/a.cpp': '\n'}),
    ('no folder of the design', {'engine/a.cpp': '\n'}),
    ('C++ stands in', {'scenarios/a.cpp': '\n'}),
    # Directions of includes.
    ('engine/log may not link engine/raft',
     {'CMakeLists.txt': 'logarium_folder(engine/log LINKS engine_raft\n  PRIVATE x)\n'}),
    ('engine/base may not include engine/log',
     {'engine/base/a.cpp': '#include "engine/log/x.hpp"\n',
      'engine/log/x.hpp': HEADER}),
    ('engine/client may not include engine/log', {
        'engine/client/a.inl': HEADER + '#include "engine/log/x.hpp"\n',
      'engine/log/x.hpp': HEADER}),
    ('engine/server may not include sim/world',
     {'engine/server/a.cpp': '#include "sim/world/x.hpp"\n',
      'sim/world/x.hpp': HEADER}),
    ('sim/cli may not include viz/model', {'sim/cli/a.cpp': '#include "viz/model/x.hpp"\n',
                                           'viz/model/x.hpp': HEADER}),
    ('engine/log may not include tests/support',
     {'engine/log/a.cpp': '#include "tests/support/x.hpp"\n',
      'tests/support/x.hpp': HEADER}),
    ('tests/unit may not include sim/world', {
        'tests/unit/engine/log/a.cpp': '#include "sim/world/x.hpp"\n', 'sim/world/x.hpp': HEADER}),
    ('quoted paths start at the root', {'engine/log/a.cpp': '#include "x.hpp"\n',
      'engine/log/x.hpp': HEADER}),
    ('include it in quotes', {'engine/log/a.cpp': '#include <engine/log/x.hpp>\n',
      'engine/log/x.hpp': HEADER}),
    ('its own header first', {'engine/log/a.cpp': '#include <map>\n#include "engine/log/a.hpp"\n',
                              'engine/log/a.hpp': HEADER}),
    ('include cycle', {'engine/log/a.hpp': HEADER + '#include "engine/log/b.hpp"\n',
                       'engine/log/b.hpp': HEADER + '#include "engine/log/a.hpp"\n'}),
    # Libraries in their places.
    ('(boost)', {'sim/world/a.cpp': '#include <boost/asio.hpp>\n'}),
    ('(sqlite)', {'sim/run/a.cpp': '#include <sqlite3.h>\n'}),
    ('(sqlite)', {'tests/spec/a.cpp': '#include <sqlite3.h>\n'}),
    ('(json)', {'engine/protocol/a.cpp': '#include <nlohmann/json.hpp>\n'}),
    ('(json)', {'sim/checkers/a.cpp': '#include <nlohmann/json.hpp>\n'}),
    ('(imgui)', {'viz/model/a.cpp': '#include <imgui.h>\n'}),
    ('(cli11)', {'sim/cli/run.cpp': '#include <CLI/CLI.hpp>\n'}),
    ('(zlib)', {'engine/base/a.cpp': '#include <zlib.h>\n'}),
    ('(system)', {'engine/raft/a.cpp': '#include <sys/socket.h>\n'}),
    ('(system)', {'engine/raft/a.cpp': '#include <vendored/thing.hpp>\n'}),
    ('too heavy for a header', {'sim/run/a.hpp': HEADER + '#include <nlohmann/json.hpp>\n'}),
    # Determinism: each word names its replacement.
    ('instead: time comes in', {'engine/raft/a.cpp': 'const auto t = std::chrono::seconds(1);\n'}),
    ('instead: time comes in', {'sim/world/a.cpp': 'const auto t = time(nullptr);\n'}),
    ('instead: time comes in',
     {'engine/raft/a.inc': HEADER + 'const auto t = steady_clock::now();\n'}),
    ('instead: draw from', {'engine/raft/a.cpp': 'void f() { std::random_device d; }\n'}),
    ('instead: draw from',
     {'engine/raft/a.cpp': 'void f() { std::uniform_int_distribution<int> d; }\n'}),
    ('instead: draw from', {'engine/raft/a.cpp': 'void f() { std::shuffle(a, b, c); }\n'}),
    ('instead: a node is stepped', {'engine/raft/a.cpp': 'void f() { std::thread t; }\n'}),
    ('instead: a node is stepped', {'engine/raft/a.cpp': 'void f() { std::mutex m; }\n'}),
    ('instead: a node is stepped', {'sim/world/a.cpp': 'T f() { co_return 1; }\n'}),
    ('instead: return a file effect', {'engine/log/a.cpp': '#include <fstream>\n'}),
    ('instead: emit a Note', {'engine/log/a.cpp': 'void f() { std::cerr << 1; }\n'}),
    ('instead: integers', {'engine/log/a.cpp': 'void f() { double x; }\n'}),
    ('instead: integers', {'engine/log/a.cpp': 'auto f() { return 0.5; }\n'}),
    ('instead: settings', {'engine/log/a.cpp': 'auto f() { return std::getenv("A"); }\n'}),
    ('instead: an address', {'engine/log/a.cpp': 'std::map<const Node*, int> f();\n'}),
    ('instead: an address', {'engine/log/a.cpp': 'std::set<Log *> f();\n'}),
    ('instead: ENSURE', {'engine/log/a.cpp': 'void f() { throw std::runtime_error("x"); }\n'}),
    ('instead: ENSURE', {'sim/checkers/a.cpp': 'void f() { throw 1; }\n'}),
    ('mutable global', {'engine/log/a.cpp': 'int g_count = 0;\n'}),
    ('mutable global',
     {'engine/log/a.cpp': 'namespace logarium {\nnamespace {\nint count;\n}\n}\n'}),
    ('mutable global', {'engine/log/a.cpp': 'std::map<int, int> kTable{{1, 2}};\n'}),
    ('mutable global', {'engine/log/a.cpp': 'const char* word = "a";\n'}),
    ('mutable global',
     {'engine/log/a.cpp': 'int f() {\n  static int calls = 0;\n  return ++calls;\n}\n'}),
    ('mutable global',
     {'engine/log/a.hpp': HEADER + 'struct A { inline static int calls{0}; };\n'}),
    ('walks an unordered',
     {'engine/log/a.hpp':
      HEADER + 'struct A { std::unordered_map<int, B<int>> m_; };\n',
      'engine/log/b.cpp': 'void f(A& a) { for (auto& [k, v] : a.m_) g(k); }\n'}),
    ('walks an unordered',
     {'sim/world/a.cpp': 'void f(std::unordered_set<int>& s) { g(*s.begin()); }\n'}),
]


def findings_of(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        return [f'{path}:{line}: {what}' for path, line, what in tidy.Tidy(root).run()]


class TidyTest(unittest.TestCase):
    def test_legal_code_passes(self):
        self.assertEqual(findings_of(LEGAL), [])

    def test_every_planted_violation_is_caught_and_nothing_else(self):
        for said, files in PLANTED:
            with self.subTest(said=said, files=list(files)):
                found = findings_of(files)
                self.assertTrue(found, f'nothing found, expected: {said}')
                for finding in found:
                    self.assertIn(said, finding)

    def test_a_planted_violation_is_caught_inside_legal_code(self):
        for said, files in PLANTED:
            with self.subTest(said=said, files=list(files)):
                self.assertTrue(any(said in f for f in findings_of({**LEGAL, **files})))

    def test_long_files_are_found_by_percentile(self):
        files = {f'engine/log/f{i}.cpp': '\n' * (401 if i < 2 else 10) for i in range(12)}
        self.assertTrue(any('90th percentile' in f for f in findings_of(files)))

    def test_outline_sees_functions_with_their_lines(self):
        text = ('struct A : B<int> {\n  A(int a = f({1}), int b = 2)\n      : a_{a}, b_(b) {\n'
                '    if (a) {\n      g([&] { h(); });\n    }\n  }\n'
                '  bool operator==(const A&) const = default;\n'
                '  A& operator=(const A& o) { return *this; }\n'
                '  int a_{3};\n};\n'
                'enum class E { a, b };\n'
                'constexpr std::array<int, 2> kT = {{1, 2}};\n'
                'static auto f(int x) const noexcept(true) -> int {\n  switch (x) {\n'
                "    case '{': return 1'000;\n  }\n}\n")
        spans = [(s.first, s.last) for s in Outline(text).functions]
        self.assertEqual(spans, [(2, 7), (9, 9), (14, 18)])


if __name__ == '__main__':
    unittest.main()
