/* SPDX-License-Identifier: Apache-2.0
 *
 * live/event_feed.h: one thread of a web child that follows the events table and tells the hub.
 *
 * It has a connection of its own, which listens (LISTEN bm_events) and reads with a snapshot cursor (db/snapshot_cursor.h): the
 * notification only says when to look; without one it looks every BM_FEED_POLL_MS, behind a pooler, which cannot listen, every
 * BM_FEED_POLL_POOLED_MS. It connects when it is wanted first, and closes its connection when nobody has wanted it for a minute.
 * All that may block is here, so the hub never does.
 *
 * News go to the hub's ring; who takes one owns it and frees it with bm_feed_news_free. Order is everything: what is in
 * BATCHes follows from one another without gap, and a RESUMED stands between the two BATCHes that it connects to: after it its
 * asker goes on with the next BATCH and has missed nothing and had nothing twice. */
#ifndef BM_LIVE_EVENT_FEED_H
#define BM_LIVE_EVENT_FEED_H

#include "base/ring.h"
#include "db/conn.h"
#include "live/live_event.h"

#define BM_FEED_POLL_MS 1000           /* without a notification */
#define BM_FEED_POLL_POOLED_MS 200
#define BM_FEED_RESUME_EVENTS 5000     /* more is not told to who resumes */
#define BM_FEED_RESUME_BYTES (2 * 1024 * 1024)

typedef enum bm_feed_kind_e {
    BM_FEED_STARTED = 0,               /* the stream begins at token; also after a loss that cannot be bridged: whoever
                                        * watched before must be told to begin anew */
    BM_FEED_BATCH,                     /* the next events of the stream; token: behind the last. Now and then without any: only
                                        * the token has moved, so that those of quiet watchers do not grow too old */
    BM_FEED_RESUMED,                   /* what `ask` missed, if anything; token as of now */
    BM_FEED_RESET,                     /* what `ask` missed cannot be told: too old, too much, another database; token: now */
    BM_FEED_AWAY,                      /* the database is away; the stream will go on where it was */
    BM_FEED_BACK
} bm_feed_kind_e;

typedef struct bm_feed_news_t {
    bm_feed_kind_e kind;
    apr_pool_t *p;                     /* a root pool of its own: everything here lives in it */
    const bm_live_event_t *const *events;
    int n;
    const char *token;                 /* NULL: of AWAY and BACK */
    const char *ask;                   /* the token that was asked for; of RESUMED and RESET */
} bm_feed_news_t;

typedef struct bm_event_feed_t bm_event_feed_t;

/** Start the thread. db: how to connect; copied, its strings are kept. conninfo (may be NULL): asked for the connection string
 *  before each attempt where db names none, in the thread; NULL from it: not known now. news: the hub's ring; the feed waits
 *  while it is full. p outlives the feed. */
apr_status_t bm_event_feed_start(bm_event_feed_t **pfeed, const bm_db_options_t *db,
                                 const char *(*conninfo)(void *baton, apr_pool_t *p), void *conninfo_baton, bm_ring_t *news,
                                 apr_pool_t *p);

/** Whether there is somebody to tell. Any thread. STARTED follows the first time, and after it was not wanted for a while. */
void bm_event_feed_want(bm_event_feed_t *feed, int wanted);

/** Ask what was missed since a token; the text is copied. Answered by RESUMED or RESET, once for all who asked for the same
 *  token meanwhile; an answer is good for all who wait for this token when it comes. Only while it is wanted. Any thread.
 *  @return APR_EAGAIN: too many different ones wait; APR_EINVAL: not a token. */
apr_status_t bm_event_feed_resume(bm_event_feed_t *feed, const char *token);

/** End the thread, at most within about a second, also while the database does not answer. */
void bm_event_feed_stop(bm_event_feed_t *feed);

/** Free one of the news; harmless for NULL. */
void bm_feed_news_free(bm_feed_news_t *news);

#endif
