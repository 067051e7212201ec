/* SPDX-License-Identifier: Apache-2.0 */
#include "live/event_feed.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "db/migrate.h"
#include "live/resume_asks.h"
#include "store/event_store.h"

#define PAGE            64               /* rows of a read; each may tell of 200 runs */
#define RESUME_PAGE     256
#define LOOK_PAUSE_MS   20               /* between two looks, however often is notified */
#define QUIET_TOKEN_MS  10000            /* a new token for those who hear nothing */
#define UNWANTED_MS     60000            /* then the connection is closed */
#define ASKS_AT_ONCE    8                /* then the stream goes on */
#define STATEMENT_MS    5000
#define BACKOFF_MS      200
#define BACKOFF_MAX_MS  1000             /* who watches hears of the database's return as soon as of an event */
#define FULL_PAUSE_MS   5

struct bm_event_feed_t {
    bm_db_options_t options;             /* not changed after the start */
    const char *(*conninfo)(void *baton, apr_pool_t *p);
    void *conninfo_baton;
    bm_ring_t *news;
    bm_ring_t *wake;                     /* of this and the next only the eventfd is used */
    bm_ring_t *stop;                     /* never drained */
    bm_thread_t *thread;                 /* the owner's */
    atomic_int wanted;
    bm_resume_asks_t *asks;
    /* the thread's */
    bm_rand_t rand;
    apr_pool_t *pconn, *pcursor, *pturn;
    bm_db_t *db;                         /* NULL: not connected */
    bm_snapshot_cursor_t *cursor;        /* NULL: the stream has not begun */
    int is_away;                         /* the hub was told so */
    int failures;                        /* to connect, one after another */
    apr_time_t look_at;                  /* steady time of the next look */
    apr_time_t looked_at, posted_at, wanted_at;
};

/* --- waiting */

static int is_stopping(const bm_event_feed_t *feed)
{
    struct pollfd fd = { .fd = bm_ring_fd(feed->stop), .events = POLLIN };

    return poll(&fd, 1, 0) > 0;
}

/* Until something is asked for, the connection has something to say (if there is one), or the time is up. */
static void wait_for(bm_event_feed_t *feed, int timeout_ms)
{
    struct pollfd fds[3] = {
        { .fd = bm_ring_fd(feed->stop), .events = POLLIN },
        { .fd = bm_ring_fd(feed->wake), .events = POLLIN },
        { .fd = feed->db != NULL ? PQsocket(bm_db_conn(feed->db)) : -1, .events = POLLIN }
    };

    if (poll(fds, 3, timeout_ms) > 0 && fds[1].revents != 0)
        bm_ring_drain_wake(feed->wake);
}

/* Only the end cuts it short. */
static void pause_for(bm_event_feed_t *feed, int ms)
{
    struct pollfd fd = { .fd = bm_ring_fd(feed->stop), .events = POLLIN };

    poll(&fd, 1, ms);
}

/* --- news */

static bm_feed_news_t *news_make(bm_feed_kind_e kind)
{
    apr_pool_t *p = bm_thread_pool_make("news");
    bm_feed_news_t *news = apr_pcalloc(p, sizeof(*news));

    news->kind = kind;
    news->p = p;
    return news;
}

void bm_feed_news_free(bm_feed_news_t *news)
{
    if (news != NULL)
        apr_pool_destroy(news->p);
}

static void post(bm_event_feed_t *feed, bm_feed_news_t *news)
{
    while (bm_ring_push(feed->news, news) != APR_SUCCESS) {
        bm_ring_wake(feed->news);
        if (is_stopping(feed)) {
            bm_feed_news_free(news);
            return;
        }
        pause_for(feed, FULL_PAUSE_MS);
    }
    bm_ring_wake(feed->news);
}

static void post_kind(bm_event_feed_t *feed, bm_feed_kind_e kind)
{
    bm_feed_news_t *news = news_make(kind);

    if (feed->cursor != NULL && kind != BM_FEED_AWAY && kind != BM_FEED_BACK)
        news->token = bm_snapshot_cursor_token(feed->cursor, news->p);
    feed->posted_at = bm_timefmt_steady();
    post(feed, news);
}

/* Rows as events; those of kinds that are not told are passed over. rows live in news->p. */
static void add_events(bm_feed_news_t *news, apr_array_header_t *events, const bm_snapshot_cursor_t *cursor,
                       const bm_rows_t *rows, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        bm_live_event_t *event = apr_pcalloc(news->p, sizeof(*event));
        int len = bm_rows_length(rows, i, BM_EVENT_PAYLOAD);
        json_t *data;

        if (bm_live_event_set_kind(event, bm_rows_text(rows, i, BM_EVENT_KIND)) != APR_SUCCESS
            || bm_json_parse(&data, bm_rows_text(rows, i, BM_EVENT_PAYLOAD), (apr_size_t)len, NULL, news->p) != APR_SUCCESS
            || !json_is_object(data))
            continue;
        event->data = data;
        event->project_id = bm_rows_int64(rows, i, BM_EVENT_PROJECT, 0);
        event->at = bm_rows_time(rows, i, BM_EVENT_AT);
        event->token = bm_snapshot_cursor_token_at(cursor, rows, i, news->p);
        APR_ARRAY_PUSH(events, const bm_live_event_t *) = event;
    }
    news->events = (const bm_live_event_t *const *)events->elts;
    news->n = events->nelts;
}

/* --- the stream */

static apr_status_t start_stream(bm_event_feed_t *feed)
{
    apr_status_t rv;

    apr_pool_clear(feed->pcursor);
    feed->cursor = bm_snapshot_cursor_make(feed->pcursor);
    rv = bm_event_store_start(feed->cursor, feed->db, NULL, feed->pturn);
    if (rv != APR_SUCCESS)
        feed->cursor = NULL;
    return rv;
}

/* The next page. *more: there may be another. */
static apr_status_t read_page(int *more, bm_event_feed_t *feed)
{
    bm_feed_news_t *news = news_make(BM_FEED_BATCH);
    bm_rows_t *rows;
    apr_status_t rv;
    int n;

    *more = 0;
    rv = bm_event_store_read(&rows, &n, feed->cursor, feed->db, PAGE, NULL, news->p);
    if (rv != APR_SUCCESS) {
        bm_feed_news_free(news);
        return rv;
    }
    *more = n == PAGE;
    if (n > 0)
        add_events(news, apr_array_make(news->p, n, sizeof(bm_live_event_t *)), feed->cursor, rows, n);
    if (news->n == 0 && bm_timefmt_steady() < feed->posted_at + apr_time_from_msec(QUIET_TOKEN_MS)) {
        bm_feed_news_free(news);
        return APR_SUCCESS;
    }
    news->token = bm_snapshot_cursor_token(feed->cursor, news->p);
    feed->posted_at = bm_timefmt_steady();
    post(feed, news);
    return APR_SUCCESS;
}

/* Tell the hub that the stream goes on or begins, as soon as the database has answered. */
static void greet(bm_event_feed_t *feed, int begins)
{
    if (feed->is_away)
        post_kind(feed, BM_FEED_BACK);
    feed->is_away = 0;
    feed->failures = 0;
    if (begins)
        post_kind(feed, BM_FEED_STARTED);
}

/* All that is new. What cannot be gone on with is begun anew. */
static apr_status_t look(bm_event_feed_t *feed)
{
    apr_status_t rv = APR_SUCCESS;
    int more = feed->cursor != NULL;

    if (feed->cursor != NULL && feed->is_away) {
        /* The first read tells whether this is the history that we know; its news must not come before BACK. */
        bm_snapshot_cursor_t *known = bm_snapshot_cursor_make(feed->pturn);

        rv = bm_snapshot_cursor_start(known, feed->db, NULL);
        if (rv == APR_SUCCESS)
            greet(feed, 0);
    }
    while (rv == APR_SUCCESS && more && !is_stopping(feed))
        rv = read_page(&more, feed);
    if (rv == APR_NOTFOUND || (rv == APR_SUCCESS && feed->cursor == NULL)) {
        rv = start_stream(feed);
        if (rv == APR_SUCCESS)
            greet(feed, 1);
    }
    feed->looked_at = bm_timefmt_steady();
    feed->look_at = feed->looked_at
                    + apr_time_from_msec(feed->options.unnamed_statements ? BM_FEED_POLL_POOLED_MS : BM_FEED_POLL_MS);
    return rv;
}

/* --- resuming */

/* What lies between the token and the stream's own place, where it just looked. Whoever has seen something has seen it in a
 * snapshot that was taken before he asked, so ours contains his. */
static apr_status_t read_missed(bm_feed_news_t *news, bm_event_feed_t *feed, const char *token)
{
    bm_snapshot_cursor_t *cursor = bm_snapshot_cursor_make(news->p);
    apr_array_header_t *events = apr_array_make(news->p, 16, sizeof(bm_live_event_t *));
    apr_status_t rv = bm_snapshot_cursor_parse(cursor, token, NULL);
    apr_size_t bytes = 0;
    int rows_read = 0, n, i;

    while (rv == APR_SUCCESS && !bm_snapshot_cursor_is_at(cursor, feed->cursor)) {
        bm_rows_t *rows;

        rv = bm_snapshot_cursor_end_at(cursor, feed->cursor);
        if (rv == APR_SUCCESS)
            rv = bm_event_store_read(&rows, &n, cursor, feed->db, RESUME_PAGE, NULL, news->p);
        if (rv != APR_SUCCESS)
            break;
        rows_read += n;
        for (i = 0; i < n; i++)
            bytes += (apr_size_t)bm_rows_length(rows, i, BM_EVENT_PAYLOAD);
        if (rows_read > BM_FEED_RESUME_EVENTS || bytes > BM_FEED_RESUME_BYTES || is_stopping(feed))
            return APR_NOTFOUND;
        add_events(news, events, cursor, rows, n);
    }
    return rv;
}

static apr_status_t answer(bm_event_feed_t *feed, const char *token)
{
    bm_feed_news_t *news = news_make(BM_FEED_RESUMED);
    apr_status_t rv = read_missed(news, feed, token);

    if (rv == APR_EINVAL || rv == APR_NOTFOUND) {
        bm_feed_news_free(news);
        news = news_make(BM_FEED_RESET);
    }
    else if (rv != APR_SUCCESS) {
        bm_feed_news_free(news);
        return rv;
    }
    news->ask = apr_pstrdup(news->p, token);
    news->token = bm_snapshot_cursor_token(feed->cursor, news->p);
    post(feed, news);
    return APR_SUCCESS;
}

/* A few of those who ask, then the stream has its turn. It must have looked after the last of them came: what he has seen may
 * else not be in our snapshot, and he would be told it twice. */
static apr_status_t answer_asks(bm_event_feed_t *feed)
{
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && !is_stopping(feed) && bm_resume_asks_take(feed->asks)) {
        const char *token;
        int n;

        rv = look(feed);
        for (n = 0; rv == APR_SUCCESS && n < ASKS_AT_ONCE && (token = bm_resume_asks_next(feed->asks)) != NULL; n++) {
            rv = answer(feed, token);
            if (rv == APR_SUCCESS)
                bm_resume_asks_answered(feed->asks);
        }
    }
    return rv;
}

/* --- the connection */

static void disconnect(bm_event_feed_t *feed)
{
    bm_db_close(feed->db);
    feed->db = NULL;
    apr_pool_clear(feed->pconn);
}

/* A pooler would give the notifications to whoever has the connection then. */
static apr_status_t listen_to(bm_event_feed_t *feed)
{
    static const bm_stmt_t listen_events = { "listen_events", "listen bm_events", .unprepared = 1 };

    if (feed->options.unnamed_statements)
        return APR_SUCCESS;
    return bm_db_query(NULL, feed->db, &listen_events, BM_NO_PARAMS, NULL, feed->pturn);
}

static apr_status_t connect_store(bm_event_feed_t *feed)
{
    bm_db_options_t options = feed->options;
    bm_migrate_state_e state = BM_MIGRATE_MISSING;
    apr_status_t rv = APR_EAGAIN;
    int version;

    if (options.conninfo == NULL && feed->conninfo != NULL)
        options.conninfo = feed->conninfo(feed->conninfo_baton, feed->pconn);
    if (options.conninfo != NULL)
        rv = bm_db_connect(&feed->db, &options, NULL, feed->pconn);
    if (rv == APR_SUCCESS)
        rv = bm_migrate_check(&state, &version, feed->db, NULL, feed->pturn);
    if (rv == APR_SUCCESS && state != BM_MIGRATE_OK)
        rv = APR_EAGAIN;
    if (rv == APR_SUCCESS)
        rv = listen_to(feed);            /* first, then look: nothing comes between them unnoticed */
    return rv;
}

/* Take what the server said. *notified: it is time to look. */
static apr_status_t hear(int *notified, bm_event_feed_t *feed)
{
    PGconn *conn = bm_db_conn(feed->db);
    PGnotify *notify;

    *notified = 0;
    if (!PQconsumeInput(conn) || PQstatus(conn) != CONNECTION_OK)
        return APR_EAGAIN;
    while ((notify = PQnotifies(conn)) != NULL) {
        *notified = 1;
        PQfreemem(notify);
    }
    return APR_SUCCESS;
}

/* One round with a connection: look when it is time, answer, hear, wait. What came during a look was perhaps not in it yet. */
static apr_status_t follow(bm_event_feed_t *feed)
{
    apr_status_t rv = APR_SUCCESS;
    int notified = 0;

    if (bm_timefmt_steady() >= feed->look_at)
        rv = look(feed);
    if (rv == APR_SUCCESS)
        rv = answer_asks(feed);
    if (rv == APR_SUCCESS)
        rv = hear(&notified, feed);
    if (notified)
        feed->look_at = feed->looked_at + apr_time_from_msec(LOOK_PAUSE_MS);
    if (rv == APR_SUCCESS && feed->look_at > bm_timefmt_steady())
        wait_for(feed, (int)apr_time_as_msec(feed->look_at - bm_timefmt_steady()) + 1);
    return rv;
}

/* The database does not answer: everybody knows, then it is tried again, less often soon. */
static void lose(bm_event_feed_t *feed)
{
    int ms = feed->failures < 3 ? BACKOFF_MS << feed->failures : BACKOFF_MAX_MS;

    disconnect(feed);
    if (is_stopping(feed))
        return;
    if (!feed->is_away)
        post_kind(feed, BM_FEED_AWAY);
    feed->is_away = 1;
    feed->failures++;
    pause_for(feed, (int)(ms * (0.5 + bm_rand_uniform(&feed->rand) / 2)));
}

/* --- the thread */

static void end_stream(bm_event_feed_t *feed)
{
    disconnect(feed);
    feed->cursor = NULL;
    feed->is_away = 0;
    feed->failures = 0;
    apr_pool_clear(feed->pcursor);
}

static void round_of(bm_event_feed_t *feed)
{
    apr_time_t now = bm_timefmt_steady();
    apr_status_t rv = APR_SUCCESS;

    if (atomic_load(&feed->wanted))
        feed->wanted_at = now;
    else if (feed->cursor == NULL || now - feed->wanted_at > apr_time_from_msec(UNWANTED_MS)) {
        end_stream(feed);
        wait_for(feed, -1);
        return;
    }
    if (feed->db == NULL) {
        feed->look_at = 0;
        rv = connect_store(feed);
    }
    if (rv == APR_SUCCESS)
        rv = follow(feed);
    if (rv != APR_SUCCESS)
        lose(feed);
}

static void feed_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_event_feed_t *feed = baton;
    apr_uint64_t seed = 0;

    (void)thread;
    bm_rand_secure(&seed, sizeof(seed));
    bm_rand_seed(&feed->rand, seed);
    apr_pool_create(&feed->pconn, p);
    apr_pool_create(&feed->pcursor, p);
    apr_pool_create(&feed->pturn, p);
    while (!is_stopping(feed)) {
        round_of(feed);
        apr_pool_clear(feed->pturn);
    }
    disconnect(feed);
}

apr_status_t bm_event_feed_start(bm_event_feed_t **pfeed, const bm_db_options_t *db,
                                 const char *(*conninfo)(void *baton, apr_pool_t *p), void *conninfo_baton, bm_ring_t *news,
                                 apr_pool_t *p)
{
    bm_event_feed_t *feed = apr_pcalloc(p, sizeof(*feed));
    apr_status_t rv;

    *pfeed = NULL;
    feed->conninfo = conninfo;
    feed->conninfo_baton = conninfo_baton;
    feed->news = news;
    atomic_init(&feed->wanted, 0);
    rv = bm_ring_create(&feed->wake, 2, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&feed->stop, 2, p);
    if (rv == APR_SUCCESS)
        rv = bm_resume_asks_make(&feed->asks, p);
    if (rv != APR_SUCCESS)
        return rv;
    feed->options = *db;
    feed->options.stop_fd = bm_ring_fd(feed->stop);
    if (feed->options.statement_timeout_ms <= 0 || feed->options.statement_timeout_ms > STATEMENT_MS)
        feed->options.statement_timeout_ms = STATEMENT_MS;
    rv = bm_thread_start(&feed->thread, "bm-feed", feed_main, feed, p);
    if (rv == APR_SUCCESS)
        *pfeed = feed;
    return rv;
}

void bm_event_feed_want(bm_event_feed_t *feed, int wanted)
{
    atomic_store(&feed->wanted, wanted);
    bm_ring_wake(feed->wake);
}

apr_status_t bm_event_feed_resume(bm_event_feed_t *feed, const char *token)
{
    apr_status_t rv = bm_resume_asks_add(feed->asks, token);

    if (rv == APR_SUCCESS)
        bm_ring_wake(feed->wake);
    return rv;
}

void bm_event_feed_stop(bm_event_feed_t *feed)
{
    if (feed == NULL)
        return;
    bm_thread_stop(feed->thread);
    bm_ring_wake(feed->stop);
    bm_thread_join(feed->thread);
    bm_resume_asks_free(feed->asks);
    feed->asks = NULL;
}
