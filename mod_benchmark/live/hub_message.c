/* SPDX-License-Identifier: Apache-2.0
 *
 * hub_message.c: what clients of a WebSocket say. */
#include "live/hub_private.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"

static void refuse(client_t *client, const bm_err_t *err)
{
    bm_buffer_t out = { 0 }, data = { 0 };
    const bm_violation_t *violation;
    bm_jw_t w;

    bm_jw_init(&w, &data);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "detail");
    bm_jw_string(&w, err->detail ? err->detail : "The message is not understood.");
    if (err->violations->nelts > 0) {
        violation = &APR_ARRAY_IDX(err->violations, 0, bm_violation_t);
        bm_jw_key(&w, "pointer");
        bm_jw_string(&w, apr_pstrcat(err->p, "/subscribe", violation->pointer, NULL));
        bm_jw_key(&w, "reason");
        bm_jw_string(&w, violation->detail);
    }
    bm_jw_end_object(&w);
    bm_buffer_append(&data, "", 1);
    stream_event(&out, client->framing, "error", NULL, data.data);
    client_send(client, out.data, out.len);
    bm_buffer_free(&out);
    bm_buffer_free(&data);
}

static apr_status_t read_message(bm_subscription_t **psubscription, const char **after, const char *text, apr_size_t len,
                                 bm_err_t *err, apr_pool_t *p)
{
    json_t *message, *token;
    apr_status_t rv = bm_json_parse(&message, text, len, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (!json_is_object(message) || json_object_get(message, "subscribe") == NULL)
        return bm_err_set(err, APR_EINVAL, "bad_message", "A message is \"ping\" or an object with \"subscribe\".");
    token = json_object_get(message, "after");
    if (token != NULL && !json_is_null(token) && !json_is_string(token))
        return bm_err_set(err, APR_EINVAL, "bad_message", "\"after\" is the id of an event.");
    *after = json_string_value(token);
    return bm_subscription_from_json(psubscription, json_object_get(message, "subscribe"), err, p);
}

static void subscribe(client_t *client, const char *text, apr_size_t len)
{
    apr_pool_t *p = client->hub->message_pool;
    bm_err_t *err = bm_err_make(p);
    bm_subscription_t *subscription;
    const char *after = NULL;

    if (read_message(&subscription, &after, text, len, err, p) != APR_SUCCESS)
        refuse(client, err);
    else {
        group_leave(client);
        client->state = CLIENT_JOINING;
        group_watch(client, subscription);
        group_join(client, after);
    }
    apr_pool_clear(p);
}

void message_heard(void *baton, const char *text, apr_size_t len)
{
    client_t *client = baton;
    bm_buffer_t out = { 0 };

    client_pump(client);                     /* the pong of a ping before it goes first */
    if (client->state > CLIENT_LIVE)
        return;
    if (len == 4 && memcmp(text, "ping", 4) == 0) {
        bm_frame_ws_text(&out, "pong", 4);
        client_send(client, out.data, out.len);
        bm_buffer_free(&out);
    }
    else if (client->framing == BM_FRAMING_WS)
        subscribe(client, text, len);
}
