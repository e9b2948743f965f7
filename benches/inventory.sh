#!/usr/bin/env bash
# Group `inventory`: places held and given back, beside TPC-B in turns, and a sell-out.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

prepare_scans
prepare_sales
hot_ratio="" spread_ratio=""
for ((round = 1; round <= rounds; round++)); do
  tpcb=$(tps) hot=$(tps -D type="$hot_type" -f "$queries/reserve_hot.sql") spread=$(tps -f "$queries/reserve_spread.sql")
  if [ -z "$hot" ] || [ -z "$spread" ]; then die "a reservation failed"; fi
  echo "round $round of $rounds: TPC-B $tpcb, reserve + release of one type $hot, of 1,000 types $spread (per second)"
  hot_ratio+=$(divide "$hot" "$tpcb")$'\n' spread_ratio+=$(divide "$hot" "$spread")$'\n'
done
row reserve_hot_vs_tpcb "$(printf %s "$hot_ratio" | median)" ratio 1.0 at_least
row reserve_hot_vs_spread "$(printf %s "$spread_ratio" | median)" ratio 0.8 at_least

sold=$(ADMIT_DATABASE_URL=$url "$RELEASE/admit-harness" load-sellout --places 20000 --clients 32 | tail -n 1) || true
echo "sell-out of 20,000 places to 32 clients: $sold"
row sellout_oversold "$(sed -n 's/.*oversold=\([0-9]*\).*/\1/p' <<<"$sold")" places 0 at_most
row sellout_unsold "$(sed -n 's/.*unsold=\([0-9]*\).*/\1/p' <<<"$sold")" places 0 at_most
