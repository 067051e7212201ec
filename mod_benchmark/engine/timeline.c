/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timeline.h"

#include <stdlib.h>
#include <apr_strings.h>
#include "base/wire.h"

enum {
    VERSION = 1,
    FLAG_KERNEL = 1,
    FLAG_TRUNCATED = 2,
    HEAD_KIND = 15,
    HEAD_TOKENS = 16,
    HEAD_NEXT_WAKE = 32,
    HEAD_LATER_WAKE = 64,
    CHUNK_BYTES_MAX = 1 + 4 * BM_WIRE_VARINT_MAX,
    HEADER_BYTES_MAX = 4 * BM_WIRE_VARINT_MAX
};

/* 35 years: fits as nanoseconds, and so does the difference of two. */
#define MOST_US ((apr_int64_t)1 << 50)

static const char *const kind_names[] = {
    [BM_CHUNK_ROLE] = "role",
    [BM_CHUNK_CONTENT] = "content",
    [BM_CHUNK_REASONING] = "reasoning",
    [BM_CHUNK_TOOL] = "tool",
    [BM_CHUNK_PROGRESS] = "progress",
    [BM_CHUNK_USAGE] = "usage",
    [BM_CHUNK_FINISH] = "finish",
    [BM_CHUNK_OTHER] = "other",
    [BM_CHUNK_ERROR] = "error",
};

enum { KIND_COUNT = sizeof(kind_names) / sizeof(kind_names[0]) };

static apr_uint64_t zigzag(apr_int64_t value)
{
    return value < 0 ? ((apr_uint64_t)(-(value + 1)) << 1) | 1 : (apr_uint64_t)value << 1;
}

static apr_int64_t unzigzag(apr_uint64_t value)
{
    return value & 1 ? -(apr_int64_t)(value >> 1) - 1 : (apr_int64_t)(value >> 1);
}

static apr_int64_t rounded_us(apr_int64_t ns)
{
    return ns >= 0 ? (ns + 500) / 1000 : -((-ns + 500) / 1000);
}

/* --- writing */

typedef struct cursor_t {
    apr_int64_t t_us;
    apr_uint32_t wake;
} cursor_t;

static unsigned char *put_chunk(unsigned char *at, const bm_chunk_t *chunk, apr_int64_t t_us, cursor_t *before)
{
    apr_uint32_t wakes = chunk->wake - before->wake;
    unsigned char head = (unsigned char)chunk->kind;

    if (chunk->tokens >= 0)
        head |= HEAD_TOKENS;
    if (wakes != 0)
        head |= wakes == 1 ? HEAD_NEXT_WAKE : HEAD_LATER_WAKE;
    *at++ = head;
    at = bm_wire_put_varint(at, zigzag(t_us - before->t_us));
    if (head & HEAD_TOKENS)
        at = bm_wire_put_varint(at, (apr_uint64_t)chunk->tokens);
    at = bm_wire_put_varint(at, chunk->bytes);
    if (head & HEAD_LATER_WAKE)
        at = bm_wire_put_varint(at, wakes);
    before->t_us = t_us;
    before->wake = chunk->wake;
    return at;
}

const void *bm_timeline_pack(apr_size_t *len, const apr_array_header_t *chunks, apr_int64_t sent_ns, int kernel, apr_pool_t *p)
{
    int i, n = chunks->nelts < BM_TIMELINE_CHUNKS_MAX ? chunks->nelts : BM_TIMELINE_CHUNKS_MAX;
    unsigned char *data, *at;
    cursor_t before = { 0, 0 };

    *len = 0;
    if (n == 0 || sent_ns == 0)
        return NULL;
    data = at = malloc(HEADER_BYTES_MAX + (apr_size_t)n * CHUNK_BYTES_MAX);
    if (data == NULL)
        return NULL;
    at = bm_wire_put_varint(at, VERSION);
    at = bm_wire_put_varint(at, (kernel ? FLAG_KERNEL : 0) | (n < chunks->nelts ? FLAG_TRUNCATED : 0));
    at = bm_wire_put_varint(at, (apr_uint64_t)chunks->nelts);
    at = bm_wire_put_varint(at, (apr_uint64_t)n);
    before.wake = APR_ARRAY_IDX(chunks, 0, bm_chunk_t).wake;
    for (i = 0; i < n; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);
        /* what has no content may lack the kernel's stamp */
        apr_int64_t stamp_ns = kernel && chunk->kernel_ns != 0 ? chunk->kernel_ns : chunk->user_ns;

        at = put_chunk(at, chunk, rounded_us(stamp_ns - sent_ns), &before);
    }
    *len = (apr_size_t)(at - data);
    at = apr_pmemdup(p, data, *len);
    free(data);
    return at;
}

/* --- reading */

typedef struct point_t {
    apr_int64_t t_us;
    apr_int64_t tokens;      /* -1: not said */
    apr_uint32_t bytes, wake;
    unsigned kind;
} point_t;

typedef struct timeline_t {
    apr_uint64_t flags, total, n;
    point_t *points;
} timeline_t;

static int get(apr_uint64_t *value, bm_wire_t *in, apr_uint64_t max)
{
    return bm_wire_get_varint(value, in, max) == APR_SUCCESS;
}

static int get_chunk(point_t *point, bm_wire_t *in, cursor_t *before)
{
    apr_uint64_t head, time, tokens = 0, bytes, wakes = 0;

    if (!get(&head, in, HEAD_KIND + HEAD_TOKENS + HEAD_NEXT_WAKE + HEAD_LATER_WAKE) || (head & HEAD_KIND) >= KIND_COUNT
        || (head & (HEAD_NEXT_WAKE | HEAD_LATER_WAKE)) == (HEAD_NEXT_WAKE | HEAD_LATER_WAKE)
        || !get(&time, in, (apr_uint64_t)MOST_US * 4))
        return 0;
    if ((head & HEAD_TOKENS) && !get(&tokens, in, APR_INT32_MAX))
        return 0;
    if (!get(&bytes, in, APR_UINT32_MAX))
        return 0;
    if (head & HEAD_NEXT_WAKE)
        wakes = 1;
    if ((head & HEAD_LATER_WAKE) && !get(&wakes, in, APR_UINT32_MAX))
        return 0;
    before->t_us += unzigzag(time);
    before->wake += (apr_uint32_t)wakes;
    if (before->t_us > MOST_US || before->t_us < -MOST_US)
        return 0;
    *point = (point_t){ before->t_us, head & HEAD_TOKENS ? (apr_int64_t)tokens : -1, (apr_uint32_t)bytes, before->wake,
                        (unsigned)(head & HEAD_KIND) };
    return 1;
}

static int get_head(timeline_t *t, bm_wire_t *in)
{
    apr_uint64_t version;

    return get(&version, in, VERSION) && version == VERSION && get(&t->flags, in, FLAG_KERNEL | FLAG_TRUNCATED)
        && get(&t->total, in, APR_INT32_MAX) && get(&t->n, in, BM_TIMELINE_CHUNKS_MAX) && t->n <= t->total;
}

static apr_status_t unpack(timeline_t *t, const void *data, apr_size_t len, apr_pool_t *p)
{
    bm_wire_t in = { data, (const unsigned char *)data + len };
    cursor_t before = { 0, 0 };
    apr_uint64_t i;

    if (!get_head(t, &in) || t->n > len)
        return APR_EINVAL;
    t->points = apr_palloc(p, t->n * sizeof(*t->points) + 1);
    for (i = 0; i < t->n; i++)
        if (!get_chunk(&t->points[i], &in, &before))
            return APR_EINVAL;
    return in.at == in.end ? APR_SUCCESS : APR_EINVAL;
}

apr_status_t bm_timeline_unpack(apr_array_header_t **pchunks, const void *data, apr_size_t len, apr_pool_t *p)
{
    timeline_t t = { 0 };
    apr_uint64_t i;

    *pchunks = NULL;
    if (len > 0 && unpack(&t, data, len, p) != APR_SUCCESS)
        return APR_EINVAL;
    *pchunks = apr_array_make(p, (int)t.n, sizeof(bm_chunk_t));
    for (i = 0; i < t.n; i++) {
        const point_t *point = &t.points[i];

        APR_ARRAY_PUSH(*pchunks, bm_chunk_t) = (bm_chunk_t){
            .user_ns = point->t_us * 1000, .wake = point->wake, .bytes = point->bytes, .tokens = (apr_int32_t)point->tokens,
            .kind = (bm_chunk_kind_e)point->kind
        };
    }
    return APR_SUCCESS;
}

apr_int64_t bm_timeline_total(const void *data, apr_size_t len)
{
    bm_wire_t in = { data, (const unsigned char *)data + len };
    timeline_t t = { 0 };

    return len > 0 && get_head(&t, &in) ? (apr_int64_t)t.total : 0;
}

/* --- stalls */

static int has_content(unsigned kind)
{
    return kind == BM_CHUNK_CONTENT || kind == BM_CHUNK_REASONING || kind == BM_CHUNK_TOOL || kind == BM_CHUNK_PROGRESS;
}

static int by_value(const void *a, const void *b)
{
    apr_int64_t x = *(const apr_int64_t *)a, y = *(const apr_int64_t *)b;

    return (x > y) - (x < y);
}

/* Gap before each content chunk but the first; -1 elsewhere. @return their number. */
static apr_size_t gaps_of(apr_int64_t *gaps, const timeline_t *t)
{
    apr_int64_t before = 0;
    apr_size_t n = 0;
    apr_uint64_t i;
    int any = 0;

    for (i = 0; i < t->n; i++) {
        gaps[i] = -1;
        if (!has_content(t->points[i].kind))
            continue;
        if (any) {
            gaps[i] = t->points[i].t_us > before ? t->points[i].t_us - before : 0;
            n++;
        }
        before = t->points[i].t_us;
        any = 1;
    }
    return n;
}

static apr_int64_t stall_limit(const apr_int64_t *gaps, const timeline_t *t, apr_size_t n, apr_pool_t *p)
{
    apr_int64_t *ascending = apr_palloc(p, (n + 1) * sizeof(*ascending)), limit;
    apr_size_t k = 0;
    apr_uint64_t i;

    for (i = 0; i < t->n; i++)
        if (gaps[i] >= 0)
            ascending[k++] = gaps[i];
    qsort(ascending, k, sizeof(*ascending), by_value);
    limit = BM_TIMELINE_STALL_RATIO * ascending[(k - 1) / 2];
    return limit > BM_TIMELINE_STALL_LEAST_US ? limit : BM_TIMELINE_STALL_LEAST_US;
}

static void write_stalls(bm_jw_t *w, const timeline_t *t, apr_pool_t *p)
{
    apr_int64_t *gaps = apr_palloc(p, t->n * sizeof(*gaps) + 1), limit;
    apr_size_t n = gaps_of(gaps, t);
    apr_uint64_t i;

    bm_jw_key(w, "stalls");
    bm_jw_begin_array(w);
    limit = n > 0 ? stall_limit(gaps, t, n, p) : 0;
    for (i = 0; n > 0 && i < t->n; i++)
        if (gaps[i] > limit)
            bm_jw_int(w, (apr_int64_t)i);
    bm_jw_end_array(w);
}

static void write_point(bm_jw_t *w, const point_t *point)
{
    bm_jw_begin_object(w);
    bm_jw_key(w, "t_us");
    bm_jw_int(w, point->t_us);
    bm_jw_key(w, "kind");
    bm_jw_string(w, kind_names[point->kind]);
    bm_jw_key(w, "tokens");
    if (point->tokens >= 0)
        bm_jw_int(w, point->tokens);
    else
        bm_jw_null(w);
    bm_jw_key(w, "bytes");
    bm_jw_int(w, point->bytes);
    bm_jw_key(w, "wake");
    bm_jw_int(w, point->wake);
    bm_jw_end_object(w);
}

apr_status_t bm_timeline_write_json(bm_jw_t *w, const void *data, apr_size_t len, apr_pool_t *ptemp)
{
    timeline_t t = { 0 };
    apr_uint64_t i;

    if (len > 0 && unpack(&t, data, len, ptemp) != APR_SUCCESS)
        return APR_EINVAL;
    bm_jw_begin_object(w);
    bm_jw_key(w, "chunks");
    bm_jw_begin_array(w);
    for (i = 0; i < t.n; i++)
        write_point(w, &t.points[i]);
    bm_jw_end_array(w);
    write_stalls(w, &t, ptemp);
    bm_jw_key(w, "truncated");
    bm_jw_bool(w, (t.flags & FLAG_TRUNCATED) != 0);
    bm_jw_key(w, "total");
    bm_jw_int(w, (apr_int64_t)t.total);
    bm_jw_key(w, "kernel_stamped");
    bm_jw_bool(w, (t.flags & FLAG_KERNEL) != 0);
    bm_jw_end_object(w);
    return APR_SUCCESS;
}
