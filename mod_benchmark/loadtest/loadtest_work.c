/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest_work.c: the stages of a load test, its clock, and how it ends. */
#include "loadtest/loadtest_work.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "engine/outcome.h"
#include "loadtest/loadtest.h"
#include "model/run_model.h"

#define TICK_US 10000
#define BATCH_AGE_NS INT64_C(500000000)
#define SECOND_NS INT64_C(1000000000)
#define STOP_PATIENCE_NS (3 * SECOND_NS)     /* of a writer whose database is away, when the engine ends */
#define START_DELAY_NS INT64_C(50000000)     /* between the beginning and the first planned send */

/* --- the clock */

static int in_flight(const bm_loadtest_t *lt)
{
    int n = lt->under_way - (int)lt->ahead_count - lt->held;

    return n > 0 ? n : 0;
}

/* Whether requests, or copies of them, have not come back, or wait to be sent. */
static int is_busy(const bm_loadtest_t *lt)
{
    return lt->under_way + lt->hedging + bm_load_classes_waiting(lt->classes) > 0;
}

/* Percent of one processor that the engine used since it was last asked. */
static double cpu_since(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    apr_int64_t used_ns = bm_host_cpu_used();
    double percent = now_ns > lt->cpu_at_ns ? 100.0 * (double)(used_ns - lt->cpu_used_ns) / (double)(now_ns - lt->cpu_at_ns) : 0;

    lt->cpu_used_ns = used_ns;
    lt->cpu_at_ns = now_ns;
    return percent;
}

static void write_second(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    int second = (int)((now_ns - lt->began_ns) / SECOND_NS);
    int loads = lt->stage == BM_LOAD_AT_STEP || lt->stage == BM_LOAD_AT_DRAIN;
    const char *progress, *body = NULL;
    bm_load_use_t engine, target = bm_load_target_use(lt);
    apr_pool_t *p;

    if (second <= lt->last_second)
        return;
    apr_pool_create(&p, lt->task->p);
    progress = bm_load_progress_json(lt, now_ns, p);
    if (loads) {
        engine = (bm_load_use_t){ cpu_since(lt, now_ns), (double)bm_host_memory_used() / 1e6 };
        body = bm_load_tally_second(lt->tally, second - 1, lt->step, bm_load_stage_name(lt, now_ns), in_flight(lt), &engine,
                                    &target, p);
        bm_load_target_use_ask(lt);
    }
    if (progress != NULL)
        bm_load_writer_progress(lt->writer, progress, second - 1, body);
    lt->last_second = second;
    apr_pool_destroy(p);
}

/* @return which of the machine's limits is passed; NULL: none. */
static const char *limit_passed(const bm_settings_t *settings)
{
    apr_int64_t free_bytes = settings->disk_path != NULL ? bm_host_disk_free(settings->disk_path) : -1;

    if (settings->engine_memory > 0 && bm_host_memory_used() > settings->engine_memory)
        return "The engine has reached its limit of memory (BenchmarkEngineMemory).";
    if (free_bytes >= 0 && free_bytes < settings->disk_reserve)
        return "The file system of the database has no more room than is to be left free (BenchmarkDiskReserve).";
    return NULL;
}

static void look_around(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    const bm_settings_t *settings = bm_recorder_options(lt->recorder)->settings;

    bm_load_tally_in_flight(lt->tally, now_ns, in_flight(lt));
    if (lt->batch != NULL && now_ns - lt->batch_since_ns > BATCH_AGE_NS)
        bm_load_send_flush(lt);
    write_second(lt, now_ns);
    switch (bm_load_writer_control(lt->writer)) {
    case BM_LOAD_PAUSE:
        bm_load_feed_pause(lt, now_ns);
        break;
    case BM_LOAD_DRAIN:
        if (lt->truncated == NULL)
            lt->truncated = "Stopped by a user.";
        break;
    case BM_LOAD_RUN:
        bm_load_feed_resume(lt, now_ns);
        break;
    }
    if (lt->truncated == NULL && bm_load_writer_backlog(lt->writer) > (apr_size_t)settings->recorder_backlog)
        lt->truncated = "The database is away, and the memory for requests that wait is full.";
    if (lt->truncated == NULL && now_ns - lt->limits_seen_ns > SECOND_NS) {
        lt->limits_seen_ns = now_ns;
        lt->truncated = limit_passed(settings);
    }
}

static void keep_ticking(bm_loadtest_t *lt)
{
    if (!lt->ticking)
        lt->ticking = bm_recorder_wait(lt->recorder, lt->task, TICK_US, lt) == APR_SUCCESS;
}

/* --- stages */

static void begin_drain(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    lt->stage = BM_LOAD_AT_DRAIN;
    lt->drain_until_ns = now_ns + (apr_int64_t)(lt->plan->drain_s * 1e9);
}

static int has_more_steps(bm_loadtest_t *lt)
{
    if (lt->truncated != NULL || !lt->plan->settle)
        return 0;
    if (lt->plan->type == BM_LOAD_CAPACITY)
        return bm_load_search_next(lt);
    return lt->step + 1 < lt->plan->steps->nelts;
}

static void begin_writing(bm_loadtest_t *lt)
{
    lt->stage = BM_LOAD_AT_WRITING;
    lt->sending_ended_ns = bm_timefmt_monotonic_ns();
}

static void drain(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    if (lt->truncated != NULL)
        bm_load_send_drop_waiting(lt, 0);
    bm_load_send_waiting(lt);
    if (is_busy(lt)) {
        if (now_ns < lt->drain_until_ns || lt->cancelled_rest)
            return;
        lt->cancelled_rest = 1;
        bm_load_send_drop_waiting(lt, 1);
        bm_recorder_cancel(lt->recorder, lt->task);
        return;
    }
    lt->cancelled_rest = 0;
    if (has_more_steps(lt)) {
        lt->active = 0;
        lt->stage = BM_LOAD_AT_STEP;
        bm_load_feed_step(lt, now_ns + START_DELAY_NS);
        return;
    }
    lt->stage = BM_LOAD_AT_AFTER;
    if (!bm_load_certificate_begin(lt, 1))
        begin_writing(lt);
}

/* The load itself: offsets and seconds are counted from here. */
static void begin_load(bm_loadtest_t *lt)
{
    lt->began_ns = bm_timefmt_monotonic_ns();
    lt->last_second = 0;
    (void)cpu_since(lt, lt->began_ns);
    bm_load_target_use_ask(lt);
    lt->stage = BM_LOAD_AT_STEP;
    bm_load_feed_step(lt, lt->began_ns + START_DELAY_NS);
}

/* A side of the certificate is under way. */
static void certify(bm_loadtest_t *lt)
{
    int after = lt->stage == BM_LOAD_AT_AFTER;

    if (!bm_probe_is_done(lt->probe))
        return;
    bm_load_certificate_end(lt, after);
    if (after)
        begin_writing(lt);
    else
        begin_load(lt);
}

static void conclude(bm_loadtest_t *lt);

/* Stopped from outside: what was under way has been cancelled. */
static void wind_up(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    bm_load_send_drop_waiting(lt, 0);
    if (is_busy(lt) || (lt->probe != NULL && !bm_probe_is_done(lt->probe)))
        return;
    if (lt->probe != NULL)
        bm_probe_release(lt->probe);
    lt->probe = NULL;
    if (lt->figures != NULL)
        bm_load_feed_end(lt, now_ns);
    lt->stage = BM_LOAD_AT_WRITING;
    lt->sending_ended_ns = now_ns;
}

/* All is written; or nobody wants it; or the engine cannot wait for a database that is away. */
static int may_conclude(bm_loadtest_t *lt, apr_int64_t now_ns)
{
    bm_load_send_flush(lt);
    return bm_load_writer_is_lost(lt->writer) || lt->task->stop == BM_STOP_LOST
        || (lt->batch == NULL && bm_load_writer_is_idle(lt->writer))
        || (lt->task->stop == BM_STOP_HAND_BACK && now_ns - lt->sending_ended_ns > STOP_PATIENCE_NS);
}

/* The state machine's turn: after every tick. */
static void advance(bm_loadtest_t *lt)
{
    apr_int64_t now_ns = bm_timefmt_monotonic_ns();

    look_around(lt, now_ns);
    if (lt->task->stop != BM_STOP_NOT && lt->stage != BM_LOAD_AT_WRITING)
        wind_up(lt, now_ns);
    else if (lt->probe != NULL)
        certify(lt);
    else if (lt->stage == BM_LOAD_AT_STEP) {
        if (lt->truncated != NULL)
            bm_load_feed_end(lt, now_ns);
        if (lt->truncated != NULL || bm_load_feed(lt, now_ns))
            begin_drain(lt, now_ns);
    }
    if (lt->stage == BM_LOAD_AT_DRAIN)
        drain(lt, now_ns);
    /* not while a tick or an answer of its metrics is in the loop: it would return to a task that is gone */
    if (lt->stage == BM_LOAD_AT_WRITING && !lt->ticking && !bm_load_target_use_is_asked(lt) && may_conclude(lt, now_ns)) {
        conclude(lt);
        return;
    }
    keep_ticking(lt);
}

/* --- how it ends */

static void let_go(bm_loadtest_t *lt)
{
    if (lt->writer != NULL)
        bm_load_writer_stop(lt->writer);
    if (lt->batch != NULL)
        bm_load_batch_free(lt->batch);
    lt->writer = NULL;
    lt->batch = NULL;
}

static void set_end(bm_loadtest_t *lt)
{
    bm_task_t *task = lt->task;

    if (task->stop == BM_STOP_CANCELLED)
        bm_outcome_end(task, "cancelled", "cancelled", "Cancelled by a user.");
    else if (task->stop == BM_STOP_EMERGENCY)
        bm_outcome_end(task, "cancelled", "engine_stopped", "Ended by the emergency stop.");
    else if (task->stop != BM_STOP_NOT)
        bm_outcome_end(task, "failed", "interrupted", "The engine was stopped before the load test ended.");
    else
        bm_outcome_end(task, "completed", NULL, lt->truncated);
}

static void conclude(bm_loadtest_t *lt)
{
    bm_task_t *task = lt->task;
    bm_recorder_t *recorder = lt->recorder;
    int lost = task->stop == BM_STOP_LOST || bm_load_writer_is_lost(lt->writer);

    if (!lost) {
        set_end(lt);
        bm_outcome_set_result(task, bm_load_result_json(lt), (apr_int64_t)lt->tally->batched,
                              (bm_timefmt_monotonic_ns() - lt->began_ns) / 1000, bm_recorder_options(recorder)->engine_id);
    }
    let_go(lt);
    bm_recorder_finish(recorder, task, lost ? BM_TASK_FORGET : BM_TASK_RECORD);
}

/* --- the work */

static void refuse(bm_recorder_t *recorder, bm_task_t *task, const char *code, const char *sentence)
{
    bm_outcome_end(task, "failed", code, sentence);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

static apr_status_t start_writer(bm_loadtest_t *lt)
{
    const bm_recorder_options_t *options = bm_recorder_options(lt->recorder);
    bm_load_writer_options_t writer = {
        .settings = options->settings, .provider = bm_load_source_provider(lt->source),
        .labels = lt->task->labels,
        .owner = { lt->task->id, lt->task->fence, lt->task->scenario_id, 0 }, .conninfo = options->conninfo,
        .conninfo_baton = options->conninfo_baton, .meters = options->meters
    };

    return bm_load_writer_start(&lt->writer, &writer, lt->task->p);
}

/* A closed load that cannot be kept is none; an open one is held back, and says so. @return why not; NULL: it fits. */
static const char *fit_host(bm_load_plan_t *plan, apr_pool_t *p)
{
    int most = bm_host_connections(), i;

    for (i = 0; i < plan->steps->nelts; i++) {
        const bm_load_step_t *step = &APR_ARRAY_IDX(plan->steps, i, bm_load_step_t);

        if (step->closed && (step->from > most || step->to > most))
            return apr_psprintf(p, "This engine can have %d connections open at once, by its limit of open files; the load test "
                                "needs %.0f.", most, step->from > step->to ? step->from : step->to);
    }
    if (plan->max_in_flight > most)
        plan->max_in_flight = most;
    return NULL;
}

/* @return why it cannot be performed; NULL: ready. */
static const char *prepare(bm_loadtest_t *lt, const char **code)
{
    const bm_recorder_options_t *options = bm_recorder_options(lt->recorder);
    bm_err_t *err = bm_err_make(lt->task->p);
    const char *complaint;
    json_t *spec;

    *code = "bad_plan";
    if (bm_json_parse(&spec, lt->task->spec, strlen(lt->task->spec), NULL, lt->task->p) != APR_SUCCESS)
        return "The load test's specification cannot be read.";
    if (bm_load_plan_read(&lt->plan, json_object_get(spec, "loadtest"), &complaint, lt->task->p) != APR_SUCCESS)
        return complaint;
    complaint = fit_host(lt->plan, lt->task->p);
    if (complaint != NULL)
        return complaint;
    if (bm_load_source_make(&lt->source, lt->task->spec, lt->plan, options->settings,
                            bm_vault_of_project(options->vault, lt->task->project_id, lt->task->p), err, lt->task->p)
        != APR_SUCCESS) {
        *code = err->code ? err->code : "bad_inputs";
        return bm_inputs_complaint(err, lt->task->p);
    }
    lt->classes = bm_load_source_classes(lt->source);
    bm_load_target_use_open(lt);
    lt->tally = bm_load_tally_make(lt->task->p);
    lt->faults.delay_ms = bm_sketch_make(lt->task->p);
    lt->cache = bm_load_cache_make(lt->plan, bm_load_source_entries(lt->source), lt->task->p);
    lt->apdex = json_object_get(json_object_get(spec, "run_settings"), "apdex");
    *code = "no_price";
    complaint = bm_load_policy_open(lt);
    if (complaint != NULL)
        return complaint;
    *code = "engine_busy";
    return start_writer(lt) == APR_SUCCESS ? NULL : "The load test's writer could not be started.";
}

static void loadtest_start(bm_recorder_t *recorder, bm_task_t *task)
{
    bm_loadtest_t *lt = apr_pcalloc(task->p, sizeof(*lt));
    const char *complaint, *code;

    task->state = lt;
    lt->task = task;
    lt->recorder = recorder;
    lt->began_ns = bm_timefmt_monotonic_ns();
    bm_host_cpu_read(&lt->cpu_before);
    complaint = prepare(lt, &code);
    if (complaint != NULL) {
        refuse(recorder, task, code, complaint);
        return;
    }
    lt->stage = BM_LOAD_AT_BEFORE;
    if (!bm_load_certificate_begin(lt, 0))
        begin_load(lt);
    advance(lt);
}

static void loadtest_returned(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer)
{
    bm_loadtest_t *lt = task->state;

    (void)recorder;
    if (transfer->tag == lt)
        lt->ticking = 0;
    else if (bm_load_target_use_returned(lt, transfer))
        return;
    else if (lt->probe != NULL)
        bm_probe_returned(lt->probe, transfer);
    else
        bm_load_send_returned(lt, transfer);
    if (transfer->tag == lt || (task->stop != BM_STOP_NOT && !is_busy(lt)))
        advance(lt);
}

static void loadtest_stopping(bm_recorder_t *recorder, bm_task_t *task)
{
    (void)recorder;
    if (task->sent == NULL)
        advance(task->state);
}

#define WORK(kind_, name_) \
    { .kind = kind_, .name = name_, .start = loadtest_start, .returned = loadtest_returned, .stopping = loadtest_stopping }
const bm_work_t bm_loadtest_work = WORK(BM_RUN_KIND_LOADTEST, "loadtest");
const bm_work_t bm_training_work = WORK(BM_RUN_KIND_TRAINING, "training");
