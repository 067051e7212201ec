/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_app.h: what a reference target remembers between requests: ids, queues, and TinyFish runs.
 *
 * A run is a time line fixed when it is created (schedule and wait in the queue), so its state at any
 * time is computed, not kept. The newest 1,024 runs are remembered.
 *
 * Thread: one owner at a time. */
#ifndef BM_TARGET_TARGET_APP_H
#define BM_TARGET_TARGET_APP_H

#include <apr_time.h>
#include "target/target_queue.h"
#include "target/target_reply.h"

enum { BM_TARGET_APP_RUNS = 1024 };

typedef enum bm_target_run_e {
    BM_TARGET_RUN_PENDING,
    BM_TARGET_RUN_RUNNING,
    BM_TARGET_RUN_COMPLETED,
    BM_TARGET_RUN_FAILED,
    BM_TARGET_RUN_CANCELLED
} bm_target_run_e;

typedef struct bm_target_run_t {
    apr_uint64_t serial;            /* from 1; 0: the place was never used */
    char id[20];
    apr_pool_t *p;                  /* of what follows */
    bm_target_spec_t spec;          /* its strings, except result, are gone */
    const char *goal;
    apr_time_t created;             /* wall clock of created_ns */
    apr_int64_t created_ns;         /* times on CLOCK_MONOTONIC */
    apr_int64_t started_ns;
    apr_int64_t finished_ns;        /* APR_INT64_MAX: never */
    apr_int64_t cancelled_ns;       /* 0: not cancelled */
    bm_target_run_e outcome;        /* once finished */
} bm_target_run_t;

/** A target that remembers nothing yet. */
bm_target_app_t *bm_target_app_make(apr_pool_t *p);

/** The next id; never 0, different each time, and different in each process. */
apr_uint64_t bm_target_app_next_id(bm_target_app_t *app);

/** Send a request through the queue that its spec names. *wait_ns: until service. @return APR_EAGAIN: it is full. */
apr_status_t bm_target_app_queue(bm_target_app_t *app, const bm_target_spec_t *spec, apr_int64_t now_ns,
                                 apr_int64_t *wait_ns);

/** Remember a run that waits wait_ns from now_ns on. spec must be settled. Never NULL; valid until 1,024 newer ones. */
bm_target_run_t *bm_target_app_add_run(bm_target_app_t *app, const bm_target_spec_t *spec, const char *goal,
                                       apr_int64_t now_ns, apr_int64_t wait_ns);

/** NULL: unknown, or forgotten. */
bm_target_run_t *bm_target_app_find_run(bm_target_app_t *app, const char *id);
bm_target_run_t *bm_target_app_run_of(bm_target_app_t *app, apr_uint64_t serial);

/** State of a run at now_ns. */
bm_target_run_e bm_target_app_run_state(const bm_target_run_t *run, apr_int64_t now_ns);

#endif
