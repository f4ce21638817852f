#!/usr/bin/env bash
# Builds the Worker (a release is built already), brings the database up to date, and deploys what wrangler.toml says; called by `make deploy`. With
# `--dry-run` nothing leaves this machine: what would be uploaded is checked, and written to the folder after `--outdir`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ -f RELEASE ]; then
  # A release is built: Node alone is needed, and wrangler, in the version of the lock file.
  [ -x node_modules/.bin/wrangler ] || npm install --no-save --omit=dev --no-audit --no-fund --loglevel=error >&2
  export PATH="$PWD/node_modules/.bin:$PATH" WRANGLER_SEND_METRICS=false NO_UPDATE_NOTIFIER=1 DO_NOT_TRACK=1
else
  . scripts/tools.sh base
fi
scripts/build.sh
# The top level of wrangler.toml is the deployment; `[env.dev]` is for developers' machines. Unnamed, wrangler only warns.
deployment=--env=
case " $* " in
*" --dry-run "*) ;;
# Migrations first: each leaves the code that is deployed working.
*) wrangler d1 migrations apply DB --remote "$deployment" ;;
esac
exec wrangler deploy "$deployment" "$@"
