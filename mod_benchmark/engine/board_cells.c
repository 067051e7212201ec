/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/board_cells.h"

#include <apr_hash.h>
#include "kpi/kpi_board_view.h"
#include "kpi/kpi_merge.h"
#include "kpi/kpi_view.h"

/* --- entries from rows */

/* An entry that is about to be put. */
typedef struct change_t {
    bm_kpi_board_key_t key;
    apr_array_header_t *parts;       /* of bm_kpi_body_t */
    bm_kpi_body_t merged;
} change_t;

/* What is about to be put in one go. */
typedef struct changes_t {
    const bm_kpi_board_writer_t *writer;
    apr_hash_t *by_key;
    apr_array_header_t *list;        /* of change_t * */
    apr_pool_t *p;
} changes_t;

static void add_part(changes_t *c, const bm_kpi_board_row_t *row, const bm_kpi_board_key_t *key)
{
    change_t *change = apr_hash_get(c->by_key, key, sizeof(*key));
    bm_kpi_body_t part;
    apr_size_t len;

    if (change == NULL) {
        change = apr_pcalloc(c->p, sizeof(*change));
        change->key = *key;
        change->parts = apr_array_make(c->p, 4, sizeof(bm_kpi_body_t));
        part.data = bm_kpi_board_get(&len, c->writer, key);
        part.len = part.data != NULL ? (int)len : 0;
        if (part.data != NULL)
            APR_ARRAY_PUSH(change->parts, bm_kpi_body_t) = part;
        apr_hash_set(c->by_key, &change->key, sizeof(change->key), change);
        APR_ARRAY_PUSH(c->list, change_t *) = change;
    }
    part.data = row->body;
    part.len = (int)row->len;
    APR_ARRAY_PUSH(change->parts, bm_kpi_body_t) = part;
}

/* To the cell of a level, and to the sums that it is in. */
static void add_parts(changes_t *c, const bm_kpi_board_row_t *row, bm_kpi_board_level_e level)
{
    bm_kpi_board_key_t key = row->key;

    key.level = (apr_int32_t)level;
    key.bucket = level == BM_KPI_BOARD_DAY ? key.bucket / 24 : key.bucket;
    if (!bm_kpi_board_covers(c->writer, level, key.bucket))
        return;
    add_part(c, row, &key);
    key.scenario_id = BM_KPI_BOARD_EACH;
    if (key.model_id != 0)
        add_part(c, row, &key);
    key.model_id = BM_KPI_BOARD_EACH;
    add_part(c, row, &key);
}

apr_status_t bm_board_cells_merge(apr_array_header_t **pchanges, const bm_kpi_board_writer_t *writer,
                                  const apr_array_header_t *rows, apr_pool_t *p)
{
    changes_t c = { .writer = writer, .by_key = apr_hash_make(p), .list = apr_array_make(p, 64, sizeof(change_t *)), .p = p };
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < rows->nelts; i++) {
        const bm_kpi_board_row_t *row = &APR_ARRAY_IDX(rows, i, bm_kpi_board_row_t);

        add_parts(&c, row, BM_KPI_BOARD_HOUR);
        add_parts(&c, row, BM_KPI_BOARD_DAY);
    }
    for (i = 0; i < c.list->nelts && rv == APR_SUCCESS; i++) {
        change_t *change = APR_ARRAY_IDX(c.list, i, change_t *);

        rv = bm_kpi_merge_whole(&change->merged, (const bm_kpi_body_t *)change->parts->elts, change->parts->nelts, p);
    }
    *pchanges = c.list;
    return rv;
}

static apr_status_t put_cell(bm_kpi_board_writer_t *writer, const bm_kpi_board_key_t *key, const void *data, apr_size_t len)
{
    apr_uint32_t ends[BM_KPI_BOARD_PARTS];

    bm_kpi_board_view_parts(ends, data, len);
    return bm_kpi_board_put_parts(writer, key, data, len, ends);
}

apr_status_t bm_board_cells_put(bm_kpi_board_writer_t *writer, const apr_array_header_t *changes)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < changes->nelts && rv == APR_SUCCESS; i++) {
        const change_t *change = APR_ARRAY_IDX(changes, i, const change_t *);

        rv = put_cell(writer, &change->key, change->merged.data, (apr_size_t)change->merged.len);
    }
    return rv;
}

/* --- filling */

/* Both parts of a stored cell as one. */
static apr_status_t join(bm_kpi_board_row_t *row, apr_pool_t *p)
{
    const unsigned char *whole;
    apr_status_t rv;

    if (row->more == NULL)
        return APR_SUCCESS;
    rv = bm_kpi_view_join(&whole, &row->len, row->body, row->len, row->more, row->more_len, p);
    row->body = rv == APR_SUCCESS ? whole : NULL;
    return rv;
}

/* The sums of the bucket whose cells are being put. */
typedef struct sums_t {
    bm_kpi_board_writer_t *writer;
    apr_hash_t *by_key;              /* bm_kpi_board_key_t -> sum_t */
    apr_array_header_t *list;        /* of sum_t * */
    apr_pool_t *p;                   /* cleared with each bucket */
    apr_pool_t *pcell;               /* and with each cell */
} sums_t;

typedef struct sum_t {
    bm_kpi_board_key_t key;
    bm_kpi_cell_t *cell;
} sum_t;

static void sums_clear(sums_t *s)
{
    apr_pool_clear(s->p);
    apr_pool_create(&s->pcell, s->p);
    s->by_key = apr_hash_make(s->p);
    s->list = apr_array_make(s->p, 16, sizeof(sum_t *));
}

static apr_status_t sum_add(sums_t *s, const bm_kpi_board_key_t *key, const bm_kpi_cell_t *cell)
{
    sum_t *sum = apr_hash_get(s->by_key, key, sizeof(*key));

    if (sum == NULL) {
        sum = apr_palloc(s->p, sizeof(*sum));
        sum->key = *key;
        sum->cell = bm_kpi_cell_make(s->p);
        apr_hash_set(s->by_key, &sum->key, sizeof(sum->key), sum);
        APR_ARRAY_PUSH(s->list, sum_t *) = sum;
    }
    return bm_kpi_cell_merge(sum->cell, cell);
}

static apr_status_t sums_add(sums_t *s, const bm_kpi_board_row_t *row)
{
    bm_kpi_board_key_t key = row->key;
    bm_kpi_cell_t *cell;
    apr_status_t rv;

    apr_pool_clear(s->pcell);
    rv = bm_kpi_cell_read(&cell, row->body, row->len, s->pcell);
    key.scenario_id = BM_KPI_BOARD_EACH;
    if (rv == APR_SUCCESS && key.model_id != 0)
        rv = sum_add(s, &key, cell);
    key.model_id = BM_KPI_BOARD_EACH;
    return rv == APR_SUCCESS ? sum_add(s, &key, cell) : rv;
}

/* All cells of the bucket are there. */
static apr_status_t sums_put(sums_t *s)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < s->list->nelts && rv == APR_SUCCESS; i++) {
        const sum_t *sum = APR_ARRAY_IDX(s->list, i, const sum_t *);
        apr_size_t len;
        const unsigned char *data = bm_kpi_cell_write(&len, sum->cell, s->p);

        rv = put_cell(s->writer, &sum->key, data, len);
    }
    sums_clear(s);
    return rv;
}

/* One level of cells, the newest first, until `keep_free` bytes are left. */
static apr_status_t fill_level(bm_kpi_board_writer_t *writer, bm_db_t *db, bm_kpi_board_level_e level, apr_size_t keep_free,
                               bm_err_t *err, apr_pool_t *ppage)
{
    apr_status_t rv = bm_kpi_board_store_list(db, level, err, ppage);
    sums_t sums = { .writer = writer };
    int enough = 0, closed = 0, i;
    apr_int32_t bucket = 0;

    apr_pool_create(&sums.p, apr_pool_parent_get(ppage));
    sums_clear(&sums);
    while (rv == APR_SUCCESS && !closed) {
        apr_array_header_t *rows;

        apr_pool_clear(ppage);
        rv = bm_kpi_board_store_next(&rows, db, enough, err, ppage);
        closed = rv == APR_SUCCESS && rows->nelts == 0;
        for (i = 0; rv == APR_SUCCESS && i < rows->nelts; i++) {
            bm_kpi_board_row_t *row = &APR_ARRAY_IDX(rows, i, bm_kpi_board_row_t);

            row->key.level = (apr_int32_t)level;
            if (row->key.bucket != bucket)
                rv = sums_put(&sums);
            bucket = row->key.bucket;
            if (rv == APR_SUCCESS)
                rv = join(row, ppage);
            if (rv == APR_SUCCESS)
                rv = put_cell(writer, &row->key, row->body, row->len);
            if (rv == APR_SUCCESS)
                rv = sums_add(&sums, row);
            enough = !bm_kpi_board_covers(writer, level, row->key.bucket);
            if (!enough && bm_kpi_board_room(writer) < keep_free) {
                bm_kpi_board_set_from(writer, level, row->key.bucket + 1);      /* it may have more cells */
                enough = 1;
            }
            if (enough)
                break;
        }
    }
    if (rv == APR_SUCCESS && !enough)
        rv = sums_put(&sums);           /* else its bucket has not come whole */
    apr_pool_destroy(sums.p);
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
