/* SPDX-License-Identifier: Apache-2.0
 *
 * store/push_store.h: sources of the kind "pushed", which nobody syncs: traces are sent to them.
 *
 * All within the caller's transaction. Thread: that of db. */
#ifndef BM_STORE_PUSH_STORE_H
#define BM_STORE_PUSH_STORE_H

#include "db/query.h"
#include "store/observation_store.h"

/** Name of the source that a project has without anybody having made it. */
#define BM_PUSH_SOURCE "pushed"

/** Find the source of that name (NULL: BM_PUSH_SOURCE, which is made if it is not there, by created_by; *made says so), and be
 *  the only one who writes to it until the transaction ends. @return APR_NOTFOUND: there is none; APR_EEXIST: it is another
 *  kind of source ("not_pushed"), or is paused ("source_paused"). */
apr_status_t bm_push_store_open(bm_observation_place_t *place, int *made, bm_db_t *db, apr_int64_t project_id, const char *name,
                                const char *created_by, bm_err_t *err, apr_pool_t *p);

/** Note what came: so many observations, how many of them changed something, and how many elements nobody could store. */
apr_status_t bm_push_store_note(bm_db_t *db, const bm_observation_place_t *place, int received, int changed, int refused,
                                bm_err_t *err, apr_pool_t *p);

/** What is stored of these observations, or traces. Rows: id, the document as sync/langfuse_page.h reads it (null: not said),
 *  and the time of the last event (null: none). */
apr_status_t bm_push_store_documents(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, int traces, const char *const *ids,
                                     int n, bm_err_t *err, apr_pool_t *p);

/** The traces were told at these times (in step with ids): their metadata are no longer those of their observations. */
apr_status_t bm_push_store_told(bm_db_t *db, apr_int64_t source_id, const char *const *ids, const apr_int64_t *times, int n,
                                bm_err_t *err, apr_pool_t *p);

#endif
