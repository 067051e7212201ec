/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_agent_store.h: one agent, which is what observations of type AGENT name. Thread: that of db. */
#ifndef BM_STORE_TRACE_AGENT_STORE_H
#define BM_STORE_TRACE_AGENT_STORE_H

#include "db/query.h"

/** Its sums from a day on (days since 1970): a row as those of bm_trace_store_names, or none if it never executed. */
apr_status_t bm_trace_agent_store_get(bm_rows_t **prows, bm_db_t *db, const char *name, int from_day, bm_err_t *err,
                                      apr_pool_t *p);

enum { BM_AGENT_SOURCE, BM_AGENT_TRACE, BM_AGENT_OBSERVATION, BM_AGENT_START, BM_AGENT_LATENCY_US, BM_AGENT_FAILED,
       BM_AGENT_TOKENS, BM_AGENT_COST };

/** Patterns of the words of sources: rows (source_id, pattern, category), in their order. */
apr_status_t bm_trace_agent_store_categories(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Its last `limit` executions, newest first: rows of the columns above. Tokens and cost are those of the generations right
 *  below. */
apr_status_t bm_trace_agent_store_recent(bm_rows_t **prows, bm_db_t *db, const char *name, int limit, bm_err_t *err,
                                         apr_pool_t *p);

/** Its executions by the hour of the day (UTC) that they began in: rows (hour, count), only of hours that have any. */
apr_status_t bm_trace_agent_store_hours(bm_rows_t **prows, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p);

#endif
