/* SPDX-License-Identifier: Apache-2.0
 *
 * store/finish_store.h: ended runs into `runs`, with KPI deltas and event, in one transaction (architecture 1.5).
 *
 * bm_finish_store_rows deletes from the queue what the fences prove to be ours and inserts it into `runs`; its answer says
 * which rows are really recorded. Only these may be counted: the caller merges their sketches and hands them to
 * bm_finish_store_commit, which adds deltas and event and commits. Two round trips a batch. A COMMIT whose answer was lost
 * can be repeated with the same rows: they are gone from the queue, so nothing happens twice.
 *
 * Texts need not be valid UTF-8 (what is not becomes U+FFFD). A JSON text that is none is stored as a JSON string. */
#ifndef BM_STORE_FINISH_STORE_H
#define BM_STORE_FINISH_STORE_H

#include <apr_tables.h>
#include "db/query.h"

/** "Not measured" of every integer figure below. */
#define BM_FIGURE_NONE APR_INT64_MIN

/** One ended run: what the queue's row does not know itself. Texts may be NULL. Times in microseconds. */
typedef struct bm_finished_run_t {
    apr_int64_t id, fence;
    const char *status;               /* completed, failed, cancelled, timed_out */
    const char *provider, *model, *engine;
    const char *location;             /* the engine's, of a run that it performed; else the one it waited for */
    const char *error_code, *error, *external_id, *finish_reason;
    const char *tokens_provenance;
    const char *inter_token_stats, *inputs, *request, *response;   /* JSON texts */
    const void *timeline;
    int timeline_len;
    apr_int64_t http_status;
    apr_int64_t tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached;
    apr_int64_t total_us, e2e_us, ttfb_us, ttft_us, ttfo_us, ttst_us, tpot_us, queue_us;
    apr_int64_t dns_us, connect_us, tls_us, send_us, wait_us, stream_us, send_lag_us, held_us;
    apr_int64_t cost_nano;            /* 10^-9 of the currency of the prices */
    apr_int64_t lag_p50_us, lag_p99_us, lag_max_us, batched_events, chunks;
    apr_int64_t age_us;               /* how long ago it ended by the engine's clock; 0: now. finished_at is the database's
                                         time less this, so that a run recorded after an outage keeps its hour */
    int connection_reused;            /* -1: not known; else 0 or 1; likewise the next */
    int kernel_stamped;
    int good;                         /* it completed and kept every limit of its scenario's SLOs */
} bm_finished_run_t;

/** A row that was really recorded. */
typedef struct bm_recorded_run_t {
    apr_int64_t id, scenario_id, automation_id, project_id;
    int kind;
    apr_time_t finished_at;           /* the database's; the hour of its KPI delta comes from it */
} bm_recorded_run_t;

/** One KPI delta: the key and the wire form of a cell (kpi/kpi_cell.h). */
typedef struct bm_delta_row_t {
    apr_int64_t scenario_id;
    int model_id, source, label_id, location_id, hour, n;
    apr_int64_t min_id, max_id;
    const void *body;
    int body_len;
} bm_delta_row_t;

/** BEGIN, delete and insert. Leaves the transaction open. *precorded: of bm_recorded_run_t. On failure the transaction is
 *  rolled back. */
apr_status_t bm_finish_store_rows(apr_array_header_t **precorded, bm_db_t *db, const bm_finished_run_t *const *runs, int n,
                                  bm_err_t *err, apr_pool_t *p);

/** Deltas, one event row "run.finished" per project and 200 recorded runs and one "loadtest.ended" per load test among them
 *  (docs/live.md), COMMIT. On failure the transaction is rolled back. */
apr_status_t bm_finish_store_commit(bm_db_t *db, const apr_array_header_t *recorded, const bm_finished_run_t *const *runs,
                                    int n, const bm_delta_row_t *deltas, int delta_count, bm_err_t *err, apr_pool_t *p);

/** Add the insert of n (at least 1) deltas to a pipe, for the transaction that records what they count. */
void bm_finish_store_add_deltas(bm_pipe_t *pipe, const bm_delta_row_t *deltas, int n, apr_pool_t *p);

/** Id of (provider, model name), made when new; 0 for no name. Remembered by the caller, not here. Call it outside the
 *  transaction of a batch. */
apr_status_t bm_finish_store_model_id(int *id, bm_db_t *db, const char *provider, const char *name, bm_err_t *err,
                                      apr_pool_t *p);

#endif
