#!/bin/sh
# run.sh BUILD CLANG: how executables confine themselves: what machine code in the process is refused (attack.c), that
# nothing of WASI works otherwise than without (every.c), what kernels say that cannot, and which system calls are allowed. Exits
# with 77 where this machine's kernel lacks seccomp filters or Landlock.
set -eu

build=$1
clang=$2
here=$(cd "$(dirname "$0")" && pwd)
tool=$build/bin/wasm2native
arch=$(uname -m)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset WASMRT_OPTIONS

fail() {
  echo "confine: $*" >&2
  exit 1
}

# same WANTED FOUND WHAT
same() { diff -u "$1" "$2" || fail "$3"; }

for guest in attacked every quiet; do
  "$clang" --target=wasm32-wasi -O1 -w "$here/$guest.c" -o $guest.wasm
done
"$clang" --target=$arch-linux-musl -O1 -fPIC -fno-stack-protector -nostdlibinc -isystem /usr/include/$arch-linux-musl \
  -c "$here/attack.c" -o attack.o
cc -O1 "$here/without.c" -o without

case $arch in
x86_64) openat=257 openat2=437 seccomp=317 ;;
*) openat=56 openat2=437 seccomp=277 ;;
esac
landlock=444

fresh() {
  rm -rf open frozen
  mkdir open frozen
  echo text >frozen/file
  ln -s /etc/passwd open/passwd
  echo secret >outside
}
fresh

"$tool" quiet.wasm -o quiet
"$tool" --confine --dir=open::/open quiet.wasm -o strict
./strict >out 2>err || {
  cat err
  exit 77
}

# --- what machine code can do ---

"$tool" attacked.wasm attack.o --dir=open::/open --dir=frozen::/frozen:ro -o attacked
WASMRT_OPTIONS=--confine ./attacked all >found 9</etc/passwd
[ $arch = x86_64 ] || grep -vx 'v\{0,1\}fork: .*\|open .*: .*\|openat as x32: .*' "$here/attack.expected" >wanted
[ $arch != x86_64 ] || cp "$here/attack.expected" wanted
same wanted found "with mounts"
[ "$(cat outside frozen/file)" = "secret
text" ] || fail "files have changed"

# Without a directory nothing is allowed at all.
"$tool" --confine attacked.wasm attack.o -o bare
./bare all >found 9</etc/passwd
sed '1d' found | grep -v ': EPERM$' >exceptions || :
echo "fstat of what it was started with: EBADF" | same - exceptions "without mounts"

# The test can tell: what is not confined opens all of it. C code is confined only where it is asked for.
fresh
# Whoever runs this may have left descriptors open, and nobody closes them then: 3 and 4 have to be the mounts.
./attacked >found 9</etc/passwd 3<&- 4<&- 5<&- 6<&- 7<&- 8<&-
sed '1d' found | grep -v ': done$' && fail "refused without confinement"
[ "$(wc -l <found)" -gt 8 ] || fail "the unconfined attack did not run"

# --- what the guest can do ---

"$tool" every.wasm --dir=open::/ --dir=frozen::/frozen:ro --listen=127.0.0.1:0 -o every
every() { # NAME COMMAND...
  name=$1
  shift
  fresh
  status=0
  "$@" <"$here/every.c" >every.$name 2>err || status=$?
  [ $status = 5 ] || fail "every.c ended with status $status, $name: $(cat err)"
}
every free env WASMRT_OPTIONS=--no-confine ./every
every confined env WASMRT_OPTIONS=--confine ./every
same every.free every.confined "every.c, confined"
every walked env WASMRT_OPTIONS=--confine ./without $openat2 -- ./every
same every.free every.walked "every.c, confined, without openat2"
[ "$(grep -c ': 0$' every.free)" -ge 60 ] || fail "too little of every.c succeeds"

# Signals: the handler of faults passes on what somebody sends, a stopped program goes on.
./quiet 20000 >out &
sleep 0.3
kill -SEGV $!
status=0
wait $! 2>/dev/null || status=$?
[ $status = 139 ] || fail "a program that SIGSEGV was sent to ended with status $status"
./quiet 600 >out &
sleep 0.2
kill -STOP $!
sleep 0.2
kill -CONT $!
wait $! || fail "a program that was stopped ended with status $?"

# --- kernels that cannot ---

# lacking NUMBER STATUS TEXT PROGRAM [ARGUMENT...]
lacking() {
  number=$1 wanted=$2 text=$3
  shift 3
  status=0
  ./without $number -- "$@" >out 2>err || status=$?
  [ $status = $wanted ] || fail "without $number, $*: status $status"
  printf '%s' "$text" | same - err "without $number, $*"
}
hint="(--no-confine to run without this message)"
lacking $seccomp 0 "./quiet: warning: not confined: this kernel has no seccomp filters $hint
" ./quiet
[ "$(cat out)" = up ] || fail "it did not run"
lacking $seccomp 2 "./strict: not confined: this kernel has no seccomp filters
" ./strict
lacking $landlock 0 "" ./quiet
lacking $landlock 0 "" ./strict # takes no paths: the filter is enough
"$tool" every.wasm --dir=open::/ --dir=frozen::/frozen:ro --confine -o every
lacking $landlock 2 "./every: not confined to its directories: this kernel has no Landlock
" ./every
"$tool" quiet.wasm --no-confine --sealed -o free
lacking $seccomp 0 "" ./free

# Before Linux 4.14 a kernel cannot say which actions it has (operation 2).
lacking $seccomp=2 0 "" ./strict

# --- the lists ---

# The numbers, without what is said of arguments; for a program that prints and sleeps, and one that opens files.
list() {
  objcopy -O binary --only-section=wasmrt_needs "$1" list
  od -An -v -tu2 -w4 list | awk '{ print $1 % 4096 }' | sort -nu | paste -sd ' '
}
[ -n "$(list quiet)" ] || fail "no list"
for number in $openat $openat2; do
  case " $(list quiet) " in *" $number "*) fail "a program without files may call $number: $(list quiet)" ;; esac
  case " $(list every) " in *" $number "*) ;; *) fail "a program with files may not call $number" ;; esac
done

# arm64 has numbers and ways through libc of its own. Its emulator has no filters, but shows what is called: all of it has to be
# listed, but for what only the start needs.
[ $arch = x86_64 ] && command -v qemu-aarch64 >/dev/null || exit 0
"$tool" --target=aarch64-linux every.wasm --dir=open::/ --dir=frozen::/frozen:ro --listen=127.0.0.1:0 --no-confine -o every.arm64
fresh
status=0
qemu-aarch64 -strace ./every.arm64 <"$here/every.c" >out 2>calls || status=$?
[ $status = 5 ] || fail "every.c for arm64 ended with status $status"
llvm-objcopy-19 --dump-section wasmrt_needs=list every.arm64 /dev/null
od -An -v -tu2 -w4 list | awk '{ print $1 % 4096 }' >listed
echo '#include <sys/syscall.h>' | "$clang" --target=aarch64-linux-musl -nostdlibinc -isystem /usr/include/aarch64-linux-musl -dM -E - |
  awk '$2 ~ /^__NR_/ { print substr($2, 6), $3 }' >numbers
sed -n 's/^[0-9]* \([a-z][a-z0-9_]*\)(.*/\1/p' calls | sort -u |
  grep -vxE 'set_tid_address|sigaltstack|socket|setsockopt|bind|listen|getsockname' >called
[ "$(wc -l <called)" -ge 35 ] || fail "too few calls are seen for arm64: $(cat called)"
while read -r name; do
  number=$(awk -v name="$name" '$1 == name { print $2 }' numbers)
  grep -qx "${number:-unknown}" listed || fail "for arm64 $name is called and not listed"
done <called
