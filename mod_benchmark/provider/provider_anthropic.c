/* SPDX-License-Identifier: Apache-2.0
 *
 * provider_anthropic.c: Anthropic's Messages API, streamed or whole.
 *
 * A stream is message_start, blocks (start, deltas, stop), message_delta with the stop reason, message_stop. It is
 * complete with message_stop, or with a clean end of the body behind a stop reason. Thinking is reasoning;
 * the API's input_tokens leave out what came from or went to the cache, our prompt tokens do not. */
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"
#include "provider/provider_request.h"
#include "provider/provider_stream.h"
#include "provider/provider_text.h"
#include "provider/provider_url.h"

#define DEFAULT_URL "https://api.anthropic.com"
#define DEFAULT_VERSION "2023-06-01"
#define DEFAULT_MAX_TOKENS 1024

static const bm_field_t connection_fields[] = {
    { "url", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 8000,
      .doc = "Base URL, with or without /v1, or the whole endpoint; absent: " DEFAULT_URL "." },
    { "model", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 500, .doc = "Model to ask for; inputs.model replaces it." },
    { "version", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 100, .doc = "Header anthropic-version; absent: " DEFAULT_VERSION "." },
    { "stream", BM_TYPE_BOOL, BM_FIELD_NULLABLE, .doc = "Ask for a stream; absent: true." },
    { "body", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .doc = "More members of the request body." },
    BM_PROVIDER_COMMON_FIELDS,
    { NULL }
};

static const bm_field_t input_fields[] = {
    { "prompt", BM_TYPE_STRING, 0, .doc = "The user's message, unless messages is given." },
    { "system", BM_TYPE_ANY, 0, .doc = "System prompt." },
    { "messages", BM_TYPE_ARRAY, 0, .doc = "The whole conversation, as the API takes it." },
    { "max_tokens", BM_TYPE_INT, 0,
      .doc = "Longest answer; absent: 1024. Other members of the API (temperature, tools, thinking ...) are sent as they are, "
             "as are those that begin with x_; all others are for placeholders only." },
    { NULL }
};

static const char *const members[] = {
    "model", "messages", "system", "max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "tools", "tool_choice",
    "thinking", "metadata", "service_tier", "container", "context_management", "mcp_servers", "output_config", NULL
};

static apr_status_t anthropic_check(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    const char *version = json_string_value(json_object_get(connection, "version"));
    apr_status_t url = bm_provider_request_check_url(connection, "url", 0, err, p);
    apr_status_t rest = bm_provider_request_check(connection, err, p);

    if (version != NULL && version[strspn(version, "0123456789-abcdefghijklmnopqrstuvwxyz.")] != '\0')
        rest = bm_err_violation(err, "/connection/version", "Must be a version such as " DEFAULT_VERSION ".");
    return url != APR_SUCCESS ? url : rest;
}

/* --- the question */

static apr_status_t make_body(const bm_call_t *call, json_t *body, bm_err_t *err)
{
    const json_t *prompt = json_object_get(call->inputs, "prompt"), *stream = json_object_get(call->inputs, "stream");
    const char *model = bm_provider_request_text(call, "model");

    if (model != NULL)
        json_object_set_new(body, "model", json_string(model));
    json_object_set_new(body, "max_tokens", json_integer(DEFAULT_MAX_TOKENS));
    bm_provider_request_members(call, body, members);
    json_object_set_new(body, "stream", json_boolean(bm_provider_request_flag(call, "stream",
                                                     json_is_boolean(stream) ? json_is_true(stream) : 1)));
    if (json_string_length(json_object_get(body, "model")) == 0)
        return bm_err_violation(err, "/connection/model", "Is missing.");
    if (json_array_size(json_object_get(body, "messages")) > 0)
        return APR_SUCCESS;
    if (!json_is_string(prompt))
        return bm_err_violation(err, "/inputs/prompt", "Must be a string, unless messages is given.");
    json_object_set_new(body, "messages", json_pack("[{s:s, s:O}]", "role", "user", "content", prompt));
    return APR_SUCCESS;
}

static apr_status_t anthropic_start(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    const char *base = bm_provider_request_text(call, "url"), *version = bm_provider_request_text(call, "version");
    json_t *body = bm_json_adopt(json_object(), call->p);
    apr_status_t rv = anthropic_check(call->connection, err, call->p);

    if (rv == APR_SUCCESS)
        rv = make_body(call, body, err);
    if (rv == APR_SUCCESS)
        rv = bm_provider_request_make(&next->request, call, "POST",
                                      bm_provider_url_endpoint(base ? base : DEFAULT_URL, "/messages", call->p), "x-api-key",
                                      err);
    if (rv != APR_SUCCESS)
        return rv;
    bm_provider_request_header(call, next->request, "anthropic-version", version ? version : DEFAULT_VERSION);
    bm_provider_request_header(call, next->request, "Accept",
                               json_is_true(json_object_get(body, "stream")) ? "text/event-stream" : "application/json");
    bm_provider_request_json_body(call, next->request, body);
    next->step = BM_STEP_EXCHANGE;
    return APR_SUCCESS;
}

/* --- the answer */

typedef struct message_t {
    bm_call_t *call;
    bm_provider_text_t *text;
    const char *id;
    apr_int64_t input, cache_read, cache_written, output;   /* tokens; -1: not said */
    int done, malformed, failed;
    bm_provider_error_t error;
} message_t;

static void set_count(apr_int64_t *count, const json_t *j)
{
    apr_int64_t value = bm_provider_answer_count(j);

    if (value >= 0)
        *count = value;
}

static void read_usage(message_t *m, const json_t *usage)
{
    set_count(&m->input, json_object_get(usage, "input_tokens"));
    set_count(&m->cache_read, json_object_get(usage, "cache_read_input_tokens"));
    set_count(&m->cache_written, json_object_get(usage, "cache_creation_input_tokens"));
    set_count(&m->output, json_object_get(usage, "output_tokens"));
}

static void settle_usage(message_t *m)
{
    bm_usage_t *usage = &m->call->answer.usage;

    if (m->input < 0 && m->output < 0)
        return;
    usage->completion = m->output;
    usage->cached = m->cache_read;
    usage->prompt = m->input < 0 ? -1 : m->input + (m->cache_read > 0 ? m->cache_read : 0)
                                                 + (m->cache_written > 0 ? m->cache_written : 0);
    usage->provenance = "usage";
}

/* A block as it begins, or a whole one: text, thinking, a tool. */
static bm_chunk_kind_e read_block(message_t *m, apr_int64_t index, const json_t *block)
{
    const json_t *input = json_object_get(block, "input");
    json_t *arguments = NULL;

    if (bm_provider_text_add(m->text, BM_PROVIDER_CONTENT, json_object_get(block, "text")))
        return BM_CHUNK_CONTENT;
    if (bm_provider_text_add(m->text, BM_PROVIDER_REASONING, json_object_get(block, "thinking")))
        return BM_CHUNK_REASONING;
    if (json_string_length(json_object_get(block, "name")) == 0)
        return BM_CHUNK_OTHER;
    if (json_object_size(input) > 0)    /* {} at the beginning of a streamed one: its deltas follow */
        arguments = bm_json_adopt(json_string(bm_json_dump(NULL, input, m->call->p)), m->call->p);
    bm_provider_text_tool(m->text, index, json_object_get(block, "id"), json_object_get(block, "name"), arguments);
    return BM_CHUNK_TOOL;
}

static bm_chunk_kind_e read_delta(message_t *m, apr_int64_t index, const json_t *delta)
{
    if (bm_provider_text_add(m->text, BM_PROVIDER_CONTENT, json_object_get(delta, "text")))
        return BM_CHUNK_CONTENT;
    if (bm_provider_text_add(m->text, BM_PROVIDER_REASONING, json_object_get(delta, "thinking")))
        return BM_CHUNK_REASONING;
    if (json_string_length(json_object_get(delta, "partial_json")) > 0) {
        bm_provider_text_tool(m->text, index, NULL, NULL, json_object_get(delta, "partial_json"));
        return BM_CHUNK_TOOL;
    }
    return BM_CHUNK_OTHER;              /* signatures, citations */
}

static void read_head(message_t *m, const json_t *message)
{
    if (m->id == NULL)
        m->id = bm_provider_answer_text(json_object_get(message, "id"), m->call->p);
    if (m->call->answer.model == NULL)
        m->call->answer.model = bm_provider_answer_text(json_object_get(message, "model"), m->call->p);
    read_usage(m, json_object_get(message, "usage"));
}

static void read_stop(message_t *m, const json_t *holder)
{
    const char *reason = bm_provider_answer_text(json_object_get(holder, "stop_reason"), m->call->p);

    if (reason != NULL)
        m->call->answer.finish_reason = reason;
}

static bm_chunk_kind_e fail_stream(message_t *m, const bm_provider_event_t *event)
{
    if (!m->failed && (event->json == NULL || !bm_provider_answer_error(&m->error, event->json, m->call->p)))
        m->error.message = bm_text_clean_utf8(event->data, event->len, 300, m->call->p);
    m->error.object = NULL;
    m->failed = 1;
    return BM_CHUNK_ERROR;
}

static bm_chunk_kind_e message_event(void *baton, const bm_provider_event_t *event, apr_int32_t *tokens)
{
    message_t *m = baton;
    const char *type = json_string_value(json_object_get(event->json, "type"));
    apr_int64_t index = json_integer_value(json_object_get(event->json, "index"));

    (void)tokens;                       /* the API counts at the end only */
    if (strcmp(event->name, "error") == 0 || (type != NULL && strcmp(type, "error") == 0))
        return fail_stream(m, event);
    if (type == NULL) {
        if (!event->unterminated && !bm_provider_stream_is(event, "[DONE]") && !bm_provider_stream_is(event, ""))
            m->malformed++;
        return BM_CHUNK_OTHER;
    }
    if (strcmp(type, "content_block_delta") == 0)
        return read_delta(m, index, json_object_get(event->json, "delta"));
    if (strcmp(type, "content_block_start") == 0)
        return read_block(m, index, json_object_get(event->json, "content_block"));
    if (strcmp(type, "message_start") == 0) {
        read_head(m, json_object_get(event->json, "message"));
        return BM_CHUNK_ROLE;
    }
    if (strcmp(type, "message_delta") == 0) {
        read_usage(m, json_object_get(event->json, "usage"));
        read_stop(m, json_object_get(event->json, "delta"));
        return BM_CHUNK_FINISH;
    }
    if (strcmp(type, "message_stop") == 0)
        m->done = 1;
    return BM_CHUNK_OTHER;              /* ping, content_block_stop, and what may come one day */
}

static void keep(message_t *m)
{
    const bm_usage_t *usage = &m->call->answer.usage;
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_provider_text_write(m->text, &w);
    bm_jw_key(&w, "finish_reason");
    bm_jw_string(&w, m->call->answer.finish_reason);
    bm_jw_key(&w, "model");
    bm_jw_string(&w, m->call->answer.model);
    bm_jw_key(&w, "id");
    bm_jw_string(&w, m->id);
    if (usage->provenance != NULL) {
        bm_jw_key(&w, "usage");
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "input_tokens");
        bm_jw_int(&w, m->input);
        bm_jw_key(&w, "cache_read_input_tokens");
        bm_jw_int(&w, m->cache_read > 0 ? m->cache_read : 0);
        bm_jw_key(&w, "cache_creation_input_tokens");
        bm_jw_int(&w, m->cache_written > 0 ? m->cache_written : 0);
        bm_jw_key(&w, "output_tokens");
        bm_jw_int(&w, m->output);
        bm_jw_end_object(&w);
    }
    if (m->failed) {
        bm_jw_key(&w, "error");
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "type");
        bm_jw_string(&w, m->error.type);
        bm_jw_key(&w, "message");
        bm_jw_string(&w, m->error.message);
        bm_jw_end_object(&w);
    }
    bm_jw_end_object(&w);
    bm_provider_answer_keep(m->call, &out);
}

static void read_stream(message_t *m, const bm_exchange_t *x)
{
    bm_call_t *call = m->call;
    apr_status_t rv;

    call->answer.stream = BM_STREAM_TOKENS;
    rv = bm_provider_stream_events(call, x, message_event, NULL, m);
    if (m->failed)
        bm_provider_answer_stream_error(call, &m->error);
    else if (rv != APR_SUCCESS || m->malformed > 0)
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN,
                                "The stream holds an event that cannot be read.");
    else if (m->done)
        bm_provider_answer_complete(call);
    else if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (call->answer.finish_reason != NULL)
        bm_provider_answer_complete(call);
    else
        bm_provider_answer_fail(call, "stream_truncated", 1, BM_EFFECT_UNKNOWN, "The stream ended without message_stop.");
}

static void read_whole(message_t *m, const bm_exchange_t *x, const json_t *j)
{
    const json_t *blocks = json_object_get(j, "content");
    const char *type = json_string_value(json_object_get(j, "type"));
    apr_size_t i;

    bm_provider_stream_whole(m->call, x);
    if (x->end != BM_END_COMPLETE) {
        bm_provider_answer_transport(m->call, x);
        return;
    }
    if (type != NULL && strcmp(type, "error") == 0) {
        m->failed = 1;
        (void)bm_provider_answer_error(&m->error, j, m->call->p);
        bm_provider_answer_stream_error(m->call, &m->error);
        return;
    }
    if (!json_is_array(blocks)) {
        bm_provider_answer_fail(m->call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The answer is not a message.");
        return;
    }
    read_head(m, j);
    read_stop(m, j);
    for (i = 0; i < json_array_size(blocks); i++)
        (void)read_block(m, (apr_int64_t)i, json_array_get(blocks, i));
    bm_provider_answer_complete(m->call);
}

static void anthropic_next(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    message_t m = { .call = call, .input = -1, .cache_read = -1, .cache_written = -1, .output = -1 };
    const json_t *j;

    next->step = BM_STEP_DONE;
    call->answer.measured = x;
    if (x->http_status == 0) {
        bm_provider_answer_transport(call, x);
        return;
    }
    if (x->http_status < 200 || x->http_status > 299) {
        bm_provider_stream_whole(call, x);
        bm_provider_answer_status(call, x);
        return;
    }
    m.text = bm_provider_text_make(bm_provider_answer_max(call), call->p);
    j = bm_provider_stream_form(x) == BM_PROVIDER_JSON ? bm_provider_answer_json(call, x) : NULL;
    if (j != NULL)
        read_whole(&m, x, j);
    else
        read_stream(&m, x);
    settle_usage(&m);
    keep(&m);
}

static apr_status_t anthropic_discover(bm_call_t *call, bm_http_request_t **request, bm_err_t *err)
{
    const char *base = bm_provider_request_text(call, "url"), *version = bm_provider_request_text(call, "version");
    const char *url = bm_provider_url_beside(base ? base : DEFAULT_URL, "/messages", "/models", call->p);
    apr_status_t rv;

    if (strchr(url, '?') == NULL)
        url = apr_pstrcat(call->p, url, "?limit=1000", NULL);      /* else it tells twenty */
    rv = bm_provider_request_make(request, call, "GET", url, "x-api-key", err);
    if (rv == APR_SUCCESS)
        bm_provider_request_header(call, *request, "anthropic-version", version ? version : DEFAULT_VERSION);
    return rv;
}

const bm_provider_t bm_provider_anthropic = {
    .name = "anthropic",
    .doc = "Anthropic's Messages API.",
    .repeatable = 1,
    .connection_fields = connection_fields,
    .input_fields = input_fields,
    .check = anthropic_check,
    .start = anthropic_start,
    .next = anthropic_next,
    .discover = anthropic_discover,
};
