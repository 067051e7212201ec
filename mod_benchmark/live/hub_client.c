/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_client.c: one client: its queue, its bytes in and out, and its end. */
#include "live/hub_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define READ_SIZE 8192
#define READS_A_TURN 16                  /* then the others have theirs */
#define GRACE_NS INT64_C(500000000)      /* after adoption, before a connection may be destroyed (bm_sink_t.settled is not all) */

block_t *block_make(const char *data, apr_size_t len)
{
    block_t *block = malloc(sizeof(*block) + len);

    if (block == NULL)
        abort();
    block->refs = 1;
    block->len = len;
    if (len > 0)
        memcpy(block->data, data, len);
    return block;
}

void block_release(block_t *block)
{
    if (--block->refs == 0)
        free(block);
}

static void count_queued(client_t *client, int by)
{
    atomic_fetch_add_explicit(&client->hub->options.meter->queued, by, memory_order_relaxed);
}

static void drop_queue(client_t *client, int keep)
{
    count_queued(client, keep - client->count);
    while (client->count > keep) {
        client->count--;
        block_release(client->queue[(client->head + client->count) % BM_HUB_QUEUE]);
    }
    client->queued = keep ? client->queue[client->head]->len : 0;
    if (keep == 0)
        client->offset = 0;
}

static void watch(client_t *client, int want_out)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | (want_out ? EPOLLOUT : 0u), .data.ptr = client };

    if (client->want_out == want_out)
        return;
    client->want_out = want_out;
    epoll_ctl(client->hub->epoll, EPOLL_CTL_MOD, client->sink->fd, &event);
}

/* --- the end --- */

static void ends(client_t *client, client_state_e state)
{
    bm_hub_t *hub = client->hub;

    if (client->state <= CLIENT_LIVE && state > CLIENT_LIVE)
        group_leave(client);
    client->state = state;
    client->deadline_ns = hub->now + HUB_CLOSE_NS;
    link_remove(&client->of_timed);
    link_add(&hub->ending, &client->of_timed);
}

void client_lost(client_t *client, bm_live_end_e why)
{
    if (client->state == CLIENT_DEAD)
        return;
    if (client->state <= CLIENT_LIVE)
        client->why = why;
    ends(client, CLIENT_DEAD);
    drop_queue(client, 0);
    epoll_ctl(client->hub->epoll, EPOLL_CTL_DEL, client->sink->fd, NULL);
}

/* All is with the kernel: our side ends. */
static void finish(client_t *client)
{
    client->sink->finish(client->sink);
    ends(client, CLIENT_FINISHED);
}

static void write_out(client_t *client)
{
    bm_sink_t *sink = client->sink;
    apr_status_t rv = APR_SUCCESS;
    block_t *block;
    apr_size_t n;

    for (;;) {
        if (client->flushing) {
            rv = sink->flush(sink);
            if (rv != APR_SUCCESS)
                break;
            client->flushing = 0;
        }
        if (client->count == 0)
            break;
        block = client->queue[client->head];
        n = block->len - client->offset < BM_SINK_PIECE ? block->len - client->offset : BM_SINK_PIECE;
        rv = sink->write(sink, block->data + client->offset, n);
        client->flushing = 1;
        if (APR_STATUS_IS_EAGAIN(rv))
            continue;
        if (rv != APR_SUCCESS)
            break;
        client->offset += n;
        if (client->offset < block->len)
            continue;
        client->queued -= block->len;
        client->offset = 0;
        client->head = (client->head + 1) % BM_HUB_QUEUE;
        client->count--;
        count_queued(client, -1);
        block_release(block);
    }
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv)) {
        client_lost(client, BM_LIVE_END_CLIENT);
        return;
    }
    watch(client, rv != APR_SUCCESS);
    if (rv == APR_SUCCESS && client->state == CLIENT_CLOSING)
        finish(client);
}

/* --- the queue --- */

static void put(client_t *client, block_t *block)
{
    block->refs++;
    client->queue[(client->head + client->count) % BM_HUB_QUEUE] = block;
    client->count++;
    client->queued += block->len;
    count_queued(client, 1);
}

/* What the socket has of the block at the head must be followed by its rest, or the close would stand inside a frame. */
static void too_slow(client_t *client)
{
    bm_buffer_t out = { 0 };
    block_t *block;

    drop_queue(client, client->offset > 0 ? 1 : 0);
    if (client->framing == BM_FRAMING_SSE) {
        stream_event(&out, client->framing, "dropped", NULL, "{\"detail\":\"too slow\"}");
        block = block_make(out.data, out.len);
        put(client, block);
        block_release(block);
        bm_buffer_free(&out);
    }
    client_close(client, BM_LIVE_END_SLOW, BM_WS_TOO_SLOW, "too slow");
}

/* What is on its way does not count: it may be all that somebody has missed. */
static int is_full(const client_t *client, apr_size_t len)
{
    return client->count >= BM_HUB_QUEUE - 1
           || (client->count > 0 && client->queued - client->queue[client->head]->len + len > BM_HUB_QUEUE_BYTES);
}

void client_enqueue(client_t *client, block_t *block)
{
    if (client->state > CLIENT_LIVE || block->len == 0)
        return;
    if (is_full(client, block->len)) {
        too_slow(client);
        return;
    }
    put(client, block);
    if (!client->want_out)
        write_out(client);
}

void client_send(client_t *client, const char *data, apr_size_t len)
{
    block_t *block;

    if (len == 0)
        return;
    block = block_make(data, len);
    client_enqueue(client, block);
    block_release(block);
}

void client_pump(client_t *client)
{
    bm_hub_t *hub = client->hub;
    block_t *block;

    if (client->ws == NULL || client->state > CLIENT_CLOSING || client->count == BM_HUB_QUEUE)
        return;
    bm_buffer_clear(&hub->scratch);
    if (bm_ws_session_output(client->ws, &hub->scratch) != APR_SUCCESS || hub->scratch.len == 0)
        return;
    block = block_make(hub->scratch.data, hub->scratch.len);
    put(client, block);
    block_release(block);
    if (!client->want_out)
        write_out(client);
}

void client_close(client_t *client, bm_live_end_e why, int code, const char *reason)
{
    if (client->state > CLIENT_LIVE)
        return;
    client->why = why;
    if (client->order != NULL && client->order->framing == BM_FRAMING_WAIT) {
        client_wake(client);
        return;
    }
    ends(client, CLIENT_CLOSING);
    if (client->ws != NULL) {
        bm_ws_session_close(client->ws, code, reason);
        client_pump(client);
    }
    if (client->state == CLIENT_CLOSING && !client->want_out)
        write_out(client);
}

/* Nothing of the connection is destroyed by that, so there is no need to wait for GRACE_NS. */
void client_wake(client_t *client)
{
    const bm_live_order_t *order = client->order;

    if (!client->sink->settled(client->sink)) {
        client->deadline_ns = client->hub->now;      /* as soon as its thread has left it */
        return;
    }
    epoll_ctl(client->hub->epoll, EPOLL_CTL_DEL, client->sink->fd, NULL);
    client->sink = NULL;
    client_destroy(client);
    order->wake(order->baton);
}

/* --- bytes of the client --- */

static void take(client_t *client, const char *data, apr_size_t len)
{
    apr_status_t rv;

    if (client->ws == NULL || client->state == CLIENT_FINISHED)
        return;                              /* nobody asked it */
    rv = bm_ws_session_receive(client->ws, data, len, client->hub->now);
    client_pump(client);
    if (rv == APR_EOF || bm_ws_session_closing(client->ws)) {
        if (client->state <= CLIENT_LIVE) {
            client->why = BM_LIVE_END_CLIENT;
            ends(client, CLIENT_CLOSING);
        }
        if (client->state == CLIENT_CLOSING && !client->want_out)
            write_out(client);
    }
}

static void read_in(client_t *client)
{
    char data[READ_SIZE];
    apr_size_t len;
    apr_status_t rv = APR_SUCCESS;
    int n;

    for (n = 0; client->state != CLIENT_DEAD; n++) {
        if (n == READS_A_TURN) {             /* epoll does not tell of what TLS has read ahead */
            link_add(&client->hub->unread, &client->of_unread);
            return;
        }
        len = sizeof(data);
        rv = client->sink->read(client->sink, data, &len);
        if (rv != APR_SUCCESS)
            break;
        client->heard_ns = client->hub->now;
        take(client, data, len);
    }
    if (client->state != CLIENT_DEAD && !APR_STATUS_IS_EAGAIN(rv))
        client_lost(client, BM_LIVE_END_CLIENT);
}

void client_read_on(client_t *client)
{
    link_remove(&client->of_unread);
    if (client->state != CLIENT_DEAD)
        read_in(client);
}

void client_ready(client_t *client, unsigned events)
{
    if (client->state == CLIENT_DEAD)
        return;
    if (events & (EPOLLERR | EPOLLHUP)) {
        client_lost(client, BM_LIVE_END_CLIENT);
        return;
    }
    if (events & EPOLLOUT)
        write_out(client);
    if (client->state != CLIENT_DEAD && (events & (EPOLLIN | EPOLLRDHUP)) && link_empty(&client->of_unread))
        read_in(client);
}

/* --- begin and end --- */

void client_start(client_t *client)
{
    bm_hub_t *hub = client->hub;
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = client };

    client->adopted_ns = client->heard_ns = hub->now;
    if (epoll_ctl(hub->epoll, EPOLL_CTL_ADD, client->sink->fd, &event) != 0) {
        client_lost(client, BM_LIVE_END_CLIENT);
        return;
    }
    if (client->order == NULL) {
        client->flushing = 1;
        ends(client, CLIENT_CLOSING);
        write_out(client);
        return;
    }
    if ((client->framing == BM_FRAMING_WS || client->framing == BM_FRAMING_HIVE)
        && bm_ws_session_make(&client->ws, message_heard, client) != APR_SUCCESS) {
        client_lost(client, BM_LIVE_END_CLIENT);
        return;
    }
    client->flushing = 1;                    /* the head of the answer */
    write_out(client);
    if (client->state <= CLIENT_LIVE)
        read_in(client);                     /* bytes may be in the filters already */
}

void client_destroy(client_t *client)
{
    bm_hub_t *hub = client->hub;

    link_remove(&client->of_slot);
    link_remove(&client->of_timed);
    link_remove(&client->of_unread);
    group_leave(client);
    drop_queue(client, 0);
    if (client->ws != NULL)
        bm_ws_session_free(client->ws);
    if (client->order != NULL) {
        atomic_fetch_sub_explicit(&hub->options.meter->clients[client->framing], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&hub->options.meters->ended[client->why], 1, memory_order_relaxed);
        bm_hub_release(hub);
    }
    hub->clients--;
    if (client->sink != NULL)
        client->sink->destroy(client->sink);
    free(client);
}

void client_expire(client_t *client)
{
    apr_int64_t now = client->hub->now;

    if (client->state != CLIENT_DEAD && now >= client->deadline_ns)
        client_lost(client, client->why);
    if (client->state == CLIENT_DEAD && now - client->adopted_ns >= GRACE_NS && client->sink->settled(client->sink))
        client_destroy(client);
}
