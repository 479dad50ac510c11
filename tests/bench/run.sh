#!/bin/sh
# Compares the speed of executables made by wasm2native with native builds of the same sources by clang -O3,
# on CPU kernels in C and C++, and on kernels written with vector intrinsics, those of WebAssembly against
# those of this machine (kernels/simd/vector.h); then the size and the start of a small program.
#
#   sh tests/bench/run.sh [--quick] [--tsv FILE] [-O0|-O1|-O2|-O3|-Os|-Oz] [KERNEL...]
#
#   --quick   shorter runs: figures for a first impression
#   --tsv     writes rows of kernel, cpu, native seconds, wasm2native seconds, ratio, kind
#   -O...     wasm2native's optimisation level, default -O2
#   KERNEL    only these: the names of the files in tests/bench/kernels and kernels/simd; simd is all of the latter
#
# Each kernel is built for the baseline CPU and for this machine's, and run in turn, native and wasm2native,
# many times; the best time of each counts. Ratios are wasm2native's time over native. The environment variable
# WASM2NATIVE names another tool to measure, BENCH another directory to work in.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${BENCH:-$root/build/bench}
rounds=25 slice=0.07 starts=1000
tsv=
level=-O2
only=
while [ $# -gt 0 ]; do
  case $1 in
  --quick) rounds=6 slice=0.03 starts=200 ;;
  --tsv) tsv=${2:?--tsv needs a file}; shift ;;
  --tsv=*) tsv=${1#--tsv=} ;;
  -O[0123sz]) level=$1 ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  -*) echo "run.sh: unknown option '$1' (see --help)" >&2; exit 2 ;;
  *) only="$only $1" ;;
  esac
  shift
done
[ -x "$tool" ] || { echo "run.sh: there is no $tool: build it first, see README.md" >&2; exit 2; }

case $(uname -m) in
x86_64) baseline=x86-64-v2 architectures="x86_64 aarch64" ;;
aarch64) baseline=armv8-a architectures="aarch64 x86_64" ;;
*) echo "run.sh: this machine is neither x86-64 nor arm64" >&2; exit 2 ;;
esac

mkdir -p "$work" && rm -f "$work"/*.tsv "$work"/*.wasm
[ -z "$tsv" ] || tsv=$(realpath "$tsv") || exit 2
cd "$work" || exit 2
failures=0

fail() {
  echo "FAILED   $*"
  failures=$((failures + 1))
}

# No -O when linking modules: clang would then run wasm-opt where it is installed.
build() { # KERNEL SOURCE CPU
  features=
  case $2 in
  */simd/*) features=-msimd128 ;;
  esac
  case $3 in
  baseline) march=$baseline tune= ;;
  native) march=native tune=--cpu=native ;;
  esac
  clang=clang-19
  case $2 in
  *.cpp) clang=clang++-19 ;;
  esac
  if ! [ -e "$1.wasm" ]; then
    $clang -O3 --target=wasm32-wasi $features -fno-exceptions -c "$2" -o "$1.wasm.o" &&
      clang-19 -O3 --target=wasm32-wasi -c "$here/kernels/main.c" -o main.wasm.o &&
      $clang --target=wasm32-wasi "$1.wasm.o" main.wasm.o -o "$1.wasm" || return 1
  fi
  $clang -O3 -march=$march -fno-exceptions -c "$2" -o "$1.o" &&
    clang-19 -O3 -march=$march -c "$here/kernels/main.c" -o main.o &&
    $clang "$1.o" main.o -lm -o "$1.$3.native" &&
    "$tool" $level $tune "$1.wasm" -o "$1.$3.w2n"
}

# The least number of runs that takes the native program at least the slice of time.
calibrate() { # PROGRAM
  "./$1" 3 | awk -v slice=$slice '{ n = int(slice / $2) + 1; print (n > 1000 ? 1000 : n) }'
}

echo "kernel        cpu        native s   wasm2native s   ratio"
for cpu in baseline native; do
  for source in "$here"/kernels/*.c "$here"/kernels/*.cpp "$here"/kernels/simd/*.c; do
    kernel=$(basename "$source")
    kernel=${kernel%.*}
    [ $kernel != main ] || continue
    kind=scalar
    case $source in
    */simd/*) kind=simd ;;
    esac
    case " ${only:-$kernel} " in *" $kernel "* | *" $kind "*) ;; *) continue ;; esac
    if ! build $kernel "$source" $cpu >"$kernel.log" 2>&1; then
      fail "$kernel does not build"
      head -n 5 "$kernel.log"
      continue
    fi
    runs=$(calibrate $kernel.$cpu.native)
    rm -f $kernel.*.times
    round=0
    while [ $round -lt $rounds ]; do
      for side in native w2n; do
        "./$kernel.$cpu.$side" $runs >>$kernel.$side.times || echo "crash 1" >>$kernel.$side.times
      done
      round=$((round + 1))
    done
    if [ "$(cut -d ' ' -f 1 $kernel.native.times $kernel.w2n.times | sort -u | wc -l)" != 1 ]; then
      fail "$kernel ($cpu): its results differ"
      head -n 1 $kernel.native.times $kernel.w2n.times
      continue
    fi
    awk -v kernel=$kernel -v cpu=$cpu -v kind=$kind '
      FNR == 1 { file++ }
      !best[file] || $2 < best[file] { best[file] = $2 }
      END {
        printf "%s\t%s\t%.6f\t%.6f\t%.3f\t%s\n", kernel, cpu, best[1], best[2], best[2] / best[1], kind
      }
    ' $kernel.native.times $kernel.w2n.times >row.tsv
    awk -F '\t' '{ printf "%-13s %-9s %9.6f       %9.6f   %5.2f\n", $1, $2, $3, $4, $5 }' row.tsv
    cat row.tsv >>all.tsv
  done
  [ ! -e all.tsv ] || awk -F '\t' -v cpu=$cpu -v level=$level '
    $2 == cpu { sum[$6] += log($5); n[$6]++ }
    function mean(kind) {
      if (n[kind]) {
        printf "geometric mean of %d %s kernels, %s CPU, %s: %.3f\n",
          n[kind], kind, cpu, level, exp(sum[kind] / n[kind])
      }
    }
    END { mean("scalar"); mean("simd"); print "" }
  ' all.tsv
done
if [ -n "$tsv" ]; then
  { printf 'kernel\tcpu\tnative seconds\tw2n seconds\tratio\tkind\n'; cat all.tsv; } >"$tsv"
fi

# ---- size and start: hello, world ----

if [ -z "$only" ]; then
  clang-19 --target=wasm32-wasi -Os -c "$here/hello.c" -o hello.o &&
    clang-19 --target=wasm32-wasi hello.o -o hello.wasm
  for architecture in $architectures; do
    if ! "$tool" --target=$architecture-linux hello.wasm -o hello.$architecture; then
      fail "hello does not build for $architecture"
      continue
    fi
    llvm-strip-19 hello.$architecture -o hello.$architecture.stripped
    size=$(wc -c <hello.$architecture.stripped)
    linked=$(wc -c <hello.$architecture)
    echo "hello, world for $architecture: $size bytes stripped (aim: 65536), $linked as linked"
    if [ $architecture = "$(uname -m)" ]; then
      musl=/usr/lib/$architecture-linux-musl
      clang-19 -O2 -std=gnu11 "$here/start.c" -o start &&
        clang-19 --target=$architecture-linux-musl -O2 -static -nostdinc -nostdlib -fuse-ld=lld \
          -isystem /usr/include/$architecture-linux-musl $musl/crt1.o $musl/crti.o "$here/hello.c" \
          $musl/libc.a $musl/crtn.o -o hello.musl &&
        [ "$(./hello.$architecture.stripped)" = "hello, world" ] && [ "$(./hello.musl)" = "hello, world" ] &&
        medians=$(./start $starts ./hello.musl ./hello.$architecture.stripped) ||
        { fail "hello does not run"; continue; }
      echo "$medians" | awk '{
        printf "start to end: static musl %s us, wasm2native %s us, ratio %.2f (aim: 2)\n", $1, $2, $2 / $1
      }'
    fi
  done
fi
[ $failures = 0 ]
