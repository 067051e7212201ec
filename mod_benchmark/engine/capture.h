/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/capture.h: libcurl's callbacks of one exchange: stamp, copy the bytes, nothing else.
 *
 * Everything that takes answers apart happens later, in the recorder. The one thing searched for here is the end marker,
 * since it decides when to stop. Loop thread only; no allocation from pools. */
#ifndef BM_ENGINE_CAPTURE_H
#define BM_ENGINE_CAPTURE_H

#include <curl/curl.h>
#include "engine/stamps.h"
#include "net/exchange.h"

/** What the callbacks of an exchange under way know. */
typedef struct bm_capture_t {
    bm_exchange_t *x;
    bm_stamps_t *stamps;             /* the loop's */
    bm_read_t read;
    apr_size_t marker_len;           /* of the end marker; 0: none */
    apr_int64_t last_body_ns;        /* user stamp of the last read with body bytes; 0: none yet */
    apr_int64_t send_seen_ns;        /* libcurl told that the header had gone out: S is not later */
    int sends;                       /* of the request's header: again when a warm connection turned out to be dead */
    int headers_in_read;             /* header lines came out of the present read */
    int head_complete;               /* the empty line behind the final answer's header has come */
    int marker_seen;                 /* the end marker has arrived: what follows is not kept */
    int too_large, out_of_memory;    /* why the transfer was stopped from inside */
} bm_capture_t;

/** Set the callbacks on a new easy handle; capture must outlive it. @return APR_ENOMEM. */
apr_status_t bm_capture_install(CURL *easy, bm_capture_t *capture);

/** Begin exchange x, whose answer may have max_body bytes. opaque: it runs over TLS. */
void bm_capture_begin(bm_capture_t *capture, bm_exchange_t *x, bm_stamps_t *stamps, apr_int64_t max_body, int opaque);

#endif
