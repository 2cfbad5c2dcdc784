"""The program from outside: exit codes, the names of its JSON, and that recording, verifying and bytes on the wire change
nothing about a run. Finds the program in $LOGARIUM."""

import json
import os
import subprocess
import sys
import tempfile

PROGRAM = os.environ.get("LOGARIUM", "build/dev/bin/logarium")

CALM = {
    "name": "calm",
    "story": "Nothing happens.",
    "seed": 4,
    "duration": "11s",
    "topics": [{"name": "orders"}],
    "clients": [{"producer": {"topic": "orders", "rate": "50/s"}}],
    "phases": [{"chaos": "1s"}, {"heal": "all"}, {"quiesce": {"within": "10s"}}],
    "expect": {"at least": {"acked": 40}},
}


def run(*arguments):
    """Exit code, stdout, stderr."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


def must(condition, what):
    if not condition:
        print("program_test:", what)
        sys.exit(1)


def write(folder, name, scenario):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        json.dump(scenario, out)
    return path


def runs(folder, calm):
    code, out, _ = run("run", calm, "--json")
    result = json.loads(out)
    must(code == 0, f"a calm run ends with {code}")
    for name in ("scenario", "seed", "verdict", "as_expected", "digest", "events", "simulated_s", "wall_s", "counts", "violations"):
        must(name in result, f"run --json has no {name}")
    for name in ("acked", "consumed", "leader changes", "isr changes", "faults", "rebalances", "duplicates", "explained losses"):
        must(name in result["counts"], f"counts has no {name}")
    recorded = os.path.join(folder, "calm.run")
    for more in (["--verify"], ["--wire"], ["--record", recorded]):
        code, out, _ = run("run", calm, "--json", *more)
        must(code == 0, f"run {more} ends with {code}")
        must(json.loads(out)["digest"] == result["digest"], f"run {more} has another digest")
    code, out, _ = run("trace", "info", recorded, "--json")
    info = json.loads(out)
    must(code == 0 and info["digest"] == result["digest"], "trace info tells of another run")
    must(info["events"] == result["events"], "the run file has another number of events")
    must(info["bytes"] <= 32 * info["events"], "the run file takes more than 32 bytes per event")
    code, out, _ = run("trace", "show", recorded, "--at", "5s", "--exact", "--json")
    shown = json.loads(out)
    must(code == 0 and shown["view"]["event"] > 0, "trace show --at TIME shows nothing")
    must(shown["view"]["time"] <= 5_000_000_000, "trace show --at TIME shows a later instant")
    at = str(shown["view"]["event"])
    code, out, _ = run("trace", "show", recorded, "--at", at)
    must(code == 0 and "orders-0: leader" in out, f"trace show --at EVENT prints {out}")
    must("exact" in shown and "changes" in shown["exact"], "trace show --exact tells no changes")
    for wrong in ("-3", "5", "5m", "1.s", "999999999"):
        code, _, err = run("trace", "show", recorded, f"--at={wrong}")
        must((code == 0) == (wrong == "5"), f"trace show --at {wrong} ends with {code}: {err}")
    code, _, _ = run("trace", "export", recorded, "--out", os.path.join(folder, "rows.db"))
    must(code == 0, f"trace export ends with {code}")
    code, out, _ = run("run", calm, "--json", "--seed", "5")
    must(json.loads(out)["seed"] == 5 and json.loads(out)["digest"] != result["digest"], "--seed changes nothing")


def codes(folder):
    little = write(folder, "little.json", CALM | {"expect": {"at least": {"acked": 100000}}})
    much = write(folder, "much.json", CALM | {"expect": {"at most": {"acked": 1}}})
    wrong = write(folder, "wrong.json", CALM | {"brokers": 3})
    for expected, arguments in (
        (2, ["run", little]),
        (1, ["run", much]),
        (3, ["run", wrong]),
        (3, ["run", os.path.join(folder, "none.json")]),
        (3, ["run"]),
        (3, ["fly"]),
        (3, ["run", little, "--seed", "many"]),
        (3, ["sweep", little, "--seeds", "9..1"]),
        (2, ["sweep", little, "--seeds", "1..2"]),
        (1, ["sweep", much, "--seeds", "1..2"]),
        (3, ["trace", "info", little]),
        (3, ["bench", "G99"]),
        (3, ["protocol", "NoSuchApi"]),
        (3, ["replay", os.path.join(folder, "none")]),
        (3, ["replay", folder]),
        (3, ["replay", folder, "--rules-off", "no-such-rule"]),
        (4, ["run", much, "--record", os.path.join(folder, "no", "folder.run")]),
        (0, ["--version"]),
        (0, ["--help"]),
    ):
        code, _, err = run(*arguments)
        must(code == expected, f"{arguments} ends with {code}, not {expected}: {err}")


def sweeps(calm):
    code, out, err = run("sweep", calm, "--seeds", "1..4", "--jobs", "2", "--json")
    result = json.loads(out)
    must(code == 0, f"a calm sweep ends with {code}")
    must(result["seeds"] == 4 and result["pass"] == 4, f"a calm sweep gives {out}")
    for name in ("fail", "inconclusive", "wall_s", "failures"):
        must(name in result, f"sweep --json has no {name}")
    must("4 of 4 seeds" in err, "a sweep shows no progress")


def main():
    with tempfile.TemporaryDirectory() as folder:
        calm = write(folder, "calm.json", CALM)
        runs(folder, calm)
        codes(folder)
        sweeps(calm)


main()
