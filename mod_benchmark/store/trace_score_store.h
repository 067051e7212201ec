/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_score_store.h: scores as they arrive. Thread: that of db. */
#ifndef BM_STORE_TRACE_SCORE_STORE_H
#define BM_STORE_TRACE_SCORE_STORE_H

#include "model/trace_score.h"
#include "store/observation_store.h"

/** Store scores, each id once. Of two versions that which was changed later counts. */
apr_status_t bm_trace_score_store_put(bm_db_t *db, const bm_observation_place_t *place, bm_trace_score_t *const *scores, int n,
                                      bm_err_t *err, apr_pool_t *p);

#endif
