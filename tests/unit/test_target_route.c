/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <string.h>
#include <apr_base64.h>
#include <apr_strings.h>
#include "base/text.h"
#include "target/target_route.h"

static bm_target_app_t *g_app;
static bm_target_reply_t *g_reply;

static apr_status_t forget_app(void *baton)
{
    (void)baton;
    g_app = NULL;
    return APR_SUCCESS;
}

/* All body bytes of the answer to a request made at time read_ns. */
static const char *ask_at(apr_int64_t read_ns, const char *method, const char *path, const char *headers, const char *body)
{
    const char *text = apr_psprintf(g_pool, "%s %s HTTP/1.1\r\n%sContent-Length: %" APR_SIZE_T_FMT "\r\n\r\n%s", method, path,
                                    headers, strlen(body), body);
    bm_target_request_t *q = apr_pcalloc(g_pool, sizeof(*q));
    bm_buffer_t out = { 0 };
    bm_target_step_t step;
    apr_size_t used;

    if (g_app == NULL) {
        g_app = bm_target_app_make(g_pool);
        apr_pool_cleanup_register(g_pool, NULL, forget_app, apr_pool_cleanup_null);
    }
    bm_target_request_begin(q, 1 << 20, g_pool);
    bm_buffer_adopt(&q->head, g_pool);
    bm_buffer_adopt(&q->content, g_pool);
    ck_assert_int_eq(bm_target_request_feed(q, text, strlen(text), &used), APR_SUCCESS);
    g_reply = bm_target_route(g_app, q, read_ns, g_pool);
    while (bm_target_schedule_next(&g_reply->schedule, &step))
        bm_target_reply_render(g_reply, &step, &out);
    text = apr_pstrmemdup(g_pool, out.data ? out.data : "", out.len);
    bm_buffer_free(&out);
    return text;
}

static const char *ask(const char *path, const char *body)
{
    return ask_at(1000, "POST", path, "", body);
}

static json_t *json_of(const char *text)
{
    json_t *j;

    ck_assert_msg(bm_json_parse(&j, text, strlen(text), NULL, g_pool) == APR_SUCCESS, "not JSON: %s", text);
    return j;
}

/* The data of event number n of a stream; NULL: there are not so many. */
static const char *event(const char *stream, int n)
{
    const char *end;

    while (stream != NULL && n-- >= 0) {
        stream = strstr(stream, "data: ");
        stream = stream ? stream + 6 : NULL;
    }
    end = stream ? strstr(stream, "\n\n") : NULL;
    return end ? apr_pstrmemdup(g_pool, stream, (apr_size_t)(end - stream)) : NULL;
}

static json_t *event_json(const char *stream, int n)
{
    const char *text = event(stream, n);

    ck_assert_ptr_nonnull(text);
    return json_of(text);
}

static json_t *at(json_t *j, const char *path)
{
    char *copy = apr_pstrdup(g_pool, path), *last, *name;

    for (name = apr_strtok(copy, "/", &last); name != NULL; name = apr_strtok(NULL, "/", &last)) {
        if (json_is_array(j))
            j = json_array_get(j, (size_t)(name[0] - '0'));
        else
            j = json_object_get(j, name);
    }
    return j;
}

static const char *string_at(json_t *j, const char *path)
{
    return json_string_value(at(j, path));
}

#define MESSAGES "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"

BM_TEST(a_chat_stream_has_role_content_finish_usage_done)
{
    const char *stream = ask("/v1/chat/completions", "{\"model\":\"m\\\"q\"," MESSAGES ",\"stream\":true,"
                             "\"stream_options\":{\"include_usage\":true},\"x_target\":{\"text\":\"h\\u00e9\\u20ac \\\"x\\\"\","
                             "\"tokens\":3,\"reasoning_tokens\":1,\"prompt_tokens\":9}}");
    const char *content = "";

    ck_assert_int_eq(g_reply->status, 200);
    ck_assert_str_eq(string_at(event_json(stream, 0), "choices/0/delta/role"), "assistant");
    ck_assert_str_eq(string_at(event_json(stream, 0), "model"), "m\"q");
    ck_assert_ptr_nonnull(string_at(event_json(stream, 1), "choices/0/delta/reasoning_content"));
    for (int i = 2; i < 5; i++) {
        ck_assert_uint_gt(strlen(string_at(event_json(stream, i), "choices/0/delta/content")), 0);
        content = apr_pstrcat(g_pool, content, string_at(event_json(stream, i), "choices/0/delta/content"), NULL);
        ck_assert(json_is_null(at(event_json(stream, i), "usage")));
    }
    ck_assert_str_eq(content, "h\xc3\xa9\xe2\x82\xac \"x\"");
    ck_assert_str_eq(string_at(event_json(stream, 5), "choices/0/finish_reason"), "stop");
    ck_assert_uint_eq(json_array_size(at(event_json(stream, 6), "choices")), 0);
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 6), "usage/completion_tokens")), 4);
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 6), "usage/prompt_tokens")), 9);
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 6), "usage/completion_tokens_details/reasoning_tokens")), 1);
    ck_assert_str_eq(event(stream, 7), "[DONE]");
    ck_assert_ptr_null(event(stream, 8));
}
END_TEST

BM_TEST(usage_and_done_can_be_missing)
{
    const char *stream = ask("/v1/chat/completions", "{" MESSAGES ",\"stream\":true,\"max_tokens\":1,"
                             "\"stream_options\":{\"include_usage\":true},\"x_target\":{\"usage\":\"never\",\"done\":false}}");

    ck_assert_str_eq(string_at(event_json(stream, 2), "choices/0/finish_reason"), "length");
    ck_assert_ptr_null(event(stream, 3));
    stream = ask("/v1/chat/completions", "{" MESSAGES ",\"stream\":true,\"max_tokens\":1,\"x_target\":{\"usage\":\"finish\"}}");
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 2), "usage/completion_tokens")), 1);
    ck_assert_ptr_null(at(event_json(stream, 1), "usage"));
}
END_TEST

BM_TEST(a_chat_answer_in_one_piece)
{
    json_t *j = json_of(ask("/v1/chat/completions", "{" MESSAGES ",\"x_target\":{\"tokens\":2,\"reasoning_tokens\":1,"
                                                     "\"reasoning_member\":\"reasoning\"}}"));

    ck_assert_str_eq(string_at(j, "object"), "chat.completion");
    ck_assert_ptr_nonnull(string_at(j, "choices/0/message/content"));
    ck_assert_ptr_nonnull(string_at(j, "choices/0/message/reasoning"));
    ck_assert_int_eq(json_integer_value(at(j, "usage/completion_tokens")), 3);
}
END_TEST

BM_TEST(a_tool_call_comes_in_pieces_and_whole)
{
    static const char body[] = "\"x_target\":{\"tool\":\"look\",\"text\":\"{\\\"a\\\":12}\",\"tokens\":4}}";
    const char *stream = ask("/v1/chat/completions", apr_pstrcat(g_pool, "{" MESSAGES ",\"stream\":true,", body, NULL));
    const char *arguments = "";
    json_t *j;

    ck_assert_str_eq(string_at(event_json(stream, 1), "choices/0/delta/tool_calls/0/function/name"), "look");
    for (int i = 1; i < 5; i++)
        arguments = apr_pstrcat(g_pool, arguments,
                                string_at(event_json(stream, i), "choices/0/delta/tool_calls/0/function/arguments"), NULL);
    ck_assert_str_eq(arguments, "{\"a\":12}");
    ck_assert_str_eq(string_at(event_json(stream, 5), "choices/0/finish_reason"), "tool_calls");
    j = json_of(ask("/v1/chat/completions", apr_pstrcat(g_pool, "{" MESSAGES ",", body, NULL)));
    ck_assert_str_eq(string_at(j, "choices/0/message/tool_calls/0/function/arguments"), "{\"a\":12}");
    ck_assert(json_is_null(at(j, "choices/0/message/content")));
}
END_TEST

BM_TEST(an_error_event_ends_the_stream)
{
    const char *stream = ask("/v1/chat/completions", "{" MESSAGES ",\"stream\":true,\"x_target\":{\"fault\":\"error\","
                             "\"fault_at\":1,\"error_code\":\"c\",\"error_message\":\"m\"}}");

    ck_assert_str_eq(string_at(event_json(stream, 2), "error/code"), "c");
    ck_assert_str_eq(string_at(event_json(stream, 2), "error/message"), "m");
    ck_assert_str_eq(event(stream, 3), "[DONE]");
}
END_TEST

BM_TEST(an_injected_status_is_an_error_answer)
{
    json_t *j = json_of(ask_at(1, "POST", "/v1/chat/completions", "X-Target: {\"status\":429,\"retry_after_s\":7}\r\n",
                               "{" MESSAGES ",\"stream\":true}"));

    ck_assert_int_eq(g_reply->status, 429);
    ck_assert_str_eq(apr_table_get(g_reply->headers, "Retry-After"), "7");
    ck_assert_str_eq(string_at(j, "error/code"), "rate_limit_exceeded");
    j = json_of(ask("/v1/messages", "{\"model\":\"m\",\"max_tokens\":1," MESSAGES ",\"x_target\":{\"status\":529}}"));
    ck_assert_str_eq(string_at(j, "error/type"), "overloaded_error");
    j = json_of(ask("/v1/automation/run", "{\"url\":\"https://x\",\"goal\":\"g\",\"x_target\":{\"status\":503}}"));
    ck_assert_str_eq(string_at(j, "error/code"), "SERVICE_BUSY");
}
END_TEST

BM_TEST(the_id_of_the_header_wins)
{
    ask_at(1, "POST", "/v1/chat/completions", "X-Bm-Id: 0x10\r\nX-Target: {\"id\":5,\"gap_ms\":7}\r\n", "{" MESSAGES "}");
    ck_assert_uint_eq(g_reply->spec.id, 16);
    ck_assert_double_eq(g_reply->spec.gap_ms, 7);
    ask_at(1, "POST", "/v1/chat/completions", "X-Bm-Id: 16\r\nX-Target: {\"gap_ms\":7}\r\n",
           "{" MESSAGES ",\"seed\":9,\"x_target\":{\"id\":6,\"gap_ms\":8}}");
    ck_assert_uint_eq(g_reply->spec.id, 16);
    ck_assert_double_eq(g_reply->spec.gap_ms, 8);
    ck_assert_uint_eq(g_reply->spec.seed, 9);
}
END_TEST

typedef struct bad_case_t {
    const char *method, *path, *headers, *body;
    int status;
    const char *param;          /* part of the body's text */
} bad_case_t;

static const bad_case_t bad[] = {
    { "POST", "/v1/chat/completions", "", "{", 400, "not valid" },
    { "POST", "/v1/chat/completions", "", "", 400, "not valid" },
    { "POST", "/v1/chat/completions", "", "[]", 400, "object" },
    { "POST", "/v1/chat/completions", "", "{}", 400, "messages" },
    { "POST", "/v1/chat/completions", "", "{\"messages\":[]}", 400, "messages" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"stream\":1}", 400, "stream" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"model\":1}", 400, "model" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"n\":2}", 400, "n = 1" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"max_tokens\":0}", 400, "max_tokens" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"x_target\":{\"tokns\":1}}", 400, "/x_target/tokns" },
    { "POST", "/v1/chat/completions", "", "{" MESSAGES ",\"x_target\":3}", 400, "x_target" },
    { "POST", "/v1/chat/completions", "X-Target: {\r\n", "{" MESSAGES "}", 400, "x_target" },
    { "POST", "/v1/chat/completions", "X-Bm-Id: z\r\n", "{" MESSAGES "}", 400, "X-Bm-Id" },
    { "GET", "/v1/chat/completions", "", "", 405, "method" },
    { "POST", "/v1/completions", "", "{}", 404, "endpoint" },
    { "POST", "/v1/embeddings", "", "{}", 400, "input" },
    { "POST", "/v1/messages", "", "{" MESSAGES ",\"model\":\"m\"}", 400, "max_tokens" },
    { "POST", "/v1/messages", "", "{\"model\":\"m\",\"max_tokens\":1}", 400, "messages" },
    { "POST", "/v1/automation/run-sse", "", "{\"goal\":\"g\"}", 400, "\"path\":[\"url\"]" },
    { "POST", "/v1/automation/run", "", "{\"url\":\"https://x\",\"goal\":\"\"}", 400, "\"path\":[\"goal\"]" },
    { "GET", "/v1/runs/none", "", "", 404, "NOT_FOUND" },
    { "GET", "/v1/runs/", "", "", 404, "endpoint" },
    { "POST", "/v1/runs/a/b/cancel", "", "", 404, "endpoint" },
};

BM_LOOP_TEST(bad_requests_say_what_is_wrong, BM_COUNT(bad))
{
    const bad_case_t *c = &bad[_i];
    const char *text = ask_at(1, c->method, c->path, c->headers, c->body);

    ck_assert_int_eq(g_reply->status, c->status);
    ck_assert(json_is_object(at(json_of(text), "error")));
    ck_assert_msg(strstr(text, c->param) != NULL, "%s", text);
}
END_TEST

BM_TEST(embeddings_are_the_same_in_both_encodings)
{
    json_t *numbers = json_of(ask("/v1/embeddings", "{\"input\":[\"a\",\"b\"],\"dimensions\":3}"));
    json_t *packed = json_of(ask("/v1/embeddings", "{\"input\":[\"a\",\"b\"],\"dimensions\":3,\"encoding_format\":\"base64\"}"));
    float values[8];

    ck_assert_uint_eq(json_array_size(at(numbers, "data")), 2);
    ck_assert_int_eq(apr_base64_decode_binary((unsigned char *)values, string_at(packed, "data/1/embedding")), 12);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(values[i], json_number_value(json_array_get(at(numbers, "data/1/embedding"), i)));
    ck_assert_int_eq(json_integer_value(at(json_of(ask("/v1/embeddings", "{\"input\":[1,2,3]}")), "data/0/index")), 0);
}
END_TEST

BM_TEST(an_anthropic_stream_has_its_events_in_order)
{
    static const char *const types[] = {
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "content_block_start",
        "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"
    };
    const char *stream = ask("/v1/messages", "{\"model\":\"m\",\"max_tokens\":2,\"stream\":true," MESSAGES
                             ",\"x_target\":{\"reasoning_tokens\":1}}");

    for (int i = 0; i < (int)BM_COUNT(types); i++)
        ck_assert_str_eq(string_at(event_json(stream, i), "type"), types[i]);
    ck_assert_ptr_null(event(stream, (int)BM_COUNT(types)));
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 8), "usage/output_tokens")), 3);
    ck_assert_str_eq(string_at(event_json(stream, 8), "delta/stop_reason"), "max_tokens");
    stream = ask("/v1/messages", "{\"model\":\"m\",\"max_tokens\":2,\"stream\":true," MESSAGES
                 ",\"x_target\":{\"fault\":\"error\",\"pings\":1}}");
    ck_assert_str_eq(string_at(event_json(stream, 0), "type"), "ping");
    ck_assert_str_eq(string_at(event_json(stream, 1), "type"), "error");
    ck_assert_ptr_null(event(stream, 2));
}
END_TEST

BM_TEST(a_tinyfish_stream_tells_of_its_run)
{
    const char *stream = ask("/v1/automation/run-sse", "{\"url\":\"https://x\",\"goal\":\"g\",\"x_target\":{\"tokens\":2,"
                             "\"pings\":1,\"result\":{\"a\":1}}}");
    const char *id = string_at(event_json(stream, 0), "run_id");

    ck_assert_str_eq(string_at(event_json(stream, 0), "type"), "STARTED");
    ck_assert_str_eq(string_at(event_json(stream, 1), "type"), "STREAMING_URL");
    ck_assert_str_eq(string_at(event_json(stream, 2), "type"), "HEARTBEAT");
    ck_assert_ptr_null(at(event_json(stream, 2), "run_id"));
    ck_assert_str_eq(string_at(event_json(stream, 3), "type"), "PROGRESS");
    ck_assert_str_eq(string_at(event_json(stream, 5), "type"), "COMPLETE");
    ck_assert_str_eq(string_at(event_json(stream, 5), "run_id"), id);
    ck_assert_int_eq(json_integer_value(at(event_json(stream, 5), "result/a")), 1);
    ck_assert_ptr_null(event(stream, 6));
    stream = ask("/v1/automation/run-sse", "{\"url\":\"https://x\",\"goal\":\"g\",\"x_target\":{\"old_names\":true,"
                 "\"fault\":\"error\",\"error_message\":\"no\"}}");
    ck_assert_ptr_nonnull(string_at(event_json(stream, 0), "runId"));
    ck_assert_str_eq(string_at(event_json(stream, 2), "status"), "FAILED");
    ck_assert_str_eq(string_at(event_json(stream, 2), "error"), "no");
    ck_assert_ptr_null(event(stream, 3));
}
END_TEST

BM_TEST(a_failed_blocking_run_is_a_500_with_a_run)
{
    json_t *j = json_of(ask("/v1/automation/run", "{\"url\":\"https://x\",\"goal\":\"g\",\"x_target\":{\"fault\":\"error\","
                                                   "\"fault_at\":2}}"));

    ck_assert_int_eq(g_reply->status, 500);
    ck_assert_str_eq(string_at(j, "status"), "FAILED");
    ck_assert_int_eq(json_integer_value(at(j, "num_of_steps")), 2);
    ck_assert_str_eq(string_at(j, "error/category"), "AGENT_FAILURE");
    j = json_of(ask("/v1/automation/run", "{\"url\":\"https://x\",\"goal\":\"g\"}"));
    ck_assert_int_eq(g_reply->status, 200);
    ck_assert_str_eq(string_at(j, "status"), "COMPLETED");
    ck_assert_int_eq(json_integer_value(at(j, "num_of_steps")), 5);
}
END_TEST

static const char *run_status(const char *id, apr_int64_t now_ns)
{
    return bm_target_app_run_state(bm_target_app_find_run(g_app, id), now_ns) == BM_TARGET_RUN_PENDING ? "PENDING"
           : bm_target_app_run_state(bm_target_app_find_run(g_app, id), now_ns) == BM_TARGET_RUN_RUNNING ? "RUNNING"
           : bm_target_app_run_state(bm_target_app_find_run(g_app, id), now_ns) == BM_TARGET_RUN_COMPLETED ? "COMPLETED"
           : "other";
}

BM_TEST(an_asynchronous_run_has_a_time_line)
{
    static const char body[] = "{\"url\":\"https://x\",\"goal\":\"g\",\"x_target\":{\"tokens\":2,\"queue_servers\":1}}";
    const apr_int64_t ms = 1000000;
    const char *first = string_at(json_of(ask("/v1/automation/run-async", body)), "run_id");
    const char *second = string_at(json_of(ask("/v1/automation/run-async", body)), "run_id"), *text;

    ck_assert_str_ne(first, second);
    ck_assert_str_eq(run_status(first, 30 * ms), "RUNNING");            /* 50 + 20 ms long */
    ck_assert_str_eq(run_status(second, 30 * ms), "PENDING");
    ck_assert_str_eq(run_status(first, 71 * ms), "COMPLETED");
    ck_assert_str_eq(run_status(second, 71 * ms), "RUNNING");
    ck_assert_str_eq(run_status(second, 141 * ms), "COMPLETED");
    text = ask_at(100 * ms, "POST", apr_pstrcat(g_pool, "/v1/runs/", second, "/cancel", NULL), "", "");
    ck_assert_str_eq(string_at(json_of(text), "status"), "CANCELLED");
    text = ask_at(101 * ms, "POST", apr_pstrcat(g_pool, "/v1/runs/", first, "/cancel", NULL), "", "");
    ck_assert_str_eq(string_at(json_of(text), "status"), "COMPLETED");
    ck_assert_ptr_nonnull(string_at(json_of(text), "message"));
    text = ask_at(0, "GET", apr_pstrcat(g_pool, "/v1/runs/", second, NULL), "", "");
    ck_assert_str_eq(string_at(json_of(text), "status"), "CANCELLED");
    ck_assert_str_eq(string_at(json_of(text), "goal"), "g");
    text = ask_at(0, "GET", apr_pstrcat(g_pool, "/v1/runs/", first, NULL), "", "");
    ck_assert_str_eq(string_at(json_of(text), "status"), "COMPLETED");
    ck_assert_uint_eq(json_array_size(at(json_of(text), "steps")), 2);
}
END_TEST

BM_TEST(a_full_queue_is_a_429)
{
    static const char body[] = "{" MESSAGES ",\"x_target\":{\"queue_servers\":1,\"queue_limit\":1,\"queue_name\":\"a\"}}";

    for (int i = 0; i < 3; i++) {
        ask("/v1/chat/completions", body);
        ck_assert_int_eq(g_reply->status, i < 2 ? 200 : 429);
    }
}
END_TEST

BM_TEST(echo_tells_what_came)
{
    json_t *j = json_of(ask_at(1, "PUT", "/echo?status=418&a=%20", "X-A: b\r\nX-A: \xff\r\n", "\x80 body"));

    ck_assert_int_eq(g_reply->status, 418);
    ck_assert_str_eq(string_at(j, "method"), "PUT");
    ck_assert_str_eq(string_at(j, "query"), "status=418&a=%20");
    ck_assert_str_eq(string_at(j, "headers/0/1"), "b");
    ck_assert_str_eq(string_at(j, "headers/1/1"), "\xef\xbf\xbd");
    ck_assert_str_eq(string_at(j, "body"), "\xef\xbf\xbd body");
    ck_assert_int_eq(json_integer_value(at(j, "body_bytes")), 6);
    ck_assert_str_eq(string_at(json_of(ask_at(1, "GET", "/health", "", "")), "status"), "ok");
    ck_assert_str_eq(string_at(json_of(ask_at(1, "GET", "/v1/models", "", "")), "data/0/id"), "reference-target");
}
END_TEST

#include "test_target_route.reg"
