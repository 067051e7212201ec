#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh SRCDIR PROGRAM...: run the store's test programs against a private cluster that lives as long as this script.
# BM_STORE_KEEP=1 leaves the cluster there for a look.
set -eu
src=$1
shift
tool=$src/../tools/pg_private.sh
work=$(mktemp -d /tmp/bmst.XXXXXX)
chmod 755 "$work"
leave() { [ -n "${BM_STORE_KEEP:-}" ] && echo "cluster kept in $work" || { "$tool" destroy "$work/pg"; rm -rf "$work"; }; }
trap leave EXIT
trap 'exit 130' INT TERM

BM_PG_TOOL=$tool
BM_PG_DIR=$work/pg
BM_SQL_DIR=$src/../../sql
BM_STORE_DSN=$("$tool" start "$BM_PG_DIR")
export BM_PG_TOOL BM_PG_DIR BM_SQL_DIR BM_STORE_DSN

failed=0
for program in "$@"; do
    case $program in */*) ;; *) program=./$program ;; esac
    "$program" || failed=$((failed + 1))
done
echo "store tests: $(($# - failed)) of $# programs passed"
[ "$failed" = 0 ]
