# SPDX-License-Identifier: Apache-2.0
# The private PostgreSQL and httpd of ./quickstart. Sourced after common.sh. POSIX sh.

PORT=${BENCHMARK_PORT:-8080}
TARGET_PORT=$((PORT + 1))
URL=http://127.0.0.1:$PORT/

# HOME_DIR, SOCKET_DIR, and the users the servers run as.
choose_home()
{
    if [ "$(id -u)" = 0 ]; then
        PG_USER=postgres
        WEB_USER=www-data
    else
        PG_USER=$(id -un)
        WEB_USER=$(id -un)
    fi
    HOME_DIR=${BENCHMARK_HOME:-$SOURCE/var}
    mkdir -p "$HOME_DIR" || die "cannot make $HOME_DIR"
    HOME_DIR=$(cd "$HOME_DIR" && pwd)
    if [ "$(id -u)" = 0 ] && [ -z "${BENCHMARK_HOME:-}" ]; then
        # nobody stands for both servers' users, which may not exist before the packages are installed
        if ! can_enter nobody "$HOME_DIR"; then
            rmdir "$HOME_DIR" 2>/dev/null || true
            HOME_DIR=/var/lib/mod_benchmark
            mkdir -p "$HOME_DIR"
            chmod 755 "$HOME_DIR"
        fi
    fi
    # The path of a unix socket is at most 107 bytes: ".s.PGSQL.5432.lock" needs 19 of them.
    SOCKET_DIR=$HOME_DIR/run
    if [ ${#SOCKET_DIR} -gt 80 ]; then
        SOCKET_DIR=/tmp/benchmark-$(printf '%s' "$HOME_DIR" | cksum | cut -d ' ' -f 1)
    fi
}

pg_bin()
{
    ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
}

cluster_runs()
{
    [ -e "$HOME_DIR/pg/postmaster.pid" ] && as "$PG_USER" "$(pg_bin)/pg_ctl" -D "$HOME_DIR/pg" status >/dev/null 2>&1
}

start_cluster()
{
    mkdir -p "$SOCKET_DIR" "$HOME_DIR/state"
    if [ "$(id -u)" = 0 ]; then
        chown "$PG_USER" "$SOCKET_DIR"
    fi
    chmod 755 "$SOCKET_DIR"
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
        as "$PG_USER" "$(pg_bin)/pg_ctl" -D "$HOME_DIR/pg" -w -t 60 -l "$HOME_DIR/pg/server.log" start >/dev/null \
            || { tail "$HOME_DIR/pg/server.log" >&2; die "PostgreSQL did not start"; }
    fi
    if ! psql -X -q -h "$SOCKET_DIR" -U benchmark -d benchmark -c '' 2>/dev/null; then
        psql -X -q -h "$SOCKET_DIR" -U benchmark -d postgres -c 'create database benchmark' >/dev/null || die "the database could not be made"
    fi
}

write_httpd_conf()
{
    mkdir -p "$HOME_DIR/httpd/logs" "$HOME_DIR/httpd/run"
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

httpd_pid()
{
    pid=$(cat "$HOME_DIR/httpd/run/httpd.pid" 2>/dev/null) || return 1
    kill -0 "$pid" 2>/dev/null && printf '%s' "$pid"
}

is_answering()
{
    httpd_pid >/dev/null && [ "$(curl -s -o /dev/null -m 5 -w '%{http_code}' "${URL}health/ready")" = 200 ]
}

port_is_free()
{
    ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

start_httpd()
{
    for port in "$PORT" "$TARGET_PORT"; do
        if ! bash -c "! (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null"; then
            die "port $port is in use; choose another with BENCHMARK_PORT=..."
        fi
    done
    httpd_control -k start 2>"$HOME_DIR/httpd/logs/start.log" || { cat "$HOME_DIR/httpd/logs/start.log" >&2; die "httpd did not start"; }
    tries=0
    until is_answering; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ]; then
            tail -n 15 "$HOME_DIR/httpd/logs/error.log" >&2
            die "httpd runs, but ${URL}health/ready does not answer 200: $(curl -s -m 5 "${URL}health/ready")"
        fi
        sleep 0.2
    done
}

stop_httpd()
{
    pid=$(httpd_pid) || return 0
    kill -TERM "$pid"
    tries=0
    while kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -gt 150 ] && die "httpd ($pid) does not stop"
        sleep 0.1
    done
}

stop_services()
{
    stop_httpd
    if cluster_runs; then
        as "$PG_USER" "$(pg_bin)/pg_ctl" -D "$HOME_DIR/pg" -w -m fast stop >/dev/null
    fi
}

# What the running server was built from: nothing is rebuilt while it is the same.
fingerprint()
{
    (cd "$SOURCE" && find configure.ac Makefile.am mod_benchmark conf sql htdocs/dist packaging/quickstart quickstart -type f \
        ! -name Makefile.in ! -path '*/.*' -exec cksum {} + | sort | cksum; echo "$PORT") | cksum
}

is_current()
{
    [ "$(cat "$HOME_DIR/state/fingerprint" 2>/dev/null)" = "$(fingerprint)" ]
}

mark_current()
{
    fingerprint >"$HOME_DIR/state/fingerprint"
}

api()
{
    method=$1
    path=$2
    shift 2
    curl -sS -m 20 --fail-with-body -X "$method" -H 'Content-Type: application/json' "${URL}api/v1/$path" "$@"
}

# Two automations, three scenarios and a few real runs against the reference target; only into an empty store.
seed_first_runs()
{
    [ "$(api GET 'automations?limit=1' | jq length)" = 0 ] || return 0
    target=http://127.0.0.1:$TARGET_PORT
    chat=$(api POST automations -d "{\"name\":\"Reference chat model\",\"provider\":\"openai\",
        \"description\":\"The built-in reference target: an OpenAI-compatible stream whose timing is known in advance.\",
        \"connection\":{\"url\":\"$target/v1\",\"model\":\"reference\"}}" | jq .id)
    agent=$(api POST automations -d "{\"name\":\"Reference web agent\",\"provider\":\"tinyfish\",\"tinyfish_automation_id\":\"reference\",
        \"description\":\"The same target, speaking the TinyFish protocol.\",
        \"connection\":{\"url\":\"$target\",\"goal\":\"Find the price of {{product}}\",\"target_url\":\"https://example.com\"}}" | jq .id)
    short=$(api POST scenarios -d "{\"name\":\"Short answer\",\"automation_id\":$chat,\"description\":\"32 tokens, about 10 ms apart\",
        \"inputs_template\":{\"prompt\":\"Say hello in {{language}}.\",\"language\":\"English\",\"max_tokens\":32,
        \"x_target\":{\"ttft_ms\":120,\"gap_ms\":10,\"tokens\":32,\"gap_dist\":\"exponential\"}}}" | jq .id)
    long=$(api POST scenarios -d "{\"name\":\"Long answer with stalls\",\"automation_id\":$chat,\"description\":\"200 tokens, every 50th late\",
        \"inputs_template\":{\"prompt\":\"Tell a long story.\",\"max_tokens\":200,
        \"x_target\":{\"ttft_ms\":250,\"gap_ms\":8,\"tokens\":200,\"gap_dist\":\"uniform\",\"stall_every\":50,\"stall_ms\":120}}}" | jq .id)
    task=$(api POST scenarios -d "{\"name\":\"Price look-up\",\"automation_id\":$agent,\"inputs_template\":{\"product\":\"a bicycle\"}}" | jq .id)
    for scenario in "$short" "$long" "$task"; do
        api POST runs -d "{\"scenario_id\":$scenario,\"count\":4}" >/dev/null
    done
}

print_status()
{
    if is_answering; then
        say "The dashboard answers at $URL (httpd $(httpd_pid))."
        curl -s -m 5 "${URL}api/v1/engine" | jq -r '.engines[] | "Engine \(.id): \(.state), \(.in_flight) in flight, pid \(.pid)"' 2>/dev/null || true
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
    say "  2. curl -s -X POST -H 'Content-Type: application/json' -d '{\"scenario_id\":1}' ${URL}api/v1/runs/trigger"
    say "  3. Ask how exact the clock is: curl -s -X POST -H 'Content-Type: application/json' -d '{\"streams\":200,\"concurrency\":50}' ${URL}api/v1/calibrations"
    say ""
    say "Stop with ./quickstart --stop; everything lives in $HOME_DIR."
}
