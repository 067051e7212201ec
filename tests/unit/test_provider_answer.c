/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "base/text.h"
#include "capture.h"
#include "provider/provider_answer.h"

typedef struct error_case_t {
    int status;
    const char *header, *body;
    const char *code, *error;
    int transient;
    apr_int64_t wait_us;
} error_case_t;

static const error_case_t errors[] = {
    /* OpenAI: code is a string */
    { 401, NULL, "{\"error\":{\"message\":\"bad key\",\"type\":\"invalid_request_error\",\"param\":null,"
      "\"code\":\"invalid_api_key\"}}",
      "unauthorized", "The target answered 401: bad key", 0, 0 },
    { 429, "Retry-After: 20\r\n", "{\"error\":{\"message\":\"slow down\",\"type\":\"requests\",\"param\":null,"
      "\"code\":\"rate_limit_exceeded\"}}",
      "rate_limited", "The target answered 429: slow down", 1, 20000000 },
    { 429, NULL, "{\"error\":{\"message\":\"no money\",\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
      "quota_exhausted",
      "The target answered 429: no money", 0, 0 },
    { 400, NULL, "{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}",
      "context_length_exceeded", "The target answered 400: too long", 0, 0 },
    { 404, NULL, "{\"error\":{\"message\":\"no model\",\"type\":\"invalid_request_error\",\"code\":\"model_not_found\"}}",
      "model_not_found",
      "The target answered 404: no model", 0, 0 },
    /* vLLM: code is the status; before mid-2025 the members stood at the top */
    { 400, NULL, "{\"error\":{\"message\":\"bad\",\"type\":\"BadRequestError\",\"param\":null,\"code\":400}}", "request_refused",
      "The target answered 400: bad", 0, 0 },
    { 404, NULL, "{\"object\":\"error\",\"message\":\"no model\",\"type\":\"NotFoundError\",\"param\":null,\"code\":404}",
      "not_found",
      "The target answered 404: no model", 0, 0 },
    { 500, NULL, "{\"error\":{\"message\":\"x\",\"type\":\"InternalServerError\",\"code\":500}}", "server_error",
      "The target answered 500: x", 1, 0 },
    { 422, NULL, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}", "request_refused",
      "The target answered 422: [{\"loc\":[\"body\"],\"msg\":\"field required\"}]", 0, 0 },
    /* llama-server */
    { 503, NULL, "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}", "unavailable",
      "The target answered 503: Loading model", 1, 0 },
    { 400, NULL, "{\"error\":{\"code\":400,\"message\":\"long\",\"type\":\"exceed_context_size_error\"}}",
      "context_length_exceeded",
      "The target answered 400: long", 0, 0 },
    { 501, NULL, "{\"error\":{\"code\":501,\"message\":\"no\",\"type\":\"not_supported_error\"}}", "server_error",
      "The target answered 501: no", 0, 0 },
    /* Ollama */
    { 404, NULL, "{\"error\":{\"message\":\"model 'x' not found\",\"type\":\"not_found_error\",\"param\":null,"
      "\"code\":null}}", "not_found",
      "The target answered 404: model 'x' not found", 0, 0 },
    { 400, NULL, "{\"error\":\"plain words\"}", "request_refused", "The target answered 400: plain words", 0, 0 },
    /* LiteLLM: code is the status as a string */
    { 429, "x-ratelimit-reset-requests: 2s\r\nx-ratelimit-remaining-requests: 0\r\n",
      "{\"error\":{\"message\":\"cooling down\",\"type\":\"None\",\"param\":\"None\",\"code\":\"429\"}}", "rate_limited",
      "The target answered 429: cooling down", 1, 2000000 },
    { 429, "retry-after-ms: 250\r\nRetry-After: 9\r\n", "", "rate_limited", "The target answered 429.", 1, 250000 },
    /* proxies */
    { 502, NULL, "<html>\r\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502  Bad Gateway</h1></body></html>",
      "server_error",
      "The target answered 502: 502 Bad Gateway 502 Bad Gateway", 1, 0 },
    { 301, NULL, "", "redirected", "The target answered 301.", 0, 0 },
    { 408, NULL, "", "request_refused", "The target answered 408.", 1, 0 },
    { 503, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "busy", "unavailable", "The target answered 503: busy", 1, 0 },
    { 500, NULL, "[]", "server_error", "The target answered 500: []", 1, 0 },
    { 418, NULL, "{\"error\":{}}", "request_refused", "The target answered 418: {\"error\":{}}", 0, 0 },
    { 400, NULL, "\xff\x1b[31mred\ttext", "request_refused", "The target answered 400: \xef\xbf\xbd [31mred text", 0, 0 },
};

static bm_call_t *answered(int status, bm_exchange_end_e end, const char *header, const char *body)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\",\"model\":\"m\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_whole(request, status, end, header, body, g_pool), &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    return call;
}

BM_LOOP_TEST(an_error_body_is_understood, BM_COUNT(errors))
{
    const error_case_t *c = &errors[_i];
    bm_call_t *call = answered(c->status, BM_END_COMPLETE, c->header, c->body);
    const json_t *error;

    ck_assert_int_eq(call->answer.end, BM_RUN_FAILED);
    ck_assert_str_eq(call->answer.error_code, c->code);
    ck_assert_str_eq(call->answer.error, c->error);
    ck_assert_int_eq(call->answer.transient, c->transient);
    ck_assert_int_eq(call->answer.retry_after_us, c->wait_us);
    error = json_object_get(capture_response(call), "error");
    ck_assert_int_eq(json_integer_value(json_object_get(error, "http_status")), c->status);
}
END_TEST

/* llama-server and vLLM write the status as a number. */
BM_TEST(a_code_may_be_a_number)
{
    static const struct {
        const char *body, *code;
        int passes;
    } codes[] = {
        { "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}", "503", 1 },
        { "{\"error\":{\"code\":400,\"message\":\"no\"}}", "400", 0 },
        { "{\"error\":{\"code\":429,\"message\":\"later\"}}", "429", 1 },
        { "{\"error\":{\"code\":-9007199254740993,\"message\":\"odd\"}}", "-9007199254740993", 1 },
    };
    bm_provider_error_t e;
    apr_size_t i;
    json_t *j;

    for (i = 0; i < BM_COUNT(codes); i++) {
        ck_assert_int_eq(bm_json_parse(&j, codes[i].body, strlen(codes[i].body), NULL, g_pool), APR_SUCCESS);
        ck_assert_int_eq(bm_provider_answer_error(&e, j, g_pool), 1);
        ck_assert_str_eq(e.code, codes[i].code);
        ck_assert_int_eq(bm_provider_answer_passes(&e), codes[i].passes);
    }
}
END_TEST

BM_TEST(a_long_error_body_is_cut)
{
    char *body = apr_palloc(g_pool, 9001);
    bm_call_t *call;

    memset(body, 'x', 9000);
    body[9000] = '\0';
    call = answered(500, BM_END_COMPLETE, NULL, body);
    ck_assert_int_eq(strlen(call->answer.error), strlen("The target answered 500: ") + 300);
    ck_assert_int_eq(strlen(capture_member(call, "body")), 2048);
}
END_TEST

typedef struct end_case_t {
    bm_exchange_end_e end;
    bm_run_end_e run;
    const char *code;
    int transient;
} end_case_t;

static const end_case_t ends[] = {
    { BM_END_NOT_ALLOWED, BM_RUN_FAILED, "target_not_allowed", 0 },
    { BM_END_DNS, BM_RUN_FAILED, "dns_error", 1 },
    { BM_END_CONNECT, BM_RUN_FAILED, "connection_refused", 1 },
    { BM_END_TLS, BM_RUN_FAILED, "tls_error", 0 },
    { BM_END_CONNECT_TIMEOUT, BM_RUN_TIMED_OUT, "connect_timeout", 1 },
    { BM_END_FIRST_BYTE_TIMEOUT, BM_RUN_TIMED_OUT, "first_byte_timeout", 1 },
    { BM_END_STALL_TIMEOUT, BM_RUN_TIMED_OUT, "stall_timeout", 1 },
    { BM_END_TOTAL_TIMEOUT, BM_RUN_TIMED_OUT, "total_timeout", 0 },
    { BM_END_CUT, BM_RUN_FAILED, "connection_lost", 1 },
    { BM_END_PROTOCOL, BM_RUN_FAILED, "protocol_error", 0 },
    { BM_END_TOO_LARGE, BM_RUN_FAILED, "answer_too_large", 0 },
    { BM_END_CANCELLED, BM_RUN_CANCELLED, "cancelled", 0 },
    { BM_END_BAD_REQUEST, BM_RUN_FAILED, "bad_request", 0 },
    { BM_END_INTERNAL, BM_RUN_FAILED, "internal_error", 1 },
};

BM_LOOP_TEST(a_transfer_that_ends_badly_has_its_code, BM_COUNT(ends))
{
    const end_case_t *c = &ends[_i];
    bm_call_t *call = answered(0, c->end, NULL, "");

    ck_assert_int_eq(call->answer.end, c->run);
    ck_assert_str_eq(call->answer.error_code, c->code);
    ck_assert_int_eq(call->answer.transient, c->transient);
    ck_assert_int_eq(call->answer.effect, BM_EFFECT_UNKNOWN);
    ck_assert_int_gt(strlen(call->answer.error), 0);
}
END_TEST

/* A server that dies in the middle: libcurl's words say nothing of it. */
BM_TEST(a_cut_answer_is_told_as_one)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_exchange_t *x = capture_whole(capture_start(call), 200, BM_END_CUT, NULL, "data: {}\n\n", g_pool);
    bm_next_t next = { 0 };

    apr_cpystrn(x->error, "transfer closed with outstanding read data remaining", sizeof(x->error));
    call->provider->next(call, x, &next);
    ck_assert_str_eq(call->answer.error_code, "connection_lost");
    ck_assert_str_eq(call->answer.error, "The target closed the connection before its answer was complete (transfer closed with "
                                         "outstanding read data remaining).");
}
END_TEST

BM_TEST(what_was_never_sent_had_no_effect)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_exchange_t *x = capture_whole(capture_start(call), 0, BM_END_CONNECT, NULL, "", g_pool);
    bm_next_t next = { 0 };

    x->sent_ns = 0;
    call->provider->next(call, x, &next);
    ck_assert_int_eq(call->answer.effect, BM_EFFECT_NONE);
}
END_TEST

/* A target that repeats our key in its error must not get it into the store; a secret that is a part of JSON leaves nothing. */
BM_TEST(a_secret_in_an_error_is_masked)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    APR_ARRAY_PUSH(call->secrets, const char *) = "sk-1234";
    call->provider->next(call, capture_whole(request, 401, 0, NULL, "{\"error\":{\"message\":\"Incorrect key sk-1234.\"}}",
        g_pool), &next);
    ck_assert_str_eq(call->answer.error, "The target answered 401: Incorrect key ***.");
    ck_assert_ptr_null(strstr(call->answer.response, "1234"));
    APR_ARRAY_PUSH(call->secrets, const char *) = "401";
    call->provider->next(call, capture_whole(request, 401, 0, NULL, "{\"error\":{\"message\":\"no\"}}", g_pool), &next);
    ck_assert_str_eq(call->answer.response, "{\"withheld\":\"it held a secret\"}");
}
END_TEST

#include "test_provider_answer.reg"
