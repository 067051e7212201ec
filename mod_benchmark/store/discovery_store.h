/* SPDX-License-Identifier: Apache-2.0
 *
 * store/discovery_store.h: what discoveries have beside what every run has (store/run_store.h, store/run_order_store.h).
 * Thread: that of db. */
#ifndef BM_STORE_DISCOVERY_STORE_H
#define BM_STORE_DISCOVERY_STORE_H

#include "db/query.h"

/** Discoveries of the last minute and those that wait. More than BM_DISCOVERIES_A_MINUTE are refused. */
#define BM_DISCOVERIES_A_MINUTE 30
apr_status_t bm_discovery_store_recent(int *count, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Forget those that ended more than an hour ago. */
apr_status_t bm_discovery_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
