/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_request.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "base/json.h"
#include "net/header_guard.h"
#include "parse/json_pointer.h"
#include "provider/provider_mask.h"
#include "provider/provider_url.h"

/* Read by policy/target_gate.c. */
const bm_field_t bm_provider_rate_limit_fields[] = {
    { "requests_per_second", BM_TYPE_NUMBER, BM_FIELD_REQUIRED, 0.001, 50000, .doc = "Rate at which tokens come." },
    { "burst", BM_TYPE_NUMBER, 0, 1, 100000, .doc = "Tokens that a full bucket holds; absent: 1." },
    { NULL }
};

const bm_field_t bm_provider_breaker_fields[] = {
    { "failures", BM_TYPE_INT, BM_FIELD_REQUIRED, 1, 100000, .doc = "Failures in a row that open the circuit." },
    { "open_seconds", BM_TYPE_NUMBER, 0, 0.1, 3600,
      .doc = "How long nothing is sent then, before one request is tried; absent: 30." },
    { NULL }
};

/* --- checks */

static apr_status_t refuse(bm_err_t *err, const char *pointer, const bm_err_t *why)
{
    return bm_err_violation(err, pointer, "%s", why->detail ? why->detail : "Is not allowed.");
}

static apr_status_t check_header(const char *name, const json_t *value, bm_err_t *err, apr_pool_t *p)
{
    const char *pointer = bm_json_pointer_add("/connection/headers", name, p);
    bm_err_t *why = bm_err_make(p);

    if (bm_header_guard_name(name, why) != APR_SUCCESS)
        return refuse(err, pointer, why);
    if (!json_is_string(value))
        return bm_err_violation(err, pointer, "Must be a string.");
    if (bm_header_guard_value(json_string_value(value), json_string_length(value), why) != APR_SUCCESS)
        return refuse(err, pointer, why);
    return APR_SUCCESS;
}

apr_status_t bm_provider_request_check(const json_t *connection, bm_err_t *err, apr_pool_t *p)
{
    const json_t *headers = json_object_get(connection, "headers"), *name = json_object_get(connection, "secret_header");
    bm_err_t *why = bm_err_make(p);
    apr_status_t rv = APR_SUCCESS;
    json_t *value;
    const char *key;

    if (json_is_object(headers))
        json_object_foreach((json_t *)(apr_uintptr_t)headers, key, value)
            if (check_header(key, value, err, p) != APR_SUCCESS)
                rv = APR_EINVAL;
    if (json_is_string(name) && json_string_length(name) > 0
        && bm_header_guard_name(json_string_value(name), why) != APR_SUCCESS)
        rv = refuse(err, "/connection/secret_header", why);
    if (bm_provider_request_check_url(connection, "metrics_url", 0, err, p) != APR_SUCCESS)
        rv = APR_EINVAL;
    return rv;
}

apr_status_t bm_provider_request_check_url(const json_t *connection, const char *name, int required, bm_err_t *err,
                                           apr_pool_t *p)
{
    const char *url = json_string_value(json_object_get(connection, name));
    const char *pointer = apr_pstrcat(p, "/connection/", name, NULL);

    if (url == NULL || *url == '\0')
        return required ? bm_err_violation(err, pointer, "Is missing.") : APR_SUCCESS;
    return bm_provider_url_check(url, pointer, err, p);
}

/* --- members */

const char *bm_provider_request_text(const bm_call_t *call, const char *name)
{
    const char *text = json_string_value(json_object_get(call->connection, name));

    return text && *text ? text : NULL;
}

int bm_provider_request_flag(const bm_call_t *call, const char *name, int fallback)
{
    const json_t *flag = json_object_get(call->connection, name);

    return json_is_boolean(flag) ? json_is_true(flag) : fallback;
}

apr_int64_t bm_provider_request_ms(const bm_call_t *call, const char *name)
{
    const json_t *seconds = json_object_get(call->connection, name);
    double ms = json_is_number(seconds) ? json_number_value(seconds) * 1000.0 : 0;

    if (!(ms > 0))
        return 0;
    if (ms > BM_PROVIDER_SECONDS_MAX * 1000.0)
        ms = BM_PROVIDER_SECONDS_MAX * 1000.0;
    return ms < 1 ? 1 : (apr_int64_t)ms;
}

void bm_provider_request_members(const bm_call_t *call, json_t *body, const char *const *names)
{
    const json_t *extra = json_object_get(call->connection, "body");
    json_t *value;
    const char *key;

    if (json_is_object(extra))
        json_object_foreach((json_t *)(apr_uintptr_t)extra, key, value)
            json_object_set_new(body, key, json_deep_copy(value));
    json_object_foreach((json_t *)(apr_uintptr_t)call->inputs, key, value) {
        const char *const *name = names;

        while (*name != NULL && strcmp(*name, key) != 0)
            name++;
        if (!json_is_null(value) && (*name != NULL || strncmp(key, "x_", 2) == 0))
            json_object_set_new(body, key, json_deep_copy(value));
    }
}

/* --- the request */

static int has_header(const bm_http_request_t *request, const char *name)
{
    apr_size_t len = strlen(name);
    int i;

    for (i = 0; i < request->headers->nelts; i++) {
        const char *line = APR_ARRAY_IDX(request->headers, i, const char *);

        if (strncasecmp(line, name, len) == 0 && line[len] == ':')
            return 1;
    }
    return 0;
}

void bm_provider_request_header(bm_call_t *call, bm_http_request_t *request, const char *name, const char *value)
{
    if (!has_header(request, name))
        APR_ARRAY_PUSH(request->headers, const char *) = apr_pstrcat(call->p, name, ": ", value, NULL);
}

/* The filled headers of the connection; checked again, since placeholders may have brought anything. */
static apr_status_t add_headers(bm_call_t *call, bm_http_request_t *request, bm_err_t *err)
{
    const json_t *headers = json_object_get(call->connection, "headers");
    json_t *value;
    const char *key;
    apr_status_t rv;

    if (!json_is_object(headers))
        return APR_SUCCESS;
    json_object_foreach((json_t *)(apr_uintptr_t)headers, key, value) {
        rv = check_header(key, value, err, call->p);
        if (rv != APR_SUCCESS)
            return rv;
        bm_provider_request_header(call, request, key, json_string_value(value));
    }
    return APR_SUCCESS;
}

static apr_status_t add_key(bm_call_t *call, bm_http_request_t *request, const char *key_header, bm_err_t *err)
{
    const char *name = bm_provider_request_text(call, "secret"), *header = bm_provider_request_text(call, "secret_header");
    const char *key;

    if (name == NULL)
        return APR_SUCCESS;
    if (call->secret == NULL)
        return bm_err_set(err, APR_EINVAL, "secret_missing", "This engine has no secret named \"%s\".", name);
    if (call->secret(&key, call->secret_baton, name, err, call->p) != APR_SUCCESS)
        return APR_EINVAL;
    bm_provider_mask_add(call, key);
    if (bm_header_guard_value(key, strlen(key), NULL) != APR_SUCCESS)
        return bm_err_set(err, APR_EINVAL, "secret_missing", "The secret \"%s\" cannot stand in a header.", name);
    if (header == NULL)
        header = key_header;
    if (strcasecmp(header, "Authorization") == 0)
        key = apr_pstrcat(call->p, "Bearer ", key, NULL);
    bm_provider_request_header(call, request, header, key);
    return APR_SUCCESS;
}

apr_status_t bm_provider_request_make(bm_http_request_t **prequest, bm_call_t *call, const char *method, const char *url,
                                      const char *key_header, bm_err_t *err)
{
    bm_http_request_t *request = apr_pcalloc(call->p, sizeof(*request));
    apr_status_t rv;

    *prequest = NULL;
    rv = bm_provider_url_check(url, "/connection/url", err, call->p);
    if (rv != APR_SUCCESS)
        return rv;
    request->method = method;
    request->url = url;
    request->headers = apr_array_make(call->p, 6, sizeof(const char *));
    request->connect_timeout_ms = bm_provider_request_ms(call, "connect_timeout_seconds");
    request->first_byte_timeout_ms = bm_provider_request_ms(call, "first_token_timeout_seconds");
    request->stall_timeout_ms = bm_provider_request_ms(call, "stall_timeout_seconds");
    request->total_timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : bm_provider_request_ms(call, "timeout_seconds");
    request->fresh_connection = bm_provider_request_flag(call, "fresh_connection", 0);
    rv = add_headers(call, request, err);
    if (rv == APR_SUCCESS)
        rv = add_key(call, request, key_header, err);
    if (rv == APR_SUCCESS)
        *prequest = request;
    return rv;
}

void bm_provider_request_json_body(bm_call_t *call, bm_http_request_t *request, const json_t *body)
{
    request->body = bm_json_dump(&request->body_len, body, call->p);
    bm_provider_request_header(call, request, "Content-Type", "application/json");
}
