#!/usr/bin/env bash
# Dumps a small tenant and restores it, as the README's operations say: into another database of the
# running cluster `test`, then into a cluster of its own with another system identifier.
# Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

source_database=dump_source restored=dump_restored other=restored
bin=$("$PG_CONFIG" --bindir)
folder=$(mktemp -d)
passed=0 failed=0
finish() {
  cluster "$other" destroy || true
  rm -rf "$folder"
}
trap finish EXIT

check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$folder/out" 2>&1; then
    passed=$((passed + 1)) && echo "ok   $name"
  else
    failed=$((failed + 1)) && echo "FAIL $name" && cat "$folder/out"
  fi
}

psql_in() { # CLUSTER DATABASE ARGUMENT...: with the values that the source gave
  local cluster=$1 database=$2 variables=() line
  shift 2
  if [ -s "$folder/values" ]; then
    while read -r line; do variables+=(-v "$line"); done <"$folder/values"
  fi
  cluster "$cluster" psql -XAtq -v ON_ERROR_STOP=1 "${variables[@]}" -d "$database" "$@"
}

answers() { # CLUSTER DATABASE SQL EXPECTED
  local answer
  answer=$(psql_in "$1" "$2" -f - <<<"$3")
  echo "$answer"
  [ "$answer" = "$4" ]
}

at() { # CLUSTER PROGRAM ARGUMENT...: one of Postgres' programs
  local cluster=$1
  shift
  (
    eval "$(cluster "$cluster" env)"
    exec "$bin/$1" "${@:2}"
  )
}

no_violation="SELECT count(*) > 10, sum(violations) FROM admit.verify(1)"

# Two scans of a funded wallet, a denial, sealed blocks, unsealed entries, and what holds secrets.
make_source() {
  cluster test psql -Xq -c "drop database if exists $source_database" -c "create database $source_database"
  psql_in test "$source_database" -f "$ROOT/scripts/dump_restore_test.sql" >"$folder/values"
  grep -q '^session_token=AW1' "$folder/values"
}

restore_into() { # CLUSTER
  cluster "$1" psql -Xq -d postgres -c "drop database if exists $restored" -c "create database $restored"
  at "$1" pg_restore --exit-on-error -d "$restored" "$folder/dump"
}

contents() { # CLUSTER DATABASE: every table's number of rows and their hash
  local table
  while read -r table; do
    psql_in "$1" "$2" -c "SELECT '$table', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM admit.$table AS t"
  done < <(psql_in "$1" "$2" -c "SELECT relname FROM pg_class WHERE relnamespace = 'admit'::regnamespace AND relkind = 'r' ORDER BY 1")
}

same_contents() { # CLUSTER
  contents test "$source_database" >"$folder/before"
  contents "$1" "$restored" >"$folder/after"
  [ "$(wc -l <"$folder/before")" -gt 25 ] && grep -q '^journal|[1-9]' "$folder/before" && diff "$folder/before" "$folder/after"
}

seals_all() { # CLUSTER: waits for older transactions of other databases to end
  for _ in {1..50}; do
    psql_in "$1" "$restored" -c "SELECT admit.tick(1)" >/dev/null
    ! answers "$1" "$restored" "SELECT count(*) FROM admit.unsealed_entry" 0 || return 0
    sleep 0.1
  done
  return 1
}

continues_chain() { # CLUSTER
  answers "$1" "$restored" "SELECT count(*) FROM admit.block" 2 && seals_all "$1" &&
    answers "$1" "$restored" "SELECT count(*) > 2 FROM admit.block" t &&
    answers "$1" "$restored" "SELECT count(*) = (SELECT sum(entry_count) FROM admit.block) FROM admit.journal" t
}

works_in() { # CLUSTER: business goes on in the restored database
  local name=$1
  check "$name: every row is there" same_contents "$name"
  check "$name: the tables are up to date" answers "$name" "$restored" "SELECT admit.migrate() LIKE '%up to date%'" t
  check "$name: no invariant is violated" answers "$name" "$restored" "$no_violation" "t|0"
  check "$name: a replayed scan has the same answer" answers "$name" "$restored" \
    "SELECT md5(s::text) = :'answer' FROM admit.scan(1, :'session_token', :'device_id', 'entry', :'nonce') AS s" t
  check "$name: a new scan passes and charges" answers "$name" "$restored" \
    "SELECT outcome, charged_cents, balance_cents FROM admit.scan(1, :'session_token', :'device_id', 'entry', admit.uuid7())" \
    "admitted|100|500"
  check "$name: the API key is known" answers "$name" "$restored" \
    "SELECT admit.dispatch(1, 'venue.list', :'api_key', '{}')::jsonb #>> '{items,0,name}'" Hall
  check "$name: an idempotency key has its answer" answers "$name" "$restored" \
    "SELECT admit.dispatch(1, 'api_key.create', :'api_key', :'request', 'dump')::jsonb ->> 'api_key' = :'second_key'" t
  check "$name: tick continues the chain of blocks" continues_chain "$name"
  check "$name: no invariant is violated after that" answers "$name" "$restored" "$no_violation" "t|0"
}

# Each secret as text and as the bytes that a bytea column would show.
holds_no_secret() {
  local name value found=0
  grep -q "$(sed -n 's/^api_key_id=//p' "$folder/values")" "$folder/plain" || return 1
  while IFS='=' read -r name value; do
    [[ $name =~ ^(api_key|second_key|device_token|session_token|binding|recovery_code|webhook_secret|secret_bytes)$ ]] || continue
    found=$((found + 1))
    ! grep -iqF -e "$value" -e "$(printf %s "$value" | od -An -v -tx1 | tr -d ' \n')" "$folder/plain" ||
      { echo "the dump holds $name" && return 1; }
  done <"$folder/values"
  [ $found = 8 ]
}

holds_no_master_key() {
  local key
  key=$(master_key test | od -An -v -tx1 | tr -d ' \n')
  [ ${#key} -ge 64 ] && ! grep -iqF -e "$key" -e "$(master_key test | base64 -w0)" "$folder/plain"
}

master_key() { cat "$(dirname "$(cluster "$1" datadir)")/master.key"; }

# Roles from pg_dumpall, except the superuser, who is there already.
restore_elsewhere() {
  cluster "$other" destroy
  cluster "$other" start --preload
  at test pg_dumpall --globals-only | grep -v ' ROLE postgres' >"$folder/roles"
  cluster "$other" psql -Xq -v ON_ERROR_STOP=1 -d postgres -f "$folder/roles"
  restore_into "$other"
}

needs_master_key() { # the cluster has one of its own, which opens nothing
  local scan="SELECT outcome FROM admit.scan(1, :'session_token', :'device_id', 'exit', admit.uuid7())"
  ! psql_in "$other" "$restored" -v VERBOSITY=sqlstate -f - <<<"$scan" >"$folder/refusal" 2>&1 &&
    cat "$folder/refusal" && grep -q "ERROR:  TK022" "$folder/refusal"
}

bring_master_key() { # into the file that is there, which keeps its owner and mode
  master_key test >"$(dirname "$(cluster "$other" datadir)")/master.key"
}

check "a tenant with money, scans and blocks" make_source
check "pg_dump" at test pg_dump -Fc -f "$folder/dump" "$source_database"
check "pg_dump as text" at test pg_dump -f "$folder/plain" "$source_database"
check "the dump holds no secret" holds_no_secret
check "the dump holds no master key" holds_no_master_key
check "pg_restore into another database" restore_into test
works_in test
check "pg_restore into another cluster" restore_elsewhere
check "without the master key no token verifies" needs_master_key
check "the master key is brought" bring_master_key
works_in "$other"
check "the journal goes on under a second lineage" answers "$other" "$restored" "SELECT count(DISTINCT lineage) FROM admit.journal" 2
echo "$passed passed, $failed failed"
[ $failed = 0 ]
