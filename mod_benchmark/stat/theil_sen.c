/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/theil_sen.h"

#include <math.h>
#include <stdlib.h>
#include <apr_strings.h>
#include "stat/bootstrap.h"
#include "stat/quantile_interval.h"

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

static double median_of(double *values, apr_size_t n)
{
    qsort(values, n, sizeof(*values), ascending);
    return bm_bootstrap_quantile(values, n, 0.5);
}

static apr_size_t slopes_of(double *slopes, const double *x, const double *y, apr_size_t n)
{
    apr_size_t count = 0;

    for (apr_size_t i = 0; i < n; i++)
        for (apr_size_t j = i + 1; j < n; j++)
            if (x[j] != x[i])
                slopes[count++] = (y[j] - y[i]) / (x[j] - x[i]);
    return count;
}

/* Kendall's variance of S; y is copied to be sorted. */
static double variance_of(const double *y, apr_size_t n, apr_pool_t *ptemp)
{
    double *sorted = apr_pmemdup(ptemp, y, n * sizeof(*sorted)), all = (double)n, variance = all * (all - 1) * (2 * all + 5);
    apr_size_t i, k;

    qsort(sorted, n, sizeof(*sorted), ascending);
    for (i = 0; i < n; i = k) {
        double t;

        for (k = i + 1; k < n && sorted[k] == sorted[i]; k++)
            ;
        t = (double)(k - i);
        variance -= t * (t - 1) * (2 * t + 5);
    }
    return variance / 18;
}

/* The slope of a rank from 1 that need not be whole; none beyond the ends. */
static double slope_at(const double *slopes, apr_size_t count, double rank, double otherwise)
{
    if (rank < 1 || rank > (double)count)
        return otherwise;
    return count == 1 ? slopes[0] : bm_bootstrap_quantile(slopes, count, (rank - 1) / (double)(count - 1));
}

/* Ranks of the residuals rather than the residuals: one odd day would hide that the others resemble each other. */
static double worth_of(const double *residuals, const double *sorted, apr_size_t n)
{
    bm_autocorrelation_t ranks = { 0 };

    for (apr_size_t i = 0; i < n; i++) {
        apr_size_t low = 0, high = n, last;

        while (low < high) {
            apr_size_t middle = (low + high) / 2;

            if (sorted[middle] < residuals[i])
                low = middle + 1;
            else
                high = middle;
        }
        for (last = low; last + 1 < n && sorted[last + 1] == residuals[i]; last++)
            ;
        bm_autocorrelation_add(&ranks, (double)(low + last) / 2);
    }
    return bm_quantile_interval_n_effective(n, bm_autocorrelation_value(&ranks));
}

int bm_theil_sen_fit(bm_theil_sen_t *fit, const double *x, const double *y, apr_size_t n, double z, int serial,
                     apr_pool_t *ptemp)
{
    double *slopes, *rest, *sorted, c;
    apr_size_t count;

    if (n < 2 || n > BM_THEIL_SEN_MAX)
        return 0;
    slopes = apr_palloc(ptemp, n * (n - 1) / 2 * sizeof(*slopes));
    rest = apr_palloc(ptemp, n * sizeof(*rest));
    count = slopes_of(slopes, x, y, n);
    if (count == 0)
        return 0;
    fit->slope = median_of(slopes, count);
    for (apr_size_t i = 0; i < n; i++)
        rest[i] = y[i] - fit->slope * x[i];
    sorted = apr_pmemdup(ptemp, rest, n * sizeof(*sorted));
    fit->intercept = median_of(sorted, n);
    fit->n_effective = serial ? worth_of(rest, sorted, n) : (double)n;
    c = z * sqrt(variance_of(y, n, ptemp) * (double)n / fit->n_effective);
    fit->low = slope_at(slopes, count, ((double)count - c) / 2, -INFINITY);
    fit->high = slope_at(slopes, count, ((double)count + c) / 2 + 1, INFINITY);
    return 1;
}
