#!/bin/sh
# Compiles a large ready-made module, the Yosys logic synthesiser from the npm package @yowasp/yosys (31 MB),
# to an executable which synthesises a small design of ours, and compares all it writes with what the same
# module writes under Node's engine. Prints compile time and peak memory.
#
#   sh tests/programs/large.sh [--arch=x86_64|aarch64|all] [-O1|-O2|-O3|-Os|-Oz]
#
# By default for x86_64, at -O1. The package is fetched once, into build/large; without a network this is
# skipped. The environment variable WASM2NATIVE names another tool to test, PROGRAMS another directory to work
# in.
set -u

version=0.55.944
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${PROGRAMS:-$root/build/large}
arches=x86_64
level=-O1
for argument; do
  case $argument in
  --arch=all) arches="x86_64 aarch64" ;;
  --arch=x86_64 | --arch=aarch64) arches=${argument#--arch=} ;;
  -O[123sz]) level=$argument ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  *) echo "large.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ -x "$tool" ] || { echo "large.sh: there is no $tool: build it first, see README.md" >&2; exit 2; }

passed=0 failed=0 skipped=0
finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ $failed = 0 ]
  exit
}

skip() {
  echo "skipped  yosys: $1"
  skipped=$((skipped + 1))
  finish
}

script='read_verilog design.v; synth_ice40 -top top -json netlist.json; write_verilog -noattr netlist.v;
  write_blif netlist.blif; tee -o statistics.txt stat;
  write_rtlil netlist.il'

mkdir -p "$work/yosys"
cd "$work/yosys" || exit 2
module=package/gen/yosys.core.wasm
if ! [ -e $module ]; then
  rm -rf package share
  npm pack --silent @yowasp/yosys@$version >npm.log 2>&1 && tar xzf yowasp-yosys-$version.tgz ||
    skip "could not fetch @yowasp/yosys $version (see $work/yosys/npm.log)"
  rm -f yowasp-yosys-$version.tgz
fi
[ -d share ] || node "$here/yosys/unpack.mjs" package/gen/resources-yosys.js . || exit 2

fresh() { # DIRECTORY: what the program may see and write
  rm -rf "$1"
  mkdir -p "$1/tmp"
  cp "$here/yosys/design.v" "$1"
}

fresh expected
/usr/bin/time -f %e -o node.time \
  node --no-warnings "$here/yosys/reference.mjs" $module expected::/ share::/share -- \
  yosys -q -T -l log.txt -p "$script" >expected/output.txt 2>&1
echo "exit status $?" >>expected/output.txt
echo "         yosys under Node: $(tail -n 1 node.time) s"
if ! grep -q '^exit status 0' expected/output.txt; then
  echo "FAILED   yosys under Node"
  tail -n 5 expected/output.txt
  failed=1
  finish
fi

for arch in $arches; do
  command=./$arch.exe
  if [ $arch != "$(uname -m)" ]; then
    command -v qemu-$arch >/dev/null || { echo "skipped  yosys $arch"; skipped=$((skipped + 1)); continue; }
    command="qemu-$arch $command"
  fi
  rm -f $arch.exe
  if ! /usr/bin/time -f '%e %U %M' -o $arch.time \
    "$tool" $level --target=$arch-linux $module -o $arch.exe >$arch.log 2>&1; then
    echo "FAILED   yosys $arch compiles"
    head -n 5 $arch.log
    failed=$((failed + 1))
    continue
  fi
  read -r seconds cpu kilobytes <$arch.time
  echo "         yosys $arch: 29 MB of wasm compiled at $level in $seconds s (CPU: $cpu s) and" \
    "$((kilobytes / 1024)) MB, executable $(($(wc -c <$arch.exe) / 1024)) KB"
  fresh $arch
  WASMRT_OPTIONS="--dir=$arch::/ --dir=share::/share:ro" /usr/bin/time -f %e -o $arch.time \
    $command -q -T -l log.txt -p "$script" >$arch/output.txt 2>&1
  echo "exit status $?" >>$arch/output.txt
  echo "         yosys $arch: ran $(tail -n 1 $arch.time) s"
  for expected in expected/netlist.* expected/*.txt; do
    file=${expected#expected/}
    if cmp -s $expected $arch/$file; then
      echo "ok       yosys/$file $arch"
      passed=$((passed + 1))
    else
      echo "FAILED   yosys/$file $arch: differs, in $work/yosys/$arch"
      diff $expected $arch/$file 2>&1 | head -n 10 | cut -c 1-200
      failed=$((failed + 1))
    fi
  done
done
finish
