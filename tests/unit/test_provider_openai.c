/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"

/* --- requests */

typedef struct request_case_t {
    const char *connection, *inputs, *url, *body;
} request_case_t;

#define HI "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]"
#define ASKED "\"stream\":true,\"stream_options\":{\"include_usage\":true}"

static const request_case_t requests[] = {
    { "{\"url\":\"https://h\",\"model\":\"m\"}", "{\"prompt\":\"hi\"}", "https://h/v1/chat/completions",
      "{\"model\":\"m\"," ASKED "," HI "}" },
    { "{\"url\":\"https://h/v1/\"}", "{\"prompt\":\"hi\",\"system\":\"be brief\"}", "https://h/v1/chat/completions",
      "{" ASKED ",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},{\"role\":\"user\",\"content\":\"hi\"}]}" },
    { "{\"url\":\"https://h/v1/chat/completions\"}", "{\"prompt\":\"no\"," HI "}", "https://h/v1/chat/completions",
      "{" HI "," ASKED "}" },
    { "{\"url\":\"https://h/gateway?key=1\",\"model\":\"m\"}", "{\"prompt\":\"hi\",\"model\":\"other\"}",
      "https://h/gateway/v1/chat/completions?key=1", "{\"model\":\"other\"," ASKED "," HI "}" },
    { "{\"url\":\"https://h/v1beta/openai/\"}", "{\"prompt\":\"hi\"}", "https://h/v1beta/openai/chat/completions",
      "{" ASKED "," HI "}" },
    { "{\"url\":\"https://h\",\"stream\":false}", "{\"prompt\":\"hi\",\"stream_options\":{\"a\":1}}",
      "https://h/v1/chat/completions",
      "{\"stream\":false," HI "}" },
    { "{\"url\":\"https://h\",\"include_usage\":false}", "{\"prompt\":\"hi\"}", "https://h/v1/chat/completions",
      "{\"stream\":true," HI "}" },
    { "{\"url\":\"https://h\",\"body\":{\"ignore_eos\":true,\"seed\":1}}",
      "{\"prompt\":\"hi\",\"language\":\"de\",\"seed\":2,\"max_tokens\":8,\"x_target\":{\"gap_ms\":1},\"top_p\":null}",
      "https://h/v1/chat/completions",
      "{\"ignore_eos\":true,\"seed\":2,\"max_tokens\":8,\"x_target\":{\"gap_ms\":1}," ASKED "," HI "}" },
    { "{\"url\":\"https://h\"}", "{\"prompt\":\"hi\",\"stream_options\":{\"include_usage\":false}}",
      "https://h/v1/chat/completions",
      "{\"stream_options\":{\"include_usage\":false},\"stream\":true," HI "}" },
    { "{\"url\":\"https://h\",\"api\":\"embeddings\",\"model\":\"e\"}",
      "{\"input\":[\"a\",\"b\"],\"dimensions\":3,\"max_tokens\":1}",
      "https://h/v1/embeddings", "{\"model\":\"e\",\"input\":[\"a\",\"b\"],\"dimensions\":3}" },
    { "{\"url\":\"https://h\",\"api\":\"embeddings\"}", "{\"prompt\":\"a\"}", "https://h/v1/embeddings", "{\"input\":\"a\"}" },
};

BM_LOOP_TEST(a_request_is_made_of_connection_and_inputs, BM_COUNT(requests))
{
    const request_case_t *c = &requests[_i];
    bm_http_request_t *request = capture_start(capture_call("openai", c->connection, c->inputs, g_pool));

    ck_assert_str_eq(request->url, c->url);
    ck_assert_str_eq(request->method, "POST");
    ck_assert_str_eq(request->body, c->body);
    ck_assert_int_eq(request->body_len, strlen(c->body));
    ck_assert_str_eq(capture_header(request, "Content-Type:"), "Content-Type: application/json");
    ck_assert_int_eq(request->end_marker != NULL, strstr(c->body, "\"stream\":true") != NULL);
}
END_TEST

/* The words of the end marker inside an answer must not end it. */
BM_TEST(the_end_marker_cannot_stand_in_text)
{
    bm_http_request_t *request = capture_start(capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool));

    ck_assert_ptr_null(strstr("data: {\"choices\":[{\"delta\":{\"content\":\"say data: [DONE]\\ndata: [DONE] and go on\"}}]}\n\n",
                              request->end_marker));
    ck_assert_ptr_nonnull(strstr("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", request->end_marker));
}
END_TEST

static apr_status_t a_secret(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p)
{
    (void)baton;
    *pvalue = apr_pstrdup(p, "sk-123\"x");
    return strcmp(name, "openai") == 0 ? APR_SUCCESS : bm_err_set(err, APR_NOTFOUND, "secret_missing", "none");
}

BM_TEST(key_headers_and_time_outs_come_from_the_connection)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\",\"secret\":\"openai\",\"headers\":{\"X-A\":\"b\","
        "\"accept\":\"*/*\"},"
                                   "\"timeout_seconds\":1.5,\"connect_timeout_seconds\":2,\"first_token_timeout_seconds\":3,"
                                   "\"stall_timeout_seconds\":0.0001,\"fresh_connection\":true}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request;

    call->secret = a_secret;
    request = capture_start(call);
    ck_assert_str_eq(capture_header(request, "authorization:"), "Authorization: Bearer sk-123\"x");
    ck_assert_str_eq(capture_header(request, "x-a:"), "X-A: b");
    ck_assert_str_eq(capture_header(request, "accept:"), "accept: */*");
    ck_assert_int_eq(request->total_timeout_ms, 1500);
    ck_assert_int_eq(request->connect_timeout_ms, 2000);
    ck_assert_int_eq(request->first_byte_timeout_ms, 3000);
    ck_assert_int_eq(request->stall_timeout_ms, 1);
    ck_assert_int_eq(request->fresh_connection, 1);
}
END_TEST

BM_TEST(another_header_takes_the_bare_key)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\",\"secret\":\"openai\",\"secret_header\":\"api-key\"}",
                                   "{\"prompt\":\"x\"}", g_pool);

    call->secret = a_secret;
    ck_assert_str_eq(capture_header(capture_start(call), "api-key:"), "api-key: sk-123\"x");
}
END_TEST

typedef struct refused_case_t {
    const char *connection, *inputs, *pointer, *code;
} refused_case_t;

static const refused_case_t refused[] = {
    { "{}", "{\"prompt\":\"x\"}", "/connection/url", NULL },
    { "{\"url\":\"ftp://h\"}", "{\"prompt\":\"x\"}", "/connection/url", NULL },
    { "{\"url\":\"http://u:p@h\"}", "{\"prompt\":\"x\"}", "/connection/url", NULL },
    { "{\"url\":\"http://h\"}", "{}", "/inputs/prompt", NULL },
    { "{\"url\":\"http://h\"}", "{\"prompt\":7}", "/inputs/prompt", NULL },
    { "{\"url\":\"http://h\",\"api\":\"embeddings\"}", "{}", "/inputs/input", NULL },
    { "{\"url\":\"http://h\",\"secret\":\"none\"}", "{\"prompt\":\"x\"}", NULL, "secret_missing" },
    { "{\"url\":\"http://h\",\"headers\":{\"A\":\"b\\r\\nC: d\"}}", "{\"prompt\":\"x\"}", "/connection/headers/A", NULL },
    { "{\"url\":\"http://h\",\"headers\":{\"Content-Length\":\"1\"}}", "{\"prompt\":\"x\"}",
      "/connection/headers/Content-Length", NULL },
};

BM_LOOP_TEST(what_cannot_be_asked_is_refused, BM_COUNT(refused))
{
    const refused_case_t *c = &refused[_i];
    bm_call_t *call = capture_call("openai", c->connection, c->inputs, g_pool);
    bm_err_t *err = bm_err_make(g_pool);
    bm_next_t next = { 0 };

    call->secret = a_secret;
    ck_assert_int_eq(call->provider->start(call, &next, err), APR_EINVAL);
    if (c->pointer != NULL)
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, c->pointer);
    else
        ck_assert_str_eq(err->code, c->code);
}
END_TEST

BM_TEST(embeddings_are_counted_not_kept)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\",\"api\":\"embeddings\"}", "{\"input\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_whole(request, 200, 0, NULL, "{\"data\":[{\"embedding\":[0.5,1,2]},{\"embedding\":[1,"
        "2,3]}],"
                                             "\"model\":\"e\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}", g_pool),
                                                 &next);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
    ck_assert_str_eq(call->answer.response, "{\"embeddings\":2,\"dimensions\":3,\"model\":\"e\",\"usage\":{\"prompt_tokens\":4,"
                     "\"total_tokens\":4}}");
    ck_assert_int_eq(call->answer.usage.prompt, 4);
    ck_assert_int_eq(call->answer.usage.completion, -1);
    call = capture_call("openai", "{\"url\":\"http://h\",\"api\":\"embeddings\"}", "{\"input\":\"x\"}", g_pool);
    request = capture_start(call);
    call->provider->next(call, capture_whole(request, 200, 0, NULL, "{\"data\":[]}", g_pool), &next);
    ck_assert_str_eq(call->answer.error_code, "malformed_answer");
}
END_TEST

#include "test_provider_openai.reg"
