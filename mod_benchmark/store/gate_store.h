/* SPDX-License-Identifier: Apache-2.0
 *
 * store/gate_store.h: the rows of certain runs of a scenario, as samples are made of them. Read only. Thread: that of db. */
#ifndef BM_STORE_GATE_STORE_H
#define BM_STORE_GATE_STORE_H

#include <apr_tables.h>
#include "store/kpi_rebuild_store.h"

/** How many of these runs of the scenario wait or run, and how many have ended. Those that the queue has given up meanwhile count
 *  as ended. */
apr_status_t bm_gate_store_count(int *open, int *ended, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                 bm_err_t *err, apr_pool_t *p);

/** The ended ones among these runs of the scenario, with their timelines: array of bm_kpi_row_run_t (no model, location and
 *  labels) in p. */
apr_status_t bm_gate_store_runs(apr_array_header_t **pruns, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                bm_err_t *err, apr_pool_t *p);

/** Likewise the newest `most` runs that were made from a version of the scenario, but for the n of `but`; without timelines. */
apr_status_t bm_gate_store_version(apr_array_header_t **pruns, bm_db_t *db, apr_int64_t scenario_id, int version,
                                   const apr_int64_t *but, int n, int most, bm_err_t *err, apr_pool_t *p);

/** When the first of these runs was queued. 0: there is none. */
apr_status_t bm_gate_store_queued_at(apr_time_t *at, bm_db_t *db, apr_int64_t scenario_id, const apr_int64_t *ids, int n,
                                     bm_err_t *err, apr_pool_t *p);

#endif
