/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "parse/query_string.h"

static const bm_query_param_t params[] = {
    { "limit", BM_QUERY_INT, 1, 1000, NULL, "Rows of a page." },
    { "n", BM_QUERY_INT, 0, 0, NULL, "Any integer." },
    { "id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "An id." },
    { "q", BM_QUERY_TEXT, 0, 10, NULL, "Part of a name." },
    { "key", BM_QUERY_TEXT, 2, 0, NULL, "At least two bytes." },
    { "from", BM_QUERY_TIME, 0, 0, NULL, "Not before." },
    { "total", BM_QUERY_BOOL, 0, 0, NULL, "Count all." },
    { "order", BM_QUERY_ENUM, 0, 0, "asc|desc", "Direction." },
    { "status", BM_QUERY_ENUM_LIST, 0, 0, "pending|running|completed", "States." },
    { "ids", BM_QUERY_INT_LIST, 1, 99, NULL, "Ids." },
    { NULL }
};

static const apr_time_t now = 1700000000LL * 1000000;

static apr_status_t parse(bm_query_string_t **pq, const char *text, bm_err_t *err)
{
    return bm_query_string_parse(pq, text, params, 0, now, err, g_pool);
}

typedef struct bad_case_t {
    const char *text;
    const char *violations;      /* "pointer: detail" joined by LF */
} bad_case_t;

static const bad_case_t bad[] = {
    { "limit=0", "?limit: must be an integer from 1 to 1000" },
    { "limit=1001", "?limit: must be an integer from 1 to 1000" },
    { "limit=", "?limit: must be an integer from 1 to 1000" },
    { "limit", "?limit: must be an integer from 1 to 1000" },
    { "limit=1x", "?limit: must be an integer from 1 to 1000" },
    { "limit=+1", "?limit: must be an integer from 1 to 1000" },
    { "limit=1e2", "?limit: must be an integer from 1 to 1000" },
    { "n=9223372036854775808", "?n: must be an integer" },
    { "id=0", "?id: must be an integer of at least 1" },
    { "limit=1&limit=1", "?limit: is given more than once" },
    { "limit=1&l%69mit=2", "?limit: is given more than once" },
    { "limit=x&limit=2", "?limit: must be an integer from 1 to 1000\n?limit: is given more than once" },
    { "nope=1", "?nope: is not a parameter of this request" },
    { "Limit=1", "?Limit: is not a parameter of this request" },
    { "=1", "?: is not a parameter of this request" },
    { "limit=5;n=1", "?limit: must be an integer from 1 to 1000" },
    { "q=%", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%4", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%4g", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%00", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%ff", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%c0%80", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%ed%a0%80", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=\xff", "?q: is not valid: percent-encoded UTF-8 without NUL is expected" },
    { "q=%&q=a", "?q: is not valid: percent-encoded UTF-8 without NUL is expected\n?q: is given more than once" },
    { "%zz=1", "?%zz: is not a valid name: percent-encoded UTF-8 is expected" },
    { "%00=1", "?%00: is not a valid name: percent-encoded UTF-8 is expected" },
    { "q=12345678901", "?q: must have at most 10 bytes" },
    { "key=x", "?key: must have at least 2 bytes" },
    { "total=yes", "?total: must be true or false" },
    { "total", "?total: must be true or false" },
    { "order=up", "?order: must be one of asc, desc" },
    { "order=", "?order: must be one of asc, desc" },
    { "order=asc|desc", "?order: must be one of asc, desc" },
    { "status=done", "?status: must be one or more of pending, running, completed, with commas between" },
    { "status=running,", "?status: must be one or more of pending, running, completed, with commas between" },
    { "status=running,running", "?status: must name running only once" },
    { "ids=1,,2", "?ids: each element must be an integer from 1 to 99" },
    { "ids=1,100", "?ids: each element must be an integer from 1 to 99" },
    { "from=yesterday",
      "?from: must be a time such as 2026-01-31T12:00:00Z, a date, or relative to now such as now-6h; from 1970 on" },
    { "from=2026-02-30",
      "?from: must be a time such as 2026-01-31T12:00:00Z, a date, or relative to now such as now-6h; from 1970 on" },
    { "limit=0&a=1&total=2&q=fine",
      "?limit: must be an integer from 1 to 1000\n?a: is not a parameter of this request\n"
                                    "?total: must be true or false" },
};

BM_LOOP_TEST(every_violation_is_named_in_one_pass, BM_COUNT(bad))
{
    bm_err_t *err = bm_err_make(g_pool);
    const char *text = "";
    bm_query_string_t *q;
    int i;

    ck_assert_int_eq(parse(&q, bad[_i].text, err), APR_EINVAL);
    for (i = 0; i < err->violations->nelts; i++) {
        const bm_violation_t *v = &APR_ARRAY_IDX(err->violations, i, bm_violation_t);

        text = apr_pstrcat(g_pool, text, i ? "\n" : "", v->pointer, ": ", v->detail, NULL);
    }
    ck_assert_str_eq(text, bad[_i].violations);
    ck_assert_int_eq(parse(&q, bad[_i].text, NULL), APR_EINVAL);
}
END_TEST

/* What is wrong counts as not given; the rest can be read, so that a handler can name what else is wrong. */
BM_TEST(what_is_refused_counts_as_not_given)
{
    bm_query_string_t *q;

    ck_assert_int_eq(parse(&q, "limit=0&n=7&key=x&q=ok&n=8&unknown=1&total=%zz", NULL), APR_EINVAL);
    ck_assert_int_eq(bm_query_string_int(q, "limit", 42), 42);
    ck_assert(!bm_query_string_has(q, "limit") && bm_query_string_refused(q, "limit"));
    ck_assert(bm_query_string_refused(q, "n") && bm_query_string_refused(q, "key") && bm_query_string_refused(q, "total"));
    ck_assert_ptr_null(bm_query_string_text(q, "key"));
    ck_assert_str_eq(bm_query_string_text(q, "q"), "ok");
    ck_assert(!bm_query_string_refused(q, "q") && !bm_query_string_refused(q, "id") && !bm_query_string_refused(q, "unknown"));
}
END_TEST

BM_TEST(values_are_typed)
{
    bm_query_string_t *q;
    const apr_array_header_t *list;

    ck_assert_int_eq(parse(&q,
                           "limit=7&n=-9223372036854775808&q=a+b%2B%c3%A9&&total=true&order=desc&status=running,pending"
                           "&ids=99,1,99&from=2026-01-31T12:00:00Z&", NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_query_string_int(q, "limit", 100), 7);
    ck_assert(bm_query_string_int(q, "n", 0) == APR_INT64_MIN);
    ck_assert_str_eq(bm_query_string_text(q, "q"), "a b+\xc3\xa9");
    ck_assert_int_eq(bm_query_string_bool(q, "total", 0), 1);
    ck_assert_str_eq(bm_query_string_text(q, "order"), "desc");
    ck_assert_int_eq(bm_query_string_time(q, "from", 0), 1769860800LL * 1000000);
    list = bm_query_string_list(q, "status");
    ck_assert_int_eq(list->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(list, 0, const char *), "running");
    ck_assert_str_eq(APR_ARRAY_IDX(list, 1, const char *), "pending");
    list = bm_query_string_list(q, "ids");
    ck_assert_int_eq(list->nelts, 3);
    ck_assert_int_eq(APR_ARRAY_IDX(list, 0, apr_int64_t), 99);
    ck_assert_int_eq(APR_ARRAY_IDX(list, 2, apr_int64_t), 99);
    ck_assert_int_eq(bm_query_string_unknown(q)->nelts, 0);
}
END_TEST

static const char *const empties[] = { NULL, "", "&", "&&&" };

BM_LOOP_TEST(what_is_not_given_has_its_default, BM_COUNT(empties))
{
    bm_query_string_t *q;

    ck_assert_int_eq(parse(&q, empties[_i], NULL), APR_SUCCESS);
    ck_assert(!bm_query_string_has(q, "limit") && !bm_query_string_has(q, "nope"));
    ck_assert_int_eq(bm_query_string_int(q, "limit", 100), 100);
    ck_assert_int_eq(bm_query_string_time(q, "from", 5), 5);
    ck_assert_int_eq(bm_query_string_bool(q, "total", 1), 1);
    ck_assert_ptr_null(bm_query_string_text(q, "q"));
    ck_assert_ptr_null(bm_query_string_list(q, "ids"));
}
END_TEST

BM_TEST(an_empty_text_is_given)
{
    bm_query_string_t *q;

    ck_assert_int_eq(parse(&q, "q=&total=0", NULL), APR_SUCCESS);
    ck_assert(bm_query_string_has(q, "q"));
    ck_assert_str_eq(bm_query_string_text(q, "q"), "");
    ck_assert_int_eq(bm_query_string_bool(q, "total", 1), 0);
}
END_TEST

BM_TEST(unknown_names_can_be_let_through)
{
    bm_query_string_t *q;

    ck_assert_int_eq(bm_query_string_parse(&q, "_=1&limit=3&utm%5fx", params, BM_QUERY_ALLOW_UNKNOWN, now, NULL,
                                           g_pool),
                     APR_SUCCESS);
    ck_assert_int_eq(bm_query_string_unknown(q)->nelts, 2);
    ck_assert_str_eq(APR_ARRAY_IDX(bm_query_string_unknown(q), 1, const char *), "utm_x");
    ck_assert_int_eq(bm_query_string_int(q, "limit", 0), 3);
}
END_TEST

typedef struct time_case_t {
    const char *text;
    const char *is;      /* NULL: refused */
} time_case_t;

static const time_case_t times[] = {       /* now is 2023-11-14T22:13:20Z */
    { "now", "2023-11-14T22:13:20.000000Z" }, { "now-6h", "2023-11-14T16:13:20.000000Z" },
    { "now-90s", "2023-11-14T22:11:50.000000Z" }, { "now-5m", "2023-11-14T22:08:20.000000Z" },
    { "now-5min", "2023-11-14T22:08:20.000000Z" }, { "now-1d", "2023-11-13T22:13:20.000000Z" },
    { "now-2w", "2023-10-31T22:13:20.000000Z" }, { "now+1h", "2023-11-14T23:13:20.000000Z" },
    { "now%2B1h", "2023-11-14T23:13:20.000000Z" }, { "now-0s", "2023-11-14T22:13:20.000000Z" },
    { "2026-01-31", "2026-01-31T00:00:00.000000Z" }, { "2026-01-31T00:00:00%2B02:00", "2026-01-30T22:00:00.000000Z" },
    { "2026-01-31T00:00:00+02:00", "2026-01-30T22:00:00.000000Z" },
    { "2026-01-31+01:02:03.5Z", "2026-01-31T01:02:03.500000Z" },
    { "2026-01-31+01:02:03+01:00", "2026-01-31T00:02:03.000000Z" },
    { "now-", NULL }, { "now-6", NULL }, { "now-6y", NULL }, { "now-6ms", NULL }, { "now-h", NULL }, { "now6h", NULL },
    { "now--6h", NULL }, { "now-99999999999999999999h", NULL }, { "now-10001d", NULL }, { "now-1500w", NULL },
    { "now-9999999w", NULL }, { "nower", NULL }, { "", NULL }, { "1700000000", NULL }, { "now-6h ", NULL },
    { "1970-01-01T00:00:00%2B02:00", NULL }, { "2026-01-31T24:00:00Z", NULL }, { "now%2d1.5h", NULL },
    { "now-10000d", "1996-06-28T22:13:20.000000Z" },
};

BM_LOOP_TEST(times_are_absolute_or_relative, BM_COUNT(times))
{
    const time_case_t *c = &times[_i];
    char text[BM_TIMEFMT_SIZE];
    bm_query_string_t *q;
    apr_status_t rv = parse(&q, apr_pstrcat(g_pool, "from=", c->text, NULL), NULL);

    if (c->is == NULL) {
        ck_assert_int_eq(rv, APR_EINVAL);
        return;
    }
    ck_assert_int_eq(rv, APR_SUCCESS);
    bm_timefmt_rfc3339(text, bm_query_string_time(q, "from", 0));
    ck_assert_str_eq(text, c->is);
}
END_TEST

/* Names and elements are bounded by what one answer says, not by what is sent. */
BM_TEST(hostile_queries_stay_small)
{
    bm_err_t *err = bm_err_make(g_pool);
    char *text = apr_palloc(g_pool, 100001);
    bm_query_string_t *q;
    int i;

    for (i = 0; i < 50000; i++)
        memcpy(text + 2 * i, "a&", 2);
    text[100000] = '\0';
    ck_assert_int_eq(parse(&q, text, err), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, BM_QUERY_VIOLATIONS_MAX);

    memset(text, 'x', 100000);
    err = bm_err_make(g_pool);
    ck_assert_int_eq(parse(&q, text, err), APR_EINVAL);
    ck_assert_uint_eq(strlen(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer), 65);

    memcpy(text, "ids=1", 5);
    for (i = 0; i < BM_QUERY_LIST_MAX - 1; i++)
        memcpy(text + 5 + 2 * i, ",1", 2);
    text[5 + 2 * i] = '\0';
    ck_assert_int_eq(parse(&q, text, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_query_string_list(q, "ids")->nelts, BM_QUERY_LIST_MAX);
    memcpy(text + 5 + 2 * i, ",1", 3);
    ck_assert_int_eq(parse(&q, text, NULL), APR_EINVAL);
}
END_TEST

/* A window that ends within the first second of an hour has a part of that hour in it. */
BM_TEST(hours_are_rounded_outwards)
{
    const apr_time_t noon = apr_time_from_sec(3600) * 490000;

    ck_assert_int_eq(bm_timefmt_hour(noon, 0), 490000);
    ck_assert_int_eq(bm_timefmt_hour(noon, 1), 490000);
    ck_assert_int_eq(bm_timefmt_hour(noon + 1, 0), 490000);
    ck_assert_int_eq(bm_timefmt_hour(noon + 1, 1), 490001);
    ck_assert_int_eq(bm_timefmt_hour(noon - 1, 0), 489999);
    ck_assert_int_eq(bm_timefmt_hour(noon - 1, 1), 490000);
}
END_TEST

#include "test_query_string.reg"
