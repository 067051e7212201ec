/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_anthropic.h"

#include <string.h>
#include "target/target_spec.h"

/* Kinds of content blocks; reply->block is the open one. */
enum { BLOCK_NONE, BLOCK_THINKING, BLOCK_TEXT, BLOCK_TOOL };

static const char *error_type(int status)
{
    switch (status) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 413:
        return "request_too_large";
    case 429:
        return "rate_limit_error";
    case 529:
    case 503:
        return "overloaded_error";
    default:
        return status < 500 ? "invalid_request_error" : "api_error";
    }
}

static void error_of(bm_target_reply_t *reply, const char *type, bm_buffer_t *out)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "type");
    bm_jw_string(&w, "error");
    bm_jw_key(&w, "error");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "type");
    bm_jw_string(&w, type);
    bm_jw_key(&w, "message");
    bm_jw_string(&w, reply->error_message);
    bm_jw_end_object(&w);
    bm_jw_end_object(&w);
}

static void messages_error(bm_target_reply_t *reply, bm_buffer_t *out)
{
    error_of(reply, reply->spec.error_code ? reply->spec.error_code : error_type(reply->status), out);
}

static const char *stop_reason(const bm_target_reply_t *reply)
{
    if (reply->spec.finish_reason != NULL)
        return reply->spec.finish_reason;
    return reply->spec.tool ? "tool_use" : reply->by_limit ? "max_tokens" : "end_turn";
}

static void put_string(bm_buffer_t *out, const char *text)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    bm_jw_string(&w, text);
}

static void message_start(bm_target_reply_t *reply, bm_buffer_t *out)
{
    if (reply->started)
        return;
    reply->started = 1;
    bm_target_reply_putf(out, "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"%s\","
                         "\"type\":\"message\",\"role\":\"assistant\",\"model\":", reply->id);
    put_string(out, reply->model);
    bm_target_reply_put(out, ",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null");
    if (reply->spec.usage != BM_TARGET_USAGE_NEVER)
        bm_target_reply_putf(out, ",\"usage\":{\"input_tokens\":%" APR_INT64_T_FMT ",\"output_tokens\":1}",
                             bm_target_reply_prompt_tokens(reply));
    bm_target_reply_put(out, "}}\n\n");
}

static void block_stop(bm_target_reply_t *reply, bm_buffer_t *out)
{
    if (reply->block != BLOCK_NONE)
        bm_target_reply_putf(out, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":%d}\n\n",
                             reply->blocks - 1);
    reply->block = BLOCK_NONE;
}

static void block_start(bm_target_reply_t *reply, int block, bm_buffer_t *out)
{
    if (reply->block == block)
        return;
    block_stop(reply, out);
    reply->block = block;
    bm_target_reply_putf(out, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":%d,"
                         "\"content_block\":", reply->blocks++);
    if (block == BLOCK_THINKING)
        bm_target_reply_put(out, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n");
    else if (block == BLOCK_TEXT)
        bm_target_reply_put(out, "{\"type\":\"text\",\"text\":\"\"}}\n\n");
    else {
        bm_target_reply_putf(out, "{\"type\":\"tool_use\",\"id\":\"toolu_%s\",\"name\":", reply->id + 4);
        put_string(out, reply->spec.tool);
        bm_target_reply_put(out, ",\"input\":{}}}\n\n");
    }
}

static void content_delta(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    static const char *const deltas[] = {
        [BLOCK_THINKING] = "{\"type\":\"thinking_delta\",\"thinking\":",
        [BLOCK_TEXT] = "{\"type\":\"text_delta\",\"text\":",
        [BLOCK_TOOL] = "{\"type\":\"input_json_delta\",\"partial_json\":",
    };
    int block = step->kind == BM_TARGET_STEP_REASONING ? BLOCK_THINKING : reply->spec.tool ? BLOCK_TOOL : BLOCK_TEXT;

    message_start(reply, out);
    block_start(reply, block, out);
    bm_target_reply_putf(out, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":%d,\"delta\":",
                         reply->blocks - 1);
    bm_target_reply_put(out, deltas[block]);
    bm_target_reply_piece(reply, step->kind, step->first, step->tokens, out);
    bm_target_reply_put(out, "}}\n\n");
}

static void message_delta(bm_target_reply_t *reply, bm_buffer_t *out)
{
    message_start(reply, out);
    block_stop(reply, out);
    bm_target_reply_put(out, "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":");
    put_string(out, stop_reason(reply));
    bm_target_reply_put(out, ",\"stop_sequence\":null}");
    if (reply->spec.usage != BM_TARGET_USAGE_NEVER)
        bm_target_reply_putf(out, ",\"usage\":{\"output_tokens\":%u}", reply->sent);
    bm_target_reply_put(out, "}\n\n");
}

static void messages_step(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    switch (step->kind) {
    case BM_TARGET_STEP_ROLE:
        message_start(reply, out);
        break;
    case BM_TARGET_STEP_PING:
        bm_target_reply_put(out, "event: ping\ndata: {\"type\":\"ping\"}\n\n");
        break;
    case BM_TARGET_STEP_REASONING:
    case BM_TARGET_STEP_TEXT:
        content_delta(reply, step, out);
        break;
    case BM_TARGET_STEP_FINISH:
        message_delta(reply, out);
        break;
    case BM_TARGET_STEP_ERROR:
        bm_target_reply_put(out, "event: error\ndata: ");
        error_of(reply, reply->spec.error_code ? reply->spec.error_code : "overloaded_error", out);
        bm_target_reply_put(out, "\n\n");
        reply->over = 1;                    /* nothing follows an error, not even message_stop */
        break;
    case BM_TARGET_STEP_DONE:
        bm_target_reply_put(out, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        break;
    default:
        break;
    }
}

static void put_blocks(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_spec_t *spec = &reply->spec;

    bm_target_reply_put(out, "[");
    if (spec->reasoning_tokens > 0) {
        bm_target_reply_put(out, "{\"type\":\"thinking\",\"thinking\":");
        bm_target_reply_piece(reply, BM_TARGET_STEP_REASONING, 0, (apr_uint32_t)spec->reasoning_tokens, out);
        bm_target_reply_put(out, ",\"signature\":\"\"},");
    }
    if (spec->tool == NULL) {
        bm_target_reply_put(out, "{\"type\":\"text\",\"text\":");
        bm_target_reply_piece(reply, BM_TARGET_STEP_TEXT, 0, (apr_uint32_t)spec->tokens, out);
        bm_target_reply_put(out, "}]");
        return;
    }
    bm_target_reply_putf(out, "{\"type\":\"tool_use\",\"id\":\"toolu_%s\",\"name\":", reply->id + 4);
    put_string(out, spec->tool);
    bm_target_reply_put(out, ",\"input\":");
    bm_target_reply_put(out, spec->text && json_is_object(bm_json_adopt(json_loads(spec->text, 0, NULL), reply->p))
                             ? spec->text : "{}");
    bm_target_reply_put(out, "}]");
}

static void messages_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    bm_target_reply_putf(out, "{\"id\":\"%s\",\"type\":\"message\",\"role\":\"assistant\",\"model\":", reply->id);
    put_string(out, reply->model);
    bm_target_reply_put(out, ",\"content\":");
    put_blocks(reply, out);
    bm_target_reply_put(out, ",\"stop_reason\":");
    put_string(out, stop_reason(reply));
    bm_target_reply_put(out, ",\"stop_sequence\":null");
    if (reply->spec.usage != BM_TARGET_USAGE_NEVER)
        bm_target_reply_putf(out, ",\"usage\":{\"input_tokens\":%" APR_INT64_T_FMT ",\"output_tokens\":%" APR_INT64_T_FMT "}",
                             bm_target_reply_prompt_tokens(reply), reply->spec.tokens + reply->spec.reasoning_tokens);
    bm_target_reply_put(out, "}");
}

const bm_target_format_t bm_target_anthropic_format = {
    .stream_type = "text/event-stream; charset=utf-8",
    .step = messages_step,
    .whole = messages_whole,
    .error = messages_error,
};

void bm_target_anthropic_messages(bm_target_reply_t *reply)
{
    const json_t *model = json_object_get(reply->body, "model"), *limit = json_object_get(reply->body, "max_tokens");
    const json_t *messages = json_object_get(reply->body, "messages"), *stream = json_object_get(reply->body, "stream");

    if (!json_is_string(model))
        bm_target_reply_fail(reply, 400, NULL, "model", "model: a string is required.");
    else if (!json_is_integer(limit) || json_integer_value(limit) < 1)
        bm_target_reply_fail(reply, 400, NULL, "max_tokens", "max_tokens: a positive integer is required.");
    else if (!json_is_array(messages) || json_array_size(messages) == 0)
        bm_target_reply_fail(reply, 400, NULL, "messages", "messages: at least one message is required.");
    else if (stream != NULL && !json_is_boolean(stream))
        bm_target_reply_fail(reply, 400, NULL, "stream", "stream: must be true or false.");
    else {
        reply->model = json_string_value(model);
        if (reply->spec.tokens < 0 && reply->spec.text == NULL) {
            reply->spec.tokens = json_integer_value(limit) < BM_TARGET_SPEC_MAX_TOKENS ? json_integer_value(limit)
                                                                                       : BM_TARGET_SPEC_MAX_TOKENS;
            reply->by_limit = 1;
        }
        reply->spec.streamed = json_is_true(stream);
        reply->id = bm_target_reply_make_id(reply, "msg_");
    }
    if (reply->spec.usage == BM_TARGET_USAGE_AUTO)
        reply->asked_usage = 1;             /* this protocol always reports it, inside other events */
}
