/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live_event.h"

#include <string.h>

static const char *const names[BM_TOPICS + 1] = {
    [BM_TOPIC_RUN] = "run",
    [BM_TOPIC_SCENARIO] = "scenario",
    [BM_TOPIC_AUTOMATION] = "automation",
    [BM_TOPIC_LOADTEST] = "loadtest",
    [BM_TOPIC_DATASET] = "dataset",
    [BM_TOPIC_SLO] = "slo",
    [BM_TOPIC_ENGINE] = "engine",
    [BM_TOPIC_TRAINING] = "training",
    [BM_TOPIC_SYNC] = "sync",
    [BM_TOPIC_ALERT] = "alert",
    [BM_TOPIC_STREAM] = "stream"
};

const char *bm_live_topic_name(bm_live_topic_e topic)
{
    return names[topic];
}

int bm_live_topic_find(const char *name)
{
    int i;

    for (i = 0; name != NULL && i < BM_TOPICS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}
