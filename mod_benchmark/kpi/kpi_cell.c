/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_cell.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/wire.h"
#include "kpi/kpi_view.h"

struct bm_kpi_cell_t {
    bm_kpi_counts_t counts;
    apr_pool_t *p;
    int error_count;
    bm_kpi_error_t errors[BM_KPI_ERRORS_MAX];       /* ascending by name, names in p */
    bm_sketch_t *sketches[BM_KPI_METRIC_END];       /* by id; NULL until there are values */
};

bm_kpi_cell_t *bm_kpi_cell_make(apr_pool_t *p)
{
    bm_kpi_cell_t *cell = apr_pcalloc(p, sizeof(*cell));

    cell->p = p;
    return cell;
}

const bm_kpi_counts_t *bm_kpi_cell_counts(const bm_kpi_cell_t *cell)
{
    return &cell->counts;
}

const bm_kpi_error_t *bm_kpi_cell_errors(const bm_kpi_cell_t *cell, int *count)
{
    *count = cell->error_count;
    return cell->errors;
}

const bm_sketch_t *bm_kpi_cell_sketch(const bm_kpi_cell_t *cell, bm_kpi_metric_e metric)
{
    const bm_sketch_t *sketch = bm_kpi_metric_find((int)metric) != NULL ? cell->sketches[metric] : NULL;

    return sketch != NULL && bm_sketch_head(sketch)->n > 0 ? sketch : NULL;
}

int bm_kpi_cell_error_order(const bm_kpi_error_t *a, const bm_kpi_error_t *b)
{
    int order = memcmp(a->name, b->name, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

int bm_kpi_cell_is_class(const char *name, apr_size_t len)
{
    if (len == 0 || len > BM_KPI_ERROR_NAME_MAX)
        return 0;
    for (apr_size_t i = 0; i < len; i++) {
        char c = name[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
            return 0;
    }
    return 1;
}

/* --- counting --- */

/* Neither wraps nor passes the limit: both are at most 2^53 or a count within one run. */
static void count_add(apr_uint64_t *counter, apr_uint64_t more)
{
    *counter = more > BM_KPI_COUNT_MAX - *counter ? BM_KPI_COUNT_MAX : *counter + more;
}

void bm_kpi_cell_counts_add(bm_kpi_counts_t *counts, const bm_kpi_counts_t *more)
{
    for (int i = 0; i < BM_KPI_STATUS_END; i++)
        count_add(&counts->status[i], more->status[i]);
    count_add(&counts->good, more->good);
    count_add(&counts->prompt_tokens, more->prompt_tokens);
    count_add(&counts->completion_tokens, more->completion_tokens);
    count_add(&counts->reasoning_tokens, more->reasoning_tokens);
    count_add(&counts->cached_tokens, more->cached_tokens);
    count_add(&counts->error_other, more->error_other);
    counts->cost = fmin(counts->cost + more->cost, 1e300);      /* stays finite whatever was stored */
}

static void error_add(bm_kpi_cell_t *cell, const bm_kpi_error_t *error)
{
    int at = 0, order = 1;

    while (at < cell->error_count && (order = bm_kpi_cell_error_order(&cell->errors[at], error)) < 0)
        at++;
    if (at < cell->error_count && order == 0) {
        count_add(&cell->errors[at].count, error->count);
        return;
    }
    if (at == BM_KPI_ERRORS_MAX) {
        count_add(&cell->counts.error_other, error->count);
        return;
    }
    if (cell->error_count == BM_KPI_ERRORS_MAX)             /* the last one makes room, for good */
        count_add(&cell->counts.error_other, cell->errors[--cell->error_count].count);
    memmove(cell->errors + at + 1, cell->errors + at, sizeof(*cell->errors) * (apr_size_t)(cell->error_count - at));
    cell->errors[at] = *error;
    cell->errors[at].name = apr_pstrmemdup(cell->p, error->name, error->len);
    cell->error_count++;
}

static bm_sketch_t *sketch_of(bm_kpi_cell_t *cell, int metric)
{
    if (cell->sketches[metric] == NULL)
        cell->sketches[metric] = bm_sketch_make(cell->p);
    return cell->sketches[metric];
}

apr_status_t bm_kpi_cell_add_values(bm_kpi_cell_t *cell, bm_kpi_metric_e metric, const bm_kpi_gaps_t *values)
{
    bm_sketch_t *sketch;

    if (bm_kpi_metric_find((int)metric) == NULL)
        return APR_EINVAL;
    if (values->count == 0)
        return APR_SUCCESS;
    sketch = sketch_of(cell, (int)metric);
    for (apr_size_t i = 0; i < values->count; i++) {
        if (bm_sketch_add(sketch, values->ms[i], values->times != NULL ? values->times[i] : 1) == APR_ENOSPC)
            return APR_ENOSPC;
    }
    return APR_SUCCESS;
}

apr_status_t bm_kpi_cell_add_run(bm_kpi_cell_t *cell, const bm_kpi_sample_t *sample)
{
    bm_kpi_counts_t one = {
        .prompt_tokens = sample->prompt_tokens, .completion_tokens = sample->completion_tokens,
        .reasoning_tokens = sample->reasoning_tokens, .cached_tokens = sample->cached_tokens,
        .cost = isfinite(sample->cost) && sample->cost > 0 ? sample->cost : 0
    };
    int completed = sample->status == BM_KPI_COMPLETED;
    apr_size_t len = sample->error_class != NULL ? strlen(sample->error_class) : 0;

    if ((int)sample->status < 0 || sample->status >= BM_KPI_STATUS_END)
        return APR_EINVAL;
    one.status[sample->status] = 1;
    one.good = completed && sample->good;
    one.error_other = !completed && len > 0 && !bm_kpi_cell_is_class(sample->error_class, len);
    bm_kpi_cell_counts_add(&cell->counts, &one);
    if (!completed && len > 0 && !one.error_other)
        error_add(cell, &(bm_kpi_error_t){ .name = sample->error_class, .len = len, .count = 1 });
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if ((sample->present >> id & 1) && (completed || bm_kpi_metric_find(id)->of == BM_KPI_OF_EVERY_RUN))
            (void)bm_sketch_add(sketch_of(cell, id), sample->values[id], 1);
    }
    if (completed) {
        (void)bm_kpi_cell_add_values(cell, BM_KPI_ITL, &sample->itl);
        (void)bm_kpi_cell_add_values(cell, BM_KPI_ICL, &sample->icl);
    }
    return APR_SUCCESS;
}

static apr_uint64_t values_of(const bm_kpi_cell_t *cell, int metric)
{
    return cell->sketches[metric] != NULL ? bm_sketch_head(cell->sketches[metric])->n : 0;
}

apr_status_t bm_kpi_cell_merge(bm_kpi_cell_t *dst, const bm_kpi_cell_t *src)
{
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (values_of(src, id) > BM_SKETCH_COUNT_MAX - values_of(dst, id))
            return APR_ENOSPC;
    }
    bm_kpi_cell_counts_add(&dst->counts, &src->counts);
    for (int i = 0; i < src->error_count; i++)
        error_add(dst, &src->errors[i]);
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (values_of(src, id) > 0)
            (void)bm_sketch_merge(sketch_of(dst, id), src->sketches[id]);
    }
    return APR_SUCCESS;
}

/* --- wire form --- */

/* Room that suffices for everything before the sketches. */
#define HEAD_MAX (1 + (BM_KPI_STATUS_END + 6) * BM_WIRE_VARINT_MAX + 8 + BM_WIRE_VARINT_MAX \
                  + BM_KPI_ERRORS_MAX * (BM_KPI_ERROR_NAME_MAX + 2 * BM_WIRE_VARINT_MAX))

static unsigned char *head_write(const bm_kpi_cell_t *cell, unsigned char *at)
{
    const bm_kpi_counts_t *c = &cell->counts;
    const apr_uint64_t fields[] = {
        c->status[BM_KPI_COMPLETED], c->status[BM_KPI_FAILED], c->status[BM_KPI_CANCELLED],
        c->status[BM_KPI_TIMED_OUT], c->good, c->prompt_tokens, c->completion_tokens,
        c->reasoning_tokens, c->cached_tokens, c->error_other
    };

    *at++ = BM_KPI_CELL_VERSION;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        at = bm_wire_put_varint(at, fields[i]);
    at = bm_wire_put_double(at, c->cost);
    at = bm_wire_put_varint(at, (apr_uint64_t)cell->error_count);
    for (int i = 0; i < cell->error_count; i++) {
        at = bm_wire_put_varint(at, cell->errors[i].len);
        memcpy(at, cell->errors[i].name, cell->errors[i].len);
        at = bm_wire_put_varint(at + cell->errors[i].len, cell->errors[i].count);
    }
    return at;
}

const unsigned char *bm_kpi_cell_write(apr_size_t *len, const bm_kpi_cell_t *cell, apr_pool_t *p)
{
    return bm_kpi_cell_write_part(len, cell, ~(apr_uint32_t)0, p);
}

const unsigned char *bm_kpi_cell_write_part(apr_size_t *len, const bm_kpi_cell_t *cell, apr_uint32_t metrics, apr_pool_t *p)
{
    static const bm_kpi_cell_t nothing;
    unsigned char head[HEAD_MAX], *bytes, *at;
    apr_size_t head_len = (apr_size_t)(head_write(metrics & 1 ? cell : &nothing, head) - head), size = head_len;
    apr_size_t sizes[BM_KPI_METRIC_END] = { 0 };

    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (values_of(cell, id) == 0 || (metrics >> id & 1) == 0)
            continue;
        sizes[id] = bm_sketch_size(cell->sketches[id]);
        size += bm_wire_varint_size((apr_uint64_t)id) + bm_wire_varint_size(sizes[id]) + sizes[id];
    }
    bytes = apr_palloc(p, size);
    memcpy(bytes, head, head_len);
    at = bytes + head_len;
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (sizes[id] == 0)
            continue;
        at = bm_wire_put_varint(at, (apr_uint64_t)id);
        at = bm_wire_put_varint(at, sizes[id]);
        at = bm_sketch_write(cell->sketches[id], at);
    }
    *len = size;
    return bytes;
}

apr_status_t bm_kpi_cell_read(bm_kpi_cell_t **pcell, const void *data, apr_size_t len, apr_pool_t *p)
{
    bm_kpi_cell_t *cell;
    bm_kpi_view_t view;
    apr_status_t rv = bm_kpi_view_read(&view, data, len);

    *pcell = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    cell = bm_kpi_cell_make(p);
    cell->counts = view.counts;
    for (int i = 0; i < view.error_count; i++) {
        cell->errors[i] = view.errors[i];
        cell->errors[i].name = apr_pstrmemdup(p, view.errors[i].name, view.errors[i].len);
    }
    cell->error_count = view.error_count;
    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (view.metrics[id].data == NULL)
            continue;
        rv = bm_sketch_read(sketch_of(cell, id), view.metrics[id].data, view.metrics[id].len);
        if (rv != APR_SUCCESS)
            return rv;
        if (values_of(cell, id) == 0)
            return APR_EINVAL;                      /* a metric without values is not written */
    }
    *pcell = cell;
    return APR_SUCCESS;
}
