/* SPDX-License-Identifier: Apache-2.0
 *
 * base/rand.h: draws from a seed, the same on every machine, and bytes that nobody can guess.
 *
 * The seeded generator is xoshiro256** (Blackman and Vigna, public domain reference), its state filled by
 * splitmix64; never use it for secrets. The variates use only +, *, sqrt, log and pow of doubles, so
 * a sequence is equal wherever libm is.
 *
 * Thread: a bm_rand_t belongs to one thread at a time. */
#ifndef BM_BASE_RAND_H
#define BM_BASE_RAND_H

#include <apr.h>
#include <apr_errno.h>

typedef struct bm_rand_t {
    apr_uint64_t s[4];
} bm_rand_t;

/** Start the sequence that belongs to seed; every value is a good seed. */
void bm_rand_seed(bm_rand_t *r, apr_uint64_t seed);

/** 64 random bits. */
apr_uint64_t bm_rand_next(bm_rand_t *r);

/** Uniform in [0, 1), 53 bits. */
double bm_rand_uniform(bm_rand_t *r);

/** Uniform integer in [0, n) without bias; 0 if n is 0. */
apr_uint64_t bm_rand_below(bm_rand_t *r, apr_uint64_t n);

/** Exponential with mean 1. */
double bm_rand_exponential(bm_rand_t *r);

/** Standard normal (Marsaglia's polar method, one value per call). */
double bm_rand_normal(bm_rand_t *r);

/** Gamma with this shape (> 0) and scale 1, so mean and variance are both `shape` (Marsaglia and Tsang 2000). */
double bm_rand_gamma(bm_rand_t *r, double shape);

/** One well mixed 64-bit value from another (the finaliser of splitmix64): to derive a seed from an id. */
apr_uint64_t bm_rand_mix(apr_uint64_t value);

/** Fill data with bytes from the kernel's generator. @return an errno status; the bytes are then not to be used. */
apr_status_t bm_rand_secure(void *data, apr_size_t len);

#endif
