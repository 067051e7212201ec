/* SPDX-License-Identifier: Apache-2.0
 *
 * store/session_store.h: sessions, which cookies and access tokens stand for, and their refresh tokens. Thread: that of db. */
#ifndef BM_STORE_SESSION_STORE_H
#define BM_STORE_SESSION_STORE_H

#include "db/query.h"
#include "crypt/opaque_token.h"
#include "model/identity.h"
#include "store/listing.h"

#define BM_REFRESH_GRACE_SECONDS 10

typedef struct bm_session_order_t {
    const char *id;
    const char *cookie;              /* NULL: a session of tokens */
    const char *refresh;             /* first refresh token; NULL: none */
    const unsigned char *chain;      /* BM_DIGEST_BYTES; with refresh */
    const bm_identity_t *who;        /* user, user_id and epoch */
    apr_int64_t idle_seconds;        /* 0: as long as it lasts */
    apr_int64_t seconds;
    const char *address, *agent;     /* agent may be NULL */
} bm_session_order_t;

/** Begin one. *pnow, *pends: its beginning and end by the database's clock, seconds since 1970. */
apr_status_t bm_session_store_add(apr_int64_t *pnow, apr_int64_t *pends, bm_db_t *db, const bm_session_order_t *order,
                                  bm_err_t *err, apr_pool_t *p);

/** Whom a cookie stands for. @return APR_NOTFOUND: nobody, or not any more. Its idle time begins anew. */
apr_status_t bm_session_store_by_cookie(bm_identity_t *who, bm_db_t *db, const char *cookie, bm_err_t *err, apr_pool_t *p);

/** Whom a session of tokens stands for. *pskew: the database's clock minus this node's. @return APR_NOTFOUND. */
apr_status_t bm_session_store_by_id(bm_identity_t *who, apr_interval_time_t *pskew, bm_db_t *db, const char *id, bm_err_t *err,
                                    apr_pool_t *p);

/** End one; *pended: whether there was one. */
apr_status_t bm_session_store_end(int *pended, bm_db_t *db, const char *id, bm_err_t *err, apr_pool_t *p);

/** End all sessions of a user of that name. */
apr_status_t bm_session_store_end_of(bm_db_t *db, const char *user, bm_err_t *err, apr_pool_t *p);

/** Which sessions a list, or the end of one, is about. */
typedef struct bm_session_filter_t {
    const char *user;                /* NULL: anybody's */
    apr_int64_t user_id;             /* with user; 0: not of our table */
    apr_int64_t of_user_id;          /* besides: those of this user; 0: whoever's */
    const char *current;             /* the one that was shown; "": none */
} bm_session_filter_t;

/** Those that are not over, as rows of bm_session_fields. The listing's q, label and sort are not for sessions. */
apr_status_t bm_session_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing,
                                   const bm_session_filter_t *filter, bm_err_t *err, apr_pool_t *p);

/** End one by its number. @return APR_NOTFOUND: also if it is none of the filter's, which *pforeign says. */
apr_status_t bm_session_store_end_number(int *pforeign, bm_db_t *db, apr_int64_t number, const bm_session_filter_t *filter,
                                         bm_err_t *err, apr_pool_t *p);

typedef enum bm_refresh_e {
    BM_REFRESH_DONE,                 /* used up now, or within the grace period by who used it up: the successor is as it was */
    BM_REFRESH_UNKNOWN,              /* never was, or its session is over */
    BM_REFRESH_REUSED                /* it was copied: its session is ended by this call */
} bm_refresh_e;

typedef struct bm_refreshed_t {
    char successor[BM_OPAQUE_LENGTH + 1];
    char session[BM_SESSION_ID_LENGTH + 1];
    const char *user;                /* of DONE and REUSED */
    apr_int64_t user_id;             /* 0: not of our table */
    apr_int64_t now, ends;           /* seconds since 1970; of the session */
    apr_int64_t number;              /* what people see of the session */
} bm_refreshed_t;

/** Use up a refresh token. In a transaction. */
apr_status_t bm_session_store_refresh(bm_refresh_e *presult, bm_refreshed_t *done, bm_db_t *db, const char *token,
                                      const char *address, bm_err_t *err, apr_pool_t *p);

/** Now and the end of a session of tokens, seconds since 1970. @return APR_NOTFOUND. */
apr_status_t bm_session_store_ends(apr_int64_t *pnow, apr_int64_t *pends, bm_db_t *db, const char *id, bm_err_t *err,
                                   apr_pool_t *p);

/** Remove what is past its time. */
apr_status_t bm_session_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
