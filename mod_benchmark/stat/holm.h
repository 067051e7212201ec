/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/holm.h: p-values of several tests together, so that the chance of even one false alarm stays at the stated one.
 *
 * Sorted ascending, the i-th of m (from 1) is multiplied by m - i + 1, never falls below the one before it and stops at 1 (S.
 * Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979) 65-70). Holds
 * whatever the tests have to do with each other. Thread-safe. */
#ifndef BM_STAT_HOLM_H
#define BM_STAT_HOLM_H

#include <apr_pools.h>

/** corrected[i] of p[i], n of them; the arrays may be one. NaN (no test) stays NaN and does not count. ptemp: scratch. */
void bm_holm_correct(double *corrected, const double *p, int n, apr_pool_t *ptemp);

#endif
