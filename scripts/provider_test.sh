#!/usr/bin/env bash
# Tests the fake payment provider: its own tests, then Stripe's official library and localstripe as
# second opinions, where Python can install them. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

readonly STRIPE_LIBRARY=stripe==16.1.0
passed=0 failed=0 server=
log=$(mktemp)
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -f "$log"
}
trap finish EXIT

add() { # NAME COMMAND...: runs it and adds up what it counted
  local name=$1 status=0 good bad
  shift
  "$@" >"$log" 2>&1 || status=$?
  read -r good bad < <(awk '/^test result:/ { passed += $4; failed += $6 }
    /^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3 } END { print passed + 0, failed + 0 }' "$log")
  if [ "$bad" = 0 ] && [ $status != 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  echo "$name: $good passed, $bad failed"
  grep -E '^skipped' "$log" || true
  [ "$bad" = 0 ] || tail -n 40 "$log"
}

cd "$ROOT"
add "the fake itself" cargo test -q --no-fail-fast -p admit-fake-provider
cargo build -q -p admit-fake-provider
port=$((20000 + RANDOM % 12000))
"${CARGO_TARGET_DIR:-$ROOT/target}/debug/fake-provider" --port $port >/dev/null &
server=$!
for _ in {1..50}; do
  curl -sf "http://127.0.0.1:$port/_control" >/dev/null && break
  sleep 0.1
done
python=$STATE/python
if "$python/bin/python" -c 'import stripe' 2>/dev/null ||
  { python3 -m venv "$python" && "$python/bin/pip" install -q "$STRIPE_LIBRARY"; } >"$log" 2>&1; then
  add "Stripe's library" "$python/bin/python" pg_tests/fake_provider/tests/official_sdk.py "http://127.0.0.1:$port"
  add "localstripe" "$python/bin/python" pg_tests/fake_provider/tests/localstripe_compare.py "http://127.0.0.1:$port"
else
  echo "skipped: Stripe's library cannot be installed here: $(tail -n 1 "$log")"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
