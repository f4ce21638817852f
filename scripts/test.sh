#!/usr/bin/env bash
# Runs all checks: format, lints, native tests, build, end-to-end tests. Called by `make test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh test

say "format and lints"
cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
cargo clippy --lib --target wasm32-unknown-unknown --release --quiet -- -D warnings

say "native tests"
cargo test --workspace --quiet

say "build"
scripts/build.sh

say "end-to-end tests"
export WHITTLE_RUN="$PWD/.dev/run"
rm -rf "$WHITTLE_RUN" && mkdir -p "$WHITTLE_RUN"
shopt -s extglob
node --test --test-concurrency=2 --test-reporter=spec tests/!(last)/*.test.mjs
# The last folder checks what all other tests left behind, such as logs.
node --test --test-reporter=spec tests/last/*.test.mjs
