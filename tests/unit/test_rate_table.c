/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/rand.h"
#include "shm/rate_table.h"

#define SECOND 1000000
#define START (100 * (apr_time_t)SECOND)

static const bm_rate_t ten_a_second = { 10, SECOND };

static bm_rate_table_t *table_of(apr_size_t keys)
{
    bm_rate_table_t *table;
    bm_region_t *region;

    ck_assert_int_eq(bm_region_create(&region, bm_rate_table_size(keys), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_rate_table_create(&table, keys, region), APR_SUCCESS);
    return table;
}

static apr_uint64_t key_of(apr_uint64_t i)
{
    return bm_rand_mix(i * 0x9e3779b97f4a7c15u + 1);
}

static int take(bm_rate_table_t *table, apr_uint64_t key, const bm_rate_t *rate, apr_time_t now)
{
    bm_rate_verdict_t v;

    bm_rate_table_take(&v, table, key, rate, 1, 0, now);
    return v.allowed;
}

BM_TEST(a_burst_is_exact_and_so_is_what_follows)
{
    bm_rate_table_t *table = table_of(1000);
    bm_rate_verdict_t v;
    int i;

    for (i = 0; i < 10; i++) {
        bm_rate_table_take(&v, table, key_of(1), &ten_a_second, 1, 0, START);
        ck_assert(v.allowed);
        ck_assert_int_eq(v.remaining, 9 - i);
        ck_assert_int_eq(v.full, (i + 1) * 100000);
    }
    bm_rate_table_take(&v, table, key_of(1), &ten_a_second, 1, 0, START);
    ck_assert(!v.allowed && v.remaining == 0);
    ck_assert_int_eq(v.retry, 100000);
    ck_assert(!take(table, key_of(1), &ten_a_second, START + 99000));
    ck_assert(take(table, key_of(1), &ten_a_second, START + 100000));
    ck_assert(!take(table, key_of(1), &ten_a_second, START + 100000));
    ck_assert(take(table, key_of(2), &ten_a_second, START));            /* another's budget is its own */
    bm_rate_table_take(&v, table, key_of(1), &ten_a_second, 0, 0, START + 100000);
    ck_assert(!v.allowed);                                              /* looking costs nothing */
    ck_assert(take(table, key_of(1), &ten_a_second, START + 200000));
}
END_TEST

/* Over a minute of asking all the time: the burst and the rate, not one more. */
BM_TEST(the_rate_holds)
{
    bm_rate_table_t *table = table_of(1000);
    const bm_rate_t rate = { 100, 60 * (apr_time_t)SECOND };
    apr_time_t now;
    int allowed = 0;

    for (now = START; now < START + 60 * (apr_time_t)SECOND; now += 7000)
        allowed += take(table, key_of(1), &rate, now);
    ck_assert_int_ge(allowed, 198);
    ck_assert_int_le(allowed, 200);
}
END_TEST

BM_TEST(clocks_and_limits_may_jump)
{
    bm_rate_table_t *table = table_of(1000);
    const bm_rate_t hour = { 10, 3600 * (apr_time_t)SECOND };
    int i;

    for (i = 0; i < 10; i++)
        ck_assert(take(table, key_of(1), &hour, START));
    ck_assert(!take(table, key_of(1), &hour, START));
    for (i = 0; i < 10; i++)     /* under another limit it begins anew, or it would be shut for the rest of the hour */
        ck_assert(take(table, key_of(1), &ten_a_second, START));
    ck_assert(!take(table, key_of(1), &ten_a_second, START));
    ck_assert(take(table, key_of(2), &ten_a_second, START + 3600 * (apr_time_t)SECOND));
    ck_assert(take(table, key_of(2), &ten_a_second, START));
    ck_assert(take(table, key_of(1), &hour, START + 7200 * (apr_time_t)SECOND));
}
END_TEST

/* More keys than places: who is known stays limited nearly always, and strict callers let no stranger in. */
BM_TEST(a_full_table_forgets_or_refuses)
{
    bm_rate_table_t *table = table_of(100);
    bm_rate_verdict_t v;
    int i, allowed = 0, refused = 0;

    for (i = 0; i < 100000; i++) {
        bm_rate_table_take(&v, table, key_of((apr_uint64_t)i), &ten_a_second, 1, 0, START);
        allowed += v.allowed;
        bm_rate_table_take(&v, table, key_of((apr_uint64_t)i + 1000000), &ten_a_second, 1, BM_RATE_STRICT, START);
        refused += !v.allowed;
    }
    ck_assert_int_eq(allowed, 100000);
    ck_assert_int_ge(refused, 99000);
    ck_assert(take(table, key_of(7), &ten_a_second, START + 10 * SECOND));
}
END_TEST

/* Four processes at once: together no more than one may. */
BM_TEST(processes_share_a_budget)
{
    const bm_rate_t rate = { 5000, 3600 * (apr_time_t)SECOND };
    bm_rate_table_t *table = table_of(1000);
    _Atomic int *allowed;
    bm_region_t *region;
    int i, j, status;

    ck_assert_int_eq(bm_region_create(&region, sizeof(*allowed), g_pool), APR_SUCCESS);
    allowed = bm_region_carve(region, sizeof(*allowed), 64);
    for (i = 0; i < 4; i++) {
        if (fork() == 0) {
            for (j = 0; j < 4000; j++)
                if (take(table, key_of(1), &rate, START))
                    atomic_fetch_add(allowed, 1);
            _exit(0);
        }
    }
    for (i = 0; i < 4; i++)
        ck_assert(wait(&status) > 0 && status == 0);
    ck_assert_int_eq(atomic_load(allowed), 5000);
}
END_TEST

#include "test_rate_table.reg"
