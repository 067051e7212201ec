#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What no compiler checks: banned functions, licence line, tabs, long lines, SQL built from text, mutable globals, paths and hosts.
set -u
cd "$(dirname "$0")/../.." || exit 1
status=0
complain()
{
    echo "$1:"
    echo "$2" | sed 's/^/  /'
    status=1
}
sources=$(find mod_benchmark tests/unit tests/fuzz tests/store tests/bench -name '*.[ch]' 2>/dev/null)
hits=$(grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets)\(' $sources | grep -v 'apr_' )
[ -z "$hits" ] || complain "banned functions" "$hits"
hits=$(grep -nE '\b(strtol|strtoul|strtoll|strtoull|strtod)\(' $(find mod_benchmark -name '*.c' ! -path '*/base/*'))
[ -z "$hits" ] || complain "numbers are read by base/text.h" "$hits"
hits=$(for f in $sources; do head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"; done)
[ -z "$hits" ] || complain "no licence line" "$hits"
hits=$(grep -nP '\t' $sources | cut -c1-100)
[ -z "$hits" ] || complain "tabs" "$hits"
hits=$(awk 'length($0) > 130 { print FILENAME ":" FNR }' $sources)
[ -z "$hits" ] || complain "lines over 130 columns" "$hits"
hits=$(grep -nE 'psprintf\([^;]*"(select|insert|update|delete|with) ' -i $(find mod_benchmark -name '*.c'))
[ -z "$hits" ] || complain "SQL formatted from text" "$hits"
hits=$(grep -nP '%[.0-9*]*g(?![a-z])' $(find mod_benchmark -name '*.c') | grep -v snprintf)
[ -z "$hits" ] || complain "APR's %g writes .05 and 8.64e+7: bm_text_number" "$hits"
# The folder of this checkout, and addresses of package registries: neither means anything elsewhere.
parent=$(dirname "$PWD")
[ ${#parent} -gt 1 ] || parent=/nowhere
hits=$(git ls-files -z 2>/dev/null | xargs -0 grep -nIE "(^|[^A-Za-z0-9._-])$parent/|https?://(registry|deb|pypi)\\." 2>/dev/null \
    | grep -vE '^(tests/guards/check_source.sh|htdocs/dist/)' | cut -c1-140)
[ -z "$hits" ] || complain "paths of a machine or hosts of a registry" "$hits"
# Writable data of the module: its record and what is declared in docs/architecture.md.
so=${BM_BUILD:-}/mod_benchmark/.libs/mod_benchmark.so
if [ -e "$so" ]; then
    hits=$(objdump -t "$so" | awk '($4 == ".data" || $4 == ".bss" || $5 == ".data" || $5 == ".bss") { print $NF }' \
        | grep -vE '^(\.data|\.bss|_.*|completed\.0|benchmark_module|log_sink|aplog_module_index)$')
    [ -z "$hits" ] || complain "mutable globals" "$hits"
fi
exit $status
