/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_openai.h"

#include <string.h>
#include <apr_base64.h>
#include <apr_strings.h>
#include "target/target_spec.h"

enum { MAX_DIMENSIONS = 4096, MAX_INPUTS = 2048, MAX_FLOATS = 1 << 20 };

/* --- errors */

static void error_object(bm_target_reply_t *reply, int status, bm_jw_t *w)
{
    bm_jw_begin_object(w);
    bm_jw_key(w, "error");
    bm_jw_begin_object(w);
    bm_jw_key(w, "message");
    bm_jw_string(w, reply->error_message);
    bm_jw_key(w, "type");
    bm_jw_string(w, status >= 500 ? "server_error" : status == 429 ? "requests" : "invalid_request_error");
    bm_jw_key(w, "param");
    bm_jw_string(w, reply->error_param);
    bm_jw_key(w, "code");
    bm_jw_string(w, reply->error_code);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

void bm_target_openai_error(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    error_object(reply, reply->status, &w);
}

/* --- chat completions */

static void usage_object(bm_target_reply_t *reply, bm_jw_t *w)
{
    apr_int64_t prompt = bm_target_reply_prompt_tokens(reply);

    bm_jw_begin_object(w);
    bm_jw_key(w, "prompt_tokens");
    bm_jw_int(w, prompt);
    bm_jw_key(w, "completion_tokens");
    bm_jw_int(w, reply->sent);
    bm_jw_key(w, "total_tokens");
    bm_jw_int(w, prompt + reply->sent);
    bm_jw_key(w, "completion_tokens_details");
    bm_jw_begin_object(w);
    bm_jw_key(w, "reasoning_tokens");
    bm_jw_int(w, reply->spec.reasoning_tokens);
    bm_jw_end_object(w);
    bm_jw_end_object(w);
}

static void put_usage(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    usage_object(reply, &w);
}

static const char *finish_reason(const bm_target_reply_t *reply)
{
    if (reply->spec.finish_reason != NULL)
        return reply->spec.finish_reason;
    return reply->spec.tool ? "tool_calls" : reply->by_limit ? "length" : "stop";
}

static const char *reasoning_member(const bm_target_reply_t *reply)
{
    return reply->spec.reasoning_member ? "reasoning" : "reasoning_content";
}

/* What follows the delta of a chunk. */
static void close_chunk(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_target_reply_put(out, ",\"logprobs\":null,\"finish_reason\":null}]");
    bm_target_reply_put(out, reply->asked_usage ? ",\"usage\":null}\n\n" : "}\n\n");
}

static void tool_delta(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    bm_target_reply_put(out, "{\"tool_calls\":[{\"index\":0,");
    if (step->first == 0) {
        bm_jw_t w;

        bm_target_reply_putf(out, "\"id\":\"call_%s\",\"type\":\"function\",\"function\":{\"name\":", reply->id + 9);
        bm_jw_init(&w, out);
        bm_jw_string(&w, reply->spec.tool);
        bm_target_reply_put(out, ",\"arguments\":");
    }
    else
        bm_target_reply_put(out, "\"function\":{\"arguments\":");
    bm_target_reply_piece(reply, step->kind, step->first, step->tokens, out);
    bm_target_reply_put(out, "}}]}");
}

static void content_chunk(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    bm_buffer_append(out, reply->prefix, reply->prefix_len);
    if (step->kind == BM_TARGET_STEP_TEXT && reply->spec.tool != NULL)
        tool_delta(reply, step, out);
    else {
        bm_target_reply_putf(out, "{\"%s\":", step->kind == BM_TARGET_STEP_TEXT ? "content" : reasoning_member(reply));
        bm_target_reply_piece(reply, step->kind, step->first, step->tokens, out);
        bm_target_reply_put(out, "}");
    }
    close_chunk(reply, out);
}

static void finish_chunk(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_jw_t w;

    bm_buffer_append(out, reply->prefix, reply->prefix_len);
    bm_target_reply_put(out, "{},\"logprobs\":null,\"finish_reason\":");
    bm_jw_init(&w, out);
    bm_jw_string(&w, finish_reason(reply));
    bm_target_reply_put(out, "}]");
    if (reply->spec.usage == BM_TARGET_USAGE_FINISH) {
        bm_target_reply_put(out, ",\"usage\":");
        put_usage(reply, out);
    }
    else if (reply->asked_usage)
        bm_target_reply_put(out, ",\"usage\":null");
    bm_target_reply_put(out, "}\n\n");
}

static void usage_chunk(bm_target_reply_t *reply, bm_buffer_t *out)
{
    static const char choices[] = "[{\"index\":0,\"delta\":";

    /* The prefix without its open choice. */
    bm_buffer_append(out, reply->prefix, reply->prefix_len - (sizeof(choices) - 1));
    bm_target_reply_put(out, "[],\"usage\":");
    put_usage(reply, out);
    bm_target_reply_put(out, "}\n\n");
}

static void chat_step(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    bm_jw_t w;

    switch (step->kind) {
    case BM_TARGET_STEP_ROLE:
        bm_buffer_append(out, reply->prefix, reply->prefix_len);
        bm_target_reply_put(out, "{\"role\":\"assistant\",\"content\":\"\"}");
        close_chunk(reply, out);
        break;
    case BM_TARGET_STEP_PING:
        bm_target_reply_put(out, ": ping\n\n");
        break;
    case BM_TARGET_STEP_REASONING:
    case BM_TARGET_STEP_TEXT:
        content_chunk(reply, step, out);
        break;
    case BM_TARGET_STEP_FINISH:
        finish_chunk(reply, out);
        break;
    case BM_TARGET_STEP_USAGE:
        usage_chunk(reply, out);
        break;
    case BM_TARGET_STEP_ERROR:
        bm_target_reply_put(out, "data: ");
        bm_jw_init(&w, out);
        error_object(reply, 500, &w);
        bm_target_reply_put(out, "\n\n");
        break;
    case BM_TARGET_STEP_DONE:
        bm_target_reply_put(out, "data: [DONE]\n\n");
        break;
    default:
        break;
    }
}

static void chat_message(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_spec_t *spec = &reply->spec;
    bm_jw_t w;

    bm_target_reply_put(out, "{\"role\":\"assistant\",\"content\":");
    if (spec->tool == NULL)
        bm_target_reply_piece(reply, BM_TARGET_STEP_TEXT, 0, (apr_uint32_t)spec->tokens, out);
    else {
        bm_target_reply_putf(out, "null,\"tool_calls\":[{\"id\":\"call_%s\",\"type\":\"function\",\"function\":{\"name\":",
                             reply->id + 9);
        bm_jw_init(&w, out);
        bm_jw_string(&w, spec->tool);
        bm_target_reply_put(out, ",\"arguments\":");
        bm_target_reply_piece(reply, BM_TARGET_STEP_TEXT, 0, (apr_uint32_t)spec->tokens, out);
        bm_target_reply_put(out, "}}]");
    }
    if (spec->reasoning_tokens > 0) {
        bm_target_reply_putf(out, ",\"%s\":", reasoning_member(reply));
        bm_target_reply_piece(reply, BM_TARGET_STEP_REASONING, 0, (apr_uint32_t)spec->reasoning_tokens, out);
    }
    bm_target_reply_put(out, "}");
}

static void chat_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_jw_t w;

    reply->sent = (apr_uint32_t)(reply->spec.tokens + reply->spec.reasoning_tokens);
    bm_target_reply_putf(out, "{\"id\":\"%s\",\"object\":\"chat.completion\",\"created\":%" APR_INT64_T_FMT ",\"model\":",
                         reply->id, reply->created);
    bm_jw_init(&w, out);
    bm_jw_string(&w, reply->model);
    bm_target_reply_put(out, ",\"choices\":[{\"index\":0,\"message\":");
    chat_message(reply, out);
    bm_target_reply_put(out, ",\"logprobs\":null,\"finish_reason\":");
    bm_jw_init(&w, out);
    bm_jw_string(&w, finish_reason(reply));
    bm_target_reply_put(out, "}]");
    if (reply->spec.usage != BM_TARGET_USAGE_NEVER) {
        bm_target_reply_put(out, ",\"usage\":");
        put_usage(reply, out);
    }
    bm_target_reply_put(out, "}");
    reply->sent = 0;                    /* the renderer counts the step's tokens */
}

const bm_target_format_t bm_target_openai_chat_format = {
    .stream_type = "text/event-stream; charset=utf-8",
    .step = chat_step,
    .whole = chat_whole,
    .error = bm_target_openai_error,
};

/* Everything up to the delta, made once per stream. */
static void make_prefix(bm_target_reply_t *reply)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_target_reply_putf(&out, "data: {\"id\":\"%s\",\"object\":\"chat.completion.chunk\",\"created\":%" APR_INT64_T_FMT
                         ",\"model\":", reply->id, reply->created);
    bm_jw_init(&w, &out);
    bm_jw_string(&w, reply->model);
    bm_target_reply_put(&out, ",\"choices\":[{\"index\":0,\"delta\":");
    reply->prefix = apr_pmemdup(reply->p, out.data, out.len);
    reply->prefix_len = out.len;
    bm_buffer_free(&out);
}

/* The client's limit on tokens. 0: it is wrong. */
static int read_limit(bm_target_reply_t *reply)
{
    const json_t *limit = json_object_get(reply->body, "max_completion_tokens");

    if (limit == NULL || json_is_null(limit))
        limit = json_object_get(reply->body, "max_tokens");
    if (limit == NULL || json_is_null(limit))
        return 1;
    if (!json_is_integer(limit) || json_integer_value(limit) < 1)
        return 0;
    if (reply->spec.tokens < 0 && reply->spec.text == NULL) {
        reply->spec.tokens = json_integer_value(limit) < BM_TARGET_SPEC_MAX_TOKENS ? json_integer_value(limit)
                                                                                   : BM_TARGET_SPEC_MAX_TOKENS;
        reply->by_limit = 1;
    }
    return 1;
}

/* Member that must be absent, null or of this type; NULL json if it is not there. 0: of another type. */
static int optional(const bm_target_reply_t *reply, const char *name, int is_boolean, const json_t **value)
{
    *value = json_object_get(reply->body, name);
    if (*value == NULL || json_is_null(*value)) {
        *value = NULL;
        return 1;
    }
    return is_boolean ? json_is_boolean(*value) : json_is_string(*value);
}

static int read_model(bm_target_reply_t *reply)
{
    const json_t *model;

    if (!optional(reply, "model", 0, &model)) {
        bm_target_reply_fail(reply, 400, NULL, "model", "model must be a string.");
        return 0;
    }
    reply->model = model ? json_string_value(model) : "reference-target";
    return 1;
}

void bm_target_openai_chat(bm_target_reply_t *reply)
{
    const json_t *messages = json_object_get(reply->body, "messages"), *stream, *n, *options;

    if (!read_model(reply))
        return;
    if (!json_is_array(messages) || json_array_size(messages) == 0) {
        bm_target_reply_fail(reply, 400, NULL, "messages", "messages must be an array with at least one message.");
        return;
    }
    if (!optional(reply, "stream", 1, &stream)) {
        bm_target_reply_fail(reply, 400, NULL, "stream", "stream must be true or false.");
        return;
    }
    n = json_object_get(reply->body, "n");
    if (n != NULL && !json_is_null(n) && json_integer_value(n) != 1) {
        bm_target_reply_fail(reply, 400, NULL, "n", "Only n = 1 is offered.");
        return;
    }
    if (!read_limit(reply)) {
        bm_target_reply_fail(reply, 400, NULL, "max_tokens", "max_tokens must be a positive integer.");
        return;
    }
    reply->spec.streamed = json_is_true(stream);
    options = json_object_get(reply->body, "stream_options");
    reply->asked_usage = reply->spec.streamed ? json_is_true(json_object_get(options, "include_usage")) : 1;
    reply->id = bm_target_reply_make_id(reply, "chatcmpl-");
    make_prefix(reply);
}

/* --- embeddings */

static apr_size_t inputs_of(const json_t *input)
{
    if (json_is_string(input))
        return 1;
    /* An array of integers is one input, already cut into tokens. */
    return json_is_integer(json_array_get(input, 0)) ? 1 : json_array_size(input);
}

static apr_size_t dimensions_of(const bm_target_reply_t *reply)
{
    json_int_t n = json_integer_value(json_object_get(reply->body, "dimensions"));

    return n >= 1 && n <= MAX_DIMENSIONS ? (apr_size_t)n : 8;
}

void bm_target_openai_embeddings(bm_target_reply_t *reply)
{
    const json_t *input = json_object_get(reply->body, "input");
    apr_size_t n = inputs_of(input);

    if (!read_model(reply))
        return;
    if (n == 0 || n > MAX_INPUTS || n * dimensions_of(reply) > MAX_FLOATS) {
        bm_target_reply_fail(reply, 400, NULL, "input", "input must be a string or an array of 1 to 2,048 strings.");
        return;
    }
    reply->spec.streamed = 0;
    reply->spec.tokens = reply->spec.reasoning_tokens = 0;      /* one answer after ttft_ms */
}

/* Values with a few digits, exact in both encodings. */
static float embedding_value(bm_rand_t *r)
{
    return (float)((double)bm_rand_below(r, 4096) / 2048.0 - 1.0);
}

static void put_embedding(bm_target_reply_t *reply, apr_size_t index, bm_jw_t *w)
{
    const char *encoding = json_string_value(json_object_get(reply->body, "encoding_format"));
    apr_size_t n = dimensions_of(reply), i;
    bm_rand_t r;

    bm_rand_seed(&r, reply->spec.seed + index);
    if (encoding != NULL && strcmp(encoding, "base64") == 0) {
        float *values = apr_palloc(reply->p, n * sizeof(*values));
        char *text = apr_palloc(reply->p, (apr_size_t)apr_base64_encode_len((int)(n * sizeof(*values))));

        for (i = 0; i < n; i++)
            values[i] = embedding_value(&r);
        apr_base64_encode_binary(text, (const unsigned char *)values, (int)(n * sizeof(*values)));
        bm_jw_string(w, text);
        return;
    }
    bm_jw_begin_array(w);
    for (i = 0; i < n; i++)
        bm_jw_double(w, embedding_value(&r));
    bm_jw_end_array(w);
}

static void embeddings_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    apr_size_t n = inputs_of(json_object_get(reply->body, "input")), i;
    bm_jw_t w;

    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "object");
    bm_jw_string(&w, "list");
    bm_jw_key(&w, "data");
    bm_jw_begin_array(&w);
    for (i = 0; i < n; i++) {
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "object");
        bm_jw_string(&w, "embedding");
        bm_jw_key(&w, "index");
        bm_jw_int(&w, (apr_int64_t)i);
        bm_jw_key(&w, "embedding");
        put_embedding(reply, i, &w);
        bm_jw_end_object(&w);
    }
    bm_jw_end_array(&w);
    bm_jw_key(&w, "model");
    bm_jw_string(&w, reply->model);
    bm_jw_key(&w, "usage");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "prompt_tokens");
    bm_jw_int(&w, bm_target_reply_prompt_tokens(reply));
    bm_jw_key(&w, "total_tokens");
    bm_jw_int(&w, bm_target_reply_prompt_tokens(reply));
    bm_jw_end_object(&w);
    bm_jw_end_object(&w);
}

const bm_target_format_t bm_target_openai_embeddings_format = {
    .whole = embeddings_whole,
    .error = bm_target_openai_error,
};

/* --- models */

void bm_target_openai_models(bm_target_reply_t *reply)
{
    reply->spec.tokens = 0;
    reply->spec.ttft_ms = 0;
    reply->spec.streamed = 0;
}

static void models_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    (void)reply;
    bm_target_reply_put(out, "{\"object\":\"list\",\"data\":[{\"id\":\"reference-target\",\"object\":\"model\","
                             "\"created\":1767225600,\"owned_by\":\"mod_benchmark\"}]}");
}

const bm_target_format_t bm_target_openai_models_format = {
    .whole = models_whole,
    .error = bm_target_openai_error,
};
