# The shim of the measurements: sourced, not run.
# shellcheck shell=bash
# shellcheck disable=SC2154 # url is from measure.sh

start_shim() { # serves the evening's tenant at its host name, without rate limits
  local tries=100
  port=$((20000 + RANDOM % 12000))
  while port_taken "$port"; do port=$((20000 + RANDOM % 12000)); done
  [ "$(sql -c "select 1 from pg_roles where rolname = 'admit_shim_login'")" = 1 ] ||
    sql -c 'create role admit_shim_login login in role admit_shim'
  ulimit -n 16384 2>/dev/null || true
  ADMIT_LISTEN=127.0.0.1:$port ADMIT_DATABASE_URL=$(cluster bench url admit_shim_login) \
    ADMIT_PUBLIC_TENANTS='*=1,evening.test=7' ADMIT_RATE_PER_IP=0 ADMIT_RATE_PER_CREDENTIAL=0 ADMIT_RATE_WEBHOOKS=0 \
    setpriv --pdeathsig TERM "$RELEASE/admit-shim" >"$LOGS/bench-shim.log" 2>&1 9>&- &
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    [ $((tries--)) -gt 0 ] || die "the shim does not start, see $LOGS/bench-shim.log"
    sleep 0.1
  done
}

load() { # load-scans|load-evening CLIENTS SECONDS
  "$RELEASE/admit-harness" "$1" --url "http://127.0.0.1:$port" --database "$url" --clients "$2" --seconds "$3"
}
