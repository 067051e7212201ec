/* SPDX-License-Identifier: Apache-2.0
 *
 * sketch_samples.h: values of several distributions, sketches of them, and whether two sketches hold the same. */
#ifndef BM_SKETCH_SAMPLES_H
#define BM_SKETCH_SAMPLES_H

#include <math.h>
#include <string.h>
#include "base/rand.h"
#include "stat/sketch.h"

static const double quantiles[] = { 0, 0.001, 0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1 };

typedef double draw_fn(bm_rand_t *r);

static inline double draw_constant(bm_rand_t *r)
{
    (void)r;
    return 137.25;
}

static inline double draw_lognormal(bm_rand_t *r)
{
    return fmin(fmax(900 * exp(1.2 * bm_rand_normal(r)), BM_SKETCH_LEAST), BM_SKETCH_MOST);
}

static inline double draw_bimodal(bm_rand_t *r)
{
    return bm_rand_uniform(r) < 0.7 ? 3 + bm_rand_uniform(r) : 30000 + 100 * bm_rand_uniform(r);
}

static inline double draw_heavy_tail(bm_rand_t *r)
{
    return fmin(0.5 * pow(1 - bm_rand_uniform(r), -1 / 0.7), BM_SKETCH_MOST);
}

static inline double draw_whole_range(bm_rand_t *r)
{
    return BM_SKETCH_LEAST * pow(BM_SKETCH_MOST / BM_SKETCH_LEAST, bm_rand_uniform(r));
}

static inline double draw_whole_numbers(bm_rand_t *r)
{
    return 1 + (double)bm_rand_below(r, 20);
}

static draw_fn *const draws[] = {
    draw_constant, draw_lognormal, draw_bimodal, draw_heavy_tail, draw_whole_range, draw_whole_numbers
};
static const int sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 28, 65, 100, 1000, 30000 };

static inline double *sample_make(draw_fn *draw, int n, apr_uint64_t seed)
{
    double *values = apr_palloc(g_pool, sizeof(double) * (apr_size_t)n);
    bm_rand_t r;

    bm_rand_seed(&r, seed);
    for (int i = 0; i < n; i++)
        values[i] = draw(&r);
    return values;
}

static inline bm_sketch_t *sketch_of(const double *values, int n)
{
    bm_sketch_t *s = bm_sketch_make(g_pool);

    for (int i = 0; i < n; i++)
        ck_assert_int_eq(bm_sketch_add(s, values[i], 1), APR_SUCCESS);
    return s;
}

static inline unsigned char *wire_of(const bm_sketch_t *s, apr_size_t *len)
{
    unsigned char *bytes;

    *len = bm_sketch_size(s);
    bytes = apr_palloc(g_pool, *len);
    ck_assert_ptr_eq(bm_sketch_write(s, bytes), bytes + *len);
    return bytes;
}

/* Same buckets, counts and ends; the sum up to rounding, for it depends on the order of additions. */
static inline void assert_alike(const bm_sketch_t *a, const bm_sketch_t *b)
{
    apr_size_t a_len, b_len;
    unsigned char *a_bytes = wire_of(a, &a_len), *b_bytes = wire_of(b, &b_len);
    apr_size_t sum_at = 1;

    ck_assert_double_eq_tol(bm_sketch_head(a)->sum, bm_sketch_head(b)->sum, 1e-9 * fabs(bm_sketch_head(b)->sum) + 1e-300);
    ck_assert_uint_eq(a_len, b_len);
    for (int i = 0; i < 2; i++) {                       /* behind the varints n and zero */
        while (a_bytes[sum_at++] & 0x80)
            continue;
    }
    memset(a_bytes + sum_at, 0, 8);
    memset(b_bytes + sum_at, 0, 8);
    ck_assert_mem_eq(a_bytes, b_bytes, a_len);
}

#endif
