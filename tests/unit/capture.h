/* SPDX-License-Identifier: Apache-2.0
 *
 * capture.h: hand-written answers as the engine would have captured them.
 *
 * A body is a list of pieces, one per event, each with the letter of the chunk it must become; so it is known by
 * construction where each event ends, and for every way to cut the body which segment it arrived in. */
#ifndef BM_CAPTURE_H
#define BM_CAPTURE_H

#include <string.h>
#include <apr_strings.h>
#include "provider/provider.h"

/* When things happen to a capture, in ns. */
enum { ADDED_NS = 1000000, SENT_NS = 5000000, FIRST_NS = 20000000, GAP_NS = 7000000, LAG_NS = 30000 };

/* R role, c content, t thought, f tool (function), p progress, u usage, e finish (end), . other, ! error, - no chunk */
typedef struct piece_t {
    const char *bytes;
    char kind;
    int behind;              /* bytes of it behind its last own byte: the blank line of a comment */
} piece_t;

static const char kind_letters[] = {
    [BM_CHUNK_ROLE] = 'R', [BM_CHUNK_CONTENT] = 'c', [BM_CHUNK_REASONING] = 't', [BM_CHUNK_TOOL] = 'f',
    [BM_CHUNK_PROGRESS] = 'p', [BM_CHUNK_USAGE] = 'u', [BM_CHUNK_FINISH] = 'e', [BM_CHUNK_OTHER] = '.', [BM_CHUNK_ERROR] = '!'
};

static inline apr_int64_t capture_stamp(int segment)
{
    return FIRST_NS + segment * (apr_int64_t)GAP_NS;
}

/* An exchange that ended like this, with a body of one segment per entry of ends (offsets behind each), count of them. */
static inline bm_exchange_t *capture_cut(const bm_http_request_t *request, int status, bm_exchange_end_e end, const char *header,
                                         const char *body, apr_size_t len, const apr_size_t *ends, int count, apr_pool_t *p)
{
    bm_exchange_t *x = bm_exchange_make(request, p);
    apr_size_t at = 0;
    int i;

    x->planned_ns = x->added_ns = ADDED_NS;
    x->sent_ns = SENT_NS;
    x->http_status = status;
    x->end = end;
    x->first_byte_ns = FIRST_NS;
    x->first_byte_kernel_ns = FIRST_NS - LAG_NS;
    if (header != NULL)
        bm_buffer_append(&x->header, header, strlen(header));
    if (len > 0)
        bm_buffer_append(&x->body, body, len);
    for (i = 0; i < count; i++) {
        if (ends[i] == at)
            continue;
        bm_exchange_add_segment(x, at, (apr_uint32_t)(ends[i] - at), (apr_uint32_t)(100 + i), capture_stamp(i),
                                capture_stamp(i) - LAG_NS);
        at = ends[i];
    }
    x->end_ns = capture_stamp(count) + GAP_NS;
    return x;
}

/* The same in one segment. */
static inline bm_exchange_t *capture_whole(const bm_http_request_t *request, int status, bm_exchange_end_e end,
                                           const char *header, const char *body, apr_pool_t *p)
{
    apr_size_t len = body ? strlen(body) : 0;

    return capture_cut(request, status, end, header, body, len, &len, len > 0, p);
}

static inline const char *capture_join(const piece_t *pieces, apr_pool_t *p)
{
    const char *body = "";

    for (; pieces->bytes != NULL; pieces++)
        body = apr_pstrcat(p, body, pieces->bytes, NULL);
    return body;
}

static inline const char *capture_expected(const piece_t *pieces, apr_pool_t *p)
{
    const char *letters = "";

    for (; pieces->bytes != NULL; pieces++)
        if (pieces->kind != '-')
            letters = apr_psprintf(p, "%s%c", letters, pieces->kind);
    return letters;
}

static inline const char *capture_kinds(const bm_answer_t *answer, apr_pool_t *p)
{
    const char *letters = "";
    int i;

    for (i = 0; i < answer->chunks->nelts; i++)
        letters = apr_psprintf(p, "%s%c", letters, kind_letters[APR_ARRAY_IDX(answer->chunks, i, bm_chunk_t).kind]);
    return letters;
}

/* Whether each chunk has the stamps of the segment with its last byte. ends as for capture_cut. */
static inline void capture_check_stamps(const piece_t *pieces, const bm_answer_t *answer, const apr_size_t *ends)
{
    apr_size_t at = 0, last;
    int chunk = 0, segment;

    for (; pieces->bytes != NULL; pieces++) {
        at += strlen(pieces->bytes);
        if (pieces->kind == '-')
            continue;
        last = at - 1 - (apr_size_t)pieces->behind;
        for (segment = 0; ends[segment] <= last; segment++)
            ;
        ck_assert_int_eq(APR_ARRAY_IDX(answer->chunks, chunk, bm_chunk_t).user_ns, capture_stamp(segment));
        ck_assert_int_eq(APR_ARRAY_IDX(answer->chunks, chunk, bm_chunk_t).kernel_ns, capture_stamp(segment) - LAG_NS);
        ck_assert_int_eq(APR_ARRAY_IDX(answer->chunks, chunk, bm_chunk_t).wake, 100 + segment);
        chunk++;
    }
    ck_assert_int_eq(chunk, answer->chunks->nelts);
}

/* A call of the provider with JSON texts for connection and inputs. */
static inline bm_call_t *capture_call(const char *provider, const char *connection, const char *inputs, apr_pool_t *p)
{
    bm_call_t *call = bm_provider_call_make(bm_provider_find(provider), p);
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, connection, strlen(connection), NULL, p), APR_SUCCESS);
    call->connection = j;
    ck_assert_int_eq(bm_json_parse(&j, inputs, strlen(inputs), NULL, p), APR_SUCCESS);
    call->inputs = j;
    call->run_id = 42;
    return call;
}

/* Start it; the request of its first step. */
static inline bm_http_request_t *capture_start(bm_call_t *call)
{
    bm_next_t next = { .step = BM_STEP_DONE };
    bm_err_t *err = bm_err_make(call->p);

    ck_assert_msg(call->provider->start(call, &next, err) == APR_SUCCESS, "%s", err->detail ? err->detail :
                  err->violations->nelts ? APR_ARRAY_IDX(err->violations, 0, bm_violation_t).detail : "?");
    ck_assert_int_eq(next.step, BM_STEP_EXCHANGE);
    return next.request;
}

/* The header line of that name (with its colon), or NULL. */
static inline const char *capture_header(const bm_http_request_t *request, const char *name)
{
    int i;

    for (i = 0; i < request->headers->nelts; i++)
        if (strncasecmp(APR_ARRAY_IDX(request->headers, i, const char *), name, strlen(name)) == 0)
            return APR_ARRAY_IDX(request->headers, i, const char *);
    return NULL;
}

/* The response that was kept, as JSON. */
static inline json_t *capture_response(const bm_call_t *call)
{
    json_t *j;

    ck_assert_ptr_nonnull(call->answer.response);
    ck_assert_int_eq(bm_json_parse(&j, call->answer.response, call->answer.response_len, NULL, call->p), APR_SUCCESS);
    return j;
}

static inline const char *capture_member(const bm_call_t *call, const char *name)
{
    return json_string_value(json_object_get(capture_response(call), name));
}

#endif
