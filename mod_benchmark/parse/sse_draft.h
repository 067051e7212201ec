/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/sse_draft.h: a server-sent event while it is put together from its fields; a part of parse/sse_parser.h.
 *
 * It knows what the fields mean, but nothing of lines and bytes; the parser knows these, but no fields.
 * Every function that adds returns APR_ENOSPC if a value would be larger than max, or APR_ENOMEM. */
#ifndef BM_PARSE_SSE_DRAFT_H
#define BM_PARSE_SSE_DRAFT_H

#include <apr_errno.h>
#include <apr_pools.h>
#include "base/buffer.h"

struct bm_sse_event_t;

typedef enum bm_sse_field_e {
    BM_SSE_UNKNOWN,    /* ignored */
    BM_SSE_DATA,       /* appended, an LF between two */
    BM_SSE_EVENT,      /* the last one counts */
    BM_SSE_ID,         /* stays for the rest of the stream; ignored if it holds a NUL */
    BM_SSE_RETRY,      /* stays for the rest of the stream; ignored unless it is digits only */
    BM_SSE_ERROR       /* as BM_SSE_DATA, and the event is an error */
} bm_sse_field_e;

/* Bytes of the longest field name. */
#define BM_SSE_NAME_MAX 5

typedef struct bm_sse_draft_t {
    apr_size_t max;          /* bytes of one buffer */
    bm_sse_field_e field;    /* the current one */
    bm_buffer_t data;
    bm_buffer_t event;
    bm_buffer_t id;          /* last complete id of the stream */
    bm_buffer_t value;       /* of a field that counts only when its line is complete */
    apr_int64_t retry_ms;    /* last valid one of the stream; -1: none */
    unsigned has_data : 1;
    unsigned error_field : 1;
} bm_sse_draft_t;

/** An empty draft whose buffers go with p. */
void bm_sse_draft_init(bm_sse_draft_t *draft, apr_size_t max, apr_pool_t *p);

/** Ready for the first event of a new stream. */
void bm_sse_draft_reset(bm_sse_draft_t *draft);

/** Ready for the next event of the same stream. */
void bm_sse_draft_clear(bm_sse_draft_t *draft);

/** A field begins; draft->field says which. */
apr_status_t bm_sse_draft_begin(bm_sse_draft_t *draft, const char *name, apr_size_t len);

/** More of its value. */
apr_status_t bm_sse_draft_put(bm_sse_draft_t *draft, const char *bytes, apr_size_t len);

/** Its line is complete. */
apr_status_t bm_sse_draft_end(bm_sse_draft_t *draft);

/** Let the members of event that come from fields point into the draft. One without data (see has_data) is none. */
apr_status_t bm_sse_draft_read(bm_sse_draft_t *draft, struct bm_sse_event_t *event);

#endif
