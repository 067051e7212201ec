/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "engine/owned.h"

static apr_array_header_t *ids_of(int n, const apr_int64_t *ids)
{
    apr_array_header_t *array = apr_array_make(g_pool, 1, sizeof(apr_int64_t));

    for (int i = 0; i < n; i++)
        APR_ARRAY_PUSH(array, apr_int64_t) = ids[i];
    return array;
}

static int has_key(const bm_owned_t *owned, apr_int64_t id, apr_int64_t fence)
{
    const bm_queue_key_t *keys = bm_owned_keys(owned, g_pool);

    for (int i = 0; i < bm_owned_count(owned); i++)
        if (keys[i].id == id && keys[i].fence == fence)
            return 1;
    return 0;
}

BM_TEST(rows_come_and_go)
{
    bm_owned_t *owned = bm_owned_make(g_pool);

    for (apr_int64_t id = 1; id <= 300; id++)
        bm_owned_add(owned, id, id * 10);
    ck_assert_int_eq(bm_owned_count(owned), 300);
    ck_assert(has_key(owned, 7, 70));
    for (apr_int64_t id = 1; id <= 300; id++)
        if (id != 7)
            bm_owned_ended(owned, id);
    bm_owned_ended(owned, 1);                       /* one that is not there */
    ck_assert_int_eq(bm_owned_count(owned), 1);
    ck_assert(has_key(owned, 7, 70));
    bm_owned_add(owned, 8, 81);
    ck_assert(has_key(owned, 8, 81));
}
END_TEST

/* Given back, committed, claimed anew, and only then reported. */
BM_TEST(a_late_report_takes_nothing_out)
{
    bm_owned_t *owned = bm_owned_make(g_pool);

    bm_owned_add(owned, 5, 50);
    bm_owned_add(owned, 5, 51);
    bm_owned_add(owned, 5, 52);
    ck_assert_int_eq(bm_owned_count(owned), 1);
    bm_owned_ended(owned, 5);
    bm_owned_ended(owned, 5);
    ck_assert(has_key(owned, 5, 52));
    bm_owned_ended(owned, 5);
    ck_assert_int_eq(bm_owned_count(owned), 0);
    bm_owned_add(owned, 5, 53);
    bm_owned_ended(owned, 5);
    ck_assert_int_eq(bm_owned_count(owned), 0);
}
END_TEST

BM_TEST(missing_twice_in_a_row_is_lost_once)
{
    static const apr_int64_t both[] = { 1, 2 }, one[] = { 1 };
    bm_owned_t *owned = bm_owned_make(g_pool);
    apr_array_header_t *lost;

    bm_owned_add(owned, 1, 10);
    bm_owned_add(owned, 2, 20);
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(1, one), g_pool)->nelts, 0);
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(2, both), g_pool)->nelts, 0);
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(1, one), g_pool)->nelts, 0);
    lost = bm_owned_missing(owned, ids_of(1, one), g_pool);
    ck_assert_int_eq(lost->nelts, 1);
    ck_assert_int_eq(APR_ARRAY_IDX(lost, 0, apr_int64_t), 2);
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(1, one), g_pool)->nelts, 0);
    bm_owned_add(owned, 2, 21);                     /* claimed anew: counted from the start */
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(1, one), g_pool)->nelts, 0);
    ck_assert_int_eq(bm_owned_missing(owned, ids_of(1, one), g_pool)->nelts, 1);
}
END_TEST

#include "test_owned.reg"
