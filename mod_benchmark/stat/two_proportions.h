/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/two_proportions.h: whether two success rates differ, and by how much.
 *
 * Interval of the difference: square-and-add of the two Wilson intervals (R. G. Newcombe, "Interval estimation for the
 * difference between independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998) 873-890, method
 * 10). Test: the score test with pooled rate and without continuity correction where all expected counts are at least 5 (W. G.
 * Cochran, Biometrics 10 (1954) 417-451), else Fisher's exact test, two-sided as the sum of all tables that are no likelier
 * than the one found (R. A. Fisher, "Statistical Methods for Research Workers", 1934, section 21.02). Thread-safe. */
#ifndef BM_STAT_TWO_PROPORTIONS_H
#define BM_STAT_TWO_PROPORTIONS_H

#include <apr_errno.h>

typedef struct bm_two_proportions_t {
    double difference;          /* rate of b minus rate of a, -1 to 1 */
    double low, high;           /* Newcombe's interval of it */
    double p;                   /* two-sided */
    int is_exact;               /* Fisher's test; else the score test */
} bm_two_proportions_t;

/** Compare successes of trials on both sides at z (1.96: 95 %). @return APR_EINVAL: no trials on a side, more successes than
 *  trials, or no such z; *result stays. */
apr_status_t bm_two_proportions_compare(bm_two_proportions_t *result, apr_uint64_t successes_a, apr_uint64_t trials_a,
                                        apr_uint64_t successes_b, apr_uint64_t trials_b, double z);

#endif
