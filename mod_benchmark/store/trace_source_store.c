/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_source_store.h"

#include "model/trace_source_model.h"
#include "store/select.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no trace source %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_trace_source_fields, 0);
}

apr_status_t bm_trace_source_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_source_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from trace_sources where true");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_trace_source_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "trace_source_lock" : "trace_source_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from trace_sources where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

apr_status_t bm_trace_source_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_source_add", "with c as (insert into trace_sources", p);

    bm_select_values(s, bm_trace_source_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', " returning *), y as (insert into trace_sync (source_id, project_id, page_limit)"
                  " select id, project_id, page_size from c where kind = 'langfuse'),"
                  " z as (insert into trace_pushed (source_id, project_id) select id, project_id from c where kind = 'pushed')"
                  " select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    return bm_select_run(prows, s, db, err, p);
}

/* What a new address or key says may be about others: it is read anew, and what is there stays until it is not found. */
#define ANOTHER "c.url is distinct from o.url or c.public_key is distinct from o.public_key"

apr_status_t bm_trace_source_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_source_put",
                                    "with o as (select id, url, public_key, words, scores from trace_sources", p);
    apr_status_t rv;

    bm_select_param(s, 'i', " where id = ", bm_param_int64(id), "), c as (update trace_sources set");
    bm_select_set(s, bm_trace_source_fields, body);
    bm_select_param(s, 'j', ", version = version + 1, updated_at = now() where id = ", bm_param_int64(id),
                    " returning *), y as (update trace_sync y set page_limit = c.page_size,"
                    " next_at = least(y.next_at, now() + c.interval_seconds * interval '1 second'),"
                    " api = case when " ANOTHER " then null else y.api end,"
                    " window_kind = case when " ANOTHER " then null else y.window_kind end,"
                    " cursor = case when " ANOTHER " then null else y.cursor end,"
                    " seen_from = case when " ANOTHER " then null else y.seen_from end,"
                    " seen_to = case when " ANOTHER " then null else y.seen_to end,"
                    " head_at = case when " ANOTHER " then null else y.head_at end,"
                    " head_next = case when " ANOTHER " then null else y.head_next end,"
                    " scores_to = case when " ANOTHER " or not o.scores then null else y.scores_to end,"
                    " fence = case when " ANOTHER " then nextval('fence_seq') else y.fence end,"
                    " owner = case when " ANOTHER " then null else y.owner end,"
                    " lease_until = case when " ANOTHER " then null else y.lease_until end"
                    " from c join o on o.id = c.id where y.source_id = c.id),"
                    " w as (insert into trace_rewording (source_id, project_id) select c.id, c.project_id from c"
                    "  join o on o.id = c.id where c.words is distinct from o.words"
                    "  on conflict (source_id) do update set after_id = '') select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t source_delete = { "trace_source_delete",
    "with c as (delete from trace_sources where id = $1 returning id), g as (insert into trace_gone (source_id) select id from c)"
    " select id from c" };

apr_status_t bm_trace_source_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &source_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t source_name = { "trace_source_name",
    "select id from trace_sources where project_id = $1 and lower(name) = lower($2) and id <> $3 limit 1" };

apr_status_t bm_trace_source_store_has_name(int *has, bm_db_t *db, apr_int64_t project_id, const char *name, apr_int64_t id,
                                            bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &source_name, BM_PARAMS(bm_param_int64(project_id), bm_param_text(name),
                                                                     bm_param_int64(id)), err, p);

    *has = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    return rv;
}

/* --- sync */

static apr_status_t none_is_synced(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no trace source %" APR_INT64_T_FMT " that is read from a server.",
                          id);
    return rv;
}

apr_status_t bm_trace_source_store_sync(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_sync_list", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'c', "", bm_trace_sync_fields, 0);
    bm_select_add(s, 'f', " from trace_sources t join trace_sync y on y.source_id = t.id");
    if (id != 0)
        bm_select_param(s, 'i', " where t.id = ", bm_param_int64(id), "");
    bm_select_add(s, 'o', " order by t.id");
    rv = bm_select_run(prows, s, db, err, p);
    return id != 0 ? none_is_synced(rv, *prows, id, err) : rv;
}

static const bm_stmt_t sync_wake = { "trace_sync_wake",
    "update trace_sync set wanted = true where $1 = 0::bigint or source_id = $1 returning source_id, state" };

apr_status_t bm_trace_source_store_wake(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(prows, db, &sync_wake, BM_PARAMS(bm_param_int64(id)), err, p);

    return id != 0 ? none_is_synced(rv, *prows, id, err) : rv;
}

apr_status_t bm_trace_source_store_passes(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit,
                                          bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("trace_pass_list", "select ", p);

    bm_select_columns(s, 'c', "", bm_trace_pass_fields, 0);
    bm_select_param(s, 'i', " from trace_passes where source_id = ", bm_param_int64(id), "");
    if (after > 0)
        bm_select_param(s, 'k', " and id < ", bm_param_int64(after), "");
    bm_select_add(s, 'o', " order by id desc");
    bm_select_limit(s, limit);
    return bm_select_run(prows, s, db, err, p);
}

/* --- users who are to be forgotten */

static const bm_stmt_t erase = { "trace_source_erase",
    "with e as (insert into trace_erasures (source_id, project_id, user_id) select id, project_id, $2 from trace_sources"
    "   where $1 = 0::bigint or id = $1 on conflict do nothing)"
    " select count(*) from trace_sources where $1 = 0::bigint or id = $1" };

apr_status_t bm_trace_source_store_erase(int *n, bm_db_t *db, apr_int64_t source_id, const char *user_id, bm_err_t *err,
                                         apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &erase, BM_PARAMS(bm_param_int64(source_id), bm_param_text(user_id)), err, p);

    *n = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

/* --- what deleted sources left behind */

static const bm_stmt_t sweep = { "trace_sweep",
    "with g as materialized (select source_id as g from trace_gone order by source_id limit 1),"
    " a as (delete from observations o using (select source_id, id, start_time from observations where source_id = (select g"
    " from g)"
    "   limit $1) x where o.source_id = x.source_id and o.id = x.id and o.start_time = x.start_time returning 1),"
    " b as (delete from traces o using (select source_id, id from traces where source_id = (select g from g) limit $1) x"
    "   where o.source_id = x.source_id and o.id = x.id returning 1),"
    " c as (delete from trace_sessions o using (select source_id, id from trace_sessions where source_id = (select g from g)"
    " limit $1) x"
    "   where o.source_id = x.source_id and o.id = x.id returning 1),"
    " d as (delete from trace_days where source_id = (select g from g) returning 1),"
    " s as (delete from trace_scores o using (select source_id, id from trace_scores where source_id = (select g from g)"
    " limit $1) x"
    "   where o.source_id = x.source_id and o.id = x.id returning 1),"
    " n as materialized (select (select count(*) from a) + (select count(*) from b) + (select count(*) from c)"
    "   + (select count(*) from d) + (select count(*) from s) as n),"
    " e as (delete from trace_gone where source_id = (select g from g) and (select n from n) = 0 returning 1)"
    " select (select n from n) + (select count(*) from e)" };

apr_status_t bm_trace_source_store_sweep(int *removed, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &sweep, BM_PARAMS(bm_param_int(limit)), err, p);

    *removed = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}
