/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/event_notifier.h: a thread that tells those who listen (live/event_feed.h) that this node has committed events.
 *
 * The transactions that write events do not notify themselves: commits that do go one after another in the whole server. Here
 * it happens behind them, at once when nothing was told for BM_NOTIFY_PAUSE_MS, else once more at the end of that time. It is a
 * hint: while the database is away none is kept, and who listens looks by itself soon. */
#ifndef BM_ENGINE_EVENT_NOTIFIER_H
#define BM_ENGINE_EVENT_NOTIFIER_H

#include <apr_pools.h>
#include "engine/store_connect.h"

#define BM_NOTIFY_PAUSE_MS 100

typedef struct bm_event_notifier_t bm_event_notifier_t;

/** Start the thread, which has a connection of its own. store is copied; p outlives the stop. */
apr_status_t bm_event_notifier_start(bm_event_notifier_t **pnotifier, const bm_store_access_t *store, apr_pool_t *p);

/** Events were committed. urgent: of runs that ended; others wait BM_NOTIFY_PAUSE_MS for such, so that a run's start does not
 *  put off the word of its end. Any thread, never waits. Harmless for NULL. */
void bm_event_notifier_poke(bm_event_notifier_t *notifier, int urgent);

/** End the thread, also while the database does not answer. Harmless for NULL. */
void bm_event_notifier_stop(bm_event_notifier_t *notifier);

#endif
