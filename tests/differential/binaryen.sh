#!/bin/sh
# binaryen.sh DIRECTORY: makes of each SEED.wasm in the directory a bSEED.wasm: wasm-opt's generator takes its random
# numbers from the bytes of a file. NaNs become zeros. Without vectors and references: hosts of other engines cannot call
# exports that have vectors, and the references of binaryen 108 (Debian 12) are of an older proposal.
set -eu

features="--mvp-features --enable-bulk-memory --enable-multivalue --enable-sign-ext
  --enable-nontrapping-float-to-int --enable-mutable-globals"
for input in "$1"/[0-9]*.wasm; do
  name=${input##*/}
  # Optimised as well in every second module: shapes that producers emit.
  level=-O0
  case $name in *[13579].wasm) level=-O2 ;; esac
  # shellcheck disable=SC2086
  wasm-opt "$input" -ttf $features --denan $level -o "$1/b$name" 2>/dev/null
done
