/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/normal.h"

#include <math.h>

/* No double has a tail that is smaller than that of 39. */
#define FARTHEST 39.0

double bm_normal_above(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

double bm_normal_two_sided(double z)
{
    return erfc(fabs(z) / sqrt(2));
}

double bm_normal_quantile(double p)
{
    double tail = fmin(p, 1 - p), low = 0, high = FARTHEST;

    if (!(p >= 0 && p <= 1))
        return NAN;
    if (tail == 0)
        return p < 0.5 ? -INFINITY : INFINITY;
    if (p == 0.5)
        return 0;
    for (int i = 0; i < 100 && high - low > 1e-16 * high; i++) {
        double middle = low + (high - low) / 2;

        if (bm_normal_above(middle) > tail)
            low = middle;
        else
            high = middle;
    }
    return p < 0.5 ? -low : low;
}
