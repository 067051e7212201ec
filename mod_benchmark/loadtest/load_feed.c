/* SPDX-License-Identifier: Apache-2.0
 *
 * Open load: absolute times from stat/arrivals.h; each request is handed to a loop up to BM_LOAD_HORIZON_NS before it is due.
 * Where max_in_flight holds one back it keeps its planned time, so that the wait is part of its latency and of the send lag.
 * Closed load: the next send is planned for the end of the answer plus the time to think. */
#include "loadtest/loadtest.h"

#include <math.h>
#include "base/rand.h"
#include "base/timefmt.h"

#define SECOND_NS INT64_C(1000000000)
#define WITHOUT_END_S 86400.0
#define WATCHED_HORIZON_NS INT64_C(20000000)
#define START_SPREAD_NS 1000000          /* first sends of closed workers: one a millisecond */

static apr_int64_t ns_of(double seconds)
{
    return (apr_int64_t)llround(seconds * 1e9);
}

static const bm_load_step_t *step_now(const bm_loadtest_t *lt)
{
    return &APR_ARRAY_IDX(lt->plan->steps, lt->step, bm_load_step_t);
}

static void take_next(bm_loadtest_t *lt)
{
    apr_int64_t offset;

    lt->has_next = bm_arrivals_next(lt->arrivals, &offset);
    if (lt->has_next)
        lt->next_ns = lt->figures->begin_ns + lt->shift_ns + offset;
}

static void open_arrivals(bm_loadtest_t *lt, const bm_load_step_t *step)
{
    bm_arrivals_kind_e kind = lt->plan->arrivals == BM_LOAD_CONSTANT ? BM_ARRIVALS_CONSTANT
        : lt->plan->arrivals == BM_LOAD_GAMMA ? BM_ARRIVALS_GAMMA : BM_ARRIVALS_POISSON;
    bm_arrivals_stage_t stages[2];
    int n = 0;

    if (step->warmup_s > 0)
        stages[n++] = (bm_arrivals_stage_t){ step->warmup_s, step->from, step->from };
    stages[n++] = (bm_arrivals_stage_t){ step->requests > 0 ? WITHOUT_END_S : step->window_s, step->from, step->to };
    if (lt->pstep != NULL)
        apr_pool_destroy(lt->pstep);
    apr_pool_create(&lt->pstep, lt->task->p);
    lt->arrivals = bm_arrivals_make(kind, lt->plan->shape, stages, n, bm_rand_mix(lt->plan->seed + (apr_uint64_t)lt->step),
                                    lt->pstep);
    take_next(lt);
}

void bm_load_feed_step(bm_loadtest_t *lt, apr_int64_t begin_ns)
{
    const bm_load_step_t *step;

    lt->step = lt->tally->steps->nelts;
    step = step_now(lt);
    lt->shift_ns = 0;
    lt->figures = bm_load_tally_step(lt->tally, begin_ns, begin_ns + ns_of(step->warmup_s));
    lt->window_to_ns = step->requests > 0 ? 0 : lt->figures->window_ns + ns_of(step->window_s);
    lt->figures->end_ns = lt->window_to_ns;
    if (!step->closed)
        open_arrivals(lt, step);
}

static bm_load_phase_e phase_of(const bm_loadtest_t *lt, apr_int64_t planned_ns)
{
    return planned_ns < lt->figures->window_ns ? BM_LOAD_WARMUP : BM_LOAD_WINDOW;
}

/* A step by number of requests ends with the last of them. */
static int has_all(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    apr_int64_t wanted = step_now(lt)->requests;

    if (wanted == 0 || (apr_int64_t)lt->figures->planned[BM_LOAD_WINDOW] < wanted)
        return 0;
    if (lt->window_to_ns == 0)
        lt->window_to_ns = lt->figures->end_ns = now_ns;
    return 1;
}

/* --- what was handed over before its time does not count as under way */

static void remember_ahead(bm_loadtest_t *lt, apr_int64_t planned_ns)
{
    if (lt->ahead_count == lt->ahead_size) {
        apr_uint32_t size = lt->ahead_size ? 2 * lt->ahead_size : 1024, i;
        apr_int64_t *ring = apr_palloc(lt->task->p, size * sizeof(*ring));

        for (i = 0; i < lt->ahead_count; i++)
            ring[i] = lt->ahead[(lt->ahead_head + i) % lt->ahead_size];
        lt->ahead = ring;
        lt->ahead_size = size;
        lt->ahead_head = 0;
    }
    lt->ahead[(lt->ahead_head + lt->ahead_count++) % lt->ahead_size] = planned_ns;
}

static void forget_due(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    while (lt->ahead_count > 0 && lt->ahead[lt->ahead_head] <= now_ns) {
        lt->ahead_head = (lt->ahead_head + 1) % lt->ahead_size;
        lt->ahead_count--;
    }
}

/* Those under way and those that will be by then, as if none of them ended: nothing may exceed the ceiling. Classes have a budget
 * below it, and lines. */
static int has_room(const bm_loadtest_t *lt)
{
    if (lt->classes != NULL)
        return bm_load_classes_waiting(lt->classes) < BM_LOAD_CLASSES_WAITING_MAX;
    return lt->under_way < lt->plan->max_in_flight;
}

/* --- open */

/* They were to be sent and are not: attempted, and failed. */
static void give_up_rest(bm_loadtest_t *lt)
{
    while (lt->has_next) {
        lt->figures->unsent += phase_of(lt, lt->next_ns) == BM_LOAD_WINDOW;
        take_next(lt);
    }
}

/* Which endpoint is least busy must be known late: a request that is handed over long before its time would be chosen by what was
 * under way then. So must who gets a place of a budget. Two ticks of the clock are the least. */
static apr_int64_t horizon_ns(const bm_loadtest_t *lt)
{
    return lt->classes != NULL || bm_load_endpoints_are_watched(bm_load_source_endpoints(lt->source)) ? WATCHED_HORIZON_NS
                                                                                                      : BM_LOAD_HORIZON_NS;
}

static int feed_open(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    forget_due(lt, now_ns);
    bm_load_send_waiting(lt);
    while (lt->has_next && lt->truncated == NULL && lt->next_ns <= now_ns + horizon_ns(lt)) {
        apr_int64_t planned_ns = lt->next_ns;

        if (has_all(lt, planned_ns)) {
            lt->has_next = 0;
            break;
        }
        if (!has_room(lt)) {
            lt->figures->backlogged |= lt->classes == NULL && lt->next_ns <= now_ns;
            if (lt->window_to_ns == 0 || now_ns < lt->window_to_ns + ns_of(lt->plan->drain_s))
                return 0;
            give_up_rest(lt);
            break;
        }
        take_next(lt);
        if (planned_ns > now_ns && lt->classes == NULL)
            remember_ahead(lt, planned_ns);
        bm_load_send(lt, planned_ns, phase_of(lt, planned_ns), lt->plan->type == BM_LOAD_SEMI_OPEN ? lt->sessions++ : -1, 0);
    }
    return !lt->has_next;
}

/* --- closed */

static int wanted_workers(const bm_loadtest_t *lt, apr_int64_t now_ns)
{
    const bm_load_step_t *step = step_now(lt);
    double part = 0;

    if (step->from != step->to && lt->window_to_ns > lt->figures->window_ns && now_ns > lt->figures->window_ns)
        part = (double)(now_ns - lt->figures->window_ns) / (double)(lt->window_to_ns - lt->figures->window_ns);
    return (int)lround(step->from + (step->to - step->from) * (part > 1 ? 1 : part));
}

static int feed_closed(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    int wanted = wanted_workers(lt, now_ns), first;

    if ((lt->window_to_ns != 0 && now_ns >= lt->window_to_ns) || has_all(lt, now_ns))
        return 1;
    if (now_ns < lt->figures->begin_ns)
        now_ns = lt->figures->begin_ns;
    for (first = lt->active; lt->active < wanted && lt->truncated == NULL && !has_all(lt, now_ns); ) {
        apr_int64_t planned_ns = now_ns + (apr_int64_t)(lt->active - first) * START_SPREAD_NS;

        lt->active++;
        bm_load_send(lt, planned_ns, phase_of(lt, planned_ns), -1, 0);
    }
    return 0;
}

/* --- both */

int bm_load_feed(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    if (lt->paused_at_ns != 0)
        return 0;
    while (step_now(lt)->closed ? feed_closed(lt, now_ns) : feed_open(lt, now_ns)) {
        int last = lt->step + 1 >= lt->plan->steps->nelts;

        if (lt->plan->settle || last)
            return lt->window_to_ns == 0 || now_ns >= lt->window_to_ns;
        bm_load_feed_step(lt, lt->window_to_ns != 0 ? lt->window_to_ns : now_ns);
    }
    return 0;
}

void bm_load_feed_after(bm_loadtest_t *lt, const bm_load_request_t *request, apr_int64_t end_ns)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns(), planned_ns = end_ns + ns_of(lt->plan->think_s);

    if (lt->task->stop != BM_STOP_NOT)
        return;
    if (request->session >= 0) {
        if (request->turn + 1 < lt->plan->turns && request->call->answer.end == BM_RUN_COMPLETED && !lt->cancelled_rest
            && lt->truncated == NULL)
            bm_load_send(lt, planned_ns, request->phase, request->session, request->turn + 1);
        return;
    }
    if (!step_now(lt)->closed || lt->stage != BM_LOAD_AT_STEP) {
        lt->active -= step_now(lt)->closed && lt->active > 0;
        return;
    }
    if (lt->active > wanted_workers(lt, now_ns) || lt->paused_at_ns != 0 || has_all(lt, now_ns)
        || (lt->window_to_ns != 0 && planned_ns >= lt->window_to_ns)) {
        lt->active--;
        return;
    }
    bm_load_send(lt, planned_ns, phase_of(lt, planned_ns), -1, 0);
}

void bm_load_feed_pause(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    if (lt->paused_at_ns == 0)
        lt->paused_at_ns = now_ns;
}

void bm_load_feed_resume(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    apr_int64_t by = now_ns - lt->paused_at_ns;

    if (lt->paused_at_ns == 0)
        return;
    lt->paused_at_ns = 0;
    lt->shift_ns += by;
    lt->next_ns += by;
    if (lt->classes != NULL)
        bm_load_classes_shift(lt->classes, by);
    if (now_ns - by < lt->figures->window_ns)
        lt->figures->window_ns += by;
    else
        lt->figures->paused_ns += by;
    if (lt->window_to_ns != 0)
        lt->window_to_ns = lt->figures->end_ns = lt->window_to_ns + by;
}

void bm_load_feed_end(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    if (lt->paused_at_ns != 0)
        bm_load_feed_resume(lt, now_ns);
    lt->has_next = 0;
    if (lt->window_to_ns == 0 || lt->window_to_ns > now_ns)
        lt->window_to_ns = lt->figures->end_ns = now_ns;
}
