#!/bin/sh
# Checks the shape of the source tree: which folder includes which, sizes of files and functions, and a few rules that
# no compiler enforces. Prints each violation; the exit status is 1 if there is one.
#
#   sh tests/structure/run.sh [LIBRARY_DIR]
#
# With the folder that holds the compiler's libraries (libw2n_*.a) it also looks for file-scope mutable state in them.
set -eu
cd "$(dirname "$0")/../.."
libraries=${1:-}
MAX_FILE_LINES=1000
MAX_FUNCTION_LINES=80

sources() {
  find "$@" -type f \( -name '*.c' -o -name '*.cc' -o -name '*.h' \) | sort
}

# The arrows: FOLDER: the folders that it may include. public is wasm2native/include, abi is libwasmrt/abi.
arrows='
base:
wasm: base
check: wasm base
lower: wasm base abi
emit: base
link: base abi
driver: public check lower emit link wasm base abi
cli: public check wasm base abi
'

# Which folder a header is of, as FOLDER/NAME lines.
headers() {
  for folder in base wasm check lower emit link driver cli; do
    find wasm2native/$folder -type f \( -name '*.h' -o -name '*.def' \) | sed "s|.*/|$folder/|"
  done
  find wasm2native/include -type f | sed 's|.*/|public/|'
  find libwasmrt/abi -type f | sed 's|.*/|abi/|'
}

# Headers are included by their bare names, so these have to be unique among the folders of the compiler.
check_header_names() {
  headers | sed 's|.*/||' | sort | uniq -d | sed 's/^/two headers with the name /'
}

# One line "FOLDER FILE HEADER" for each quoted include of the compiler's folders.
includes() {
  for folder in base wasm check lower emit link driver cli; do
    # shellcheck disable=SC2046
    grep -H '^# *include "' $(sources wasm2native/$folder) | sed "s/^\([^:]*\):[^\"]*\"\([^\"]*\)\".*/$folder \1 \2/"
  done
}

check_arrows() {
  {
    echo "$arrows" | sed -n 's/^\([a-z]*\):/arrow \1 /p'
    headers | sed 's|^\(.*\)/\(.*\)|header \1 \2|'
    includes | sed 's/^/include /'
  } | awk '
    $1 == "arrow" { for (i = 3; i <= NF; i++) may[$2, $i] = 1; may[$2, $2] = 1 }
    $1 == "header" { owner[$3] = owner[$3] " " $2 }
    $1 == "include" && $4 !~ /^(llvm-c|llvm|lld)\// {
      ok = 0
      n = split(owner[$4], owners, " ")
      for (i = 1; i <= n; i++) if (($2, owners[i]) in may) ok = 1
      if (!ok) printf "%s: includes %s of%s, which %s/ must not see\n", $3, $4, n ? owner[$4] : " nowhere", $2
    }'
}

# LLVM is known to three folders; C++ is what reaches the parts of LLVM without a C interface; WASI is the runtime's
# business, but for the words of the executable's options.
check_knowledge() {
  # shellcheck disable=SC2046
  grep -Hn '# *include *[<"]\(llvm\|lld\)' $(sources wasm2native | grep -v '/\(lower\|emit\|link\)/') |
    sed 's/$/: LLVM in this folder/' || :
  find . -path './build*' -prune -o -path ./.git -prune -o -path ./tests/programs -prune -o \
    \( -name '*.cc' -o -name '*.cpp' -o -name '*.cxx' \) -print |
    grep -vx './wasm2native/link/lld.cc\|./wasm2native/emit/subtarget.cc' | grep -v '^./tests/' | sed 's/$/: C++/' || :
  grep -rniw 'wasi[a-z_0-9]*' wasm2native --exclude-dir=cli --include='*.[ch]' --include='*.def' | sed 's/$/: a name of WASI in the compiler/' || :
  # shellcheck disable=SC2046
  find wasm2native -name '*.h' | sed 's|.*/||' | while read -r header; do
    [ -n "$(find libwasmrt -name "$header")" ] ||
      grep -Hn "^# *include \"$header\"" $(sources libwasmrt) | sed 's/$/: a header of the compiler/' || :
  done
}

check_sizes() {
  # shellcheck disable=SC2046
  awk -v max_file=$MAX_FILE_LINES -v max_function=$MAX_FUNCTION_LINES '
      function check_file() { if (lines > max_file) printf "%s: %d lines\n", file, lines }
      FNR == 1 { check_file(); file = FILENAME; begin = head = 0 }
      { lines = FNR }
      # A definition of a function: a line in the first column, or its continuation, that ends with ") {".
      /^[A-Za-z_].*\(/ { head = FNR; name = $0 }
      /^[^ }].*\) \{$|^ +.*\) \{$/ && head && !begin { begin = head }
      /^[;}]|;$/ && !begin { head = 0 }
      /^}/ && begin {
        if (FNR - begin + 1 > max_function) {
          printf "%s:%d: %d lines in one function: %s\n", file, begin, FNR - begin + 1, name
        }
        begin = head = 0
      }
      END { check_file() }
    ' $(sources wasm2native libwasmrt tests)
}

# Each function of WASI says which system calls it makes (core/needs.h): without that a confined executable may not make them.
check_needs() {
  sed -n 's/^WASI(\([a-z_]*\), *\([A-Z]*\),.*/\1 \2/p' libwasmrt/wasi/wasi.def | while read -r name unstable; do
    grep -q "^  WASI_NEEDS($name," libwasmrt/wasi/*.c || echo "libwasmrt/wasi: no WASI_NEEDS($name, ...)"
    [ "$unstable" != OWN ] || grep -q "^  WASI_UNSTABLE_NEEDS($name," libwasmrt/wasi/*.c ||
      echo "libwasmrt/wasi: no WASI_UNSTABLE_NEEDS($name, ...)"
  done
}

# Each function of WASI has a program named after it, which calls it, and whose results are kept.
check_programs() {
  sed -n 's/^WASI(\([a-z_]*\),.*/\1/p' libwasmrt/wasi/wasi.def | while read -r name; do
    grep -qs "w_$name(" tests/wasi/programs/"$name".c && [ -s tests/wasi/programs/"$name".expected ] ||
      echo "tests/wasi/programs/$name.c: no program that tests $name"
  done
}

check_text() {
  for file in $(sources wasm2native libwasmrt tests) $(find wasm2native libwasmrt -name '*.def' -o -name '*.S'); do
    read -r line <"$file"
    case $line in
    '/*'* | '//'*) ;;
    *) echo "$file: does not begin with a comment that says what it is" ;;
    esac
  done
  grep -rnE 'TODO|FIXME' wasm2native libwasmrt --include='*.[chS]' --include='*.cc' --include='*.def' \
    --include=CMakeLists.txt | sed 's/$/: not left for later/' || :
}

# Sections .data and .bss hold what a program may change. lld.cc serialises the linker, which takes a mutex, and
# subtarget.cc remembers that it made LLVM's targets known; C++ has
# pointers to its personality function in .data.rel.
check_state() {
  for library in "$libraries"/libw2n_*.a; do
    size -A "$library" | awk -v library="${library##*/}" '
      / \(ex .*\)/ || /:$/ { object = $1 }
      $1 ~ /^\.(data|bss|tdata|tbss)(\..*)?$/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 &&
        object !~ /^(lld|subtarget)\.cc/ && !(object ~ /\.cc\./ && $1 ~ /^\.data\.rel/) {
        printf "%s(%s): %d bytes of mutable state in %s\n", library, object, $2, $1
      }'
  done
}

violations=$(
  check_header_names
  check_arrows
  check_knowledge
  check_sizes
  check_needs
  check_programs
  check_text
  [ -z "$libraries" ] || check_state
)
[ -z "$violations" ] || {
  echo "$violations"
  exit 1
}
