/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/normal.h: tail and quantile of the standard normal distribution.
 *
 * The tail is half of erfc(z / sqrt 2) (NIST Digital Library of Mathematical Functions, 7.17), so it keeps its digits far out;
 * the quantile is its inverse by bisection. Thread-safe. */
#ifndef BM_STAT_NORMAL_H
#define BM_STAT_NORMAL_H

/** P(Z > z). */
double bm_normal_above(double z);

/** P(|Z| > |z|): the two-sided p-value of z. */
double bm_normal_two_sided(double z);

/** The z for which P(Z <= z) is p, to about 15 digits; infinite at 0 and 1, NaN outside. */
double bm_normal_quantile(double p);

#endif
