# shellcheck shell=bash
# What the scripts agree on: places, the Postgres in use, how to speak. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
STATE=$ROOT/.admit
LOGS=$STATE/logs
cd "$ROOT" || exit

command -v cargo >/dev/null || PATH=$PATH:$HOME/.cargo/bin
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$ROOT/target}
export RELEASE=$CARGO_TARGET_DIR/release
export PG_CONFIG=${PG_CONFIG:-$(command -v pg_config || echo /usr/lib/postgresql/15/bin/pg_config)}

say() { # a step, told to a person; bold on a terminal
  if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi
}

die() {
  printf 'admit: %s\n' "$*" >&2
  exit 1
}

pg_major() { "$PG_CONFIG" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/'; }

cluster() { "$ROOT/scripts/cluster.sh" "$@"; }

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

state_dir() { # .admit, which another user (the server's) must be able to pass through
  [ -d "$STATE" ] || mkdir -m 755 "$STATE"
  [ -w "$STATE" ] || die "$STATE belongs to $(stat -c %U "$STATE"): run as that user, or remove it."
  mkdir -p "$LOGS"
}

only_one() { # NAME: refuses to run twice at a time in one checkout
  state_dir
  exec 9>"$STATE/$1.lock"
  flock -n 9 || die "make $1 is already running in $ROOT."
}

as_root() { # COMMAND...: runs it as root, or says what root must do
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo ${CI:+-n} -- "$@"
  else
    die "this needs root and there is no sudo. As root, run:  $*"
  fi
}
