/* SPDX-License-Identifier: Apache-2.0 */
#include "api/scenario_cells.h"

#include "api/kpi_cells.h"
#include "api/resource.h"
#include "model/run_model.h"
#include "model/scenario_model.h"
#include "store/scenario_store.h"

enum { HOUR = 3600, DAYS_FROM_HOURS = 14 * 24 };

typedef struct known_t {
    apr_int32_t from, to;
    const bm_kpi_cell_t *cell;
} known_t;

apr_status_t bm_scenario_cells_open(bm_scenario_cells_t *s, bm_req_t *q, apr_int64_t id)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_scenario_store_get(&rows, q->db, id, 0, q->err, q->p);

    *s = (bm_scenario_cells_t){ .q = q, .id = id, .read = apr_array_make(q->p, 8, sizeof(known_t)) };
    if (rv == APR_SUCCESS)
        rv = bm_kpi_keep_store_get(&s->kept, q->db, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&s->json, q, rows, 0, BM_SCENARIO_FIRST, bm_scenario_fields);
    if (rv != APR_SUCCESS)
        return rv;
    s->version = (int)json_integer_value(json_object_get(s->json, "version"));
    s->name = json_string_value(json_object_get(s->json, "name"));
    s->slos_json = bm_slos_complete(json_object_get(s->json, "slos"), q->p);
    s->slo_count = bm_kpi_slos_read(s->slos, s->slos_json, q->p);
    return APR_SUCCESS;
}

static bm_kpi_window_t window_of(const bm_scenario_cells_t *s, apr_int32_t from, apr_int32_t to)
{
    apr_int32_t end = to > 0 ? to : (apr_int32_t)(apr_time_sec(s->q->now) / HOUR) + 1;
    bm_kpi_window_t window = { .from_hour = from, .to_hour = to, .source = BM_RUN_KIND_RUN, .scenario_id = s->id,
                               .automation_id = -1, .by_day = end - from > DAYS_FROM_HOURS };

    (void)bm_kpi_keep_fit(&window, &s->kept);
    return window;
}

apr_int32_t bm_scenario_cells_from(const bm_scenario_cells_t *s, int hours)
{
    return window_of(s, (apr_int32_t)(apr_time_sec(s->q->now) / HOUR) - hours, 0).from_hour;
}

typedef struct merge_t {
    bm_kpi_cell_t *sum;
    apr_pool_t *pcell;             /* of one cell */
} merge_t;

static apr_status_t add_cell(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len)
{
    merge_t *merge = baton;
    bm_kpi_cell_t *cell;
    apr_status_t rv;

    (void)key;
    apr_pool_clear(merge->pcell);
    rv = bm_kpi_cell_read(&cell, body, len, merge->pcell);
    return rv == APR_SUCCESS ? bm_kpi_cell_merge(merge->sum, cell) : rv;
}

apr_status_t bm_scenario_cells_get(const bm_kpi_cell_t **pcell, bm_scenario_cells_t *s, apr_int32_t from, apr_int32_t to)
{
    bm_kpi_window_t window = window_of(s, from, to);
    merge_t merge = { .sum = bm_kpi_cell_make(s->q->p) };
    known_t *known;
    apr_status_t rv;
    int i;

    for (i = 0; i < s->read->nelts; i++) {
        known = &APR_ARRAY_IDX(s->read, i, known_t);
        if (known->from == from && known->to == to) {
            *pcell = known->cell;
            return APR_SUCCESS;
        }
    }
    apr_pool_create(&merge.pcell, s->q->p);
    rv = bm_kpi_cells_each(s->q, &window, add_cell, &merge);
    apr_pool_destroy(merge.pcell);
    if (rv != APR_SUCCESS)
        return rv;
    known = apr_array_push(s->read);
    *known = (known_t){ from, to, merge.sum };
    *pcell = merge.sum;
    return APR_SUCCESS;
}
