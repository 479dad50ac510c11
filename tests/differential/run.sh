#!/bin/sh
# Differential tests: generated modules have to do the same in every mode of the compiler and in another engine:
# results, traps, what they pass to the host, and what is in exported memories, tables and globals after each call that
# returned. Ends with "N passed, N failed, N skipped", a module in a mode each.
#
#   sh tests/differential/run.sh [option...] [MODULE.wasm...]
#
#   --seed=N --count=N   the modules of N seeds from N on (1, 60); 0 for none but those that are named
#   --features=LIST      proposals that they may use (see generate/main.c)
#   --modes="MODE..."    MODEL-OPT-BOUNDS-ARCH[-CPU], or oracle; all are compared with the first. OPT with a d is
#                        --deterministic, as modules with relaxed vectors need it. Without it, two on each
#                        architecture
#   --campaign           with the oracle first, and all modes
#   --binaryen           of each seed wasm-opt's module, too
#   -jN                  batches at a time (one per processor)
#   --keep               keep modules, traces and executables
#
# The oracle is wasmtime: `pip install wasmtime numpy` for ${PYTHON:-python3}. Modules that differ are kept in the
# build tree; shrink.sh makes them smaller. $WASM2NATIVE_BUILD is the build tree (build).
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${WASM2NATIVE_BUILD:-$root/build}

fail() {
  echo "differential: $*" >&2
  exit 2
}

# emulator ARCH: what runs executables of that architecture, if anything has to.
emulator() {
  case $(uname -m)/$1 in
  x86_64/x86_64 | aarch64/aarch64 | arm64/aarch64) ;;
  *) command -v "qemu-$1" || command -v "qemu-$1-static" || return 1 ;;
  esac
}

# trace MODE DIRECTORY MODULE...: prints the trace of the modules in that mode.
trace() {
  mode=$1 directory=$2
  shift 2
  if [ "$mode" = oracle ]; then
    "${PYTHON:-python3}" "$here/oracle.py" "$@"
    return
  fi
  model=${mode%%-*} rest=${mode#*-}
  opt=${rest%%-*} rest=${rest#*-}
  bounds=${rest%%-*} rest=${rest#*-}
  arch=${rest%%-*} cpu=${rest#"${rest%%-*}"}
  mkdir -p "$directory"
  emulator=$(emulator "$arch") || return 1
  "$build/tests/differential-trace" --model="$model" --opt="$opt" --bounds="$bounds" --target="$arch-linux-musl" \
    --runner="$build/tests/differential/$arch-linux-musl/libdifferential-run.a" --work="$directory" \
    ${cpu:+"--cpu=${cpu#-}"} ${emulator:+--emulator="$emulator"} "$@"
}

# Compares two traces module by module; a line for each, and "calls N traps N".
compare() {
  awk -v mode="$3" '
    FNR == 1 { file++ }
    /^module / { name = $2; if (file == 1) order[++count] = name; next }
    { text[file, name] = text[file, name] $0 "\n" }
    file == 1 && /^[0-9]+ / { calls++ }
    file == 1 && /^  = trap/ { traps++ }
    function first_difference(a, b,   i, n, left, right) {
      n = split(a, left, "\n"); split(b, right, "\n")
      for (i = 1; i <= n && left[i] == right[i]; i++) if (left[i] ~ /^[0-9]/) call = left[i]
      return "call " call ": " left[i] " | " right[i]
    }
    END {
      for (i = 1; i <= count; i++) {
        name = order[i]; call = ""
        if (text[1, name] == "  not compiled\n") print "SKIP " name " " mode
        else if (text[1, name] == text[2, name]) print "PASS " name " " mode
        else print "FAIL " name " " mode ": " first_difference(text[1, name], text[2, name])
      }
      print "COUNT " calls + 0 " " traps + 0
    }' "$1" "$2"
}

# One batch: the list of its modules is in $1, its modes are in $DIFFERENTIAL_MODES.
run_batch() {
  directory=$1.d
  mkdir -p "$directory"
  reference=
  # shellcheck disable=SC2046
  for mode in $DIFFERENTIAL_MODES; do
    (trace "$mode" "$directory/$mode" $(cat "$1")) >"$directory/$mode.trace" 2>"$directory/$mode.log"
    if [ -z "$reference" ]; then
      reference=$directory/$mode.trace
    else
      compare "$reference" "$directory/$mode.trace" "$mode"
    fi
    rm -rf "${directory:?}/$mode"
  done >"$1.result"
  [ "${DIFFERENTIAL_KEEP:-no}" = yes ] || rm -f "$directory"/*.trace
}

case ${1:-} in
--batch) run_batch "$2"; exit ;;
--trace) shift; trace "$@"; exit ;;
esac

seed=1 count=60 features='' binaryen=no keep=no files=''
modes="instance-2-guard-x86_64 static-0-check-x86_64 static-2-guard-aarch64 instance-0-guard-aarch64"
jobs=$(nproc 2>/dev/null || echo 2)
for argument; do
  case $argument in
  --seed=*) seed=${argument#*=} ;;
  --count=*) count=${argument#*=} ;;
  --features=*) features=$argument ;;
  --modes=*) modes=${argument#*=} ;;
  --campaign)
    modes="oracle instance-2-guard-x86_64 static-2-guard-x86_64 instance-0-guard-x86_64 static-0-guard-x86_64"
    modes="$modes instance-2-check-x86_64 static-2-check-x86_64 instance-2-guard-aarch64 static-2-guard-aarch64"
    ;;
  --binaryen) binaryen=yes ;;
  --keep) keep=yes ;;
  -j[1-9]*) jobs=${argument#-j} ;;
  -h | --help) sed -n '2,22s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) fail "unknown option '$argument' (see --help)" ;;
  *) files="$files $(realpath "$argument")" ;;
  esac
done
[ -x "$build/tests/differential-trace" ] || fail "nothing is built in $build"
case $modes in
*oracle*) "${PYTHON:-python3}" -c 'import wasmtime, numpy' || fail "the oracle needs wasmtime and numpy (pip)" ;;
esac
usable=
for mode in $modes; do
  arch=${mode#*-*-*-}
  if [ "$mode" = oracle ] || emulator "${arch%%-*}" >/dev/null; then
    usable="$usable $mode"
  else
    echo "differential: skipped: no qemu for $mode"
  fi
done

kept=$build/differential
work=$(mktemp -d "${TMPDIR:-/tmp}/wasm2native-differential.XXXXXX") || exit 2
if [ $keep = yes ]; then
  echo "differential: keeping $work"
else
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
fi
mkdir -p "$work/modules" "$kept"
if [ "$count" -gt 0 ]; then
  # shellcheck disable=SC2086
  "$build/tests/differential-generate" --seed="$seed" --count="$count" $features "$work/modules" || exit 2
fi
if [ $binaryen = yes ]; then
  sh "$here/binaryen.sh" "$work/modules" || exit 2
fi
{
  find "$work/modules" -name '*.wasm' | sort -V
  # shellcheck disable=SC2086
  [ -z "$files" ] || printf '%s\n' $files
} | split -a 4 -l 25 - "$work/batch."

DIFFERENTIAL_MODES=$usable DIFFERENTIAL_KEEP=$keep WASM2NATIVE_BUILD=$build
export DIFFERENTIAL_MODES DIFFERENTIAL_KEEP WASM2NATIVE_BUILD
find "$work" -name 'batch.????' | sort | xargs -P "$jobs" -n 1 sh "$here/run.sh" --batch

cat "$work"/batch.????.d/*.log 2>/dev/null | head -n 20
for result in "$work"/batch.????.result; do
  grep '^FAIL' "$result" | while read -r _ name mode rest; do
    path=$(grep "/$name\.wasm\$" "${result%.result}")
    cp "$path" "$kept/"
    echo "FAIL $name $mode $rest"
    echo "    sh tests/differential/run.sh --count=0 --modes='${usable%% "${usable#* * }"} ${mode%:}' $kept/$name.wasm"
  done
done
cat "$work"/*.result >"$work/results"
passed=$(grep -c '^PASS' "$work/results") failed=$(grep -c '^FAIL' "$work/results")
skipped=$(grep -c '^SKIP' "$work/results")
awk '/^COUNT/ { calls += $2; traps += $3 } END { print calls + 0 " calls compared, of which " traps + 0 " trap" }' \
  "$work/results"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
