#!/bin/sh
# Makes a generated module that differs between two modes smaller, by leaving out expressions and statements as long as
# it still differs. Prints the command that generates the result, which lies in the build tree.
#
#   sh tests/differential/shrink.sh SEED "MODE MODE" [--features=LIST]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${WASM2NATIVE_BUILD:-$root/build}
case ${1:-} in '' | -*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 2 ;; esac
seed=$1 modes=$2 features=${3:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/wasm2native-shrink.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# generate DROPPED [option]: the module without these.
generate() {
  "$build/tests/differential-generate" --seed="$seed" ${features:+"$features"} --drop="$1" ${2:-} "$work"
}

differs() {
  for mode in $modes; do
    sh "$here/run.sh" --trace "$mode" "$work/$mode" "$work/$seed.wasm" >"$work/$mode.trace" 2>/dev/null || :
  done
  # shellcheck disable=SC2086
  set -- $modes
  grep -q '^  not compiled$' "$work/$1.trace" "$work/$2.trace" || ! cmp -s "$work/$1.trace" "$work/$2.trace"
}

generate ''
differs || { echo "shrink: seed $seed does not differ in $modes"; exit 1; }
dropped='' number=0
while last=$(generate "$dropped" --nodes | awk -v from="$number" '
    $1 >= from && (best == "" || $1 < best) { best = $1; last = $2 } END { if (best != "") print best, last }') &&
  [ -n "$last" ]; do
  number=${last% *}
  generate "$dropped${dropped:+,}$number"
  if differs; then
    dropped=$dropped${dropped:+,}$number
    number=$((${last#* } + 1))
  else
    number=$((number + 1))
  fi
done
generate "$dropped"
cp "$work/$seed.wasm" "$build/differential/$seed-small.wasm"
echo "$build/tests/differential-generate --seed=$seed $features --drop=$dropped ."
echo "$build/differential/$seed-small.wasm"
