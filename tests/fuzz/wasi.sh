#!/bin/sh
# Fuzzes what a guest can reach in libwasmrt: WASI's functions with random arguments against a scratch directory, by libFuzzer
# with the address and undefined-behaviour sanitizers; beside it a generator while other threads swap files of the
# mounts for links and change the guest's memory; and the parser of the guest's options. Ends with "N passed, N failed,
# N skipped".
#
#   sh tests/fuzz/wasi.sh [--seconds=N] [--seed=N] [FUZZER...]
#
#   --seconds  how long each runs, all at the same time; default 60
#   --seed     of the random numbers; default is another one each time, which is printed
#   FUZZER     wasi, race, options; all of them when none is given
#
# What libFuzzer finds worth keeping is kept in build/fuzz/corpus-FUZZER and used by the next run. Mounts are made in
# TMPDIR, by default in memory if there is /dev/shm. An input that fails is left in build/fuzz and its path printed; repeat it
# with FUZZ_WASI_PRINT=1 build/fuzz/fuzz_wasi FILE, an absolute path. TREE is another source tree to fuzz.
set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=60 seed=$(date +%s) fuzzers=
for argument; do
  case $argument in
  --seconds=*) seconds=${argument#*=} ;;
  --seed=*) seed=${argument#*=} ;;
  -h | --help) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 0 ;;
  wasi | race | options) fuzzers="$fuzzers $argument" ;;
  *) echo "wasi.sh: unknown option '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
clang=$(command -v clang-19 || command -v clang) || { echo "libFuzzer needs clang"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
mkdir -p build/fuzz || exit 2
work=$PWD/build/fuzz
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then TMPDIR=/dev/shm; fi
mounts=$(mktemp -d "${TMPDIR:-/tmp}/fuzz-XXXXXX") || exit 2
trap 'rm -rf "$mounts"' EXIT
passed=0 failed=0

# build OUTPUT SANITIZERS SOURCE...
build() {
  output=$1 instrumented=$2 runtime=${TREE:-.}/libwasmrt
  shift 2
  $clang -std=c11 -g -O1 -fno-omit-frame-pointer -fsanitize="$instrumented" -fno-sanitize-recover=all -DWASI_TEST_PLAIN \
    -Itests/wasi -Itests/fuzz -I$runtime/wasi -I$runtime/core -I$runtime/abi -I$runtime/include "$@" -pthread -o "$work/$output"
}

# run NAME COMMAND...: in the background; its output and status into files. The fuzzers limit the size of files that they
# write, which is that of a log as well, unless there is a pipe between.
run() {
  name=$1
  shift
  {
    TMPDIR=$mounts "$@" 2>&1
    echo "status $?"
  } | cat >"$work/$name.log" &
}

# report NAME
report() {
  if tail -n 1 "$work/$1.log" | grep -qx "status 0"; then
    passed=$((passed + 1))
    echo "$1: $(grep -E '^(Done|seed) ' "$work/$1.log")"
  else
    failed=$((failed + 1))
    echo "$1: FAILED"
    tail -n 40 "$work/$1.log"
  fi
}

sources="tests/fuzz/fuzz_wasi.c tests/fuzz/arguments.c tests/fuzz/race.c tests/fuzz/surroundings.c tests/wasi/memory_fs.c ${TREE:-.}/libwasmrt/wasi/*.c"
options="tests/fuzz/fuzz_options.c ${TREE:-.}/libwasmrt/core/options.c"
sanitizers=address,undefined
# shellcheck disable=SC2086
build fuzz_wasi fuzzer,$sanitizers $sources && build fuzz_race $sanitizers tests/fuzz/generate.c $sources &&
  build fuzz_options fuzzer,$sanitizers $options || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

for fuzzer in ${fuzzers:=wasi race options}; do
  if [ $fuzzer = race ]; then
    run race env FUZZ_WASI_RACE=1 "$work/fuzz_race" --seconds="$seconds" --seed="$seed" --keep="$work/race-input"
  else
    # Calls take many bytes, to which libFuzzer would come too late on its own.
    mkdir -p "$work/corpus-$fuzzer"
    "$work/fuzz_race" --corpus="$work/corpus-$fuzzer" --runs=100 --size=1000 --seed="$seed" >"$work/corpus.log"
    run $fuzzer "$work/fuzz_$fuzzer" -max_total_time="$seconds" -seed="$seed" -timeout=20 -max_len=4096 -len_control=0 -handle_xfsz=0 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="$work/$fuzzer-" "$work/corpus-$fuzzer"
  fi
done
wait
for fuzzer in $fuzzers; do
  report $fuzzer
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
