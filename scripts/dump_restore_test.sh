#!/usr/bin/env bash
# Dumps a database with scans and sealed blocks, restores it, and goes on with it. Uses the running
# cluster `test`. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

bin=$("$PG_CONFIG" --bindir)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0 failed=0
url=$(cluster test url)
base=${url%/*}

check() { # NAME EXPECTED FOUND
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1)) && echo "ok   $1"
  else
    failed=$((failed + 1)) && printf 'FAIL %s\n  expected: %s\n  found:    %s\n' "$1" "$2" "$3"
  fi
}

in_database() { # NAME [psql's arguments]
  "$bin/psql" -XAtq -v ON_ERROR_STOP=1 "$base/$1" "${@:2}"
}

for name in dumped restored; do
  in_database admit -c 'set client_min_messages = warning' -c "drop database if exists $name with (force)" -c "create database $name"
done

in_database dumped >"$folder/values" <<'SQL'
set client_min_messages = warning;
create extension admit;
select admit.migrate() \g /dev/null
select api_key from admit.tenant_create(1, 'Dump') \gset
select venue_id from admit.venue_create(1, name => 'Hall') \gset
select gate_id from admit.gate_create(1, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
select event_id from admit.event_create(1, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, exit_scans => true, duplicate_window_ms => 0) \gset
select device_id, device_token from admit.device_register(1, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
select session_token from admit.wallet_open(1, event_id => :'event_id', venue_id => :'venue_id') \gset
select provider from admit.provider_configure(1, live => false, provider => 'stripe', webhook_secrets => '["whsec_kept_in_the_dump_only_sealed"]') \gset
select admit.uuid7() as nonce \gset
select receipt from admit.scan(1, :'session_token', :'device_id', 'entry', :'nonce') \gset
select sealed_blocks from admit.tick(1) \gset
-- Not sealed yet when the dump is made.
select outcome from admit.scan(1, :'session_token', :'device_id', 'exit', admit.uuid7()) \gset
\echo :api_key :device_token :session_token :device_id :nonce :receipt
SQL
read -r api_key device_token session_token device_id nonce receipt <"$folder/values"

"$bin/pg_dump" --format=custom --file="$folder/dump" "$base/dumped"
"$bin/pg_dump" --file="$folder/plain.sql" "$base/dumped"
for secret in "$api_key" "${api_key: -26}" "$device_token" "$session_token" whsec_kept_in_the_dump; do
  check "the dump does not hold a secret (${secret:0:5}…)" 0 "$(grep -cF -- "$secret" "$folder/plain.sql" || true)"
done

check "pg_restore ends without an error" "" "$("$bin/pg_restore" --exit-on-error --dbname="$base/restored" "$folder/dump" 2>&1)"
check "nothing is left to migrate" 1 "$(in_database restored -c 'select admit.migrate() is not null' | grep -c t)"
in_restored() { in_database restored -c "$1"; }
check "every invariant holds" 0 "$(in_restored "select coalesce(sum(violations), 0) from admit.verify(1)")"
check "the same scan has the same answer" "admitted|$receipt" "$(in_restored \
  "select outcome, receipt from admit.scan(1, '$session_token', '$device_id', 'entry', '$nonce')")"
check "a new scan passes" admitted "$(in_restored \
  "select outcome from admit.scan(1, '$session_token', '$device_id', 'entry', admit.uuid7())")"
check "credentials are good" t "$(in_restored \
  "select admit.dispatch(1, 'venue.list', '$api_key', '{}') like '%Hall%'")"
check "tick seals what the dump had unsealed, and what came after" 0 "$(in_restored \
  "select t.sealed_entries from admit.tick(1) as t" >/dev/null; in_restored \
  "select (select count(*) from admit.journal) - last_seq from admit.seal")"
check "as a chain" t "$(in_restored "select bool_and(checkpoint <> '') and count(*) >= 2 from admit.block")"
check "every invariant still holds" 0 "$(in_restored "select coalesce(sum(violations), 0) from admit.verify(1)")"
check "row-level security came along" 0 "$(in_restored \
  "select count(*) from pg_class where relnamespace = 'admit'::regnamespace and relkind = 'r' and relname <> 'schema_version' and not relforcerowsecurity")"

# DROP EXTENSION without CASCADE is refused; with it the ledger stays, and migrate puts its guards back.
check "the extension cannot be dropped by mistake" 1 "$(in_database restored -c 'drop extension admit' 2>&1 | grep -c 'other objects depend on it')"
before=$(in_restored 'select count(*) from admit.journal')
in_database restored -c 'drop extension admit cascade' -c 'create extension admit' 2>/dev/null
check "dropping it with force leaves the ledger" "$before" "$(in_restored 'select count(*) from admit.journal')"
check "which nothing writes to without its guards" 1 "$(in_database restored -c \
  "select admit.scan(1, '$session_token', '$device_id', 'exit', admit.uuid7())" 2>&1 | grep -c 'run SELECT admit.migrate')"
check "migrate puts them back" 1 "$(in_restored 'select admit.migrate()' | grep -c 'up to date')"
check "a policy for every table" 0 "$(in_restored "select count(*) from pg_class as c where relnamespace = 'admit'::regnamespace
  and relkind = 'r' and relname <> 'schema_version' and not exists (select from pg_policy where polrelid = c.oid)")"
check "conservation by constraint" 1 "$(in_database restored -c "update admit.journal set leg_account = array[entry_id],
  leg_amount = array[1]" 2>&1 | grep -c journal_legs_balance)"
check "scans pass" admitted "$(in_restored \
  "select outcome from admit.scan(1, '$session_token', '$device_id', 'exit', admit.uuid7())")"
check "and every invariant holds" 0 "$(in_restored "select coalesce(sum(violations), 0) from admit.verify(1)")"

for name in dumped restored; do in_database admit -c "drop database $name with (force)"; done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
