#!/usr/bin/env bash
# Checks the known answers of tickets, and the pictures of QR codes, with libraries that are not
# ours, where Python can install them. Ends with `N passed, N failed`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

readonly LIBRARIES=(jwcrypto==1.6.1 pyotp==2.12.0 zxing-cpp==3.1.1 pillow==13.0.0 resvg-py==0.5.0 pypdfium2==5.15.2)
readonly VECTORS=$ROOT/core/vectors/ticket_tokens.json
python=$STATE/python-tokens
log=$LOGS/python-tokens.log
passed=0 failed=0
state_dir

add() { # NAME COMMAND...: runs it and adds up what it counted
  local name=$1 status=0 good bad
  shift
  "$@" >"$log" 2>&1 || status=$?
  read -r good bad < <(awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3 } END { print passed + 0, failed + 0 }' "$log")
  if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$good" = 0 ]; }; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  echo "$name: $good passed, $bad failed"
  [ "$bad" = 0 ] || tail -n 40 "$log"
}

if "$python/bin/python" -c 'import jwcrypto, pyotp, zxingcpp, PIL, resvg_py, pypdfium2' 2>/dev/null ||
  { python3 -m venv "$python" && "$python/bin/pip" install -q "${LIBRARIES[@]}"; } >"$log" 2>&1; then
  add "known answers" "$python/bin/python" pg_tests/tokens/vectors.py "$VECTORS"
  cargo build -q --release -p admit-core --features cli --bin admit-qr
  add "QR codes" "$python/bin/python" pg_tests/tokens/pictures.py "$RELEASE/admit-qr" "$VECTORS"
else
  echo "skipped: ${LIBRARIES[*]} cannot be installed here: $(tail -n 1 "$log")"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
