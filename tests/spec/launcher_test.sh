#!/usr/bin/env bash
# The launcher, tried on a make-believe machine: its tools (apt-get, dpkg-query, cmake, sudo, ...) are
# small fakes that note their calls, so no package is touched and nothing is compiled. What a real
# machine adds is tried by tests/clean_root.sh.
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0
failed=0

# check TEXT COMMAND...: the command must succeed.
check() {
  checks=$((checks + 1))
  if ! "${@:2}"; then
    failed=$((failed + 1))
    echo "FAILED: $machine: $1"
    sed 's/^/    stderr: /' "$at/stderr"
    sed 's/^/    call: /' "$at/calls"
  fi
}
equal() { [[ $1 == "$2" ]] || { echo "    have: $1" && echo "    want: $2" && false; }; }
said() { grep -qF -- "$1" "$at/stderr"; }
called() { grep -qF -- "$1" "$at/calls"; }
not() { ! "$@"; }

fake() { cat >"$at/bin/$1" && chmod +x "$at/bin/$1"; }

# new_machine NAME: a checkout in a path with spaces, and a PATH that holds fakes before the rest.
new_machine() {
  machine=$1
  at=$work/$1
  home="$at/check out"
  mkdir -p "$at/bin" "$at/elsewhere" "$home/sim/cli" "$home/engine" "$home/.ci"
  : >"$at/calls"
  : >"$at/stderr"
  cp "$root/logarium" "$home/" && cp "$root/.ci/packages" "$home/.ci/"
  touch "$home/sim/cli/main.cpp" "$home/CMakeLists.txt" "$home/CMakePresets.json"
  export CALLS=$at/calls CHECKOUT=$home MISSING="" CATCH2=3.4.0 BOOST=1.83.0 REMOVED="" UPDATE=ok SOURCES=ok
  fake id <<<'#!/bin/bash
echo "${FAKE_UID:-0}"'
  fake dpkg-query <<<'#!/bin/bash
shift 3
for name in "$@"; do
  [[ " $MISSING " == *" $name "* ]] || printf "installed=%s " "$name"
done'
  fake apt-cache <<<'#!/bin/bash
case "$*" in
  *madison*libcatch2*) [[ -z $CATCH2 ]] || echo "libcatch2-dev | $CATCH2 | http://deb main" ;;
  *madison*libboost*) [[ -z $BOOST ]] || echo "libboost | $BOOST | http://deb main" ;;
esac'
  fake apt-get <<<'#!/bin/bash
echo "apt-get $*" >>"$CALLS"
echo "noise of apt-get"
case "$*" in
  *indextargets*) [[ $SOURCES == ok ]] ;;
  *" -s install"*) [[ -z $REMOVED ]] || echo "Remv $REMOVED [1.0]" ;;
  *update*) [[ $UPDATE == ok ]] || { echo "E: The repository is broken"; exit 100; } ;;
  *install*) [[ ${INSTALL:-ok} == ok ]] || exit 100 ;;
esac'
  fake sudo <<<'#!/bin/bash
echo "sudo $*" >>"$CALLS"
[[ $1 == -n ]] && exit "${SUDO_ASKS:-0}"
exec "$@"'
  fake cmake <<<'#!/bin/bash
echo "cmake $* in $PWD" >>"$CALLS"
echo "noise of cmake"
build=$CHECKOUT/build/release
case "$*" in
  *--preset*) [[ ${CONFIGURE:-ok} == ok ]] || exit 1
    touch "$build/build.ninja"
    echo "CMAKE_HOME_DIRECTORY:INTERNAL=$CHECKOUT" >"$build/CMakeCache.txt"
    echo "LOGARIUM_TESTS:BOOL=OFF" >>"$build/CMakeCache.txt" ;;
  *--build*) [[ ${BUILD:-ok} == ok ]] || exit 1
    sleep "${BUILD_S:-0}"
    mkdir -p "$build/bin"
    printf "%s\n" "#!/bin/bash" "printf \"%s|\" \"\$PWD\" \"\$@\"" "cat" "exit 7" \
      >"$build/bin/logarium.new"
    chmod +x "$build/bin/logarium.new" && mv "$build/bin/logarium.new" "$build/bin/logarium" ;;
esac'
  fake ctest <<<'#!/bin/bash
echo "ctest $*" >>"$CALLS"
echo "100% tests passed"
exit "${CTEST:-0}"'
}

# start ARGUMENTS...: runs the launcher in another folder; sets out and status.
start() {
  out=$(cd "$at/elsewhere" && PATH="$at/bin:$PATH" "${launcher:-$home/logarium}" "$@" \
    2>"$at/stderr" <<<"${input:-}")
  status=$?
}
unset CI LOGARIUM_INSTALL LOGARIUM_PRESET LOGARIUM_BUILD_ONLY

new_machine "first start"
input="typed" start run "a b.json" --json
check "stdout, stdin, folder and arguments are the program's" \
  equal "$out" "$at/elsewhere|run|a b.json|--json|typed"
check "the exit code is the program's" equal "$status" 7
check "nothing is installed when nothing is missing" not called "apt-get"
check "the program alone is built" called "--target logarium in"
: >"$at/calls"
start run x
check "a later start calls neither cmake nor dpkg" equal "$(<"$at/calls")" ""
sleep 0.01 && touch "$home/engine/new.cpp"
start run x
check "a new source file is built" called "cmake --build"
begin=$(date +%s%N)
for _ in 1 2 3 4 5; do start run x; done
took=$((($(date +%s%N) - begin) / 5000000))
check "a later start costs under 200 ms (it took $took)" test "$took" -lt 200
mv "$home" "$home 2" && home="$home 2" && export CHECKOUT=$home && : >"$at/calls"
start run x
check "a moved checkout is configured afresh" called "--fresh"

new_machine "symbolic link"
ln -s "$home/logarium" "$at/bin/lg" && ln -s lg "$at/bin/logarium-link"
launcher=$at/bin/logarium-link start run x
check "links are resolved" equal "$out" "$at/elsewhere|run|x|"

new_machine "three starts at once"
export BUILD_S=0.4
for i in 1 2 3; do (cd / && PATH="$at/bin:$PATH" "$home/logarium" run "$i" >"$at/out$i" \
  2>>"$at/stderr" </dev/null) & done
wait
unset BUILD_S
check "one builds" equal "$(grep -c 'cmake --build' "$at/calls")" 1
check "all run" equal "$(cat "$at"/out?)" "/|run|1|/|run|2|/|run|3|"
check "the waiting ones say so" said "another start is building"

new_machine "packages missing, as root"
export MISSING="libfmt-dev ccache libcatch2-dev" REMOVED=libold-dev
start run x
check "what is missing is said" said "missing packages: libfmt-dev"
check "and how" said "running: apt-get install -y --no-install-recommends libfmt-dev ccache"
check "removals are announced" said "REMOVES these packages: libold-dev"
check "apt-get installs it" called "install -y --no-install-recommends libfmt-dev ccache"
check "run needs no Catch2" not called "libcatch2"
check "stdout stays the program's" equal "$out" "$at/elsewhere|run|x|"

boost=libboost-dev
if [[ $(. /etc/os-release && echo "$VERSION_CODENAME") == bookworm ]]; then boost=libboost1.83-dev; fi
new_machine "Boost is missing"
export MISSING=$boost REMOVED=libboost1.74-dev
start run x
check "a Boost that is new enough is installed" \
  called "install -y --no-install-recommends $boost"
check "the older one's removal is announced" said "REMOVES these packages: libboost1.74-dev"

new_machine "sudo"
export MISSING=libfmt-dev
FAKE_UID=1000 start run x
check "sudo installs" called "sudo env DEBIAN_FRONTEND=noninteractive"
: >"$at/calls" && rm -r "$home/build"
FAKE_UID=1000 SUDO_ASKS=1 start run x
check "a password without a terminal: 125" equal "$status" 125
check "and the command to run by hand" said "as root, run:  apt-get update && apt-get install"

new_machine "neither root nor sudo"
export MISSING=libfmt-dev
rm "$at/bin/sudo"
mkdir "$at/tools"
for tool in bash env cat sed awk find readlink mkdir flock touch cp tr grep nproc rm chmod sleep mv; do
  ln -s "$(command -v $tool)" "$at/tools/"
done
out=$(PATH="$at/bin:$at/tools" FAKE_UID=1000 "$home/logarium" run x 2>"$at/stderr")
status=$?
check "125" equal "$status" 125
check "the reason is said" said "this user is not root, and there is no sudo"
check "and what to do" said "as root, run:"

new_machine "installing switched off"
export MISSING=libfmt-dev
LOGARIUM_INSTALL=no start run x
check "nothing is installed" not called "apt-get"
check "it says what is missing" said "missing packages: libfmt-dev"
check "it goes on" equal "$status" 7

new_machine "a broken repository"
export MISSING=libfmt-dev UPDATE=broken
start run x
check "it is said" said "E: The repository is broken"
check "it goes on" equal "$status" 7
rm -r "$home/build"
SOURCES=unreadable start run x
check "unreadable sources are set aside" called "Dir::Etc::SourceParts="
check "it goes on without them" equal "$status" 7

new_machine "failures"
export MISSING=libfmt-dev
INSTALL=fails start run x
check "apt-get fails: 125" equal "$status" 125
export MISSING=""
CONFIGURE=fails start run x
check "cmake fails: 125" equal "$status" 125
BUILD=fails start run x
check "the compiler fails: 125" equal "$status" 125
check "nothing on stdout" equal "$out" ""
rm "$home/sim/cli/main.cpp"
start run x
check "no program: 125" equal "$status" 125

new_machine "test"
export MISSING=libcatch2-dev
start test -R log
check "Catch2 comes with test" called "install -y --no-install-recommends libcatch2-dev"
check "everything is built" called "build/release -j"
check "no target is named" not called "--target"
check "arguments go to ctest" called "-R log"
check "stdout is ctest's" equal "$out" "100% tests passed"
CTEST=8 start test
check "failing tests: 1" equal "$status" 1
CI=true start test
check "in CI a skipped test fails" called "-DLOGARIUM_SKIP_FAILS=ON"

echo "$checks checks, $failed failed"
exit $((failed > 0))
