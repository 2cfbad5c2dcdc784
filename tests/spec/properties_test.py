"""The table of `properties --prove`: every property has a scenario that violates it with a rule off and passes with all rules on, or a
reason why not; what the table says of a run is what `run` says of it; and a scenario that proves nothing is found out. Finds the program
in $LOGARIUM."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("LOGARIUM", str(ROOT / "build/release/bin/logarium"))
SAMPLE = "R20"


def run(*arguments):
    """Exit code, stdout, stderr."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=500, check=False,
                          cwd=ROOT)
    return done.returncode, done.stdout, done.stderr


def must(condition, what):
    if not condition:
        print("properties_test:", what)
        sys.exit(1)


def all_proved():
    code, out, err = run("properties", "--prove", "--json")
    rows = json.loads(out) if out else []
    for row in rows:
        if row["standing"] not in ("proved", "out of scope"):
            print(f"{row['id']}: {row['standing']}: {row['scenario']}: {row['reason']}")
    must(code == 0, f"properties --prove ends with {code} {err}")
    listed = {row["id"] for row in json.loads(run("properties", "--json")[1])}
    must(listed <= {row["id"] for row in rows}, "a property is not in the table")
    for row in rows:
        if row["standing"] == "proved":
            must(row["id"] in {one["id"] for one in row["off"]["violated"]}, f"{row['id']} is not violated")
            must(not row["on"]["violated"] and row["on"]["verdict"] == "pass", f"{row['id']} does not pass")
            must(row["rules_off"], f"{row['id']} switches nothing off")
        else:
            must(row["reason"], f"{row['id']} is out of scope without a reason")
    return rows


def as_run_says(rows):
    row = next(row for row in rows if row["id"] == SAMPLE)
    for side, more in (("off", []), ("on", ["--rules-on"])):
        code, out, _ = run("run", row["scenario"], "--json", *more)
        result = json.loads(out)
        must(code == 0, f"run {more} ends with {code}")
        must(result["digest"] == row[side]["digest"], f"run {more} has another digest than the table")
        must(result["verdict"] == row[side]["verdict"], f"run {more} has another verdict than the table")
        must((result["rules_off"] == []) == (side == "on"), f"run {more} says {result['rules_off']} is off")


def found_out(rows):
    row = next(row for row in rows if row["id"] == SAMPLE)
    scenario = json.loads((ROOT / row["scenario"]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        def prove(changes, without=()):
            changed = {key: value for key, value in (scenario | changes).items() if key not in without}
            Path(folder, "changed.json").write_text(json.dumps(changed), encoding="utf-8")
            return run("properties", "--prove", SAMPLE, "--scenarios", folder)

        must(prove({})[0] == 0, "the scenario itself is not proved")
        must(prove({"rules": {"off": ["pre-vote"]}})[0] == 1, "another rule proves it as well")
        must(prove({"faults": []}, ["expect"])[0] == 3, "a scenario without its verdict is taken")
        must(prove({}, ["proves"])[0] == 3, "a scenario that proves nothing is taken")
        must(prove({"rules": {}})[0] == 3, "a scenario that switches nothing off is taken")
        Path(folder, "changed.json").unlink()
        code, out, _ = run("properties", "--prove", SAMPLE, "--scenarios", folder)
        must(code == 1 and "no scenario" in out, "a property without a scenario is not found out")
    must(run("properties", "--prove", "R99")[0] == 3, "there is no R99")
    must(run("properties", "--prove", "--scenarios", "no/such/folder")[0] == 3, "there is no such folder")


def main():
    rows = all_proved()
    as_run_says(rows)
    found_out(rows)


main()
