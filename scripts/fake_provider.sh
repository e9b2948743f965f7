# shellcheck shell=bash
# The fake payment provider beside a shim. Sourced by run.sh and demo_test.sh.

# LOG: starts it; sets provider, its process, and provider_url. It ends with the script, even when that is killed.
start_provider() {
  local log=$1 tries=100
  : >"$log"
  # A database outlives it, so its ids begin where no earlier run's can have come to.
  setpriv --pdeathsig TERM "$RELEASE/fake-provider" --port 0 --print-port --ids-after $(($(date +%s) * 60)) \
    >"$log" 2>&1 9>&- &
  # shellcheck disable=SC2034 # for whoever sources this
  provider=$!
  until [ -s "$log" ]; do
    [ $((tries--)) -gt 0 ] || die "the fake payment provider does not start"
    sleep 0.1
  done
  grep -qxE '[0-9]+' "$log" || die "the fake payment provider does not start, see $log"
  # shellcheck disable=SC2034 # for whoever sources this
  provider_url=http://127.0.0.1:$(<"$log")
}
