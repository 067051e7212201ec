/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"

#define E(name, json) "event: " name "\ndata: " json "\n\n"
#define START E("message_start", "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\"," \
    "\"role\":\"assistant\"," \
                "\"content\":[],\"model\":\"claude\",\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":3," \
                "\"cache_read_input_tokens\":7,\"output_tokens\":1}}}")
#define BLOCK(i, block) E("content_block_start", "{\"type\":\"content_block_start\",\"index\":" #i ",\"content_block\":" \
    block "}")
#define DELTA(i, delta) E("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":" #i ",\"delta\":" delta "}")
#define STOP(i) E("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" #i "}")
#define TEXT(text) DELTA(0, "{\"type\":\"text_delta\",\"text\":\"" text "\"}")
#define END(reason, n) E("message_delta", "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" reason \
                         "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":" #n "}}")
#define DONE E("message_stop", "{\"type\":\"message_stop\"}")
#define PING E("ping", "{\"type\":\"ping\"}")
#define TEXT_BLOCK BLOCK(0, "{\"type\":\"text\",\"text\":\"\"}")

#define PIECES(...) (const piece_t[]){ __VA_ARGS__, { NULL } }

typedef struct stream_case_t {
    const char *name;
    const piece_t *pieces;
    bm_exchange_end_e end;
    const char *code, *content, *finish_reason;
    apr_int64_t completion;
    int transient;
} stream_case_t;

static const stream_case_t streams[] = {
    { "text", PIECES({ START, 'R' }, { TEXT_BLOCK, '.' }, { PING, '.' }, { TEXT("Red"), 'c' }, { TEXT(" car"), 'c' }, {
      STOP(0), '.' },
                     { END("end_turn", 15), 'e' }, { DONE, '.' }), 0, NULL, "Red car", "end_turn", 15 },
    { "thinking, its signature, then text",
      PIECES({ START, 'R' }, { BLOCK(0, "{\"type\":\"thinking\",\"thinking\":\"\"}"), '.' },
             { DELTA(0, "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}"), 't' },
             { DELTA(0, "{\"type\":\"signature_delta\",\"signature\":\"xyz\"}"), '.' }, { STOP(0), '.' },
             { BLOCK(1, "{\"type\":\"text\",\"text\":\"\"}"), '.' }, { DELTA(1, "{\"type\":\"text_delta\",\"text\":\"a\"}"),
               'c' },
             { END("end_turn", 9), 'e' }, { DONE, '.' }), 0, NULL, "a", "end_turn", 9 },
    { "a tool", PIECES({ START, 'R' }, { BLOCK(0, "{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"f\",\"input\":{}}"),
      'f' },
                       { DELTA(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}"), '.' },
                       { DELTA(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":\"}"), 'f' },
                       { DELTA(0, "{\"type\":\"input_json_delta\",\"partial_json\":\"1}\"}"), 'f' }, { STOP(0), '.' },
                       { END("tool_use", 20), 'e' }, { DONE, '.' }), 0, NULL, "", "tool_use", 20 },
    { "overloaded in mid-stream", PIECES({ START, 'R' }, { TEXT("a"), 'c' },
                                         { E("error", "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                                           "\"message\":\"Overloaded\"}}"), '!' }),
      0, "unavailable", "a", NULL, 1, 1 },
    { "an error that does not pass",
      PIECES({ START, 'R' }, { E("error", "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
          "\"message\":\"no\"}}"), '!' }), 0,
      "stream_error", "", NULL, 1, 0 },
    { "no message_stop behind a stop reason", PIECES({ START, 'R' }, { TEXT("a"), 'c' }, { END("max_tokens", 2), 'e' }), 0,
      NULL, "a",
      "max_tokens", 2 },
    { "truncated", PIECES({ START, 'R' }, { TEXT("a"), 'c' }, { STOP(0), '.' }), 0, "stream_truncated", "a", NULL, 1, 1 },
    { "cut", PIECES({ START, 'R' }, { TEXT("a"), 'c' }), BM_END_CUT, "connection_lost", "a", NULL, 1, 1 },
    { "cut inside an event", PIECES({ START, 'R' }, { TEXT("a"), 'c' }, { "event: content_bl", '-' }), BM_END_CUT,
      "connection_lost", "a",
      NULL, 1, 1 },
    { "garbage", PIECES({ START, 'R' }, { "data: {\"type\":\n\n", '.' }, { DONE, '.' }), 0, "malformed_answer", "", NULL, 1, 0 },
    { "unknown events are no matter", PIECES({ START, 'R' }, { E("new", "{\"type\":\"new_kind\"}"), '.' }, { TEXT("a"), 'c' },
                                             { END("refusal", 1), 'e' }, { DONE, '.' }), 0, NULL, "a", "refusal", 1 },
};

/* For every place where the stream may be cut. */
BM_LOOP_TEST(a_stream_is_read_for_every_cut, BM_COUNT(streams))
{
    const stream_case_t *c = &streams[_i];
    const char *body = capture_join(c->pieces, g_pool), *expected = capture_expected(c->pieces, g_pool);
    apr_size_t len = strlen(body), cut;

    for (cut = 0; cut <= len; cut++) {
        apr_size_t ends[2] = { cut, len };
        bm_next_t next = { 0 };
        apr_pool_t *p;
        bm_call_t *call;

        apr_pool_create(&p, g_pool);
        call = capture_call("anthropic", "{\"model\":\"claude\"}", "{\"prompt\":\"x\"}", p);
        call->provider->next(call, capture_cut(capture_start(call), 200, c->end, NULL, body, len, ends, 2, p), &next);
        ck_assert_int_eq(next.step, BM_STEP_DONE);
        ck_assert_str_eq(capture_kinds(&call->answer, p), expected);
        capture_check_stamps(c->pieces, &call->answer, ends);
        ck_assert_str_eq(call->answer.error_code ? call->answer.error_code : "", c->code ? c->code : "");
        ck_assert_str_eq(capture_member(call, "content"), c->content);
        ck_assert_str_eq(call->answer.finish_reason ? call->answer.finish_reason : "", c->finish_reason ? c->finish_reason : "");
        ck_assert_int_eq(call->answer.usage.completion, c->completion);
        ck_assert_int_eq(call->answer.usage.prompt, 20);
        ck_assert_int_eq(call->answer.usage.cached, 7);
        ck_assert_int_eq(call->answer.transient, c->transient);
        ck_assert_str_eq(call->answer.model, "claude");
        apr_pool_destroy(p);
    }
}
END_TEST

BM_TEST(a_tool_is_assembled)
{
    const char *body = capture_join(streams[2].pieces, g_pool);
    bm_call_t *call = capture_call("anthropic", "{\"model\":\"claude\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_next_t next = { 0 };
    const json_t *tool;

    call->provider->next(call, capture_whole(capture_start(call), 200, 0, NULL, body, g_pool), &next);
    tool = json_array_get(json_object_get(capture_response(call), "tool_calls"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(tool, "name")), "f");
    ck_assert_str_eq(json_string_value(json_object_get(tool, "arguments")), "{\"a\":1}");
}
END_TEST

BM_TEST(a_whole_message_is_read)
{
    bm_call_t *call = capture_call("anthropic", "{\"model\":\"claude\",\"stream\":false}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    ck_assert_str_eq(capture_header(request, "accept:"), "Accept: application/json");
    call->provider->next(call, capture_whole(request, 200, 0, NULL, "{\"id\":\"msg_1\",\"type\":\"message\","
        "\"model\":\"claude\",\"content\":"
                                             "[{\"type\":\"thinking\",\"thinking\":\"hm\"},{\"type\":\"text\",\"text\":\"a\"},"
                                             "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}],"
                                             "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":4,"
                                                 "\"output_tokens\":5}}", g_pool), &next);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
    ck_assert_int_eq(call->answer.stream, BM_STREAM_NONE);
    ck_assert_str_eq(capture_member(call, "content"), "a");
    ck_assert_str_eq(capture_member(call, "reasoning"), "hm");
    ck_assert_int_eq(call->answer.usage.prompt, 4);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(capture_response(call), "tool_calls"), 0),
                                                       "arguments")), "{\"a\":1}");
}
END_TEST

static apr_status_t a_secret(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p)
{
    (void)baton;
    (void)name;
    (void)err;
    *pvalue = apr_pstrdup(p, "sk-ant-1");
    return APR_SUCCESS;
}

BM_TEST(a_request_has_version_key_and_limit)
{
    bm_call_t *call = capture_call("anthropic", "{\"url\":\"https://h/v1\",\"model\":\"claude\",\"secret\":\"a\"}",
                                   "{\"prompt\":\"hi\",\"system\":\"s\",\"topic\":\"t\",\"thinking\":{\"type\":\"enabled\","
                                       "\"budget_tokens\":9}}",
                                   g_pool);
    bm_http_request_t *request;

    call->secret = a_secret;
    request = capture_start(call);
    ck_assert_str_eq(request->url, "https://h/v1/messages");
    ck_assert_str_eq(capture_header(request, "x-api-key:"), "x-api-key: sk-ant-1");
    ck_assert_str_eq(capture_header(request, "anthropic-version:"), "anthropic-version: 2023-06-01");
    ck_assert_str_eq(request->body, "{\"model\":\"claude\",\"max_tokens\":1024,\"system\":\"s\","
        "\"thinking\":{\"type\":\"enabled\","
                     "\"budget_tokens\":9},\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    ck_assert_ptr_null(request->end_marker);
}
END_TEST

BM_TEST(the_default_address_is_the_vendors)
{
    ck_assert_str_eq(capture_start(capture_call("anthropic", "{\"model\":\"m\"}", "{\"prompt\":\"x\"}", g_pool))->url,
                     "https://api.anthropic.com/v1/messages");
}
END_TEST

BM_TEST(a_model_and_a_prompt_are_needed)
{
    static const char *const cases[][3] = {
        { "{}", "{\"prompt\":\"x\"}", "/connection/model" },
        { "{\"model\":\"m\"}", "{}", "/inputs/prompt" },
        { "{\"model\":\"m\",\"version\":\"a\\r\\nb\"}", "{\"prompt\":\"x\"}", "/connection/version" },
    };
    apr_size_t i;

    for (i = 0; i < BM_COUNT(cases); i++) {
        bm_call_t *call = capture_call("anthropic", cases[i][0], cases[i][1], g_pool);
        bm_err_t *err = bm_err_make(g_pool);
        bm_next_t next = { 0 };

        ck_assert_int_eq(call->provider->start(call, &next, err), APR_EINVAL);
        ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, cases[i][2]);
    }
}
END_TEST

BM_TEST(an_error_status_names_its_type)
{
    bm_call_t *call = capture_call("anthropic", "{\"model\":\"m\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_whole(request, 529, 0, "retry-after: 3\r\n",
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                                             "\"message\":\"Overloaded\"}}", g_pool), &next);
    ck_assert_str_eq(call->answer.error_code, "unavailable");
    ck_assert_str_eq(call->answer.error, "The target answered 529: Overloaded");
    ck_assert_int_eq(call->answer.retry_after_us, 3000000);
    ck_assert_int_eq(call->answer.transient, 1);
}
END_TEST

#include "test_provider_anthropic.reg"
