/* SPDX-License-Identifier: Apache-2.0
 *
 * store/user_store.h: users of our own. Rows come as bm_row_json_write wants them: the version and, behind a dash, what changes
 * without a new one, then the fields of bm_user_fields. What takes access away ends sessions and tells those who hold
 * connections, in the same statement. Thread: that of db. */
#ifndef BM_STORE_USER_STORE_H
#define BM_STORE_USER_STORE_H

#include "base/json.h"
#include "db/query.h"
#include "model/identity.h"
#include "store/listing.h"

enum { BM_USER_FIRST = 1 };

/** What a login needs to know. */
typedef struct bm_user_login_t {
    apr_int64_t id, epoch;
    const char *name, *hash;             /* hash NULL: he has no password here */
    bm_role_e role;
    bm_projects_t projects;
    int disabled;
} bm_user_login_t;

/** Name and what pages show beside it. */
typedef struct bm_user_card_t {
    apr_int64_t id;
    const char *name, *email, *full_name;   /* email and full_name may be NULL */
} bm_user_card_t;

/** The listing's q is a part of name, full name or address; its label and sort are not for users. */
apr_status_t bm_user_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p);

/** One user; lock: until the end of the transaction nobody else changes him. @return APR_NOTFOUND. */
apr_status_t bm_user_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Add one (body complete; hash NULL: without a password), and read him back. @return APR_EEXIST: name or
 *  address is another's. */
apr_status_t bm_user_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *hash, const char *created_by,
                               bm_err_t *err, apr_pool_t *p);

/** Replace one, and read him back; his sessions end if he is disabled, and what he watches if he sees other projects or has
 *  another role.
 *  @return APR_NOTFOUND. */
apr_status_t bm_user_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p);

/** His keys and sessions go with him. @return APR_NOTFOUND. */
apr_status_t bm_user_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Another password (NULL: none). Ends all sessions but `keep` (NULL: all), and the link by which he could set one. */
apr_status_t bm_user_store_set_password(bm_db_t *db, apr_int64_t id, const char *hash, const char *keep, bm_err_t *err,
                                        apr_pool_t *p);

/** The same password under a stronger hash, unless it was changed meanwhile. */
apr_status_t bm_user_store_rehash(bm_db_t *db, apr_int64_t id, const char *old_hash, const char *hash, bm_err_t *err,
                                  apr_pool_t *p);

/** End all sessions of a user. */
apr_status_t bm_user_store_end_sessions(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** By his name, or else (by_email) by his address. *plogin is NULL if there is none. */
apr_status_t bm_user_store_login(bm_user_login_t **plogin, bm_db_t *db, const char *name, int by_email, bm_err_t *err,
                                 apr_pool_t *p);

/** Whether he still is who he was: enabled and of this epoch. *prole: his role now. @return APR_NOTFOUND: he is not. */
apr_status_t bm_user_store_check(bm_role_e *prole, bm_projects_t *projects, bm_db_t *db, apr_int64_t id, apr_int64_t epoch,
                                 bm_err_t *err, apr_pool_t *p);

/** He signed in now. */
apr_status_t bm_user_store_signed_in(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_user_store_card(bm_user_card_t *card, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

#endif
