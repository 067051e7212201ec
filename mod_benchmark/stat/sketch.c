/* SPDX-License-Identifier: Apache-2.0
 *
 * Bucket i covers (gamma^(i-1), gamma^i] and is estimated as 2*gamma^i/(gamma+1), which is off by the same
 * relative error at both of its ends. Invariant: the buckets' counts and `zero` add up to `n`.
 *
 * Two forms of the same counters. Few: entries sorted by index, as they come from the wire. Many: a window of
 * counters. A new bucket beyond SPARSE_MAX entries turns the first into the second, never back (but by clear). */
#include "stat/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/wire.h"

#define VERSION    1
#define INDEX_MIN  (-462)
#define INDEX_MAX  1830
#define BUCKETS    (INDEX_MAX - INDEX_MIN + 1)
#define GAMMA      ((1 + BM_SKETCH_ERROR) / (1 - BM_SKETCH_ERROR))
#define LN_GAMMA   0.010000083334583356      /* ln(1.005 / 0.995) */
#define SPARSE_MAX 64                        /* 1 kB of entries; a window is rarely smaller */
#define HEAD_SIZE  (1 + 3 * 8)               /* version and doubles, without the varints */

typedef struct entry_t {
    int index;
    apr_uint64_t count;
} entry_t;

struct bm_sketch_t {
    bm_sketch_head_t head;
    apr_pool_t *p;
    entry_t *entries;       /* sorted by index; in use while window_used is 0 */
    int used;
    int size;               /* entries allocated */
    int window_used;        /* the counters are in the window */
    int first;              /* index of window[0] */
    int width;              /* counters allocated */
    int low, high;          /* window: buckets used lie in [low, high]; all others are 0 */
    apr_uint64_t *window;
};

bm_sketch_t *bm_sketch_make(apr_pool_t *p)
{
    bm_sketch_t *s = apr_pcalloc(p, sizeof(*s));

    s->p = p;
    return s;
}

void bm_sketch_clear(bm_sketch_t *s)
{
    if (s->window_used)
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
static int bucket_index(double value)
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
static void window_cover(bm_sketch_t *s, int low, int high)
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
static void window_from_entries(bm_sketch_t *s, int low, int high)
{
    if (s->used > 0) {
        low = s->entries[0].index < low ? s->entries[0].index : low;
        high = s->entries[s->used - 1].index > high ? s->entries[s->used - 1].index : high;
    }
    window_cover(s, low, high);
    s->window_used = 1;
    s->low = low;
    s->high = high;
    for (int i = 0; i < s->used; i++)
        s->window[s->entries[i].index - s->first] = s->entries[i].count;
    s->used = 0;
}

static void entries_reserve(bm_sketch_t *s, int size)
{
    entry_t *entries;

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
    window_cover(s, low, high);
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
        window_from_entries(s, index, index);
        s->window[index - s->first] += count;
        return;
    }
    if (s->used == s->size)
        entries_reserve(s, s->size == 0 ? 4 : 2 * s->size);
    memmove(s->entries + low + 1, s->entries + low, sizeof(*s->entries) * (apr_size_t)(s->used - low));
    s->entries[low] = (entry_t){ index, count };
    s->used++;
}

/* The used bucket at or after place *at (0 to begin with); 0 when there is none left. */
static int bucket_next(const bm_sketch_t *s, int *at, entry_t *bucket)
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
        *bucket = (entry_t){ index, count };
        *at = index - s->low + 1;
        return 1;
    }
    return 0;
}

static void head_add(bm_sketch_head_t *head, const bm_sketch_head_t *other)
{
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
        bucket_count(s, bucket_index(value), times);
    head_add(&s->head, &one);
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
    entry_t bucket;
    int at = 0;

    if (head.n > BM_SKETCH_COUNT_MAX - dst->head.n)
        return APR_ENOSPC;
    if (head.n == 0)
        return APR_SUCCESS;
    /* More entries than a sketch keeps sorted while it grows: do not insert one by one. */
    if (dst != src && !dst->window_used && !src->window_used && src->used > SPARSE_MAX)
        window_from_entries(dst, src->entries[0].index, src->entries[src->used - 1].index);
    if (dst->window_used && src->window_used)
        window_merge(dst, src);
    else if (dst->window_used && src->used > 0)
        entries_merge(dst, src);
    else
        while (bucket_next(src, &at, &bucket))
            bucket_count(dst, bucket.index, bucket.count);
    head_add(&dst->head, &head);
    return APR_SUCCESS;
}

/* --- quantiles --- */

/* A place in the order of all values: `bucket` holds the ranks [before, before + bucket.count). */
typedef struct walk_t {
    entry_t bucket;
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
        if (!bucket_next(s, &walk->at, &walk->bucket))
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

static double at_rank(const bm_sketch_t *s, apr_uint64_t rank)
{
    if (rank < 1 || rank > s->head.n)
        return NAN;
    return bm_sketch_quantile(s, s->head.n > 1 ? (double)(rank - 1) / (double)(s->head.n - 1) : 0);
}

/* An estimate e of x is within x (1 - a) and x (1 + a), so x is within e / (1 + a) and e / (1 - a). What is below the range has 0
 * for an estimate and what is above it the last bucket. */
double bm_sketch_rank_low(const bm_sketch_t *s, apr_uint64_t rank)
{
    double estimate = at_rank(s, rank);

    if (isnan(estimate) || estimate < BM_SKETCH_LEAST * (1 - BM_SKETCH_ERROR))
        return isnan(estimate) ? estimate : s->head.min;
    return fmax(estimate / (1 + BM_SKETCH_ERROR), s->head.min);
}

double bm_sketch_rank_high(const bm_sketch_t *s, apr_uint64_t rank)
{
    double estimate = at_rank(s, rank);

    if (isnan(estimate) || estimate > BM_SKETCH_MOST * (1 - BM_SKETCH_ERROR))
        return isnan(estimate) ? estimate : s->head.max;
    return fmin(fmax(estimate / (1 - BM_SKETCH_ERROR), BM_SKETCH_LEAST), s->head.max);
}

/* --- buckets --- */

double bm_sketch_edge(int index)
{
    return index <= BM_SKETCH_ZERO_INDEX ? BM_SKETCH_LEAST : exp(index * LN_GAMMA);
}

int bm_sketch_next(const bm_sketch_t *s, int *at, bm_sketch_bucket_t *bucket)
{
    entry_t entry;
    int place = *at - (s->head.zero > 0);

    if (place < 0) {
        *at = 1;
        *bucket = (bm_sketch_bucket_t){ .index = BM_SKETCH_ZERO_INDEX, .high = BM_SKETCH_LEAST, .count = s->head.zero };
        return 1;
    }
    if (!bucket_next(s, &place, &entry))
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
    entry_t bucket;

    if (s->head.n == 0 || !(value >= s->head.min))
        return 0;
    if (value >= s->head.max)
        return s->head.n;
    for (int at = 0; bucket_next(s, &at, &bucket) && bucket_estimate(bucket.index) <= value;)
        count += bucket.count;
    return count;
}

/* --- wire form --- */

static apr_uint64_t bucket_tag(const entry_t *bucket, int previous)
{
    return (apr_uint64_t)(bucket->index - previous) << 1 | (bucket->count != 1);
}

apr_size_t bm_sketch_size(const bm_sketch_t *s)
{
    apr_size_t size = HEAD_SIZE + bm_wire_varint_size(s->head.n) + bm_wire_varint_size(s->head.zero);
    entry_t bucket;

    for (int at = 0, previous = INDEX_MIN - 1; bucket_next(s, &at, &bucket); previous = bucket.index) {
        size += bm_wire_varint_size(bucket_tag(&bucket, previous));
        if (bucket.count != 1)
            size += bm_wire_varint_size(bucket.count);
    }
    return size;
}

unsigned char *bm_sketch_write(const bm_sketch_t *s, unsigned char *to)
{
    entry_t bucket;

    *to++ = VERSION;
    to = bm_wire_put_varint(to, s->head.n);
    to = bm_wire_put_varint(to, s->head.zero);
    to = bm_wire_put_double(to, s->head.sum);
    to = bm_wire_put_double(to, s->head.min);
    to = bm_wire_put_double(to, s->head.max);
    for (int at = 0, previous = INDEX_MIN - 1; bucket_next(s, &at, &bucket); previous = bucket.index) {
        to = bm_wire_put_varint(to, bucket_tag(&bucket, previous));
        if (bucket.count != 1)
            to = bm_wire_put_varint(to, bucket.count);
    }
    return to;
}

/* Whether exact figures can belong to one set of values. Sums are rounded at each addition, hence the slack. */
static int head_is_possible(const bm_sketch_head_t *head)
{
    double n = (double)head->n, slack = 1e-4 * n * fmax(fabs(head->min), fabs(head->max));

    if (head->n == 0)
        return head->zero == 0 && head->sum == 0 && head->min == 0 && head->max == 0;
    return head->zero <= head->n
        && (head->n > 1 ? head->min <= head->max : head->min == head->max)
        && fabs(head->min) <= BM_SKETCH_VALUE_MAX && fabs(head->max) <= BM_SKETCH_VALUE_MAX
        && head->sum >= n * head->min - slack && head->sum <= n * head->max + slack
        && (head->zero > 0) == (head->min < BM_SKETCH_LEAST)
        && (head->zero == head->n) == (head->max < BM_SKETCH_LEAST);
}

static apr_status_t head_read(bm_sketch_head_t *head, bm_wire_t *w)
{
    const unsigned char *version;

    if (bm_wire_get_bytes(&version, w, 1) != APR_SUCCESS || *version != VERSION
        || bm_wire_get_varint(&head->n, w, BM_SKETCH_COUNT_MAX) != APR_SUCCESS
        || bm_wire_get_varint(&head->zero, w, head->n) != APR_SUCCESS
        || bm_wire_get_double(&head->sum, w) != APR_SUCCESS
        || bm_wire_get_double(&head->min, w) != APR_SUCCESS
        || bm_wire_get_double(&head->max, w) != APR_SUCCESS
        || !head_is_possible(head))
        return APR_EINVAL;
    return APR_SUCCESS;
}

apr_status_t bm_sketch_read_head(bm_sketch_head_t *head, const void *data, apr_size_t len)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };

    return head_read(head, &w);
}

/* One bucket. @return APR_EINVAL: bytes that nobody has written. */
static apr_status_t entry_read(entry_t *entry, int previous, apr_uint64_t left, bm_wire_t *w)
{
    apr_uint64_t tag;

    if (bm_wire_get_small(&tag, w, (apr_uint64_t)(INDEX_MAX - previous) << 1 | 1) != APR_SUCCESS || tag >> 1 == 0)
        return APR_EINVAL;
    entry->count = 1;
    if ((tag & 1) && (bm_wire_get_small(&entry->count, w, left) != APR_SUCCESS || entry->count == 1))
        return APR_EINVAL;
    entry->index = previous + (int)(tag >> 1);
    return entry->count == 0 || entry->count > left ? APR_EINVAL : APR_SUCCESS;
}

/* All buckets up to the end of the bytes, as entries; their counts must be what the head leaves over.
 * Nearly all tags and counts are one byte, and whether a count follows a tag is as good as random: a branch on it would be
 * mispredicted every other time, so it is computed. What does not fit that is left to entry_read. */
static apr_status_t entries_read(bm_sketch_t *s, bm_wire_t *w)
{
    apr_uint64_t left = s->head.n - s->head.zero;
    int index = INDEX_MIN - 1;
    entry_t *entry;

    entries_reserve(s, w->end - w->at < BUCKETS ? (int)(w->end - w->at) : BUCKETS);
    for (entry = s->entries; w->at < w->end; entry++) {
        unsigned tag = w->at[0], counted = tag & 1, count = 1;

        if (w->end - w->at > 1)
            count += ((unsigned)w->at[1] - 1) & (0u - counted);
        if (tag < 2 || ((tag | count) & 0x80) != 0 || count <= counted || count > left || index + (int)(tag >> 1) > INDEX_MAX) {
            if (entry_read(entry, index, left, w) != APR_SUCCESS)
                return APR_EINVAL;
        } else {
            entry->index = index + (int)(tag >> 1);
            entry->count = count;
            w->at += 1 + counted;
        }
        index = entry->index;
        left -= entry->count;
    }
    s->used = (int)(entry - s->entries);
    return left == 0 ? APR_SUCCESS : APR_EINVAL;
}

/* Whether the outer buckets are those of minimum and maximum. One off is allowed: another machine's log()
 * may put a value at a bucket's edge on its other side. */
static int ends_are_possible(const bm_sketch_t *s)
{
    if (s->used == 0)
        return 1;
    if (s->head.zero == 0 && abs(bucket_index(s->head.min) - s->entries[0].index) > 1)
        return 0;
    return abs(bucket_index(s->head.max) - s->entries[s->used - 1].index) <= 1;
}

apr_status_t bm_sketch_read(bm_sketch_t *s, const void *data, apr_size_t len)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };

    bm_sketch_clear(s);
    if (head_read(&s->head, &w) == APR_SUCCESS && entries_read(s, &w) == APR_SUCCESS && ends_are_possible(s))
        return APR_SUCCESS;
    bm_sketch_clear(s);
    return APR_EINVAL;
}
