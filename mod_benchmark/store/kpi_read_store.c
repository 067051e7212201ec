/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_read_store.h"

#include "store/select.h"

/* Larger than any hour, and no day overflows as an hour. */
#define NO_END 2000000000

static void add_scope(bm_select_t *s, const bm_kpi_window_t *window)
{
    if (window->label_id == 0)
        bm_select_add(s, 'a', " and label_id = 0");
    else if (window->label_id == BM_KPI_EACH_LABEL)
        bm_select_add(s, 'b', " and label_id <> 0");
    else        /* the constant says that the index of label cells will do */
        bm_select_param(s, 'i', " and label_id <> 0 and label_id = ", bm_param_int(window->label_id), "");
    if (window->scenario_id >= 0)
        bm_select_param(s, 's', " and scenario_id = ", bm_param_int64(window->scenario_id), "");
    if (window->automation_id >= 0)
        bm_select_param(s, 't', " and scenario_id in (select id from scenarios where automation_id = ",
                        bm_param_int64(window->automation_id), ")");
    if (window->location != NULL)
        bm_select_param(s, 'l', " and location_id = (select id from locations where name = ",
                        bm_param_text(window->location), ")");
}

static void add_cells(bm_select_t *s, const bm_kpi_window_t *window, int level, apr_int32_t from, apr_int32_t to)
{
    bm_select_add(s, level ? 'd' : 'h', level
                  ? "select scenario_id, model_id, location_id, bucket * 24 as hour, body, label_id from kpi_cell where level = 1"
                  : "select scenario_id, model_id, location_id, bucket as hour, body, label_id from kpi_cell where level = 0");
    bm_select_param(s, 'c', " and source = ", bm_param_int(window->source), "");
    bm_select_param(s, 'f', " and bucket >= ", bm_param_int(from), "");
    bm_select_param(s, 'g', " and bucket < ", bm_param_int(to), "");
    add_scope(s, window);
    bm_select_add(s, 'u', " union all ");
}

apr_status_t bm_kpi_read_store_cells(bm_rows_t **prows, bm_db_t *db, const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("kpi_read", "", p);
    apr_int32_t to_hour = window->to_hour > 0 ? window->to_hour : NO_END;
    apr_int32_t from_day = (window->from_hour + 23) / 24, to_day = to_hour / 24;

    if (window->by_day && from_day < to_day) {
        if (window->from_hour < from_day * 24)
            add_cells(s, window, 0, window->from_hour, from_day * 24);
        add_cells(s, window, 1, from_day, to_day);
        if (to_hour != NO_END && to_day * 24 < to_hour)
            add_cells(s, window, 0, to_day * 24, to_hour);
    }
    else
        add_cells(s, window, 0, window->from_hour, to_hour);
    bm_select_add(s, 'e', "select scenario_id, model_id, location_id, hour, body, label_id from kpi_delta where true");
    bm_select_param(s, 'c', " and source = ", bm_param_int(window->source), "");
    bm_select_param(s, 'f', " and hour >= ", bm_param_int(window->from_hour), "");
    bm_select_param(s, 'g', " and hour < ", bm_param_int(to_hour), "");
    add_scope(s, window);
    s->binary = 1;
    return bm_select_run(prows, s, db, err, p);
}
