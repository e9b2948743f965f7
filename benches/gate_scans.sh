#!/usr/bin/env bash
# Part of group `gate`: signed tickets scanned by SQL, and 200 devices that scan rotating codes through the shim.
#   TICKETS=225500   signed ones, each scanned once       DEVICES=200
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"
# shellcheck source=shim.sh
source "$ROOT/benches/shim.sh"

prepare_scans
devices=${DEVICES:-200} gate_seconds=$((rounds * seconds))
# Two devices upload 5,000 scans each a round.
uploaded=$((rounds * 10000))
# Half as many again as two processors scan in the time; two scans a second of each device.
tickets=${TICKETS:-$(((gate_seconds + 1) * 5500))}
if [ "$(sql -c "select to_regclass('bench.signed_ticket') is not null")" = f ]; then
  say "Making $tickets signed tickets and the tokens of $devices devices"
  sql -v signed="$tickets" -v uploaded="$uploaded" -v rotating=$((devices * (gate_seconds + 4) * 2)) -v devices="$devices" \
    -f "$queries/gate_scans.sql" >/dev/null
fi

gate=$(sql -c "select device_id from bench.gate_device where name = 'signed' and number = 1")
# Scans a second that two devices upload at once.
uploads() {
  "$pgbench" -n -M prepared -c 2 -j 2 -t 1 -f "$queries/upload.sql" "$url" 2>/dev/null |
    awk '/^tps = / { print $3 * 5000 }'
}
signed() { tps -D device="$gate" -f "$queries/signed_scan.sql" "$@"; }
signed -T 1 >/dev/null # plans
ratio="" reconciled=""
for ((round = 1; round <= rounds; round++)); do
  tpcb=$(tps)
  scans=$(signed) || die "a scan failed, or there are not enough tickets: ask for more with TICKETS"
  taken=$(uploads) || die "an upload failed"
  echo "round $round of $rounds: TPC-B $tpcb, signed tickets scanned $scans, uploaded $taken (per second)"
  ratio+=$(divide "$scans" "$tpcb")$'\n'
  reconciled+=$(divide "$taken" "$scans")$'\n'
done
denied=$(sql -c "select count(*) from admit.journal where tenant_id = 4 and action in ('scan.denied', 'scan.conflict')")
[ "$denied" = 0 ] || die "$denied signed tickets were denied"

start_shim
trap 'kill %1 2>/dev/null || true' EXIT
say "$devices devices for $gate_seconds s, two scans a second each"
status=0
evening=$(load load-gate-scans "$devices" "$gate_seconds") || status=$?
read -r rate p50 p95 p99 scans wrong violations <<<"$evening"
echo "$scans scans, $rate a second: p50 $p50 ms, p95 $p95 ms, p99 $p99 ms; $wrong wrong outcomes, $violations violations"

row signed_scan_vs_tpcb "$(printf %s "$ratio" | median)" ratio 1.3 at_least
row reconcile_per_s "$(printf %s "$reconciled" | median)" ratio 2 at_least
# One wrong outcome or violation fails the target, whatever the latency.
[ "$status" = 0 ] || p95=999999
row http_gate_p95_ms "$p95" ms 50 at_most
