# SPDX-License-Identifier: Apache-2.0
# The private PostgreSQL and httpd of ./quickstart. Sourced after common.sh. POSIX sh.

# HOME_DIR, SOCKET_DIR, and the users the servers run as. HOME_MOVED is set when HOME_DIR is not where one would look for it.
choose_home()
{
    HOME_MOVED=
    if [ "$(id -u)" = 0 ]; then
        PG_USER=postgres
        WEB_USER=www-data
    else
        PG_USER=$(id -un)
        WEB_USER=$(id -un)
    fi
    words_only "$SOURCE"
    HOME_DIR=${BENCHMARK_HOME:-$SOURCE/var}
    case $HOME_DIR in /*) ;; *) HOME_DIR=$PWD/$HOME_DIR ;; esac
    words_only "$HOME_DIR"
    mkdir -p "$HOME_DIR" || die "cannot make $HOME_DIR; choose another BENCHMARK_HOME"
    HOME_DIR=$(cd "$HOME_DIR" && pwd)
    # nobody stands for both servers' users, which may not exist before the packages are installed
    if [ "$(id -u)" = 0 ] && ! can_enter nobody "$HOME_DIR"; then
        rmdir "$HOME_DIR" 2>/dev/null || true
        [ -z "${BENCHMARK_HOME:-}" ] || die "the servers' users (www-data, postgres) cannot enter $HOME_DIR; choose another BENCHMARK_HOME"
        HOME_DIR=/var/lib/mod_benchmark
        HOME_MOVED=yes
        mkdir -p "$HOME_DIR"
        chmod 755 "$HOME_DIR"
    fi
    # The path of a unix socket is at most 107 bytes: ".s.PGSQL.5432.lock" needs 19 of them.
    SOCKET_DIR=$HOME_DIR/run
    if [ ${#SOCKET_DIR} -gt 80 ]; then
        SOCKET_DIR=/tmp/benchmark-$(printf '%s' "$HOME_DIR" | cksum | cut -d ' ' -f 1)
    fi
}

# PORT, TARGET_PORT, URL: as BENCHMARK_PORT says, else as last time in this home, else 8080.
choose_port()
{
    PORT=${BENCHMARK_PORT:-}
    if [ -z "$PORT" ] && [ -s "$HOME_DIR/state/target_port" ]; then
        PORT=$(($(cat "$HOME_DIR/state/target_port") - 1))
    fi
    PORT=${PORT:-8080}
    case $PORT in
    *[!0-9]*) die "BENCHMARK_PORT=$PORT is no port" ;;
    esac
    [ "$PORT" -ge 1 ] && [ "$PORT" -le 65534 ] || die "BENCHMARK_PORT=$PORT is no port (1 to 65534; the reference target takes the next one)"
    TARGET_PORT=$((PORT + 1))
    URL=http://127.0.0.1:$PORT/
}

# The command that reaches this home again, for messages.
again()
{
    printf '%s' "${BENCHMARK_HOME:+BENCHMARK_HOME=$HOME_DIR }./quickstart"
}

# One quickstart at a time in one home: start again below a lock that the servers do not inherit.
take_lock()
{
    [ -n "${BENCHMARK_LOCKED:-}" ] && return 0
    if [ -e "$HOME_DIR/state" ] && [ ! -O "$HOME_DIR/state" ]; then
        die "$HOME_DIR belongs to the user $(stat -c %U "$HOME_DIR/state"); start as that user, or choose another BENCHMARK_HOME"
    fi
    mkdir -p "$HOME_DIR/state" || die "cannot write to $HOME_DIR; choose another BENCHMARK_HOME"
    flock -n "$HOME_DIR/state/lock" true || say "Another ./quickstart works in $HOME_DIR; waiting for it ..."
    BENCHMARK_LOCKED=1 exec flock -o -w 600 "$HOME_DIR/state/lock" sh "$SOURCE/quickstart" "$@"
}

# The programs of the cluster's own version, else of the newest.
pg_bin()
{
    if [ -e "$HOME_DIR/pg/PG_VERSION" ]; then
        echo "/usr/lib/postgresql/$(cat "$HOME_DIR/pg/PG_VERSION")/bin"
    else
        find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1
    fi
}

# The socket's directory, for the servers' users and root only: whoever reaches the socket is the database's superuser.
make_socket_dir()
{
    mkdir -p "$SOCKET_DIR"
    [ -O "$SOCKET_DIR" ] || [ "$(stat -c %U "$SOCKET_DIR")" = "$PG_USER" ] || die "$SOCKET_DIR belongs to another user"
    if [ "$(id -u)" = 0 ]; then
        chown "$PG_USER:$(id -gn "$WEB_USER")" "$SOCKET_DIR"
        chmod 750 "$SOCKET_DIR"
    else
        chmod 700 "$SOCKET_DIR"
    fi
}

# By the process itself: a number in postmaster.pid may stand for a dead or another process.
cluster_runs()
{
    pid=$(head -n 1 "$HOME_DIR/pg/postmaster.pid" 2>/dev/null) && grep -qsxz "$HOME_DIR/pg" "/proc/$pid/cmdline"
}

# A cluster that was killed leaves lock files. PostgreSQL removes them, unless their number is taken again (after a boot, or
# where nobody buries the dead); so we do, once no process works in the data directory any more.
forget_dead_cluster()
{
    tries=0
    while find /proc -maxdepth 2 -name cwd -lname "$HOME_DIR/pg" 2>/dev/null | grep -q .; do
        tries=$((tries + 1))
        [ $tries -le 100 ] || die "processes of a killed PostgreSQL still work in $HOME_DIR/pg"
        sleep 0.1
    done
    rm -f "$HOME_DIR/pg/postmaster.pid" "$SOCKET_DIR"/.s.PGSQL.*
}

start_cluster()
{
    make_socket_dir
    if [ ! -e "$HOME_DIR/pg/PG_VERSION" ]; then
        mkdir -p "$HOME_DIR/pg"
        chmod 700 "$HOME_DIR/pg"
        [ "$(id -u)" = 0 ] && chown "$PG_USER" "$HOME_DIR/pg"
        as "$PG_USER" "$(pg_bin)/initdb" -D "$HOME_DIR/pg" -U benchmark -E UTF8 --locale=C.UTF-8 -A trust >"$HOME_DIR/state/initdb.log" 2>&1 \
            || { tail "$HOME_DIR/state/initdb.log" >&2; die "initdb failed"; }
        # Only the unix socket; who may enter its directory decides who may connect.
        as "$PG_USER" sh -c "cat >>'$HOME_DIR/pg/postgresql.conf'" <<CONF
listen_addresses = ''
unix_socket_directories = '$SOCKET_DIR'
shared_buffers = 128MB
max_connections = 60
CONF
    fi
    if ! cluster_runs; then
        forget_dead_cluster
        as "$PG_USER" "$(pg_bin)/pg_ctl" -D "$HOME_DIR/pg" -w -t 60 -l "$HOME_DIR/pg/server.log" start >/dev/null \
            || { tail "$HOME_DIR/pg/server.log" >&2; die "PostgreSQL did not start"; }
    fi
    if ! psql -X -q -h "$SOCKET_DIR" -U benchmark -d benchmark -c '' 2>/dev/null; then
        psql -X -q -h "$SOCKET_DIR" -U benchmark -d postgres -c 'create database benchmark' >/dev/null || die "the database could not be made"
    fi
}

# What secrets are encrypted with; made once, and gone with the database.
make_key_ring()
{
    [ -e "$HOME_DIR/httpd/keys" ] || (umask 077; echo "quickstart $(head -c 32 /dev/urandom | base64)" >"$HOME_DIR/httpd/keys")
}

write_httpd_conf()
{
    mkdir -p "$HOME_DIR/httpd/logs" "$HOME_DIR/httpd/run"
    make_key_ring
    if [ "$(id -u)" = 0 ]; then
        identity="User $WEB_USER
Group $(id -gn "$WEB_USER")"
    else
        identity="# started as an ordinary user: no User, no raised priority"
    fi
    sed -e "s|@MODULES@|$(apxs -q LIBEXECDIR)|g" -e "s|@HOME@|$HOME_DIR|g" -e "s|@SOCKETS@|$SOCKET_DIR|g" \
        -e "s|@PORT@|$PORT|g" -e "s|@TARGET_PORT@|$TARGET_PORT|g" "$SOURCE/packaging/quickstart/httpd.conf.in" \
        | IDENTITY="$identity" awk '{ if ($0 == "@IDENTITY@") print ENVIRON["IDENTITY"]; else print }' >"$HOME_DIR/httpd/httpd.conf"
}

httpd_control()
{
    /usr/sbin/apache2 -f "$HOME_DIR/httpd/httpd.conf" "$@"
}

# Process ids of this home's httpd: parent, children, engine, target. All carry the configuration's path.
httpd_pids()
{
    grep -lsz "^$HOME_DIR/httpd/httpd.conf\$" /proc/[0-9]*/cmdline | while read -r file; do
        case "$(tr '\0' ' ' 2>/dev/null <"$file")" in
        /usr/sbin/apache2" -f $HOME_DIR/httpd/httpd.conf "*) echo "$file" | cut -d / -f 3 ;;
        esac
    done
}

# The parent's; fails when it does not run (its number may belong to another process by now).
httpd_pid()
{
    pid=$(cat "$HOME_DIR/httpd/run/httpd.pid" 2>/dev/null) || return 1
    httpd_pids | grep -x "$pid"
}

is_answering()
{
    httpd_pid >/dev/null && [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "${URL}health/ready")" = 200 ]
}

# check_ports: both are free, or held by this home's own httpd, which gives them back before the next one starts.
check_ports()
{
    own=0
    [ -z "$(httpd_pids)" ] || own=$(cat "$HOME_DIR/state/target_port" 2>/dev/null || echo "$TARGET_PORT")
    for port in "$PORT" "$TARGET_PORT"; do
        if [ "$port" != "$own" ] && [ "$port" != $((own - 1)) ] && bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null; then
            die "port $port is in use by another program (needed: $PORT for the dashboard, $TARGET_PORT for the reference target);
choose another pair: BENCHMARK_PORT=$((PORT + 10)) $(again)"
        fi
    done
}

start_httpd()
{
    check_ports
    httpd_control -k start 2>"$HOME_DIR/httpd/logs/start.log" || { cat "$HOME_DIR/httpd/logs/start.log" >&2; die "httpd did not start"; }
    wait_until_answering
}

wait_until_answering()
{
    tries=0
    until is_answering; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ]; then
            tail -n 15 "$HOME_DIR/httpd/logs/error.log" >&2
            die "httpd runs, but ${URL}health/ready does not answer 200: $(curl -s -m 5 "${URL}health/ready")
($(again) --reset removes the database of $HOME_DIR and lets you begin again)"
        fi
        sleep 0.2
    done
}

# SIGTERM to the parent; whatever is left of it after 15 s, or of one that was killed, is killed.
stop_httpd()
{
    if pid=$(httpd_pid); then
        kill -TERM "$pid"
    fi
    tries=0
    while left=$(httpd_pids) && [ -n "$left" ]; do
        tries=$((tries + 1))
        if ! httpd_pid >/dev/null || [ $tries -gt 150 ]; then
            # shellcheck disable=SC2086 # numbers
            if [ $tries -gt 20 ]; then kill -KILL $left 2>/dev/null || true; fi
        fi
        [ $tries -le 200 ] || die "httpd does not stop: $left"
        sleep 0.1
    done
    rm -f "$HOME_DIR/httpd/run/httpd.pid"
}

stop_services()
{
    stop_httpd
    if cluster_runs; then
        as "$PG_USER" "$(pg_bin)/pg_ctl" -D "$HOME_DIR/pg" -w -m fast stop >/dev/null
    fi
}

# What the running server is built from: nothing is rebuilt while it is the same.
fingerprint()
{
    (cd "$SOURCE" && find configure.ac Makefile.am mod_benchmark conf sql htdocs/dist packaging/quickstart quickstart -type f \
        ! -name Makefile.in ! -path '*/.*' -exec cksum {} + | sort | cksum; echo "$PORT") | cksum
}

is_current()
{
    [ "$(cat "$HOME_DIR/state/fingerprint" 2>/dev/null)" = "$(fingerprint)" ]
}

# mark_current FINGERPRINT: as it was before the build, so that what was edited meanwhile is built next time.
mark_current()
{
    printf '%s\n' "$1" >"$HOME_DIR/state/fingerprint"
}

api()
{
    method=$1
    path=$2
    shift 2
    curl -sS -m 20 --fail-with-body -X "$method" -H 'Content-Type: application/json' "${URL}api/v1/$path" "$@"
}

# made PATH JSON: creates a resource and prints its id.
made()
{
    answer=$(api POST "$1" -d "$2") || die "the first $1 could not be made: $answer"
    printf '%s' "$answer" | jq .id
}

# Two automations, three scenarios and a few real runs against the reference target; only into an empty store.
seed_first_runs()
{
    [ "$(api GET 'automations?limit=1' | jq length)" = 0 ] || return 0
    say "Making two automations, three scenarios and twelve runs ..."
    target=http://127.0.0.1:$TARGET_PORT
    chat=$(made automations "{\"name\":\"Reference chat model\",\"provider\":\"openai\",
        \"description\":\"The built-in reference target: an OpenAI-compatible stream whose timing is known in advance.\",
        \"connection\":{\"url\":\"$target/v1\",\"model\":\"reference\"}}")
    agent=$(made automations "{\"name\":\"Reference web agent\",\"provider\":\"tinyfish\",\"tinyfish_automation_id\":\"reference\",
        \"description\":\"The same target, speaking the TinyFish protocol.\",
        \"connection\":{\"url\":\"$target\",\"goal\":\"Find the price of {{product}}\",\"target_url\":\"https://example.com\"}}")
    short=$(made scenarios "{\"name\":\"Short answer\",\"automation_id\":$chat,\"description\":\"32 tokens, about 10 ms apart\",
        \"inputs_template\":{\"prompt\":\"Say hello in {{language}}.\",\"language\":\"English\",\"max_tokens\":32,
        \"x_target\":{\"ttft_ms\":120,\"gap_ms\":10,\"tokens\":32,\"gap_dist\":\"exponential\"}}}")
    long=$(made scenarios "{\"name\":\"Long answer with stalls\",\"automation_id\":$chat,\"description\":\"200 tokens, every 50th late\",
        \"inputs_template\":{\"prompt\":\"Tell a long story.\",\"max_tokens\":200,
        \"x_target\":{\"ttft_ms\":250,\"gap_ms\":8,\"tokens\":200,\"gap_dist\":\"uniform\",\"stall_every\":50,\"stall_ms\":120}}}")
    task=$(made scenarios "{\"name\":\"Price look-up\",\"automation_id\":$agent,\"inputs_template\":{\"product\":\"a bicycle\"}}")
    for scenario in "$short" "$long" "$task"; do
        api POST runs -d "{\"scenario_id\":$scenario,\"count\":4}" >/dev/null
    done
}

# With another BENCHMARK_PORT the reference target moves too: automations that point at its old place follow it.
follow_target_port()
{
    old=$(cat "$HOME_DIR/state/target_port" 2>/dev/null || echo "$TARGET_PORT")
    if [ "$old" != "$TARGET_PORT" ]; then
        api GET 'automations?limit=1000' | jq -c --arg old "http://127.0.0.1:$old" --arg new "http://127.0.0.1:$TARGET_PORT" \
            '.[] | select(.connection.url // "" | . == $old or startswith($old + "/"))
                 | select(.connection | keys - ["url", "model", "goal", "target_url"] == [])
                 | [.id, {connection: (.connection + {url: ($new + (.connection.url | ltrimstr($old)))})}]' | while read -r change; do
            api PATCH "automations/$(echo "$change" | jq '.[0]')" -d "$(echo "$change" | jq -c '.[1]')" >/dev/null
        done
    fi
    echo "$TARGET_PORT" >"$HOME_DIR/state/target_port"
}

print_status()
{
    if is_answering; then
        say "The dashboard answers at $URL (httpd $(httpd_pid))."
        curl -s -m 5 "${URL}api/v1/engine" | jq -r '.engines[] | select(.state != "stopped") | "Engine \(.id): \(.state), \(.in_flight) in flight, pid \(.pid)"' 2>/dev/null || true
        return 0
    fi
    say "The dashboard does not answer at $URL."
    httpd_pid >/dev/null && say "httpd runs, though; see $HOME_DIR/httpd/logs/error.log." || say "httpd does not run."
    cluster_runs && say "PostgreSQL runs." || say "PostgreSQL does not run."
    return 1
}

print_hints()
{
    say ""
    say "    $URL"
    say ""
    say "Three things to try next:"
    say "  1. Open Scenarios, press Run, and watch the run finish with its token timeline."
    say "  2. The same from the shell:"
    say "     curl -X POST -H 'Content-Type: application/json' -d '{\"scenario_id\":1}' ${URL}api/v1/runs/trigger"
    say "  3. Ask how exact the clock is: open Engine, press Calibrate, then Start."
    say ""
    say "Stop with $(again) --stop; everything lives in $HOME_DIR."
}
