/* SPDX-License-Identifier: Apache-2.0
 *
 * load_target_use.c: what the target says that it uses: processor and memory, from the page of metrics that its automation names
 * (connection.metrics_url), once a second while load goes on.
 *
 * It is asked as targets are, by a loop, under the address guard, without the automation's keys. Nothing waits for an answer: one
 * that is late, broken or missing leaves the figures of its second unknown. */
#include <math.h>
#include <apr_strings.h>
#include "loadtest/loadtest.h"
#include "parse/metrics_text.h"

#define PATIENCE_MS 2000
#define PAGE_MAX (4 * 1024 * 1024)
#define MB 1e6

struct bm_load_target_use_t {
    const char *url;
    apr_pool_t *p;                   /* of the request under way; NULL: none is */
    bm_exchange_t *x;
    double cpu_s;                    /* seconds of processor time in the last answer; NaN: none yet */
    apr_int64_t cpu_at_ns;
    bm_load_use_t use;
};

void bm_load_target_use_open(bm_loadtest_t *lt)
{
    const char *url = json_string_value(json_object_get(bm_load_source_call(lt->source)->connection, "metrics_url"));

    if (url == NULL || *url == '\0')
        return;
    lt->target_use = apr_pcalloc(lt->task->p, sizeof(*lt->target_use));
    lt->target_use->url = apr_pstrdup(lt->task->p, url);
    lt->target_use->cpu_s = NAN;
    lt->target_use->use = (bm_load_use_t){ NAN, NAN };
}

bm_load_use_t bm_load_target_use(const bm_loadtest_t *lt)
{
    return lt->target_use != NULL ? lt->target_use->use : (bm_load_use_t){ NAN, NAN };
}

int bm_load_target_use_is_asked(const bm_loadtest_t *lt)
{
    return lt->target_use != NULL && lt->target_use->p != NULL;
}

void bm_load_target_use_ask(bm_loadtest_t *lt)
{
    bm_load_target_use_t *t = lt->target_use;
    bm_http_request_t *request;

    if (t == NULL || t->p != NULL || lt->task->stop != BM_STOP_NOT)
        return;
    apr_pool_create(&t->p, lt->task->p);
    request = apr_pcalloc(t->p, sizeof(*request));
    request->method = "GET";
    request->url = t->url;
    request->headers = apr_array_make(t->p, 1, sizeof(const char *));
    APR_ARRAY_PUSH(request->headers, const char *) = "Accept: text/plain;version=0.0.4";
    request->total_timeout_ms = request->connect_timeout_ms = request->first_byte_timeout_ms = PATIENCE_MS;
    request->max_body = PAGE_MAX;
    t->x = bm_exchange_make(request, t->p);
    if (bm_recorder_send(lt->recorder, lt->task, t->x, 0, t) == APR_SUCCESS)
        return;
    apr_pool_destroy(t->p);
    t->p = NULL;
}

static void read_page(bm_load_target_use_t *t)
{
    const bm_exchange_t *x = t->x;
    int has_page = x->end == BM_END_COMPLETE && x->http_status == 200;
    double cpu_s = has_page ? bm_metrics_text_sum(x->body.data, x->body.len, "process_cpu_seconds_total") : NAN;
    double bytes = has_page ? bm_metrics_text_sum(x->body.data, x->body.len, "process_resident_memory_bytes") : NAN;

    t->use.cpu_percent = x->end_ns > t->cpu_at_ns && cpu_s >= t->cpu_s
        ? 100 * (cpu_s - t->cpu_s) / ((double)(x->end_ns - t->cpu_at_ns) / 1e9) : NAN;
    t->use.memory_mb = bytes / MB;
    t->cpu_s = cpu_s;
    t->cpu_at_ns = x->end_ns;
}

int bm_load_target_use_returned(bm_loadtest_t *lt, const bm_transfer_t *transfer)
{
    bm_load_target_use_t *t = lt->target_use;

    if (t == NULL || transfer->tag != t)
        return 0;
    read_page(t);
    apr_pool_destroy(t->p);
    t->p = NULL;
    return 1;
}
