/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/board_cells.h"

#include <apr_hash.h>
#include "kpi/kpi_merge.h"

/* --- entries from rows */

/* An entry that is about to be put. */
typedef struct change_t {
    bm_kpi_board_key_t key;
    apr_array_header_t *parts;       /* of bm_kpi_body_t */
    bm_kpi_body_t merged;
} change_t;

static void add_part(apr_hash_t *by_key, apr_array_header_t *changes, const bm_kpi_board_writer_t *writer,
                     const bm_kpi_board_row_t *row, bm_kpi_board_level_e level, apr_pool_t *p)
{
    bm_kpi_board_key_t key = row->key;
    change_t *change;
    bm_kpi_body_t part;
    apr_size_t len;

    key.level = (apr_int32_t)level;
    key.bucket = level == BM_KPI_BOARD_DAY ? key.bucket / 24 : key.bucket;
    if (!bm_kpi_board_covers(writer, level, key.bucket))
        return;
    change = apr_hash_get(by_key, &key, sizeof(key));
    if (change == NULL) {
        change = apr_pcalloc(p, sizeof(*change));
        change->key = key;
        change->parts = apr_array_make(p, 4, sizeof(bm_kpi_body_t));
        part.data = bm_kpi_board_get(&len, writer, &key);
        part.len = part.data != NULL ? (int)len : 0;
        if (part.data != NULL)
            APR_ARRAY_PUSH(change->parts, bm_kpi_body_t) = part;
        apr_hash_set(by_key, &change->key, sizeof(change->key), change);
        APR_ARRAY_PUSH(changes, change_t *) = change;
    }
    part.data = row->body;
    part.len = (int)row->len;
    APR_ARRAY_PUSH(change->parts, bm_kpi_body_t) = part;
}

apr_status_t bm_board_cells_merge(apr_array_header_t **pchanges, const bm_kpi_board_writer_t *writer,
                                  const apr_array_header_t *rows, apr_pool_t *p)
{
    apr_array_header_t *changes = apr_array_make(p, 64, sizeof(change_t *));
    apr_hash_t *by_key = apr_hash_make(p);
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < rows->nelts; i++) {
        const bm_kpi_board_row_t *row = &APR_ARRAY_IDX(rows, i, bm_kpi_board_row_t);

        add_part(by_key, changes, writer, row, BM_KPI_BOARD_HOUR, p);
        add_part(by_key, changes, writer, row, BM_KPI_BOARD_DAY, p);
    }
    for (i = 0; i < changes->nelts && rv == APR_SUCCESS; i++) {
        change_t *change = APR_ARRAY_IDX(changes, i, change_t *);

        rv = bm_kpi_merge(NULL, &change->merged, (const bm_kpi_body_t *)change->parts->elts, change->parts->nelts, p);
    }
    *pchanges = changes;
    return rv;
}

apr_status_t bm_board_cells_put(bm_kpi_board_writer_t *writer, const apr_array_header_t *changes)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < changes->nelts && rv == APR_SUCCESS; i++) {
        const change_t *change = APR_ARRAY_IDX(changes, i, const change_t *);

        rv = bm_kpi_board_put(writer, &change->key, change->merged.data, (apr_size_t)change->merged.len);
    }
    return rv;
}

/* --- filling */

/* One level of cells, the newest first, until `keep_free` bytes are left. */
static apr_status_t fill_level(bm_kpi_board_writer_t *writer, bm_db_t *db, bm_kpi_board_level_e level, apr_size_t keep_free,
                               bm_err_t *err, apr_pool_t *ppage)
{
    apr_status_t rv = bm_kpi_board_store_list(db, level, err, ppage);
    int enough = 0, closed = 0, i;

    while (rv == APR_SUCCESS && !closed) {
        apr_array_header_t *rows;

        apr_pool_clear(ppage);
        rv = bm_kpi_board_store_next(&rows, db, enough, err, ppage);
        closed = rv == APR_SUCCESS && rows->nelts == 0;
        for (i = 0; rv == APR_SUCCESS && i < rows->nelts; i++) {
            bm_kpi_board_row_t *row = &APR_ARRAY_IDX(rows, i, bm_kpi_board_row_t);

            row->key.level = (apr_int32_t)level;
            rv = bm_kpi_board_put(writer, &row->key, row->body, row->len);
            enough = !bm_kpi_board_covers(writer, level, row->key.bucket);
            if (!enough && bm_kpi_board_room(writer) < keep_free) {
                bm_kpi_board_set_from(writer, level, row->key.bucket + 1);      /* it may have more cells */
                enough = 1;
            }
            if (enough)
                break;
        }
    }
    return rv;
}

static apr_status_t fill_deltas(bm_kpi_board_writer_t *writer, bm_db_t *db, bm_err_t *err, apr_pool_t *ppage)
{
    apr_status_t rv = bm_kpi_board_store_list(db, BM_KPI_BOARD_VIEW, err, ppage);
    apr_array_header_t *rows, *changes;

    while (rv == APR_SUCCESS) {
        apr_pool_clear(ppage);
        rv = bm_kpi_board_store_next(&rows, db, 0, err, ppage);
        if (rv != APR_SUCCESS || rows->nelts == 0)
            return rv;
        rv = bm_board_cells_merge(&changes, writer, rows, ppage);
        if (rv == APR_SUCCESS)
            rv = bm_board_cells_put(writer, changes);
    }
    return rv;
}

apr_status_t bm_board_cells_fill(bm_kpi_board_mark_t *mark, bm_kpi_board_writer_t *writer, bm_db_t *db, bm_err_t *err,
                                 apr_pool_t *p)
{
    apr_pool_t *ppage;
    apr_int32_t now_hour, hours_from;
    apr_size_t size;
    apr_status_t rv = bm_kpi_board_store_open(mark, &now_hour, &hours_from, db, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_create(&ppage, p);
    bm_kpi_board_fill(writer, now_hour);
    bm_kpi_board_set_from(writer, BM_KPI_BOARD_HOUR, hours_from);
    size = bm_kpi_board_room(writer);
    rv = fill_level(writer, db, BM_KPI_BOARD_DAY, size / 2, err, ppage);
    if (rv == APR_SUCCESS)
        rv = fill_level(writer, db, BM_KPI_BOARD_HOUR, size / 5, err, ppage);      /* what is left: growth, and views */
    if (rv == APR_SUCCESS)
        rv = fill_deltas(writer, db, err, ppage);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    return rv;
}
