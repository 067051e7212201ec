/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "engine/error_figures.h"
#include "engine/host.h"
#include "provider/provider.h"

#define SETTLE_US 100000                         /* the target's last records may come after its last bytes */
#define RAMP_NS 1000000
#define START_DELAY_NS INT64_C(20000000)         /* so that the first plans lie ahead */
#define KEY_OF(probe, i) (((apr_uint64_t)(probe)->task->id << 20) | (apr_uint64_t)((probe)->plan.first + (i)))
#define STREAM_OF(key) ((apr_uint32_t)((key) & BM_PROBE_STREAM_MAX))

/* One stream under way. Lives in a pool of its own below the task's, freed when it is back. */
typedef struct stream_t {
    apr_pool_t *p;
    bm_call_t *call;
    apr_uint32_t index;
} stream_t;

/* Stamps of all streams, [stream * tokens + chunk], 0: none. Measured by us, true by the target. */
struct bm_probe_t {
    bm_task_t *task;
    bm_recorder_t *recorder;
    bm_probe_plan_t plan;
    const char *certificate;                     /* of the target; NULL: plain */
    apr_int64_t *measured, *truth;
    apr_int64_t *sent_ns, *read_ns;              /* S, and the target's end of reading; by stream */
    apr_uint32_t started, returned, failed;
    int settling, settled;
    apr_uint64_t cursor, lost;                   /* in the target's ring */
    apr_uint64_t early, batched, kernel_stamped;
    bm_errors_t send_lag;
    const char *last_error;
    bm_host_cpu_t cpu_before;
    apr_int64_t began_ns;
};

/* --- the truth */

static void read_truth(bm_probe_t *c)
{
    bm_target_ring_t *ring = bm_recorder_options(c->recorder)->target_ring;
    bm_target_record_t record;

    while (bm_target_ring_next(ring, &c->cursor, &record, &c->lost) == APR_SUCCESS) {
        apr_uint32_t stream = STREAM_OF(record.key) - c->plan.first;     /* one before `first` becomes too large */

        if (record.key >> 20 != (apr_uint64_t)c->task->id || stream >= c->plan.streams)
            continue;
        c->read_ns[stream] = record.read_ns;
        if (record.kind == BM_TARGET_CHUNK && record.index < c->plan.tokens)
            c->truth[(size_t)stream * c->plan.tokens + record.index] = record.sent_ns;
    }
}

/* --- one stream */

static json_t *stream_inputs(const bm_probe_t *c, apr_uint32_t index, apr_pool_t *p)
{
    /* the role chunk and the end in sends of their own, so that each content chunk is alone in its segment */
    return bm_json_adopt(json_pack("{s:s, s:i, s:{s:I, s:I, s:f, s:s, s:f, s:s, s:i, s:s, s:i}}", "prompt", "calibrate",
                                   "max_tokens", (int)c->plan.tokens, "x_target", "id", (json_int_t)KEY_OF(c, index),
                                   "seed", (json_int_t)index + 1, "ttft_ms", 50.0, "ttft_dist", "uniform", "gap_ms",
                                   c->plan.gap_ms, "gap_dist", "uniform", "tokens", (int)c->plan.tokens, "role", "early",
                                   "finish_ms", 1),
                         p);
}

/* The first streams begin a millisecond apart: a burst of connects would measure the accept queue of the target. The others
 * follow as places become free. */
static apr_int64_t planned_ns(const bm_probe_t *c, apr_uint32_t index)
{
    apr_int64_t now = bm_timefmt_monotonic_ns(), ramp = c->began_ns + (apr_int64_t)(index + 1) * RAMP_NS;

    if (c->plan.offsets_ns != NULL)
        return c->began_ns + c->plan.offsets_ns[index];
    return index < c->plan.concurrency && ramp > now ? ramp : now;
}

/* It cannot be sent. */
static void give_up(bm_probe_t *c, stream_t *stream, const char *error)
{
    c->failed++;
    c->returned++;
    c->last_error = apr_pstrdup(c->task->p, error);
    apr_pool_destroy(stream->p);
}

static void start_stream(bm_probe_t *c)
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
    if (port == 0) {
        give_up(c, stream, "The reference target ended, or httpd was restarted.");
        return;
    }
    stream->call = bm_provider_call_make(bm_provider_find("openai"), p);
    stream->call->run_id = c->task->id;
    stream->call->connection = bm_json_adopt(json_pack("{s:o, s:s}", "url", json_sprintf("http%s://127.0.0.1:%d/v1",
                                                      c->certificate ? "s" : "", port), "model", "reference"), p);
    stream->call->inputs = stream_inputs(c, stream->index, p);
    if (stream->call->provider->start(stream->call, &next, err) != APR_SUCCESS || next.step != BM_STEP_EXCHANGE) {
        give_up(c, stream, err->detail ? err->detail : "the request could not be made");
        return;
    }
    next.request->reference_target = 1;
    next.request->reference_certificate = c->certificate;
    x = bm_exchange_make(next.request, p);
    if (bm_recorder_send(c->recorder, c->task, x, planned_ns(c, stream->index), stream) != APR_SUCCESS)
        give_up(c, stream, "The loop's inbox is full.");
}

/* All streams are back: give the target a moment to write its last records. */
static void settle(bm_probe_t *c)
{
    if (c->settling)
        return;
    c->settling = 1;
    c->settled = c->task->stop != BM_STOP_NOT || bm_recorder_wait(c->recorder, c->task, SETTLE_US, c) != APR_SUCCESS;
}

static int may_start(const bm_probe_t *c)
{
    return c->started < c->plan.streams && c->task->stop == BM_STOP_NOT
        && (c->plan.offsets_ns != NULL || c->started - c->returned < c->plan.concurrency);
}

static void fill_up(bm_probe_t *c)
{
    while (may_start(c))
        start_stream(c);
    if (c->started == c->returned && (c->started == c->plan.streams || c->task->stop != BM_STOP_NOT))
        settle(c);
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

static void keep_stamps(bm_probe_t *c, const stream_t *stream, const bm_exchange_t *x)
{
    const apr_array_header_t *chunks = stream->call->answer.chunks;
    int kernel = all_have_kernel_stamps(chunks), i;
    apr_uint32_t k = 0, last_wake = 0;

    c->sent_ns[stream->index] = x->sent_ns;
    c->kernel_stamped += kernel != 0;
    bm_errors_add(&c->send_lag, (double)(x->sent_ns - x->planned_ns) / 1000.0);
    for (i = 0; i < chunks->nelts && k < c->plan.tokens; i++) {
        const bm_chunk_t *chunk = &APR_ARRAY_IDX(chunks, i, bm_chunk_t);

        if (chunk->kind != BM_CHUNK_CONTENT)
            continue;
        if (k > 0 && chunk->wake == last_wake)
            c->batched++;
        last_wake = chunk->wake;
        c->measured[(size_t)stream->index * c->plan.tokens + k++] = kernel ? chunk->kernel_ns : chunk->user_ns;
    }
}

static void stream_returned(bm_probe_t *c, stream_t *stream, bm_exchange_t *x)
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

static void compare_stream(bm_probe_t *c, apr_uint32_t s, bm_errors_t *ttft, bm_errors_t *gap, bm_errors_t *stamp)
{
    const apr_int64_t *measured = c->measured + (size_t)s * c->plan.tokens, *truth = c->truth + (size_t)s * c->plan.tokens;
    apr_uint32_t k;

    if (measured[0] != 0 && truth[0] != 0 && c->read_ns[s] != 0)
        bm_errors_add(ttft, (double)llabs((measured[0] - c->sent_ns[s]) - (truth[0] - c->read_ns[s])) / 1000.0);
    for (k = 0; k < c->plan.tokens; k++) {
        if (measured[k] == 0 || truth[k] == 0)
            continue;
        c->early += measured[k] < truth[k];
        bm_errors_add(stamp, (double)(measured[k] - truth[k]) / 1000.0);
        if (k > 0 && measured[k - 1] != 0 && truth[k - 1] != 0)
            bm_errors_add(gap, (double)llabs((measured[k] - measured[k - 1]) - (truth[k] - truth[k - 1])) / 1000.0);
    }
}

static void write_conditions(bm_jw_t *w, const bm_probe_t *c)
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

void bm_probe_write(bm_jw_t *w, bm_probe_t *c)
{
    bm_errors_t ttft = { 0 }, gap = { 0 }, stamp = { 0 };
    apr_uint32_t i;

    read_truth(c);
    for (i = 0; i < c->plan.streams; i++)
        compare_stream(c, i, &ttft, &gap, &stamp);
    bm_jw_key(w, "errors");
    bm_jw_begin_object(w);
    bm_errors_write(w, "send_lag_us", &c->send_lag);
    bm_errors_write(w, "ttft_us", &ttft);
    bm_errors_write(w, "gap_us", &gap);
    bm_errors_write(w, "stamp_us", &stamp);
    bm_jw_end_object(w);
    bm_jw_key(w, "early_stamps");
    bm_jw_int(w, (apr_int64_t)c->early);
    bm_jw_key(w, "streams_completed");
    bm_jw_int(w, (apr_int64_t)(c->returned - c->failed));
    bm_jw_key(w, "streams_kernel_stamped");
    bm_jw_int(w, (apr_int64_t)c->kernel_stamped);
    bm_jw_key(w, "truth_lost");
    bm_jw_int(w, (apr_int64_t)c->lost);
    bm_jw_key(w, "tls");
    bm_jw_bool(w, c->certificate != NULL);
    write_conditions(w, c);
    bm_errors_free(&ttft);
    bm_errors_free(&gap);
    bm_errors_free(&stamp);
}

/* --- for the work */

bm_probe_t *bm_probe_make(bm_recorder_t *recorder, bm_task_t *task, const bm_probe_plan_t *plan, const char **obstacle)
{
    bm_target_ring_t *ring = bm_recorder_options(recorder)->target_ring;
    bm_probe_t *c = apr_pcalloc(task->p, sizeof(*c));
    size_t streams = plan->streams, chunks = streams * plan->tokens;

    c->task = task;
    c->recorder = recorder;
    c->plan = *plan;
    *obstacle = "streams x tokens may be at most 4,000,000.";
    if (streams < 1 || plan->first + streams > BM_PROBE_STREAM_MAX || plan->tokens < 1 || chunks > BM_PROBE_CHUNKS_MAX)
        return c;
    *obstacle = "The reference target does not run on this node.";
    if (ring == NULL || bm_target_ring_port(ring, NULL) == 0)
        return c;
    *obstacle = "The reference target of this node does not speak TLS.";
    c->certificate = plan->tls ? bm_target_ring_certificate(ring, task->p) : NULL;
    if (plan->tls && c->certificate == NULL)
        return c;
    *obstacle = "There is not enough memory for it.";
    c->measured = calloc(chunks, sizeof(*c->measured));
    c->truth = calloc(chunks, sizeof(*c->truth));
    c->sent_ns = calloc(streams, sizeof(*c->sent_ns));
    c->read_ns = calloc(streams, sizeof(*c->read_ns));
    if (c->measured == NULL || c->truth == NULL || c->sent_ns == NULL || c->read_ns == NULL)
        return c;
    *obstacle = NULL;
    return c;
}

void bm_probe_start(bm_probe_t *probe)
{
    probe->cursor = bm_target_ring_head(bm_recorder_options(probe->recorder)->target_ring);
    bm_host_cpu_read(&probe->cpu_before);
    probe->began_ns = bm_timefmt_monotonic_ns() + (probe->plan.offsets_ns != NULL ? START_DELAY_NS : 0);
    fill_up(probe);
}

void bm_probe_returned(bm_probe_t *probe, bm_transfer_t *transfer)
{
    read_truth(probe);
    if (transfer->tag == probe) {
        probe->settled = 1;
        return;
    }
    stream_returned(probe, transfer->tag, transfer->x);
    fill_up(probe);
}

int bm_probe_is_done(const bm_probe_t *probe)
{
    return probe->settled || (probe->task->stop != BM_STOP_NOT && probe->started == probe->returned);
}

apr_uint32_t bm_probe_failed(const bm_probe_t *probe, const char **error)
{
    *error = probe->last_error ? probe->last_error : "unknown";
    return probe->failed;
}

apr_uint64_t bm_probe_batched(const bm_probe_t *probe)
{
    return probe->batched;
}

apr_int64_t bm_probe_age_us(const bm_probe_t *probe)
{
    return (bm_timefmt_monotonic_ns() - probe->began_ns) / 1000;
}

void bm_probe_release(bm_probe_t *probe)
{
    free(probe->measured);
    free(probe->truth);
    free(probe->sent_ns);
    free(probe->read_ns);
    bm_errors_free(&probe->send_lag);
    probe->measured = probe->truth = probe->sent_ns = probe->read_ns = NULL;
}
