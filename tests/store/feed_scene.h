/* SPDX-License-Identifier: Apache-2.0
 *
 * feed_scene.h: tests that play the hub of live/event_feed.h: they take the news and hold what is in them against what was
 * committed. */
#include "store_test.h"

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

static const char *started_at(hub_t *hub)
{
    bm_feed_news_t *news = next_of(hub, BM_FEED_STARTED);
    const char *token = apr_pstrdup(g_pool, news->token);

    ck_assert_ptr_nonnull(token);
    bm_feed_news_free(news);
    return token;
}
