#!/bin/sh
# Installs with apt what building and testing wasm2native need on Debian 12 and 13, and nothing that is there
# already: a second run installs nothing and does not touch the network. Run it as root or as a user who may
# sudo.
#
#   sh cmake/deps.sh [--build-only] [--list]
#
#   --build-only   what configuring and building need, without what only the tests use
#   --list         print the names of the packages that are missing, install nothing
set -eu

usage() {
  awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"
}

fail() {
  echo "deps.sh: $*" >&2
  exit 1
}

with_tests=yes
list_only=no
for argument; do
  case $argument in
  --build-only) with_tests=no ;;
  --list) list_only=yes ;;
  -h | --help) usage; exit 0 ;;
  *) fail "unknown option '$argument' (see --help)" ;;
  esac
done

command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
  fail "this is not a Debian system; see the package lists in $0 for what to install by hand"

# Executables are made for both architectures on either of them: musl's static library and start files of the
# foreign one come from Debian's multi-arch package, its test programs run under qemu.
host=$(dpkg --print-architecture)
case $host in
amd64) foreign=arm64 ;;
arm64) foreign=amd64 ;;
*) fail "the host architecture must be amd64 or arm64, this is $host" ;;
esac

# LLVM's and lld's CMake files look for zlib and zstd.
packages="ca-certificates gcc g++ libc6-dev make git cmake ninja-build pkg-config
  clang-19 lld-19 llvm-19-dev liblld-19-dev libclang-rt-19-dev libzstd-dev zlib1g-dev
  musl-dev:$host musl-dev:$foreign"

has_rust_target() {
  for target in wasm32-wasip1 wasm32-wasi; do
    directory=$(rustc --print target-libdir --target "$target" 2>/dev/null) && [ -d "$directory" ] && return 0
  done
  return 1
}

# The tests: unit tests (check, cjson), modules compiled from C, C++ and Rust, the foreign architecture
# (qemu), other people's programs from Debian's source packages (dpkg-dev; sqlite's build runs tclsh, Lua's
# binaryen) and from npm.
if [ $with_tests = yes ]; then
  packages="$packages check libcjson-dev clang-format-19 dpkg-dev time tcl binaryen qemu-user
    wasi-libc libclang-rt-19-dev-wasm32 libc++-19-dev-wasm32 libc++abi-19-dev-wasm32"
  command -v node >/dev/null || packages="$packages nodejs"
  command -v npm >/dev/null || packages="$packages npm"
  command -v rustup >/dev/null || has_rust_target || packages="$packages rustc libstd-rust-dev-wasm32"
fi

missing=
for package in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)" = installed ] ||
    missing="$missing $package"
done

if [ $list_only = yes ]; then
  [ -z "$missing" ] || printf '%s\n' $missing
  exit 0
fi

if [ -n "$missing" ]; then
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "root or sudo is needed to install:$missing"
    as_root=sudo
  fi
  echo "deps.sh: installing:$missing"
  dpkg --print-foreign-architectures | grep -qx "$foreign" || $as_root dpkg --add-architecture "$foreign"
  # A third party's source list that does not answer is no reason to stop: the installation below decides.
  $as_root apt-get update -q || echo "deps.sh: apt-get update failed in part, going on" >&2
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

if [ $with_tests = yes ] && command -v rustup >/dev/null && ! has_rust_target; then
  rustup target add wasm32-wasip1
fi
[ $with_tests = no ] || has_rust_target ||
  echo "deps.sh: $(command -v rustc) cannot compile for wasm32-wasip1; the Rust program will be skipped" >&2
[ -n "$missing" ] || echo "deps.sh: nothing to install"
