#!/usr/bin/env bash
# Group `order`: orders paid by webhooks, tickets at the door, and a buyer's tickets.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

prepare_scans
prepare_sales
prepare_tickets
order_ratio="" scan_ratio=""
for ((round = 1; round <= rounds; round++)); do
  tpcb=$(tps) scans=$(tps -D device="$device" -f "$queries/ticket_scan.sql")
  orders=$(ADMIT_DATABASE_URL=$url "$RELEASE/admit-harness" load-orders --clients 8 --seconds "$seconds" |
    sed -n 's/^orders_per_second=//p')
  if [ -z "$scans" ] || [ -z "$orders" ]; then die "a scan or an order failed"; fi
  echo "round $round of $rounds: TPC-B $tpcb, orders reserved, placed, paid and issued $orders, tickets scanned $scans (per second)"
  order_ratio+=$(divide "$orders" "$tpcb")$'\n' scan_ratio+=$(divide "$scans" "$tpcb")$'\n'
done
row order_paid_per_s "$(printf %s "$order_ratio" | median)" ratio 0.3 at_least
row ticket_scan_vs_tpcb "$(printf %s "$scan_ratio" | median)" ratio 1.5 at_least

say "Making a million tickets"
sql -f "$queries/many_tickets.sql" >/dev/null
row my_tickets_p95_ms "$(p95_ms my_tickets)" ms 10 at_most

say "Selling half a house of 20,000 seats"
echo "$(sql -f "$queries/seats.sql" | tail -n 1); the time of a hold includes giving it back"
row seats_best_available_ms "$(p95_ms seats_best)" ms 20 at_most
