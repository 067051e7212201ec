/* SPDX-License-Identifier: Apache-2.0
 *
 * rate_limit.c: decisions of the rate limiter per second, over shared memory, as a request makes them: clock, keyed hash, table.
 *
 *   rate_limit [PROCESSES [SECONDS]]
 *
 * One JSON line for each number of keys: 1 (all fight for one word), 1000, 1000000 (evictions). */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_general.h>
#include "base/text.h"
#include "base/timefmt.h"
#include "crypt/keyed_hash.h"
#include "shm/rate_table.h"

enum { KEYS = 65536, AT_ONCE = 1000 };

static const unsigned char key[BM_KEYED_HASH_KEY_BYTES] = "a key of a bench";

static long work(bm_rate_table_t *table, long keys, apr_time_t until)
{
    const bm_rate_t rate = { 1200, apr_time_from_sec(60) };
    bm_rate_verdict_t verdict;
    char name[32] = "user";
    long n = 0;
    int i;

    while (bm_timefmt_steady() < until)
        for (i = 0; i < AT_ONCE; i++) {
            long who = (n++ * 7919) % keys;

            memcpy(name + 4, &who, sizeof(who));
            bm_rate_table_take(&verdict, table, bm_keyed_hash(key, name, 4 + sizeof(who)), &rate, 1, 0, bm_timefmt_steady());
        }
    return n;
}

static void measure(long keys, int processes, int seconds, apr_pool_t *p)
{
    bm_rate_table_t *table;
    bm_region_t *region;
    _Atomic long *total;
    apr_time_t until;
    int i;

    if (bm_region_create(&region, bm_rate_table_size(KEYS) + 4096, p) != APR_SUCCESS
        || bm_rate_table_create(&table, KEYS, region) != APR_SUCCESS)
        return;
    total = bm_region_carve(region, sizeof(*total), 64);
    until = bm_timefmt_steady() + apr_time_from_sec(seconds);
    for (i = 0; i < processes; i++)
        if (fork() == 0) {
            atomic_fetch_add(total, work(table, keys, until));
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    printf("{\"keys\":%ld,\"processes\":%d,\"decisions_per_second\":%ld}\n", keys, processes, atomic_load(total) / seconds);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    apr_int64_t processes = 1, seconds = 2;
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    if ((argc > 1 && bm_text_to_int64(&processes, argv[1], 1, 64) != APR_SUCCESS)
        || (argc > 2 && bm_text_to_int64(&seconds, argv[2], 1, 600) != APR_SUCCESS))
        return 2;
    measure(1, (int)processes, (int)seconds, p);
    measure(1000, (int)processes, (int)seconds, p);
    measure(1000000, (int)processes, (int)seconds, p);
    apr_terminate();
    return 0;
}
