/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/incomplete_beta.h"

#include <float.h>
#include <math.h>

/* About sqrt(max(a, b)) steps are needed. */
#define STEPS_MAX 1000000

#define TINY 1e-300

/* lgamma() itself writes a global. */
static double log_gamma(double x)
{
    int sign;

    return lgamma_r(x, &sign);
}

static double not_zero(double x)
{
    return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction; converges fast for x < (a + 1) / (a + b + 2). */
static double fraction(double x, double a, double b)
{
    double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), value = d;

    for (int m = 1; m < STEPS_MAX; m++) {
        double twice = 2.0 * m;
        double even = m * (b - m) * x / ((a + twice - 1) * (a + twice));
        double odd = -(a + m) * (a + b + m) * x / ((a + twice) * (a + twice + 1));
        double change;

        d = 1 / not_zero(1 + even * d);
        c = not_zero(1 + even / c);
        value *= c * d;
        d = 1 / not_zero(1 + odd * d);
        c = not_zero(1 + odd / c);
        change = c * d;
        value *= change;
        if (fabs(change - 1) < 4 * DBL_EPSILON)
            break;
    }
    return value;
}

double bm_incomplete_beta(double x, double a, double b)
{
    double front;

    if (!(x >= 0 && x <= 1 && a > 0 && b > 0 && isfinite(a) && isfinite(b)))
        return NAN;
    if (x == 0 || x == 1)
        return x;
    front = exp(a * log(x) + b * log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b));
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(x, a, b) / a;
    return 1 - front * fraction(1 - x, b, a) / b;
}
