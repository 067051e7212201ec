/* SPDX-License-Identifier: Apache-2.0
 *
 * live/hub_private.h: the inside of the hub. hub.c is its thread: waiting, time, who comes. hub_news.c is what the feed tells.
 * hub_client.c is one client: queue, bytes, end. hub_group.c is what clients have in common: who wants the same, and is told it.
 * hub_render.c makes the bytes, for all of a group at once. hub_message.c is what a WebSocket says.
 *
 * Everything here belongs to the hub's thread but `inbox` and the flags above it. */
#ifndef BM_LIVE_HUB_PRIVATE_H
#define BM_LIVE_HUB_PRIVATE_H

#include <stddef.h>
#include <apr_hash.h>
#include <apr_thread_mutex.h>
#include "base/ring.h"
#include "base/thread.h"
#include "live/event_feed.h"
#include "live/frame.h"
#include "live/hub.h"
#include "live/ws_session.h"

#define HUB_SLOTS 15                     /* clients beat in turns, so that ten thousand do not at once */
#define HUB_CLOSE_NS INT64_C(2000000000) /* for what is queued to go out, and again for the client's own end */
#define HUB_SILENT_BEATS 3

typedef struct link_t {
    struct link_t *prev, *next;
} link_t;

typedef struct client_t client_t;
typedef struct group_t group_t;

/** Bytes that several queues share. */
typedef struct block_t {
    int refs;
    apr_size_t len;
    char data[];
} block_t;

typedef enum client_state_e {
    CLIENT_JOINING = 0,      /* not told events yet: has not subscribed, or waits for what it missed */
    CLIENT_LIVE,
    CLIENT_CLOSING,          /* only what is queued still goes out */
    CLIENT_FINISHED,         /* our side has ended, its side has not */
    CLIENT_DEAD              /* waits for its thread to have left it, then is destroyed */
} client_state_e;

struct client_t {
    link_t of_slot;          /* first: CLIENT_OF_SLOT */
    link_t of_group;
    link_t of_timed;         /* in hub->timed or hub->ending */
    link_t of_unread;
    bm_hub_t *hub;
    client_t *next_new;      /* in the inbox */
    bm_sink_t *sink;
    const bm_live_order_t *order;      /* NULL: came to be ended */
    bm_live_framing_e framing;
    client_state_e state;
    bm_live_end_e why;
    bm_ws_session_t *ws;
    group_t *group;          /* what it watches, also while it joins; NULL: nothing yet */
    char *ask;               /* what it missed was or will be asked for; heap */
    int asked, joining;      /* counted in hub->joining */
    block_t *queue[BM_HUB_QUEUE];
    int head, count;
    apr_size_t offset, queued;
    int flushing, want_out;
    apr_int64_t adopted_ns, heard_ns, deadline_ns;
    int runs_left;           /* WAIT */
};

struct group_t {
    const char *key;
    bm_live_framing_e framing;
    bm_subscription_t *subscription;   /* NULL: all */
    apr_pool_t *p;
    int users;                         /* clients whose group it is */
    block_t *missed;                   /* during group_resumed: what all are told who asked for the same; else NULL */
    link_t clients;                    /* those of them that are told already */
};

struct bm_hub_t {
    bm_hub_options_t options;
    apr_pool_t *p;
    bm_thread_t *thread;
    bm_event_feed_t *feed;
    bm_ring_t *news;
    int epoll, wake;
    _Atomic int places;                /* taken */
    _Atomic int closing;               /* bm_hub_close */
    apr_thread_mutex_t *inbox_mutex;
    client_t *inbox;                   /* newest first; guarded by inbox_mutex */
    /* the thread's own */
    link_t slots[HUB_SLOTS];
    link_t timed, ending;
    link_t unread;                     /* have more to say than fits in a turn */
    apr_hash_t *groups;
    apr_pool_t *group_pool;
    apr_array_header_t *pending;       /* of bm_feed_news_t *: read, not pushed yet */
    int pending_events;
    char *token;                       /* behind what was pushed; heap; NULL: the stream has not begun */
    int current;                       /* the feed follows the database */
    int said_goodbye;
    int clients, joining, slot;
    apr_int64_t now, pushed_ns, beat_ns;
    bm_buffer_t scratch, block;
    apr_pool_t *message_pool;          /* of one message of a WebSocket */
};

/* --- lists */
static inline void link_init(link_t *l)
{
    l->prev = l->next = l;
}

static inline void link_remove(link_t *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_init(l);
}

static inline void link_add(link_t *list, link_t *l)
{
    l->prev = list->prev;
    l->next = list;
    list->prev->next = l;
    list->prev = l;
}

static inline int link_empty(const link_t *list)
{
    return list->next == list;
}

#define CLIENT_OF(link_, member_) ((client_t *)(void *)((char *)(link_) - offsetof(client_t, member_)))

/* --- hub_client.c */
void client_start(client_t *client);
void client_enqueue(client_t *client, block_t *block);
/** The same of bytes for this one alone. */
void client_send(client_t *client, const char *data, apr_size_t len);
void client_ready(client_t *client, unsigned events);
/** Go on reading from one in hub->unread. */
void client_read_on(client_t *client);
/** End in good order: a close frame of that code for a WebSocket, then what is queued, then the end. */
void client_close(client_t *client, bm_live_end_e why, int code, const char *reason);
/** End now. */
void client_lost(client_t *client, bm_live_end_e why);
/** Deadlines of clients that end; destroys those that may be. */
void client_expire(client_t *client);
void client_destroy(client_t *client);
/** Send the WebSocket's own frames. */
void client_pump(client_t *client);
/** Wake a WAIT: it leaves the hub. */
void client_wake(client_t *client);

block_t *block_make(const char *data, apr_size_t len);
void block_release(block_t *block);

/* --- hub_news.c */
/** Take some of what the feed told. */
void news_take(bm_hub_t *hub);

/* --- hub_group.c */
/** Say what a client watches; NULL: all. It is copied. */
void group_watch(client_t *client, const bm_subscription_t *subscription);
/** Begin to tell a client that watches something: at once, or what it missed first. after: since when, or NULL. */
void group_join(client_t *client, const char *after);
/** It watches nothing more. */
void group_leave(client_t *client);
/** Ask the feed (again) for what it missed. */
void group_ask(client_t *client);
/** Forget groups that nobody is in any more. */
void group_sweep(bm_hub_t *hub);
/** Tell everybody what waits, in order. */
void group_push(bm_hub_t *hub);
/** What clients missed has come, or cannot. */
void group_resumed(bm_hub_t *hub, const bm_feed_news_t *news);
/** A new stream: all that was before is behind a gap. */
void group_started(bm_hub_t *hub, const bm_feed_news_t *news);
/** The answer of a POLL: elements is a JSON list without brackets. */
void poll_answer(client_t *client, const char *elements, apr_size_t len, const char *token, int reset);

/* --- hub_render.c */
/** Append what a group is told of events, framed. */
void events_render(bm_hub_t *hub, bm_buffer_t *out, const group_t *group, const bm_live_event_t *const *events, int n);
/** The same of one push: what is beyond BM_HUB_PUSH_BYTES is told as a number ("many", with token). */
void push_render(bm_hub_t *hub, bm_buffer_t *out, const group_t *group, const bm_live_event_t *const *events, int n,
                 const char *token);
/** Append an event about the stream itself, framed. */
void stream_event(bm_buffer_t *out, bm_live_framing_e framing, const char *name, const char *id, const char *data);

/* --- hub_message.c */
/** A message of a WebSocket. */
void message_heard(void *client, const char *text, apr_size_t len);

#endif
