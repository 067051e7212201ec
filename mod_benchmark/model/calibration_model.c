/* SPDX-License-Identifier: Apache-2.0 */
#include "model/calibration_model.h"

#include <stddef.h>
#include "model/run_model.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE
};

static const bm_field_t figure_fields[] = {
    { "mean", BM_TYPE_NUMBER, OURS, .doc = "Mean, in microseconds." },
    { "p50", BM_TYPE_NUMBER, OURS, .doc = "Median." },
    { "p99", BM_TYPE_NUMBER, OURS, .doc = "99th percentile." },
    { "max", BM_TYPE_NUMBER, OURS, .doc = "Largest." },
    { "n", BM_TYPE_INT, OURS, .doc = "Sample size." },
    { NULL }
};

const bm_field_t bm_calibration_error_fields[] = {
    { "send_lag_us", BM_TYPE_OBJECT, MAYBE, .members = figure_fields, .schema = "EngineError",
      .doc = "Sent later than planned." },
    { "ttft_us", BM_TYPE_OBJECT, MAYBE, .members = figure_fields, .schema = "EngineError",
      .doc = "Measured minus true time to first token." },
    { "gap_us", BM_TYPE_OBJECT, MAYBE, .members = figure_fields, .schema = "EngineError", .doc = "Measured minus true gap." },
    { "stamp_us", BM_TYPE_OBJECT, MAYBE, .members = figure_fields, .schema = "EngineError",
      .doc = "Measured minus true time of each chunk." },
    { NULL }
};

const bm_field_t bm_calibration_priority_fields[] = {
    { "policy", BM_TYPE_STRING, OURS, .doc = "Scheduling policy." },
    { "nice", BM_TYPE_INT, OURS, .doc = "Nice value." },
    { "rt_priority", BM_TYPE_INT, OURS, .doc = "Of a real-time policy." },
    { NULL }
};

const bm_field_t bm_calibration_host_fields[] = {
    { "cpus", BM_TYPE_INT, OURS, .doc = "CPUs that the engine may use." },
    { "cpu_model", BM_TYPE_STRING, MAYBE, .doc = "What they are." },
    { "kernel", BM_TYPE_STRING, MAYBE, .doc = "Version of the kernel." },
    { "clock_source", BM_TYPE_STRING, MAYBE, .doc = "Where its clock comes from." },
    { "busy", BM_TYPE_NUMBER, MAYBE, .doc = "How busy the machine was, 0 to 1." },
    { "steal", BM_TYPE_NUMBER, MAYBE, .doc = "What the hypervisor took away, 0 to 1." },
    { NULL }
};

const bm_field_t bm_calibration_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the calibration; it is a run's." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_RUN_STATUSES, .doc = "Where it stands." },
    { "streams", BM_TYPE_INT, OURS, .column = "(inputs ->> 'streams')::integer", .doc = "Streams in all." },
    { "concurrency", BM_TYPE_INT, OURS, .column = "(inputs ->> 'concurrency')::integer", .doc = "Streams at one time." },
    { "tokens", BM_TYPE_INT, MAYBE, .column = "(inputs ->> 'tokens')::integer", .doc = "Tokens of each stream." },
    { "gap_ms", BM_TYPE_NUMBER, MAYBE, .column = "(inputs ->> 'gap_ms')::numeric", .doc = "Gap between tokens." },
    { "tls", BM_TYPE_BOOL, MAYBE, .column = "(inputs ->> 'tls')::boolean", .doc = "Whether over TLS." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was queued." },
    { "started_at", BM_TYPE_TIME, MAYBE, .doc = "When an engine took it." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .doc = "When it ended." },
    { "errors", BM_TYPE_OBJECT, MAYBE, .members = bm_calibration_error_fields, .schema = "EngineErrors",
      .column = "response -> 'errors'",
      .doc = "The engine's own error." },
    { "batched_events", BM_TYPE_INT, MAYBE, .doc = "Chunks that arrived together with the one before." },
    { "priority", BM_TYPE_OBJECT, MAYBE, .column = "response -> 'priority'", .members = bm_calibration_priority_fields,
      .schema = "EnginePriority", .doc = "Priority that the engine ran at." },
    { "host", BM_TYPE_OBJECT, MAYBE, .column = "response -> 'host'", .members = bm_calibration_host_fields,
      .schema = "EngineHost",
      .doc = "CPU and load of the machine." },
    { "engine", BM_TYPE_STRING, MAYBE, .doc = "Engine that ran it." },
    { "error", BM_TYPE_STRING, MAYBE, .doc = "Why it failed." },
    { "error_code", BM_TYPE_STRING, MAYBE, .doc = "Why it failed, for a program." },
    { NULL }
};

const bm_field_t bm_calibration_request_fields[] = {
    { "streams", BM_TYPE_INT, BM_FIELD_REQUIRED, 1, 100000, .doc = "Streams in all." },
    { "concurrency", BM_TYPE_INT, BM_FIELD_REQUIRED, 1, 4000, .doc = "Streams at one time." },
    { "tokens", BM_TYPE_INT, 0, 1, 100000, .fallback = "64", .doc = "Tokens of each stream." },
    { "gap_ms", BM_TYPE_NUMBER, 0, 0, 60000, .fallback = "20", .doc = "Gap between tokens." },
    { "tls", BM_TYPE_BOOL, 0, .fallback = "false", .doc = "Over TLS." },
    { NULL }
};
