/* SPDX-License-Identifier: Apache-2.0
 *
 * The stream of live/event_feed.h against a real server. */
#include "feed_scene.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static void expect(hub_t *hub, bm_feed_kind_e kind)
{
    bm_feed_news_free(next_of(hub, kind));
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
        int writing = atomic_load(&running) > 0;
        bm_feed_news_t *news = next_within(&hub, writing ? 200 : PATIENCE_MS);

        ck_assert(news != NULL || writing);
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

/* A crash gives numbers of transactions again that were not on disk yet. Events under such numbers are told like all others,
 * though the stream has seen these transactions end before. */
BM_TEST(a_crash_that_gives_numbers_again_loses_nothing)
{
    enum { BURNT = 60, EVENTS = 90 };
    bm_db_t *db = store_schema("feed_crash");
    bm_db_options_t options = store_options("feed_crash");
    hub_t hub = hub_open("feed_crash");
    apr_int64_t before, after;
    int i, n = 0;

    store_sql(db, "alter system set wal_writer_delay = '10s'");
    store_sql(db, "select pg_reload_conf()");
    started_at(&hub);
    store_sql(db, "set synchronous_commit = on");
    append(db, 1000);
    expect_event(&hub, 1000);
    store_sql(db, "set synchronous_commit = off");
    for (i = 0; i < BURNT; i++)
        store_sql(db, "select pg_notify('bm_events', '')");
    before = store_int(db, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    ck_assert_int_eq(bm_event_feed_resume(hub.feed, "1~10:10:"), APR_SUCCESS);
    expect(&hub, BM_FEED_RESET);                     /* so it has looked, and seen them all end */
    store_cluster("stop", "immediate");
    store_cluster("start", "");
    db = store_connect(&options, g_pool);
    after = store_int(db, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    printf("numbers given again: %d\n", (int)(before - after));
    store_sql(db, "set synchronous_commit = on");
    for (i = 0; i < EVENTS; i++)
        append(db, i);
    expect(&hub, BM_FEED_AWAY);
    expect(&hub, BM_FEED_BACK);
    while (n < EVENTS) {
        bm_feed_news_t *news = next_of(&hub, BM_FEED_BATCH);

        for (i = 0; i < news->n; i++)
            ck_assert_int_eq(number_of(news->events[i]), n++);
        bm_feed_news_free(news);
    }
    store_sql(db, "alter system reset wal_writer_delay");
    store_sql(db, "select pg_reload_conf()");
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

#include "test_event_feed.reg"
