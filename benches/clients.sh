#!/usr/bin/env bash
# Group `clients`: throughput against the number of clients, medians of ROUNDS, drawn as
# benches/throughput.svg.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"
# shellcheck source=shim.sh
source "$ROOT/benches/shim.sh"

prepare_scans
hot >/dev/null # plans, presence rows
table=$STATE/bench-clients.tsv
printf 'clients\tTPC-B\tscan\tscan over HTTP\n' >"$table"
start_shim
trap 'kill %1 2>/dev/null || true' EXIT
for clients in 1 2 4 8 16 32 64; do
  threads=$((clients < 2 ? 1 : 2)) tpcb="" scans="" over_http=""
  for ((round = 1; round <= rounds; round++)); do
    tpcb+=$(tps -c $clients -j $threads)$'\n' scans+=$(hot -c $clients -j $threads)$'\n'
    over_http+=$(load load-scans $clients "$seconds" | cut -d ' ' -f 1)$'\n'
  done
  printf '%s\t%.0f\t%.0f\t%.0f\n' $clients "$(printf %s "$tpcb" | median)" "$(printf %s "$scans" | median)" \
    "$(printf %s "$over_http" | median)" | tee -a "$table"
done
awk -f "$ROOT/benches/throughput.awk" "$table" >"$ROOT/benches/throughput.svg"
say "Drawn: benches/throughput.svg"
