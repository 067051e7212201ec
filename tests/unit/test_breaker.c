/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "policy/breaker.h"

#define S(x) (INT64_C(1000000000) * (x))

static void fail_times(bm_breaker_t *b, int times, apr_int64_t now)
{
    while (times-- > 0) {
        ck_assert(bm_breaker_allows(b, now));
        bm_breaker_note(b, BM_BREAKER_FAILED, now);
    }
}

BM_TEST(without_a_limit_it_never_opens)
{
    bm_breaker_t b = { 0 };

    fail_times(&b, 1000, S(1));
    ck_assert(bm_breaker_allows(&b, S(1)));
    ck_assert_int_eq(b.opened, 0);
}
END_TEST

BM_TEST(failures_in_a_row_open_it_and_a_success_between_does_not)
{
    bm_breaker_t b = { .limit = 3, .open_ns = S(10) };

    fail_times(&b, 2, S(1));
    bm_breaker_note(&b, BM_BREAKER_ALIVE, S(1));
    fail_times(&b, 2, S(1));
    ck_assert(bm_breaker_allows(&b, S(1)));
    bm_breaker_note(&b, BM_BREAKER_FAILED, S(2));
    ck_assert_int_eq(b.opened, 1);
    ck_assert(!bm_breaker_allows(&b, S(2)));
    ck_assert(!bm_breaker_allows(&b, S(12) - 1));
    ck_assert_int_eq(b.refused, 2);
}
END_TEST

BM_TEST(one_call_tries_it_and_decides)
{
    bm_breaker_t b = { .limit = 1, .open_ns = S(10) };

    fail_times(&b, 1, S(1));
    ck_assert(bm_breaker_allows(&b, S(11)));
    ck_assert(!bm_breaker_allows(&b, S(11)));
    bm_breaker_note(&b, BM_BREAKER_FAILED, S(12));
    ck_assert_int_eq(b.opened, 2);
    ck_assert(!bm_breaker_allows(&b, S(22) - 1));
    ck_assert(bm_breaker_allows(&b, S(22)));
    bm_breaker_note(&b, BM_BREAKER_ALIVE, S(23));
    ck_assert(bm_breaker_allows(&b, S(23)));
    ck_assert(bm_breaker_allows(&b, S(23)));
}
END_TEST

/* Calls that were under way when it opened fail after that: they must not keep it open for longer. */
BM_TEST(late_failures_say_nothing_new)
{
    bm_breaker_t b = { .limit = 2, .open_ns = S(10) };
    int i;

    for (i = 0; i < 5; i++)
        ck_assert(bm_breaker_allows(&b, S(1)));
    for (i = 0; i < 5; i++)
        bm_breaker_note(&b, BM_BREAKER_FAILED, S(1) + i * S(1));
    ck_assert_int_eq(b.opened, 1);
    ck_assert(bm_breaker_allows(&b, S(12)));
}
END_TEST

BM_TEST(a_try_that_was_taken_back_or_never_ends_lets_the_next_one_in)
{
    bm_breaker_t b = { .limit = 1, .open_ns = S(10) };

    fail_times(&b, 1, S(0));
    ck_assert(bm_breaker_allows(&b, S(10)));
    bm_breaker_note(&b, BM_BREAKER_UNKNOWN, S(11));
    ck_assert(bm_breaker_allows(&b, S(11)));
    ck_assert(!bm_breaker_allows(&b, S(21) - 1));
    ck_assert(bm_breaker_allows(&b, S(21)));
}
END_TEST

#include "test_breaker.reg"
