#!/usr/bin/env bash
# Builds the optimised Worker into build/, unless nothing that goes into it has changed, and prints its size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh
node scripts/openapi.mjs
inputs=(src domain/src templates scripts/build.sh Cargo.toml Cargo.lock domain/Cargo.toml)
stamp=$(find "${inputs[@]}" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ "$(cat build/.stamp 2>/dev/null)" != "$stamp" ]; then
  rm -rf build
  "$WORKER_BUILD" --release >&2
  wasm=build/index_bg.wasm
  # The features that rustc and wasm-bindgen use and workerd has, no more. Twice: the second pass finds some more.
  "$WASM_OPT_BIN" -Oz -Oz --strip-debug --strip-producers --enable-{mutable-globals,sign-ext,nontrapping-float-to-int} \
    --enable-{bulk-memory,multivalue,reference-types,exception-handling} "$wasm" -o "$wasm"
  printf '%s\n' "$stamp" >build/.stamp
fi
wasm=$(find build -name '*.wasm' | head -n 1)
printf 'wasm: %d bytes raw, %d bytes gzipped\n' "$(wc -c <"$wasm")" "$(gzip -9 -c "$wasm" | wc -c)"
