/* SPDX-License-Identifier: Apache-2.0
 *
 * push_protobuf.c: OTLP's requests in protobuf (sync/otlp.proto), unpacked level by level in memory that is limited: two bytes of
 * a body can be a span, which takes hundreds. */
#include "config.h"
#include "sync/push_span.h"

#ifdef HAVE_PROTOBUF_C

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "sync/otlp.pb-c.h"

#define MEMORY_MAX (128 * 1024 * 1024)

/* What the library has, and whether it wanted more than it may have. Each block begins with its length. */
typedef struct memory_t {
    ProtobufCAllocator calls;
    apr_size_t used;
    int is_full;
} memory_t;

enum { HEAD = 16 };                    /* keeps what is behind it aligned */

static void *take(void *baton, size_t size)
{
    memory_t *m = baton;
    char *block = size <= MEMORY_MAX - m->used ? malloc(size + HEAD) : NULL;

    if (block == NULL) {
        m->is_full = 1;
        return NULL;
    }
    m->used += size;
    memcpy(block, &size, sizeof(size));
    return block + HEAD;
}

static void give(void *baton, void *data)
{
    memory_t *m = baton;
    size_t size;

    if (data == NULL)
        return;
    memcpy(&size, (char *)data - HEAD, sizeof(size));
    m->used -= size;
    free((char *)data - HEAD);
}

typedef struct reader_t {
    memory_t memory;
    bm_push_spans_t *spans;
    bm_err_t *err;
    apr_pool_t *p;
} reader_t;

/* NULL, with r->err, if it cannot be unpacked. */
#define UNPACK(kind, r, bytes) bm_otlp__##kind##__unpack(&(r)->memory.calls, (bytes).len, (bytes).data)
#define FREE(kind, r, message) bm_otlp__##kind##__free_unpacked((message), &(r)->memory.calls)

static apr_status_t undecodable(reader_t *r, const char *what)
{
    if (r->memory.is_full)
        return APR_ENOSPC;
    return bm_err_set(r->err, APR_EINVAL, "bad_request", "The body is no ExportTraceServiceRequest: %s cannot be decoded.", what);
}

/* --- values */

static const char *text_in(const reader_t *r, ProtobufCBinaryData bytes)
{
    return bytes.len > 0 ? bm_text_clean_utf8((const char *)bytes.data, bytes.len, 3 * bytes.len, r->p) : NULL;
}

static json_t *string_in(const reader_t *r, ProtobufCBinaryData bytes)
{
    const char *text = (const char *)bytes.data;

    if (bytes.len == 0)
        return json_string("");
    return bm_text_is_utf8(text, bytes.len) ? json_stringn(text, bytes.len) : json_string(text_in(r, bytes));
}

static apr_status_t value_in(json_t **pvalue, reader_t *r, ProtobufCBinaryData bytes, int depth);

/* Values of an array, or pairs of a map. */
static apr_status_t list_in(json_t **plist, reader_t *r, ProtobufCBinaryData bytes, int depth)
{
    BmOtlp__Values *list = UNPACK(values, r, bytes);
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    if (list == NULL)
        return undecodable(r, "a list");
    *plist = json_array();
    for (i = 0; i < list->n_values && rv == APR_SUCCESS; i++) {
        json_t *value = NULL;

        rv = value_in(&value, r, list->values[i], depth);
        if (rv == APR_SUCCESS)
            json_array_append_new(*plist, value);
    }
    FREE(values, r, list);
    return rv;
}

static apr_status_t add_pair(json_t *object, reader_t *r, ProtobufCBinaryData bytes, int depth)
{
    BmOtlp__KeyValue *pair = UNPACK(key_value, r, bytes);
    const char *key;
    json_t *value = NULL;
    apr_status_t rv = APR_SUCCESS;

    if (pair == NULL)
        return undecodable(r, "an attribute");
    key = text_in(r, pair->key);
    if (key != NULL)
        rv = value_in(&value, r, pair->value, depth);
    if (rv == APR_SUCCESS && key != NULL)
        json_object_set_new(object, key, value);
    FREE(key_value, r, pair);
    return rv;
}

static apr_status_t pairs_in(json_t *object, reader_t *r, const ProtobufCBinaryData *pairs, size_t n, int depth)
{
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    for (i = 0; i < n && rv == APR_SUCCESS; i++)
        rv = add_pair(object, r, pairs[i], depth);
    return rv;
}

static apr_status_t map_in(json_t **pmap, reader_t *r, ProtobufCBinaryData bytes, int depth)
{
    BmOtlp__Values *list = UNPACK(values, r, bytes);
    apr_status_t rv;

    if (list == NULL)
        return undecodable(r, "a map");
    *pmap = json_object();
    rv = pairs_in(*pmap, r, list->values, list->n_values, depth);
    FREE(values, r, list);
    return rv;
}

static json_t *number_in(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

/* What an AnyValue holds. *pvalue: a new reference; it may be there after a failure, too. */
static apr_status_t any_in(json_t **pvalue, reader_t *r, const BmOtlp__AnyValue *any, int depth)
{
    switch (any->value_case) {
    case BM_OTLP__ANY_VALUE__VALUE_STRING_VALUE:
        *pvalue = string_in(r, any->string_value);
        return APR_SUCCESS;
    case BM_OTLP__ANY_VALUE__VALUE_BYTES_VALUE:
        *pvalue = json_string(bm_text_hex(any->bytes_value.data, any->bytes_value.len, r->p));
        return APR_SUCCESS;
    case BM_OTLP__ANY_VALUE__VALUE_BOOL_VALUE:
        *pvalue = json_boolean(any->bool_value);
        return APR_SUCCESS;
    case BM_OTLP__ANY_VALUE__VALUE_INT_VALUE:
        *pvalue = json_integer(any->int_value);
        return APR_SUCCESS;
    case BM_OTLP__ANY_VALUE__VALUE_DOUBLE_VALUE:
        *pvalue = number_in(any->double_value);
        return APR_SUCCESS;
    case BM_OTLP__ANY_VALUE__VALUE_ARRAY_VALUE:
        return list_in(pvalue, r, any->array_value, depth + 1);
    case BM_OTLP__ANY_VALUE__VALUE_KVLIST_VALUE:
        return map_in(pvalue, r, any->kvlist_value, depth + 1);
    default:
        *pvalue = json_null();
        return APR_SUCCESS;
    }
}

static apr_status_t value_in(json_t **pvalue, reader_t *r, ProtobufCBinaryData bytes, int depth)
{
    BmOtlp__AnyValue *any;
    apr_status_t rv;

    if (depth >= BM_PUSH_DEPTH_MAX) {
        *pvalue = json_null();
        return APR_SUCCESS;
    }
    any = UNPACK(any_value, r, bytes);
    if (any == NULL)
        return undecodable(r, "a value");
    rv = any_in(pvalue, r, any, depth);
    FREE(any_value, r, any);
    if (rv != APR_SUCCESS) {
        json_decref(*pvalue);
        *pvalue = NULL;
    }
    return rv;
}

/* --- a span */

static apr_status_t read_status(bm_push_span_t *span, reader_t *r, ProtobufCBinaryData bytes)
{
    BmOtlp__Status *status = UNPACK(status, r, bytes);

    if (status == NULL)
        return undecodable(r, "a status");
    span->failed = status->code == 2;
    span->status_message = text_in(r, status->message);
    FREE(status, r, status);
    return APR_SUCCESS;
}

static int is_exception(const BmOtlp__Event *event)
{
    return event->name.len == strlen("exception") && memcmp(event->name.data, "exception", event->name.len) == 0;
}

static apr_status_t read_events(bm_push_span_t *span, reader_t *r, const BmOtlp__Span *message)
{
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    for (i = 0; i < message->n_events && rv == APR_SUCCESS; i++) {
        BmOtlp__Event *event = UNPACK(event, r, message->events[i]);

        if (event == NULL)
            return undecodable(r, "an event");
        if (is_exception(event)) {
            json_decref(span->exception);
            span->exception = json_object();
            rv = pairs_in(span->exception, r, event->attributes, event->n_attributes, 0);
        }
        FREE(event, r, event);
    }
    return rv;
}

static apr_status_t read_span(reader_t *r, ProtobufCBinaryData bytes, const bm_push_span_t *above)
{
    BmOtlp__Span *message = UNPACK(span, r, bytes);
    bm_push_span_t span = *above;
    apr_status_t rv;

    if (message == NULL)
        return undecodable(r, "a span");
    span.trace_id = bm_push_id(message->trace_id.data, message->trace_id.len, 16, r->p);
    span.span_id = bm_push_id(message->span_id.data, message->span_id.len, 8, r->p);
    span.parent_id = bm_push_id(message->parent_span_id.data, message->parent_span_id.len, 8, r->p);
    span.bad_parent = span.parent_id == NULL && message->parent_span_id.len > 0;
    span.name = text_in(r, message->name);
    span.start_ns = message->start_time_unix_nano;
    span.end_ns = message->end_time_unix_nano;
    span.attributes = json_object();
    rv = pairs_in(span.attributes, r, message->attributes, message->n_attributes, 0);
    if (rv == APR_SUCCESS)
        rv = read_status(&span, r, message->status);
    if (rv == APR_SUCCESS)
        rv = read_events(&span, r, message);
    if (rv == APR_SUCCESS)
        rv = bm_push_spans_add(r->spans, &span);
    json_decref(span.attributes);
    json_decref(span.exception);
    FREE(span, r, message);
    return rv;
}

/* --- the request */

static apr_status_t read_scope(reader_t *r, ProtobufCBinaryData bytes, bm_push_span_t *above)
{
    BmOtlp__ScopeSpans *list = UNPACK(scope_spans, r, bytes);
    BmOtlp__Scope *scope = list != NULL ? UNPACK(scope, r, list->scope) : NULL;
    apr_status_t rv = scope != NULL ? APR_SUCCESS : undecodable(r, "scope_spans");
    size_t i;

    if (scope != NULL) {
        above->scope_name = text_in(r, scope->name);
        above->scope_version = text_in(r, scope->version);
        FREE(scope, r, scope);
    }
    for (i = 0; rv == APR_SUCCESS && i < list->n_spans; i++)
        rv = read_span(r, list->spans[i], above);
    FREE(scope_spans, r, list);
    return rv;
}

static apr_status_t read_resource(reader_t *r, ProtobufCBinaryData bytes)
{
    BmOtlp__ResourceSpans *list = UNPACK(resource_spans, r, bytes);
    BmOtlp__Resource *resource = list != NULL ? UNPACK(resource, r, list->resource) : NULL;
    bm_push_span_t above = { .resource = bm_json_adopt(json_object(), r->p) };
    apr_status_t rv = resource != NULL ? pairs_in(above.resource, r, resource->attributes, resource->n_attributes, 0)
                                       : undecodable(r, "resource_spans");
    size_t i;

    FREE(resource, r, resource);
    for (i = 0; rv == APR_SUCCESS && i < list->n_scope_spans; i++)
        rv = read_scope(r, list->scope_spans[i], &above);
    FREE(resource_spans, r, list);
    return rv;
}

apr_status_t bm_push_read_protobuf(bm_push_spans_t *spans, const void *data, apr_size_t len, bm_err_t *err, apr_pool_t *p)
{
    reader_t r = { .memory = { .calls = { take, give, NULL } }, .spans = spans, .err = err, .p = p };
    BmOtlp__Request *request;
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    r.memory.calls.allocator_data = &r.memory;
    request = bm_otlp__request__unpack(&r.memory.calls, len, data);
    if (request == NULL)
        return undecodable(&r, "it");
    for (i = 0; i < request->n_resource_spans && rv == APR_SUCCESS; i++)
        rv = read_resource(&r, request->resource_spans[i]);
    FREE(request, &r, request);
    return rv;
}

/* --- answers */

static apr_status_t append(bm_buffer_t *out, const ProtobufCMessage *message)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    apr_status_t rv = len > 0 ? bm_buffer_reserve(out, len) : APR_SUCCESS;

    if (rv == APR_SUCCESS && len > 0)
        out->len += protobuf_c_message_pack(message, (uint8_t *)out->data + out->len);
    return rv;
}

static ProtobufCBinaryData bytes_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = text != NULL ? strlen(text) : 0, .data = (uint8_t *)(apr_uintptr_t)text };
}

apr_status_t bm_push_write_protobuf(bm_buffer_t *out, int rejected, const char *why)
{
    BmOtlp__Response response;
    BmOtlp__PartialSuccess partial;

    bm_otlp__response__init(&response);
    bm_otlp__partial_success__init(&partial);
    partial.rejected_spans = rejected;
    partial.error_message = bytes_of(why);
    if (rejected > 0)
        response.partial_success = &partial;
    return append(out, &response.base);
}

apr_status_t bm_push_write_status(bm_buffer_t *out, int code, const char *message)
{
    BmOtlp__RpcStatus status;

    bm_otlp__rpc_status__init(&status);
    status.code = code;
    status.message = bytes_of(message);
    return append(out, &status.base);
}

#else

apr_status_t bm_push_read_protobuf(bm_push_spans_t *spans, const void *data, apr_size_t len, bm_err_t *err, apr_pool_t *p)
{
    (void)spans, (void)data, (void)len, (void)err, (void)p;
    return APR_ENOTIMPL;
}

apr_status_t bm_push_write_protobuf(bm_buffer_t *out, int rejected, const char *why)
{
    (void)out, (void)rejected, (void)why;
    return APR_ENOTIMPL;
}

apr_status_t bm_push_write_status(bm_buffer_t *out, int code, const char *message)
{
    (void)out, (void)code, (void)message;
    return APR_ENOTIMPL;
}

#endif
