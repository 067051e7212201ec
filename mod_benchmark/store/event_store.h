/* SPDX-License-Identifier: Apache-2.0
 *
 * store/event_store.h: the events that live views resume from.
 *
 * The engine's recorder writes its events in the transaction of a finish (store/finish_store.h); this is for all others.
 * Thread: that of db. */
#ifndef BM_STORE_EVENT_STORE_H
#define BM_STORE_EVENT_STORE_H

#include "db/query.h"
#include "db/snapshot_cursor.h"

/** Columns of bm_event_store_read behind those of the cursor. */
enum { BM_EVENT_PROJECT = BM_SNAPSHOT_FIRST, BM_EVENT_AT, BM_EVENT_KIND, BM_EVENT_PAYLOAD };

/** Add one event. payload: JSON text. Part of the caller's transaction if there is one. */
apr_status_t bm_event_store_append(bm_db_t *db, apr_int64_t project_id, const char *kind, const char *payload, bm_err_t *err,
                                   apr_pool_t *p);

/** Let a cursor begin now: only what is committed later is delivered. Its tokens are good after a crash of the server, too.
 *  @return as bm_db_query. */
apr_status_t bm_event_store_start(bm_snapshot_cursor_t *cursor, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** The next events of a cursor, all projects, in commit order. @return as bm_snapshot_cursor_read. */
apr_status_t bm_event_store_read(bm_rows_t **prows, int *pcount, bm_snapshot_cursor_t *cursor, bm_db_t *db, int limit,
                                 bm_err_t *err, apr_pool_t *p);

#endif
