/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_tree_store.h: the observations of one trace, in an order that the caller makes (model/observation_tree.h). Thread:
 * that of db. */
#ifndef BM_STORE_TRACE_TREE_STORE_H
#define BM_STORE_TRACE_TREE_STORE_H

#include "db/query.h"
#include "model/observation_tree.h"

/** Rows (id, parent) of the first `limit` that began, by begin. */
apr_status_t bm_trace_tree_store_ids(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *trace_id, int limit,
                                     bm_err_t *err, apr_pool_t *p);

/** Rows of bm_observation_node_fields of these, in this order. One that is gone meanwhile is left out. */
apr_status_t bm_trace_tree_store_nodes(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *trace_id,
                                       const bm_observation_node_t *nodes, int n, int summary, bm_err_t *err, apr_pool_t *p);

#endif
