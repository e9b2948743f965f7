#!/usr/bin/env bash
# Runs every test on a fresh cluster of its own and ends with one line `N passed, N failed`.
#   SUITES="core regress"   only these       CYCLES=20   kills of the crash suite
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

known=(core token provider regress isolation readme demo dump http effects gate concurrency crash refunds)
read -ra suites <<<"${SUITES:-${known[*]}}"
passed=0 failed=0

prepare() {
  "$ROOT/scripts/prerequisites.sh" &&
    "$ROOT/scripts/build.sh" &&
    cluster test destroy &&
    cluster test start --preload -c max_connections=300 &&
    cluster test psql -Xq -v ON_ERROR_STOP=1 \
      -c 'create extension admit' -c 'select admit.migrate()' >/dev/null
}

run_suite() { # NAME
  local harness=$RELEASE/admit-harness
  case $1 in
    core) cargo test --no-fail-fast ;;
    token) "$ROOT/scripts/token_test.sh" ;;
    provider) "$ROOT/scripts/provider_test.sh" ;;
    regress | isolation) "$ROOT/scripts/installcheck.sh" "$1" ;;
    readme) "$ROOT/scripts/readme_examples.sh" ;;
    demo) "$ROOT/scripts/demo_test.sh" ;;
    dump) "$ROOT/scripts/dump_restore_test.sh" ;;
    http | effects | gate | concurrency | refunds) "$harness" "$1" ;;
    crash) "$harness" crash --cycles "${CYCLES:-20}" ;;
  esac
}

count() { # LOG: prints `passed failed`, from cargo's totals or from the last line of ours; else nothing
  awk '/^test result:/ { passed += $4; failed += $6; seen = 1 }
    /^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3; seen = 1 }
    END { if (seen) print passed, failed }' "$1"
}

show_failure() { # NAME LOG
  local diffs=$STATE/installcheck/$1/regression.diffs
  echo "--- $1: $2"
  if [ -s "$diffs" ]; then
    grep -E 'is missing|FAILED|^not ok' "$2" || true
    head -n 80 "$diffs"
  else
    tail -n 40 "$2"
  fi
  echo "---"
}

suite() { # NAME: runs it, adds up what it counted; one that dies or counts nothing without a reason is one failure
  local log=$LOGS/$1.log status=0 good bad began=$SECONDS
  printf '%-12s ' "$1"
  cluster test start >/dev/null || true # an earlier suite may have left it down
  run_suite "$1" >"$log" 2>&1 </dev/null || status=$?
  read -r good bad < <(count "$log") || { good=0 bad=1; }
  if [ "$bad" = 0 ] && { [ $status != 0 ] || { [ "$good" = 0 ] && ! grep -q '^skipped' "$log"; }; }; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  printf '%5d passed %4d failed %6d s\n' "$good" "$bad" $((SECONDS - began))
  [ "$bad" = 0 ] || show_failure "$1" "$log"
}

for name in "${suites[@]}"; do
  [[ " ${known[*]} " == *" $name "* ]] || die "there is no suite $name; there are ${known[*]}"
done
only_one test
trap 'cluster test stop 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

if prepare; then
  eval "$(cluster test env)"
  ADMIT_DATABASE_URL=$(cluster test url)
  export ADMIT_DATABASE_URL ADMIT_CLUSTER="$ROOT/scripts/cluster.sh test" ADMIT_SHIM=$RELEASE/admit-shim
  export ADMIT_GATE=$RELEASE/admit-gate
  export ADMIT_LOGS=$LOGS
  say "Testing; outputs in $LOGS"
  for name in "${suites[@]}"; do suite "$name"; done
else
  failed=1
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
