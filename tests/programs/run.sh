#!/bin/sh
# Compiles real programs to WebAssembly, those to executables with wasm2native, and compares what they do with
# what native builds of the same sources do.
#
#   sh tests/programs/run.sh [--arch=x86_64|aarch64|all] [--quick] [--make] [NAME...]
#
#   NAME      lua sqlite zstd bzip2 jpeg sodium cxx rust tail; all of them when none is given
#   --arch    which executables to make and run, under qemu where they are not the host's; default all
#   --quick   less data for the compressors
#   --make    only make the modules (build/programs/NAME/app.wasm) and the native programs beside them
#
# zstd, jpeg (libjpeg-turbo) and sodium are compiled with vector instructions, and to executables in both code
# models, the others in the static one. The two architectures run side by side.
#
# All but cxx, rust and tail come from Debian's source packages, fetched once into build/programs; without a
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
  lua | sqlite | zstd | bzip2 | jpeg | sodium | cxx | rust | tail) names="$names $argument" ;;
  *) echo "run.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ "$arches" != all ] || arches="x86_64 aarch64"
names=${names:-lua sqlite zstd bzip2 jpeg sodium cxx rust tail}
if [ $make_only = no ] && ! [ -x "$tool" ]; then
  echo "run.sh: there is no $tool: build it first, see README.md" >&2
  exit 2
fi

report() { # VERDICT CHECK [DETAIL]
  echo "$1" >>"$work/verdicts"
  printf '%-8s %s%s\n' "$1" "$2" "${3:+: $3}"
}

count() { # VERDICT
  grep -c "^$1\$" "$work/verdicts"
}

is_simd() { # NAME
  case $1 in
  zstd | jpeg | sodium) return 0 ;;
  *) return 1 ;;
  esac
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
# For programs with vectors: what follows overrides the level above. C may fuse floating-point operations where
# a CPU can, WebAssembly does not.
simd="-O3 -msimd128"
simd_native="-O3 -ffp-contract=off"

# ---- builds: build_NAME makes app.wasm and native in the current directory ----

beside() { # COMMAND...: runs it in the background; prepare waits
  "$@" &
  companion=$!
}

build_lua() {
  sources=$(find ../source/lua5.4/src -name '*.c' ! -name luac.c ! -name ldo.c)
  # luaD_rawrunprotected and luaD_throw must stay functions of their own: see lua/wasi_unwind.h.
  beside $native_cc -Wl,--no-warnings $sources ../source/lua5.4/src/ldo.c -lm -o native
  $wasm_cc -include "$here/lua/wasi_unwind.h" -c $sources "$here/lua/wasi_unwind.c" "$here/wasi/posix.c" &&
    $wasm_cc -include "$here/lua/wasi_unwind.h" -fno-inline -c ../source/lua5.4/src/ldo.c &&
    $wasm_ld -Wl,--stack-first ./*.o -o linked.wasm &&
    wasm-opt -g --asyncify --pass-arg=asyncify-ignore-imports -O2 linked.wasm -o app.wasm
}

build_sqlite() {
  ../source/sqlite3/configure --disable-tcl --disable-readline && make sqlite3.c shell.c || return 1
  options="-DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_WAL -DSQLITE_MAX_MMAP_SIZE=0
    -DSQLITE_OMIT_POPEN"
  beside $native_cc $options -I. sqlite3.c shell.c -lm -o native
  $wasm_cc $options -I. -c sqlite3.c shell.c "$here/wasi/posix.c" &&
    $wasm_ld sqlite3.o shell.o posix.o -o app.wasm
}

build_zstd() {
  zstd=../source/libzstd
  sources="$(find $zstd/lib/common $zstd/lib/compress $zstd/lib/decompress -name '*.c')
    $zstd/programs/zstdcli.c $zstd/programs/util.c $zstd/programs/timefn.c $zstd/programs/fileio.c
    $zstd/programs/fileio_asyncio.c"
  options="-DZSTD_NOBENCH -DZSTD_NODICT -DZSTD_NOTRACE -DBACKTRACE_ENABLE=0 -DZSTD_DISABLE_ASM"
  beside $native_cc $simd_native $options $sources -o native
  $wasm_cc $simd $options -c $sources "$here/wasi/posix.c" && $wasm_ld ./*.o -o app.wasm
}

build_bzip2() {
  sources=
  for file in blocksort huffman crctable randtable compress decompress bzlib bzip2; do
    sources="$sources ../source/bzip2/$file.c"
  done
  beside $native_cc -D_FILE_OFFSET_BITS=64 $sources -o native
  $wasm_cc -D_FILE_OFFSET_BITS=64 -c $sources "$here/wasi/posix.c" && $wasm_ld ./*.o -o app.wasm
}

# What its build would find out about the machine is the same for all that we build for.
build_jpeg() {
  jpeg=../source/libjpeg-turbo
  sed -e 's/@JPEG_LIB_VERSION@/62/; s/@LIBJPEG_TURBO_VERSION_NUMBER@/2001005/; s/@VERSION@/2.1.5/' \
    -e 's/@BITS_IN_JSAMPLE@/8/; s/#cmakedefine \([CD]_ARITH_[A-Z_]*\|MEM_SRCDST_[A-Z_]*\) 1/#define \1 1/' \
    -e '/#cmakedefine/d' $jpeg/jconfig.h.in >jconfig.h
  sed -e 's/@BUILD@/0/; s/@INLINE@/inline/; s/@THREAD_LOCAL@//; s/@CMAKE_PROJECT_NAME@/libjpeg-turbo/' \
    -e 's/@VERSION@/2.1.5/; s/@SIZE_T@/__SIZEOF_SIZE_T__/; /#cmakedefine/d' $jpeg/jconfigint.h.in >jconfigint.h
  sed 's/@COPYRIGHT_YEAR@/2022/' $jpeg/jversion.h.in >jversion.h
  sources=$here/jpeg/main.c
  for file in capimin capistd ccoefct ccolor cdctmgr chuff cicc cinit cmainct cmarker cmaster comapi cparam \
    cphuff cprepct csample ctrans dapimin dapistd datadst datasrc dcoefct dcolor ddctmgr dhuff dicc dinput \
    dmainct dmarker dmaster dmerge dphuff dpostct dsample dtrans error fdctflt fdctfst fdctint idctflt idctfst \
    idctint idctred quant1 quant2 utils memmgr memnobs aricom carith darith simd_none; do
    sources="$sources $jpeg/j$file.c"
  done
  for file in cdjpeg rdgif rdppm rdswitch rdbmp rdtarga rdcolmap wrgif wrppm wrbmp wrtarga; do
    sources="$sources $jpeg/$file.c"
  done
  options="-I. -I$jpeg -DGIF_SUPPORTED -DPPM_SUPPORTED -DBMP_SUPPORTED -DTARGA_SUPPORTED"
  for main in cjpeg djpeg; do
    renamed="-Dmain=${main}_main -Dreport=${main}_report -Dstrict=${main}_strict"
    $wasm_cc $simd $options $renamed -c $jpeg/$main.c -o $main.o &&
      $native_cc $simd_native $options $renamed -c $jpeg/$main.c -o $main.native || return 1
  done
  beside $native_cc $simd_native $options $sources cjpeg.native djpeg.native -o native
  $wasm_cc $simd $options -c $sources "$here/wasi/posix.c" && $wasm_ld ./*.o -o app.wasm
}

build_sodium() {
  sodium=../source/libsodium/src/libsodium
  mkdir -p include/sodium
  sed -e 's/@VERSION@/1.0.18/; s/@SODIUM_LIBRARY_VERSION_MAJOR@/10/; s/@SODIUM_LIBRARY_VERSION_MINOR@/3/' \
    -e '/@SODIUM_LIBRARY_MINIMAL_DEF@/d' $sodium/include/sodium/version.h.in >include/sodium/version.h
  sources="$(find $sodium -name '*.c') $here/sodium/check.c"
  options="-Iinclude -Iinclude/sodium -I$sodium/include -I$sodium/include/sodium -DCONFIGURED=1
    -DNATIVE_LITTLE_ENDIAN=1"
  beside $native_cc $simd_native $options $sources -o native
  mkdir objects
  for source in $sources; do # some have the same name
    echo "-c $source -o objects/$(echo "${source##*libsodium/}" | tr / _).o"
  done | xargs -n 4 -P 2 $wasm_cc $simd $options && $wasm_ld objects/*.o -o app.wasm
}

build_cxx() {
  # Debian's libc++ for WASI is built without exceptions.
  beside clang++-19 -std=c++17 -O2 "$here/cxx/containers.cpp" -o native
  clang++-19 --target=wasm32-wasi -std=c++17 -O2 -fno-exceptions -c "$here/cxx/containers.cpp" -o app.o &&
    clang++-19 --target=wasm32-wasi -fno-exceptions app.o -o app.wasm
}

build_rust() {
  # File::set_times is there since 1.75; Debian 12's rustc is older.
  minor=$(rustc --version | sed -n 's/^rustc 1\.\([0-9]*\)\..*/\1/p')
  configuration=
  [ "${minor:-0}" -lt 75 ] || configuration="--cfg set_times"
  beside rustc --edition 2021 -O $configuration "$here/rust/records.rs" -o native
  rustc --edition 2021 -O $configuration --target "$rust_target" "$here/rust/records.rs" -o app.wasm
}

build_tail() {
  # The first entries of the table stay free for the program to fill in.
  beside clang-19 -O2 "$here/tail/main.c" -o native
  clang-19 --target=wasm32-wasi -mtail-call -msimd128 -mmultivalue -mreference-types -O2 -c "$here/tail/main.c" \
    "$here/tail/entries.s" "$here/../embed/guests/tail.s" &&
    clang-19 --target=wasm32-wasi -Wl,--table-base=8 main.o entries.o tail.o -o app.wasm
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

made() { # FILE...: adds what the last step wrote to what is compared
  cksum "$@" >>"$step.out" 2>&1
  rm -f "$@"
}

steps_zstd() {
  steps_round_trip '-q -f --rm' '-q -f -d --rm' .zst "$@"
  cp ../../data.txt all.txt
  head -c 1000000 all.txt >part.txt
  number=6
  for options in '--fast=5 all.txt' '-1 all.txt' '-1 --long=24 all.txt' '-8 all.txt' '-19 part.txt'; do
    step $number-compress "$@" -q -f -k $options -o there.zst
    cksum there.zst >>$step.out
    step $number-back "$@" -q -f -d there.zst -o back.txt
    made back.txt there.zst
    number=$((number + 1))
  done
  rm -f ./*.txt
}

steps_jpeg() {
  step 1-draw "$@" draw 900 700 picture.ppm
  cksum picture.ppm >>1-draw.out
  number=2
  for options in '-quality 90' '-quality 60 -progressive' '-arithmetic' '-dct float -optimize' '-dct fast' \
    '-grayscale' '-sample 1x1 -quality 98' '-smooth 40 -restart 2'; do
    step $number-encode "$@" cjpeg $options -outfile there.jpg picture.ppm
    cksum there.jpg >>$step.out
    step $number-decode "$@" djpeg -outfile back.ppm there.jpg
    made back.ppm
    number=$((number + 1))
  done
  step $number-encode "$@" cjpeg -quality 85 -outfile there.jpg picture.ppm
  for options in '-scale 1/2 -bmp' '-scale 3/8' '-colors 64 -gif' '-dct float -targa' '-dct fast -nosmooth' \
    '-grayscale' '-colors 32 -dither ordered -bmp' '-crop 300x200+80+40'; do
    number=$((number + 1))
    step $number-decode "$@" djpeg $options -outfile back there.jpg
    made back
  done
  head -c 20000 there.jpg >half.jpg
  step 99-damaged "$@" djpeg -outfile back half.jpg
  made back
  rm -f ./*.ppm ./*.jpg
}

steps_sodium() {
  head -c 6000000 ../../data.txt >data.txt
  step 1-vectors "$@" vectors
  step 2-file "$@" file data.txt
  step 3-passwords "$@" passwords
  rm -f data.txt
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
  step files "$@" files x 'y z' <input
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
  jpeg) package=libjpeg-turbo ;;
  sodium) package=libsodium ;;
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
    companion=
    if ! { "build_$1" && wait "$companion"; } >build.log 2>&1; then
      rm -f app.wasm
      report FAILED "$1 builds" "see $work/$1/build.log"
      return 1
    fi
  fi
}

compile() { # NAME ARCH MODEL: makes NAME/ARCH-MODEL.exe and says what it took
  variant=$2-$3
  # One program has its directory fixed at compile time, the others get it from the environment.
  options=
  [ "$1" != lua ] || options="--dir=$work/$1/$variant::/"
  rm -f "$variant.exe"
  if ! /usr/bin/time -f '%e %U %M' -o "$variant.time" \
    "$tool" --target="$2-linux" --model="$3" $options app.wasm -o "$variant.exe" >"$variant.log" 2>&1; then
    report FAILED "$1 $variant compiles" "see $work/$1/$variant.log"
    head -n 5 "$variant.log"
    return 1
  fi
  read -r seconds cpu kilobytes <"$variant.time"
  printf '         %s %s: %d KB of wasm compiled in %s s (CPU: %s s) and %d MB, executable %d KB\n' "$1" \
    "$variant" $(($(wc -c <app.wasm) / 1024)) "$seconds" "$cpu" $((kilobytes / 1024)) \
    $(($(wc -c <"$variant.exe") / 1024))
}

play() { # NAME DIRECTORY COMMAND...: the scenario in a fresh directory
  rm -rf "$2"
  mkdir "$2"
  steps=steps_$1
  (cd "$2" && shift 2 && "$steps" "$@")
}

# A reference that fails would agree with a program that fails in the same way.
play_reference() { # NAME
  HOME=/ play $1 expected ../native
  for expected in expected/*.out; do
    check=$(basename "$expected" .out)
    case $1/$check in
    */*-damaged) continue ;;
    sqlite/1-create | sqlite/3-query) status=1 ;; # their scripts contain what is refused
    lua/coroutines) status=3 ;;                   # these end so
    cxx/*) status=5 ;;
    rust/*) status=7 ;;
    *) status=0 ;;
    esac
    if ! [ -s "$expected" ] || grep '^exit status ' "$expected" | grep -qvx "exit status $status" ||
      grep -q ' differ: \|^cmp: ' "$expected"; then
      report FAILED "$1/$check" "the native build fails, in $work/$1/expected"
      return 1
    fi
  done
}

compare() { # NAME ARCH: in each model, what the program does with what the native build did
  command=
  if [ $2 != "$(uname -m)" ]; then
    if ! command -v qemu-$2 >/dev/null; then
      report skipped "$1 $2" "qemu-$2 is not installed"
      return
    fi
    command=qemu-$2
  fi
  models=static
  ! is_simd $1 || models="static instance"
  for model in $models; do
    variant=$2-$model
    compile $1 $2 $model || continue
    options='--dir=.::/ --env=HOME=/'
    [ $1 != lua ] || options=
    [ -z "$command" ] || options="--no-confine $options" # qemu cannot confine programs, and they say so
    WASMRT_OPTIONS=$options play $1 $variant $command ../$variant.exe
    for expected in expected/*.out; do
      check=$(basename "$expected" .out)
      if cmp -s "$expected" "$variant/$check.out"; then
        report ok "$1/$check $variant"
      else
        report FAILED "$1/$check $variant" "differs from the native build, in $work/$1/$variant"
        diff "$expected" "$variant/$check.out" 2>&1 | head -n 10 | cut -c 1-200
      fi
    done
  done
}

# The compressors' and ciphers' data.
make_data() {
  if [ -e "$work/data.txt" ] && [ "$(cat "$work/data.size")" = $size ]; then
    return
  fi
  (prepare lua && [ -z "$reason" ]) >/dev/null &&
    "$work/lua/native" "$here/lua/generate.lua" "$work/data.txt" $size && echo $size >"$work/data.size"
}

mkdir -p "$work"
work=$(cd "$work" && pwd)
: >"$work/verdicts"

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
  zstd | bzip2 | sodium)
    if ! make_data; then
      report skipped $name "the data is made by Lua, which is missing"
      continue
    fi
    ;;
  esac
  cd "$work/$name" || exit 2
  if is_simd $name && ! "$tool" inspect app.wasm | grep -q '^features: .*simd'; then
    report FAILED "$name uses vectors"
    continue
  fi
  play_reference $name || continue
  for arch in $arches; do
    compare $name $arch >$arch.report 2>&1 &
  done
  wait
  for arch in $arches; do
    cat $arch.report
  done
done

echo "$(count ok) passed, $(count FAILED) failed, $(count skipped) skipped"
[ "$(count FAILED)" = 0 ]
