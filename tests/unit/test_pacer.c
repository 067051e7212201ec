/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <poll.h>
#include "base/rand.h"
#include "base/timefmt.h"
#include "engine/pacer.h"

#define MANY 5000

static bm_pacer_t *pacer_make(void)
{
    bm_pacer_t *pacer;

    ck_assert_int_eq(bm_pacer_create(&pacer, g_pool), APR_SUCCESS);
    return pacer;
}

BM_TEST(items_come_in_order_after_moves_and_removals)
{
    bm_pacer_t *pacer = pacer_make();
    bm_pacer_item_t *items = apr_pcalloc(g_pool, MANY * sizeof(*items)), *item;
    bm_rand_t rand;
    apr_int64_t last = 0;
    int i, left = MANY, seen = 0;

    bm_rand_seed(&rand, 7);
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(bm_pacer_put(pacer, &items[i], (apr_int64_t)bm_rand_below(&rand, 1000000)), APR_SUCCESS);
    for (i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            bm_pacer_put(pacer, &items[i], (apr_int64_t)bm_rand_below(&rand, 1000000));
        else if (i % 3 == 1) {
            bm_pacer_remove(pacer, &items[i]);
            bm_pacer_remove(pacer, &items[i]);
            left--;
        }
    }
    while ((item = bm_pacer_take_due(pacer, 2000000)) != NULL) {
        ck_assert_int_ge(item->due_ns, last);
        ck_assert_int_ne((item - items) % 3, 1);
        last = item->due_ns;
        seen++;
    }
    ck_assert_int_eq(seen, left);
    ck_assert_int_eq(bm_pacer_next_ns(pacer), APR_INT64_MAX);
}
END_TEST

BM_TEST(nothing_is_due_early)
{
    bm_pacer_t *pacer = pacer_make();
    bm_pacer_item_t a = { 0 }, b = { 0 };

    bm_pacer_put(pacer, &a, 100);
    bm_pacer_put(pacer, &b, 50);
    ck_assert_ptr_null(bm_pacer_take_due(pacer, 49));
    ck_assert_ptr_eq(bm_pacer_take_due(pacer, 50), &b);
    ck_assert_ptr_null(bm_pacer_take_due(pacer, 99));
    bm_pacer_put(pacer, &a, 500);
    ck_assert_ptr_null(bm_pacer_take_due(pacer, 499));
    ck_assert_ptr_eq(bm_pacer_take_any(pacer), &a);
    ck_assert_ptr_null(bm_pacer_take_any(pacer));
}
END_TEST

BM_TEST(the_descriptor_fires_at_the_absolute_time)
{
    bm_pacer_t *pacer = pacer_make();
    bm_pacer_item_t far = { 0 }, near = { 0 };
    struct pollfd pfd = { .fd = bm_pacer_fd(pacer), .events = POLLIN };
    apr_int64_t begin = bm_timefmt_monotonic_ns(), late;

    bm_pacer_put(pacer, &far, begin + 60000000000LL);
    bm_pacer_arm(pacer);
    bm_pacer_put(pacer, &near, begin + 20000000);
    bm_pacer_arm(pacer);
    ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
    late = bm_timefmt_monotonic_ns() - (begin + 20000000);
    ck_assert_int_ge(late, 0);
    bm_pacer_fired(pacer);
    ck_assert_ptr_eq(bm_pacer_take_due(pacer, bm_timefmt_monotonic_ns()), &near);
    bm_pacer_arm(pacer);
    ck_assert_int_eq(poll(&pfd, 1, 20), 0);
    bm_pacer_put(pacer, &near, 1);                   /* long past: fires at once */
    bm_pacer_arm(pacer);
    ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
    bm_pacer_remove(pacer, &near);
    bm_pacer_remove(pacer, &far);
    bm_pacer_fired(pacer);
    bm_pacer_arm(pacer);
    ck_assert_int_eq(poll(&pfd, 1, 20), 0);
}
END_TEST

#include "test_pacer.reg"
