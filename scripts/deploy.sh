#!/usr/bin/env bash
# Builds the Worker, brings the database up to date, and deploys what wrangler.toml says; called by `make deploy`. With
# `--dry-run` nothing leaves this machine: what would be uploaded is checked, and written to the folder after `--outdir`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/tools.sh base
scripts/build.sh
# The top level of wrangler.toml is the deployment; `[env.dev]` is for developers' machines. Unnamed, wrangler only warns.
deployment=--env=
case " $* " in
*" --dry-run "*) ;;
# Migrations first: each leaves the code that is deployed working.
*) wrangler d1 migrations apply DB --remote "$deployment" ;;
esac
exec wrangler deploy "$deployment" "$@"
