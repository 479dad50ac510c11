#!/bin/sh
# Tests of the command line with real modules: every option, every kind of output, exit codes, and the installed tree.
#
#   sh tests/cli/run.sh BUILD_DIR [TEST...]
#
# Prints each test that fails with what it saw; ends with the totals.
set -u
build=$(cd "${1:?"usage: run.sh BUILD_DIR [TEST...]"}" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
tool=$build/bin/wasm2native
clang=$(command -v clang-19 || command -v clang)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset WASMRT_OPTIONS

case $(uname -m) in
x86_64) host=x86_64 foreign=aarch64 ;;
aarch64) host=aarch64 foreign=x86_64 ;;
*) echo "cli: unknown machine $(uname -m)" >&2 && exit 1 ;;
esac

# --- what tests use ---

# A test is a function whose name begins with test_; each runs in an empty directory with the modules below ../modules.
fail() {
  echo "$current: $*"
  failed_now=yes
}

# expect STATUS COMMAND...: what it prints goes to out and err
expect() {
  wanted=$1
  shift
  "$@" >out 2>err
  status=$?
  [ $status = "$wanted" ] || fail "exit status $status instead of $wanted: $*
$(cat err)"
}

expect_in() { grep -qF -e "$2" "$1" || fail "no '$2' in $1: $(cat "$1")"; }
expect_empty() { [ ! -s "$1" ] || fail "$1 is not empty: $(cat "$1")"; }
expect_file() { [ -s "$1" ] || fail "there is no $1"; }
expect_absent() { [ ! -e "$1" ] || fail "there is a $1"; }

# The two bytes of an ELF header that say what it is: expect_elf FILE TYPE (1 object, 3 PIE or shared) MACHINE
expect_elf() {
  case $3 in x86_64) machine=62 ;; aarch64) machine=183 ;; esac
  found=$(od -An -tu1 -j16 -N4 "$1" | tr -s ' ')
  [ "$found" = " $2 0 $machine 0" ] || fail "$1 has ELF type and machine$found"
}

# Runs a program of either architecture.
native() {
  arch=$1
  shift
  # qemu cannot confine programs, and they say so.
  if [ "$arch" = "$host" ]; then "$@"; else WASMRT_OPTIONS="--no-confine ${WASMRT_OPTIONS-}" "qemu-$arch" "$@"; fi
}

m=../modules

# --- tests ---

test_default_output() {
  expect 0 "$tool" $m/hello.wasm
  expect_empty out
  expect_empty err
  expect_elf a.out 3 $host
  expect 3 ./a.out 3
  expect_in out "hello 3"
}

test_output_names() {
  for row in "obj o" "asm s" "llvm-ir ll" "bitcode bc" "shared so"; do
    # shellcheck disable=SC2086
    set -- $row
    expect 0 "$tool" --emit="$1" $m/plain.wasm
    expect_file "plain.$2"
    expect 0 "$tool" --emit "$1" $m/plain.wasm -o "other.$1"
    cmp -s "plain.$2" "other.$1" || fail "two compilations to $1 differ"
  done
  expect_elf plain.o 1 $host
  expect_elf plain.so 3 $host
  expect_in plain.ll "define "
  expect_in plain.s ".text"
  [ "$(head -c 2 plain.bc)" = BC ] || fail "plain.bc is no bitcode"
  expect 0 "$clang" -x ir -c plain.bc -o from-bitcode.o
  expect 0 "$clang" -x ir -c plain.ll -o from-ir.o
  expect 0 "$clang" -c plain.s -o from-asm.o
  expect_absent a.out
}

test_c_and_s() {
  expect 0 "$tool" -c $m/plain.wasm -oattached.o
  expect_elf attached.o 1 $host
  expect 0 "$tool" -S $m/plain.wasm
  expect_file plain.s
  expect 0 "$tool" -c -S --emit=exe $m/hello.wasm -o program
  expect_elf program 3 $host
}

test_standard_streams() {
  expect 0 "$tool" -o program - <$m/hello.wasm
  expect 0 ./program 0
  expect 0 "$tool" - <$m/hello.wasm
  expect_elf a.out 3 $host
  expect 0 "$tool" -S -o - $m/plain.wasm
  expect_in out ".text"
  expect 1 "$tool" -S - <$m/plain.wasm
  expect 1 "$tool" -o program - </dev/null
  expect_in err "<stdin>:"
}

test_levels() {
  for level in -O -O0 -O1 -O2 -O3 -Os -Oz; do
    expect 0 "$tool" $level $m/hello.wasm -o program
    expect 5 ./program 5
    expect_in out "hello 5"
  done
}

test_targets() {
  for spelling in x86_64-linux amd64-linux x86_64-unknown-linux-gnu x86_64; do
    expect 0 "$tool" -c --target=$spelling $m/plain.wasm -o plain.o
    expect_elf plain.o 1 x86_64
  done
  for spelling in aarch64-linux arm64-linux aarch64-linux-gnu aarch64-unknown-linux-musl; do
    expect 0 "$tool" -c --target $spelling $m/plain.wasm -o plain.o
    expect_elf plain.o 1 aarch64
  done
  expect 1 "$tool" --target=i386-linux $m/plain.wasm
  expect_in err "supported are"
}

test_both_architectures_and_sizes() {
  for arch in x86_64 aarch64; do
    expect 0 "$tool" --target=$arch-linux $m/hello.wasm -o hello-$arch
    expect_elf hello-$arch 3 $arch
    expect 9 native $arch ./hello-$arch 9
    expect_in out "hello 9"
    expect 0 "$tool" --target=$arch-linux $m/world.wasm -o world
    size=$(wc -c <world)
    [ "$size" -le 65536 ] || fail "hello world for $arch takes $size bytes"
  done
}

test_cpu() {
  expect 0 "$tool" --cpu=native $m/hello.wasm -o program
  expect 4 ./program 4
  expect 1 "$tool" --cpu=quux $m/hello.wasm
  expect_in err "quux"
  expect 0 "$tool" --target=x86_64 --cpu=haswell --cpu-features=-avx2 -c $m/plain.wasm
  expect 1 "$tool" --cpu-features=+avx2,+quux -c $m/plain.wasm
  expect_in err "'+quux'"
  expect 1 "$tool" --target=$foreign --cpu=native -c $m/plain.wasm
  expect_in err "native"
  # Of what LLVM says of an arm64 CPU most concerns systems: what it compiles for it runs where applications' part is.
  expect 0 "$tool" --target=aarch64 --cpu=neoverse-n1 $m/hello.wasm -o program
  expect 3 native aarch64 ./program 3
  # An executable asks before it runs; one for the baseline does not link the question.
  expect 0 "$tool" --target=aarch64 --cpu=neoverse-v1 $m/hello.wasm -o program
  expect 2 qemu-aarch64 -cpu cortex-a53 ./program 3
  expect_in err "compiled for a CPU with a feature that this one lacks: "
}

# What the lowering makes of vectors in context, computed once more lane by lane.
test_vectors() {
  for options in "--target=$host" "--target=$host -O0" "--cpu=native" "--cpu=native --deterministic" "--target=$foreign" \
    "--target=$foreign -O0"; do
    # shellcheck disable=SC2086
    expect 0 "$tool" $options $m/vectors.wasm -o program
    case $options in *$foreign*) arch=$foreign ;; *) arch=$host ;; esac
    expect 0 native $arch ./program
    [ $status = 0 ] || cat out
  done
}

# The same results everywhere, and those of the standard's deterministic profile.
test_deterministic() {
  sums=
  for options in "--target=$host" "--target=$host -O0" "--cpu=native" "--cpu=native --model=instance" "--target=$foreign"; do
    # shellcheck disable=SC2086
    expect 0 "$tool" --deterministic $options $m/deterministic.wasm -o program
    case $options in *$foreign*) arch=$foreign ;; *) arch=$host ;; esac
    expect 0 native $arch ./program
    [ $status = 0 ] || cat out
    sums="$sums $(tail -n 1 out)"
  done
  # shellcheck disable=SC2086
  [ "$(printf '%s\n' $sums | sort -u | wc -l)" = 1 ] || fail "results differ: $sums"
  # The options of the module say so.
  expect 0 "$tool" --deterministic --emit=llvm-ir $m/plain.wasm -o plain.ll
  expect_in plain.ll " deterministic"
}

test_models_and_bounds() {
  for model in static instance; do
    for bounds in guard check; do
      expect 0 "$tool" --model=$model --bounds=$bounds $m/hello.wasm -o program
      expect 6 ./program 6
      expect_in out "hello 6"
      expect 134 ./program trap
      expect_in err "out of bounds memory access"
    done
  done
  expect 0 "$tool" -c --single-instance $m/plain.wasm -o single.o
  expect 0 "$tool" -c --model=static $m/plain.wasm -o static.o
  cmp -s single.o static.o || fail "--single-instance and --model=static differ"
}

test_features() {
  expect 1 "$tool" --features=mvp $m/extend.wasm
  expect_in err "sign-extension"
  expect_absent a.out
  expect 0 "$tool" --features=mvp,sign-extension -c $m/extend.wasm
  expect 1 "$tool" validate --features=-sign-extension $m/extend.wasm
  expect 0 "$tool" --features=help
  expect_in out "reference-types"
}

test_debug_symbols() {
  expect 0 "$tool" $m/hello.wasm -o stripped
  expect 0 "$tool" -g $m/hello.wasm -o whole
  [ "$(wc -c <whole)" -gt "$(wc -c <stripped)" ] || fail "-g keeps no symbols"
  expect 2 ./whole 2
}

test_verbose() {
  expect 0 "$tool" -v $m/hello.wasm
  expect_in err "ld.lld "
  expect_in err "libwasmrt.a"
  expect_in err " -o a.out "
}

test_time_report() {
  expect 0 "$tool" --time-report $m/hello.wasm
  for phase in decode check lower optimize emit link total; do
    expect_in err "$phase"
  done
}

# Divided, a program is the same on any number of threads, and does what it does as a whole.
test_partitions() {
  for arch in x86_64 aarch64; do
    for options in "--model=static -O0" "--model=instance -O2"; do
      # shellcheck disable=SC2086
      set -- $options --target=$arch $m/hello.wasm
      expect 0 "$tool" "$@" -o whole
      expect 134 native $arch ./whole trap
      mv err whole.err
      for size in 1 4K; do
        expect 0 "$tool" "$@" -v -j1 --partition-size=$size -o one
        expect_in err "partitions on 1 threads"
        expect 0 "$tool" "$@" -v -j 4 --partition-size $size -o four
        expect_in err "partitions on 4 threads"
        cmp -s one four || fail "$options: -j1 and -j4 differ"
        cmp -s one whole && fail "$options: nothing was divided"
        expect 7 native $arch ./one 7
        expect_in out "hello 7"
        expect 134 native $arch ./four trap
        # Inlining may take functions off the stack.
        [ "$options" = "--model=instance -O2" ] || cmp -s err whole.err || fail "$options: $(diff whole.err err)"
      done
    done
    expect 0 "$tool" --target=$arch --partition-size=1 --missing-imports=zero $m/missing.wasm -o missing
    expect 0 native $arch ./missing g
    expect_in out "g gives 0"
  done
  expect 0 "$tool" -S --partition-size=1 $m/plain.wasm -o divided.s
  expect 0 "$tool" -S $m/plain.wasm -o whole.s
  cmp -s divided.s whole.s || fail "assembly is divided"
  expect 0 "$tool" --time-report --partition-size=1 -j2 $m/plain.wasm -c
  expect_in err "partitions on 2 threads"
  for number in 0 -1 x 1.5 2000 ''; do
    expect 1 "$tool" "-j=$number" $m/plain.wasm
    expect_in err "number from 1"
  done
  expect 1 "$tool" --partition-size=some $m/plain.wasm
}

# The parts of two divided modules in one program are not taken for each other's, and show no symbol but the descriptor.
test_partitioned_objects() {
  for arch in x86_64 aarch64; do
    for name in left right; do
      for threads in 1 4; do
        expect 0 "$tool" -c --target=$arch --partition-size=1 -j$threads --name=$name $m/hello.wasm -o $name$threads.o
      done
      expect_elf $name$threads.o 1 $arch
      cmp -s ${name}1.o ${name}4.o || fail "objects made by one and four threads differ"
    done
    expect 0 ld.lld-19 -shared left1.o right1.o -o both.so
    expect 0 nm -D --defined-only both.so
    [ "$(awk '{ print $3 }' out | sort | tr '\n' ' ')" = "left_module right_module " ] || fail "symbols: $(cat out)"
    expect 0 "$tool" --emit=shared --target=$arch --partition-size=1 --name=left $m/hello.wasm -o left.so
    expect_elf left.so 3 $arch
  done
}

# An error is told once, and nothing stays.
test_partitions_that_fail() {
  mkdir temporary
  expect 1 env TMPDIR="$PWD/temporary" sh -c \
    "trap '' XFSZ; ulimit -f 2; exec '$tool' -O0 -j4 --partition-size=1 $m/hello.wasm -o program"
  [ "$(grep -c error: err)" = 1 ] || fail "not one error: $(cat err)"
  expect_in err "cannot write"
  [ -z "$(ls temporary)" ] || fail "left $(ls temporary)"
  expect_absent program
}

test_name() {
  expect 0 "$tool" -c --name=my_plugin $m/plain.wasm -o plain.o
  expect_in plain.o my_plugin_module
  expect 0 "$tool" -c $m/plain.wasm -o plain.o
  expect_in plain.o wasm_module
}

test_missing_imports() {
  echo old >a.out
  expect 1 "$tool" $m/missing.wasm
  expect_in err 'f'
  expect_in err '(i32, i64) -> i32'
  expect_in err '() -> f64'
  [ "$(cat a.out)" = old ] || fail "a failed link touched the output"
  [ "$(find . -type f | wc -l)" = 3 ] || fail "a failed link left $(ls)"
  expect 0 "$tool" --missing-imports=trap $m/missing.wasm -o trap
  expect 0 ./trap
  expect 134 ./trap f
  expect_in err "missing import"
  expect_in err "env"
  expect 0 "$tool" --missing-imports=zero $m/missing.wasm -o zero
  expect 0 ./zero f
  expect_in out "f gives 0"
  expect 0 ./zero g
  expect_in out "g gives 0"
  for arch in x86_64 aarch64; do
    expect 0 "$tool" --target=$arch --missing-imports=trap --model=instance $m/missing.wasm -o trap
    expect 134 native $arch ./trap g
  done
}

# Functions that the module imports, from an object and from an archive.
test_link_inputs() {
  cat >f.c <<'C'
struct wasmrt_instance;
unsigned f(struct wasmrt_instance *caller, unsigned a, unsigned long b) __asm__("w2n.env.f");
unsigned f(struct wasmrt_instance *caller, unsigned a, unsigned long b) { return caller ? a + (unsigned)b : 0; }
C
  cat >g.c <<'C'
struct wasmrt_instance;
double g(struct wasmrt_instance *caller) __asm__("w2n.env.g");
double g(struct wasmrt_instance *caller) { return caller ? 2.5 : 0; }
C
  for arch in x86_64 aarch64; do
    expect 0 "$clang" --target=$arch-linux-musl -O1 -fPIE -c f.c g.c
    expect 0 llvm-ar-19 rcs libg.a g.o
    expect 0 "$tool" --target=$arch $m/missing.wasm f.o libg.a -o program
    expect 0 native $arch ./program f
    expect_in out "f gives 42"
    expect 0 native $arch ./program g
    expect_in out "g gives 25"
  done
  expect 1 "$tool" $m/missing.wasm absent.o
  expect_in err "absent.o"
  expect 0 "$tool" -c $m/missing.wasm f.o
  expect_in err "warning"
}

test_directories() {
  mkdir data
  echo content >data/file
  expect 0 "$tool" $m/cat.wasm -o closed
  expect 1 ./closed /data/file
  expect 0 "$tool" --dir=data::/data $m/cat.wasm -o open
  expect 0 ./open /data/file
  expect_in out "content"
  expect 1 ./open /data/../../modules/hello.wasm
  expect 1 ./open -w /data
  expect 0 ./open -w /data/new
  expect_file data/new
  expect 0 "$tool" --dir data::/data:ro $m/cat.wasm -o reading
  expect 0 ./reading /data/file
  expect 1 ./reading -w /data/newer
  expect_absent data/newer
  expect 0 env WASMRT_OPTIONS="--dir=data::/data" ./closed /data/file
  expect 0 "$tool" --sealed $m/cat.wasm -o sealed
  expect 1 env WASMRT_OPTIONS="--dir=data::/data" ./sealed /data/file
}

test_embedded_trees() {
  mkdir -p data/sub
  echo content >data/file
  echo below >data/sub/file
  for arch in x86_64 aarch64; do
    for model in static instance; do
      expect 0 "$tool" --target=$arch --model=$model --embed=data::/data --embed data/sub::/other $m/cat.wasm -o $arch-$model
      expect_elf $arch-$model 3 $arch
    done
  done
  cp -r data copy
  rm -r data
  for arch in x86_64 aarch64; do
    for model in static instance; do
      expect 0 native $arch ./$arch-$model /data/sub/file
      expect_in out "below"
      expect 0 native $arch ./$arch-$model /other/file
      expect_in out "below"
      expect 1 native $arch ./$arch-$model -w /data/new
      expect 1 native $arch ./$arch-$model /data/../copy/file
      export WASMRT_OPTIONS="--dir=copy::/beside"
      expect 0 native $arch ./$arch-$model /beside/file
      expect_in out "content"
      unset WASMRT_OPTIONS
    done
  done
  # A directory alone is known under its own name, and `run` does the same.
  expect 0 "$tool" run --embed=copy $m/cat.wasm copy/file
  expect_in out "content"
}

# The same tree makes the same executable, whatever its times are, and also where an earlier one lies in it.
test_embedded_trees_are_reproducible() {
  mkdir tree
  echo content >tree/file
  expect 0 "$tool" --embed=tree::/ $m/cat.wasm -o tree/program
  cp tree/program first
  touch -d 2001-01-01 tree/file
  chmod 400 tree/file
  expect 0 "$tool" --embed=tree::/ $m/cat.wasm -o tree/program
  cmp -s first tree/program || fail "two compilations differ"
  expect 1 tree/program /program
  expect 0 env SOURCE_DATE_EPOCH=1000000000 "$tool" --embed=tree::/ $m/cat.wasm -o tree/program
  cmp -s first tree/program && fail "SOURCE_DATE_EPOCH has no effect"
  expect 0 tree/program /file
  expect 1 env SOURCE_DATE_EPOCH=yesterday "$tool" --embed=tree::/ $m/cat.wasm
  expect_in err "SOURCE_DATE_EPOCH"
}

test_embedded_trees_that_cannot_be() {
  mkdir tree tree/sub
  mkfifo tree/sub/pipe
  expect 1 "$tool" --embed=tree::/tree $m/cat.wasm
  expect_in err "'tree/sub/pipe' is a FIFO"
  rm tree/sub/pipe
  truncate -s 2G tree/sub/huge
  expect 1 "$tool" --embed=tree::/tree $m/cat.wasm
  expect_in err "too large"
  expect 1 "$tool" --emit=shared --embed=tree::/tree $m/cat.wasm
  expect_in err "for executables"
  expect_absent a.out
  # What has no tree links nothing of this.
  expect 0 "$tool" -g $m/cat.wasm
  nm a.out | grep -q wasmrt_tree_fs && fail "an executable without a tree has the code for it"
  rm tree/sub/huge
  expect 0 "$tool" -g --embed=tree::/tree $m/cat.wasm
  nm a.out | grep -q wasmrt_tree_fs || fail "nm shows no code for trees"
}

test_environment() {
  expect 0 "$tool" $m/environment.wasm -o closed
  expect 1 env A=outer ./closed A
  expect 0 "$tool" --env A=inner --env=B="two words" $m/environment.wasm -o given
  expect 0 env A=outer ./given A
  expect_in out inner
  expect 0 ./given B
  expect_in out "two words"
  expect 0 "$tool" --inherit-env $m/environment.wasm -o inherit
  expect 0 env A=outer ./inherit A
  expect_in out outer
  expect 0 env WASMRT_OPTIONS="--env='A=from here'" ./closed A
  expect_in out "from here"
}

# Runs a program with WASMRT_OPTIONS, and leaves the lines of its trace in err: traced OPTIONS ARCH PROGRAM...
traced() {
  (
    export WASMRT_OPTIONS="$1"
    shift
    native "$@"
  ) 2>all
  result=$?
  grep -e ') = ' all >&2
  return $result
}

test_trace() {
  for options in "--target=$host" "--target=$host --model=instance" "--target=$foreign" "--target=$foreign --model=instance"; do
    case $options in *$foreign*) arch=$foreign ;; *) arch=$host ;; esac
    # shellcheck disable=SC2086
    expect 0 "$tool" $options $m/world.wasm -o plain
    expect 0 traced "" $arch ./plain
    expect_empty err
    expect 0 traced --trace=wasi $arch ./plain
    expect_in err 'fd_write(fd=1, iovs=[{"hello, world'
    expect_in err 'nwritten=13) = 0'
    expect_in err 'fd_fdstat_get(fd=1, stat={filetype=REGULAR_FILE, flags=0, '
    expect_in out "hello, world"
    expect 0 traced --trace=wasi:clock,sock $arch ./plain
    expect_empty err
    # shellcheck disable=SC2086
    expect 0 "$tool" $options --trace=wasi:proc --sealed $m/hello.wasm -o sealed
    expect 9 traced --trace=wasi $arch ./sealed 9
    [ "$(cat err)" = "proc_exit(status=9) = ?" ] || fail "traced: $(cat err)"
  done
  expect 3 "$tool" run --trace=wasi:args $m/hello.wasm -- 3
  expect_in err "args_sizes_get(argc=2, argv_buf_size="
}

test_limits() {
  expect 0 "$tool" $m/grow.wasm -o free
  expect 0 ./free 100
  expect 0 "$tool" --max-memory=4M $m/grow.wasm -o limited
  expect 1 ./limited 100
  expect 0 ./limited 1
  expect 0 "$tool" --stack-size=1M $m/recurse.wasm -o shallow
  expect 134 ./shallow
  expect_in err "call stack exhausted"
}

test_run() {
  mkdir temporary
  expect 7 env TMPDIR="$PWD/temporary" "$tool" run $m/hello.wasm 7
  expect_in out "hello 7"
  expect 7 "$tool" run -O0 $m/hello.wasm -- 7
  expect_in out "hello 7"
  expect 134 env TMPDIR="$PWD/temporary" "$tool" run $m/hello.wasm trap
  expect 1 env TMPDIR="$PWD/temporary" "$tool" run $m/missing.wasm
  expect 1 env TMPDIR="$PWD/temporary" "$tool" run $m/invalid.wasm
  expect 0 "$tool" run --env A=inner $m/environment.wasm A
  expect_in out inner
  expect 5 "$tool" run - 5 <$m/hello.wasm
  [ -z "$(ls temporary)" ] || fail "run left $(ls temporary)"
  expect 4 env TMPDIR="$PWD/absent" "$tool" run $m/hello.wasm 4
  expect_absent a.out
}

# Whatever ends the compilation, nothing stays.
interrupt() {
  # The compiler waits for the rest of its module. A shell has its background processes ignore SIGINT.
  mkfifo pipe
  TMPDIR="$PWD/temporary" env --default-signal=INT "$tool" "$2" - <pipe &
  exec 9>pipe
  head -c 50000 $m/hello.wasm >&9
  tries=0
  while [ -z "$(ls temporary)" ] && [ $tries -lt 1200 ]; do sleep 0.05 && tries=$((tries + 1)); done
  kill -"$1" $!
  wait $! 2>/dev/null
  status=$?
  exec 9>&-
  rm pipe
  [ $status -gt 128 ] || fail "SIG$1 gave exit status $status"
  [ -z "$(ls temporary)" ] || fail "SIG$1 left $(ls temporary)"
}

test_interrupted() {
  mkdir temporary
  for signal in INT TERM HUP; do
    interrupt $signal run
    interrupt $signal -oprogram
  done
  [ "$(ls)" = temporary ] || fail "a signal left $(ls)"
}

test_run_arguments() {
  expect 0 "$tool" run $m/arguments.wasm -- -o --help "two words" ""
  expect_in out "[$m/arguments.wasm][-o][--help][two words][]"
  expect 0 "$tool" run $m/arguments.wasm --version -- x
  expect_in out "[--version][--][x]"
}

test_validate() {
  expect 0 "$tool" validate $m/hello.wasm $m/plain.wasm
  expect_empty out
  expect_empty err
  expect 1 "$tool" validate $m/hello.wasm $m/invalid.wasm $m/truncated.wasm absent.wasm
  expect_in err "invalid.wasm:0x"
  expect_in err "truncated.wasm:0x"
  expect_in err "absent.wasm"
  expect 0 "$tool" validate - <$m/plain.wasm
}

test_inspect() {
  expect 0 "$tool" inspect $m/missing.wasm
  for word in env fd_write memory _start "(i32, i64) -> i32"; do
    expect_in out "$word"
  done
  expect 1 "$tool" inspect $m/truncated.wasm
}

test_invalid_modules() {
  for module in invalid truncated; do
    echo old >a.out
    expect 1 "$tool" $m/$module.wasm
    expect_in err "$module.wasm:0x"
    expect_in err "error: "
    [ "$(cat a.out)" = old ] || fail "an invalid module touched the output"
  done
}

test_outputs_that_cannot_be() {
  expect 1 "$tool" $m/hello.wasm -o absent/program
  expect_in err "absent/program"
  expect 1 "$tool" -c $m/hello.wasm -o absent/object.o
  mkdir directory
  expect 1 "$tool" $m/hello.wasm -o directory
  expect 1 "$tool" -c $m/hello.wasm -o directory
  expect 0 "$tool" $m/hello.wasm -o /dev/null
  expect 0 "$tool" -c $m/hello.wasm -o /dev/null
  [ -c /dev/null ] || fail "/dev/null is no device any more"
  expect 1 sh -c "'$tool' --help >/dev/full"
  for kind in obj asm llvm-ir bitcode; do
    expect 1 "$tool" --emit=$kind $m/plain.wasm -o /dev/full
    expect_in err "plain.wasm: error: cannot write '/dev/full': No space left on device"
  done
}

# The tool as installed: in a directory that was not foreseen, with no compiler, linker or shell to be found.
test_installed() {
  expect 0 cmake --install "$build" --prefix "$PWD/first"
  mv first "second place"
  installed="$PWD/second place"
  for arch in x86_64 aarch64; do
    expect 0 env -i PATH= "$installed/bin/wasm2native" --target=$arch $m/hello.wasm -o program-$arch
    expect 8 native $arch ./program-$arch 8
    expect_in out "hello 8"
  done
  for file in include/wasm2native.h include/wasmrt.h lib/libwasm2native.a lib/libwasmrt.a; do
    expect_file "$installed/$file"
  done
}

# The compiler and the runtime as libraries, by the installed tree's pkg-config files alone.
test_libraries() {
  expect 0 cmake --install "$build" --prefix "$PWD/installed"
  sanitize=
  grep -q '^WASM2NATIVE_SANITIZE:[A-Z]*=ON' "$build/CMakeCache.txt" && sanitize=-fsanitize=address,undefined
  export PKG_CONFIG_PATH="$PWD/installed/lib/pkgconfig"
  # shellcheck disable=SC2046,SC2086
  expect 0 cc $sanitize "$here/embed_compiler.c" $(pkg-config --cflags --libs wasm2native) -o compiler
  expect 0 ./compiler installed/lib/wasm2native $m/hello.wasm program
  expect 0 ./program 0
  expect_in out "hello 0"
  expect 1 ./compiler installed/lib/wasm2native $m/invalid.wasm program
  expect_in out "invalid.wasm:0x"
  expect 0 "$tool" -c --name=plain $m/plain.wasm
  # shellcheck disable=SC2046,SC2086
  expect 0 cc $sanitize "$here/embed_runtime.c" plain.o $(pkg-config --cflags --libs wasmrt) -o runtime
  expect 0 ./runtime
}

# --- running them ---

# Modules from C, by clang's WebAssembly target.
mkdir "$scratch/modules"
for source in "$here"/modules/*.c; do
  name=$(basename "$source" .c)
  case $name in
  plain | extend) flags="--target=wasm32 -nostdlib -Wl,--no-entry" ;;
  *) flags="--target=wasm32-wasi" ;;
  esac
  # shellcheck disable=SC2086
  case $name in
  deterministic | vectors) # in two steps, for after one clang calls wasm-opt, which may be older than relaxed SIMD
    "$clang" $flags -msimd128 -mrelaxed-simd -Os -c "$source" -o "$scratch/modules/$name.o" &&
      "$clang" $flags "$scratch/modules/$name.o" -o "$scratch/modules/$name.wasm" || exit 1
    ;;
  *) "$clang" $flags -Os "$source" -o "$scratch/modules/$name.wasm" || exit 1 ;;
  esac
done
head -c 300 "$scratch/modules/hello.wasm" >"$scratch/modules/truncated.wasm"
# A function of type () -> i32 with an empty body.
printf '\0asm\1\0\0\0\1\5\1\140\0\1\177\3\2\1\0\12\4\1\2\0\13' >"$scratch/modules/invalid.wasm"

[ $# -gt 0 ] || set -- $(sed -n 's/^\(test_[a-z_]*\)() {$/\1/p' "$0")
passed=0
failed=0
for current; do
  failed_now=no
  mkdir "$scratch/$current"
  cd "$scratch/$current" || exit 1
  $current
  if [ $failed_now = no ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  cd "$scratch" && rm -rf "${scratch:?}/$current"
done
echo "cli: $passed passed, $failed failed"
[ $failed = 0 ]
