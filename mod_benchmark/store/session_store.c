/* SPDX-License-Identifier: Apache-2.0 */
#include "store/session_store.h"

#include <string.h>
#include <apr_strings.h>
#include "model/user_model.h"
#include "store/event_sql.h"

static bm_param_t digest_param(unsigned char digest[BM_DIGEST_BYTES], const char *text)
{
    if (text == NULL)
        return bm_param_null_if(1, bm_param_bytes("", 0));
    bm_opaque_digest(digest, text, strlen(text));
    return bm_param_bytes(digest, BM_DIGEST_BYTES);
}

static const bm_stmt_t session_add = { "session_add",
    "with s as (insert into sessions (id, hash, user_id, user_name, epoch, chain, idle_seconds, idle_until, expires_at, address,"
    "  agent) values ($1, $2, $3, $4, $5, $6, $7, now() + (case when $7 > 0 then least($7, $8) else $8 end)"
    "  * interval '1 second', now() + $8 * interval '1 second', $9, $10) returning id, expires_at),"
    " r as (insert into refresh_tokens (hash, session_id) select $11, s.id from s where $11::bytea is not null)"
    " select floor(extract(epoch from now()))::bigint, floor(extract(epoch from expires_at))::bigint from s" };

apr_status_t bm_session_store_add(apr_int64_t *pnow, apr_int64_t *pends, bm_db_t *db, const bm_session_order_t *order,
                                  bm_err_t *err, apr_pool_t *p)
{
    unsigned char cookie[BM_DIGEST_BYTES], refresh[BM_DIGEST_BYTES];
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_add,
        BM_PARAMS(bm_param_text(order->id), digest_param(cookie, order->cookie),
                  bm_param_null_if(order->who->user_id == 0, bm_param_int64(order->who->user_id)),
                  bm_param_text(order->who->user), bm_param_int64(order->who->epoch),
                  bm_param_null_if(order->chain == NULL, bm_param_bytes(order->chain, order->chain ? BM_DIGEST_BYTES : 0)),
                  bm_param_int64(order->idle_seconds), bm_param_int64(order->seconds), bm_param_text(order->address),
                  bm_param_text(order->agent), digest_param(refresh, order->refresh)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    *pnow = bm_rows_int64(rows, 0, 0, 0);
    *pends = bm_rows_int64(rows, 0, 1, 0);
    return APR_SUCCESS;
}

/* A session is as good as its user: one of ours must be enabled and of the epoch in which it began. What is written is at most
 * once a minute. */
#define FIND(condition) \
    "with s as (select s.id, s.user_name, s.user_id, s.epoch, u.role, s.seen_at," \
    "  array_to_string(u.projects, ',') as projects," \
    "  (extract(epoch from least(s.idle_until, s.expires_at)) * 1000000)::bigint as ends" \
    "  from sessions s left join users u on u.id = s.user_id where " condition " and s.expires_at > now()" \
    "  and s.idle_until > now() and (s.user_id is null or (not u.disabled and u.epoch = s.epoch)))," \
    " t as (update sessions t set seen_at = now(), idle_until = case when t.idle_seconds > 0" \
    "   then least(t.expires_at, now() + t.idle_seconds * interval '1 second') else t.expires_at end from s where t.id = s.id" \
    "   and s.seen_at < now() - interval '1 minute')" \
    " select id, user_name, user_id, epoch, role, ends, (extract(epoch from now()) * 1000000)::bigint, projects from s"

static const bm_stmt_t session_by_cookie = { "session_by_cookie", FIND("s.hash = $1") };
static const bm_stmt_t session_by_id = { "session_by_id", FIND("s.id = $1 and s.hash is null") };

static void read_identity(bm_identity_t *who, apr_interval_time_t *pskew, const bm_rows_t *rows)
{
    const char *name = bm_rows_text(rows, 0, 4);
    int role = name != NULL ? bm_role_find(name) : -1;
    apr_time_t node = apr_time_now();

    memset(who, 0, sizeof(*who));
    apr_cpystrn(who->session, bm_rows_text(rows, 0, 0), sizeof(who->session));
    apr_cpystrn(who->user, bm_rows_text(rows, 0, 1), sizeof(who->user));
    who->user_id = bm_rows_int64(rows, 0, 2, 0);
    who->epoch = bm_rows_int64(rows, 0, 3, 0);
    who->role = role < 0 ? BM_ROLE_NONE : (bm_role_e)role;
    who->most = BM_ROLE_ADMIN;
    who->scopes = BM_SCOPE_ALL;
    (void)bm_projects_read(&who->projects, bm_rows_text(rows, 0, 7));
    *pskew = bm_rows_int64(rows, 0, 6, node) - node;
    who->until = bm_rows_int64(rows, 0, 5, 0) - *pskew;
}

apr_status_t bm_session_store_by_cookie(bm_identity_t *who, bm_db_t *db, const char *cookie, bm_err_t *err, apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES];
    apr_interval_time_t skew;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_by_cookie, BM_PARAMS(digest_param(digest, cookie)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    read_identity(who, &skew, rows);
    who->credential = BM_CREDENTIAL_SESSION;
    return APR_SUCCESS;
}

apr_status_t bm_session_store_by_id(bm_identity_t *who, apr_interval_time_t *pskew, bm_db_t *db, const char *id, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_by_id, BM_PARAMS(bm_param_text(id)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    read_identity(who, pskew, rows);
    who->credential = BM_CREDENTIAL_TOKEN;
    return APR_SUCCESS;
}

/* --- the end */

#define TELL \
    "e as (insert into events (project_id, kind, payload) select 0, 'access.revoked', jsonb_build_object('session', gone.id)" \
    " from gone" BM_EVENT_SQL_NOTIFY ")"

static const bm_stmt_t session_end = { "session_end",
    "with gone as (delete from sessions where id = $1 returning id), " TELL " select count(*) from gone" };

apr_status_t bm_session_store_end(int *pended, bm_db_t *db, const char *id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_end, BM_PARAMS(bm_param_text(id)), err, p);

    *pended = rv == APR_SUCCESS && bm_rows_int64(rows, 0, 0, 0) > 0;
    return rv;
}

static const bm_stmt_t session_end_of = { "session_end_of",
    "with gone as (delete from sessions where user_name = $1 returning id), " TELL " select count(*) from gone" };

apr_status_t bm_session_store_end_of(bm_db_t *db, const char *user, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &session_end_of, BM_PARAMS(bm_param_text(user)), err, p);
}

/* Whose user is still who he was when it began: the others are worth nothing. */
#define LIST \
    " from (select s.number as id, s.user_name, s.user_id, case when s.hash is null then 'tokens' else 'cookie' end as kind," \
    " s.id as session, s.address, s.agent, s.created_at, s.seen_at, least(s.idle_until, s.expires_at) as ends_at" \
    " from sessions s left join users u on u.id = s.user_id where s.expires_at > now() and s.idle_until > now()" \
    " and (s.user_id is null or (not u.disabled and u.epoch = s.epoch))) l"

apr_status_t bm_session_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing,
                                   const bm_session_filter_t *filter, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("session_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)" LIST " where true");
    else {
        bm_select_columns(s, 'c', "", bm_session_fields, 0);
        bm_select_param(s, 's', " from (select l.*, l.session = ", bm_param_text(filter->current),
                        " as current" LIST ") m where true");
    }
    if (filter->user != NULL) {
        bm_select_param(s, 'u', " and user_name = ", bm_param_text(filter->user), "");
        bm_select_param(s, 'w', " and coalesce(user_id, 0) = ", bm_param_int64(filter->user_id), "");
    }
    if (filter->of_user_id != 0)
        bm_select_param(s, 'h', " and user_id = ", bm_param_int64(filter->of_user_id), "");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

static const bm_stmt_t session_end_number = { "session_end_number",
    "with gone as (delete from sessions where number = $1 and ($2 or (user_name = $3 and coalesce(user_id, 0) = $4))"
    " returning id), " TELL " select count(*), exists (select 1 from sessions where number = $1) from gone" };

apr_status_t bm_session_store_end_number(int *pforeign, bm_db_t *db, apr_int64_t number, const bm_session_filter_t *filter,
                                         bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_end_number,
                                  BM_PARAMS(bm_param_int64(number), bm_param_bool(filter->user == NULL),
                                            bm_param_text(filter->user), bm_param_int64(filter->user_id)), err, p);

    *pforeign = rv == APR_SUCCESS && bm_rows_int64(rows, 0, 0, 0) == 0 && bm_rows_bool(rows, 0, 1);
    if (rv == APR_SUCCESS && bm_rows_int64(rows, 0, 0, 0) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no session %" APR_INT64_T_FMT ".", number);
    return rv;
}

static const bm_stmt_t session_prune = { "session_prune", "delete from sessions where expires_at < now() or idle_until < now()" };
static const bm_stmt_t refresh_prune = { "refresh_prune",
    "delete from refresh_tokens r using sessions s where s.id = r.session_id and s.expires_at < now()" };

apr_status_t bm_session_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &refresh_prune, BM_NO_PARAMS, err, p);

    return rv == APR_SUCCESS ? bm_db_query(NULL, db, &session_prune, BM_NO_PARAMS, err, p) : rv;
}

/* --- refresh tokens */

/* The row of the token is locked: of two that come at once one uses it up, and the other sees that. */
static const bm_stmt_t refresh_find = { "refresh_find",
    "select s.id, s.user_name, s.user_id, s.chain, r.used_at is not null,"
    " r.used_at > now() - $2 * interval '1 second' and r.used_from = $3,"
    " floor(extract(epoch from now()))::bigint, floor(extract(epoch from s.expires_at))::bigint, s.number"
    " from refresh_tokens r join sessions s on s.id = r.session_id left join users u on u.id = s.user_id"
    " where r.hash = $1 and s.expires_at > now() and (s.user_id is null or (not u.disabled and u.epoch = s.epoch))"
    " for update of r" };
static const bm_stmt_t refresh_use = { "refresh_use",
    "with u as (update refresh_tokens set used_at = clock_timestamp(), used_from = $2 where hash = $1 returning session_id)"
    " insert into refresh_tokens (hash, session_id) select $3, u.session_id from u on conflict (hash) do nothing" };
static const bm_stmt_t refresh_successor = { "refresh_successor",
    "select used_at is null from refresh_tokens where hash = $1" };

enum { SESSION, USER, USER_ID, CHAIN, USED, GRACE, NOW, ENDS, NUMBER };

/* The same answer once more, for one that was lost; but not when the successor was used already, for then it was not lost. */
static apr_status_t is_lost(int *plost, bm_db_t *db, unsigned char successor[BM_DIGEST_BYTES], bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &refresh_successor, BM_PARAMS(bm_param_bytes(successor, BM_DIGEST_BYTES)), err, p);

    *plost = rv == APR_SUCCESS && bm_rows_count(rows) > 0 && bm_rows_bool(rows, 0, 0);
    return rv;
}

apr_status_t bm_session_store_refresh(bm_refresh_e *presult, bm_refreshed_t *done, bm_db_t *db, const char *token,
                                      const char *address, bm_err_t *err, apr_pool_t *p)
{
    unsigned char digest[BM_DIGEST_BYTES], successor[BM_DIGEST_BYTES];
    const void *chain;
    bm_rows_t *rows;
    int lost = 0, ended;
    apr_status_t rv;

    memset(done, 0, sizeof(*done));
    *presult = BM_REFRESH_UNKNOWN;
    rv = bm_db_query(&rows, db, &refresh_find, BM_PARAMS(digest_param(digest, token), bm_param_int(BM_REFRESH_GRACE_SECONDS),
                                                         bm_param_text(address)), err, p);
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    apr_cpystrn(done->session, bm_rows_text(rows, 0, SESSION), sizeof(done->session));
    done->user = bm_rows_text(rows, 0, USER);
    done->user_id = bm_rows_int64(rows, 0, USER_ID, 0);
    done->now = bm_rows_int64(rows, 0, NOW, 0);
    done->ends = bm_rows_int64(rows, 0, ENDS, 0);
    done->number = bm_rows_int64(rows, 0, NUMBER, 0);
    if (bm_rows_bytes(&chain, rows, 0, CHAIN, p) != BM_DIGEST_BYTES)
        return APR_SUCCESS;
    bm_opaque_successor(done->successor, chain, token);
    (void)digest_param(successor, done->successor);
    *presult = BM_REFRESH_DONE;
    if (!bm_rows_bool(rows, 0, USED))
        return bm_db_query(NULL, db, &refresh_use, BM_PARAMS(bm_param_bytes(digest, BM_DIGEST_BYTES), bm_param_text(address),
                                                             bm_param_bytes(successor, BM_DIGEST_BYTES)), err, p);
    if (bm_rows_bool(rows, 0, GRACE))
        rv = is_lost(&lost, db, successor, err, p);
    if (rv != APR_SUCCESS || lost)
        return rv;
    *presult = BM_REFRESH_REUSED;
    return bm_session_store_end(&ended, db, done->session, err, p);
}

static const bm_stmt_t session_ends = { "session_ends",
    "select floor(extract(epoch from now()))::bigint, floor(extract(epoch from expires_at))::bigint from sessions"
    " where id = $1 and expires_at > now()" };

apr_status_t bm_session_store_ends(apr_int64_t *pnow, apr_int64_t *pends, bm_db_t *db, const char *id, bm_err_t *err,
                                   apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &session_ends, BM_PARAMS(bm_param_text(id)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    *pnow = bm_rows_int64(rows, 0, 0, 0);
    *pends = bm_rows_int64(rows, 0, 1, 0);
    return APR_SUCCESS;
}
