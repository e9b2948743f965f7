#!/usr/bin/env bash
# Builds the extension, the shim and the test harness, and installs the extension where it differs.
#   build.sh [extension]      only the extension
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

# Root's files in a user's checkout would stop the user's next build.
[ -z "${SUDO_USER:-}" ] || [ -O "$ROOT" ] || die "run this without sudo; it calls sudo itself where it must."

say "Building the extension for Postgres $(pg_major) (the first time takes minutes)"
PGRX_PG_CONFIG_PATH=$PG_CONFIG cargo build --release -p admit \
  --no-default-features --features "pg$(pg_major)" --ignore-rust-version

if [ "${1:-}" != extension ]; then
  say "Building the shim, the gate, the test harness and the fake payment provider"
  cargo build --release -p admit-shim -p admit-gate -p admit-harness -p admit-fake-provider
fi
"$ROOT/scripts/install.sh" --built
