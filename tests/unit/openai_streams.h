/* SPDX-License-Identifier: Apache-2.0
 *
 * openai_streams.h: streamed chats as the servers that speak the protocol write them, with what must be read out of each. */
#ifndef BM_OPENAI_STREAMS_H
#define BM_OPENAI_STREAMS_H

#include "capture.h"

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

/* llama-server, as build 8291 sent them */
#define LLAMA(delta, reason, more) D("{\"choices\":[{\"finish_reason\":" reason ",\"index\":0,\"delta\":{" delta "}}]," \
    "\"created\":1,\"id\":\"c1\",\"model\":\"t.gguf\",\"system_fingerprint\":\"b8291\"," \
    "\"object\":\"chat.completion.chunk\"" more "}")
#define LLAMA_ROLE "\"role\":\"assistant\",\"content\":null"
#define TIMINGS(cache, prompt, n) ",\"timings\":{\"cache_n\":" #cache ",\"prompt_n\":" #prompt ",\"prompt_ms\":2.5," \
    "\"prompt_per_token_ms\":null,\"predicted_n\":" #n ",\"predicted_ms\":3.5,\"predicted_per_token_ms\":1.5}"
#define PROGRESS(n) ",\"prompt_progress\":{\"total\":29,\"cache\":28,\"processed\":" #n ",\"time_ms\":0}"

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
    { "llama-server: usage and timings behind the finish chunk",
      PIECES({ LLAMA(LLAMA_ROLE, "null", ""), 'R' }, { LLAMA("\"content\":\" </\"", "null", ""), 'c' },
             { LLAMA("\"content\":\" Mock\"", "null", ""), 'c' }, { LLAMA("", "\"length\"", ""), 'e' },
             { D("{\"choices\":[],\"usage\":{\"completion_tokens\":2,\"prompt_tokens\":29,\"total_tokens\":31}"
                 TIMINGS(28, 1, 2) "}"), 'u' }, { DONE, '.' }), 0, NULL, " </ Mock", "length", 2, "usage", "-,-,-,-,-,-" },
    { "llama-server: progress with the timings of the request before",
      PIECES({ LLAMA(LLAMA_ROLE, "null", TIMINGS(28, 0, 3) PROGRESS(28)), 'R' },
             { LLAMA(LLAMA_ROLE, "null", TIMINGS(28, 1, 0) PROGRESS(29)), 'R' }, { LLAMA(LLAMA_ROLE, "null", ""), 'R' },
             { LLAMA("\"content\":\"a\"", "null", TIMINGS(28, 1, 1)), 'c' },
             { LLAMA("\"content\":\"b\"", "null", TIMINGS(28, 1, 3)), 'c' },
             { LLAMA("", "\"length\"", TIMINGS(28, 1, 3)), 'e' }, { DONE, '.' }),
      0, NULL, "ab", "length", 3, "timings", "-,-,-,1,2,-,-" },
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

#endif
