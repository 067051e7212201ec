/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_rebuild_store.h"

#include <apr_strings.h>
#include "base/log.h"
#include "model/run_model.h"
#include "store/sample_row.h"

#define HOURS_A_DAY 24

#define AS_JSON(labels) " case when " labels " <> '{}' then array_to_json(" labels ")::text end"

/* Compaction's lock, and only if there is something to do: a row lock is a write. */
static const bm_stmt_t kpi_rebuild_lock = { "kpi_rebuild_lock",
    "select hours_from, days_from from kpi_state where exists (select 1 from kpi_dirty where marked_at <= now())"
    " for update skip locked", .binary = 1 };
/* The mark itself is not locked: who deletes a run would wait for us. It is removed if it still is the one that was seen. */
static const bm_stmt_t kpi_rebuild_take = { "kpi_rebuild_take",
    "select scenario_id, source, hour, marked_at, min_id, max_id, not exists (select 1 from scenarios s where s.id = scenario_id)"
    " from kpi_dirty where marked_at <= now() order by marked_at, scenario_id, source, hour limit 1", .binary = 1 };

/* Tags of the cursor's rows. */
enum { TAG_HEAD, TAG_DELTA, TAG_RUN };

/* Everything of one hour (or one day: $3 to $8) as of one instant. The head says whether the oldest partition still holds
 * the oldest run that was counted: dropping one needs a lock that this statement excludes. Ids bound the rows, because
 * finished_at has no index. */
static const bm_stmt_t kpi_rebuild_open = { "kpi_rebuild_open",
    "declare kpi_rebuild no scroll cursor for"
    " with d as materialized (select id, min_id, max_id from kpi_delta"
    "  where scenario_id = $1 and source = $2 and hour >= $3 and hour < $8),"
    " b as materialized (select least(min(min_id), $4) as lo, greatest(max(max_id), $5) as hi"
    "  from (select min_id, max_id from d union all"
    "        select min_id, max_id from kpi_cell where scenario_id = $1 and source = $2 and level = $9 and bucket = $10) x),"
    " kept as (select case when count(*) = count(f) then min(f) end as since from"
    "  (select substring(pg_get_expr(c.relpartbound, c.oid) from $re$FROM \\('?(\\d+)'?\\)$re$)::bigint as f"
    "    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'runs'::regclass) x)"
    " select 0, case when b.lo < kept.since then 1 else 0 end::bigint, null::text, null::text, null::integer, null::integer,"
    "  null::bytea, null::boolean, null::text" BM_SAMPLE_NULLS " from b, kept"
    " union all select 1, d.id, null, null, null, null, null, null, null" BM_SAMPLE_NULLS " from d"
    " union all select 2, r.id, r.status, r.error_code, m.id, l.id, r.timeline, r.good," AS_JSON("r.labels")
    BM_SAMPLE_COLUMNS
    "  from runs r left join models m on m.provider = r.provider and m.name = r.model"
    "  left join locations l on l.name = r.location"
    "  where r.scenario_id = $1 and r.kind = $2 and r.id >= (select lo from b) and r.id <= (select hi from b)"
    "   and r.finished_at >= $6 and r.finished_at < $7", .unprepared = 1 };
/* The same of load tests, whose samples are their requests. */
static const bm_stmt_t kpi_rebuild_open_requests = { "kpi_rebuild_open_requests",
    "declare kpi_rebuild no scroll cursor for"
    " with d as materialized (select id from kpi_delta where scenario_id = $1 and source = $2 and hour >= $3 and hour < $8),"
    " kept as (select case when count(*) = count(f) then min(f) end as since from"
    "  (select substring(pg_get_expr(c.relpartbound, c.oid) from $re$FROM \\('?(\\d+)'?\\)$re$)::bigint as f"
    "    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'requests'::regclass) x),"
    " r as (select *, " BM_SAMPLE_OF_REQUESTS
    "  from requests where scenario_id = $1 and phase = 1 and not superseded and at >= $6 and at < $7"
    BM_SAMPLE_REQUESTS_OF("$2") "),"
    " lt as materialized (select i.id, coalesce(t.labels, q.labels) as labels from (select distinct loadtest_id as id from r) i"
    "  left join runs t on t.id = i.id and t.scenario_id = $1 left join run_queue q on q.id = i.id)"
    " select 0, case when kept.since is not null"
    "   and $6 < coalesce((select at from requests order by id limit 1), 'infinity')"
    "   or exists (select 1 from loadtests l join runs t on t.id = l.id and t.scenario_id = l.scenario_id"
    "    where l.scenario_id = $1 and l.kind = $2 and " BM_SAMPLE_LACKS_ROWS " and t.finished_at >= $6 and"
    " t.started_at < $7)"
    "  then 1 else 0 end::bigint,"
    "  null::text, null::text, null::integer, null::integer, null::bytea, null::boolean, null::text"
    BM_SAMPLE_NULLS " from kept"
    " union all select 1, d.id, null, null, null, null, null, null, null" BM_SAMPLE_NULLS " from d"
    " union all select 2, r.seq + 1, r.status, r.error_code, r.model_id, r.location_id, r.gaps, r.good," AS_JSON("lt.labels")
    BM_SAMPLE_COLUMNS " from r left join lt on lt.id = r.loadtest_id",
    .unprepared = 1 };
static const bm_stmt_t kpi_rebuild_next = { "kpi_rebuild_next", "fetch " APR_STRINGIFY(BM_SAMPLE_PAGE) " from kpi_rebuild",
                                             .unprepared = 1, .binary = 1 };

static const bm_stmt_t kpi_rebuild_deltas = { "kpi_rebuild_deltas", "delete from kpi_delta where id = any($1)" };
static const bm_stmt_t kpi_rebuild_clear = { "kpi_rebuild_clear",
    "delete from kpi_cell where scenario_id = $1 and source = $2 and level = $3 and bucket = $4" };
static const bm_stmt_t kpi_rebuild_write = { "kpi_rebuild_write",
    "insert into kpi_cell (scenario_id, source, level, bucket, model_id, label_id, location_id, n, min_id, max_id, body, more)"
    " select $1, $2, $3, $4, * from unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],"
    "  $11::bytea[], $12::bytea[])" };
static const bm_stmt_t kpi_rebuild_hours = { "kpi_rebuild_hours",
    "select model_id, label_id, location_id, x.n, min_id, max_id, x.part from kpi_cell c,"
    " lateral (values (c.n, body), (0, more)) x (n, part)"
    " where scenario_id = $1 and source = $2 and level = 0 and bucket >= $3 and bucket < $4 and x.part is not null"
    " order by model_id, label_id, location_id", .binary = 1 };
static const bm_stmt_t kpi_rebuild_done = { "kpi_rebuild_done",
    "delete from kpi_dirty where scenario_id = $1 and source = $2 and hour = $3 and marked_at = $4" };
/* Who asked for a window learns how many of its hours could not be made again. */
static const bm_stmt_t kpi_rebuild_kept = { "kpi_rebuild_kept",
    "update kpi_rebuilds set kept = kept + 1 where finished_at is null and from_hour <= $2 and to_hour > $3"
    " and (scenario_id is null or scenario_id = $1)" };
static const bm_stmt_t kpi_rebuild_postpone = { "kpi_rebuild_postpone",
    "update kpi_dirty set marked_at = now() + interval '1 hour'"
    " where scenario_id = $1 and source = $2 and hour = $3 and marked_at = $4" };

apr_status_t bm_kpi_rebuild_store_take(bm_kpi_hour_t **phour, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_kpi_hour_t *hour;
    bm_rows_t **rows;
    apr_status_t rv;

    *phour = NULL;
    bm_pipe_add(pipe, &kpi_rebuild_lock, BM_NO_PARAMS);
    bm_pipe_add(pipe, &kpi_rebuild_take, BM_NO_PARAMS);
    rv = bm_pipe_run(&rows, pipe, err);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows[0]) == 0 || bm_rows_count(rows[1]) == 0)
        return APR_NOTFOUND;
    *phour = hour = apr_pcalloc(p, sizeof(*hour));
    hour->mark = (bm_kpi_mark_t){
        .scenario_id = bm_rows_int64(rows[1], 0, 0, 0), .source = (int)bm_rows_int64(rows[1], 0, 1, 0),
        .hour = (int)bm_rows_int64(rows[1], 0, 2, 0), .marked_at = bm_rows_time(rows[1], 0, 3),
        .min_id = bm_rows_int64(rows[1], 0, 4, BM_FIGURE_NONE), .max_id = bm_rows_int64(rows[1], 0, 5, BM_FIGURE_NONE),
        .is_gone = bm_rows_bool(rows[1], 0, 6)
    };
    hour->deltas = apr_array_make(p, 16, sizeof(apr_int64_t));
    hour->by_day = hour->mark.hour < bm_rows_int64(rows[0], 0, 0, 0);
    hour->expired = hour->mark.hour / HOURS_A_DAY < bm_rows_int64(rows[0], 0, 1, 0);
    hour->hours = hour->by_day ? HOURS_A_DAY : 1;
    hour->first = hour->by_day ? hour->mark.hour / HOURS_A_DAY * HOURS_A_DAY : hour->mark.hour;
    return APR_SUCCESS;
}

apr_status_t bm_kpi_rebuild_store_open(bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    const bm_kpi_mark_t *mark = &hour->mark;
    apr_time_t from = apr_time_from_sec((apr_time_t)hour->first * 3600);

    const bm_stmt_t *open = bm_run_kind_is_load(mark->source) ? &kpi_rebuild_open_requests : &kpi_rebuild_open;

    return bm_db_query(NULL, db, open, BM_PARAMS(
                       bm_param_int64(mark->scenario_id), bm_param_int(mark->source), bm_param_int(hour->first),
                       bm_param_null_if(mark->min_id == BM_FIGURE_NONE, bm_param_int64(mark->min_id)),
                       bm_param_null_if(mark->max_id == BM_FIGURE_NONE, bm_param_int64(mark->max_id)),
                       bm_param_time(from), bm_param_time(from + apr_time_from_sec((apr_time_t)hour->hours * 3600)),
                       bm_param_int(hour->first + hour->hours), bm_param_int(hour->by_day),
                       bm_param_int(hour->by_day ? hour->first / HOURS_A_DAY : hour->first)), err, p);
}

static void run_read(bm_kpi_row_run_t *run, const bm_rows_t *rows, int i, apr_pool_t *p)
{
    int c = 1;

    *run = (bm_kpi_row_run_t){ .row = { .id = bm_rows_int64(rows, i, c++, 0) } };
    run->row.status = bm_rows_text(rows, i, c++);
    run->row.error_code = bm_rows_text(rows, i, c++);
    run->model_id = (int)bm_rows_int64(rows, i, c++, 0);
    run->location_id = (int)bm_rows_int64(rows, i, c++, 0);
    run->row.timeline_len = (int)bm_rows_bytes(&run->row.timeline, rows, i, c++, p);
    run->good = bm_rows_bool(rows, i, c++);
    run->labels = bm_rows_text(rows, i, c++);
    bm_sample_row_figures(&run->row, rows, i, c);
}

apr_status_t bm_kpi_rebuild_store_next(apr_array_header_t **pruns, int *more, bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err,
                                       apr_pool_t *ppage)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_rebuild_next, BM_NO_PARAMS, err, ppage);
    int i;

    *pruns = NULL;
    *more = 0;
    if (rv != APR_SUCCESS)
        return rv;
    *more = bm_rows_count(rows) == BM_SAMPLE_PAGE;
    *pruns = apr_array_make(ppage, BM_SAMPLE_PAGE, sizeof(bm_kpi_row_run_t));
    for (i = 0; i < bm_rows_count(rows); i++) {
        switch (bm_rows_int64(rows, i, 0, -1)) {
        case TAG_HEAD:
            hour->rows_dropped = bm_rows_int64(rows, i, 1, 0) != 0;
            break;
        case TAG_DELTA:
            APR_ARRAY_PUSH(hour->deltas, apr_int64_t) = bm_rows_int64(rows, i, 1, 0);
            break;
        case TAG_RUN:
        default:
            run_read(apr_array_push(*pruns), rows, i, ppage);
        }
    }
    return APR_SUCCESS;
}

/* --- writing */

/* Put cells in the place of all of one level and bucket; stored: their bodies. */
static void replace(bm_pipe_t *pipe, const bm_kpi_mark_t *mark, int level, const bm_delta_row_t *cells,
                    const bm_kpi_stored_t *stored, int n, apr_pool_t *p)
{
    enum { FIGURES = 6 };
    const bm_param_t key[] = { bm_param_int64(mark->scenario_id), bm_param_int(mark->source), bm_param_int(level),
                               bm_param_int(level == 0 ? mark->hour : mark->hour / HOURS_A_DAY) };
    bm_param_t params[4 + FIGURES + 2] = { key[0], key[1], key[2], key[3] };
    int i, k;

    bm_pipe_add(pipe, &kpi_rebuild_clear, key, 4);
    if (n == 0)
        return;
    for (k = 0; k < FIGURES; k++) {
        apr_int64_t *values = apr_palloc(p, (apr_size_t)n * sizeof(*values));

        for (i = 0; i < n; i++) {
            const apr_int64_t all[FIGURES] = { cells[i].model_id, cells[i].label_id, cells[i].location_id, cells[i].n,
                                               cells[i].min_id, cells[i].max_id };

            values[i] = all[k];
        }
        params[4 + k] = bm_param_int64s(values, n, p);
    }
    bm_kpi_store_params(params + 4 + FIGURES, stored, n, p);
    bm_pipe_add(pipe, &kpi_rebuild_write, params, 4 + FIGURES + 2);
}

/* Whole cells as they are stored. */
static apr_status_t split(bm_kpi_stored_t **pstored, const bm_delta_row_t *cells, int n, bm_kpi_merge_fn *merge, void *baton,
                          apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    *pstored = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(**pstored));
    for (i = 0; i < n && rv == APR_SUCCESS; i++)
        rv = merge(baton, &(*pstored)[i], &(bm_kpi_body_t){ cells[i].body, cells[i].body_len }, 1, p);
    return rv;
}

/* Rows [from, to) of kpi_rebuild_hours, which have one key, as the cell of their day. */
static apr_status_t day_merge(bm_delta_row_t *day, bm_kpi_stored_t *stored, const bm_rows_t *rows, int from, int to,
                              bm_kpi_merge_fn *merge, void *baton, apr_pool_t *p)
{
    bm_kpi_body_t *parts = apr_palloc(p, (apr_size_t)(to - from) * sizeof(*parts));
    int i;

    *day = (bm_delta_row_t){ .model_id = (int)bm_rows_int64(rows, from, 0, 0), .label_id = (int)bm_rows_int64(rows, from, 1, 0),
                             .location_id = (int)bm_rows_int64(rows, from, 2, 0), .min_id = APR_INT64_MAX,
                             .max_id = APR_INT64_MIN };
    for (i = from; i < to; i++) {
        apr_int64_t min_id = bm_rows_int64(rows, i, 4, 0), max_id = bm_rows_int64(rows, i, 5, 0);

        day->n += (int)bm_rows_int64(rows, i, 3, 0);
        day->min_id = min_id < day->min_id ? min_id : day->min_id;
        day->max_id = max_id > day->max_id ? max_id : day->max_id;
        parts[i - from].len = (int)bm_rows_bytes(&parts[i - from].data, rows, i, 6, p);
    }
    return merge(baton, stored, parts, to - from, p);
}

/* Model, label and location are the first columns of kpi_rebuild_hours. */
static int is_same_key(const bm_rows_t *rows, int i, int j)
{
    int c;

    for (c = 0; c < 3; c++)
        if (bm_rows_int64(rows, i, c, 0) != bm_rows_int64(rows, j, c, 0))
            return 0;
    return 1;
}

/* The cells of the mark's day, made of its hours. */
static apr_status_t day_make(bm_delta_row_t **pdays, bm_kpi_stored_t **pstored, int *n, bm_db_t *db, const bm_kpi_mark_t *mark,
                             bm_kpi_merge_fn *merge, void *baton, bm_err_t *err, apr_pool_t *p)
{
    int first = mark->hour / HOURS_A_DAY * HOURS_A_DAY, from, to, count;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_rebuild_hours, BM_PARAMS(
                                  bm_param_int64(mark->scenario_id), bm_param_int(mark->source), bm_param_int(first),
                                  bm_param_int(first + HOURS_A_DAY)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    count = bm_rows_count(rows);
    *pdays = apr_palloc(p, ((apr_size_t)count + 1) * sizeof(**pdays));
    *pstored = apr_palloc(p, ((apr_size_t)count + 1) * sizeof(**pstored));
    *n = 0;
    for (from = 0; from < count; from = to) {
        for (to = from + 1; to < count && is_same_key(rows, from, to); to++)
            ;
        rv = day_merge(&(*pdays)[*n], &(*pstored)[*n], rows, from, to, merge, baton, p);
        (*n)++;
        if (rv == APR_SUCCESS)
            continue;
        bm_log(BM_LOG_ERR, rv, BMLOG(0550) "an hour cell of scenario %" APR_INT64_T_FMT ", day %d, cannot be read",
               mark->scenario_id, first / HOURS_A_DAY);
        return bm_err_set(err, APR_EGENERAL, "kpi_damaged", "A stored KPI cell cannot be read.");
    }
    return APR_SUCCESS;
}

#define MARK_PARAMS(mark) BM_PARAMS(bm_param_int64((mark)->scenario_id), bm_param_int((mark)->source), \
                                    bm_param_int((mark)->hour), bm_param_time((mark)->marked_at))

apr_status_t bm_kpi_rebuild_store_write(bm_db_t *db, const bm_kpi_hour_t *hour, const bm_delta_row_t *cells, int n,
                                        bm_kpi_merge_fn *merge, void *baton, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_kpi_stored_t *stored;
    bm_delta_row_t *days;
    apr_status_t rv = split(&stored, cells, n, merge, baton, p);
    int day_count;

    if (rv != APR_SUCCESS)
        return rv;
    if (hour->deltas->nelts > 0)
        bm_pipe_add(pipe, &kpi_rebuild_deltas,
                    BM_PARAMS(bm_param_int64s((const apr_int64_t *)hour->deltas->elts, hour->deltas->nelts, p)));
    replace(pipe, &hour->mark, hour->by_day, cells, stored, n, p);
    if (hour->by_day) {
        bm_pipe_add(pipe, &kpi_rebuild_done, MARK_PARAMS(&hour->mark));
        bm_pipe_add(pipe, &bm_kpi_store_rewritten, BM_NO_PARAMS);
    }
    rv = bm_pipe_run(NULL, pipe, err);
    if (rv != APR_SUCCESS || hour->by_day)
        return rv;
    rv = day_make(&days, &stored, &day_count, db, &hour->mark, merge, baton, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    replace(pipe, &hour->mark, 1, days, stored, day_count, p);
    bm_pipe_add(pipe, &kpi_rebuild_done, MARK_PARAMS(&hour->mark));
    bm_pipe_add(pipe, &bm_kpi_store_rewritten, BM_NO_PARAMS);
    return bm_pipe_run(NULL, pipe, err);
}

apr_status_t bm_kpi_rebuild_store_drop(bm_db_t *db, const bm_kpi_mark_t *mark, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);

    bm_pipe_add(pipe, &kpi_rebuild_done, MARK_PARAMS(mark));
    bm_pipe_add(pipe, &kpi_rebuild_kept, BM_PARAMS(bm_param_int64(mark->scenario_id), bm_param_int(mark->hour),
                bm_param_int(mark->hour)));
    return bm_pipe_run(NULL, pipe, err);
}

apr_status_t bm_kpi_rebuild_store_postpone(bm_db_t *db, const bm_kpi_mark_t *mark, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &kpi_rebuild_postpone, MARK_PARAMS(mark), err, p);
}
