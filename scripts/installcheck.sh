#!/usr/bin/env bash
# Tests the installed extension on the running server that libpq's variables name.
#   installcheck.sh [regress|isolation]     both by default; ONLY="name ..." runs those files alone
# The role must be a superuser. Leaves the databases contrib_regression and isolation_regression.
# Ends with a line `N passed, N failed`; outputs lie in .admit/installcheck.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

out=$STATE/installcheck
if ! (umask 022 && mkdir -p "$out") 2>/dev/null || [ ! -w "$out" ]; then
  out=$(mktemp -d)
  say "Outputs go to $out"
fi
tools=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
bin=$("$PG_CONFIG" --bindir)
passed=0 failed=0

check_server() {
  local superuser
  superuser=$("$bin/psql" -XAtqc "select current_setting('is_superuser')" -d postgres) ||
    die "cannot connect. Set PGHOST, PGPORT, PGUSER and PGPASSWORD to a superuser of your server," \
      "or make yourself one: sudo -u postgres createuser --superuser $(id -un)"
  [ "$superuser" = on ] || die "$("$bin/psql" -XAtqc 'select current_user' -d postgres) is not a superuser."
}

# SUITE SUFFIX: the tests to run; one without an expected output fails here, as it would stop the rest.
list_tests() {
  local file name
  tests=()
  for file in "pg_tests/$1"/*/*"$2"; do
    name=$(basename "$file" "$2")
    [ -f "$file" ] || continue
    [ -z "${ONLY:-}" ] || [[ " $ONLY " == *" $name "* ]] || continue
    if compgen -G "pg_tests/$1/expected/$name*.out" >/dev/null; then
      tests+=("$name")
    else
      echo "$name: pg_tests/$1/expected/$name.out is missing." \
        "Make it empty, run again, read $out/$1/results/$name.out, copy it."
      failed=$((failed + 1))
    fi
  done
}

run_suite() { # SUITE PROGRAM ARGUMENT...: pg_regress or one that speaks like it
  local suite=$1 good
  shift
  rm -rf "${out:?}/$suite"
  mkdir -p "$out/$suite"
  printf 'test: %s\n' "${tests[@]}" >"$out/$suite/schedule"
  "$@" --bindir="$bin" --inputdir="pg_tests/$suite" --outputdir="$out/$suite" \
    --load-extension=admit --schedule="$out/$suite/schedule" 2>&1 | tee "$out/$suite/log" || true
  # Postgres 15 says `test name ... ok`, 16 says `ok 1 - name`.
  good=$(grep -cE '^test .*\.\.\. ok |^ok [0-9]+ ' "$out/$suite/log" || true)
  passed=$((passed + good)) failed=$((failed + ${#tests[@]} - good))
}

regress() {
  list_tests regress .sql
  [ ${#tests[@]} = 0 ] || run_suite regress "$tools/regress/pg_regress" --dbname=contrib_regression
}

isolation() {
  list_tests isolation .spec
  [ ${#tests[@]} = 0 ] ||
    run_suite isolation "$tools/isolation/pg_isolation_regress" --dbname=isolation_regression
}

check_server
case ${1:-all} in
  regress) regress ;;
  isolation) isolation ;;
  all) regress; isolation ;;
  *) die "usage: installcheck.sh [regress|isolation]" ;;
esac
if [ $((passed + failed)) = 0 ]; then
  echo "There is no test to run."
  failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
