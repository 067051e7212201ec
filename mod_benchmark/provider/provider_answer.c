/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_answer.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/retry_after.h"
#include "provider/provider_mask.h"

/* What a transfer's end means for the run. */
static const struct {
    bm_run_end_e end;
    int transient;
} ends[] = {
    [BM_END_COMPLETE] = { BM_RUN_COMPLETED, 0 },
    [BM_END_NOT_ALLOWED] = { BM_RUN_FAILED, 0 },
    [BM_END_DNS] = { BM_RUN_FAILED, 1 },
    [BM_END_CONNECT] = { BM_RUN_FAILED, 1 },
    [BM_END_TLS] = { BM_RUN_FAILED, 0 },
    [BM_END_CONNECT_TIMEOUT] = { BM_RUN_TIMED_OUT, 1 },
    [BM_END_FIRST_BYTE_TIMEOUT] = { BM_RUN_TIMED_OUT, 1 },
    [BM_END_STALL_TIMEOUT] = { BM_RUN_TIMED_OUT, 1 },
    [BM_END_TOTAL_TIMEOUT] = { BM_RUN_TIMED_OUT, 0 },     /* the user's own limit: a second try would meet it as well */
    [BM_END_CUT] = { BM_RUN_FAILED, 1 },
    [BM_END_PROTOCOL] = { BM_RUN_FAILED, 0 },
    [BM_END_TOO_LARGE] = { BM_RUN_FAILED, 0 },
    [BM_END_CANCELLED] = { BM_RUN_CANCELLED, 0 },
    [BM_END_ABORTED] = { BM_RUN_FAILED, 1 },
    [BM_END_BAD_REQUEST] = { BM_RUN_FAILED, 0 },
    [BM_END_INTERNAL] = { BM_RUN_FAILED, 1 },
};

/* Types and codes of errors that say more than the status. */
static const struct {
    const char *name;         /* of a type or a code, any case */
    const char *error_code;   /* NULL: as the status says */
    int passes;
} known[] = {
    { "insufficient_quota", "quota_exhausted", 0 },
    { "insufficient_credits", "quota_exhausted", 0 },
    { "billing_error", "quota_exhausted", 0 },
    { "context_length_exceeded", "context_length_exceeded", 0 },
    { "exceed_context_size_error", "context_length_exceeded", 0 },
    { "model_not_found", "model_not_found", 0 },
    { "invalid_api_key", "unauthorized", 0 },
    { "missing_api_key", "unauthorized", 0 },
    { "authentication_error", "unauthorized", 0 },
    { "unauthorized", "unauthorized", 0 },
    { "permission_error", "forbidden", 0 },
    { "permission_denied_error", "forbidden", 0 },
    { "forbidden", "forbidden", 0 },
    { "invalid_request_error", NULL, 0 },
    { "badrequesterror", NULL, 0 },
    { "invalid_input", NULL, 0 },
    { "notfounderror", NULL, 0 },
    { "not_found_error", NULL, 0 },
    { "not_supported_error", NULL, 0 },
    { "request_too_large", NULL, 0 },
    { "content_policy_violation", "content_refused", 0 },
    { "content_filter", "content_refused", 0 },
    { "rate_limit_exceeded", "rate_limited", 1 },
    { "rate_limit_error", "rate_limited", 1 },
    { "overloaded_error", "unavailable", 1 },
    { "unavailable_error", "unavailable", 1 },
    { "service_busy", "unavailable", 1 },
};

static const struct {
    int from, to;
    const char *error_code;
    int transient;
    bm_effect_e effect;
} statuses[] = {
    { 300, 399, "redirected", 0, BM_EFFECT_NONE },
    { 401, 401, "unauthorized", 0, BM_EFFECT_NONE },
    { 403, 403, "forbidden", 0, BM_EFFECT_NONE },
    { 404, 404, "not_found", 0, BM_EFFECT_NONE },
    { 408, 408, "request_refused", 1, BM_EFFECT_UNKNOWN },
    { 425, 425, "request_refused", 1, BM_EFFECT_NONE },
    { 429, 429, "rate_limited", 1, BM_EFFECT_NONE },
    { 400, 499, "request_refused", 0, BM_EFFECT_NONE },
    { 501, 501, "server_error", 0, BM_EFFECT_NONE },
    { 503, 503, "unavailable", 1, BM_EFFECT_NONE },
    { 529, 529, "unavailable", 1, BM_EFFECT_NONE },
    { 500, 599, "server_error", 1, BM_EFFECT_UNKNOWN },
    { 0, 999, "unexpected_status", 0, BM_EFFECT_UNKNOWN },
};

enum { KNOWN_COUNT = sizeof(known) / sizeof(known[0]), STATUS_COUNT = sizeof(statuses) / sizeof(statuses[0]) };

/* --- small readers */

const char *bm_provider_answer_text(const json_t *j, apr_pool_t *p)
{
    return json_string_length(j) > 0 ? apr_pstrmemdup(p, json_string_value(j), json_string_length(j)) : NULL;
}

apr_int64_t bm_provider_answer_count(const json_t *j)
{
    return json_is_integer(j) && json_integer_value(j) >= 0 ? (apr_int64_t)json_integer_value(j) : -1;
}

apr_size_t bm_provider_answer_max(const bm_call_t *call)
{
    return call->response_max > 0 ? call->response_max : BM_PROVIDER_RESPONSE_MAX;
}

json_t *bm_provider_answer_json(const bm_call_t *call, const bm_exchange_t *x)
{
    json_t *j = NULL;

    if (x->body.len > 0 && bm_json_parse(&j, x->body.data, x->body.len, NULL, call->p) != APR_SUCCESS)
        return NULL;
    return j;
}

/* --- ends */

void bm_provider_answer_complete(bm_call_t *call)
{
    call->answer.end = BM_RUN_COMPLETED;
    call->answer.error_code = NULL;
    call->answer.error = NULL;
    call->answer.transient = 0;
    call->answer.effect = BM_EFFECT_SETTLED;
}

/* What a target says may hold escapes for a terminal, or line ends that would make a second line in a log. */
static char *one_line(const char *text, apr_size_t len, apr_pool_t *p)
{
    char *line = apr_pstrdup(p, bm_text_clean_utf8(text, len, BM_PROVIDER_ERROR_MAX, p)), *s;

    for (s = line; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            *s = ' ';
    return line;
}

void bm_provider_answer_fail(bm_call_t *call, const char *code, int transient, bm_effect_e effect, const char *fmt, ...)
{
    const char *text;
    apr_size_t len;
    va_list ap;

    va_start(ap, fmt);
    text = apr_pvsprintf(call->p, fmt, ap);
    va_end(ap);
    len = strlen(text);
    text = bm_provider_mask_text(call, text, &len);
    call->answer.end = BM_RUN_FAILED;
    call->answer.error_code = code;
    call->answer.error = one_line(text, len, call->p);
    call->answer.transient = transient;
    call->answer.effect = effect;
}

void bm_provider_answer_transport(bm_call_t *call, const bm_exchange_t *x)
{
    unsigned end = (unsigned)x->end < sizeof(ends) / sizeof(ends[0]) ? x->end : BM_END_INTERNAL;

    if (end == BM_END_COMPLETE)         /* and yet the caller has no answer */
        end = BM_END_PROTOCOL;
    bm_provider_answer_fail(call, bm_exchange_end_code(end), ends[end].transient,
                            x->sent_ns == 0 ? BM_EFFECT_NONE : BM_EFFECT_UNKNOWN,
                            end == BM_END_CUT && x->error[0]
                                ? "The target closed the connection before its answer was complete (%s)." : "%s",
                            x->error[0] ? x->error : "The exchange with the target did not end well.");
    call->answer.end = ends[end].end;
}

/* --- error bodies */

/* A string, or a number as text. */
static const char *word_of(const json_t *j, apr_pool_t *p)
{
    if (json_is_integer(j))
        return apr_psprintf(p, "%" APR_INT64_T_FMT, (apr_int64_t)json_integer_value(j));   /* apr knows no "%lld" */
    return bm_provider_answer_text(j, p);
}

static const char *first_word(const json_t *a, const json_t *b, apr_pool_t *p)
{
    const char *word = word_of(a, p);

    return word ? word : word_of(b, p);
}

int bm_provider_answer_error(bm_provider_error_t *e, const json_t *j, apr_pool_t *p)
{
    const json_t *error = json_object_get(j, "error"), *detail = json_object_get(j, "detail");

    memset(e, 0, sizeof(*e));
    if (json_is_object(error)) {
        e->object = error;
        e->message = first_word(json_object_get(error, "message"), json_object_get(error, "detail"), p);
        e->type = word_of(json_object_get(error, "type"), p);
        e->code = word_of(json_object_get(error, "code"), p);
        return 1;
    }
    if (json_is_string(error) && json_string_length(error) > 0)
        e->message = word_of(error, p);
    else
        e->message = first_word(json_object_get(j, "message"), detail, p);
    if (e->message == NULL && json_is_array(detail))
        e->message = bm_json_dump(NULL, detail, p);
    e->type = word_of(json_object_get(j, "type"), p);
    e->code = first_word(json_object_get(j, "code"), json_object_get(j, "error_code"), p);
    return e->message != NULL || e->code != NULL;
}

/* The row of `known` that e's code or type has; -1: none. */
static int known_row(const bm_provider_error_t *e)
{
    int i;

    for (i = 0; i < KNOWN_COUNT; i++)
        if ((e->code && strcasecmp(e->code, known[i].name) == 0) || (e->type && strcasecmp(e->type, known[i].name) == 0))
            return i;
    return -1;
}

int bm_provider_answer_passes(const bm_provider_error_t *e)
{
    int row = known_row(e);

    if (row >= 0)
        return known[row].passes;
    if (e->code && strlen(e->code) == 3 && e->code[0] == '4')
        return strcmp(e->code, "429") == 0 || strcmp(e->code, "408") == 0;
    return 1;
}

void bm_provider_answer_stream_error(bm_call_t *call, const bm_provider_error_t *e)
{
    int row = known_row(e);

    bm_provider_answer_fail(call, row >= 0 && known[row].error_code ? known[row].error_code : "stream_error",
                            bm_provider_answer_passes(e), BM_EFFECT_SETTLED, "The target broke off its answer: %s%s%s%s",
                            e->message ? e->message : "it gave no reason", e->type || e->code ? " (" : "",
                            e->type ? e->type : e->code ? e->code : "", e->type || e->code ? ")" : "");
}

/* --- waits */

void bm_provider_answer_wait(bm_call_t *call, const bm_exchange_t *x)
{
    bm_exchange_headers_t headers = { x, call->p };
    apr_interval_time_t wait;

    if (bm_retry_after_find(&wait, bm_exchange_header_of, &headers, apr_time_now(), BM_PROVIDER_WAIT_MAX) == APR_SUCCESS)
        call->answer.retry_after_us = wait;
}

/* --- statuses */

/* The beginning of a body for people: markup is left out, blanks are joined. */
static const char *plain_text(const bm_exchange_t *x, apr_size_t max, apr_pool_t *p)
{
    char *text = apr_palloc(p, max + 1);
    apr_size_t i, n = 0;
    int in_tag = 0, blank = 1;

    for (i = 0; i < x->body.len && n < max; i++) {
        char c = x->body.data[i];

        if (c == '<')
            in_tag = 1;
        else if (in_tag)
            in_tag = c != '>';
        else if (!apr_isspace(c)) {
            text[n++] = c;
            blank = 0;
            continue;
        }
        if (!blank && n < max)
            text[n++] = ' ';
        blank = 1;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    return bm_text_clean_utf8(text, n, max, p);
}

static void keep_error(bm_call_t *call, const bm_exchange_t *x, const bm_provider_error_t *e)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "error");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "http_status");
    bm_jw_int(&w, x->http_status);
    bm_jw_key(&w, "type");
    bm_jw_string(&w, e->type);
    bm_jw_key(&w, "code");
    bm_jw_string(&w, e->code);
    bm_jw_key(&w, "message");
    bm_jw_string(&w, e->message);
    bm_jw_end_object(&w);
    bm_jw_key(&w, "body");
    bm_jw_string(&w, x->body.len > 0 ? bm_text_clean_utf8(x->body.data, x->body.len, BM_PROVIDER_ERROR_BODY_MAX, call->p) : NULL);
    bm_jw_end_object(&w);
    bm_provider_answer_keep(call, &out);
}

static int status_row(int status)
{
    int i;

    for (i = 0; i < STATUS_COUNT - 1; i++)
        if (status >= statuses[i].from && status <= statuses[i].to)
            break;
    return i;
}

void bm_provider_answer_status(bm_call_t *call, const bm_exchange_t *x)
{
    bm_provider_error_t e = { NULL };
    int row, status = status_row(x->http_status);
    const char *message;

    (void)bm_provider_answer_error(&e, bm_provider_answer_json(call, x), call->p);
    row = known_row(&e);
    message = e.message ? e.message : plain_text(x, 300, call->p);
    bm_provider_answer_fail(call, row >= 0 && known[row].error_code ? known[row].error_code : statuses[status].error_code,
                            row >= 0 ? known[row].passes || (statuses[status].transient && x->http_status >= 500)
                                     : statuses[status].transient,
                            statuses[status].effect, "The target answered %d%s%s", x->http_status, *message ? ": " : ".",
                            message);
    bm_provider_answer_wait(call, x);
    keep_error(call, x, &e);
}

/* --- what is kept */

void bm_provider_answer_keep(bm_call_t *call, bm_buffer_t *out)
{
    const char *text = out->data, *masked;
    apr_size_t len = out->len;
    json_t *j;

    if (len > 2 * bm_provider_answer_max(call) + 8192) {
        text = apr_psprintf(call->p, "{\"truncated\":true,\"bytes\":%" APR_SIZE_T_FMT "}", len);
        len = strlen(text);
    }
    masked = bm_provider_mask_text(call, text, &len);
    if (masked != text && bm_json_parse(&j, masked, len, NULL, call->p) != APR_SUCCESS) {
        masked = "{\"withheld\":\"it held a secret\"}";      /* one that is a part of JSON itself, such as a number */
        len = strlen(masked);
    }
    text = masked;
    call->answer.response = len > 0 ? apr_pstrmemdup(call->p, text, len) : NULL;
    call->answer.response_len = len;
    bm_buffer_free(out);
}
