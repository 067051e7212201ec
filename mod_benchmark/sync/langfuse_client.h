/* SPDX-License-Identifier: Apache-2.0
 *
 * sync/langfuse_client.h: one GET at a time to a Langfuse server, by the rules of all our requests (net/outbound.h).
 *
 * Answers may be compressed; what is unpacked counts for the limit. Thread: one owner. */
#ifndef BM_SYNC_LANGFUSE_CLIENT_H
#define BM_SYNC_LANGFUSE_CLIENT_H

#include <apr_time.h>
#include "net/outbound.h"

/** Most bytes of an answer: Langfuse itself answers with no more than five million or so. */
#define BM_LANGFUSE_ANSWER_MAX (12 * 1024 * 1024)
/** Longest request, in milliseconds. */
#define BM_LANGFUSE_REQUEST_MS 60000

typedef struct bm_langfuse_client_t bm_langfuse_client_t;

typedef struct bm_langfuse_answer_t {
    int status;                      /* of HTTP; 0: there was none, or not all of it */
    int too_large;                   /* with status 0: longer than BM_LANGFUSE_ANSWER_MAX */
    const char *trouble;             /* with status 0: why, a sentence; in the client until the next request */
    char *text;                      /* the body, NUL-terminated; in the client until the next request */
    apr_size_t len;
    apr_interval_time_t wait;        /* how long the server asks to wait; -1: it does not say */
    apr_int64_t limit;               /* X-RateLimit-Limit; -1: it does not say */
    apr_int64_t remaining;           /* X-RateLimit-Remaining; -1: it does not say */
} bm_langfuse_answer_t;

/** A client in p; its connection goes with p. stopping: whether to give up what is under way; asked often. */
apr_status_t bm_langfuse_client_create(bm_langfuse_client_t **pclient, const bm_outbound_t *outbound,
                                       int (*stopping)(void *baton), void *baton, apr_pool_t *p);

/** GET base and path, which has its query. keys: value of the header Authorization; NULL: none. Scratch in p. */
void bm_langfuse_get(bm_langfuse_answer_t *answer, bm_langfuse_client_t *client, const char *base, const char *path,
                     const char *keys, apr_pool_t *p);

/** Value of Authorization for a pair of keys, in p. */
const char *bm_langfuse_keys(const char *public_key, const char *secret_key, apr_pool_t *p);

#endif
