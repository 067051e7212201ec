/* SPDX-License-Identifier: Apache-2.0 */
#include "job/job_runner.h"

#include <stdatomic.h>
#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/rand.h"
#include "base/timefmt.h"
#include "store/job_store.h"

#define FIRST_PAUSE   apr_time_from_sec(5)     /* after a failure; doubles with each further one */
#define DOUBLINGS_MAX 7
#define LOCKED_IS_NEWS 3                        /* failures in a row */

struct bm_job_runner_t {
    apr_pool_t *p;
    apr_pool_t *pround;                        /* cleared with each tick */
    const bm_job_t *const *jobs;
    const char **names;
    int count;
    const char *owner;
    void *baton;
    bm_rand_t rand;
    int ensured;                               /* the rows are there */
    const bm_job_t *job;                       /* at work */
    bm_job_claim_t claim;
    atomic_int stopping;
};

bm_job_runner_t *bm_job_runner_make(const bm_job_t *const *jobs, const char *owner, void *baton, apr_pool_t *p)
{
    bm_job_runner_t *runner = apr_pcalloc(p, sizeof(*runner));
    int i;

    runner->p = p;
    apr_pool_create(&runner->pround, p);
    runner->jobs = jobs;
    while (jobs[runner->count] != NULL)
        runner->count++;
    runner->names = apr_palloc(p, ((apr_size_t)runner->count + 1) * sizeof(*runner->names));
    for (i = 0; i < runner->count; i++)
        runner->names[i] = jobs[i]->name;
    runner->owner = apr_pstrdup(p, owner);
    runner->baton = baton;
    bm_rand_seed(&runner->rand, (apr_uint64_t)apr_time_now());
    atomic_init(&runner->stopping, 0);
    return runner;
}

void bm_job_runner_stop(bm_job_runner_t *runner)
{
    atomic_store(&runner->stopping, 1);
}

int bm_job_stopping(const bm_job_ctx_t *ctx)
{
    const bm_job_runner_t *runner = ctx->runner;

    return atomic_load(&runner->stopping);
}

apr_status_t bm_job_extend(bm_job_ctx_t *ctx)
{
    bm_job_runner_t *runner = ctx->runner;
    apr_pool_t *ptemp;
    apr_status_t rv;

    apr_pool_create(&ptemp, runner->pround);      /* a long job extends often */
    rv = bm_job_store_extend(ctx->db, &runner->claim, runner->job->lease, ctx->err, ptemp);
    apr_pool_destroy(ptemp);
    return rv;
}

static const bm_job_t *job_named(const bm_job_runner_t *runner, const char *name)
{
    int i;

    for (i = 0; i < runner->count; i++)
        if (strcmp(runner->jobs[i]->name, name) == 0)
            return runner->jobs[i];
    return NULL;                               /* cannot be: only our names are claimed */
}

/* Give or take a tenth, so that the engines of a cluster and the jobs of an engine do not fall into step. */
static apr_interval_time_t with_jitter(bm_job_runner_t *runner, apr_interval_time_t t)
{
    return (apr_interval_time_t)((double)t * (0.9 + 0.2 * bm_rand_uniform(&runner->rand)));
}

static apr_interval_time_t next_after(bm_job_runner_t *runner, apr_status_t rv, int again)
{
    int doublings = runner->claim.failures < DOUBLINGS_MAX ? runner->claim.failures : DOUBLINGS_MAX;
    apr_interval_time_t pause = FIRST_PAUSE << doublings;

    if (rv == APR_SUCCESS)
        return again ? 0 : with_jitter(runner, runner->job->every);
    return with_jitter(runner, pause < runner->job->every ? pause : runner->job->every);
}

/* A lock that somebody else held is no news until it happens again and again: the job comes back by itself. */
static int lock_is_no_news(const bm_job_runner_t *runner, apr_status_t rv)
{
    return APR_STATUS_IS_EAGAIN(rv) && runner->claim.failures + 1 < LOCKED_IS_NEWS;
}

/* Run the claimed job and say in its row how it went. */
static apr_status_t perform(bm_job_runner_t *runner, bm_db_t *db, bm_err_t *err)
{
    bm_err_t *why = bm_err_make(runner->pround);
    bm_job_ctx_t ctx = { .db = db, .err = why, .baton = runner->baton, .runner = runner };
    apr_int64_t started = bm_timefmt_monotonic_ns();
    const char *error = NULL;
    apr_pool_t *pjob;
    apr_status_t rv, written;

    apr_pool_create(&pjob, runner->pround);
    rv = runner->job->run(&ctx, pjob);
    apr_pool_destroy(pjob);
    if (rv != APR_SUCCESS) {
        error = why->detail ? why->detail : apr_psprintf(runner->pround, "Status %d.", rv);
        bm_log(lock_is_no_news(runner, rv) ? BM_LOG_INFO : BM_LOG_WARNING, rv, BMLOG(0240) "job %s failed (%d in a row): %s",
               runner->claim.name, runner->claim.failures + 1, error);
    }
    /* A job may have lost the connection or left a transaction; its row is written all the same. */
    written = bm_db_check(db, err);
    if (written == APR_SUCCESS)
        written = bm_job_store_finish(db, &runner->claim, next_after(runner, rv, ctx.again),
                                      (bm_timefmt_monotonic_ns() - started) / 1000, error, err, runner->pround);
    if (written == APR_NOTFOUND) {
        bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0241) "job %s ran longer than its lease; somebody else has taken it",
               runner->claim.name);
        written = APR_SUCCESS;
    }
    return written;
}

apr_status_t bm_job_runner_tick(int *ran, bm_job_runner_t *runner, bm_db_t *db, bm_err_t *err)
{
    apr_status_t rv = APR_SUCCESS;
    apr_interval_time_t lease = 0;
    int i;

    *ran = 0;
    if (atomic_load(&runner->stopping) || runner->count == 0)
        return APR_SUCCESS;
    apr_pool_clear(runner->pround);
    if (!runner->ensured)
        rv = bm_job_store_ensure(db, runner->names, runner->count, err, runner->pround);
    runner->ensured = rv == APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    /* Which one it will be is not known yet: claim with the longest lease, then set its own. */
    for (i = 0; i < runner->count; i++)
        lease = runner->jobs[i]->lease > lease ? runner->jobs[i]->lease : lease;
    rv = bm_job_store_claim(&runner->claim, db, runner->names, runner->count, runner->owner, lease, err, runner->pround);
    if (rv == APR_NOTFOUND)
        return APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    runner->job = job_named(runner, runner->claim.name);
    *ran = 1;
    if (runner->job->lease != lease)
        rv = bm_job_store_extend(db, &runner->claim, runner->job->lease, err, runner->pround);
    if (rv == APR_NOTFOUND)
        return APR_SUCCESS;                    /* taken within a moment: theirs */
    return rv == APR_SUCCESS ? perform(runner, db, err) : rv;
}
