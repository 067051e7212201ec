/* SPDX-License-Identifier: Apache-2.0
 *
 * store/idempotency_store.h: answers to requests that carried an Idempotency-Key.
 *
 * Claim, the work itself and finish are one transaction of the caller's: a second request with the same key waits at
 * the claim until the first has ended, and a first that fails leaves nothing behind. Thread: that of db. */
#ifndef BM_STORE_IDEMPOTENCY_STORE_H
#define BM_STORE_IDEMPOTENCY_STORE_H

#include "db/query.h"

/** What identifies a request. */
typedef struct bm_idempotency_key_t {
    const char *principal;        /* user, or "" for anonymous */
    const char *route;            /* method and path */
    const char *key;              /* what the client sent */
    const unsigned char *hash;    /* of the body */
    int hash_len;
} bm_idempotency_key_t;

/** An earlier answer. */
typedef struct bm_idempotency_answer_t {
    int same_body;
    int status;                   /* 0: the earlier request has not answered */
    const char *location;         /* NULL: none */
    const char *body;
} bm_idempotency_answer_t;

/** Claim the key. *panswer NULL: it is ours; else what was answered, in p. */
apr_status_t bm_idempotency_store_claim(bm_idempotency_answer_t **panswer, bm_db_t *db, const bm_idempotency_key_t *key,
                                        bm_err_t *err, apr_pool_t *p);

/** Keep the answer. */
apr_status_t bm_idempotency_store_finish(bm_db_t *db, const bm_idempotency_key_t *key, int status, const char *location,
                                         const char *body, bm_err_t *err, apr_pool_t *p);

/** Forget keys older than a day. */
apr_status_t bm_idempotency_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
