/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "engine/measure.h"

typedef struct request_case_t {
    const char *connection, *inputs;
    const char *method, *body, *type;    /* body and type NULL: none */
} request_case_t;

static const request_case_t requests[] = {
    { "{\"url\":\"http://h/x\"}", "{\"a\":1}", "GET", NULL, NULL },
    { "{\"url\":\"http://h/x\",\"method\":\"delete\"}", "{\"a\":1}", "DELETE", NULL, NULL },
    { "{\"url\":\"http://h/x\",\"method\":\"POST\"}", "{\"a\":1}", "POST", "{\"a\":1}", "application/json" },
    { "{\"url\":\"http://h/x\",\"body\":{\"q\":[1,null]}}", "{}", "POST", "{\"q\":[1,null]}", "application/json" },
    { "{\"url\":\"http://h/x\",\"method\":\"PUT\",\"body\":\"plain\"}", "{}", "PUT", "plain", "text/plain; charset=utf-8" },
    { "{\"url\":\"http://h/x\",\"body\":\"a=1\",\"headers\":{\"content-type\":\"application/x-www-form-urlencoded\"}}",
      "{}", "POST", "a=1",
      "application/x-www-form-urlencoded" },
    { "{\"url\":\"http://h/x\",\"method\":\"POST\",\"body\":null}", "{\"a\":1}", "POST", "{\"a\":1}", "application/json" },
};

BM_LOOP_TEST(a_request_is_made_of_the_connection, BM_COUNT(requests))
{
    const request_case_t *c = &requests[_i];
    bm_http_request_t *request = capture_start(capture_call("http", c->connection, c->inputs, g_pool));
    const char *type = capture_header(request, "content-type:");

    ck_assert_str_eq(request->method, c->method);
    ck_assert_str_eq(request->body ? request->body : "(none)", c->body ? c->body : "(none)");
    ck_assert_str_eq(type ? type + strlen("content-type: ") : "(none)", c->type ? c->type : "(none)");
}
END_TEST

static const struct {
    const char *connection, *pointer;   /* pointer NULL: fine */
} checks[] = {
    { "{\"url\":\"http://h\"}", NULL },
    { "{\"url\":\"http://h/{{path}}\",\"method\":\"PATCH\",\"expect_status\":[200,\"3xx\",\"404-410\"],"
      "\"body\":\"{\\\"a\\\":\\\"{{b}}\\\"}\"}", NULL },
    { "{\"url\":\"http://h\",\"body\":\"{{text}}\"}", "/connection/body" },
    { "{\"url\":\"http://h\",\"body\":\"say {{text}}\"}", NULL },
    { "{\"url\":\"http://h\",\"body\":\"{\\\"n\\\": {{count}}}\"}", "/connection/body" },
    { "{\"url\":\"http://h\",\"body\":\"{{raw}}\",\"headers\":{\"Content-Type\":\"text/plain\"}}", NULL },
    { "{}", "/connection/url" },
    { "{\"url\":\"http://h\",\"method\":\"GE T\"}", "/connection/method" },
    { "{\"url\":\"http://h\",\"method\":\"CONNECT\"}", "/connection/method" },
    { "{\"url\":\"http://h\",\"expect_status\":[200,99]}", "/connection/expect_status/1" },
    { "{\"url\":\"http://h\",\"expect_status\":[\"6xx\"]}", "/connection/expect_status/0" },
    { "{\"url\":\"http://h\",\"expect_status\":[\"300-200\"]}", "/connection/expect_status/0" },
    { "{\"url\":\"http://h\",\"headers\":{\"Transfer-Encoding\":\"chunked\"}}", "/connection/headers/Transfer-Encoding" },
    { "{\"url\":\"http://h\",\"headers\":{\"A\":7}}", "/connection/headers/A" },
    { "{\"url\":\"http://h\",\"secret_header\":\"a b\"}", "/connection/secret_header" },
};

BM_LOOP_TEST(a_connection_is_checked, BM_COUNT(checks))
{
    bm_err_t *err = bm_err_make(g_pool);
    json_t *connection;
    apr_status_t rv;

    ck_assert_int_eq(bm_json_parse(&connection, checks[_i].connection, strlen(checks[_i].connection), NULL, g_pool), APR_SUCCESS);
    rv = bm_provider_find("http")->check(connection, err, g_pool);
    ck_assert_int_eq(rv, checks[_i].pointer ? APR_EINVAL : APR_SUCCESS);
    ck_assert_int_eq(err->violations->nelts, checks[_i].pointer != NULL);
    if (checks[_i].pointer != NULL)
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, checks[_i].pointer);
}
END_TEST

static bm_call_t *answered(const char *more, int status, bm_exchange_end_e end, const char *body, const apr_size_t *ends,
    int count)
{
    bm_call_t *call = capture_call("http", apr_pstrcat(g_pool, "{\"url\":\"http://h\"", more, "}", NULL), "{}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_cut(request, status, end, "Content-Type: text/plain\r\n", body, strlen(body), ends,
        count, g_pool),
                         &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    return call;
}

typedef struct status_case_t {
    const char *expect;
    int status;
    const char *code;
} status_case_t;

static const status_case_t statuses[] = {
    { "", 200, NULL }, { "", 204, NULL }, { "", 404, "not_found" }, { "", 301, "redirected" },
    { ",\"expect_status\":[404]", 404, NULL }, { ",\"expect_status\":[404]", 200, "unexpected_status" },
    { ",\"expect_status\":[\"3xx\",200]", 302, NULL }, { ",\"expect_status\":[\"200-204\"]", 205, "unexpected_status" },
    { ",\"expect_status\":[\"500-599\"]", 503, NULL },
};

BM_LOOP_TEST(the_expected_status_is_success, BM_COUNT(statuses))
{
    const status_case_t *c = &statuses[_i];
    apr_size_t len = 2;
    bm_call_t *call = answered(c->expect, c->status, 0, "ok", &len, 1);

    ck_assert_str_eq(call->answer.error_code ? call->answer.error_code : "", c->code ? c->code : "");
    ck_assert_str_eq(capture_kinds(&call->answer, g_pool), "c");
}
END_TEST

BM_TEST(json_is_kept_as_json_and_text_as_text)
{
    apr_size_t len = 8;

    ck_assert_str_eq(answered("", 200, 0, "{\"a\": 1}", &len, 1)->answer.response,
                     "{\"status\":200,\"content_type\":\"text/plain\",\"bytes\":8,\"body\":{\"a\": 1}}");
    len = 3;
    ck_assert_str_eq(answered("", 200, 0, "a\xff""b", &len, 1)->answer.response,
                     "{\"status\":200,\"content_type\":\"text/plain\",\"bytes\":3,\"body\":\"a\xef\xbf\xbd""b\"}");
}
END_TEST

typedef struct cut_case_t {
    const char *stream, *body, *kinds, *code;
    bm_exchange_end_e end;
} cut_case_t;

static const cut_case_t cuts[] = {
    { "sse", "data: a\n\n: c\n\ndata: b\n\ndata: [DONE]\n\n", "c.c.", NULL, 0 },
    { "sse", "data: a\n\nevent: error\ndata: {\"message\":\"no\"}\n\n", "c!", "stream_error", 0 },
    { "sse", "data: a\n\n", "c", "connection_lost", BM_END_CUT },
    { "lines", "a\n\n \r\n{\"b\":1}\r\nlast", "ccc", NULL, 0 },
    { "lines", "\n", "", NULL, 0 },
    { "none", "a\nb", "c", NULL, 0 },
    { "none", "", "", NULL, 0 },
};

BM_LOOP_TEST(a_body_is_cut_into_chunks, BM_COUNT(cuts))
{
    const cut_case_t *c = &cuts[_i];
    apr_size_t len = strlen(c->body);
    bm_call_t *call = answered(apr_pstrcat(g_pool, ",\"stream\":\"", c->stream, "\"", NULL), 200, c->end, c->body, &len, len > 0);

    ck_assert_str_eq(capture_kinds(&call->answer, g_pool), c->kinds);
    ck_assert_str_eq(call->answer.error_code ? call->answer.error_code : "", c->code ? c->code : "");
    ck_assert_int_eq(call->answer.stream, strcmp(c->stream, "none") ? BM_STREAM_TOKENS : BM_STREAM_NONE);
}
END_TEST

/* Lines arrive when their end does. */
BM_TEST(a_line_is_stamped_by_its_end)
{
    static const char body[] = "one\ntwo\nthree";
    static const apr_size_t ends[] = { 2, 5, 8, 13 };
    bm_call_t *call = answered(",\"stream\":\"lines\"", 200, 0, body, ends, 4);
    const bm_chunk_t *chunks = (const bm_chunk_t *)(const void *)call->answer.chunks->elts;

    ck_assert_int_eq(call->answer.chunks->nelts, 3);
    ck_assert_int_eq(chunks[0].user_ns, capture_stamp(1));
    ck_assert_int_eq(chunks[1].user_ns, capture_stamp(2));
    ck_assert_int_eq(chunks[2].user_ns, capture_stamp(3));
    ck_assert_int_eq(chunks[2].bytes, 5);
}
END_TEST

/* Reads of one wake-up are one chunk. */
BM_TEST(reads_of_one_wake_up_are_one_chunk)
{
    static const apr_size_t ends[] = { 2, 5, 8 };
    bm_call_t *call = capture_call("http", "{\"url\":\"http://h\",\"stream\":\"chunks\"}", "{}", g_pool);
    bm_exchange_t *x = capture_cut(capture_start(call), 200, 0, NULL, "abcdefgh", 8, ends, 3, g_pool);
    bm_next_t next = { 0 };

    x->segments[1].wake = x->segments[0].wake;
    call->provider->next(call, x, &next);
    ck_assert_int_eq(call->answer.chunks->nelts, 2);
    ck_assert_int_eq(APR_ARRAY_IDX(call->answer.chunks, 0, bm_chunk_t).bytes, 5);
    ck_assert_int_eq(APR_ARRAY_IDX(call->answer.chunks, 0, bm_chunk_t).user_ns, capture_stamp(1));
    ck_assert_int_eq(APR_ARRAY_IDX(call->answer.chunks, 1, bm_chunk_t).bytes, 3);
}
END_TEST

BM_TEST(a_header_that_a_placeholder_broke_is_refused)
{
    bm_call_t *call = capture_call("http", "{\"url\":\"http://h\",\"headers\":{\"A\":\"b\\nC: d\"}}", "{}", g_pool);
    bm_err_t *err = bm_err_make(g_pool);
    bm_next_t next = { 0 };

    ck_assert_int_eq(call->provider->start(call, &next, err), APR_EINVAL);
}
END_TEST

#include "test_provider_http.reg"
