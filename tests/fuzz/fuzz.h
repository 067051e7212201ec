/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.h: what every fuzz target starts with. A target is one fuzz_<parser>.c that defines
 * LLVMFuzzerTestOneInput. With libFuzzer it is driven by mutations; with replay.c by the files in
 * seeds/<parser>/, which make check does. What a fuzzer found becomes a seed.
 *
 * By hand: clang -fsanitize=fuzzer,address,undefined fuzz_<parser>.c <the sources it needs>, then
 * ./a.out seeds/<parser> */
#ifndef BM_FUZZ_H
#define BM_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** End the process with a message that a fuzzer takes for a finding, unless condition holds. */
#define BM_FUZZ_CHECK(condition) ((condition) ? (void)0 : bm_fuzz_fail(#condition, __FILE__, __LINE__))

static inline void bm_fuzz_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

#endif
