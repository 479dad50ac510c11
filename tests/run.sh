#!/bin/sh
# Installs what building and testing need, builds, and runs every test on both architectures.
#
#   sh tests/run.sh [--quick] [--no-install]
#
#   --quick        fewer modes of the specification's tests, less data: a few minutes in place of half an hour
#   --no-install   do not call cmake/deps.sh
#
# Every part ends with a line "N passed, N failed, N skipped"; the last line of all is their sum. The status is 1 if
# anything failed. The output of each part is kept in build/test-logs.
set -u
cd "$(dirname "$0")/.." || exit 2

quick=no install=yes
for argument; do
  case $argument in
  --quick) quick=yes ;;
  --no-install) install=no ;;
  -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "tests/run.sh: unknown option '$argument' (see --help)" >&2; exit 2 ;;
  esac
done

jobs=$(nproc 2>/dev/null || echo 2)
logs=build/test-logs
mkdir -p $logs || exit 2
: >$logs/summary
status=0 passed=0 failed=0 skipped=0 begin=$(date +%s)

# part NAME COMMAND...: runs a part, shows and keeps its output, adds its totals.
part() {
  name=$1 started=$(date +%s) log=$logs/$(echo "$1" | tr ' /' '--').log
  shift
  echo
  echo "==== $name: $*"
  { "$@" 2>&1; echo $? >$logs/status; } | tee "$log"
  result=$(cat $logs/status)
  set -- $(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
  if [ $# != 3 ]; then
    set -- 0 1 0 # it broke off, or never began
    result=1
  fi
  [ "$result" = 0 ] || status=1
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  printf '%-34s %6d passed %4d failed %6d skipped %5d s  %s\n' "$name" "$1" "$2" "$3" \
    $(($(date +%s) - started)) "$([ "$result" = 0 ] && echo ok || echo FAILED)" >>$logs/summary
}

# run_ctest BUILD [option...]: ctest, with the totals line of all other parts.
run_ctest() {
  tree=$1
  shift
  ctest --test-dir "$tree" --output-on-failure --no-tests=error -j "$jobs" "$@" >$logs/ctest 2>&1
  ctest_status=$?
  cat $logs/ctest
  awk '/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
         if (/   Passed /) passed++; else if (/\*\*\*Skipped/) skipped++; else failed++
       }
       END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' $logs/ctest
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

spec() {
  part "spec $(echo "$1 $2 $3 $4" | sed 's/--[a-z]*=//g')" sh tests/spec/run.sh "$@"
}

[ $install = no ] || sh cmake/deps.sh || exit 1
part build build release build
[ $status = 0 ] || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

part ctest run_ctest build
if [ $quick = yes ]; then
  spec --model=instance --opt=2 --bounds=guard --target=x86_64-linux
  spec --model=static --opt=0 --bounds=guard --target=x86_64-linux
  # What differs between architectures: numbers, memory, calls, traps and the stack.
  spec --model=static --opt=2 --bounds=guard --target=aarch64-linux address call call_indirect const conversions \
    endianness f32 f64 fac float_exprs float_memory i32 i64 left-to-right memory memory_trap select \
    skip-stack-guard-page stack traps unreachable
  part wasi sh tests/wasi/run.sh
  part programs sh tests/programs/run.sh --quick bzip2 cxx tail
  part "bad input" sh tests/fuzz/run.sh --quick
else
  for target in x86_64-linux aarch64-linux; do
    for model in static instance; do
      for opt in 0 2; do
        spec --model=$model --opt=$opt --bounds=guard --target=$target
      done
      # The static model under qemu takes minutes, most of them for qemu to note each reservation page by page.
      [ "$model $target" = "static aarch64-linux" ] || spec --model=$model --opt=2 --bounds=check --target=$target
    done
  done
  part wasi sh tests/wasi/run.sh
  part programs sh tests/programs/run.sh
  part "bad input" sh tests/fuzz/run.sh
  part "unit tests with sanitizers" run_sanitized
fi

echo
echo "==== summary, after $((($(date +%s) - begin) / 60)) minutes"
cat $logs/summary
echo
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
