/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_merge.h"

#include "kpi/kpi_fold.h"

#define BODY_METRICS (1u | BM_KPI_FOLD_METRICS)

static apr_status_t merge(bm_kpi_cell_t **psum, const bm_kpi_body_t *parts, int n, apr_pool_t *p)
{
    apr_status_t rv = bm_kpi_cell_read(psum, parts[0].data, (apr_size_t)parts[0].len, p);
    bm_kpi_cell_t *part;
    int i;

    for (i = 1; i < n && rv == APR_SUCCESS; i++) {
        rv = bm_kpi_cell_read(&part, parts[i].data, (apr_size_t)parts[i].len, p);
        if (rv == APR_SUCCESS)
            rv = bm_kpi_cell_merge(*psum, part);
    }
    return rv;
}

static bm_kpi_body_t part_of(const bm_kpi_cell_t *cell, apr_uint32_t metrics, apr_pool_t *p)
{
    bm_kpi_body_t body;
    apr_size_t len;

    body.data = bm_kpi_cell_write_part(&len, cell, metrics, p);
    body.len = (int)len;
    return body;
}

static int has_more(const bm_kpi_cell_t *cell)
{
    int id;

    for (id = 1; id < BM_KPI_METRIC_END; id++)
        if ((BODY_METRICS >> id & 1) == 0 && bm_kpi_cell_sketch(cell, (bm_kpi_metric_e)id) != NULL)
            return 1;
    return 0;
}

apr_status_t bm_kpi_merge(void *baton, bm_kpi_stored_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p)
{
    bm_kpi_cell_t *sum;
    apr_status_t rv = merge(&sum, parts, n, p);

    (void)baton;
    if (rv != APR_SUCCESS)
        return rv;
    merged->body = part_of(sum, BODY_METRICS, p);
    merged->more = has_more(sum) ? part_of(sum, ~BODY_METRICS, p) : (bm_kpi_body_t){ NULL, 0 };
    return APR_SUCCESS;
}

apr_status_t bm_kpi_merge_whole(bm_kpi_body_t *merged, const bm_kpi_body_t *parts, int n, apr_pool_t *p)
{
    bm_kpi_cell_t *sum;
    apr_status_t rv = merge(&sum, parts, n, p);

    if (rv == APR_SUCCESS)
        *merged = part_of(sum, ~0u, p);
    return rv;
}

int bm_kpi_merge_has_in_body(apr_uint32_t metrics)
{
    return metrics != 0 && (metrics & ~BODY_METRICS) == 0;
}
