#!/usr/bin/env bash
# Runs every example of the README: the SQL in a database of its own, then the commands of HTTP and of a gate
# against a shim on it. Uses the running cluster `test`. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

database=readme_examples
state_dir
folder=$LOGS/readme.run # stays where a run has failed
rm -rf "$folder"
mkdir "$folder"
passed=0 failed=0 shim=
finish() {
  local status=$?
  [ -z "$shim" ] || kill "$shim" 2>/dev/null || true
  [ $status != 0 ] || rm -rf "$folder"
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

psql_in() { cluster test psql -X -v ON_ERROR_STOP=1 -d "$database" "$@"; }

sql_block() { awk '/^```sql/ { on = 1; next } /^```/ { on = 0 } on' "$ROOT/README.md"; }

# The SQL examples, then what the curl examples need: their ids and credentials.
sql_examples() {
  { sql_block
    cat <<'SQL'
SELECT api_key FROM admit.api_key_create(1, name => 'readme', role => 'owner') \gset
SELECT device_token FROM admit.device_register(1, name => 'Second', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT pairing_code FROM admit.device_invite(1, name => 'Gate', gate_id => :'gate_id', event_id => :'event_id') \gset
\echo EVENT=:event_id VENUE=:venue_id DEVICE_TOKEN=:device_token SESSION_TOKEN=:session_token API_KEY=:api_key PAIRING_CODE=:pairing_code
SQL
  } | psql_in -f - >"$folder/sql"
  grep -q '^ admitted ' "$folder/sql"
  grep '^EVENT=' "$folder/sql" >"$folder/values"
}

# Each command of a section's indented block, on one line.
commands_of() { # SECTION
  awk -v section="## $1" '/^## / { on = ($0 == section) } on && /^    / { sub(/^    /, ""); sub(/ +# .*/, ""); print }' "$ROOT/README.md" |
    sed -e ':join' -e '/\\$/ { N; s/\\\n *//; b join' -e '}'
}

run_command() { # COMMAND
  local status=0 command=${1//127.0.0.1:8080/127.0.0.1:$port}
  [[ $command != curl* ]] || command+=" -sS --fail-with-body"
  (
    # shellcheck disable=SC1090,SC1091 # written above
    set -a && source <(tr ' ' '\n' <"$folder/values") && set +a
    cd "$folder" && PATH=$RELEASE:$PATH timeout 3 bash -c "$command"
  ) || status=$?
  # The live stream runs until it is ended.
  [ $status = 0 ] || { [[ $1 == *'-N '* && $status = 124 ]] && grep -q 'event: live' "$folder/out"; }
}

cluster test psql -Xq -c "drop database if exists $database" -c "create database $database"
check "SQL examples" sql_examples
# admit.tenant_id is hidden from pg_settings: admit sets it itself.
check "every setting is in the table" diff \
  <(awk -F '`' '/^\| `admit\./ && !/tenant_id/ { print $2 }' "$ROOT/README.md" | LC_ALL=C sort) \
  <(psql_in -Atqc "select name from pg_settings where name like 'admit.%' order by name collate \"C\"")
port=$((20000 + RANDOM % 12000))
url=$(cluster test url)
ADMIT_LISTEN=127.0.0.1:$port ADMIT_DATABASE_URL=${url%/*}/$database "$RELEASE/admit-shim" >"$folder/shim.log" 2>&1 &
shim=$!
for _ in {1..50}; do
  curl -sf "http://127.0.0.1:$port/readyz" >/dev/null && break
  sleep 0.1
done
while read -r command; do
  check "${command:0:60}" run_command "$command"
done < <(commands_of HTTP && commands_of 'A gate')
echo "$passed passed, $failed failed"
[ $failed = 0 ]
