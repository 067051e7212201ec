/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/event_notifier.h"

#include <poll.h>
#include "base/ring.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "db/query.h"

#define TRY_AGAIN_MS 3000

struct bm_event_notifier_t {
    bm_store_access_t store;
    bm_ring_t *wake, *later, *stop;  /* only their eventfds are used; stop is never drained */
    bm_thread_t *thread;
    /* the thread's */
    apr_pool_t *pconn, *pturn;
    bm_db_t *db;                     /* NULL: not connected */
};

/* Nothing is lost if the server forgets it in a crash, so its commit waits for no disk. */
static const bm_stmt_t event_notify = { "event_notify",
    "select set_config('synchronous_commit', 'off', true), pg_notify('bm_events', '')" };

static int is_stopping(const bm_event_notifier_t *n, int timeout_ms)
{
    struct pollfd fd = { .fd = bm_ring_fd(n->stop), .events = POLLIN };

    return poll(&fd, 1, timeout_ms) > 0;
}

/* What may wait goes with what may not, if that comes soon. @return whether it was poked; else it is to stop. */
static int wait_for_poke(bm_event_notifier_t *n)
{
    struct pollfd fds[3] = { { .fd = bm_ring_fd(n->wake), .events = POLLIN }, { .fd = bm_ring_fd(n->stop), .events = POLLIN },
                             { .fd = bm_ring_fd(n->later), .events = POLLIN } };

    while (poll(fds, 3, -1) < 0)
        ;
    if (fds[0].revents == 0 && fds[1].revents == 0)
        poll(fds, 2, BM_NOTIFY_PAUSE_MS);
    bm_ring_drain_wake(n->wake);
    bm_ring_drain_wake(n->later);
    return !is_stopping(n, 0);
}

static int notify(bm_event_notifier_t *n)
{
    if (n->db == NULL) {
        bm_db_options_t options = { .application_name = "mod_benchmark events", .statement_timeout_ms = 5000,
                                    .stop_fd = bm_ring_fd(n->stop) };

        n->db = bm_store_connect_ready(&options, &n->store, n->pconn);
    }
    else if (bm_db_check(n->db, NULL) != APR_SUCCESS)
        return 0;
    return n->db != NULL && bm_db_query(NULL, n->db, &event_notify, BM_NO_PARAMS, NULL, n->pturn) == APR_SUCCESS;
}

static void notifier_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_event_notifier_t *n = baton;

    (void)thread;
    apr_pool_create(&n->pconn, p);
    apr_pool_create(&n->pturn, p);
    while (wait_for_poke(n)) {
        int done = notify(n);

        apr_pool_clear(n->pturn);
        if (!done) {
            n->db = NULL;
            apr_pool_clear(n->pconn);
        }
        if (is_stopping(n, done ? BM_NOTIFY_PAUSE_MS : TRY_AGAIN_MS))
            break;
    }
    apr_pool_clear(n->pconn);
}

apr_status_t bm_event_notifier_start(bm_event_notifier_t **pnotifier, const bm_store_access_t *store, apr_pool_t *p)
{
    bm_event_notifier_t *n = apr_pcalloc(p, sizeof(*n));
    apr_status_t rv = bm_ring_create(&n->wake, 2, p);

    *pnotifier = NULL;
    n->store = *store;
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&n->later, 2, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&n->stop, 2, p);
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&n->thread, "bm-events", notifier_main, n, p);
    if (rv == APR_SUCCESS)
        *pnotifier = n;
    return rv;
}

void bm_event_notifier_poke(bm_event_notifier_t *notifier, int urgent)
{
    if (notifier != NULL)
        bm_ring_wake(urgent ? notifier->wake : notifier->later);
}

void bm_event_notifier_stop(bm_event_notifier_t *notifier)
{
    if (notifier == NULL)
        return;
    bm_ring_wake(notifier->stop);
    bm_thread_join(notifier->thread);
}
