/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/push_span.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"

#define NS_MAX APR_UINT64_C(7258118400000000000)        /* the year 2200 */
#define ATTRIBUTE_MAX 1000                              /* bytes of one that is kept in the metadata */
#define RESOURCE_MAX 4096                               /* bytes of all of a resource */

void bm_push_spans_init(bm_push_spans_t *spans, apr_pool_t *p)
{
    *spans = (bm_push_spans_t){ .p = p, .data = bm_json_adopt(json_array(), p) };
}

const char *bm_push_id(const void *data, apr_size_t len, apr_size_t bytes, apr_pool_t *p)
{
    const unsigned char *at = data;
    apr_size_t i;

    if (len != bytes)
        return NULL;
    for (i = 0; i < len && at[i] == 0; i++)
        ;
    return i < len ? bm_text_hex(data, len, p) : NULL;
}

/* --- attributes */

/* The first of these names (one behind the other, the last one empty) that has a value. */
static json_t *first_of(const json_t *attributes, const char *names)
{
    for (; *names != '\0'; names += strlen(names) + 1) {
        json_t *value = json_object_get(attributes, names);

        if (value != NULL && !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0))
            return value;
    }
    return NULL;
}

static void put(json_t *o, const char *member, json_t *value)
{
    if (value != NULL)
        json_object_set(o, member, value);
}

/* As text, whatever it is: a session that is a number is a session. */
static void put_text(json_t *o, const char *member, json_t *value, apr_pool_t *p)
{
    if (value == NULL || json_is_string(value))
        put(o, member, value);
    else
        json_object_set_new(o, member, json_string(bm_json_dump(NULL, value, p)));
}

/* SDKs write what is no scalar as JSON in a text. A new reference; NULL: it is neither `is` nor the text of one. */
static json_t *structured(json_t *value, int (*is)(const json_t *value))
{
    json_t *parsed;

    if (value == NULL || is(value))
        return json_incref(value);
    parsed = json_is_string(value) ? json_loadb(json_string_value(value), json_string_length(value), 0, NULL) : NULL;
    if (parsed != NULL && is(parsed))
        return parsed;
    json_decref(parsed);
    return NULL;
}

static int is_object(const json_t *value)
{
    return json_is_object(value);
}

static int is_array(const json_t *value)
{
    return json_is_array(value);
}

/* --- what it is */

typedef struct word_t {
    const char *word, *type;
} word_t;

static const char *type_by(const json_t *attributes, const char *name, const word_t *words)
{
    const char *value = json_string_value(json_object_get(attributes, name));

    for (; value != NULL && words->word != NULL; words++)
        if (strcasecmp(words->word, value) == 0)
            return words->type;
    return NULL;
}

static const char *type_of(const json_t *attributes)
{
    static const word_t own[] = { { "span", "SPAN" }, { "generation", "GENERATION" }, { "event", "EVENT" }, { "agent", "AGENT" },
                                  { "embedding", "EMBEDDING" }, { "tool", "TOOL" }, { "chain", "CHAIN" },
                                  { "retriever", "RETRIEVER" }, { "evaluator", "EVALUATOR" }, { "guardrail", "GUARDRAIL" },
                                  { NULL } };
    static const word_t open_inference[] = { { "LLM", "GENERATION" }, { "CHAIN", "CHAIN" }, { "RETRIEVER", "RETRIEVER" },
                                             { "EMBEDDING", "EMBEDDING" }, { "AGENT", "AGENT" }, { "TOOL", "TOOL" },
                                             { "GUARDRAIL", "GUARDRAIL" }, { "EVALUATOR", "EVALUATOR" }, { NULL } };
    static const word_t operations[] = { { "chat", "GENERATION" }, { "completion", "GENERATION" }, { "generate", "GENERATION" },
                                         { "text_completion", "GENERATION" }, { "generate_content", "GENERATION" },
                                         { "embeddings", "EMBEDDING" }, { "invoke_agent", "AGENT" }, { "create_agent", "AGENT" },
                                         { "execute_tool", "TOOL" }, { NULL } };
    const char *type = type_by(attributes, "langfuse.observation.type", own);

    if (type == NULL)
        type = type_by(attributes, "openinference.span.kind", open_inference);
    if (type == NULL)
        type = type_by(attributes, "gen_ai.operation.name", operations);
    if (type == NULL && first_of(attributes, "gen_ai.tool.name\0gen_ai.tool.call.id\0") != NULL)
        type = "TOOL";
    if (type == NULL && first_of(attributes, "langfuse.observation.model.name\0gen_ai.request.model\0gen_ai.response.model\0"
                                             "llm.model_name\0") != NULL)
        type = "GENERATION";
    return type != NULL ? type : "SPAN";
}

/* --- tokens and costs */

#define USAGE "gen_ai.usage."

/* Numbers under gen_ai.usage. by their names, those of tokens in and out by ours. */
static json_t *usage_of(const json_t *attributes)
{
    static const struct {
        const char *name, *ours;
    } names[] = { { USAGE "input_tokens", "input" }, { USAGE "prompt_tokens", "input" }, { USAGE "output_tokens", "output" },
                  { USAGE "completion_tokens", "output" }, { USAGE "total_tokens", "total" },
                  { "llm.token_count.prompt", "input" }, { "llm.token_count.completion", "output" },
                  { "llm.token_count.total", "total" } };
    json_t *usage = json_object(), *value;
    const char *key;
    size_t i;

    json_object_foreach((json_t *)(apr_uintptr_t)attributes, key, value) {
        const char *ours = strncmp(key, USAGE, strlen(USAGE)) == 0 && strcmp(key, USAGE "cost") != 0 ? key + strlen(USAGE) : NULL;

        for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            if (strcmp(key, names[i].name) == 0)
                ours = names[i].ours;
        if (ours != NULL && json_is_number(value) && json_object_get(usage, ours) == NULL)
            json_object_set(usage, ours, value);
    }
    return usage;
}

static void put_usage(json_t *o, const json_t *attributes)
{
    json_t *usage = structured(json_object_get(attributes, "langfuse.observation.usage_details"), is_object);
    json_t *costs = structured(json_object_get(attributes, "langfuse.observation.cost_details"), is_object);
    json_t *cost = json_object_get(attributes, USAGE "cost");

    if (usage == NULL)
        usage = usage_of(attributes);
    if (json_object_size(usage) > 0)
        json_object_set(o, "usageDetails", usage);
    json_decref(usage);
    if (costs == NULL && cost != NULL && (costs = json_object()) != NULL)
        json_object_set(costs, "total", cost);
    if (costs != NULL)
        json_object_set_new(o, "costDetails", costs);
}

/* --- when */

static void put_time(json_t *o, const char *member, apr_int64_t us)
{
    char text[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(text, us);
    json_object_set_new(o, member, json_string(text));
}

/* The first token: a time (SDKs write it with the quotes of JSON), or so long behind the begin. */
static void put_completion(json_t *o, const json_t *attributes, apr_int64_t start_us, apr_pool_t *p)
{
    const char *text = json_string_value(json_object_get(attributes, "langfuse.observation.completion_start_time"));
    json_t *seconds = json_object_get(attributes, "gen_ai.response.time_to_first_chunk");
    json_t *ms = json_object_get(attributes, "ai.response.msToFirstChunk");
    double wait = json_is_number(seconds) ? json_number_value(seconds) * 1e6
                                          : json_is_number(ms) ? json_number_value(ms) * 1e3 : -1;
    size_t len = text != NULL ? strlen(text) : 0;

    if (len > 2 && text[0] == '"' && text[len - 1] == '"')
        text = apr_pstrmemdup(p, text + 1, len - 2);
    if (text != NULL)
        json_object_set_new(o, "completionStartTime", json_string(text));
    else if (wait >= 0 && wait < 1e14)
        put_time(o, "completionStartTime", start_us + (apr_int64_t)wait);
}

/* --- what else it says */

/* What is a member of the observation, or its input and output: none of it is kept as an attribute. The second is a matter of
 * trust: whoever did not ask for messages to be kept does not find them in the metadata. */
static int is_elsewhere(const char *key)
{
    static const char *const begins[] = {
        "langfuse.", USAGE, "gen_ai.prompt", "gen_ai.completion", "gen_ai.input", "gen_ai.output", "gen_ai.system_instructions",
        "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.definitions", "gen_ai.request.model",
        "gen_ai.response.model", "gen_ai.retrieval.documents", "llm.input_messages", "llm.output_messages", "llm.prompts",
        "llm.token_count.", "input.", "output.", "input", "output", "ai.prompt", "ai.response.text", "ai.response.object",
        "ai.response.toolCalls", "ai.toolCall.args", "ai.toolCall.result", "ai.value", "ai.values", "ai.embedding",
        "ai.embeddings", "traceloop.entity.input", "traceloop.entity.output", "mlflow.spanInputs", "mlflow.spanOutputs",
        "lk.", "retrieval.documents", "tool_arguments", "tool_response", "all_messages_events",
        "pydantic_ai.all_messages", "events", "user.id", "session.id"
    };
    size_t i;

    for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
        size_t len = strlen(begins[i]);

        if (strncmp(key, begins[i], len) == 0 && (key[len] == '\0' || key[len] == '.' || begins[i][len - 1] == '.'))
            return 1;
    }
    return 0;
}

static void put_cut(json_t *to, const char *key, json_t *value, apr_pool_t *p)
{
    if (json_is_string(value) && json_string_length(value) > ATTRIBUTE_MAX)
        json_object_set_new(to, key, json_string(bm_text_clean_utf8(json_string_value(value), json_string_length(value),
                                                                    ATTRIBUTE_MAX, p)));
    else
        json_object_set(to, key, value);
}

/* "prefix": an object, or the text of one, whose members count; "prefix.name": a member. */
static void put_metadata(json_t *metadata, const json_t *attributes, const char *prefix)
{
    size_t len = strlen(prefix);
    json_t *whole = structured(json_object_get(attributes, prefix), is_object), *value;
    const char *key;

    if (whole != NULL)
        json_object_update(metadata, whole);
    json_decref(whole);
    json_object_foreach((json_t *)(apr_uintptr_t)attributes, key, value) {
        json_t *parsed;

        if (strncmp(key, prefix, len) != 0 || key[len] != '.' || key[len + 1] == '\0')
            continue;
        parsed = structured(value, is_object);
        if (parsed == NULL)
            parsed = structured(value, is_array);
        if (parsed != NULL)
            json_object_set_new(metadata, key + len + 1, parsed);
        else
            json_object_set(metadata, key + len + 1, value);
    }
}

static json_t *others_of(const json_t *attributes, apr_pool_t *p)
{
    json_t *others = json_object(), *value;
    const char *key;

    json_object_foreach((json_t *)(apr_uintptr_t)attributes, key, value)
        if (!is_elsewhere(key) && !json_is_null(value))
            put_cut(others, key, value, p);
    return others;
}

static void put_object(json_t *o, const char *member, json_t *value)
{
    if (json_object_size(value) > 0)
        json_object_set(o, member, value);
    json_decref(value);
}

/* The same for all spans of a resource, and repeated in each: it must not be long. */
static json_t *resource_of(bm_push_spans_t *spans, json_t *resource)
{
    apr_size_t len;

    if (spans->resource != resource) {
        spans->resource = resource;
        spans->kept = bm_json_adopt(others_of(resource, spans->p), spans->p);
        bm_json_dump(&len, spans->kept, spans->p);
        if (len > RESOURCE_MAX)
            json_object_clear(spans->kept);
    }
    return json_incref(spans->kept);
}

static json_t *metadata_of(bm_push_spans_t *spans, const bm_push_span_t *span)
{
    json_t *metadata = json_object(), *scope = json_object();

    put_object(metadata, "attributes", others_of(span->attributes, spans->p));
    put_object(metadata, "resourceAttributes", resource_of(spans, span->resource));
    if (span->scope_name != NULL)
        json_object_set_new(scope, "name", json_string(span->scope_name));
    if (span->scope_version != NULL)
        json_object_set_new(scope, "version", json_string(span->scope_version));
    put_object(metadata, "scope", scope);
    put_metadata(metadata, span->attributes, "langfuse.trace.metadata");
    put_metadata(metadata, span->attributes, "langfuse.observation.metadata");
    return metadata;
}

/* Of the trace that it belongs to. */
static void put_trace(json_t *o, const bm_push_span_t *span, apr_pool_t *p)
{
    const json_t *a = span->attributes, *r = span->resource;
    json_t *tags = structured(json_object_get(a, "langfuse.trace.tags"), is_array);
    json_t *environment = first_of(a, "langfuse.environment\0deployment.environment.name\0deployment.environment\0");
    json_t *release = first_of(a, "langfuse.release\0"), *version = first_of(a, "langfuse.version\0");

    if (environment == NULL)
        environment = first_of(r, "langfuse.environment\0deployment.environment.name\0deployment.environment\0");
    put_text(o, "environment", environment, p);
    put_text(o, "release", release != NULL ? release : first_of(r, "langfuse.release\0"), p);
    put_text(o, "version", version != NULL ? version : first_of(r, "langfuse.version\0service.version\0"), p);
    put_text(o, "traceName", first_of(a, "langfuse.trace.name\0"), p);
    put_text(o, "userId", first_of(a, "langfuse.user.id\0user.id\0"), p);
    put_text(o, "sessionId", first_of(a, "langfuse.session.id\0session.id\0gen_ai.conversation.id\0"), p);
    if (tags != NULL)
        json_object_set_new(o, "tags", tags);
}

static json_t *observation_of(bm_push_spans_t *spans, const bm_push_span_t *span)
{
    apr_pool_t *p = spans->p;
    const json_t *a = span->attributes;
    json_t *o = json_object(), *level = first_of(a, "langfuse.observation.level\0");
    json_t *message = first_of(a, "langfuse.observation.status_message\0");

    json_object_set_new(o, "id", json_string(span->span_id));
    json_object_set_new(o, "traceId", json_string(span->trace_id));
    if (span->parent_id != NULL)
        json_object_set_new(o, "parentObservationId", json_string(span->parent_id));
    json_object_set_new(o, "type", json_string(type_of(a)));
    if (span->name != NULL)
        json_object_set_new(o, "name", json_string(span->name));
    put_time(o, "startTime", (apr_int64_t)(span->start_ns / 1000));
    if (span->end_ns > 0 && span->end_ns < NS_MAX)
        put_time(o, "endTime", (apr_int64_t)(span->end_ns / 1000));
    put_completion(o, a, (apr_int64_t)(span->start_ns / 1000), p);
    if (level != NULL)
        put(o, "level", level);
    else
        json_object_set_new(o, "level", json_string(span->failed ? "ERROR" : "DEFAULT"));
    if (message == NULL && span->status_message != NULL)
        json_object_set_new(o, "statusMessage", json_string(span->status_message));
    else if (message == NULL && span->failed && span->exception != NULL)
        message = first_of(span->exception, "exception.message\0exception.type\0");
    put_text(o, "statusMessage", message, p);
    put_text(o, "providedModelName", first_of(a, "langfuse.observation.model.name\0gen_ai.response.model\0gen_ai.request.model\0"
                                                 "llm.model_name\0ai.model.id\0"), p);
    put_trace(o, span, p);
    put_usage(o, a);
    put_object(o, "metadata", metadata_of(spans, span));
    put_text(o, "input", first_of(a, "langfuse.observation.input\0gen_ai.input.messages\0input.value\0"
                                     "gen_ai.tool.call.arguments\0ai.prompt.messages\0ai.prompt\0"), p);
    put_text(o, "output", first_of(a, "langfuse.observation.output\0gen_ai.output.messages\0output.value\0"
                                      "gen_ai.tool.call.result\0ai.response.text\0"), p);
    return o;
}

/* --- spans */

static apr_status_t count(bm_push_spans_t *spans)
{
    return ++spans->received > BM_PUSH_SPANS_MAX ? APR_ENOSPC : APR_SUCCESS;
}

apr_status_t bm_push_spans_reject(bm_push_spans_t *spans, const char *why)
{
    spans->rejected++;
    if (spans->why == NULL)
        spans->why = apr_psprintf(spans->p, "Span %d: %s", spans->received, why);
    return count(spans);
}

apr_status_t bm_push_spans_add(bm_push_spans_t *spans, const bm_push_span_t *span)
{
    if (span->trace_id == NULL)
        return bm_push_spans_reject(spans, "traceId must be 16 bytes that are not all zero.");
    if (span->span_id == NULL)
        return bm_push_spans_reject(spans, "spanId must be 8 bytes that are not all zero.");
    if (span->bad_parent)
        return bm_push_spans_reject(spans, "parentSpanId must be 8 bytes, or none.");
    if (span->start_ns < 1000 || span->start_ns >= NS_MAX)
        return bm_push_spans_reject(spans, "startTimeUnixNano must be a time since 1970.");
    json_array_append_new(spans->data, observation_of(spans, span));
    return count(spans);
}
