/* SPDX-License-Identifier: Apache-2.0
 *
 * store/signing_key_store.h: the key pairs that access tokens are signed with. Thread: that of db. */
#ifndef BM_STORE_SIGNING_KEY_STORE_H
#define BM_STORE_SIGNING_KEY_STORE_H

#include "crypt/key_ring.h"
#include "crypt/signed_token.h"
#include "db/query.h"

#define BM_SIGNING_KEYS_MAX 16

/** How long a new key is published before it signs: longer than a node takes to see it. */
#define BM_SIGNING_KEY_WAITS 10

/** All that are believed. */
typedef struct bm_signing_keys_t {
    bm_sign_key_t keys[BM_SIGNING_KEYS_MAX];     /* the youngest first; only the one that signs has its secret part */
    int n;
    int signs;                       /* place of the one that signs now; -1: none does */
    const char *trouble;             /* why its secret part could not be opened; NULL: it was */
    apr_interval_time_t skew;        /* the database's clock minus this node's */
} bm_signing_keys_t;

/** Read them. ring opens secret parts that are sealed; NULL: none is configured. trouble in p. */
apr_status_t bm_signing_key_store_list(bm_signing_keys_t *found, const bm_key_ring_t *ring, bm_db_t *db, bm_err_t *err,
                                       apr_pool_t *p);

/** Keep a new one. first: only if there is none, and it signs at once; else it signs in BM_SIGNING_KEY_WAITS seconds (at once if
 *  nothing else can sign), and those before it are believed for as long as tokens of theirs may live (seconds). Sealed with the
 *  ring; NULL: none is configured, and it is stored as it is. @return as bm_seal. */
apr_status_t bm_signing_key_store_add(bm_db_t *db, const bm_sign_key_t *key, int first, apr_int64_t seconds,
                                      const bm_key_ring_t *ring, bm_err_t *err, apr_pool_t *p);

/** Seal with the ring's active key what another one sealed, or none. *punread: kid of one that could not be opened, and err says
 *  why; NULL: all could. */
apr_status_t bm_signing_key_store_reseal(const char **punread, bm_db_t *db, const bm_key_ring_t *ring, bm_err_t *err,
                                         apr_pool_t *p);

/** Remove those that nothing is signed with any more. */
apr_status_t bm_signing_key_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
