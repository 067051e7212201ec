/* SPDX-License-Identifier: Apache-2.0
 *
 * export/otlp_json.h: runs and histograms in the JSON encoding of OTLP, with the attributes of OpenTelemetry's conventions for
 * generative AI. Prompts and answers are never among them, and of a URL only host and port. Thread: any; no state. */
#ifndef BM_EXPORT_OTLP_JSON_H
#define BM_EXPORT_OTLP_JSON_H

#include "base/json.h"
#include "model/run_trace.h"
#include "shm/histogram.h"

/** Who sends: the resource of everything. */
typedef struct bm_otlp_resource_t {
    const char *project;               /* BenchmarkProject: service.name */
    const char *instance;              /* the engine's id: service.instance.id */
    const char *host;
} bm_otlp_resource_t;

/** What is done at a provider, as gen_ai.operation.name; NULL: it is plain HTTP. */
const char *bm_otlp_operation(const char *provider);

/** Spans that bm_otlp_json_spans makes of a run. */
int bm_otlp_span_count(const bm_run_trace_t *trace);

/** Append the spans of a run with commas between: "run", below it "queue" and, if something was sent, the request.
 *  wall_ns: what is to be added to CLOCK_MONOTONIC for nanoseconds since 1970. @return as bm_jw_t.rv. */
apr_status_t bm_otlp_json_spans(bm_buffer_t *out, const bm_run_trace_t *trace, apr_int64_t wall_ns);

/** Append an ExportTraceServiceRequest around `spans`, texts of bm_otlp_json_spans joined by commas. */
apr_status_t bm_otlp_json_traces(bm_buffer_t *out, const bm_otlp_resource_t *resource, const char *spans, apr_size_t len);

/** A histogram of seconds that is sent. Keys: provider, model ("": none), error type ("": none). */
typedef struct bm_otlp_metric_t {
    const char *name, *description;
    const bm_histogram_table_t *table;
} bm_otlp_metric_t;

/** Append an ExportMetricsServiceRequest with n cumulative histograms since `started`. */
apr_status_t bm_otlp_json_metrics(bm_buffer_t *out, const bm_otlp_resource_t *resource, const bm_otlp_metric_t *metrics, int n,
                                  apr_time_t started, apr_time_t now);

#endif
