/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_openai_chat.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "provider/provider_answer.h"
#include "provider/provider_mould.h"
#include "provider/provider_stream.h"
#include "provider/provider_text.h"

/* What has been read of one answer. Strings are in the call's pool. */
typedef struct chat_t {
    bm_call_t *call;
    bm_provider_text_t *text;
    bm_provider_mould_t *mould;      /* of chunks that are content of the first choice and nothing else */
    const char *id, *fingerprint, *service_tier;
    const char *usage, *timings;     /* as JSON, as they came last */
    int content_chunks;
    int usage_seen_at, timings_seen_at;   /* content chunks there were by then */
    bm_usage_t counts;               /* of usage */
    bm_usage_t timed;                /* of timings */
    apr_int64_t running;             /* running count of output tokens; 0: none yet */
    int done;                        /* [DONE] has come */
    int malformed;                   /* events that could not be read */
    int failed;
    bm_provider_error_t error;
} chat_t;

static const bm_usage_t no_usage = { -1, -1, -1, -1, NULL };

/* --- members */

static void take_text(chat_t *chat, const char **to, const json_t *j)
{
    if (*to == NULL)
        *to = bm_provider_answer_text(j, chat->call->p);
}

/* The last one counts: keep j's text. */
static void take_json(chat_t *chat, const char **to, const json_t *j)
{
    *to = bm_json_dump(NULL, j, chat->call->p);
}

static void set_count(apr_int64_t *count, const json_t *j)
{
    apr_int64_t value = bm_provider_answer_count(j);

    if (value >= 0)
        *count = value;
}

void bm_provider_openai_chat_usage(bm_usage_t *usage, const json_t *j)
{
    set_count(&usage->prompt, json_object_get(j, "prompt_tokens"));
    set_count(&usage->completion, json_object_get(j, "completion_tokens"));
    set_count(&usage->reasoning, json_object_get(json_object_get(j, "completion_tokens_details"), "reasoning_tokens"));
    set_count(&usage->cached, json_object_get(json_object_get(j, "prompt_tokens_details"), "cached_tokens"));
    usage->provenance = "usage";
}

/* llama-server: prompt_n is what was processed, cache_n what did not need to be. */
static void read_timings(chat_t *chat, const json_t *timings)
{
    double ms = json_number_value(json_object_get(timings, "prompt_ms"))
        + json_number_value(json_object_get(timings, "predicted_ms"));

    chat->timed = no_usage;
    set_count(&chat->timed.completion, json_object_get(timings, "predicted_n"));
    set_count(&chat->timed.prompt, json_object_get(timings, "prompt_n"));
    set_count(&chat->timed.cached, json_object_get(timings, "cache_n"));
    if (chat->timed.prompt >= 0 && chat->timed.cached > 0)
        chat->timed.prompt += chat->timed.cached;
    chat->timed.provenance = "timings";
    if (ms > 0 && ms < 1e12)
        chat->call->answer.server_us = (apr_int64_t)(ms * 1000.0);
    take_json(chat, &chat->timings, timings);
}

/* What describes the answer as a whole; the same in chunks and in whole answers. */
static void read_head(chat_t *chat, const json_t *j)
{
    take_text(chat, &chat->id, json_object_get(j, "id"));
    take_text(chat, &chat->call->answer.model, json_object_get(j, "model"));
    take_text(chat, &chat->fingerprint, json_object_get(j, "system_fingerprint"));
    take_text(chat, &chat->service_tier, json_object_get(j, "service_tier"));
}

static void read_usage(chat_t *chat, const json_t *j)
{
    const json_t *usage = json_object_get(j, "usage"), *timings = json_object_get(j, "timings");

    if (json_is_object(usage)) {
        bm_provider_openai_chat_usage(&chat->counts, usage);
        take_json(chat, &chat->usage, usage);
        chat->usage_seen_at = chat->content_chunks;
    }
    if (json_is_object(timings)) {
        read_timings(chat, timings);
        chat->timings_seen_at = chat->content_chunks;
    }
}

/* Whether a tool call of a delta or message says anything. */
static int read_tools(chat_t *chat, const json_t *delta, int keep)
{
    const json_t *calls = json_object_get(delta, "tool_calls"), *call, *function;
    const json_t *index;
    apr_size_t i;
    int any = 0;

    for (i = 0; i < json_array_size(calls); i++) {
        call = json_array_get(calls, i);
        function = json_object_get(call, "function");
        index = json_object_get(call, "index");
        if (!keep) {
            any |= json_string_length(json_object_get(function, "name")) > 0
                || json_string_length(json_object_get(function, "arguments")) > 0;
            continue;
        }
        any |= bm_provider_text_tool(chat->text, json_is_integer(index) ? (apr_int64_t)json_integer_value(index)
                                                                         : (apr_int64_t)i,
                                     json_object_get(call, "id"), json_object_get(function, "name"),
                                     json_object_get(function, "arguments"));
    }
    function = json_object_get(delta, "function_call");          /* the form before tools */
    if (json_is_object(function) && keep)
        any |= bm_provider_text_tool(chat->text, 0, NULL, json_object_get(function, "name"),
                                     json_object_get(function, "arguments"));
    return any;
}

/* Text of one part; `keep`: it belongs to the first choice, the only one that is kept. */
static int read_part(chat_t *chat, bm_provider_part_e part, const json_t *piece, int keep)
{
    return keep ? bm_provider_text_add(chat->text, part, piece) : json_string_length(piece) > 0;
}

/* Content is a string, or an array of parts of which some may be thoughts (Mistral). *thought: whether there were any. */
static int read_content(chat_t *chat, const json_t *content, int keep, int *thought)
{
    const json_t *part, *inner;
    apr_size_t i, k;
    int any = 0;

    if (!json_is_array(content))
        return read_part(chat, BM_PROVIDER_CONTENT, content, keep);
    for (i = 0; i < json_array_size(content); i++) {
        part = json_array_get(content, i);
        inner = json_object_get(part, "thinking");
        any |= read_part(chat, BM_PROVIDER_CONTENT, json_object_get(part, "text"), keep);
        for (k = 0; k < json_array_size(inner); k++)
            *thought |= read_part(chat, BM_PROVIDER_REASONING, json_object_get(json_array_get(inner, k), "text"), keep);
    }
    return any;
}

/* What a delta (or a whole message) carries; the first of these that it has. Content before reasoning: it stops
 * both clocks. */
static bm_chunk_kind_e read_delta(chat_t *chat, const json_t *delta, int keep)
{
    const json_t *reasoning = json_object_get(delta, "reasoning_content");
    int content, thought, tool;

    if (json_string_length(reasoning) == 0)
        reasoning = json_object_get(delta, "reasoning");
    thought = read_part(chat, BM_PROVIDER_REASONING, reasoning, keep);
    content = read_content(chat, json_object_get(delta, "content"), keep, &thought);
    content |= read_part(chat, BM_PROVIDER_REFUSAL, json_object_get(delta, "refusal"), keep);
    tool = read_tools(chat, delta, keep);
    if (content || tool)
        return content ? BM_CHUNK_CONTENT : BM_CHUNK_TOOL;
    if (thought)
        return BM_CHUNK_REASONING;
    return json_object_get(delta, "role") != NULL ? BM_CHUNK_ROLE : BM_CHUNK_OTHER;
}

/* Which of two kinds says what a chunk is for the clocks. */
static int rank_of(bm_chunk_kind_e kind)
{
    static const int ranks[] = {
        [BM_CHUNK_CONTENT] = 6, [BM_CHUNK_TOOL] = 5, [BM_CHUNK_REASONING] = 4, [BM_CHUNK_FINISH] = 3,
        [BM_CHUNK_USAGE] = 2, [BM_CHUNK_ROLE] = 1, [BM_CHUNK_OTHER] = 0, [BM_CHUNK_ERROR] = 0, [BM_CHUNK_PROGRESS] = 0
    };

    return ranks[kind];
}

static bm_chunk_kind_e read_choice(chat_t *chat, const json_t *choice)
{
    const json_t *delta = json_object_get(choice, "delta"), *index = json_object_get(choice, "index");
    const json_t *reason = json_object_get(choice, "finish_reason");
    int keep = !json_is_integer(index) || json_integer_value(index) == 0;
    bm_chunk_kind_e kind;

    if (!json_is_object(delta))
        delta = json_object_get(choice, "message");
    kind = read_delta(chat, delta, keep);
    if (rank_of(kind) < rank_of(BM_CHUNK_TOOL) && read_part(chat, BM_PROVIDER_CONTENT, json_object_get(choice, "text"), keep))
        kind = BM_CHUNK_CONTENT;                                 /* the completions API before chats */
    if (json_string_length(reason) > 0) {
        if (keep)
            chat->call->answer.finish_reason = bm_provider_answer_text(reason, chat->call->p);
        if (rank_of(kind) < rank_of(BM_CHUNK_FINISH))
            kind = BM_CHUNK_FINISH;
    }
    return kind;
}

static bm_chunk_kind_e read_choices(chat_t *chat, const json_t *j)
{
    const json_t *choices = json_object_get(j, "choices");
    bm_chunk_kind_e kind = BM_CHUNK_OTHER, each;
    apr_size_t i;

    for (i = 0; i < json_array_size(choices); i++) {
        each = read_choice(chat, json_array_get(choices, i));
        if (rank_of(each) > rank_of(kind))
            kind = each;
    }
    if (kind == BM_CHUNK_CONTENT || kind == BM_CHUNK_TOOL || kind == BM_CHUNK_REASONING)
        chat->content_chunks++;
    return kind;
}

/* --- events */

/* An error member may be anything but null and "". */
static int has_error(const json_t *j)
{
    const json_t *error = json_object_get(j, "error");

    return error != NULL && !json_is_null(error) && !(json_is_string(error) && json_string_length(error) == 0);
}

static bm_chunk_kind_e fail_stream(chat_t *chat, const bm_provider_event_t *event)
{
    if (chat->failed)
        return BM_CHUNK_ERROR;
    chat->failed = 1;
    if (event->json == NULL || !bm_provider_answer_error(&chat->error, event->json, chat->call->p))
        chat->error.message = bm_text_clean_utf8(event->data, event->len, 300, chat->call->p);
    chat->error.object = NULL;          /* goes with the event */
    return BM_CHUNK_ERROR;
}

/* Servers that count as they go say how many tokens a chunk has brought. Only where there is content: the usage record is no
 * chunk's, and llama-server's progress has the timings of the request that was served before. */
static void count_tokens(chat_t *chat, const json_t *j, bm_chunk_kind_e kind, apr_int32_t *tokens)
{
    apr_int64_t now = -1;

    if (rank_of(kind) < rank_of(BM_CHUNK_REASONING))
        return;
    set_count(&now, json_object_get(json_object_get(j, "usage"), "completion_tokens"));
    if (now < 0)
        set_count(&now, json_object_get(json_object_get(j, "timings"), "predicted_n"));
    if (now < chat->running || now > APR_INT32_MAX)
        return;
    *tokens = (apr_int32_t)(now - chat->running);
    chat->running = now;
}

/* Whether the only thing that a chunk says is a text: one choice, the first, whose delta has content and perhaps a role. */
static int is_text_only(const json_t *j)
{
    const json_t *choice = json_array_get(json_object_get(j, "choices"), 0), *delta = json_object_get(choice, "delta");
    const json_t *index = json_object_get(choice, "index"), *reason = json_object_get(choice, "finish_reason");
    size_t role = json_object_get(delta, "role") != NULL;

    return json_array_size(json_object_get(j, "choices")) == 1 && (index == NULL || json_integer_value(index) == 0)
        && json_string_length(reason) == 0 && json_object_get(choice, "text") == NULL
        && json_is_string(json_object_get(delta, "content")) && json_object_size(delta) == 1 + role
        && !json_is_object(json_object_get(j, "usage")) && json_object_get(j, "timings") == NULL;
}

static int chat_quick(void *baton, const char *data, apr_size_t len, bm_chunk_kind_e *kind)
{
    chat_t *chat = baton;
    const char *text = bm_provider_mould_fit(chat->mould, &len, data, len);

    if (text == NULL)
        return 0;
    bm_provider_text_put(chat->text, BM_PROVIDER_CONTENT, text, len);
    chat->content_chunks++;
    *kind = BM_CHUNK_CONTENT;
    return 1;
}

static bm_chunk_kind_e chat_event(void *baton, const bm_provider_event_t *event, apr_int32_t *tokens)
{
    chat_t *chat = baton;
    bm_chunk_kind_e kind;

    if (bm_provider_stream_is(event, "[DONE]")) {
        chat->done = 1;
        return BM_CHUNK_OTHER;
    }
    if (strcmp(event->name, "error") == 0 || has_error(event->json))
        return fail_stream(chat, event);
    if (!json_is_object(event->json)) {
        /* an event cut by the end of the body is a matter of the end, not of the format */
        if (!bm_provider_stream_is(event, "") && !event->unterminated)
            chat->malformed++;
        return BM_CHUNK_OTHER;
    }
    read_head(chat, event->json);
    kind = read_choices(chat, event->json);
    read_usage(chat, event->json);
    count_tokens(chat, event->json, kind, tokens);
    if (kind == BM_CHUNK_OTHER && json_is_object(json_object_get(event->json, "usage")))
        return BM_CHUNK_USAGE;
    if (kind == BM_CHUNK_CONTENT && is_text_only(event->json))
        bm_provider_mould_cast(chat->mould, "content", event->data, event->len);
    return kind;
}

/* --- verdict */

/* llama-server's usage does not say what came from its cache. Its timings do: cache_n, before that by what was processed. */
static void add_cached(const chat_t *chat, bm_usage_t *usage)
{
    if (chat->usage == NULL || chat->timings == NULL || usage->cached >= 0)
        return;
    if (chat->timed.cached >= 0)
        usage->cached = chat->timed.cached;
    else if (chat->timed.prompt >= 0 && usage->prompt >= chat->timed.prompt)
        usage->cached = usage->prompt - chat->timed.prompt;
}

static void settle_usage(chat_t *chat)
{
    bm_usage_t *usage = &chat->call->answer.usage;

    *usage = no_usage;
    if (chat->usage != NULL)
        *usage = chat->counts;
    else if (chat->timings != NULL)
        *usage = chat->timed;
    /* a preview before the last content says nothing about the output */
    if (usage->provenance != NULL
        && (chat->usage != NULL ? chat->usage_seen_at : chat->timings_seen_at) < chat->content_chunks) {
        usage->completion = usage->reasoning = -1;
        if (chat->usage != NULL && chat->timings != NULL && chat->timings_seen_at == chat->content_chunks) {
            usage->completion = chat->timed.completion;
            usage->provenance = "timings";
        }
    }
    if (usage->completion < 0 && chat->content_chunks > 0) {
        usage->completion = chat->content_chunks;
        usage->provenance = "counted";
    }
    add_cached(chat, usage);
}

static void raw_member(bm_jw_t *w, const char *name, const char *json)
{
    if (json == NULL)
        return;
    bm_jw_key(w, name);
    bm_jw_raw(w, json, strlen(json));
}

static void text_member(bm_jw_t *w, const char *name, const char *text)
{
    if (text == NULL)
        return;
    bm_jw_key(w, name);
    bm_jw_string(w, text);
}

static void keep(chat_t *chat)
{
    const bm_answer_t *answer = &chat->call->answer;
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_provider_text_write(chat->text, &w);
    bm_jw_key(&w, "finish_reason");
    bm_jw_string(&w, answer->finish_reason);
    text_member(&w, "model", answer->model);
    text_member(&w, "id", chat->id);
    text_member(&w, "system_fingerprint", chat->fingerprint);
    text_member(&w, "service_tier", chat->service_tier);
    raw_member(&w, "usage", chat->usage);
    raw_member(&w, "timings", chat->timings);
    if (chat->failed) {
        bm_jw_key(&w, "error");
        bm_jw_begin_object(&w);
        text_member(&w, "message", chat->error.message);
        text_member(&w, "type", chat->error.type);
        text_member(&w, "code", chat->error.code);
        bm_jw_end_object(&w);
    }
    bm_jw_end_object(&w);
    bm_provider_answer_keep(chat->call, &out);
}

/* finish reasons that are failures (OpenRouter, vLLM) */
static int is_broken_off(const char *reason)
{
    return reason != NULL && (strcmp(reason, "error") == 0 || strcmp(reason, "abort") == 0);
}

static void judge_stream(chat_t *chat, const bm_exchange_t *x, apr_status_t rv)
{
    bm_call_t *call = chat->call;

    if (!chat->failed && is_broken_off(call->answer.finish_reason)) {
        chat->failed = 1;
        chat->error.message = apr_pstrcat(call->p, "finish_reason is ", call->answer.finish_reason, NULL);
    }
    if (chat->failed)
        bm_provider_answer_stream_error(call, &chat->error);
    else if (rv != APR_SUCCESS || chat->malformed > 0)
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN,
                                "The stream holds %s.", rv == APR_SUCCESS ? "an event that is not a JSON object"
                                                                          : "an event that is too large");
    else if (chat->done)
        bm_provider_answer_complete(call);
    else if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (call->answer.finish_reason != NULL)
        bm_provider_answer_complete(call);
    else
        bm_provider_answer_fail(call, "stream_truncated", 1, BM_EFFECT_UNKNOWN,
                                "The stream ended without [DONE] and without a finish_reason.");
}

static void read_stream(chat_t *chat, const bm_exchange_t *x)
{
    apr_status_t rv;

    chat->call->answer.stream = BM_STREAM_TOKENS;
    chat->mould = bm_provider_mould_make(chat->call->p);
    rv = bm_provider_stream_events(chat->call, x, chat_event, chat_quick, chat);
    settle_usage(chat);
    judge_stream(chat, x, rv);
    keep(chat);
}

/* --- whole answers */

static void read_whole(chat_t *chat, const bm_exchange_t *x)
{
    const json_t *j = bm_provider_answer_json(chat->call, x);
    bm_call_t *call = chat->call;

    bm_provider_stream_whole(call, x);
    if (x->end != BM_END_COMPLETE) {
        bm_provider_answer_transport(call, x);
        return;
    }
    if (has_error(j)) {
        chat->failed = 1;
        (void)bm_provider_answer_error(&chat->error, j, call->p);
        bm_provider_answer_stream_error(call, &chat->error);
    }
    else if (json_array_size(json_object_get(j, "choices")) == 0)
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The answer is not a chat completion.");
    else {
        read_head(chat, j);
        (void)read_choices(chat, j);
        read_usage(chat, j);
        if (chat->usage != NULL || chat->timings != NULL)
            call->answer.usage = chat->usage ? chat->counts : chat->timed;
        add_cached(chat, &call->answer.usage);
        if (is_broken_off(call->answer.finish_reason))
            bm_provider_answer_fail(call, "stream_error", 1, BM_EFFECT_SETTLED, "The target broke off its answer.");
        else
            bm_provider_answer_complete(call);
    }
    keep(chat);
}

void bm_provider_openai_chat_read(bm_call_t *call, const bm_exchange_t *x)
{
    chat_t chat = { .call = call, .counts = no_usage, .timed = no_usage };

    chat.text = bm_provider_text_make(bm_provider_answer_max(call), call->p);
    switch (bm_provider_stream_form(x)) {
    case BM_PROVIDER_EVENTS:
        read_stream(&chat, x);
        break;
    case BM_PROVIDER_JSON:
        read_whole(&chat, x);
        break;
    case BM_PROVIDER_NEITHER:
        if (x->end != BM_END_COMPLETE)
            bm_provider_answer_transport(call, x);
        else
            bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN,
                                    "The answer is neither an event stream nor JSON.");
        break;
    }
}
