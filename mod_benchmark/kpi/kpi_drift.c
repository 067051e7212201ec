/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_drift.h"

#include <math.h>
#include <apr_strings.h>
#include "base/text.h"

#define ROUNDING 1e-9              /* relative, of sums of doubles in any order */

typedef struct drift_t {
    int figures;
    const char *words;             /* NULL: none so far */
    apr_pool_t *p;
} drift_t;

static void compare(drift_t *d, const char *metric, const char *figure, double is, double should, double relative,
                    double absolute)
{
    d->figures++;
    if (d->words == NULL && !(fabs(is - should) <= relative * fabs(should) + absolute))
        d->words = apr_psprintf(d->p, "%s%s%s is %s, rows say %s", metric, metric[0] != '\0' ? " " : "", figure,
                                bm_text_number(is, 9, d->p), bm_text_number(should, 9, d->p));
}

static void compare_counts(drift_t *d, const bm_kpi_counts_t *is, const bm_kpi_truth_t *should)
{
    static const char *const statuses[BM_KPI_STATUS_END] = { "completed", "failed", "cancelled", "timed_out" };
    int i;

    for (i = 0; i < BM_KPI_STATUS_END; i++)
        compare(d, "", statuses[i], (double)is->status[i], (double)should->status[i], 0, 0);
    compare(d, "", "good", (double)is->good, (double)should->good, 0, 0);
    compare(d, "", "prompt tokens", (double)is->prompt_tokens, (double)should->prompt, 0, 0);
    compare(d, "", "completion tokens", (double)is->completion_tokens, (double)should->completion, 0, 0);
    compare(d, "", "reasoning tokens", (double)is->reasoning_tokens, (double)should->reasoning, 0, 0);
    compare(d, "", "cached tokens", (double)is->cached_tokens, (double)should->cached, 0, 0);
    compare(d, "", "cost", is->cost, should->cost, ROUNDING, 1e-12);
}

/* Cells that were recorded before there were these have none of their values until they are made again. */
static int is_newer_than_its_cell(const bm_kpi_metric_t *metric, const bm_sketch_head_t *is, const bm_kpi_truth_metric_t *should)
{
    return metric->id > BM_KPI_CONNECT && is->n < (apr_uint64_t)should->n;
}

static void compare_metric(drift_t *d, const bm_kpi_metric_t *metric, const bm_sketch_t *sketch,
                           const bm_kpi_truth_metric_t *should, double slack_ms)
{
    static const double wanted[] = { 0.50, 0.95, 0.99 };
    static const bm_sketch_head_t nothing;
    const bm_sketch_head_t *is = sketch != NULL ? bm_sketch_head(sketch) : &nothing;
    double values[3];

    if (is_newer_than_its_cell(metric, is, should))
        return;
    compare(d, metric->name, "n", (double)is->n, (double)should->n, 0, 0);
    if (is->n == 0 || should->n == 0)
        return;
    bm_sketch_quantiles(sketch, wanted, values, 3);
    compare(d, metric->name, "sum", is->sum, should->sum, ROUNDING, 1e-6 + slack_ms * (double)should->n);
    compare(d, metric->name, "min", is->min, should->min, ROUNDING, slack_ms);
    compare(d, metric->name, "max", is->max, should->max, ROUNDING, slack_ms);
    compare(d, metric->name, "p50", values[0], should->p50, BM_SKETCH_ERROR + ROUNDING, BM_SKETCH_LEAST + slack_ms);
    compare(d, metric->name, "p95", values[1], should->p95, BM_SKETCH_ERROR + ROUNDING, BM_SKETCH_LEAST + slack_ms);
    compare(d, metric->name, "p99", values[2], should->p99, BM_SKETCH_ERROR + ROUNDING, BM_SKETCH_LEAST + slack_ms);
}

const char *bm_kpi_drift(int *figures, const bm_kpi_cell_t *cell, const bm_kpi_truth_t *exact, double slack_ms, apr_pool_t *p)
{
#define ID(id, column, of) id,
    static const bm_kpi_metric_e ids[] = { BM_KPI_EXACT_METRICS(ID) };
    static const bm_kpi_counts_t no_counts;
    static const bm_kpi_truth_t no_rows;
    drift_t d = { .p = p };
    int i;

    if (exact == NULL)
        exact = &no_rows;
    compare_counts(&d, cell != NULL ? bm_kpi_cell_counts(cell) : &no_counts, exact);
    for (i = 0; i < BM_KPI_EXACT_COUNT; i++)
        compare_metric(&d, bm_kpi_metric_find(ids[i]), cell != NULL ? bm_kpi_cell_sketch(cell, ids[i]) : NULL, &exact->metrics[i],
                       slack_ms);
    *figures += d.figures;
    return d.words;
}
