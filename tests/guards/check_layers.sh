#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every #include "room/..." points to the file's own room or to a lower floor, never to a neighbour; httpd.h only in glue/.
# Prevents: circles between rooms, and rooms that cannot be tested without a server.
set -u
cd "$(dirname "$0")/../../mod_benchmark" || exit 1
floors="base|crypt model parse stat|db net shm|provider store target|check job kpi policy secret|auth engine export live notify|loadtest sync workflow|alert schedule training|api|glue"
grep -n '^#include "[a-z_]*/' -- */*.[ch] | awk -F: -v floors="$floors" '
BEGIN {
    n = split(floors, list, "|")
    for (i = 1; i <= n; i++) { m = split(list[i], rooms, " "); for (j = 1; j <= m; j++) rank[rooms[j]] = i }
}
{
    split($1, from, "/"); split($3, quoted, "\""); split(quoted[2], to, "/")
    if (!(from[1] in rank)) { print $1 ": room " from[1] " has no floor"; bad = 1 }
    else if (!(to[1] in rank)) { print $1 ":" $2 ": room " to[1] " has no floor"; bad = 1 }
    else if (from[1] != to[1] && rank[to[1]] >= rank[from[1]]) { print $1 ":" $2 ": " from[1] " may not include " to[1]; bad = 1 }
}
END { exit bad }' || exit 1
if grep -ln '#include [<"]\(httpd\|http_[a-z]*\|ap_[a-z_]*\|mod_[a-z]*\|util_[a-z]*\|mpm_common\|scoreboard\)\.h[>"]' -- */*.[ch] | grep -v '^glue/'; then
    echo "the files above include headers of httpd outside glue/"
    exit 1
fi
names=$(for f in */*.c; do basename "$f"; done | sort | uniq -d)
[ -z "$names" ] || { echo "two files have the same name: $names"; exit 1; }
