/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "base/rand.h"
#include "target/target_heap.h"

enum { TIMERS = 500, CHANGES = 20000 };

static apr_int64_t smallest(const bm_target_timer_t *timers)
{
    apr_int64_t least = APR_INT64_MAX;

    for (int i = 0; i < TIMERS; i++)
        if (timers[i].place != 0 && timers[i].due_ns < least)
            least = timers[i].due_ns;
    return least;
}

BM_TEST(the_top_is_the_earliest_whatever_moved)
{
    static bm_target_timer_t timers[TIMERS];
    bm_target_heap_t heap;
    bm_rand_t r;

    bm_target_heap_init(&heap, TIMERS, g_pool);
    bm_rand_seed(&r, 5);
    ck_assert_ptr_null(bm_target_heap_top(&heap));
    for (int n = 0; n < CHANGES; n++) {
        bm_target_timer_t *timer = &timers[bm_rand_below(&r, TIMERS)];

        if (bm_rand_below(&r, 3) == 0)
            bm_target_heap_remove(&heap, timer);
        else
            bm_target_heap_set(&heap, timer, (apr_int64_t)bm_rand_below(&r, 1000));
        if (heap.count > 0)
            ck_assert_int_eq(bm_target_heap_top(&heap)->due_ns, smallest(timers));
    }
    while (heap.count > 0) {
        bm_target_timer_t *top = bm_target_heap_top(&heap);

        ck_assert_int_eq(top->due_ns, smallest(timers));
        bm_target_heap_remove(&heap, top);
    }
    ck_assert_int_eq(smallest(timers), APR_INT64_MAX);
}
END_TEST

#include "test_target_heap.reg"
