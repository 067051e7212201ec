/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "shm/meters.h"

static bm_meters_t *make_meters(int scenarios)
{
    bm_region_t *region;
    bm_meters_t *meters;

    ck_assert_int_eq(bm_region_create(&region, bm_meters_size(scenarios), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_meters_create(&meters, scenarios, region), APR_SUCCESS);
    return meters;
}

BM_TEST(a_scenario_keeps_its_place_and_the_rest_is_other)
{
    bm_meters_t *meters = make_meters(2);
    bm_scenario_meters_t *seven = bm_meters_scenario(meters, 7), *nought = bm_meters_scenario(meters, 0);

    ck_assert_ptr_ne(seven, nought);
    ck_assert_int_eq(atomic_load(&nought->id), 0);
    ck_assert_ptr_eq(bm_meters_scenario(meters, 7), seven);
    ck_assert_int_eq(atomic_load(&bm_meters_scenario(meters, 8)->id), BM_METERS_OTHER_SCENARIOS);
    ck_assert_ptr_eq(bm_meters_scenario(meters, 9), bm_meters_scenario(meters, 8));
    ck_assert_ptr_eq(bm_meters_scenario(meters, 0), nought);
}
END_TEST

BM_TEST(no_scenario_at_all_is_other)
{
    bm_meters_t *meters = make_meters(0);

    ck_assert_int_eq(atomic_load(&bm_meters_scenario(meters, 1)->id), BM_METERS_OTHER_SCENARIOS);
}
END_TEST

BM_TEST(a_region_that_is_too_small_is_refused)
{
    bm_region_t *region;
    bm_meters_t *meters;

    ck_assert_int_eq(bm_region_create(&region, bm_meters_size(10), g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_meters_create(&meters, 1000, region), APR_ENOSPC);
}
END_TEST

BM_TEST(the_pool_of_a_killed_child_is_not_counted_and_its_place_is_free)
{
    bm_meters_t *meters = make_meters(1);
    bm_pool_meter_t *mine = bm_meters_pool(meters, getpid(), 4);
    bm_pool_figures_t figures;
    int status, i;
    pid_t pid = fork();

    if (pid == 0) {
        bm_pool_meter_t *pool = bm_meters_pool(meters, getpid(), 4);

        atomic_store(&pool->in_use, 3);
        atomic_store(&pool->waiting, 2);
        pause();
    }
    for (i = 0; i < 500; i++) {
        bm_meters_pools(&figures, meters);
        if (figures.waiting == 2)
            break;
        usleep(10000);
    }
    ck_assert_int_eq(figures.children, 2);
    ck_assert_int_eq(figures.in_use, 3);
    ck_assert_int_eq(figures.limit, 8);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    atomic_store(&mine->in_use, 1);
    bm_meters_pools(&figures, meters);
    ck_assert_int_eq(figures.children, 1);
    ck_assert_int_eq(figures.in_use, 1);
    ck_assert_int_eq(figures.waiting, 0);
    ck_assert_ptr_eq(bm_meters_pool(meters, getpid(), 4), mine + 1);
}
END_TEST

BM_TEST(statements_are_counted_and_nobody_needs_to)
{
    bm_meters_t *meters = make_meters(1);
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint32_t at = 0;

    bm_meters_statement(NULL, "run_get", 5);
    bm_meters_statement(meters, "run_get", 5);
    ck_assert_int_eq(bm_histogram_table_next(&copy, &key, meters->statements, &at), 1);
    ck_assert_str_eq(key.part[0], "run_get");
    ck_assert_uint_eq(copy.n, 1);
}
END_TEST

BM_TEST(rates_are_those_of_the_kept_samples)
{
    enum { S = 1000000000 };
    bm_meters_t *meters = make_meters(1);
    bm_histogram_key_t key = { { "/runs", "GET", "200" } };
    apr_int64_t now = 100LL * S;
    bm_meters_rates_t rates;

    bm_meters_rates(&rates, meters, now);
    ck_assert_double_eq(rates.seconds, 0);
    ck_assert_int_eq(bm_meters_sample(meters, now), 1);
    ck_assert_int_eq(bm_meters_sample(meters, now + 4LL * S), 0);
    for (int i = 0; i < 40; i++) {              /* 10 requests and one run each 5 s; the first samples are forgotten */
        for (int n = 0; n < 10; n++)
            bm_histogram_table_add(meters->requests, &key, 1);
        atomic_fetch_add(&bm_meters_scenario(meters, 5)->ends[0], 1);
        now += 5LL * S;
        ck_assert_int_eq(bm_meters_sample(meters, now), 1);
    }
    bm_meters_rates(&rates, meters, now);
    ck_assert_double_eq_tol(rates.seconds, 5.0 * (BM_METERS_SAMPLES - 1), 1e-9);
    ck_assert_double_eq_tol(rates.requests, 2, 1e-9);
    ck_assert_double_eq_tol(rates.runs, 0.2, 1e-9);
    ck_assert_uint_eq(bm_meters_requests(meters), 400);
    ck_assert_uint_eq(bm_meters_runs(meters), 40);
}
END_TEST

#include "test_meters.reg"
