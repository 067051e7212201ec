/* SPDX-License-Identifier: Apache-2.0
 *
 * store/engine_store.h: the engines table and the emergency stop. */
#ifndef BM_STORE_ENGINE_STORE_H
#define BM_STORE_ENGINE_STORE_H

#include "db/query.h"

/** Insert or renew the row of an engine. info: JSON text (loops, capacity, priority, location ...). */
apr_status_t bm_engine_store_register(bm_db_t *db, const char *id, const char *host, int pid, const char *version,
                                      const char *info, bm_err_t *err, apr_pool_t *p);

/** Heartbeat: beat_at = now(), state and the in_flight member of info. state: running, draining or stopped.
 *  @return APR_NOTFOUND: the row was pruned meanwhile; register again. */
apr_status_t bm_engine_store_beat(bm_db_t *db, const char *id, const char *state, int in_flight, bm_err_t *err,
                                  apr_pool_t *p);

/** Remove rows of engines that have not shown life for a day. */
apr_status_t bm_engine_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
