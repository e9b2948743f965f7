#!/usr/bin/env bash
# Group `scan`: pgbench on the running cluster `bench`, workloads interleaved, median of ROUNDS.
# Prints name<TAB>median<TAB>unit<TAB>target<TAB>ok|below.
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"

rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-8}
pgbench=$("$PG_CONFIG" --bindir)/pgbench
url=$(cluster bench url)
sql() { cluster bench psql -XAtq -v ON_ERROR_STOP=1 "$@"; }

tps() { # [-f FILE]: transactions a second with 8 clients, prepared
  "$pgbench" -n -M prepared -c 8 -j 2 -T "$seconds" "$@" "$url" 2>/dev/null | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

row() { # NAME VALUE UNIT TARGET at_least|at_most
  awk -v name="$1" -v value="$2" -v unit="$3" -v target="$4" -v rule="$5" 'BEGIN {
    ok = rule == "at_least" ? value >= target : value <= target
    printf "%s\t%.2f\t%s\t%s %s\t%s\n", name, value, unit, rule == "at_least" ? ">=" : "<=", target, ok ? "ok" : "below" }'
}

say "Preparing 1,000 events, 20,000 wallets and pgbench's tables"
sql -f "$ROOT/benches/sql/setup.sql" >/dev/null
"$pgbench" -i -q -s 20 "$url" 2>/dev/null
tps -f "$ROOT/benches/sql/scan_spread.sql" >/dev/null # warm: plans, presence rows, first checkpoint cycle
sql -c checkpoint

tpcb_ratio="" spread_ratio=""
for ((round = 1; round <= rounds; round++)); do
  tpcb=$(tps) hot=$(tps -f "$ROOT/benches/sql/scan_hot.sql") spread=$(tps -f "$ROOT/benches/sql/scan_spread.sql")
  echo "round $round of $rounds: TPC-B $tpcb, scan at one event $hot, over 1,000 events $spread (per second)"
  tpcb_ratio+=$(awk "BEGIN { print $hot / $tpcb }")$'\n' spread_ratio+=$(awk "BEGIN { print $hot / $spread }")$'\n'
done

# Counted, per admitted scan: statements inside the call, rows written, WAL.
sql -c 'select pg_stat_statements_reset()' -c 'select pg_stat_reset()' >/dev/null
"$pgbench" -n -M prepared -c 1 -T 5 -f "$ROOT/benches/sql/scan_hot.sql" "$url" >/dev/null 2>&1
sleep 1
counted=$(sql -F ' ' -c "
  select (select sum(calls) from pg_stat_statements where not toplevel and query not like '%admit.tick%')::numeric / calls,
         (select sum(n_tup_ins + n_tup_upd) from pg_stat_user_tables
          where schemaname = 'admit' and relname in ('wallet','presence','journal','scan','place'))::numeric / calls,
         wal_bytes / calls
  from pg_stat_statements where toplevel and query like '%admit.scan(%' order by calls desc limit 1")
read -r statements writes wal <<<"$counted"

row scan_vs_tpcb "$(printf %s "$tpcb_ratio" | median)" ratio 1.5 at_least
row scan_hot_vs_spread "$(printf %s "$spread_ratio" | median)" ratio 0.95 at_least
row scan_statements "$statements" statements 5 at_most
row scan_heap_writes "$writes" rows 5 at_most
row scan_wal_bytes "$wal" bytes 1500 at_most
