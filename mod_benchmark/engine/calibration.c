/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/calibration.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/timefmt.h"
#include "engine/error_figures.h"
#include "engine/outcome.h"
#include "engine/host.h"
#include "model/run_model.h"
#include "provider/provider.h"

#define CHUNKS_MAX 4000000                       /* streams x tokens: 64 MB of stamps */
#define SETTLE_US 100000                         /* the target's last records may come after its last bytes */
#define RAMP_NS 1000000
#define KEY_OF(task, i) (((apr_uint64_t)(task)->id << 20) | (apr_uint64_t)(i))
#define STREAM_OF(key) ((apr_uint32_t)((key) & 0xfffff))
#define STREAMS_MAX 0xfffff

/* One stream under way. Lives in a pool of its own below the task's, freed when it is back. */
typedef struct stream_t {
    apr_pool_t *p;
    bm_call_t *call;
    apr_uint32_t index;
} stream_t;

/* Stamps of all streams, [stream * tokens + chunk], 0: none. Measured by us, true by the target. */
typedef struct calibration_t {
    bm_task_t *task;
    bm_recorder_t *recorder;
    apr_uint32_t streams, concurrency, tokens;
    double gap_ms;
    apr_int64_t *measured, *truth;
    apr_int64_t *sent_ns, *read_ns;              /* S, and the target's end of reading; by stream */
    apr_uint32_t started, returned, failed, settling;
    apr_uint64_t cursor, lost;                   /* in the target's ring */
    apr_uint64_t early, batched, kernel_stamped;
    bm_errors_t send_lag;
    const char *last_error;
    bm_host_cpu_t cpu_before;
    apr_int64_t began_ns;
} calibration_t;

static void conclude(calibration_t *c);

/* --- the truth */

static void read_truth(calibration_t *c)
{
    bm_target_ring_t *ring = bm_recorder_options(c->recorder)->target_ring;
    bm_target_record_t record;

    while (bm_target_ring_next(ring, &c->cursor, &record, &c->lost) == APR_SUCCESS) {
        apr_uint32_t stream = STREAM_OF(record.key);

        if (record.key >> 20 != (apr_uint64_t)c->task->id || stream >= c->streams)
            continue;
        c->read_ns[stream] = record.read_ns;
        if (record.kind == BM_TARGET_CHUNK && record.index < c->tokens)
            c->truth[(size_t)stream * c->tokens + record.index] = record.sent_ns;
    }
}

/* --- one stream */

static json_t *stream_inputs(const calibration_t *c, apr_uint32_t index, apr_pool_t *p)
{
    /* the role chunk and the end in sends of their own, so that each content chunk is alone in its segment */
    return bm_json_adopt(json_pack("{s:s, s:i, s:{s:I, s:I, s:f, s:s, s:f, s:s, s:i, s:s, s:i}}", "prompt", "calibrate",
                                   "max_tokens", (int)c->tokens, "x_target", "id", (json_int_t)KEY_OF(c->task, index),
                                   "seed", (json_int_t)index + 1, "ttft_ms", 50.0, "ttft_dist", "uniform", "gap_ms",
                                   c->gap_ms, "gap_dist", "uniform", "tokens", (int)c->tokens, "role", "early",
                                   "finish_ms", 1),
                         p);
}

/* The first streams begin a millisecond apart: a burst of connects would measure the accept queue of the target. The others
 * follow as places become free. */
static apr_int64_t planned_ns(const calibration_t *c, apr_uint32_t index)
{
    apr_int64_t now = bm_timefmt_monotonic_ns(), ramp = c->began_ns + (apr_int64_t)(index + 1) * RAMP_NS;

    return index < c->concurrency && ramp > now ? ramp : now;
}

static void start_stream(calibration_t *c)
{
    int port = bm_target_ring_port(bm_recorder_options(c->recorder)->target_ring, NULL);
    apr_pool_t *p;
    stream_t *stream;
    bm_next_t next = { 0 };
    bm_exchange_t *x;
    bm_err_t *err;

    apr_pool_create(&p, c->task->p);
    err = bm_err_make(p);
    stream = apr_pcalloc(p, sizeof(*stream));
    stream->p = p;
    stream->index = c->started++;
    stream->call = bm_provider_call_make(bm_provider_find("openai"), p);
    stream->call->run_id = c->task->id;
    stream->call->connection = bm_json_adopt(json_pack("{s:o, s:s}", "url", json_sprintf("http://127.0.0.1:%d/v1", port),
                                                      "model", "reference"), p);
    stream->call->inputs = stream_inputs(c, stream->index, p);
    if (stream->call->provider->start(stream->call, &next, err) != APR_SUCCESS || next.step != BM_STEP_EXCHANGE) {
        c->failed++;
        c->returned++;
        c->last_error = apr_pstrdup(c->task->p, err->detail ? err->detail : "the request could not be made");
        apr_pool_destroy(p);
        return;
    }
    next.request->reference_target = 1;
    x = bm_exchange_make(next.request, p);
    if (bm_recorder_send(c->recorder, c->task, x, planned_ns(c, stream->index), stream) != APR_SUCCESS) {
        c->failed++;
        c->returned++;
        c->last_error = "The loop's inbox is full.";
    }
}

static void fill_up(calibration_t *c)
{
    while (c->started < c->streams && c->started - c->returned < c->concurrency && c->task->stop == BM_STOP_NOT)
        start_stream(c);
    if (c->started == c->returned && (c->started == c->streams || c->task->stop != BM_STOP_NOT))
        conclude(c);
}

/* The run's rule: kernel stamps if every content chunk has one, else our own. */
static int all_have_kernel_stamps(const apr_array_header_t *chunks)
{
    int i;

    for (i = 0; i < chunks->nelts; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (chunk->kind == BM_CHUNK_CONTENT && chunk->kernel_ns == 0)
            return 0;
    }
    return 1;
}

static void keep_stamps(calibration_t *c, const stream_t *stream, const bm_exchange_t *x)
{
    const apr_array_header_t *chunks = stream->call->answer.chunks;
    int kernel = all_have_kernel_stamps(chunks), i;
    apr_uint32_t k = 0, last_wake = 0;

    c->sent_ns[stream->index] = x->sent_ns;
    c->kernel_stamped += kernel != 0;
    bm_errors_add(&c->send_lag, (double)(x->sent_ns - x->planned_ns) / 1000.0);
    for (i = 0; i < chunks->nelts && k < c->tokens; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (chunk->kind != BM_CHUNK_CONTENT)
            continue;
        if (k > 0 && chunk->wake == last_wake)
            c->batched++;
        last_wake = chunk->wake;
        c->measured[(size_t)stream->index * c->tokens + k++] = kernel ? chunk->kernel_ns : chunk->user_ns;
    }
}

static void stream_returned(calibration_t *c, stream_t *stream, bm_exchange_t *x)
{
    bm_next_t next = { 0 };

    stream->call->provider->next(stream->call, x, &next);
    if (next.step == BM_STEP_DONE && stream->call->answer.end == BM_RUN_COMPLETED)
        keep_stamps(c, stream, x);
    else {
        c->failed++;
        if (stream->call->answer.error != NULL)
            c->last_error = apr_pstrdup(c->task->p, stream->call->answer.error);
    }
    c->returned++;
    apr_pool_destroy(stream->p);
}

/* --- the result */

static void compare_stream(calibration_t *c, apr_uint32_t s, bm_errors_t *ttft, bm_errors_t *gap, bm_errors_t *stamp)
{
    const apr_int64_t *measured = c->measured + (size_t)s * c->tokens, *truth = c->truth + (size_t)s * c->tokens;
    apr_uint32_t k;

    if (measured[0] != 0 && truth[0] != 0 && c->read_ns[s] != 0)
        bm_errors_add(ttft, (double)llabs((measured[0] - c->sent_ns[s]) - (truth[0] - c->read_ns[s])) / 1000.0);
    for (k = 0; k < c->tokens; k++) {
        if (measured[k] == 0 || truth[k] == 0)
            continue;
        c->early += measured[k] < truth[k];
        bm_errors_add(stamp, (double)(measured[k] - truth[k]) / 1000.0);
        if (k > 0 && measured[k - 1] != 0 && truth[k - 1] != 0)
            bm_errors_add(gap, (double)llabs((measured[k] - measured[k - 1]) - (truth[k] - truth[k - 1])) / 1000.0);
    }
}

static void write_conditions(bm_jw_t *w, const calibration_t *c)
{
    bm_host_priority_t priority;
    bm_host_facts_t facts;
    bm_host_cpu_t cpu_after = { 0 };

    bm_host_priority(&priority);
    bm_host_facts(&facts, c->task->p);
    bm_host_cpu_read(&cpu_after);
    bm_jw_key(w, "priority");
    bm_jw_begin_object(w);
    bm_jw_key(w, "policy");
    bm_jw_string(w, priority.policy);
    bm_jw_key(w, "nice");
    bm_jw_int(w, priority.nice);
    bm_jw_key(w, "rt_priority");
    bm_jw_int(w, priority.rt_priority);
    bm_jw_end_object(w);
    bm_jw_key(w, "host");
    bm_jw_begin_object(w);
    bm_jw_key(w, "cpus");
    bm_jw_int(w, facts.cpus_usable);
    bm_jw_key(w, "cpu_model");
    bm_jw_string(w, facts.cpu_model);
    bm_jw_key(w, "kernel");
    bm_jw_string(w, facts.kernel);
    bm_jw_key(w, "clock_source");
    bm_jw_string(w, facts.clock_source);
    bm_jw_key(w, "busy");
    bm_jw_fixed(w, bm_host_busy(&c->cpu_before, &cpu_after), 3);
    bm_jw_key(w, "steal");
    bm_jw_fixed(w, bm_host_steal(&c->cpu_before, &cpu_after), 4);
    bm_jw_end_object(w);
}

static const char *result_json(calibration_t *c)
{
    bm_errors_t ttft = { 0 }, gap = { 0 }, stamp = { 0 };
    bm_buffer_t out = { 0 };
    const char *text;
    apr_uint32_t s;
    bm_jw_t w;

    for (s = 0; s < c->streams; s++)
        compare_stream(c, s, &ttft, &gap, &stamp);
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "errors");
    bm_jw_begin_object(&w);
    bm_errors_write(&w, "send_lag_us", &c->send_lag);
    bm_errors_write(&w, "ttft_us", &ttft);
    bm_errors_write(&w, "gap_us", &gap);
    bm_errors_write(&w, "stamp_us", &stamp);
    bm_jw_end_object(&w);
    bm_jw_key(&w, "early_stamps");
    bm_jw_int(&w, (apr_int64_t)c->early);
    bm_jw_key(&w, "streams_completed");
    bm_jw_int(&w, (apr_int64_t)(c->returned - c->failed));
    bm_jw_key(&w, "streams_kernel_stamped");
    bm_jw_int(&w, (apr_int64_t)c->kernel_stamped);
    bm_jw_key(&w, "truth_lost");
    bm_jw_int(&w, (apr_int64_t)c->lost);
    write_conditions(&w, c);
    bm_jw_end_object(&w);
    text = w.rv == APR_SUCCESS ? apr_pstrmemdup(c->task->p, out.data, out.len) : NULL;
    bm_buffer_free(&out);
    bm_errors_free(&ttft);
    bm_errors_free(&gap);
    bm_errors_free(&stamp);
    return text;
}

static void release(calibration_t *c)
{
    free(c->measured);
    free(c->truth);
    free(c->sent_ns);
    free(c->read_ns);
    bm_errors_free(&c->send_lag);
}

static void finish(calibration_t *c)
{
    bm_task_t *task = c->task;
    bm_recorder_t *recorder = c->recorder;

    if (task->stop == BM_STOP_CANCELLED || task->stop == BM_STOP_EMERGENCY)
        bm_outcome_end(task, "cancelled", "cancelled", "Cancelled.");
    else if (task->stop != BM_STOP_NOT)
        bm_outcome_end(task, "failed", "interrupted", "The engine ended before the calibration did.");
    else if (c->failed > 0)
        bm_outcome_end(task, "failed", "streams_failed",
                      apr_psprintf(task->p, "%u of %u streams failed; the last: %s", c->failed, c->streams,
                                   c->last_error ? c->last_error : "unknown"));
    else {
        bm_outcome_end(task, "completed", NULL, NULL);
        bm_outcome_set_result(task, result_json(c), (apr_int64_t)c->batched, (bm_timefmt_monotonic_ns() - c->began_ns) / 1000,
                              bm_recorder_options(recorder)->engine_id);
    }
    release(c);
    bm_recorder_finish(recorder, task, BM_TASK_RECORD);
}

/* All streams are back: give the target a moment to write its last records, then compare. */
static void conclude(calibration_t *c)
{
    if (c->settling)
        return;
    c->settling = 1;
    if (c->task->stop != BM_STOP_NOT || bm_recorder_wait(c->recorder, c->task, SETTLE_US, NULL) != APR_SUCCESS)
        finish(c);
}

/* --- the work */

static apr_int64_t number_of(const json_t *spec, const char *name, apr_int64_t fallback)
{
    const json_t *value = json_object_get(spec, name);

    return json_is_integer(value) ? (apr_int64_t)json_integer_value(value) : fallback;
}

/* @return why it cannot be done; NULL: ready. */
static const char *prepare(calibration_t *c)
{
    bm_target_ring_t *ring = bm_recorder_options(c->recorder)->target_ring;
    const json_t *plan, *gap;
    apr_int64_t streams, tokens;
    json_t *spec;

    if (bm_json_parse(&spec, c->task->spec, strlen(c->task->spec), NULL, c->task->p) != APR_SUCCESS)
        return "The calibration's specification cannot be read.";
    plan = json_object_get(spec, "calibration");
    streams = number_of(plan, "streams", 0);
    tokens = number_of(plan, "tokens", 64);
    c->concurrency = (apr_uint32_t)number_of(plan, "concurrency", 1);
    gap = json_object_get(plan, "gap_ms");
    c->gap_ms = json_is_number(gap) ? json_number_value(gap) : 20.0;
    if (json_is_true(json_object_get(plan, "tls")))
        return "The reference target does not speak TLS in this build.";
    if (streams < 1 || streams > STREAMS_MAX || tokens < 1 || streams * tokens > CHUNKS_MAX)
        return "streams x tokens may be at most 4,000,000.";
    if (ring == NULL || bm_target_ring_port(ring, NULL) == 0)
        return "The reference target does not run on this node.";
    c->streams = (apr_uint32_t)streams;
    c->tokens = (apr_uint32_t)tokens;
    c->measured = calloc((size_t)(streams * tokens), sizeof(*c->measured));
    c->truth = calloc((size_t)(streams * tokens), sizeof(*c->truth));
    c->sent_ns = calloc((size_t)streams, sizeof(*c->sent_ns));
    c->read_ns = calloc((size_t)streams, sizeof(*c->read_ns));
    if (c->measured == NULL || c->truth == NULL || c->sent_ns == NULL || c->read_ns == NULL)
        return "There is not enough memory for it.";
    c->cursor = bm_target_ring_head(ring);
    return NULL;
}

static void calibration_start(bm_recorder_t *recorder, bm_task_t *task)
{
    calibration_t *c = apr_pcalloc(task->p, sizeof(*c));
    const char *obstacle;

    task->state = c;
    c->task = task;
    c->recorder = recorder;
    c->began_ns = bm_timefmt_monotonic_ns();
    bm_host_cpu_read(&c->cpu_before);
    obstacle = prepare(c);
    if (obstacle != NULL) {
        release(c);
        bm_outcome_end(task, "failed", "bad_inputs", obstacle);
        bm_recorder_finish(recorder, task, BM_TASK_RECORD);
        return;
    }
    fill_up(c);
}

static void calibration_returned(bm_recorder_t *recorder, bm_task_t *task, bm_transfer_t *transfer)
{
    calibration_t *c = task->state;

    (void)recorder;
    read_truth(c);
    if (transfer->kind == BM_TRANSFER_WAIT) {
        finish(c);
        return;
    }
    stream_returned(c, transfer->tag, transfer->x);
    fill_up(c);
}

static void calibration_stopping(bm_recorder_t *recorder, bm_task_t *task)
{
    (void)recorder;
    if (task->sent == NULL)
        finish(task->state);
}

const bm_work_t bm_calibration_work = {
    .kind = BM_RUN_KIND_CALIBRATION,
    .name = "calibration",
    .start = calibration_start,
    .returned = calibration_returned,
    .stopping = calibration_stopping
};
