/* SPDX-License-Identifier: Apache-2.0
 *
 * store/signing_key_store.h: the key pairs that access tokens are signed with. Thread: that of db. */
#ifndef BM_STORE_SIGNING_KEY_STORE_H
#define BM_STORE_SIGNING_KEY_STORE_H

#include "crypt/signed_token.h"
#include "db/query.h"

#define BM_SIGNING_KEYS_MAX 16

/** How long a new key is published before it signs: longer than a node takes to see it. */
#define BM_SIGNING_KEY_WAITS 10

/** All that are believed, the youngest first. *psigns: place of the one that signs now; -1: none does. *pskew: the database's
 *  clock minus this node's. */
apr_status_t bm_signing_key_store_list(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], int *pn, int *psigns, apr_interval_time_t *pskew,
                                       bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Keep a new one. first: only if there is none, and it signs at once; else it signs in BM_SIGNING_KEY_WAITS seconds, and those
 *  before it are believed for as long as tokens of theirs may live (seconds). */
apr_status_t bm_signing_key_store_add(bm_db_t *db, const bm_sign_key_t *key, int first, apr_int64_t seconds, bm_err_t *err,
                                      apr_pool_t *p);

/** Remove those that nothing is signed with any more. */
apr_status_t bm_signing_key_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
