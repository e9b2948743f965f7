# shellcheck shell=bash
# Where a private cluster lives, who owns it, what is in its folder. Sourced by cluster.sh.
# shellcheck disable=SC2154 # name is cluster.sh's, STATE, LOGS and ROOT are env.sh's

umask 077
link=$STATE/$name
checkout_id=$(printf %s "$ROOT" | sha256sum | cut -c1-10)
bin=$("$PG_CONFIG" --bindir)

# Postgres refuses to run as root, so root hands it to the owner of the cluster.
if [ -d "$link/" ]; then
  owner=$(stat -c %U "$link/")
elif [ "$(id -u)" = 0 ]; then
  owner=postgres
else
  owner=$(id -un)
fi
if [ "$(id -u)" = 0 ]; then
  id "$owner" >/dev/null 2>&1 || die "Postgres refuses to run as root and there is no user $owner."
elif [ "$owner" != "$(id -un)" ]; then
  die "cluster $name belongs to $owner: run as that user or as root."
fi

as_server() { # from a folder that the server's user can enter, without our locks
  if [ "$owner" = "$(id -un)" ]; then
    (cd / && exec "$@" 9>&-)
  else
    (cd / && exec runuser -u "$owner" -- "$@" 9>&-)
  fi
}

keep() { as_server tee "$1" >/dev/null; }

make_home() {
  state_dir
  [ ! -d "$link/" ] || return 0
  rm -f "$link" # may point to a place that is gone
  if as_server test -x "$STATE"; then
    mkdir "$link"
  else
    local base=/var/tmp/admit-$checkout_id
    [ -d "$base" ] || mkdir -m 711 "$base"
    if [ ! -O "$base" ] || [ -L "$base" ]; then die "$base is somebody else's: remove it."; fi
    mkdir -p "$base/$name"
    ln -s "$base/$name" "$link"
    say "User $owner cannot enter $ROOT, so the data of cluster $name go to $base/$name."
  fi
  chown "$owner:" "$link/"
}

locate() {
  home=$(readlink -f "$link")
  data=$home/data
  socket=$home/socket
  # The whole path of a socket must fit into 107 bytes.
  [ ${#socket} -lt 84 ] || socket=/tmp/admit-$checkout_id-$name
}

make_data() { # under another name until it is whole
  if [ ! -d "$data" ]; then
    say "Creating the Postgres cluster $name in $home"
    rm -rf "$data.new"
    head -c 24 /dev/urandom | base64 | tr '+/' '-_' | keep "$home/password"
    as_server "$bin/initdb" --data-checksums --encoding=UTF8 --locale=C.UTF-8 --username=postgres \
      --auth-local=trust --auth-host=scram-sha-256 --pwfile="$home/password" "$data.new" \
      >"$LOGS/initdb-$name.log" 2>&1 || die "initdb failed, see $LOGS/initdb-$name.log"
    echo "include 'admit.conf'" | as_server tee -a "$data.new/postgresql.conf" >/dev/null
    mv "$data.new" "$data"
  fi
  [ -s "$home/master.key" ] || head -c 32 /dev/urandom | keep "$home/master.key"
  local made_by
  made_by=$(cat "$data/PG_VERSION")
  [ "$made_by" = "$(pg_major)" ] ||
    die "cluster $name is of Postgres $made_by, but $PG_CONFIG is $(pg_major)." \
      "Set PG_CONFIG, or give the data up with: scripts/cluster.sh $name destroy"
}

make_socket_folder() {
  as_server mkdir -p "$socket"
  [ "$(stat -c '%U %a' "$socket")" = "$owner 700" ] ||
    die "$socket must be $owner's alone: remove it."
}

setting() { printf "%s = '%s'\n" "$1" "${2//\'/\'\'}"; }

remember_options() { # [--preload] [-c setting=value]...
  [ $# -gt 0 ] || return 0
  local lines=""
  while [ $# -gt 0 ]; do
    case $1 in
      --preload) lines+=$(setting shared_preload_libraries admit)$'\n' ;;
      -c)
        [[ ${2:-} == *=* ]] || die "-c needs setting=value"
        lines+=$(setting "${2%%=*}" "${2#*=}")$'\n'
        shift
        ;;
      *) die "cluster.sh start: there is no option $1" ;;
    esac
    shift
  done
  printf %s "$lines" | keep "$home/options"
}

configure() { # anew at each start: the checkout may have moved
  {
    setting listen_addresses 127.0.0.1
    setting port "$port"
    setting unix_socket_directories "$socket"
    setting unix_socket_permissions 0700
    setting cluster_name "admit $name"
    setting log_line_prefix '%m [%p] %q%u@%d '
    setting admit.master_key_file "$home/master.key"
    setting admit.databases admit
    [ ! -f "$home/options" ] || cat "$home/options"
  } | keep "$data/admit.conf"
}
