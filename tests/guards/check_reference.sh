#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Directives in the table = directives in docs/directives.md = directives in conf/benchmark.conf.
# Prevents: a directive that nobody can find, and a manual for one that is gone.
set -u
cd "$(dirname "$0")/../.." || exit 1
code=$(grep -ohE '"Benchmark[A-Za-z]+",' mod_benchmark/glue/directives.c | tr -d '",' | sort -u)
manual=$(grep -oE '^## Benchmark[A-Za-z]+' docs/directives.md | cut -d ' ' -f 2 | sort -u)
sample=$(grep -ohE '^#? ?Benchmark[A-Z][A-Za-z]+' conf/benchmark.conf | tr -d '# ' | sort -u)
status=0
for pair in "docs/directives.md:$manual" "conf/benchmark.conf:$sample"; do
    other=$(printf '%s' "${pair#*:}")
    if [ "$code" != "$other" ]; then
        echo "${pair%%:*} and the table of directives differ:"
        { echo "$code"; echo "$other"; } | sort | uniq -u | sed 's/^/  /'
        status=1
    fi
done
exit $status
