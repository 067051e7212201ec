/* SPDX-License-Identifier: Apache-2.0
 *
 * events_api.c: it checks who asks for what; the hub does the rest (live/hub.h). */
#include "config.h"
#include "api/events_api.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "live/frame.h"

#define PROTOCOL "benchmark.events.v1"
#define WAIT_MAX 300
#define AFTER_MAX 16384
#define RETRY "retry: 2000\n\n"          /* ms until a browser connects again */

static const bm_query_param_t events_params[] = {
    { "topic", BM_QUERY_TEXT, 1, 1000, NULL, "What to watch, with commas between: run, scenario, automation, loadtest, dataset,"
      " price, view, slo, project, engine, training, sync, alert; to who administers user, key, secret; one of them by its id:"
      " loadtest:7. Default: all." },
    { "scenario_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Only runs and load tests of this scenario." },
    { "automation_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Only runs of this automation." },
    { "after", BM_QUERY_TEXT, 1, AFTER_MAX, NULL, "id of the last event that was seen: what came since is told first." },
    { "wait", BM_QUERY_INT, 1, WAIT_MAX, NULL, "Answer with JSON, once, as soon as something happens, at the latest after so many"
      " seconds." },
    { "ticket", BM_QUERY_TEXT, 1, 200, NULL, "A ticket of POST /events/ticket instead of credentials." },
    { NULL }
};

#ifdef HAVE_WSLAY
static const bm_query_param_t socket_params[] = {
    { "ticket", BM_QUERY_TEXT, 1, 200, NULL, "A ticket of POST /events/ticket instead of credentials." },
    { NULL }
};
#endif

#define OURS BM_FIELD_READ_ONLY

static const bm_field_t event_fields[] = {
    { "id", BM_TYPE_STRING, OURS | BM_FIELD_ABSENT,
      .doc = "Token to go on from (`after`, Last-Event-ID); absent: this one has none." },
    { "topic", BM_TYPE_STRING, OURS,
      .doc = "run, loadtest, scenario, automation, dataset, engine; stream: about the stream itself." },
    { "event", BM_TYPE_STRING, OURS, .doc = "What happened (docs/live.md)." },
    { "at", BM_TYPE_TIME, OURS, .doc = "When." },
    { "data", BM_TYPE_OBJECT, OURS | BM_FIELD_ABSENT, .doc = "To whom, and how it is now; depends on topic and event." },
    { NULL }
};

static const bm_field_t poll_fields[] = {
    { "reset", BM_TYPE_BOOL, OURS | BM_FIELD_ABSENT, .doc = "true: what was missed cannot be told; read afresh what is shown." },
    { "events", BM_TYPE_ARRAY, OURS, .members = event_fields, .schema = "Event", .doc = "What happened, in order." },
    { "next", BM_TYPE_STRING, OURS, .doc = "For `after` of the next poll." },
    { NULL }
};
static const bm_schema_t poll_schema = { "EventPoll", poll_fields };

static const char *header(const bm_req_t *q, const char *name)
{
    return q->header != NULL ? q->header(q->request, name) : NULL;
}

static apr_status_t needs_own_connection(bm_req_t *q, const char *instead)
{
    return bm_err_set(q->err, APR_ENOTIMPL, "needs_own_connection",
                      "Over HTTP/2 events cannot be streamed here: %s.", instead);
}

static bm_live_order_t *order_make(bm_req_t *q, bm_live_framing_e framing)
{
    bm_live_order_t *order = apr_pcalloc(q->p, sizeof(*order));

    order->framing = framing;
    order->user = q->who.user;
    if (!q->who.projects.all) {
        order->projects = apr_pmemdup(q->p, q->who.projects.ids, sizeof(q->who.projects.ids));
        order->project_count = q->who.projects.n;
    }
    order->administers = q->who.role >= BM_ROLE_ADMIN;
    order->key_id = q->who.identity != NULL ? q->who.identity->key_id : 0;
    order->session = q->who.identity != NULL && q->who.identity->session[0] != '\0' ? q->who.identity->session : NULL;
    q->live = order;
    apr_table_setn(q->headers, "Cache-Control", "no-store");
    return order;
}

/* Which of two forms of GET /events. */
static int is_poll(const bm_req_t *q)
{
    int streams = q->accept != NULL && strstr(q->accept, "text/event-stream") != NULL;

    return bm_query_string_has(q->query, "wait") || (bm_query_string_has(q->query, "after") && !streams);
}

static apr_status_t events_get(bm_req_t *q)
{
    const char *last = header(q, "Last-Event-ID");
    bm_subscription_t *subscription;
    bm_live_order_t *order;
    apr_status_t rv;
    int poll = is_poll(q);

    rv = bm_subscription_from_query(&subscription, bm_query_string_text(q->query, "topic"),
                                    bm_query_string_int(q->query, "scenario_id", 0),
                                    bm_query_string_int(q->query, "automation_id", 0), q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    if (!q->own_connection)
        return needs_own_connection(q, poll ? "ask over HTTP/1.1" : "use the WebSocket /events/ws, or ask over HTTP/1.1");
    order = order_make(q, poll ? BM_FRAMING_POLL : BM_FRAMING_SSE);
    order->subscription = subscription;
    order->after = last != NULL && *last != '\0' ? last : bm_query_string_text(q->query, "after");
    if (poll) {
        order->wait = apr_time_from_sec(bm_query_string_int(q->query, "wait", 1));
        return APR_SUCCESS;
    }
    q->content_type = "text/event-stream";
    apr_table_setn(q->headers, "X-Accel-Buffering", "no");       /* of an nginx between us */
    return bm_buffer_append(&q->out, RETRY, sizeof(RETRY) - 1);
}

#ifdef HAVE_WSLAY
static apr_status_t not_an_upgrade(bm_req_t *q, const char *why)
{
    return bm_err_set(q->err, APR_EINVAL, "upgrade_required", "This is a WebSocket (RFC 6455, version 13): %s.", why);
}

/* RFC 6455 4.2.1. */
static apr_status_t check_upgrade(const char **accept, bm_req_t *q)
{
    const char *version = header(q, "Sec-WebSocket-Version"), *key = header(q, "Sec-WebSocket-Key");

    if (!q->own_connection)
        return needs_own_connection(q, "a WebSocket begins with HTTP/1.1");
    if (!bm_text_has_token(header(q, "Upgrade"), "websocket") || !bm_text_has_token(header(q, "Connection"), "upgrade"))
        return not_an_upgrade(q, "the request has no \"Upgrade: websocket\" with \"Connection: Upgrade\"");
    if (version == NULL || strcmp(version, "13") != 0)
        return not_an_upgrade(q, "Sec-WebSocket-Version must be 13");
    *accept = key != NULL ? bm_frame_ws_accept(key, q->p) : NULL;
    if (*accept == NULL)
        return bm_err_set(q->err, APR_EINVAL, "bad_header", "Sec-WebSocket-Key must be 16 bytes in base64.");
    return APR_SUCCESS;
}

static apr_status_t upgrade(bm_req_t *q, bm_live_framing_e framing)
{
    bm_live_order_t *order;
    const char *accept = NULL;
    apr_status_t rv = check_upgrade(&accept, q);

    if (rv != APR_SUCCESS)
        return rv;
    order = order_make(q, framing);
    order->accept = accept;
    if (framing == BM_FRAMING_WS && bm_text_has_token(header(q, "Sec-WebSocket-Protocol"), PROTOCOL))
        order->protocol = PROTOCOL;
    return APR_SUCCESS;
}

static apr_status_t events_socket(bm_req_t *q)
{
    return upgrade(q, BM_FRAMING_WS);
}

static apr_status_t hive_socket(bm_req_t *q)
{
    return upgrade(q, BM_FRAMING_HIVE);
}
#endif

const bm_route_t bm_events_api_routes[] = {
    { "GET", "/events", BM_ROLE_VIEWER, events_get, BM_ROUTE_NO_DATABASE, 200, events_params, NULL, &poll_schema,
      "watchEvents", "events",
      "What happens, as it happens: server-sent events, or with `wait` one answer of a long poll.", "text/event-stream" },
#ifdef HAVE_WSLAY
    { "GET", "/events/ws", BM_ROLE_VIEWER, events_socket, BM_ROUTE_NO_DATABASE | BM_ROUTE_SOCKET, 101, socket_params, NULL, NULL,
      "openEventSocket", "events", "The same as a WebSocket, which says what it watches by messages.", "application/json" },
    { "GET", "/ws/metrics", BM_ROLE_VIEWER, hive_socket, BM_ROUTE_NO_DATABASE | BM_ROUTE_SOCKET, 101, socket_params, NULL, NULL,
      "openMetricsSocket", "events", "Metrics of runs and training as clients of Hive know them, as a WebSocket.",
      "application/json" },
#endif
    { NULL }
};
