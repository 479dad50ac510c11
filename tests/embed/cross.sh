#!/bin/sh
# cross.sh BUILD CLANG: test_wasi*.c as static programs with musl on both architectures (arm64 under qemu-user, where that
# is installed), with guests compiled for it.
set -eu

build=$1
clang=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
guests=$build/tests/embed

# object NAME MODULE [option...]: a guest as an object
object() {
  name=$1 module=$2
  shift 2
  "$build/bin/wasm2native" "--target=$arch-linux" -c "--name=$name" "$@" "$guests/$module" -o "$arch/$name.o"
}

for arch in x86_64 aarch64; do
  library=$build/lib/wasm2native/$arch-linux-musl musl=/usr/lib/$arch-linux-musl
  runner=
  if [ "$arch" != "$(uname -m)" ]; then
    runner=qemu-$arch
    command -v "$runner" >/dev/null || continue
  fi
  [ -e "$library/libwasmrt.a" ] || continue
  mkdir "$arch"
  object calls calls.wasm
  object calls_check calls.wasm --bounds=check
  object calls_static calls.wasm --single-instance
  object granted granted.wasm
  object start start.wasm
  flags="--target=$arch-linux-musl -std=c11 -O1 -fPIE -fno-stack-protector -nostdlibinc -isystem /usr/include/$arch-linux-musl"
  [ "$arch" != aarch64 ] || flags="$flags -mno-outline-atomics"
  for test in test_wasi test_wasi_files; do
    "$clang" $flags -DWASI_TEST_PLAIN -I"$root/libwasmrt/include" -c "$here/$test.c" -o $test.o
    # Position-independent: elsewhere the heap may come to lie where a static module has its memory.
    "$(dirname "$clang")/ld.lld" -static -pie --no-dynamic-linker --gc-sections "$musl/rcrt1.o" "$musl/crti.o" \
      $test.o "$arch"/*.o "$library/libwasmrt.a" "$musl/libc.a" "$musl/crtn.o" -o "$arch/$test"
    $runner "$arch/$test" || {
      echo "cross.sh: $test failed on $arch" >&2
      exit 1
    }
  done
done
