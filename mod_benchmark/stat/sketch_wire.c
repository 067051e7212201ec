/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/sketch_private.h"

#include <math.h>
#include <stdlib.h>
#include "base/wire.h"

#define VERSION   1
#define HEAD_SIZE (1 + 3 * 8)               /* version and doubles, without the varints */

static apr_uint64_t bucket_tag(const bm_sketch_entry_t *bucket, int previous)
{
    return (apr_uint64_t)(bucket->index - previous) << 1 | (bucket->count != 1);
}

apr_size_t bm_sketch_size(const bm_sketch_t *s)
{
    apr_size_t size = HEAD_SIZE + bm_wire_varint_size(s->head.n) + bm_wire_varint_size(s->head.zero);
    bm_sketch_entry_t bucket;

    for (int at = 0, previous = INDEX_MIN - 1; bm_sketch_bucket_next(s, &at, &bucket); previous = bucket.index) {
        size += bm_wire_varint_size(bucket_tag(&bucket, previous));
        if (bucket.count != 1)
            size += bm_wire_varint_size(bucket.count);
    }
    return size;
}

unsigned char *bm_sketch_write(const bm_sketch_t *s, unsigned char *to)
{
    bm_sketch_entry_t bucket;

    *to++ = VERSION;
    to = bm_wire_put_varint(to, s->head.n);
    to = bm_wire_put_varint(to, s->head.zero);
    to = bm_wire_put_double(to, s->head.sum);
    to = bm_wire_put_double(to, s->head.min);
    to = bm_wire_put_double(to, s->head.max);
    for (int at = 0, previous = INDEX_MIN - 1; bm_sketch_bucket_next(s, &at, &bucket); previous = bucket.index) {
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
static apr_status_t entry_read(bm_sketch_entry_t *entry, int previous, apr_uint64_t left, bm_wire_t *w)
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

/* The next bucket. Nearly all tags and counts are one byte, and whether a count follows a tag is as good as random: a branch on
 * it would be mispredicted every other time, so it is computed. What does not fit that is left to entry_read. */
static inline apr_status_t entry_take(bm_sketch_entry_t *entry, int previous, apr_uint64_t left, bm_wire_t *w)
{
    unsigned tag = w->at[0], counted = tag & 1, count = 1;

    if (w->end - w->at > 1)
        count += ((unsigned)w->at[1] - 1) & (0u - counted);
    if (tag < 2 || ((tag | count) & 0x80) != 0 || count <= counted || count > left || previous + (int)(tag >> 1) > INDEX_MAX)
        return entry_read(entry, previous, left, w);
    entry->index = previous + (int)(tag >> 1);
    entry->count = count;
    w->at += 1 + counted;
    return APR_SUCCESS;
}

/* All buckets up to the end of the bytes, as entries; their counts must be what the head leaves over. */
static apr_status_t entries_read(bm_sketch_t *s, bm_wire_t *w)
{
    apr_uint64_t left = s->head.n - s->head.zero;
    int index = INDEX_MIN - 1;
    bm_sketch_entry_t *entry;

    bm_sketch_entries_reserve(s, w->end - w->at < BUCKETS ? (int)(w->end - w->at) : BUCKETS);
    for (entry = s->entries; w->at < w->end; entry++) {
        if (entry_take(entry, index, left, w) != APR_SUCCESS)
            return APR_EINVAL;
        index = entry->index;
        left -= entry->count;
    }
    s->used = (int)(entry - s->entries);
    return left == 0 ? APR_SUCCESS : APR_EINVAL;
}

/* The same into the window, which covers all buckets. *first and *last: the outer ones; unchanged if there are none. */
static apr_status_t window_read(bm_sketch_t *s, int *first, int *last, apr_uint64_t left, bm_wire_t *w)
{
    bm_sketch_entry_t entry = { INDEX_MIN - 1, 0 };

    while (w->at < w->end) {
        if (entry_take(&entry, entry.index, left, w) != APR_SUCCESS)
            return APR_EINVAL;
        if (*first > entry.index)
            *first = entry.index;
        s->window[entry.index - s->first] += entry.count;
        left -= entry.count;
    }
    if (entry.index >= INDEX_MIN)
        *last = entry.index;
    return left == 0 ? APR_SUCCESS : APR_EINVAL;
}

/* Whether the outer buckets are those of minimum and maximum. One off is allowed: another machine's log()
 * may put a value at a bucket's edge on its other side. */
static int ends_are_possible(const bm_sketch_head_t *head, int first, int last)
{
    if (head->zero == 0 && abs(bm_sketch_bucket_index(head->min) - first) > 1)
        return 0;
    return abs(bm_sketch_bucket_index(head->max) - last) <= 1;
}

apr_status_t bm_sketch_read(bm_sketch_t *s, const void *data, apr_size_t len)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };

    bm_sketch_clear(s);
    if (head_read(&s->head, &w) == APR_SUCCESS && entries_read(s, &w) == APR_SUCCESS
        && (s->used == 0 || ends_are_possible(&s->head, s->entries[0].index, s->entries[s->used - 1].index)))
        return APR_SUCCESS;
    bm_sketch_clear(s);
    return APR_EINVAL;
}

/* A window over all buckets; low is above high while none is used. */
static void window_whole(bm_sketch_t *s)
{
    if (s->window_used && s->width == BUCKETS)
        return;
    if (s->used > 0)
        bm_sketch_window_from_entries(s, s->entries[0].index, s->entries[0].index);
    bm_sketch_window_cover(s, INDEX_MIN, INDEX_MAX);
    if (s->window_used)
        return;
    s->window_used = 1;
    s->low = INDEX_MAX;
    s->high = INDEX_MIN;
}

apr_status_t bm_sketch_add_wire(bm_sketch_t *s, const void *data, apr_size_t len)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };
    int first = INDEX_MAX, last = INDEX_MIN;
    bm_sketch_head_t head;
    apr_status_t rv = head_read(&head, &w);

    if (rv != APR_SUCCESS)
        return rv;
    if (head.n > BM_SKETCH_COUNT_MAX - s->head.n)
        return APR_ENOSPC;
    window_whole(s);
    if (window_read(s, &first, &last, head.n - head.zero, &w) != APR_SUCCESS
        || (first <= last && !ends_are_possible(&head, first, last))) {
        s->low = INDEX_MIN;             /* so that a clear finds what was read of it */
        s->high = INDEX_MAX;
        return APR_EINVAL;
    }
    s->low = first < s->low ? first : s->low;
    s->high = last > s->high ? last : s->high;
    bm_sketch_head_add(&s->head, &head);
    return APR_SUCCESS;
}
