# Shared by the groups: sourced, not run.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2119,SC2120 # the groups use what is set here, with arguments or without
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-8}
pgbench=$("$PG_CONFIG" --bindir)/pgbench
url=$(cluster bench url)
queries=$ROOT/benches/sql
sql() { cluster bench psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

tps() { # [pgbench's arguments]: transactions a second, prepared, with 8 clients unless told
  "$pgbench" -n -M prepared -c 8 -j 2 -T "$seconds" "$@" "$url" 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

p95_ms() { # WORKLOAD: of its transactions' times, with 2 clients
  local log=$STATE/$1
  rm -f "$log".*
  "$pgbench" -n -M prepared -c 2 -j 2 -T "$seconds" -l --log-prefix="$log" -f "$queries/$1.sql" "$url" >/dev/null 2>&1
  cat "$log".* | awk '{ print $3 / 1000 }' | sort -n | awk '{ v[NR] = $1 } END { print v[int(NR * 0.95)] }'
  rm -f "$log".*
}

# The first event's device, its gate, and the accounts of an entry's legs.
read_place() {
  local place
  place=$("${pgbench%pgbench}psql" -XAtq -F ' ' "$url" -c "
    select e.event_id, e.device_id, d.gate_id, '{' || w.wallet_id || ',' || (
      select string_agg(account_id::text, ',') from (select account_id from admit.account order by kind limit 5) as a) || '}'
    from bench.event as e join admit.device as d on d.device_id = e.device_id
    join bench.wallet as w on w.i = 1 where e.i = 1")
  read -r event device gate legs <<<"$place"
}

hot() { tps -D device="$device" -f "$queries/scan_hot.sql" "$@"; }
spread() { tps -f "$queries/scan_spread.sql" "$@"; }
body='{"action":"reentry","balance_cents":999999928,"charges":[["venue_fee",10,1],["platform_fee",2,1]],"entry_number":6,"inside":true,"prior":["2026-11-21T07:27:26.944052Z","01a1fd00-7d81-7d6a-9b39-95a00d2c63ff",5],"receipt_key":2}'
client_tx() { # as the tables' owner under row-level security, as the functions are
  PGOPTIONS='-c role=admit_owner -c admit.tenant_id=1' tps -D device="$device" -D event="$event" -D gate="$gate" \
    -D legs="$legs" -D body="$body" -f "$queries/client_tx.sql" "$@"
}

divide() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

row() { # NAME VALUE UNIT TARGET at_least|at_most: kept for the end
  awk -v name="$1" -v value="$2" -v unit="$3" -v target="$4" -v rule="$5" 'BEGIN {
    ok = rule == "at_least" ? value >= target : value <= target
    printf "%s\t%.2f\t%s\t%s %s\t%s\n", name, value, unit, rule == "at_least" ? ">=" : "<=", target, ok ? "ok" : "below" }' |
    tee -a "$STATE/bench.tsv"
}

# The tenant, events, devices and wallets that every group uses; made once a cluster.
prepare_scans() {
  if [ "$(sql -c "select to_regclass('bench.wallet') is not null")" = f ]; then
    say "Preparing 1,000 events, 20,000 wallets and pgbench's tables"
    sql -f "$queries/setup.sql" >/dev/null
    sql -c 'grant usage on schema bench to admit_owner' -c 'grant select on all tables in schema bench to admit_owner'
    "$pgbench" -i -q -s 20 "$url" 2>/dev/null
    spread >/dev/null # plans, presence rows
    sql -c checkpoint
  fi
  read_place
}

# What is sold: made once a cluster, after the scans' things.
prepare_sales() {
  [ "$(sql -c "select to_regclass('bench.ticket_type') is not null")" = t ] || sql -f "$queries/sales.sql" >/dev/null
  hot_type=$(sql -c 'select ticket_type_id from bench.ticket_type where i = 0')
}

# A ticket for the first event in each wallet, with its code.
prepare_tickets() {
  [ "$(sql -c "select to_regclass('bench.ticket') is not null")" = t ] || sql -f "$queries/tickets.sql" >/dev/null
}
