#!/usr/bin/env bash
# Group `http`: the same scans through the shim, and an evening of 2,000 clients; the generator runs
# on the same processors.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

# shellcheck source=shim.sh
source "$ROOT/benches/shim.sh"

clients=${CLIENTS:-2000}
prepare_scans
start_shim
trap 'kill %1 2>/dev/null || true' EXIT

ratios=""
load load-scans 64 2 >/dev/null # plans, presence rows
for ((round = 1; round <= rounds; round++)); do
  in_sql=$(hot)
  read -r through_shim p50 p95 _ < <(load load-scans 64 "$seconds")
  echo "round $round of $rounds: SQL $in_sql, HTTP $through_shim scans a second, p50 $p50 ms, p95 $p95 ms"
  ratios+=$(divide "$through_shim" "$in_sql")$'\n'
done

say "$clients clients for 30 s, with signed webhooks"
status=0
evening=$(load load-evening "$clients" 30) || status=$?
read -r p50 p95 p99 requests errors wrong violations <<<"$evening"
echo "$requests requests: p50 $p50 ms, p95 $p95 ms, p99 $p99 ms;" \
  "$errors errors, $wrong wrong balances, $violations violations"

row http_vs_sql "$(printf %s "$ratios" | median)" ratio 0.5 at_least
# One error, wrong balance or violation fails the target, whatever the latency.
[ "$status" = 0 ] || p95=999999
row http_2000_p95_ms "$p95" ms 400 at_most
