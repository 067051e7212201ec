/* SPDX-License-Identifier: Apache-2.0 */
#include "store/gate_store.h"

#include "store/sample_row.h"

/* The queue first: a run that ends in between is then in the second. */
static const bm_stmt_t gate_open = { "gate_open",
    "select count(*) from run_queue where id = any($2) and scenario_id = $1" };
static const bm_stmt_t gate_ended = { "gate_ended",
    "select count(*) from runs where id = any($2) and scenario_id = $1 and kind = 0" };
static const bm_stmt_t gate_runs = { "gate_runs",
    "select id, status, error_code, good, timeline" BM_SAMPLE_COLUMNS " from runs r"
    " where id = any($2) and scenario_id = $1 and kind = 0", .binary = 1 };
static const bm_stmt_t gate_version = { "gate_version",
    "select id, status, error_code, good, null::bytea" BM_SAMPLE_COLUMNS " from runs r"
    " where scenario_id = $1 and scenario_version = $2 and kind = 0 and id <> all($4) order by id desc limit $3", .binary = 1 };
static const bm_stmt_t gate_queued_at = { "gate_queued_at",
    "select min(created_at) from run where id = any($2) and scenario_id = $1" };

apr_status_t bm_gate_store_count(int *open, int *ended, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                 bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &gate_open, BM_PARAMS(bm_param_int64(scenario_id), bm_param_int64s(ids, n, p)), err,
                                  p);

    if (rv != APR_SUCCESS)
        return rv;
    *open = (int)bm_rows_int64(rows, 0, 0, 0);
    rv = bm_db_query(&rows, db, &gate_ended, BM_PARAMS(bm_param_int64(scenario_id), bm_param_int64s(ids, n, p)), err, p);
    if (rv == APR_SUCCESS)
        *ended = (int)bm_rows_int64(rows, 0, 0, 0);
    return rv;
}

static apr_array_header_t *runs_read(const bm_rows_t *rows, apr_pool_t *p)
{
    int n = bm_rows_count(rows), i;
    apr_array_header_t *runs = apr_array_make(p, n > 0 ? n : 1, sizeof(bm_kpi_row_run_t));

    for (i = 0; i < n; i++) {
        bm_kpi_row_run_t *run = apr_array_push(runs);

        *run = (bm_kpi_row_run_t){ .row = { .id = bm_rows_int64(rows, i, 0, 0) } };
        run->row.status = bm_rows_text(rows, i, 1);
        run->row.error_code = bm_rows_text(rows, i, 2);
        run->good = bm_rows_bool(rows, i, 3);
        run->row.timeline_len = (int)bm_rows_bytes(&run->row.timeline, rows, i, 4, p);
        (void)bm_sample_row_figures(&run->row, rows, i, 5);
    }
    return runs;
}

apr_status_t bm_gate_store_runs(apr_array_header_t **pruns, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &gate_runs, BM_PARAMS(bm_param_int64(scenario_id), bm_param_int64s(ids, n, p)), err,
                                  p);

    if (rv == APR_SUCCESS)
        *pruns = runs_read(rows, p);
    return rv;
}

apr_status_t bm_gate_store_version(apr_array_header_t **pruns, bm_db_t *db, apr_int64_t scenario_id, int version,
                                   const apr_int64_t *but, int n, int most, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &gate_version,
                                  BM_PARAMS(bm_param_int64(scenario_id), bm_param_int(version), bm_param_int(most),
                                            bm_param_int64s(but, n, p)), err, p);

    if (rv == APR_SUCCESS)
        *pruns = runs_read(rows, p);
    return rv;
}

apr_status_t bm_gate_store_queued_at(apr_time_t *at, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                     bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &gate_queued_at, BM_PARAMS(bm_param_int64(scenario_id), bm_param_int64s(ids, n, p)),
                                  err, p);

    if (rv == APR_SUCCESS)
        *at = bm_rows_is_null(rows, 0, 0) ? 0 : bm_rows_time(rows, 0, 0);
    return rv;
}
