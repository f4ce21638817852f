#!/bin/sh
# Writes every mail, text and HTML, into a folder (the argument, .dev/mails without one), and a list of them: index.html.
# The letters are samples (src/mail/render/samples.rs), rendered by the code that renders what is sent.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-.dev/mails}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
WHITTLE_MAILS=$folder cargo test --quiet --package whittle --lib every_mail_is_written >/dev/null
echo "The mails are in $folder: begin with index.html."
