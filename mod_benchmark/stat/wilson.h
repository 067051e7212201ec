/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/wilson.h: the interval in which a success rate lies, honest also for few trials and for 0 % and 100 %.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * JASA 22 (1927) 209-212; the score interval without continuity correction. Thread-safe. */
#ifndef BM_STAT_WILSON_H
#define BM_STAT_WILSON_H

#include <apr_errno.h>

/** Two-sided normal quantiles for 95 % and 99 % confidence. */
#define BM_WILSON_Z95 1.959963984540054
#define BM_WILSON_Z99 2.5758293035489004

/** Interval of the rate successes/trials as fractions 0 to 1. No trials: 0 to 1, for nothing is known.
 *  @return APR_EINVAL: more successes than trials, z not finite or negative (low and high stay as they were). */
apr_status_t bm_wilson_interval(double *low, double *high, apr_uint64_t successes, apr_uint64_t trials, double z);

#endif
