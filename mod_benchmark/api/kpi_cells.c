/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_cells.h"

#include <string.h>
#include "kpi/kpi_board_view.h"
#include "kpi/kpi_merge.h"

#define HEADER "X-Benchmark-KPIs"

/* One answer may be made of several windows: it came from the board if all of them did. */
static void say_source(bm_req_t *q, int from_board)
{
    const char *said = apr_table_get(q->headers, HEADER);

    if (q->api->kpi_board != NULL)
        bm_kpi_board_count(q->api->kpi_board, from_board);
    if (said == NULL || strcmp(said, "board") == 0)
        apr_table_setn(q->headers, HEADER, from_board ? "board" : "store");
}

static apr_status_t cell_give(bm_req_t *q, const bm_kpi_key_t *key, const void *body, apr_size_t len, bm_kpi_cells_fn *fn,
                              void *baton)
{
    apr_status_t rv = fn(baton, key, body, len);

    if (rv == APR_EINVAL || rv == APR_ENOSPC)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "the KPI cell of scenario %" APR_INT64_T_FMT ", hour %d is damaged",
                          key->scenario_id, key->hour);
    return rv;
}

/* Rows of the store; those without a body are none. */
static apr_status_t rows_give(bm_req_t *q, const bm_rows_t *rows, int source, bm_kpi_cells_fn *fn, void *baton)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        bm_kpi_key_t key = { .source = source };
        const void *body, *more;
        apr_size_t len = bm_rows_bytes(&body, rows, i, BM_KPI_READ_BODY, q->p);
        apr_size_t more_len = bm_rows_bytes(&more, rows, i, BM_KPI_READ_MORE, q->p);

        if (body == NULL)
            continue;
        key.scenario_id = bm_rows_int64(rows, i, BM_KPI_READ_SCENARIO, 0);
        key.model_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_MODEL, 0);
        key.location_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_LOCATION, 0);
        key.label_id = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_LABEL, 0);
        key.hour = (apr_int32_t)bm_rows_int64(rows, i, BM_KPI_READ_HOUR, 0);
        rv = cell_give(q, &key, body, len, fn, baton);
        if (rv == APR_SUCCESS && more != NULL)
            rv = cell_give(q, &key, more, more_len, fn, baton);
    }
    return rv;
}

/* @return APR_NOTFOUND: the board has it not, read the store; nothing was given then. */
static apr_status_t from_board(bm_req_t *q, const bm_kpi_window_t *window, bm_kpi_cells_fn *fn, void *baton)
{
    bm_kpi_board_wish_t wish;
    bm_kpi_board_mark_t mark;
    apr_array_header_t *scenarios, *cells;
    bm_rows_t *since;
    apr_status_t rv;
    int i;

    if (q->api->kpi_board == NULL || window->label_id != 0)        /* it has the cells of all runs only */
        return APR_NOTFOUND;
    if (!q->who.projects.all)                                       /* and of all projects */
        return APR_NOTFOUND;
    bm_kpi_board_view_wish(&wish, window);
    rv = bm_kpi_read_store_scope(&scenarios, &wish.location_id, q->db, window, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    wish.scenarios = scenarios != NULL ? (const apr_int64_t *)scenarios->elts : NULL;
    wish.scenario_count = scenarios != NULL ? scenarios->nelts : 0;
    if (bm_kpi_board_read(&cells, &mark, q->api->kpi_board, &wish, q->p) != APR_SUCCESS)
        return APR_NOTFOUND;
    rv = bm_kpi_read_store_since(&since, q->db, &mark, window, q->err, q->p);
    for (i = 0; rv == APR_SUCCESS && i < cells->nelts; i++) {
        const bm_kpi_board_cell_t *cell = &APR_ARRAY_IDX(cells, i, bm_kpi_board_cell_t);
        bm_kpi_key_t key = bm_kpi_board_view_key(&cell->key);

        rv = cell_give(q, &key, cell->data, cell->len, fn, baton);
    }
    return rv == APR_SUCCESS ? rows_give(q, since, window->source, fn, baton) : rv;
}

apr_status_t bm_kpi_cells_each(bm_req_t *q, const bm_kpi_window_t *window, bm_kpi_cells_fn *fn, void *baton)
{
    apr_status_t rv = from_board(q, window, fn, baton);
    bm_kpi_window_t needed = *window;
    bm_rows_t *rows;

    say_source(q, rv != APR_NOTFOUND);
    if (rv != APR_NOTFOUND)
        return rv;
    needed.body_only = bm_kpi_merge_has_in_body(window->metrics);
    rv = bm_kpi_read_store_cells(&rows, q->db, &needed, q->err, q->p);
    return rv == APR_SUCCESS ? rows_give(q, rows, window->source, fn, baton) : rv;
}

static apr_status_t fold_cell(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len)
{
    return bm_kpi_fold_add(baton, key, body, len);
}

/* @return APR_NOTFOUND: there is no such view now. */
static apr_status_t from_view(bm_kpi_fold_t **pfold, bm_req_t *q, const bm_kpi_window_t *window, const bm_kpi_range_t *range)
{
    apr_uint64_t number = q->api->kpi_board != NULL && q->who.projects.all ? bm_kpi_board_view_number(window, range) : 0;
    bm_kpi_board_cell_t view;
    bm_kpi_board_mark_t mark;
    bm_rows_t *since;
    apr_status_t rv;

    if (number == 0 || bm_kpi_board_read_view(&view, &mark, q->api->kpi_board, number, q->p) != APR_SUCCESS
        || bm_kpi_fold_read(pfold, range, view.data, view.len, q->p) != APR_SUCCESS)
        return APR_NOTFOUND;
    rv = bm_kpi_read_store_since(&since, q->db, &mark, window, q->err, q->p);
    return rv == APR_SUCCESS ? rows_give(q, since, window->source, fold_cell, *pfold) : rv;
}

apr_status_t bm_kpi_cells_fold(bm_kpi_fold_t **pfold, bm_req_t *q, const bm_kpi_window_t *window, const bm_kpi_range_t *range)
{
    bm_kpi_window_t needed = *window;
    apr_status_t rv = from_view(pfold, q, window, range);

    if (rv != APR_NOTFOUND) {
        say_source(q, 1);
        return rv;
    }
    *pfold = bm_kpi_fold_make(range, q->p);
    needed.metrics = BM_KPI_FOLD_METRICS;
    return bm_kpi_cells_each(q, &needed, fold_cell, *pfold);
}
