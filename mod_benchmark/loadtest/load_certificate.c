/* SPDX-License-Identifier: Apache-2.0
 *
 * load_certificate.c: the engine's own error under the load of this test: the same shape of load, replayed for some seconds
 * against the reference target, before and after. At most CERTIFICATE_S seconds and STREAMS_MAX streams; what is beyond that is
 * extrapolated, and says so. */
#include <math.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

#define CERTIFICATE_S 3.0
#define CERTIFICATE_LONG_S 5.0       /* where a low rate would else give too few streams */
#define RATE_MAX 1000.0
#define GAP_MS 20.0
enum { STREAMS_MAX = 1000, STREAMS_LEAST = 20, TOKENS = 16, ROUNDS = 12, STREAMS_ENOUGH = 200, AFTER_FIRST = 0x80000 };

/* The largest load of the plan; of a search that has ended, the rate that it is about. */
static double peak(const bm_loadtest_t *lt)
{
    double most = 0;
    int i;

    if (lt->search.passed > 0)
        return lt->search.passed;
    for (i = 0; i < lt->plan->steps->nelts; i++) {
        const bm_load_step_t *step = &APR_ARRAY_IDX(lt->plan->steps, i, bm_load_step_t);

        most = fmax(most, fmax(step->from, step->to));
    }
    return most;
}

static apr_int64_t *open_offsets(bm_loadtest_t *lt, double rate, apr_uint32_t *streams)
{
    bm_arrivals_kind_e kind = lt->plan->arrivals == BM_LOAD_CONSTANT ? BM_ARRIVALS_CONSTANT
        : lt->plan->arrivals == BM_LOAD_GAMMA ? BM_ARRIVALS_GAMMA : BM_ARRIVALS_POISSON;
    bm_arrivals_stage_t stage = { rate * CERTIFICATE_S < STREAMS_LEAST ? CERTIFICATE_LONG_S : CERTIFICATE_S, rate, rate };
    bm_arrivals_t *arrivals = bm_arrivals_make(kind, lt->plan->shape, &stage, 1, lt->plan->seed, lt->task->p);
    apr_int64_t *offsets = apr_palloc(lt->task->p, STREAMS_MAX * sizeof(*offsets));

    while (*streams < STREAMS_MAX && bm_arrivals_next(arrivals, &offsets[*streams]))
        (*streams)++;
    return offsets;
}

/* Whether the test's own requests go over TLS, by the first of them. */
static int asks_over_tls(bm_loadtest_t *lt)
{
    const bm_load_request_t *request;
    apr_pool_t *p;
    int tls;

    apr_pool_create(&p, lt->task->p);
    request = bm_load_request_make(lt->source, 0, 0, -1, 1, bm_err_make(p), p);
    tls = request->first.step == BM_STEP_EXCHANGE && strncasecmp(request->first.request->url, "https:", 6) == 0;
    if (request->endpoint != NULL)       /* it is never sent */
        bm_load_endpoints_ended(request->endpoint, 0, 0, 0);
    apr_pool_destroy(p);
    return tls;
}

static void make_plan(bm_probe_plan_t *plan, bm_loadtest_t *lt, int after)
{
    double load = peak(lt);

    memset(plan, 0, sizeof(*plan));
    plan->tokens = TOKENS;
    plan->gap_ms = GAP_MS;
    plan->first = after ? AFTER_FIRST : 0;
    plan->tls = asks_over_tls(lt);
    if (lt->plan->open) {
        lt->certificate.extrapolated |= load > RATE_MAX;
        plan->offsets_ns = open_offsets(lt, fmin(load, RATE_MAX), &plan->streams);
    } else {
        lt->certificate.extrapolated |= load > STREAMS_MAX;
        plan->concurrency = (apr_uint32_t)fmin(fmax(load, 1), STREAMS_MAX);
        plan->streams = plan->concurrency * ROUNDS <= STREAMS_ENOUGH ? plan->concurrency * ROUNDS
            : plan->concurrency * 2 > STREAMS_ENOUGH ? plan->concurrency * 2 : STREAMS_ENOUGH;
        if (plan->streams > STREAMS_MAX)
            plan->streams = STREAMS_MAX;
    }
    lt->certificate.streams = plan->streams;
}

int bm_load_certificate_begin(bm_loadtest_t *lt, int after)
{
    bm_probe_plan_t plan;
    const char *obstacle;

    if (!lt->plan->certificate)
        return 0;
    make_plan(&plan, lt, after);
    if (plan.streams == 0) {
        lt->certificate.obstacle = "The load is too low to be replayed in a few seconds.";
        return 0;
    }
    lt->probe = bm_probe_make(lt->recorder, lt->task, &plan, &obstacle);
    if (obstacle != NULL) {
        lt->certificate.obstacle = obstacle;
        bm_probe_release(lt->probe);
        lt->probe = NULL;
        return 0;
    }
    bm_probe_start(lt->probe);
    return 1;
}

void bm_load_certificate_end(bm_loadtest_t *lt, int after)
{
    bm_buffer_t out = { 0 };
    const char *error;
    apr_uint32_t failed = bm_probe_failed(lt->probe, &error);
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_put_number(&w, "seconds", (double)bm_probe_age_us(lt->probe) / 1e6);
    bm_load_put_count(&w, "streams_failed", failed);
    bm_probe_write(&w, lt->probe);
    bm_jw_end_object(&w);
    if (failed > 0)
        lt->certificate.obstacle = apr_psprintf(lt->task->p, "%u streams of the reference target failed: %s", failed, error);
    if (w.rv == APR_SUCCESS)
        lt->certificate.sides[after] = apr_pstrmemdup(lt->task->p, out.data, out.len);
    bm_buffer_free(&out);
    bm_probe_release(lt->probe);
    lt->probe = NULL;
}

void bm_load_certificate_write(bm_jw_t *w, const bm_loadtest_t *lt)
{
    static const char *const names[] = { "before", "after" };
    int i;

    bm_jw_key(w, "certificate");
    if (!lt->plan->certificate) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_object(w);
    for (i = 0; i < 2; i++) {
        bm_jw_key(w, names[i]);
        if (lt->certificate.sides[i] != NULL)
            bm_jw_raw(w, lt->certificate.sides[i], strlen(lt->certificate.sides[i]));
        else
            bm_jw_null(w);
    }
    bm_jw_key(w, "extrapolated");
    bm_jw_bool(w, lt->certificate.extrapolated);
    bm_load_put_count(w, "streams", lt->certificate.streams);
    bm_load_put_text(w, "reason", lt->certificate.obstacle);
    bm_jw_end_object(w);
}
