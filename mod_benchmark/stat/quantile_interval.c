/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/quantile_interval.h"

#include <math.h>
#include "stat/wilson.h"

int bm_quantile_interval(apr_uint64_t *low, apr_uint64_t *high, apr_uint64_t n, double n_effective, double q)
{
    double size = fmin(n_effective, (double)n), middle, half, first, last;

    if (!(q > 0 && q < 1 && size >= 1))
        return 0;
    middle = size * q;
    half = BM_WILSON_Z95 * sqrt(middle * (1 - q));
    first = floor(middle - half);
    last = ceil(middle + half) + 1;
    if (first < 1 || last > size)
        return 0;
    *low = (apr_uint64_t)fmax(1, floor(first * ((double)n / size)));
    *high = (apr_uint64_t)fmin((double)n, ceil(last * ((double)n / size)));
    return 1;
}

double bm_quantile_interval_n_effective(apr_uint64_t n, double r)
{
    double size = (double)n;

    if (n == 0 || !(r > 0))
        return size;
    return r >= 1 ? 1 : fmax(1, size * (1 - r) / (1 + r));
}

/* As Welford's variance: sums around a mean that moves by `step`, so that no large sums cancel. All deviations add up to 0, so
 * those of all but the last are last's negative. */
void bm_autocorrelation_add(bm_autocorrelation_t *a, double value)
{
    double deviation, step;

    if (!isfinite(value))
        return;
    if (a->n == 0) {
        a->n = 1;
        a->first = a->last = a->mean = value;
        return;
    }
    deviation = value - a->mean;
    step = deviation / (double)(a->n + 1);
    a->products += step * ((a->last - a->mean) + (a->first - a->mean)) + (double)(a->n - 1) * step * step;
    a->mean += step;
    a->squares += deviation * (value - a->mean);
    a->products += (a->last - a->mean) * (value - a->mean);
    a->last = value;
    a->n++;
}

double bm_autocorrelation_value(const bm_autocorrelation_t *a)
{
    return a->n < 2 || !(a->squares > 0) ? 0 : fmax(-1, fmin(1, a->products / a->squares));
}
