#!/bin/sh
# documented.sh BUILD CLANG CMAKE: the programs in docs/embedding.md, made by the page's own commands from what is installed,
# print what they should.
set -eu

build=$1
clang=$2
cmake=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "documented.sh: $*" >&2
  exit 1
}

"$cmake" --install "$build" --prefix "$work/usr" >install.log || fail "cmake --install failed: $(cat install.log)"
mkdir tools
ln -s "$clang" tools/clang
PATH=$work/tools:$work/usr/bin:$PATH
PKG_CONFIG_PATH=$work/usr/lib/pkgconfig
export PATH PKG_CONFIG_PATH

# The page's indented blocks, in its order: block1 ...
awk '/^    / { if (!inside) name = "block" ++count; inside = 1; print substr($0, 5) > name; next } { inside = 0 }' \
  "$here/../../docs/embedding.md"

# block NUMBER WORD FILE: gives a block a name; it has to contain the word.
block() {
  grep -q "$2" "block$1" || fail "block $1 of docs/embedding.md has no $2: the blocks are not those that this test knows"
  mv "block$1" "$3"
}
block 1 import_module plugin.c
block 2 plugin.wasm plugin.sh
block 3 plugin_module host.c
block 4 pkg-config host.sh
block 5 strftime greet.c
block 6 greet.wasm greet.sh
block 7 wasmrt_wasi_mount greet_host.c
block 8 pkg-config greet_host.sh
[ ! -e block9 ] || fail "docs/embedding.md has a block that this test does not run"

sh -eu plugin.sh && sh -eu host.sh || fail "the plugin's commands failed"
[ "$(./host)" = "plugin says: adding
5" ] || fail "the plugin's host printed: $(./host)"

sh -eu greet.sh && sh -eu greet_host.sh || fail "the commands for WASI failed"
! ./greet_host 2>errors || fail "there is no directory, and it ended well"
grep -q '^cannot open the directory to mount: data: ' errors || fail "without a directory it says: $(cat errors)"
mkdir data
[ "$(./greet_host)" = "it ended with status 1" ] || fail "without names it printed: $(./greet_host)"
printf 'Ada\nGrace\n' >data/names
[ "$(./greet_host)" = "hello to Ada, on 2000-01-01
hello to Grace, on 2000-01-01" ] || fail "it printed: $(./greet_host)"
