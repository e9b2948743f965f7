#!/usr/bin/env bash
# A private Postgres cluster in .admit/NAME: own port, own socket, own master key, database `admit`.
#
#   cluster.sh NAME start [--preload] [-c setting=value]...   creates it first if need be
#   cluster.sh NAME stop | destroy
#   cluster.sh NAME psql [ARGUMENT...]                        as its superuser
#   cluster.sh NAME url [ROLE] | env | port | datadir | log   prints it
#
# Options are remembered: a later start without any uses the same ones.
# The socket lies in a folder only its owner can enter and trusts whoever gets there;
# TCP on 127.0.0.1 needs the password in .admit/NAME/password.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/env.sh"

[[ ${1:-} =~ ^[a-z][a-z0-9_-]*$ && -n ${2:-} ]] ||
  die "usage: cluster.sh NAME start|stop|destroy|psql|url|env|port|datadir|log"
name=$1 action=$2
shift 2
source "$ROOT/scripts/cluster_home.sh"

# A process of this cluster stands in its data folder; one that got a dead server's number does not.
running() {
  local pid
  pid=$(head -n1 "$data/postmaster.pid" 2>/dev/null) &&
    [ "$(as_server readlink "/proc/$pid/cwd")" = "$data" ]
}

processes() { # of a server in the data folder
  local folder process
  { as_server find /proc -maxdepth 2 -name cwd -printf '%l\t%h\n' 2>/dev/null || true; } |
    while IFS=$'\t' read -r folder process; do
      if [ "$folder" = "$data" ] && grep -sqx postgres "$process/comm"; then
        echo "${process#/proc/}"
      fi
    done
}

clear_remains() { # of a killed server, whose children end by themselves, mostly
  local left tries=50
  while left=$(processes) && [ -n "$left" ]; do
    # shellcheck disable=SC2086 # process ids
    [ $((tries--)) -gt 0 ] || as_server kill -KILL $left || true
    sleep 0.1
  done
  # Its locks name a process id, which may be another's by now, or a zombie's.
  rm -f "$data/postmaster.pid" "$socket"/.s.PGSQL.*
}

choose_port() { # last time's, if it is still free
  port=$(cat "$home/port" 2>/dev/null || echo $((20000 + RANDOM % 12000)))
  while port_taken "$port"; do port=$((20000 + RANDOM % 12000)); done
  echo "$port" | keep "$home/port"
}

start() {
  local log_size
  make_home
  locate
  running && return
  make_data
  remember_options "$@"
  clear_remains
  make_socket_folder
  choose_port
  configure
  log_size=$(stat -c %s "$home/server.log" 2>/dev/null || echo 0)
  as_server "$bin/pg_ctl" start --silent -w -t 300 -D "$data" -l "$home/server.log" >/dev/null 2>&1 || {
    tail -c +$((log_size + 1)) "$home/server.log" >&2 || true
    die "cluster $name does not start; its log is $home/server.log"
  }
  point_at_it
  psql -XAtqc "select 1 from pg_database where datname = 'admit'" postgres | grep -q 1 ||
    psql -Xqc 'create database admit' postgres
}

stop() {
  running || return 0
  as_server "$bin/pg_ctl" stop --silent -m fast -w -t 60 -D "$data" >/dev/null ||
    as_server "$bin/pg_ctl" stop --silent -m immediate -w -D "$data" >/dev/null
}

destroy() {
  stop
  rm -rf "$home" "$socket"
  rm -f "$link"
  [ "${home%/*}" = "$STATE" ] || rmdir --ignore-fail-on-non-empty "${home%/*}"
}

point_at_it() { # with libpq's environment
  unset PGHOSTADDR PGSERVICE PGSSLMODE PGOPTIONS
  export PGHOST=$socket PGPORT PGUSER=postgres PGDATABASE=admit PATH=$bin:$PATH
  PGPORT=$(cat "$home/port")
}

print_env() {
  local variable
  point_at_it
  echo unset PGHOSTADDR PGSERVICE PGSSLMODE PGOPTIONS
  for variable in PGHOST PGPORT PGUSER PGDATABASE; do
    printf 'export %s=%q\n' $variable "${!variable}"
  done
}

print_url() { # through the socket, as both libpq and Rust's client read it
  local host=${socket//%/%25}
  host=${host// /%20}
  echo "postgresql://${1:-postgres}@${host//\//%2F}:$(cat "$home/port")/admit"
}

if [ "$action" = start ]; then
  start "$@"
  exit
fi
if [ ! -d "$link/" ]; then
  rm -f "$link" # may point to a place that is gone
  [[ $action =~ ^(stop|destroy)$ ]] && exit
  die "there is no cluster $name yet: scripts/cluster.sh $name start"
fi
locate
case $action in
  stop) stop ;;
  destroy) destroy ;;
  psql)
    point_at_it
    exec psql "$@"
    ;;
  url) print_url "$@" ;;
  env) print_env ;;
  port) cat "$home/port" ;;
  datadir) echo "$data" ;;
  log) echo "$home/server.log" ;;
  *) die "cluster.sh: there is no action $action" ;;
esac
