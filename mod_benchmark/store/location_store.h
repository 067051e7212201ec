/* SPDX-License-Identifier: Apache-2.0
 *
 * store/location_store.h: the places that engines measure from or have measured from: the table `locations`.
 *
 * Keys of KPIs hold their numbers, so a name is never removed. Thread: that of db. */
#ifndef BM_STORE_LOCATION_STORE_H
#define BM_STORE_LOCATION_STORE_H

#include "db/query.h"

/** Number of a location, made when new; 0 for NULL and "". Call it outside a transaction. */
apr_status_t bm_location_store_id(int *id, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p);

/** All of them by name. */
enum { BM_LOCATION_ID, BM_LOCATION_NAME };
apr_status_t bm_location_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
