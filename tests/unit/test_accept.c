/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include "parse/accept.h"

static const char *const types[] = { "text/csv", "application/jsonl" };

static const struct {
    const char *accept;
    int best;
} cases[] = {
    { NULL, 0 },
    { "*/*", 0 },
    { "text/*", 0 },
    { "application/jsonl", 1 },
    { "Application/JSONL; charset=utf-8", 1 },
    { "text/csv;q=0.5, application/jsonl", 1 },
    { "text/csv; q=0.5 , application/jsonl;q=0.25", 0 },
    { "text/csv;q=0, */*;q=0.1", 1 },
    { "text/html,application/xhtml+xml,*/*;q=0.8", 0 },
    { "application/*;q=0.9,text/csv;q=0.899", 1 },
    { "text/csv;q=0.000", -1 },
    { "application/json", -1 },
    { "", -1 },
    { "text", -1 },
    { ",,text/csv,", 0 },
    { "text/csv;q=", 0 },
    { "text/csv;q=7", 0 },
};

BM_TEST(the_type_that_is_wanted_most)
{
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_msg(bm_accept_best(cases[i].accept, types, 2) == cases[i].best, "%s", cases[i].accept);
}
END_TEST

BM_TEST(weights_in_thousandths)
{
    ck_assert_int_eq(bm_accept_quality("text/csv;q=0.123", "text/csv"), 123);
    ck_assert_int_eq(bm_accept_quality("text/csv;v=1;q=0.5", "text/csv"), 500);
    ck_assert_int_eq(bm_accept_quality("text/*;q=0.5, text/csv;q=0.25", "text/csv"), 250);
    ck_assert_int_eq(bm_accept_quality("text/csv;q=1.9", "text/csv"), 1000);
}
END_TEST

#include "test_accept.reg"
