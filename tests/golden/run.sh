#!/bin/sh
# Compares what the tool prints with what it should print. Every *.test here is one test:
#
#   # what it shows
#   module: 00 61 73 6d 01 00 00 00     bytes of module.wasm in hexadecimal; lines add up, text after ; is a comment
#   $ wasm2native module.wasm           the command, in an empty directory but for module.wasm
#   status: 1                           its exit status
#   ...                                 then, exactly, what it prints to standard output and standard error
#
#   sh tests/golden/run.sh [--update] TOOL [TEST...]
#
# --update writes what was printed into the tests; look at the difference before you keep it.
set -u
update=no
[ "${1:-}" != --update ] || { update=yes; shift; }
tool=$(realpath "${1:?"usage: run.sh [--update] TOOL [TEST...]"}")
shift
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$here"/*.test
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir "$scratch/bin" "$scratch/work"
ln -s "$tool" "$scratch/bin/wasm2native"

# write_module TEST FILE
write_module() {
  sed -n '/^\$ /q; s/^module: *//p' "$1" | sed 's/;.*//' | tr -s ' \t' '\n\n' | while read -r byte; do
    # shellcheck disable=SC2059
    [ -z "$byte" ] || printf "\\$(printf %03o "0x$byte")"
  done >"$2"
}

failed=0
passed=0
for test; do
  rm -rf "$scratch/work"
  mkdir "$scratch/work"
  write_module "$test" "$scratch/work/module.wasm"
  command=$(sed -n 's/^\$ //p' "$test")
  (cd "$scratch/work" && PATH="$scratch/bin:$PATH" sh -c "$command") >"$scratch/output" 2>&1 </dev/null
  status=$?
  sed '/^status: /,$d' "$test" >"$scratch/actual"
  echo "status: $status" >>"$scratch/actual"
  cat "$scratch/output" >>"$scratch/actual"
  if [ $update = yes ]; then
    cp "$scratch/actual" "$test"
  elif diff -u "$test" "$scratch/actual" >"$scratch/difference"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    cat "$scratch/difference"
  fi
done
[ $update = yes ] || echo "golden: $passed passed, $failed failed"
[ $failed = 0 ]
