/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_route.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "target/target_anthropic.h"
#include "target/target_openai.h"
#include "target/target_spec.h"
#include "target/target_tinyfish.h"

enum { MAX_ECHO = 262144 };     /* bytes of a body that are echoed */

/* --- plain answers */

static void plain_begin(bm_target_reply_t *reply)
{
    reply->spec.tokens = 0;
    reply->spec.ttft_ms = 0;
}

static void health_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    (void)reply;
    bm_target_reply_put(out, "{\"status\":\"ok\"}");
}

static const bm_target_format_t health_format = { .whole = health_whole, .error = bm_target_openai_error };

static int write_header(void *baton, const char *name, const char *value)
{
    bm_target_reply_t *reply = ((void **)baton)[0];
    bm_jw_t *w = ((void **)baton)[1];

    bm_jw_begin_array(w);
    bm_jw_string(w, name);
    bm_jw_string(w, bm_text_clean_utf8(value, strlen(value), APR_SIZE_MAX, reply->p));
    bm_jw_end_array(w);
    return 1;
}

/* Headers are a list of pairs: names may repeat. Also the "error" of /echo, since a status was asked for. */
static void echo_whole(bm_target_reply_t *reply, bm_buffer_t *out)
{
    const bm_target_request_t *q = reply->request;
    apr_size_t len = q->body_len < MAX_ECHO ? q->body_len : MAX_ECHO;
    bm_jw_t w;
    void *baton[2] = { reply, &w };

    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "method");
    bm_jw_string(&w, q->method);
    bm_jw_key(&w, "path");
    bm_jw_string(&w, bm_text_clean_utf8(q->path, strlen(q->path), APR_SIZE_MAX, reply->p));
    bm_jw_key(&w, "query");
    bm_jw_string(&w, q->query ? bm_text_clean_utf8(q->query, strlen(q->query), APR_SIZE_MAX, reply->p) : NULL);
    bm_jw_key(&w, "headers");
    bm_jw_begin_array(&w);
    apr_table_do(write_header, baton, q->headers, NULL);
    bm_jw_end_array(&w);
    bm_jw_key(&w, "body_bytes");
    bm_jw_int(&w, (apr_int64_t)q->body_len);
    bm_jw_key(&w, "body");
    bm_jw_string(&w, bm_text_clean_utf8(q->body, len, APR_SIZE_MAX, reply->p));
    bm_jw_end_object(&w);
}

static const bm_target_format_t echo_format = { .whole = echo_whole, .error = echo_whole };

static void echo_begin(bm_target_reply_t *reply)
{
    const char *status = bm_target_request_parameter(reply->request, "status", reply->p);
    const char *delay = bm_target_request_parameter(reply->request, "delay_ms", reply->p);
    apr_int64_t value;

    plain_begin(reply);
    if (status != NULL) {
        if (bm_text_to_int64(&value, status, 200, 599) == APR_SUCCESS)
            reply->spec.status = value;
        else
            reply->spec.status = 400;
    }
    if (delay != NULL && bm_text_to_int64(&value, delay, 0, 3600000) == APR_SUCCESS)
        reply->spec.ttft_ms = reply->spec.header_ms = (double)value;
}

/* --- the table */

enum { TAKES_JSON = 1, PREFIX = 2, IS_RUN = 4 };

typedef struct endpoint_t {
    const char *method;         /* NULL: any */
    const char *path;
    const char *suffix;         /* behind the variable part of a PREFIX path */
    int flags;
    const bm_target_format_t *format;
    void (*begin)(bm_target_reply_t *reply);
} endpoint_t;

static const endpoint_t endpoints[] = {
    { "POST", "/v1/chat/completions", NULL, TAKES_JSON, &bm_target_openai_chat_format, bm_target_openai_chat },
    { "POST", "/v1/embeddings", NULL, TAKES_JSON, &bm_target_openai_embeddings_format, bm_target_openai_embeddings },
    { "GET", "/v1/models", NULL, 0, &bm_target_openai_models_format, bm_target_openai_models },
    { "POST", "/v1/messages", NULL, TAKES_JSON, &bm_target_anthropic_format, bm_target_anthropic_messages },
    { "POST", "/v1/automation/run-sse", NULL, TAKES_JSON | IS_RUN, &bm_target_tinyfish_sse_format, bm_target_tinyfish_start },
    { "POST", "/v1/automation/run", NULL, TAKES_JSON | IS_RUN, &bm_target_tinyfish_run_format, bm_target_tinyfish_start },
    { "POST", "/v1/automation/run-async", NULL, TAKES_JSON | IS_RUN, &bm_target_tinyfish_async_format, bm_target_tinyfish_start },
    { "GET", "/v1/runs/", "", PREFIX, &bm_target_tinyfish_get_format, bm_target_tinyfish_get },
    { "POST", "/v1/runs/", "/cancel", PREFIX, &bm_target_tinyfish_cancel_format, bm_target_tinyfish_cancel },
    { "GET", "/health", NULL, 0, &health_format, plain_begin },
    { NULL, "/echo", NULL, 0, &echo_format, echo_begin },
};

enum { ENDPOINTS = sizeof(endpoints) / sizeof(endpoints[0]) };

static int path_fits(const endpoint_t *endpoint, const char *path)
{
    apr_size_t len = strlen(endpoint->path);
    const char *rest = path + len;

    if (strncmp(path, endpoint->path, len) != 0)
        return 0;
    if (!(endpoint->flags & PREFIX))
        return strcmp(rest, "") == 0 || strcmp(rest, "/") == 0;
    len = strcspn(rest, "/");
    return len > 0 && strcmp(rest + len, endpoint->suffix) == 0;
}

static int method_fits(const endpoint_t *endpoint, const char *method)
{
    if (endpoint->method == NULL || strcmp(endpoint->method, method) == 0)
        return 1;
    return strcmp(endpoint->method, "GET") == 0 && strcmp(method, "HEAD") == 0;
}

static const endpoint_t *find_endpoint(const bm_target_request_t *request, const char **allowed)
{
    int i;

    *allowed = NULL;
    for (i = 0; i < ENDPOINTS; i++) {
        if (!path_fits(&endpoints[i], request->path))
            continue;
        if (method_fits(&endpoints[i], request->method))
            return &endpoints[i];
        *allowed = endpoints[i].method;
    }
    return NULL;
}

/* One sentence of all violations. */
static const char *sentence_of(const bm_err_t *err, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < err->violations->nelts && i < 8; i++) {
        const bm_violation_t *v = &APR_ARRAY_IDX(err->violations, i, bm_violation_t);

        text = apr_pstrcat(p, text, i ? " " : "", v->pointer, ": ", v->detail, NULL);
    }
    return i > 0 ? text : err->detail ? err->detail : "The request is not valid.";
}

/* Injection fields of the headers. 0: they are wrong, the reply says so. */
static int read_headers(bm_target_reply_t *reply, bm_err_t *err)
{
    const char *fields = apr_table_get(reply->request->headers, "X-Target");
    const char *id = apr_table_get(reply->request->headers, "X-Bm-Id");
    json_t *j;

    if (fields != NULL
        && (bm_json_parse(&j, fields, strlen(fields), err, reply->p) != APR_SUCCESS
            || bm_target_spec_read(&reply->spec, j, err, reply->p) != APR_SUCCESS)) {
        bm_target_reply_fail(reply, 400, NULL, "x_target", sentence_of(err, reply->p));
        return 0;
    }
    if (id != NULL && bm_target_spec_parse_id(&reply->spec.id, id) != APR_SUCCESS) {
        bm_target_reply_fail(reply, 400, NULL, "X-Bm-Id", "X-Bm-Id: must be a number of at most 64 bits.");
        return 0;
    }
    return 1;
}

/* The JSON body and its injection fields. 0: wrong. */
static int read_body(bm_target_reply_t *reply, bm_err_t *err)
{
    const bm_target_request_t *q = reply->request;
    const json_t *fields, *seed;
    apr_uint64_t id = reply->spec.id;

    if (bm_json_parse(&reply->body, q->body, q->body_len, err, reply->p) != APR_SUCCESS || !json_is_object(reply->body)) {
        bm_target_reply_fail(reply, 400, NULL, NULL, err->detail ? err->detail : "The body must be a JSON object.");
        return 0;
    }
    seed = json_object_get(reply->body, "seed");
    if (json_is_integer(seed) && reply->spec.seed == 1)
        reply->spec.seed = (apr_uint64_t)json_integer_value(seed);
    fields = json_object_get(reply->body, "x_target");
    if (fields != NULL && bm_target_spec_read(&reply->spec, fields, err, reply->p) != APR_SUCCESS) {
        bm_target_reply_fail(reply, 400, NULL, "x_target", sentence_of(err, reply->p));
        return 0;
    }
    if (apr_table_get(q->headers, "X-Bm-Id") != NULL)
        reply->spec.id = id;            /* the header is what a client sets on every request: it wins */
    return 1;
}

static bm_target_reply_t *make_reply(bm_target_app_t *app, const bm_target_request_t *request, apr_int64_t read_ns,
                                     apr_pool_t *p)
{
    bm_target_reply_t *reply = apr_pcalloc(p, sizeof(*reply));

    reply->app = app;
    reply->p = p;
    reply->request = request;
    reply->read_ns = read_ns;
    reply->headers = apr_table_make(p, 2);
    reply->created = apr_time_sec(apr_time_now());
    reply->format = &health_format;
    bm_target_spec_init(&reply->spec);
    return reply;
}

static void finish_reply(bm_target_reply_t *reply, int is_run)
{
    apr_int64_t wait_ns = 0;

    bm_target_reply_settle(reply);
    if (reply->spec.seed_each)
        reply->spec.seed = bm_target_app_next_id(reply->app) >> 11;
    reply->spec.seed_each = 0;
    if (reply->spec.status == 200
        && bm_target_app_queue(reply->app, &reply->spec, reply->read_ns, &wait_ns) != APR_SUCCESS)
        bm_target_reply_fail(reply, 429, NULL, NULL, "The queue is full.");
    if (is_run)
        bm_target_tinyfish_remember(reply, wait_ns);
    bm_target_reply_begin(reply, wait_ns);
}

bm_target_reply_t *bm_target_route(bm_target_app_t *app, const bm_target_request_t *request, apr_int64_t read_ns,
                                   apr_pool_t *p)
{
    bm_target_reply_t *reply = make_reply(app, request, read_ns, p);
    const char *allowed;
    const endpoint_t *endpoint = find_endpoint(request, &allowed);
    bm_err_t *err = bm_err_make(p);

    if (endpoint == NULL) {
        bm_target_reply_fail(reply, allowed ? 405 : 404, NULL, NULL,
                             allowed ? "This method is not allowed here." : "There is no such endpoint.");
        if (allowed != NULL)
            apr_table_setn(reply->headers, "Allow", allowed);
        finish_reply(reply, 0);
        return reply;
    }
    reply->format = endpoint->format;
    if (read_headers(reply, err) && (!(endpoint->flags & TAKES_JSON) || read_body(reply, err)))
        endpoint->begin(reply);
    finish_reply(reply, endpoint->flags & IS_RUN);
    return reply;
}

bm_target_reply_t *bm_target_route_refusal(bm_target_app_t *app, int status, const char *problem, apr_int64_t read_ns,
                                           apr_pool_t *p)
{
    bm_target_reply_t *reply = make_reply(app, NULL, read_ns, p);

    bm_target_reply_fail(reply, status, NULL, NULL, problem);
    finish_reply(reply, 0);
    return reply;
}
