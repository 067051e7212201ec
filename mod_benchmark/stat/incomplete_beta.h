/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/incomplete_beta.h: the regularised incomplete beta function, from which binomial and t probabilities come.
 *
 * I_x(a, b) by its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), evaluated by Lentz's method as
 * modified by I. J. Thompson and A. R. Barnett, J. Comput. Phys. 64 (1986) 490-509. The relative error is about 10^-15 (a + b),
 * from the logarithms of the gamma function. Thread-safe. */
#ifndef BM_STAT_INCOMPLETE_BETA_H
#define BM_STAT_INCOMPLETE_BETA_H

/** I_x(a, b), 0 to 1, for a, b > 0 and x in [0, 1]. NaN: other arguments. */
double bm_incomplete_beta(double x, double a, double b);

#endif
