#!/usr/bin/env bash
# The determinism matrix: the same run from every build, however it is made.
# Builds the program with several compilers and flags. Each of them runs every scenario of the
# library with its own seed, and the storms in tests/determinism/scenarios (chaos of five seconds,
# with separate and with combined roles) with many seeds; each run once plain and once with every
# message through bytes and with a run file. Digest, events, verdict and exit code must be the same
# for all of them.
# Per submission: gcc release, clang debug, clang asan-ubsan, 50 seeds. With CI_FULL=1: also gcc
# debug and clang release, 1000 seeds (50 in the sanitised build), and three further seeds of each
# scenario.
# The sanitised column is the fuzz preset: asan-ubsan plus libFuzzer's counters, so that CI compiles
# those files once. MATRIX_PRESETS, MATRIX_SEEDS and MATRIX_JOBS take the place of these choices;
# MATRIX_SCENARIO_S bounds one run (default 300 seconds).
set -u
export LC_ALL=C
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root" || exit 1
read -ra presets <<<"${MATRIX_PRESETS:-ci-release clang-debug fuzz}"
own_seeds=("")
storm_seeds=${MATRIX_SEEDS:-50}
sanitised_seeds=$storm_seeds
if [[ ${CI_FULL:-} == 1 ]]; then
  [[ -n ${MATRIX_PRESETS:-} ]] || presets+=(gcc-debug clang-release)
  own_seeds+=(1 2 3)
  storm_seeds=${MATRIX_SEEDS:-1000}
  sanitised_seeds=${MATRIX_SEEDS:-50}
fi
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1

fail() {
  echo "matrix: $*"
  echo "matrix: FAILED"
  exit 1
}

[[ -f sim/cli/main.cpp ]] || fail "there is no program (sim/cli/main.cpp is missing)"
mapfile -t library < <(find scenarios -mindepth 2 -name '*.json' | sort)
mapfile -t storms < <(find tests/determinism/scenarios -name '*.json' | sort)
((${#library[@]})) || fail "there are no scenarios in scenarios/"
((${#storms[@]})) || fail "there are no scenarios in tests/determinism/scenarios/"
((${#presets[@]} > 1)) || fail "one build has nothing to be compared with"

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# program PRESET: where the program of a preset stands.
program() {
  case $1 in
    ci-release) echo build/release/bin/logarium ;;
    *) echo "build/$1/bin/logarium" ;;
  esac
}

build() {
  cmake --preset "$1" >"$results/configure.log" 2>&1 || { cat "$results/configure.log"; return 1; }
  cmake --build --preset "$1" -j "$(nproc)" --target logarium >"$results/build.log" 2>&1 ||
    { tail -n 60 "$results/build.log"; return 1; }
}

# field NAME < JSON: the first scalar of that name, without a JSON tool.
field() { grep -oE "\"$1\": *(\"[^\"]*\"|[^,} ]+)" | head -n 1 | sed 's/^[^:]*: *//; s/"//g'; }

# one PROGRAM FOLDER NUMBER SCENARIO SEED MODE: FOLDER/NUMBER gets one line of what must be equal.
one() {
  local out status args=()
  [[ -z $5 ]] || args+=(--seed "$5")
  [[ $6 == plain ]] || args+=(--wire --record "$2/$3.run")
  out=$(timeout "${MATRIX_SCENARIO_S:-300}" "$1" run "$4" "${args[@]}" --json 2>"$2/$3.stderr")
  status=$?
  rm -f "$2/$3.run"
  out=${out//$'\n'/ }
  printf '%s seed=%s exit=%s digest=%s events=%s verdict=%s\n' "$4" "${5:-own}" "$status" \
    "$(field digest <<<"$out")" "$(field events <<<"$out")" "$(field verdict <<<"$out")" >"$2/$3"
  if ((status > 2)) || [[ -z $(field digest <<<"$out") ]]; then
    { echo "matrix: $1 run $4 ${args[*]}: exit $status"; tail -n 20 "$2/$3.stderr"; } >&2
    return 1
  fi
  rm -f "$2/$3.stderr"
}
export -f one field

# runs PRESET: scenario and seed of each run, NUL-terminated.
runs() {
  local scenario seed seeds=$storm_seeds
  [[ $1 != fuzz ]] || seeds=$sanitised_seeds
  for scenario in "${library[@]}"; do
    for seed in "${own_seeds[@]}"; do printf '%s\0%s\0' "$scenario" "$seed"; done
  done
  for scenario in "${storms[@]}"; do
    for ((seed = 1; seed <= seeds; ++seed)); do printf '%s\0%s\0' "$scenario" "$seed"; done
  done
}

# column PRESET MODE: runs all and leaves their lines, in order, in $results/PRESET.MODE.
column() {
  local folder=$results/$1.$2.runs number=100000 scenario seed status
  rm -rf "$folder" && mkdir "$folder"
  runs "$1" | while IFS= read -r -d '' scenario && IFS= read -r -d '' seed; do
    printf '%s\0' "$(program "$1")" "$folder" "$((++number))" "$scenario" "$seed" "$2"
  done | xargs -0 -n 6 -P "${MATRIX_JOBS:-$(nproc)}" bash -c 'one "$@"' one
  status=$?
  find "$folder" -name '1?????' | sort | xargs cat | sort >"$results/$1.$2"
  return $status
}

failed=0
for preset in "${presets[@]}"; do
  started=$SECONDS
  build "$preset" || fail "$preset: does not build"
  built=$SECONDS
  for mode in plain wire+recorded; do
    column "$preset" "$mode" || failed=1
    # A build that runs fewer seeds is compared over those.
    cut -d ' ' -f 1,2 "$results/$preset.$mode" >"$results/keys"
    join -j 1 <(sed 's/ seed=/|seed=/' "$results/${presets[0]}.plain" | sort -k 1,1) \
      <(sed 's/ /|/' "$results/keys" | sort -k 1,1) | sed 's/|/ /' | sort >"$results/expected"
    if ! diff "$results/expected" "$results/$preset.$mode" >"$results/diff"; then
      echo "matrix: $preset $mode differs from ${presets[0]} plain (< ${presets[0]}, > $preset):"
      cat "$results/diff"
      failed=1
    fi
  done
  echo "matrix: $preset: built in $((built - started)) s," \
    "2 x $(wc -l <"$results/$preset.plain") runs in $((SECONDS - built)) s"
done
grep -c 'verdict=pass' "$results/${presets[0]}.plain" |
  xargs printf 'matrix: %s of the runs of one build pass\n'
((failed == 0)) || { echo "matrix: FAILED"; exit 1; }
echo "matrix: ${#library[@]} scenarios, ${#storms[@]} storms of $storm_seeds seeds," \
  "${#presets[@]} builds, plain and through bytes with a record: all digests equal"
