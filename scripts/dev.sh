#!/usr/bin/env bash
# Runs the service with demo data: `make dev PORT=8787 STATE=.wrangler/state`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh base
port="${PORT:-8787}" state="${STATE:-.wrangler/state}"

# `DEV_VARS=NAME:VALUE` sets more variables of development, one a line: `DEV_VARS=$'BUDGET_SENDER:5\nLINK_DAYS:7' make dev`.
# `scripts/dev.sh again` starts without a build and without migrations, for tests that killed the server.
if [ "${1:-}" != again ]; then
  if [ ! -f .dev.vars ]; then
    say "generating local secrets in .dev.vars"
    (umask 077 && printf 'DEV=1\nSECRET_KEYS=k1:%s\n' "$(head -c 32 /dev/urandom | base64)" >.dev.vars)
  fi
  scripts/build.sh

  say "applying the schema and the demo accounts to $state"
  d1() { wrangler d1 "$@" --env dev --local --persist-to "$state" </dev/null >"$state.log" 2>&1 || { cat "$state.log" >&2; exit 1; }; }
  mkdir -p "$state"
  CI=1 d1 migrations apply DB
  d1 execute DB --file demo/accounts.sql
  rm -f "$state.log"

  # Loads the demo data as soon as the service works, then says where everything is.
  node scripts/demo.mjs "http://127.0.0.1:$port" &
fi

vars=("PUBLIC_ORIGIN:http://127.0.0.1:$port")
while IFS= read -r line; do
  [ -z "$line" ] || vars+=("$line")
done <<<"${DEV_VARS:-}"

say "starting on port $port"
exec wrangler dev --env dev --ip 127.0.0.1 --port "$port" --persist-to "$state" \
  --var "${vars[@]}" \
  --show-interactive-dev-session=false --log-level log
