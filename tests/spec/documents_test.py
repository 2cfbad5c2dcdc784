"""The documents say what is so: every *.md of the checkout, except what builds leave behind.

1. Commands. A fenced block marked `console` holds lines that begin with "$ " and what they print.
   Each command runs with bash in a folder that looks like the root of the checkout and is thrown
   away, `./logarium` being the program in $LOGARIUM (without it: build/release/bin/logarium), and
   its stdout must be what is shown; progress and complaints on stderr are not. Two things are masked on both sides: the time that passed on
   the wall ("simulated seconds in 0.254 s", "wall_s": 0.3), and, where a shown line is "...", any
   number of lines. Backslash-newline goes on with a command.
2. Scenarios. A block marked `json` that has a "name" must pass `scenario validate`.
3. Tables. Between `<!-- table: properties -->` (or rules) and `<!-- end -->` stands what the program
   itself lists.
4. Files. A block under `<!-- file: PATH -->` shows that file as it is.
5. Links. Relative links lead to files, and their #anchors to headings. A file named in `code` with
   one of our suffixes exists: from the document's folder, from the root, or by its name alone.
6. No paths of anybody's machine.

`documents_test.py --update` writes shown outputs, tables and files anew (outputs with "..." are left to
you); do that when a change of behaviour changes them, and read the difference. Exit code 1: a
document is wrong; 4: there is no program to ask.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {"build", ".git", ".cache"}
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ ]*$", re.M | re.S)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
NAMED_FILE = re.compile(r"`([\w./-]+\.(?:hpp|cpp|py|sh|json|md|txt))`")
TABLE = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.S)
SHOWN_FILE = re.compile(r"(<!-- file: (\S+) -->\n```\w*\n)(.*?)(^```)", re.M | re.S)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt|tmp/\w)[\w/.-]*")
WALL_TIMES = [
    (re.compile(r"(simulated seconds in )\d+\.\d+( s)"), r"\1#\2"),
    (re.compile(r'("wall_s": )\d+(?:\.\d+)?(?:e-?\d+)?'), r"\1#"),
]
SECONDS_MAX = 300


def program():
    return Path(os.environ.get("LOGARIUM") or ROOT / "build/release/bin/logarium").resolve()


def documents():
    found = (p for p in ROOT.rglob("*.md") if not SKIPPED_FOLDERS & set(p.relative_to(ROOT).parts))
    return sorted(found)


def masked(line):
    for pattern, replacement in WALL_TIMES:
        line = pattern.sub(replacement, line)
    return line.rstrip()


def matches(shown, printed):
    """Whether the printed lines are the shown ones; "..." stands for any number of lines."""
    shown, printed = [masked(s) for s in shown], [masked(p) for p in printed]
    if "..." not in shown:
        return shown == printed
    first = shown.index("...")
    if shown[:first] != printed[:first]:
        return False
    rest = shown[first + 1:]
    return any(matches(rest, printed[at:]) for at in range(first, len(printed) + 1))


def commands(block):
    """Yields (command, shown lines) of a console block."""
    command, shown, goes_on = None, [], False
    for line in block.splitlines():
        if goes_on:
            command += "\n" + line
        elif line.startswith("$ "):
            if command is not None:
                yield command, shown
            command, shown = line[2:], []
        else:
            shown.append(line)
        goes_on = command is not None and not shown and command.endswith("\\")
    if command is not None:
        yield command, shown


def like_the_root(cache=[]):
    if not cache:
        folder = tempfile.TemporaryDirectory(prefix="logarium-documents-")
        for entry in ROOT.iterdir():
            if entry.name not in SKIPPED_FOLDERS:
                Path(folder.name, entry.name).symlink_to(entry)
        cache.append(folder)
    return cache[0].name


def run(command, cache={}):
    """The lines that the command prints. A command that stands in two documents runs once."""
    if command not in cache:
        text = re.sub(r"(?<![\w/])\./logarium\b", '"$LOGARIUM"', command)
        environment = {**os.environ, "LOGARIUM": str(program())}
        done = subprocess.run(["bash", "-c", text], cwd=like_the_root(), env=environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS_MAX)
        cache[command] = done.stdout.splitlines() + (
            [] if done.stdout else ["(stderr) " + s for s in done.stderr.splitlines()])
    return cache[command]


def without_blank_end(lines):
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def transcript_problems(text):
    for kind, block in FENCE.findall(text):
        if kind != "console":
            continue
        for command, shown in commands(block):
            printed = without_blank_end(run(command))
            if not matches(without_blank_end(shown), printed):
                yield f"`{command}` prints\n" + "\n".join("    " + line for line in printed)


def scenario_problems(text):
    for kind, block in FENCE.findall(text):
        if kind != "json" or '"name"' not in block:
            continue
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "shown.json").write_text(block, encoding="utf-8")
            done = subprocess.run([program(), "scenario", "validate", "shown.json"], cwd=folder,
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            yield f"a scenario that is shown is not valid: {done.stdout.strip()}"


def proofs():
    """What `properties --prove` finds, without what changes with every change of behaviour."""
    found = json.loads("\n".join(run("./logarium properties --prove --json")))
    listed = []
    for row in found:
        scenario = f"`{row['scenario']}`" if row["scenario"] else ""
        off = ", ".join(f"`{name}`" for name in row["rules_off"])
        violated = ", ".join(one["id"] for one in row["off"]["violated"]) if row["off"] else ""
        verdict = f"fails: {violated}" if violated else row["reason"]
        on = {"pass": "passes"}.get(row["on"]["verdict"], row["reason"]) if row["on"] else ""
        listed.append({"id": row["id"], "name": row["name"], "scenario": scenario, "rules off": off,
                       "with them off": verdict, "with them on": on})
    return listed


def table(name):
    listed = proofs() if name == "proofs" else json.loads("\n".join(run(f"./logarium {name} --json")))
    columns = list(listed[0])
    cell = lambda row, key: f"`{row[key]}`" if name == "rules" and key == "name" else row[key]
    rows = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    rows += ["| " + " | ".join(cell(row, key) for key in columns) + " |" for row in listed]
    return "\n".join(rows) + "\n"


def table_problems(text):
    for _, name, body, _ in TABLE.findall(text):
        if body != table(name):
            yield f"the table of {name} is not what `logarium {name}` lists; run --update"


def file_problems(text):
    for _, name, body, _ in SHOWN_FILE.findall(text):
        if not (ROOT / name).exists() or body != (ROOT / name).read_text(encoding="utf-8"):
            yield f"what is shown is not the file {name}; run --update"


def slug(heading):
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return kept.replace(" ", "-")


def anchors(text):
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M)}


def link_problems(path, text):
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        goal = (path.parent / file) if file else path
        if not goal.exists():
            yield f"the link {target} leads nowhere"
        elif anchor and goal.suffix == ".md":
            if anchor not in anchors(goal.read_text(encoding="utf-8") if file else text):
                yield f"the link {target} names no heading"


def file_names(cache=[]):
    if not cache:
        for top in ("engine", "sim", "viz", "scenarios", "tests"):
            cache.extend(p.name for p in (ROOT / top).rglob("*.*"))
        cache.extend(p.name for p in ROOT.glob("*"))
    return cache


def name_problems(path, text):
    """A folder's README means its own files, those below, those above and its unit tests."""
    unit = ROOT / "tests/unit" / path.parent.relative_to(ROOT)
    own = {p.name for place in (path.parent, unit) for p in place.rglob("*.*")}
    own |= {p.name for p in path.parent.parent.glob("*.*")}
    known = own if path.name == "README.md" and path.parent != ROOT else file_names()
    for name in NAMED_FILE.findall(FENCE.sub("", text)):
        if name.split("/")[-1].split(".")[0].isupper() or name in known:
            continue
        if not (path.parent / name).exists() and not (ROOT / name).exists():
            yield f"there is no file {name}"


def machine_problems(text):
    for found in MACHINE_PATH.finditer(text):
        yield f"a path of some machine: {found.group(0)}"


def problems(path, text):
    yield from transcript_problems(text)
    yield from scenario_problems(text)
    yield from table_problems(text)
    yield from file_problems(text)
    yield from link_problems(path, text)
    yield from name_problems(path, text)
    yield from machine_problems(text)


def updated(text):
    def block(match):
        if match.group(1) != "console":
            return match.group(0)
        lines = []
        for command, shown in commands(match.group(2)):
            printed = without_blank_end(run(command))
            keep = "..." in shown or matches(without_blank_end(shown), printed)
            gap = [""] if shown and not shown[-1].strip() else []
            lines += ["$ " + command] + (shown if keep else printed + gap)
        return "```console\n" + "\n".join(lines) + "\n```"

    text = FENCE.sub(block, text)
    text = TABLE.sub(lambda m: m.group(1) + table(m.group(2)) + m.group(4), text)
    return SHOWN_FILE.sub(
        lambda m: m.group(1) + (ROOT / m.group(2)).read_text(encoding="utf-8") + m.group(4), text)


PLANTED = [  # a document, and a word of the complaint that it must cause; None: none
    ("```console\n$ echo one; echo two\none\ntwo\n```", None),
    ("```console\n$ echo one; echo two\none\nthree\n```", "prints"),
    ("```console\n$ echo one; echo two\none\n```", "prints"),
    ("```console\n$ echo one\none\ntwo\n```", "prints"),
    ("```console\n$ seq 9\n1\n...\n9\n```", None),
    ("```console\n$ seq 9\n1\n...\n8\n```", "prints"),
    ("```console\n$ echo a \\\n  b\na b\n$ echo c\nc\n```", None),
    ("```console\n$ echo 5 simulated seconds in 0.254 s\n5 simulated seconds in 1.000 s\n```", None),
    ("```console\n$ echo 5 simulated seconds in 0.254 s\n6 simulated seconds in 0.254 s\n```",
     "prints"),
    ("```console\n$ ./logarium --version | sed 's/ .*//'\nlogarium\n```", None),
    ("```console\n$ ./logarium --version | sed 's/ .*//'\nlogorium\n```", "prints"),
    ('```json\n{ "name": "a", "topics": [ { "name": "t" } ] }\n```', None),
    ('```json\n{ "name": "a", "topic": [ { "name": "t" } ] }\n```', "not valid"),
    ("[here](README.md) [there](https://example.org) [in it](#a-word)\n# A `word`\n", None),
    ("[here](README-not.md)", "nowhere"),
    ("[here](tests/README.md#no-such-heading)", "no heading"),
    ("`engine/base/node.hpp` and `node.hpp`", None),
    ("`engine/base/no_such.hpp`", "no file"),
    ("`no_such_name.hpp`", "no file"),
    ("built in /ho" + "me/somebody/logarium", "machine"),
    ("<!-- table: properties -->\n| id |\n<!-- end -->", "--update"),
    ("<!-- file: .ci/packages -->\n```text\nrun   make\n```", "not the file"),
]


def planted_problems():
    """This test, tried on documents that are right and on documents that are wrong."""
    for text, word in PLANTED:
        path = ROOT / "README.md"
        found = [p for check in (transcript_problems, scenario_problems, table_problems,
                                     file_problems) for p in check(text)]
        found += [*link_problems(path, text), *name_problems(path, text), *machine_problems(text)]
        if word is None and found:
            yield f"planted, right, and yet: {found[0]}\n{text}"
        if word is not None and not any(word in problem for problem in found):
            yield f"planted, wrong, and not found ({word}):\n{text}"
    wrong = "```console\n$ echo one\ntwo\n```"
    if updated(wrong) != "```console\n$ echo one\none\n```":
        yield "--update does not write what a command prints"


def main():
    if not program().exists():
        print(f"there is no program {program()}")
        return 4
    bad = 0
    for problem in planted_problems():
        bad += 1
        print(f"documents_test.py: {problem}")
    for path in documents():
        text = path.read_text(encoding="utf-8")
        if "--update" in sys.argv:
            new = updated(text)
            if new != text:
                path.write_text(new, encoding="utf-8")
                print(f"{path.relative_to(ROOT)}: written anew")
            text = new
        for problem in problems(path, text):
            bad += 1
            print(f"{path.relative_to(ROOT)}: {problem}")
    print(f"{len(documents())} documents, {len(PLANTED)} planted ones, {bad} problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
