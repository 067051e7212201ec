/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_writer.h: the thread that writes what a load test produces while the recorder goes on measuring.
 *
 * The recorder must not wait for the database between an answer and the next send, so each load test has a writer with a
 * connection of its own. The recorder fills batches and hands them over; the writer makes the KPI deltas and stores both in one
 * transaction, under the fence. While the database is away batches wait here; bm_load_writer_backlog tells how much.
 *
 * Threads: everything but the writer's body is for the recorder thread. A batch belongs to who has it. */
#ifndef BM_LOADTEST_LOAD_WRITER_H
#define BM_LOADTEST_LOAD_WRITER_H

#include <apr_pools.h>
#include "base/settings.h"
#include "kpi/kpi_sample.h"
#include "shm/meters.h"
#include "store/request_store.h"

enum { BM_LOAD_BATCH_ROWS = 500 };

/** Requests on their way to the store, and the samples of those that count (not the warm-up's). All in p. */
typedef struct bm_load_batch_t {
    apr_pool_t *p;                   /* root pool of its own */
    apr_size_t bytes;                /* what it holds, roughly */
    int n, sample_n;
    bm_request_row_t rows[BM_LOAD_BATCH_ROWS];
    bm_kpi_sample_t samples[BM_LOAD_BATCH_ROWS];
    const char *models[BM_LOAD_BATCH_ROWS];      /* of the samples; NULL: none */
    int row_of[BM_LOAD_BATCH_ROWS];              /* of the samples; -1: its row is not kept */
    apr_int64_t transaction;         /* that it was written in last; 0: none */
} bm_load_batch_t;

/** What a user wants of a running load test. */
typedef enum bm_load_control_e {
    BM_LOAD_RUN = 0,
    BM_LOAD_PAUSE,
    BM_LOAD_DRAIN
} bm_load_control_e;

typedef struct bm_load_writer_t bm_load_writer_t;

typedef struct bm_load_writer_options_t {
    const bm_settings_t *settings;
    const char *provider;            /* for the names of models */
    const char *labels;              /* of the load test: JSON array; NULL: none */
    bm_request_owner_t owner;
    bm_meters_t *meters;             /* NULL: statements are not counted */
    /** Connection string, or NULL while it is not known. Thread-safe. */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
} bm_load_writer_options_t;

/** Start the thread. p must outlive the join. */
apr_status_t bm_load_writer_start(bm_load_writer_t **pwriter, const bm_load_writer_options_t *options, apr_pool_t *p);

/** An empty batch. NULL: out of memory. */
bm_load_batch_t *bm_load_batch_make(void);
void bm_load_batch_free(bm_load_batch_t *batch);

static inline int bm_load_batch_is_full(const bm_load_batch_t *batch)
{
    return batch->n == BM_LOAD_BATCH_ROWS || batch->sample_n == BM_LOAD_BATCH_ROWS;
}

/** Hand over a batch (it may be empty). @return APR_EAGAIN: too many wait; the batch is still the caller's. */
apr_status_t bm_load_writer_add(bm_load_writer_t *writer, bm_load_batch_t *batch);

/** Hand over the progress (JSON text) and one second of the series (body NULL: none); copied. Left out when too many wait. */
void bm_load_writer_progress(bm_load_writer_t *writer, const char *progress, int second, const char *body);

/** What the user wanted when progress was written last. */
bm_load_control_e bm_load_writer_control(const bm_load_writer_t *writer);

/** The row is another engine's, or gone: nothing that is handed over is written any more. */
int bm_load_writer_is_lost(const bm_load_writer_t *writer);

/** Bytes of batches that wait. */
apr_size_t bm_load_writer_backlog(const bm_load_writer_t *writer);

/** Whether everything that was handed over is written (or lost). */
int bm_load_writer_is_idle(const bm_load_writer_t *writer);

/** End the thread; what still waits is dropped. Waits for the statement under way. */
void bm_load_writer_stop(bm_load_writer_t *writer);

#endif
