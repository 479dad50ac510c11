#!/bin/sh
# Runs the scripts of the WebAssembly specification's tests through the real path: compile, link, load, run.
#
#   sh tests/spec/run.sh [option...] [SCRIPT...]
#
#   --model=static|instance  code model (instance)
#   --opt=0|1|2|3|s|z        optimisation level (2)
#   --bounds=guard|check     how memory accesses are checked (guard)
#   --target=TRIPLE          x86_64-linux or aarch64-linux (the host's), under qemu where it is not the host's
#   --cpu=NAME               CPU to compile for, such as x86-64-v3 or native (the target's baseline)
#   --deterministic          in the deterministic profile
#   --partition-size=BYTES   divide modules into partitions of this size, 1: of one function each (not divided)
#   --all-modes              every combination of these, or of those that the other options leave: a table
#   -jN                      scripts at a time (one per processor)
#   --verbose                every failure and skip, not just the first of each script
#   --summary                only the scripts that did not pass entirely, and why; then the totals of each folder
#   --keep                   keep objects, command files and executables, and say where
#
# SCRIPT is a name such as i32 or threads/atomic, or the path of a JSON file; without any, all of them run. They
# lie in $WASM_SPEC_DIR, or beside the project in ../shared/spec. $WASM2NATIVE_BUILD is the build tree (build).
# The last line is "N passed, N failed, N skipped"; failures that are expected are counted as skipped and named in the
# line before. The status is 1 if a script failed, or needs a feature that the compiler lacks, and
# expected-failures.txt does not list it; or if it lists one that passes.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${WASM2NATIVE_BUILD:-$root/build}
vectors=${WASM_SPEC_DIR:-$root/../shared/spec}

usage() {
  sed -n '2,23s/^# \{0,1\}//p' "$0"
}

fail() {
  echo "spec: $*" >&2
  exit 2
}

# Nothing can be run, for a reason that is not the project's.
skip_all() {
  echo "spec: skipped: $*"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

model='' opt='' bounds='' target='' cpu='' deterministic='' partition='' verbose=no summary=no keep=no all_modes=no
names=''
jobs=$(nproc 2>/dev/null || echo 2)
for argument; do
  case $argument in
  --model=static | --model=instance) model=${argument#*=} ;;
  --opt=[0123sz]) opt=${argument#*=} ;;
  --bounds=guard | --bounds=check) bounds=${argument#*=} ;;
  --target=*) target=${argument#*=} ;;
  --cpu=?*) cpu=${argument#*=} ;;
  --deterministic) deterministic=yes ;;
  --partition-size=[1-9]*) partition=${argument#*=} ;;
  --all-modes) all_modes=yes ;;
  -j[1-9]*) jobs=${argument#-j} ;;
  --verbose) verbose=yes ;;
  --summary) summary=yes ;;
  --keep) keep=yes ;;
  -h | --help) usage; exit 0 ;;
  -*) fail "unknown option '$argument' (see --help)" ;;
  *) names="$names $argument" ;;
  esac
done

# Runs every mode, each as a run of its own, and prints a line for each.
run_modes() {
  status=0 passed=0 failed=0 skipped=0
  log=$(mktemp "${TMPDIR:-/tmp}/wasm2native-modes.XXXXXX") || exit 2
  trap 'rm -f "$log"' EXIT
  trap 'exit 130' INT TERM
  printf '%-42s %8s %8s %8s %18s %6s\n' mode passed failed skipped 'scripts entirely' s
  for target in ${target:-x86_64-linux aarch64-linux}; do
    cpus=${cpu:-baseline}
    case $cpu$target in x86_64*) cpus='baseline x86-64-v3 native' ;; esac
    for mode_cpu in $cpus; do
      for mode in $(for m in ${model:-static instance}; do for o in ${opt:-0 2}; do
        for b in ${bounds:-guard check}; do echo "$m,$o,$b"; done; done; done); do
        run_mode "$target" "$mode_cpu" $(echo "$mode" | tr , ' ')
      done
    done
  done
  echo
  echo "$passed passed, $failed failed, $skipped skipped"
  exit $status
}

# run_mode TARGET CPU MODEL OPT BOUNDS
run_mode() {
  begin=$(date +%s)
  case $2 in baseline) option= ;; *) option=--cpu=$2 ;; esac
  # shellcheck disable=SC2086
  sh "$here/run.sh" --target="$1" $option --model="$3" --opt="$4" --bounds="$5" ${partition:+--partition-size=$partition} \
    -j"$jobs" $names >"$log" 2>&1 ||
    status=1
  grep -E '^(FAIL|spec:)' "$log"
  counts='\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped'
  # shellcheck disable=SC2046
  set -- "$3-O$4-$5-${1%%-*}${option:+-$2}" $(tail -n 1 "$log" | sed -n "s/^$counts\$/\1 \2 \3/p") \
    $(sed -n 's/^mode [^:]*: \([0-9]*\) scripts, \([0-9]*\) passed entirely.*/\2 \1/p' "$log")
  [ $# = 6 ] || set -- "$1" "${2:-0}" "${3:-1}" "${4:-0}" 0 0
  printf '%-42s %8d %8d %8d %18s %6d\n' "$1" "$2" "$3" "$4" "$5 of $6" $(($(date +%s) - begin))
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

[ $all_modes = no ] || run_modes
model=${model:-instance} opt=${opt:-2} bounds=${bounds:-guard}
host=$(uname -m)
case ${target:-$host} in
x86_64* | amd64*) arch=x86_64 ;;
aarch64* | arm64*) arch=aarch64 ;;
*) fail "unknown target '$target'" ;;
esac
emulator=
case $host/$arch in
x86_64/x86_64 | aarch64/aarch64 | arm64/aarch64) ;;
*)
  emulator=$(command -v qemu-$arch || command -v qemu-$arch-static) || skip_all "no qemu-$arch"
  ;;
esac
mode=$model-O$opt-$bounds-$arch${cpu:+-$cpu}${deterministic:+-deterministic}${partition:+-partitions-of-$partition}

[ -d "$vectors" ] || skip_all "no test vectors in $vectors (set WASM_SPEC_DIR)"
vectors=$(cd "$vectors" && pwd)

program=$build/tests/spec-script
runner=$build/tests/spec/$arch-linux-musl/libspec-run.a
if ! [ -x "$program" ] || ! [ -f "$runner" ]; then
  if ! { (cd "$root" && cmake --preset release) && cmake --build "$build"; } >&2; then
    fail "the build failed"
  fi
fi

# The JSON files, below the folder of the vectors where they lie there; long ones first, for an even end.
cd "$vectors" || exit 2
scripts=
for name in $names; do
  case $name in
  *.json) script=$name ;;
  */*) script=$name/${name##*/}.json ;;
  *) script=core/$name/$name.json ;;
  esac
  [ -f "$script" ] || fail "no script $script in $vectors"
  scripts="$scripts $script"
done
[ -n "$names" ] || scripts=$(ls -S -- */*/*.json 2>/dev/null)
[ -n "$scripts" ] || skip_all "no scripts in $vectors"

work=$(mktemp -d "${TMPDIR:-/tmp}/wasm2native-spec.XXXXXX") || exit 2
if [ $keep = yes ]; then
  echo "spec: keeping $work"
else
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
fi

# One script per process; a log each, as title_of() in main.c names it. Programs are deleted after their run.
SPEC_PROGRAM=$program SPEC_WORK=$work SPEC_KEEP=$keep
SPEC_FLAGS="--model=$model --opt=$opt --bounds=$bounds --target=$arch-linux-musl ${cpu:+--cpu=$cpu} \
${deterministic:+--deterministic} ${partition:+--partition-size=$partition} \
--runner=$runner ${emulator:+--emulator=$emulator}"
export SPEC_PROGRAM SPEC_WORK SPEC_KEEP SPEC_FLAGS
# shellcheck disable=SC2016
printf '%s\n' $scripts | xargs -P "$jobs" -n 1 sh -c '
  folder=$(dirname "$1")
  title=$(basename "$(dirname "$folder")")/$(basename "$folder")
  directory=$SPEC_WORK/$title
  mkdir -p "$directory"
  timeout 1200 "$SPEC_PROGRAM" $SPEC_FLAGS --work="$directory" "$1" >"$directory/log" 2>&1 ||
    echo "ended with status $?" >>"$directory/log"
  [ "$SPEC_KEEP" = yes ] || rm -f "$directory"/*.o "$directory/spec-run"' sh

# The totals of each script, the failures of each, and what the list of expected failures says about them.
is_expected() {
  while read -r listed modes reason; do
    # shellcheck disable=SC2254
    case $listed in
    "$1") case $mode in $modes) return 0 ;; esac ;;
    esac
  done <"$here/expected-failures.txt"
  return 1
}

shown=10
[ $verbose = no ] || shown=1000000
status=0 count=0 entire=0 expected=0 passed=0 failed=0 skipped=0 known=0
for script in $(printf '%s\n' $scripts | sort); do
  folder=$(dirname "$script")
  title=$(basename "$(dirname "$folder")")/$(basename "$folder")
  log=$work/$title/log
  counts='\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped'
  totals=$(tail -n 1 "$log" | sed -n "s|^$title: $counts\$|\1 \2 \3|p")
  is_expected "$title" && listed=yes || listed=no
  # What is expected is shown where somebody asks for it, and never begins with the word that is searched for.
  if [ $listed = no ]; then
    grep '^FAIL' "$log" | head -n "$shown"
  elif [ $verbose = yes ]; then
    sed -n 's/^FAIL/expected:/p' "$log"
  fi
  if [ -z "$totals" ]; then
    echo "FAIL $title: did not end in order; its last lines:"
    tail -n 5 "$log" | sed 's/^/    /'
    totals="0 $(grep -o '"type":"\(assert_[a-z]*\|action\)"' "$script" | wc -l) 0"
  fi
  [ $verbose = no ] && [ $summary = no ] || grep '^SKIP' "$log"
  # shellcheck disable=SC2086
  set -- $totals
  passed=$((passed + $1)) skipped=$((skipped + $3)) count=$((count + 1))
  if [ "$2" = 0 ] && ! grep -q '^SKIP' "$log"; then
    entire=$((entire + 1)) part=entirely
    [ $summary = yes ] || echo "$title: $1 passed, $2 failed, $3 skipped"
  else
    part=partly
    echo "$title: $1 passed, $2 failed, $3 skipped"
  fi
  echo "${title%/*} $part $1 $2 $3" >>"$work/folders"
  lacking=$(sed -n 's/^SKIP.*: \(needs feature .*\)/\1/p' "$log" | paste -sd, -)
  if [ $listed = yes ]; then
    expected=$((expected + 1))
    if [ "$2" = 0 ] && [ -z "$lacking" ]; then
      echo "FAIL $title: listed in expected-failures.txt, but it passes in $mode: remove it from the list"
      failed=$((failed + 1)) status=1
    fi
    known=$((known + $2)) skipped=$((skipped + $2))
  elif [ "$2" != 0 ] || [ -n "$lacking" ]; then
    [ -z "$lacking" ] || echo "FAIL $title: $lacking, which expected-failures.txt does not say"
    failed=$((failed + $2 + (${#lacking} > 0))) status=1
  fi
done

if [ $summary = yes ]; then
  echo
  awk '{ n[$1]++; if ($2 == "entirely") { whole[$1]++; sum[$1] += $3 } else { rest[$1] += $3; open[$1] += $4 + $5 } }
       END { for (f in n) printf "%s: %d of %d scripts passed entirely, with %d assertions and actions; %s\n", f, whole[f],
             n[f], sum[f], n[f] == whole[f] ? "none are left" : "of the others " rest[f] + 0 " passed, " open[f] + 0 \
             " did not" }' "$work/folders" | sort
fi
echo
echo "skipped commands by reason:"
cat "$work"/*/*/log | sed -n 's/^SKIP [^:]*: \([0-9]*\) commands: \(.*\)/\1 \2/p' |
  awk '{ n = $1; $1 = ""; count[$0] += n } END { for (r in count) printf "%7d %s\n", count[r], r }' | sort -rn
echo
echo "mode $mode: $count scripts, $entire passed entirely, $expected expected to fail, in $known assertions"
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
