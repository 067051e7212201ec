/* SPDX-License-Identifier: Apache-2.0
 *
 * store/trace_session_store.h: sessions of traces as clients of Cupid ask for them. Thread: that of db. */
#ifndef BM_STORE_TRACE_SESSION_STORE_H
#define BM_STORE_TRACE_SESSION_STORE_H

#include <apr_time.h>
#include "db/query.h"

/** 0 and NULL: not filtered. */
typedef struct bm_session_range_t {
    apr_time_t from;                     /* those whose last trace began then or later */
    int status;                          /* 1: complete, -1: not */
    const char *search;                  /* part of id, a label or a user, any case */
} bm_session_range_t;

/** Columns before those of bm_cupid_session_fields. */
enum { BM_SESSION_LABELS, BM_SESSION_STAGE, BM_SESSION_STAGE_NAME, BM_SESSION_FIRST };

/** Those whose last trace is newest first. limit 0: one row (count). */
apr_status_t bm_trace_session_store_list(bm_rows_t **prows, bm_db_t *db, const bm_session_range_t *range, apr_int64_t skip,
                                         int limit, bm_err_t *err, apr_pool_t *p);

/** One of this id, of each source that has it, or (not 0) of that source. */
apr_status_t bm_trace_session_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *id, bm_err_t *err,
                                        apr_pool_t *p);

/** One row: sessions, complete ones, USD, mean duration (s), mean latency (s) (both null: of none). */
enum { BM_SESSIONS_N, BM_SESSIONS_COMPLETE, BM_SESSIONS_COST, BM_SESSIONS_DURATION, BM_SESSIONS_LATENCY };
apr_status_t bm_trace_session_store_stats(bm_rows_t **prows, bm_db_t *db, apr_time_t from, bm_err_t *err, apr_pool_t *p);

/** Rows (day as a date, traces, USD, mean latency in s), oldest first; the first row is of all days, whose day is null; none if
 *  there is nothing. exact: of traces that began at `from` or later, else of whole days. */
apr_status_t bm_trace_session_store_days(bm_rows_t **prows, bm_db_t *db, apr_time_t from, int exact, bm_err_t *err,
                                         apr_pool_t *p);

/** Rows (stage, USD), likewise. */
apr_status_t bm_trace_session_store_stages(bm_rows_t **prows, bm_db_t *db, apr_time_t from, int exact, bm_err_t *err,
                                           apr_pool_t *p);

/** Traces of a session from the first on, behind *after: rows of these columns, the last two as far as they are kept: of a
 *  trace the input and output of its first observation that has none above it. */
enum { BM_TALK_TRACE, BM_TALK_START, BM_TALK_STAGE, BM_TALK_NAME, BM_TALK_LATENCY_US, BM_TALK_COST, BM_TALK_TOKENS,
       BM_TALK_INPUT_TOKENS, BM_TALK_OUTPUT_TOKENS, BM_TALK_ASKED, BM_TALK_ANSWERED };
typedef struct bm_talk_after_t {
    apr_time_t start;
    const char *id;
} bm_talk_after_t;
apr_status_t bm_trace_session_store_traces(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *session_id,
                                           const bm_talk_after_t *after, int limit, bm_err_t *err, apr_pool_t *p);

/** The agents of these traces, by trace and begin: rows of the columns above (trace, its begin, null, name ...), then model. One
 *  that has no output of its own has that of the last generation below it. */
enum { BM_TALK_MODEL = BM_TALK_ANSWERED + 1 };
apr_status_t bm_trace_session_store_agents(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *const *trace_ids,
                                           int n, bm_err_t *err, apr_pool_t *p);

#endif
