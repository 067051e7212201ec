/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scenario_store.h"

#include "model/scenario_model.h"
#include "store/loadtest_store.h"
#include "store/event_sql.h"

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'r', "version, ", bm_scenario_fields, 0);
}

static apr_status_t run_for_one(bm_rows_t **prows, bm_select_t *s, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_select_run(prows, s, db, err, p);

    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no scenario %" APR_INT64_T_FMT ".", id);
    return rv;
}

apr_status_t bm_scenario_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, apr_int64_t automation_id,
                                    bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("scenario_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'c', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from scenarios where not hidden");
    if (automation_id >= 0)
        bm_select_param(s, 't', " and automation_id = ", bm_param_int64(automation_id), "");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_scenario_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "scenario_lock" : "scenario_get", "select ", p);

    add_columns(s);
    bm_select_param(s, 'i', " from scenarios where not hidden and id = ", bm_param_int64(id), lock ? " for update" : "");
    return run_for_one(prows, s, db, id, err, p);
}

#define CHANGED(change, from) BM_EVENT_SQL_CHANGED("scenario", change, ", 'automation_id', c.automation_id", from)

/* The new state as a version: everything but what is ours alone. */
#define KEEP_VERSION \
    " returning *), v as (insert into scenario_versions (scenario_id, version, body, created_by)" \
    " select id, version, to_jsonb(s) - 'hidden', "

apr_status_t bm_scenario_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                   apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("scenario_add", "with s as (insert into scenarios", p);

    bm_select_values(s, bm_scenario_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', KEEP_VERSION "created_by from s), e as (" CHANGED("created", "s") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from s");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_scenario_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                                   bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("scenario_put", "with s as (update scenarios set", p);

    bm_select_set(s, bm_scenario_fields, body);
    bm_select_param(s, 'i', ", version = version + 1, updated_at = now() where not hidden and id = ", bm_param_int64(id),
                    KEEP_VERSION);
    bm_select_param(s, 'w', "", bm_param_text(changed_by), " from s), e as (" CHANGED("updated", "s") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from s");
    return run_for_one(prows, s, db, id, err, p);
}

apr_status_t bm_scenario_store_versions(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t version, bm_err_t *err,
                                        apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("scenario_versions", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'r', "", bm_scenario_version_fields, 0);
    bm_select_param(s, 'i', " from scenario_versions where exists (select 1 from scenarios where id = scenario_id and not hidden)"
                    " and scenario_id = ", bm_param_int64(id), "");
    if (version > 0)
        bm_select_param(s, 'v', " and version = ", bm_param_int64(version), "");
    bm_select_add(s, 'o', " order by version desc limit 1000");
    rv = bm_select_run(prows, s, db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, version > 0 ? "There is no such version of scenario %" APR_INT64_T_FMT "."
                          : "There is no scenario %" APR_INT64_T_FMT ".", id);
    return rv;
}

static const bm_stmt_t scenario_names = { "scenario_names", "select id, name from scenarios where id = any($1) order by id" };

apr_status_t bm_scenario_store_names(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &scenario_names, BM_PARAMS(bm_param_int64s(ids, n, p)), err, p);
}

static const bm_stmt_t scenario_runs = { "scenario_runs",
    "select (select count(*) from run_queue where scenario_id = $1),"
    " (select count(*) from run_queue where scenario_id = $1 and state = 'running'),"
    " (select count(*) from (select 1 from runs where scenario_id = $1 limit 10001) t)" };

apr_status_t bm_scenario_store_runs(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &scenario_runs, BM_PARAMS(bm_param_int64(id)), err, p);
}

/* In this order: no compaction or rebuild that has read their deltas or rows and would write cells after us; then what can still
 * produce rows; what others refer to last. What may be many rows goes in portions, each within the time of one statement. */
enum { PORTION = 20000 };

typedef struct delete_step_t {
    bm_stmt_t stmt;
    int portioned;                 /* $2: how many at once */
} delete_step_t;

#define LOADTESTS_GONE \
    BM_EVENT_SQL_CHANGED("loadtest", "deleted", ", 'scenario_id', c.scenario_id, 'automation_id', c.automation_id", "l")

/* All runs of a scenario in one event, which names none of them. */
#define RUNS_GONE " r as (insert into events (project_id, kind, payload) select project_id, 'run.changed'," \
    " jsonb_build_object('change', 'deleted', 'scenario_id', id, 'automation_id', automation_id) from s) "

/* Compaction's lock, and a word to the boards. */
static const bm_stmt_t scenario_delete_lock = { "scenario_delete_lock", "update kpi_state set rewritten = rewritten + 1" };
static const delete_step_t delete_steps[] = {
    { { "scenario_delete_queue", "delete from run_queue where id in"
        " (select id from run_queue where scenario_id = any($1) limit $2)" }, 1 },
    { { "scenario_delete_seconds", "delete from loadtest_series where loadtest_id in"
        " (select id from loadtests where scenario_id = any($1))" }, 0 },
    { { "scenario_delete_loadtests", "with l as (delete from loadtests where scenario_id = any($1) returning *)"
        LOADTESTS_GONE }, 0 },
    { { "scenario_delete_runs", "delete from runs where (id, scenario_id) in"
        " (select id, scenario_id from runs where scenario_id = any($1) limit $2)" }, 1 },
    { { "scenario_delete_deltas", "delete from kpi_delta where scenario_id = any($1)" }, 0 },
    { { "scenario_delete_cells", "delete from kpi_cell where scenario_id = any($1)" }, 0 },
    { { "scenario_delete_marks", "delete from kpi_dirty where scenario_id = any($1)" }, 0 },
    { { "scenario_delete_versions", "delete from scenario_versions where scenario_id = any($1)" }, 0 },
    { { "scenario_delete_rows", "with s as (delete from scenarios where id = any($1) returning *)," RUNS_GONE
        CHANGED("deleted", "s") }, 0 }
};

static apr_status_t delete_step(bm_db_t *db, const delete_step_t *step, bm_param_t ids, bm_err_t *err, apr_pool_t *p)
{
    bm_param_t params[] = { ids, bm_param_int(PORTION) };
    bm_rows_t *rows;
    apr_status_t rv;

    do {
        rv = bm_db_query(&rows, db, &step->stmt, params, step->portioned ? 2 : 1, err, p);
    } while (rv == APR_SUCCESS && step->portioned && bm_rows_affected(rows) == PORTION);
    return rv;
}

static const bm_stmt_t scenario_loadtests = { "scenario_loadtests", "select id from loadtests where scenario_id = any($1)" };

static apr_status_t delete_requests(bm_db_t *db, bm_param_t ids, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &scenario_loadtests, &ids, 1, err, p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        rv = bm_loadtest_store_delete_requests(db, bm_rows_int64(rows, i, 0, 0), err, p);
    return rv;
}

/* The queue goes first: an engine that has lost its row writes no requests. */
apr_status_t bm_scenario_store_delete(bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &scenario_delete_lock, BM_NO_PARAMS, err, p);
    size_t i;

    if (rv == APR_SUCCESS)
        rv = delete_step(db, &delete_steps[0], bm_param_int64s(ids, n, p), err, p);
    if (rv == APR_SUCCESS)
        rv = delete_requests(db, bm_param_int64s(ids, n, p), err, p);
    for (i = 1; i < sizeof(delete_steps) / sizeof(delete_steps[0]) && rv == APR_SUCCESS; i++)
        rv = delete_step(db, &delete_steps[i], bm_param_int64s(ids, n, p), err, p);
    return rv;
}
