#!/usr/bin/env bash
# Prints the SQL that makes an account with a verified address. The password is read from standard input. Usage:
#   scripts/account.sh NAME ADDRESS [--staff] >account.sql && wrangler d1 execute DB --remote --file account.sql
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -ge 2 ] || {
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
}
staff=0
case "${3:-}" in
--staff) staff=1 ;;
?*)
  printf 'unknown: %s\n' "$3" >&2
  exit 2
  ;;
esac
. scripts/tools.sh base
# The terminal does not show what is typed.
IFS= read -rs -p 'Password: ' password || [ -n "$password" ]
[ -t 0 ] && echo >&2
# As a part of the workspace, the example shares what `make test` has compiled.
cargo build --quiet --workspace --example hash_password
hash=$(printf '%s\n' "$password" | "$CARGO_TARGET_DIR/debug/examples/hash_password")
quoted() { printf "'%s'" "${1//\'/\'\'}"; }
key=$(printf %s "$2" | tr '[:upper:]' '[:lower:]')
printf 'insert into accounts (username, address, address_key, verified, staff, password, created_at) values (%s, %s, %s, 1, %d, %s, %s000);\n' \
  "$(quoted "$1")" "$(quoted "$2")" "$(quoted "$key")" "$staff" "$(quoted "$hash")" "$(date +%s)"
