#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each fuzz target named in FUZZ_TARGETS over its seeds, seeds/<name without fuzz_>/. A target without seeds fails.
# From make check: $srcdir is where this file is, the programs are in the current directory.
failed=0
for target in $FUZZ_TARGETS; do
    seeds=${srcdir:-.}/seeds/${target#fuzz_}
    printf '%s: ' "$target"
    "./$target" "$seeds" || failed=$((failed + 1))
done
[ -n "$FUZZ_TARGETS" ] && [ "$failed" -eq 0 ]
