/* SPDX-License-Identifier: Apache-2.0
 *
 * unit.h: what every unit test file starts with.
 *
 *   BM_TEST(claim) { ... } END_TEST                 one test
 *   BM_LOOP_TEST(claim, n) { ... _i ... } END_TEST  the body once per row of a table of n rows
 *   #include "test_<file>.reg"                      last line of the file: the generated main()
 *
 * g_pool is fresh for every test. */
#ifndef BM_UNIT_H
#define BM_UNIT_H

#include <check.h>
#include <stdlib.h>
#include <apr_general.h>
#include <apr_pools.h>

#define BM_TEST(name) START_TEST(name)
#define BM_LOOP_TEST(name, count) enum { name##_loops = (int)(count) }; START_TEST(name)
#define BM_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static apr_pool_t *g_pool;

static void unit_setup(void)
{
    apr_initialize();
    apr_pool_create(&g_pool, NULL);
}

static void unit_teardown(void)
{
    apr_pool_destroy(g_pool);
    apr_terminate();
}

static int bm_unit_run(Suite *suite, TCase *tcase)
{
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, unit_setup, unit_teardown);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
