/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/controller.h"

#include <unistd.h>
#include "base/log.h"
#include "base/ring.h"
#include "base/thread.h"

enum { LOOK_MS = 1000, TRY_AGAIN_MS = 3000 };

struct bm_controllers_t {
    const bm_controller_t *const *table;
    bm_store_access_t store;
    int poke_fd;
    bm_thread_t *thread;
    bm_ring_t *wake;                   /* only its eventfd is used */
};

static void poke_director(const bm_controllers_t *c)
{
    const apr_uint64_t one = 1;

    if (c->poke_fd >= 0 && write(c->poke_fd, &one, sizeof(one)) < 0)
        return;                        /* it is full of pokes already */
}

/* Let a controller do what is due. @return 0: the connection is lost. */
static int run_controller(bm_controllers_t *c, const bm_controller_t *controller, bm_thread_t *thread, bm_db_t *db, apr_pool_t *p)
{
    bm_controller_step_t step = { .db = db, .settings = c->store.settings, .did = 1 };
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && step.did && !bm_thread_stopping(thread)) {
        apr_pool_clear(p);
        step.did = step.queued = 0;
        step.err = bm_err_make(p);
        rv = controller->step(&step, p);
        if (rv == APR_SUCCESS && step.queued)
            poke_director(c);
    }
    if (rv == APR_SUCCESS)
        return 1;
    bm_db_rollback(db);
    if (rv != APR_EAGAIN)
        bm_log(BM_LOG_ERR, rv, BMLOG(0450) "%s: a step failed: %s", controller->name,
               step.err->detail ? step.err->detail : "no reason given");
    return bm_db_check(db, NULL) == APR_SUCCESS;
}

static bm_db_t *connect_store(const bm_controllers_t *c, apr_pool_t *pconn)
{
    bm_db_options_t options = { .application_name = "mod_benchmark controllers", .statement_timeout_ms = 10000 };

    return bm_store_connect_ready(&options, &c->store, pconn);
}

static void controllers_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_controllers_t *c = baton;
    apr_pool_t *pconn, *pstep;
    bm_db_t *db = NULL;
    int i;

    apr_pool_create(&pconn, p);
    apr_pool_create(&pstep, p);
    while (!bm_thread_stopping(thread)) {
        if (db == NULL)
            db = connect_store(c, pconn);
        for (i = 0; db != NULL && c->table[i] != NULL; i++)
            if (!run_controller(c, c->table[i], thread, db, pstep))
                db = NULL;
        if (db == NULL)
            apr_pool_clear(pconn);
        if (!bm_thread_stopping(thread))
            bm_ring_wait(c->wake, db != NULL ? LOOK_MS : TRY_AGAIN_MS);
    }
    apr_pool_clear(pconn);
}

apr_status_t bm_controllers_start(bm_controllers_t **pcontrollers, const bm_controller_t *const *table,
                                  const bm_store_access_t *store, int poke_fd, apr_pool_t *p)
{
    bm_controllers_t *c = apr_pcalloc(p, sizeof(*c));
    apr_status_t rv = bm_ring_create(&c->wake, 2, p);

    *pcontrollers = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    c->table = table;
    c->store = *store;
    c->poke_fd = poke_fd;
    *pcontrollers = c;
    return bm_thread_start(&c->thread, "bm-control", controllers_main, c, p);
}

void bm_controllers_stop(bm_controllers_t *controllers)
{
    bm_thread_stop(controllers->thread);
    bm_ring_wake(controllers->wake);
    bm_thread_join(controllers->thread);
}
