/* SPDX-License-Identifier: Apache-2.0
 *
 * live/hub.h: the thread of a web child that holds all who watch.
 *
 * It owns every client from bm_hub_adopt on: queue, framing, subscription, socket. Nobody else touches them, and it never waits
 * for anything but its epoll set: what may block (the database) is the feed's thread (live/event_feed.h), which sends news
 * through a ring. Clients that want the same in the same framing form a group; what a group is told is made once and shared.
 *
 * A push goes out at most each `push_ns`; one with an urgent event at once, and all that waited goes before it, in order. Each
 * client has a queue of BM_HUB_QUEUE blocks and BM_HUB_QUEUE_BYTES behind the block that is on its way; who lets it run full is
 * dropped (4008), the others notice nothing.
 *
 * Thread: bm_hub_adopt, bm_hub_reserve and bm_hub_release from any, bm_hub_stop from the process's main thread. */
#ifndef BM_LIVE_HUB_H
#define BM_LIVE_HUB_H

#include "db/conn.h"
#include "live/sink.h"
#include "live/subscription.h"
#include "shm/live_meter.h"

#define BM_HUB_QUEUE 64
#define BM_HUB_QUEUE_BYTES (1024 * 1024)
#define BM_HUB_PUSH_BYTES (128 * 1024)     /* of one push to one client; what is more is told as a number ("many") */

typedef enum bm_live_framing_e {
    BM_FRAMING_SSE = 0,              /* GET /events */
    BM_FRAMING_WS,                   /* /events/ws: subscribes by messages */
    BM_FRAMING_HIVE,                 /* /ws/metrics */
    BM_FRAMING_POLL,                 /* GET /events?wait=: one answer, then the end */
    BM_FRAMING_WAIT                  /* a request that waits for runs to end: woken, never told */
} bm_live_framing_e;

/** What a client asks for. Made by the request's thread in its pool, read by the hub as long as the client lives. */
typedef struct bm_live_order_t {
    bm_live_framing_e framing;
    const bm_subscription_t *subscription;   /* NULL: none yet (WS), all (HIVE) */
    const char *after;                       /* token; NULL: from now on */
    apr_interval_time_t wait;                /* POLL, WAIT: at most */
    const char *accept, *protocol;           /* Sec-WebSocket-Accept, -Protocol (may be NULL) */
    const apr_int64_t *projects;             /* whose events it is told; NULL: of all */
    int project_count;
    int administers;                         /* whether it is told of users, API keys and secrets, as far as projects let it */
    const char *user, *session;              /* of whom; an event "access.revoked" that names one closes it. May be NULL */
    apr_int64_t key_id;                      /* likewise, of an API key; 0: of none */
    /* WAIT: runs whose end is awaited; how many; called when all have ended, or time is up, or the server wants to end. The
     * sink is then no longer the hub's. Must not block. */
    const apr_int64_t *runs;
    int run_count, open_count;               /* open_count: of these have not ended */
    void (*wake)(void *baton);
    void *baton;
} bm_live_order_t;

typedef struct bm_hub_options_t {
    const bm_db_options_t *db;           /* of the feed, like the next two (bm_event_feed_start) */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
    apr_int64_t push_ns, beat_ns;        /* BenchmarkLivePush, BenchmarkLiveBeat */
    int max_clients;
    bm_live_meters_t *meters;
    bm_live_meter_t *meter;              /* this child's; neither is NULL */
} bm_hub_options_t;

typedef struct bm_hub_t bm_hub_t;

/** Start the hub's thread and the feed's. p outlives the hub; options are kept. */
apr_status_t bm_hub_start(bm_hub_t **phub, const bm_hub_options_t *options, apr_pool_t *p);

/** A place for one more client. @return 0: none is left, or the hub wants to end. */
int bm_hub_reserve(bm_hub_t *hub);

/** Give back a place that no client was adopted for. */
void bm_hub_release(bm_hub_t *hub);

/** Give a client with a reserved place to the hub. sink and order live until sink->destroy (order: or wake). */
void bm_hub_adopt(bm_hub_t *hub, bm_sink_t *sink, const bm_live_order_t *order);

/** The same for a client that only has to be ended: what it has in its filters is sent, then it is closed and destroyed. */
void bm_hub_adopt_ended(bm_hub_t *hub, bm_sink_t *sink);

/** Whether bm_hub_close was called. Any thread. */
int bm_hub_is_closing(bm_hub_t *hub);

/** Say goodbye to all (1012, end of stream) and take nobody any more; returns at once. Any thread. */
void bm_hub_close(bm_hub_t *hub);

/** End the threads; whoever is still there is cut off. Within about two seconds. */
void bm_hub_stop(bm_hub_t *hub);

#endif
