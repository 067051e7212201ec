/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/quantile_interval.h: between which two samples a true quantile lies, without assuming a distribution, and how many
 * samples a series is worth whose neighbours resemble each other.
 *
 * Ranks: the number of samples below the quantile q is binomial (n, q); its normal approximation gives the ranks
 *   low = floor(nq - z sqrt(nq(1-q))),  high = ceil(nq + z sqrt(nq(1-q))) + 1,  z = 1.96 for 95 %
 * (W. J. Conover, "Practical Nonparametric Statistics", 3.2; so rounded in NVIDIA AIPerf's proposal on confidence intervals).
 *
 * Effective size: n (1-r)/(1+r) for a first-order autoregressive series of lag-1 autocorrelation r (G. V. Bayley and
 * J. M. Hammersley, Supplement to the Journal of the Royal Statistical Society 8 (1946) 184-197). Exact for means; for quantiles
 * it is the customary stand-in.
 *
 * Thread-safe; an accumulator belongs to one thread at a time. */
#ifndef BM_STAT_QUANTILE_INTERVAL_H
#define BM_STAT_QUANTILE_INTERVAL_H

#include <apr.h>

/** The 95 % interval of quantile q (0 to 1) of n samples that are worth n_effective (at most n): the samples of ranks *low and
 *  *high, 1 the smallest, n the largest. Ranks are found among n_effective samples and stretched to n, outwards.
 *  @return 0: too few samples, a rank would leave them; or q is not between 0 and 1 (low and high stay). */
int bm_quantile_interval(apr_uint64_t *low, apr_uint64_t *high, apr_uint64_t n, double n_effective, double q);

/** What n samples of lag-1 autocorrelation r are worth: n (1-r)/(1+r), at least 1 and at most n. r below 0 or NaN counts as
 *  0: alternation is not to make few samples look like many. 0 for n = 0. */
double bm_quantile_interval_n_effective(apr_uint64_t n, double r);

/** Lag-1 autocorrelation of a series, without keeping it: sum (x_i - m)(x_{i+1} - m) / sum (x_i - m)^2 with m the mean
 *  of all (G. E. P. Box and G. M. Jenkins, "Time Series Analysis", chapter 2). Starts zeroed; its members are for the
 *  functions below. */
typedef struct bm_autocorrelation_t {
    apr_uint64_t n;
    double first, last;
    double mean;
    double squares;             /* sum of (x_i - mean)^2 */
    double products;            /* sum of (x_i - mean)(x_{i+1} - mean) */
} bm_autocorrelation_t;

/** The next value of the series, in the order of time. What is not finite is left out. */
void bm_autocorrelation_add(bm_autocorrelation_t *a, double value);

/** The autocorrelation, -1 to 1; 0 for fewer than 2 values, or when all are equal. */
double bm_autocorrelation_value(const bm_autocorrelation_t *a);

#endif
