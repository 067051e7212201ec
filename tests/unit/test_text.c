/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "base/text.h"

typedef struct interval_case_t {
    const char *text;
    apr_int64_t microseconds;   /* -1: refused */
} interval_case_t;

static const interval_case_t intervals[] = {
    { "5", 5000000 }, { "250ms", 250000 }, { "2min", 120000000 }, { "1h", 3600000000LL }, { "1d", 86400000000LL },
    { "", -1 }, { "-1s", -1 }, { "1x", -1 }, { "1.5s", -1 }, { "99999999999999999999", -1 }, { "10001d", -1 },
};

BM_LOOP_TEST(interval_has_units_and_limits, BM_COUNT(intervals))
{
    const interval_case_t *c = &intervals[_i];
    apr_int64_t value = 0;
    apr_status_t rv = bm_text_to_interval(&value, c->text, "s");

    ck_assert_int_eq(rv, c->microseconds < 0 ? APR_EINVAL : APR_SUCCESS);
    if (rv == APR_SUCCESS)
        ck_assert_int_eq(value, c->microseconds);
}
END_TEST

typedef struct number_case_t {
    double value;
    int digits;
    const char *text;
} number_case_t;

static const number_case_t numbers[] = {
    { 0.01, 15, "0.01" }, { 86400000, 15, "86400000" }, { 0.95, 15, "0.95" }, { -0.5, 4, "-0.5" }, { 0, 15, "0" },
    { 12345.678, 4, "12346" }, { 99.996, 4, "100" }, { 1e-9, 4, "0.000000001" }, { 1.0 / 3, 3, "0.333" }, { 1e18, 15,
    "1000000000000000000" }
};

/* APR's %g would say .01 and 8.64e+7. */
BM_LOOP_TEST(number_is_written_for_people, BM_COUNT(numbers))
{
    ck_assert_str_eq(bm_text_number(numbers[_i].value, numbers[_i].digits, g_pool), numbers[_i].text);
}
END_TEST

BM_TEST(int64_needs_the_whole_text)
{
    apr_int64_t value;

    ck_assert_int_eq(bm_text_to_int64(&value, "9223372036854775807", 0, APR_INT64_MAX), APR_SUCCESS);
    ck_assert_int_eq(value, APR_INT64_MAX);
    ck_assert_int_eq(bm_text_to_int64(&value, "9223372036854775808", 0, APR_INT64_MAX), APR_EINVAL);
    ck_assert_int_eq(bm_text_to_int64(&value, "1 ", 0, 10), APR_EINVAL);
    ck_assert_int_eq(bm_text_to_int64(&value, " 1", 0, 10), APR_EINVAL);
    ck_assert_int_eq(bm_text_to_int64(&value, "+1", 0, 10), APR_EINVAL);
    ck_assert_int_eq(bm_text_to_int64(&value, "11", 0, 10), APR_EINVAL);
}
END_TEST

BM_TEST(clean_utf8_replaces_and_never_cuts)
{
    ck_assert_str_eq(bm_text_clean_utf8("a\xff" "b", 3, 100, g_pool), "a\xef\xbf\xbd" "b");
    ck_assert_str_eq(bm_text_clean_utf8("h\xc3\xa9", 3, 2, g_pool), "h");
    ck_assert_str_eq(bm_text_clean_utf8("\xed\xa0\x80", 3, 100, g_pool), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    ck_assert(!bm_text_is_utf8("\xc0\x80", 2));
    ck_assert(bm_text_is_utf8("\xf0\x9f\x90\x9f", 4));
}
END_TEST

#include "test_text.reg"
