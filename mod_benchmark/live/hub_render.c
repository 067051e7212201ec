/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_render.c: events as the bytes of a framing. */
#include "live/hub_private.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

static void append_framed(bm_buffer_t *out, bm_live_framing_e framing, const char *name, const char *id, const char *json,
                          apr_size_t len)
{
    switch (framing) {
    case BM_FRAMING_SSE:
        bm_frame_sse(out, name, id, json, len);
        break;
    case BM_FRAMING_WS:
        bm_frame_ws_text(out, json, len);
        break;
    case BM_FRAMING_POLL:
        if (out->len > 0)
            bm_buffer_append(out, ",", 1);
        bm_buffer_append(out, json, len);
        break;
    default:
        break;
    }
}

void stream_event(bm_buffer_t *out, bm_live_framing_e framing, const char *name, const char *id, const char *data)
{
    char full[64];
    bm_buffer_t text = { 0 };
    bm_jw_t w;

    if (framing == BM_FRAMING_HIVE)
        return;
    bm_jw_init(&w, &text);
    bm_jw_begin_object(&w);
    if (id != NULL) {
        bm_jw_key(&w, "id");
        bm_jw_string(&w, id);
    }
    bm_jw_key(&w, "topic");
    bm_jw_string(&w, "stream");
    bm_jw_key(&w, "event");
    bm_jw_string(&w, name);
    bm_jw_key(&w, "at");
    bm_jw_time(&w, apr_time_now());
    if (data != NULL) {
        bm_jw_key(&w, "data");
        bm_jw_raw(&w, data, strlen(data));
    }
    bm_jw_end_object(&w);
    apr_snprintf(full, sizeof(full), "stream.%s", name);
    append_framed(out, framing, full, id, text.data, text.len);
    bm_buffer_free(&text);
}

/* @return whether the group is told of it. */
static int append_event(bm_hub_t *hub, bm_buffer_t *out, const group_t *group, const bm_live_event_t *event)
{
    char full[64];

    if (event->topic >= BM_TOPICS)
        return 0;
    if (group->framing == BM_FRAMING_HIVE)
        return (group->subscription == NULL || bm_subscription_sees(group->subscription, event))
               && bm_frame_hive(out, event) == APR_SUCCESS;
    bm_buffer_clear(&hub->scratch);
    if (bm_subscription_render(&hub->scratch, group->subscription, event) != APR_SUCCESS)
        return 0;
    apr_snprintf(full, sizeof(full), "%s.%s", bm_live_topic_name(event->topic), event->name);
    append_framed(out, group->framing, full, event->token, hub->scratch.data, hub->scratch.len);
    return 1;
}

void events_render(bm_hub_t *hub, bm_buffer_t *out, const group_t *group, const bm_live_event_t *const *events, int n)
{
    int i;

    for (i = 0; i < n; i++)
        append_event(hub, out, group, events[i]);
}

void push_render(bm_hub_t *hub, bm_buffer_t *out, const group_t *group, const bm_live_event_t *const *events, int n,
                 const char *token)
{
    apr_size_t before;
    char data[64];
    int i, skipped = 0;

    for (i = 0; i < n; i++) {
        before = out->len;
        if (append_event(hub, out, group, events[i]) && before > 0 && out->len > BM_HUB_PUSH_BYTES
            && group->framing != BM_FRAMING_POLL) {
            out->len = before;
            skipped++;
        }
    }
    if (skipped == 0)
        return;
    apr_snprintf(data, sizeof(data), "{\"count\":%d}", skipped);
    stream_event(out, group->framing, "many", token, data);
}
