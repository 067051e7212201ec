/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/certified_tail.h"

#include <math.h>
#include "stat/incomplete_beta.h"

#define DOUBT 0.01

/* P(B <= t) of B binomial (n, share), for 0 <= t < n (NIST Digital Library of Mathematical Functions, 8.17.5). */
static double at_most(apr_uint64_t t, apr_uint64_t n, double share)
{
    return bm_incomplete_beta(1 - share, (double)(n - t), (double)t + 1);
}

/* The same of t = 1 in closed form: of every quantile that is told, it is asked whether it is certified. */
static double at_most_one(apr_uint64_t n, double share)
{
    return exp((double)(n - 1) * log1p(-share)) * (1 - share + (double)n * share);
}

int bm_certified_tail_exists(apr_uint64_t n, double q)
{
    return q > 0 && q < 1 && n >= 2 && at_most_one(n, 1 - q) <= DOUBT;
}

apr_uint64_t bm_certified_tail_rank(apr_uint64_t n, double q)
{
    apr_uint64_t low = 1, high;

    if (!bm_certified_tail_exists(n, q))
        return 0;
    /* P(B <= t) grows with t; low passes, high does not: at the mean, about one half is below. */
    high = (apr_uint64_t)((double)n * (1 - q)) + 1;
    high = high < n ? high : n;
    while (high - low > 1) {
        apr_uint64_t middle = low + (high - low) / 2;

        if (at_most(middle, n, 1 - q) <= DOUBT)
            low = middle;
        else
            high = middle;
    }
    return n - low;
}
