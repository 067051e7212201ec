/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/holm.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked_t {
    double p;
    int place;
} ranked_t;

static int by_p(const void *a, const void *b)
{
    const ranked_t *one = a, *other = b;

    if (one->p != other->p)
        return one->p < other->p ? -1 : 1;
    return one->place - other->place;
}

void bm_holm_correct(double *corrected, const double *p, int n, apr_pool_t *ptemp)
{
    ranked_t *ranked = apr_palloc(ptemp, ((apr_size_t)n + 1) * sizeof(*ranked));
    double least = 0;
    int m = 0;

    for (int i = 0; i < n; i++) {
        if (isnan(p[i]))
            corrected[i] = NAN;
        else
            ranked[m++] = (ranked_t){ .p = p[i], .place = i };
    }
    qsort(ranked, (size_t)m, sizeof(*ranked), by_p);
    for (int i = 0; i < m; i++) {
        least = fmin(1, fmax(least, ranked[i].p * (m - i)));
        corrected[ranked[i].place] = least;
    }
}
