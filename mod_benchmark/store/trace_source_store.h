/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_source_store.h: trace sources, their sync as people see it, and lists of what it brought. Rows come as
 * bm_row_json_write wants them; those of sources have the version first. Thread: that of db. */
#ifndef BM_STORE_TRACE_SOURCE_STORE_H
#define BM_STORE_TRACE_SOURCE_STORE_H

#include "base/json.h"
#include "db/query.h"
#include "store/listing.h"

enum { BM_TRACE_SOURCE_FIRST = 1 };

/** The listing's label is not for sources. */
apr_status_t bm_trace_source_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err,
                                        apr_pool_t *p);

/** One source; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_trace_source_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Add one (body complete), due at once, and read it back. @return APR_EEXIST: its project has one of that name. */
apr_status_t bm_trace_source_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                       apr_pool_t *p);

/** Replace one, and read it back. Another server is read from the start. @return APR_NOTFOUND; APR_EEXIST: as above. */
apr_status_t bm_trace_source_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err,
                                       apr_pool_t *p);

/** What it brought is no longer shown, and goes by and by (bm_trace_source_store_sweep). @return APR_NOTFOUND. */
apr_status_t bm_trace_source_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Whether another source than `id` of that project has the name, whatever the case of its letters. */
apr_status_t bm_trace_source_store_has_name(int *has, bm_db_t *db, apr_int64_t project_id, const char *name, apr_int64_t id,
                                            bm_err_t *err, apr_pool_t *p);

/** Rows of bm_trace_sync_fields, of one source or (0) of all. */
apr_status_t bm_trace_source_store_sync(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Have it synced now, or (0) all of them; one that is told to wait waits. Rows: (source_id, status) of those that there are. */
apr_status_t bm_trace_source_store_wake(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Rows of bm_trace_pass_fields, newest first, below `after` (0: from the newest). */
apr_status_t bm_trace_source_store_passes(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit,
                                          bm_err_t *err, apr_pool_t *p);

/** Have all traces of a user removed, from this source or (0) from all that there are. *n: from how many. */
apr_status_t bm_trace_source_store_erase(int *n, bm_db_t *db, apr_int64_t source_id, const char *user_id, bm_err_t *err,
                                         apr_pool_t *p);

/** Remove up to `limit` rows of each kind that deleted sources left behind. *removed: how many. */
apr_status_t bm_trace_source_store_sweep(int *removed, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p);

#endif
