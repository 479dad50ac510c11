#!/bin/sh
# From a fresh Debian machine to a WebAssembly program that runs as a native executable: installs what is
# needed, builds wasm2native, compiles a program and runs it.
#
#   sh docs/quickstart.sh [APP.wasm [ARGUMENT...]]
#
# Without a program of yours it takes the Lua interpreter (a small C program where there is no network to
# fetch Lua's source from). The executable stays in build/quickstart.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
here=$PWD

say() {
  printf '\n==> %s\n' "$*"
}

fail() {
  printf '\nquickstart.sh: %s\n' "$*" >&2
  exit 1
}

milliseconds() {
  echo $(($(date +%s%N) / 1000000))
}

# Runs a command in silence; where it fails, shows the end of what it said.
quietly() { # WHAT COMMAND...
  what=$1
  shift
  "$@" >"$root/build/quickstart/log" 2>&1 || {
    tail -n 30 "$root/build/quickstart/log" >&2
    fail "$what failed (all of its output: build/quickstart/log)"
  }
}

case ${1:-} in
-h | --help)
  awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"
  exit 0
  ;;
-*) fail "unknown option '$1' (see --help)" ;;
esac

module=
packages=
if [ $# -gt 0 ]; then
  [ -r "$1" ] || fail "cannot read $1"
  module=$(realpath "$1")
  shift
  packages=--build-only
fi

mkdir -p "$root/build/quickstart"
say "Installing what is missing (cmake/deps.sh)"
sh "$root/cmake/deps.sh" $packages || fail "cmake/deps.sh failed"

say "Building wasm2native (a few minutes the first time)"
cd "$root"
quietly "configuring" cmake --preset release
quietly "building" cmake --build build

script=
if [ -z "$module" ]; then
  say "Making a WebAssembly program"
  if sh tests/programs/run.sh --make lua | grep '^ok' >/dev/null; then
    module=$root/build/programs/lua/app.wasm
    script='local n, t = 0, {}
      for i = 2, 1000000 do
        if not t[i] then n = n + 1 for j = i + i, 1000000, i do t[j] = true end end
      end
      print("Hello from " .. _VERSION .. ": there are " .. n .. " primes below a million.")'
    set -- -e "$script"
    name=lua
    echo "Lua's interpreter, compiled from C by clang --target=wasm32-wasi: build/programs/lua/app.wasm"
  else
    module=$root/build/quickstart/hello.wasm
    name=hello
    # In two steps: with -O clang would run wasm-opt when it links.
    object=build/quickstart/hello.o
    quietly "compiling hello.c" clang-19 --target=wasm32-wasi -O2 -c tests/bench/hello.c -o $object
    quietly "linking hello.c" clang-19 --target=wasm32-wasi $object -o "$module"
    echo "Lua's source could not be fetched, so this takes a small C program instead: tests/bench/hello.c"
  fi
else
  name=$(basename "$module" .wasm)
fi

executable=build/quickstart/$name
say "Compiling it: build/bin/wasm2native $module -o $executable"
start=$(milliseconds)
build/bin/wasm2native "$module" -o "$executable" || fail "wasm2native could not compile $module"
took=$(($(milliseconds) - start))
kilobytes() {
  echo $((($(wc -c <"$1") + 1023) / 1024))
}
echo "$(kilobytes "$module") KB of WebAssembly became an executable of $(kilobytes "$executable") KB" \
  "in $((took / 1000)).$(printf %03d $((took % 1000))) s. It is static and needs nothing else where it runs."

say "Running it: $executable${script:+ -e '...'}"
start=$(milliseconds)
status=0
(cd "$here" && exec "$root/$executable" "$@") || status=$?
took=$(($(milliseconds) - start))
printf '(exit status %d, %d.%03d s)\n' "$status" $((took / 1000)) $((took % 1000))

say "Done"
cat <<END
Your program:        build/bin/wasm2native app.wasm -o app && ./app
For arm64 Linux:     build/bin/wasm2native --target=aarch64-linux app.wasm -o app
A program sees no files unless you grant a directory, when compiling or when running:
                     build/bin/wasm2native --dir .::/ app.wasm -o app
                     WASMRT_OPTIONS="--dir=.::/" ./app
All options:         build/bin/wasm2native --help
END
exit "$status"
