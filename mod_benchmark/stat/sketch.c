/* SPDX-License-Identifier: Apache-2.0
 *
 * Bucket i covers (gamma^(i-1), gamma^i] and is estimated as 2*gamma^i/(gamma+1), which is off by the same
 * relative error at both of its ends. Invariant: the buckets' counts and `zero` add up to `n`.
 *
 * Two forms of the same counters. Few: entries sorted by index, as they come from the wire. Many: a window of
 * counters. A new bucket beyond SPARSE_MAX entries turns the first into the second, never back (but by clear). */
#include "stat/sketch_private.h"

#include <math.h>
#include <string.h>

bm_sketch_t *bm_sketch_make(apr_pool_t *p)
{
    bm_sketch_t *s = apr_pcalloc(p, sizeof(*s));

    s->p = p;
    return s;
}

void bm_sketch_clear(bm_sketch_t *s)
{
    if (s->window_used && s->low <= s->high)
        memset(s->window + (s->low - s->first), 0, sizeof(*s->window) * (apr_size_t)(s->high - s->low + 1));
    memset(&s->head, 0, sizeof(s->head));
    s->window_used = 0;
    s->used = 0;
}

const bm_sketch_head_t *bm_sketch_head(const bm_sketch_t *s)
{
    return &s->head;
}

double bm_sketch_mean(const bm_sketch_t *s)
{
    return s->head.n == 0 ? NAN : s->head.sum / (double)s->head.n;
}

/* value >= BM_SKETCH_LEAST, whose index is -460. */
int bm_sketch_bucket_index(double value)
{
    double i = ceil(log(value) / LN_GAMMA);

    return i > INDEX_MAX ? INDEX_MAX : (int)i;
}

static double bucket_estimate(int index)
{
    return 2 * exp(index * LN_GAMMA) / (GAMMA + 1);
}

/* Make the window cover [low, high] besides what it covers already. As much again is spared, half on each side: values
 * usually still spread, and each move leaves the outgrown window in the pool. */
void bm_sketch_window_cover(bm_sketch_t *s, int low, int high)
{
    apr_uint64_t *old = s->window;
    int old_first = s->first, spare;

    if (old != NULL && !s->window_used)             /* left from before a clear: all 0, may be moved */
        s->first = low + s->width > INDEX_MAX + 1 ? INDEX_MAX + 1 - s->width : low;
    if (old != NULL && low >= s->first && high < s->first + s->width)
        return;
    if (s->window_used) {
        low = low < s->first ? low : s->first;
        high = high > s->first + s->width - 1 ? high : s->first + s->width - 1;
    }
    spare = (high - low + 1) / 2;
    low = low - spare < INDEX_MIN ? INDEX_MIN : low - spare;
    high = high + spare > INDEX_MAX ? INDEX_MAX : high + spare;
    s->first = low;
    s->width = high - low + 1;
    s->window = apr_pcalloc(s->p, sizeof(*s->window) * (apr_size_t)s->width);
    if (s->window_used)
        memcpy(s->window + (s->low - s->first), old + (s->low - old_first),
               sizeof(*old) * (apr_size_t)(s->high - s->low + 1));
}

/* Change from entries to a window that covers them and [low, high]. */
void bm_sketch_window_from_entries(bm_sketch_t *s, int low, int high)
{
    if (s->used > 0) {
        low = s->entries[0].index < low ? s->entries[0].index : low;
        high = s->entries[s->used - 1].index > high ? s->entries[s->used - 1].index : high;
    }
    bm_sketch_window_cover(s, low, high);
    s->window_used = 1;
    s->low = low;
    s->high = high;
    for (int i = 0; i < s->used; i++)
        s->window[s->entries[i].index - s->first] = s->entries[i].count;
    s->used = 0;
}

void bm_sketch_entries_reserve(bm_sketch_t *s, int size)
{
    bm_sketch_entry_t *entries;

    if (size <= s->size)
        return;
    entries = apr_palloc(s->p, sizeof(*entries) * (apr_size_t)size);
    if (s->used > 0)
        memcpy(entries, s->entries, sizeof(*entries) * (apr_size_t)s->used);
    s->entries = entries;
    s->size = size;
}

/* Buckets [low, high] of the window are about to be used. */
static void window_use(bm_sketch_t *s, int low, int high)
{
    bm_sketch_window_cover(s, low, high);
    s->low = low < s->low ? low : s->low;
    s->high = high > s->high ? high : s->high;
}

static void bucket_count(bm_sketch_t *s, int index, apr_uint64_t count)
{
    int low = 0, high = s->used;

    if (s->window_used) {
        window_use(s, index, index);
        s->window[index - s->first] += count;
        return;
    }
    while (low < high) {
        int middle = (low + high) / 2;

        if (s->entries[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < s->used && s->entries[low].index == index) {
        s->entries[low].count += count;
        return;
    }
    if (s->used >= SPARSE_MAX) {
        bm_sketch_window_from_entries(s, index, index);
        s->window[index - s->first] += count;
        return;
    }
    if (s->used == s->size)
        bm_sketch_entries_reserve(s, s->size == 0 ? 4 : 2 * s->size);
    memmove(s->entries + low + 1, s->entries + low, sizeof(*s->entries) * (apr_size_t)(s->used - low));
    s->entries[low] = (bm_sketch_entry_t){ index, count };
    s->used++;
}

/* The used bucket at or after place *at (0 to begin with); 0 when there is none left. */
int bm_sketch_bucket_next(const bm_sketch_t *s, int *at, bm_sketch_entry_t *bucket)
{
    if (!s->window_used) {
        if (*at >= s->used)
            return 0;
        *bucket = s->entries[(*at)++];
        return 1;
    }
    for (int index = s->low + *at; index <= s->high; index++) {
        apr_uint64_t count = s->window[index - s->first];

        if (count == 0)
            continue;
        *bucket = (bm_sketch_entry_t){ index, count };
        *at = index - s->low + 1;
        return 1;
    }
    return 0;
}

void bm_sketch_head_add(bm_sketch_head_t *head, const bm_sketch_head_t *other)
{
    if (other->n == 0)
        return;
    if (head->n == 0 || other->min < head->min)
        head->min = other->min;
    if (head->n == 0 || other->max > head->max)
        head->max = other->max;
    head->n += other->n;
    head->zero += other->zero;
    head->sum += other->sum;
}

apr_status_t bm_sketch_add(bm_sketch_t *s, double value, apr_uint64_t times)
{
    bm_sketch_head_t one = { .n = times, .sum = value * (double)times, .min = value, .max = value };

    if (!(fabs(value) <= BM_SKETCH_VALUE_MAX))
        return APR_EINVAL;
    if (times > BM_SKETCH_COUNT_MAX - s->head.n)
        return APR_ENOSPC;
    if (times == 0)
        return APR_SUCCESS;
    if (value < BM_SKETCH_LEAST)
        one.zero = times;
    else
        bucket_count(s, bm_sketch_bucket_index(value), times);
    bm_sketch_head_add(&s->head, &one);
    return APR_SUCCESS;
}

/* Both have windows: add counter by counter, without asking which are used. */
static void window_merge(bm_sketch_t *dst, const bm_sketch_t *src)
{
    const apr_uint64_t *from = src->window + (src->low - src->first);
    int count = src->high - src->low + 1;
    apr_uint64_t *to;

    window_use(dst, src->low, src->high);
    to = dst->window + (src->low - dst->first);
    for (int i = 0; i < count; i++)
        to[i] += from[i];
}

/* dst has a window, src entries: make room once for all of them. */
static void entries_merge(bm_sketch_t *dst, const bm_sketch_t *src)
{
    window_use(dst, src->entries[0].index, src->entries[src->used - 1].index);
    for (int i = 0; i < src->used; i++)
        dst->window[src->entries[i].index - dst->first] += src->entries[i].count;
}

apr_status_t bm_sketch_merge(bm_sketch_t *dst, const bm_sketch_t *src)
{
    bm_sketch_head_t head = src->head;              /* dst may be src: then it doubles */
    bm_sketch_entry_t bucket;
    int at = 0;

    if (head.n > BM_SKETCH_COUNT_MAX - dst->head.n)
        return APR_ENOSPC;
    if (head.n == head.zero) {
        bm_sketch_head_add(&dst->head, &head);
        return APR_SUCCESS;
    }
    /* More entries than a sketch keeps sorted while it grows: do not insert one by one. */
    if (dst != src && !dst->window_used && !src->window_used && src->used > SPARSE_MAX)
        bm_sketch_window_from_entries(dst, src->entries[0].index, src->entries[src->used - 1].index);
    if (dst->window_used && src->window_used)
        window_merge(dst, src);
    else if (dst->window_used && src->used > 0)
        entries_merge(dst, src);
    else
        while (bm_sketch_bucket_next(src, &at, &bucket))
            bucket_count(dst, bucket.index, bucket.count);
    bm_sketch_head_add(&dst->head, &head);
    return APR_SUCCESS;
}

/* --- quantiles --- */

/* A place in the order of all values: `bucket` holds the ranks [before, before + bucket.count). */
typedef struct walk_t {
    bm_sketch_entry_t bucket;
    apr_uint64_t before;
    int at;
} walk_t;

/* Estimate of the value of a rank that is not before the walk. First and last are known exactly. */
static double walk_to(const bm_sketch_t *s, walk_t *walk, apr_uint64_t rank)
{
    double value;

    if (rank == 0)
        return s->head.min;
    if (rank == s->head.n - 1)
        return s->head.max;
    if (rank < s->head.zero)
        return fmin(fmax(0, s->head.min), s->head.max);
    while (rank >= walk->before + walk->bucket.count) {
        walk->before += walk->bucket.count;
        if (!bm_sketch_bucket_next(s, &walk->at, &walk->bucket))
            return s->head.max;                     /* not reached while the counts add up */
    }
    value = bucket_estimate(walk->bucket.index);
    return fmin(fmax(value, s->head.min), s->head.max);
}

void bm_sketch_quantiles(const bm_sketch_t *s, const double *q, double *values, int count)
{
    const walk_t start = { .before = s->head.zero };
    walk_t walk = start, ahead;

    for (int i = 0; i < count; i++) {
        double rank = q[i] * ((double)s->head.n - 1), below = floor(rank), low, high;

        if (s->head.n == 0 || !(q[i] >= 0 && q[i] <= 1)) {
            values[i] = NAN;
            continue;
        }
        if (below < (double)walk.before)
            walk = start;
        low = walk_to(s, &walk, (apr_uint64_t)below);
        ahead = walk;                               /* the next quantile may begin below this one's upper rank */
        high = rank > below ? walk_to(s, &ahead, (apr_uint64_t)below + 1) : low;
        values[i] = low + (high - low) * (rank - below);
    }
}

double bm_sketch_quantile(const bm_sketch_t *s, double q)
{
    double value;

    bm_sketch_quantiles(s, &q, &value, 1);
    return value;
}

/* Estimate of the value of a rank whose bucket is `index`. First and last are known exactly. */
static double rank_estimate(const bm_sketch_t *s, apr_uint64_t rank, int index)
{
    if (rank == 0)
        return s->head.min;
    if (rank >= s->head.n - 1)
        return s->head.max;
    return fmin(fmax(index == BM_SKETCH_ZERO_INDEX ? 0 : bucket_estimate(index), s->head.min), s->head.max);
}

static apr_uint64_t eight_counts(const apr_uint64_t *counters)
{
    return counters[0] + counters[1] + counters[2] + counters[3] + counters[4] + counters[5] + counters[6] + counters[7];
}

void bm_sketch_ranks(const bm_sketch_t *s, const apr_uint64_t *ranks, double *values, int count)
{
    apr_uint64_t up_to = s->head.zero;          /* values in the buckets so far */
    int i = 0, k;

    for (; i < count && ranks[i] < up_to; i++)
        values[i] = rank_estimate(s, ranks[i], BM_SKETCH_ZERO_INDEX);
    for (k = 0; !s->window_used && i < count && k < s->used; k++)
        for (up_to += s->entries[k].count; i < count && ranks[i] < up_to; i++)
            values[i] = rank_estimate(s, ranks[i], s->entries[k].index);
    for (k = s->low; s->window_used && i < count && k <= s->high;) {
        apr_uint64_t some = k + 7 <= s->high ? eight_counts(s->window + (k - s->first)) : 0;

        if (k + 7 <= s->high && ranks[i] >= up_to + some) {
            up_to += some;
            k += 8;
            continue;
        }
        for (up_to += s->window[k - s->first]; i < count && ranks[i] < up_to; i++)
            values[i] = rank_estimate(s, ranks[i], k);
        k++;
    }
    for (; i < count; i++)
        values[i] = s->head.n > 0 ? s->head.max : NAN;
}

static double at_rank(const bm_sketch_t *s, apr_uint64_t rank)
{
    double value = NAN;

    if (rank >= 1 && rank <= s->head.n)
        bm_sketch_ranks(s, (const apr_uint64_t[]){ rank - 1 }, &value, 1);
    return value;
}

/* An estimate e of x is within x (1 - a) and x (1 + a), so x is within e / (1 + a) and e / (1 - a). What is below the range has 0
 * for an estimate and what is above it the last bucket. */
double bm_sketch_low_of(const bm_sketch_t *s, double estimate)
{
    if (isnan(estimate) || estimate < BM_SKETCH_LEAST * (1 - BM_SKETCH_ERROR))
        return isnan(estimate) ? estimate : s->head.min;
    return fmax(estimate / (1 + BM_SKETCH_ERROR), s->head.min);
}

double bm_sketch_high_of(const bm_sketch_t *s, double estimate)
{
    if (isnan(estimate) || estimate > BM_SKETCH_MOST * (1 - BM_SKETCH_ERROR))
        return isnan(estimate) ? estimate : s->head.max;
    return fmin(fmax(estimate / (1 - BM_SKETCH_ERROR), BM_SKETCH_LEAST), s->head.max);
}

double bm_sketch_rank_low(const bm_sketch_t *s, apr_uint64_t rank)
{
    return bm_sketch_low_of(s, at_rank(s, rank));
}

double bm_sketch_rank_high(const bm_sketch_t *s, apr_uint64_t rank)
{
    return bm_sketch_high_of(s, at_rank(s, rank));
}

/* --- buckets --- */

double bm_sketch_edge(int index)
{
    return index <= BM_SKETCH_ZERO_INDEX ? BM_SKETCH_LEAST : exp(index * LN_GAMMA);
}

int bm_sketch_next(const bm_sketch_t *s, int *at, bm_sketch_bucket_t *bucket)
{
    bm_sketch_entry_t entry;
    int place = *at - (s->head.zero > 0);

    if (place < 0) {
        *at = 1;
        *bucket = (bm_sketch_bucket_t){ .index = BM_SKETCH_ZERO_INDEX, .high = BM_SKETCH_LEAST, .count = s->head.zero };
        return 1;
    }
    if (!bm_sketch_bucket_next(s, &place, &entry))
        return 0;
    *at = place + (s->head.zero > 0);
    *bucket = (bm_sketch_bucket_t){
        .index = entry.index, .low = exp((entry.index - 1) * LN_GAMMA), .high = exp(entry.index * LN_GAMMA), .count = entry.count
    };
    return 1;
}

apr_uint64_t bm_sketch_at_most(const bm_sketch_t *s, double value)
{
    apr_uint64_t count = s->head.zero;
    bm_sketch_entry_t bucket;

    if (s->head.n == 0 || !(value >= s->head.min))
        return 0;
    if (value >= s->head.max)
        return s->head.n;
    for (int at = 0; bm_sketch_bucket_next(s, &at, &bucket) && bucket_estimate(bucket.index) <= value;)
        count += bucket.count;
    return count;
}
