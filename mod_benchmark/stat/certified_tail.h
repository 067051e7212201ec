/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/certified_tail.h: the smallest sample that bounds the true quantile with 99 % confidence.
 *
 * The sample of rank n-t (1 is the smallest) is below the quantile q only if at most t of the n samples reach it. Each reaches
 * it with probability 1-q or, if several are alike, more. So with B binomial (n, 1-q), whatever the distribution of samples, the
 * bound fails with probability P(B <= t) at most. Rule:
 *
 *   t = the largest count with P(B <= t) <= 0.01;   rank = n - t;   too few samples if t < 1
 *
 * That t must be 1 at least is MLPerf's rule for early stopping (LoadGen early_stopping.cc, single stream: "h_min(1) + 1"
 * samples; mlcommons/endpoints docs/early_stopping.md): the largest sample alone, which is one outlier away from any other value,
 * never certifies. It gives the minima p90 64, p95 130, p99 662, p99.9 6,636; without it they were 44, 90, 459 and 4,603.
 * MLPerf then takes the sample of rank n-t+1, one above the smallest that would do.
 *
 * Probabilities are exact (incomplete beta function, no normal approximation). Samples must be independent; where they are not,
 * the caller says how many they are worth (stat/quantile_interval.h) and takes the rank in proportion. Thread-safe. */
#ifndef BM_STAT_CERTIFIED_TAIL_H
#define BM_STAT_CERTIFIED_TAIL_H

#include <apr.h>

/** Rank (1 the smallest, n the largest) of the smallest of n samples that bounds quantile q (0 to 1) with 99 % confidence.
 *  @return 0: too few samples, or q is not between 0 and 1. */
apr_uint64_t bm_certified_tail_rank(apr_uint64_t n, double q);

/** Whether there is such a rank: quicker than to look for it. */
int bm_certified_tail_exists(apr_uint64_t n, double q);

#endif
