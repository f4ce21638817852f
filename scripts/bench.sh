#!/usr/bin/env bash
# Measures the Worker: how requests grow with what is stored (docs/growth.md), its cold start, D1's writer and what it costs
# (docs/scale.md), how long suggested schedules take, bookings (docs/performance.md), the terminal client beside curl; then the schedule engine (docs/scheduling.md): the guarantee of the work limit, growth, libraries,
# OR-Tools, and the engine in wasm under workerd. Called by `make bench`. BUNDLE is the folder of another build of the Worker,
# PORT the port of the measured engine, SECONDS_CP_SAT the time limit of CP-SAT.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh base

bundle="${BUNDLE:-build}"
[ -n "${BUNDLE:-}" ] || scripts/build.sh
say "growth, into docs/growth.md"
node bench/growth.mjs --bundle "$bundle"
say "cold start"
node bench/cold-start.mjs --bundle "$bundle"
say "the writer of D1"
node bench/writer.mjs
say "the cost of a million proposals"
node bench/cost.mjs
say "suggested schedules through the API, into docs/scheduling.md"
node bench/suggestions.mjs --bundle "$bundle"

say "bookings, into docs/performance.md"
node bench/bookings.mjs --bundle "$bundle"

say "the terminal client"
cargo build --quiet --profile cli --package whittle-cli
node bench/cli.mjs --client "$CARGO_TARGET_DIR/cli/whittle" --bundle "$bundle"

port="${PORT:-8799}"

venv="$cache/python-$(sha256sum bench/requirements.txt | cut -c1-12)"
[ -e "$venv/ready" ] || {
  say "installing OR-Tools"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement bench/requirements.txt
  touch "$venv/ready"
}

say "building"
cargo build --quiet --profile bench-native --package whittle-bench
programs="$CARGO_TARGET_DIR/bench-native"

say "30 invitees on 200 starts within the default work limit"
"$programs/limit" 200
say "growth"
"$programs/growth"
say "alternatives, explanation, relaxations (* if the work limit or the number of sets ended the search)"
"$programs/further"
say "libraries"
"$programs/libraries"
say "OR-Tools"
"$venv/bin/python" bench/against.py "$programs/instance" "${SECONDS_CP_SAT:-60}"

say "wasm under workerd"
cargo build --quiet --release --package whittle-bench-worker --target wasm32-unknown-unknown
glue bench/worker/build "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/whittle_bench_worker.wasm"
(cd bench/worker && exec wrangler dev --ip 127.0.0.1 --port "$port" --log-level error --show-interactive-dev-session=false) </dev/null >/dev/null 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
until curl -sf "http://127.0.0.1:$port/sparse/2/5/60/60/1/0/0" >/dev/null; do
  kill -0 "$server"
  sleep 0.5
done
node bench/under-workerd.mjs "http://127.0.0.1:$port"
