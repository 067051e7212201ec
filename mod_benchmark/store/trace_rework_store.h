/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_rework_store.h: what jobs do with traces that are here, a piece at a time: read them by other words, remove them.
 * Each opens and ends its transactions itself; *again says that there may be more to do. Thread: that of db. */
#ifndef BM_STORE_TRACE_REWORK_STORE_H
#define BM_STORE_TRACE_REWORK_STORE_H

#include <apr_time.h>
#include "db/query.h"

/** Read up to `limit` traces of a source whose words (trace_sources.words) were changed by those that it has now, with all that
 *  follows from it. */
apr_status_t bm_trace_rework_store_reword(int *again, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p);

/** Remove up to `limit` traces that ended before a time, with all that follows from it, and, where nothing else is left of it,
 *  what was deleted there and the oldest month. */
apr_status_t bm_trace_rework_store_forget(int *again, bm_db_t *db, apr_time_t before, int limit, bm_err_t *err, apr_pool_t *p);

/** Remove up to `limit` traces of a user who is to be forgotten (trace_erasures); they are not taken again. */
apr_status_t bm_trace_rework_store_erase(int *again, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p);

#endif
