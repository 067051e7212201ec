/* SPDX-License-Identifier: Apache-2.0 */
#include "ruler_compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_hash.h>
#include "base/text.h"

#define MAX_CHUNKS 100000

typedef struct stream_t {
    apr_uint64_t key;
    apr_int64_t read_ns;             /* 0: the request's record is missing */
    apr_array_header_t *sent_ns;     /* of apr_int64_t, by index; 0: not usable */
} stream_t;

/* Where the comparison of one stream stands. */
typedef struct walk_t {
    const stream_t *stream;          /* NULL: nothing is known of it */
    apr_int64_t asked_ns;            /* when the client sent its request */
    bm_segment_t before;
    apr_int64_t sent_before;
    int i;
} walk_t;

struct ruler_truth_t {
    apr_hash_t *streams;
    apr_pool_t *p;
};

static void add(ruler_values_t *v, double value)
{
    if (v->n == v->size) {
        v->size = v->size ? v->size * 2 : 1024;
        v->values = realloc(v->values, v->size * sizeof(*v->values));
        if (v->values == NULL)
            abort();
    }
    v->values[v->n++] = value;
}

static stream_t *stream_of(ruler_truth_t *truth, apr_uint64_t key)
{
    stream_t *s = apr_hash_get(truth->streams, &key, sizeof(key));

    if (s == NULL) {
        s = apr_pcalloc(truth->p, sizeof(*s));
        s->key = key;
        s->sent_ns = apr_array_make(truth->p, 64, sizeof(apr_int64_t));
        apr_hash_set(truth->streams, &s->key, sizeof(s->key), s);
    }
    return s;
}

ruler_truth_t *ruler_truth_read(bm_target_ring_t *ring, apr_uint64_t *cursor, apr_uint64_t *lost, apr_pool_t *p)
{
    ruler_truth_t *truth = apr_pcalloc(p, sizeof(*truth));
    bm_target_record_t r;

    truth->p = p;
    truth->streams = apr_hash_make(p);
    while (bm_target_ring_next(ring, cursor, &r, lost) == APR_SUCCESS) {
        stream_t *s = stream_of(truth, r.key);

        s->read_ns = r.read_ns;
        if (r.kind != BM_TARGET_CHUNK || r.index >= MAX_CHUNKS)
            continue;
        while (s->sent_ns->nelts <= (int)r.index)
            APR_ARRAY_PUSH(s->sent_ns, apr_int64_t) = 0;
        APR_ARRAY_IDX(s->sent_ns, r.index, apr_int64_t) = r.flags & BM_TARGET_BLOCKED ? 0 : r.sent_ns;
    }
    return truth;
}

/* Whether an event's text carries content: a member "content" that is not empty. */
static int is_content(const char *event, apr_size_t len)
{
    static const char member[] = "\"content\":\"";
    const char *at = bm_text_find(event, len, member, sizeof(member) - 1);

    return at != NULL && at + sizeof(member) - 1 < event + len && at[sizeof(member) - 1] != '"';
}

/* The segment that brought the last byte of the next content event at or behind *offset. NULL: no more. */
static const bm_segment_t *next_content(const bm_exchange_t *x, apr_size_t *offset)
{
    while (*offset < x->body.len) {
        const char *event = x->body.data + *offset;
        const char *end = bm_text_find(event, x->body.len - *offset, "\n\n", 2);
        apr_size_t len;

        if (end == NULL)
            return NULL;
        len = (apr_size_t)(end + 2 - event);
        *offset += len;
        if (is_content(event, len))
            return bm_exchange_segment_at(x, *offset - 1);
    }
    return NULL;
}

static double us(apr_int64_t ns)
{
    return (double)ns / 1000.0;
}

static void compare_first(ruler_errors_t *e, const walk_t *w, const bm_segment_t *got, apr_int64_t sent)
{
    apr_int64_t true_ttft = sent - w->stream->read_ns;

    add(&e->sent, us(w->stream->read_ns - w->asked_ns));
    add(&e->ttft_user, fabs(us(got->user_ns - w->asked_ns - true_ttft)));
    if (got->kernel_ns)
        add(&e->ttft_kernel, fabs(us(got->kernel_ns - w->asked_ns - true_ttft)));
}

static void compare_gap(ruler_errors_t *e, const bm_segment_t *before, const bm_segment_t *got, apr_int64_t true_gap)
{
    add(&e->gap_user, fabs(us(got->user_ns - before->user_ns - true_gap)));
    if (got->kernel_ns && before->kernel_ns)
        add(&e->gap_kernel, fabs(us(got->kernel_ns - before->kernel_ns - true_gap)));
    e->batched += got->wake == before->wake;
}

static void compare_stamp(ruler_errors_t *e, const bm_segment_t *got, apr_int64_t sent)
{
    add(&e->stamp_user, us(got->user_ns - sent));
    e->early_user += got->user_ns < sent;
    if (got->kernel_ns == 0) {
        e->unknown++;
        return;
    }
    add(&e->stamp_kernel, us(got->kernel_ns - sent));
    e->early_kernel += got->kernel_ns < sent;
}

static void compare_next(ruler_errors_t *e, walk_t *w, const bm_segment_t *got)
{
    const stream_t *s = w->stream;
    apr_int64_t sent = s && w->i < s->sent_ns->nelts ? APR_ARRAY_IDX(s->sent_ns, w->i, apr_int64_t) : 0;

    e->events++;
    if (sent == 0)
        e->no_truth++;
    else {
        compare_stamp(e, got, sent);
        if (w->i == 0)
            compare_first(e, w, got, sent);
        else if (w->sent_before)
            compare_gap(e, &w->before, got, sent - w->sent_before);
    }
    w->before = *got;
    w->sent_before = sent;
    w->i++;
}

void ruler_compare(ruler_errors_t *e, const ruler_truth_t *truth, const bm_exchange_t *x, apr_uint64_t key, int tokens)
{
    walk_t w = { .stream = apr_hash_get(truth->streams, &key, sizeof(key)), .asked_ns = x->sent_ns };
    const bm_segment_t *got;
    apr_size_t offset = 0;

    if (x->end != BM_END_COMPLETE || x->http_status != 200) {
        e->failed++;
        return;
    }
    while ((got = next_content(x, &offset)) != NULL)
        compare_next(e, &w, got);
    e->failed += w.i != tokens;
}

void ruler_compare_stamps(ruler_errors_t *e, const ruler_truth_t *truth, const ruler_stamps_t *stamps, int tokens)
{
    walk_t w = { .stream = apr_hash_get(truth->streams, &stamps->key, sizeof(stamps->key)), .asked_ns = stamps->sent_ns };
    int i;

    for (i = 0; i < stamps->seen_ns->nelts; i++) {
        bm_segment_t got = { .user_ns = APR_ARRAY_IDX(stamps->seen_ns, i, apr_int64_t), .wake = (apr_uint32_t)i };

        compare_next(e, &w, &got);
    }
    e->failed += w.i != tokens;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double percentile(const ruler_values_t *v, double q)
{
    double rank = q * (double)(v->n - 1), below = floor(rank);
    apr_size_t i = (apr_size_t)below;

    if (i + 1 >= v->n)
        return v->values[v->n - 1];
    return v->values[i] + (rank - below) * (v->values[i + 1] - v->values[i]);
}

ruler_summary_t ruler_summarise(ruler_values_t *v)
{
    ruler_summary_t s = { .n = v->n };
    apr_size_t i;

    if (v->n == 0)
        return s;
    qsort(v->values, v->n, sizeof(*v->values), by_value);
    for (i = 0; i < v->n; i++)
        s.mean += v->values[i] / (double)v->n;
    s.p50 = percentile(v, 0.5);
    s.p99 = percentile(v, 0.99);
    s.max = v->values[v->n - 1];
    return s;
}

void ruler_write(bm_jw_t *w, const char *name, const ruler_summary_t *s)
{
    bm_jw_key(w, name);
    if (s->n == 0) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_object(w);
    bm_jw_key(w, "mean");
    bm_jw_fixed(w, s->mean, 1);
    bm_jw_key(w, "p50");
    bm_jw_fixed(w, s->p50, 1);
    bm_jw_key(w, "p99");
    bm_jw_fixed(w, s->p99, 1);
    bm_jw_key(w, "max");
    bm_jw_fixed(w, s->max, 1);
    bm_jw_key(w, "n");
    bm_jw_int(w, (apr_int64_t)s->n);
    bm_jw_end_object(w);
}

void ruler_errors_free(ruler_errors_t *e)
{
    free(e->stamp_user.values);
    free(e->stamp_kernel.values);
    free(e->gap_user.values);
    free(e->gap_kernel.values);
    free(e->ttft_user.values);
    free(e->ttft_kernel.values);
    free(e->sent.values);
    *e = (ruler_errors_t){ .events = 0 };
}
