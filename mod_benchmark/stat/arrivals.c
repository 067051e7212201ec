/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/arrivals.h"

#include <math.h>
#include "base/rand.h"

/* Sums of stages are rounded: 1.1/s for 10 s is a hair more than 11. An arrival this share of the sum before the end of a stage
 * is at its end, so belongs to the next one. */
#define END_SLACK 1e-12

#define SECONDS_MAX 1e9
#define RATE_MAX    1e12

typedef struct stretch_t {
    bm_arrivals_stage_t stage;
    double begin_s;             /* since the begin of the first */
    double begin, end;          /* cumulative rate */
} stretch_t;

struct bm_arrivals_t {
    bm_arrivals_kind_e kind;
    double shape;
    bm_rand_t rand;
    stretch_t *stretches;
    int n;
    int at;                     /* stretch of the last arrival; arrivals do not go back */
    int started;
    apr_uint64_t whole;         /* cumulative rate of the last arrival is whole + fraction */
    double fraction;
    apr_int64_t last_ns;
};

static int stage_is_possible(const bm_arrivals_stage_t *stage)
{
    return stage->seconds > 0 && stage->seconds <= SECONDS_MAX          /* false for NaN */
        && stage->rate_begin >= 0 && stage->rate_begin <= RATE_MAX
        && stage->rate_end >= 0 && stage->rate_end <= RATE_MAX;
}

bm_arrivals_t *bm_arrivals_make(bm_arrivals_kind_e kind, double shape, const bm_arrivals_stage_t *stages, int n,
                                apr_uint64_t seed, apr_pool_t *p)
{
    bm_arrivals_t *a = apr_pcalloc(p, sizeof(*a));
    double seconds = 0, sum = 0;

    a->kind = kind;
    a->shape = shape;
    bm_rand_seed(&a->rand, seed);
    if (n <= 0 || (kind == BM_ARRIVALS_GAMMA && !(isfinite(shape) && shape > 0)))
        return a;
    a->stretches = apr_pcalloc(p, sizeof(*a->stretches) * (apr_size_t)n);
    for (int i = 0; i < n; i++) {
        stretch_t *stretch = &a->stretches[i];

        if (!stage_is_possible(&stages[i]) || seconds > SECONDS_MAX)
            return a;                           /* a->n is 0 still */
        stretch->stage = stages[i];
        stretch->begin_s = seconds;
        stretch->begin = sum;
        seconds += stages[i].seconds;
        sum += stages[i].seconds * (stages[i].rate_begin + stages[i].rate_end) / 2;
        stretch->end = sum;
    }
    a->n = n;
    return a;
}

double bm_arrivals_expected(const bm_arrivals_t *a)
{
    return a->n == 0 ? 0 : a->stretches[a->n - 1].end;
}

/* From one arrival of rate 1 to the next. */
static double gap(bm_arrivals_t *a)
{
    int first = !a->started;

    a->started = 1;
    switch (a->kind) {
    case BM_ARRIVALS_POISSON:
        return bm_rand_exponential(&a->rand);
    case BM_ARRIVALS_GAMMA:
        /* Drawn by its length, a gamma gap is one of a shape that is 1 higher. */
        if (first) {
            double length = bm_rand_gamma(&a->rand, a->shape + 1) / a->shape;

            return bm_rand_uniform(&a->rand) * length;
        }
        return bm_rand_gamma(&a->rand, a->shape) / a->shape;
    default:
        return first ? 0 : 1;
    }
}

/* Seconds into the stage at which its cumulative rate is `share` (>= 0): the root of
 * share = rate_begin t + (rate_end - rate_begin) t^2 / (2 seconds), written so that nothing cancels while rates rise. */
static double seconds_into(const bm_arrivals_stage_t *stage, double share)
{
    double change = stage->rate_end - stage->rate_begin, square, t;

    if (share <= 0)
        return 0;
    if (change == 0)
        return fmin(share / stage->rate_begin, stage->seconds);
    square = stage->rate_begin * stage->rate_begin + 2 * change * share / stage->seconds;
    t = 2 * share / (stage->rate_begin + sqrt(fmax(0, square)));
    return fmin(t, stage->seconds);
}

int bm_arrivals_next(bm_arrivals_t *a, apr_int64_t *offset_ns)
{
    const stretch_t *stretch;
    apr_int64_t ns;
    double whole;

    if (a->at >= a->n)
        return 0;
    a->fraction += gap(a);
    whole = floor(a->fraction);
    if (!(whole < 1e18)) {                      /* a gap of a very small shape: beyond every stage */
        a->at = a->n;
        return 0;
    }
    a->whole += (apr_uint64_t)whole;
    a->fraction -= whole;
    while ((double)a->whole + a->fraction >= a->stretches[a->at].end * (1 - END_SLACK))
        if (++a->at >= a->n)
            return 0;
    stretch = &a->stretches[a->at];
    /* whole minus begin is exact where it is large: the fraction keeps its digits. */
    ns = (apr_int64_t)((stretch->begin_s
                        + seconds_into(&stretch->stage, (double)a->whole - stretch->begin + a->fraction)) * 1e9 + 0.5);
    a->last_ns = ns > a->last_ns ? ns : a->last_ns;
    *offset_ns = a->last_ns;
    return 1;
}
