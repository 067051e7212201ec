/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_scene.h: the hub with sockets instead of connections of httpd, and with a feed that says what the test wants. */
#include "unit.h"
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "live/event_feed.h"
#include "live/frame.h"
#include "live/hub.h"

#define MS INT64_C(1000000)
#define PATIENCE_MS 20000

/* --- a feed that the test holds */

struct bm_event_feed_t {
    bm_ring_t *news;
    atomic_int wanted;
    bm_ring_t *asks;                     /* of char * */
};

static bm_event_feed_t the_feed;

apr_status_t bm_event_feed_start(bm_event_feed_t **pfeed, const bm_db_options_t *db,
                                 const char *(*conninfo)(void *baton, apr_pool_t *p), void *conninfo_baton, bm_ring_t *news,
                                 apr_pool_t *p)
{
    (void)db;
    (void)conninfo;
    (void)conninfo_baton;
    the_feed.news = news;
    *pfeed = &the_feed;
    return bm_ring_create(&the_feed.asks, 64, p);
}

void bm_event_feed_want(bm_event_feed_t *feed, int wanted)
{
    atomic_store(&feed->wanted, wanted);
}

apr_status_t bm_event_feed_resume(bm_event_feed_t *feed, const char *token)
{
    if (strcmp(token, "no token") == 0)
        return APR_EINVAL;
    ck_assert_int_eq(bm_ring_push(feed->asks, strdup(token)), APR_SUCCESS);
    bm_ring_wake(feed->asks);
    return APR_SUCCESS;
}

void bm_event_feed_stop(bm_event_feed_t *feed)
{
    char *ask;

    while ((ask = bm_ring_pop(feed->asks)) != NULL)
        free(ask);
}

void bm_feed_news_free(bm_feed_news_t *news)
{
    if (news != NULL)
        apr_pool_destroy(news->p);
}

static void tell(bm_feed_news_t *news)
{
    while (bm_ring_push(the_feed.news, news) != APR_SUCCESS)
        usleep(1000);
    bm_ring_wake(the_feed.news);
}

static bm_feed_news_t *news_make(bm_feed_kind_e kind, const char *token)
{
    apr_pool_t *p = bm_thread_pool_make("news");
    bm_feed_news_t *news = apr_pcalloc(p, sizeof(*news));

    news->p = p;
    news->kind = kind;
    news->token = apr_pstrdup(p, token);
    return news;
}

/* Events "kind" about runs or load tests first..last, with tokens "t<id>". */
static void fill(bm_feed_news_t *news, const char *kind, int first, int last)
{
    const bm_live_event_t **events = apr_palloc(news->p, (apr_size_t)(last - first + 1) * sizeof(*events));
    int id;

    for (id = first; id <= last; id++) {
        bm_live_event_t *event = apr_pcalloc(news->p, sizeof(*event));
        const char *data = strncmp(kind, "run.", 4) == 0
            ? apr_psprintf(news->p, "{\"runs\":[{\"id\":%d,\"scenario_id\":%d}]}", id, id % 2 + 1)
            : apr_psprintf(news->p, "{\"id\":%d}", id);
        json_t *json;

        ck_assert_int_eq(bm_live_event_set_kind(event, apr_pstrdup(news->p, kind)), APR_SUCCESS);
        ck_assert_int_eq(bm_json_parse(&json, data, strlen(data), NULL, news->p), APR_SUCCESS);
        event->data = json;
        event->at = apr_time_now();
        event->project_id = 1;
        event->token = apr_psprintf(news->p, "t%d", id);
        events[news->n++] = event;
    }
    news->events = events;
    if (news->kind == BM_FEED_BATCH)
        news->token = events[news->n - 1]->token;
}

static void tell_batch(const char *kind, int first, int last)
{
    bm_feed_news_t *news = news_make(BM_FEED_BATCH, NULL);

    fill(news, kind, first, last);
    tell(news);
}

/* --- clients */

typedef struct end_t {
    bm_sink_t sink;
    int own;                             /* the test's end */
    atomic_int destroyed;
    atomic_int woken;
    bm_live_order_t order;
    char *seen;
    size_t len;
    apr_pool_t *p;
} end_t;

static apr_status_t sink_write(bm_sink_t *sink, const char *data, apr_size_t len)
{
    ssize_t n;

    n = send(sink->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN ? APR_EAGAIN : errno;
    return (apr_size_t)n == len ? APR_SUCCESS : APR_ECONNABORTED;      /* packets: all or nothing */
}

static apr_status_t sink_flush(bm_sink_t *sink)
{
    struct pollfd pfd = { .fd = sink->fd, .events = POLLOUT };

    return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLOUT) ? APR_SUCCESS : APR_EAGAIN;
}

static apr_status_t sink_read(bm_sink_t *sink, char *data, apr_size_t *len)
{
    ssize_t n = recv(sink->fd, data, *len, MSG_DONTWAIT);

    *len = n > 0 ? (apr_size_t)n : 0;
    return n > 0 ? APR_SUCCESS : n == 0 ? APR_EOF : errno == EAGAIN ? APR_EAGAIN : errno;
}

static void sink_finish(bm_sink_t *sink)
{
    shutdown(sink->fd, SHUT_WR);
}

static int sink_settled(bm_sink_t *sink)
{
    (void)sink;
    return 1;
}

static void sink_destroy(bm_sink_t *sink)
{
    close(sink->fd);
    atomic_store(&((end_t *)sink)->destroyed, 1);
}

static void wake(void *baton)
{
    atomic_store(&((end_t *)baton)->woken, 1);
}

static end_t *end_make(bm_live_framing_e framing, apr_pool_t *p)
{
    end_t *end = apr_pcalloc(p, sizeof(*end));
    int fds[2], small = 20000;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    end->sink = (bm_sink_t){ fds[0], sink_write, sink_flush, sink_read, sink_finish, sink_settled, sink_destroy };
    end->own = fds[1];
    end->p = p;
    end->order.framing = framing;
    end->order.wake = wake;
    end->order.baton = end;
    end->seen = calloc(1, 1);
    return end;
}

static const char *topics(end_t *end, const char *list)
{
    bm_subscription_t *subscription;

    ck_assert_int_eq(bm_subscription_from_query(&subscription, list, 0, 0, NULL, end->p), APR_SUCCESS);
    end->order.subscription = subscription;
    return list;
}

static void adopt(bm_hub_t *hub, end_t *end)
{
    ck_assert_int_eq(bm_hub_reserve(hub), 1);
    bm_hub_adopt(hub, &end->sink, &end->order);
}

static end_t *sse(bm_hub_t *hub, const char *list, apr_pool_t *p)
{
    end_t *end = end_make(BM_FRAMING_SSE, p);

    topics(end, list);
    adopt(hub, end);
    return end;
}

/* Take what comes. @return 0: the server has ended, or nothing came for so long. */
static int more(end_t *end, int ms)
{
    char data[65536];
    struct pollfd pfd = { .fd = end->own, .events = POLLIN };
    ssize_t n = poll(&pfd, 1, ms) == 1 ? recv(end->own, data, sizeof(data), 0) : -1;

    if (n <= 0)
        return 0;
    end->seen = realloc(end->seen, end->len + (size_t)n + 1);
    memcpy(end->seen + end->len, data, (size_t)n);
    end->len += (size_t)n;
    end->seen[end->len] = '\0';
    return 1;
}

static void expect(end_t *end, const char *text)
{
    while (memmem(end->seen, end->len, text, strlen(text)) == NULL)
        if (!more(end, PATIENCE_MS))
            ck_abort_msg("\"%s\" did not come, but: %s", text, end->seen + (end->len > 2000 ? end->len - 2000 : 0));
}

static int has(const end_t *end, const char *text)
{
    return memmem(end->seen, end->len, text, strlen(text)) != NULL;
}

static void expect_end(end_t *end)
{
    while (more(end, PATIENCE_MS))
        ;
}

static void await(atomic_int *flag)
{
    int i;

    for (i = 0; i < PATIENCE_MS && !atomic_load(flag); i++)
        usleep(1000);
    ck_assert_int_eq(atomic_load(flag), 1);
}

/* One frame of a client. */
static void say(end_t *end, int opcode, const char *text)
{
    unsigned char frame[400] = { (unsigned char)(0x80 | opcode), (unsigned char)(0x80 | strlen(text)) };
    size_t head = 2;

    if (strlen(text) > 125) {
        frame[1] = 0x80 | 126;
        frame[2] = (unsigned char)(strlen(text) >> 8);
        frame[3] = (unsigned char)strlen(text);
        head = 4;
    }
    memcpy(frame + head + 4, text, strlen(text));               /* a mask of zeros */
    ck_assert_int_gt(send(end->own, frame, head + 4 + strlen(text), MSG_NOSIGNAL), 0);
}

static void leave(end_t *end)
{
    close(end->own);
    free(end->seen);
}

/* --- the hub */

typedef struct place_t {
    bm_hub_t *hub;
    bm_live_meters_t *meters;
    apr_pool_t *p;
} place_t;

static place_t open_hub(apr_pool_t *p, int max, apr_int64_t push_ms, apr_int64_t beat_ms)
{
    bm_live_meters_t *meters = aligned_alloc(64, (sizeof(*meters) + 63) / 64 * 64);
    bm_hub_options_t options = { .push_ns = push_ms * MS, .beat_ns = beat_ms * MS, .max_clients = max };
    place_t place = { .p = p };

    memset(meters, 0, sizeof(*meters));
    place.meters = options.meters = meters;
    options.meter = bm_live_meters_child(meters, getpid(), max);
    ck_assert_int_eq(bm_hub_start(&place.hub, &options, p), APR_SUCCESS);
    return place;
}

static void close_hub(place_t *place)
{
    bm_live_figures_t figures;
    int i;

    bm_hub_stop(place->hub);
    bm_live_meters_read(&figures, place->meters);
    ck_assert_int_eq(figures.queued, 0);
    ck_assert_int_eq(figures.groups, 0);
    for (i = 0; i < BM_LIVE_FRAMINGS; i++)
        ck_assert_int_eq(figures.clients[i], 0);
    free(place->meters);
}
