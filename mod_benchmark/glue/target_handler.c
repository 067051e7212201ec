/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/target_handler.h"

#include <stdatomic.h>
#include <string.h>
#include <ap_mpm.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <http_config.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include "base/timefmt.h"
#include "target/target_route.h"

APLOG_USE_MODULE(benchmark);

#define DEMO_KEY "mod_benchmark:demo-target"
#define BODY_MAX (1024 * 1024)
#define SLICE_US 50000               /* longest sleep without looking whether client and server are still there */

/* Of a child. mutex guards app and everything that is made of it. */
typedef struct demo_t {
    apr_thread_mutex_t *mutex;
    bm_target_app_t *app;
    atomic_int streams;
} demo_t;

static demo_t *demo_get(void)
{
    void *demo = NULL;

    apr_pool_userdata_get(&demo, DEMO_KEY, ap_server_conf->process->pconf);
    return demo;
}

static const char *local_path(const char *uri)
{
    static const char *const roots[] = { "/v1/", "/health", "/echo" };
    const char *found;
    size_t i;

    for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
        found = strstr(uri, roots[i]);
        if (found != NULL)
            return found;
    }
    return uri;
}

static int read_body(bm_target_request_t *request, request_rec *r)
{
    char *body = apr_palloc(r->pool, BODY_MAX + 1);
    apr_size_t len = 0;
    long n;
    int rv = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK);

    if (rv != OK)
        return rv;
    if (ap_should_client_block(r)) {
        while (len <= BODY_MAX && (n = ap_get_client_block(r, body + len, BODY_MAX + 1 - len)) > 0)
            len += (apr_size_t)n;
        if (n < 0)
            return HTTP_BAD_REQUEST;
        if (len > BODY_MAX)
            return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    request->body = body;
    request->body_len = len;
    return OK;
}

static int still_wanted(const request_rec *r)
{
    int state = AP_MPMQ_RUNNING;

    ap_mpm_query(AP_MPMQ_MPM_STATE, &state);
    return !r->connection->aborted && state != AP_MPMQ_STOPPING;
}

/* @return 0: nobody waits any more. */
static int sleep_until(const request_rec *r, apr_int64_t due_ns)
{
    apr_int64_t left;

    while (still_wanted(r)) {
        left = (due_ns - bm_timefmt_monotonic_ns()) / 1000;
        if (left <= 0)
            return 1;
        apr_sleep(left < SLICE_US ? left : SLICE_US);
    }
    return 0;
}

static int is_last(bm_target_step_e kind)
{
    return kind == BM_TARGET_STEP_END || kind == BM_TARGET_STEP_CUT || kind == BM_TARGET_STEP_RESET
           || kind == BM_TARGET_STEP_HANG;
}

static void play(request_rec *r, demo_t *demo, bm_target_reply_t *reply)
{
    bm_buffer_t *out = apr_pcalloc(r->pool, sizeof(*out));
    bm_target_step_t step;

    bm_buffer_adopt(out, r->pool);
    while (bm_target_schedule_next(&reply->schedule, &step)) {
        if (!sleep_until(r, reply->read_ns + step.at_ns))
            break;
        bm_buffer_clear(out);
        apr_thread_mutex_lock(demo->mutex);
        bm_target_reply_render(reply, &step, out);
        apr_thread_mutex_unlock(demo->mutex);
        if (out->len > 0 && (ap_rwrite(out->data, (int)out->len, r) < 0 || ap_rflush(r) < 0))
            break;
        if (step.kind == BM_TARGET_STEP_CUT || step.kind == BM_TARGET_STEP_RESET)
            r->connection->aborted = 1;
        if (is_last(step.kind))
            break;
    }
}

static int answer(request_rec *r, demo_t *demo)
{
    bm_target_request_t request = {
        .method = r->method, .path = local_path(r->uri), .query = r->args, .headers = r->headers_in, .minor = 1, .p = r->pool
    };
    bm_target_reply_t *reply;
    int rv = read_body(&request, r);

    if (rv != OK)
        return rv;
    apr_thread_mutex_lock(demo->mutex);
    reply = bm_target_route(demo->app, &request, bm_timefmt_monotonic_ns(), r->pool);
    apr_thread_mutex_unlock(demo->mutex);
    r->status = reply->status;
    ap_set_content_type(r, reply->content_type);
    apr_table_overlap(r->headers_out, reply->headers, APR_OVERLAP_TABLES_SET);
    apr_table_setn(r->subprocess_env, "no-gzip", "1");
    play(r, demo, reply);
    return OK;
}

static int target_handler(request_rec *r)
{
    demo_t *demo;
    int rv;

    if (r->handler == NULL || strcmp(r->handler, "benchmark-target") != 0)
        return DECLINED;
    demo = demo_get();
    if (demo == NULL)
        return HTTP_SERVICE_UNAVAILABLE;
    if (atomic_fetch_add(&demo->streams, 1) < BM_TARGET_HANDLER_STREAMS)
        rv = answer(r, demo);
    else {
        apr_table_setn(r->err_headers_out, "Retry-After", "1");
        rv = HTTP_SERVICE_UNAVAILABLE;
    }
    atomic_fetch_sub(&demo->streams, 1);
    return rv;
}

static void demo_init(apr_pool_t *pchild, server_rec *s)
{
    demo_t *demo = apr_pcalloc(pchild, sizeof(*demo));

    if (apr_thread_mutex_create(&demo->mutex, APR_THREAD_MUTEX_DEFAULT, pchild) != APR_SUCCESS)
        return;
    demo->app = bm_target_app_make(pchild);
    apr_pool_userdata_set(demo, DEMO_KEY, apr_pool_cleanup_null, s->process->pconf);
}

void bm_target_handler_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_child_init(demo_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(target_handler, NULL, NULL, APR_HOOK_MIDDLE);
}
