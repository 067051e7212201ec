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

static const bm_field_t error_fields[] = {
    { "send_lag_us", BM_TYPE_OBJECT, OURS, .members = figure_fields, .doc = "Sent later than planned." },
    { "ttft_us", BM_TYPE_OBJECT, OURS, .members = figure_fields, .doc = "Measured minus true time to first token." },
    { "gap_us", BM_TYPE_OBJECT, OURS, .members = figure_fields, .doc = "Measured minus true gap." },
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
    { "errors", BM_TYPE_OBJECT, MAYBE, .members = error_fields, .column = "response -> 'errors'",
      .doc = "The engine's own error." },
    { "batched_events", BM_TYPE_INT, MAYBE, .doc = "Chunks that arrived together with the one before." },
    { "priority", BM_TYPE_ANY, MAYBE, .column = "response -> 'priority'", .doc = "Priority that the engine ran at." },
    { "host", BM_TYPE_ANY, MAYBE, .column = "response -> 'host'", .doc = "CPU and load of the machine." },
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
