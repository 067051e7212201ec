/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "api/page.h"

static const struct {
    const char *query, *name, *url;
} urls[] = {
    { NULL, "after", "/a/runs?after=7" },
    { "", "after", "/a/runs?after=7" },
    { "limit=2", "after", "/a/runs?limit=2&after=7" },
    { "after=9&limit=2", "after", "/a/runs?limit=2&after=7" },
    { "limit=2&skip=4", "after", "/a/runs?limit=2&after=7" },
    { "limit=2&skip=4", "skip", "/a/runs?limit=2&skip=7" },
    { "afterwards=1&skipper=2", "after", "/a/runs?afterwards=1&skipper=2&after=7" },
    { "q=%3Ea%22&status=failed,timed_out", "after", "/a/runs?q=%3Ea%22&status=failed,timed_out&after=7" },
    { "q=a>b\"c\r\nX: y", "after", "/a/runs?q=a%3Eb%22c%0D%0AX:%20y&after=7" },
    { "&&limit=2&&", "after", "/a/runs?limit=2&after=7" },
};

/* The next page keeps every filter, and nothing can leave the angle brackets of the Link header. */
BM_LOOP_TEST(next_page_keeps_the_filters, BM_COUNT(urls))
{
    ck_assert_str_eq(bm_page_url("/a/runs", urls[_i].query, urls[_i].name, 7, g_pool), urls[_i].url);
}
END_TEST

/* A path is decoded, what follows from it is not. */
BM_TEST(texts_in_paths_are_encoded)
{
    ck_assert_str_eq(bm_page_url("/a/50%?#;\xc3\xa4 b/c", "x=%41", "after", 7, g_pool),
                     "/a/50%25%3F%23%3B%C3%A4%20b/c?x=%41&after=7");
}
END_TEST

BM_TEST(totals_end_at_the_limit_of_counting)
{
    bm_api_t api = { 0 };
    bm_req_t *q = bm_api_request_make(&api, g_pool);

    bm_page_set_total(q, 10000);
    ck_assert_str_eq(apr_table_get(q->headers, "X-Total-Count"), "10000");
    bm_page_set_total(q, 10001);
    ck_assert_str_eq(apr_table_get(q->headers, "X-Total-Count"), "10000+");
}
END_TEST

#include "test_page.reg"
