#!/usr/bin/env bash
# Group `scan`: pgbench on the running cluster `bench`, workloads interleaved, median of ROUNDS.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

prepare_scans
tpcb_ratio="" spread_ratio="" client_ratio=""
for ((round = 1; round <= rounds; round++)); do
  tpcb=$(tps) client=$(client_tx) hot=$(hot) spread=$(spread)
  [ -n "$client" ] || die "the client's transaction failed"
  echo "round $round of $rounds: TPC-B $tpcb, a client's own transaction $client," \
    "scan at one event $hot, over 1,000 events $spread (per second)"
  tpcb_ratio+=$(divide "$hot" "$tpcb")$'\n' spread_ratio+=$(divide "$hot" "$spread")$'\n'
  client_ratio+=$(divide "$hot" "$client")$'\n'
done

# Counted, per admitted scan: statements inside the call, rows written, WAL.
sql -c 'select pg_stat_statements_reset()' -c 'select pg_stat_reset()' >/dev/null
PGOPTIONS='-c pg_stat_statements.track=all' hot -c 1 -j 1 >/dev/null
sleep 1
counted=$(sql -F ' ' -c "
  select (select sum(calls) from pg_stat_statements where not toplevel and query not like '%admit.tick%')::numeric / calls,
         (select sum(n_tup_ins + n_tup_upd) from pg_stat_user_tables
          where schemaname = 'admit' and relname in ('wallet','presence','journal','scan','place'))::numeric / calls,
         wal_bytes / calls
  from pg_stat_statements where toplevel and query like '%admit.scan(%' order by calls desc limit 1")
read -r statements writes wal <<<"$counted"

# How old the oldest entry of a block is when it is sealed, under load: 95 of 100 blocks are below.
began=$(sql -c 'select clock_timestamp()')
hot >/dev/null
lag=$(sql -c "
  select percentile_cont(0.95) within group (order by extract(epoch from b.sealed_at - j.recorded_at) * 1000)
  from admit.block as b
  join admit.journal as j on j.tenant_id = b.tenant_id and j.lineage = b.lineage and j.xid = b.from_xid and j.ord = b.from_ord
  where b.tenant_id = 1 and j.recorded_at > '$began'")

"$ROOT/benches/growth.sh"
row scan_vs_tpcb "$(printf %s "$tpcb_ratio" | median)" ratio 1.5 at_least
row scan_hot_vs_spread "$(printf %s "$spread_ratio" | median)" ratio 0.95 at_least
row scan_vs_client_tx "$(printf %s "$client_ratio" | median)" ratio 3 at_least
row scan_statements "$statements" statements 5 at_most
row scan_heap_writes "$writes" rows 5 at_most
row scan_wal_bytes "$wal" bytes 1500 at_most
row tick_lag_ms "$lag" ms 500 at_most
