/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/slope.h"

#include <math.h>
#include <string.h>
#include "stat/incomplete_beta.h"
#include "stat/quantile_interval.h"

#define CONFIDENCE 0.95

/* P(T > t) for t >= 0: half of I_x(df/2, 1/2) at x = df / (df + t^2) (Abramowitz and Stegun 26.5.27). */
static double above(double t, double df)
{
    double square = t * t;

    /* Near t = 0 x is near 1 and would lose t: the complement does not. */
    if (square < df)
        return 0.5 - bm_incomplete_beta(square / (df + square), 0.5, df / 2) / 2;
    return bm_incomplete_beta(df / (df + square), df / 2, 0.5) / 2;
}

double bm_slope_student_t(double p, double df)
{
    double tail = fmin(p, 1 - p), low = 0, high = 1;

    if (!(p >= 0 && p <= 1 && df > 0 && isfinite(df)))
        return NAN;
    if (tail == 0)
        return p < 0.5 ? -INFINITY : INFINITY;
    while (above(high, df) > tail && high < 1e300) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double middle = low + (high - low) / 2;

        if (above(middle, df) > tail)
            low = middle;
        else
            high = middle;
    }
    return p < 0.5 ? -high : p > 0.5 ? high : 0;
}

typedef struct sums_t {
    double mean_x, mean_y, xx, xy;
} sums_t;

static int sums_of(sums_t *sums, const double *x, const double *y, apr_size_t n)
{
    memset(sums, 0, sizeof(*sums));
    for (apr_size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return 0;
        sums->mean_x += (x[i] - sums->mean_x) / (double)(i + 1);
        sums->mean_y += (y[i] - sums->mean_y) / (double)(i + 1);
    }
    for (apr_size_t i = 0; i < n; i++) {
        sums->xx += (x[i] - sums->mean_x) * (x[i] - sums->mean_x);
        sums->xy += (x[i] - sums->mean_x) * (y[i] - sums->mean_y);
    }
    return sums->xx > 0 && isfinite(sums->xx) && isfinite(sums->xy);
}

int bm_slope_fit(bm_slope_t *fit, const double *x, const double *y, apr_size_t n)
{
    bm_autocorrelation_t residuals = { 0 };
    double error = 0, half;
    sums_t sums;

    memset(fit, 0, sizeof(*fit));
    if (n < 3 || !sums_of(&sums, x, y, n))
        return 0;
    fit->slope = sums.xy / sums.xx;
    for (apr_size_t i = 0; i < n; i++) {
        double residual = y[i] - sums.mean_y - fit->slope * (x[i] - sums.mean_x);

        error += residual * residual;
        bm_autocorrelation_add(&residuals, residual);
    }
    fit->autocorrelation = bm_autocorrelation_value(&residuals);
    fit->n_effective = bm_quantile_interval_n_effective(n, fit->autocorrelation);
    half = INFINITY;
    if (fit->n_effective > 2) {
        double df = fit->n_effective - 2;

        half = bm_slope_student_t(1 - (1 - CONFIDENCE) / 2, df) * sqrt(error / df / sums.xx);
    }
    fit->low = fit->slope - half;
    fit->high = fit->slope + half;
    fit->rises = fit->low > 0;
    return 1;
}
