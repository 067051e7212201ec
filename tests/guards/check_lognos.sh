#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each log number is used once and listed in docs/log-messages.md; none is listed that does not exist.
# Prevents: two messages that documentation and alerts cannot tell apart.
set -u
cd "$(dirname "$0")/../.." || exit 1
used=$(grep -oh 'BMLOG([0-9]*)' -r mod_benchmark --include='*.c' | tr -dc '0-9\n' | sort)
twice=$(echo "$used" | uniq -d)
[ -z "$twice" ] || { echo "used more than once:" $twice; exit 1; }
echo "$used" | grep -vE '^[0-9]{4}$' && { echo "not four digits"; exit 1; }
listed=$(grep -oE '^\| BM[0-9]{4}' docs/log-messages.md | tr -dc '0-9\n' | sort)
[ "$used" = "$listed" ] && exit 0
echo "docs/log-messages.md differs (< code only, > manual only):"
a=$(mktemp); b=$(mktemp)
echo "$used" >"$a"; echo "$listed" >"$b"
diff "$a" "$b"
rm -f "$a" "$b"
exit 1
