#!/usr/bin/env bash
# Photographs every page into a folder: `make screens SCREENS=.dev/screens`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh base
CHROMIUM=$(scripts/chromium.sh)
export CHROMIUM
scripts/build.sh
export WHITTLE_BUILT=1
exec node scripts/screens.mjs "${SCREENS:-.dev/screens}"
