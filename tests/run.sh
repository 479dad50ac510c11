#!/bin/sh
# Installs what building and testing need, builds, and runs every test on both architectures.
#
#   sh tests/run.sh [--quick] [--no-install]
#
#   --quick        fewer modes of the specification's tests, less data: a few minutes in place of half an hour
#   --no-install   do not call cmake/deps.sh
#
# Every part ends with a line "N passed, N failed, N skipped"; the last line of all is their sum. The status is 1 if
# anything failed. Two parts run at a time, since each leaves processors idle now and then; the output of a part appears
# when it ends, and is kept in build/test-logs.
set -u
cd "$(dirname "$0")/.." || exit 2

quick=no install=yes
for argument; do
  case $argument in
  --quick) quick=yes ;;
  --no-install) install=no ;;
  -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "tests/run.sh: unknown option '$argument' (see --help)" >&2; exit 2 ;;
  esac
done

jobs=$(nproc 2>/dev/null || echo 2)
logs=build/test-logs
mkdir -p $logs || exit 2
: >$logs/summary
begin=$(date +%s)

# part NAME COMMAND...: runs a part, keeps its output and then shows it, adds a line to the summary.
part() {
  name=$1 started=$(date +%s) log=$logs/$(echo "$1" | tr ' /' '--').log
  shift
  "$@" >"$log" 2>&1
  result=$?
  command=$*
  set -- $(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
  if [ $# != 3 ]; then
    set -- 0 1 0 # it broke off, or never began
    result=1
  fi
  [ $result = 0 ] && verdict=ok || verdict=FAILED
  printf '%-26s %6d passed %4d failed %6d skipped %5d s  %s\n' "$name" "$1" "$2" "$3" $(($(date +%s) - started)) \
    $verdict >>$logs/summary
  { echo; echo "==== $name: $command"; cat "$log"; }
  return $result
}

# run_ctest BUILD [option...]: ctest, with the totals line of all other parts.
run_ctest() {
  tree=$1
  shift
  report=$logs/ctest-$(basename "$tree")
  ctest --test-dir "$tree" --output-on-failure --no-tests=error -j "$jobs" "$@" >"$report" 2>&1
  ctest_status=$?
  cat "$report"
  awk '/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
         if (/   Passed /) passed++; else if (/\*\*\*Skipped/) skipped++; else failed++
       }
       END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$report"
  return $ctest_status
}

# build PRESET TREE: configures and builds; one line of totals.
build() {
  if cmake --preset "$1" && cmake --build "$2" -j "$jobs"; then
    echo "1 passed, 0 failed, 0 skipped"
  else
    echo "0 passed, 1 failed, 0 skipped"
    return 1
  fi
}

# Sanitizers: what reads untrusted bytes and what guards memory, that is all the unit tests.
run_sanitized() {
  cmake --preset asan && cmake --build build-asan -j "$jobs" && run_ctest build-asan -L unit
}

# The other parts, beside those of the specification's tests.
run_others() {
  part wasi sh tests/wasi/run.sh
  if [ $quick = yes ]; then
    part programs sh tests/programs/run.sh --quick bzip2 cxx tail
    part "bad input" sh tests/fuzz/run.sh --quick
    part "bad WASI calls" sh tests/fuzz/wasi.sh --seconds=10
    part differential sh tests/differential/run.sh --count=40
  else
    part programs sh tests/programs/run.sh
    part "tests of Go" sh tests/programs/go.sh io/fs
    part "bad input" sh tests/fuzz/run.sh
    part "bad WASI calls" sh tests/fuzz/wasi.sh --seconds=60
    part differential sh tests/differential/run.sh
    part "unit tests with sanitizers" run_sanitized
  fi
}

# The deterministic profile where it differs; then every mode, or for --quick one of each model, and what differs between
# architectures: numbers, memory, calls, traps and the stack.
run_spec() {
  for target in x86_64-linux aarch64-linux; do
    part "spec deterministic ${target%%-*}" sh tests/spec/run.sh --deterministic --target=$target \
      i8x16_relaxed_swizzle i16x8_relaxed_q15mulr_s i32x4_relaxed_trunc relaxed_dot_product relaxed_laneselect \
      relaxed_madd_nmadd relaxed_min_max conversions f32 f64 simd_f32x4 simd_f64x2 simd_conversions
  done
  if [ $quick = no ]; then
    # All combinations with those of CPUs take longer than everything else together: tests/spec/run.sh --all-modes.
    part "spec x86_64" sh tests/spec/run.sh --all-modes --target=x86_64-linux --cpu=x86-64-v2
    if grep -qw avx2 /proc/cpuinfo; then
      for cpu in x86-64-v3 native; do
        part "spec $cpu" sh tests/spec/run.sh --all-modes --target=x86_64-linux --cpu=$cpu --opt=2 --bounds=guard
      done
    fi
    part "spec arm64" sh tests/spec/run.sh --all-modes --target=aarch64-linux
    part "spec partitions" sh tests/spec/run.sh --partition-size=1 --model=static --opt=2 --target=x86_64-linux
    part "spec partitions arm64" sh tests/spec/run.sh --partition-size=1 --model=instance --opt=2 --target=aarch64-linux
    return
  fi
  part "spec instance" sh tests/spec/run.sh --model=instance --opt=2 --target=x86_64-linux
  part "spec static" sh tests/spec/run.sh --model=static --opt=0 --target=x86_64-linux
  part "spec arm64" sh tests/spec/run.sh --model=static --opt=2 --target=aarch64-linux address call call_indirect const \
    conversions endianness f32 f64 fac float_exprs float_memory i32 i64 left-to-right memory memory_trap select \
    skip-stack-guard-page stack traps unreachable
  # What crosses from one partition to another: calls, tables, globals, references, names.
  part "spec partitions" sh tests/spec/run.sh --partition-size=1 --model=static --opt=2 --target=x86_64-linux call \
    call_indirect elem exports fac func func_ptrs global imports linking memory_grow ref_func return_call \
    return_call_indirect start switch table_get traps
}

[ $install = no ] || sh cmake/deps.sh || exit 1
part build build release build || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
part ctest run_ctest build
run_others &
run_spec
wait

echo
echo "==== summary, after $((($(date +%s) - begin) / 60)) minutes"
cat $logs/summary
echo
sed -E 's/^.{26} //' $logs/summary | awk '{ passed += $1; failed += $3; skipped += $5 }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
! grep -q 'FAILED$' $logs/summary
