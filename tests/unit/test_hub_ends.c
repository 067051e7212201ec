/* SPDX-License-Identifier: Apache-2.0
 *
 * How those who watch leave the hub: by themselves, or sent away. */
#include "hub_scene.h"

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
    usleep(200000);
    ck_assert_int_eq(atomic_load(&ended->woken), 0);
    tell_batch("run.finished", 5, 5);
    await(&ended->woken);
    adopt(place.hub, sent_away);
    usleep(100000);
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

#include "test_hub_ends.reg"
