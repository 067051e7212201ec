/* SPDX-License-Identifier: Apache-2.0 */
#include "store/event_store.h"

static const bm_stmt_t event_append = { "event_append",
    "insert into events (project_id, kind, payload) values ($1, $2, $3)" };

/* events_pruned is raised when old partitions are dropped (partition_store). */
static const bm_stmt_t event_read = { "event_read",
    BM_SNAPSHOT_SQL_DURABLE("select events_pruned from meta", "t.project_id, t.at, t.kind, t.payload", "events") };
static const bm_stmt_t event_start = { "event_start",
    "select epoch, " BM_SNAPSHOT_DURABLE("select events_pruned from meta", "events", "'3'::xid8") " from meta" };

apr_status_t bm_event_store_append(bm_db_t *db, apr_int64_t project_id, const char *kind, const char *payload, bm_err_t *err,
                                   apr_pool_t *p)
{
    return bm_db_query(NULL, db, &event_append, BM_PARAMS(bm_param_int64(project_id), bm_param_text(kind),
                       bm_param_json(payload)), err, p);
}

apr_status_t bm_event_store_start(bm_snapshot_cursor_t *cursor, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &event_start, BM_NO_PARAMS, err, p);

    if (rv == APR_SUCCESS)
        bm_snapshot_cursor_set(cursor, bm_rows_int64(rows, 0, 0, 0), bm_rows_text(rows, 0, 1));
    return rv;
}

apr_status_t bm_event_store_read(bm_rows_t **prows, int *pcount, bm_snapshot_cursor_t *cursor, bm_db_t *db, int limit,
                                 bm_err_t *err, apr_pool_t *p)
{
    return bm_snapshot_cursor_read(prows, pcount, cursor, db, &event_read, limit, err, p);
}
