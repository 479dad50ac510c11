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
cli: public check wasm base
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

check_arrows() {
  echo "$arrows" | while IFS=: read -r folder allowed; do
    [ -n "$folder" ] || continue
    for file in $(sources wasm2native/"$folder"); do
      sed -n 's/^# *include "\([^"]*\)".*/\1/p' "$file" | while read -r header; do
        case $header in
        llvm-c/* | llvm/* | lld/*) continue ;; # below
        esac
        owner=$(headers | sed -n "s|^\([a-z]*\)/$header\$|\1|p")
        case " $folder $allowed " in
        *" ${owner:-none} "*) ;;
        *) echo "$file: includes $header${owner:+ of $owner}, which $folder/ must not see" ;;
        esac
      done
    done
  done
}

# LLVM is known to three folders; C++ is what reaches the parts of LLVM without a C interface; WASI is the runtime's
# business.
check_knowledge() {
  for file in $(sources wasm2native | grep -v '/\(lower\|emit\|link\)/'); do
    grep -Hn '# *include *[<"]\(llvm\|lld\)' "$file" | sed 's/$/: LLVM in this folder/' || :
  done
  find . -path './build*' -prune -o -path ./.git -prune -o -path ./tests/programs -prune -o \
    \( -name '*.cc' -o -name '*.cpp' -o -name '*.cxx' \) -print |
    grep -vx './wasm2native/link/lld.cc\|./wasm2native/emit/subtarget.cc' | grep -v '^./tests/' | sed 's/$/: C++/' || :
  grep -rniw 'wasi[a-z_0-9]*' wasm2native --include='*.[ch]' --include='*.def' | sed 's/$/: a name of WASI in the compiler/' || :
  for file in $(sources libwasmrt); do
    sed -n 's/^# *include "\([^"]*\)".*/\1/p' "$file" | while read -r header; do
      [ -z "$(find wasm2native -name "$header")" ] || [ -n "$(find libwasmrt -name "${header##*/}")" ] ||
        echo "$file: includes $header of the compiler"
    done
  done
}

check_sizes() {
  for file in $(sources wasm2native libwasmrt tests); do
    awk -v file="$file" -v max_file=$MAX_FILE_LINES -v max_function=$MAX_FUNCTION_LINES '
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
      END { if (FNR > max_file) printf "%s: %d lines\n", file, FNR }
    ' "$file"
  done
}

check_text() {
  for file in $(sources wasm2native libwasmrt tests) $(find wasm2native libwasmrt -name '*.def' -o -name '*.S'); do
    head -c 2 "$file" | grep -q '^/[*/]' || echo "$file: does not begin with a comment that says what it is"
  done
  grep -rnE 'TODO|FIXME' wasm2native libwasmrt --include='*.[chS]' --include='*.cc' --include='*.def' \
    --include=CMakeLists.txt | sed 's/$/: not left for later/' || :
}

# Sections .data and .bss hold what a program may change. lld.cc serialises the linker, which takes a mutex; C++ has
# pointers to its personality function in .data.rel.
check_state() {
  for library in "$libraries"/libw2n_*.a; do
    size -A "$library" | awk -v library="${library##*/}" '
      / \(ex .*\)/ || /:$/ { object = $1 }
      $1 ~ /^\.(data|bss|tdata|tbss)(\..*)?$/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 &&
        object !~ /^lld\.cc/ && !(object ~ /\.cc\./ && $1 ~ /^\.data\.rel/) {
        printf "%s(%s): %d bytes of mutable state in %s\n", library, object, $2, $1
      }'
  done
}

violations=$(
  check_header_names
  check_arrows
  check_knowledge
  check_sizes
  check_text
  [ -z "$libraries" ] || check_state
)
[ -z "$violations" ] || {
  echo "$violations"
  exit 1
}
