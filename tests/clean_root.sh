#!/usr/bin/env bash
# Both README commands on a machine that has nothing: makes a minimal Debian with debootstrap, copies
# a clean clone of HEAD into it and runs `./logarium run SCENARIO` and `./logarium test` there through
# chroot. Prints the time of each. Needs root and debootstrap; about 4 GB below $TMPDIR.
#
# usage: tests/clean_root.sh [--keep] [--user] [--ci] [--broken] [bookworm|trixie] [SCENARIO]
#   --keep   leave the root for a look; its path is printed
#   --user   run as a user with sudo instead of as root
#   --ci     run .ci/run there instead; its settings (FUZZ_SECONDS and so on) are passed on
#   --broken with broken third-party repositories: one that does not answer, one without a release
#            file, and a source list that apt cannot read
# The chroot gets this machine's resolv.conf, proxy variables, certificates and apt settings, and the
# mirror of $MIRROR (default http://deb.debian.org/debian): without them an installation behind a
# company's proxy cannot be rehearsed. No source list beyond the main suite is copied.
set -u
keep=no
ci=no
broken=no
user=root
suite=bookworm
scenario=scenarios/failover/leader-crash.json
for argument in "$@"; do
  case $argument in
    --keep) keep=yes ;;
    --user) user=visitor ;;
    --ci) ci=yes ;;
    --broken) broken=yes ;;
    bookworm | trixie) suite=$argument ;;
    *) scenario=$argument ;;
  esac
done
mirror=${MIRROR:-http://deb.debian.org/debian}
source=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
[[ $(id -u) == 0 ]] || { echo "clean_root: needs root" >&2; exit 125; }
command -v debootstrap >/dev/null ||
  { echo "clean_root: needs debootstrap (apt-get install debootstrap)" >&2; exit 125; }

top=$(mktemp -d)
root=$top/root
leave() {
  umount -l "$root/proc" "$root/dev/pts" "$root/dev" 2>/dev/null
  if [[ $keep == yes ]]; then
    echo "clean_root: kept in $root"
  elif ! mountpoint -q "$root/proc" && ! mountpoint -q "$root/dev"; then
    rm -rf "$top"
  fi
}
trap leave EXIT
trap 'exit 130' INT TERM

timed() {
  local begun=$SECONDS status
  echo "==> $1"
  "${@:2}"
  status=$?
  echo "==> $1: exit $status after $((SECONDS - begun)) s"
  return $status
}

# debootstrap of a newer suite needs only a script of that name; all Debian suites share one.
bootstrap() {
  local script=/usr/share/debootstrap/scripts/$suite
  [[ -e $script ]] || script=/usr/share/debootstrap/scripts/sid
  debootstrap --variant=minbase --include=ca-certificates,sudo "$suite" "$root" "$mirror" "$script" \
    >"$top/debootstrap.log" 2>&1 || { tail -n 20 "$top/debootstrap.log"; return 1; }
}

break_sources() {
  echo 'deb http://repository.invalid/debian stable main' >"$1/silent.list"
  echo "deb $mirror no-such-suite main" >"$1/absent.list"
  echo 'this is no source line' >"$1/unreadable.list"
}

furnish() {
  local file
  mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --make-rslave "$root/dev"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  for file in /etc/apt/apt.conf.d/*; do
    if grep -qE '^[[:space:]]*Acquire::' "$file"; then cp "$file" "$root/etc/apt/apt.conf.d/"; fi
  done
  [[ $broken == no ]] || break_sources "$root/etc/apt/sources.list.d"
  chroot "$root" useradd -m visitor
  echo 'visitor ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/visitor"
  # A clone when there is history, so that nothing of this work tree slips in; otherwise a copy.
  if git -C "$source" rev-parse -q --verify HEAD >/dev/null 2>&1; then
    git clone -q "$source" "$root/home/visitor/logarium" 2>"$top/clone.log" ||
      { cat "$top/clone.log"; return 1; }
  else
    mkdir "$root/home/visitor/logarium"
    tar -C "$source" --exclude=./build -cf - . | tar -C "$root/home/visitor/logarium" -xf -
  fi
  chown -R "$(stat -c '%u:%g' "$root/home/visitor")" "$root/home/visitor/logarium"
  [[ $user == visitor ]] || chown -R 0:0 "$root/home/visitor/logarium"
}

# inside COMMAND...: in the checkout within the root, with a bare environment.
inside() {
  local settings=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8) name
  for name in http_proxy https_proxy no_proxy CI_FULL CI_BASE CI_TIDY_SECONDS FUZZ_SECONDS; do
    [[ -n ${!name:-} ]] && settings+=("$name=${!name}")
  done
  chroot --userspec="$user" "$root" /usr/bin/env -i "${settings[@]}" HOME=/home/visitor \
    sh -c 'cd /home/visitor/logarium && exec "$@"' sh "$@" </dev/null
}

timed "debootstrap $suite" bootstrap || exit 125
timed "furnish" furnish || exit 125
failed=0
if [[ $ci == yes ]]; then
  timed ".ci/run" inside .ci/run
  exit
fi
timed "first start: ./logarium run $scenario" inside ./logarium run "$scenario" || failed=1
timed "later start: ./logarium run $scenario" inside ./logarium run "$scenario" || failed=1
timed "./logarium test" inside ./logarium test || failed=1
if ((failed)); then
  echo "clean_root: $suite as $user: FAILED"
else
  echo "clean_root: $suite as $user: both commands work"
fi
exit $failed
