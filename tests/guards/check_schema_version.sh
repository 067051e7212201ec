#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# BM_SCHEMA_VERSION is the number of the newest migration. Prevents: a module that serves a schema it does not know.
set -u
cd "$(dirname "$0")/../.." || exit 1
newest=$(ls sql/[0-9][0-9][0-9]_*.sql | sed 's#sql/0*\([0-9]*\)_.*#\1#' | sort -n | tail -n 1)
code=$(sed -n 's/^#define BM_SCHEMA_VERSION \([0-9]*\).*/\1/p' mod_benchmark/db/migrate.h)
[ "$newest" = "$code" ] || { echo "newest migration is $newest, BM_SCHEMA_VERSION is $code"; exit 1; }
