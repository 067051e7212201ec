/* SPDX-License-Identifier: Apache-2.0
 *
 * Spans as they are sent, and what observations they make: ids, times, what attributes mean, and what is not kept. */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>

#include "sync/langfuse_page.h"
#include "sync/push_span.h"

#define TRACE "5b8efff798038103d269b633813fc60c"
#define IDS "\"traceId\":\"" TRACE "\",\"spanId\":\"eee19b7ec3c1b174\""
#define BEGIN "\"startTimeUnixNano\":\"1767225600000000999\""
#define PAIR(key, value) "{\"key\":\"" key "\",\"value\":" value "}"
#define TEXT(key, value) PAIR(key, "{\"stringValue\":\"" value "\"}")

static apr_status_t read_text(bm_push_spans_t *spans, bm_err_t *err, const char *text)
{
    char *copy = apr_pstrdup(g_pool, text);

    bm_push_spans_init(spans, g_pool);
    return bm_push_read_json(spans, copy, strlen(copy), err, g_pool);
}

static const char *request_of(const char *resource, const char *span)
{
    static const char form[] = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[%s]},"
                               "\"scopeSpans\":[{\"scope\":{\"name\":\"lib\","
                               "\"version\":\"1\"},\"spans\":[{%s}]}]}]}";

    return apr_psprintf(g_pool, form, resource, span);
}

/* The observation that comes of a span with these attributes. */
static const bm_observation_t *one(const char *attributes)
{
    bm_push_spans_t spans;
    bm_langfuse_page_t *page;
    json_t *body = bm_json_adopt(json_object(), g_pool);

    ck_assert_int_eq(read_text(&spans, NULL, request_of(TEXT("service.version", "7"), apr_pstrcat(g_pool, IDS "," BEGIN
                     ",\"name\":\"n\",\"endTimeUnixNano\":\"1767225601500000000\",\"attributes\":[", attributes, "]", NULL))),
                     APR_SUCCESS);
    ck_assert_int_eq(spans.rejected, 0);
    json_object_set(body, "data", spans.data);
    ck_assert_int_eq(bm_langfuse_page_observations(&page, body, NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(page->observation_count, 1);
    return page->observations[0];
}

BM_TEST(what_every_span_says)
{
    const bm_observation_t *o = one("");

    ck_assert_str_eq(o->id, "eee19b7ec3c1b174");
    ck_assert_str_eq(o->trace_id, TRACE);
    ck_assert_str_eq(o->type, "SPAN");
    ck_assert_str_eq(o->level, "DEFAULT");
    ck_assert_str_eq(o->name, "n");
    ck_assert_str_eq(o->version, "7");
    ck_assert_ptr_null(o->parent_id);
    ck_assert_int_eq(o->start, APR_INT64_C(1767225600000000));
    ck_assert_int_eq(o->latency_us, 1500000);
    ck_assert_str_eq(o->metadata, "{\"resourceAttributes\":{\"service.version\":\"7\"},"
                     "\"scope\":{\"name\":\"lib\",\"version\":\"1\"}}");
}
END_TEST

typedef struct type_case_t {
    const char *attributes, *type;
} type_case_t;

static const type_case_t types[] = {
    { TEXT("langfuse.observation.type", "agent"), "AGENT" },
    { TEXT("langfuse.observation.type", "guardrail") "," TEXT("gen_ai.operation.name", "chat"), "GUARDRAIL" },
    { TEXT("langfuse.observation.type", "nonsense") "," TEXT("gen_ai.operation.name", "chat"), "GENERATION" },
    { TEXT("openinference.span.kind", "RETRIEVER"), "RETRIEVER" },
    { TEXT("gen_ai.operation.name", "embeddings"), "EMBEDDING" },
    { TEXT("gen_ai.operation.name", "invoke_agent"), "AGENT" },
    { TEXT("gen_ai.operation.name", "execute_tool"), "TOOL" },
    { TEXT("gen_ai.tool.name", "search"), "TOOL" },
    { TEXT("gen_ai.request.model", "m"), "GENERATION" },
    { TEXT("http.method", "GET"), "SPAN" },
};

BM_LOOP_TEST(types_of_observations, BM_COUNT(types))
{
    ck_assert_str_eq(one(types[_i].attributes)->type, types[_i].type);
}
END_TEST

BM_TEST(generations)
{
    const bm_observation_t *o = one(TEXT("gen_ai.operation.name", "chat") "," TEXT("gen_ai.request.model", "asked") ","
                                    TEXT("gen_ai.response.model", "answered") ","
                                    PAIR("gen_ai.usage.input_tokens", "{\"intValue\":\"120\"}") ","
                                    PAIR("gen_ai.usage.output_tokens", "{\"intValue\":30}") ","
                                    PAIR("gen_ai.usage.cost", "{\"doubleValue\":0.25}") ","
                                    PAIR("gen_ai.response.time_to_first_chunk", "{\"doubleValue\":0.5}") ","
                                    TEXT("gen_ai.conversation.id", "c1") "," TEXT("user.id", "u"));

    ck_assert_str_eq(o->model, "answered");
    ck_assert_int_eq(o->input_tokens, 120);
    ck_assert_int_eq(o->total_tokens, 150);
    ck_assert_int_eq(o->cost_nano, 250000000);
    ck_assert_int_eq(o->ttft_us, 500000);
    ck_assert_str_eq(o->session_id, "c1");
    ck_assert_str_eq(o->user_id, "u");
}
END_TEST

BM_TEST(what_sdks_of_langfuse_say)
{
    const bm_observation_t *o = one(TEXT("langfuse.observation.type", "generation") ","
                                    TEXT("langfuse.observation.usage_details",
                                         "{\\\"input\\\":1,\\\"output\\\":2,\\\"cached\\\":9}") ","
                                    TEXT("langfuse.observation.cost_details", "{\\\"total\\\":2}") ","
                                    TEXT("langfuse.observation.completion_start_time", "\\\"2026-01-01T00:00:00.250Z\\\"") ","
                                    TEXT("langfuse.observation.level", "WARNING") ","
                                    TEXT("langfuse.observation.status_message", "odd") ","
                                    TEXT("langfuse.trace.name", "chat") "," TEXT("langfuse.session.id", "s") ","
                                    PAIR("langfuse.trace.tags", "{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"}]}}") ","
                                    TEXT("langfuse.trace.metadata.team", "blue") ","
                                    TEXT("langfuse.observation.metadata.step", "{\\\"n\\\":1}") ","
                                    TEXT("langfuse.environment", "test") "," TEXT("langfuse.release", "r9"));

    ck_assert_int_eq(o->total_tokens, 3);
    ck_assert_int_eq(o->cost_nano, 2000000000);
    ck_assert_int_eq(o->ttft_us, 250000);
    ck_assert_str_eq(o->level, "WARNING");
    ck_assert_str_eq(o->status_message, "odd");
    ck_assert_str_eq(o->trace_name, "chat");
    ck_assert_str_eq(o->session_id, "s");
    ck_assert_str_eq(o->tags, "{\"a\"}");
    ck_assert_str_eq(o->environment, "test");
    ck_assert_str_eq(o->release, "r9");
    ck_assert_ptr_nonnull(strstr(o->metadata, "\"team\":\"blue\",\"step\":{\"n\":1}"));
    ck_assert_ptr_nonnull(strstr(o->usage_details, "\"cached\":9"));
}
END_TEST

/* Whatever is a message of a user or of a model stays out of the metadata. */
BM_TEST(messages_are_not_kept_as_attributes)
{
    static const char *const keys[] = { "gen_ai.prompt", "gen_ai.prompt.0.content", "gen_ai.completion.0.content",
                                        "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions",
                                        "gen_ai.tool.call.arguments", "langfuse.observation.input", "langfuse.trace.output",
                                        "input.value", "output.value", "llm.input_messages.0.message.content",
                                        "ai.prompt.messages", "ai.response.text", "traceloop.entity.input" };
    size_t i;

    for (i = 0; i < BM_COUNT(keys); i++) {
        const bm_observation_t *o = one(apr_psprintf(g_pool, TEXT("%s", "CANARY") "," TEXT("kept", "yes"), keys[i]));

        ck_assert_msg(strstr(o->metadata, "CANARY") == NULL, "%s", keys[i]);
        ck_assert_ptr_nonnull(strstr(o->metadata, "\"kept\":\"yes\""));
    }
}
END_TEST

typedef struct span_case_t {
    const char *span;
    const char *why;                     /* part of it; NULL: it is taken */
} span_case_t;

static const span_case_t spans_of[] = {
    { IDS "," BEGIN, NULL },
    { "\"traceId\":\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"EEE19B7EC3C1B174\"," BEGIN, NULL },
    { IDS ",\"startTimeUnixNano\":1767225600000000000,\"parentSpanId\":\"\"", NULL },
    { IDS "," BEGIN ",\"unknown\":{\"a\":[1]},\"attributes\":null,\"events\":7,\"status\":\"no\"", NULL },
    { IDS "," BEGIN ",\"attributes\":[1,{},{\"key\":3},{\"key\":\"a\"},{\"key\":\"b\",\"value\":{\"stringValue\":7}}]", NULL },
    { IDS, "startTimeUnixNano" },
    { IDS ",\"startTimeUnixNano\":\"0\"", "startTimeUnixNano" },
    { IDS ",\"startTimeUnixNano\":\"-5\"", "startTimeUnixNano" },
    { IDS ",\"startTimeUnixNano\":\"18446744073709551615\"", "startTimeUnixNano" },
    { "\"spanId\":\"eee19b7ec3c1b174\"," BEGIN, "traceId" },
    { "\"traceId\":\"00000000000000000000000000000000\",\"spanId\":\"eee19b7ec3c1b174\"," BEGIN, "traceId" },
    { "\"traceId\":\"W47/95gDgQPSabYzgT/GDA==\",\"spanId\":\"eee19b7ec3c1b174\"," BEGIN, "traceId" },
    { "\"traceId\":\"" TRACE "\",\"spanId\":\"eee19b7ec3c1b17\"," BEGIN, "spanId" },
    { "\"traceId\":\"" TRACE "\",\"spanId\":\"eee19b7ec3c1b17g\"," BEGIN, "spanId" },
    { IDS "," BEGIN ",\"parentSpanId\":\"xyz\"", "parentSpanId" },
    { IDS "," BEGIN ",\"attributes\":{\"a\":1}", "attributes" },
};

BM_LOOP_TEST(spans_are_taken_or_rejected_one_by_one, BM_COUNT(spans_of))
{
    bm_push_spans_t spans;

    ck_assert_int_eq(read_text(&spans, NULL, request_of("", spans_of[_i].span)), APR_SUCCESS);
    ck_assert_int_eq(spans.received, 1);
    ck_assert_int_eq(spans.rejected, spans_of[_i].why != NULL);
    ck_assert_uint_eq(json_array_size(spans.data), spans_of[_i].why == NULL);
    if (spans_of[_i].why != NULL)
        ck_assert_ptr_nonnull(strstr(spans.why, spans_of[_i].why));
}
END_TEST

typedef struct body_case_t {
    const char *body;
    apr_status_t rv;
} body_case_t;

static const body_case_t bodies[] = {
    { "{}", APR_SUCCESS }, { "{\"resourceSpans\":[]}", APR_SUCCESS }, { "{\"resourceSpans\":[1,null,{}]}", APR_SUCCESS },
    { "[]", APR_EINVAL }, { "7", APR_EINVAL }, { "{\"resourceSpans\":", APR_EINVAL }, { "{\"resourceSpans\":{}}", APR_EINVAL },
    { "{\"resourceSpans\":[{\"scopeSpans\":{}}]}", APR_EINVAL },
    { "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":{}}]}]}", APR_EINVAL },
    { "{\"resourceSpans\":[{\"resource\":{\"attributes\":{\"a\":1}}}]}", APR_EINVAL },
};

BM_LOOP_TEST(bodies_that_are_none, BM_COUNT(bodies))
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_push_spans_t spans;

    ck_assert_int_eq(read_text(&spans, err, bodies[_i].body), bodies[_i].rv);
    if (bodies[_i].rv != APR_SUCCESS)
        ck_assert_ptr_nonnull(err->detail);
}
END_TEST

BM_TEST(values_nested_too_deep_are_null)
{
    const char *value = "{\"stringValue\":\"deep\"}";
    int i;

    for (i = 0; i < 200; i++)
        value = apr_pstrcat(g_pool, "{\"arrayValue\":{\"values\":[", value, "]}}", NULL);
    ck_assert_ptr_null(strstr(one(apr_pstrcat(g_pool, "{\"key\":\"a\",\"value\":", value, "}", NULL))->metadata, "deep"));
}
END_TEST

BM_TEST(too_much_in_little)
{
    const apr_size_t n = 500000;
    char *text = apr_palloc(g_pool, n * 3 + 1);
    apr_size_t i;

    for (i = 0; i < n; i++)
        memcpy(text + 3 * i, "{},", 3);
    ck_assert(bm_push_is_too_much(text, 3 * n));
    ck_assert(!bm_push_is_too_much(text, 3000));
}
END_TEST

#include "test_push_span.reg"
