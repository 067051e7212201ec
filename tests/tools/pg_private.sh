#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pg_private.sh: a PostgreSQL cluster of a test's own. No TCP, no fsync, nothing outside DIR but a short socket directory.
#
#   pg_private.sh start DIR [SETTING=VALUE ...]   make it (if needed) and start it; prints the conninfo
#   pg_private.sh stop DIR [fast|immediate]       stop it; the data stays
#   pg_private.sh restart DIR [fast|immediate]
#   pg_private.sh freeze DIR | thaw DIR           SIGSTOP / SIGCONT to the postmaster and all its backends
#   pg_private.sh conninfo DIR                    what start printed
#   pg_private.sh destroy DIR                     stop it and remove DIR
#
# As root the server runs as the user postgres (BM_PG_USER names another), who must be able to enter DIR; where he cannot,
# the data goes to a directory below /tmp that DIR remembers. The superuser of the cluster is "bench", without a
# password: everybody on this machine who can reach the socket may connect. Not for data that matters.
set -eu
umask 022

die() { echo "pg_private.sh: $*" >&2; exit 1; }

# shellcheck disable=SC2012 # the names are versions, and the order matters
find_bin() {
    for b in "${BM_PG_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
             $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn); do
        [ -n "$b" ] && [ -x "$b/initdb" ] && { echo "$b"; return; }
    done
    die "initdb was not found. On Debian: apt-get install postgresql"
}

# Run as the owner of the cluster: root may not start PostgreSQL.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid="$owner" --regid="$(id -g "$owner")" --init-groups -- "$@")
    else
        "$@"
    fi
}

load() {
    [ -f "$dir/cluster" ] || die "there is no cluster in $dir"
    home=$(sed -n 1p "$dir/cluster")
    socket=$(sed -n 2p "$dir/cluster")
    data=$home/data
}

conninfo() { echo "host=$socket port=5432 user=bench dbname=postgres"; }

running() { as_owner "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; }

make_cluster() {
    mkdir -p "$dir"
    home=$dir
    if [ "$(id -u)" = 0 ] && ! as_owner test -x "$dir"; then
        home=$(mktemp -d /tmp/bmpg.XXXXXX)
        chmod 755 "$home"
    fi
    # A socket path may have 107 bytes, "/.s.PGSQL.5432" included.
    socket=$home/s
    if [ "$(printf '%s/.s.PGSQL.5432' "$socket" | wc -c)" -gt 100 ]; then
        socket=$(mktemp -d /tmp/bmpgs.XXXXXX)
    else
        mkdir -p "$socket"
    fi
    data=$home/data
    mkdir -p "$data"
    chmod 700 "$data"
    chmod 755 "$socket"
    [ "$(id -u)" != 0 ] || chown "$owner" "$data" "$socket"
    printf '%s\n%s\n' "$home" "$socket" > "$dir/cluster"
    as_owner "$bin/initdb" -D "$data" -U bench --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync > "$dir/initdb.log" 2>&1 \
        || { cat "$dir/initdb.log" >&2; die "initdb failed"; }
    cat > "$dir/pg_private.conf" <<CONF
listen_addresses = ''
port = 5432
unix_socket_directories = '$socket'
unix_socket_permissions = 0777
fsync = off
full_page_writes = off
synchronous_commit = on
max_connections = 200
shared_buffers = 64MB
log_destination = stderr
logging_collector = off
log_line_prefix = '%m [%p] %a '
timezone = UTC
CONF
    cp "$dir/pg_private.conf" "$data/pg_private.conf" && chmod 644 "$data/pg_private.conf"
    echo "include 'pg_private.conf'" >> "$data/postgresql.conf"
}

start() {
    if [ -f "$dir/cluster" ]; then load; else make_cluster; fi
    if ! running; then
        : > "$data/pg_private_extra.conf"
        for setting in "$@"; do
            echo "${setting%%=*} = '${setting#*=}'" >> "$data/pg_private_extra.conf"
        done
        chmod 644 "$data/pg_private_extra.conf"
        grep -q pg_private_extra "$data/postgresql.conf" || echo "include 'pg_private_extra.conf'" >> "$data/postgresql.conf"
        as_owner "$bin/pg_ctl" -D "$data" -w -t 60 -s -l "$data/server.log" start >/dev/null \
            || { tail -20 "$data/server.log" >&2; die "the server did not start"; }
    fi
    conninfo
}

stop() {
    load
    signal_all CONT
    ! running || as_owner "$bin/pg_ctl" -D "$data" -w -s -m "${1:-fast}" stop >/dev/null
}

# The postmaster and its children have sessions of their own, so no process group holds them all.
signal_all() {
    [ -f "$data/postmaster.pid" ] || return 0
    postmaster=$(head -1 "$data/postmaster.pid")
    kill -0 "$postmaster" 2>/dev/null || return 0
    # The postmaster first when stopping, so that no new child appears meanwhile.
    kill "-$1" "$postmaster"
    for child in $(ps -o pid= --ppid "$postmaster"); do
        kill "-$1" "$child" 2>/dev/null || true
    done
}

[ $# -ge 2 ] || { sed -n '3,12s/^# \{0,1\}//p' "$0"; exit 2; }
command=$1
dir=$2
shift 2
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac
owner=${BM_PG_USER:-postgres}
[ "$(id -u)" != 0 ] || id "$owner" >/dev/null 2>&1 || die "root needs a user $owner to run PostgreSQL as"
bin=$(find_bin)

case $command in
    start)    start "$@" ;;
    stop)     stop "$@" ;;
    restart)  stop "$@"; start ;;
    freeze)   load; signal_all STOP ;;
    thaw)     load; signal_all CONT ;;
    conninfo) load; conninfo ;;
    destroy)
        [ -f "$dir/cluster" ] || exit 0
        stop immediate
        rm -rf "$data"
        case $home in /tmp/bmpg.*) rm -rf "$home" ;; esac
        case $socket in /tmp/bmpgs.*) rm -rf "$socket" ;; esac
        rm -rf "$dir" ;;
    *) die "unknown command $command" ;;
esac
