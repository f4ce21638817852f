#!/usr/bin/env bash
# Runs all checks in their long form: tests that gain by repetition (random histories, kills, Schemathesis, time zones, timing)
# have more of it. Called by `make soak`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export WHITTLE_SOAK=1 WHITTLE_CASES="${WHITTLE_CASES:-10000}"
exec scripts/test.sh
