/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/kpi_check.h"

#include <apr_strings.h>
#include "base/log.h"
#include "kpi/kpi_drift.h"
#include "model/run_model.h"

enum { HOURS = 24, DAYS_A_NIGHT = 8 };

/* Both sides of a day as of one instant. Place HOURS is the whole day. */
typedef struct sides_t {
    bm_kpi_cell_t *cells[HOURS + 1];
    const bm_kpi_truth_t *exact[HOURS + 1];
    const char *damaged[HOURS + 1];
    bm_kpi_check_skip_e skip[HOURS + 1];
} sides_t;

static void add_body(sides_t *sides, int place, const void *body, apr_size_t len, apr_pool_t *p)
{
    bm_kpi_cell_t *cell;

    if (bm_kpi_cell_read(&cell, body, len, p) != APR_SUCCESS)
        sides->damaged[place] = "a cell cannot be read";
    else if (sides->cells[place] == NULL)
        sides->cells[place] = cell;
    else if (bm_kpi_cell_merge(sides->cells[place], cell) != APR_SUCCESS)
        sides->damaged[place] = "cells cannot be merged";
}

static void take_cells(sides_t *sides, const bm_rows_t *rows, const bm_kpi_check_day_t *day, apr_pool_t *p)
{
    int i;

    for (i = 0; i < bm_rows_count(rows); i++) {
        int is_delta = bm_rows_is_null(rows, i, BM_KPI_CHECK_LEVEL), level = (int)bm_rows_int64(rows, i, BM_KPI_CHECK_LEVEL, 0);
        const void *body;
        apr_size_t len = bm_rows_bytes(&body, rows, i, BM_KPI_CHECK_BODY, p);

        if (is_delta || level == 0)
            add_body(sides, (int)bm_rows_int64(rows, i, BM_KPI_CHECK_BUCKET, 0) - day->day * HOURS, body, len, p);
        if (is_delta || level == 1)
            add_body(sides, HOURS, body, len, p);
    }
}

static apr_status_t read_sides(sides_t *sides, int *all_skipped, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                               apr_pool_t *p)
{
    apr_array_header_t *exact;
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_check_store_begin(db, err, p);
    int i;

    if (rv == APR_SUCCESS)
        rv = bm_kpi_check_store_skip(sides->skip, all_skipped, day, db, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_check_store_cells(&rows, day, db, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_check_store_exact(&exact, day, db, err, p);
    bm_db_rollback(db);
    if (rv != APR_SUCCESS)
        return rv;
    take_cells(sides, rows, day, p);
    for (i = 0; i < exact->nelts; i++) {
        const bm_kpi_truth_t *e = &APR_ARRAY_IDX(exact, i, bm_kpi_truth_t);

        if (e->max_id > 0)                         /* a day has a row also if it has no runs */
            sides->exact[e->hour < 0 ? HOURS : e->hour - day->day * HOURS] = e;
    }
    for (i = 0; i < HOURS; i++)
        if (sides->skip[i] == BM_KPI_CHECK_WAITS)
            sides->skip[HOURS] = BM_KPI_CHECK_WAITS;
    return APR_SUCCESS;
}

static apr_status_t report(bm_kpi_check_found_t *found, const char *words, const bm_kpi_check_day_t *day, int place,
                           const sides_t *sides, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    int hour = place < HOURS ? place : 0;

    words = apr_psprintf(p, "%s %d of scenario %" APR_INT64_T_FMT ", source %d: %s", place < HOURS ? "hour" : "day",
                         place < HOURS ? day->day * HOURS + place : day->day, day->scenario_id, day->source, words);
    bm_log(BM_LOG_ERR, APR_SUCCESS, BMLOG(0556) "KPIs differ from their runs and are made again: %s", words);
    found->drifted++;
    if (found->worst == NULL)
        found->worst = words;
    return bm_kpi_check_store_mark(db, day, day->day * HOURS + hour, sides->exact[place], err, p);
}

apr_status_t bm_kpi_check_day(bm_kpi_check_found_t *found, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                              apr_pool_t *p)
{
    sides_t sides = { { NULL } };
    double slack = day->source == BM_RUN_KIND_LOADTEST ? 0.0025 : 0;      /* until 0.2 they were rounded apart from their rows */
    int all_skipped, drifted = 0, i;
    apr_status_t rv = read_sides(&sides, &all_skipped, day, db, err, p);

    for (i = 0; i <= HOURS && rv == APR_SUCCESS && !all_skipped; i++) {
        const char *words = sides.damaged[i];

        if (sides.skip[i] != BM_KPI_CHECK_IT || (i == HOURS && drifted)
            || (sides.cells[i] == NULL && sides.exact[i] == NULL && words == NULL))
            continue;
        found->hours += i < HOURS;
        if (words == NULL)
            words = bm_kpi_drift(&found->figures, sides.cells[i], sides.exact[i], slack, p);
        if (words != NULL) {
            drifted = 1;
            rv = report(found, words, day, i, &sides, db, err, p);
        }
    }
    return rv;
}

static apr_status_t check(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    bm_kpi_check_found_t found = { 0 };
    bm_kpi_check_day_t day = { 0 };
    apr_status_t rv = APR_SUCCESS;
    int drawn = 0, i;

    for (i = 0; i < DAYS_A_NIGHT && rv == APR_SUCCESS && !bm_job_stopping(ctx); i++) {
        rv = bm_kpi_check_store_pick(&day, ctx->db, ctx->err, p);
        if (rv == APR_NOTFOUND) {                  /* nothing was recorded yet, or the row drawn is of no day that is compared */
            rv = APR_SUCCESS;
            continue;
        }
        drawn = 1;
        if (rv == APR_SUCCESS)
            rv = bm_kpi_check_day(&found, &day, ctx->db, ctx->err, p);
        if (rv == APR_SUCCESS)
            rv = bm_job_extend(ctx);
    }
    return rv == APR_SUCCESS && drawn ? bm_kpi_check_store_note(ctx->db, &day, &found, ctx->err, p) : rv;
}

const bm_job_t bm_kpi_check_job = {
    .name = "kpi-check", .doc = "Compares KPI cells of random days with the rows that they count.",
    .every = apr_time_from_sec(86400), .lease = apr_time_from_sec(600), .run = check
};
