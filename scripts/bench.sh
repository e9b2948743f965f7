#!/usr/bin/env bash
# Measures on a durable cluster of its own, made anew.    ONLY=scan   runs one group
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

only_one bench
trap 'cluster bench stop' EXIT
"$ROOT/scripts/prerequisites.sh"
"$ROOT/scripts/build.sh"
cargo build --release -p admit-bench
cluster bench destroy
cluster bench start --preload -c max_connections=300 -c fsync=on -c synchronous_commit=on \
  -c shared_buffers=512MB -c max_wal_size=8GB
cluster bench psql -Xq -v ON_ERROR_STOP=1 -c 'create extension admit' -c 'select admit.migrate()' >/dev/null

eval "$(cluster bench env)"
ADMIT_DATABASE_URL=$(cluster bench url)
export ADMIT_DATABASE_URL ADMIT_CLUSTER="$ROOT/scripts/cluster.sh bench" ADMIT_SHIM=$RELEASE/admit-shim
"$RELEASE/admit-bench" ${ONLY:+--only "$ONLY"}
