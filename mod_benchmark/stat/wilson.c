/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/wilson.h"

#include <math.h>

apr_status_t bm_wilson_interval(double *low, double *high, apr_uint64_t successes, apr_uint64_t trials, double z)
{
    double n = (double)trials, rate, zz, middle, half;

    if (successes > trials || !isfinite(z) || z < 0)
        return APR_EINVAL;
    if (trials == 0) {
        *low = 0;
        *high = 1;
        return APR_SUCCESS;
    }
    rate = (double)successes / n;
    zz = z * z / n;
    middle = (rate + zz / 2) / (1 + zz);
    half = z * sqrt(rate * (1 - rate) / n + zz / (4 * n)) / (1 + zz);
    /* The ends are exact at 0 % and 100 %; rounding must not put them a hair beside. */
    *low = successes == 0 ? 0 : fmax(0, middle - half);
    *high = successes == trials ? 1 : fmin(1, middle + half);
    return APR_SUCCESS;
}
