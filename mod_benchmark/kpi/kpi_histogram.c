/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_histogram.h"

#include <math.h>
#include <string.h>

bm_kpi_bins_t bm_kpi_bins_for(const bm_sketch_t *sketch, int most)
{
    bm_kpi_bins_t bins = { 0, 1, 0 };
    bm_sketch_bucket_t bucket;
    int at = 0, last = 0, seen = 0;

    while (bm_sketch_next(sketch, &at, &bucket)) {
        if (!seen)
            bins.first = bucket.index;
        seen = 1;
        last = bucket.index;
    }
    if (!seen)
        return bins;
    bins.width = (last - bins.first + most) / most;
    bins.count = (last - bins.first) / bins.width + 1;
    return bins;
}

double bm_kpi_bins_edge(const bm_kpi_bins_t *bins, int i)
{
    if (i == 0)
        return bins->first == BM_SKETCH_ZERO_INDEX ? 0 : bm_sketch_edge(bins->first - 1);
    return bm_sketch_edge(bins->first + i * bins->width - 1);
}

void bm_kpi_bins_count(apr_uint64_t *n, const bm_kpi_bins_t *bins, const bm_sketch_t *sketch)
{
    bm_sketch_bucket_t bucket;
    int at = 0;

    memset(n, 0, (size_t)bins->count * sizeof(*n));
    while (bm_sketch_next(sketch, &at, &bucket)) {
        int i = (bucket.index - bins->first) / bins->width;

        if (bucket.index >= bins->first && i < bins->count)
            n[i] += bucket.count;
    }
}

static void push(apr_array_header_t *points, double value, double fraction)
{
    bm_kpi_cdf_point_t *point = apr_array_push(points);

    point->value = value;
    point->fraction = fraction;
}

apr_array_header_t *bm_kpi_cdf(const bm_sketch_t *sketch, int most, apr_pool_t *p)
{
    const bm_sketch_head_t *head = bm_sketch_head(sketch);
    apr_array_header_t *points = apr_array_make(p, most + 2, sizeof(bm_kpi_cdf_point_t));
    double step = 1.0 / most, next = step;
    apr_uint64_t below = 0;
    bm_sketch_bucket_t bucket;
    int at = 0;

    if (head->n == 0)
        return points;
    push(points, head->min, 0);
    while (bm_sketch_next(sketch, &at, &bucket)) {
        double fraction;

        below += bucket.count;
        fraction = (double)below / (double)head->n;
        if (fraction < next || below == head->n)
            continue;
        push(points, fmin(fmax(bucket.high, head->min), head->max), fraction);
        next = (floor(fraction / step) + 1) * step;
    }
    push(points, head->max, 1);
    return points;
}
