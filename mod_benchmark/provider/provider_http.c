/* SPDX-License-Identifier: Apache-2.0
 *
 * provider_http.c: any HTTP request. The connection's URL, headers and body are templates that were filled before. */
#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "net/header_guard.h"
#include "parse/json_pointer.h"
#include "provider/provider_answer.h"
#include "provider/provider_kinds.h"
#include "provider/provider_request.h"
#include "provider/provider_stream.h"

static const bm_field_t connection_fields[] = {
    { "url", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 8000,
      .doc = "URL; values put in for {{placeholders}} are percent-encoded, unless the URL begins with one." },
    { "method", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 32, .doc = "Request method; absent: GET, or POST if there is a body." },
    { "body", BM_TYPE_ANY, BM_FIELD_NULLABLE,
      .doc = "Request body: JSON, or text. Text that is JSON is filled as JSON, so that no value can change its structure; as "
             "a form (Content-Type application/x-www-form-urlencoded) values are percent-encoded. Absent with POST, PUT or "
             "PATCH: the merged inputs as a JSON object." },
    { "expect_status", BM_TYPE_ARRAY, BM_FIELD_NULLABLE, 1, 20,
      .doc = "Statuses that are success: numbers, \"2xx\" or \"200-204\"; absent: 2xx." },
    { "stream", BM_TYPE_ENUM, 0, .values = "none|sse|lines|chunks",
      .doc = "How the answer is cut into chunks: not at all (absent), server-sent events, lines, or reads from the network." },
    BM_PROVIDER_COMMON_FIELDS,
    { NULL }
};

/* --- expected statuses */

typedef struct range_t {
    apr_int64_t from, to;
} range_t;

static int read_status(range_t *range, const char *text, apr_pool_t *p)
{
    const char *dash = strchr(text, '-');

    if (strlen(text) == 3 && text[0] >= '1' && text[0] <= '5' && strcasecmp(text + 1, "xx") == 0) {
        range->from = (text[0] - '0') * 100;
        range->to = range->from + 99;
        return 1;
    }
    if (dash == NULL)
        dash = text + strlen(text);
    if (bm_text_to_int64(&range->from, apr_pstrmemdup(p, text, (apr_size_t)(dash - text)), 100, 599) != APR_SUCCESS)
        return 0;
    range->to = range->from;
    return *dash == '\0' || bm_text_to_int64(&range->to, dash + 1, range->from, 599) == APR_SUCCESS;
}

static int read_range(range_t *range, const json_t *j, apr_pool_t *p)
{
    if (json_is_integer(j)) {
        range->from = range->to = json_integer_value(j);
        return range->from >= 100 && range->from <= 599;
    }
    return json_is_string(j) && read_status(range, json_string_value(j), p);
}

static int is_expected(const bm_call_t *call, int status)
{
    const json_t *list = json_object_get(call->connection, "expect_status");
    range_t range;
    apr_size_t i;

    if (json_array_size(list) == 0)
        return status >= 200 && status <= 299;
    for (i = 0; i < json_array_size(list); i++)
        if (read_range(&range, json_array_get(list, i), call->p) && status >= range.from && status <= range.to)
            return 1;
    return 0;
}

static apr_status_t check_statuses(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    const json_t *list = json_object_get(connection, "expect_status");
    apr_status_t rv = APR_SUCCESS;
    range_t range;
    apr_size_t i;

    for (i = 0; i < json_array_size(list); i++)
        if (!read_range(&range, json_array_get(list, i), p))
            rv = bm_err_violation(err, bm_json_pointer_add_index("/connection/expect_status", i, p),
                                  "Must be a status from 100 to 599, \"2xx\", or a range such as \"200-204\".");
    return rv;
}

/* --- the request */

static const char *content_type(const json_t *connection)
{
    const json_t *headers = json_object_get(connection, "headers");
    json_t *value;
    const char *key;

    json_object_foreach((json_t *)(apr_uintptr_t)headers, key, value)
        if (strcasecmp(key, "Content-Type") == 0)
            return json_string_value(value);
    return NULL;
}

/* A text that means to be JSON must be it before it is filled, or a value could change its structure. */
static apr_status_t check_body(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    const json_t *body = json_object_get(connection, "body");
    const char *text = json_string_value(body), *type = content_type(connection);
    json_t *j;

    if (text == NULL || json_string_length(body) == 0)
        return APR_SUCCESS;
    if (type != NULL ? bm_text_find(type, strlen(type), "json", 4) == NULL : text[strspn(text, " \t\r\n")] != '{')
        return APR_SUCCESS;
    if (bm_json_parse(&j, text, json_string_length(body), NULL, p) == APR_SUCCESS)
        return APR_SUCCESS;
    return bm_err_violation(err, "/connection/body", "Must be valid JSON: put quotes around placeholders (\"{{name}}\"); a "
                            "string that is only a placeholder takes the type of its value.");
}

static apr_status_t http_check(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    const char *method = json_string_value(json_object_get(connection, "method"));
    bm_err_t *why = bm_err_make(p);
    apr_status_t rv = bm_provider_request_check_url(connection, "url", 1, err, p);

    if (method != NULL && bm_header_guard_method(method, why) != APR_SUCCESS)
        rv = bm_err_violation(err, "/connection/method", "%s", why->detail);
    if (method != NULL && strcasecmp(method, "CONNECT") == 0)
        rv = bm_err_violation(err, "/connection/method", "CONNECT is not offered.");
    if (check_statuses(connection, err, p) != APR_SUCCESS)
        rv = APR_EINVAL;
    if (check_body(connection, err, p) != APR_SUCCESS)
        rv = APR_EINVAL;
    if (bm_provider_request_check(connection, err, p) != APR_SUCCESS)
        rv = APR_EINVAL;
    return rv;
}

static const char *method_of(const bm_call_t *call, const json_t *body)
{
    const char *method = bm_provider_request_text(call, "method"), *at;
    char *upper;

    if (method == NULL)
        return body ? "POST" : "GET";
    upper = apr_pstrdup(call->p, method);
    for (at = method; *at; at++)
        upper[at - method] = (char)apr_toupper(*at);
    return upper;
}

static void add_body(bm_call_t *call, bm_http_request_t *request, const json_t *body)
{
    static const char *const with_body[] = { "POST", "PUT", "PATCH", NULL };
    int i;

    if (json_is_string(body)) {
        request->body = apr_pstrmemdup(call->p, json_string_value(body), json_string_length(body));
        request->body_len = json_string_length(body);
        bm_provider_request_header(call, request, "Content-Type", "text/plain; charset=utf-8");
        return;
    }
    for (i = 0; body == NULL && with_body[i] != NULL; i++)
        if (strcmp(request->method, with_body[i]) == 0)
            body = call->inputs;
    if (body != NULL)
        bm_provider_request_json_body(call, request, body);
}

static const char *stream_of(const bm_call_t *call)
{
    const char *stream = bm_provider_request_text(call, "stream");

    return stream ? stream : "none";
}

static apr_status_t http_start(bm_call_t *call, bm_next_t *next, bm_err_t *err)
{
    const json_t *body = json_object_get(call->connection, "body");
    apr_status_t rv;

    if (json_is_null(body))
        body = NULL;
    if (bm_provider_request_text(call, "url") == NULL)
        return bm_err_violation(err, "/connection/url", "Is missing.");
    if (bm_header_guard_method(method_of(call, body), err) != APR_SUCCESS)
        return APR_EINVAL;
    rv = bm_provider_request_make(&next->request, call, method_of(call, body), bm_provider_request_text(call, "url"),
                                  "Authorization", err);
    if (rv != APR_SUCCESS)
        return rv;
    if (strcmp(stream_of(call), "sse") == 0)
        bm_provider_request_header(call, next->request, "Accept", "text/event-stream");
    add_body(call, next->request, body);
    next->step = BM_STEP_EXCHANGE;
    return APR_SUCCESS;
}

/* --- the answer */

/* The first event that is a failure. */
typedef struct events_t {
    bm_call_t *call;
    int failed;
    bm_provider_error_t error;
} events_t;

static bm_chunk_kind_e http_event(void *baton, const bm_provider_event_t *event, apr_int32_t *tokens)
{
    events_t *events = baton;

    (void)tokens;
    if (strcmp(event->name, "error") == 0) {
        if (!events->failed && (event->json == NULL
                                || !bm_provider_answer_error(&events->error, event->json, events->call->p)))
            events->error.message = bm_text_clean_utf8(event->data, event->len, 300, events->call->p);
        events->failed = 1;
        return BM_CHUNK_ERROR;
    }
    if (bm_provider_stream_is(event, "[DONE]") || bm_provider_stream_is(event, ""))
        return BM_CHUNK_OTHER;
    return BM_CHUNK_CONTENT;
}

/* @return whether an event said that it failed (the answer then says so). */
static int read_chunks(bm_call_t *call, const bm_exchange_t *x)
{
    const char *stream = stream_of(call);
    events_t events = { .call = call };

    if (strcmp(stream, "none") == 0) {
        bm_provider_stream_whole(call, x);
        return 0;
    }
    call->answer.stream = BM_STREAM_TOKENS;
    if (strcmp(stream, "lines") == 0)
        bm_provider_stream_lines(call, x);
    else if (strcmp(stream, "chunks") == 0)
        bm_provider_stream_reads(call, x);
    else if (bm_provider_stream_events(call, x, http_event, NULL, &events) != APR_SUCCESS) {
        bm_provider_answer_fail(call, "malformed_answer", 0, BM_EFFECT_UNKNOWN, "The stream holds an event that is too large.");
        return 1;
    }
    if (events.failed)
        bm_provider_answer_stream_error(call, &events.error);
    return events.failed;
}

static void keep_body(bm_call_t *call, const bm_exchange_t *x)
{
    apr_size_t max = bm_provider_answer_max(call);
    json_t *j = x->body.len <= max ? bm_provider_answer_json(call, x) : NULL;
    const char *type = bm_exchange_header(x, "Content-Type", call->p);
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    if (!json_is_object(j) && !json_is_array(j))
        j = NULL;                       /* a lone number or word is as well kept as text */
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "status");
    bm_jw_int(&w, x->http_status);
    bm_jw_key(&w, "content_type");
    bm_jw_string(&w, type ? bm_text_clean_utf8(type, strlen(type), 200, call->p) : NULL);
    bm_jw_key(&w, "bytes");
    bm_jw_int(&w, (apr_int64_t)x->body.len);
    bm_jw_key(&w, "body");
    if (j != NULL)
        bm_jw_raw(&w, x->body.data, x->body.len);
    else
        bm_jw_string(&w, x->body.len > 0 ? bm_text_clean_utf8(x->body.data, x->body.len, max, call->p) : NULL);
    if (j == NULL && x->body.len > max) {
        bm_jw_key(&w, "truncated");
        bm_jw_bool(&w, 1);
    }
    bm_jw_end_object(&w);
    bm_provider_answer_keep(call, &out);
}

static void http_next(bm_call_t *call, const bm_exchange_t *x, bm_next_t *next)
{
    int failed;

    next->step = BM_STEP_DONE;
    call->answer.measured = x;
    if (x->http_status == 0) {
        bm_provider_answer_transport(call, x);
        return;
    }
    if (!is_expected(call, x->http_status)) {
        bm_provider_stream_whole(call, x);
        bm_provider_answer_status(call, x);
        return;
    }
    failed = read_chunks(call, x);
    if (!failed && x->end != BM_END_COMPLETE)
        bm_provider_answer_transport(call, x);
    else if (!failed)
        bm_provider_answer_complete(call);
    keep_body(call, x);
}

/* Always GET: what the connection's own method does is not known. */
static apr_status_t http_discover(bm_call_t *call, bm_http_request_t **request, bm_err_t *err)
{
    const char *url = bm_provider_request_text(call, "url");

    if (url == NULL)
        return bm_err_violation(err, "/connection/url", "Is missing.");
    return bm_provider_request_make(request, call, "GET", url, "Authorization", err);
}

const bm_provider_t bm_provider_http = {
    .name = "http",
    .doc = "Any HTTP request.",
    .repeatable = 1,
    .connection_fields = connection_fields,
    .check = http_check,
    .start = http_start,
    .next = http_next,
    .discover = http_discover,
};
