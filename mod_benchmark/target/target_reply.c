/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "target/target_app.h"
#include "target/target_spec.h"

/* One token each; a power of two of them. The first token of a text goes without the blank. */
static const char *const words[] = {
    " the", " river", " runs", " under", " old", " stones", " while", " seven", " birds", " keep", " watch", " over",
    " its", " banks", " and", " no", " boat", " passes", " before", " noon", " because", " every", " lock", " opens",
    " late", " in", " spring", " so", " people", " wait", " with", " bread", " tea", " or", " songs", " until", " a",
    " bell", " tells", " them", " that", " water", " stands", " level", " again", " then", " ropes", " fall", " gates",
    " swing", " wide", " slow", " barges", " leave", " one", " by", " turn", " toward", " sea", " light", " where",
    " gulls", " cry", " loud"
};

typedef struct status_word_t {
    int status;
    const char *code;
    const char *message;
} status_word_t;

static const status_word_t status_words[] = {
    { 400, "invalid_request_error", "The request is not valid." },
    { 401, "invalid_api_key", "The API key is not valid." },
    { 403, "forbidden", "This is not allowed." },
    { 404, "not_found", "There is nothing here." },
    { 405, "method_not_allowed", "This method is not allowed here." },
    { 413, "request_too_large", "The request is too large." },
    { 429, "rate_limit_exceeded", "There are too many requests." },
    { 500, "server_error", "The server had an error." },
    { 502, "bad_gateway", "The server behind this one had an error." },
    { 503, "service_unavailable", "The server is overloaded." },
    { 529, "overloaded_error", "The server is overloaded." },
    { 0, "error", "An error was asked for." },
};

void bm_target_reply_put(bm_buffer_t *out, const char *text)
{
    bm_buffer_append(out, text, strlen(text));
}

void bm_target_reply_putf(bm_buffer_t *out, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    bm_target_reply_put(out, text);
}

const char *bm_target_reply_make_id(bm_target_reply_t *reply, const char *prefix)
{
    return apr_psprintf(reply->p, "%s%016" APR_UINT64_T_HEX_FMT, prefix, bm_target_app_next_id(reply->app));
}

void bm_target_reply_fail(bm_target_reply_t *reply, int status, const char *code, const char *param, const char *message)
{
    bm_target_spec_t *spec = &reply->spec;

    spec->status = status;
    spec->fault = BM_TARGET_FAULT_NONE;
    spec->header_ms = 0;
    reply->error_code = code;
    reply->error_param = param;
    reply->error_message = message;
}

/* Words of the status where the request named none. */
static void settle_error(bm_target_reply_t *reply)
{
    const status_word_t *word = status_words;
    int status = reply->status == 200 ? 500 : reply->status;    /* 200: an error event inside a stream */

    while (word->status != 0 && word->status != status)
        word++;
    if (reply->error_code == NULL)
        reply->error_code = reply->spec.error_code ? reply->spec.error_code : word->code;
    if (reply->error_message == NULL)
        reply->error_message = reply->spec.error_message ? reply->spec.error_message : word->message;
    /* It may quote the request. */
    reply->error_message = bm_text_clean_utf8(reply->error_message, strlen(reply->error_message), 4000, reply->p);
    if (reply->spec.retry_after_s > 0 && reply->status != 200)
        apr_table_setn(reply->headers, "Retry-After",
                       apr_psprintf(reply->p, "%" APR_INT64_T_FMT, reply->spec.retry_after_s));
}

static int starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* Cut spec.text into its tokens, at characters: no piece is empty and no character is in two. */
static void settle_text(bm_target_reply_t *reply)
{
    bm_target_spec_t *spec = &reply->spec;
    apr_size_t len = strlen(spec->text), i;
    apr_int64_t characters = 0, n = 0, token = 0;

    for (i = 0; i < len; i++)
        characters += starts_character(spec->text[i]);
    if (spec->tokens > characters)
        spec->tokens = characters;
    if (characters > 0 && spec->tokens == 0)
        spec->tokens = 1;
    reply->bounds = apr_palloc(reply->p, (apr_size_t)(spec->tokens + 1) * sizeof(*reply->bounds));
    for (i = 0; i < len; i++) {
        if (!starts_character(spec->text[i]))
            continue;
        if (token < spec->tokens && n == token * characters / spec->tokens)
            reply->bounds[token++] = (apr_uint32_t)i;
        n++;
    }
    reply->bounds[spec->tokens] = (apr_uint32_t)len;
}

/* Pieces of about four characters, as a tokeniser would make. */
static apr_int64_t tokens_of_text(const char *text)
{
    apr_int64_t n = (apr_int64_t)(strlen(text) + 3) / 4;

    return n > BM_TARGET_SPEC_MAX_TOKENS ? BM_TARGET_SPEC_MAX_TOKENS : n;
}

void bm_target_reply_settle(bm_target_reply_t *reply)
{
    bm_target_spec_t *spec = &reply->spec;

    if (spec->tokens < 0)
        spec->tokens = spec->text ? tokens_of_text(spec->text) : 32;
    if (spec->text != NULL)
        settle_text(reply);
    if (spec->usage == BM_TARGET_USAGE_AUTO)
        spec->usage = reply->asked_usage ? BM_TARGET_USAGE_ALWAYS : BM_TARGET_USAGE_NEVER;
    if (reply->format->stream_type == NULL)
        spec->streamed = 0;
}

void bm_target_reply_begin(bm_target_reply_t *reply, apr_int64_t wait_ns)
{
    bm_target_spec_t *spec = &reply->spec;

    if (!spec->streamed && spec->fault == BM_TARGET_FAULT_ERROR && spec->status == 200)
        reply->status = 500;            /* an answer in one piece has its error as a status, when it would be complete */
    else
        reply->status = (int)spec->status;
    settle_error(reply);
    if (spec->status != 200 || !spec->streamed)
        reply->content_type = reply->content_type ? reply->content_type : "application/json";
    else
        reply->content_type = reply->format->stream_type;
    bm_target_schedule_init(&reply->schedule, spec, wait_ns);
}

void bm_target_reply_render(bm_target_reply_t *reply, const bm_target_step_t *step, bm_buffer_t *out)
{
    static const char garbage[] = "data: {\"choices\":[{\"delta\":{\"content\":\xff\xfe\x01]]}\r\ndat\n\n\n\n";

    if (reply->over)
        return;
    if (step->kind == BM_TARGET_STEP_GARBAGE
        || (step->kind == BM_TARGET_STEP_WHOLE && reply->spec.fault == BM_TARGET_FAULT_GARBAGE))
        bm_buffer_append(out, garbage, sizeof(garbage) - 1);
    else if (step->kind == BM_TARGET_STEP_WHOLE && reply->status != 200)
        reply->format->error(reply, out);
    else if (step->kind == BM_TARGET_STEP_WHOLE)
        reply->format->whole(reply, out);
    else if (reply->format->step != NULL)
        reply->format->step(reply, step, out);
    reply->sent += step->tokens;
}

void bm_target_reply_piece(const bm_target_reply_t *reply, bm_target_step_e kind, apr_uint32_t first, apr_uint32_t tokens,
                           bm_buffer_t *out)
{
    apr_uint64_t seed = reply->spec.seed + (kind == BM_TARGET_STEP_REASONING ? 7919 : 0);
    apr_uint32_t i;

    if (kind != BM_TARGET_STEP_REASONING && reply->bounds != NULL) {
        bm_jw_t w;

        bm_jw_init(&w, out);
        bm_jw_string_n(&w, reply->spec.text + reply->bounds[first],
                       reply->bounds[first + tokens] - reply->bounds[first]);
        return;
    }
    bm_target_reply_put(out, "\"");
    for (i = first; i < first + tokens; i++)
        bm_target_reply_put(out, words[bm_rand_mix(seed + i) % (sizeof(words) / sizeof(words[0]))] + (i == 0));
    bm_target_reply_put(out, "\"");
}

apr_int64_t bm_target_reply_prompt_tokens(const bm_target_reply_t *reply)
{
    if (reply->spec.prompt_tokens >= 0)
        return reply->spec.prompt_tokens;
    return (apr_int64_t)(reply->request ? reply->request->body_len : 0) / 4 + 1;
}
