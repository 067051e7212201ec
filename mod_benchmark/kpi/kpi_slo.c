/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_slo.h"

#include <math.h>
#include <string.h>
#include "kpi/kpi_good.h"
#include "stat/certified_tail.h"
#include "stat/incomplete_beta.h"
#include "stat/quantile_interval.h"
#include "stat/wilson.h"

#define CHANCE 0.01
#define ROUNDING 1e-12      /* 99.9 / 100 is a little above 0.999 */

const char *bm_kpi_slo_status_name(bm_kpi_slo_status_e status)
{
    return status == BM_KPI_SLO_MET ? "met" : status == BM_KPI_SLO_NOT_MET ? "not_met" : "too_few_samples";
}

static double number(const json_t *slo, const char *name)
{
    return json_number_value(json_object_get(slo, name));
}

static int read_one(bm_kpi_slo_t *slo, const json_t *json)
{
    const char *metric = json_string_value(json_object_get(json, "metric"));
    const bm_kpi_metric_t *known = metric != NULL ? bm_kpi_metric_by_name(metric) : NULL;

    memset(slo, 0, sizeof(*slo));
    slo->name = json_string_value(json_object_get(json, "name"));
    slo->metric_name = metric;
    slo->window = json_string_value(json_object_get(json, "window"));
    slo->window_hours = slo->window != NULL ? bm_slo_window_hours(slo->window) : 0;
    if (metric == NULL || slo->window_hours == 0)
        return 0;
    if (known != NULL) {
        slo->metric = known->id;
        slo->max = number(json, "max");
        slo->by_quantile = json_object_get(json, "attainment") == NULL;
        slo->target = slo->by_quantile ? number(json, "quantile") : number(json, "attainment") / 100;
    }
    else {
        slo->of = strcmp(metric, "success_rate") == 0 ? BM_KPI_SLO_OF_SUCCESS : BM_KPI_SLO_OF_GOOD;
        slo->target = number(json, "min") / 100;
    }
    return slo->target > 0 && slo->target < 1;
}

int bm_kpi_slos_read(bm_kpi_slo_t slos[BM_SLOS_MAX], const json_t *json, apr_pool_t *p)
{
    const json_t *whole = bm_slos_complete(json, p);
    int n = 0;
    size_t i;

    for (i = 0; i < json_array_size(whole) && n < BM_SLOS_MAX; i++)
        n += read_one(&slos[n], json_array_get(whole, i));
    return n;
}

int bm_kpi_slos_within(const bm_kpi_slo_t *slos, int n, const bm_kpi_sample_t *sample)
{
    int i;

    for (i = 0; i < n; i++)
        if (slos[i].of == BM_KPI_SLO_OF_METRIC && !bm_kpi_good_within(sample, slos[i].metric, slos[i].max))
            return 0;
    return 1;
}

/* --- judging */

/* The value of rank `rank` (1 the smallest) among all attempts, of which only those of the sketch have one. */
static double at_rank(const bm_sketch_t *sketch, double rank)
{
    double n = (double)bm_sketch_head(sketch)->n;

    return rank > n ? NAN : n > 1 ? bm_sketch_quantile(sketch, (rank - 1) / (n - 1)) : bm_sketch_head(sketch)->max;
}

static void fill_value(bm_kpi_slo_figures_t *f, const bm_kpi_slo_t *slo, const bm_sketch_t *sketch)
{
    apr_uint64_t low, high;

    if (f->attempted == 0 || sketch == NULL)
        return;
    f->value = at_rank(sketch, 1 + slo->target * ((double)f->attempted - 1));
    if (!bm_quantile_interval(&low, &high, f->attempted, (double)f->attempted, slo->target))
        return;
    f->value_low = bm_sketch_rank_low(sketch, low);
    f->value_high = bm_sketch_rank_high(sketch, high);
}

static void count(bm_kpi_slo_figures_t *f, const bm_kpi_slo_t *slo, const bm_kpi_cell_t *cell, const bm_sketch_t *sketch)
{
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(cell);
    apr_uint64_t values = sketch != NULL ? bm_sketch_head(sketch)->n : 0;

    f->attempted = bm_kpi_good_attempts(counts);
    if (slo->of == BM_KPI_SLO_OF_SUCCESS)
        f->within = counts->status[BM_KPI_COMPLETED];
    else if (slo->of == BM_KPI_SLO_OF_GOOD)
        f->within = counts->good;
    else {
        if (bm_kpi_metric_find((int)slo->metric)->pooled)
            f->attempted += values - counts->status[BM_KPI_COMPLETED];
        f->within = sketch != NULL ? bm_sketch_at_most(sketch, slo->max) : 0;
    }
    if (f->within > f->attempted)
        f->within = f->attempted;
}

/* P(B >= bad) of a binomial (n, share). */
static double chance_of(apr_uint64_t bad, apr_uint64_t n, double share)
{
    return bad == 0 ? 1 : bm_incomplete_beta(share, (double)bad, (double)(n - bad) + 1);
}

/* Of a quantile its value says it, as that is what is shown. It is interpolated: the share may be just enough when it is not. */
static int is_kept(const bm_kpi_slo_figures_t *f, const bm_kpi_slo_t *slo)
{
    return slo->by_quantile ? f->value <= slo->max : f->attainment >= slo->target - ROUNDING;
}

static bm_kpi_slo_status_e status_of(const bm_kpi_slo_figures_t *f, const bm_kpi_slo_t *slo)
{
    double target = slo->target;

    if (f->attempted == 0)
        return BM_KPI_SLO_TOO_FEW;
    if (f->attainment < target && chance_of(f->attempted - f->within, f->attempted, 1 - target) <= CHANCE)
        return BM_KPI_SLO_NOT_MET;
    if (bm_certified_tail_rank(f->attempted, target) == 0)
        return BM_KPI_SLO_TOO_FEW;
    return is_kept(f, slo) ? BM_KPI_SLO_MET : BM_KPI_SLO_NOT_MET;
}

void bm_kpi_slo_judge(bm_kpi_slo_figures_t *f, const bm_kpi_slo_t *slo, const bm_kpi_cell_t *cell)
{
    const bm_sketch_t *sketch = slo->of == BM_KPI_SLO_OF_METRIC ? bm_kpi_cell_sketch(cell, slo->metric) : NULL;

    *f = (bm_kpi_slo_figures_t){ .attainment = NAN, .low = NAN, .high = NAN, .budget = NAN, .budget_left = NAN, .value = NAN,
                                 .value_low = NAN, .value_high = NAN };
    count(f, slo, cell, sketch);
    if (f->attempted > 0) {
        f->attainment = (double)f->within / (double)f->attempted;
        (void)bm_wilson_interval(&f->low, &f->high, f->within, f->attempted, BM_WILSON_Z95);
        f->budget = (1 - slo->target) * (double)f->attempted;
        f->budget_left = 1 - (double)(f->attempted - f->within) / f->budget;
    }
    fill_value(f, slo, sketch);
    f->status = status_of(f, slo);
}

double bm_kpi_slo_burn_rate(const bm_kpi_slo_figures_t *figures, const bm_kpi_slo_t *slo)
{
    return figures->attempted > 0 ? (1 - figures->attainment) / (1 - slo->target) : NAN;
}
