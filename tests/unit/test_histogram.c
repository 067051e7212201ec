/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "shm/histogram.h"

enum { THREADS = 4, PROCESSES = 3, KEYS = 60, ROUNDS = 3000 };

static bm_histogram_table_t *make_table(uint32_t places)
{
    bm_region_t *region;
    bm_histogram_table_t *table;

    ck_assert_int_eq(bm_region_create(&region, bm_histogram_table_size(places), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_histogram_table_create(&table, places, region), APR_SUCCESS);
    return table;
}

BM_TEST(a_value_lies_in_the_bucket_of_its_bound)
{
    bm_histogram_t histogram = { 0 };
    bm_histogram_copy_t copy;

    bm_histogram_add(&histogram, -5, 1);
    bm_histogram_add(&histogram, 0, 1);
    bm_histogram_add(&histogram, 100000, 1);               /* on the first bound */
    bm_histogram_add(&histogram, 100001, 2);
    bm_histogram_add(&histogram, 600000000000LL, 1);       /* on the last one */
    bm_histogram_add(&histogram, 600000000001LL, 1);
    bm_histogram_read(&copy, &histogram);
    ck_assert_uint_eq(copy.buckets[0], 3);
    ck_assert_uint_eq(copy.buckets[1], 2);
    ck_assert_uint_eq(copy.buckets[BM_HISTOGRAM_BOUNDS - 1], 1);
    ck_assert_uint_eq(copy.buckets[BM_HISTOGRAM_BOUNDS], 1);
    ck_assert_uint_eq(copy.n, 7);
    ck_assert_uint_eq(copy.sum_ns, 100000 + 2 * 100001 + 600000000000ULL + 600000000001ULL);
}
END_TEST

BM_TEST(bounds_ascend)
{
    for (int i = 1; i < BM_HISTOGRAM_BOUNDS; i++)
        ck_assert_int_lt(bm_histogram_bounds_ns[i - 1], bm_histogram_bounds_ns[i]);
}
END_TEST

BM_TEST(keys_are_told_apart_by_every_part)
{
    static const bm_histogram_key_t keys[] = {
        { { "/runs", "GET", "200" } }, { { "/runs", "GET", "404" } }, { { "/runs", "PUT", "200" } },
        { { "/run", "sGET", "200" } }, { { "/runs" } }, { { "", "/runs" } }
    };
    bm_histogram_table_t *table = make_table(64);
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint32_t at = 0, found = 0;

    for (size_t i = 0; i < BM_COUNT(keys); i++)
        for (size_t n = 0; n <= i; n++)
            bm_histogram_table_add(table, &keys[i], 1000);
    while (bm_histogram_table_next(&copy, &key, table, &at)) {
        size_t i = copy.n - 1;

        ck_assert_uint_lt(i, BM_COUNT(keys));
        for (int part = 0; part < BM_HISTOGRAM_KEY_PARTS; part++)
            ck_assert_str_eq(key.part[part], keys[i].part[part] ? keys[i].part[part] : "");
        found++;
    }
    ck_assert_uint_eq(found, BM_COUNT(keys));
    ck_assert_int_eq(bm_histogram_table_next(&copy, &key, table, &at), 0);      /* and stays at the end */
}
END_TEST

BM_TEST(what_does_not_fit_counts_as_other)
{
    bm_histogram_table_t *table = make_table(4);
    char name[BM_HISTOGRAM_KEY_MAX + 1];
    bm_histogram_key_t key = { { name } };
    bm_histogram_copy_t copy;
    uint32_t at = 0;
    uint64_t all = 0, other = 0;

    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof(name), "statement %d", i);
        bm_histogram_table_add(table, &key, 1);
    }
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    bm_histogram_table_add(table, &key, 1);
    while (bm_histogram_table_next(&copy, &key, table, &at)) {
        all += copy.n;
        if (strcmp(key.part[0], "other") == 0)
            other += copy.n;
    }
    ck_assert_uint_eq(all, 11);
    ck_assert_uint_eq(other, 7);
}
END_TEST

BM_TEST(only_powers_of_two_and_what_has_room)
{
    bm_region_t *region;
    bm_histogram_table_t *table;

    ck_assert_int_eq(bm_region_create(&region, 4096, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_histogram_table_create(&table, 0, region), APR_EINVAL);
    ck_assert_int_eq(bm_histogram_table_create(&table, 48, region), APR_EINVAL);
    ck_assert_int_eq(bm_histogram_table_create(&table, 1024, region), APR_ENOSPC);
}
END_TEST

static void *count_all(void *baton)
{
    bm_histogram_table_t *table = baton;
    char name[32];
    bm_histogram_key_t key = { { name, "GET", "200" } };

    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < KEYS; i++) {
            snprintf(name, sizeof(name), "/route/%d", i);
            bm_histogram_table_add(table, &key, i * 1000000LL);
        }
    return NULL;
}

static void count_in_threads(bm_histogram_table_t *table)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count_all, table);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

BM_TEST(threads_of_several_processes_lose_nothing_and_share_places)
{
    bm_histogram_table_t *table = make_table(64);
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint32_t at = 0;
    int seen[KEYS] = { 0 }, found = 0, status;

    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            count_in_threads(table);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_gt(wait(&status), 0);
    while (bm_histogram_table_next(&copy, &key, table, &at)) {
        int i = -1;

        ck_assert_int_eq(sscanf(key.part[0], "/route/%d", &i), 1);
        ck_assert(i >= 0 && i < KEYS && !seen[i]);
        seen[i] = 1;
        found++;
        ck_assert_uint_eq(copy.n, (uint64_t)PROCESSES * THREADS * ROUNDS);
        ck_assert_uint_eq(copy.sum_ns, copy.n * (uint64_t)i * 1000000u);
    }
    ck_assert_int_eq(found, KEYS);
}
END_TEST

#include "test_histogram.reg"
