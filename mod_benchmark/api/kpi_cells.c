/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_cells.h"

static apr_status_t cell_give(bm_req_t *q, const bm_kpi_key_t *key, const void *body, apr_size_t len, bm_kpi_cells_fn *fn,
                              void *baton)
{
    apr_status_t rv = fn(baton, key, body, len);

    if (rv == APR_EINVAL || rv == APR_ENOSPC)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "the KPI cell of scenario %" APR_INT64_T_FMT ", hour %d is damaged",
                          key->scenario_id, key->hour);
    return rv;
}

apr_status_t bm_kpi_cells_each(bm_req_t *q, const bm_kpi_window_t *window, bm_kpi_cells_fn *fn, void *baton)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_read_store_cells(&rows, q->db, window, q->err, q->p);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        bm_kpi_key_t key = { .source = window->source };
        const void *body;
        apr_size_t len = bm_rows_bytes(&body, rows, i, BM_KPI_READ_BODY, q->p);

        key.scenario_id = bm_rows_int64(rows, i, BM_KPI_READ_SCENARIO, 0);
        key.model_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_MODEL, 0);
        key.location_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_LOCATION, 0);
        key.label_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_LABEL, 0);
        key.hour = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_HOUR, 0);
        rv = cell_give(q, &key, body, len, fn, baton);
    }
    return rv;
}
