#!/bin/sh
# Compiles large ready-made modules from npm to executables, and compares all that these write with what the
# same modules write under Node's engine. Prints compile time and peak memory.
#
#   yosys   the logic synthesiser, 31 MB (@yowasp/yosys), synthesises a small design
#   clang   compiler and linker, 75 MB (@yowasp/clang), make a WebAssembly program of a C file, which in turn
#           becomes an executable that does what a native build of the file does
#
#   sh tests/programs/large.sh [--arch=x86_64|aarch64|all] [-O0|-O1|-O2|-O3|-Os|-Oz] [NAME...]
#
# By default for x86_64, at -O1, both. The packages are fetched once, into build/large; without a network they
# are skipped. The environment variable WASM2NATIVE names another tool to test, PROGRAMS another directory to
# work in.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${PROGRAMS:-$root/build/large}
arches=x86_64
level=-O1
names=
for argument; do
  case $argument in
  --arch=all) arches="x86_64 aarch64" ;;
  --arch=x86_64 | --arch=aarch64) arches=${argument#--arch=} ;;
  -O[0123sz]) level=$argument ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  yosys | clang) names="$names $argument" ;;
  *) echo "large.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ -x "$tool" ] || { echo "large.sh: there is no $tool: build it first, see README.md" >&2; exit 2; }

passed=0 failed=0 skipped=0

report() { # VERDICT CHECK [DETAIL]
  case $1 in
  ok) passed=$((passed + 1)) ;;
  FAILED) failed=$((failed + 1)) ;;
  skipped) skipped=$((skipped + 1)) ;;
  esac
  printf '%-8s %s%s\n' "$1" "$2" "${3:+: $3}"
}

# ---- what each is: its package, files that it needs at run time (a mount), and a scenario ----
#
# fresh_NAME fills the directory that the program sees as /; play_NAME calls `guest`, and leaves files there.

setup_yosys() {
  package=yosys version=0.55.944 module=package/gen/yosys.core.wasm resources=share::/share tools=yosys
}

unpack_yosys() {
  node "$here/yosys/unpack.mjs" package/gen/resources-yosys.js .
}

fresh_yosys() {
  cp "$here/yosys/design.v" "$1"
}

play_yosys() {
  guest yosys -q -T -l log.txt -p 'read_verilog design.v; synth_ice40 -top top -json netlist.json;
    write_verilog -noattr netlist.v; write_blif netlist.blif; tee -o statistics.txt stat;
    write_rtlil netlist.il'
}

# The driver runs the compiler within its own process, and cannot start the linker: that is a second call.
setup_clang() {
  package=clang version=22.0.0-git20542-10 module=package/gen/llvm.core.wasm resources=usr::/usr
  tools="clang wasm-ld"
}

unpack_clang() {
  mkdir usr && tar xf package/gen/llvm-resources.tar -C usr
}

fresh_clang() {
  cp "$here/clang/program.c" "$1"
}

play_clang() {
  libraries=/usr/lib/wasm32-wasip1
  guest clang --version &&
    guest clang -O2 -Wall -c program.c -o program.o &&
    guest clang -O0 -g -c program.c -o debug.o &&
    guest wasm-ld $libraries/crt1.o program.o -L$libraries -lm -lc \
      /usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a -o program.wasm
}

# Does the program that it made do what clang's native build does?
check_made_program() { # DIRECTORY
  clang-19 -O2 -ffp-contract=off "$here/clang/program.c" -lm -o program.native || return 1
  ./program.native some words >expected.words
  echo "exit status $?" >>expected.words
  "$tool" run "$1/program.wasm" -- some words >made.words
  echo "exit status $?" >>made.words
  cmp expected.words made.words
}

# ---- the run ----

guest() { # TOOL ARGUMENT...: under Node, or the executable for $arch
  if [ $arch = node ]; then
    node --no-warnings "$here/reference.mjs" $module expected::/ $resources -- "$@"
  else
    guest_tool=$1
    shift
    WASMRT_OPTIONS="${qemu:+--no-confine }--dir=$arch::/ --dir=$resources:ro" $qemu ./$arch-bin/$guest_tool "$@"
  fi
}

play() { # NAME DIRECTORY
  rm -rf "$2"
  mkdir -p "$2/tmp"
  fresh_$1 "$2"
  start=$(date +%s%N)
  play_$1 >"$2/output.txt" 2>&1
  echo "exit status $?" >>"$2/output.txt"
  took=$((($(date +%s%N) - start) / 1000000))
  printf '         %s, %s: ran %d.%03d s\n' "$1" "$arch" $((took / 1000)) $((took % 1000))
}

compile() { # NAME: makes $arch-bin, with a link for each tool
  rm -rf $arch-bin
  mkdir $arch-bin
  if ! /usr/bin/time -f '%e %U %M' -o $arch.time \
    "$tool" $level --target=$arch-linux $module -o $arch-bin/program >$arch.log 2>&1; then
    head -n 5 $arch.log
    return 1
  fi
  # The name that it is started by tells the tool.
  for link in $tools; do
    ln -s program $arch-bin/$link
  done
  read -r seconds cpu kilobytes <$arch.time
  echo "         $1, $arch: $(($(wc -c <$module) / 1000000)) MB of wasm compiled at $level in $seconds s" \
    "(CPU: $cpu s) and $((kilobytes / 1024)) MB, executable $(($(wc -c <$arch-bin/program) / 1024)) KB"
}

compare() { # NAME
  for expected in $(find expected -type f); do
    file=${expected#expected/}
    [ ! -e "$here/$1/$file" ] || continue # what was given
    if cmp -s $expected $arch/$file; then
      report ok "$1/$file $arch"
    else
      report FAILED "$1/$file $arch" "differs, in $work/$1/$arch"
      diff $expected $arch/$file 2>&1 | head -n 10 | cut -c 1-200
    fi
  done
}

for name in ${names:-yosys clang}; do
  setup_$name
  mkdir -p "$work/$name"
  cd "$work/$name" || exit 2
  if ! [ -e $module ]; then
    rm -rf package "${resources%%::*}"
    if ! { npm pack --silent @yowasp/$package@$version >npm.log 2>&1 &&
      tar xzf yowasp-$package-$version.tgz; }; then
      report skipped $name "could not fetch @yowasp/$package $version (see $work/$name/npm.log)"
      continue
    fi
    rm -f yowasp-$package-$version.tgz
  fi
  [ -d "${resources%%::*}" ] || unpack_$name || exit 2

  arch=node
  play $name expected
  if ! grep -q '^exit status 0' expected/output.txt; then
    report FAILED "$name under Node"
    tail -n 5 expected/output.txt
    continue
  fi
  for arch in $arches; do
    qemu=
    if [ $arch != "$(uname -m)" ]; then
      command -v qemu-$arch >/dev/null || { report skipped "$name $arch"; continue; }
      qemu=qemu-$arch
    fi
    if ! compile $name; then
      report FAILED "$name $arch compiles"
      continue
    fi
    play $name $arch
    compare $name
    [ $name = clang ] || continue
    if check_made_program $arch; then
      report ok "$name/program.wasm $arch, as an executable"
    else
      report FAILED "$name/program.wasm $arch, as an executable" "differs from a native build, in $work/$name"
    fi
  done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
