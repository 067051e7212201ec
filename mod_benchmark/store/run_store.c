/* SPDX-License-Identifier: Apache-2.0 */
#include "store/run_store.h"

#include <string.h>
#include <apr_strings.h>
#include "model/calibration_model.h"
#include "model/discovery_model.h"
#include "model/run_model.h"
#include "store/row_json.h"
#include "store/select.h"
#include "store/event_sql.h"

static void add_columns(bm_select_t *s, const bm_field_t *fields, int summary)
{
    bm_select_columns(s, summary ? 'v' : 'w', BM_RUN_HEAD, fields, summary);
}

static apr_status_t none(apr_int64_t id, bm_err_t *err)
{
    return bm_err_set(err, APR_NOTFOUND, NULL, "There is no run %" APR_INT64_T_FMT ".", id);
}

/* --- calibrations (lists of runs: run_list_store.c) */

apr_status_t bm_run_store_calibrations(bm_rows_t **prows, bm_db_t *db, apr_int64_t after, int limit, apr_int64_t skip,
                                       bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("calibration_list", "select ", p);

    add_columns(s, bm_calibration_fields, 0);
    bm_select_add(s, 'r', " from run where scenario_id = 0 and kind = 4");
    if (after > 0)
        bm_select_param(s, 'z', " and id < ", bm_param_int64(after), "");
    bm_select_add(s, 'd', " order by id desc");
    bm_select_limit(s, limit);
    if (skip > 0)
        bm_select_param(s, 'o', " offset ", bm_param_int64(skip), "");
    return bm_select_run(prows, s, db, err, p);
}

/* --- one run */

/* A statement that reads one run from a view. */
static bm_select_t *read_one(const char *name, const char *view, apr_int64_t id, const bm_field_t *fields, int summary,
                             apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(name, "select ", p);

    add_columns(s, fields, summary);
    bm_select_add(s, 'f', view);
    bm_select_param(s, 'i', " where id = ", bm_param_int64(id), "");
    if (fields == bm_calibration_fields)
        bm_select_add(s, 'k', " and kind = 4");
    else if (fields == bm_discovery_fields)
        bm_select_add(s, 'd', " and kind = 6");
    return s;
}

/* Most runs that anybody looks at have ended, and their home alone is read in half the time. A run that is not there is looked
 * for in both homes by one statement, as it may move at any moment. */
apr_status_t bm_run_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const bm_field_t *fields, int summary,
                              bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv;

    if (id <= 0)
        return none(id, err);
    rv = bm_select_run(prows, read_one("recorded_run_get", " from recorded_run", id, fields, summary, p), db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        rv = bm_select_run(prows, read_one("run_get", " from run", id, fields, summary, p), db, err, p);
    return rv == APR_SUCCESS && bm_rows_count(*prows) == 0 ? none(id, err) : rv;
}

/* --- for several requests at once */

int bm_run_store_hand_out(bm_run_asked_t *const *asked, int n, const bm_rows_t *rows, int column, apr_pool_t *p)
{
    int count = bm_rows_count(rows), missing = 0, i, row;
    apr_int64_t *ids = apr_palloc(p, ((size_t)count + 1) * sizeof(*ids));

    for (row = 0; row < count; row++)
        ids[row] = bm_rows_int64(rows, row, column, 0);
    for (i = 0; i < n; i++) {
        for (row = 0; asked[i]->rows == NULL && row < count; row++)
            if (ids[row] == asked[i]->id)
                asked[i]->rows = bm_rows_share(rows, row, asked[i]->p);
        missing += asked[i]->rows == NULL;
    }
    return missing;
}

bm_param_t bm_run_store_missing(bm_run_asked_t *const *asked, int n, apr_pool_t *p)
{
    apr_int64_t *ids = apr_palloc(p, ((size_t)n + 1) * sizeof(*ids));
    int count = 0, i;

    for (i = 0; i < n; i++)
        if (asked[i]->rows == NULL)
            ids[count++] = asked[i]->id;
    return bm_param_int64s(ids, count, p);
}

static apr_status_t read_each(int *pmissing, bm_run_asked_t *const *asked, int n, const char *name, const char *view, bm_db_t *db,
                              int summary, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(name, "select ", p);
    bm_rows_t *rows;
    apr_status_t rv;

    add_columns(s, bm_run_fields, summary);
    bm_select_add(s, 'f', view);
    bm_select_param(s, 'i', " where id = any(", bm_run_store_missing(asked, n, p), ")");
    rv = bm_select_run(&rows, s, db, err, p);
    if (rv == APR_SUCCESS)
        *pmissing = bm_run_store_hand_out(asked, n, rows, BM_RUN_FIRST, p);
    return rv;
}

apr_status_t bm_run_store_get_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, int summary, bm_err_t *err, apr_pool_t *p)
{
    int missing = 0, i;
    apr_status_t rv = read_each(&missing, asked, n, "recorded_run_get_each", " from recorded_run", db, summary, err, p);

    if (rv == APR_SUCCESS && missing > 0)
        rv = read_each(&missing, asked, n, "run_get_each", " from run", db, summary, err, p);
    for (i = 0; rv == APR_SUCCESS && i < n; i++)
        asked[i]->rv = asked[i]->rows != NULL ? APR_SUCCESS : none(asked[i]->id, asked[i]->err);
    return rv;
}

/* --- marks. The update is unconditional on the state: it waits for a claim that is under way and then marks the running row. */

#define MARKED " returning id, project_id, scenario_id, target_id as automation_id, kind, state"
#define CANCELLED ", 'cancel_requested', true, 'status', case c.state when 'pending' then 'cancelled' else c.state end"
static const bm_stmt_t run_cancel = { "run_cancel",
    "with u as (update run_queue set cancel_requested = true where id = $1 and not cancel_requested" MARKED ")"
    BM_EVENT_SQL_RUNS("changed", ", 'change', 'updated'", CANCELLED, "u", BM_EVENT_SQL_NOTIFY) };
/* Whoever finishes or claims runs locks many rows, in any order, so this waits for none while it holds others: it skips what is
 * locked, and says so. */
static const bm_stmt_t run_cancel_many = { "run_cancel_many",
    "with k as (select id from run_queue where id = any($1) and not cancel_requested for update skip locked),"
    " u as (update run_queue q set cancel_requested = true from k where q.id = k.id"
    "  returning q.id, q.project_id, q.scenario_id, q.target_id as automation_id, q.kind, q.state),"
    " e as (" BM_EVENT_SQL_RUNS("changed", ", 'change', 'updated'", CANCELLED, "u", BM_EVENT_SQL_NOTIFY) ")"
    " select q.id, q.cancel_requested or u.id is not null from run_queue q left join u on u.id = q.id where q.id = any($1)"
    " order by q.id" };
static const bm_stmt_t run_ended_many = { "run_ended_many", "select id from runs where id = any($1) order by id" };

apr_status_t bm_run_store_cancel(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **rows = NULL;
    apr_status_t rv;

    if (id <= 0)
        return none(id, err);
    bm_pipe_add(pipe, &run_cancel, BM_PARAMS(bm_param_int64(id)));
    bm_select_pipe(pipe, read_one("run_get", " from run", id, bm_run_fields, 0, p));
    rv = bm_pipe_run(&rows, pipe, err);
    *prows = rv == APR_SUCCESS ? rows[1] : NULL;
    return rv == APR_SUCCESS && bm_rows_count(*prows) == 0 ? none(id, err) : rv;
}

/* The rows that were skipped, one at a time. @return how many there were. */
static int cancel_skipped(apr_status_t *prv, const bm_rows_t *queued, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    int i, skipped = 0;

    for (i = 0; i < bm_rows_count(queued) && *prv == APR_SUCCESS; i++)
        if (!bm_rows_bool(queued, i, 1)) {
            *prv = bm_db_query(NULL, db, &run_cancel, BM_PARAMS(bm_param_int64(bm_rows_int64(queued, i, 0, 0))), err, p);
            skipped++;
        }
    return skipped;
}

apr_status_t bm_run_store_cancel_many(bm_rows_t **pqueued, bm_rows_t **pended, bm_db_t *db, const apr_int64_t *ids, int n,
                                      bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t **rows = NULL;
    apr_status_t rv;

    /* What was skipped has been claimed, marked or finished by the second round, which tells which. */
    do {
        bm_pipe_t *pipe = bm_pipe_make(db, p);

        bm_pipe_add(pipe, &run_cancel_many, BM_PARAMS(bm_param_int64s(ids, n, p)));
        bm_pipe_add(pipe, &run_ended_many, BM_PARAMS(bm_param_int64s(ids, n, p)));
        rv = bm_pipe_run(&rows, pipe, err);
    } while (rv == APR_SUCCESS && cancel_skipped(&rv, rows[0], db, err, p) > 0);
    *pqueued = rv == APR_SUCCESS ? rows[0] : NULL;
    *pended = rv == APR_SUCCESS ? rows[1] : NULL;
    return rv;
}

/* --- finished runs */

/* Labels are keys of figures: every hour in which the run counts is marked, also if it is already (as by run_delete below). */
static const bm_stmt_t run_annotate = { "run_annotate",
    "with old as materialized (select id, scenario_id, labels, kind,"
    "  case when kind in " BM_KINDS_LOAD " then coalesce(started_at, finished_at) else finished_at end as since, finished_at"
    "  from runs where id = $1 for no key update),"
    " u as (update runs r set labels = coalesce($2::text[], r.labels), note = case when $3 then $4 else r.note end,"
    "   rev = r.rev + 1"
    "  from old where r.id = old.id and r.scenario_id = old.scenario_id returning r.id, r.project_id, r.scenario_id,"
    "   r.automation_id, r.kind, r.status, r.labels),"
    " e as (" BM_EVENT_SQL_RUNS("changed", ", 'change', 'updated'", ", 'status', c.status, 'labels', to_jsonb(c.labels)", "u",
                                BM_EVENT_SQL_NOTIFY) "),"
    " d as (insert into kpi_dirty (scenario_id, source, hour)"
    "  select old.scenario_id, old.kind, generate_series(floor(extract(epoch from old.since) / 3600)::integer,"
    "   floor(extract(epoch from old.finished_at) / 3600)::integer) from old join u using (id) where u.labels <> old.labels"
    "  on conflict (scenario_id, source, hour) do update set marked_at = clock_timestamp())"
    " select id from u" };

apr_status_t bm_run_store_annotate(bm_db_t *db, apr_int64_t id, const json_t *labels, int set_note, const char *note,
                                   bm_err_t *err, apr_pool_t *p)
{
    const bm_field_t *field = bm_field_find(bm_run_patch_fields, "labels");
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &run_annotate,
                                  BM_PARAMS(bm_param_int64(id), bm_row_json_param(labels, field, p), bm_param_bool(set_note),
                                            bm_param_text(note)), err, p);

    return rv == APR_SUCCESS && bm_rows_count(rows) == 0 ? none(id, err) : rv;
}

/* The mark is moved even if it is there: its hour may be read at this moment, and the rebuild removes only the mark it saw. */
static const bm_stmt_t run_delete = { "run_delete",
    "with gone as (delete from runs where id = $1 returning id, project_id, scenario_id, automation_id, kind, finished_at),"
    " e as (" BM_EVENT_SQL_RUNS("changed", ", 'change', 'deleted'", "", "gone", BM_EVENT_SQL_NOTIFY) "),"
    " d as (insert into kpi_dirty (scenario_id, source, hour)"
    " select scenario_id, kind, floor(extract(epoch from finished_at) / 3600)::integer from gone"
    "  on conflict (scenario_id, source, hour) do update set marked_at = clock_timestamp())"
    " select count(*) from gone" };

apr_status_t bm_run_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &run_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return rv == APR_SUCCESS && bm_rows_int64(rows, 0, 0, 0) == 0 ? none(id, err) : rv;
}

static const bm_stmt_t run_timeline = { "run_timeline",
    "select status, concat(fence, '.r', rev), timeline from runs where id = $1"
    " union all select state, concat(fence, '.', attempt), null from run_queue where id = $1", .binary = 1 };

apr_status_t bm_run_store_timeline(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(prows, db, &run_timeline, BM_PARAMS(bm_param_int64(id)), err, p);

    return rv == APR_SUCCESS && bm_rows_count(*prows) == 0 ? none(id, err) : rv;
}
