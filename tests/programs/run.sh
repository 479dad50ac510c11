#!/bin/sh
# Compiles real programs to WebAssembly, those to executables with wasm2native, and compares what they do with
# what native builds of the same sources do.
#
#   sh tests/programs/run.sh [--arch=x86_64|aarch64|all] [--quick] [--make] [NAME...]
#
#   NAME      lua sqlite zstd bzip2 cxx rust tail; all of them when none is given
#   --arch    which executables to make and run, under qemu where they are not the host's; default all
#   --quick   less data for the compressors
#   --make    only make the modules (build/programs/NAME/app.wasm) and the native programs beside them
#
# Lua, sqlite, zstd and bzip2 come from Debian's source packages, fetched once into build/programs; without a
# network they are skipped. The environment variable WASM2NATIVE names another tool to test, PROGRAMS another
# directory to work in.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${PROGRAMS:-$root/build/programs}
arches=all
size=20000000
names=
make_only=no
for argument; do
  case $argument in
  --arch=x86_64 | --arch=aarch64 | --arch=all) arches=${argument#--arch=} ;;
  --quick) size=2000000 ;;
  --make) make_only=yes ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  lua | sqlite | zstd | bzip2 | cxx | rust | tail) names="$names $argument" ;;
  *) echo "run.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ "$arches" != all ] || arches="x86_64 aarch64"
names=${names:-lua sqlite zstd bzip2 cxx rust tail}
if [ $make_only = no ] && ! [ -x "$tool" ]; then
  echo "run.sh: there is no $tool: build it first, see README.md" >&2
  exit 2
fi

passed=0 failed=0 skipped=0

report() { # VERDICT CHECK [DETAIL]
  case $1 in
  ok) passed=$((passed + 1)) ;;
  FAILED) failed=$((failed + 1)) ;;
  skipped) skipped=$((skipped + 1)) ;;
  esac
  printf '%-8s %s%s\n' "$1" "$2" "${3:+: $3}"
}

# Is FILE there and newer than the sources in this folder? Then it need not be built again.
is_built() { # FILE
  [ -e "$1" ] &&
    [ -z "$(find "$here" -type f -newer "$1" ! -name '*.lua' ! -name '*.sql' ! -name '*.sh' | head -n 1)" ]
}

# wasi-libc's emulations of what WASI lacks, and ours of what wasi-libc lacks.
wasm_cc="clang-19 --target=wasm32-wasi -O2 -w -I$here/wasi -include $here/wasi/posix.h -D_WASI_EMULATED_SIGNAL
  -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID -D_WASI_EMULATED_MMAN"
# No -O when linking: clang would then run wasm-opt where it is installed, and hide its own code from us.
wasm_ld="clang-19 --target=wasm32-wasi -Wl,-z,stack-size=1048576 -lwasi-emulated-signal
  -lwasi-emulated-process-clocks -lwasi-emulated-getpid -lwasi-emulated-mman"
native_cc="clang-19 -O2 -w"

# ---- builds: build_NAME makes app.wasm and native in the current directory ----

build_lua() {
  sources=$(find ../source/lua5.4/src -name '*.c' ! -name luac.c ! -name ldo.c)
  # luaD_rawrunprotected and luaD_throw must stay functions of their own: see lua/wasi_unwind.h.
  $wasm_cc -include "$here/lua/wasi_unwind.h" -c $sources "$here/lua/wasi_unwind.c" "$here/wasi/posix.c" &&
    $wasm_cc -include "$here/lua/wasi_unwind.h" -fno-inline -c ../source/lua5.4/src/ldo.c &&
    $wasm_ld -Wl,--stack-first ./*.o -o linked.wasm &&
    wasm-opt -g --asyncify --pass-arg=asyncify-ignore-imports -O2 linked.wasm -o app.wasm &&
    $native_cc -Wl,--no-warnings $sources ../source/lua5.4/src/ldo.c -lm -o native
}

build_sqlite() {
  ../source/sqlite3/configure --disable-tcl --disable-readline && make sqlite3.c shell.c || return 1
  options="-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_MAX_MMAP_SIZE=0
    -DSQLITE_OMIT_POPEN"
  $wasm_cc $options -I. -c sqlite3.c shell.c "$here/wasi/posix.c" &&
    $wasm_ld sqlite3.o shell.o posix.o -o app.wasm &&
    $native_cc $options -I. sqlite3.c shell.c -lm -o native
}

build_zstd() {
  zstd=../source/libzstd
  sources="$(find $zstd/lib/common $zstd/lib/compress $zstd/lib/decompress -name '*.c')
    $zstd/programs/zstdcli.c $zstd/programs/util.c $zstd/programs/timefn.c $zstd/programs/fileio.c
    $zstd/programs/fileio_asyncio.c"
  options="-DZSTD_NOBENCH -DZSTD_NODICT -DZSTD_NOTRACE -DBACKTRACE_ENABLE=0 -DZSTD_DISABLE_ASM"
  $wasm_cc $options -c $sources "$here/wasi/posix.c" && $wasm_ld ./*.o -o app.wasm &&
    $native_cc $options $sources -o native
}

build_bzip2() {
  sources=
  for file in blocksort huffman crctable randtable compress decompress bzlib bzip2; do
    sources="$sources ../source/bzip2/$file.c"
  done
  $wasm_cc -D_FILE_OFFSET_BITS=64 -c $sources "$here/wasi/posix.c" && $wasm_ld ./*.o -o app.wasm &&
    $native_cc -D_FILE_OFFSET_BITS=64 $sources -o native
}

build_cxx() {
  # Debian's libc++ for WASI is built without exceptions.
  clang++-19 --target=wasm32-wasi -std=c++17 -O2 -fno-exceptions -c "$here/cxx/containers.cpp" -o app.o &&
    clang++-19 --target=wasm32-wasi -fno-exceptions app.o -o app.wasm &&
    clang++-19 -std=c++17 -O2 "$here/cxx/containers.cpp" -o native
}

build_rust() {
  rustc --edition 2021 -O --target "$rust_target" "$here/rust/records.rs" -o app.wasm &&
    rustc --edition 2021 -O "$here/rust/records.rs" -o native
}

build_tail() {
  # The first entries of the table stay free for the program to fill in.
  clang-19 --target=wasm32-wasi -mtail-call -msimd128 -mmultivalue -mreference-types -O2 -c "$here/tail/main.c" \
    "$here/tail/entries.s" "$here/../embed/guests/tail.s" &&
    clang-19 --target=wasm32-wasi -Wl,--table-base=8 main.o entries.o tail.o -o app.wasm &&
    clang-19 -O2 "$here/tail/main.c" -o native
}

# ---- scenarios: steps_NAME runs the command "$@" in a fresh directory, leaves .out files to compare ----

step() { # STEP COMMAND...
  step=$1
  shift
  timeout 900 "$@" >"$step.out" 2>"$step.err"
  status=$?
  { cat "$step.err"; echo "exit status $status"; } >>"$step.out"
}

input() {
  printf 'in 1\n2.5rest\nof the input\n'
}

steps_lua() {
  cp "$here"/lua/*.lua .
  for script in strings tables closures coroutines files; do
    input >input
    step $script "$@" $script.lua x 'y z' <input
  done
}

steps_sqlite() {
  cp "$here"/sqlite/* .
  for script in 1-create 2-index 3-query 4-dump; do
    # WASI has no file locks.
    step $script "$@" -vfs unix-none test.db <$script.sql
  done
  # What the program under test left, read by the native build, and its dump, restored by the native build.
  step 5-reopen ../native test.db 'PRAGMA integrity_check; SELECT * FROM yearly;
    SELECT count(*), sum(length(note)) FROM reading;'
  ../native restored.db <dump.sql
  step 6-restored ../native restored.db "ATTACH 'test.db' AS other; SELECT count(*) FROM reading;
    SELECT * FROM city EXCEPT SELECT * FROM other.city; SELECT * FROM log EXCEPT SELECT * FROM other.log;
    SELECT * FROM reading EXCEPT SELECT * FROM other.reading;
    SELECT * FROM other.reading EXCEPT SELECT * FROM reading;"
}

steps_round_trip() { # COMPRESS DECOMPRESS SUFFIX COMMAND...
  compress=$1 decompress=$2 suffix=$3
  shift 3
  for turn in 1-compress 2-decompress; do
    cp ../../data.txt there.txt
    cp ../../data.txt back.txt
    case $turn in
    1-compress) step $turn "$@" $compress there.txt && ../native $decompress there.txt"$suffix" ;;
    2-decompress) ../native $compress there.txt && step $turn "$@" $decompress there.txt"$suffix" ;;
    esac
    cmp there.txt back.txt >>$turn.out 2>&1 && echo same >>$turn.out
    rm -f there.txt"$suffix"
  done
  ../native $compress back.txt
  head -c 100000 back.txt"$suffix" >damaged.txt"$suffix"
  step 3-damaged "$@" $decompress damaged.txt"$suffix"
  # The messages contain the program's name and the system's error texts.
  tail -n 1 3-damaged.out >status && mv status 3-damaged.out
  head -c 100000 there.txt >pipe.txt
  step 4-pipe "$@" -c <pipe.txt
  ../native -dc <4-pipe.out 2>/dev/null | cmp - pipe.txt >5-piped.out 2>&1 && echo same >5-piped.out
  rm -f ./*.txt ./*"$suffix" 4-pipe.out
}

steps_zstd() {
  steps_round_trip '-q -f --rm' '-q -f -d --rm' .zst "$@"
}

steps_bzip2() {
  steps_round_trip '-f' '-f -d' .bz2 "$@"
}

steps_cxx() {
  input >input
  step containers "$@" x 'y z' <input
}

steps_rust() {
  input >input
  step records "$@" x 'y z' <input
}

steps_tail() {
  step chains "$@"
}

# ---- the run ----

prepare() { # NAME: sources and builds; a reason to skip goes to $reason
  reason=
  case $1 in
  lua) package=lua5.4 ;;
  sqlite) package=sqlite3 ;;
  zstd) package=libzstd ;;
  bzip2) package=bzip2 ;;
  rust)
    package= rust_target=
    for target in wasm32-wasip1 wasm32-wasi; do
      libraries=$(rustc --print target-libdir --target $target 2>/dev/null) && [ -d "$libraries" ] &&
        rust_target=$target && break
    done
    [ -n "$rust_target" ] || { reason="rustc has no target wasm32-wasip1"; return; }
    ;;
  *) package= ;;
  esac
  if [ -n "$package" ] && ! sh "$here/fetch.sh" "$work/source" $package 2>"$work/fetch.log"; then
    reason="could not fetch Debian's source of $package (see $work/fetch.log)"
    return
  fi
  mkdir -p "$work/$1"
  cd "$work/$1" || exit 2
  if ! is_built app.wasm || ! [ -x native ]; then
    rm -rf ./*
    if ! "build_$1" >build.log 2>&1; then
      rm -f app.wasm
      report FAILED "$1 builds" "see $work/$1/build.log"
      return 1
    fi
  fi
}

compile() { # NAME ARCH: makes NAME/ARCH.exe and says what it took
  # One program has its directory fixed at compile time, the others get it from the environment.
  options=
  [ "$1" != lua ] || options="--dir=$work/$1/$2::/"
  rm -f "$2.exe"
  if ! /usr/bin/time -f '%e %U %M' -o "$2.time" \
    "$tool" --target="$2-linux" $options app.wasm -o "$2.exe" >"$2.log" 2>&1; then
    report FAILED "$1 $2 compiles" "see $work/$1/$2.log"
    head -n 5 "$2.log"
    return 1
  fi
  read -r seconds cpu kilobytes <"$2.time"
  printf '         %s %s: %d KB of wasm compiled in %s s (CPU: %s s) and %d MB, executable %d KB\n' "$1" "$2" \
    $(($(wc -c <app.wasm) / 1024)) "$seconds" "$cpu" $((kilobytes / 1024)) $(($(wc -c <"$2.exe") / 1024))
}

play() { # NAME DIRECTORY COMMAND...: the scenario in a fresh directory
  rm -rf "$2"
  mkdir "$2"
  steps=steps_$1
  (cd "$2" && shift 2 && "$steps" "$@")
}

mkdir -p "$work"
work=$(cd "$work" && pwd)

for name in $names; do
  prepare $name || continue
  if [ -n "$reason" ]; then
    report skipped "$name" "$reason"
    continue
  fi
  if [ $make_only = yes ]; then
    report ok "$name builds"
    continue
  fi
  case $name in
  zstd | bzip2)
    if ! [ -e "$work/data.txt" ] || [ "$(cat "$work/data.size")" != $size ]; then
      if ! (prepare lua && [ -z "$reason" ]) >/dev/null; then
        report skipped $name "the data is made by Lua, which is missing"
        continue
      fi
      "$work/lua/native" "$here/lua/generate.lua" "$work/data.txt" $size && echo $size >"$work/data.size"
      cd "$work/$name" || exit 2
    fi
    ;;
  esac
  HOME=/ play $name expected ../native
  for arch in $arches; do
    command=../$arch.exe
    if [ $arch != "$(uname -m)" ]; then
      if ! command -v qemu-$arch >/dev/null; then
        report skipped "$name $arch" "qemu-$arch is not installed"
        continue
      fi
      command="qemu-$arch $command"
    fi
    compile $name $arch || continue
    options='--dir=.::/ --env=HOME=/'
    [ $name != lua ] || options=
    WASMRT_OPTIONS=$options play $name $arch $command
    for expected in expected/*.out; do
      check=$(basename "$expected" .out)
      if cmp -s "$expected" "$arch/$check.out"; then
        report ok "$name/$check $arch"
      else
        report FAILED "$name/$check $arch" "differs from the native build, in $work/$name/$arch"
        diff "$expected" "$arch/$check.out" 2>&1 | head -n 10 | cut -c 1-200
      fi
    done
  done
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
