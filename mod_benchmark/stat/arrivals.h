/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/arrivals.h: when the requests of an open load are to be sent, known in full before the first one is.
 *
 * Time rescaling: arrivals of rate 1 (T1 < T2 < ...) are mapped through the inverse of the cumulative rate
 * L(t) = integral of rate(u) du from 0 to t, so that t_k = L^-1(T_k) has the wanted rate at every moment. For exponential gaps
 * this is a Poisson process with that rate, exactly (E. Cinlar, "Introduction to Stochastic Processes", 1975, chapter 4;
 * P. A. W. Lewis and G. S. Shedler, Naval Research Logistics Quarterly 26 (1979) 403-413).
 *
 *   constant  T = 0, 1, 2 ...; gaps of exactly 1/rate where the rate is constant, the first at once
 *   Poisson   exponential gaps of mean 1
 *   gamma     gaps of mean 1 and variance 1/shape: below 1 bursty (bursts of about 1/shape), 1 Poisson, above 1 smooth. The
 *             first gap is that of a process that has been going on for long (a uniform share of a gap drawn by its length;
 *             W. Feller, "An Introduction to Probability Theory and Its Applications" II, chapter XI): if it were one like the
 *             others, bursts would make counts exceed the rate.
 *
 * Error: T_k is kept as whole and fraction, so it does not lose digits with k, and each t_k is computed from the begin. At
 * constant rates t_k is the nearest nanosecond (86,400 s, 10^7 arrivals). On ramps L is rounded too, which moves an arrival
 * by at most 10^-8 of the gap beside it: less than 0.1 ns, but 3 ns where 10^7 arrivals in a day run out to a rate of 0.
 * tests/unit/test_arrivals.c holds both against 64-bit mantissas.
 *
 * The same seed gives the same schedule. Constant ones use + * / sqrt only, which IEEE 754 rounds alike everywhere; the others
 * use log, and for shapes below 1 pow, of libm: another libm, or a compiler that fuses a product and a sum, may move a time by
 * 1 ns, and with gamma, once in about 10^15 draws, decide differently whether to draw again.
 *
 * Thread: belongs to one thread at a time. */
#ifndef BM_STAT_ARRIVALS_H
#define BM_STAT_ARRIVALS_H

#include <apr.h>
#include <apr_pools.h>

typedef enum bm_arrivals_kind_e {
    BM_ARRIVALS_CONSTANT,
    BM_ARRIVALS_POISSON,
    BM_ARRIVALS_GAMMA
} bm_arrivals_kind_e;

/** A stretch of time in which the rate changes linearly. */
typedef struct bm_arrivals_stage_t {
    double seconds;             /* > 0 */
    double rate_begin;          /* per second, >= 0 */
    double rate_end;            /* per second, >= 0 */
} bm_arrivals_stage_t;

typedef struct bm_arrivals_t bm_arrivals_t;

/** The schedule of n stages, one after another; they are copied. shape (> 0) is of gamma. Never NULL: what cannot be (a
 *  negative or infinite figure, NaN, a duration or shape of 0, over 10^9 s or 10^12 per second) makes a schedule without
 *  arrivals. In p. */
bm_arrivals_t *bm_arrivals_make(bm_arrivals_kind_e kind, double shape, const bm_arrivals_stage_t *stages, int n,
                                apr_uint64_t seed, apr_pool_t *p);

/** The next arrival, in nanoseconds since the begin of the first stage; never before the one before it, never after the end of
 *  the last stage. @return 0: there are no more inside the stages (*offset_ns stays). */
int bm_arrivals_next(bm_arrivals_t *a, apr_int64_t *offset_ns);

/** Arrivals to expect: the integral of the rate over all stages. */
double bm_arrivals_expected(const bm_arrivals_t *a);

#endif
