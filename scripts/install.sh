#!/usr/bin/env bash
# Builds the terminal client and puts it, its manual page and its completions below PREFIX, ~/.local without. Called by `make install`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
prefix="${PREFIX:-$HOME/.local}"
cache="${WHITTLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/whittle}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"

echo "whittle: building the client (minutes where nothing is cached)" >&2
cargo build --quiet --locked --profile cli --package whittle-cli
client="$CARGO_TARGET_DIR/cli/whittle"
install -D --mode 755 "$client" "$prefix/bin/whittle"
mkdir -p "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
"$client" man >"$prefix/share/man/man1/whittle.1"
"$client" completions bash >"$prefix/share/bash-completion/completions/whittle"
"$client" completions zsh >"$prefix/share/zsh/site-functions/_whittle"
"$client" completions fish >"$prefix/share/fish/vendor_completions.d/whittle.fish"
echo "whittle: installed as $prefix/bin/whittle" >&2
case ":$PATH:" in
  *":$prefix/bin:"*) ;;
  *) echo "whittle: $prefix/bin is not on your PATH: add it, or call the client by that path" >&2 ;;
esac
