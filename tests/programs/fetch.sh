#!/bin/sh
# Fetches the upstream sources of Debian packages into DIRECTORY/PACKAGE, each once.
#
#   sh tests/programs/fetch.sh DIRECTORY PACKAGE...
#
# It uses apt with package lists of its own, so that the machine's apt configuration needs no deb-src line and
# is not touched; apt checks the archive's signature. The release is fixed: the same sources on every machine.
set -eu
release=bookworm
directory=$1
shift

missing=
for package; do
  [ -d "$directory/$package" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

mkdir -p "$directory/apt/lists/partial" "$directory/apt/cache/archives/partial" "$directory/download"
directory=$(cd "$directory" && pwd)

# The mirror that this machine uses for Debian.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
  sed -n 's/^Debian Debian \([a-z]*:\/\/[^ ]*\)$/\1/p' | head -n 1)
if [ -z "$mirror" ]; then
  echo "fetch.sh: apt knows no Debian archive here (run apt-get update first)" >&2
  exit 1
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb-src [signed-by=$keyring] $mirror $release main" \
  >"$directory/apt/sources.list"

quietly() {
  "$@" >"$directory/apt/log" 2>&1 || {
    cat "$directory/apt/log" >&2
    exit 1
  }
}

apt() {
  apt-get -q -o Dir::Etc::sourcelist="$directory/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$directory/apt/lists" -o Dir::Cache="$directory/apt/cache" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

cd "$directory/download"
quietly apt update
for package in $missing; do
  rm -f ./*.dsc
  quietly apt source --download-only "$package"
  # Upstream's source without Debian's patches, which are about its packaging.
  quietly dpkg-source --skip-patches -x ./*.dsc unpacked
  mv unpacked "$directory/$package"
done
cd "$directory"
rm -rf download
