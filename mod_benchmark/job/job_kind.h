/* SPDX-License-Identifier: Apache-2.0
 *
 * job/job_kind.h: what a background job is: one const bm_job_t beside its code, named in one table of glue/.
 *
 * A job runs in the jobs thread of some engine, at most once at a time in the whole cluster. It works in bounded steps,
 * asks bm_job_stopping between them, and may be started again at any time after it was cut off: what it does must be
 * idempotent, its progress kept in the database. */
#ifndef BM_JOB_JOB_KIND_H
#define BM_JOB_JOB_KIND_H

#include <apr_time.h>
#include "db/query.h"

/** A job at work. */
typedef struct bm_job_ctx_t {
    bm_db_t *db;                  /* of the jobs thread; outside a transaction at begin and end */
    bm_err_t *err;                /* say here why it failed: the sentence is kept in the job's row and logged */
    void *baton;                  /* what the runner was made with */
    int again;                    /* set by the job: there is more to do, run me as soon as others had their turn */
    void *runner;                 /* the runner's own */
} bm_job_ctx_t;

/** @return APR_SUCCESS; anything else is a failure: it is tried again after a pause that doubles up to `every`. */
typedef apr_status_t bm_job_fn(bm_job_ctx_t *ctx, apr_pool_t *p);

typedef struct bm_job_t {
    const char *name;             /* unique, [a-z0-9-]+; the key of its row */
    const char *doc;              /* one sentence for the engine page */
    apr_interval_time_t every;    /* from the end of one run to the begin of the next, give or take a tenth */
    apr_interval_time_t lease;    /* longest time between two calls of bm_job_extend; then another engine takes over */
    bm_job_fn *run;
} bm_job_t;

/** Whether the job should return soon (the engine stops or hands over). */
int bm_job_stopping(const bm_job_ctx_t *ctx);

/** Extend the lease by its whole length. @return APR_NOTFOUND: somebody else has it now; return at once. Else as bm_db_query. */
apr_status_t bm_job_extend(bm_job_ctx_t *ctx);

#endif
