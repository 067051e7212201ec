/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "engine/measure.h"
#include "openai_streams.h"

static const char *tokens_of(const bm_answer_t *answer, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < answer->chunks->nelts; i++) {
        int tokens = APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).tokens;

        text = apr_pstrcat(p, text, i ? "," : "", tokens < 0 ? "-" : apr_itoa(p, tokens), NULL);
    }
    return text;
}

static bm_call_t *read_cut(const stream_case_t *c, const char *body, const apr_size_t *ends, int count, apr_pool_t *p)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", p);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_cut(request, 200, c->end,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", body,
                                           strlen(body), ends, count, p), &next);
    ck_assert_int_eq(next.step, BM_STEP_DONE);
    return call;
}

static void check_case(const stream_case_t *c, const bm_call_t *call)
{
    const bm_answer_t *answer = &call->answer;

    ck_assert_str_eq(answer->error_code ? answer->error_code : "", c->code ? c->code : "");
    ck_assert_int_eq(answer->end == BM_RUN_COMPLETED, c->code == NULL);
    ck_assert_int_eq(answer->error != NULL, c->code != NULL);
    ck_assert_str_eq(capture_member(call, "content"), c->content);
    ck_assert_str_eq(answer->finish_reason ? answer->finish_reason : "", c->finish_reason ? c->finish_reason : "");
    ck_assert_int_eq(answer->usage.completion, c->completion);
    ck_assert_str_eq(answer->usage.provenance ? answer->usage.provenance : "", c->provenance ? c->provenance : "");
    if (c->tokens != NULL)
        ck_assert_str_eq(tokens_of(answer, call->p), c->tokens);
}

/* Every server's stream is read alike for every place where it may be cut, and every chunk is stamped when it was complete. */
BM_LOOP_TEST(a_stream_is_read_for_every_cut, BM_COUNT(streams))
{
    const stream_case_t *c = &streams[_i];
    const char *body = capture_join(c->pieces, g_pool), *expected = capture_expected(c->pieces, g_pool);
    apr_size_t len = strlen(body), cut;

    for (cut = 0; cut <= len; cut++) {
        apr_size_t ends[2] = { cut, len };
        apr_pool_t *p;
        bm_call_t *call;

        apr_pool_create(&p, g_pool);
        call = read_cut(c, body, ends, 2, p);
        ck_assert_msg(strcmp(capture_kinds(&call->answer, p), expected) == 0, "%s, cut at %d: %s, not %s", c->name, (int)cut,
                      capture_kinds(&call->answer, p), expected);
        check_case(c, call);
        capture_check_stamps(c->pieces, &call->answer, ends);
        apr_pool_destroy(p);
    }
}
END_TEST

/* The same byte by byte. */
BM_LOOP_TEST(a_stream_is_read_byte_by_byte, BM_COUNT(streams))
{
    const stream_case_t *c = &streams[_i];
    const char *body = capture_join(c->pieces, g_pool);
    apr_size_t len = strlen(body), i, *ends = apr_palloc(g_pool, len * sizeof(*ends));
    bm_call_t *call;

    for (i = 0; i < len; i++)
        ends[i] = i + 1;
    call = read_cut(c, body, ends, (int)len, g_pool);
    check_case(c, call);
    capture_check_stamps(c->pieces, &call->answer, ends);
}
END_TEST

BM_TEST(a_line_may_end_with_a_bare_cr)
{
    static const char body[] = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\rdata: [DONE]\r\r";
    apr_size_t cut;

    for (cut = 0; cut < sizeof(body); cut++) {
        apr_size_t ends[2] = { cut, sizeof(body) - 1 };
        stream_case_t c = { .name = "CR" };
        bm_call_t *call = read_cut(&c, body, ends, 2, g_pool);

        ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
        ck_assert_str_eq(capture_kinds(&call->answer, g_pool), "c.");
    }
}
END_TEST

BM_TEST(tool_calls_are_assembled)
{
    const stream_case_t *c = streams;
    const json_t *tool;
    bm_call_t *call;
    apr_size_t len;
    const char *body;

    while (strcmp(c->name, "tool calls in pieces") != 0)
        c++;
    body = capture_join(c->pieces, g_pool);
    len = strlen(body);
    call = read_cut(c, body, &len, 1, g_pool);
    tool = json_array_get(json_object_get(capture_response(call), "tool_calls"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(tool, "id")), "t1");
    ck_assert_str_eq(json_string_value(json_object_get(tool, "name")), "f");
    ck_assert_str_eq(json_string_value(json_object_get(tool, "arguments")), "{\"a\":1}");
}
END_TEST

BM_TEST(usage_and_names_are_taken)
{
    const char *body = capture_join(streams[0].pieces, g_pool);
    apr_size_t len = strlen(body);
    bm_call_t *call = read_cut(&streams[0], body, &len, 1, g_pool);

    ck_assert_str_eq(call->answer.model, "m");
    ck_assert_str_eq(capture_member(call, "id"), "c1");
    ck_assert_int_eq(call->answer.usage.prompt, 9);
    ck_assert_int_eq(call->answer.usage.cached, 4);
    ck_assert_int_eq(call->answer.usage.reasoning, 2);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(capture_response(call), "usage"), "total_tokens")), 1);
    ck_assert_int_eq(call->answer.stream, BM_STREAM_TOKENS);
}
END_TEST

BM_TEST(server_timings_are_taken)
{
    const stream_case_t *c = &streams[5];
    const char *body = capture_join(c->pieces, g_pool);
    apr_size_t len = strlen(body);
    bm_call_t *call = read_cut(c, body, &len, 1, g_pool);

    ck_assert_int_eq(call->answer.usage.prompt, 9);
    ck_assert_int_eq(call->answer.usage.cached, 3);
    ck_assert_int_eq(call->answer.server_us, 20000);
}
END_TEST

typedef struct cached_case_t {
    const char *more;                /* members beside "usage" */
    apr_int64_t cached;
} cached_case_t;

static const cached_case_t cached_cases[] = {
    { "}" TIMINGS(28, 1, 3), 28 },                                                /* llama-server */
    { "}", -1 },
    { ",\"prompt_tokens_details\":{\"cached_tokens\":5}}" TIMINGS(28, 1, 3), 5 },
    { "},\"timings\":{\"prompt_n\":19,\"predicted_n\":3}", 10 },                   /* llama-server of early 2025 */
    { "},\"timings\":{\"prompt_n\":30,\"predicted_n\":3}", -1 },
};

/* What came from the cache stands in the timings where usage does not say it; in a stream and in a whole answer. */
BM_LOOP_TEST(cached_tokens_are_found, BM_COUNT(cached_cases))
{
    const char *usage = apr_pstrcat(g_pool, "\"usage\":{\"prompt_tokens\":29,\"completion_tokens\":3", cached_cases[_i].more,
                                    "}", NULL);
    const char *body = apr_pstrcat(g_pool, TEXT("a") "data: {\"choices\":[],", usage, "\n\n" DONE, NULL);
    stream_case_t c = { .name = "cached" };
    apr_size_t len = strlen(body);
    bm_call_t *call = read_cut(&c, body, &len, 1, g_pool);

    ck_assert_int_eq(call->answer.usage.cached, cached_cases[_i].cached);
    ck_assert_int_eq(call->answer.usage.prompt, 29);
    ck_assert_str_eq(call->answer.usage.provenance, "usage");
    body = apr_pstrcat(g_pool, "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],", usage, NULL);
    len = strlen(body);
    call = read_cut(&c, body, &len, 1, g_pool);
    ck_assert_int_eq(call->answer.usage.cached, cached_cases[_i].cached);
}
END_TEST

/* --- whole answers */

typedef struct whole_case_t {
    const char *body;
    const char *code, *content;
    apr_int64_t completion;
} whole_case_t;

static const whole_case_t wholes[] = {
    { "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},"
      "\"finish_reason\":\"stop\"}],"
      "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}", NULL, "Hi", 2 },
    { " \n{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{\"id\":\"t\",\"function\":{\"name\":\"f\","
      "\"arguments\":\"{}\"}}]},"
      "\"finish_reason\":\"tool_calls\"}]}", NULL, "", -1 },
    { "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"code\":null}}", "stream_error", "", -1 },
    { "{\"error\":\"model not loaded\"}", "stream_error", "", -1 },
    { "{\"choices\":[]}", "malformed_answer", "", -1 },
    { "{\"choices\":[{\"message\":", "malformed_answer", "", -1 },
    { "{}", "malformed_answer", "", -1 },
};

/* The body may be one JSON text although a stream was asked for; it then has no first token. */
BM_LOOP_TEST(a_whole_answer_is_read, BM_COUNT(wholes))
{
    const whole_case_t *c = &wholes[_i];
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };
    bm_figures_t *f;

    call->provider->next(call, capture_whole(request, 200, 0, "Content-Type: application/json\r\n", c->body, g_pool), &next);
    ck_assert_str_eq(call->answer.error_code ? call->answer.error_code : "", c->code ? c->code : "");
    ck_assert_str_eq(capture_member(call, "content"), c->content);
    ck_assert_int_eq(call->answer.usage.completion, c->completion);
    ck_assert_str_eq(capture_kinds(&call->answer, g_pool), "c");
    ck_assert_int_eq(call->answer.stream, BM_STREAM_NONE);
    f = bm_measure(&call->answer, g_pool);
    ck_assert_int_eq(f->ttft_ns, BM_FIGURE_NONE);
    ck_assert_int_eq(f->e2e_ns, c->code ? BM_FIGURE_NONE : FIRST_NS - LAG_NS - SENT_NS);
}
END_TEST

BM_TEST(a_page_is_not_an_answer)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };

    call->provider->next(call, capture_whole(request, 200, 0, NULL, "<html>login</html>", g_pool), &next);
    ck_assert_str_eq(call->answer.error_code, "malformed_answer");
    ck_assert_int_eq(call->answer.transient, 0);
}
END_TEST

/* --- long answers */

BM_TEST(what_is_kept_is_capped_and_says_so)
{
    bm_call_t *call = capture_call("openai", "{\"url\":\"http://h\"}", "{\"prompt\":\"x\"}", g_pool);
    bm_http_request_t *request = capture_start(call);
    bm_next_t next = { 0 };
    const char *body = "";
    int i;

    call->response_max = 100;
    for (i = 0; i < 50; i++)
        body = apr_pstrcat(g_pool, body, TEXT("12\xc3\xa4"), NULL);
    body = apr_pstrcat(g_pool, body, DONE, NULL);
    call->provider->next(call, capture_whole(request, 200, 0, NULL, body, g_pool), &next);
    ck_assert_int_eq(call->answer.end, BM_RUN_COMPLETED);
    ck_assert_int_eq(strlen(capture_member(call, "content")), 100);
    ck_assert(json_is_true(json_object_get(capture_response(call), "truncated")));
    ck_assert_int_eq(call->answer.chunks->nelts, 51);
}
END_TEST

/* --- chunks that are alike */

/* One blank in every second chunk keeps the reader from taking it for another of the same form: both ways must agree. */
BM_TEST(chunks_that_are_alike_are_read_like_others)
{
    static const char *const texts[] = { "a", "b\\n", "\\u00e4", "\xc3\xa4", "\xff", " ", "{\\\"content\\\":\\\"x\\\"}",
        "c", "d", "" };
    const char *alike = ROLE, *different = ROLE;
    stream_case_t c = { .name = "alike" };
    apr_size_t i, len;
    bm_call_t *a, *b;

    for (i = 0; i < 40; i++) {
        const char *text = texts[(i * 7) % BM_COUNT(texts)];

        alike = apr_pstrcat(g_pool, alike, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"", text, "\"}}]}\n\n",
            NULL);
        different = apr_pstrcat(g_pool, different, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"", text, i %
            2 ? "\"}}]}" : "\"} }]}",
                                "\n\n", NULL);
    }
    len = strlen(alike);
    a = read_cut(&c, alike, &len, 1, g_pool);
    len = strlen(different);
    b = read_cut(&c, different, &len, 1, g_pool);
    ck_assert_str_eq(capture_kinds(&a->answer, g_pool), capture_kinds(&b->answer, g_pool));
    ck_assert_str_eq(a->answer.response, b->answer.response);
    ck_assert_int_eq(a->answer.usage.completion, 36);
    ck_assert_int_eq(b->answer.usage.completion, 36);
}
END_TEST

/* A usage record or an end in between is never overlooked. */
BM_TEST(what_differs_is_parsed)
{
    const char *body = TEXT("a") TEXT("b") USAGE(5) TEXT("c") CHUNK("\"content\":\"d\"", ",\"finish_reason\":\"stop\"")
        TEXT("e") DONE;
    stream_case_t c = { .name = "differs" };
    apr_size_t len = strlen(body);
    bm_call_t *call = read_cut(&c, body, &len, 1, g_pool);

    ck_assert_str_eq(capture_kinds(&call->answer, g_pool), "ccuccc.");
    ck_assert_str_eq(capture_member(call, "content"), "abcde");
    ck_assert_str_eq(call->answer.finish_reason, "stop");
    ck_assert_int_eq(call->answer.usage.completion, 5);
    ck_assert_str_eq(call->answer.usage.provenance, "counted");
}
END_TEST

#include "test_provider_openai_chat.reg"
