#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header compiles by itself. Prevents: includes that only work in one order.
set -u
cd "$(dirname "$0")/../../mod_benchmark" || exit 1
flags="$(pkg-config --cflags apr-1 apr-util-1 libpq libcurl jansson) -isystem $(apxs -q INCLUDEDIR) -I. -I${BM_BUILD:-.}"
status=0
for header in */*.h; do
    # shellcheck disable=SC2086
    echo "#include \"$header\"" | gcc -std=gnu11 -fsyntax-only -Wall -Wextra -Wno-unused-function $flags -x c - 2>&1 \
        || { echo "$header does not compile alone"; status=1; }
done
exit $status
