#!/usr/bin/env bash
# Builds the optimised Worker into build/ and prints its size. Without a change since the last build it builds nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# `make test` builds once; then it tells by WHITTLE_BUILT that the build is current, for wrangler runs this script at each start.
[ -z "${WHITTLE_BUILT:-}" ] || exit 0
# A release has the built Worker in it (scripts/release.sh), which must be what was released.
if [ -f RELEASE ]; then
  sha256sum --check --quiet SHA256SUMS >&2 || {
    printf 'whittle: these files are not those of the release %s. Unpack its archive anew, and keep your wrangler.toml.\n' "$(cat RELEASE)" >&2
    exit 1
  }
  exit 0
fi
. scripts/tools.sh base
inputs=(src domain/src domain/build.rs json/src js templates texts web scripts/{build.sh,tools.sh,order.mjs,script.mjs,catalogue.mjs,docs.mjs} Cargo.toml Cargo.lock {domain,json}/Cargo.toml rust-toolchain.toml package-lock.json)

# Makes assets/static/, whose names have the hash of what is in them, and tells the pages these names by WHITTLE_STYLE and so on.
static_files() {
  rm -rf assets/static && mkdir -p assets/static
  esbuild web/style.css --bundle --minify --outfile=.dev/style.css --log-level=warning
  rm -rf .dev/script
  WHITTLE_SCRIPT=$(node scripts/script.mjs .dev/script)
  export WHITTLE_SCRIPT
  cp .dev/script/* assets/static/
  local file manifest=.dev/manifest.webmanifest
  cp web/manifest.webmanifest "$manifest"
  for file in .dev/style.css web/icon.svg web/icons/*.png; do
    static "$file"
    sed -i "s|\"$(basename "$file")\"|\"$named\"|" "$manifest"
  done
  static "$manifest"
  node scripts/docs.mjs
}

# Puts a file among the static files and gives its path there as `named`, and as WHITTLE_ICON_192 if it is icon-192.png.
static() {
  local base=${1##*/}
  named=/static/${base%.*}.$(sha256sum "$1" | cut -c1-10).${base##*.}
  cp "$1" "assets$named"
  export "WHITTLE_$(printf %s "${base%.*}" | tr a-z- A-Z_)=$named"
}

# wrangler runs this script at every start, and tests start several servers at once. The lock lets one of them build.
mkdir -p .dev
exec 8>.dev/build.lock
flock 8
node scripts/openapi.mjs
stamp=$(find "${inputs[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ "$(cat build/.stamp 2>/dev/null)" != "$stamp" ]; then
  say "building the Worker (a minute where nothing is cached)"
  rm -rf build
  # Cargo compares times of files, the stamp compares contents. A file that was restored can be older than its build, and
  # then Cargo would not see the change.
  touch src/lib.rs {domain,json}/src/lib.rs
  static_files
  # Without the paths of this machine the build is the same on every machine.
  remap="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$PWD=whittle"
  # The standard library is compiled for size, and what it says of panics is left out (docs/decisions/0019-small-standard-library.md).
  # These options are not stable yet: the toolchain is pinned, and this is the one place that asks for them.
  small="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=shallow -Csymbol-mangling-version=legacy"
  RUSTC_BOOTSTRAP=1 RUSTFLAGS="$remap $small" cargo build --release --lib --package whittle --target wasm32-unknown-unknown --quiet \
    -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size 8>&-
  glue build/glue "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/whittle.wasm"
  esbuild js/index.js --bundle --format=esm --external:cloudflare:workers --external:*.wasm --minify --outfile=build/index.js \
    --log-level=warning
  mv build/glue/index_bg.wasm build/
  printf '%s\n' "$stamp" >build/.stamp
fi
wasm=build/index_bg.wasm
printf 'style: %d bytes gzipped\n' "$(gzip -9 -c assets/static/style.*.css | wc -c)"
for file in assets/static/*.js; do
  printf 'script: %d bytes gzipped, %s\n' "$(gzip -9 -c "$file" | wc -c)" "$(basename "$file")"
done
# As the test of the size counts: Node's gzip makes it some 10 KB larger than `gzip -9` does.
gzipped=$(node -p 'zlib.gzipSync(fs.readFileSync(process.argv[1]), { level: 9 }).length' "$wasm")
printf 'wasm: %d bytes raw, %d bytes gzipped\n' "$(wc -c <"$wasm")" "$gzipped"
