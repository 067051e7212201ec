/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_rework_store.h"

#include "store/observation_sums.h"

/* --- what is not kept */

static const bm_stmt_t remove_traces = { "trace_remove",
    "with touched as (select unnest($2::text[]) as trace_id)," BM_SUMS_TAKE_AWAY ","
    " gone as (delete from observations where source_id = $1 and trace_id = any($2) returning 1),"
    " scores as (delete from trace_scores where source_id = $1 and trace_id = any($2))"
    " select count(*) from gone" };

/* Of sessions that went with their last trace. */
static const bm_stmt_t remove_scores = { "trace_remove_scores",
    "delete from trace_scores c where source_id = $1 and session_id is not null and trace_id is null"
    " and not exists (select 1 from trace_sessions s where s.source_id = $1 and s.id = c.session_id)" };

/* Traces, as an array, with all that there is of them. */
static apr_status_t remove_all(bm_db_t *db, const bm_observation_place_t *place, const char *traces, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &remove_traces, BM_PARAMS(bm_param_int64(place->source_id), bm_param_json(traces)),
                                  err, p);

    if (rv == APR_SUCCESS)
        rv = bm_observation_sums_renew(db, place, traces, err, p);
    return rv == APR_SUCCESS ? bm_db_query(NULL, db, &remove_scores, BM_PARAMS(bm_param_int64(place->source_id)), err, p) : rv;
}

/* One that has ended, or, if it does not say so, began, before $1. */
#define IS_OLD "start_time < $1 and coalesce(end_time, start_time) < $1"
static const bm_stmt_t old_source = { "trace_old_source",
    "select source_id, project_id from traces where " IS_OLD " order by start_time limit 1" };
static const bm_stmt_t old_traces = { "trace_old_traces",
    "select array_agg(id) from (select id from traces where " IS_OLD " and source_id = $2 order by start_time limit $3) t" };
static const bm_stmt_t old_marks = { "observation_old_marks",
    "with gone as (delete from observations o using (select source_id, id, start_time from observations where start_time < $1"
    "  and deleted_at is not null limit $2) x where o.source_id = x.source_id and o.id = x.id and o.start_time = x.start_time"
    "  returning 1) select count(*) from gone" };
static const bm_stmt_t patience = { "observation_patience", "set local lock_timeout = '2s'", .unprepared = 1 };
static const bm_stmt_t drop_month = { "observation_drop", "select observations_drop($1)" };

/* Its source is locked first, so that none of these is written to meanwhile. */
static apr_status_t remove_old(bm_db_t *db, const bm_observation_place_t *place, apr_time_t before, int limit, bm_err_t *err,
                               apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = bm_observation_sums_lock(db, place, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &old_traces, BM_PARAMS(bm_param_time(before), bm_param_int64(place->source_id),
                                                           bm_param_int(limit)), err, p);
    if (rv == APR_SUCCESS && !bm_rows_is_null(rows, 0, 0))
        rv = remove_all(db, place, bm_rows_text(rows, 0, 0), err, p);
    if (rv == APR_SUCCESS)
        return bm_db_commit(db, err);
    bm_db_rollback(db);
    return rv;
}

/* Nothing is left of that time but what was deleted there, and months without anything. */
static apr_status_t remove_rest(int *again, bm_db_t *db, apr_time_t before, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &old_marks, BM_PARAMS(bm_param_time(before), bm_param_int(limit)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    *again = bm_rows_int64(rows, 0, 0, 0) > 0;
    if (*again)
        return APR_SUCCESS;
    rv = bm_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, db, &patience, BM_NO_PARAMS, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &drop_month, BM_PARAMS(bm_param_time(before)), err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv == APR_SUCCESS)
        *again = !bm_rows_is_null(rows, 0, 0);
    else
        bm_db_rollback(db);
    return rv;
}

apr_status_t bm_trace_rework_store_forget(int *again, bm_db_t *db, apr_time_t before, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_observation_place_t place;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &old_source, BM_PARAMS(bm_param_time(before)), err, p);

    *again = 0;
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return remove_rest(again, db, before, limit, err, p);
    *again = 1;
    place = (bm_observation_place_t){ bm_rows_int64(rows, 0, 0, 0), bm_rows_int64(rows, 0, 1, 0) };
    return remove_old(db, &place, before, limit, err, p);
}

static const bm_stmt_t erase_next = { "trace_erase_next",
    "select source_id, project_id, user_id from trace_erasures order by asked_at limit 1" };
static const bm_stmt_t erase_traces = { "trace_erase",
    "with t as (select id from traces where source_id = $1 and user_id = $2 order by id limit $3),"
    " e as (insert into trace_erased (source_id, trace_id) select $1, id from t on conflict do nothing)"
    " select array_agg(id) from t" };
static const bm_stmt_t erase_end = { "trace_erase_end", "delete from trace_erasures where source_id = $1 and user_id = $2" };

apr_status_t bm_trace_rework_store_erase(int *again, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_observation_place_t place;
    const char *user;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &erase_next, BM_NO_PARAMS, err, p);

    *again = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    if (!*again)
        return rv;
    place = (bm_observation_place_t){ bm_rows_int64(rows, 0, 0, 0), bm_rows_int64(rows, 0, 1, 0) };
    user = bm_rows_text(rows, 0, 2);
    rv = bm_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = bm_observation_sums_lock(db, &place, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &erase_traces, BM_PARAMS(bm_param_int64(place.source_id), bm_param_text(user),
                                                             bm_param_int(limit)), err, p);
    if (rv == APR_SUCCESS)
        rv = bm_rows_is_null(rows, 0, 0)
            ? bm_db_query(NULL, db, &erase_end, BM_PARAMS(bm_param_int64(place.source_id), bm_param_text(user)), err, p)
            : remove_all(db, &place, bm_rows_text(rows, 0, 0), err, p);
    if (rv == APR_SUCCESS)
        return bm_db_commit(db, err);
    bm_db_rollback(db);
    return rv;
}

/* --- other words */

static const bm_stmt_t next_words = { "trace_words_next",
    "select source_id, project_id from trace_rewording order by source_id limit 1" };
static const bm_stmt_t lock_words = { "trace_words_lock",
    "select after_id from trace_rewording where source_id = $1 for update" };
static const bm_stmt_t put_words = { "trace_words_put",
    "with touched as materialized (select id as trace_id from traces where source_id = $1 and id > $2 order by id limit $3),"
    BM_SUMS_WORDS BM_SUMS_TAKE_AWAY ","
    " c as (select trace_id, " BM_SUMS_COMPLETES " as completes from w group by 1),"
    " up as (update traces t set stage = " BM_SUMS_STAGE("t.tags") ", completes = coalesce(c.completes, false)"
    "   from touched x left join c using (trace_id) where t.source_id = $1 and t.id = x.trace_id returning t.session_id)"
    " select (select count(*) from touched), (select max(trace_id) from touched),"
    "  (select coalesce(array_agg(trace_id), '{}') from touched),"
    "  coalesce(array_agg(distinct session_id) filter (where session_id is not null), '{}') from up" };
static const bm_stmt_t go_on_words = { "trace_words_go_on", "update trace_rewording set after_id = $2 where source_id = $1" };
static const bm_stmt_t end_words = { "trace_words_end", "delete from trace_rewording where source_id = $1" };

/* Traces behind `after`, and all that follows from them. */
static apr_status_t reword(int *again, bm_db_t *db, const bm_observation_place_t *place, const char *after, int limit,
                           bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &put_words, BM_PARAMS(bm_param_int64(place->source_id), bm_param_text(after),
                                                                   bm_param_int(limit)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    *again = bm_rows_int64(rows, 0, 0, 0) == limit;
    rv = bm_observation_sums_follow(db, place, bm_rows_text(rows, 0, 3), bm_rows_text(rows, 0, 2), err, p);
    if (rv != APR_SUCCESS)
        return rv;
    return *again ? bm_db_query(NULL, db, &go_on_words, BM_PARAMS(bm_param_int64(place->source_id),
                                                                  bm_param_text(bm_rows_text(rows, 0, 1))), err, p)
                  : bm_db_query(NULL, db, &end_words, BM_PARAMS(bm_param_int64(place->source_id)), err, p);
}

/* Whoever changes the words waits for the lock of the row, or this for him. */
apr_status_t bm_trace_rework_store_reword(int *again, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_observation_place_t place;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &next_words, BM_NO_PARAMS, err, p);

    *again = 0;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    place = (bm_observation_place_t){ bm_rows_int64(rows, 0, 0, 0), bm_rows_int64(rows, 0, 1, 0) };
    rv = bm_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = bm_observation_sums_lock(db, &place, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &lock_words, BM_PARAMS(bm_param_int64(place.source_id)), err, p);
    *again = 1;
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0)
        rv = reword(again, db, &place, bm_rows_text(rows, 0, 0), limit, err, p);
    if (rv == APR_SUCCESS)
        return bm_db_commit(db, err);
    bm_db_rollback(db);
    return rv;
}
