/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/ability.h"

#include <math.h>
#include "stat/normal.h"

enum { THETAS = 240, SPREADS = 8, CANDIDATES = 48, STRIDE = 3 };

/* Slope of the logistic model, for log rates; share of outcomes that mean nothing. */
#define SLOPE 6.0
#define LAPSE 0.05
#define NEARLY 0.85

/* Drift from which on waits come from overload rather than from chance, in standard deviations. */
#define OVERLOADED 1.5

/* No more than this is claimed of theta, however many items there are: errors of the model (servers that fill up, services that
 * are not normal) are common to all. By simulation of queues of 1 to 8 servers. */
#define MODEL_BIAS 0.02

/* Heavy traffic overstates small waits of several servers: their mean is known to within so much of it. */
#define MODEL_ERROR 0.5

static const double spreads[SPREADS] = { 0.15, 0.22, 0.33, 0.48, 0.7, 0.95, 1.25, 1.65 };

struct bm_ability_t {
    double low, step;                      /* of log rates */
    double log_weight[THETAS][SPREADS];    /* unnormalised */
    double weight[THETAS];                 /* posterior of theta, sums to 1 */
    double joint[THETAS][SPREADS];
};

/* f and g of the header over the drift, in standard deviations. */
static const struct {
    double k, f, g;
} walks[] = {
    { -16, 0.0063, 0.0021 }, { -12, 0.0132, 0.0042 }, { -8, 0.0299, 0.0100 }, { -6, 0.0479, 0.0181 }, { -4, 0.0848, 0.0390 },
    { -3, 0.1198, 0.0642 }, { -2, 0.1811, 0.1109 }, { -1.5, 0.2289, 0.1477 }, { -1, 0.2957, 0.1965 }, { -0.5, 0.3801, 0.2462 },
    { 0, 0.4946, 0.3041 }, { 0.5, 0.6266, 0.3574 }, { 1, 0.7948, 0.4056 }, { 1.5, 0.9742, 0.4493 }, { 2, 1.1731, 0.4758 },
    { 3, 1.6146, 0.5199 }, { 4, 2.0751, 0.5427 }, { 6, 3.0310, 0.5597 }, { 8, 4.0074, 0.5679 }, { 12, 6.0, 0.57 }
};

enum { WALKS = (int)(sizeof(walks) / sizeof(walks[0])) };

static void walk_at(double k, double *f, double *g)
{
    int low = 0, high = WALKS - 1;
    double part;

    if (k <= walks[0].k) {                 /* waits fall with the square of what is spare */
        part = (walks[0].k / k) * (walks[0].k / k);
        *f = part * walks[0].f;
        *g = part * walks[0].g;
        return;
    }
    if (k >= walks[WALKS - 1].k) {
        *f = k / 2;
        *g = walks[WALKS - 1].g;
        return;
    }
    while (high - low > 1) {
        int middle = (low + high) / 2;

        if (walks[middle].k <= k)
            low = middle;
        else
            high = middle;
    }
    part = (k - walks[low].k) / (walks[high].k - walks[low].k);
    *f = walks[low].f + part * (walks[high].f - walks[low].f);
    *g = walks[low].g + part * (walks[high].g - walks[low].g);
}

/* Mean and variance of the mean wait of n requests at a rate, by a server of this capacity. */
static void expect_wait(double *mean, double *variance, double capacity, double spread, double rate, double n,
                        double latency_s, double arrivals_cv2)
{
    double begun = fmax(n / 2, n - capacity * latency_s / 2);       /* of the servers half may be busy from the start */
    double drift = begun * (1 / capacity - 1 / rate), k, f, g;
    double s = sqrt((spread * spread + arrivals_cv2) * n) / capacity;

    k = drift / s;
    walk_at(k, &f, &g);
    *mean = s * f;
    *variance = s * g * s * g;
    if (k < 0) {
        double error = MODEL_ERROR * fmin(1, -k) * *mean;

        *variance += error * error;
    }
}

static double rate_of(const bm_ability_t *a, int theta)
{
    return exp(a->low + a->step * theta);
}

static void settle(bm_ability_t *a)
{
    double most = -INFINITY, sum = 0;
    int t, v;

    for (t = 0; t < THETAS; t++)
        for (v = 0; v < SPREADS; v++)
            most = fmax(most, a->log_weight[t][v]);
    for (t = 0; t < THETAS; t++) {
        a->weight[t] = 0;
        for (v = 0; v < SPREADS; v++)
            a->weight[t] += a->joint[t][v] = exp(a->log_weight[t][v] - most);
        sum += a->weight[t];
    }
    for (t = 0; t < THETAS; t++) {
        a->weight[t] /= sum;
        for (v = 0; v < SPREADS; v++)
            a->joint[t][v] /= sum;
    }
}

bm_ability_t *bm_ability_make(double low, double high, apr_pool_t *p)
{
    bm_ability_t *a = apr_pcalloc(p, sizeof(*a));
    int t, v;

    a->low = log(low);
    a->step = (log(high) - a->low) / (THETAS - 1);
    for (t = 0; t < THETAS; t++)
        for (v = 0; v < SPREADS; v++)
            a->log_weight[t][v] = log(spreads[v]);       /* they lie evenly in the logarithm */
    settle(a);
    return a;
}

/* Tails heavier than the normal's: one odd item is not to outweigh all others. */
static double log_density(double x, double mean, double variance)
{
    double z2 = (x - mean) * (x - mean) / variance;

    return -0.5 * log(variance) - 4 * log1p(z2 / 7);
}

void bm_ability_add_wait(bm_ability_t *a, double rate, double n, double wait_s, double error_s, double latency_s,
                         double arrivals_cv2)
{
    int t, v;

    if (!(rate > 0) || !(n >= 1) || !isfinite(rate) || !isfinite(n) || !isfinite(wait_s) || !(error_s >= 0) || !isfinite(error_s)
        || !(latency_s >= 0) || !isfinite(latency_s))
        return;
    for (t = 0; t < THETAS; t++)
        for (v = 0; v < SPREADS; v++) {
            double mean, variance;

            expect_wait(&mean, &variance, rate_of(a, t), spreads[v], rate, n, latency_s, arrivals_cv2);
            a->log_weight[t][v] += log_density(wait_s, mean, variance + error_s * error_s + 1e-12);
        }
    settle(a);
}

void bm_ability_add_served(bm_ability_t *a, double n, double busy_s, double error)
{
    double measured = log(n / busy_s);
    int t, v;

    if (!(n >= 1) || !isfinite(measured) || !isfinite(error))
        return;
    for (t = 0; t < THETAS; t++)
        for (v = 0; v < SPREADS; v++)
            a->log_weight[t][v] += log_density(measured, a->low + a->step * t,
                                               spreads[v] * spreads[v] / n + error * error + 1e-6);
    settle(a);
}

void bm_ability_add_outcome(bm_ability_t *a, double rate, int passed)
{
    int t, v;

    if (!(rate > 0) || !isfinite(rate))
        return;
    for (t = 0; t < THETAS; t++) {
        double p = 1 / (1 + exp(-SLOPE * (a->low + a->step * t - log(rate))));

        p = LAPSE / 2 + (1 - LAPSE) * p;
        for (v = 0; v < SPREADS; v++)
            a->log_weight[t][v] += log(passed ? p : 1 - p);
    }
    settle(a);
}

double bm_ability_error(const bm_ability_t *a)
{
    double mean = 0, squares = 0;
    int t;

    for (t = 0; t < THETAS; t++)
        mean += t * a->weight[t];
    for (t = 0; t < THETAS; t++)
        squares += (t - mean) * (t - mean) * a->weight[t];
    /* A cell is as wide as a step. */
    return sqrt(a->step * a->step * (squares + 1.0 / 12) + MODEL_BIAS * MODEL_BIAS);
}

/* theta's distribution function is linear within each cell, which is centred on its point. */
static double theta_quantile(const bm_ability_t *a, double q)
{
    double below = 0;
    int t;

    for (t = 0; t < THETAS - 1 && below + a->weight[t] < q; t++)
        below += a->weight[t];
    return a->low + a->step * (t - 0.5 + (a->weight[t] > 0 ? fmin(1, fmax(0, (q - below) / a->weight[t])) : 0.5));
}

double bm_ability_quantile(const bm_ability_t *a, double q)
{
    double middle = theta_quantile(a, 0.5), away = theta_quantile(a, q) - middle, bias = bm_normal_quantile(q) * MODEL_BIAS;

    return exp(middle + copysign(sqrt(away * away + bias * bias), q - 0.5));
}

double bm_ability_above(const bm_ability_t *a, double rate)
{
    double place = (log(rate) - a->low) / a->step + 0.5, above = 0;
    int t, cell = (int)floor(fmax(-1, fmin(THETAS, place)));

    for (t = THETAS - 1; t > cell; t--)
        above += a->weight[t];
    if (cell >= 0 && cell < THETAS)
        above += a->weight[cell] * (1 - (place - cell));
    return fmin(1, fmax(0, above));
}

/* Expected information about theta of one request of an item at a rate: (d mean / d theta)^2 / variance / n, where the item
 * overloads the server by more than chance. Else the mean wait depends on v as much, and tells the two together only. */
static double informs(const bm_ability_t *a, double rate, double n, double error_s, double latency_s)
{
    double sum = 0;
    int t, v;

    for (t = STRIDE / 2; t < THETAS; t += STRIDE) {
        if (a->weight[t] < 1e-4)
            continue;
        for (v = 0; v < SPREADS; v++) {
            double capacity = rate_of(a, t), before, after, variance;

            if (n * (1 / capacity - 1 / rate) < OVERLOADED * spreads[v] * sqrt(n) / capacity)
                continue;
            expect_wait(&before, &variance, capacity * 0.99, spreads[v], rate, n, latency_s, 0);
            expect_wait(&after, &variance, capacity * 1.01, spreads[v], rate, n, latency_s, 0);
            sum += a->joint[t][v] * (before - after) * (before - after) / (0.0004 * (variance + error_s * error_s + 1e-9));
        }
    }
    return STRIDE * sum / n;
}

double bm_ability_next_rate(const bm_ability_t *a, double least, double most, double n, double error_s, double latency_s,
                            double *information)
{
    double tells[CANDIDATES], rates[CANDIDATES], best = 0;
    int i;

    for (i = 0; i < CANDIDATES; i++) {
        rates[i] = least * pow(most / least, (double)i / (CANDIDATES - 1));
        tells[i] = informs(a, rates[i], n, error_s, latency_s);
        best = fmax(best, tells[i]);
    }
    for (i = 0; i < CANDIDATES - 1 && tells[i] < NEARLY * best; i++)
        ;
    *information = tells[i];
    return rates[i];
}
