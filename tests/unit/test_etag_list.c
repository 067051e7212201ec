/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "parse/etag_list.h"

typedef struct match_case_t {
    const char *list;
    const char *etag;
    int weak_match, strong_match;     /* -1: the list is malformed */
} match_case_t;

static const match_case_t cases[] = {
    /* RFC 9110 8.8.3.2 */
    { "W/\"1\"", "W/\"1\"", 1, 0 }, { "W/\"1\"", "W/\"2\"", 0, 0 }, { "W/\"1\"", "\"1\"", 1, 0 },
    { "\"1\"", "\"1\"", 1, 1 },
    { "\"1\"", "W/\"1\"", 1, 0 },
    /* lists */
    { "\"a\", W/\"b\" ,\"c\"", "\"c\"", 1, 1 }, { "\"a\", W/\"b\" ,\"c\"", "\"b\"", 1, 0 },
    { "\"a\",\"b\"", "\"d\"", 0, 0 },
    { ",, \"a\" ,,", "\"a\"", 1, 1 }, { "\t\"a\"\t", "\"a\"", 1, 1 }, { "\"\"", "\"\"", 1, 1 },
    { "\"a,b\"", "\"a,b\"", 1, 1 },
    { "\"W/\"", "\"W/\"", 1, 1 }, { "\"\xc3\xa9\"", "\"\xc3\xa9\"", 1, 1 }, { "W/\"b\", \"b\"", "\"b\"", 1, 1 },
    { "\"A\"", "\"a\"", 0, 0 }, { "\"a\\\"", "\"a\\\"", 1, 1 },
    /* any */
    { "*", "\"a\"", 1, 1 }, { " * ", "W/\"a\"", 1, 1 }, { "*", NULL, 0, 0 }, { "\"a\"", NULL, 0, 0 },
    /* as compressing filters of httpd send them on */
    { "\"a-gzip\"", "\"a\"", 1, 1 }, { "W/\"a-br\"", "\"a\"", 1, 0 }, { "\"a-gzip-gzip\"", "\"a\"", 0, 0 },
    { "\"-gzip\"", "\"\"", 1, 1 }, { "\"a-bz\"", "\"a\"", 0, 0 },
    /* malformed */
    { "", "\"a\"", -1, -1 }, { ",", "\"a\"", -1, -1 }, { "a", "\"a\"", -1, -1 }, { "\"a", "\"a\"", -1, -1 },
    { "\"a\" \"b\"", "\"a\"", -1, -1 }, { "\"a\"b", "\"a\"", -1, -1 }, { "*, \"a\"", "\"a\"", -1, -1 },
    { "\"a\", *", "\"a\"", -1, -1 }, { "**", "\"a\"", -1, -1 }, { "w/\"a\"", "\"a\"", -1, -1 },
    { "W/ \"a\"", "\"a\"", -1, -1 },
    { "W/", "\"a\"", -1, -1 }, { "\"a b\"", "\"a\"", -1, -1 }, { "\"a\x7f\"", "\"a\"", -1, -1 },
    { NULL, "\"a\"", -1, -1 },
};

BM_LOOP_TEST(lists_match_as_rfc_9110_says, BM_COUNT(cases))
{
    const match_case_t *c = &cases[_i];
    bm_etag_list_t *list;
    apr_status_t rv = bm_etag_list_parse(&list, c->list, g_pool);

    ck_assert_int_eq(rv, c->weak_match < 0 ? APR_EINVAL : APR_SUCCESS);
    if (rv != APR_SUCCESS) {
        ck_assert_ptr_null(list);
        return;
    }
    ck_assert_int_eq(bm_etag_list_has(list, c->etag, 0), c->weak_match);
    ck_assert_int_eq(bm_etag_list_has(list, c->etag, 1), c->strong_match);
}
END_TEST

static const struct {
    const char *list, *begin;
    int begins;
} begins[] = {
    { "\"l3.7.9\"", "\"l3.", 1 }, { "\"l3.7.9\"", "\"l4.", 0 }, { "\"l33.7\"", "\"l3.", 0 }, { "W/\"l3.7\"", "\"l3.", 0 },
    { "\"x\", \"l3.1-gzip\"", "\"l3.", 1 }, { "*", "\"l3.", 1 },
};

BM_LOOP_TEST(the_part_that_users_change_is_enough, BM_COUNT(begins))
{
    bm_etag_list_t *list;

    ck_assert_int_eq(bm_etag_list_parse(&list, begins[_i].list, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_etag_list_begins(list, begins[_i].begin), begins[_i].begins);
}
END_TEST

#include "test_etag_list.reg"
