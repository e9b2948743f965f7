#!/usr/bin/env bash
# Measures on a durable cluster of its own, made anew. ONLY=scan runs one group: scan, inventory, order, gate, http, clients.
#   ROUNDS=5 SECONDS_EACH=8   per workload       ROWS_GROWN=10000000   of scan_growth
# Ends with lines name<TAB>median<TAB>unit<TAB>target<TAB>ok|below.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

groups=(scan inventory order gate http clients)
[ -z "${ONLY:-}" ] || groups=("$ONLY")
for group in "${groups[@]}"; do
  [ -x "$ROOT/benches/$group.sh" ] || die "there is no group $group; there are scan, inventory, order, gate, http and clients"
done
only_one bench
trap 'cluster bench stop' EXIT
"$ROOT/scripts/prerequisites.sh"
"$ROOT/scripts/build.sh"
cluster bench destroy
cluster bench start --preload -c max_connections=300 -c fsync=on -c synchronous_commit=on \
  -c shared_buffers=512MB -c max_wal_size=8GB -c wal_compression=lz4 \
  -c shared_preload_libraries=admit,pg_stat_statements -c pg_stat_statements.track=none -c checkpoint_timeout=30min
cluster bench psql -Xq -v ON_ERROR_STOP=1 -c 'create extension admit' -c 'create extension pg_stat_statements' \
  -c 'select admit.migrate()' >/dev/null
rm -f "$STATE/bench.tsv"
for group in "${groups[@]}"; do "$ROOT/benches/$group.sh"; done
if [ -f "$STATE/bench.tsv" ]; then
  say "Result"
  cat "$STATE/bench.tsv"
fi
