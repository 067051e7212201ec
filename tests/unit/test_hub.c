/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom the hub tells what. */
#include "hub_scene.h"

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

/* One and a half megabytes, more than a queue takes of pushes. */
BM_TEST(all_that_was_missed_is_told_however_much)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *ends[3] = { end_make(BM_FRAMING_SSE, p), end_make(BM_FRAMING_SSE, p), end_make(BM_FRAMING_POLL, p) };
    bm_feed_news_t *news = news_make(BM_FEED_RESUMED, "t30");
    const bm_live_event_t **events = apr_palloc(p, 30 * sizeof(*events));
    char *text = apr_pcalloc(p, 50001);
    bm_live_event_t *event;
    json_t *data;
    int i, k;

    memset(text, 'x', 50000);
    data = json_pack("{s:[{s:i}],s:s}", "runs", "id", 1, "text", text);
    fill(news, "run.finished", 1, 30);
    for (i = 0; i < 30; i++) {
        events[i] = event = apr_pmemdup(p, news->events[i], sizeof(*event));
        event->data = data;
    }
    news->events = events;
    news->ask = apr_pstrdup(news->p, "t0");
    tell(news_make(BM_FEED_STARTED, "t0"));
    for (k = 0; k < 3; k++) {
        topics(ends[k], "run");
        ends[k]->order.after = "t0";
        ends[k]->order.wait = apr_time_from_sec(600);
        adopt(place.hub, ends[k]);
    }
    while (bm_ring_count(the_feed.asks) < 3)
        usleep(1000);
    tell(news);
    tell_batch("run.finished", 31, 31);
    expect(ends[0], "id: t31\n");
    expect(ends[1], "id: t31\n");
    expect(ends[2], "],\"next\":\"t30\"}\n");
    for (k = 0; k < 3; k++) {
        for (i = 1; i <= 30; i++)
            ck_assert(has(ends[k], apr_psprintf(p, "\"id\":\"t%d\"", i)));
        ck_assert(!has(ends[k], "many") && !has(ends[k], "dropped"));
        leave(ends[k]);
    }
    close_hub(&place);
    json_decref(data);
}
END_TEST

BM_TEST(a_group_lives_while_somebody_joins_it)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 150);                 /* groups without anybody are forgotten every 10 ms */
    end_t *end = end_make(BM_FRAMING_WS, p);
    bm_feed_news_t *news;
    int i;

    tell(news_make(BM_FEED_STARTED, "t0"));
    adopt(place.hub, end);
    for (i = 1; i <= 20; i++)
        say(end, 1, apr_psprintf(p, "{\"subscribe\":[{\"topic\":\"run\",\"id\":%d}]}", i));
    say(end, 1, "{\"subscribe\":[{\"topic\":\"run\"}],\"after\":\"t0\"}");
    while (bm_ring_count(the_feed.asks) < 1)
        usleep(1000);
    for (i = 0; i < PATIENCE_MS && atomic_load(&place.meters->children[0].groups) > 1; i++)
        usleep(1000);
    ck_assert_int_eq(atomic_load(&place.meters->children[0].groups), 1);
    say(end, 10, "");
    news = news_make(BM_FEED_RESUMED, "t2");
    news->ask = apr_pstrdup(news->p, "t0");
    fill(news, "run.finished", 1, 2);
    tell(news);
    expect(end, "\"id\":\"t2\"");
    ck_assert(has(end, "\"resumed\":true") && has(end, "\"id\":\"t1\""));
    leave(end);
    await(&end->destroyed);
    close_hub(&place);
}
END_TEST

BM_TEST(a_poll_with_a_token_that_is_none_is_reset_when_the_stream_begins)
{
    apr_pool_t *p = g_pool;
    place_t place = open_hub(p, 10, 0, 60000);
    end_t *end = end_make(BM_FRAMING_POLL, p);

    topics(end, NULL);
    end->order.after = "no token";
    end->order.wait = apr_time_from_sec(600);
    adopt(place.hub, end);
    ck_assert_int_eq(more(end, 100), 0);
    tell(news_make(BM_FEED_STARTED, "t0"));
    expect(end, "{\"reset\":true,\"events\":[],\"next\":\"t0\"}\n");
    expect_end(end);
    leave(end);
    close_hub(&place);
}
END_TEST

#include "test_hub.reg"
