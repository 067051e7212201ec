/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/zipf.h"

#include <math.h>

struct bm_zipf_t {
    int n;
    double *sums;        /* sums[k]: of the weights of ranks 0 to k */
};

bm_zipf_t *bm_zipf_make(int n, double s, apr_pool_t *p)
{
    bm_zipf_t *zipf = apr_palloc(p, sizeof(*zipf));
    double sum = 0;
    int k;

    zipf->n = n > 1 ? n : 1;
    zipf->sums = apr_palloc(p, sizeof(*zipf->sums) * (apr_size_t)zipf->n);
    if (!(isfinite(s) && s > 0))
        s = 0;
    for (k = 0; k < zipf->n; k++) {
        sum += pow(k + 1, -s);
        zipf->sums[k] = sum;
    }
    return zipf;
}

/* The first rank whose sum is above the draw. */
int bm_zipf_draw(const bm_zipf_t *zipf, bm_rand_t *rand)
{
    double u = bm_rand_uniform(rand) * zipf->sums[zipf->n - 1];
    int low = 0, high = zipf->n - 1;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (zipf->sums[middle] > u)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
