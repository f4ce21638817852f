#!/usr/bin/env bash
# Runs all checks: format, lints, native tests, build, end-to-end tests. Called by `make test`, and by `make soak` in the long
# form.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh test

say "format and lints"
cargo fmt --all --check
cargo clippy --workspace --all-targets --quiet -- -D warnings
cargo clippy --lib --target wasm32-unknown-unknown --release --quiet -- -D warnings
tsc --project web/script

say "native tests"
cargo test --workspace --quiet

say "build"
scripts/build.sh

say "end-to-end tests"
# The native tests have built the terminal client.
export WHITTLE_RUN="$PWD/.dev/run" WHITTLE_BUILT=1 WHITTLE_CLI="$CARGO_TARGET_DIR/debug/whittle"
rm -rf "$WHITTLE_RUN" && mkdir -p "$WHITTLE_RUN"
node tests/run.mjs
# The last folder checks what all other tests left behind, such as logs.
node --test --test-reporter=spec tests/last/*.test.mjs
