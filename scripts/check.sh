#!/usr/bin/env bash
# Checks format, lints and the house rules; changes nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

"$ROOT/scripts/prerequisites.sh"
say "Format"
cargo fmt --all --check
say "Lints"
PGRX_PG_CONFIG_PATH=$PG_CONFIG cargo clippy -p admit --no-default-features \
  --features "pg$(pg_major)" --ignore-rust-version -- -D warnings
cargo clippy --workspace --exclude admit --all-targets -- -D warnings
if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR scripts/*.sh benches/*.sh; fi
say "House rules"
"$ROOT/scripts/house_rules.sh"
