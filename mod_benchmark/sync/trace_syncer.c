/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/trace_syncer.h"

#include "base/log.h"
#include "base/ring.h"
#include "base/thread.h"
#include "net/outbound.h"
#include "sync/trace_sync.h"

enum { THREADS = 2, LOOK_MS = 1000, TRY_AGAIN_MS = 3000, STATEMENT_MS = 60000 };

typedef struct worker_t {
    bm_trace_syncer_t *syncer;
    bm_thread_t *thread;
    bm_ring_t *wake;                   /* only its eventfd is used */
} worker_t;

struct bm_trace_syncer_t {
    bm_trace_syncer_options_t options;
    bm_outbound_t *outbound;
    bm_window_scans_t *scans;
    worker_t workers[THREADS];
    int count;
};

static int is_stopping(void *baton)
{
    const worker_t *w = baton;

    return bm_thread_stopping(w->thread);
}

static void sleep_at_most(void *baton, int ms)
{
    worker_t *w = baton;

    if (!bm_thread_stopping(w->thread))
        bm_ring_wait(w->wake, ms);
}

static bm_db_t *connect_store(const worker_t *w, apr_pool_t *pconn)
{
    bm_db_options_t options = { .application_name = "mod_benchmark"
    " sync", .engine_plans = 1, .statement_timeout_ms = STATEMENT_MS };

    return bm_store_connect_ready(&options, &w->syncer->options.store, pconn);
}

/* What is due, until nothing is. @return 0: the connection is lost. */
static int work(worker_t *w, bm_trace_sync_t *sync, bm_db_t *db, apr_pool_t *pround)
{
    int did = 1;

    while (did && !bm_thread_stopping(w->thread)) {
        apr_pool_clear(pround);
        if (bm_trace_sync_work(&did, sync, db, bm_err_make(pround), pround) != APR_SUCCESS)
            return bm_db_check(db, NULL) == APR_SUCCESS;
    }
    return 1;
}

static void worker_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    worker_t *w = baton;
    const bm_trace_sync_options_t options = {
        .outbound = w->syncer->outbound, .vault = w->syncer->options.vault, .scans = w->syncer->scans,
        .engine_id = w->syncer->options.engine_id,
        .stopping = is_stopping, .sleep = sleep_at_most, .baton = w
    };
    bm_trace_sync_t *sync;
    apr_pool_t *pconn, *pround;
    bm_db_t *db = NULL;

    apr_pool_create(&pconn, p);
    apr_pool_create(&pround, p);
    if (bm_trace_sync_create(&sync, &options, p) != APR_SUCCESS) {
        bm_log(BM_LOG_ERR, 0, BMLOG(0962) "no trace source is synced here: libcurl gives no handle");
        return;
    }
    while (!bm_thread_stopping(thread)) {
        if (db == NULL)
            db = connect_store(w, pconn);
        if (db != NULL && !work(w, sync, db, pround))
            db = NULL;
        if (db == NULL)
            apr_pool_clear(pconn);
        sleep_at_most(w, db != NULL ? LOOK_MS : TRY_AGAIN_MS);
    }
    apr_pool_clear(pconn);
}

static apr_status_t start_worker(bm_trace_syncer_t *s, worker_t *w, apr_pool_t *p)
{
    apr_status_t rv = bm_ring_create(&w->wake, 2, p);

    w->syncer = s;
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&w->thread, "bm-sync", worker_main, w, p);
    s->count += rv == APR_SUCCESS;
    return rv;
}

apr_status_t bm_trace_syncer_start(bm_trace_syncer_t **psyncer, const bm_trace_syncer_options_t *options, apr_pool_t *p)
{
    bm_trace_syncer_t *s = *psyncer = apr_pcalloc(p, sizeof(*s));
    apr_status_t rv;

    s->options = *options;
    rv = bm_outbound_create(&s->outbound, options->store.settings, options->tls_files, bm_err_make(p), p);
    if (rv == APR_SUCCESS)
        rv = bm_window_scans_create(&s->scans, p);
    while (rv == APR_SUCCESS && s->count < THREADS)
        rv = start_worker(s, &s->workers[s->count], p);
    return rv;
}

void bm_trace_syncer_stop(bm_trace_syncer_t *s)
{
    int i;

    if (s == NULL)
        return;
    for (i = 0; i < s->count; i++) {
        bm_thread_stop(s->workers[i].thread);
        bm_ring_wake(s->workers[i].wake);
    }
    for (i = 0; i < s->count; i++)
        bm_thread_join(s->workers[i].thread);
    s->count = 0;
}
