/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "net/header_guard.h"

typedef struct line_case_t {
    const char *line;
    int allowed;
} line_case_t;

static const line_case_t lines[] = {
    { "Accept: text/event-stream", 1 },
    { "X-A:b", 1 },
    { "X-A:", 1 },
    { "X-A: ", 1 },
    { "Authorization: Bearer x.y-z==", 1 },
    { "Host: other.example", 1 },
    { "X-Utf8: h\xc3\xa9", 1 },
    { "X-A: a:b:c", 1 },
    { "!#$%&'*+-.^_`|~09aZ: x", 1 },
    { "X-A: a\r\nX-B: b", 0 },
    { "X-A: a\nX-B: b", 0 },
    { "X-A: a\rb", 0 },
    { "X-A: a\tb", 0 },
    { "X-A: \x01", 0 },
    { "X-A: \x7f", 0 },
    { "X-A: \x1f", 0 },
    { "X-A\r\n: b", 0 },
    { "X A: b", 0 },
    { "X-A : b", 0 },
    { " X-A: b", 0 },
    { ": b", 0 },
    { "", 0 },
    { "X-A", 0 },
    { "X-A;", 0 },
    { "X(A): b", 0 },
    { "X-\xc3\xa9: b", 0 },
    { "Connection: close", 0 },
    { "connection:close", 0 },
    { "Content-Length: 5", 0 },
    { "CONTENT-LENGTH: 5", 0 },
    { "Transfer-Encoding: chunked", 0 },
    { "TE: trailers", 0 },
    { "Trailer: x", 0 },
    { "Upgrade: h2c", 0 },
    { "Keep-Alive: 5", 0 },
    { "Proxy-Connection: x", 0 },
    { "Proxy-Authorization: x", 0 },
    { "Proxy-Authenticate: x", 0 },
    { "Expect: 100-continue", 0 },
    { "Content-Lengths: 5", 1 },
    { "XConnection: 5", 1 },
};

BM_LOOP_TEST(a_line_is_one_header_and_not_the_connections, BM_COUNT(lines))
{
    const line_case_t *c = &lines[_i];
    bm_err_t *err = bm_err_make(g_pool);
    apr_status_t rv = bm_header_guard_line(c->line, err);

    ck_assert_msg(rv == (c->allowed ? APR_SUCCESS : APR_EINVAL), "\"%s\"", c->line);
    ck_assert_int_eq(bm_err_is_set(err), !c->allowed);
    ck_assert_int_eq(bm_header_guard_line(c->line, NULL), rv);
}
END_TEST

BM_TEST(values_are_counted_not_terminated)
{
    ck_assert_int_eq(bm_header_guard_value("a\0b", 3, NULL), APR_EINVAL);
    ck_assert_int_eq(bm_header_guard_value("ab\n", 2, NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_header_guard_value("", 0, NULL), APR_SUCCESS);
}
END_TEST

BM_TEST(lengths_are_limited)
{
    char *line = apr_palloc(g_pool, 20001);

    memset(line, 'a', 20000);
    line[20000] = '\0';
    line[129] = ':';
    ck_assert_int_eq(bm_header_guard_line(line, NULL), APR_EINVAL);      /* too long altogether, and the name */
    line[129] = 'a';
    line[128] = ':';
    line[16384] = '\0';
    ck_assert_int_eq(bm_header_guard_line(line, NULL), APR_SUCCESS);
}
END_TEST

BM_TEST(methods_are_tokens)
{
    ck_assert_int_eq(bm_header_guard_method("GET", NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_header_guard_method("M-SEARCH", NULL), APR_SUCCESS);
    ck_assert_int_eq(bm_header_guard_method("", NULL), APR_EINVAL);
    ck_assert_int_eq(bm_header_guard_method("GET /x HTTP/1.1\r\nX:", NULL), APR_EINVAL);
    ck_assert_int_eq(bm_header_guard_method("G ET", NULL), APR_EINVAL);
    ck_assert_int_eq(bm_header_guard_method("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", NULL), APR_EINVAL);
}
END_TEST

#include "test_header_guard.reg"
