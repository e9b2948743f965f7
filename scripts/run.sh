#!/usr/bin/env bash
# make run: builds, starts a private cluster, the fake payment provider and the shim, plays the demo evening, serves until Ctrl-C.
#   DEMO=once   ends after the demo, with its status       PORT=8080   where the shim listens
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"
source "$ROOT/scripts/fake_provider.sh"

PORT=${PORT:-8080}
url=http://127.0.0.1:$PORT
shim="" provider=""

check_port() {
  ! port_taken "$PORT" || die "port $PORT is taken by another program. Choose one with: make run PORT=8081"
}

# shellcheck disable=SC2317 # called by the trap
stop_all() {
  trap '' INT TERM HUP
  local tries=100
  if [ -n "$shim" ]; then
    kill -TERM "$shim" 2>/dev/null || true
    while kill -0 "$shim" 2>/dev/null && [ $((tries--)) -gt 0 ]; do sleep 0.1; done
    kill -KILL "$shim" 2>/dev/null || true
  fi
  [ -z "$provider" ] || kill "$provider" 2>/dev/null || true
  cluster run stop
}

start_cluster() {
  cluster run stop # one left over from a killed run has the old library loaded
  cluster run start --preload -c max_connections=200
  cluster run psql -Xq -v ON_ERROR_STOP=1 -c 'set client_min_messages = warning' \
    -c 'create extension if not exists admit' -c 'alter extension admit update' \
    -c 'select admit.migrate()' >/dev/null
  # The shim logs in with a role that may execute functions and touch no table.
  [ "$(cluster run psql -XAtc "select 1 from pg_roles where rolname = 'admit_shim_login'")" = 1 ] ||
    cluster run psql -Xq -c 'create role admit_shim_login login in role admit_shim'
}

ready() { # asks the shim
  local answer
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
  read -r answer <&3 || true
  exec 3>&-
  [[ $answer == *' 200 '* ]]
}

start_shim() {
  check_port
  # The shim ends with this script, even when this script is killed.
  ADMIT_LISTEN=127.0.0.1:$PORT ADMIT_DATABASE_URL=$(cluster run url admit_shim_login) ADMIT_EFFECT_POLL_MS=100 \
    ADMIT_STRIPE_URL=$provider_url ADMIT_MIDTRANS_URL=$provider_url ADMIT_XENDIT_URL=$provider_url \
    setpriv --pdeathsig TERM "$RELEASE/admit-shim" >"$LOGS/shim.log" 2>&1 9>&- &
  shim=$!
  local tries=100
  until (ready) 2>/dev/null; do
    if ! kill -0 "$shim" 2>/dev/null || [ $((tries--)) -le 0 ]; then
      tail -n 20 "$LOGS/shim.log" >&2
      die "the shim does not become ready, see $LOGS/shim.log"
    fi
    sleep 0.1
  done
}

only_one run
check_port
"$ROOT/scripts/prerequisites.sh"
"$ROOT/scripts/build.sh"

trap stop_all EXIT
trap 'exit 130' INT TERM HUP
start_cluster
start_provider "$LOGS/provider.log"
start_shim
ADMIT_GATE=$RELEASE/admit-gate "$RELEASE/admit-harness" demo --url "$url" --database "$(cluster run url)" --provider "$provider_url" ||
  die "the demo did not hold; see $LOGS/shim.log and $(cluster run log)"
[ "${DEMO:-}" != once ] || exit 0

trap 'echo; say "Stopping"; exit 0' INT TERM HUP
say "Serving on $url until Ctrl-C; the log is $LOGS/shim.log"
wait "$shim" || true
tail -n 20 "$LOGS/shim.log" >&2
die "the shim stopped by itself, see $LOGS/shim.log"
