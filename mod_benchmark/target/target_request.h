/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_request.h: an HTTP/1.x request, read from any split of its bytes.
 *
 * Strict where leniency is dangerous (both Content-Length and Transfer-Encoding, differing lengths, folded lines, blanks
 * before a colon, control bytes are refused), lenient where it is harmless (a line may end with LF alone). Bodies come by
 * length or chunked. One request at a time: what follows a complete request is not consumed, and it is the
 * server's to refuse (pipelining).
 *
 * Thread: one owner at a time. */
#ifndef BM_TARGET_TARGET_REQUEST_H
#define BM_TARGET_TARGET_REQUEST_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>
#include "base/buffer.h"

enum {
    BM_TARGET_REQUEST_MAX_HEAD = 32768,     /* bytes of request line and headers */
    BM_TARGET_REQUEST_MAX_PATH = 8192,      /* bytes of the request target */
    BM_TARGET_REQUEST_MAX_HEADERS = 100,
    BM_TARGET_REQUEST_KEEP = 65536          /* larger buffers are given back between requests */
};

typedef struct bm_target_request_t {
    /* The request, once bm_target_request_feed() has said so. Strings are in pool p. */
    const char *method;
    const char *path;               /* as sent, without the query; begins with '/' */
    const char *query;              /* as sent, without '?'; NULL: none */
    apr_table_t *headers;
    const char *body;               /* never NULL; not terminated; valid until reset */
    apr_size_t body_len;
    int minor;                      /* of HTTP/1.minor */
    int keep_alive;                 /* the client wants to send more on this connection */
    int wants_continue;             /* head is read, the body waits for a 100: set once, cleared by the server */

    /* After a failure: what to answer. */
    int status;
    const char *problem;

    /* Internal. */
    apr_pool_t *p;
    apr_size_t body_limit;
    bm_buffer_t head;
    bm_buffer_t content;
    apr_size_t line;                /* where the current line of the head begins */
    apr_uint64_t left;              /* bytes of the body or chunk that are still to come */
    apr_size_t extra;               /* bytes of chunk lines and trailers, against endless ones */
    int digits;
    int state;
} bm_target_request_t;

/** Begin to read a request. r is zero or was used before. p: for its strings; must be as it is until the request is done
 *  with. body_limit in bytes: one more is status 413. */
void bm_target_request_begin(bm_target_request_t *r, apr_size_t body_limit, apr_pool_t *p);

/** Read on. *used: how many of the len bytes were taken (all of them for APR_EAGAIN).
 *  @return APR_SUCCESS: the request is complete. APR_EAGAIN: more is needed.
 *  APR_EINVAL: refused; status and problem say why; the connection is of no further use. */
apr_status_t bm_target_request_feed(bm_target_request_t *r, const char *data, apr_size_t len, apr_size_t *used);

/** Whether not one byte of a request has come yet. */
int bm_target_request_is_idle(const bm_target_request_t *r);

/** Bytes of memory that the buffers hold. */
apr_size_t bm_target_request_memory(const bm_target_request_t *r);

/** Give the buffers back. */
void bm_target_request_free(bm_target_request_t *r);

/** Decoded value of a parameter of the query, in p. NULL: not there or wrongly encoded. */
const char *bm_target_request_parameter(const bm_target_request_t *r, const char *name, apr_pool_t *p);

#endif
