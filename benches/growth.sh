#!/usr/bin/env bash
# Part of group `scan`: the same scans with 100,000 and with ROWS_GROWN journal rows, interleaved.
# shellcheck disable=SC2119 # the workloads take pgbench's arguments or none
set -euo pipefail
# shellcheck source=../scripts/env.sh
source "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=measure.sh
source "$ROOT/benches/measure.sh"

grown=${ROWS_GROWN:-10000000}
base=${url%/*}

make_database() { # NAME ROWS
  say "Filling a database with $2 journal rows"
  cluster bench psql -XAtq -v ON_ERROR_STOP=1 -c "create database $1" >/dev/null
  url=$base/$1
  in_it() { cluster bench psql -XAtq -v ON_ERROR_STOP=1 "$@" "$url" >/dev/null; }
  in_it -c 'create extension admit' -c 'select admit.migrate()'
  in_it -f "$ROOT/benches/sql/setup.sql"
  read_place
  in_it -v rows="$2" -v gate="$gate" -v legs="$legs" -f "$ROOT/benches/sql/grow.sql"
  hot >/dev/null
}

make_database small 100000
make_database grown "$grown"
cluster bench psql -Xq -c checkpoint
# Every page is written whole the first time after a checkpoint: that is over before the rounds.
for name in small grown; do
  url=$base/$name && read_place && seconds=$((seconds * 3)) hot >/dev/null
done
ratios=""
for ((round = 1; round <= rounds; round++)); do
  url=$base/small && read_place && small=$(hot)
  url=$base/grown && read_place && big=$(hot)
  echo "round $round of $rounds: $small scans a second with 100,000 journal rows, $big with $grown"
  ratios+=$(divide "$big" "$small")$'\n'
done
row scan_growth "$(printf %s "$ratios" | median)" ratio 0.9 at_least
for name in small grown; do cluster bench psql -Xq -c "drop database $name"; done
