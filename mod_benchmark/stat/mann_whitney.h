/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/mann_whitney.h: whether values of one sample tend to be larger than those of another, and how often they are.
 *
 * U counts the pairs in which b is larger, ties as half (H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18
 * (1947) 50-60). Its p-value is exact where both sides have fewer than 50 values without ties (their recurrence), else from
 * the normal distribution with the variance corrected for ties and a continuity correction of 1/2 (M. Hollander and D. A.
 * Wolfe, "Nonparametric Statistical Methods", 4.1; as wilcox.test of R and scipy's mannwhitneyu have it).
 *
 * Effect: Cliff's delta, P(b > a) - P(b < a), which is the rank-biserial correlation 2U/(nm) - 1. Its interval is Cliff's with
 * the unbiased estimate of the variance and bent so that it stays within -1 and 1 (N. Cliff, "Ordinal Methods for Behavioral
 * Data Analysis", 1996; D. Feng and N. Cliff, Journal of Modern Applied Statistical Methods 3 (2004) 322-332). Where the sides
 * do not overlap that variance is 0; the interval then ends at 1 and at (k - z^2)/(k + z^2), k the smaller of n and m (theirs
 * too).
 *
 * Values must be independent. Thread-safe. */
#ifndef BM_STAT_MANN_WHITNEY_H
#define BM_STAT_MANN_WHITNEY_H

#include <apr.h>
#include <apr_pools.h>

typedef struct bm_mann_whitney_t {
    double u;                   /* of b: pairs in which b is larger, and half of the ties */
    double p;                   /* two-sided */
    int is_exact;
    double delta;               /* Cliff's: 1: all of b are larger, -1: all of b are smaller */
    double low, high;           /* interval of delta */
} bm_mann_whitney_t;

/** Compare n values a with m values b, both ascending and finite, with intervals at z (1.96: 95 %). ptemp: scratch.
 *  @return 0: a side has no values; *result is untouched. */
int bm_mann_whitney_compare(bm_mann_whitney_t *result, const double *a, apr_size_t n, const double *b, apr_size_t m, double z,
                            apr_pool_t *ptemp);

/** The smallest two-sided p-value that n and m values can have at all: 2 / C(n + m, n). */
double bm_mann_whitney_least_p(apr_size_t n, apr_size_t m);

#endif
