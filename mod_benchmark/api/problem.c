/* SPDX-License-Identifier: Apache-2.0 */
#include "api/problem.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"

static const bm_field_t violation_fields[] = {
    { "pointer", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Where: a JSON Pointer into the body, or ?name of a parameter." },
    { "detail", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What is wrong there." },
    { NULL }
};

const bm_field_t bm_problem_fields[] = {
    { "type", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "about:blank: the status says it all." },
    { "title", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "The status in words." },
    { "status", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "HTTP status." },
    { "detail", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What happened, for a person." },
    { "code", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT,
      .doc = "What happened, for a program; absent if the status says it all." },
    { "request_id", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .doc = "Name of the request in the server's log." },
    { "errors", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .members = violation_fields,
      .doc = "Every rule that the request breaks." },
    { NULL }
};

/* Codes whose status is not that of their apr_status_t. */
static const struct {
    const char *code;
    int status;
} codes[] = {
    { "malformed_json", 400 }, { "bad_header", 400 }, { "bad_request", 400 },
    { "not_authenticated", 401 }, { "ticket_refused", 401 }, { "credential_refused", 401 }, { "login_failed", 401 },
    { "method_not_allowed", 405 },
    { "secret_keys_unusable", 503 },
    { "precondition_failed", 412 },
    { "body_too_large", 413 },
    { "unsupported_media_type", 415 },
    { "upgrade_required", 426 },
    { "too_many_tickets", 429 }, { "too_many_discoveries", 429 }, { "rate_limited", 429 }, { "too_many_logins", 429 },
    { "needs_own_connection", 501 },
    { "loop_detected", 508 }
};

static const struct {
    int status;
    const char *title, *sentence;
} statuses[] = {
    { 400, "Bad Request", "The request cannot be understood." },
    { 401, "Unauthorized", "This needs a user who is known to the server." },
    { 403, "Forbidden", "This is not allowed." },
    { 404, "Not Found", "There is nothing at this address." },
    { 405, "Method Not Allowed", "This address does not know this method." },
    { 408, "Request Timeout", "The request took too long to arrive." },
    { 409, "Conflict", "The request does not fit the present state." },
    { 411, "Length Required", "The request needs a Content-Length." },
    { 412, "Precondition Failed", "The resource was changed meanwhile." },
    { 413, "Content Too Large", "The body is larger than the server accepts." },
    { 414, "URI Too Long", "The address is longer than the server accepts." },
    { 415, "Unsupported Media Type", "The body must be JSON in UTF-8, with Content-Type: application/json." },
    { 417, "Expectation Failed", "The Expect header cannot be met." },
    { 422, "Unprocessable Content", "The request breaks the rules listed in errors." },
    { 429, "Too Many Requests", "Too many requests; try again later." },
    { 426, "Upgrade Required", "This address speaks another protocol." },
    { 431, "Request Header Fields Too Large", "The headers are larger than the server accepts." },
    { 500, "Internal Server Error", "Something went wrong in the server; its log has more under the request id." },
    { 501, "Not Implemented", "The server does not know this method." },
    { 502, "Bad Gateway", "A server behind this one answered wrongly." },
    { 503, "Service Unavailable", "The service is not available now; try again." },
    { 504, "Gateway Timeout", "A server behind this one did not answer in time." },
    { 508, "Loop Detected", "An engine of ours asks this server." }
};

int bm_problem_status(apr_status_t rv, const bm_err_t *err)
{
    size_t i;

    if (err != NULL && err->code != NULL)
        for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
            if (strcmp(err->code, codes[i].code) == 0)
                return codes[i].status;
    if (APR_STATUS_IS_EINVAL(rv))
        return 422;
    if (rv == APR_NOTFOUND)
        return 404;
    if (APR_STATUS_IS_EEXIST(rv))
        return 409;
    if (APR_STATUS_IS_EACCES(rv))
        return 403;
    if (APR_STATUS_IS_EAGAIN(rv) || APR_STATUS_IS_TIMEUP(rv))
        return 503;
    return 500;
}

const char *bm_problem_title(int status)
{
    size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return statuses[i].title;
    return "Error";
}

static const char *sentence_of(int status)
{
    size_t i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].status == status)
            return statuses[i].sentence;
    return "The request failed.";
}

/* Bytes of one text of a violation. */
enum { TEXT_MAX = 240 };

/* A client's own text comes back to it, but not all of a long one. */
static void write_cut(bm_jw_t *w, const char *text, apr_pool_t *p)
{
    size_t len = strlen(text);

    if (len <= TEXT_MAX)
        bm_jw_string(w, text);
    else
        bm_jw_string(w, apr_pstrcat(p, bm_text_clean_utf8(text, len, TEXT_MAX, p), "\xe2\x80\xa6", NULL));
}

static const char *detail_of(int status, const bm_err_t *err)
{
    if (status == 500 || err == NULL || err->detail == NULL)
        return sentence_of(status);
    return err->detail;
}

static void write_violations(bm_jw_t *w, const bm_err_t *err)
{
    int i;

    bm_jw_key(w, "errors");
    bm_jw_begin_array(w);
    for (i = 0; i < err->violations->nelts; i++) {
        const bm_violation_t *violation = &APR_ARRAY_IDX(err->violations, i, bm_violation_t);

        bm_jw_begin_object(w);
        bm_jw_key(w, "pointer");
        write_cut(w, violation->pointer, err->p);
        bm_jw_key(w, "detail");
        write_cut(w, violation->detail, err->p);
        bm_jw_end_object(w);
    }
    bm_jw_end_array(w);
}

void bm_problem_write(bm_buffer_t *out, int status, const bm_err_t *err, const char *detail, const char *request_id)
{
    bm_jw_t w;

    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "type");
    bm_jw_string(&w, "about:blank");
    bm_jw_key(&w, "title");
    bm_jw_string(&w, bm_problem_title(status));
    bm_jw_key(&w, "status");
    bm_jw_int(&w, status);
    bm_jw_key(&w, "detail");
    if (detail == NULL)
        detail = detail_of(status, err);
    if (err != NULL)
        write_cut(&w, detail, err->p);
    else
        bm_jw_string(&w, detail);
    if (err != NULL && err->code != NULL && status != 500) {
        bm_jw_key(&w, "code");
        bm_jw_string(&w, err->code);
    }
    if (request_id != NULL) {
        bm_jw_key(&w, "request_id");
        bm_jw_string(&w, request_id);
    }
    if (err != NULL && err->violations->nelts > 0 && status != 500)
        write_violations(&w, err);
    bm_jw_end_object(&w);
}

int bm_problem_retry_after(int status, const bm_err_t *err)
{
    if (err != NULL && err->retry_after_s > 0)
        return err->retry_after_s;
    return status == 503 ? 2 : 0;
}
