/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/calibration.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "engine/outcome.h"
#include "engine/probe.h"
#include "model/run_model.h"

static apr_int64_t number_of(const json_t *spec, const char *name, apr_int64_t fallback)
{
    const json_t *value = json_object_get(spec, name);

    return json_is_integer(value) ? (apr_int64_t)json_integer_value(value) : fallback;
}

/* @return why it cannot be done; NULL: ready. */
static const char *prepare(bm_probe_t **pprobe, bm_recorder_t *recorder, bm_task_t *task)
{
    bm_probe_plan_t plan = { 0 };
    const json_t *asked, *gap;
    apr_int64_t streams, tokens;
    const char *obstacle;
    json_t *spec;

    if (bm_json_parse(&spec, task->spec, strlen(task->spec), NULL, task->p) != APR_SUCCESS)
        return "The calibration's specification cannot be read.";
    asked = json_object_get(spec, "calibration");
    streams = number_of(asked, "streams", 0);
    tokens = number_of(asked, "tokens", 64);
    gap = json_object_get(asked, "gap_ms");
    if (streams < 1 || streams > BM_PROBE_STREAM_MAX || tokens < 1 || tokens > BM_PROBE_CHUNKS_MAX)
        return "streams x tokens may be at most 4,000,000.";
    plan.streams = (apr_uint32_t)streams;
    plan.tokens = (apr_uint32_t)tokens;
    plan.concurrency = (apr_uint32_t)number_of(asked, "concurrency", 1);
    plan.gap_ms = json_is_number(gap) ? json_number_value(gap) : 20.0;
    plan.tls = json_is_true(json_object_get(asked, "tls"));
    *pprobe = bm_probe_make(recorder, task, &plan, &obstacle);
    return obstacle;
}

static const char *result_json(bm_probe_t *probe, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    const char *text;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_probe_write(&w, probe);
    bm_jw_end_object(&w);
    text = w.rv == APR_SUCCESS ? apr_pstrmemdup(p, out.data, out.len) : NULL;
    bm_buffer_free(&out);
    return text;
}

static void finish(bm_recorder_t *recorder, bm_task_t *task)
{
    bm_probe_t *probe = task->state;
    const char *error;
    apr_uint32_t failed = bm_probe_failed(probe, &error);

    if (task->stop == BM_STOP_CANCELLED || task->stop == BM_STOP_EMERGENCY)
        bm_outcome_end(task, "cancelled", "cancelled", "Cancelled.");
    else if (task->stop != BM_STOP_NOT)
        bm_outcome_end(task, "failed", "interrupted", "The engine ended before the calibration did.");
    else if (failed > 0)
        bm_outcome_end(task, "failed", "streams_failed", apr_psprintf(task->p, "%u streams failed; the last: %s", failed, error));
    else {
        bm_outcome_end(task, "completed", NULL, NULL);
        bm_outcome_set_result(task, result_json(probe, task->p), (apr_int64_t)bm_probe_batched(probe), bm_probe_age_us(probe),
                              bm_recorder_options(recorder)->engine_id);
    }
    bm_probe_release(probe);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

static void calibration_start(bm_recorder_t *recorder, bm_task_t *task)
{
    bm_probe_t *probe = NULL;
    const char *obstacle = prepare(&probe, recorder, task);

    task->state = probe;
    if (obstacle == NULL) {
        bm_probe_start(probe);
        if (bm_probe_is_done(probe))
            finish(recorder, task);
        return;
    }
    if (probe != NULL)
        bm_probe_release(probe);
    bm_outcome_end(task, "failed", "bad_inputs", obstacle);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

static void calibration_returned(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer)
{
    bm_probe_returned(task->state, transfer);
    if (bm_probe_is_done(task->state))
        finish(recorder, task);
}

static void calibration_stopping(bm_recorder_t *recorder, bm_task_t *task)
{
    if (task->sent == NULL)
        finish(recorder, task);
}

const bm_work_t bm_calibration_work = {
    .kind = BM_RUN_KIND_CALIBRATION,
    .name = "calibration",
    .start = calibration_start,
    .returned = calibration_returned,
    .stopping = calibration_stopping
};
