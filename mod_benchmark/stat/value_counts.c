/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/value_counts.h"

#include <math.h>
#include <stdlib.h>

enum { FIRST = 64 };

typedef struct entry_t {
    double value;
    apr_uint64_t times;         /* sorted: of this value and all before it */
} entry_t;

struct bm_value_counts_t {
    entry_t *entries;           /* malloc'ed */
    apr_size_t count, room;
    apr_uint64_t n;
    double sum, lost;           /* Kahan: what the sum has lost to rounding */
    int ranked;                 /* entries ascend, each value once, and their times are added up */
};

static apr_status_t entries_free(void *baton)
{
    bm_value_counts_t *c = baton;

    free(c->entries);
    c->entries = NULL;
    return APR_SUCCESS;
}

bm_value_counts_t *bm_value_counts_make(apr_pool_t *p)
{
    bm_value_counts_t *c = apr_pcalloc(p, sizeof(*c));

    apr_pool_cleanup_register(p, c, entries_free, apr_pool_cleanup_null);
    return c;
}

static int by_value(const void *a, const void *b)
{
    double one = ((const entry_t *)a)->value, other = ((const entry_t *)b)->value;

    return (one > other) - (one < other);
}

/* Ascending, each value once. */
static void unite(bm_value_counts_t *c)
{
    apr_size_t i, k = 0;

    qsort(c->entries, c->count, sizeof(*c->entries), by_value);
    for (i = 1; i < c->count; i++) {
        if (c->entries[i].value > c->entries[k].value)
            c->entries[++k] = c->entries[i];
        else
            c->entries[k].times += c->entries[i].times;
    }
    c->count = c->count > 0 ? k + 1 : 0;
}

static void rank(bm_value_counts_t *c)
{
    apr_size_t i;

    if (c->ranked)
        return;
    unite(c);
    for (i = 1; i < c->count; i++)
        c->entries[i].times += c->entries[i - 1].times;
    c->ranked = 1;
}

static void unrank(bm_value_counts_t *c)
{
    apr_size_t i;

    for (i = c->count; c->ranked && i > 1; i--)
        c->entries[i - 1].times -= c->entries[i - 2].times;
    c->ranked = 0;
}

/* Equal values are put together first; only where that frees less than half is more room taken. */
static apr_status_t make_room(bm_value_counts_t *c)
{
    apr_size_t room = c->room > 0 ? 2 * c->room : FIRST;
    entry_t *entries;

    if (c->count < c->room)
        return APR_SUCCESS;
    if (c->count > 0)
        unite(c);
    if (c->count < c->room / 2)
        return APR_SUCCESS;
    entries = realloc(c->entries, room * sizeof(*entries));
    if (entries == NULL)
        return APR_ENOMEM;
    c->entries = entries;
    c->room = room;
    return APR_SUCCESS;
}

apr_status_t bm_value_counts_add(bm_value_counts_t *c, double value, apr_uint64_t times)
{
    double more, sum;
    apr_status_t rv;

    if (!isfinite(value))
        return APR_EINVAL;
    if (times == 0)
        return APR_SUCCESS;
    unrank(c);
    rv = make_room(c);
    if (rv != APR_SUCCESS)
        return rv;
    c->entries[c->count++] = (entry_t){ value, times };
    c->n += times;
    more = value * (double)times - c->lost;
    sum = c->sum + more;
    c->lost = (sum - c->sum) - more;
    c->sum = sum;
    return APR_SUCCESS;
}

apr_size_t bm_value_counts_size(const bm_value_counts_t *c)
{
    return c->room;
}

apr_uint64_t bm_value_counts_n(const bm_value_counts_t *c)
{
    return c->n;
}

double bm_value_counts_mean(const bm_value_counts_t *c)
{
    return c->n > 0 ? c->sum / (double)c->n : NAN;
}

double bm_value_counts_at(bm_value_counts_t *c, apr_uint64_t wanted)
{
    apr_size_t low = 0, high;

    if (wanted < 1 || wanted > c->n)
        return NAN;
    rank(c);
    high = c->count - 1;
    while (low < high) {
        apr_size_t middle = (low + high) / 2;

        if (c->entries[middle].times >= wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return c->entries[low].value;
}

double bm_value_counts_quantile(bm_value_counts_t *c, double q)
{
    double place, low, high;

    if (c->n == 0 || !(q >= 0 && q <= 1))
        return NAN;
    place = q * (double)(c->n - 1);
    low = bm_value_counts_at(c, (apr_uint64_t)floor(place) + 1);
    high = bm_value_counts_at(c, (apr_uint64_t)ceil(place) + 1);
    return low + (high - low) * (place - floor(place));
}
