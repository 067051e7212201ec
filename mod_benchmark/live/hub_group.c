/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_group.c: who wants the same, and what they are told: made once for all of a group. */
#include "live/hub_private.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"

#define HELLO_MAX 256

static void replace(char **text, const char *with)
{
    char *copy = with ? strdup(with) : NULL;

    free(*text);
    *text = copy;
}

/* --- one event as bytes --- */

static void append_framed(bm_buffer_t *out, bm_live_framing_e framing, const char *name, const char *id, const char *json,
                          apr_size_t len)
{
    switch (framing) {
    case BM_FRAMING_SSE:
        bm_frame_sse(out, name, id, json, len);
        break;
    case BM_FRAMING_WS:
        bm_frame_ws_text(out, json, len);
        break;
    case BM_FRAMING_POLL:
        if (out->len > 0)
            bm_buffer_append(out, ",", 1);
        bm_buffer_append(out, json, len);
        break;
    default:
        break;
    }
}

void stream_event(bm_buffer_t *out, bm_live_framing_e framing, const char *name, const char *id, const char *data)
{
    char full[64];
    bm_buffer_t text = { 0 };
    bm_jw_t w;

    if (framing == BM_FRAMING_HIVE)
        return;
    bm_jw_init(&w, &text);
    bm_jw_begin_object(&w);
    if (id != NULL) {
        bm_jw_key(&w, "id");
        bm_jw_string(&w, id);
    }
    bm_jw_key(&w, "topic");
    bm_jw_string(&w, "stream");
    bm_jw_key(&w, "event");
    bm_jw_string(&w, name);
    bm_jw_key(&w, "at");
    bm_jw_time(&w, apr_time_now());
    if (data != NULL) {
        bm_jw_key(&w, "data");
        bm_jw_raw(&w, data, strlen(data));
    }
    bm_jw_end_object(&w);
    apr_snprintf(full, sizeof(full), "stream.%s", name);
    append_framed(out, framing, full, id, text.data, text.len);
    bm_buffer_free(&text);
}

/* @return whether the group is told of it. */
static int append_event(bm_hub_t *hub, bm_buffer_t *out, bm_live_framing_e framing, const bm_subscription_t *subscription,
                        const bm_live_event_t *event)
{
    char full[64];

    if (event->topic >= BM_TOPICS)
        return 0;
    if (framing == BM_FRAMING_HIVE)
        return bm_frame_hive(out, event) == APR_SUCCESS;
    bm_buffer_clear(&hub->scratch);
    if (bm_subscription_render(&hub->scratch, subscription, event) != APR_SUCCESS)
        return 0;
    apr_snprintf(full, sizeof(full), "%s.%s", bm_live_topic_name(event->topic), event->name);
    append_framed(out, framing, full, event->token, hub->scratch.data, hub->scratch.len);
    return 1;
}

/* One push as bytes: what is beyond BM_HUB_PUSH_BYTES is told as a number. @return events told. */
static int append_events(bm_hub_t *hub, bm_buffer_t *out, bm_live_framing_e framing, const bm_subscription_t *subscription,
                         const bm_live_event_t *const *events, int n, int *pskipped)
{
    int i, told = 0;
    apr_size_t before;

    for (i = 0; i < n; i++) {
        before = out->len;
        if (!append_event(hub, out, framing, subscription, events[i]))
            continue;
        told++;
        if (before > 0 && out->len > BM_HUB_PUSH_BYTES && framing != BM_FRAMING_POLL) {
            out->len = before;
            (*pskipped)++;
        }
    }
    return told;
}

static void append_skipped(bm_buffer_t *out, bm_live_framing_e framing, int skipped, const char *token)
{
    char data[64];

    if (skipped == 0)
        return;
    apr_snprintf(data, sizeof(data), "{\"count\":%d}", skipped);
    stream_event(out, framing, "many", token, data);
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

static group_t *group_of(client_t *client)
{
    bm_hub_t *hub = client->hub;
    const char *own = client->subscription ? bm_subscription_key(client->subscription) : "";
    char prefix[16];
    apr_pool_t *p;
    group_t *group;
    const char *key;

    apr_snprintf(prefix, sizeof(prefix), "%d ", (int)client->framing);
    apr_pool_create(&p, hub->group_pool);
    key = apr_pstrcat(p, prefix, own, NULL);
    group = apr_hash_get(hub->groups, key, APR_HASH_KEY_STRING);
    if (group != NULL) {
        apr_pool_destroy(p);
        return group;
    }
    group = apr_pcalloc(p, sizeof(*group));
    group->p = p;
    group->key = key;
    group->framing = client->framing;
    group->subscription = client->subscription ? bm_subscription_copy(client->subscription, p) : NULL;
    link_init(&group->clients);
    apr_hash_set(hub->groups, key, APR_HASH_KEY_STRING, group);
    atomic_fetch_add_explicit(&hub->options.meter->groups, 1, memory_order_relaxed);
    return group;
}

static void forget_ask(client_t *client)
{
    client->hub->joining -= client->joining;
    client->joining = client->asked = 0;
    replace(&client->ask, NULL);
}

void group_leave(client_t *client)
{
    if (client->group != NULL)
        link_remove(&client->of_group);
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
        if (!link_empty(&group->clients))
            continue;
        apr_hash_set(hub->groups, group->key, APR_HASH_KEY_STRING, NULL);
        apr_pool_destroy(group->p);
        atomic_fetch_sub_explicit(&hub->options.meter->groups, 1, memory_order_relaxed);
    }
}

/* --- joining --- */

static void hello(client_t *client, const char *token, int resumed)
{
    bm_hub_t *hub = client->hub;
    char data[HELLO_MAX];
    bm_buffer_t out = { 0 };

    if (client->framing == BM_FRAMING_POLL || client->framing == BM_FRAMING_HIVE)
        return;
    apr_snprintf(data, sizeof(data), "{\"resumed\":%s,\"current\":%s,\"heartbeat_seconds\":%" APR_INT64_T_FMT
                 ".%03d,\"server\":\"" BM_VERSION "\"}", resumed ? "true" : "false", hub->current ? "true" : "false",
                 hub->options.beat_ns / 1000000000, (int)(hub->options.beat_ns / 1000000 % 1000));
    stream_event(&out, client->framing, "hello", token, data);
    client_send(client, out.data, out.len);
    bm_buffer_free(&out);
}

static void go_live(client_t *client)
{
    if (client->state > CLIENT_LIVE)
        return;
    forget_ask(client);
    client->state = CLIENT_LIVE;
    client->group = group_of(client);
    link_add(&client->group->clients, &client->of_group);
}

static void join_now(client_t *client)
{
    if (client->framing == BM_FRAMING_POLL && client->order->after == NULL) {
        poll_answer(client, "", 0, client->hub->token, 0);
        return;
    }
    hello(client, client->hub->token, 0);
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

void group_join(client_t *client)
{
    bm_hub_t *hub = client->hub;

    if (client->ask != NULL) {
        client->joining = 1;
        hub->joining++;
        group_ask(client);
    }
    else if (hub->token != NULL)
        join_now(client);
}

static void resumed_one(client_t *client, const bm_feed_news_t *news)
{
    bm_hub_t *hub = client->hub;
    int skipped = 0;

    if (news->kind == BM_FEED_RESET) {
        told_to_reset(client, news->token);
        if (client->state == CLIENT_JOINING) {
            hello(client, news->token, 0);
            go_live(client);
        }
        return;
    }
    bm_buffer_clear(&hub->block);
    append_events(hub, &hub->block, client->framing, client->subscription, news->events, news->n, &skipped);
    append_skipped(&hub->block, client->framing, skipped, news->token);
    if (client->framing == BM_FRAMING_POLL) {
        if (hub->block.len > 0)
            poll_answer(client, hub->block.data, hub->block.len, news->token, 0);
        else
            go_live(client);
        return;
    }
    hello(client, news->ask, 1);
    if (hub->block.len > 0)
        client_send(client, hub->block.data, hub->block.len);
    go_live(client);
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
            if (client->state == CLIENT_JOINING && client->ask != NULL && strcmp(client->ask, news->ask) == 0)
                resumed_one(client, news);
        }
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
            else if (client->state == CLIENT_JOINING && client->ask == NULL
                     && (client->subscription != NULL || client->framing == BM_FRAMING_HIVE))
                join_now(client);
        }
}

/* --- pushing --- */

static void push_to_group(bm_hub_t *hub, group_t *group, const bm_live_event_t *const *events, int n, const char *token)
{
    link_t *link, *next;
    client_t *client;
    block_t *block;
    int skipped = 0;

    bm_buffer_clear(&hub->block);
    append_events(hub, &hub->block, group->framing, group->subscription, events, n, &skipped);
    append_skipped(&hub->block, group->framing, skipped, token);
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

/* --- messages of a WebSocket --- */

static void refuse(client_t *client, const bm_err_t *err)
{
    bm_buffer_t out = { 0 }, data = { 0 };
    const bm_violation_t *violation;
    bm_jw_t w;

    bm_jw_init(&w, &data);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "detail");
    bm_jw_string(&w, err->detail ? err->detail : "The message is not understood.");
    if (err->violations->nelts > 0) {
        violation = &APR_ARRAY_IDX(err->violations, 0, bm_violation_t);
        bm_jw_key(&w, "pointer");
        bm_jw_string(&w, apr_pstrcat(err->p, "/subscribe", violation->pointer, NULL));
        bm_jw_key(&w, "reason");
        bm_jw_string(&w, violation->detail);
    }
    bm_jw_end_object(&w);
    bm_buffer_append(&data, "", 1);
    stream_event(&out, client->framing, "error", NULL, data.data);
    client_send(client, out.data, out.len);
    bm_buffer_free(&out);
    bm_buffer_free(&data);
}

static apr_status_t read_message(bm_subscription_t **psubscription, const char **after, const char *text, apr_size_t len,
                                 bm_err_t *err, apr_pool_t *p)
{
    json_t *message, *token;
    apr_status_t rv = bm_json_parse(&message, text, len, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (!json_is_object(message) || json_object_get(message, "subscribe") == NULL)
        return bm_err_set(err, APR_EINVAL, "bad_message", "A message is \"ping\" or an object with \"subscribe\".");
    token = json_object_get(message, "after");
    if (token != NULL && !json_is_null(token) && !json_is_string(token))
        return bm_err_set(err, APR_EINVAL, "bad_message", "\"after\" is the id of an event.");
    *after = json_string_value(token);
    return bm_subscription_from_json(psubscription, json_object_get(message, "subscribe"), err, p);
}

static void subscribe(client_t *client, const char *text, apr_size_t len)
{
    bm_subscription_t *subscription;
    const char *after = NULL;
    apr_pool_t *p;
    bm_err_t *err;

    apr_pool_create(&p, NULL);
    err = bm_err_make(p);
    if (read_message(&subscription, &after, text, len, err, p) != APR_SUCCESS) {
        refuse(client, err);
        apr_pool_destroy(p);
        return;
    }
    group_leave(client);
    if (client->p != NULL)
        apr_pool_destroy(client->p);
    client->p = p;
    client->subscription = subscription;
    client->state = CLIENT_JOINING;
    replace(&client->ask, after);
    group_join(client);
}

void group_message(void *baton, const char *text, apr_size_t len)
{
    client_t *client = baton;
    bm_buffer_t out = { 0 };

    client_pump(client);                     /* the pong of a ping before it goes first */
    if (client->state > CLIENT_LIVE)
        return;
    if (len == 4 && memcmp(text, "ping", 4) == 0) {
        bm_frame_ws_text(&out, "pong", 4);
        client_send(client, out.data, out.len);
        bm_buffer_free(&out);
    }
    else if (client->framing == BM_FRAMING_WS)
        subscribe(client, text, len);
}
