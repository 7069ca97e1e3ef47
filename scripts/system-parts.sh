#!/usr/bin/env bash
# The tests use a real Redis server and a real Chromium. Installs what is missing where it can, else says how.
set -euo pipefail
missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]}"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" fonts-dejavu-core >/dev/null
  exit 0
fi
echo "The tests need ${missing[*]}. Install them, for example: sudo apt-get install -y ${missing[*]}   (or: brew install redis chromium)" >&2
exit 1
