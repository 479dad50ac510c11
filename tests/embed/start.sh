#!/bin/sh
# start.sh BUILD CLANG: how executables start and end: statuses, messages, options; in both code models and on both
# architectures (arm64 under qemu-user, where that is installed).
set -eu

build=$1
clang=$2
here=$(cd "$(dirname "$0")" && pwd)
tool=$build/bin/wasm2native
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset WASMRT_OPTIONS

fail() {
  echo "start.sh: $mode $arch: $*" >&2
  exit 1
}

# guest NAME STATEMENT: a module whose _start does that. Linked without -O, or clang has wasm-opt take the names away.
guest() {
  "$clang" --target=wasm32 -O1 -c ${2:+"-DWHAT=$2"} "$here/guests/command.c" -o "$1.o"
  "$clang" --target=wasm32 -nostdlib -Wl,--no-entry,--allow-undefined "$1.o" -o "$1.wasm"
}
guest nothing "(void)0"
guest seven "proc_exit(7)"
guest trap "proc_exit((unsigned)outer(12))"
guest recurse "proc_exit(recurse(1))"
guest grow "proc_exit(grow())"
guest divide "volatile int zero = 0; proc_exit((unsigned)(7 / zero))"
guest library ""
guest embedder "proc_exit(embed())"
# Its _start calls what the import env.make returns, a reference to a function without parameters and results.
{
  printf '\000asm\001\000\000\000\001\014\003\140\000\000\140\000\001d\000\140\000\000\002\014\001\003env\004m'
  printf 'ake\000\001\003\002\001\000\007\012\001\006_start\000\001\012\010\001\006\000\020\000\024\000\013'
} >typed.wasm

# expect STATUS TEXT PROGRAM: runs it; its standard error has to be TEXT, as far as that goes
expect() {
  status=0
  # qemu cannot confine programs, and they say so.
  ${runner:+env "WASMRT_OPTIONS=--no-confine ${WASMRT_OPTIONS-}"} $runner ./"$3" 2>errors >output || status=$?
  [ "$status" = "$1" ] || fail "$3 ended with status $status, not $1: $(cat errors)"
  [ ! -s output ] || fail "$3 wrote to the standard output"
  printf '%s' "$2" >wanted
  head -c "$(wc -c <wanted)" errors | cmp -s - wanted || fail "$3 printed: $(cat errors)"
  [ -n "$2" ] || [ ! -s errors ] || fail "$3 printed: $(cat errors)"
}

# expect_with OPTIONS STATUS TEXT PROGRAM
expect_with() {
  WASMRT_OPTIONS=$1
  export WASMRT_OPTIONS
  shift
  expect "$@"
  unset WASMRT_OPTIONS
}

compile() {
  "$tool" "--target=$arch-linux" "--model=$mode" "$@"
}

check_ends() {
  for guest in nothing seven recurse divide library; do
    compile $guest.wasm -o $guest
  done
  compile -O0 trap.wasm -o trap # not inlined
  expect 0 "" nothing
  expect 7 "" seven
  expect 134 "wasm trap: integer divide by zero
    0: _start (func " divide
  expect 134 "wasm trap: out of bounds memory access
    0: inner (func " trap
  grep -q '^    1: outer (func ' errors || fail "no outer function: $(cat errors)"
  grep -q '^    2: _start (func ' errors || fail "no start function: $(cat errors)"
  [ "$(wc -l <errors)" = 4 ] || fail "more frames than calls: $(cat errors)"
  expect 134 "wasm trap: call stack exhausted
    0: recurse (func " recurse
  grep -q '^   31: recurse' errors || fail "not all frames: $(cat errors)"
  expect 2 "./library: the module exports no function _start: it is no command
" library
}

check_options() {
  compile --max-memory=640K grow.wasm -o ten
  compile --max-memory=640K --sealed ${runner:+--no-confine} grow.wasm -o sealed
  compile --max-memory=64K grow.wasm -o tight
  expect 10 "" ten
  expect_with "--max-memory 320K" 5 "" ten
  expect_with "--max-memory 320K" 10 "" sealed
  expect_with "--nonsense" 10 "" sealed
  expect_with "--stack-size=1M --nonsense=1" 2 \
    "./ten: guest options (WASMRT_OPTIONS): unknown option: '--nonsense=1'
" ten
  expect_with "--env='A=1" 2 "./ten: guest options (WASMRT_OPTIONS): a quote is not closed: '--env=A=1'
" ten
  expect 2 "./tight: a memory's smallest size exceeds the limit
" tight
  expect_with "--stack-size=64M" 134 "wasm trap: call stack exhausted" recurse
  expect_with "--stack-size=1" 134 "wasm trap: call stack exhausted" recurse
}

# What cannot be granted is said, if the guest uses what would need it.
check_address_space() {
  compile --bounds=check grow.wasm --max-memory=640K -o checked
  expect 10 "" checked
  (
    ulimit -v 4000000
    expect 10 "" checked
    expect 2 "./seven: cannot reserve 8 GiB of address space for a memory; where it is limited (ulimit -v), compile with" seven
  )
}

# What C code returns is not taken for a reference of the import's type: here it is null.
check_types() {
  compile --missing-imports=zero typed.wasm -o typed
  case $mode in
  static) expect 134 "wasm trap: null reference" typed ;;
  instance) expect 2 './typed: unknown import: "env" "make" (func (result (ref 0)))' typed ;;
  esac
}

# A program's C code may be a host of its own.
check_embedder() {
  "$clang" "--target=$arch-linux-musl" -fno-stack-protector -fPIE -O1 -nostdlibinc \
    -isystem "/usr/include/$arch-linux-musl" -I"$here/../../libwasmrt/include" \
    -c "$here/guests/embedder.c" -o embed.o
  "$tool" "--target=$arch-linux" -c --name=second seven.wasm -o second.o
  compile embedder.wasm embed.o second.o -o embedder
  expect 8 "" embedder
}

for arch in x86_64 aarch64; do
  runner=
  if [ "$arch" != "$(uname -m)" ]; then
    runner=qemu-$arch
    command -v "$runner" >/dev/null || continue
  fi
  for mode in static instance; do
    check_ends
    check_options
    check_types
    check_embedder
    if [ -z "$runner" ]; then
      check_address_space
    fi
  done
done
