/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/mann_whitney.h"

#include <math.h>
#include "stat/normal.h"

#define EXACT_BELOW 50

/* What one walk through both sides finds. d_i of a value is how many values of the other side are smaller, minus how many are
 * larger, per value of the other side. */
typedef struct walk_t {
    double larger;              /* pairs with b > a */
    double smaller;             /* pairs with b < a */
    double tied;                /* pairs with b = a */
    double squares_a, squares_b;    /* sum of d_i^2 over the values of a side */
    double tie_term;            /* sum of t^3 - t over groups of t equal values */
} walk_t;

static double run_of(const double *values, apr_size_t n, apr_size_t from, double value)
{
    apr_size_t to = from;

    while (to < n && values[to] == value)
        to++;
    return (double)(to - from);
}

static void walk_through(walk_t *w, const double *a, apr_size_t n, const double *b, apr_size_t m)
{
    apr_size_t i = 0, j = 0;

    *w = (walk_t){ 0 };
    while (i < n || j < m) {
        double value = j == m || (i < n && a[i] <= b[j]) ? a[i] : b[j];
        double in_a = run_of(a, n, i, value), in_b = run_of(b, m, j, value), both = in_a + in_b;
        double d_a = ((double)j - ((double)(m - j) - in_b)) / (double)m;      /* of each such a against all b */
        double d_b = ((double)i - ((double)(n - i) - in_a)) / (double)n;

        w->larger += in_b * (double)i;
        w->smaller += in_a * (double)j;
        w->tied += in_a * in_b;
        w->squares_a += in_a * d_a * d_a;
        w->squares_b += in_b * d_b * d_b;
        w->tie_term += both * both * both - both;
        i += (apr_size_t)in_a;
        j += (apr_size_t)in_b;
    }
}

/* P(U <= u) for u below the middle: counts of the orders of n and m values with each U, by adding one value of the first sample
 * after the other (a Gaussian binomial as a product of (1 - x^(m+i)) / (1 - x^i)). */
static double exact_below(double u, apr_size_t n, apr_size_t m, apr_pool_t *ptemp)
{
    apr_size_t most = n * m, k, i;
    double *count = apr_pcalloc(ptemp, (most + 1) * sizeof(*count)), below = 0;

    count[0] = 1;
    for (i = 1; i <= n; i++) {
        for (k = most; k >= m + i; k--)
            count[k] -= count[k - m - i];
        for (k = i; k <= most; k++)
            count[k] += count[k - i];
    }
    for (k = 0; k <= most && (double)k <= u; k++)
        below += count[k];
    return below * (bm_mann_whitney_least_p(n, m) / 2);
}

static double p_by_normal(double u, double n, double m, double tie_term)
{
    double total = n + m, distance = fabs(u - n * m / 2) - 0.5;
    double variance = n * m / 12 * (total + 1 - tie_term / (total * (total - 1)));

    if (!(variance > 0))
        return 1;                                   /* all are equal */
    return fmin(1, bm_normal_two_sided(fmax(0, distance) / sqrt(variance)));
}

static void put_interval(bm_mann_whitney_t *r, const walk_t *w, double n, double m, double z)
{
    double d = r->delta, dd = d * d, untied = w->larger + w->smaller, variance, half, middle;

    if (fabs(d) == 1) {
        double least = fmin(n, m), bound = (least - z * z) / (least + z * z);

        r->low = d > 0 ? bound : -1;
        r->high = d > 0 ? 1 : -bound;
        return;
    }
    /* Sums of (d_i - d)^2 are sums of squares less n d^2, as d is the mean of the d_i. */
    variance = 1;
    if (n > 1 && m > 1)
        variance = (m * m * (w->squares_a - n * dd) + n * n * (w->squares_b - m * dd) - (untied - n * m * dd))
                   / (n * m * (n - 1) * (m - 1));
    variance = fmax(variance, (1 - dd) / (n * m - 1));
    middle = d - d * dd;
    half = z * sqrt(variance) * sqrt((1 - dd) * (1 - dd) + z * z * variance);
    r->low = fmax(-1, (middle - half) / (1 - dd + z * z * variance));
    r->high = fmin(1, (middle + half) / (1 - dd + z * z * variance));
}

int bm_mann_whitney_compare(bm_mann_whitney_t *result, const double *a, apr_size_t n, const double *b, apr_size_t m, double z,
                            apr_pool_t *ptemp)
{
    double pairs = (double)n * (double)m;
    walk_t w;

    if (n == 0 || m == 0)
        return 0;
    walk_through(&w, a, n, b, m);
    result->u = w.larger + w.tied / 2;
    result->is_exact = n < EXACT_BELOW && m < EXACT_BELOW && w.tie_term == 0;
    if (result->is_exact)
        result->p = fmin(1, 2 * exact_below(fmin(result->u, pairs - result->u), n, m, ptemp));
    else
        result->p = p_by_normal(result->u, (double)n, (double)m, w.tie_term);
    result->delta = (w.larger - w.smaller) / pairs;
    put_interval(result, &w, (double)n, (double)m, z);
    return 1;
}

double bm_mann_whitney_least_p(apr_size_t n, apr_size_t m)
{
    double p = 2;

    for (apr_size_t i = 1; i <= n && p > 1e-300; i++)
        p *= (double)i / (double)(m + i);
    return fmin(1, p);
}
