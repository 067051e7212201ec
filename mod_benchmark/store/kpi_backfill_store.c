/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_backfill_store.h"

#include <string.h>
#include "base/log.h"
#include "model/kpi_rebuild_model.h"
#include "model/run_model.h"
#include "store/job_store.h"
#include "store/select.h"

/* --- as requests see them */

static bm_select_t *read_all(const char *name, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(name, "select ", p);

    bm_select_columns(s, 'c', "", bm_kpi_rebuild_fields, 0);
    bm_select_add(s, 'f', " from kpi_rebuilds r");
    return s;
}

apr_status_t bm_kpi_backfill_store_add(bm_rows_t **prows, bm_db_t *db, apr_int32_t from_hour, apr_int32_t to_hour,
                                       apr_int64_t scenario_id, const char *by, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("kpi_backfill_add", "insert into kpi_rebuilds as r (from_hour, to_hour, scenario_id,"
                                    " created_by) values (", p);
    apr_status_t rv;

    bm_select_param(s, 'a', "", bm_param_int(from_hour), ", ");
    bm_select_param(s, 'b', "", bm_param_int(to_hour), ", ");
    bm_select_param(s, 's', "", bm_param_null_if(scenario_id < 0, bm_param_int64(scenario_id)), ", ");
    bm_select_param(s, 'w', "", bm_param_text(by), ") returning ");
    bm_select_columns(s, 'c', "", bm_kpi_rebuild_fields, 0);
    rv = bm_select_run(prows, s, db, err, p);
    return rv == APR_SUCCESS ? bm_job_store_wake(db, "kpi-backfill", err, p) : rv;
}

apr_status_t bm_kpi_backfill_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = read_all("kpi_backfill_get", p);
    apr_status_t rv;

    bm_select_param(s, 'i', " where id = ", bm_param_int64(id), "");
    rv = bm_select_run(prows, s, db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no rebuild %" APR_INT64_T_FMT ".", id);
    return rv;
}

apr_status_t bm_kpi_backfill_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = read_all("kpi_backfill_list", p);

    bm_select_add(s, 'o', " order by id desc limit 100");
    return bm_select_run(prows, s, db, err, p);
}

/* The oldest row that is left tells since when all are there, near enough: what ended later than it and is gone all the same had
 * been waiting for longer, and its hour is left as it is by its own minimum id. */
static const bm_stmt_t kpi_backfill_since = { "kpi_backfill_since",
    "select case when (select bool_and(pg_get_expr(c.relpartbound, c.oid) !~* 'minvalue') from pg_inherits i"
    "  join pg_class c on c.oid = i.inhrelid where i.inhparent = 'runs'::regclass)"
    "  then coalesce((select finished_at from runs order by id limit 1), now()) end,"
    " $1 < 0 or exists (select 1 from scenarios where id = $1)", .binary = 1 };

apr_status_t bm_kpi_backfill_store_since(apr_time_t *since, int *there, bm_db_t *db, apr_int64_t scenario_id, bm_err_t *err,
                                         apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_backfill_since, BM_PARAMS(bm_param_int64(scenario_id)), err, p);

    *since = rv == APR_SUCCESS ? bm_rows_time(rows, 0, 0) : 0;
    *there = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 1);
    return rv;
}

/* --- the job's side */

/* A mark that is there, perhaps at work this moment, is moved as any other, so that it is settled after all are there. */
#define MARK_LATER \
    " on conflict (scenario_id, source, hour) do update set marked_at = excluded.marked_at," \
    "  min_id = least(d.min_id, excluded.min_id), max_id = greatest(d.max_id, excluded.max_id)"
#define MARK_HOUR(hour) "case when " hour " < k.hours_from then " hour " / 24 * 24 else " hour " end"
#define LATER "clock_timestamp() + interval '1 hour'"

static const bm_stmt_t kpi_backfill_take = { "kpi_backfill_take",
    "select id, state, last_id is null from kpi_rebuilds where finished_at is null order by id limit 1" };
/* What has cells or deltas, and the hours of load tests, whose samples are requests. Days stand for their hours where those are
 * gone. */
static const bm_stmt_t kpi_backfill_cells = { "kpi_backfill_cells",
    "with r as materialized (select * from kpi_rebuilds where id = $1), k as materialized (select * from kpi_state),"
    " h as (select c.scenario_id, c.source, c.bucket as hour from kpi_cell c, r"
    "   where c.level = 0 and c.bucket >= r.from_hour and c.bucket < r.to_hour"
    "  union select c.scenario_id, c.source, c.bucket * 24 from kpi_cell c, r, k"
    "   where c.level = 1 and c.bucket >= r.from_hour / 24 and c.bucket < (least(r.to_hour, k.hours_from) + 23) / 24"
    "  union select c.scenario_id, c.source, c.hour from kpi_delta c, r where c.hour >= r.from_hour and c.hour < r.to_hour"
    "  union select t.scenario_id, t.kind, generate_series("
    "    greatest(r.from_hour, floor(extract(epoch from coalesce(t.started_at, t.finished_at)) / 3600)::integer),"
    "    least(r.to_hour - 1, floor(extract(epoch from t.finished_at) / 3600)::integer))"
    "   from loadtests l join runs t on t.id = l.id and t.scenario_id = l.scenario_id and t.kind in " BM_KINDS_LOAD ", r),"
    " m as (insert into kpi_dirty as d (scenario_id, source, hour, marked_at)"
    "  select distinct h.scenario_id, h.source, " MARK_HOUR("h.hour") ", " LATER " from h, r, k"
    "   where h.source not in " BM_SOURCES_UNCOUNTED " and (r.scenario_id is null or h.scenario_id = r.scenario_id)"
    MARK_LATER " returning 1)"
    " update kpi_rebuilds u set next_id = coalesce((select min(id) from runs), 1),"
    "  last_id = coalesce((select max(id) from runs), 0) from r where u.id = r.id" };
static const bm_stmt_t kpi_backfill_slice = { "kpi_backfill_slice",
    "with r as materialized (select *, to_timestamp(from_hour * 3600.0) as since, to_timestamp(to_hour * 3600.0) as until"
    "   from kpi_rebuilds where id = $1), k as materialized (select * from kpi_state),"
    " h as (select t.scenario_id, t.kind, floor(extract(epoch from t.finished_at) / 3600)::integer as hour, t.id from runs t, r"
    "   where t.id >= (select next_id from r) and t.id < (select next_id + $2 from r) and t.finished_at >= r.since"
    "    and t.finished_at < r.until and t.kind not in " BM_KINDS_UNCOUNTED
    "    and (r.scenario_id is null or t.scenario_id = r.scenario_id)),"
    " m as (insert into kpi_dirty as d (scenario_id, source, hour, marked_at, min_id, max_id)"
    "  select h.scenario_id, h.kind, " MARK_HOUR("h.hour") ", " LATER ", min(h.id), max(h.id) from h, k group by 1, 2, 3"
    MARK_LATER " returning 1)"
    " update kpi_rebuilds u set next_id = u.next_id + $2 from r where u.id = r.id"
    "  returning u.next_id > u.last_id" };
#define OF_WINDOW \
    " d.hour >= r.from_hour / 24 * 24 and d.hour < r.to_hour and (r.scenario_id is null or d.scenario_id = r.scenario_id)"
static const bm_stmt_t kpi_backfill_release = { "kpi_backfill_release",
    "with r as materialized (select * from kpi_rebuilds where id = $1),"
    " m as (update kpi_dirty d set marked_at = clock_timestamp() from r where" OF_WINDOW " returning 1)"
    " update kpi_rebuilds u set state = 'rebuilding', hours = (select count(*) from m) where u.id = $1" };
/* One that cannot be rebuilt waits for an hour again and again: nobody waits for it. */
static const bm_stmt_t kpi_backfill_done = { "kpi_backfill_done",
    "update kpi_rebuilds r set state = 'done', finished_at = clock_timestamp() where r.id = $1"
    " and not exists (select 1 from kpi_dirty d where marked_at <= clock_timestamp() and" OF_WINDOW ") returning hours, kept" };

static apr_status_t scan(int *more, bm_db_t *db, apr_int64_t id, int slice, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_backfill_slice, BM_PARAMS(bm_param_int64(id), bm_param_int(slice)), err, p);

    *more = 1;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0 || !bm_rows_bool(rows, 0, 0))
        return rv;
    bm_pipe_add(pipe, &kpi_backfill_release, BM_PARAMS(bm_param_int64(id)));
    rv = bm_pipe_run(NULL, pipe, err);
    return rv == APR_SUCCESS ? bm_job_store_wake(db, "kpi-rebuild", err, p) : rv;
}

apr_status_t bm_kpi_backfill_store_step(int *more, bm_db_t *db, int slice, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_int64_t id;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_backfill_take, BM_NO_PARAMS, err, p);

    *more = 0;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    id = bm_rows_int64(rows, 0, 0, 0);
    if (strcmp(bm_rows_text(rows, 0, 1), "scanning") == 0) {
        if (bm_rows_bool(rows, 0, 2))
            rv = bm_db_query(NULL, db, &kpi_backfill_cells, BM_PARAMS(bm_param_int64(id)), err, p);
        return rv == APR_SUCCESS ? scan(more, db, id, slice, err, p) : rv;
    }
    rv = bm_db_query(&rows, db, &kpi_backfill_done, BM_PARAMS(bm_param_int64(id)), err, p);
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0) {
        *more = 1;
        bm_log(BM_LOG_NOTICE, APR_SUCCESS, BMLOG(0555) "rebuild %" APR_INT64_T_FMT " of KPIs is done: %" APR_INT64_T_FMT
               " hours, of which %" APR_INT64_T_FMT " were left as they are", id, bm_rows_int64(rows, 0, 0, 0),
               bm_rows_int64(rows, 0, 1, 0));
    }
    return rv;
}
