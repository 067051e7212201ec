/* SPDX-License-Identifier: Apache-2.0
 *
 * store/status_store.h: what requests want to know of the engines, and the emergency stop. Engines write their own rows
 * (engine/director.c). Thread: that of db. */
#ifndef BM_STORE_STATUS_STORE_H
#define BM_STORE_STATUS_STORE_H

#include "db/query.h"

/** What GET /engine tells of nodes, queue and places, in one round trip. */
typedef struct bm_status_overview_t {
    bm_rows_t *nodes;       /* bm_engine_node_fields from column 0; seen within a day, newest first */
    bm_rows_t *queue;       /* kind, pending, running, seconds the oldest due run has waited (null: none) */
    bm_rows_t *locations;   /* name, engines that are there, pending and running rows that are meant for it; by name */
    bm_rows_t *check;       /* bm_engine_check_fields; one row */
    bm_rows_t *state;       /* one row: stopped, stopped_by, stopped_at */
} bm_status_overview_t;

apr_status_t bm_status_store_overview(bm_status_overview_t *overview, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** One row: number of engines that beat within 15 seconds and are not stopped. */
apr_status_t bm_status_store_alive(apr_int64_t *alive, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Stop or resume claims on all nodes; *pchanged: whether it was otherwise before. by: user or NULL. */
apr_status_t bm_status_store_stop(int *pchanged, bm_db_t *db, int stop, const char *by, bm_err_t *err, apr_pool_t *p);

/** One row: how many runs of a kind wait and run. scenario_id, automation_id -1: all; location, label NULL: any;
 *  from, to 0: whenever created. */
apr_status_t bm_status_store_queued(bm_rows_t **prows, bm_db_t *db, int kind, apr_int64_t scenario_id, apr_int64_t automation_id,
                                    const char *location, const char *label, apr_time_t from, apr_time_t to,
                                    bm_err_t *err, apr_pool_t *p);

#endif
