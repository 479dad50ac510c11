#!/bin/sh
# Compiles large ready-made modules from npm to executables, and compares all that these write with what the
# same modules write under Node's engine. Prints compile time and peak memory.
#
#   yosys   the logic synthesiser, 31 MB (@yowasp/yosys), synthesises a small design
#   clang   compiler and linker, 75 MB (@yowasp/clang), make a WebAssembly program of a C file, which in turn
#           becomes an executable that does what a native build of the file does
#   ruby    the interpreter, 17 MB (@ruby/3.4-wasm-wasi), with its standard library inside the executable, runs a
#           script that uses much of it, and alone in an empty directory
#
#   sh tests/programs/large.sh [--arch=x86_64|aarch64|all] [-O0|-O1|-O2|-O3|-Os|-Oz] [NAME...]
#
# By default for x86_64, at -O1, all. The packages are fetched once, into build/large; without a network they
# are skipped. The environment variable WASM2NATIVE names another tool to test, PROGRAMS another directory to
# work in.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tool=${WASM2NATIVE:-$root/build/bin/wasm2native}
work=${PROGRAMS:-$root/build/large}
arches=x86_64
level=-O1
names=
for argument; do
  case $argument in
  --arch=all) arches="x86_64 aarch64" ;;
  --arch=x86_64 | --arch=aarch64) arches=${argument#--arch=} ;;
  -O[0123sz]) level=$argument ;;
  -h | --help) awk 'NR > 1 { if (!sub(/^# ?/, "")) exit; print }' "$0"; exit 0 ;;
  yosys | clang | ruby) names="$names $argument" ;;
  *) echo "large.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ -x "$tool" ] || { echo "large.sh: there is no $tool: build it first, see README.md" >&2; exit 2; }

passed=0 failed=0 skipped=0

report() { # VERDICT CHECK [DETAIL]
  case $1 in
  ok) passed=$((passed + 1)) ;;
  FAILED) failed=$((failed + 1)) ;;
  skipped) skipped=$((skipped + 1)) ;;
  esac
  printf '%-8s %s%s\n' "$1" "$2" "${3:+: $3}"
}

# ---- what each is: its package, files that it needs at run time (a mount), and a scenario ----
#
# The mount is given when the program is made if $options say so, and else when it is started.
# fresh_NAME fills the directory that the program sees as /; play_NAME calls `guest`, and leaves files there.

setup_yosys() {
  package=@yowasp/yosys version=0.55.944 module=package/gen/yosys.core.wasm
  resources=share::/share tools=yosys options=
}

unpack_yosys() {
  node "$here/yosys/unpack.mjs" package/gen/resources-yosys.js .
}

fresh_yosys() {
  cp "$here/yosys/design.v" "$1"
}

play_yosys() {
  guest yosys -q -T -l log.txt -p 'read_verilog design.v; synth_ice40 -top top -json netlist.json;
    write_verilog -noattr netlist.v; write_blif netlist.blif; tee -o statistics.txt stat;
    write_rtlil netlist.il'
}

# The driver runs the compiler within its own process, and cannot start the linker: that is a second call.
setup_clang() {
  package=@yowasp/clang version=22.0.0-git20542-10 module=package/gen/llvm.core.wasm
  resources=usr::/usr tools="clang wasm-ld" options=
}

unpack_clang() {
  mkdir usr && tar xf package/gen/llvm-resources.tar -C usr
}

fresh_clang() {
  cp "$here/clang/program.c" "$1"
}

play_clang() {
  libraries=/usr/lib/wasm32-wasip1
  guest clang --version &&
    guest clang -O2 -Wall -c program.c -o program.o &&
    guest clang -O0 -g -c program.c -o debug.o &&
    guest wasm-ld $libraries/crt1.o program.o -L$libraries -lm -lc \
      /usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a -o program.wasm
}

# Does the program that it made do what clang's native build does?
check_made_program() { # DIRECTORY
  clang-19 -O2 -ffp-contract=off "$here/clang/program.c" -lm -o program.native || return 1
  ./program.native some words >expected.words
  echo "exit status $?" >>expected.words
  "$tool" run "$1/program.wasm" -- some words >made.words
  echo "exit status $?" >>made.words
  cmp expected.words made.words
}

# The package's modules are libraries: command.wat makes a command of one. Its plain module lacks the standard library,
# which another one brings along and copies out. What it imports beside WASI is for JavaScript objects.
setup_ruby() {
  package=@ruby/3.4-wasm-wasi version=2.10.1 module=ruby.wasm
  resources=ruby::/ruby tools=ruby options="--missing-imports=trap --embed=ruby::/ruby"
}

unpack_ruby() {
  merge=$(command -v wasm-merge)
  if [ -z "$merge" ]; then # Debian's binaryen has it since version 13
    npm pack --silent binaryen@123.0.0 >npm.log 2>&1 && mkdir -p binaryen &&
      tar xzf binaryen-123.0.0.tgz -C binaryen --strip-components=1 && rm binaryen-123.0.0.tgz || return 1
    merge="node binaryen/bin/wasm-merge"
  fi
  rm -rf unpacked
  wasm-as --enable-bulk-memory "$here/ruby/command.wat" -o command.wasm &&
    $merge --enable-multimemory --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
      --enable-reference-types package/dist/ruby.wasm ruby command.wasm command -o $module >merge.log 2>&1 &&
    node --no-warnings "$here/ruby/unpack.mjs" package/dist/ruby+stdlib.wasm unpacked &&
    cp "$here/ruby/main.rb" unpacked && mv unpacked ruby
}

fresh_ruby() {
  cp "$here/ruby/libraries.rb" "$here/ruby/helper.rb" "$1"
}

play_ruby() {
  guest ruby libraries.rb one 'two words'
  [ $? = 7 ]
}

# Nothing but the executable: no option (emulators cannot confine it, and it would say so), no file, no variable.
check_alone() {
  rm -rf alone
  mkdir alone
  (cd alone && env -i ${qemu:+WASMRT_OPTIONS=--no-confine} $qemu ../$arch-bin/ruby -e '
    require "set"; require "json"; require "yaml"; require "digest"
    puts JSON.generate(Set[1, 2].to_a + [YAML.load("a: b")]), Digest::SHA1.hexdigest("")
    ["/ruby/3.4.0/set.rb", "/ruby/new"].each do |name|
      File.write(name, "")
    rescue SystemCallError => error
      puts error.class
    end
    ["/ruby/../etc/passwd", "/etc/passwd"].each do |name|
      File.read(name)
    rescue SystemCallError => error
      puts error.class
    end
    puts File.size("/ruby/3.4.0/set.rb") > 1000' >output.txt 2>&1)
  printf '%s\n' '[1,2,{"a":"b"}]' da39a3ee5e6b4b0d3255bfef95601890afd80709 Errno::EROFS Errno::EROFS Errno::EPERM \
    Errno::ENOENT true | cmp - alone/output.txt
}

# ---- the run ----

guest() { # TOOL ARGUMENT...: under Node, or the executable for $arch
  if [ $arch = node ]; then
    node --no-warnings "$here/reference.mjs" $module expected::/ $resources -- "$@"
  else
    guest_tool=$1
    shift
    mount="--dir=$resources:ro"
    [ -z "$options" ] || mount=
    WASMRT_OPTIONS="${qemu:+--no-confine }--dir=$arch::/ $mount" $qemu ./$arch-bin/$guest_tool "$@"
  fi
}

play() { # NAME DIRECTORY
  rm -rf "$2"
  mkdir -p "$2/tmp"
  fresh_$1 "$2"
  start=$(date +%s%N)
  play_$1 >"$2/output.txt" 2>&1
  echo "exit status $?" >>"$2/output.txt"
  took=$((($(date +%s%N) - start) / 1000000))
  printf '         %s, %s: ran %d.%03d s\n' "$1" "$arch" $((took / 1000)) $((took % 1000))
}

compile() { # NAME: makes $arch-bin, with a link for each tool
  rm -rf $arch-bin
  mkdir $arch-bin
  if ! /usr/bin/time -f '%e %U %M' -o $arch.time \
    "$tool" $level --target=$arch-linux $options $module -o $arch-bin/program >$arch.log 2>&1; then
    head -n 5 $arch.log
    return 1
  fi
  # The name that it is started by tells the tool.
  for link in $tools; do
    ln -s program $arch-bin/$link
  done
  read -r seconds cpu kilobytes <$arch.time
  echo "         $1, $arch: $(($(wc -c <$module) / 1000000)) MB of wasm compiled at $level in $seconds s" \
    "(CPU: $cpu s) and $((kilobytes / 1024)) MB, executable $(($(wc -c <$arch-bin/program) / 1024)) KB"
}

compare() { # NAME
  for expected in $(find expected -type f); do
    file=${expected#expected/}
    [ ! -e "$here/$1/$file" ] || continue # what was given
    if cmp -s $expected $arch/$file; then
      report ok "$1/$file $arch"
    else
      report FAILED "$1/$file $arch" "differs, in $work/$1/$arch"
      diff $expected $arch/$file 2>&1 | head -n 10 | cut -c 1-200
    fi
  done
}

for name in ${names:-yosys clang ruby}; do
  setup_$name
  mkdir -p "$work/$name"
  cd "$work/$name" || exit 2
  if ! [ -e package ]; then
    rm -rf "${resources%%::*}"
    archive=$(echo ${package#@} | tr / -)-$version.tgz
    if ! { npm pack --silent $package@$version >npm.log 2>&1 && tar xzf $archive; }; then
      report skipped $name "could not fetch $package $version (see $work/$name/npm.log)"
      rm -rf package
      continue
    fi
    rm -f $archive
  fi
  [ -d "${resources%%::*}" ] || unpack_$name || exit 2

  arch=node
  play $name expected
  if ! grep -q '^exit status 0' expected/output.txt; then
    report FAILED "$name under Node"
    tail -n 5 expected/output.txt
    continue
  fi
  for arch in $arches; do
    qemu=
    if [ $arch != "$(uname -m)" ]; then
      command -v qemu-$arch >/dev/null || { report skipped "$name $arch"; continue; }
      qemu=qemu-$arch
    fi
    if ! compile $name; then
      report FAILED "$name $arch compiles"
      continue
    fi
    play $name $arch
    compare $name
    if [ $name = ruby ]; then
      if check_alone; then
        report ok "ruby alone $arch"
      else
        report FAILED "ruby alone $arch" "see $work/ruby/alone"
      fi
    fi
    [ $name = clang ] || continue
    if check_made_program $arch; then
      report ok "$name/program.wasm $arch, as an executable"
    else
      report FAILED "$name/program.wasm $arch, as an executable" "differs from a native build, in $work/$name"
    fi
  done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
