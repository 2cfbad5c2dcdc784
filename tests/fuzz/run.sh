#!/usr/bin/env bash
# Builds the fuzz targets (preset fuzz: clang, address and undefined behaviour sanitizers) and runs
# each for FUZZ_SECONDS (default 60) from its corpus tests/fuzz/corpus/NAME, then prints executions
# and coverage. New inputs stay in build/fuzz/corpus; what crashes is kept in build/fuzz/crashes.
# usage: tests/fuzz/run.sh [NAME...]
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root" || exit 1
seconds=${FUZZ_SECONDS:-60}
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
names=("$@")
if ((${#names[@]} == 0)); then
  for file in tests/fuzz/*.cpp; do
    [[ -f $file ]] && names+=("$(basename "$file" .cpp)")
  done
fi
if ((${#names[@]} == 0)); then
  echo "fuzz: no targets yet (tests/fuzz/*.cpp)"
  exit 0
fi

started=$SECONDS
mkdir -p build/fuzz/crashes
cmake --preset fuzz >build/fuzz/configure.log 2>&1 || { cat build/fuzz/configure.log; exit 1; }
cmake --build --preset fuzz -j "$(nproc)" --target "${names[@]/#/fuzz_}" \
  >build/fuzz/build.log 2>&1 || { tail -n 60 build/fuzz/build.log; exit 1; }
echo "fuzz: built ${#names[@]} targets in $((SECONDS - started)) s"

# run NAME: fuzzes one target and writes its log; the exit code is libFuzzer's.
run() {
  local grown=build/fuzz/corpus/$1
  mkdir -p "$grown" "tests/fuzz/corpus/$1"
  "build/fuzz/bin/fuzz_$1" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=20 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$1-" "$grown" "tests/fuzz/corpus/$1" \
    >"build/fuzz/$1.log" 2>&1
}

# report NAME STATUS: one line from libFuzzer's log.
report() {
  local log=build/fuzz/$1.log executions coverage
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [^ ]+' "$log" | tail -n 1 |
    awk '{ print $2 " edges, " $4 " features, corpus " $6 }')
  echo "fuzz: $1: ${executions:-?} executions, coverage ${coverage:-?}"
  if (($2)); then
    echo "fuzz: $1: FAILED (exit $2); the input is kept in build/fuzz/crashes"
    tail -n 40 "$log"
    failed=1
  fi
}

# Two at a time on two processors: the targets are independent of each other.
failed=0
lanes=$(nproc)
for ((i = 0; i < ${#names[@]}; i += lanes)); do
  batch=("${names[@]:i:lanes}")
  pids=()
  for name in "${batch[@]}"; do
    run "$name" &
    pids+=($!)
  done
  for k in "${!pids[@]}"; do
    wait "${pids[k]}"
    report "${batch[k]}" $?
  done
done
exit $failed
