/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/ability.h: the capacity of a server, from short loads at several rates, with its uncertainty: item response theory, in
 * which the "difficulty" of an item is the logarithm of its rate and the "ability" theta that of the capacity.
 *
 * Graded response. An item of n requests at rate r brings n/C seconds of work in n/r seconds. If the server is overloaded, waits
 * grow; if it is not, they come from chance alone. Both are one model: waits of successive requests are a random walk held at
 * zero (D. V. Lindley, Proc. Cambridge Phil. Soc. 48 (1952) 277-289), in heavy traffic a Brownian motion with reflection
 * (J. F. C. Kingman, Proc. Cambridge Phil. Soc. 57 (1961) 902-904) of drift d = n (1/C - 1/r) and standard deviation
 * s = v sqrt(n) / C over the item, v^2 the squared coefficients of variation of service and arrivals. So the mean wait of an item
 * has the mean s f(d/s) and the standard deviation s g(d/s); f and g were tabulated by simulation (40,000 walks of 200 steps).
 * Above capacity this says as much as n / (busy time) would, without its errors at the ends; below it says little, as it should.
 *
 * Where a server refuses, it is the requests served in its busy time that tell C, with relative variance v^2/n. Where only
 * pass or fail is known it is the two-parameter logistic model (A. Birnbaum, in F. M. Lord and M. R. Novick, "Statistical
 * Theories of Mental Test Scores", 1968), with lapses.
 *
 * The posterior is a grid of theta by v: v is a nuisance, 0.15 to 1.65, and learnt from how items scatter. Prior:
 * flat in log C and in v. Memory: the pool. Thread: one owner at a time. */
#ifndef BM_STAT_ABILITY_H
#define BM_STAT_ABILITY_H

#include <apr_pools.h>

typedef struct bm_ability_t bm_ability_t;

/** Nothing known but that the capacity lies between two rates (0 < low < high). Never NULL. */
bm_ability_t *bm_ability_make(double low, double high, apr_pool_t *p);

/** An item of n requests at a rate (per second), whose mean wait was wait_s, known to within error_s (standard deviation).
 *  latency_s: without any wait; until about so much has passed there are servers that have not begun. arrivals_cv2: squared
 *  coefficient of variation of the arrivals' distances (0: constant, 1: Poisson). Values that are not finite, or n < 1: nothing
 *  is learnt. */
void bm_ability_add_wait(bm_ability_t *a, double rate, double n, double wait_s, double error_s, double latency_s,
                         double arrivals_cv2);

/** n requests served in busy_s seconds by a server that was never idle; error: relative standard deviation of busy_s. */
void bm_ability_add_served(bm_ability_t *a, double n, double busy_s, double error);

/** An item of which is known only whether it went well. */
void bm_ability_add_outcome(bm_ability_t *a, double rate, int passed);

/** Standard error of theta: of the logarithm of the capacity, so a relative one. */
double bm_ability_error(const bm_ability_t *a);

/** The capacity that is not exceeded with probability q (0.5: the estimate). */
double bm_ability_quantile(const bm_ability_t *a, double q);

/** Probability that the capacity is above a rate. */
double bm_ability_above(const bm_ability_t *a, double rate);

/** The least rate between two at which a request is expected to tell nearly (85 %) as much about theta as it can at any, for an
 *  item of n requests with constant arrivals, of this latency, whose wait is known to within error_s; *information: what one
 *  tells there (1 / variance of theta). */
double bm_ability_next_rate(const bm_ability_t *a, double least, double most, double n, double error_s, double latency_s,
                            double *information);

#endif
