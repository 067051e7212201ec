/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_view.h"

#include <string.h>
#include "base/wire.h"

static apr_status_t counts_read(bm_kpi_counts_t *counts, bm_wire_t *w)
{
    apr_uint64_t *const fields[] = {
        &counts->status[BM_KPI_COMPLETED], &counts->status[BM_KPI_FAILED], &counts->status[BM_KPI_CANCELLED],
        &counts->status[BM_KPI_TIMED_OUT], &counts->good, &counts->prompt_tokens, &counts->completion_tokens,
        &counts->reasoning_tokens, &counts->cached_tokens, &counts->error_other
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (bm_wire_get_varint(fields[i], w, BM_KPI_COUNT_MAX) != APR_SUCCESS)
            return APR_EINVAL;
    }
    if (bm_wire_get_double(&counts->cost, w) != APR_SUCCESS || counts->cost < 0
        || counts->good > counts->status[BM_KPI_COMPLETED])
        return APR_EINVAL;
    return APR_SUCCESS;
}

static apr_status_t errors_read(bm_kpi_view_t *view, bm_wire_t *w)
{
    apr_uint64_t count, len;
    const unsigned char *name;

    if (bm_wire_get_varint(&count, w, BM_KPI_ERRORS_MAX) != APR_SUCCESS)
        return APR_EINVAL;
    for (view->error_count = 0; view->error_count < (int)count; view->error_count++) {
        bm_kpi_error_t *e = &view->errors[view->error_count];

        if (bm_wire_get_varint(&len, w, BM_KPI_ERROR_NAME_MAX) != APR_SUCCESS
            || bm_wire_get_bytes(&name, w, len) != APR_SUCCESS
            || bm_wire_get_varint(&e->count, w, BM_KPI_COUNT_MAX) != APR_SUCCESS
            || e->count == 0 || !bm_kpi_cell_is_class((const char *)name, (apr_size_t)len))
            return APR_EINVAL;
        e->name = (const char *)name;
        e->len = (apr_size_t)len;
        if (view->error_count > 0 && bm_kpi_cell_error_order(e - 1, e) >= 0)
            return APR_EINVAL;
    }
    return APR_SUCCESS;
}

static apr_status_t metrics_read(bm_kpi_view_t *view, bm_wire_t *w)
{
    apr_uint64_t id, len, previous = 0;

    while (w->at < w->end) {
        if (bm_wire_get_varint(&id, w, BM_KPI_METRIC_END - 1) != APR_SUCCESS || id <= previous
            || bm_wire_get_varint(&len, w, (apr_uint64_t)(w->end - w->at)) != APR_SUCCESS
            || bm_wire_get_bytes(&view->metrics[id].data, w, len) != APR_SUCCESS)
            return APR_EINVAL;
        view->metrics[id].len = (apr_size_t)len;
        previous = id;
    }
    return APR_SUCCESS;
}

apr_status_t bm_kpi_view_read(bm_kpi_view_t *view, const void *data, apr_size_t len)
{
    bm_wire_t w = { .at = data, .end = (const unsigned char *)data + len };
    const unsigned char *version;

    memset(view->metrics, 0, sizeof(view->metrics));
    if (bm_wire_get_bytes(&version, &w, 1) != APR_SUCCESS || *version != BM_KPI_CELL_VERSION
        || counts_read(&view->counts, &w) != APR_SUCCESS || errors_read(view, &w) != APR_SUCCESS
        || metrics_read(view, &w) != APR_SUCCESS)
        return APR_EINVAL;
    return APR_SUCCESS;
}

/* What stands before the bytes of a metric: its id and their length. */
static apr_size_t tag_size(const bm_kpi_view_t *view, int id)
{
    return bm_wire_varint_size((apr_uint64_t)id) + bm_wire_varint_size(view->metrics[id].len);
}

apr_status_t bm_kpi_view_join(const unsigned char **pdata, apr_size_t *plen, const void *first, apr_size_t first_len,
                              const void *second, apr_size_t second_len, apr_pool_t *p)
{
    unsigned char *joined = apr_palloc(p, first_len + second_len), *to = joined;
    apr_size_t head = first_len;
    bm_kpi_view_t views[2];
    int id, which;

    if (bm_kpi_view_read(&views[0], first, first_len) != APR_SUCCESS
        || bm_kpi_view_read(&views[1], second, second_len) != APR_SUCCESS)
        return APR_EINVAL;
    for (id = 1; id < BM_KPI_METRIC_END; id++)
        if (views[0].metrics[id].data != NULL)
            head -= tag_size(&views[0], id) + views[0].metrics[id].len;
    memcpy(to, first, head);
    to += head;
    for (id = 1; id < BM_KPI_METRIC_END; id++) {
        if (views[0].metrics[id].data != NULL && views[1].metrics[id].data != NULL)
            return APR_EINVAL;
        for (which = 0; which < 2; which++) {
            apr_size_t tag = tag_size(&views[which], id), len = views[which].metrics[id].len;

            if (views[which].metrics[id].data == NULL)
                continue;
            memcpy(to, views[which].metrics[id].data - tag, tag + len);
            to += tag + len;
        }
    }
    *pdata = joined;
    *plen = (apr_size_t)(to - joined);
    return APR_SUCCESS;
}
