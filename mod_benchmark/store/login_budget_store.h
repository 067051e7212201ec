/* SPDX-License-Identifier: Apache-2.0
 *
 * store/login_budget_store.h: how often somebody may try a password, over all nodes: GCRA by user and by address, counted before
 * anything is hashed, given back when it was right. Thread: that of db. */
#ifndef BM_STORE_LOGIN_BUDGET_STORE_H
#define BM_STORE_LOGIN_BUDGET_STORE_H

#include "db/query.h"

/* Attempts at once, and seconds until one more. */
#define BM_LOGIN_USER_BURST 10
#define BM_LOGIN_USER_SECONDS 20
#define BM_LOGIN_ADDRESS_BURST 30
#define BM_LOGIN_ADDRESS_SECONDS 2

/** Take one attempt of user and address (of IPv6 its /64). @return APR_EAGAIN with code "too_many_logins" and retry_after_s. */
apr_status_t bm_login_budget_store_take(bm_db_t *db, const char *user, const char *address, bm_err_t *err, apr_pool_t *p);

/** It was right: the user's budget is whole again, and the address has its attempt back. */
apr_status_t bm_login_budget_store_return(bm_db_t *db, const char *user, const char *address, bm_err_t *err, apr_pool_t *p);

/** Remove budgets that are whole. */
apr_status_t bm_login_budget_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
