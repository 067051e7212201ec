/* SPDX-License-Identifier: Apache-2.0 */
#include "stat/sketch_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
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
 * it would be mispredicted every other time, so it is computed. What does not fit that is left to entry_read. @return how many
 * bytes it takes; 0: damaged. */
static inline apr_size_t entry_take(bm_sketch_entry_t *entry, int previous, apr_uint64_t left, const unsigned char *at,
                                    const unsigned char *end)
{
    unsigned tag = at[0], counted = tag & 1, count = 1;
    bm_wire_t w = { at, end };

    if (end - at > 1)
        count += ((unsigned)at[1] - 1) & (0u - counted);
    if (tag < 2 || ((tag | count) & 0x80) != 0 || count <= counted || count > left || previous + (int)(tag >> 1) > INDEX_MAX)
        return entry_read(entry, previous, left, &w) == APR_SUCCESS ? (apr_size_t)(w.at - at) : 0;
    entry->index = previous + (int)(tag >> 1);
    entry->count = count;
    return 1 + counted;
}

/* All buckets up to the end of the bytes, as entries; their counts must be what the head leaves over. */
static apr_status_t entries_read(bm_sketch_t *s, const bm_wire_t *w)
{
    apr_uint64_t left = s->head.n - s->head.zero;
    const unsigned char *at = w->at;
    int index = INDEX_MIN - 1;
    bm_sketch_entry_t *entry;
    apr_size_t size;

    bm_sketch_entries_reserve(s, w->end - w->at < BUCKETS ? (int)(w->end - w->at) : BUCKETS);
    for (entry = s->entries; at < w->end; entry++, at += size) {
        size = entry_take(entry, index, left, at, w->end);
        if (size == 0)
            return APR_EINVAL;
        index = entry->index;
        left -= entry->count;
    }
    s->used = (int)(entry - s->entries);
    return left == 0 ? APR_SUCCESS : APR_EINVAL;
}

/* Where values are dense, neighbours follow each other for a long time, each with a count of one byte: four of them at once. They
 * are tags of 3 and counts from 2 to 127. @return how many values they are; 0: something else comes. */
static inline apr_uint64_t four_take(apr_uint64_t *counters, const unsigned char *at)
{
    apr_uint64_t word, counts;

    memcpy(&word, at, 8);
    counts = word >> 8 & 0x007f007f007f007fu;
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || (word & 0x80ff80ff80ff80ffu) != 0x0003000300030003u
        || (((counts & 0x007e007e007e007eu) + 0x007e007e007e007eu) & 0x0080008000800080u) != 0x0080008000800080u)
        return 0;
    counters[0] += counts & 0xff;
    counters[1] += counts >> 16 & 0xff;
    counters[2] += counts >> 32 & 0xff;
    counters[3] += counts >> 48;
    return (counts & 0xff) + (counts >> 16 & 0xff) + (counts >> 32 & 0xff) + (counts >> 48);
}

/* The same into a window over all buckets. *first and *last: the outer ones; unchanged if there are none. */
static apr_status_t window_read(apr_uint64_t *window, int *first, int *last, apr_uint64_t left, const bm_wire_t *w)
{
    const unsigned char *at = w->at, *const end = w->end;
    bm_sketch_entry_t entry = { INDEX_MIN - 1, 0 };
    apr_uint64_t taken;
    apr_size_t size;

    while (at < end) {
        taken = entry.index >= INDEX_MIN && entry.index <= INDEX_MAX - 4 && end - at >= 8
            ? four_take(window + (entry.index + 1 - INDEX_MIN), at) : 0;
        if (taken > 0) {
            size = 8;
            entry.index += 4;
        }
        else {
            size = entry_take(&entry, entry.index, left, at, end);
            if (size == 0)
                return APR_EINVAL;
            taken = entry.count;
            window[entry.index - INDEX_MIN] += taken;
        }
        if (taken > left)
            return APR_EINVAL;
        if (at == w->at)
            *first = entry.index;
        left -= taken;
        at += size;
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
    if (window_read(s->window, &first, &last, head.n - head.zero, &w) != APR_SUCCESS
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
