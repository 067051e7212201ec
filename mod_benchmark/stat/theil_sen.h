/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/theil_sen.h: the slope of a series that single odd days do not bend: the median of the slopes of all pairs of points.
 *
 * H. Theil, Indagationes Mathematicae 12 (1950) 85-91, 173-177; P. K. Sen, "Estimates of the regression coefficient based on
 * Kendall's tau", JASA 63 (1968) 1379-1389. The interval takes the slopes of ranks (N - C)/2 and (N + C)/2 + 1 of N, with
 * C = z sqrt(Var S) and Var S = (n (n-1) (2n+5) - sum t (t-1) (2t+5)) / 18, t equal values of y each; between ranks it is
 * interpolated (R. O. Gilbert, "Statistical Methods for Environmental Pollution Monitoring", 1987, 16.4).
 *
 * Days resemble the day before, which makes chance look like a trend. So Var S is multiplied by n / n_effective, from the lag-1
 * autocorrelation of the ranks of the residuals (stat/quantile_interval.h; K. H. Hamed and A. R. Rao, Journal of Hydrology 204
 * (1998) 182-196, do it with more lags), if the caller wants that. With r = 0.5 and 40 points some 90 % of 95 % intervals
 * then hold.
 *
 * Thread-safe. */
#ifndef BM_STAT_THEIL_SEN_H
#define BM_STAT_THEIL_SEN_H

#include <apr.h>
#include <apr_pools.h>

/** Most points that are taken: the pairs are sorted. */
#define BM_THEIL_SEN_MAX 1000

typedef struct bm_theil_sen_t {
    double slope;               /* y per x */
    double low, high;           /* interval; infinite: too few points to tell */
    double intercept;           /* median of y - slope x: the line is intercept + slope x */
    double n_effective;         /* what the points are worth */
} bm_theil_sen_t;

/** Fit n points in the order of x, finite, with an interval at z (1.96: 95 %). serial: allow for autocorrelation.
 *  ptemp: scratch. @return 0: fewer than 2 points, more than BM_THEIL_SEN_MAX, or all at one x; *fit is untouched. */
int bm_theil_sen_fit(bm_theil_sen_t *fit, const double *x, const double *y, apr_size_t n, double z, int serial,
                     apr_pool_t *ptemp);

#endif
