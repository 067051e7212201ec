/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run_work.h"

#include <apr_strings.h>
#include "base/log.h"
#include "engine/inputs.h"
#include "engine/measure.h"
#include "engine/outcome.h"
#include "engine/verdict.h"
#include "model/run_model.h"
#include "policy/retry.h"

/* A run under way; in the task's pool. */
typedef struct run_t {
    bm_run_inputs_t *inputs;         /* what the spec says */
    bm_call_t *call;
    const char *request_json;        /* of the first exchange, secrets masked */
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

/* Perform the step that the provider asked for. */
static void take_step(bm_recorder_t *recorder, bm_task_t *task, const bm_next_t *next)
{
    run_t *run = task->state;
    apr_status_t rv;

    switch (next->step) {
    case BM_STEP_EXCHANGE:
        if (run->request_json == NULL)
            run->request_json = bm_provider_request_json(run->call, next->request);
        rv = bm_recorder_send(recorder, task, bm_exchange_make(next->request, task->p), 0, NULL);
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
        if (run->call->provider->repeatable) {
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
        bm_outcome_answer(task, run->call, NULL, run->request_json, bm_recorder_options(recorder)->engine_id);
        bm_recorder_finish(recorder, task, BM_TASK_RECORD);
    }
}

/* A target's failure is a result: it is tried again only where the scenario asks for it (run_settings.retries). */
static bm_retry_t decide_retry(const bm_task_t *task)
{
    const run_t *run = task->state;
    bm_rand_t r;

    bm_rand_seed(&r, (apr_uint64_t)(task->fence * 1000003 + task->id));
    return bm_retry_decide(&bm_retry_default, run->call->provider, &run->call->answer, task->attempt,
                           run->inputs->retries + 1, &r);
}

/* The call is over: again later, or the end. */
static void conclude(bm_recorder_t *recorder, bm_task_t *task)
{
    run_t *run = task->state;
    const bm_answer_t *answer = &run->call->answer;
    bm_figures_t *figures;
    bm_retry_t retry;

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
    bm_outcome_answer(task, run->call, figures, run->request_json, bm_recorder_options(recorder)->engine_id);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* --- the work */

static void run_start(bm_recorder_t *recorder, bm_task_t *task)
{
    const bm_recorder_options_t *options = bm_recorder_options(recorder);
    run_t *run = apr_pcalloc(task->p, sizeof(*run));
    bm_err_t *err = bm_err_make(task->p);
    bm_next_t next = { .step = BM_STEP_DONE };
    apr_status_t rv;

    task->state = run;
    rv = bm_inputs_read(&run->inputs, task->spec, options->settings, options->vault, err, task->p);
    if (rv == APR_SUCCESS) {
        run->call = run->inputs->call;
        run->call->run_id = task->id;
        run->call->attempt = task->attempt;
        rv = run->call->provider->start(run->call, &next, err);
    }
    if (rv != APR_SUCCESS) {
        fail(recorder, task, err->code ? err->code : "bad_inputs", bm_inputs_complaint(err, task->p));
        return;
    }
    take_step(recorder, task, &next);
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
