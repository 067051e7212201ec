/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_group.c: who wants the same, how one joins them, and what they are told. */
#include "live/hub_private.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

#define HELLO_MAX 256

static void replace(char **text, const char *with)
{
    char *copy = with ? strdup(with) : NULL;

    free(*text);
    *text = copy;
}

/* --- answers of a poll --- */

void poll_answer(client_t *client, const char *elements, apr_size_t len, const char *token, int reset)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    if (reset) {
        bm_jw_key(&w, "reset");
        bm_jw_bool(&w, 1);
    }
    bm_jw_key(&w, "events");
    bm_buffer_append(&out, "[", 1);
    bm_buffer_append(&out, elements, len);
    bm_buffer_append(&out, "]", 1);
    w.comma = 1;
    bm_jw_key(&w, "next");
    bm_jw_string(&w, token);
    bm_jw_end_object(&w);
    bm_buffer_append(&out, "\n", 1);
    client_send(client, out.data, out.len);
    bm_buffer_free(&out);
    client_close(client, BM_LIVE_END_CLIENT, 0, NULL);
}

/* --- groups --- */

static group_t *group_make(bm_hub_t *hub, const char *key, bm_live_framing_e framing, const bm_subscription_t *subscription)
{
    apr_pool_t *p;
    group_t *group;

    apr_pool_create(&p, hub->group_pool);
    group = apr_pcalloc(p, sizeof(*group));
    group->p = p;
    group->key = apr_pstrdup(p, key);
    group->framing = framing;
    group->subscription = subscription ? bm_subscription_copy(subscription, p) : NULL;
    link_init(&group->clients);
    apr_hash_set(hub->groups, group->key, APR_HASH_KEY_STRING, group);
    atomic_fetch_add_explicit(&hub->options.meter->groups, 1, memory_order_relaxed);
    return group;
}

static void watch(client_t *client, const bm_subscription_t *subscription)
{
    bm_hub_t *hub = client->hub;
    const char *own = subscription ? bm_subscription_key(subscription) : "";
    const char framing = (char)('0' + client->framing);
    group_t *group;

    bm_buffer_clear(&hub->scratch);
    bm_buffer_append(&hub->scratch, &framing, 1);
    bm_buffer_append(&hub->scratch, own, strlen(own) + 1);
    group = apr_hash_get(hub->groups, hub->scratch.data, APR_HASH_KEY_STRING);
    if (group == NULL)
        group = group_make(hub, hub->scratch.data, client->framing, subscription);
    group->users++;
    client->group = group;
}

/* Here and nowhere else a subscription is held to what its client may see. */
void group_watch(client_t *client, const bm_subscription_t *subscription)
{
    const bm_live_order_t *order = client->order;
    bm_subscription_t *every;
    apr_pool_t *p;

    if (order == NULL || (order->projects == NULL && (order->administers || subscription == NULL))) {
        watch(client, subscription);
        return;
    }
    apr_pool_create(&p, client->hub->group_pool);
    if (subscription == NULL && bm_subscription_from_query(&every, NULL, 0, 0, bm_err_make(p), p) == APR_SUCCESS)
        subscription = every;
    if (subscription != NULL)
        watch(client, bm_subscription_limited(subscription, order->administers, order->projects, order->project_count, p));
    apr_pool_destroy(p);
}

static void forget_ask(client_t *client)
{
    client->hub->joining -= client->joining;
    client->joining = client->asked = 0;
    replace(&client->ask, NULL);
}

void group_leave(client_t *client)
{
    link_remove(&client->of_group);
    if (client->group != NULL)
        client->group->users--;
    client->group = NULL;
    forget_ask(client);
}

void group_sweep(bm_hub_t *hub)
{
    apr_hash_index_t *i;
    group_t *group;
    void *value;

    for (i = apr_hash_first(NULL, hub->groups); i != NULL; i = apr_hash_next(i)) {
        apr_hash_this(i, NULL, NULL, &value);
        group = value;
        if (group->users > 0)
            continue;
        apr_hash_set(hub->groups, group->key, APR_HASH_KEY_STRING, NULL);
        apr_pool_destroy(group->p);
        atomic_fetch_sub_explicit(&hub->options.meter->groups, 1, memory_order_relaxed);
    }
}

/* --- joining --- */

static void append_hello(bm_buffer_t *out, const bm_hub_t *hub, bm_live_framing_e framing, const char *token, int resumed)
{
    char data[HELLO_MAX];

    apr_snprintf(data, sizeof(data), "{\"resumed\":%s,\"current\":%s,\"heartbeat_seconds\":%" APR_INT64_T_FMT
                 ".%03d,\"server\":\"" BM_VERSION "\"}", resumed ? "true" : "false", hub->current ? "true" : "false",
                 hub->options.beat_ns / 1000000000, (int)(hub->options.beat_ns / 1000000 % 1000));
    if (framing != BM_FRAMING_POLL)
        stream_event(out, framing, "hello", token, data);
}

static void hello(client_t *client, const char *token)
{
    bm_buffer_t out = { 0 };

    append_hello(&out, client->hub, client->framing, token, 0);
    client_send(client, out.data, out.len);
    bm_buffer_free(&out);
}

static void go_live(client_t *client)
{
    if (client->state > CLIENT_LIVE)
        return;
    forget_ask(client);
    client->state = CLIENT_LIVE;
    link_add(&client->group->clients, &client->of_group);
}

static void join_now(client_t *client)
{
    if (client->framing == BM_FRAMING_POLL) {        /* with a token only if that was none */
        poll_answer(client, "", 0, client->hub->token, client->order->after != NULL);
        return;
    }
    hello(client, client->hub->token);
    go_live(client);
}

static void told_to_reset(client_t *client, const char *token)
{
    bm_buffer_t out = { 0 };

    if (client->framing == BM_FRAMING_POLL) {
        poll_answer(client, "", 0, token, 1);
        return;
    }
    stream_event(&out, client->framing, "reset", token, NULL);
    if (out.len > 0)
        client_send(client, out.data, out.len);
    bm_buffer_free(&out);
}

void group_ask(client_t *client)
{
    apr_status_t rv = bm_event_feed_resume(client->hub->feed, client->ask);

    client->asked = rv == APR_SUCCESS;
    if (APR_STATUS_IS_EAGAIN(rv) || rv == APR_SUCCESS)
        return;
    forget_ask(client);
    if (client->hub->token != NULL) {
        told_to_reset(client, client->hub->token);
        if (client->state == CLIENT_JOINING)
            join_now(client);
    }
}

void group_join(client_t *client, const char *after)
{
    bm_hub_t *hub = client->hub;

    replace(&client->ask, after);
    if (after != NULL) {
        client->joining = 1;
        hub->joining++;
        group_ask(client);
    }
    else if (hub->token != NULL)
        join_now(client);
}

static void reset_one(client_t *client, const bm_feed_news_t *news)
{
    told_to_reset(client, news->token);
    if (client->state != CLIENT_JOINING)
        return;
    hello(client, news->token);
    go_live(client);
}

/* Many come again at once with the same token, after a restart or a loss of the network: made once for all of a group. In one
 * piece, which a queue takes if nothing else is in it; how much it may be is the feed's limit. */
static block_t *missed_by(group_t *group, bm_hub_t *hub, const bm_feed_news_t *news)
{
    if (group->missed == NULL) {
        bm_buffer_clear(&hub->block);
        append_hello(&hub->block, hub, group->framing, news->ask, 1);
        events_render(hub, &hub->block, group, news->events, news->n);
        group->missed = block_make(hub->block.data, hub->block.len);
    }
    return group->missed;
}

static void resumed_one(client_t *client, const bm_feed_news_t *news)
{
    const block_t *missed = missed_by(client->group, client->hub, news);

    if (client->framing == BM_FRAMING_POLL && missed->len > 0) {
        poll_answer(client, missed->data, missed->len, news->token, 0);
        return;
    }
    client_enqueue(client, client->group->missed);
    go_live(client);
}

static void forget_missed(bm_hub_t *hub)
{
    apr_hash_index_t *i;
    group_t *group;
    void *value;

    for (i = apr_hash_first(NULL, hub->groups); i != NULL; i = apr_hash_next(i)) {
        apr_hash_this(i, NULL, NULL, &value);
        group = value;
        if (group->missed != NULL)
            block_release(group->missed);
        group->missed = NULL;
    }
}

void group_resumed(bm_hub_t *hub, const bm_feed_news_t *news)
{
    link_t *link, *next;
    client_t *client;
    int slot;

    group_push(hub);
    replace(&hub->token, news->token);
    atomic_fetch_add_explicit(news->kind == BM_FEED_RESET ? &hub->options.meters->resets : &hub->options.meters->resumed, 1,
                              memory_order_relaxed);
    for (slot = 0; slot < HUB_SLOTS && hub->joining > 0; slot++)
        for (link = hub->slots[slot].next; link != &hub->slots[slot]; link = next) {
            next = link->next;
            client = CLIENT_OF(link, of_slot);
            if (client->state != CLIENT_JOINING || client->ask == NULL || strcmp(client->ask, news->ask) != 0)
                continue;
            if (news->kind == BM_FEED_RESET)
                reset_one(client, news);
            else
                resumed_one(client, news);
        }
    forget_missed(hub);
}

void group_started(bm_hub_t *hub, const bm_feed_news_t *news)
{
    int again = hub->token != NULL, slot;
    link_t *link, *next;
    client_t *client;

    group_push(hub);
    replace(&hub->token, news->token);
    for (slot = 0; slot < HUB_SLOTS; slot++)
        for (link = hub->slots[slot].next; link != &hub->slots[slot]; link = next) {
            next = link->next;
            client = CLIENT_OF(link, of_slot);
            if (client->state == CLIENT_LIVE && again)
                told_to_reset(client, news->token);
            else if (client->state == CLIENT_JOINING && client->ask == NULL && client->group != NULL)
                join_now(client);
        }
}

/* --- pushing --- */

static void push_to_group(bm_hub_t *hub, group_t *group, const bm_live_event_t *const *events, int n, const char *token)
{
    link_t *link, *next;
    client_t *client;
    block_t *block;

    if (link_empty(&group->clients))
        return;
    bm_buffer_clear(&hub->block);
    push_render(hub, &hub->block, group, events, n, token);
    if (hub->block.len == 0)
        return;
    block = block_make(hub->block.data, hub->block.len);
    for (link = group->clients.next; link != &group->clients; link = next) {
        next = link->next;
        client = CLIENT_OF(link, of_group);
        if (group->framing == BM_FRAMING_POLL)
            poll_answer(client, block->data, block->len, token, 0);
        else
            client_enqueue(client, block);
        atomic_fetch_add_explicit(&hub->options.meters->pushes, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&hub->options.meters->bytes, block->len, memory_order_relaxed);
    }
    block_release(block);
}

static void count_delivery(bm_hub_t *hub, const bm_live_event_t *const *events, int n)
{
    apr_time_t now = apr_time_now();
    int i;

    for (i = 0; i < n; i++)
        bm_histogram_add(&hub->options.meters->delivery, (now - events[i]->at) * 1000, 1);
}

void group_push(bm_hub_t *hub)
{
    const bm_live_event_t **events;
    bm_feed_news_t *news, *last = NULL;
    apr_hash_index_t *i;
    void *value;
    int k, e, n = 0;

    if (hub->pending->nelts == 0)
        return;
    events = malloc((size_t)(hub->pending_events + 1) * sizeof(*events));
    if (events == NULL)
        abort();
    for (k = 0; k < hub->pending->nelts; k++) {
        last = news = APR_ARRAY_IDX(hub->pending, k, bm_feed_news_t *);
        for (e = 0; e < news->n; e++)
            events[n++] = news->events[e];
    }
    replace(&hub->token, last->token);
    for (i = apr_hash_first(NULL, hub->groups); i != NULL && n > 0; i = apr_hash_next(i)) {
        apr_hash_this(i, NULL, NULL, &value);
        push_to_group(hub, value, events, n, last->token);
    }
    count_delivery(hub, events, n);
    free(events);
    for (k = 0; k < hub->pending->nelts; k++)
        bm_feed_news_free(APR_ARRAY_IDX(hub->pending, k, bm_feed_news_t *));
    apr_array_clear(hub->pending);
    hub->pending_events = 0;
    hub->pushed_ns = hub->now;
}
