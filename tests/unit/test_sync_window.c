/* SPDX-License-Identifier: Apache-2.0
 *
 * Which part of a source's time is read when: nothing is left out, and it comes to an end. */
#include "unit.h"

#include <string.h>

#include "base/rand.h"
#include "sync/sync_window.h"

#define NOW (APR_INT64_C(1800000000) * APR_USEC_PER_SEC)
#define HOURS(n) apr_time_from_sec(3600 * (n))

static bm_sync_t *source(void)
{
    bm_sync_t *s = apr_pcalloc(g_pool, sizeof(*s));

    s->interval = apr_time_from_sec(300);
    s->overlap = HOURS(2);
    s->backfill_days = 3;
    s->page_size = s->page_limit = 1000;
    s->window_seconds = BM_SYNC_WINDOW_MAX;
    return s;
}

/* A pass until its end. @return how many windows it took. */
static int pass(bm_sync_t *s, apr_time_t now)
{
    int n = 0;

    s->head_at = 0;
    while (bm_sync_window_open(s, now)) {
        ck_assert(s->window_from < s->window_to);
        ck_assert(s->window_to - s->window_from <= apr_time_from_sec(s->window_seconds));
        bm_sync_window_close(s);
        ck_assert_int_lt(++n, 10000);
    }
    return n;
}

BM_TEST(first_the_newest_then_the_past)
{
    bm_sync_t *s = source();

    ck_assert(bm_sync_window_open(s, NOW));
    ck_assert_str_eq(s->window_kind, "head");
    ck_assert_int_eq(s->window_to, NOW);
    ck_assert_int_eq(s->window_from, NOW - HOURS(24) + 1000);
    bm_sync_window_close(s);
    ck_assert_int_eq(s->seen_to, NOW);
    ck_assert(bm_sync_window_open(s, NOW));
    ck_assert_str_eq(s->window_kind, "backfill");
    ck_assert_int_eq(s->window_to, NOW - HOURS(24) + 1000);
    while (s->window_kind != NULL) {
        bm_sync_window_close(s);
        bm_sync_window_open(s, NOW);
    }
    ck_assert_int_eq(s->seen_from, s->backfill_from - HOURS(72));
}
END_TEST

BM_TEST(the_overlap_is_read_again)
{
    bm_sync_t *s = source();

    pass(s, NOW);
    s->head_at = 0;
    ck_assert(bm_sync_window_open(s, NOW + HOURS(1)));
    ck_assert_int_eq(s->window_from, NOW - HOURS(2));
    ck_assert_int_eq(s->window_to, NOW + HOURS(1));
}
END_TEST

BM_TEST(small_windows_get_over_a_long_overlap)
{
    bm_sync_t *s = source();

    pass(s, NOW);
    while (bm_sync_window_shrink(s))
        ;
    ck_assert_int_eq(s->window_seconds, BM_SYNC_WINDOW_MIN);
    ck_assert_int_eq(s->page_limit, BM_SYNC_PAGE_MIN);
    pass(s, NOW + HOURS(1));
    ck_assert_int_eq(s->seen_to, NOW + HOURS(1));
    ck_assert_int_eq(s->head_next, 0);
    ck_assert_int_gt(s->page_limit, BM_SYNC_PAGE_MIN);
}
END_TEST

/* A source that was away, a clock that is set back, windows that shrink in the middle: all of the time up to now is covered. */
BM_LOOP_TEST(nothing_is_left_out, 200)
{
    bm_sync_t *s = source();
    apr_time_t now = NOW;
    bm_rand_t r;
    int i, n;

    bm_rand_seed(&r, (apr_uint64_t)_i);
    for (i = 0; i < 20; i++) {
        apr_time_t covered_to = s->seen_to, from = s->seen_from;

        now += (apr_time_t)((bm_rand_uniform(&r) - 0.1) * (double)HOURS(100)) / 1000 * 1000;
        s->head_at = 0;
        for (n = 0; n < 100000 && bm_sync_window_open(s, now); n++) {
            if (bm_rand_uniform(&r) < 0.2 && bm_sync_window_shrink(s))
                continue;
            if (covered_to != 0 && strcmp(s->window_kind, "head") == 0 && s->window_to > covered_to) {
                ck_assert_int_le(s->window_from, covered_to);
                covered_to = s->window_to;
            }
            if (from != 0 && strcmp(s->window_kind, "backfill") == 0)
                ck_assert_int_eq(s->window_to, s->seen_from);
            bm_sync_window_close(s);
            from = s->seen_from;
            if (covered_to == 0)
                covered_to = s->seen_to;
        }
        ck_assert_int_lt(n, 100000);
        ck_assert_int_ge(s->seen_to, now);
    }
}
END_TEST

#include "test_sync_window.reg"
