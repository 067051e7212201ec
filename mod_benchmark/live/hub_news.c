/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_news.c: what the feed tells. */
#include "live/hub_private.h"

#include <string.h>

#define FEED_ROUND 4                     /* news between two looks at the sockets */

/* A run of a WAIT has ended. */
static void run_ended(bm_hub_t *hub, apr_int64_t id)
{
    const bm_live_order_t *order;
    link_t *link, *next;
    client_t *client;
    int i;

    for (link = hub->timed.next; link != &hub->timed; link = next) {
        next = link->next;
        client = CLIENT_OF(link, of_timed);
        order = client->order;
        for (i = 0; client->framing == BM_FRAMING_WAIT && i < order->run_count; i++)
            if (order->runs[i] == id && --client->runs_left == 0)
                client->deadline_ns = hub->now;
    }
}

static void note_ended_runs(bm_hub_t *hub, const bm_live_event_t *event)
{
    const json_t *runs = json_object_get(event->data, "runs");
    size_t i;

    if (link_empty(&hub->timed) || event->topic != BM_TOPIC_RUN || strcmp(event->name, "finished") != 0)
        return;
    for (i = 0; i < json_array_size(runs); i++)
        run_ended(hub, json_integer_value(json_object_get(json_array_get(runs, i), "id")));
}

static int names_one(const json_t *data, const char *member, const char *own)
{
    const char *text = json_string_value(json_object_get(data, member));

    return text != NULL && own != NULL && strcmp(text, own) == 0;
}

static int names_key(const json_t *data, apr_int64_t own)
{
    return own != 0 && json_integer_value(json_object_get(data, "key")) == own;
}

/* Somebody has lost his access: his clients are closed, after what they were allowed to see so far. */
static void close_revoked(bm_hub_t *hub, const bm_live_event_t *event)
{
    link_t *link, *next;
    client_t *client;
    int slot;

    for (slot = 0; slot < HUB_SLOTS; slot++)
        for (link = hub->slots[slot].next; link != &hub->slots[slot]; link = next) {
            next = link->next;
            client = CLIENT_OF(link, of_slot);
            if (client->order != NULL && (names_one(event->data, "user", client->order->user)
                                          || names_one(event->data, "session", client->order->session)
                                          || names_key(event->data, client->order->key_id)))
                client_close(client, BM_LIVE_END_ACCESS, BM_WS_POLICY, "access revoked");
        }
}

static void batch(bm_hub_t *hub, bm_feed_news_t *news)
{
    int i, urgent = 0;

    APR_ARRAY_PUSH(hub->pending, bm_feed_news_t *) = news;
    hub->pending_events += news->n;
    atomic_fetch_add_explicit(&hub->options.meters->events, (uint64_t)news->n, memory_order_relaxed);
    for (i = 0; i < news->n; i++) {
        urgent |= news->events[i]->urgent;
        note_ended_runs(hub, news->events[i]);
        if (news->events[i]->topic == BM_TOPIC_ACCESS)
            close_revoked(hub, news->events[i]);
    }
    if (urgent)
        group_push(hub);
}

static void set_current(bm_hub_t *hub, int current)
{
    hub->current = current;
    atomic_store_explicit(&hub->options.meter->current, current, memory_order_relaxed);
}

static void hear(bm_hub_t *hub, bm_feed_news_t *news)
{
    switch (news->kind) {
    case BM_FEED_STARTED:
        set_current(hub, 1);
        group_started(hub, news);
        break;
    case BM_FEED_BATCH:
        batch(hub, news);
        return;                              /* freed when it was pushed */
    case BM_FEED_RESUMED:
    case BM_FEED_RESET:
        group_resumed(hub, news);
        break;
    case BM_FEED_AWAY:
    case BM_FEED_BACK:
        set_current(hub, news->kind == BM_FEED_BACK);
        break;
    }
    bm_feed_news_free(news);
}

void news_take(bm_hub_t *hub)
{
    bm_feed_news_t *news;
    int n;

    bm_ring_drain_wake(hub->news);
    for (n = 0; n < FEED_ROUND && (news = bm_ring_pop(hub->news)) != NULL; n++)
        hear(hub, news);
    if (bm_ring_count(hub->news) > 0)
        bm_ring_wake(hub->news);
}
