#!/usr/bin/env bash
# The tests use a real Redis server, a real Chromium and a real LemonLDAP::NG. Installs what is missing where it can, else
# says how. Without the last one its stories are skipped, and nothing else.
set -euo pipefail
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
install() {
  echo "installing $*"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

portal=(liblemonldap-ng-portal-perl libplack-perl libcrypt-openssl-bignum-perl libcrypt-openssl-x509-perl liblasso-perl libxml-simple-perl)
has_portal() { perl -MPlack::Runner -MLemonldap::NG::Portal::Lib::OpenIDConnect -MLasso -MXML::Simple -e 1 2>/dev/null; }
if ! has_portal && may_install; then install --no-install-recommends "${portal[@]}" || true; fi
has_portal || echo "SKIPPED: the stories of LemonLDAP::NG (test/chaos/lemonldap.test.ts, test/chaos/saml.test.ts). They need ${portal[*]}." >&2

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
[ ${#missing[@]} -eq 0 ] && exit 0
if may_install; then
  install "${missing[@]}" fonts-dejavu-core
  exit 0
fi
echo "The tests need ${missing[*]}. Install them, for example: sudo apt-get install -y ${missing[*]}   (or: brew install redis chromium)" >&2
exit 1
