/* SPDX-License-Identifier: Apache-2.0
 *
 * live/event_feed.h against a real server. The tests play the hub: they take the news and hold what is in them against what was
 * committed. */
#include "store_test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/timefmt.h"
#include "live/event_feed.h"
#include "store/event_store.h"

#define PATIENCE_MS 30000

typedef struct hub_t {
    bm_ring_t *ring;
    bm_event_feed_t *feed;
} hub_t;

static hub_t hub_with(const bm_db_options_t *options, apr_uint32_t ring)
{
    hub_t hub;

    ck_assert_int_eq(bm_ring_create(&hub.ring, ring, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_event_feed_start(&hub.feed, options, NULL, NULL, hub.ring, g_pool), APR_SUCCESS);
    bm_event_feed_want(hub.feed, 1);
    return hub;
}

static hub_t hub_open(const char *schema)
{
    bm_db_options_t options = store_options(schema);

    return hub_with(&options, 1024);
}

/* The next of the news, freed with g_pool. NULL: none within ms. */
static bm_feed_news_t *next_within(hub_t *hub, int ms)
{
    apr_time_t until = bm_timefmt_steady() + apr_time_from_msec(ms);
    bm_feed_news_t *news;

    while ((news = bm_ring_pop(hub->ring)) == NULL) {
        apr_time_t left = until - bm_timefmt_steady();

        if (left <= 0)
            return NULL;
        bm_ring_wait(hub->ring, (int)apr_time_as_msec(left) + 1);
    }
    return news;
}

static bm_feed_news_t *next(hub_t *hub)
{
    bm_feed_news_t *news = next_within(hub, PATIENCE_MS);

    ck_assert_msg(news != NULL, "no news");
    return news;
}

/* The next of that kind; in between only a moved token may come. */
static bm_feed_news_t *next_of(hub_t *hub, bm_feed_kind_e kind)
{
    for (;;) {
        bm_feed_news_t *news = next(hub);

        if (news->kind == kind && (kind != BM_FEED_BATCH || news->n > 0))
            return news;
        ck_assert_msg(news->kind == BM_FEED_BATCH && news->n == 0, "kind %d instead of %d", news->kind, kind);
        bm_feed_news_free(news);
    }
}

static void expect(hub_t *hub, bm_feed_kind_e kind)
{
    bm_feed_news_free(next_of(hub, kind));
}

static void hub_close(hub_t *hub)
{
    bm_feed_news_t *news;

    bm_event_feed_stop(hub->feed);
    while ((news = bm_ring_pop(hub->ring)) != NULL)
        bm_feed_news_free(news);
}

static void append(bm_db_t *db, int n)
{
    const char *payload = apr_psprintf(g_pool, "{\"n\":%d}", n);

    ck_assert_int_eq(bm_event_store_append(db, 1, "run.finished", payload, NULL, g_pool), APR_SUCCESS);
}

static int number_of(const bm_live_event_t *event)
{
    return (int)json_integer_value(json_object_get(event->data, "n"));
}

static const char *expect_event(hub_t *hub, int n)
{
    bm_feed_news_t *news = next_of(hub, BM_FEED_BATCH);
    const char *token = apr_pstrdup(g_pool, news->events[0]->token);

    ck_assert_int_eq(news->n, 1);
    ck_assert_int_eq(number_of(news->events[0]), n);
    bm_feed_news_free(news);
    return token;
}

static const char *started_at(hub_t *hub)
{
    bm_feed_news_t *news = next_of(hub, BM_FEED_STARTED);
    const char *token = apr_pstrdup(g_pool, news->token);

    ck_assert_ptr_nonnull(token);
    bm_feed_news_free(news);
    return token;
}

/* --- the stream */

BM_TEST(events_come_with_and_without_notification)
{
    bm_db_t *db = store_schema("feed_plain");
    hub_t hub = hub_open("feed_plain");
    bm_feed_news_t *news;

    started_at(&hub);
    append(db, 1);
    store_sql(db, "notify bm_events");
    news = next_of(&hub, BM_FEED_BATCH);
    ck_assert_int_eq(news->n, 1);
    ck_assert_int_eq(news->events[0]->topic, BM_TOPIC_RUN);
    ck_assert_str_eq(news->events[0]->name, "finished");
    ck_assert_int_eq(news->events[0]->urgent, 1);
    ck_assert_int_eq(news->events[0]->project_id, 1);
    ck_assert(news->events[0]->at > 0);
    bm_feed_news_free(news);
    append(db, 2);                                     /* as when LISTEN was lost */
    expect_event(&hub, 2);
    bm_event_store_append(db, 1, "runs", "{\"n\":7}", NULL, g_pool);
    bm_event_store_append(db, 1, "nobody.knows", "{\"n\":7}", NULL, g_pool);
    bm_event_store_append(db, 1, "run.list", "[7]", NULL, g_pool);
    append(db, 3);
    expect_event(&hub, 3);
    hub_close(&hub);
}
END_TEST

/* Behind a transaction pooler nothing is listened to and nothing prepared. */
BM_TEST(polling_alone_is_enough)
{
    bm_db_t *db = store_schema("feed_pooled");
    bm_db_options_t options = store_options("feed_pooled");
    hub_t hub;
    int i;

    options.unnamed_statements = 1;
    options.application_name = "feed pooled";
    hub = hub_with(&options, 64);
    started_at(&hub);
    for (i = 0; i < 5; i++) {
        append(db, i);
        expect_event(&hub, i);
    }
    hub_close(&hub);
}
END_TEST

/* A transaction that stays open, here or in another database, holds nothing up. */
BM_TEST(a_foreign_transaction_costs_nothing)
{
    bm_db_t *db = store_schema("feed_foreign"), *foreign;
    bm_db_options_t options = store_options("feed_foreign");
    hub_t hub = hub_open("feed_foreign");
    apr_time_t began;
    int i;

    started_at(&hub);
    foreign = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_db_begin(foreign, NULL), APR_SUCCESS);
    append(foreign, 1000);
    began = bm_timefmt_steady();
    for (i = 0; i < 20; i++) {
        append(db, i);
        store_sql(db, "notify bm_events");
        expect_event(&hub, i);
    }
    printf("an event beside an open transaction: %.1f ms\n", (double)(bm_timefmt_steady() - began) / 1000 / 20);
    ck_assert_int_eq(bm_db_commit(foreign, NULL), APR_SUCCESS);
    expect_event(&hub, 1000);
    hub_close(&hub);
}
END_TEST

/* A hub that is slower than the stream makes the feed wait, nothing is lost. */
BM_TEST(a_full_ring_loses_nothing)
{
    bm_db_t *db = store_schema("feed_full");
    bm_db_options_t options = store_options("feed_full");
    hub_t hub = hub_with(&options, 2);
    int n = 0, i;

    started_at(&hub);
    for (i = 0; i < 30; i++) {
        store_sql(db, apr_psprintf(g_pool, "insert into events (kind, payload) select 'run.finished',"
                                   " jsonb_build_object('n', %d + i) from generate_series(0, 99) i", i * 100));
        store_sql(db, "notify bm_events");
    }
    while (n < 3000) {
        bm_feed_news_t *news = next_of(&hub, BM_FEED_BATCH);

        for (i = 0; i < news->n; i++)
            ck_assert_int_eq(number_of(news->events[i]), n++);
        bm_feed_news_free(news);
        usleep(3000);
    }
    hub_close(&hub);
}
END_TEST

/* --- writers, and watchers that come again with their last token */

enum { WRITERS = 4, EVENTS_EACH = 120 };

typedef struct writer_t {
    bm_db_options_t options;
    pthread_t thread;
    int number;
    int committed;
    atomic_int *running;
} writer_t;

/* Transactions of one to three events that commit late, or never. */
static void *write_events(void *data)
{
    static const bm_stmt_t nap = { "nap", "select pg_sleep($1 / 1000.0)" };
    static const bm_stmt_t tell = { "tell", "select pg_notify('bm_events', '')" };
    writer_t *w = data;
    unsigned seed = (unsigned)w->number * 7919u + 1;
    apr_pool_t *p, *pround;
    bm_db_t *db;
    int i, n = 0;

    apr_pool_create_unmanaged_ex(&p, NULL, NULL);
    apr_pool_create(&pround, p);
    if (bm_db_connect(&db, &w->options, NULL, p) != APR_SUCCESS)
        n = EVENTS_EACH;
    while (n < EVENTS_EACH) {
        int size = 1 + (int)(rand_r(&seed) % 3), keep = rand_r(&seed) % 5 != 0;

        apr_pool_clear(pround);
        bm_db_begin(db, NULL);
        for (i = 0; i < size; i++) {
            bm_event_store_append(db, 1, "run.finished", apr_psprintf(pround, "{\"n\":%d}",
                                  keep ? w->number * 1000 + n + i : -1), NULL, pround);
            bm_db_query(NULL, db, &nap, BM_PARAMS(bm_param_int((int)(rand_r(&seed) % 8))), NULL, pround);
        }
        if (keep && rand_r(&seed) % 2 == 0)
            bm_db_query(NULL, db, &tell, BM_NO_PARAMS, NULL, pround);
        if (keep && bm_db_commit(db, NULL) == APR_SUCCESS)
            n += size;
        else
            bm_db_rollback(db);
    }
    w->committed = n;
    apr_pool_destroy(p);
    atomic_fetch_sub(w->running, 1);
    return NULL;
}

static void start_writers(writer_t *writers, atomic_int *running, const char *schema)
{
    int i;

    for (i = 0; i < WRITERS; i++) {
        writers[i] = (writer_t){ .options = store_options(schema), .number = i, .running = running };
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_events, &writers[i]), 0);
    }
}

typedef struct seen_t {
    unsigned char counts[WRITERS * 1000];
    int total;
} seen_t;

static void see(seen_t *seen, const bm_live_event_t *event)
{
    int n = number_of(event);

    ck_assert(n >= 0 && n < WRITERS * 1000);
    seen->counts[n]++;
    seen->total++;
}

/* Whether all have written, and all that they wrote was seen. */
static int is_all_seen(const seen_t *seen, const writer_t *writers, atomic_int *running)
{
    int i, expected = 0;

    if (atomic_load(running) > 0)
        return 0;
    for (i = 0; i < WRITERS; i++)
        expected += writers[i].committed;
    return seen->total >= expected;
}

static void check_seen(const seen_t *seen, writer_t *writers)
{
    int i, n, expected = 0;

    for (i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        expected += writers[i].committed;
        for (n = 0; n < writers[i].committed; n++)
            ck_assert_msg(seen->counts[i * 1000 + n] == 1, "writer %d event %d: %d times", i, n, seen->counts[i * 1000 + n]);
    }
    ck_assert_int_eq(seen->total, expected);
}

/* See up to `most` of the events of news. @return the token of the last that was seen. */
static const char *see_some(seen_t *seen, const bm_feed_news_t *news, int most, const char *token)
{
    int i;

    for (i = 0; i < news->n && i < most; i++) {
        see(seen, news->events[i]);
        token = news->events[i]->token;
    }
    return apr_pstrdup(g_pool, i < news->n ? token : news->token);
}

/* A watcher that changes between two nodes, each time with the token of what it saw last, often in the middle of a batch. */
BM_TEST(nothing_missed_nothing_twice_across_nodes)
{
    bm_db_t *db = store_schema("feed_nodes");
    hub_t hubs[2] = { hub_open("feed_nodes"), hub_open("feed_nodes") };
    const char *token = started_at(&hubs[0]);
    seen_t *seen = apr_pcalloc(g_pool, sizeof(*seen));
    writer_t writers[WRITERS];
    atomic_int running = WRITERS;
    unsigned seed = 5;
    int at = 0, resumed = 1, moves = 0;

    (void)db;
    started_at(&hubs[1]);
    start_writers(writers, &running, "feed_nodes");
    while (!is_all_seen(seen, writers, &running)) {
        bm_feed_news_t *news = next(&hubs[at]);

        if (!resumed && news->kind == BM_FEED_RESUMED && strcmp(news->ask, token) == 0)
            resumed = 1;
        else if (news->kind != BM_FEED_BATCH) {
            ck_assert_int_eq(news->kind, BM_FEED_RESUMED);         /* an older one's answer */
            bm_feed_news_free(news);
            continue;
        }
        if (resumed) {
            int leave = atomic_load(&running) > 0 && rand_r(&seed) % 3 == 0;

            token = see_some(seen, news, leave ? (int)(rand_r(&seed) % 3) + (news->n == 0) : news->n, token);
            if (leave) {
                at = !at;
                moves++;
                resumed = 0;
                ck_assert_int_eq(bm_event_feed_resume(hubs[at].feed, token), APR_SUCCESS);
            }
        }
        bm_feed_news_free(news);
    }
    check_seen(seen, writers);
    ck_assert_int_gt(moves, 5);
    hub_close(&hubs[0]);
    hub_close(&hubs[1]);
}
END_TEST

/* Backends that are killed again and again: AWAY and BACK, and the stream goes on as if nothing had been. */
BM_TEST(killed_backends_lose_nothing)
{
    bm_db_t *db = store_schema("feed_killed");
    bm_db_options_t options = store_options("feed_killed");
    seen_t *seen = apr_pcalloc(g_pool, sizeof(*seen));
    writer_t writers[WRITERS];
    atomic_int running = WRITERS;
    int away = 0, turns = 0;
    hub_t hub;

    options.application_name = "feed to kill";
    hub = hub_with(&options, 64);
    started_at(&hub);
    start_writers(writers, &running, "feed_killed");
    while (!is_all_seen(seen, writers, &running)) {
        bm_feed_news_t *news = next_within(&hub, atomic_load(&running) > 0 ? 200 : PATIENCE_MS);

        ck_assert(news != NULL || atomic_load(&running) > 0);
        if (news != NULL) {
            ck_assert(news->kind == BM_FEED_BATCH || news->kind == BM_FEED_AWAY || news->kind == BM_FEED_BACK);
            if (news->kind == BM_FEED_BATCH) {
                ck_assert_int_eq(away, 0);
                see_some(seen, news, news->n, NULL);
            }
            away = news->kind == BM_FEED_AWAY ? 1 : news->kind == BM_FEED_BACK ? 0 : away;
            bm_feed_news_free(news);
        }
        if (atomic_load(&running) > 0 && away == 0 && ++turns % 5 == 0)
            store_sql(db, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'feed to kill'");
    }
    check_seen(seen, writers);
    hub_close(&hub);
}
END_TEST

BM_TEST(a_restarted_server_is_gone_on_with)
{
    bm_db_t *db = store_schema("feed_restart");
    bm_db_options_t options = store_options("feed_restart");
    hub_t hub = hub_open("feed_restart");

    started_at(&hub);
    append(db, 1);
    expect_event(&hub, 1);
    store_cluster("stop", "fast");
    expect(&hub, BM_FEED_AWAY);
    store_cluster("start", "");
    db = store_connect(&options, g_pool);
    append(db, 2);
    expect(&hub, BM_FEED_BACK);
    expect_event(&hub, 2);
    hub_close(&hub);
}
END_TEST

BM_TEST(another_history_is_begun_anew)
{
    bm_db_t *db = store_schema("feed_history");
    hub_t hub = hub_open("feed_history");

    started_at(&hub);
    store_sql(db, "update meta set epoch = epoch + 1");
    started_at(&hub);
    append(db, 1);
    expect_event(&hub, 1);
    hub_close(&hub);
}
END_TEST

/* A schema that is not there yet, or older: away until it is. */
BM_TEST(without_a_schema_it_is_away)
{
    bm_db_options_t options = store_options("feed_missing");
    hub_t hub;

    store_sql(store_connect(&options, g_pool), "drop schema if exists feed_missing cascade");
    hub = hub_with(&options, 64);
    expect(&hub, BM_FEED_AWAY);
    store_schema("feed_missing");
    expect(&hub, BM_FEED_BACK);
    expect(&hub, BM_FEED_STARTED);
    hub_close(&hub);
}
END_TEST

/* --- asks */

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

#include "test_event_feed.reg"
