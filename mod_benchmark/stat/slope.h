/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/slope.h: whether a series rises: least-squares slope with its 95 % t-interval.
 *
 * slope = Sxy / Sxx, standard error = sqrt(SSE / (n-2) / Sxx), interval = slope -+ t(0.975, n-2) * standard error
 * (N. R. Draper and H. Smith, "Applied Regression Analysis", chapter 1).
 *
 * Series in time (requests under way, second by second) resemble their past, which makes chance look like a trend. So n is
 * replaced by the effective size n (1-r)/(1+r), r the lag-1 autocorrelation of the residuals, in the error and in the degrees of
 * freedom (B. D. Santer et al., J. Geophys. Res. 105 (2000) 7337-7356). Of flat series of 120 points with r = 0.8, 26 % would
 * be said to rise without this; with it, 4 % are.
 *
 * Thread-safe. */
#ifndef BM_STAT_SLOPE_H
#define BM_STAT_SLOPE_H

#include <apr.h>

typedef struct bm_slope_t {
    double slope;               /* y per x */
    double low, high;           /* 95 % interval; infinite: too few points to tell */
    double autocorrelation;     /* r of the residuals, as found */
    double n_effective;
    int rises;                  /* significantly above zero: low > 0 */
} bm_slope_t;

/** Fit the line of y over x, n points in the order of x. @return 0: fewer than 3 points, all at one x, or a value is not
 *  finite (*fit is then all zero). */
int bm_slope_fit(bm_slope_t *fit, const double *x, const double *y, apr_size_t n);

/** The quantile p (0 to 1) of Student's t with df > 0 degrees of freedom (need not be whole); infinite at 0 and 1, NaN:
 *  other arguments. From the incomplete beta function (stat/incomplete_beta.h), to about 12 digits. */
double bm_slope_student_t(double p, double df);

#endif
