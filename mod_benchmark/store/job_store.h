/* SPDX-License-Identifier: Apache-2.0
 *
 * store/job_store.h: background jobs as leased rows, run by any engine; each at most once at a time in the whole cluster.
 *
 * A job whose owner died is due again when its lease has run out, or sooner if it was an engine
 * that shows no life. The fence proves ownership at the end. Thread: that of db. */
#ifndef BM_STORE_JOB_STORE_H
#define BM_STORE_JOB_STORE_H

#include <apr_time.h>
#include "db/query.h"

/** A job in our hands. */
typedef struct bm_job_claim_t {
    const char *name;
    apr_int64_t fence;
    int failures;                 /* in a row, before this time */
} bm_job_claim_t;

/** Make rows for jobs that have none yet: due at once. */
apr_status_t bm_job_store_ensure(bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p);

/** Claim the job of these names that has been due longest. lease: after which somebody else may take it.
 *  @return APR_NOTFOUND (err untouched): none is due. */
apr_status_t bm_job_store_claim(bm_job_claim_t *claim, bm_db_t *db, const char *const *names, int n, const char *owner,
                                apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p);

/** Extend the lease. @return APR_NOTFOUND: it is not ours any more. */
apr_status_t bm_job_store_extend(bm_db_t *db, const bm_job_claim_t *claim, apr_interval_time_t lease, bm_err_t *err,
                                 apr_pool_t *p);

/** Give it back: due again in `next`. error: NULL for a success, else a sentence (its failures go up by one).
 *  @return APR_NOTFOUND: it was not ours any more. */
apr_status_t bm_job_store_finish(bm_db_t *db, const bm_job_claim_t *claim, apr_interval_time_t next, apr_interval_time_t took,
                                 const char *error, bm_err_t *err, apr_pool_t *p);

/** Make a job due now (after something happened that it waits for). */
apr_status_t bm_job_store_wake(bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p);

#endif
