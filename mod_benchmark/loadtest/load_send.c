/* SPDX-License-Identifier: Apache-2.0
 *
 * load_send.c: the requests of a load test, from being made to being recorded. */
#include <math.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "loadtest/loadtest.h"
#include "model/run_model.h"

#define SECOND_NS INT64_C(1000000000)

void bm_load_send_flush(bm_loadtest_t *lt)
{
    if (lt->batch == NULL)
        return;
    if (bm_load_writer_add(lt->writer, lt->batch) != APR_SUCCESS)
        return;                          /* it stays: full batches are tried again with each request */
    lt->batch = NULL;
}

static bm_load_batch_t *batch_with_room(bm_loadtest_t *lt)
{
    if (lt->batch != NULL && bm_load_batch_is_full(lt->batch))
        bm_load_send_flush(lt);
    if (lt->batch == NULL) {
        lt->batch = bm_load_batch_make();
        lt->batch_since_ns = bm_timefmt_monotonic_ns();
    }
    return bm_load_batch_is_full(lt->batch) ? NULL : lt->batch;
}

static void begin(bm_loadtest_t *lt, bm_load_request_t *request);

static void record(bm_loadtest_t *lt, const bm_load_outcome_t *outcome, int superseded)
{
    bm_load_batch_t *batch = batch_with_room(lt);

    if (batch != NULL)
        bm_load_request_record(batch, outcome, superseded, bm_load_request_is_kept(lt->plan, outcome->request->seq));
    else
        lt->truncated = "The database could not keep up, and the memory for requests that wait is full.";
}

/* Another request for the same place in the plan, with the same planned time. */
static bm_load_request_t *make_again(bm_loadtest_t *lt, const bm_load_request_t *of, int attempt, apr_int64_t at_ns)
{
    bm_load_request_t *request;
    apr_pool_t *p;

    apr_pool_create(&p, lt->task->p);
    request = bm_load_request_make(lt->source, of->seq, of->class_number, of->session, attempt, bm_err_make(p), p);
    request->call->run_id = lt->task->id;
    request->step = of->step;
    request->phase = of->phase;
    request->turn = of->turn;
    request->planned_ns = of->planned_ns;
    request->place.at_ns = at_ns;
    request->is_repeated = of->is_repeated;
    return request;
}

/* The attempt after a failed one: the same place in the plan, the same planned time. */
static void try_again(bm_loadtest_t *lt, const bm_load_request_t *failed, apr_int64_t at_ns)
{
    int attempt = failed->call->attempt - failed->copy + lt->plan->hedge_copies + 1;
    bm_load_request_t *request = make_again(lt, failed, attempt, at_ns);

    request->round = failed->round + 1;
    request->limit_wait_ns = failed->limit_wait_ns;
    request->was_hit = failed->was_hit;
    request->due_ns = failed->due_ns;
    (void)bm_load_policy_afford(lt, request);            /* it was asked before */
    lt->policy.retried++;
    begin(lt, request);
}

/* What we did to an attempt is told before anybody judges how it ended. */
static void note_fault(bm_loadtest_t *lt, bm_load_request_t *request)
{
    bm_answer_t *answer = &request->call->answer;

    bm_load_faults_tell(&lt->plan->faults, &request->fault, answer);
    request->was_hit |= answer->injected;
    if (lt->plan->faults.any && request->phase == BM_LOAD_WINDOW && (request->copy == 0 || bm_load_request_was_sent(request)))
        bm_load_faults_count(&lt->faults, &request->fault, answer);
}

static void leave_endpoint(const bm_load_request_t *request, double e2e_ms)
{
    bm_run_end_e end = request->call->answer.end;

    if (request->endpoint != NULL)
        bm_load_endpoints_ended(request->endpoint, request->phase == BM_LOAD_WINDOW && end != BM_RUN_CANCELLED,
                                end == BM_RUN_COMPLETED, e2e_ms);
}

static double e2e_of(const bm_load_outcome_t *outcome)
{
    return outcome->sample.present & (apr_uint32_t)1 << BM_KPI_E2E ? outcome->sample.values[BM_KPI_E2E] : NAN;
}

/* One of several copies of a request, which another decides: a row if it went out, and nothing else. */
static void lay_aside(bm_loadtest_t *lt, bm_load_request_t *request)
{
    bm_load_outcome_t outcome;

    bm_load_request_end(&outcome, request, lt->source, lt->task->scenario_id, lt->task->kind, lt->began_ns);
    leave_endpoint(request, e2e_of(&outcome));
    if (bm_load_request_was_sent(request) || request->copy == 0)
        record(lt, &outcome, 1);
    apr_pool_destroy(request->p);
}

/* Seconds from when it was due until now that lie in windows: where its place was given ahead, nobody else missed it. */
static double held_in_windows(const bm_loadtest_t *lt, const bm_load_request_t *request, apr_int64_t now_ns)
{
    apr_int64_t held_ns = 0;
    int i;

    for (i = 0; i < lt->tally->steps->nelts; i++) {
        const bm_load_step_tally_t *step = bm_load_step_at(lt, i);
        apr_int64_t from = request->due_ns > step->window_ns ? request->due_ns : step->window_ns;
        apr_int64_t to = step->end_ns > 0 && step->end_ns < now_ns ? step->end_ns : now_ns;

        held_ns += to > from ? to - from : 0;
    }
    return (double)held_ns / 1e9;
}

/* Its place of the budget is another's from now on. */
static void leave_class(bm_loadtest_t *lt, const bm_load_outcome_t *o)
{
    const bm_load_request_t *request = o->request;
    int has_e2e = (o->sample.present & (apr_uint32_t)1 << BM_KPI_E2E_SCHEDULED) != 0;

    if (lt->classes == NULL)
        return;
    bm_load_classes_leave(lt->classes, request->class_number, held_in_windows(lt, request, bm_timefmt_monotonic_ns()));
    if (request->phase == BM_LOAD_WINDOW && o->answer->end != BM_RUN_CANCELLED)
        bm_load_classes_ended(lt->classes, request->class_number, o->answer->end == BM_RUN_COMPLETED,
                              has_e2e ? o->sample.values[BM_KPI_E2E_SCHEDULED] : NAN);
}

/* An ended request: measured, counted, on its way to the store, followed by its next attempt or the next request. */
static void end_request(bm_loadtest_t *lt, bm_load_request_t *request)
{
    apr_int64_t end_ns = request->ended_ns > 0 ? request->ended_ns : bm_timefmt_monotonic_ns(), again_ns;
    bm_load_outcome_t outcome;
    int again;

    if (request->call->answer.only_model != NULL)
        bm_load_source_name_model(lt->source, request->call->answer.only_model);
    note_fault(lt, request);
    bm_load_policy_note(lt, request);
    bm_load_policy_settle(lt, request);
    if (!bm_load_hedge_ended(lt, request)) {
        lay_aside(lt, request);
        return;
    }
    again = bm_load_policy_retry(lt, request, &again_ns);
    bm_load_request_end(&outcome, request, lt->source, lt->task->scenario_id, lt->task->kind, lt->began_ns);
    leave_endpoint(request, e2e_of(&outcome));
    record(lt, &outcome, again);
    if (again)
        try_again(lt, request, again_ns);
    else {
        lt->under_way--;
        bm_load_policy_count(lt, request);
        lt->faults.recovered += request->was_hit && request->phase == BM_LOAD_WINDOW
                                && outcome.answer->end == BM_RUN_COMPLETED;
        bm_load_tally_ended(lt->tally, &outcome, lt->plan->open);
        bm_load_cache_ended(lt->cache, &outcome);
        leave_class(lt, &outcome);
        bm_load_feed_after(lt, request, end_ns);
        bm_load_send_waiting(lt);
    }
    apr_pool_destroy(request->p);
}

static void fail(bm_loadtest_t *lt, bm_load_request_t *request, const char *code, const char *sentence)
{
    request->call->answer.end = BM_RUN_FAILED;
    request->call->answer.error_code = code;
    request->call->answer.error = sentence;
    end_request(lt, request);
}

/* first: its time is that of the request's place, later by our own delay, and latency is counted from its planned time: what we
 * put off is late as by a network's doing. */
static void take_step(bm_loadtest_t *lt, bm_load_request_t *request, const bm_next_t *next, int first)
{
    bm_exchange_t *x;
    apr_status_t rv;

    switch (next->step) {
    case BM_STEP_EXCHANGE:
        x = bm_exchange_make(next->request, request->p);
        x->planned_ns = first ? request->planned_ns : 0;
        rv = bm_recorder_send(lt->recorder, lt->task, x, first ? request->place.at_ns + request->fault.delay_ns : 0,
                              request);
        if (rv == APR_SUCCESS && first)
            bm_load_hedge_begin(lt, request);
        break;
    case BM_STEP_WAIT:
        rv = bm_recorder_wait(lt->recorder, lt->task, next->wait_us, request);
        break;
    default:
        end_request(lt, request);
        return;
    }
    if (rv != APR_SUCCESS)
        fail(lt, request, "engine_busy", "The engine could not take on the request.");
}

bm_load_request_t *bm_load_send_copy(bm_loadtest_t *lt, const bm_load_request_t *of, int number, apr_int64_t at_ns)
{
    bm_load_request_t *copy = make_again(lt, of, of->call->attempt + number, at_ns);
    bm_exchange_t *x;

    copy->round = of->round;
    copy->copy = number;
    copy->hedge = of->hedge;
    if (copy->first.step == BM_STEP_EXCHANGE && bm_load_policy_afford(lt, copy)) {
        x = bm_exchange_make(copy->first.request, copy->p);
        x->planned_ns = copy->planned_ns;
        if (bm_recorder_send(lt->recorder, lt->task, x, at_ns + copy->fault.delay_ns, copy) == APR_SUCCESS)
            return copy;
    }
    copy->call->answer.end = BM_RUN_CANCELLED;
    bm_load_policy_settle(lt, copy);
    leave_endpoint(copy, NAN);
    apr_pool_destroy(copy->p);
    return NULL;
}

/* Hand it to a loop ahead of its time, or look at it again when that is near. */
static void begin(bm_loadtest_t *lt, bm_load_request_t *request)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns(), wait_ns;

    if (request->first.step != BM_STEP_EXCHANGE) {
        take_step(lt, request, &request->first, 1);
        return;
    }
    if (bm_load_policy_may_send(lt, request, now_ns) && request->place.at_ns <= now_ns + BM_LOAD_HORIZON_NS) {
        if (request->call->answer.error_code != NULL)
            end_request(lt, request);    /* refused */
        else
            take_step(lt, request, &request->first, 1);
        return;
    }
    wait_ns = request->place.at_ns - now_ns - BM_LOAD_HORIZON_NS / 2;
    request->is_held = 1;
    lt->held++;
    if (bm_recorder_wait(lt->recorder, lt->task, wait_ns > 0 ? wait_ns / 1000 : 0, request) == APR_SUCCESS)
        return;
    request->is_held = 0;
    lt->held--;
    fail(lt, request, "engine_busy", "The engine could not take on the request.");
}

static void plan(bm_loadtest_t *lt, const bm_load_arrival_t *arrival)
{
    lt->seq++;
    bm_load_tally_planned(lt->tally, arrival->step, (bm_load_phase_e)arrival->phase,
                          (int)((arrival->planned_ns - lt->began_ns) / SECOND_NS));
}

/* Make the request of a place in the plan, due at at_ns, and hand it over. @return 0: a cap of the plan does not allow it. */
static int hand_over(bm_loadtest_t *lt, const bm_load_arrival_t *arrival, apr_int64_t at_ns)
{
    bm_load_request_t *request;
    apr_pool_t *p;

    apr_pool_create(&p, lt->task->p);
    request = bm_load_request_make(lt->source, arrival->seq, arrival->class_number, arrival->session, 1, bm_err_make(p), p);
    if (!bm_load_policy_afford(lt, request)) {
        leave_endpoint(request, NAN);
        apr_pool_destroy(p);
        return 0;
    }
    if (lt->classes == NULL)
        plan(lt, arrival);
    request->is_repeated = bm_load_cache_ask(lt->cache, request->entry);
    request->call->run_id = lt->task->id;
    request->step = arrival->step;
    request->phase = (bm_load_phase_e)arrival->phase;
    request->turn = arrival->turn;
    request->planned_ns = arrival->planned_ns;
    request->due_ns = request->place.at_ns = at_ns;
    lt->under_way++;
    begin(lt, request);
    return 1;
}

void bm_load_send(bm_loadtest_t *lt, apr_int64_t planned_ns, bm_load_phase_e phase, apr_int64_t session, int turn)
{
    bm_load_arrival_t arrival = { .seq = lt->seq, .session = session, .planned_ns = planned_ns, .step = lt->step,
                                  .phase = (int)phase, .turn = turn };

    if (lt->classes == NULL) {
        (void)hand_over(lt, &arrival, planned_ns);
        return;
    }
    arrival.class_number = bm_load_classes_of(lt->classes, arrival.seq);
    plan(lt, &arrival);
    bm_load_classes_arrive(lt->classes, &arrival);
    bm_load_send_waiting(lt);
}

/* A request that fails at once frees its place at once: is_giving keeps that from going ever deeper. */
void bm_load_send_waiting(bm_loadtest_t *lt)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();
    bm_load_arrival_t arrival;

    if (bm_load_classes_waiting(lt->classes) == 0 || lt->is_giving || lt->paused_at_ns != 0)
        return;
    lt->is_giving = 1;
    while (lt->task->stop == BM_STOP_NOT && !lt->cancelled_rest && lt->truncated == NULL
           && bm_load_classes_take(lt->classes, &arrival, now_ns)) {
        if (!hand_over(lt, &arrival, now_ns > arrival.planned_ns ? now_ns : arrival.planned_ns))
            bm_load_classes_leave(lt->classes, arrival.class_number, 0);
    }
    lt->is_giving = 0;
}

void bm_load_send_drop_waiting(bm_loadtest_t *lt, int counts)
{
    bm_load_arrival_t arrival;

    while (lt->classes != NULL && bm_load_classes_drop(lt->classes, &arrival, counts, bm_timefmt_monotonic_ns())) {
        bm_load_step_tally_t *step = APR_ARRAY_IDX(lt->tally->steps, arrival.step, bm_load_step_tally_t *);

        step->planned[arrival.phase]--;
        step->unsent += counts && arrival.phase == BM_LOAD_WINDOW;
    }
}

/* Its answer did not come within the time for draining. */
static void give_up(bm_load_request_t *request)
{
    request->call->answer.end = BM_RUN_TIMED_OUT;
    request->call->answer.error_code = "drain_timeout";
    request->call->answer.error = "There was no answer until the end of the load test.";
}

/* A request that was held back: its time is near, or it was cancelled. */
static void release(bm_loadtest_t *lt, bm_load_request_t *request, int cancelled)
{
    request->is_held = 0;
    lt->held--;
    if (!cancelled) {
        begin(lt, request);
        return;
    }
    request->call->answer.end = BM_RUN_CANCELLED;
    if (lt->cancelled_rest)
        give_up(request);
    end_request(lt, request);
}

void bm_load_send_returned(bm_loadtest_t *lt, bm_transfer_t *transfer)
{
    bm_load_request_t *request = transfer->tag;
    bm_next_t next = { .step = BM_STEP_DONE };

    if (request->is_held) {
        release(lt, request, transfer->cancelled);
        return;
    }
    if (transfer->kind == BM_TRANSFER_EXCHANGE)
        request->ended_ns = transfer->x->end_ns;
    if (transfer->kind == BM_TRANSFER_EXCHANGE || !transfer->cancelled)
        request->call->provider->next(request->call, transfer->kind == BM_TRANSFER_EXCHANGE ? transfer->x : NULL, &next);
    else
        request->call->answer.end = BM_RUN_CANCELLED;
    if (bm_load_hedge_is_settled(request) && next.step != BM_STEP_DONE)
        request->call->answer.end = BM_RUN_CANCELLED;
    if (lt->task->stop != BM_STOP_NOT || lt->cancelled_rest || bm_load_hedge_is_settled(request))
        next.step = BM_STEP_DONE;
    if (lt->cancelled_rest && request->call->answer.end == BM_RUN_CANCELLED)
        give_up(request);
    take_step(lt, request, &next, 0);
}
