#!/usr/bin/env bash
# Installs what the build and the tests need and this machine lacks, and says so first.
# Takes no time when nothing is missing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

readonly RUST_MIN=1.95 PG_OLDEST=15 PG_NEWEST=18

check_rust() {
  local hint="install it with rustup (https://rustup.rs), then run this again."
  [ -z "${SUDO_USER:-}" ] || hint="run this without sudo; it calls sudo itself where it must."
  { command -v cargo && command -v rustc; } >/dev/null || die "Rust is missing: $hint"
  local version
  version=$(rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n' "$RUST_MIN" "$version" | sort -V | head -n1)" = "$RUST_MIN" ] ||
    die "Rust $version is too old, $RUST_MIN is needed: run 'rustup update stable'."
}

check_postgres() { # adds to `missing`
  local major=15
  if [ -x "$PG_CONFIG" ]; then
    major=$(pg_major)
  else
    [[ $PG_CONFIG =~ /postgresql/([0-9]+)/bin/pg_config$ ]] || die "there is no $PG_CONFIG."
    major=${BASH_REMATCH[1]}
  fi
  if [ "$major" -lt $PG_OLDEST ] || [ "$major" -gt $PG_NEWEST ]; then
    die "$PG_CONFIG is Postgres $major; admit works with $PG_OLDEST to $PG_NEWEST."
  fi
  local bin="" headers="" tests=""
  if [ -x "$PG_CONFIG" ]; then
    bin=$("$PG_CONFIG" --bindir)
    headers=$("$PG_CONFIG" --includedir-server)
    tests=$(dirname "$("$PG_CONFIG" --pgxs)")/../test
  fi
  [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] || missing+=("postgresql-$major")
  [ -f "$headers/postgres.h" ] && [ -x "$tests/regress/pg_regress" ] &&
    [ -x "$tests/isolation/pg_isolation_regress" ] || missing+=("postgresql-server-dev-$major")
}

check_tools() { # adds to `missing`
  local tool
  for tool in gcc make clang pkg-config curl; do
    command -v $tool >/dev/null || missing+=("$tool")
  done
  [ -f /usr/include/stdlib.h ] || missing+=(libc6-dev)
  [ -n "${LIBCLANG_PATH:-}" ] ||
    compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null ||
    compgen -G '/usr/lib*/libclang*.so*' >/dev/null || missing+=(libclang-dev)
}

# Debian makes and starts a cluster `main` on port 5432 when Postgres arrives. Nobody asked for it.
install_packages() {
  local folder=/etc/postgresql-common/createcluster.d
  no_main=$folder/admit-no-main.conf
  trap 'rm -f "$no_main"' EXIT
  mkdir -p $folder
  echo 'create_main_cluster = false' >"$no_main"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends "$@"
}

if [ "${1:-}" = --install ]; then
  install_packages "${@:2}"
  exit
fi

missing=()
check_rust
check_postgres
check_tools
[ ${#missing[@]} -gt 0 ] || exit 0

say "Missing here: ${missing[*]}"
command -v apt-get >/dev/null ||
  die "only Debian's apt-get is known here; install these with your own package manager."
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || die "this needs root and there is no sudo. As root, run:
  apt-get install ${missing[*]}"
  say "They will be installed with sudo apt-get; no Postgres server is created or started."
else
  say "They will be installed with apt-get; no Postgres server is created or started."
fi
as_root bash "$ROOT/scripts/prerequisites.sh" --install "${missing[@]}" ||
  die "apt-get could not install them. A Postgres that Debian lacks comes from https://apt.postgresql.org."
