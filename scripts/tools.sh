#!/usr/bin/env bash
# Installs the tools that are missing and sets their paths in the environment. The other scripts source it:
# `. scripts/tools.sh base` for building, `. scripts/tools.sh test` for testing, too. Tools that take long to install go to
# a cache of the user, keyed by version, so that all checkouts share them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache="${WHITTLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/whittle}"
wasm_bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
mkdir -p "$cache"

say() { printf '%s\n' "whittle: $*" >&2; }

# Checkouts share the cache, so one install must end before the next begins.
exec 9>"$cache/lock"
flock -n 9 || {
  say "waiting for another install to end"
  flock 9
}

rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown || {
  say "installing the wasm32 target"
  rustup target add wasm32-unknown-unknown
}
rustup component list --installed 2>/dev/null | grep -q '^rust-src' || {
  say "installing the source of the standard library"
  rustup component add rust-src
}

cargo_tool() { # crate version binary
  local root="$cache/tools/$1-$2"
  [ -x "$root/bin/$3" ] && return
  say "building $1 $2 (about a minute, once)"
  # Without optimisation this takes two minutes instead of thirteen, and builds are hardly slower (docs/dependencies.md).
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
    CARGO_TARGET_DIR="$cache/tools/target" cargo install "$1@$2" --locked --quiet --root "$root" >&2
}
cargo_tool wasm-bindgen-cli "$wasm_bindgen" wasm-bindgen

if ! cmp -s package-lock.json node_modules/.whittle-lock; then
  say "installing npm packages, Node $(sed -n 's/.*"node": "\([0-9.]*\)".*/\1/p' package.json) among them"
  # `npm ci` would refuse a lock file without the optional binaries of other systems, which some mirrors omit.
  # DO_NOT_TRACK: a package that Swagger UI brings along would tell its maker of the install.
  DO_NOT_TRACK=1 npm install --no-save --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.whittle-lock
fi
if ! node_modules/.bin/node --version >/dev/null 2>&1; then
  say "Node did not install; run its install step"
  npm rebuild node >&2
fi

if [ "${1:-}" = test ]; then
  for tool in jq curl tmux; do
    command -v "$tool" >/dev/null || {
      say "installing $tool (as root; else install it by hand)"
      apt-get -qq update && apt-get -qq install -y "$tool" >/dev/null
    }
  done
  venv="$cache/python-$(sha256sum tests/requirements.txt | cut -c1-12)"
  [ -e "$venv/ready" ] || {
    say "installing HTTPie and Schemathesis"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement tests/requirements.txt
    touch "$venv/ready"
  }
  export PATH="$venv/bin:$PATH"
  # The npm packages of the checkout, Node among them, are installed by now.
  CHROMIUM=$(PATH="$PWD/node_modules/.bin:$PATH" scripts/chromium.sh)
  export CHROMIUM
fi
flock -u 9
exec 9>&-

export PATH="$PWD/node_modules/.bin:$PATH"
export WASM_BINDGEN_BIN="$cache/tools/wasm-bindgen-cli-$wasm_bindgen/bin/wasm-bindgen"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
# wrangler must not contact any service.
export WRANGLER_SEND_METRICS=false CLOUDFLARE_CF_FETCH_ENABLED=false NO_UPDATE_NOTIFIER=1 DO_NOT_TRACK=1
# The local trace store of wrangler would keep URLs, which can contain tokens.
export X_LOCAL_OBSERVABILITY=false

# Makes a built Worker's WebAssembly and the JavaScript around it: folder, file.
glue() {
  "$WASM_BINDGEN_BIN" "$2" --out-dir "$1" --out-name index --target module --no-typescript --experimental-reset-state-function \
    --remove-producers-section
  # These passes make code smaller gzipped, too; many others, and what -O makes of them, do not (docs/decisions/0014-like-functions-together.md).
  wasm-opt --code-folding --merge-blocks --remove-unused-brs --remove-unused-names --optimize-instructions --precompute --rse --vacuum \
    --dealign --duplicate-function-elimination --strip-debug "$1/index_bg.wasm" -o "$1/plain.wasm"
  node scripts/order.mjs "$1/plain.wasm" "$1/ordered.wasm"
  wasm-opt --reorder-functions-by-name --strip-debug "$1/ordered.wasm" -o "$1/index_bg.wasm"
  rm "$1/plain.wasm" "$1/ordered.wasm"
  # Workers take WebAssembly as a module that they import; the proposal for importing its source is not for them yet.
  sed -i 's/^import source /import /' "$1/index.js"
  # A module that several functions are imported from as they are is listed for each; once is enough.
  awk -F'": import' '!/": import[0-9]+,$/ || !seen[$1]++' "$1/index.js" >"$1/once.js"
  mv "$1/once.js" "$1/index.js"
}
