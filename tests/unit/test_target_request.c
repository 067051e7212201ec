/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include <apr_strings.h>
#include "target/target_request.h"

static bm_target_request_t g_request;

/* Feed all of text, cut at `split`. @return the last status; *used of all bytes. */
static apr_status_t feed_cut(const char *text, apr_size_t len, apr_size_t split, apr_size_t *used)
{
    apr_size_t n = 0;
    apr_status_t rv;

    bm_target_request_begin(&g_request, 1000, g_pool);
    rv = bm_target_request_feed(&g_request, text, split, used);
    if (rv == APR_EAGAIN) {
        ck_assert_uint_eq(*used, split);
        rv = bm_target_request_feed(&g_request, text + split, len - split, &n);
        *used += n;
    }
    return rv;
}

static apr_status_t feed(const char *text)
{
    apr_size_t used;

    return feed_cut(text, strlen(text), strlen(text), &used);
}

typedef struct good_case_t {
    const char *text;
    const char *method, *path, *query, *body;
    int keep_alive;
} good_case_t;

static const good_case_t good[] = {
    { "GET / HTTP/1.1\r\n\r\n", "GET", "/", NULL, "", 1 },
    { "\r\n\r\nGET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/a", "b=c", "", 1 },
    { "GET /a HTTP/1.0\r\n\r\n", "GET", "/a", NULL, "", 0 },
    { "GET /a HTTP/1.1\nConnection: keep-alive, Close\n\n", "GET", "/a", NULL, "", 0 },
    { "GET http://host:80/p?q HTTP/1.1\r\n\r\n", "GET", "/p", "q", "", 1 },
    { "GET http://host HTTP/1.1\r\n\r\n", "GET", "/", NULL, "", 1 },
    { "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "POST", "/a", NULL, "hello", 1 },
    { "POST /a HTTP/1.1\r\ncontent-length:0\r\n\r\n", "POST", "/a", NULL, "", 1 },
    { "POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n", "POST", "/a",
      NULL, "abc0123456789", 1 },
    { "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\nab\n0\n\n", "PUT", "/a", NULL, "ab", 1 },
};

BM_LOOP_TEST(a_request_is_read_at_every_split, BM_COUNT(good))
{
    const good_case_t *c = &good[_i];
    apr_size_t len = strlen(c->text), split, used;

    for (split = 0; split <= len; split++) {
        ck_assert_int_eq(feed_cut(c->text, len, split, &used), APR_SUCCESS);
        ck_assert_uint_eq(used, len);
        ck_assert_str_eq(g_request.method, c->method);
        ck_assert_str_eq(g_request.path, c->path);
        ck_assert_pstr_eq(g_request.query, c->query);
        ck_assert_uint_eq(g_request.body_len, strlen(c->body));
        ck_assert(memcmp(g_request.body, c->body, g_request.body_len) == 0);
        ck_assert_int_eq(g_request.keep_alive, c->keep_alive);
    }
    bm_target_request_free(&g_request);
}
END_TEST

BM_LOOP_TEST(a_request_is_read_byte_by_byte, BM_COUNT(good))
{
    const good_case_t *c = &good[_i];
    apr_size_t len = strlen(c->text), i, used;

    bm_target_request_begin(&g_request, 1000, g_pool);
    for (i = 0; i < len; i++)
        ck_assert_int_eq(bm_target_request_feed(&g_request, c->text + i, 1, &used), i + 1 < len ? APR_EAGAIN : APR_SUCCESS);
    ck_assert_uint_eq(g_request.body_len, strlen(c->body));
    bm_target_request_free(&g_request);
}
END_TEST

typedef struct bad_case_t {
    const char *text;
    int status;
} bad_case_t;

static const bad_case_t bad[] = {
    { "GET\r\n\r\n", 400 }, { "GET /\r\n\r\n", 400 }, { " GET / HTTP/1.1\r\n\r\n", 400 }, { "GET  / HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1 \r\n\r\n", 400 }, { "GET / HTTP/2.0\r\n\r\n", 505 }, { "GET / HTTQ/1.1\r\n\r\n", 400 },
    { "GET x HTTP/1.1\r\n\r\n", 400 }, { "GET /\x01 HTTP/1.1\r\n\r\n", 400 }, { "G@T / HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nA : b\r\n\r\n", 400 }, { "GET / HTTP/1.1\r\n: b\r\n\r\n", 400 }, { "GET / HTTP/1.1\r\nA\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400 }, { "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nA: \x02\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400 }, { "POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501 },
    { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", 413 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab", 400 },
    { "POST / HTTP/1.1\r\nExpect: more\r\nContent-Length: 1\r\n\r\n", 417 },
};

BM_LOOP_TEST(a_wrong_request_is_refused_at_every_split, BM_COUNT(bad))
{
    const bad_case_t *c = &bad[_i];
    apr_size_t len = strlen(c->text), split, used;

    for (split = 0; split <= len; split++) {
        ck_assert_int_eq(feed_cut(c->text, len, split, &used), APR_EINVAL);
        ck_assert_int_eq(g_request.status, c->status);
        ck_assert_ptr_nonnull(g_request.problem);
    }
    ck_assert_int_eq(bm_target_request_feed(&g_request, "x", 1, &used), APR_EINVAL);
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(limits_of_the_head)
{
    char *path = apr_pcalloc(g_pool, 9001), *value = apr_pcalloc(g_pool, 40001), *many = apr_pcalloc(g_pool, 101 * 6 + 1);

    memset(path, 'a', 9000);
    memset(value, 'v', 40000);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "GET /", path, " HTTP/1.1\r\n\r\n", NULL)), APR_EINVAL);
    ck_assert_int_eq(g_request.status, 414);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "GET / HTTP/1.1\r\nA: ", value, "\r\n\r\n", NULL)), APR_EINVAL);
    ck_assert_int_eq(g_request.status, 431);
    for (int i = 0; i < 101; i++)
        memcpy(many + 6 * i, "a: b\r\n", 6);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "GET / HTTP/1.1\r\n", many, "\r\n", NULL)), APR_EINVAL);
    ck_assert_int_eq(g_request.status, 431);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "GET / HTTP/1.1\r\n", many + 6, "\r\n", NULL)), APR_SUCCESS);
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(a_nul_in_the_head_is_refused)
{
    static const char text[] = "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n";
    apr_size_t used;

    ck_assert_int_eq(feed_cut(text, sizeof(text) - 1, 5, &used), APR_EINVAL);
    ck_assert_int_eq(g_request.status, 400);
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(framing_without_end_is_refused)
{
    char *extension = apr_pcalloc(g_pool, 70001);

    memset(extension, 'x', 70000);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", extension, NULL)),
                     APR_EINVAL);
    ck_assert_int_eq(feed(apr_pstrcat(g_pool, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", extension, NULL)),
                     APR_EINVAL);
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(what_follows_a_request_is_left_alone)
{
    static const char text[] = "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /b HTTP/1.1\r\n\r\n";
    apr_size_t used;

    ck_assert_int_eq(feed_cut(text, sizeof(text) - 1, sizeof(text) - 1, &used), APR_SUCCESS);
    ck_assert_uint_eq(used, strlen(text) - strlen("GET /b HTTP/1.1\r\n\r\n"));
    bm_target_request_begin(&g_request, 1000, g_pool);
    ck_assert(bm_target_request_is_idle(&g_request));
    ck_assert_int_eq(bm_target_request_feed(&g_request, text + used, sizeof(text) - 1 - used, &used), APR_SUCCESS);
    ck_assert_str_eq(g_request.path, "/b");
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(a_client_that_asks_may_continue)
{
    ck_assert_int_eq(feed("POST /a HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"), APR_EAGAIN);
    ck_assert_int_eq(g_request.wants_continue, 1);
    ck_assert_int_eq(feed("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab"), APR_SUCCESS);
    ck_assert_int_eq(g_request.wants_continue, 0);
    bm_target_request_free(&g_request);
}
END_TEST

BM_TEST(parameters_are_decoded)
{
    ck_assert_int_eq(feed("GET /a?x=1&name=a%20b+c&bad=%zz&nul=%00&empty=&name=2 HTTP/1.1\r\n\r\n"), APR_SUCCESS);
    ck_assert_str_eq(bm_target_request_parameter(&g_request, "name", g_pool), "a b c");
    ck_assert_str_eq(bm_target_request_parameter(&g_request, "x", g_pool), "1");
    ck_assert_ptr_null(bm_target_request_parameter(&g_request, "bad", g_pool));
    ck_assert_ptr_null(bm_target_request_parameter(&g_request, "nul", g_pool));
    ck_assert_ptr_null(bm_target_request_parameter(&g_request, "nam", g_pool));
    ck_assert_ptr_null(bm_target_request_parameter(&g_request, "none", g_pool));
    bm_target_request_free(&g_request);
}
END_TEST

#include "test_target_request.reg"
