/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include "base/json.h"
#include "parse/json_same.h"

static json_t *parsed(const char *text)
{
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, text, strlen(text), NULL, g_pool), APR_SUCCESS);
    return j;
}

typedef struct same_case_t {
    const char *a, *b;
    int same;
} same_case_t;

static const same_case_t values[] = {
    { "1", "1.0", 1 }, { "1", "2", 0 }, { "0", "-0.0", 1 }, { "1e2", "100", 1 }, { "0.1", "0.1", 1 }, { "0.1", "0.2", 0 },
    { "true", "true", 1 }, { "true", "false", 0 }, { "null", "null", 1 }, { "null", "false", 0 }, { "0", "false", 0 },
    { "\"a\"", "\"a\"", 1 }, { "\"a\"", "\"b\"", 0 }, { "\"1\"", "1", 0 }, { "\"\"", "\"a\"", 0 },
    { "[1,[2.0]]", "[1.0,[2]]", 1 }, { "[1,2]", "[2,1]", 0 }, { "[1]", "[1,2]", 0 }, { "[]", "{}", 0 },
    { "{\"a\":1,\"b\":[{}]}", "{\"b\":[{}],\"a\":1.0}", 1 }, { "{\"a\":1}", "{\"a\":1,\"b\":2}", 0 },
    { "{\"a\":1}", "{\"b\":1}", 0 },
    { "9007199254740993", "9007199254740992.0", 0 },
};

BM_LOOP_TEST(values_are_the_same_or_not_both_ways, BM_COUNT(values))
{
    const same_case_t *c = &values[_i];

    ck_assert_int_eq(bm_json_same(parsed(c->a), parsed(c->b)), c->same);
    ck_assert_int_eq(bm_json_same(parsed(c->b), parsed(c->a)), c->same);
    ck_assert_int_eq(bm_json_same(parsed(c->a), parsed(c->a)), 1);
}
END_TEST

/* Ascending; several are beyond what a double tells apart. */
static const char *const numbers[] = {
    "-1e300", "-9223372036854775808", "-9223372036854775807", "-1.5", "-1", "-0.5", "0", "0.5", "1", "1.5", "9007199254740992.0",
    "9007199254740993", "9223372036854775807", "9223372036854775808.0", "1e300",
};

BM_LOOP_TEST(numbers_are_in_order, BM_COUNT(numbers))
{
    for (int k = 0; k < (int)BM_COUNT(numbers); k++)
        ck_assert_int_eq(bm_json_compare_numbers(parsed(numbers[_i]), parsed(numbers[k])), (_i > k) - (_i < k));
}
END_TEST

BM_TEST(nothing_is_the_same_as_nothing_at_all)
{
    ck_assert_int_eq(bm_json_same(NULL, NULL), 0);
    ck_assert_int_eq(bm_json_same(parsed("null"), NULL), 0);
}
END_TEST

#include "test_json_same.reg"
