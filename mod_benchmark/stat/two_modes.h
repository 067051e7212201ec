/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/two_modes.h: whether values fall into two groups, and how many into the lower one.
 *
 * A mixture of two normal distributions, fitted by expectation and maximisation (Dempster, Laird and Rubin 1977) over a
 * histogram, begun at the split of the largest variance between the groups (Otsu 1979). It counts as two groups only if the
 * means are apart (Ashman's D, 1994, of 3 or more: where 2 is the usual least) and there is a valley between them; else one
 * wide or skewed distribution would pass for two. Latencies are given as logarithms. Thread: no state. */
#ifndef BM_STAT_TWO_MODES_H
#define BM_STAT_TWO_MODES_H

#include <apr.h>

typedef struct bm_two_modes_t {
    double share_low;                /* of the lower group, 0 to 1 */
    double mean[2], sd[2];           /* lower, upper */
    double separation;               /* Ashman's D */
} bm_two_modes_t;

/** counts[i] values lie at first + i * width. @return 1: two groups; 0: one group, or fewer than 20 values, or fewer than five in
 *  one of the groups. */
int bm_two_modes_fit(bm_two_modes_t *fit, const apr_uint64_t *counts, int n, double first, double width);

#endif
