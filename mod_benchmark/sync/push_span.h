/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/push_span.h: spans that somebody sends by OTLP, made into observations as Langfuse's API would tell them.
 *
 * What attributes mean: those of Langfuse's SDKs (langfuse.*), the semantic conventions for generative AI (gen_ai.*) and what
 * came before them (OpenInference, the Vercel AI SDK), in this order. A span becomes an object of the shape that
 * sync/langfuse_page.h reads, so whatever holds for what is mirrored holds for it. Thread: no state. */
#ifndef BM_SYNC_PUSH_SPAN_H
#define BM_SYNC_PUSH_SPAN_H

#include "base/json.h"

/** Most spans of a request. */
#define BM_PUSH_SPANS_MAX 20000
/** Deepest value of an attribute: what is deeper is null. */
#define BM_PUSH_DEPTH_MAX 20

/** One span, in whichever form it came. Texts are UTF-8. */
typedef struct bm_push_span_t {
    const char *trace_id, *span_id;          /* as bm_push_id gives them, of 16 and 8 bytes; NULL: they are not such */
    const char *parent_id;                   /* NULL: it has none */
    int bad_parent;                          /* it has one that is no id */
    const char *name;                        /* NULL: not said */
    apr_uint64_t start_ns, end_ns;           /* since 1970; 0: not said */
    int failed;                              /* its status is an error */
    const char *status_message;              /* NULL: none */
    json_t *attributes, *resource;           /* flat objects, never NULL; borrowed */
    json_t *exception;                       /* attributes of its last event "exception"; NULL: none. Borrowed */
    const char *scope_name, *scope_version;  /* NULL: not said */
} bm_push_span_t;

typedef struct bm_push_spans_t {
    apr_pool_t *p;
    json_t *data;                            /* array of observations, in p */
    int received, rejected;
    const char *why;                         /* of the first that was rejected, a sentence; NULL: none was */
    json_t *resource, *kept;                 /* of the span before: what is kept of it */
} bm_push_spans_t;

/** None yet. */
void bm_push_spans_init(bm_push_spans_t *spans, apr_pool_t *p);

/** Add a span, or count it as rejected. @return APR_ENOSPC: there are too many. */
apr_status_t bm_push_spans_add(bm_push_spans_t *spans, const bm_push_span_t *span);

/** Count a span as rejected; why: a sentence about it. @return as bm_push_spans_add. */
apr_status_t bm_push_spans_reject(bm_push_spans_t *spans, const char *why);

/** `bytes` bytes that are not all zero as hexadecimal digits, in p; NULL: these are not so many, or all zero. */
const char *bm_push_id(const void *data, apr_size_t len, apr_size_t bytes, apr_pool_t *p);

/** Whether a JSON text is of so many small parts that they would take far more memory than it. */
int bm_push_is_too_much(const char *text, apr_size_t len);

/** A request in JSON; text is changed. @return APR_EINVAL: it is no such request; APR_ENOSPC: it has too much in it. */
apr_status_t bm_push_read_json(bm_push_spans_t *spans, char *text, apr_size_t len, bm_err_t *err, apr_pool_t *p);

/** A request in protobuf. @return as bm_push_read_json; APR_ENOTIMPL: built without it. */
apr_status_t bm_push_read_protobuf(bm_push_spans_t *spans, const void *data, apr_size_t len, bm_err_t *err, apr_pool_t *p);

/** Append the answer in protobuf: of `rejected` spans, if there are any, and why. @return as bm_buffer_append. */
apr_status_t bm_push_write_protobuf(bm_buffer_t *out, int rejected, const char *why);

/** Append a google.rpc.Status in protobuf. @return as bm_buffer_append. */
apr_status_t bm_push_write_status(bm_buffer_t *out, int code, const char *message);

#endif
