/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_store.h: lists of traces, observations and sessions of traces, newest first. Rows begin with the place behind which
 * the next page begins, as text; then come the fields of model/trace_source_model.h. Thread: that of db. */
#ifndef BM_STORE_TRACE_STORE_H
#define BM_STORE_TRACE_STORE_H

#include <apr_time.h>
#include "db/query.h"

enum { BM_TRACE_PLACE = 0, BM_TRACE_FIRST = 1 };

/** 0 and NULL: not filtered. */
typedef struct bm_trace_filter_t {
    apr_int64_t source_id;
    const char *id, *name, *user_id, *session_id, *environment, *tag;      /* tag of traces alone */
    const char *trace_id, *type, *level, *model;                           /* of observations alone, trace_id of scores, too */
    const char *observation_id;          /* of scores alone */
    int errors;                          /* those with errors, or that are errors */
    apr_time_t from, to;                 /* begin; of sessions that of their last trace; to is exclusive */
    const char *after;                   /* a place */
    int limit, summary;
    int detail;                          /* observations as bm_observation_detail_fields */
} bm_trace_filter_t;

/** @return APR_EINVAL: `after` is no place. */
apr_status_t bm_trace_store_traces(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *filter, bm_err_t *err, apr_pool_t *p);
apr_status_t bm_trace_store_observations(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *filter, bm_err_t *err,
                                         apr_pool_t *p);
apr_status_t bm_trace_store_sessions(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *filter, bm_err_t *err,
                                     apr_pool_t *p);

/** Scores, by source_id, id, name, trace_id, observation_id and session_id. */
apr_status_t bm_trace_store_scores(bm_rows_t **prows, bm_db_t *db, const bm_trace_filter_t *filter, bm_err_t *err, apr_pool_t *p);

#define BM_TRACE_SOURCES "concat(',', string_agg(distinct source_id::text, ','), ',')"

/** Columns behind the name in what follows. filter: SQL that each sum is of, such as "filter (where ...)". */
#define BM_TRACE_SUM(column, filter) "coalesce(sum(" column ") " filter ", 0)"
#define BM_TRACE_SUMS(filter) \
    BM_TRACE_SUM("n", filter) "::bigint, " BM_TRACE_SUM("errors", filter) "::bigint, " \
    BM_TRACE_SUM("input_tokens", filter) "::bigint, " BM_TRACE_SUM("output_tokens", filter) "::bigint, " \
    BM_TRACE_SUM("total_tokens", filter) "::bigint, " BM_TRACE_SUM("cost_nano", filter) " / 1e9::numeric," \
    " sum(latency_us) " filter " / nullif(sum(latency_n) " filter ", 0) / 1000"

/** Sums of days from `from` on (days since 1970): rows (name, n, errors, input_tokens, output_tokens, total_tokens, cost,
 *  latency_ms (mean), sources (",1,2,")) of each name, most executions first. kind: agent, model, or trace, which has
 *  no name. */
enum { BM_TRACE_NAME_SOURCES = 8 };
apr_status_t bm_trace_store_names(bm_rows_t **prows, bm_db_t *db, const char *kind, int from_day, bm_err_t *err, apr_pool_t *p);

/** The same of each day, oldest first: rows (day as a date, then as above, without sources). */
apr_status_t bm_trace_store_days(bm_rows_t **prows, bm_db_t *db, int from_day, bm_err_t *err, apr_pool_t *p);

#endif
