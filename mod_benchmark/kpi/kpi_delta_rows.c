/* SPDX-License-Identifier: Apache-2.0 */
#include "kpi/kpi_delta_rows.h"

bm_delta_row_t *bm_kpi_delta_rows(const apr_array_header_t *deltas, apr_pool_t *p)
{
    bm_delta_row_t *rows = apr_pcalloc(p, sizeof(*rows) * (apr_size_t)(deltas->nelts + 1));
    int i;

    for (i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *delta = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        rows[i] = (bm_delta_row_t){
            .scenario_id = delta->key.scenario_id, .model_id = delta->key.model_id, .source = delta->key.source,
            .label_id = delta->key.label_id, .location_id = delta->key.location_id, .hour = delta->key.hour, .n = (int)delta->n,
            .min_id = delta->min_id, .max_id = delta->max_id, .body = delta->body, .body_len = (int)delta->len
        };
    }
    return rows;
}
