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
    return bm_certified_tail_rank(n, q) == 0;
}

void bm_kpi_figure_of(bm_kpi_figure_t *figure, const bm_sketch_t *sketch, const double *q, int count)
{
    const bm_sketch_head_t *head = bm_sketch_head(sketch);
    int i;

    *figure = (bm_kpi_figure_t){
        .n = head->n, .mean = bm_sketch_mean(sketch), .min = head->n > 0 ? head->min : NAN, .max = head->n > 0 ? head->max : NAN
    };
    for (i = 0; i < count && i < BM_KPI_QUANTILES_MAX; i++) {
        bm_kpi_quantile_t *at = &figure->at[i];
        apr_uint64_t low, high;

        *at = (bm_kpi_quantile_t){ .value = bm_sketch_quantile(sketch, q[i]), .low = NAN, .high = NAN,
                                   .few = bm_kpi_figure_is_few(head->n, q[i]) };
        if (bm_quantile_interval(&low, &high, head->n, (double)head->n, q[i])) {
            at->low = bm_sketch_rank_low(sketch, low);
            at->high = bm_sketch_rank_high(sketch, high);
        }
    }
}
