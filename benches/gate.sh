#!/usr/bin/env bash
# Group `gate`: what a gate downloads, and how long it takes for a ticket without a network.
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

manifest_ms() { # BODY TIMES: the median of one client's calls, in one session
  local log=$STATE/manifest
  rm -f "$log".*
  "$pgbench" -n -M prepared -c 1 -t "$2" -l --log-prefix="$log" -D token="$token" -D body="$1" -f "$queries/manifest.sql" \
    "$url" >/dev/null 2>&1 || die "a manifest cannot be made"
  cat "$log".* | awk '{ print $3 / 1000 }' | median
  rm -f "$log".*
}

manifest() { # BODY: the answer
  sql -v token="$token" -v body="$1" -f - <<<"select admit.dispatch(3, 'manifest.get', :'token', :'body', null, null)"
}

say "Making 100,000 tickets"
[ "$(sql -c "select to_regclass('bench.gate') is not null")" = t ] || sql -f "$queries/gate.sql" >/dev/null
read -r event device token < <(sql -F ' ' -c 'select event_id, device_id, device_token from bench.gate')

full="{\"event_id\": \"$event\", \"tickets\": true}"
row manifest_full_100k_ms "$(manifest_ms "$full" 15)" ms 500 at_most
row manifest_full_100k_bytes "$(manifest "$full" | gzip -1 | wc -c)" bytes 1200000 at_most

since=$(manifest "{\"event_id\": \"$event\"}" | sed -n 's/.*"position":"\([^"]*\)".*/\1/p')
scanned=$(sql -c "select count(*) filter (where outcome = 'admitted') from bench.gate_ticket as t,
  lateral admit.scan(3, t.code, '$device', 'entry', admit.uuid7())")
[ "$scanned" = 100 ] || die "only $scanned of 100 tickets were admitted"
row manifest_delta_ms "$(manifest_ms "{\"event_id\": \"$event\", \"since\": \"$since\"}" 200)" ms 10 at_most

spoken=$("$RELEASE/admit-harness" load-gate)
row verify_at1_us "$(sed -n 's/^verify_at1_us=//p' <<<"$spoken")" us 60 at_most
row verify_rotating_us "$(sed -n 's/^verify_rotating_us=//p' <<<"$spoken")" us 70 at_most

"$ROOT/benches/gate_scans.sh"
