/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_figure.h"

#include <math.h>
#include "stat/certified_tail.h"
#include "stat/quantile_interval.h"

int bm_kpi_figure_is_few(apr_uint64_t n, double q)
{
    apr_uint64_t low, high;

    if (n == 0)
        return 1;
    if (!(q > 0 && q < 1))                      /* the least and the greatest are what they are */
        return 0;
    if (q <= 0.5)
        return !bm_quantile_interval(&low, &high, n, (double)n, q);
    return !bm_certified_tail_exists(n, q);
}

apr_uint64_t bm_kpi_figure_certified_from(double q)
{
    apr_uint64_t few = 0, enough = 1;

    while (bm_kpi_figure_is_few(enough, q)) {
        if (enough >= (apr_uint64_t)1 << 50)
            return 0;
        few = enough;
        enough *= 2;
    }
    while (enough - few > 1) {
        apr_uint64_t middle = few + (enough - few) / 2;

        if (bm_kpi_figure_is_few(middle, q))
            few = middle;
        else
            enough = middle;
    }
    return enough;
}

/* A rank whose value is wanted, 0 the smallest, and where it goes to. */
typedef struct wanted_t {
    apr_uint64_t rank;
    double *to;
} wanted_t;

enum { RANKS_A_QUANTILE = 4, WANTED_MAX = RANKS_A_QUANTILE * BM_KPI_QUANTILES_MAX };

/* There are few, nearly in order. */
static void want(wanted_t *wanted, int *n, apr_uint64_t rank, double *to)
{
    int at = (*n)++;

    for (; at > 0 && wanted[at - 1].rank > rank; at--)
        wanted[at] = wanted[at - 1];
    wanted[at] = (wanted_t){ rank, to };
}

static void fetch(const bm_sketch_t *sketch, const wanted_t *wanted, int n)
{
    apr_uint64_t ranks[WANTED_MAX];
    double values[WANTED_MAX];
    int i;

    for (i = 0; i < n; i++)
        ranks[i] = wanted[i].rank;
    bm_sketch_ranks(sketch, ranks, values, n);
    for (i = 0; i < n; i++)
        *wanted[i].to = values[i];
}

/* All ranks of all quantiles are looked up in one pass over the sketch: an answer may have thousands of figures. */
void bm_kpi_figure_of(bm_kpi_figure_t *figure, const bm_sketch_t *sketch, const double *q, int count)
{
    const bm_sketch_head_t *head = bm_sketch_head(sketch);
    double below[BM_KPI_QUANTILES_MAX], above[BM_KPI_QUANTILES_MAX];
    wanted_t wanted[WANTED_MAX];
    int i, n = 0;

    count = count < BM_KPI_QUANTILES_MAX ? count : BM_KPI_QUANTILES_MAX;
    *figure = (bm_kpi_figure_t){
        .n = head->n, .mean = bm_sketch_mean(sketch), .min = head->n > 0 ? head->min : NAN, .max = head->n > 0 ? head->max : NAN
    };
    for (i = 0; i < count; i++) {
        bm_kpi_quantile_t *at = &figure->at[i];
        apr_uint64_t low, high;
        double rank = q[i] * ((double)head->n - 1);

        *at = (bm_kpi_quantile_t){ .value = NAN, .low = NAN, .high = NAN, .few = bm_kpi_figure_is_few(head->n, q[i]) };
        below[i] = above[i] = NAN;
        if (head->n > 0 && q[i] >= 0 && q[i] <= 1) {
            want(wanted, &n, (apr_uint64_t)floor(rank), &below[i]);
            want(wanted, &n, (apr_uint64_t)ceil(rank), &above[i]);
        }
        if (bm_quantile_interval(&low, &high, head->n, (double)head->n, q[i])) {
            want(wanted, &n, low - 1, &at->low);
            want(wanted, &n, high - 1, &at->high);
        }
    }
    fetch(sketch, wanted, n);
    for (i = 0; i < count; i++) {
        double rank = q[i] * ((double)head->n - 1);

        figure->at[i].value = below[i] + (above[i] - below[i]) * (rank - floor(rank));
        figure->at[i].low = bm_sketch_low_of(sketch, figure->at[i].low);
        figure->at[i].high = bm_sketch_high_of(sketch, figure->at[i].high);
    }
}
