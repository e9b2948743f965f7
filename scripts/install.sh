#!/usr/bin/env bash
# Installs the extension into the Postgres of PG_CONFIG: builds it, then copies what differs.
#   install.sh [--built]      DESTDIR=folder puts a package's tree there instead
# As root directly, otherwise with sudo, after saying so.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

if [ "${1:-}" != --built ]; then
  "$ROOT/scripts/prerequisites.sh"
  exec "$ROOT/scripts/build.sh" extension
fi

libraries=${DESTDIR:-}$("$PG_CONFIG" --pkglibdir)
extensions=${DESTDIR:-}$("$PG_CONFIG" --sharedir)/extension

pending=() # pairs of source and target that differ
want() { cmp -s "$1" "$2" || pending+=("$1" "$2"); }

want "$RELEASE/libadmit.so" "$libraries/admit.so"
want "$ROOT/extension/admit.control" "$extensions/admit.control"
for script in "$ROOT"/sql/admit--*.sql; do
  [ -f "$script" ] || die "there is no sql/admit--*.sql to install."
  want "$script" "$extensions/${script##*/}"
done
[ ${#pending[@]} -gt 0 ] || exit 0

# A running server has the library mapped: never write into it, put a new file in its place.
# shellcheck disable=SC2016 # expanded by the inner shell
replace='set -e; umask 022
while [ $# -gt 0 ]; do
  mkdir -p "${2%/*}"
  cp "$1" "$2.new"
  case $2 in *.so) chmod 755 "$2.new" ;; *) chmod 644 "$2.new" ;; esac
  mv -f "$2.new" "$2"
  shift 2
done'

say "Installing admit into $libraries and $extensions"
if [ -w "$libraries" ] && [ -w "$extensions" ] || [ -n "${DESTDIR:-}" ]; then
  sh -c "$replace" install "${pending[@]}"
elif [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; then
  as_root sh -c "$replace" install "${pending[@]}"
else
  die "these folders are root's and there is no sudo. Once, as root, run:
  PG_CONFIG=$PG_CONFIG $ROOT/scripts/install.sh --built"
fi
