/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/kpi_rebuild.h"

#include "base/log.h"
#include "base/settings.h"
#include "engine/row_gaps.h"
#include "kpi/kpi_delta_rows.h"
#include "kpi/kpi_merge.h"
#include "kpi/kpi_run.h"
#include "model/run_model.h"
#include "store/kpi_rebuild_store.h"

#define HOURS_A_STEP 50
#define UNKNOWN_MAX  64                    /* labels that are learnt before an hour is read once more */

/* What an hour is made of again. */
typedef struct rebuild_t {
    bm_kpi_delta_set_t *set;
    const bm_kpi_labels_t *labels;
    apr_array_header_t *unknown;           /* labels whose numbers must be learnt first, outside the transaction */
} rebuild_t;

static apr_status_t add_run(rebuild_t *rebuild, const bm_kpi_hour_t *hour, const bm_kpi_row_run_t *run, apr_pool_t *prun)
{
    const bm_kpi_mark_t *mark = &hour->mark;
    bm_kpi_sample_t sample;

    bm_kpi_run_sample(&sample, &run->row);
    sample.scenario_id = mark->scenario_id;
    sample.model_id = run->model_id;
    sample.location_id = run->location_id;
    sample.source = mark->source;
    sample.finished_hour = hour->first;
    sample.good = run->good;
    bm_kpi_labels_set(&sample, rebuild->labels, run->labels, rebuild->unknown, rebuild->unknown->pool);
    bm_row_gaps_add(&sample, &run->row, prun);
    return bm_kpi_delta_set_add(rebuild->set, &sample);
}

/* Rows that are left cannot stand for those that retention has dropped. */
static int keeps_figures(const bm_kpi_hour_t *hour)
{
    return hour->expired || (hour->rows_dropped && !hour->mark.is_gone);
}

/* All rows of the hour into set, a page at a time; not to the end if its figures will stay as they are. */
static apr_status_t read_hour(rebuild_t *rebuild, bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_kpi_rebuild_store_open(hour, db, err, p);
    apr_pool_t *ppage, *prun;
    apr_array_header_t *runs;
    int more = 1, i;

    apr_pool_create(&ppage, p);
    apr_pool_create(&prun, p);
    while (rv == APR_SUCCESS && more && !keeps_figures(hour) && rebuild->unknown->nelts < UNKNOWN_MAX) {
        apr_pool_clear(ppage);
        rv = bm_kpi_rebuild_store_next(&runs, &more, hour, db, err, ppage);
        for (i = 0; rv == APR_SUCCESS && i < runs->nelts; i++) {
            apr_pool_clear(prun);
            rv = add_run(rebuild, hour, &APR_ARRAY_IDX(runs, i, bm_kpi_row_run_t), prun);
        }
    }
    apr_pool_destroy(prun);
    apr_pool_destroy(ppage);
    return rv;
}

static apr_status_t write_hour(const bm_kpi_delta_set_t *set, const bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err,
                               apr_pool_t *p)
{
    apr_array_header_t *deltas = bm_kpi_delta_set_list(set, p);
    const bm_delta_row_t *cells = bm_kpi_delta_rows(deltas, p);
    apr_int64_t runs = 0;
    apr_status_t rv;
    int i;

    for (i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *delta = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        runs += delta->key.label_id == 0 ? delta->n : 0;
    }
    rv = bm_kpi_rebuild_store_write(db, hour, cells, deltas->nelts, bm_kpi_merge, NULL, err, p);
    if (rv == APR_SUCCESS)
        bm_log(BM_LOG_DEBUG, APR_SUCCESS, BMLOG(0552) "hour %d of scenario %" APR_INT64_T_FMT ", source %d: rebuilt from %"
               APR_INT64_T_FMT " runs", hour->mark.hour, hour->mark.scenario_id, hour->mark.source, runs);
    return rv;
}

static apr_status_t settle(rebuild_t *rebuild, bm_kpi_hour_t *hour, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = read_hour(rebuild, hour, db, err, p);

    if (rv == APR_SUCCESS && rebuild->unknown->nelts > 0)
        return APR_INCOMPLETE;
    if (rv == APR_SUCCESS && hour->expired)
        return bm_kpi_rebuild_store_drop(db, &hour->mark, err, p);
    if (rv == APR_SUCCESS && keeps_figures(hour)) {
        bm_log(BM_LOG_NOTICE, APR_SUCCESS, BMLOG(0553) "hour %d of scenario %" APR_INT64_T_FMT ": older runs of it are past"
               " their time, so its figures stay and still count what was deleted", hour->mark.hour, hour->mark.scenario_id);
        return bm_kpi_rebuild_store_drop(db, &hour->mark, err, p);
    }
    if (!bm_run_kind_is_counted(hour->mark.source))
        rebuild->set = bm_kpi_delta_set_make(p);
    return rv == APR_SUCCESS ? write_hour(rebuild->set, hour, db, err, p) : rv;
}

/* Passes by itself: the mark stays where it is and the job is tried again. */
static int is_passing(apr_status_t rv)
{
    return APR_STATUS_IS_EAGAIN(rv);
}

static apr_status_t put_back(const bm_kpi_mark_t *mark, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_log(BM_LOG_ERR, APR_SUCCESS, BMLOG(0554) "hour %d of scenario %" APR_INT64_T_FMT " cannot be rebuilt and waits an"
           " hour: %s", mark->hour, mark->scenario_id, err != NULL && err->detail ? err->detail : "its runs cannot be counted");
    return bm_kpi_rebuild_store_postpone(db, mark, err, p);
}

static apr_status_t rebuild_one(int *done, rebuild_t *rebuild, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_kpi_hour_t *hour = NULL;
    apr_status_t rv = bm_db_begin(db, err);

    *done = 0;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_rebuild_store_take(&hour, db, err, p);
    if (rv == APR_NOTFOUND) {
        bm_db_rollback(db);
        return APR_SUCCESS;
    }
    if (rv == APR_SUCCESS)
        rv = settle(rebuild, hour, db, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(db);
    if (rv != APR_SUCCESS && rv != APR_INCOMPLETE && hour != NULL && !is_passing(rv))
        rv = put_back(&hour->mark, db, err, p);
    *done = rv == APR_SUCCESS;
    return rv;
}

apr_status_t bm_kpi_rebuild_hour(int *done, bm_kpi_labels_t *labels, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    rebuild_t one = { .labels = labels };
    apr_status_t rv;

    /* Whoever records a run with the same new label would wait for a transaction that gives it a number, so that is done between
     * two. The second time all are known, unless they come faster than we read. */
    do {
        one.set = bm_kpi_delta_set_make(p);
        one.unknown = apr_array_make(p, 8, sizeof(const char *));
        rv = rebuild_one(done, &one, db, err, p);
        if (rv == APR_INCOMPLETE && bm_kpi_labels_learn(labels, one.unknown, db, err, p) != APR_SUCCESS)
            return APR_EAGAIN;
    } while (rv == APR_INCOMPLETE);
    return rv;
}

static apr_status_t rebuild(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;
    bm_kpi_labels_t *labels = bm_kpi_labels_make(settings->max_labels, p);
    apr_status_t rv = APR_SUCCESS;
    int i, done = 1;
    apr_pool_t *phour;

    apr_pool_create(&phour, p);
    for (i = 0; rv == APR_SUCCESS && done && i < HOURS_A_STEP && !bm_job_stopping(ctx); i++) {
        apr_pool_clear(phour);
        rv = bm_kpi_rebuild_hour(&done, labels, ctx->db, ctx->err, phour);
        if (rv == APR_SUCCESS && done)
            rv = bm_job_extend(ctx);
    }
    ctx->again = rv == APR_SUCCESS && done;
    return rv;
}

/* The lease covers the largest hour, since it cannot be extended inside its transaction. */
const bm_job_t bm_kpi_rebuild_job = {
    .name = "kpi-rebuild", .doc = "Makes the KPI cells of hours again whose runs were deleted.", .every = apr_time_from_sec(10),
    .lease = apr_time_from_sec(600), .run = rebuild
};
