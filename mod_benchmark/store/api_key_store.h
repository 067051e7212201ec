/* SPDX-License-Identifier: Apache-2.0
 *
 * store/api_key_store.h: keys of programs. Rows come as bm_row_json_write wants them: the version, then the fields of
 * bm_api_key_fields. Thread: that of db. */
#ifndef BM_STORE_API_KEY_STORE_H
#define BM_STORE_API_KEY_STORE_H

#include "base/json.h"
#include "crypt/opaque_token.h"
#include "db/query.h"
#include "model/identity.h"
#include "store/listing.h"

enum { BM_API_KEY_FIRST = 1, BM_API_KEY_PREFIX_LENGTH = 8 };

/** Whose a key is. */
typedef struct bm_api_key_owner_t {
    const char *user;
    apr_int64_t user_id;                 /* 0: not of our table */
} bm_api_key_owner_t;

/** owner NULL: of everybody. The listing's q, label and sort are not for keys. */
apr_status_t bm_api_key_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const bm_api_key_owner_t *owner,
                                   bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND; so also a key of somebody else than owner (NULL: anybody's). */
apr_status_t bm_api_key_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const bm_api_key_owner_t *owner, bm_err_t *err,
                                  apr_pool_t *p);

/** Keep the hash of secret; body complete. */
apr_status_t bm_api_key_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *prefix, const char *secret,
                                  const bm_api_key_owner_t *owner, const char *created_by, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND, as bm_api_key_store_get. */
apr_status_t bm_api_key_store_delete(bm_db_t *db, apr_int64_t id, const bm_api_key_owner_t *owner, bm_err_t *err, apr_pool_t *p);

/** Whom the key stands for; that it was used is written at most once a minute. @return APR_NOTFOUND: there is no such key, it
 *  is past its time, or its owner is gone or disabled. */
apr_status_t bm_api_key_store_find(bm_identity_t *who, bm_db_t *db, const char *prefix, const char *secret, bm_err_t *err,
                                   apr_pool_t *p);

#endif
