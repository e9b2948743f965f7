#!/usr/bin/env bash
# Checks the known answers of tickets with libraries that are not ours, where Python can install
# them. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

readonly LIBRARIES=(jwcrypto==1.6.1 pyotp==2.12.0)
python=$STATE/python-tokens
log=$LOGS/python-tokens.log
state_dir
if "$python/bin/python" -c 'import jwcrypto, pyotp' 2>/dev/null ||
  { python3 -m venv "$python" && "$python/bin/pip" install -q "${LIBRARIES[@]}"; } >"$log" 2>&1; then
  "$python/bin/python" "$ROOT/pg_tests/tokens/vectors.py" "$ROOT/core/vectors/ticket_tokens.json"
else
  echo "skipped: jwcrypto and pyotp cannot be installed here: $(tail -n 1 "$log")"
  echo "0 passed, 0 failed"
fi
