/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <apr_strings.h>
#include "parse/id_ranges.h"

typedef struct case_t {
    const char *text, *back;        /* back: NULL: refused */
} case_t;

static const case_t cases[] = {
    { "7", "7" }, { "0", "0" }, { "7-9", "7-9" }, { "7,8,9", "7-9" }, { "1,3-5,7", "1,3-5,7" }, { "1-2,3-4", "1-4" },
    { "9223372036854775807", "9223372036854775807" },
    { "", NULL }, { ",", NULL }, { "7,", NULL }, { ",7", NULL }, { "7-", NULL }, { "-7", NULL }, { "9-7", NULL }, { "7,7", NULL },
    { "7-9,9", NULL }, { "8,7", NULL }, { "a", NULL }, { "7 ", NULL }, { "1-11", NULL }, { "1-10,12", NULL }, { "7--9", NULL },
    { "0-9223372036854775807", NULL }, { "9223372036854775808", NULL },
};

BM_LOOP_TEST(lists_of_at_most_ten, BM_COUNT(cases))
{
    const case_t *c = &cases[_i];
    apr_int64_t *ids;
    int n;

    if (c->back == NULL) {
        ck_assert_int_eq(bm_id_ranges_read(&ids, &n, c->text, 10, g_pool), APR_EINVAL);
        return;
    }
    ck_assert_int_eq(bm_id_ranges_read(&ids, &n, c->text, 10, g_pool), APR_SUCCESS);
    ck_assert_str_eq(bm_id_ranges_write(ids, n, g_pool), c->back);
}
END_TEST

BM_TEST(no_numbers_are_an_empty_text)
{
    ck_assert_str_eq(bm_id_ranges_write(NULL, 0, g_pool), "");
}
END_TEST

#include "test_id_ranges.reg"
