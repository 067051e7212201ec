/* SPDX-License-Identifier: Apache-2.0 */
#include "export/hgrm.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>

/* Lines of each halving of the distance to 1, as HdrHistogram has them. */
enum { TICKS = 5, LINE_MAX_BYTES = 160 };

#define LAST_DISTANCE 1e-12

static apr_status_t put(bm_buffer_t *out, const char *line)
{
    return bm_buffer_append(out, line, strlen(line));
}

/* The percentile behind `percentile`: a fifth of the way to where half of what is left is passed. */
static double next(double percentile)
{
    double halvings = floor(log2(1 / (1 - percentile))) + 1;

    return percentile + 1 / (TICKS * exp2(halvings));
}

/* Values up to a percentile: those of rank floor(percentile (n-1)) and below, from 0. */
static apr_status_t write_lines(bm_buffer_t *out, const bm_sketch_t *sketch)
{
    double n = (double)bm_sketch_head(sketch)->n, percentile, count;
    char line[LINE_MAX_BYTES];
    apr_status_t rv = APR_SUCCESS;

    for (percentile = 0; rv == APR_SUCCESS; percentile = next(percentile)) {
        if ((1 - percentile) * n <= 1 || 1 - percentile < LAST_DISTANCE)
            break;                       /* less than a value is left, which is the largest; or less than the digits can tell */
        count = floor(percentile * (n - 1)) + 1;
        apr_snprintf(line, sizeof(line), "%12.3f %.12f %10.0f %14.2f\n", bm_sketch_quantile(sketch, percentile),
                     percentile, count,
                     1 / (1 - percentile));
        rv = put(out, line);
    }
    if (rv != APR_SUCCESS || n < 1)
        return rv;
    apr_snprintf(line, sizeof(line), "%12.3f %.12f %10.0f\n", bm_sketch_head(sketch)->max, 1.0, n);
    return put(out, line);
}

/* By the middles of buckets: off by some thousandths of the values, and so only good where they differ by more than that. */
static double estimate(const bm_sketch_t *sketch)
{
    double mean = bm_sketch_mean(sketch), squares = 0, n = (double)bm_sketch_head(sketch)->n;
    bm_sketch_bucket_t bucket;
    int at = 0;

    while (bm_sketch_next(sketch, &at, &bucket)) {
        double distance = (bucket.low + bucket.high) / 2 - mean;

        squares += distance * distance * (double)bucket.count;
    }
    return n > 0 ? sqrt(squares / n) : NAN;
}

/* Buckets per factor of two, whose width is that of the sketch's error, and such factors from the least to the most. */
static apr_status_t write_foot(bm_buffer_t *out, const bm_sketch_t *sketch, double deviation)
{
    double per_octave = ceil(log(2) / log((1 + BM_SKETCH_ERROR) / (1 - BM_SKETCH_ERROR)));
    double octaves = ceil(log2(BM_SKETCH_MOST / BM_SKETCH_LEAST)), mean = bm_sketch_mean(sketch);
    char line[2 * LINE_MAX_BYTES], spread[32] = "NaN";

    if (!isfinite(deviation))
        deviation = estimate(sketch);
    if (isfinite(deviation))
        apr_snprintf(spread, sizeof(spread), "%.3f", deviation);
    apr_snprintf(line, sizeof(line), "#[Mean    = %12.3f, StdDeviation   = %12s]\n#[Max     = %12.3f, Total count    = %12.0f]\n"
                 "#[Buckets = %12.0f, SubBuckets     = %12.0f]\n", isfinite(mean) ? mean : 0, spread, bm_sketch_head(sketch)->max,
                 (double)bm_sketch_head(sketch)->n, octaves, per_octave);
    return put(out, line);
}

apr_status_t bm_hgrm_write(bm_buffer_t *out, const bm_sketch_t *sketch, double deviation, int kept_rows_only)
{
    apr_status_t rv = put(out, "       Value     Percentile TotalCount 1/(1-Percentile)\n\n");

    if (rv == APR_SUCCESS)
        rv = write_lines(out, sketch);
    if (rv == APR_SUCCESS)
        rv = write_foot(out, sketch, deviation);
    return rv == APR_SUCCESS && kept_rows_only ? put(out, "#[Rows    =         kept, of some requests no row was kept]\n") : rv;
}
