#!/usr/bin/env bash
# Stops and removes every private cluster of this checkout and everything that was built.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

for command in run test bench; do only_one $command; done
for home in "$STATE"/*; do
  name=${home##*/}
  if [ -d "$home/data" ]; then cluster "$name" destroy; fi
done
rm -rf "$STATE" "$ROOT/target"
