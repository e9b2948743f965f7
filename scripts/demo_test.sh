#!/usr/bin/env bash
# Plays the demo evening on a database of the running cluster `test`, and then runs the examples that
# it prints. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"
source "$ROOT/scripts/fake_provider.sh"

database=demo_test
state_dir
folder=$LOGS/demo.run # stays where a run has failed
rm -rf "$folder"
mkdir "$folder"
passed=0 failed=0 shim='' provider=''
finish() {
  local status=$?
  [ -z "$shim" ] || kill "$shim" 2>/dev/null || true
  [ -z "$provider" ] || kill "$provider" 2>/dev/null || true
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

# The commands after "Try:", each on one line.
examples() {
  sed -n '/^Try:/,$p' "$folder/story" | sed -nE 's/^ {2,}//p' | sed -e ':join' -e '/\\$/ { N; s/\\\n *//; b join' -e '}'
}

run_example() { # COMMAND EXPECTED
  local status=0 command=$1
  [[ $command != curl* ]] || command+=" -sS --fail-with-body"
  PATH=$PATH:$("$PG_CONFIG" --bindir) timeout 3 bash -c "$command" || status=$?
  # The live stream runs until it is ended.
  [ $status = 0 ] || [[ $command == *' -N '* && $status = 124 ]]
  grep -q "$2" "$folder/out"
}

cluster test psql -Xq -c 'set client_min_messages = warning' -c "drop database if exists $database" -c "create database $database"
cluster test psql -Xq -d "$database" -c 'create extension admit' -c 'select admit.migrate()' >/dev/null
port=$((20000 + RANDOM % 12000))
while port_taken "$port"; do port=$((20000 + RANDOM % 12000)); done
url=$(cluster test url)
start_provider "$folder/provider.log"
ADMIT_LISTEN=127.0.0.1:$port ADMIT_DATABASE_URL=${url%/*}/$database ADMIT_TICK_MS=200 \
  ADMIT_STRIPE_URL=$provider_url ADMIT_EFFECT_POLL_MS=100 \
  "$RELEASE/admit-shim" >"$folder/shim.log" 2>&1 &
shim=$!
for _ in {1..50}; do
  port_taken "$port" && break
  sleep 0.1
done
play() { ADMIT_GATE=$RELEASE/admit-gate "$RELEASE/admit-harness" demo --url "http://127.0.0.1:$port" --database "${url%/*}/$database" --provider "$provider_url" | tee "$folder/story"; }
check "the evening, from the first wallet to the proofs" play
check "and again on the data that it left" play
check "it prints three examples" test "$(examples | wc -l)" = 3
while read -r command; do
  case $command in
    psql*) check "psql" run_example "$command" 'legs_sum_to_zero *| *0' ;;
    *-N*) check "curl of the live counts" run_example "$command" 'event: live' ;;
    *) check "curl of a scan" run_example "$command" '"outcome":"admitted"' ;;
  esac
done < <(examples)
echo "$passed passed, $failed failed"
[ $failed = 0 ]
