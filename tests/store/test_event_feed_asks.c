/* SPDX-License-Identifier: Apache-2.0
 *
 * Who asks live/event_feed.h what he missed, and how it ends, against a real server. */
#include "feed_scene.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* The answer to token; events between are passed over. */
static bm_feed_news_t *answer_to(hub_t *hub, const char *token)
{
    for (;;) {
        bm_feed_news_t *news = next(hub);

        if (news->kind == BM_FEED_RESUMED || news->kind == BM_FEED_RESET) {
            ck_assert_str_eq(news->ask, token);
            return news;
        }
        ck_assert_int_eq(news->kind, BM_FEED_BATCH);
        bm_feed_news_free(news);
    }
}

static void expect_answer(hub_t *hub, const char *token, bm_feed_kind_e kind, int n)
{
    bm_feed_news_t *news;

    ck_assert_int_eq(bm_event_feed_resume(hub->feed, token), APR_SUCCESS);
    news = answer_to(hub, token);
    ck_assert_int_eq(news->kind, kind);
    ck_assert_int_eq(news->n, n);
    ck_assert_ptr_nonnull(news->token);
    bm_feed_news_free(news);
}

static const char *long_token(int xids)
{
    apr_array_header_t *parts = apr_array_make(g_pool, xids, sizeof(const char *));
    int i;

    for (i = 0; i < xids; i++)
        APR_ARRAY_PUSH(parts, const char *) = apr_itoa(g_pool, 1000000 + i);
    return apr_pstrcat(g_pool, "1~1000000:2000000:", apr_array_pstrcat(g_pool, parts, ','), NULL);
}

BM_TEST(what_is_no_token_is_refused)
{
    bm_db_t *db = store_schema("feed_bad");
    hub_t hub = hub_open("feed_bad");
    char *junk = apr_pcalloc(g_pool, 10241);

    (void)db;
    started_at(&hub);
    memset(junk, '7', 10240);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, junk), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, NULL), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, ""), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "7"), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "-1~10:10:"), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "1~-10:10:"), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "1~10:10:~10:10:~-5~6"), APR_EINVAL);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, long_token(4000)), APR_EINVAL);
    expect_answer(&hub, long_token(1200), BM_FEED_RESET, 0);       /* 10 kB, of another history */
    hub_close(&hub);
}
END_TEST

BM_TEST(what_cannot_be_told_is_reset)
{
    bm_db_t *db = store_schema("feed_reset");
    hub_t hub = hub_open("feed_reset");
    const char *start = started_at(&hub), *now;
    apr_int64_t epoch = store_int(db, "select epoch from meta");

    expect_answer(&hub, start, BM_FEED_RESUMED, 0);
    append(db, 1);
    expect_answer(&hub, start, BM_FEED_RESUMED, 1);
    append(db, 2);
    expect_answer(&hub, start, BM_FEED_RESUMED, 2);
    /* from the future, whole or in the middle of a batch */
    expect_answer(&hub, apr_psprintf(g_pool, "%" APR_INT64_T_FMT "~900000000:900000000:", epoch), BM_FEED_RESET, 0);
    expect_answer(&hub, apr_psprintf(g_pool, "%s~900000000:900000000:~5~6", start), BM_FEED_RESET, 0);
    /* of another history */
    expect_answer(&hub, apr_psprintf(g_pool, "%" APR_INT64_T_FMT "%s", epoch + 1, strchr(start, '~')), BM_FEED_RESET, 0);
    /* too much: events, then bytes */
    store_sql(db, "insert into events (kind, payload) select 'run.finished', '{\"n\":3}' from generate_series(1, 4998)");
    expect_answer(&hub, start, BM_FEED_RESUMED, 5000);
    append(db, 4);
    expect_answer(&hub, start, BM_FEED_RESET, 0);
    now = store_text(db, "select (select epoch from meta) || '~' || pg_current_snapshot()");
    store_sql(db, "insert into events (kind, payload) select 'run.finished',"
                  " jsonb_build_object('n', 5, 'x', repeat('x', 1000000)) from generate_series(1, 2)");
    expect_answer(&hub, now, BM_FEED_RESUMED, 2);
    store_sql(db, "insert into events (kind, payload)"
                  " values ('run.finished', jsonb_build_object('n', 6, 'x', repeat('x', 100000)))");
    expect_answer(&hub, now, BM_FEED_RESET, 0);
    /* too old */
    now = store_text(db, "select (select epoch from meta) || '~' || pg_current_snapshot()");
    append(db, 7);
    expect_answer(&hub, now, BM_FEED_RESUMED, 1);
    store_sql(db, "update meta set events_pruned = pg_current_xact_id()");
    append(db, 8);
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, now), APR_SUCCESS);
    hub_close(&hub);
    hub = hub_open("feed_reset");
    started_at(&hub);
    expect_answer(&hub, now, BM_FEED_RESET, 0);
    hub_close(&hub);
}
END_TEST

/* A RESUMED stands between the batches that it connects to: what it tells is what came before it, no more and no less. */
BM_TEST(an_answer_stands_in_its_place)
{
    bm_db_t *db = store_schema("feed_place");
    hub_t hub = hub_open("feed_place");
    const char *start = started_at(&hub);
    int streamed = 0, answered = 0, i;

    for (i = 0; i < 200; i++) {
        append(db, i);
        if (i % 20 == 10)
            ck_assert_int_eq(bm_event_feed_resume(hub.feed, start), APR_SUCCESS);
        if (i % 7 == 0)
            store_sql(db, "notify bm_events");
    }
    while (streamed < 200) {
        bm_feed_news_t *news = next(&hub);

        if (news->kind == BM_FEED_RESUMED) {
            ck_assert_int_eq(news->n, streamed);
            answered++;
        }
        else
            streamed += news->n;
        bm_feed_news_free(news);
    }
    ck_assert_int_ge(answered, 1);
    hub_close(&hub);
}
END_TEST

typedef struct asker_t {
    pthread_t thread;
    bm_event_feed_t *feed;
    char tokens[20][200];
    int refused;
} asker_t;

static void *ask_often(void *data)
{
    asker_t *asker = data;
    int i;

    for (i = 0; i < 1000; i++)
        if (bm_event_feed_resume(asker->feed, asker->tokens[i % 20]) != APR_SUCCESS)
            asker->refused++;
    return NULL;
}

/* Thousands who ask for the same few tokens cost a few answers, and the stream goes on. */
BM_TEST(a_storm_of_asks_is_answered_once_each)
{
    bm_db_t *db = store_schema("feed_storm");
    hub_t hub = hub_open("feed_storm");
    const char *rest = strchr(started_at(&hub), '~');
    asker_t askers[4];
    int answers = 0, i, k;

    for (i = 0; i < 4; i++) {
        askers[i] = (asker_t){ .feed = hub.feed };
        for (k = 0; k < 20; k++)
            apr_snprintf(askers[i].tokens[k], sizeof(askers[i].tokens[k]), "%d%s", 1000000 + k, rest);
        ck_assert_int_eq(pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
    }
    for (i = 0; i < 10; i++)
        append(db, i);
    for (i = 0; i < 4; i++) {
        pthread_join(askers[i].thread, NULL);
        ck_assert_int_eq(askers[i].refused, 0);
    }
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "5~10:10:"), APR_SUCCESS);
    for (i = 0, k = 0; !k || i < 10;) {
        bm_feed_news_t *news = next(&hub);

        answers += news->kind == BM_FEED_RESET;
        i += news->n;
        k = k || (news->kind == BM_FEED_RESET && strcmp(news->ask, "5~10:10:") == 0);
        bm_feed_news_free(news);
    }
    ck_assert_int_ge(answers, 21);
    ck_assert_int_lt(answers, 3000);
    hub_close(&hub);
}
END_TEST

BM_TEST(too_many_different_asks_are_told_to_wait)
{
    bm_db_options_t options = store_options("feed_nobody");
    hub_t hub;
    int i, refused = 0;

    options.conninfo = "host=127.0.0.1 port=1";
    hub = hub_with(&options, 16);
    for (i = 0; i < 5000; i++)
        refused += bm_event_feed_resume(hub.feed, apr_psprintf(g_pool, "1~%d:%d:", i + 1, i + 1)) == APR_EAGAIN;
    ck_assert_int_ge(refused, 1000);
    hub_close(&hub);
}
END_TEST

/* --- the end */

static void check_stop(hub_t *hub, const char *what)
{
    apr_time_t began = bm_timefmt_steady();

    hub_close(hub);
    printf("stopped %s: %d ms\n", what, (int)apr_time_as_msec(bm_timefmt_steady() - began));
    ck_assert_int_lt(apr_time_as_msec(bm_timefmt_steady() - began), 3000);      /* less than any time-out of the connection */
}

BM_TEST(it_stops_while_the_server_is_frozen)
{
    bm_db_t *db = store_schema("feed_frozen");
    hub_t hub = hub_open("feed_frozen"), other;

    (void)db;
    started_at(&hub);
    store_cluster("freeze", "");
    other = hub_open("feed_frozen");               /* this one hangs in its connect */
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "1~10:10:"), APR_SUCCESS);
    usleep(300000);                                 /* and this one in a statement */
    check_stop(&hub, "in a statement");
    check_stop(&other, "in a connect");
    store_cluster("thaw", "");
}
END_TEST

/* Takes connections and never says a word. */
BM_TEST(it_stops_before_a_black_hole)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    bm_db_options_t options = store_options("feed_hole");
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    hub_t hub;

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    options.conninfo = apr_psprintf(g_pool, "host=127.0.0.1 port=%d connect_timeout=60", ntohs(address.sin_port));
    hub = hub_with(&options, 16);
    usleep(200000);
    check_stop(&hub, "before a black hole");
    close(fd);
}
END_TEST

BM_TEST(nobody_wants_it_nobody_connects)
{
    bm_db_t *db = store_schema("feed_unwanted");
    bm_db_options_t options = store_options("feed_unwanted");
    hub_t hub;

    options.application_name = "feed unwanted";
    ck_assert_int_eq(bm_ring_create(&hub.ring, 16, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_event_feed_start(&hub.feed, &options, NULL, NULL, hub.ring, g_pool), APR_SUCCESS);
    usleep(300000);
    ck_assert_int_eq(store_int(db, "select count(*) from pg_stat_activity where application_name = 'feed unwanted'"), 0);
    ck_assert_ptr_null(bm_ring_pop(hub.ring));
    bm_event_feed_want(hub.feed, 1);
    started_at(&hub);
    ck_assert_int_eq(store_int(db, "select count(*) from pg_stat_activity where application_name = 'feed unwanted'"), 1);
    hub_close(&hub);
    bm_event_feed_stop(NULL);
    bm_feed_news_free(NULL);
}
END_TEST

#include "test_event_feed_asks.reg"
