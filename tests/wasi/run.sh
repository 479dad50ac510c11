#!/bin/sh
# Tests WASI on both architectures: the functions, called directly (the programs that ctest runs under Check, here against
# musl), and programs compiled from C to WebAssembly and from there to executables, which have to print what
# programs/NAME.expected says.
#
#   sh tests/wasi/run.sh [--arch=x86_64|aarch64|all] [--keep] [NAME...]
#
#   NAME    "functions", or a program without its .c; all of them when none is given
#   --arch  which executables to make and run, under qemu where they are not the host's; default all
#   --keep  write what the programs print on this machine's architecture to programs/NAME.expected
#
# A program's first comment says how it is run:
#   options: OPTION...    of wasm2native; @ is an empty directory in which it runs, with an empty folder "work"
#   tree: COMMAND         is run by the shell before wasm2native, in the folder "tree" of that directory
#   arguments: WORD...    its arguments, quoted as in the shell
#   input: TEXT           a line of standard input
#   status: NUMBER        the exit status, 0 when nothing is said
#   client: WORD...       what client/client.c does meanwhile; what it prints goes to the file "client" in that directory
#   before: COMMAND       is run by the shell in that directory before it, with what it prints dropped
#   after: COMMAND        is run by the shell in that directory after it; what it prints is compared, too
# The environment variable WASM2NATIVE names another tool to test.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
arches="x86_64 aarch64"
names=
keep=no
for argument; do
  case $argument in
  --arch=all) ;;
  --arch=x86_64 | --arch=aarch64) arches=${argument#--arch=} ;;
  --keep) keep=yes arches=$(uname -m) ;;
  -h | --help) sed -n '2,22s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) echo "run.sh: unknown option '$argument' (see --help)" >&2; exit 2 ;;
  *) names="$names $argument" ;;
  esac
done
if [ -z "$names" ]; then
  names="functions $(cd "$here/programs" && ls *.c | sed 's/\.c$//')"
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset WASMRT_OPTIONS
umask 022
passed=0 failed=0 skipped=0

failure() {
  failed=$((failed + 1))
  echo "FAILED $*"
}

# Runs a program of either architecture; qemu cannot confine it, and without the option it says so.
native() {
  arch=$1
  shift
  if [ "$arch" = "$(uname -m)" ]; then "$@"; else WASMRT_OPTIONS=--no-confine "qemu-$arch" "$@"; fi
}

# The directives of a program: directive FILE NAME
directive() {
  sed -n "1,/\*\//s/^ \* $2: //p" "$1"
}

# --- the functions ---

# Compiles the unit tests and libwasmrt/wasi against musl: no Check there, and no compiler's run-time library.
build_functions() { # ARCH DIRECTORY
  target=$1-linux-musl
  flags="--target=$target -std=c11 -Os -fno-stack-protector -nostdlibinc -isystem /usr/include/$target -DWASI_TEST_PLAIN"
  [ "$1" != aarch64 ] || flags="$flags -mno-outline-atomics"
  mkdir -p "$2" || return 1
  for source in "$here"/*.c "$root"/libwasmrt/wasi/*.c; do
    clang-19 $flags -I"$here" -I"$root/libwasmrt/wasi" -I"$root/libwasmrt/core" -I"$root/libwasmrt/abi" \
      -I"$root/libwasmrt/include" -c "$source" -o "$2/$(basename "$source").o" || return 1
  done
  musl=/usr/lib/$target
  ld.lld-19 -static $musl/crt1.o $musl/crti.o "$2"/*.o $musl/libc.a $musl/crtn.o -o "$2/tests"
}

test_functions() { # ARCH
  if ! build_functions "$1" "$scratch/functions-$1"; then
    failure "functions on $1: not built"
    return
  fi
  native "$1" "$scratch/functions-$1/tests" >"$scratch/log" 2>&1
  grep -v '^[0-9]* passed' "$scratch/log"
  set -- "$1" $(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$scratch/log")
  [ $# = 4 ] || set -- "$1" 0 1 0
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  echo "functions on $1: $2 passed, $3 failed, $4 skipped (where there is no openat2)"
}

# --- the programs ---

[ -e "$scratch/client" ] || clang-19 -O1 "$here/client/client.c" -o "$scratch/client" || exit 1

compile_program() { # NAME
  [ -e "$scratch/$1.wasm" ] ||
    clang-19 --target=wasm32-wasi -O1 -w -I"$root/libwasmrt/wasi" "$here/programs/$1.c" -o "$scratch/$1.wasm"
}

# Runs a compiled program in its directory and prints all that is compared.
run_program() { # ARCH NAME EXECUTABLE
  eval "set -- $1 $2 $3 $(directive "$here/programs/$2.c" arguments)"
  arch=$1 name=$2 executable=$3
  shift 3
  directive "$here/programs/$name.c" input >"$scratch/input"
  words=$(directive "$here/programs/$name.c" client)
  rm -f "$scratch/errors"
  if [ -n "$words" ]; then
    # shellcheck disable=SC2086
    "$scratch/client" "$scratch/errors" $words >client &
  fi
  native "$arch" "$executable" "$@" <"$scratch/input" >"$scratch/output" 2>"$scratch/errors"
  status=$?
  [ -z "$words" ] || wait
  cat "$scratch/output"
  echo "status: $status"
  sh -c "$(directive "$here/programs/$name.c" after)" 2>&1
}

test_program() { # ARCH NAME
  arch=$1 name=$2 source=$here/programs/$2.c
  sandbox=$scratch/$name-$arch
  mkdir -p "$sandbox/work" "$sandbox/frozen"
  if [ ! -x "$tool" ]; then
    failure "$name on $arch: there is no $tool"
    return
  fi
  if ! compile_program "$name"; then
    failure "$name on $arch: clang failed"
    return
  fi
  commands=$(directive "$source" tree)
  if [ -n "$commands" ] && ! (mkdir "$sandbox/tree" && cd "$sandbox/tree" && sh -c "$commands"); then
    failure "$name on $arch: the tree could not be made"
    return
  fi
  options=$(directive "$source" options | sed "s|@|$sandbox|g")
  if ! "$tool" "$scratch/$name.wasm" -o "$scratch/$name.$arch" --target="$arch-linux" $options; then
    failure "$name on $arch: not compiled"
    return
  fi
  (cd "$sandbox" && sh -c "$(directive "$source" before)" >/dev/null &&
    run_program "$arch" "$name" "$scratch/$name.$arch") >"$scratch/found"
  [ $keep = no ] || cp "$scratch/found" "$here/programs/$name.expected"
  wanted=$(directive "$source" status)
  if ! diff -u "$here/programs/$name.expected" "$scratch/found" >"$scratch/difference"; then
    failure "$name on $arch: expected and found differ:"
    cat "$scratch/difference" "$scratch/errors"
  elif ! grep -qx "status: ${wanted:-0}" "$scratch/found"; then
    failure "$name on $arch: exit status"
    cat "$scratch/errors"
  else
    passed=$((passed + 1))
    echo "ok     $name on $arch"
  fi
  rm -rf "$sandbox"
}

for name in $names; do
  for arch in $arches; do
    if [ "$name" = functions ]; then test_functions "$arch"; else test_program "$arch" "$name"; fi
  done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
