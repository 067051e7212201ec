/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"

#define REPLICATES BM_BOOTSTRAP_REPLICATES
#define GROUPS_MAX 1000

double bm_bootstrap_quantile(const double *ascending, apr_size_t n, double q)
{
    double place = q * (double)(n - 1);
    apr_size_t below = (apr_size_t)place;

    if (n == 0)
        return NAN;
    if (below + 1 >= n)
        return ascending[n - 1];
    return ascending[below] + (place - (double)below) * (ascending[below + 1] - ascending[below]);
}

static double mean_of(const double *values, apr_size_t n)
{
    double mean = 0;

    for (apr_size_t i = 0; i < n; i++)
        mean += (values[i] - mean) / (double)(i + 1);
    return mean;
}

static double estimate(const bm_bootstrap_sample_t *sample, double q)
{
    return q < 0 ? mean_of(sample->values, sample->n) : bm_bootstrap_quantile(sample->values, sample->n, q);
}

/* --- quantiles of independent values */

static double value_at(const bm_bootstrap_sample_t *sample, double v)
{
    apr_size_t place = (apr_size_t)(v * (double)sample->n);

    return sample->values[place < sample->n ? place : sample->n - 1];
}

/* Gaps between sorted uniform numbers are exponential over their sum; k of them are one gamma variate. */
static void draw_quantile(double *replicates, const bm_bootstrap_sample_t *sample, double q, bm_rand_t *rand)
{
    double n = (double)sample->n, place = q * (n - 1), rank = floor(place) + 1, share = place - floor(place);

    for (int i = 0; i < REPLICATES; i++) {
        /* Behind the rank lie n - rank + 1 gaps: the one to the next rank, and n - rank more. */
        double up_to = bm_rand_gamma(rand, rank), next = bm_rand_exponential(rand);
        double all = up_to + next + (rank < n ? bm_rand_gamma(rand, n - rank) : 0), at = value_at(sample, up_to / all);

        replicates[i] = share == 0 ? at : at + share * (value_at(sample, (up_to + next) / all) - at);
    }
}

/* --- means of independent values */

static void shuffle(double *values, apr_size_t n, bm_rand_t *rand)
{
    for (apr_size_t i = n; i > 1; i--) {
        apr_size_t j = (apr_size_t)bm_rand_below(rand, i);
        double value = values[i - 1];

        values[i - 1] = values[j];
        values[j] = value;
    }
}

static void draw_mean(double *replicates, const bm_bootstrap_sample_t *sample, bm_rand_t *rand, apr_pool_t *ptemp)
{
    apr_size_t n = sample->n, groups = n < GROUPS_MAX ? n : GROUPS_MAX;
    double *sums = apr_pcalloc(ptemp, groups * sizeof(*sums)), *counts = apr_pcalloc(ptemp, groups * sizeof(*counts));
    double *mixed = apr_pmemdup(ptemp, sample->values, n * sizeof(*mixed));

    if (groups < n)
        shuffle(mixed, n, rand);
    for (apr_size_t i = 0; i < n; i++) {
        sums[i % groups] += mixed[i];
        counts[i % groups]++;
    }
    for (int i = 0; i < REPLICATES; i++) {
        double sum = 0, count = 0;

        for (apr_size_t k = 0; k < groups; k++) {
            apr_size_t drawn = (apr_size_t)bm_rand_below(rand, groups);

            sum += sums[drawn];
            count += counts[drawn];
        }
        replicates[i] = sum / count;
    }
}

/* --- clusters */

/* The value of rank `rank` (from 0) where each is there as often as its cluster was drawn; *at and *seen go on from there. */
static double walk_to(double rank, const bm_bootstrap_sample_t *sample, const int *times, apr_size_t *at, double *seen)
{
    while (*at < sample->n && *seen + times[sample->cluster[*at]] <= rank)
        *seen += times[sample->cluster[(*at)++]];
    return sample->values[*at < sample->n ? *at : sample->n - 1];
}

static double drawn_quantile(const bm_bootstrap_sample_t *sample, const int *times, double total, double q)
{
    double place = q * (total - 1), share = place - floor(place), seen = 0, low, high;
    apr_size_t at = 0;

    low = walk_to(floor(place), sample, times, &at, &seen);
    if (share == 0)
        return low;
    high = walk_to(floor(place) + 1, sample, times, &at, &seen);
    return low + share * (high - low);
}

/* One draw of the clusters serves all quantities. replicates[k] is the row of of[k]. */
static void draw_clusters(double **replicates, const bm_bootstrap_of_t *of, int count, const bm_bootstrap_sample_t *sample,
                          bm_rand_t *rand, apr_pool_t *ptemp)
{
    int *times = apr_palloc(ptemp, (apr_size_t)sample->clusters * sizeof(*times));
    double *size = apr_pcalloc(ptemp, (apr_size_t)sample->clusters * sizeof(*size));
    double *sum = apr_pcalloc(ptemp, (apr_size_t)sample->clusters * sizeof(*sum));

    for (apr_size_t i = 0; i < sample->n; i++) {
        size[sample->cluster[i]]++;
        sum[sample->cluster[i]] += sample->values[i];
    }
    for (int i = 0; i < REPLICATES; i++) {
        double total = 0, all = 0;

        memset(times, 0, (apr_size_t)sample->clusters * sizeof(*times));
        for (int k = 0; k < sample->clusters; k++) {
            int drawn = (int)bm_rand_below(rand, (apr_uint64_t)sample->clusters);

            times[drawn]++;
            total += size[drawn];
            all += sum[drawn];
        }
        for (int k = 0; k < count; k++)
            replicates[k][i] = total < 1 ? NAN : of[k].q < 0 ? all / total : drawn_quantile(sample, times, total, of[k].q);
    }
}

/* --- intervals */

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;

    return one < other ? -1 : one > other;
}

/* The middle share of what is finite; NaN where much is not. */
static void interval_of(double *low, double *high, double *values, double confidence)
{
    apr_size_t n = 0;

    for (int i = 0; i < REPLICATES; i++)
        if (isfinite(values[i]))
            values[n++] = values[i];
    *low = *high = NAN;
    if (n < REPLICATES - REPLICATES / 100)
        return;
    qsort(values, n, sizeof(*values), ascending);
    *low = bm_bootstrap_quantile(values, n, (1 - confidence) / 2);
    *high = bm_bootstrap_quantile(values, n, 1 - (1 - confidence) / 2);
}

static void put_result(bm_bootstrap_t *r, const double *a, const double *b, double confidence)
{
    double differences[REPLICATES], ratios[REPLICATES];

    for (int i = 0; i < REPLICATES; i++) {
        differences[i] = b[i] - a[i];
        ratios[i] = a[i] > 0 ? b[i] / a[i] : NAN;
    }
    r->difference = r->b - r->a;
    r->ratio = r->a > 0 ? r->b / r->a : NAN;
    interval_of(&r->difference_low, &r->difference_high, differences, confidence);
    interval_of(&r->ratio_low, &r->ratio_high, ratios, confidence);
}

static double **draw_all(const bm_bootstrap_of_t *of, int count, const bm_bootstrap_sample_t *sample, bm_rand_t *rand,
                         apr_pool_t *ptemp)
{
    double **rows = apr_palloc(ptemp, (apr_size_t)count * sizeof(*rows));

    for (int k = 0; k < count; k++)
        rows[k] = apr_palloc(ptemp, REPLICATES * sizeof(**rows));
    if (sample->cluster != NULL)
        draw_clusters(rows, of, count, sample, rand, ptemp);
    for (int k = 0; sample->cluster == NULL && k < count; k++) {
        if (of[k].q < 0)
            draw_mean(rows[k], sample, rand, ptemp);
        else
            draw_quantile(rows[k], sample, of[k].q, rand);
    }
    return rows;
}

int bm_bootstrap_compare(bm_bootstrap_t *results, const bm_bootstrap_of_t *of, int count, const bm_bootstrap_sample_t *a,
                         const bm_bootstrap_sample_t *b, double confidence, apr_uint64_t seed, apr_pool_t *ptemp)
{
    double **rows_a, **rows_b;
    bm_rand_t rand;

    if (a->n == 0 || b->n == 0)
        return 0;
    bm_rand_seed(&rand, seed);
    rows_a = draw_all(of, count, a, &rand, ptemp);
    rows_b = draw_all(of, count, b, &rand, ptemp);
    for (int k = 0; k < count; k++) {
        results[k].a = estimate(a, of[k].q);
        results[k].b = estimate(b, of[k].q);
        put_result(&results[k], rows_a[k], rows_b[k], confidence);
    }
    return 1;
}
