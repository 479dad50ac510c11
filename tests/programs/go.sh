#!/bin/sh
# Runs tests of Go's own standard library as native programs: each package's tests are built for WASI by
# `go test -c`, compiled to an executable with wasm2native, and run in the package's source directory with what Go's
# own script for WASI grants them: all files, PWD and PATH. Prints what compiling took.
#
#   sh tests/programs/go.sh [--arch=x86_64|aarch64] [-O0|-O1|-O2|-O3] [--long] [--keep] [PACKAGE...]
#
#   PACKAGE   as in an import; by default compress/flate encoding/json io/fs os path/filepath regexp sort strings sync
#             time
#   --arch    which executables to make and run, under qemu where they are not the host's; default this machine's
#   -O0       the level of optimisation. A package is 5 to 16 MB of wasm: at -O0, the default, it takes one to three minutes to
#             compile, at -O1 three times as long
#   --long    also what the tests leave out with -test.short, as they do where Go is tested on WASI: stress tests, which take
#             minutes and measure time
#   --keep    use executables that were made before, if no newer module is there
#
# Needs Go 1.21 or later with the sources of its tests; skipped where there is none. The environment variable
# WASM2NATIVE names another tool to test, PROGRAMS another directory to work in, GO another go.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${PROGRAMS:-$root/build/go}
go=${GO:-go}
arch=$(uname -m)
level=-O0
short=-test.short
keep=no
packages=
for argument; do
  case $argument in
  --arch=x86_64 | --arch=aarch64) arch=${argument#--arch=} ;;
  -O[0123]) level=$argument ;;
  --long) short= ;;
  --keep) keep=yes ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  -*) echo "go.sh: unknown option '$argument' (see --help)" >&2; exit 2 ;;
  *) packages="$packages $argument" ;;
  esac
done
packages=${packages:-compress/flate encoding/json io/fs os path/filepath regexp sort strings sync time}
[ -x "$tool" ] || { echo "go.sh: there is no $tool: build it first, see README.md" >&2; exit 2; }

passed=0 failed=0 skipped=0

skip_all() { # REASON
  printf '%-8s %s: %s\n' skipped go "$1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

failure() { # WHAT
  failed=$((failed + 1))
  printf '%-8s %s\n' FAILED "$1"
}

# What is installed is used, never a version that go would fetch.
export GOTOOLCHAIN=local
command -v "$go" >/dev/null || skip_all "there is no Go"
"$go" tool dist list 2>/dev/null | grep -qx wasip1/wasm || skip_all "this Go has no wasip1: $("$go" version)"
sources=$("$go" env GOROOT)/src
version=$("$go" env GOVERSION)
emulator=
if [ "$arch" != "$(uname -m)" ]; then
  emulator=qemu-$arch
  command -v $emulator >/dev/null || skip_all "$emulator is not installed"
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)

build() { # PACKAGE: makes $name.wasm
  [ ! -e "$name.wasm" ] || [ "$(cat "$name.version" 2>/dev/null)" != "$version" ] || return 0
  rm -f "$name.wasm"
  (cd "$sources/$1" && GOOS=wasip1 GOARCH=wasm GOFLAGS= "$go" test -c -o "$work/$name.wasm" .) >"$name.log" 2>&1 &&
    [ -e "$name.wasm" ] && echo "$version" >"$name.version"
}

compile() { # PACKAGE: makes $executable
  [ $keep = no ] || [ -z "$(find "$executable" -newer "$name.wasm" 2>/dev/null)" ] || return 0
  rm -f "$executable"
  if ! /usr/bin/time -f '%e %U %M' -o time "$tool" $level --target="$arch-linux" "$name.wasm" -o "$executable" \
    >"$name.log" 2>&1; then
    head -n 5 "$name.log"
    return 1
  fi
  read -r seconds cpu kilobytes <time
  echo "         $1: $(($(wc -c <"$name.wasm") / 1024)) KB of wasm compiled at $level in $seconds s" \
    "(CPU: $cpu s) and $((kilobytes / 1024)) MB, executable $(($(wc -c <"$executable") / 1024)) KB"
}

# The tests print a line for each of theirs that ends, and PASS at the very end.
run() { # PACKAGE
  log=$work/$name.output
  (cd "$sources/$1" &&
    WASMRT_OPTIONS="--dir=/ '--env=PWD=$sources/$1' '--env=PATH=$PATH'" \
      timeout 1800 $emulator "$work/$executable" -test.v $short) >"$log" 2>&1
  status=$?
  ok=$(grep -c '^ *--- PASS: ' "$log") bad=$(grep -c '^ *--- FAIL: ' "$log") left=$(grep -c '^ *--- SKIP: ' "$log")
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  if [ "$bad" != 0 ]; then
    echo "FAILED   $1: $bad tests, see $log"
    grep '^ *--- FAIL: ' "$log" | head -n 40
  elif [ $status != 0 ] || ! grep -qx PASS "$log" || [ "$ok" = 0 ]; then
    failure "$1: it broke off with status $status, see $log"
    tail -n 10 "$log"
  else
    echo "ok       $1 $arch $level: $ok tests passed, $left skipped themselves"
  fi
}

cd "$work" || exit 2
echo "         $version"
for package in $packages; do
  name=$(echo "$package" | tr / _)
  executable=$name-$arch$level
  if ! ls "$sources/$package"/*_test.go >/dev/null 2>&1; then
    skipped=$((skipped + 1))
    echo "skipped  $package: $sources/$package has no tests"
  elif ! build "$package"; then
    failure "$package builds, see $work/$name.log"
    head -n 5 "$name.log"
  elif ! compile "$package"; then
    failure "$package compiles"
  else
    run "$package"
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
