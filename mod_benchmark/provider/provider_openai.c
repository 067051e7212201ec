/* SPDX-License-Identifier: Apache-2.0
 *
 * provider_openai.c: chat completions and embeddings of OpenAI and of every server that speaks its protocol. */
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"
#include "provider/provider_openai_chat.h"
#include "provider/provider_openai_model.h"
#include "provider/provider_request.h"
#include "provider/provider_stream.h"
#include "provider/provider_url.h"

/* No more is read behind it. The line break keeps it apart from the same words inside JSON text, where it is escaped. */
static const char end_marker[] = "\ndata: [DONE]";

static const bm_field_t connection_fields[] = {
    { "url", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 8000,
      .doc = "Base URL, with or without /v1, or the whole endpoint; a path without a version gets /v1." },
    { "model", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 500,
      .doc = "Model to ask for; inputs.model replaces it. Absent: none is named; a target that refuses that is asked for its "
             "list of models (GET /v1/models), and if it has only one, for that." },
    { "api", BM_TYPE_ENUM, 0, .values = "chat|embeddings", .doc = "Which endpoint; absent: chat." },
    { "stream", BM_TYPE_BOOL, BM_FIELD_NULLABLE, .doc = "Ask for a stream (chat only); absent: true." },
    { "include_usage", BM_TYPE_BOOL, BM_FIELD_NULLABLE,
      .doc = "Ask for the usage record at the end of the stream; absent: true. False for servers that refuse stream_options." },
    { "body", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .doc = "More members of the request body, such as a server's extensions." },
    BM_PROVIDER_COMMON_FIELDS,
    { NULL }
};

static const bm_field_t input_fields[] = {
    { "prompt", BM_TYPE_STRING, 0, .doc = "The user's message, unless messages is given." },
    { "system", BM_TYPE_STRING, 0, .doc = "System message before the prompt." },
    { "messages", BM_TYPE_ARRAY, 0, .doc = "The whole conversation, as the API takes it." },
    { "input", BM_TYPE_ANY, 0, .doc = "What to embed (embeddings): a string or an array of strings; absent: the prompt." },
    { "max_tokens", BM_TYPE_INT, 0,
      .doc = "Longest answer. Other members of the API (temperature, seed, stop, tools ...) are sent as they are, as are those "
             "that begin with x_; all others are for placeholders only." },
    { NULL }
};

/* Inputs that are members of the request. */
static const char *const chat_members[] = {
    "model", "messages", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "n", "max_tokens", "max_completion_tokens",
    "min_tokens", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "response_format",
    "presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias", "logprobs", "top_logprobs", "user",
    "reasoning_effort", "verbosity", "modalities", "prediction", "service_tier", "store", "metadata", "stream_options",
    "ignore_eos", "timings_per_token", "return_progress", "sse_ping_interval", "cache_prompt", "chat_template_kwargs", NULL
};

static const char *const embedding_members[] = { "model", "input", "dimensions", "encoding_format", "user", NULL };

static apr_status_t openai_check(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t url = bm_provider_request_check_url(connection, "url", 1, err, p);
    apr_status_t rest = bm_provider_request_check(connection, err, p);

    return url != APR_SUCCESS ? url : rest;
}

static int is_embeddings(const bm_call_t *call)
{
    const char *api = bm_provider_request_text(call, "api");

    return api != NULL && strcmp(api, "embeddings") == 0;
}

/* --- the question */

static void add_message(json_t *messages, const char *role, const json_t *text)
{
    json_t *message = json_object();

    json_object_set_new(message, "role", json_string(role));
    json_object_set_new(message, "content", json_deep_copy(text));
    json_array_append_new(messages, message);
}

static apr_status_t add_messages(const bm_call_t *call, json_t *body, bm_err_t *err)
{
    const json_t *prompt = json_object_get(call->inputs, "prompt"), *system = json_object_get(call->inputs, "system");
    json_t *messages;

    if (json_array_size(json_object_get(body, "messages")) > 0)
        return APR_SUCCESS;
    if (!json_is_string(prompt))
        return bm_err_violation(err, "/inputs/prompt", "Must be a string, unless messages is given.");
    messages = json_array();
    if (json_string_length(system) > 0)
        add_message(messages, "system", system);
    add_message(messages, "user", prompt);
    json_object_set_new(body, "messages", messages);
    return APR_SUCCESS;
}

static apr_status_t chat_body(const bm_call_t *call, json_t *body, bm_err_t *err)
{
    const json_t *stream = json_object_get(call->inputs, "stream");
    int streamed = bm_provider_request_flag(call, "stream", json_is_boolean(stream) ? json_is_true(stream) : 1);

    bm_provider_request_members(call, body, chat_members);
    json_object_set_new(body, "stream", json_boolean(streamed));
    if (!streamed)
        json_object_del(body, "stream_options");
    else if (bm_provider_request_flag(call, "include_usage", 1)) {
        json_t *options = json_object_get(body, "stream_options");

        if (!json_is_object(options)) {
            json_object_set_new(body, "stream_options", json_object());
            options = json_object_get(body, "stream_options");
        }
        if (json_object_get(options, "include_usage") == NULL)
            json_object_set_new(options, "include_usage", json_true());
    }
    return add_messages(call, body, err);
}

static apr_status_t embedding_body(const bm_call_t *call, json_t *body, bm_err_t *err)
{
    const json_t *input;

    bm_provider_request_members(call, body, embedding_members);
    if (json_object_get(body, "input") == NULL && json_object_get(call->inputs, "prompt") != NULL)
        json_object_set_new(body, "input", json_deep_copy(json_object_get(call->inputs, "prompt")));
    input = json_object_get(body, "input");
    if (json_string_length(input) == 0 && json_array_size(input) == 0)
        return bm_err_violation(err, "/inputs/input", "Must be a string or an array that is not empty.");
    return APR_SUCCESS;
}

/* A call under way; in the call's pool. */
typedef struct openai_t {
    json_t *body;
    bm_answer_t blank;               /* the answer before anything was read */
    const bm_exchange_t *refused;    /* the answer to a request without a model; NULL: none was refused */
    int listing;                     /* the exchange under way is GET /v1/models */
} openai_t;

static const char *endpoint_of(const bm_call_t *call)
{
    return is_embeddings(call) ? "/embeddings" : "/chat/completions";
}

static apr_status_t ask(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    const char *url = bm_provider_url_endpoint(bm_provider_request_text(call, "url"), endpoint_of(call), call->p);
    const json_t *body = ((openai_t *)call->state)->body;
    int streamed = json_is_true(json_object_get(body, "stream"));
    apr_status_t rv = bm_provider_request_make(&next->request, call, "POST", url, "Authorization", err);

    if (rv != APR_SUCCESS)
        return rv;
    bm_provider_request_header(call, next->request, "Accept", streamed ? "text/event-stream" : "application/json");
    bm_provider_request_json_body(call, next->request, body);
    next->request->end_marker = streamed ? end_marker : NULL;
    next->step = BM_STEP_EXCHANGE;
    return APR_SUCCESS;
}

static apr_status_t openai_start(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    const char *model = bm_provider_request_text(call, "model");
    openai_t *openai = apr_pcalloc(call->p, sizeof(*openai));
    apr_status_t rv;

    if (bm_provider_request_text(call, "url") == NULL)
        return bm_err_violation(err, "/connection/url", "Is missing.");
    openai->body = bm_json_adopt(json_object(), call->p);
    openai->blank = call->answer;
    call->state = openai;
    if (model != NULL)
        json_object_set_new(openai->body, "model", json_string(model));
    rv = is_embeddings(call) ? embedding_body(call, openai->body, err) : chat_body(call, openai->body, err);
    return rv == APR_SUCCESS ? ask(call, next, err) : rv;
}

/* --- a target that wants a model */

/* The limit of the whole call holds for what is asked later as well. */
static void spend_time(bm_http_request_t *request, const bm_exchange_t *first, const bm_exchange_t *last)
{
    apr_int64_t spent_ms = (last->end_ns - first->added_ns) / 1000000;

    if (request->total_timeout_ms > 0)
        request->total_timeout_ms = request->total_timeout_ms > spent_ms ? request->total_timeout_ms - spent_ms : 1;
}

/* The refusal x is in the call's answer already, and stays there if nothing comes of this. */
static void ask_models(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    const char *base = bm_provider_request_text(call, "url");
    openai_t *openai = call->state;
    bm_next_t list = { .step = BM_STEP_EXCHANGE };

    if (bm_provider_request_make(&list.request, call, "GET", bm_provider_url_beside(base, endpoint_of(call), "/models", call->p),
                                 "Authorization", NULL) != APR_SUCCESS)
        return;
    bm_provider_request_header(call, list.request, "Accept", "application/json");
    spend_time(list.request, x, x);
    openai->refused = x;
    openai->listing = 1;
    *next = list;
}

static void read_models(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    openai_t *openai = call->state;
    const char *offered, *model = bm_provider_openai_model_only(&offered, call, x);

    openai->listing = 0;
    if (x->end == BM_END_CANCELLED)
        bm_provider_answer_transport(call, x);
    else if (model == NULL)
        bm_provider_answer_fail(call, call->answer.error_code, call->answer.transient, call->answer.effect,
                                "%s - connection.model names none%s%s", call->answer.error,
                                offered ? "; the target offers " : ", and the target did not say which it has",
                                offered ? offered : ".");
    else {
        json_object_set_new(openai->body, "model", json_string(model));
        call->answer = openai->blank;
        call->answer.only_model = model;
        if (ask(call, next, NULL) == APR_SUCCESS)
            spend_time(next->request, openai->refused, x);
    }
}

/* The exchange that was measured, as a part of a call that began with a refusal: planned when that was. */
static void span_call(bm_call_t *call, const bm_exchange_t *x)
{
    const openai_t *openai = call->state;
    bm_exchange_t *measured = apr_pmemdup(call->p, x, sizeof(*x));

    measured->planned_ns = openai->refused->planned_ns;
    call->answer.measured = measured;
    call->answer.began_ns = openai->refused->added_ns;
    call->answer.ended_ns = x->end_ns;
}

/* --- embeddings */

/* Vectors are what was asked for, but no one reads them here: their number and size are kept. */
static void keep_embeddings(bm_call_t *call, const json_t *j, const json_t *vectors)
{
    const json_t *first = json_object_get(json_array_get(vectors, 0), "embedding"), *usage = json_object_get(j, "usage");
    bm_buffer_t out = { 0 };
    const char *text;
    apr_size_t len;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "embeddings");
    bm_jw_int(&w, (apr_int64_t)json_array_size(vectors));
    bm_jw_key(&w, "dimensions");
    if (json_is_array(first))
        bm_jw_int(&w, (apr_int64_t)json_array_size(first));
    else
        bm_jw_null(&w);
    bm_jw_key(&w, "model");
    bm_jw_string(&w, call->answer.model);
    bm_jw_key(&w, "usage");
    text = bm_json_dump(&len, usage, call->p);
    bm_jw_raw(&w, text, len);
    bm_jw_end_object(&w);
    bm_provider_answer_keep(call, &out);
}

static void read_embeddings(bm_call_t *call, const bm_exchange_t *x)
{
    const json_t *j = bm_provider_answer_json(call, x), *vectors = json_object_get(j, "data");
    bm_provider_error_t e;

    bm_provider_stream_whole(call, x);
    if (x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (json_is_object(json_object_get(j, "error"))) {
        (void)bm_provider_answer_error(&e, j, call->p);
        bm_provider_answer_stream_error(call, &e);
    }
    else if (json_array_size(vectors) == 0 || json_object_get(json_array_get(vectors, 0), "embedding") == NULL)
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The answer is not a list of embeddings.");
    else {
        call->answer.model = bm_provider_answer_text(json_object_get(j, "model"), call->p);
        if (json_is_object(json_object_get(j, "usage")))
            bm_provider_openai_chat_usage(&call->answer.usage, json_object_get(j, "usage"));
        bm_provider_answer_complete(call);
        keep_embeddings(call, j, vectors);
    }
}

/* --- the answer */

static void openai_next(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    openai_t *openai = call->state;

    next->step = BM_STEP_DONE;
    if (openai->listing) {
        read_models(call, x, next);
        return;
    }
    call->answer.measured = x;
    if (openai->refused != NULL)
        span_call(call, x);
    if (x->http_status == 0)
        bm_provider_answer_transport(call, x);
    else if (x->http_status < 200 || x->http_status > 299) {
        bm_provider_stream_whole(call, x);
        bm_provider_answer_status(call, x);
        if (json_object_get(openai->body, "model") == NULL && bm_provider_openai_model_missing(call, x))
            ask_models(call, x, next);
    }
    else if (is_embeddings(call))
        read_embeddings(call, x);
    else
        bm_provider_openai_chat_read(call, x);
}

/* --- what it offers */

static apr_status_t openai_discover(bm_call_t *call, bm_http_request_t **request, bm_err_t *err)
{
    const char *base = bm_provider_request_text(call, "url");

    if (base == NULL)
        return bm_err_violation(err, "/connection/url", "Is missing.");
    return bm_provider_request_make(request, call, "GET", bm_provider_url_beside(base, endpoint_of(call), "/models", call->p),
                                    "Authorization", err);
}

const bm_provider_t bm_provider_openai = {
    .name = "openai",
    .doc = "Chat completions or embeddings of OpenAI and of servers that speak its protocol (vLLM, llama-server, Ollama, "
           "LiteLLM).",
    .repeatable = 1,
    .connection_fields = connection_fields,
    .input_fields = input_fields,
    .check = openai_check,
    .start = openai_start,
    .next = openai_next,
    .discover = openai_discover,
};
