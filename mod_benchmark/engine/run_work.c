/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_work.h"

#include <apr_strings.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "engine/inputs.h"
#include "engine/measure.h"
#include "engine/outcome.h"
#include "engine/run_tracing.h"
#include "engine/verdict.h"
#include "model/run_model.h"
#include "policy/retry.h"

/* A run under way; in the task's pool. */
typedef struct run_t {
    bm_run_inputs_t *inputs;         /* what the spec says */
    bm_call_t *call;
    const char *request_json;        /* of the first exchange, secrets masked */
    bm_target_gate_t *gate;
    bm_target_place_t place;
    bm_next_t first;                 /* while it is held back */
    apr_int64_t asked_ns;            /* when it was to be sent */
    int is_held;                     /* by the target's limits: nothing was sent yet */
    int entered;                     /* the gate wants to hear of its end */
    int over;                        /* the provider said that its answer is complete */
    int aborting;                    /* the run is being ended at the target */
} run_t;

/* A stop that comes when the answer is already there changes nothing. */
static int has_completed(const run_t *run)
{
    return run->over && run->call->answer.end == BM_RUN_COMPLETED;
}

static void conclude(bm_recorder_t *recorder, bm_task_t *task);

static void fail(bm_recorder_t *recorder, bm_task_t *task, const char *code, const char *sentence)
{
    bm_outcome_end(task, "failed", code, sentence);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* The first exchange counts from when it could have been sent. */
static apr_status_t send_exchange(bm_recorder_t *recorder, bm_task_t *task, const bm_http_request_t *request)
{
    run_t *run = task->state;
    bm_exchange_t *x = bm_exchange_make(request, task->p);
    apr_int64_t due_ns = run->place.at_ns > run->asked_ns ? run->place.at_ns : 0;

    x->planned_ns = due_ns != 0 ? run->asked_ns : 0;
    run->place.at_ns = 0;
    return bm_recorder_send(recorder, task, x, due_ns, NULL);
}

/* Perform the step that the provider asked for. */
static void take_step(bm_recorder_t *recorder, bm_task_t *task, const bm_next_t *next)
{
    run_t *run = task->state;
    apr_status_t rv;

    switch (next->step) {
    case BM_STEP_EXCHANGE:
        bm_run_tracing_mark(task, next->request, bm_recorder_options(recorder)->traces);
        if (run->request_json == NULL)
            run->request_json = bm_provider_request_json(run->call, next->request);
        rv = send_exchange(recorder, task, next->request);
        break;
    case BM_STEP_WAIT:
        rv = bm_recorder_wait(recorder, task, next->wait_us, NULL);
        break;
    default:
        conclude(recorder, task);
        return;
    }
    if (rv != APR_SUCCESS)
        fail(recorder, task, "engine_busy", "The engine could not take on the request.");
}

/* --- how it ends */

static void conclude_stopped(bm_recorder_t *recorder, bm_task_t *task)
{
    run_t *run = task->state;

    switch (task->stop) {
    case BM_STOP_LOST:
        bm_recorder_finish(recorder, task, BM_TASK_FORGET);
        return;
    case BM_STOP_HAND_BACK:
        if (run->call->provider->repeatable || run->is_held) {
            task->requeue_why = "its engine was stopped";
            bm_recorder_finish(recorder, task, BM_TASK_REQUEUE);
            return;
        }
        fail(recorder, task, "interrupted",
             "The engine was stopped while the call was under way; it is not repeated, because the target may have done it.");
        return;
    default:
        run->call->answer.end = BM_RUN_CANCELLED;
        run->call->answer.error_code = task->stop == BM_STOP_EMERGENCY ? "engine_stopped" : "cancelled";
        run->call->answer.error = task->stop == BM_STOP_EMERGENCY ? "Ended by the emergency stop." : "Cancelled by a user.";
        bm_run_tracing_answer(task, run->call, NULL);
        bm_outcome_answer(task, run->call, NULL, run->request_json, bm_recorder_options(recorder)->engine_id,
                          bm_recorder_prices(recorder));
        bm_recorder_finish(recorder, task, BM_TASK_RECORD);
    }
}

/* A target's failure is a result: it is tried again only where the scenario asks for it (run_settings.max_attempts or retry). */
static bm_retry_t decide_retry(const bm_task_t *task)
{
    const run_t *run = task->state;
    bm_rand_t r;

    bm_rand_seed(&r, (apr_uint64_t)(task->fence * 1000003 + task->id));
    return bm_retry_decide(&run->inputs->retry, run->call->provider, &run->call->answer, task->attempt,
                           run->inputs->max_attempts, &r);
}

/* The call is over: again later, or the end. */
static void conclude(bm_recorder_t *recorder, bm_task_t *task)
{
    run_t *run = task->state;
    const bm_answer_t *answer = &run->call->answer;
    bm_figures_t *figures;
    bm_retry_t retry;

    if (run->entered)
        bm_target_gate_note(run->gate, answer, bm_timefmt_monotonic_ns(), task->p);
    run->entered = 0;
    if (task->stop != BM_STOP_NOT && !has_completed(run)) {
        conclude_stopped(recorder, task);
        return;
    }
    retry = decide_retry(task);
    if (retry.again) {
        task->requeue_delay = retry.wait;
        task->requeue_why = apr_psprintf(task->p, "%s: %s", answer->error_code, answer->error ? answer->error : "");
        bm_recorder_finish(recorder, task, BM_TASK_REQUEUE);
        return;
    }
    figures = bm_verdict(run->call, run->inputs->assertions, bm_measure(answer, task->p));
    bm_run_tracing_answer(task, run->call, figures);
    bm_outcome_answer(task, run->call, figures, run->request_json, bm_recorder_options(recorder)->engine_id,
                      bm_recorder_prices(recorder));
    bm_outcome_judge(task, run->inputs->slos, run->inputs->slo_count);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* Go, wait for the target's limits, or fail because its circuit is open. */
static void pass_gate(bm_recorder_t *recorder, bm_task_t *task)
{
    run_t *run = task->state;
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();

    while (run->place.at_ns <= now_ns) {
        bm_target_gate_e gate = bm_target_gate_enter(run->gate, &run->place, now_ns);

        if (gate == BM_GATE_LATER)
            continue;
        run->entered = gate == BM_GATE_GO;
        if (gate == BM_GATE_GO)
            take_step(recorder, task, &run->first);
        else {
            bm_target_gate_refuse(run->gate, run->call, now_ns);
            conclude(recorder, task);
        }
        return;
    }
    run->is_held = 1;
    if (bm_recorder_wait(recorder, task, (run->place.at_ns - now_ns) / 1000 + 1, NULL) != APR_SUCCESS)
        fail(recorder, task, "engine_busy", "The engine could not take on the request.");
}

/* --- the work */

static void run_start(bm_recorder_t *recorder, bm_task_t *task)
{
    const bm_recorder_options_t *options = bm_recorder_options(recorder);
    run_t *run = apr_pcalloc(task->p, sizeof(*run));
    bm_err_t *err = bm_err_make(task->p);
    apr_status_t rv;

    task->state = run;
    bm_run_tracing_begin(task, options->traces);
    run->first.step = BM_STEP_DONE;
    rv = bm_inputs_read(&run->inputs, task->spec, options->settings,
                        bm_vault_of_project(options->vault, task->project_id, task->p), err, task->p);
    if (rv == APR_SUCCESS) {
        run->call = run->inputs->call;
        run->call->run_id = task->id;
        run->call->attempt = task->attempt;
        rv = run->call->provider->start(run->call, &run->first, err);
    }
    if (rv != APR_SUCCESS) {
        fail(recorder, task, err->code ? err->code : "bad_inputs", bm_inputs_complaint(err, task->p));
        return;
    }
    if (run->first.step != BM_STEP_EXCHANGE) {
        take_step(recorder, task, &run->first);
        return;
    }
    run->gate = bm_target_gate_of(bm_recorder_gates(recorder), task->automation_id, run->call->connection);
    run->asked_ns = bm_timefmt_monotonic_ns();
    run->place = bm_target_gate_reserve(run->gate, run->asked_ns);
    pass_gate(recorder, task);
}

/* The step that was under way when the task was stopped has come back: end the run at the target too, if there is anything to
 * end, and if it is still ours. */
static void abort_at_target(bm_recorder_t *recorder, bm_task_t *task)
{
    run_t *run = task->state;
    const bm_provider_t *provider = run->call->provider;
    bm_next_t next = { .step = BM_STEP_DONE };

    run->aborting = 1;
    if (provider->abort != NULL && task->stop != BM_STOP_LOST && !(task->stop == BM_STOP_HAND_BACK && provider->repeatable))
        provider->abort(run->call, &next);
    take_step(recorder, task, &next);
}

static void run_returned(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer)
{
    run_t *run = task->state;
    bm_next_t next = { .step = BM_STEP_DONE };

    if (run->is_held) {
        if (task->stop != BM_STOP_NOT)
            conclude_stopped(recorder, task);
        else {
            run->is_held = 0;
            pass_gate(recorder, task);
        }
        return;
    }
    if (transfer->kind == BM_TRANSFER_EXCHANGE || task->stop == BM_STOP_NOT)
        run->call->provider->next(run->call, transfer->kind == BM_TRANSFER_EXCHANGE ? transfer->x : NULL, &next);
    run->over = next.step == BM_STEP_DONE && (transfer->kind == BM_TRANSFER_EXCHANGE || task->stop == BM_STOP_NOT);
    if (task->stop != BM_STOP_NOT && !run->aborting && !has_completed(run))
        abort_at_target(recorder, task);
    else if (run->aborting)
        conclude(recorder, task);
    else
        take_step(recorder, task, &next);
}

/* A run always has a step under way, which was cancelled and will come back. */
static void run_stopping(bm_recorder_t *recorder, bm_task_t *task)
{
    if (task->sent == NULL)
        conclude_stopped(recorder, task);
}

const bm_work_t bm_run_work = {
    .kind = BM_RUN_KIND_RUN,
    .name = "run",
    .start = run_start,
    .returned = run_returned,
    .stopping = run_stopping
};
