/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live_event.h"

#include <string.h>

static const char *const names[] = {
    [BM_TOPIC_RUN] = "run",
    [BM_TOPIC_SCENARIO] = "scenario",
    [BM_TOPIC_AUTOMATION] = "automation",
    [BM_TOPIC_LOADTEST] = "loadtest",
    [BM_TOPIC_DATASET] = "dataset",
    [BM_TOPIC_PRICE] = "price",
    [BM_TOPIC_VIEW] = "view",
    [BM_TOPIC_SLO] = "slo",
    [BM_TOPIC_PROJECT] = "project",
    [BM_TOPIC_USER] = "user",
    [BM_TOPIC_KEY] = "key",
    [BM_TOPIC_SECRET] = "secret",
    [BM_TOPIC_ENGINE] = "engine",
    [BM_TOPIC_TRAINING] = "training",
    [BM_TOPIC_SYNC] = "sync",
    [BM_TOPIC_ALERT] = "alert",
    [BM_TOPIC_STREAM] = "stream",
    [BM_TOPIC_ACCESS] = "access"
};

const char *bm_live_topic_name(bm_live_topic_e topic)
{
    return names[topic];
}

static int find(const char *name, apr_size_t len)
{
    int i;

    for (i = 0; i < BM_TOPICS; i++)
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return i;
    return -1;
}

int bm_live_topic_find(const char *name)
{
    return name != NULL ? find(name, strlen(name)) : -1;
}

apr_status_t bm_live_event_set_kind(bm_live_event_t *event, const char *kind)
{
    const char *dot = kind != NULL ? strchr(kind, '.') : NULL;
    int topic = dot != NULL ? find(kind, (apr_size_t)(dot - kind)) : -1;

    if (kind != NULL && strcmp(kind, "access.revoked") == 0)
        topic = BM_TOPIC_ACCESS;
    if (topic < 0 || dot[1] == '\0')
        return APR_NOTFOUND;
    event->topic = (bm_live_topic_e)topic;
    event->name = dot + 1;
    event->urgent = (topic == BM_TOPIC_RUN && strcmp(event->name, "finished") == 0)
                    || (topic == BM_TOPIC_LOADTEST && strcmp(event->name, "ended") == 0);
    return APR_SUCCESS;
}
