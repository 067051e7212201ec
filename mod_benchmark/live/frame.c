/* SPDX-License-Identifier: Apache-2.0 */
#include "live/frame.h"

#include <string.h>
#include <apr_base64.h>
#include <apr_sha1.h>
#include <apr_strings.h>
#include "base/json.h"
#include "live/live_event.h"
#include "model/run_model.h"

/* --- server-sent events */

static int is_one_line(const char *text)
{
    return text == NULL || strpbrk(text, "\r\n") == NULL;
}

static apr_status_t put_field(bm_buffer_t *out, const char *field, const char *value, apr_size_t len)
{
    apr_status_t rv = bm_buffer_append(out, field, strlen(field));

    if (rv == APR_SUCCESS)
        rv = bm_buffer_append(out, value, len);
    return rv == APR_SUCCESS ? bm_buffer_append(out, "\n", 1) : rv;
}

/* One field per line: a client joins them with LF. */
static apr_status_t put_data(bm_buffer_t *out, const char *data, apr_size_t len)
{
    const char *end = data + len, *line = data, *s;
    apr_status_t rv;

    for (s = data; s < end; s++) {
        if (*s != '\r' && *s != '\n')
            continue;
        rv = put_field(out, "data: ", line, (apr_size_t)(s - line));
        if (rv != APR_SUCCESS)
            return rv;
        if (*s == '\r' && s + 1 < end && s[1] == '\n')
            s++;
        line = s + 1;
    }
    return put_field(out, "data: ", line, (apr_size_t)(end - line));
}

apr_status_t bm_frame_sse(bm_buffer_t *out, const char *name, const char *id, const char *data, apr_size_t len)
{
    apr_size_t before = out->len;
    apr_status_t rv = APR_SUCCESS;

    if (!is_one_line(name) || !is_one_line(id))
        return APR_EINVAL;
    if (name != NULL)
        rv = put_field(out, "event: ", name, strlen(name));
    if (rv == APR_SUCCESS && id != NULL)
        rv = put_field(out, "id: ", id, strlen(id));
    if (rv == APR_SUCCESS && data != NULL)
        rv = put_data(out, data, len);
    if (rv == APR_SUCCESS)
        rv = bm_buffer_append(out, "\n", 1);
    if (rv != APR_SUCCESS)
        out->len = before;
    return rv;
}

/* --- WebSocket */

enum { WS_FINAL_TEXT = 0x81, WS_LENGTH_16 = 126, WS_LENGTH_64 = 127, WS_HEAD_MAX = 10 };

static apr_size_t ws_head(unsigned char *head, apr_size_t len)
{
    int bytes = len < WS_LENGTH_16 ? 0 : len <= 0xffff ? 2 : 8, i;

    head[0] = WS_FINAL_TEXT;
    head[1] = (unsigned char)(bytes == 0 ? len : bytes == 2 ? WS_LENGTH_16 : WS_LENGTH_64);
    for (i = 0; i < bytes; i++)
        head[2 + i] = (unsigned char)((apr_uint64_t)len >> (8 * (bytes - 1 - i)));
    return (apr_size_t)(2 + bytes);
}

apr_status_t bm_frame_ws_text(bm_buffer_t *out, const char *data, apr_size_t len)
{
    unsigned char head[WS_HEAD_MAX];
    apr_size_t head_len = ws_head(head, len);
    apr_status_t rv = bm_buffer_reserve(out, head_len + len);

    if (rv == APR_SUCCESS)
        rv = bm_buffer_append(out, head, head_len);
    return rv == APR_SUCCESS ? bm_buffer_append(out, data, len) : rv;
}

const char *bm_frame_ws_accept(const char *key, apr_pool_t *p)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    enum { KEY_DIGITS = 22, KEY_LENGTH = 24 };                /* 16 bytes in base64 */
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    apr_sha1_ctx_t sha1;
    char *accept;

    if (key == NULL || strlen(key) != KEY_LENGTH || strspn(key, digits) != KEY_DIGITS || strcmp(key + KEY_DIGITS, "==") != 0)
        return NULL;
    apr_sha1_init(&sha1);
    apr_sha1_update(&sha1, key, KEY_LENGTH);
    apr_sha1_update(&sha1, guid, sizeof(guid) - 1);
    apr_sha1_final(digest, &sha1);
    accept = apr_palloc(p, (apr_size_t)apr_base64_encode_len(sizeof(digest)));
    apr_base64_encode_binary(accept, digest, sizeof(digest));
    return accept;
}

/* --- Hive */

/* Events of training pass as they are. */
static const struct { const char *name, *type; } hive_types[] = {
    { "update", "training_update" },
    { "scenario_completed", "scenario_completed" }
};

static const char *hive_type(const bm_live_event_t *event)
{
    apr_size_t i;

    for (i = 0; event->topic == BM_TOPIC_TRAINING && i < sizeof(hive_types) / sizeof(hive_types[0]); i++)
        if (strcmp(hive_types[i].name, event->name) == 0)
            return hive_types[i].type;
    return NULL;
}

static void hive_begin(bm_jw_t *w, bm_buffer_t *text, const char *type)
{
    bm_buffer_clear(text);
    bm_jw_init(w, text);
    bm_jw_begin_object(w);
    bm_jw_key(w, "type");
    bm_jw_string(w, type);
    bm_jw_key(w, "data");
}

static apr_status_t hive_end(bm_buffer_t *out, bm_jw_t *w)
{
    bm_jw_end_object(w);
    return w->rv == APR_SUCCESS ? bm_frame_ws_text(out, w->out->data, w->out->len) : w->rv;
}

/* A run that completed is a measured response time; one that did not has none, and what only directs other work answers
 * nothing. */
static int has_response_time(const json_t *run)
{
    const char *status = json_string_value(json_object_get(run, "status"));
    const char *kind = json_string_value(json_object_get(run, "kind"));

    return status != NULL && strcmp(status, "completed") == 0 && kind != NULL
           && strcmp(kind, bm_run_kind_name(BM_RUN_KIND_RUN)) == 0 && json_is_number(json_object_get(run, "total_duration_ms"));
}

/* One metric as GET /api/metrics/latest lists it. Ids of scenarios are strings there. */
static apr_status_t hive_response_time(bm_buffer_t *out, bm_buffer_t *text, const bm_live_event_t *event, const json_t *run)
{
    const char *finished_at = json_string_value(json_object_get(run, "finished_at"));
    char scenario[24];
    bm_jw_t w;

    hive_begin(&w, text, "metric");
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "timestamp");
    if (finished_at != NULL)
        bm_jw_string(&w, finished_at);
    else
        bm_jw_time(&w, event->at);
    bm_jw_key(&w, "type");
    bm_jw_string(&w, "response_time");
    bm_jw_key(&w, "value");
    bm_jw_fixed(&w, json_number_value(json_object_get(run, "total_duration_ms")), 3);
    apr_snprintf(scenario, sizeof(scenario), "%" APR_INT64_T_FMT,
                 (apr_int64_t)json_integer_value(json_object_get(run, "scenario_id")));
    bm_jw_key(&w, "scenario_id");
    bm_jw_string(&w, scenario);
    bm_jw_end_object(&w);
    return hive_end(out, &w);
}

/* One second of a problem: a frame for each of the metrics that it has. */
static apr_status_t hive_second(bm_buffer_t *out, bm_buffer_t *text, const bm_live_event_t *event)
{
    const json_t *second = json_object_get(event->data, "metrics"), *p50 = json_object_get(json_object_get(second, "e2e_ms"),
                                                                                           "p50");
    double completed = json_number_value(json_object_get(second, "completed")),
        failed = json_number_value(json_object_get(second, "failed"));
    double ended = completed + failed;
    const struct { const char *type; int there; double value; } metrics[] = {
        { "response_time", json_is_number(p50), json_number_value(p50) },
        { "throughput", 1, completed },
        { "error_rate", ended > 0, ended > 0 ? failed / ended : 0 },
        { "success_rate", ended > 0, ended > 0 ? completed / ended : 0 },
        { "cpu_usage", 1, json_number_value(json_object_get(second, "cpu_usage")) },
        { "memory_usage", 1, json_number_value(json_object_get(second, "memory_usage")) }
    };
    const char *scenario = json_string_value(json_object_get(event->data, "scenario_id"));
    apr_status_t rv = APR_SUCCESS;
    bm_jw_t w;
    size_t i;

    for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]) && rv == APR_SUCCESS; i++) {
        if (!metrics[i].there)
            continue;
        hive_begin(&w, text, "metric");
        bm_jw_begin_object(&w);
        bm_jw_key(&w, "timestamp");
        bm_jw_time(&w, event->at);
        bm_jw_key(&w, "type");
        bm_jw_string(&w, metrics[i].type);
        bm_jw_key(&w, "value");
        bm_jw_fixed(&w, metrics[i].value, 3);
        bm_jw_key(&w, "scenario_id");
        bm_jw_string(&w, scenario != NULL ? scenario : "");
        bm_jw_end_object(&w);
        rv = hive_end(out, &w);
    }
    return rv;
}

static apr_status_t hive_runs(bm_buffer_t *out, bm_buffer_t *text, const bm_live_event_t *event)
{
    apr_status_t rv = APR_SUCCESS;
    const json_t *run;
    size_t i;

    json_array_foreach(json_object_get(event->data, "runs"), i, run) {
        if (rv == APR_SUCCESS && has_response_time(run))
            rv = hive_response_time(out, text, event, run);
    }
    return rv;
}

apr_status_t bm_frame_hive(bm_buffer_t *out, const struct bm_live_event_t *event)
{
    bm_buffer_t text = { NULL, 0, 0, 0 };
    const char *type = hive_type(event);
    apr_size_t before = out->len;
    apr_status_t rv = APR_SUCCESS;
    bm_jw_t w;

    if (type != NULL) {
        hive_begin(&w, &text, type);
        bm_jw_json(&w, event->data);
        rv = hive_end(out, &w);
    }
    else if (event->topic == BM_TOPIC_TRAINING && strcmp(event->name, "metric") == 0)
        rv = hive_second(out, &text, event);
    else if (event->topic == BM_TOPIC_RUN && strcmp(event->name, "finished") == 0)
        rv = hive_runs(out, &text, event);
    bm_buffer_free(&text);
    if (rv != APR_SUCCESS)
        out->len = before;
    return rv == APR_SUCCESS && out->len == before ? APR_NOTFOUND : rv;
}
