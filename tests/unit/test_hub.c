/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub with sockets instead of connections of httpd, and with a feed that says what the test wants. */
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
            ck_abort_msg("\"%s\" did not come, but: %s", text, end->seen);
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

BM_TEST(each_is_told_what_it_watches_and_nothing_else)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *all = sse(place.hub, NULL, p), *runs = sse(place.hub, "run", p), *one = sse(place.hub, "loadtest:7", p);

    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(all, "event: stream.hello\nid: t0\n");
    expect(runs, "event: stream.hello\n");
    expect(one, "event: stream.hello\n");
    tell_batch("run.finished", 1, 2);
    tell_batch("loadtest.progress", 6, 8);
    tell_batch("run.finished", 9, 9);
    expect(all, "id: t9\n");
    expect(runs, "id: t9\n");
    expect(one, "id: t7\n");
    ck_assert(has(all, "id: t1\n") && has(all, "id: t6\n") && has(all, "id: t8\n"));
    ck_assert(has(runs, "event: run.finished\nid: t2\n") && !has(runs, "loadtest"));
    ck_assert(has(one, "event: loadtest.progress\n") && !has(one, "id: t6") && !has(one, "run"));
    ck_assert_int_eq(atomic_load(&the_feed.wanted), 1);
    leave(all);
    leave(runs);
    leave(one);
    await(&all->destroyed);
    await(&runs->destroyed);
    await(&one->destroyed);
    close_hub(&place);
}
END_TEST

BM_TEST(what_is_not_urgent_waits_and_goes_before_what_is)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 600000, 600000);
    end_t *end = sse(place.hub, NULL, p);
    const char *progress, *finished;

    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(end, "stream.hello");
    tell_batch("loadtest.progress", 1, 1);                   /* the first push has nothing to wait for */
    expect(end, "id: t1\n");
    tell_batch("loadtest.progress", 2, 3);
    ck_assert_int_eq(more(end, 200), 0);
    tell_batch("run.finished", 4, 4);
    expect(end, "id: t4\n");
    progress = strstr(end->seen, "id: t3\n");
    finished = strstr(end->seen, "id: t4\n");
    ck_assert_ptr_nonnull(progress);
    ck_assert(progress < finished);
    leave(end);
    close_hub(&place);
}
END_TEST

BM_TEST(a_socket_subscribes_by_messages)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *end = end_make(BM_FRAMING_WS, p);

    adopt(place.hub, end);
    tell(news_make(BM_FEED_STARTED, "t0"));
    say(end, 1, "ping");
    expect(end, "\x81\x04pong");
    ck_assert(!has(end, "hello"));
    say(end, 1, "{\"subscribe\":[{\"topic\":\"weather\"}]}");
    expect(end, "\"pointer\":\"/subscribe/0/topic\"");
    say(end, 1, "{\"subscribe\":[{\"topic\":\"run\",\"scenario_id\":1}]}");
    expect(end, "\"event\":\"hello\"");
    tell_batch("run.finished", 1, 4);                        /* scenarios 2 1 2 1 */
    expect(end, "\"id\":\"t4\"");
    ck_assert(has(end, "\"id\":\"t2\"") && !has(end, "\"id\":\"t1\"") && !has(end, "\"id\":\"t3\""));
    say(end, 1, "{\"subscribe\":[{\"topic\":\"loadtest\"}]}");
    usleep(100000);
    tell_batch("run.finished", 6, 6);
    tell_batch("loadtest.ended", 7, 7);
    expect(end, "\"id\":\"t7\"");
    ck_assert(!has(end, "\"id\":\"t6\""));
    say(end, 8, "\x03\xe8");
    expect(end, "\x88\x02\x03\xe8");
    expect_end(end);
    leave(end);
    await(&end->destroyed);
    close_hub(&place);
}
END_TEST

BM_TEST(who_resumes_misses_nothing_and_has_nothing_twice)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 600000, 600000);
    end_t *one = end_make(BM_FRAMING_SSE, p), *other = end_make(BM_FRAMING_SSE, p), *old = end_make(BM_FRAMING_SSE, p);
    bm_feed_news_t *news;
    int id;

    topics(one, NULL);
    topics(other, "run");
    topics(old, NULL);
    one->order.after = other->order.after = "t3";
    old->order.after = "no token";
    tell(news_make(BM_FEED_STARTED, "t0"));
    adopt(place.hub, one);
    adopt(place.hub, other);
    while (bm_ring_count(the_feed.asks) < 2)
        usleep(1000);
    adopt(place.hub, old);
    expect(old, "event: stream.reset\nid: t0\n");
    tell_batch("loadtest.progress", 5, 6);                   /* pushed to old; those who resume are told by what follows */
    tell_batch("loadtest.progress", 7, 7);
    news = news_make(BM_FEED_RESUMED, "t7");
    news->ask = apr_pstrdup(news->p, "t3");
    fill(news, "loadtest.progress", 4, 7);
    tell(news);
    tell_batch("run.finished", 8, 8);
    expect(one, "id: t8\n");
    expect(other, "id: t8\n");
    expect(old, "id: t8\n");
    for (id = 4; id <= 8; id++) {
        const char *mark = apr_psprintf(p, "id: t%d\n", id), *first = strstr(one->seen, mark);

        ck_assert_ptr_nonnull(first);
        ck_assert_ptr_null(strstr(first + 1, mark));
    }
    ck_assert(has(one, "\"resumed\":true") && !has(other, "loadtest") && has(old, "\"resumed\":false"));
    ck_assert(!has(old, "id: t4\n") && has(old, "id: t5\n") && has(old, "id: t7\n"));
    leave(one);
    leave(other);
    leave(old);
    close_hub(&place);
}
END_TEST

BM_TEST(a_stream_that_begins_anew_says_so)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *end = sse(place.hub, NULL, p);

    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(end, "stream.hello");
    tell(news_make(BM_FEED_STARTED, "u0"));
    expect(end, "event: stream.reset\nid: u0\n");
    leave(end);
    close_hub(&place);
}
END_TEST

BM_TEST(a_poll_is_answered_once)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *first = end_make(BM_FRAMING_POLL, p), *none = end_make(BM_FRAMING_POLL, p), *some = end_make(BM_FRAMING_POLL, p);
    bm_feed_news_t *news;

    topics(first, NULL);
    topics(none, "loadtest");
    topics(some, "run");
    first->order.wait = none->order.wait = apr_time_from_msec(300);
    some->order.wait = apr_time_from_sec(600);
    none->order.after = some->order.after = "t0";
    tell(news_make(BM_FEED_STARTED, "t0"));
    adopt(place.hub, first);
    expect(first, "{\"events\":[],\"next\":\"t0\"}\n");
    adopt(place.hub, none);
    adopt(place.hub, some);
    while (bm_ring_count(the_feed.asks) < 2)
        usleep(1000);
    news = news_make(BM_FEED_RESUMED, "t0");
    news->ask = apr_pstrdup(news->p, "t0");
    tell(news);
    expect(none, "{\"events\":[],\"next\":\"t0\"}\n");
    tell_batch("run.finished", 1, 2);
    expect(some, "]}}],\"next\":\"t2\"}\n");
    ck_assert(has(some, "{\"events\":[{\"id\":\"t1\"") && has(some, "},{\"id\":\"t2\""));
    expect_end(first);
    expect_end(none);
    expect_end(some);
    leave(first);
    leave(none);
    leave(some);
    await(&some->destroyed);
    close_hub(&place);
}
END_TEST

BM_TEST(who_does_not_read_is_dropped_and_nobody_else_notices)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *slow = sse(place.hub, NULL, p), *quick = sse(place.hub, NULL, p);
    int i;

    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(slow, "stream.hello");
    expect(quick, "stream.hello");
    for (i = 0; i < 300; i++) {
        tell_batch("run.finished", i * 20 + 1, i * 20 + 20);
        expect(quick, apr_psprintf(p, "id: t%d\n", i * 20 + 20));
    }
    expect_end(slow);
    ck_assert(has(slow, "event: stream.dropped\n") || !has(slow, "id: t6000\n"));
    leave(slow);
    await(&slow->destroyed);
    ck_assert_int_eq(atomic_load(&place.meters->ended[BM_LIVE_END_SLOW]), 1);
    leave(quick);
    await(&quick->destroyed);
    close_hub(&place);
}
END_TEST

BM_TEST(who_waits_for_runs_is_woken_by_their_end_or_by_time)
{
    static const apr_int64_t runs[] = { 3, 5 };
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *ended = end_make(BM_FRAMING_WAIT, p), *late = end_make(BM_FRAMING_WAIT, p), *sent_away = end_make(BM_FRAMING_WAIT, p);

    ended->order.runs = late->order.runs = sent_away->order.runs = runs;
    ended->order.run_count = ended->order.open_count = 2;
    late->order.run_count = late->order.open_count = 2;
    sent_away->order.run_count = sent_away->order.open_count = 2;
    ended->order.wait = sent_away->order.wait = apr_time_from_sec(600);
    late->order.wait = apr_time_from_msec(100);
    tell(news_make(BM_FEED_STARTED, "t0"));
    adopt(place.hub, late);
    await(&late->woken);
    adopt(place.hub, ended);
    usleep(100000);
    tell_batch("run.finished", 1, 4);
    usleep(900000);
    ck_assert_int_eq(atomic_load(&ended->woken), 0);
    tell_batch("run.finished", 5, 5);
    await(&ended->woken);
    adopt(place.hub, sent_away);
    usleep(700000);
    bm_hub_close(place.hub);
    await(&sent_away->woken);
    ck_assert_int_eq(atomic_load(&late->destroyed) + atomic_load(&ended->destroyed) + atomic_load(&sent_away->destroyed), 0);
    close(ended->sink.fd);
    close(late->sink.fd);
    close(sent_away->sink.fd);
    leave(ended);
    leave(late);
    leave(sent_away);
    close_hub(&place);
}
END_TEST

BM_TEST(goodbye_is_said_to_all_and_nobody_comes_any_more)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *stream = sse(place.hub, NULL, p), *socket_end = end_make(BM_FRAMING_WS, p), *deaf = sse(place.hub, NULL, p);

    adopt(place.hub, socket_end);
    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(stream, "stream.hello");
    expect(deaf, "stream.hello");
    say(socket_end, 1, "ping");
    expect(socket_end, "pong");
    bm_hub_close(place.hub);
    expect(socket_end, "\x03\xf4restart");
    expect_end(socket_end);
    expect_end(stream);
    ck_assert_int_eq(bm_hub_reserve(place.hub), 0);
    leave(stream);
    leave(socket_end);
    await(&stream->destroyed);
    await(&socket_end->destroyed);
    await(&deaf->destroyed);                                 /* though it never ends its side */
    leave(deaf);
    close_hub(&place);
}
END_TEST

BM_TEST(a_silent_socket_is_closed_and_one_that_answers_pings_is_not)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 300);
    end_t *silent = end_make(BM_FRAMING_WS, p), *stream = sse(place.hub, NULL, p), *alive = end_make(BM_FRAMING_WS, p);
    apr_int64_t until = bm_timefmt_monotonic_ns() + 3000 * MS;

    adopt(place.hub, silent);
    adopt(place.hub, alive);
    tell(news_make(BM_FEED_STARTED, "t0"));
    while (bm_timefmt_monotonic_ns() < until) {
        more(alive, 50);
        say(alive, 10, "");
    }
    await(&silent->destroyed);
    ck_assert_int_eq(atomic_load(&alive->destroyed), 0);
    ck_assert(has(alive, "\x89"));
    expect(stream, "event: stream.beat\nid: t0\n");
    ck_assert_int_eq(atomic_load(&place.meters->ended[BM_LIVE_END_SILENT]), 1);
    leave(silent);
    leave(alive);
    leave(stream);
    close_hub(&place);
}
END_TEST

BM_TEST(who_loses_his_access_is_closed)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *vera = end_make(BM_FRAMING_WS, p), *other = end_make(BM_FRAMING_WS, p), *nobody = sse(place.hub, NULL, p);
    bm_feed_news_t *news = news_make(BM_FEED_BATCH, "t9");
    bm_live_event_t *event = apr_pcalloc(news->p, sizeof(*event));
    const bm_live_event_t **events = apr_palloc(news->p, sizeof(*events));
    static const char data[] = "{\"user\":\"vera\"}";
    json_t *json;

    vera->order.user = "vera";
    other->order.user = "veronica";
    adopt(place.hub, vera);
    adopt(place.hub, other);
    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(nobody, "stream.hello");
    ck_assert_int_eq(bm_live_event_set_kind(event, "access.revoked"), APR_SUCCESS);
    ck_assert_int_eq(bm_json_parse(&json, data, sizeof(data) - 1, NULL, news->p), APR_SUCCESS);
    event->data = json;
    event->token = "t9";
    events[0] = event;
    news->events = events;
    news->n = 1;
    say(other, 1, "ping");
    expect(other, "pong");
    tell(news);
    expect(vera, "\x03\xf0" "access revoked");
    expect_end(vera);
    tell_batch("run.finished", 10, 10);
    expect(nobody, "id: t10\n");
    say(other, 1, "ping");
    expect(other, "pong\x81\x04pong");
    ck_assert(!has(nobody, "revoked"));
    leave(vera);
    leave(other);
    leave(nobody);
    close_hub(&place);
}
END_TEST

BM_TEST(places_are_counted)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 2, 0, 60000);
    end_t *one = sse(place.hub, NULL, p), *two = sse(place.hub, NULL, p);
    int i;

    ck_assert_int_eq(bm_hub_reserve(place.hub), 0);
    leave(one);
    await(&one->destroyed);
    for (i = 0; i < PATIENCE_MS && !bm_hub_reserve(place.hub); i++)
        usleep(1000);
    bm_hub_release(place.hub);
    leave(two);
    close_hub(&place);
}
END_TEST

#include "test_hub.reg"
