/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/two_modes.h"

#include <math.h>

#define LEAST_VALUES 20
#define ROUNDS 200
#define SETTLED 1e-9
#define LEAST_SEPARATION 3.0
#define VALLEY 0.25                  /* density between the means, of the lower peak's */
#define LEAST_SHARE 0.01
#define LEAST_IN_GROUP 5.0             /* a first connection or two are no group */

typedef struct sums_t {
    double n, x, xx;
} sums_t;

static void add(sums_t *s, double weight, double x)
{
    s->n += weight;
    s->x += weight * x;
    s->xx += weight * x * x;
}

/* Not narrower than a bin can tell. */
static void settle(bm_two_modes_t *fit, const sums_t s[2], double width)
{
    int k;

    fit->share_low = s[0].n / (s[0].n + s[1].n);
    for (k = 0; k < 2; k++) {
        double variance;

        fit->mean[k] = s[k].x / s[k].n;
        variance = s[k].xx / s[k].n - fit->mean[k] * fit->mean[k];
        fit->sd[k] = sqrt(fmax(variance, width * width / 12));
    }
}

/* The split into two groups whose means are farthest apart, for their sizes. @return 0: all values are one. */
static int split(bm_two_modes_t *fit, const apr_uint64_t *counts, int n, double first, double width)
{
    sums_t all = { 0 }, low = { 0 }, best[2] = { { 0 } };
    double most = 0;
    int i;

    for (i = 0; i < n; i++)
        add(&all, (double)counts[i], first + i * width);
    for (i = 0; i < n; i++) {
        sums_t high;
        double apart, between;

        add(&low, (double)counts[i], first + i * width);
        high = (sums_t){ all.n - low.n, all.x - low.x, all.xx - low.xx };
        if (counts[i] == 0 || high.n < 0.5)
            continue;
        apart = low.x / low.n - high.x / high.n;
        between = low.n * high.n * apart * apart;
        if (between > most) {
            most = between;
            best[0] = low;
            best[1] = high;
        }
    }
    if (all.n < LEAST_VALUES || most <= 0)
        return 0;
    settle(fit, best, width);
    return 1;
}

static double density(const bm_two_modes_t *fit, int k, double x)
{
    double z = (x - fit->mean[k]) / fit->sd[k];

    return (k == 0 ? fit->share_low : 1 - fit->share_low) / fit->sd[k] * exp(-z * z / 2);
}

/* @return by how much the share moved. */
static double improve(bm_two_modes_t *fit, const apr_uint64_t *counts, int n, double first, double width)
{
    sums_t s[2] = { { 0 } };
    double before = fit->share_low;
    int i;

    for (i = 0; i < n; i++) {
        double x = first + i * width, low = density(fit, 0, x), high = density(fit, 1, x), part;

        if (counts[i] == 0)
            continue;
        part = low + high > 0 ? low / (low + high) : fabs(x - fit->mean[0]) < fabs(x - fit->mean[1]);
        add(&s[0], part * (double)counts[i], x);
        add(&s[1], (1 - part) * (double)counts[i], x);
    }
    if (s[0].n < 1e-6 || s[1].n < 1e-6)
        return 0;
    settle(fit, s, width);
    return fabs(fit->share_low - before);
}

/* The least density between the means, against the lower one of the two there. */
static double valley(const bm_two_modes_t *fit)
{
    double least = INFINITY, peak[2];
    int i, k;

    for (k = 0; k < 2; k++)
        peak[k] = density(fit, 0, fit->mean[k]) + density(fit, 1, fit->mean[k]);
    for (i = 0; i <= 64; i++) {
        double x = fit->mean[0] + (fit->mean[1] - fit->mean[0]) * i / 64;

        least = fmin(least, density(fit, 0, x) + density(fit, 1, x));
    }
    return least / fmin(peak[0], peak[1]);
}

int bm_two_modes_fit(bm_two_modes_t *fit, const apr_uint64_t *counts, int n, double first, double width)
{
    double all = 0, rarer;
    int round, i;

    for (i = 0; i < n; i++)
        all += (double)counts[i];
    if (!split(fit, counts, n, first, width))
        return 0;
    for (round = 0; round < ROUNDS && improve(fit, counts, n, first, width) > SETTLED; round++)
        ;
    fit->separation = M_SQRT2 * (fit->mean[1] - fit->mean[0]) / sqrt(fit->sd[0] * fit->sd[0] + fit->sd[1] * fit->sd[1]);
    rarer = fmin(fit->share_low, 1 - fit->share_low);
    return fit->separation >= LEAST_SEPARATION && valley(fit) <= VALLEY && rarer >= LEAST_SHARE
        && rarer * all >= LEAST_IN_GROUP - 0.5;
}
