/* SPDX-License-Identifier: Apache-2.0
 *
 * push_json.c: OTLP's requests in JSON. Ids are hexadecimal, 64-bit integers come as text or number, unknown members do not
 * matter. What is wrong above a span is wrong with the request, what is wrong in one is wrong with that span. */
#include "sync/push_span.h"

#include <ctype.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

/* Most memory that the parts of a body may come to: an empty object has three bytes in it and hundreds behind it. */
#define PARTS_MAX (128 * 1024 * 1024)
enum { OBJECT_BYTES = 300, VALUE_BYTES = 60 };

int bm_push_is_too_much(const char *text, apr_size_t len)
{
    apr_size_t bytes = 0, i;

    for (i = 0; i < len; i++)
        bytes += text[i] == '{' || text[i] == '[' ? OBJECT_BYTES : text[i] == ',' ? VALUE_BYTES : 0;
    return bytes > PARTS_MAX;
}

/* --- values */

static apr_uint64_t uint64_of(const json_t *value)
{
    apr_int64_t number = json_is_integer(value) ? json_integer_value(value) : 0;

    if (json_is_string(value) && bm_text_to_int64(&number, json_string_value(value), 0, APR_INT64_MAX) != APR_SUCCESS)
        return 0;
    return number > 0 ? (apr_uint64_t)number : 0;
}

static json_t *flat(const json_t *list, int depth);
static json_t *value_of(const json_t *any, int depth);

static json_t *array_of(const json_t *values, int depth)
{
    json_t *array = json_array();
    size_t i;

    for (i = 0; i < json_array_size(values); i++)
        json_array_append_new(array, value_of(json_array_get(values, i), depth));
    return array;
}

static json_t *int_of(const json_t *value)
{
    apr_int64_t number = 0;

    if (json_is_string(value))
        return bm_text_to_int64(&number, json_string_value(value), APR_INT64_MIN, APR_INT64_MAX) == APR_SUCCESS
               ? json_integer(number) : json_null();
    return json_is_number(value) ? json_incref((json_t *)(apr_uintptr_t)value) : json_null();
}

/* What an AnyValue holds, as a new reference; null for what holds nothing that is known. */
static json_t *value_of(const json_t *any, int depth)
{
    const char *kind;
    json_t *value;

    if (depth >= BM_PUSH_DEPTH_MAX)
        return json_null();
    json_object_foreach((json_t *)(apr_uintptr_t)any, kind, value) {
        if (strcmp(kind, "intValue") == 0)
            return int_of(value);
        if (strcmp(kind, "arrayValue") == 0)
            return array_of(json_object_get(value, "values"), depth + 1);
        if (strcmp(kind, "kvlistValue") == 0)
            return flat(json_object_get(value, "values"), depth + 1);
        if (strcmp(kind, "stringValue") == 0 || strcmp(kind, "bytesValue") == 0 || strcmp(kind, "boolValue") == 0
            || strcmp(kind, "doubleValue") == 0)
            return json_is_object(value) || json_is_array(value) ? json_null() : json_incref(value);
    }
    return json_null();
}

/* A list of {key, value} as an object, a new reference. Elements that are none do not count. */
static json_t *flat(const json_t *list, int depth)
{
    json_t *object = json_object();
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        const char *key = json_string_value(json_object_get(pair, "key"));

        if (key != NULL && key[0] != '\0')
            json_object_set_new(object, key, value_of(json_object_get(pair, "value"), depth));
    }
    return object;
}

/* Hexadecimal digits of any case. NULL: these are none, or not so many. */
static const char *id_of(const json_t *value, apr_size_t bytes, apr_pool_t *p)
{
    const char *text = json_string_value(value);
    unsigned char id[16];
    apr_size_t i;

    if (text == NULL || strlen(text) != 2 * bytes || bytes > sizeof(id))
        return NULL;
    for (i = 0; i < bytes; i++) {
        const char digits[3] = { text[2 * i], text[2 * i + 1], '\0' };
        char *end;

        if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
            return NULL;
        id[i] = (unsigned char)apr_strtoi64(digits, &end, 16);
    }
    return bm_push_id(id, bytes, bytes, p);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* --- a span */

static int is_failure(const json_t *code)
{
    return json_integer_value(code) == 2 || (json_is_string(code) && strcmp(json_string_value(code), "STATUS_CODE_ERROR") == 0);
}

/* A new reference; NULL: there was none. */
static json_t *exception_of(const json_t *events)
{
    size_t i;

    for (i = json_array_size(events); i > 0; i--) {
        const json_t *event = json_array_get(events, i - 1);
        const char *name = json_string_value(json_object_get(event, "name"));

        if (name != NULL && strcmp(name, "exception") == 0)
            return flat(json_object_get(event, "attributes"), 0);
    }
    return NULL;
}

static apr_status_t add_span(bm_push_spans_t *spans, const json_t *json, bm_push_span_t *above, apr_pool_t *p)
{
    const json_t *status = json_object_get(json, "status"), *parent = json_object_get(json, "parentSpanId");
    const json_t *attributes = json_object_get(json, "attributes");
    bm_push_span_t span = *above;
    apr_status_t rv;

    if (!json_is_object(json))
        return bm_push_spans_reject(spans, "it must be an object.");
    if (attributes != NULL && !json_is_array(attributes) && !json_is_null(attributes))
        return bm_push_spans_reject(spans, "attributes must be an array of {key, value}.");
    span.trace_id = id_of(json_object_get(json, "traceId"), 16, p);
    span.span_id = id_of(json_object_get(json, "spanId"), 8, p);
    span.parent_id = id_of(parent, 8, p);
    span.bad_parent = span.parent_id == NULL && parent != NULL && !json_is_null(parent)
                      && !(json_is_string(parent) && json_string_length(parent) == 0);
    span.name = text_of(json, "name");
    span.start_ns = uint64_of(json_object_get(json, "startTimeUnixNano"));
    span.end_ns = uint64_of(json_object_get(json, "endTimeUnixNano"));
    span.failed = is_failure(json_object_get(status, "code"));
    span.status_message = text_of(status, "message");
    span.attributes = flat(attributes, 0);
    span.exception = exception_of(json_object_get(json, "events"));
    rv = bm_push_spans_add(spans, &span);
    json_decref(span.attributes);
    json_decref(span.exception);
    return rv;
}

/* --- the request */

static apr_status_t not_an_array(bm_err_t *err, const char *where)
{
    return bm_err_set(err, APR_EINVAL, "bad_request", "%s must be an array.", where);
}

/* An array that may be missing. */
static int is_list(const json_t *list)
{
    return list == NULL || json_is_null(list) || json_is_array(list);
}

static apr_status_t read_scope(bm_push_spans_t *spans, const json_t *scope_spans, bm_push_span_t *above, const char *where,
                               bm_err_t *err, apr_pool_t *p)
{
    const json_t *list = json_object_get(scope_spans, "spans"), *scope = json_object_get(scope_spans, "scope");
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    if (!is_list(list))
        return not_an_array(err, apr_pstrcat(p, where, "/spans", NULL));
    above->scope_name = text_of(scope, "name");
    above->scope_version = text_of(scope, "version");
    for (i = 0; i < json_array_size(list) && rv == APR_SUCCESS; i++)
        rv = add_span(spans, json_array_get(list, i), above, p);
    return rv;
}

static apr_status_t read_resource(bm_push_spans_t *spans, const json_t *resource_spans, size_t n, bm_err_t *err, apr_pool_t *p)
{
    const json_t *list = json_object_get(resource_spans, "scopeSpans");
    const json_t *attributes = json_object_get(json_object_get(resource_spans, "resource"), "attributes");
    bm_push_span_t above = { .name = NULL };
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    if (!is_list(list))
        return not_an_array(err, apr_psprintf(p, "/resourceSpans/%" APR_SIZE_T_FMT "/scopeSpans", n));
    if (!is_list(attributes))
        return not_an_array(err, apr_psprintf(p, "/resourceSpans/%" APR_SIZE_T_FMT "/resource/attributes", n));
    above.resource = bm_json_adopt(flat(attributes, 0), p);
    for (i = 0; i < json_array_size(list) && rv == APR_SUCCESS; i++)
        rv = read_scope(spans, json_array_get(list, i), &above,
                        apr_psprintf(p, "/resourceSpans/%" APR_SIZE_T_FMT "/scopeSpans/%" APR_SIZE_T_FMT, n, i), err, p);
    return rv;
}

apr_status_t bm_push_read_json(bm_push_spans_t *spans, char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p)
{
    const json_t *list;
    json_t *body;
    apr_status_t rv = bm_push_is_too_much(text, len) ? APR_ENOSPC : bm_json_parse_foreign(&body, text, len, err, p);
    size_t i;

    if (rv != APR_SUCCESS)
        return rv;
    list = json_object_get(body, "resourceSpans");
    if (!json_is_object(body))
        return bm_err_set(err, APR_EINVAL, "bad_request", "The body must be an object with the member resourceSpans.");
    if (!is_list(list))
        return not_an_array(err, "/resourceSpans");
    for (i = 0; i < json_array_size(list) && rv == APR_SUCCESS; i++)
        rv = read_resource(spans, json_array_get(list, i), i, err, p);
    return rv;
}
