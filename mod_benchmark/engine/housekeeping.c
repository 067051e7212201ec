/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/housekeeping.h"

#include <apr_strings.h>
#include "base/log.h"
#include "base/ring.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/housekeeping_jobs.h"
#include "job/job_runner.h"
#include "store/metrics_store.h"

#define TICK_MS 1000
#define TRY_AGAIN_MS 3000

struct bm_housekeeping_t {
    bm_store_access_t store;
    const char *engine_id;
    bm_thread_t *thread;
    bm_ring_t *wake;                 /* only its eventfd is used */
    bm_job_runner_t *runner;
};

static bm_db_t *connect_store(const bm_housekeeping_t *h, apr_pool_t *pconn)
{
    bm_db_options_t options = { .application_name = "mod_benchmark jobs", .statement_timeout_ms = 60000 };

    return bm_store_connect_ready(&options, &h->store, pconn);
}

/* Run what is due until nothing is, or the connection is lost. @return 0: lost. */
static int run_due(bm_housekeeping_t *h, bm_thread_t *thread, bm_db_t *db, apr_pool_t *pround)
{
    int ran = 1;

    while (ran && !bm_thread_stopping(thread)) {
        apr_pool_clear(pround);
        if (bm_job_runner_tick(&ran, h->runner, db, bm_err_make(pround)) != APR_SUCCESS)
            return 0;
    }
    return 1;
}

/* For the status page of httpd, which must not wait for a database: how long the queue is, every few seconds. */
static void look_around(bm_housekeeping_t *h, bm_db_t *db, apr_pool_t *pround)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns(), pending, running;

    if (h->store.meters == NULL || !bm_meters_sample(h->store.meters, now_ns) || db == NULL)
        return;
    apr_pool_clear(pround);
    if (bm_metrics_store_queue(&pending, &running, db, bm_err_make(pround), pround) != APR_SUCCESS)
        return;
    atomic_store(&h->store.meters->queue_pending, pending);
    atomic_store(&h->store.meters->queue_running, running);
    atomic_store(&h->store.meters->queue_seen_ns, now_ns);
}

static void housekeeping_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_housekeeping_t *h = baton;
    apr_pool_t *pconn, *pround;
    bm_db_t *db = NULL;

    apr_pool_create(&pconn, p);
    apr_pool_create(&pround, p);
    while (!bm_thread_stopping(thread)) {
        if (db == NULL)
            db = connect_store(h, pconn);
        if (db != NULL && !run_due(h, thread, db, pround))
            db = NULL;
        look_around(h, db, pround);
        if (db == NULL)
            apr_pool_clear(pconn);
        if (!bm_thread_stopping(thread))
            bm_ring_wait(h->wake, db ? TICK_MS : TRY_AGAIN_MS);
    }
    apr_pool_clear(pconn);
}

apr_status_t bm_housekeeping_start(bm_housekeeping_t **phousekeeping, const bm_store_access_t *store, const char *engine_id,
                                   apr_pool_t *p)
{
    bm_housekeeping_t *h = apr_pcalloc(p, sizeof(*h));
    apr_status_t rv = bm_ring_create(&h->wake, 2, p);

    *phousekeeping = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    h->store = *store;
    h->engine_id = engine_id;
    /* the thread allocates in it, so not below p; it is there as long as the process */
    h->runner = bm_job_runner_make(bm_housekeeping_jobs, engine_id, (void *)(apr_uintptr_t)store->settings,
                                   bm_thread_pool_make("bm-jobs"));
    *phousekeeping = h;
    return bm_thread_start(&h->thread, "bm-jobs", housekeeping_main, h, p);
}

void bm_housekeeping_stop(bm_housekeeping_t *housekeeping)
{
    bm_job_runner_stop(housekeeping->runner);
    bm_thread_stop(housekeeping->thread);
    bm_ring_wake(housekeeping->wake);
    bm_thread_join(housekeeping->thread);
}
