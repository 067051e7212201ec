#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every tests/unit/test_*.c is listed in the Makefile and ends with its generated registration.
# Prevents: a test that is never run. And tests that docs name are there.
set -u
cd "$(dirname "$0")/../unit" || exit 1
status=0
for f in test_*.c; do
    name=$(basename "$f" .c)
    grep -qw "$name" Makefile.am || { echo "$name is not in UNIT_TESTS"; status=1; }
    tail -n 1 "$f" | grep -q "#include \"$name.reg\"" || { echo "$f does not end with its registration"; status=1; }
done
cd ../.. || exit 1
for name in $(grep -ohE 'bm_[a-z_]+_[0-9]{3}' docs/security.md docs/access.md docs/hostile-tests.md | sort -u); do
    grep -q "def test_${name}_" tests/integration/test_*.py || { echo "docs name test_$name, which is not there"; status=1; }
done
for name in $(grep -ohE 'unit test_[a-z_]+' docs/security.md docs/access.md docs/hostile-tests.md | sort -u | sed 's/unit //'); do
    [ -f "tests/unit/$name.c" ] || { echo "docs name $name, which is not there"; status=1; }
done
exit $status
