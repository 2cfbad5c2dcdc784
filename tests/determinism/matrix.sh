#!/usr/bin/env bash
# The determinism matrix: every scenario of the library gives the same digest from every build.
# Builds the program with several compilers and flags, runs the same list of scenarios through
# `logarium run --json` with each, and compares digest, event count and verdict line by line.
# Per submission: gcc release, clang debug, clang asan-ubsan. With CI_FULL=1: also gcc debug, clang
# release, and each scenario with three further seeds.
# The sanitised column is the fuzz preset: asan-ubsan plus libFuzzer's counters, so that CI compiles
# those files once. MATRIX_SCENARIO_S bounds one run (default 300 seconds).
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root" || exit 1
presets=(ci-release clang-debug fuzz)
seeds=("")
if [[ ${CI_FULL:-} == 1 ]]; then
  presets+=(gcc-debug clang-release)
  seeds+=(1 2 3)
fi
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1

if [[ ! -f sim/cli/main.cpp ]]; then
  echo "matrix: no program yet (sim/cli/main.cpp is missing); nothing to compare"
  exit 0
fi
mapfile -t scenarios < <(find scenarios -mindepth 2 -name '*.json' 2>/dev/null | sort)
if ((${#scenarios[@]} == 0)); then
  echo "matrix: no scenarios yet; nothing to compare"
  exit 0
fi

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

# one PRESET SCENARIO SEED: one line of what must be equal.
one() {
  local args=() out status
  [[ -z $3 ]] || args=(--seed "$3")
  out=$(timeout "${MATRIX_SCENARIO_S:-300}" "$(program "$1")" run "$2" "${args[@]}" --json \
    2>"$results/stderr")
  status=$?
  out=${out//$'\n'/ }
  printf '%s seed=%s exit=%s digest=%s events=%s verdict=%s\n' "$2" "${3:-own}" "$status" \
    "$(field digest <<<"$out")" "$(field events <<<"$out")" "$(field verdict <<<"$out")"
  if ((status > 2)) || [[ -z $(field digest <<<"$out") ]]; then
    echo "matrix: $1: $2: exit $status" >&2
    tail -n 20 "$results/stderr" >&2
    return 1
  fi
}

failed=0
for preset in "${presets[@]}"; do
  started=$SECONDS
  if ! build "$preset"; then
    echo "matrix: $preset: does not build"
    exit 1
  fi
  built=$SECONDS
  list() {
    local scenario seed
    for scenario in "${scenarios[@]}"; do
      for seed in "${seeds[@]}"; do printf '%s\0%s\0' "$scenario" "$seed"; done
    done
  }
  while IFS= read -r -d '' scenario && IFS= read -r -d '' seed; do
    one "$preset" "$scenario" "$seed" || failed=1
  done < <(list) >"$results/$preset"
  echo "matrix: $preset: built in $((built - started)) s, $(wc -l <"$results/$preset") runs in" \
    "$((SECONDS - built)) s"
  if ! diff "$results/${presets[0]}" "$results/$preset" >"$results/diff"; then
    echo "matrix: $preset differs from ${presets[0]} (< ${presets[0]}, > $preset):"
    cat "$results/diff"
    failed=1
  fi
done
if ((failed)); then
  echo "matrix: FAILED"
  exit 1
fi
echo "matrix: ${#scenarios[@]} scenarios, ${#presets[@]} builds: all digests equal"
