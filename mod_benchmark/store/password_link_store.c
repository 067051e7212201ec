/* SPDX-License-Identifier: Apache-2.0 */
#include "store/password_link_store.h"

#include <string.h>
#include "crypt/opaque_token.h"
#include "store/event_sql.h"

static const bm_stmt_t link_put = { "password_link_put",
    "with c as (insert into password_links as l (user_id, hash, created_by, expires_at)"
    " select id, $2, $3, now() + $4 * interval '1 hour' from users where id = $1 and not disabled"
    " on conflict (user_id) do update set hash = excluded.hash, created_by = excluded.created_by, created_at = now(),"
    "  expires_at = excluded.expires_at returning l.user_id as id, l.expires_at),"
    " u as (" BM_EVENT_SQL_CHANGED_APART("user", "updated", "c") ") select expires_at from c" };
static const bm_stmt_t link_delete = { "password_link_delete",
    "with c as (delete from password_links where user_id = $1 returning user_id as id),"
    " u as (" BM_EVENT_SQL_CHANGED_APART("user", "updated", "c") ") select id from c" };

#define HOLDS " l.hash = $1 and l.expires_at > now() and u.id = l.user_id and not u.disabled"
static const bm_stmt_t link_find = { "password_link_find",
    "select u.id, u.name, u.email, u.full_name from password_links l, users u where" HOLDS };
static const bm_stmt_t link_use = { "password_link_use",
    "delete from password_links l using users u where" HOLDS " returning u.id, u.name, u.email, u.full_name" };
static const bm_stmt_t link_prune = { "password_link_prune", "delete from password_links where expires_at < now()" };

static bm_param_t digest_param(unsigned char digest[BM_DIGEST_BYTES], const char *token)
{
    bm_opaque_digest(digest, token, strlen(token));
    return bm_param_bytes(digest, BM_DIGEST_BYTES);
}

apr_status_t bm_password_link_store_put(apr_time_t *pends, bm_db_t *db, apr_int64_t user_id, const char *token, int hours,
                                        const char *created_by, bm_err_t *err, apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES];
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &link_put, BM_PARAMS(bm_param_int64(user_id), digest_param(digest, token),
                                  bm_param_text(created_by), bm_param_int(hours)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    *pends = rv == APR_SUCCESS ? bm_rows_time(rows, 0, 0) : 0;
    return rv;
}

apr_status_t bm_password_link_store_delete(bm_db_t *db, apr_int64_t user_id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &link_delete, BM_PARAMS(bm_param_int64(user_id)), err, p);

    return rv == APR_SUCCESS && bm_rows_count(rows) == 0 ? APR_NOTFOUND : rv;
}

apr_status_t bm_password_link_store_find(bm_password_link_t *link, bm_db_t *db, const char *token, int use, bm_err_t *err,
                                         apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES];
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, use ? &link_use : &link_find, BM_PARAMS(digest_param(digest, token)), err, p);

    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv != APR_SUCCESS ? rv : APR_NOTFOUND;
    link->user_id = bm_rows_int64(rows, 0, 0, 0);
    link->name = bm_rows_text(rows, 0, 1);
    link->email = bm_rows_text(rows, 0, 2);
    link->full_name = bm_rows_text(rows, 0, 3);
    return rv;
}

apr_status_t bm_password_link_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &link_prune, BM_NO_PARAMS, err, p);
}
