/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/two_proportions.h"

#include <math.h>
#include "stat/normal.h"
#include "stat/wilson.h"

/* Tables whose probabilities differ only by rounding are equally likely. */
#define ALIKE (1 + 1e-7)

static double log_choose(double n, double k)
{
    int sign;

    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

/* Successes and trials of both sides. */
typedef struct table_t {
    double a, n, b, m;
} table_t;

/* Log of the probability of x successes on side a, with all margins fixed. */
static double log_of(const table_t *t, double x)
{
    double successes = t->a + t->b;

    return log_choose(t->n, x) + log_choose(t->m, successes - x) - log_choose(t->n + t->m, successes);
}

/* Only called where an expected count is below 5. So the tables that matter are the few around that corner: beyond them a
 * probability is too small to be seen in the sum, and the walk ends. */
static double fisher(const table_t *t)
{
    double successes = t->a + t->b, first = fmax(0, successes - t->m), last = fmin(t->n, successes);
    double found = log_of(t, t->a) + log(ALIKE), sum = 0, mode = floor((t->n + 1) * (successes + 1) / (t->n + t->m + 2));

    mode = fmin(last, fmax(first, mode));
    for (double x = mode; x >= first; x--) {
        double p = log_of(t, x);

        if (p <= found)
            sum += exp(p);
        if (p < found - 50)
            break;
    }
    for (double x = mode + 1; x <= last; x++) {
        double p = log_of(t, x);

        if (p <= found)
            sum += exp(p);
        if (p < found - 50)
            break;
    }
    return fmin(1, sum);
}

static double score(const table_t *t)
{
    double pooled = (t->a + t->b) / (t->n + t->m);

    return bm_normal_two_sided((t->b / t->m - t->a / t->n) / sqrt(pooled * (1 - pooled) * (1 / t->n + 1 / t->m)));
}

static double least_expected(const table_t *t)
{
    double successes = t->a + t->b, failures = t->n + t->m - successes;

    return fmin(t->n, t->m) * fmin(successes, failures) / (t->n + t->m);
}

apr_status_t bm_two_proportions_compare(bm_two_proportions_t *result, apr_uint64_t successes_a, apr_uint64_t trials_a,
                                        apr_uint64_t successes_b, apr_uint64_t trials_b, double z)
{
    const table_t t = { (double)successes_a, (double)trials_a, (double)successes_b, (double)trials_b };
    double low_a, high_a, low_b, high_b, rate_a, rate_b;

    if (trials_a == 0 || trials_b == 0 || bm_wilson_interval(&low_a, &high_a, successes_a, trials_a, z) != APR_SUCCESS
        || bm_wilson_interval(&low_b, &high_b, successes_b, trials_b, z) != APR_SUCCESS)
        return APR_EINVAL;
    rate_a = t.a / t.n;
    rate_b = t.b / t.m;
    result->difference = rate_b - rate_a;
    result->low = result->difference - hypot(rate_b - low_b, high_a - rate_a);
    result->high = result->difference + hypot(high_b - rate_b, rate_a - low_a);
    result->is_exact = least_expected(&t) < 5;
    result->p = result->is_exact ? fisher(&t) : score(&t);
    return APR_SUCCESS;
}
