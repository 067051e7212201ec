/* SPDX-License-Identifier: Apache-2.0
 *
 * live/live_event.h: an event on its way from the store to those who watch.
 *
 * A row of `events` becomes one bm_live_event_t in the feed's thread; the hub's thread renders it for each kind of subscription.
 * Events live in the pool of the news that brought them (live/event_feed.h) and are never changed. */
#ifndef BM_LIVE_LIVE_EVENT_H
#define BM_LIVE_LIVE_EVENT_H

#include <jansson.h>
#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_time.h>

/** What can be watched. The names are in bm_live_topic_name. */
typedef enum bm_live_topic_e {
    BM_TOPIC_RUN = 0,
    BM_TOPIC_SCENARIO,
    BM_TOPIC_AUTOMATION,
    BM_TOPIC_LOADTEST,
    BM_TOPIC_DATASET,
    BM_TOPIC_PRICE,
    BM_TOPIC_VIEW,
    BM_TOPIC_SLO,
    BM_TOPIC_PROJECT,
    BM_TOPIC_USER,                   /* this and the next two: to who administers (live/subscription.h) */
    BM_TOPIC_KEY,
    BM_TOPIC_SECRET,
    BM_TOPIC_ENGINE,
    BM_TOPIC_TRAINING,
    BM_TOPIC_SYNC,
    BM_TOPIC_ALERT,
    BM_TOPICS,
    BM_TOPIC_STREAM = BM_TOPICS,     /* about the stream itself: hello, beat, reset; everybody gets it, nobody subscribes */
    BM_TOPIC_ACCESS                  /* "access.revoked" with a user, a session or a key: hubs close who has lost his access;
                                      * nobody is told */
} bm_live_topic_e;

typedef struct bm_live_event_t {
    bm_live_topic_e topic;
    const char *name;                /* "finished", "progress", "changed" ... */
    apr_int64_t project_id;          /* 0: of none, which everybody may see */
    apr_time_t at;
    const char *token;               /* where a client goes on that has seen this one and all before it */
    const json_t *data;              /* an object */
    int urgent;                      /* pushed at once, and all that waits before it: a run or load test that ended */
} bm_live_event_t;

/** Fill topic, name and urgent from the kind of a row of `events`, "run.finished". name points into kind. @return APR_NOTFOUND:
 *  no kind that is told. */
apr_status_t bm_live_event_set_kind(bm_live_event_t *event, const char *kind);

/** "run", "scenario" ... "stream". */
const char *bm_live_topic_name(bm_live_topic_e topic);

/** @return the topic of that name (not of "stream"), or -1. */
int bm_live_topic_find(const char *name);

#endif
