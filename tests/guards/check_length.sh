#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No function over 100 lines, no C file over 600; lists the longest. Prevents: rooms nobody can take in at a glance.
set -u
cd "$(dirname "$0")/../../mod_benchmark" || exit 1
long=$(wc -l -- *.c */*.[ch] | awk '$2 != "total" && $1 > 600 { print "  " $1 " " $2 }')
functions=$(awk '
FNR == 1 { start = 0 }
/^\{/ { start = FNR; name = previous }
/^\}/ { if (start && FNR - start > 100) print "  " FNR - start " " FILENAME ": " name; start = 0 }
/^[a-z].*\(/ { previous = $0 }' */*.c)
[ -z "$long$functions" ] && exit 0
[ -z "$long" ] || printf 'files over 600 lines:\n%s\n' "$long"
[ -z "$functions" ] || printf 'functions over 100 lines:\n%s\n' "$functions"
exit 1
