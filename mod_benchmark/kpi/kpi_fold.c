/* SPDX-License-Identifier: Apache-2.0
 *
 * Each cell is merged twice, into its scenario and into its bucket, and once more if it has a location. The total is the
 * merge of the scenarios, made when it is asked for: a third of the work saved, the same result. */
#include "kpi/kpi_fold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_hash.h>
#include "base/wire.h"
#include "kpi/kpi_view.h"
#include "stat/wilson.h"

#define VERSION 1

static const double wanted[] = { 0.50, 0.95, 0.99 };
enum { WANTED = sizeof(wanted) / sizeof(wanted[0]) };

/* A sketch as it was read, whose quantiles are known: it is taken apart when something is added to it. */
typedef struct packed_t {
    const unsigned char *data;  /* NULL: no, see the sketch */
    apr_size_t len;
    double values[WANTED];
} packed_t;

/* What is kept of a group of cells. */
typedef struct group_t {
    apr_int64_t id;             /* scenario, location, or first hour of a bucket */
    bm_kpi_counts_t counts;
    bm_sketch_t *total;
    bm_sketch_t *ttft;
    apr_uint64_t itl_n;
    double itl_sum;
    packed_t packed_total;
    packed_t packed_ttft;
} group_t;

struct bm_kpi_fold_t {
    bm_kpi_range_t range;
    apr_pool_t *p;
    apr_hash_t *scenarios;      /* of group_t, by id */
    apr_hash_t *locations;
    apr_hash_t *buckets;
    group_t cell;               /* the cell at hand; its sketches are scratch */
    group_t all;                /* the total: kept with each cell once it is known */
    int all_known;
    apr_uint64_t total_n;       /* values so far: no group can have more */
    apr_uint64_t ttft_n;
    apr_uint64_t itl_n;
};

static void group_init(group_t *group, apr_int64_t id, apr_pool_t *p)
{
    memset(group, 0, sizeof(*group));
    group->id = id;
    group->total = bm_sketch_make(p);
    group->ttft = bm_sketch_make(p);
}

bm_kpi_fold_t *bm_kpi_fold_make(const bm_kpi_range_t *range, apr_pool_t *p)
{
    bm_kpi_fold_t *fold = apr_pcalloc(p, sizeof(*fold));

    fold->range = *range;
    fold->p = p;
    fold->scenarios = apr_hash_make(p);
    fold->locations = apr_hash_make(p);
    fold->buckets = apr_hash_make(p);
    group_init(&fold->cell, 0, p);
    group_init(&fold->all, 0, p);
    return fold;
}

apr_int32_t bm_kpi_fold_bucket_hours(apr_int32_t from_hour, apr_int32_t to_hour, int max_buckets)
{
    static const apr_int32_t steps[] = { 1, 2, 3, 4, 6, 8, 12 };
    apr_int64_t hours = (apr_int64_t)to_hour - from_hour, least;

    /* A range that begins anywhere in a bucket of width w touches up to (hours - 2) / w + 2 of them. */
    least = hours <= max_buckets ? 1 : (hours - 2) / (max_buckets - 1) + 1;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (steps[i] >= least)
            return steps[i];
    }
    least = (least + 23) / 24 * 24;
    return least > APR_INT32_MAX ? APR_INT32_MAX / 24 * 24 : (apr_int32_t)least;
}

/* --- adding --- */

static group_t *group_get(bm_kpi_fold_t *fold, apr_hash_t *groups, apr_int64_t id)
{
    group_t *group = apr_hash_get(groups, &id, sizeof(id));

    if (group != NULL)
        return group;
    group = apr_palloc(fold->p, sizeof(*group));
    group_init(group, id, fold->p);
    apr_hash_set(groups, &group->id, sizeof(group->id), group);
    return group;
}

/* They were looked at when they were read, but for their buckets: a damaged sketch counts as an empty one. */
static void unpack(bm_sketch_t *sketch, packed_t *packed)
{
    if (packed->data == NULL)
        return;
    (void)bm_sketch_read(sketch, packed->data, packed->len);
    packed->data = NULL;
}

/* No sketch of the fold has as many values as the fold itself, and those were counted: merging cannot fail. */
static void group_merge(group_t *dst, const group_t *src)
{
    bm_kpi_cell_counts_add(&dst->counts, &src->counts);
    unpack(dst->total, &dst->packed_total);
    unpack(dst->ttft, &dst->packed_ttft);
    (void)bm_sketch_merge(dst->total, src->total);
    (void)bm_sketch_merge(dst->ttft, src->ttft);
    dst->itl_n += src->itl_n;
    dst->itl_sum += src->itl_sum;
}

static apr_status_t sketch_get(bm_sketch_t *sketch, const bm_kpi_view_t *view, bm_kpi_metric_e metric)
{
    if (view->metrics[metric].data != NULL)
        return bm_sketch_read(sketch, view->metrics[metric].data, view->metrics[metric].len);
    bm_sketch_clear(sketch);
    return APR_SUCCESS;
}

/* Only what the figures need: of the gaps between tokens, the most numerous of all, the exact head is enough. */
static apr_status_t cell_get(group_t *cell, const void *data, apr_size_t len)
{
    bm_kpi_view_t view;
    bm_sketch_head_t itl = { 0 };
    apr_status_t rv = bm_kpi_view_read(&view, data, len);

    if (rv == APR_SUCCESS)
        rv = sketch_get(cell->total, &view, BM_KPI_TOTAL);
    if (rv == APR_SUCCESS)
        rv = sketch_get(cell->ttft, &view, BM_KPI_TTFT);
    if (rv == APR_SUCCESS && view.metrics[BM_KPI_ITL].data != NULL)
        rv = bm_sketch_read_head(&itl, view.metrics[BM_KPI_ITL].data, view.metrics[BM_KPI_ITL].len);
    if (rv != APR_SUCCESS)
        return rv;
    cell->counts = view.counts;
    cell->counts.error_other = 0;
    cell->itl_n = itl.n;
    cell->itl_sum = itl.sum;
    return APR_SUCCESS;
}

static apr_int64_t bucket_of(const bm_kpi_range_t *range, apr_int32_t hour)
{
    apr_int64_t width = range->bucket_hours, rest = hour % width;

    return hour - (rest < 0 ? rest + width : rest);
}

apr_status_t bm_kpi_fold_add(bm_kpi_fold_t *fold, const bm_kpi_key_t *key, const void *data, apr_size_t len)
{
    const bm_kpi_range_t *range = &fold->range;
    group_t *cell = &fold->cell;
    apr_status_t rv;

    if (key->label_id != range->label_id || key->hour < range->from_hour
        || (range->to_hour != 0 && key->hour >= range->to_hour))
        return APR_SUCCESS;
    rv = cell_get(cell, data, len);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_sketch_head(cell->total)->n > BM_SKETCH_COUNT_MAX - fold->total_n
        || bm_sketch_head(cell->ttft)->n > BM_SKETCH_COUNT_MAX - fold->ttft_n
        || cell->itl_n > BM_SKETCH_COUNT_MAX - fold->itl_n)
        return APR_ENOSPC;
    fold->total_n += bm_sketch_head(cell->total)->n;
    fold->ttft_n += bm_sketch_head(cell->ttft)->n;
    fold->itl_n += cell->itl_n;
    group_merge(group_get(fold, fold->scenarios, key->scenario_id), cell);
    if (key->location_id != 0)
        group_merge(group_get(fold, fold->locations, key->location_id), cell);
    if (range->bucket_hours > 0)
        group_merge(group_get(fold, fold->buckets, bucket_of(range, key->hour)), cell);
    if (fold->all_known)
        group_merge(&fold->all, cell);
    return APR_SUCCESS;
}

/* --- results --- */

static void quantiles_fill(bm_kpi_quantiles_t *q, const bm_sketch_t *sketch, const packed_t *packed)
{
    bm_sketch_head_t head = *bm_sketch_head(sketch);
    double values[WANTED];

    if (packed->data != NULL) {
        (void)bm_sketch_read_head(&head, packed->data, packed->len);
        memcpy(values, packed->values, sizeof(values));
    }
    else
        bm_sketch_quantiles(sketch, wanted, values, WANTED);
    *q = (bm_kpi_quantiles_t){
        .n = head.n, .p50 = values[0], .p95 = values[1], .p99 = values[2],
        .mean = head.n > 0 ? head.sum / (double)head.n : NAN,
        .min = head.n > 0 ? head.min : NAN, .max = head.n > 0 ? head.max : NAN
    };
}

static void figures_fill(bm_kpi_figures_t *f, const group_t *group)
{
    const apr_uint64_t *status = group->counts.status;
    apr_uint64_t attempts = status[BM_KPI_COMPLETED] + status[BM_KPI_FAILED] + status[BM_KPI_TIMED_OUT];

    memset(f, 0, sizeof(*f));
    f->runs = attempts + status[BM_KPI_CANCELLED];
    f->counts = group->counts;
    f->success_rate = f->success_low = f->success_high = NAN;
    if (attempts > 0) {
        /* Multiplied first, so that 57 of 100 is 57 and not a hair less; beyond 2^46 runs that may round above 100. */
        f->success_rate = fmin(100, 100.0 * (double)status[BM_KPI_COMPLETED] / (double)attempts);
        (void)bm_wilson_interval(&f->success_low, &f->success_high, status[BM_KPI_COMPLETED], attempts, BM_WILSON_Z95);
        f->success_low *= 100;
        f->success_high *= 100;
    }
    quantiles_fill(&f->total_ms, group->total, &group->packed_total);
    quantiles_fill(&f->ttft_ms, group->ttft, &group->packed_ttft);
    f->itl_n = group->itl_n;
    f->itl_mean_ms = group->itl_n > 0 ? group->itl_sum / (double)group->itl_n : NAN;
}

/* The parts of a group that was not read are no longer packed; those of one that was read are not summed. */
static void know_all(bm_kpi_fold_t *fold)
{
    if (fold->all_known)
        return;
    for (apr_hash_index_t *hi = apr_hash_first(NULL, fold->scenarios); hi != NULL; hi = apr_hash_next(hi))
        group_merge(&fold->all, apr_hash_this_val(hi));
    fold->all_known = 1;
}

void bm_kpi_fold_totals(bm_kpi_figures_t *figures, bm_kpi_fold_t *fold)
{
    know_all(fold);
    figures_fill(figures, &fold->all);
}

void bm_kpi_fold_figure(bm_kpi_figure_t *figure, bm_kpi_fold_t *fold, bm_kpi_metric_e metric)
{
    const packed_t *packed = metric == BM_KPI_TTFT ? &fold->all.packed_ttft : &fold->all.packed_total;
    const bm_sketch_t *sketch = metric == BM_KPI_TTFT ? fold->all.ttft : fold->all.total;

    know_all(fold);
    if (packed->data != NULL && bm_sketch_read(fold->cell.total, packed->data, packed->len) == APR_SUCCESS)
        sketch = fold->cell.total;
    bm_kpi_figure_of(figure, sketch, wanted, WANTED);
}

static int row_order(const void *a, const void *b)
{
    const bm_kpi_row_t *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static apr_array_header_t *rows_of(apr_hash_t *groups, apr_pool_t *p)
{
    apr_array_header_t *rows = apr_array_make(p, (int)apr_hash_count(groups), sizeof(bm_kpi_row_t));

    for (apr_hash_index_t *hi = apr_hash_first(p, groups); hi != NULL; hi = apr_hash_next(hi)) {
        const group_t *group = apr_hash_this_val(hi);
        bm_kpi_row_t *row = apr_array_push(rows);

        row->id = group->id;
        figures_fill(&row->figures, group);
    }
    if (rows->nelts > 1)
        qsort(rows->elts, (size_t)rows->nelts, sizeof(bm_kpi_row_t), row_order);
    return rows;
}

apr_array_header_t *bm_kpi_fold_scenarios(const bm_kpi_fold_t *fold, apr_pool_t *p)
{
    return rows_of(fold->scenarios, p);
}

apr_array_header_t *bm_kpi_fold_locations(const bm_kpi_fold_t *fold, apr_pool_t *p)
{
    return rows_of(fold->locations, p);
}

apr_array_header_t *bm_kpi_fold_series(const bm_kpi_fold_t *fold, apr_pool_t *p)
{
    return rows_of(fold->buckets, p);
}

/* --- wire form --- */

enum { COUNTERS = BM_KPI_STATUS_END + 5 };

static void counters_of(apr_uint64_t *fields[COUNTERS], bm_kpi_counts_t *counts)
{
    int i;

    for (i = 0; i < BM_KPI_STATUS_END; i++)
        fields[i] = &counts->status[i];
    fields[i++] = &counts->good;
    fields[i++] = &counts->prompt_tokens;
    fields[i++] = &counts->completion_tokens;
    fields[i++] = &counts->reasoning_tokens;
    fields[i] = &counts->cached_tokens;
}

static unsigned char *sketch_write(unsigned char *at, const bm_sketch_t *sketch, const packed_t *packed)
{
    apr_size_t len = packed->data != NULL ? packed->len : bm_sketch_head(sketch)->n > 0 ? bm_sketch_size(sketch) : 0;
    double values[WANTED];

    at = bm_wire_put_varint(at, len);
    if (len == 0)
        return at;
    if (packed->data != NULL) {
        memcpy(at, packed->data, len);
        memcpy(values, packed->values, sizeof(values));
        at += len;
    }
    else {
        at = bm_sketch_write(sketch, at);
        bm_sketch_quantiles(sketch, wanted, values, WANTED);
    }
    for (int i = 0; i < WANTED; i++)
        at = bm_wire_put_double(at, values[i]);
    return at;
}

static apr_size_t sketch_room(const bm_sketch_t *sketch, const packed_t *packed)
{
    return (packed->data != NULL ? packed->len : bm_sketch_size(sketch)) + BM_WIRE_VARINT_MAX + WANTED * 8;
}

static apr_size_t group_room(const group_t *group)
{
    return (COUNTERS + 2) * BM_WIRE_VARINT_MAX + 2 * 8 + sketch_room(group->total, &group->packed_total)
           + sketch_room(group->ttft, &group->packed_ttft);
}

static unsigned char *group_write(unsigned char *at, group_t *group)
{
    apr_uint64_t *fields[COUNTERS];

    counters_of(fields, &group->counts);
    at = bm_wire_put_varint(at, (apr_uint64_t)group->id);
    for (int i = 0; i < COUNTERS; i++)
        at = bm_wire_put_varint(at, *fields[i]);
    at = bm_wire_put_double(at, group->counts.cost);
    at = bm_wire_put_varint(at, group->itl_n);
    at = bm_wire_put_double(at, group->itl_sum);
    at = sketch_write(at, group->total, &group->packed_total);
    return sketch_write(at, group->ttft, &group->packed_ttft);
}

const unsigned char *bm_kpi_fold_write(apr_size_t *len, bm_kpi_fold_t *fold, apr_pool_t *p)
{
    apr_hash_t *const parts[] = { fold->scenarios, fold->locations, fold->buckets };
    apr_size_t room = 1 + 3 * BM_WIRE_VARINT_MAX;
    unsigned char *bytes, *at;
    apr_hash_index_t *hi;

    know_all(fold);
    room += group_room(&fold->all);
    for (int i = 0; i < 3; i++)
        for (hi = apr_hash_first(p, parts[i]); hi != NULL; hi = apr_hash_next(hi))
            room += group_room(apr_hash_this_val(hi));
    bytes = at = apr_palloc(p, room);
    *at++ = VERSION;
    at = group_write(at, &fold->all);
    for (int i = 0; i < 3; i++) {
        at = bm_wire_put_varint(at, apr_hash_count(parts[i]));
        for (hi = apr_hash_first(p, parts[i]); hi != NULL; hi = apr_hash_next(hi))
            at = group_write(at, apr_hash_this_val(hi));
    }
    *len = (apr_size_t)(at - bytes);
    return bytes;
}

static apr_status_t sketch_take(packed_t *packed, bm_wire_t *w)
{
    apr_uint64_t len;
    bm_sketch_head_t head;

    memset(packed, 0, sizeof(*packed));
    if (bm_wire_get_varint(&len, w, (apr_uint64_t)(w->end - w->at)) != APR_SUCCESS)
        return APR_EINVAL;
    if (len == 0)
        return APR_SUCCESS;
    packed->len = (apr_size_t)len;
    if (bm_wire_get_bytes(&packed->data, w, len) != APR_SUCCESS
        || bm_sketch_read_head(&head, packed->data, packed->len) != APR_SUCCESS || head.n == 0)
        return APR_EINVAL;
    for (int i = 0; i < WANTED; i++)
        if (bm_wire_get_double(&packed->values[i], w) != APR_SUCCESS)
            return APR_EINVAL;
    return APR_SUCCESS;
}

static apr_status_t group_take(group_t *group, bm_wire_t *w)
{
    apr_uint64_t *fields[COUNTERS];

    counters_of(fields, &group->counts);
    for (int i = 0; i < COUNTERS; i++)
        if (bm_wire_get_varint(fields[i], w, BM_KPI_COUNT_MAX) != APR_SUCCESS)
            return APR_EINVAL;
    if (bm_wire_get_double(&group->counts.cost, w) != APR_SUCCESS
        || bm_wire_get_varint(&group->itl_n, w, BM_SKETCH_COUNT_MAX) != APR_SUCCESS
        || bm_wire_get_double(&group->itl_sum, w) != APR_SUCCESS
        || sketch_take(&group->packed_total, w) != APR_SUCCESS)
        return APR_EINVAL;
    return sketch_take(&group->packed_ttft, w);
}

static apr_uint64_t packed_n(const packed_t *packed)
{
    bm_sketch_head_t head = { 0 };

    if (packed->data != NULL)
        (void)bm_sketch_read_head(&head, packed->data, packed->len);
    return head.n;
}

static apr_status_t groups_take(bm_kpi_fold_t *fold, apr_hash_t *groups, bm_wire_t *w)
{
    apr_uint64_t count, id;

    if (bm_wire_get_varint(&count, w, (apr_uint64_t)(w->end - w->at)) != APR_SUCCESS)
        return APR_EINVAL;
    while (count-- > 0)
        if (bm_wire_get_varint(&id, w, APR_INT64_MAX) != APR_SUCCESS
            || group_take(group_get(fold, groups, (apr_int64_t)id), w) != APR_SUCCESS)
            return APR_EINVAL;
    return APR_SUCCESS;
}

apr_status_t bm_kpi_fold_read(bm_kpi_fold_t **pfold, const bm_kpi_range_t *range, const void *data, apr_size_t len, apr_pool_t *p)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };
    bm_kpi_fold_t *fold = bm_kpi_fold_make(range, p);
    const unsigned char *version;
    apr_uint64_t id;

    *pfold = NULL;
    if (bm_wire_get_bytes(&version, &w, 1) != APR_SUCCESS || *version != VERSION
        || bm_wire_get_varint(&id, &w, 0) != APR_SUCCESS || group_take(&fold->all, &w) != APR_SUCCESS
        || groups_take(fold, fold->scenarios, &w) != APR_SUCCESS || groups_take(fold, fold->locations, &w) != APR_SUCCESS
        || groups_take(fold, fold->buckets, &w) != APR_SUCCESS || w.at != w.end)
        return APR_EINVAL;
    fold->all_known = 1;
    fold->total_n = packed_n(&fold->all.packed_total);
    fold->ttft_n = packed_n(&fold->all.packed_ttft);
    fold->itl_n = fold->all.itl_n;
    *pfold = fold;
    return APR_SUCCESS;
}
