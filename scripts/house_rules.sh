#!/usr/bin/env bash
# House rules that a search can check. Those that need a server are tests in pg_tests/regress.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

broken=0

forbid() { # RULE PATTERN FOLDER...: no line matches, comments and test modules and programs aside
  local rule=$1 pattern=$2 folder found=""
  shift 2
  for folder in "$@"; do
    [ -d "$folder" ] || continue
    found+=$(grep -rnE --include='*.rs' --include='*.sql' "$pattern" "$folder" |
      grep -vE '^[^:]+:[0-9]+: *(//|--)|/expected/|/src/bin/|/tests?(\.rs|/)' || true)
  done
  if [ -n "$found" ]; then
    printf '%s\n%s\n\n' "$rule" "$found"
    broken=1
  fi
}

forbid "Core reads no clock, no file, no network and no randomness." \
  'SystemTime::now|Instant::now|Utc::now|std::(fs|net|env)::|thread_rng|OsRng|getrandom|tokio|pgrx' core/src
forbid "The shim holds no SQL beyond its one call." \
  '(select|insert into|update|delete from) +(\*|admit\.[a-z_]+ (set|where|values))' shim/src
forbid "The gate knows the HTTP API only." \
  'postgres|(select|insert into|update|delete from) +(\*|admit\.[a-z_]+ (set|where|values))' gate/src
forbid "Ids are made in Rust: no sequence, serial or identity, no trigger, no rule." \
  '(bigserial|smallserial|\bserial\b|generated .* as identity|create +(sequence|rule|(constraint +)?trigger)\b)' sql
forbid "A definer function pins its search path without public." \
  'search_path *= *[^;]*public' sql extension/src

# Every command is called by a regress test, by its typed function or by its name.
while read -r command; do
  if ! grep -rqE "admit\.${command/./_}\(|'${command/./\\.}'" pg_tests/regress/sql; then
    echo "No regress test calls $command."
    broken=1
  fi
done < <(sed -nE 's/^ +"([a-z_]+\.[a-z_]+)" => .*/\1/p' extension/src/dispatch.rs)

vague=$(find core extension gate shim sql pg_tests benches -not -path '*/target/*' \
  \( -name 'utils*' -o -name 'helpers*' -o -name 'common*' -o -name 'manager*' \) 2>/dev/null)
if [ -n "$vague" ]; then
  printf 'A name says what is inside.\n%s\n' "$vague"
  broken=1
fi
exit $broken
