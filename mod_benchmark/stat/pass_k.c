/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/pass_k.h"

#include <math.h>

/* Factor by factor: the binomial coefficients themselves overflow. */
double bm_pass_k(apr_uint64_t trials, apr_uint64_t passed, int k)
{
    double share = 1;
    int i;

    if (k < 1 || passed > trials || trials < (apr_uint64_t)k)
        return NAN;
    if (passed < (apr_uint64_t)k)
        return 0;
    for (i = 0; i < k; i++)
        share *= ((double)passed - i) / ((double)trials - i);
    return share;
}

void bm_pass_k_add(bm_pass_k_sum_t *sum, apr_uint64_t trials, apr_uint64_t passed, int k)
{
    double share = bm_pass_k(trials, passed, k);

    if (isnan(share))
        return;
    sum->sum += share;
    sum->tasks++;
}

double bm_pass_k_mean(const bm_pass_k_sum_t *sum)
{
    return sum->tasks > 0 ? sum->sum / (double)sum->tasks : NAN;
}
