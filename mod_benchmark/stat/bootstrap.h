/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/bootstrap.h: how far quantiles and means of two samples, their difference and their ratio could be off, by drawing the
 * samples again from themselves.
 *
 * Percentile intervals of B seeded replicates (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics
 * 7 (1979) 1-26; B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). The work is bounded:
 *
 *   quantile  The k-th smallest of n values drawn with replacement from a sorted sample is the value at place floor(n V), with
 *             V the k-th smallest of n uniform numbers, a beta(k, n-k+1) variate; a quantile between two ranks takes the next
 *             one too. So a replicate is three gamma variates, whatever n is, and is the true bootstrap, not an approximation.
 *   mean      n draws a replicate. More than 1,000 values are first put at random into 1,000 groups of nearly equal size, which
 *             are then drawn; the expected variance of the mean stays the same.
 *   clusters  Values that belong together (the gaps of one answer) are drawn together, whole answers with replacement.
 *
 * The same values and seed give the same intervals wherever libm does. Thread-safe. */
#ifndef BM_STAT_BOOTSTRAP_H
#define BM_STAT_BOOTSTRAP_H

#include <apr.h>
#include <apr_pools.h>

/** Replicates: a 95 % interval has 25 beyond each of its ends. */
#define BM_BOOTSTRAP_REPLICATES 1000

/** A sample, ascending and finite. */
typedef struct bm_bootstrap_sample_t {
    const double *values;
    apr_size_t n;
    const int *cluster;         /* of each value, from 0; NULL: every value is independent of the others */
    int clusters;
} bm_bootstrap_sample_t;

/** What is estimated. */
typedef struct bm_bootstrap_of_t {
    double q;                   /* the quantile, 0 to 1, linear between ranks; below 0: the mean */
} bm_bootstrap_of_t;

typedef struct bm_bootstrap_t {
    double a, b;                /* the estimates themselves */
    double difference;          /* b - a */
    double difference_low, difference_high;
    double ratio;               /* b / a; NaN, as its ends: a is not above 0, or was not in too many replicates */
    double ratio_low, ratio_high;
} bm_bootstrap_t;

/** Compare `count` quantities of two samples with intervals of this confidence (0 to 1), results[i] of of[i]. ptemp: scratch, a
 *  megabyte at most besides 8 bytes per cluster. @return 0: a sample has no values; results are untouched. */
int bm_bootstrap_compare(bm_bootstrap_t *results, const bm_bootstrap_of_t *of, int count, const bm_bootstrap_sample_t *a,
                         const bm_bootstrap_sample_t *b, double confidence, apr_uint64_t seed, apr_pool_t *ptemp);

/** Quantile q of n ascending values, linear between ranks floor and ceil of q(n-1) (percentile_cont). NaN: none. */
double bm_bootstrap_quantile(const double *ascending, apr_size_t n, double q);

#endif
