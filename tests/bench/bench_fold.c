/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_fold: time to fold 36,000 hour cells (50 scenarios, 30 days) into totals, scenario rows and an hourly series,
 * at several numbers of runs a cell, and to add runs to cells. One JSON line each, medians of interleaved rounds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <apr_general.h>
#include "base/rand.h"
#include "base/timefmt.h"
#include "kpi/kpi_fold.h"

#define SCENARIOS 50
#define HOURS     720
#define CELLS     (SCENARIOS * HOURS)
#define HOUR0     489984        /* midnight */
#define ROUNDS    9
#define GAPS      20

static const int runs_per_cell[] = { 1, 3, 28, 278 };
#define SIZES ((int)(sizeof(runs_per_cell) / sizeof(runs_per_cell[0])))

typedef struct cells_t {
    bm_kpi_delta_t deltas[CELLS];
    apr_size_t bytes;
} cells_t;

/* A completed run with the usual metrics: 11 with one value, GAPS gaps of both kinds. */
static void run_draw(bm_kpi_sample_t *run, double *gaps, bm_rand_t *r)
{
    double ms = 900 * exp(1.2 * bm_rand_normal(r));

    *run = (bm_kpi_sample_t){ .status = BM_KPI_COMPLETED, .prompt_tokens = 500, .completion_tokens = GAPS + 1, .cost = 0.001 };
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (!bm_kpi_metric_find(id)->pooled)
            bm_kpi_sample_set(run, (bm_kpi_metric_e)id, ms * (0.2 + 0.1 * id) * (0.9 + 0.2 * bm_rand_uniform(r)));
    }
    for (int i = 0; i < GAPS; i++)
        gaps[i] = ms / GAPS * bm_rand_exponential(r);
    run->itl = run->icl = (bm_kpi_gaps_t){ gaps, NULL, GAPS };
}

static void cells_make(cells_t *cells, int runs, apr_pool_t *p, apr_int64_t *add_ns)
{
    double gaps[GAPS];
    bm_kpi_sample_t run;
    apr_pool_t *pround;
    bm_rand_t r;

    bm_rand_seed(&r, 1);
    apr_pool_create(&pround, p);
    *add_ns = 0;
    cells->bytes = 0;
    for (int i = 0; i < CELLS; i++) {
        bm_kpi_delta_t *d = &cells->deltas[i];
        bm_kpi_cell_t *cell;

        apr_pool_clear(pround);
        cell = bm_kpi_cell_make(pround);
        for (int k = 0; k < runs; k++) {
            apr_int64_t began;

            run_draw(&run, gaps, &r);
            began = bm_timefmt_monotonic_ns();
            (void)bm_kpi_cell_add_run(cell, &run);
            *add_ns += bm_timefmt_monotonic_ns() - began;
        }
        d->key = (bm_kpi_key_t){ .scenario_id = 1 + i % SCENARIOS, .hour = HOUR0 + i / SCENARIOS };
        d->body = bm_kpi_cell_write(&d->len, cell, p);
        cells->bytes += d->len;
    }
    apr_pool_destroy(pround);
}

/* Microseconds of one whole fold with all its results. */
static apr_int64_t fold_once(const cells_t *cells, apr_int32_t bucket_hours, apr_int32_t hours, apr_pool_t *p)
{
    const bm_kpi_range_t range = { .from_hour = HOUR0, .to_hour = HOUR0 + hours, .bucket_hours = bucket_hours };
    apr_int64_t began = bm_timefmt_monotonic_ns();
    bm_kpi_fold_t *fold = bm_kpi_fold_make(&range, p);
    bm_kpi_figures_t totals;

    for (int i = 0; i < CELLS; i++) {
        if (bm_kpi_fold_add(fold, &cells->deltas[i].key, cells->deltas[i].body, cells->deltas[i].len) != APR_SUCCESS)
            abort();
    }
    bm_kpi_fold_totals(&totals, fold);
    if (totals.runs == 0 || bm_kpi_fold_scenarios(fold, p)->nelts != SCENARIOS
        || bm_kpi_fold_series(fold, p)->nelts != (bucket_hours > 0 ? hours / bucket_hours : 0))
        abort();
    return (bm_timefmt_monotonic_ns() - began) / 1000;
}

static int ascending(const void *a, const void *b)
{
    apr_int64_t x = *(const apr_int64_t *)a, y = *(const apr_int64_t *)b;

    return (x > y) - (x < y);
}

static apr_int64_t median(apr_int64_t *values)
{
    qsort(values, ROUNDS, sizeof(*values), ascending);
    return values[ROUNDS / 2];
}

int main(void)
{
    static cells_t cells[SIZES];
    static apr_int64_t hourly[SIZES][ROUNDS], daily[SIZES][ROUNDS], plain[SIZES][ROUNDS];
    apr_int64_t add_ns[SIZES];
    apr_pool_t *p, *pround;

    apr_initialize();
    apr_pool_create(&p, NULL);
    apr_pool_create(&pround, p);
    for (int s = 0; s < SIZES; s++)
        cells_make(&cells[s], runs_per_cell[s], p, &add_ns[s]);
    for (int round = 0; round < ROUNDS; round++) {
        for (int s = 0; s < SIZES; s++) {
            apr_pool_clear(pround);
            hourly[s][round] = fold_once(&cells[s], 1, HOURS, pround);
            apr_pool_clear(pround);
            daily[s][round] = fold_once(&cells[s], 24, HOURS, pround);
            apr_pool_clear(pround);
            plain[s][round] = fold_once(&cells[s], 0, HOURS, pround);
        }
    }
    for (int s = 0; s < SIZES; s++)
        printf("{\"bench\":\"fold\",\"cells\":%d,\"runs_per_cell\":%d,\"bytes_per_cell\":%.0f,\"hourly_us\":%" APR_INT64_T_FMT
               ",\"daily_us\":%" APR_INT64_T_FMT ",\"no_series_us\":%" APR_INT64_T_FMT
               ",\"add_run_ns\":%.0f,\"gaps_per_run\":%d}\n",
               CELLS, runs_per_cell[s], (double)cells[s].bytes / CELLS, median(hourly[s]), median(daily[s]), median(plain[s]),
               (double)add_ns[s] / CELLS / runs_per_cell[s], 2 * GAPS);
    apr_pool_destroy(p);
    apr_terminate();
    return EXIT_SUCCESS;
}
