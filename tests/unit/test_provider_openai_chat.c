/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <strings.h>
#include "base/json.h"
#include "capture.h"
#include "engine/measure.h"

#define D(json) "data: " json "\n\n"
#define CHUNK(delta, more) D("{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":" \
                             "[{\"index\":0,\"delta\":{" delta "}" more "}]}")
#define TEXT(text) CHUNK("\"content\":\"" text "\"", ",\"finish_reason\":null")
#define ROLE CHUNK("\"role\":\"assistant\",\"content\":\"\"", ",\"finish_reason\":null")
#define FINISH(reason) CHUNK("", ",\"finish_reason\":\"" reason "\"")
#define USAGE(n) D("{\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":" #n \
                   ",\"total_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":4}," \
                   "\"completion_tokens_details\":{\"reasoning_tokens\":2}}}")
#define DONE D("[DONE]")
/* vLLM with continuous_usage_stats */
#define COUNTED(text, n) D("{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text \
                           "\"}}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":" #n "}}")

typedef struct stream_case_t {
    const char *name;
    const piece_t *pieces;
    bm_exchange_end_e end;        /* of the transfer */
    const char *code;             /* error code; NULL: completed */
    const char *content;          /* as kept */
    const char *finish_reason;
    apr_int64_t completion;       /* tokens; -1: not known */
    const char *provenance;
    const char *tokens;           /* of the chunks, "1,1,-"; NULL: not looked at */
} stream_case_t;

#define PIECES(...) (const piece_t[]){ __VA_ARGS__, { NULL } }

static const stream_case_t streams[] = {
    { "OpenAI", PIECES({ ROLE, 'R' }, { TEXT("Red"), 'c' }, { TEXT(" car"), 'c' }, { FINISH("stop"), 'e' }, { USAGE(5), 'u' },
                       { DONE, '.' }), 0, NULL, "Red car", "stop", 5, "usage", "-,-,-,-,-,-" },
    { "OpenAI, usage null on all but the last",
      PIECES({ D("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}"), 'c' }, { FINISH("stop"), 'e' }, {
          USAGE(1), 'u' },
             { DONE, '.' }), 0, NULL, "a", "stop", 1, "usage", NULL },
    { "vLLM: the finish chunk has the last text",
      PIECES({ ROLE, 'R' }, { TEXT("a"), 'c' }, { CHUNK("\"content\":\"b\"", ",\"finish_reason\":\"length\""), 'c' }, {
          USAGE(2), 'u' },
             { DONE, '.' }), 0, NULL, "ab", "length", 2, "usage", NULL },
    { "vLLM: running usage on every chunk",
      PIECES({ COUNTED("a", 3), 'c' }, { COUNTED("b", 4), 'c' }, { COUNTED("c", 6), 'c' }, { FINISH("stop"), 'e' }, {
          USAGE(7), 'u' },
             { DONE, '.' }), 0, NULL, "abc", "stop", 7, "usage", "3,1,2,-,-,-" },
    { "vLLM: first event is the error, then [DONE]",
      PIECES({ D("{\"error\":{\"message\":\"engine died\",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}}"), '!' },
             { DONE, '.' }), 0, "stream_error", "", NULL, -1, NULL, NULL },
    { "llama-server: content null, comments, progress before the first token, timings",
      PIECES({ CHUNK("\"role\":\"assistant\",\"content\":null", ""), 'R' }, { ":\n\n", '.', 1 },
             { D("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}],"
               "\"prompt_progress\":{\"total\":9}}"), 'R' },
             { TEXT("a"), 'c' }, { TEXT("b"), 'c' }, { FINISH("stop"), 'e' },
             { D("{\"choices\":[],\"timings\":{\"cache_n\":3,\"prompt_n\":6,\"prompt_ms\":10.5,\"predicted_n\":4,"
               "\"predicted_ms\":9.5}}"), '.' },
             { DONE, '.' }), 0, NULL, "ab", "stop", 4, "timings", NULL },
    { "llama-server: timings on each chunk",
      PIECES({ D("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"timings\":{\"predicted_n\":1}}"), 'c' },
             { D("{\"choices\":[{\"delta\":{\"content\":\"b\"}}],\"timings\":{\"predicted_n\":3}}"), 'c' },
             { FINISH("stop"), 'e' }, { DONE, '.' }), 0, NULL, "ab", "stop", 3, "timings", "1,2,-,-" },
    { "llama-server: error event and no [DONE]",
      PIECES({ TEXT("a"), 'c' }, { D("{\"error\":{\"code\":503,\"message\":\"loading\",\"type\":\"unavailable_error\"}}"), '!' }),
      0, "unavailable", "a", NULL, 1, "counted", NULL },
    { "llama-server, early 2025: a field named error",
      PIECES({ TEXT("a"), 'c' }, { "error: {\"code\":500,\"message\":\"boom\",\"type\":\"server_error\"}\n\n", '!' }),
      0, "stream_error", "a", NULL, 1, "counted", NULL },
    { "Ollama: role with the first text, usage on a second copy of the finish chunk",
      PIECES({ CHUNK("\"role\":\"assistant\",\"content\":\"a\"", ""), 'c' }, { CHUNK("\"content\":\"b\"", ""), 'c' },
             { CHUNK("\"role\":\"assistant\",\"content\":\"\"", ",\"finish_reason\":\"stop\""), 'e' }, { USAGE(2), 'u' }, {
               DONE, '.' }),
      0, NULL, "ab", "stop", 2, "usage", NULL },
    { "Ollama: an internal error is an empty chunk and the end",
      PIECES({ TEXT("a"), 'c' }, { CHUNK("\"role\":\"assistant\",\"content\":\"\"", ""), 'R' }), 0, "stream_truncated", "a",
          NULL, 1,
      "counted", NULL },
    { "LiteLLM: usage on the finish chunk",
      PIECES({ TEXT("a"), 'c' }, { D("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,"
             "\"completion_tokens\":3}}"), 'e' }, { DONE, '.' }), 0, NULL, "a", "stop", 3, "usage", NULL },
    { "OpenRouter: an error in an ordinary chunk",
      PIECES({ ": OPENROUTER PROCESSING\n\n", '.', 1 }, { TEXT("a"), 'c' },
             { D("{\"error\":{\"code\":502,\"message\":\"provider\"},\"choices\":[{\"delta\":{\"content\":\"\"},"
               "\"finish_reason\":\"error\"}]}"), '!' }),
      0, "stream_error", "a", NULL, 1, "counted", NULL },
    { "finish_reason error alone", PIECES({ TEXT("a"), 'c' }, { FINISH("error"), 'e' }, { DONE, '.' }), 0, "stream_error", "a",
      "error", 1, "counted", NULL },
    { "finish_reason abort", PIECES({ TEXT("a"), 'c' }, { FINISH("abort"), 'e' }, { DONE, '.' }), 0, "stream_error", "a",
      "abort", 1, "counted", NULL },
    { "event: error", PIECES({ TEXT("a"), 'c' }, { "event: error\ndata: {\"message\":\"no\","
      "\"type\":\"rate_limit_error\"}\n\n", '!' }), 0,
      "rate_limited", "a", NULL, 1, "counted", NULL },
    { "event: error with text", PIECES({ "event: error\ndata: out of memory\n\n", '!' }), 0, "stream_error", "", NULL, -1,
      NULL, NULL },
    { "error null is none", PIECES({ D("{\"error\":null,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}"), 'c' }, { DONE,
      '.' }), 0, NULL,
      "a", NULL, 1, "counted", NULL },
    { "reasoning_content", PIECES({ CHUNK("\"reasoning_content\":\"hm\"", ""), 't' }, { TEXT("a"), 'c' }, { FINISH("stop"),
      'e' }), 0,
      NULL, "a", "stop", 2, "counted", NULL },
    { "reasoning", PIECES({ CHUNK("\"reasoning\":\"hm\",\"content\":null", ""), 't' }, { TEXT("a"), 'c' }, { FINISH("stop"),
      'e' }), 0,
      NULL, "a", "stop", 2, "counted", NULL },
    { "reasoning and content in one chunk is content",
      PIECES({ CHUNK("\"reasoning\":\"hm\",\"content\":\"a\"", ""), 'c' }, { FINISH("stop"), 'e' }), 0, NULL, "a", "stop",
          1, "counted", NULL },
    { "empty reasoning is none", PIECES({ CHUNK("\"reasoning_content\":\"\",\"content\":\"\"", ""), '.' }, { TEXT("a"), 'c'
      }, { DONE, '.' }),
      0, NULL, "a", NULL, 1, "counted", NULL },
    { "content as parts", PIECES({ CHUNK("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\","
      "\"text\":\"hm\"}]}]", ""), 't' },
                                 { CHUNK("\"content\":[{\"type\":\"text\",\"text\":\"a\"}]", ""), 'c' }, { DONE, '.' }), 0,
                                   NULL, "a",
      NULL, 2, "counted", NULL },
    { "refusal is content", PIECES({ CHUNK("\"refusal\":\"I will not\"", ""), 'c' }, { FINISH("stop"), 'e' }), 0, NULL, "",
      "stop", 1,
      "counted", NULL },
    { "tool calls in pieces",
      PIECES({ CHUNK("\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
          "\"arguments\":\"\"}}]", ""), 'f' },
             { CHUNK("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":\"}}]", ""), 'f' },
             { CHUNK("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]", ""), 'f' },
             { CHUNK("\"tool_calls\":null", ",\"finish_reason\":\"tool_calls\""), 'e' }, { DONE, '.' }), 0, NULL, "",
               "tool_calls", 3,
      "counted", NULL },
    { "choices absent or null", PIECES({ D("{\"id\":\"c1\"}"), '.' }, { D("{\"choices\":null}"), '.' }, { TEXT("a"), 'c' },
      { DONE, '.' }), 0,
      NULL, "a", NULL, 1, "counted", NULL },
    { "usage preview before the content",
      PIECES({ D("{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}"), 'u' }, { TEXT("a"), 'c' }, {
          TEXT("b"), 'c' },
             { FINISH("stop"), 'e' }, { DONE, '.' }), 0, NULL, "ab", "stop", 2, "counted", NULL },
    { "usage preview, then the usage",
      PIECES({ D("{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}"), 'u' }, { TEXT("a"), 'c' },
             { USAGE(4), 'u' }, { DONE, '.' }), 0, NULL, "a", NULL, 4, "usage", NULL },
    { "end without [DONE] behind a finish_reason", PIECES({ TEXT("a"), 'c' }, { FINISH("stop"), 'e' }), 0, NULL, "a", "stop", 1,
      "counted", NULL },
    { "end without either", PIECES({ ROLE, 'R' }, { TEXT("a"), 'c' }), 0, "stream_truncated", "a", NULL, 1, "counted", NULL },
    { "an empty finish_reason is none", PIECES({ TEXT("a"), 'c' }, { CHUNK("", ",\"finish_reason\":\"\""), '.' }), 0,
      "stream_truncated",
      "a", NULL, 1, "counted", NULL },
    { "cut behind a finish_reason", PIECES({ TEXT("a"), 'c' }, { FINISH("stop"), 'e' }), BM_END_CUT, "connection_lost", "a",
      "stop", 1,
      "counted", NULL },
    { "cut behind [DONE]", PIECES({ TEXT("a"), 'c' }, { DONE, '.' }), BM_END_CUT, NULL, "a", NULL, 1, "counted", NULL },
    { "cut inside an event", PIECES({ TEXT("a"), 'c' }, { "data: {\"choices\":[{\"del", '.' }), BM_END_CUT,
      "connection_lost", "a", NULL,
      1, "counted", NULL },
    { "stalled", PIECES({ TEXT("a"), 'c' }), BM_END_STALL_TIMEOUT, "stall_timeout", "a", NULL, 1, "counted", NULL },
    { "nothing but the status", PIECES({ "\n", '-' }), 0, "stream_truncated", "", NULL, -1, NULL, NULL },
    { "garbage among events", PIECES({ TEXT("a"), 'c' }, { "data: {\"choices\":[}\n\n", '.' }, { DONE, '.' }), 0,
      "malformed_answer",
      "a", NULL, 1, "counted", NULL },
    { "data that is no object", PIECES({ "data: 17\n\n", '.' }, { DONE, '.' }), 0, "malformed_answer", "", NULL, -1, NULL, NULL },
    { "CRLF", PIECES({ "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n", 'c' }, { "data: [DONE]\r\n\r\n",
      '.' }), 0, NULL,
      "a", NULL, 1, "counted", NULL },
    { "no space behind data:", PIECES({ "data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 'c' }, {
      "data:[DONE]\n\n", '.' }), 0,
      NULL, "a", NULL, 1, "counted", NULL },
    { "white space around [DONE]", PIECES({ TEXT("a"), 'c' }, { "data:   [DONE] \t\n\n", '.' }), 0, NULL, "a", NULL, 1,
      "counted", NULL },
    { "several data lines", PIECES({ "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"a\"}}]}\n\n", 'c' }, { DONE,
      '.' }), 0, NULL, "a",
      NULL, 1, "counted", NULL },
    { "event, id and retry",
      PIECES({ "event: message\nid: 7\nretry: 10\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 'c' },
                                    { DONE, '.' }), 0, NULL, "a", NULL, 1, "counted", NULL },
    { "U+2028 inside JSON ends no line", PIECES({ TEXT("a\xe2\x80\xa8""b"), 'c' }, { DONE, '.' }), 0, NULL,
      "a\xe2\x80\xa8""b", NULL, 1,
      "counted", NULL },
    { "bytes that are not UTF-8", PIECES({ TEXT("a\xff""b"), 'c' }, { DONE, '.' }), 0, NULL, "a\xef\xbf\xbd""b", NULL, 1,
      "counted", NULL },
    { "BOM", PIECES({ "\xef\xbb\xbf", '-' }, { TEXT("a"), 'c' }, { DONE, '.' }), 0, NULL, "a", NULL, 1, "counted", NULL },
    { "last event without its blank line", PIECES({ TEXT("a"), 'c' }, { "data: [DONE]", '.' }), 0, NULL, "a", NULL, 1,
      "counted", NULL },
    { "last chunk without its blank line",
      PIECES({ TEXT("a"), 'c' }, { "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n",
          'c' }), 0, NULL, "ab",
      "stop", 2, "counted", NULL },
    { "the second choice counts, the first is kept",
      PIECES({ D("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"x\"}}]}"), 'c' }, { TEXT("a"), 'c' }, {
          FINISH("stop"), 'e' }, { DONE, '.' }),
      0, NULL, "a", "stop", 2, "counted", NULL },
    { "completions before chats", PIECES({ D("{\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":null}]}"), 'c' },
      { DONE, '.' }), 0, NULL,
      "a", NULL, 1, "counted", NULL },
    { "a running count that shrinks is not believed",
      PIECES({ COUNTED("a", 3), 'c' }, { COUNTED("b", 2), 'c' }, { COUNTED("c", 4), 'c' }, { DONE, '.' }), 0, NULL, "abc",
      NULL, 4, "usage", "3,-,1,-" },
    { "blank data is no event that counts", PIECES({ "data: \n\n", '.' }, { TEXT("a"), 'c' }, { DONE, '.' }), 0, NULL, "a",
      NULL, 1,
      "counted", NULL },
};

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
