/* SPDX-License-Identifier: Apache-2.0
 *
 * store/observation_store.h: observations as they arrive, with all that follows from them: traces, sessions, figures of days.
 *
 * Each function is some statements of the caller's transaction. It touches the traces of what has changed and nothing else: what
 * they added to the figures is taken away before and added anew behind, so figures are sums of what is there, to the
 * last digit, whatever comes in which order. Writers of one source wait for each other until the end of their transactions.
 * Thread: that of db. */
#ifndef BM_STORE_OBSERVATION_STORE_H
#define BM_STORE_OBSERVATION_STORE_H

#include "db/query.h"
#include "model/observation.h"

typedef struct bm_observation_place_t {
    apr_int64_t source_id, project_id;
} bm_observation_place_t;

/** Store observations, each id once. One that is there and is the same, or was changed later, stays as it is; one whose begin has
 *  changed moves. *changed: how many are new or different. */
apr_status_t bm_observation_store_put(int *changed, bm_db_t *db, const bm_observation_place_t *place,
                                      bm_observation_t *const *observations, int n, bm_err_t *err, apr_pool_t *p);

/** Store what a server says of traces, beside what follows from their observations. */
apr_status_t bm_observation_store_put_traces(int *changed, bm_db_t *db, const bm_observation_place_t *place,
                                             bm_trace_told_t *const *traces, int n, bm_err_t *err, apr_pool_t *p);

/** Observations that began in [from, to) and are not deleted, by begin and id, behind *after (id "": from the first): rows
 *  (id, begin). */
typedef struct bm_observation_after_t {
    apr_time_t start;
    const char *id;
} bm_observation_after_t;
apr_status_t bm_observation_store_ids(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, apr_time_t from, apr_time_t to,
                                      const bm_observation_after_t *after, int limit, bm_err_t *err, apr_pool_t *p);

/** These of that window are no longer there. *deleted: how many were. */
apr_status_t bm_observation_store_delete(int *deleted, bm_db_t *db, const bm_observation_place_t *place, apr_time_t from,
                                         apr_time_t to, const char *const *ids, int n, bm_err_t *err, apr_pool_t *p);

#endif
