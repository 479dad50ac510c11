#!/bin/sh
# Bad input: every prefix of 1,000 modules and 500,000 single-byte mutations are decoded and validated under sanitizers, and
# the verdicts are compared with Node's WebAssembly.validate. Ends with "N passed, N failed, N skipped".
#
#   sh tests/fuzz/run.sh [--quick] [--seed=N] [--mutations=N]
#   sh tests/fuzz/run.sh --campaign SECONDS [CORPUS_DIR]
#
#   --quick      200 modules and 100,000 mutations
#   --campaign   libFuzzer on decoder and validator, starting from the specification's modules
#
# The modules are those of the specification's tests, in WASM_SPEC_DIR or ../shared/spec, and a C program compiled in
# several ways, if there is a clang for wasm.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
spec=${WASM_SPEC_DIR:-../shared/spec}
[ -d "${BUILD:=build}" ] || cmake --preset release >/dev/null
build=$(cd "$BUILD" && pwd)
work=$build/fuzz
modules=1000 mutations=500000 seed= campaign=

while [ $# -gt 0 ]; do
  case $1 in
  --quick) modules=200 mutations=100000 ;;
  --seed=*) seed=$1 ;;
  --mutations=*) mutations=${1#*=} ;;
  --campaign) campaign=${2:?seconds} && shift ;;
  -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) echo "run.sh: unknown option '$1' (see --help)" >&2; exit 2 ;;
  *) corpus=$1 ;;
  esac
  shift
done

if [ ! -d "$spec" ]; then
  echo "no specification modules in $spec (set WASM_SPEC_DIR)"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi
mkdir -p "$work"
clang=$(command -v clang-19 || command -v clang || :)

# One of each set of equal modules, in a fixed order.
distinct() {
  find "$@" -name '*.wasm' -size +0 | LC_ALL=C sort | xargs cksum | awk '!seen[$1 " " $2]++ { print $3 }'
}

if [ -n "$campaign" ]; then
  [ -n "$clang" ] || { echo "run.sh: libFuzzer needs clang" >&2; exit 2; }
  corpus=${corpus:-$work/corpus}
  mkdir -p "$corpus"
  distinct "$spec" | while read -r file; do
    cp "$file" "$corpus/$(cksum <"$file" | tr ' ' -)"
  done
  source=wasm2native
  $clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -I$source/base -I$source/wasm -I$source/check \
    $source/base/*.c $source/wasm/*.c $source/check/*.c tests/fuzz/fuzz_module.c tests/fuzz/verdict.c -o "$work/fuzz_module"
  exec "$work/fuzz_module" -max_total_time="$campaign" -timeout=10 -rss_limit_mb=4096 -max_len=65536 \
    -artifact_prefix="$work/" "$corpus"
fi

cmake --build "$build" --target bad_input >"$work/build.log" 2>&1 || {
  cat "$work/build.log"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

# What clang makes of the sample: plain, optimised, with vectors, with several proposals at once.
rm -f "$work"/sample-*.wasm
number=0
for options in -O0 -O2 "-O3 -msimd128 -mbulk-memory" "-O1 -mtail-call -mnontrapping-fptoint -msign-ext" \
  "-Os -matomics -mbulk-memory -mreference-types -mmultivalue"; do
  number=$((number + 1))
  # shellcheck disable=SC2086
  [ -n "$clang" ] && $clang --target=wasm32 $options -nostdlib -Wl,--no-entry -Wl,--allow-undefined -Wl,--export=run -Wl,--export=apply \
    -Wl,--export=convert tests/fuzz/sample.c -o "$work/sample-$number.wasm" 2>"$work/clang.log" ||
    echo "sample.c was not compiled with $options: $(head -n 1 "$work/clang.log" 2>/dev/null)"
done

distinct "$spec" >"$work/all"
awk -v want="$modules" -v have="$(wc -l <"$work/all")" \
  'int(NR * want / have) > int((NR - 1) * want / have)' "$work/all" >"$work/list"
find "$work" -name 'sample-*.wasm' | LC_ALL=C sort >>"$work/list"

node=
if command -v node >/dev/null; then
  node="--node=node '$root/tests/fuzz/node_validate.mjs'"
else
  echo "no node here: verdicts are not compared"
fi
cd "$work"
# shellcheck disable=SC2086
sed "s|^[^/]|$root/&|" list | tr '\n' '\0' |
  xargs -0 -x "$build/tests/bad_input" --mutations="$mutations" $seed ${node:+"$node"}
