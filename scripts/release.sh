#!/usr/bin/env bash
# Makes the archive of a release: the built Worker with all that deploying it needs, so that whoever deploys it needs Node and no
# Rust. The same source gives the same bytes. Usage: `scripts/release.sh [VERSION [FOLDER]]`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C
version=${1:-$(git describe --tags --always --dirty)} folder=${2:-.dev/release}
[[ "$version" =~ ^[A-Za-z0-9][A-Za-z0-9._+-]*$ ]] || {
  printf 'whittle: "%s" is no version: letters, digits and . _ + - only\n' "$version" >&2
  exit 2
}
scripts/build.sh
# The time of all files: that of the commit.
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

name=whittle-$version
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir "$stage/$name"
files=(build/index.js build/index_bg.wasm assets migrations scripts/build.sh scripts/deploy.sh wrangler.toml package.json package-lock.json
  README.md CHANGELOG.md docs/operations.md LICENSE-APACHE LICENSE-MIT)
cp -R --parents "${files[@]}" "$stage/$name"
cd "$stage/$name"
# By this file the scripts know that this is a release.
printf '%s\n' "$version" >RELEASE
# scripts/build.sh holds these before each deployment. What is for operators to change is not among them: wrangler.toml.
find RELEASE build assets migrations scripts package.json package-lock.json -type f -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS
cd ..
tar --create --format=gnu --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' "$name" | gzip -9 -n >"$folder/$name.tar.gz"
cd "$folder"
sha256sum "$name.tar.gz" >"$name.tar.gz.sha256"
printf '%s\n' "$folder/$name.tar.gz"
