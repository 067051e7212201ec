/* SPDX-License-Identifier: Apache-2.0
 *
 * store/request_store.h: what a running load test writes: its requests with their KPI deltas, progress and series.
 *
 * Everything is written under the fence of the queue's row: a row that is locked for share while its fence is still ours
 * cannot be rescued before the commit, and once the fence is another's nothing is written. Texts need not be valid UTF-8.
 * Thread: that of db. */
#ifndef BM_STORE_REQUEST_STORE_H
#define BM_STORE_REQUEST_STORE_H

#include "store/finish_store.h"

/** One request. Times in microseconds since the load test began, durations in microseconds; BM_FIGURE_NONE: did not happen,
 *  not known. Texts may be NULL but status. */
typedef struct bm_request_row_t {
    apr_int64_t seq, attempt, step, phase, session, turn;
    apr_int64_t at;                   /* wall clock (apr_time_t) of its end */
    const char *status, *error_code, *tokens_provenance;
    apr_int64_t http_status;
    apr_int64_t planned_us, sent_us, first_byte_us, first_content_us, first_output_us, last_content_us, end_us;
    apr_int64_t held_us, queue_us, dns_us, connect_us, tls_us;
    apr_int64_t connection_reused;    /* 0, 1; likewise kernel_stamped and good */
    apr_int64_t tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached;
    apr_int64_t chunks, batched_events, lag_max_us, kernel_stamped, bytes, good;
    apr_int64_t ttst_us, tpot_us;
    apr_int64_t superseded;           /* 0, 1: another attempt followed */
    apr_int64_t cost_nano;
    apr_int64_t endpoint, class_number;   /* places in the plan's lists, from 0 */
    apr_int64_t model_id;             /* row of models; 0: none */
    const void *gaps;
    int gaps_len;
} bm_request_row_t;

/** Whose rows they are. */
typedef struct bm_request_owner_t {
    apr_int64_t loadtest_id, fence, scenario_id;
    int location_id;                  /* row of locations; 0: none */
} bm_request_owner_t;

/** Insert rows (n may be 0) and deltas in one transaction, whose number is *transaction as soon as it is known. *owned 0: the
 *  fence is another's now; nothing was written.
 *  @return as bm_db_query; after a failure nothing was written, or (lost COMMIT) it is not known. */
apr_status_t bm_request_store_add(int *owned, apr_int64_t *transaction, bm_db_t *db, const bm_request_owner_t *owner,
                                  const bm_request_row_t *rows, int n, const bm_delta_row_t *deltas, int delta_count,
                                  bm_err_t *err, apr_pool_t *p);

/** Whether the request with the place and attempt of row is stored, or, where row is NULL, that transaction was committed:
 *  asked before a batch is written again, as the COMMIT of the first time may have had no answer. Waits for a COMMIT that is
 *  still under way. @return APR_EAGAIN: in vain. */
apr_status_t bm_request_store_has(int *has, bm_db_t *db, const bm_request_owner_t *owner, const bm_request_row_t *row,
                                  apr_int64_t transaction, bm_err_t *err, apr_pool_t *p);

/** What evidence is made of: fence, plan, run (status, error_code, error, started_at, finished_at, engine,
 *  scenario_version), response (JSON text), body of the scenario's version (JSON text or null), as columns in this order.
 *  @return APR_NOTFOUND. */
enum { BM_EVIDENCE_FENCE, BM_EVIDENCE_PLAN, BM_EVIDENCE_RUN, BM_EVIDENCE_RESPONSE, BM_EVIDENCE_SCENARIO };
apr_status_t bm_request_store_evidence(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p);

/** Requests behind a place in the plan, of at most `limit` places, with all their attempts, in its order: the place, the
 *  columns as a JSON object, and gaps (bytea). */
enum { BM_EVIDENCE_SEQ, BM_EVIDENCE_COLUMNS, BM_EVIDENCE_GAPS };
apr_status_t bm_request_store_page(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, apr_int64_t fence, apr_int64_t after,
                                   int limit, bm_err_t *err, apr_pool_t *p);

/** One second of a load test. */
typedef struct bm_series_row_t {
    int second;
    const char *body;                 /* JSON */
} bm_series_row_t;

/** Replace the progress (JSON text), add seconds of the series, and put an event of kind "loadtest" {id, progress}.
 *  *control: "run", "pause" or "drain" as the users want it, in p; NULL: the fence is another's now, or the load test is gone. */
apr_status_t bm_request_store_progress(const char **control, bm_db_t *db, const bm_request_owner_t *owner, const char *progress,
                                       const bm_series_row_t *series, int n, bm_err_t *err, apr_pool_t *p);

#endif
