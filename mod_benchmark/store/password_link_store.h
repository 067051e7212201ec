/* SPDX-License-Identifier: Apache-2.0
 *
 * store/password_link_store.h: links by which a user of ours sets his password himself: one for each user, good once, for a time.
 * Of the token in a link the SHA-256 is kept. A password that is set by whatever way takes the link away (user_store.h).
 * Thread: that of db. */
#ifndef BM_STORE_PASSWORD_LINK_STORE_H
#define BM_STORE_PASSWORD_LINK_STORE_H

#include "db/query.h"

/** Whose link a token is of. Strings may be NULL but for name. */
typedef struct bm_password_link_t {
    apr_int64_t user_id;
    const char *name, *email, *full_name;
} bm_password_link_t;

/** The link of a user from now on, in the place of the one he may have. *pends: when it ends. @return APR_NOTFOUND: there is no
 *  such user, or he is disabled. */
apr_status_t bm_password_link_store_put(apr_time_t *pends, bm_db_t *db, apr_int64_t user_id, const char *token, int hours,
                                        const char *created_by, bm_err_t *err, apr_pool_t *p);

/** Take a user's link away. @return APR_NOTFOUND: he has none. */
apr_status_t bm_password_link_store_delete(bm_db_t *db, apr_int64_t user_id, bm_err_t *err, apr_pool_t *p);

/** Whose it is, if it still holds. use: and it holds no more once this transaction is committed. @return APR_NOTFOUND. */
apr_status_t bm_password_link_store_find(bm_password_link_t *link, bm_db_t *db, const char *token, int use, bm_err_t *err,
                                         apr_pool_t *p);

/** Forget those that are past their time. */
apr_status_t bm_password_link_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
