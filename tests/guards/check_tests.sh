#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every tests/unit/test_*.c is listed in the Makefile and ends with its generated registration.
# Prevents: a test that is never run.
set -u
cd "$(dirname "$0")/../unit" || exit 1
status=0
for f in test_*.c; do
    name=$(basename "$f" .c)
    grep -qw "$name" Makefile.am || { echo "$name is not in UNIT_TESTS"; status=1; }
    tail -n 1 "$f" | grep -q "#include \"$name.reg\"" || { echo "$f does not end with its registration"; status=1; }
done
exit $status
