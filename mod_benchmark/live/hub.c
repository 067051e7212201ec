/* SPDX-License-Identifier: Apache-2.0
 *
 * hub.c: the hub's thread: who comes, what time it is, begin and end. */
#include "live/hub_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include "base/timefmt.h"

#define EVENTS 256
#define NEWS 256                         /* on the way from the feed */
#define ENDING_NS INT64_C(50000000)      /* how often clients that end are looked at */
#define BEAT_LEAST_NS INT64_C(150000000)
#define STOP_NS INT64_C(1000000000)      /* for goodbyes to arrive when the process ends */

static void poke(const bm_hub_t *hub)
{
    const uint64_t one = 1;
    ssize_t ignored = write(hub->wake, &one, sizeof(one));

    (void)ignored;
}

/* --- from other threads --- */

int bm_hub_reserve(bm_hub_t *hub)
{
    int taken = atomic_load(&hub->places);

    if (!atomic_load(&hub->closing))
        while (taken < hub->options.max_clients)
            if (atomic_compare_exchange_weak(&hub->places, &taken, taken + 1))
                return 1;
    atomic_fetch_add_explicit(&hub->options.meters->refused, 1, memory_order_relaxed);
    return 0;
}

void bm_hub_release(bm_hub_t *hub)
{
    atomic_fetch_sub(&hub->places, 1);
}

static void adopt(bm_hub_t *hub, bm_sink_t *sink, const bm_live_order_t *order)
{
    client_t *client = calloc(1, sizeof(*client));

    if (client == NULL)
        abort();
    client->hub = hub;
    client->sink = sink;
    client->order = order;
    apr_thread_mutex_lock(hub->inbox_mutex);
    client->next_new = hub->inbox;
    hub->inbox = client;
    apr_thread_mutex_unlock(hub->inbox_mutex);
    poke(hub);
}

void bm_hub_adopt(bm_hub_t *hub, bm_sink_t *sink, const bm_live_order_t *order)
{
    adopt(hub, sink, order);
}

void bm_hub_adopt_ended(bm_hub_t *hub, bm_sink_t *sink)
{
    adopt(hub, sink, NULL);
}

void bm_hub_close(bm_hub_t *hub)
{
    atomic_store(&hub->closing, 1);
    poke(hub);
}

int bm_hub_is_closing(bm_hub_t *hub)
{
    return atomic_load(&hub->closing);
}

/* --- who comes --- */

static void welcome(bm_hub_t *hub, client_t *client)
{
    const bm_live_order_t *order = client->order;

    link_init(&client->of_group);
    link_init(&client->of_timed);
    link_init(&client->of_unread);
    hub->slot = (hub->slot + 1) % HUB_SLOTS;
    link_init(&client->of_slot);
    link_add(&hub->slots[hub->slot], &client->of_slot);
    hub->clients++;
    if (order != NULL) {
        client->framing = order->framing;
        client->runs_left = order->open_count;
        atomic_fetch_add_explicit(&hub->options.meter->clients[client->framing], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&hub->options.meters->accepted, 1, memory_order_relaxed);
        if (order->wait > 0) {
            client->deadline_ns = hub->now + (apr_int64_t)order->wait * 1000;
            link_add(&hub->timed, &client->of_timed);
        }
    }
    client_start(client);
    if (client->state != CLIENT_JOINING || client->framing == BM_FRAMING_WAIT)
        return;
    if (hub->said_goodbye)
        client_close(client, BM_LIVE_END_RESTART, BM_WS_RESTART, "restart");
    else if (order->subscription != NULL || client->framing == BM_FRAMING_HIVE) {
        group_watch(client, order->subscription);
        group_join(client, order->after);
    }
}

static void take_inbox(bm_hub_t *hub)
{
    client_t *client, *next, *ordered = NULL;
    uint64_t count;
    ssize_t ignored = read(hub->wake, &count, sizeof(count));

    (void)ignored;
    apr_thread_mutex_lock(hub->inbox_mutex);
    client = hub->inbox;
    hub->inbox = NULL;
    apr_thread_mutex_unlock(hub->inbox_mutex);
    for (; client != NULL; client = next) {      /* the list is the wrong way round */
        next = client->next_new;
        client->next_new = ordered;
        ordered = client;
    }
    if (ordered != NULL)
        bm_event_feed_want(hub->feed, 1);        /* it answers nobody before */
    for (client = ordered; client != NULL; client = next) {
        next = client->next_new;
        welcome(hub, client);
    }
    bm_event_feed_want(hub->feed, hub->clients > 0);
}

/* --- time --- */

static void beat_client(client_t *client, block_t *const *beats)
{
    bm_hub_t *hub = client->hub;

    if (client->state > CLIENT_LIVE)
        return;
    if (client->ask != NULL && !client->asked)
        group_ask(client);
    if (client->state == CLIENT_LIVE && beats[client->framing] != NULL)
        client_enqueue(client, beats[client->framing]);
    else if (client->state == CLIENT_JOINING && client->framing == BM_FRAMING_SSE)
        client_send(client, ":\n\n", 3);
    if (client->ws == NULL || client->state > CLIENT_LIVE)
        return;
    if (hub->now - client->heard_ns > HUB_SILENT_BEATS * hub->options.beat_ns) {
        client_lost(client, BM_LIVE_END_SILENT);
        return;
    }
    bm_ws_session_ping(client->ws);
    client_pump(client);
}

static block_t *beat_block(bm_hub_t *hub, bm_live_framing_e framing)
{
    bm_buffer_t out = { 0 };
    block_t *block;

    stream_event(&out, framing, "beat", hub->token, hub->current ? "{\"current\":true}" : "{\"current\":false}");
    block = block_make(out.data, out.len);
    bm_buffer_free(&out);
    return block;
}

static void beat(bm_hub_t *hub)
{
    block_t *beats[BM_LIVE_FRAMINGS] = { NULL };
    link_t *link, *next, *list;

    hub->slot = (hub->slot + 1) % HUB_SLOTS;
    list = &hub->slots[hub->slot];
    if (hub->token != NULL && !link_empty(list)) {
        beats[BM_FRAMING_SSE] = beat_block(hub, BM_FRAMING_SSE);
        beats[BM_FRAMING_WS] = beat_block(hub, BM_FRAMING_WS);
    }
    for (link = list->next; link != list; link = next) {
        next = link->next;
        beat_client(CLIENT_OF(link, of_slot), beats);
    }
    if (beats[BM_FRAMING_SSE] != NULL) {
        block_release(beats[BM_FRAMING_SSE]);
        block_release(beats[BM_FRAMING_WS]);
    }
    group_sweep(hub);
    bm_event_feed_want(hub->feed, hub->clients > 0);
}

static void expire_timed(bm_hub_t *hub)
{
    link_t *link, *next;
    client_t *client;

    for (link = hub->timed.next; link != &hub->timed; link = next) {
        next = link->next;
        client = CLIENT_OF(link, of_timed);
        if (hub->now < client->deadline_ns)
            continue;
        if (client->framing == BM_FRAMING_WAIT)
            client_wake(client);
        else
            poll_answer(client, "", 0, client->state == CLIENT_LIVE ? hub->token : client->order->after, 0);
    }
}

static void expire_ending(bm_hub_t *hub)
{
    link_t *link, *next;

    for (link = hub->ending.next; link != &hub->ending; link = next) {
        next = link->next;
        client_expire(CLIENT_OF(link, of_timed));
    }
}

static void say_goodbye(bm_hub_t *hub)
{
    link_t *link, *next;
    int slot;

    hub->said_goodbye = 1;
    group_push(hub);
    for (slot = 0; slot < HUB_SLOTS; slot++)
        for (link = hub->slots[slot].next; link != &hub->slots[slot]; link = next) {
            next = link->next;
            client_close(CLIENT_OF(link, of_slot), BM_LIVE_END_RESTART, BM_WS_RESTART, "restart");
        }
}

/* Milliseconds until something is due. */
static int until_due(const bm_hub_t *hub)
{
    apr_int64_t due = hub->beat_ns;

    if (!link_empty(&hub->unread))
        return 0;
    if (hub->pending->nelts > 0 && hub->pushed_ns + hub->options.push_ns < due)
        due = hub->pushed_ns + hub->options.push_ns;
    if ((!link_empty(&hub->ending) || !link_empty(&hub->timed)) && hub->now + ENDING_NS < due)
        due = hub->now + ENDING_NS;
    return due <= hub->now ? 0 : (int)((due - hub->now + 999999) / 1000000);
}

static void keep_time(bm_hub_t *hub)
{
    if (atomic_load(&hub->closing) && !hub->said_goodbye)
        say_goodbye(hub);
    if (hub->pending->nelts > 0 && hub->now - hub->pushed_ns >= hub->options.push_ns)
        group_push(hub);
    if (hub->now >= hub->beat_ns) {
        hub->beat_ns = hub->now + hub->options.beat_ns / HUB_SLOTS;
        beat(hub);
    }
    expire_timed(hub);
    expire_ending(hub);
}

/* One more turn for each that has more to say. */
static void read_on(bm_hub_t *hub)
{
    link_t *link = hub->unread.next, *next, *last = hub->unread.prev;

    while (link != &hub->unread) {
        next = link == last ? &hub->unread : link->next;
        client_read_on(CLIENT_OF(link, of_unread));
        link = next;
    }
}

static void run(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_hub_t *hub = baton;
    struct epoll_event events[EVENTS];
    apr_int64_t until = APR_INT64_MAX;
    int i, n;

    (void)p;
    hub->now = bm_timefmt_monotonic_ns();
    while (!bm_thread_stopping(thread) || (hub->clients > 0 && hub->now < until)) {
        n = epoll_wait(hub->epoll, events, EVENTS, until_due(hub));
        hub->now = bm_timefmt_monotonic_ns();
        if (bm_thread_stopping(thread) && until == APR_INT64_MAX)
            until = hub->now + STOP_NS;
        for (i = 0; i < n; i++)
            if (events[i].data.ptr == &hub->wake)
                take_inbox(hub);
            else if (events[i].data.ptr == &hub->news)
                news_take(hub);
            else
                client_ready(events[i].data.ptr, events[i].events);
        read_on(hub);
        keep_time(hub);
    }
}

/* --- begin and end --- */

static apr_status_t watch_fd(bm_hub_t *hub, int fd, void *ptr)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = ptr };

    return epoll_ctl(hub->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? APR_SUCCESS : errno;
}

static apr_status_t open_files(bm_hub_t *hub)
{
    apr_status_t rv = bm_ring_create(&hub->news, NEWS, hub->p);

    if (rv != APR_SUCCESS)
        return rv;
    hub->epoll = epoll_create1(EPOLL_CLOEXEC);
    hub->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub->epoll < 0 || hub->wake < 0)
        return errno;
    rv = watch_fd(hub, hub->wake, &hub->wake);
    return rv == APR_SUCCESS ? watch_fd(hub, bm_ring_fd(hub->news), &hub->news) : rv;
}

apr_status_t bm_hub_start(bm_hub_t **phub, const bm_hub_options_t *options, apr_pool_t *p)
{
    bm_hub_t *hub = apr_pcalloc(p, sizeof(*hub));
    apr_status_t rv;
    int i;

    hub->options = *options;
    if (hub->options.beat_ns < BEAT_LEAST_NS)
        hub->options.beat_ns = BEAT_LEAST_NS;
    hub->p = p;
    for (i = 0; i < HUB_SLOTS; i++)
        link_init(&hub->slots[i]);
    link_init(&hub->timed);
    link_init(&hub->ending);
    link_init(&hub->unread);
    hub->group_pool = bm_thread_pool_make("live groups");
    hub->groups = apr_hash_make(hub->group_pool);
    hub->message_pool = bm_thread_pool_make("live message");
    hub->pending = apr_array_make(hub->group_pool, 16, sizeof(bm_feed_news_t *));
    rv = open_files(hub);
    if (rv == APR_SUCCESS)
        rv = apr_thread_mutex_create(&hub->inbox_mutex, APR_THREAD_MUTEX_DEFAULT, p);
    if (rv == APR_SUCCESS)
        rv = bm_event_feed_start(&hub->feed, options->db, options->conninfo, options->conninfo_baton, hub->news, p);
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&hub->thread, "bm-hub", run, hub, p);
    *phub = hub;
    return rv;
}

/* After the thread: nobody else is here. */
static void cut_off(bm_hub_t *hub)
{
    bm_feed_news_t *news;
    link_t *list;
    int slot, i;

    for (slot = 0; slot < HUB_SLOTS; slot++) {
        list = &hub->slots[slot];
        while (!link_empty(list))
            client_destroy(CLIENT_OF(list->next, of_slot));
    }
    group_sweep(hub);
    for (i = 0; i < hub->pending->nelts; i++)
        bm_feed_news_free(APR_ARRAY_IDX(hub->pending, i, bm_feed_news_t *));
    while ((news = bm_ring_pop(hub->news)) != NULL)
        bm_feed_news_free(news);
    free(hub->token);
    bm_buffer_free(&hub->scratch);
    bm_buffer_free(&hub->block);
    close(hub->epoll);
    close(hub->wake);
    apr_pool_destroy(hub->message_pool);
    apr_pool_destroy(hub->group_pool);
}

void bm_hub_stop(bm_hub_t *hub)
{
    bm_hub_close(hub);
    bm_thread_stop(hub->thread);
    poke(hub);
    bm_thread_join(hub->thread);
    bm_event_feed_stop(hub->feed);
    cut_off(hub);
}
