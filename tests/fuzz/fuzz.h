/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.h: what every fuzz target starts with. A target is one fuzz_<parser>.c that defines
 * LLVMFuzzerTestOneInput. With libFuzzer it is driven by mutations; with replay.c by the files in
 * seeds/<parser>/, which make check does. What a fuzzer found becomes a seed.
 *
 * By hand, in a directory of its own (clang and libclang-rt-14-dev):
 *
 *   .../configure CC=clang CFLAGS="-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
 *   make -C mod_benchmark libbm.la
 *   clang -g -O1 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -I.../mod_benchmark -I.../tests/fuzz \
 *       $(apr-1-config --includes) .../tests/fuzz/fuzz_<parser>.c mod_benchmark/.libs/libbm.a -lapr-1 -laprutil-1 -lpq -lcurl \
 *       -ljansson -lsodium -lssl -lcrypto -lpcre2-8 -lz -lprotobuf-c -lwslay -lm -o fuzz
 *   mkdir corpus; ./fuzz -max_total_time=300 corpus .../tests/fuzz/seeds/<parser> */
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
