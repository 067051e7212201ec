# SPDX-License-Identifier: Apache-2.0
# Shared by ./quickstart and ./check: packages, build, places. Sourced, not run. POSIX sh.

SOURCE=${SOURCE:?}

# What a build needs, what serving needs, what the tests need, as Debian packages.
PACKAGES_BUILD="gcc make autoconf automake libtool pkg-config apache2-dev libapr1-dev libaprutil1-dev libpq-dev libcurl4-openssl-dev libjansson-dev libsodium-dev libssl-dev libwslay-dev libpcre2-dev zlib1g-dev libprotobuf-c-dev protobuf-c-compiler"
PACKAGES_SERVE="apache2 libaprutil1-dbd-pgsql postgresql postgresql-client curl jq"
PACKAGES_TEST="check procps python3-pytest python3-cryptography python3-jsonschema python3-jwt python3-protobuf python3-psycopg2 python3-requests python3-websockets python3-wsproto pgbouncer openssl"

say()
{
    printf '%s\n' "$*"
}

die()
{
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Install the packages of "$@" that are missing: as root or by sudo without a password; else print the one line and stop.
install_missing()
{
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        say "Some packages are missing. Please run this once, then start again:"
        say "    sudo apt-get update && sudo apt-get install --no-install-recommends$missing"
        exit 3
    fi
    say "Installing:$missing"
    # The distribution's own apache2, PostgreSQL cluster and pgbouncer are not ours to start.
    policy=
    case "$missing " in
    *" apache2 "*|*" postgresql "*|*" pgbouncer "*)
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            policy=/usr/sbin/policy-rc.d
            # shellcheck disable=SC2064 # as it is now
            trap "$as_root rm -f $policy" EXIT
            trap 'exit 130' INT TERM
            printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
            $as_root chmod 755 $policy
        fi ;;
    esac
    log=$(mktemp)
    # shellcheck disable=SC2086 # words
    if ! { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "the packages could not be installed"
    fi
    rm -f "$log"
    if [ -n "$policy" ]; then
        $as_root rm -f $policy
        trap - EXIT INT TERM
    fi
}

# configure if it is missing or older than what it is made from.
bootstrap()
{
    if [ -e "$SOURCE/configure" ] \
       && [ -z "$(find "$SOURCE/configure.ac" "$SOURCE/Makefile.am" "$SOURCE"/mod_benchmark "$SOURCE"/tests \
                  \( -name '*.am' -o -name configure.ac \) -newer "$SOURCE/configure" 2>/dev/null | head -n 1)" ]; then
        return 0
    fi
    command -v autoreconf >/dev/null || die "autoreconf is missing"
    (cd "$SOURCE" && autoreconf -fi) >"$1/autoreconf.log" 2>&1 || { tail -n 20 "$1/autoreconf.log" >&2; die "autoreconf failed"; }
}

# build DIR [configure arguments...]: out of tree, silent unless it fails.
build()
{
    dir=$1
    shift
    mkdir -p "$dir"
    bootstrap "$dir"
    if [ ! -e "$dir/config.status" ] || [ "$SOURCE/configure" -nt "$dir/config.status" ] \
       || [ "$(cat "$dir/.arguments" 2>/dev/null)" != "$*" ]; then
        (cd "$dir" && "$SOURCE/configure" -q "$@") >"$dir/configure.log" 2>&1 || { tail -n 20 "$dir/configure.log" >&2; die "configure failed"; }
        printf '%s' "$*" >"$dir/.arguments"
    fi
    make -s -C "$dir" -j "$(nproc)" >"$dir/make.log" 2>&1 || { tail -n 40 "$dir/make.log" >&2; die "the build failed"; }
}

# Whether user $1 can enter directory $2.
can_enter()
{
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid "$1" --regid "$(id -g "$1")" --clear-groups test -x "$2" -a -r "$2" 2>/dev/null
    else
        [ -x "$2" ]
    fi
}

# as USER command...: as that user when we are root, else as ourselves. From /, for that user may not enter where we are.
as()
{
    user=$1
    shift
    if [ "$(id -u)" = 0 ] && [ "$user" != root ]; then
        (cd / && exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 "$@")
    else
        (cd / && exec "$@")
    fi
}

# words_only PATH: paths go into configuration files and makefiles, where a space would end them.
words_only()
{
    case $1 in
    *[!A-Za-z0-9/._+-]*) die "the path $1 has characters other than letters, digits and / . _ + -; choose another place" ;;
    esac
}
