/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_histogram.h: how the values of a sketch are spread, in few enough bins to draw.
 *
 * Bins are runs of whole buckets of the sketch, all equally wide on a logarithmic scale, so counts are exact: only where an edge
 * lies is the sketch's choice. Thread: no state. */
#ifndef BM_KPI_KPI_HISTOGRAM_H
#define BM_KPI_KPI_HISTOGRAM_H

#include <apr_tables.h>
#include "stat/sketch.h"

/** Where bins lie: bin i holds the buckets from first + i * width on. The first may hold all that is below. */
typedef struct bm_kpi_bins_t {
    int first;                  /* index of a bucket */
    int width;                  /* buckets of a bin, at least 1 */
    int count;
} bm_kpi_bins_t;

typedef struct bm_kpi_cdf_point_t {
    double value;               /* ms */
    double fraction;            /* of the values that are at most that */
} bm_kpi_cdf_point_t;

/** The fewest equal bins, at most `most` (at least 1), that hold all values of the sketch; count 0: it has none. */
bm_kpi_bins_t bm_kpi_bins_for(const bm_sketch_t *sketch, int most);

/** Lower and upper edge of bin i (0 to count), in ms; the lower edge of a first bin that begins below BM_SKETCH_LEAST is 0. */
double bm_kpi_bins_edge(const bm_kpi_bins_t *bins, int i);

/** Count the values of a sketch into bins that hold them all: n[0] to n[count - 1], which are set. */
void bm_kpi_bins_count(apr_uint64_t *n, const bm_kpi_bins_t *bins, const bm_sketch_t *sketch);

/** The distribution function at edges of buckets, thinned to about `most` points that are evenly spaced in fraction, the least
 *  and the greatest value with them: an array of bm_kpi_cdf_point_t in p, ascending. */
apr_array_header_t *bm_kpi_cdf(const bm_sketch_t *sketch, int most, apr_pool_t *p);

#endif
