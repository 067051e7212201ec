/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_model.h"

#include <stddef.h>
#include "model/field_values.h"
#include "model/loadtest_classes.h"
#include "model/loadtest_dataset.h"
#include "model/loadtest_faults.h"
#include "model/loadtest_results.h"
#include "model/location.h"
#include "model/retry_model.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    TIME_MS = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | BM_FIELD_MICROS,
    NEEDED = BM_FIELD_REQUIRED,
    MAY = BM_FIELD_ABSENT
};

/* --- the plan */

static const bm_field_t stage_fields[] = {
    { "duration_seconds", BM_TYPE_NUMBER, NEEDED, 0.1, 86400, .doc = "How long the change takes." },
    { "rate", BM_TYPE_NUMBER, MAY, 0, 50000, .doc = "Requests per second at its end." },
    { "concurrency", BM_TYPE_INT, MAY, 0, 20000, .doc = "Requests under way at its end." },
    { NULL }
};

/* A fallback holds for the types that have the member (loadtest_plan.c). */
const bm_field_t bm_loadtest_model_fields[] = {
    { "type", BM_TYPE_ENUM, NEEDED, .values = "closed|constant|poisson|gamma|semi_open|ramp|sweep|capacity",
      .doc = "Says which of the other members there are." },
    { "concurrency", BM_TYPE_INT, MAY, 1, 20000, .doc = "closed: requests under way." },
    { "think_time_ms", BM_TYPE_NUMBER, MAY, 0, 3600000, .fallback = "0",
      .doc = "closed, semi_open: pause before the next send." },
    { "rate", BM_TYPE_NUMBER, MAY, 0.001, 50000, .doc = "constant, poisson, gamma: requests per second; semi_open: sessions." },
    { "shape", BM_TYPE_NUMBER, MAY, 0.01, 1000, .doc = "gamma: below 1 bursty, 1 Poisson, above 1 smooth." },
    { "turns", BM_TYPE_INT, MAY, 1, 1000, .doc = "semi_open: requests of a session." },
    { "stages", BM_TYPE_ARRAY, MAY, 1, 1000, .members = stage_fields,
      .doc = "ramp: all with rate or all with concurrency; linear from the stage before." },
    { "start", BM_TYPE_NUMBER, MAY, 0, 50000, .fallback = "0", .doc = "ramp: where the first stage begins." },
    { "of", BM_TYPE_ENUM, MAY, .values = "rate|concurrency", .doc = "sweep: what is changed." },
    { "values", BM_TYPE_ARRAY, MAY, 1, 100, .members = bm_field_numbers,
      .doc = "sweep: one step for each; or from, to and steps." },
    { "from", BM_TYPE_NUMBER, MAY, 0.001, 50000, .doc = "sweep: the first value." },
    { "to", BM_TYPE_NUMBER, MAY, 0.001, 50000, .doc = "sweep: the last value." },
    { "steps", BM_TYPE_INT, MAY, 2, 100, .doc = "sweep: how many values." },
    { "scale", BM_TYPE_ENUM, MAY, .values = "linear|geometric", .fallback = "\"linear\"",
      .doc = "sweep: with from, to and steps." },
    { "step_seconds", BM_TYPE_NUMBER, MAY, 1, 86400, .doc = "sweep, capacity: window of each step." },
    { "start_rate", BM_TYPE_NUMBER, MAY, 0.001, 50000, .doc = "capacity: the first rate tried." },
    { "max_rate", BM_TYPE_NUMBER, MAY, 0.001, 50000, .doc = "capacity: no higher rate is tried." },
    { "precision", BM_TYPE_NUMBER, MAY, 0.01, 1, .fallback = "0.1",
      .doc = "capacity: how near the answer must be, as a part of it." },
    { "arrivals", BM_TYPE_ENUM, MAY, .values = "poisson|constant", .fallback = "\"poisson\"",
      .doc = "ramp, sweep, capacity, of a rate: how requests arrive." },
    { NULL }
};

const bm_field_t bm_loadtest_slo_fields[] = {
    { "metric", BM_TYPE_ENUM, NEEDED, .doc = "Figure that it is about.",
      .values = "ttft_ms|ttft_service_ms|e2e_ms|e2e_service_ms|ttfo_ms|ttst_ms|icl_ms|itl_ms|tpot_ms|total_ms|ttfb_ms|ntpot_ms" },
    { "quantile", BM_TYPE_NUMBER, 0, 0.01, 0.9999, .fallback = "0.95", .doc = "Quantile that must be at most max." },
    { "max", BM_TYPE_NUMBER, NEEDED, 0.001, 86400000, .doc = "Milliseconds; a request that meets every max is good." },
    { NULL }
};

const bm_field_t bm_loadtest_dataset_fields[] = {
    { "inline", BM_TYPE_ARRAY, MAY, 1, BM_LOADTEST_ENTRIES_MAX, .members = bm_field_objects,
      .doc = "Inputs laid over those of the scenario, one object for each request in turn." },
    { "dataset_id", BM_TYPE_INT, MAY, .doc = "Dataset whose entries are laid over them, likewise." },
    { "generate", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_generate_fields,
      .doc = "Prompts of given lengths, made when they are asked." },
    { "order", BM_TYPE_ENUM, 0, .values = "sequential|random|zipf", .fallback = "\"sequential\"",
      .doc = "random, zipf: drawn by seed, all alike or the first ones more often." },
    { "zipf", BM_TYPE_NUMBER, MAY, 0, 10, .fallback = "1.0",
      .doc = "order zipf: the k-th entry, from 1, is asked with a probability proportional to 1/k^zipf (default 1)." },
    { NULL }
};

static const bm_field_t url_fields[] = { { BM_FIELD_EACH, BM_TYPE_STRING, 0, 1, 8000 }, { NULL } };

const bm_field_t bm_loadtest_endpoints_fields[] = {
    { "urls", BM_TYPE_ARRAY, NEEDED, 1, 50, .members = url_fields, .doc = "Each as the connection's url, without placeholders." },
    { "strategy", BM_TYPE_ENUM, 0, .values = "round_robin|least_connections|hash", .fallback = "\"round_robin\"",
      .doc = "hash: by session, else by entry of the dataset." },
    { NULL }
};

const bm_field_t bm_loadtest_hedge_fields[] = {
    { "copies", BM_TYPE_INT, 0, 1, 4, .fallback = "1", .doc = "How many more sends of a request there may be." },
    { "after_ms", BM_TYPE_NUMBER, NEEDED, 0, 600000, .doc = "Each so long after the one before." },
    { NULL }
};

const bm_field_t bm_loadtest_plan_fields[] = {
    { "scenario_id", BM_TYPE_INT, NEEDED, .doc = "Scenario whose requests are sent." },
    { "name", BM_TYPE_STRING, MAY, 1, 200, .doc = "Name; absent: that of the scenario." },
    { "load_model", BM_TYPE_OBJECT, NEEDED, .members = bm_loadtest_model_fields, .doc = "How load is made." },
    { "duration_seconds", BM_TYPE_NUMBER, MAY, 1, 86400,
      .doc = "The measuring window. This or requests; neither for ramp, sweep and capacity." },
    { "requests", BM_TYPE_INT, MAY, 1, 10000000, .doc = "The measuring window as a number of requests." },
    { "warmup_seconds", BM_TYPE_NUMBER, 0, 0, 3600, .fallback = "0",
      .doc = "Load before the window (of a sweep: before each step)." },
    { "seed", BM_TYPE_INT, 0, 0, 9007199254740991, .fallback = "1", .doc = "The same seed, the same schedule." },
    { "slos", BM_TYPE_ARRAY, 0, 0, 16, .fallback = "[]", .members = bm_loadtest_slo_fields, .doc = "What is good enough." },
    { "max_in_flight", BM_TYPE_INT, MAY, 1, 20000,
      .doc = "Ceiling of requests under way (default 2000, or the concurrency if that is more)." },
    { "dataset", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_dataset_fields,
      .doc = "What is asked; absent: the scenario's inputs." },
    { "certificate", BM_TYPE_BOOL, 0, .fallback = "true", .doc = "Replay the load against the reference target, too." },
    { "drain_seconds", BM_TYPE_NUMBER, 0, 0, 3600, .fallback = "60", .doc = "How long answers are awaited after the last send." },
    { "retry", BM_TYPE_OBJECT, MAY, .members = bm_retry_fields,
      .doc = "Failures that are tried again; absent: none. Each attempt is a request of its own, the last one counts." },
    { "target_limits", BM_TYPE_ENUM, 0, .values = "obey|ignore", .fallback = "\"obey\"",
      .doc = "obey: the target's rate_limit and circuit_breaker, and waits that it asks for, hold requests back." },
    { "max_cost", BM_TYPE_NUMBER, MAY, 0.000001, 1e9,
      .doc = "Spend cap in the currency of the prices: nothing more is sent that, with all that is under way, may exceed it." },
    { "max_requests", BM_TYPE_INT, MAY, 1, 1000000000,
      .doc = "Most sends, attempts after the first and copies included: then the load test ends." },
    { "max_total_tokens", BM_TYPE_INT, MAY, 1, 1e15,
      .doc = "Most tokens of prompts and answers: nothing more is sent that, with all that is under way, may exceed it." },
    { "timeout_ms", BM_TYPE_INT, MAY, 1, 86400000, .doc = "Time-out of each request; absent: the scenario's." },
    { "faults", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_faults_fields,
      .doc = "What we do to requests on our side of the connection, drawn by seed; absent: nothing." },
    { "hedge", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_hedge_fields,
      .doc = "More sends of the same request while it has no answer; the first that completes counts. Not with max_cost or"
             " max_total_tokens." },
    { "endpoints", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_endpoints_fields,
      .doc = "Endpoints that requests are spread over, instead of the connection's url." },
    { "classes", BM_TYPE_OBJECT, MAY, .members = bm_loadtest_classes_fields,
      .doc = "Classes of requests that share a fixed budget of requests under way." },
    { "keep_rows", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "1",
      .doc = "Share of the requests whose rows are kept, drawn by seed; figures count all of them." },
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .fallback = "[]", .doc = "Added to those of the scenario." },
    BM_LOCATION_FIELDS("load test"),
    { NULL }
};

const bm_field_t bm_loadtest_patch_fields[] = {
    { "name", BM_TYPE_STRING, 0, 1, 200, .doc = "Name." },
    { NULL }
};

const bm_field_t bm_loadtest_stop_fields[] = {
    { "mode", BM_TYPE_ENUM, 0, .values = "drain|cancel", .fallback = "\"drain\"",
      .doc = "drain: no new sends, answers are awaited; cancel: all ends now." },
    { NULL }
};

const bm_field_t bm_loadtest_estimate_fields[] = {
    { "requests", BM_TYPE_INT, MAYBE,
      .doc = "Requests to expect, warm-up included; of a capacity search that reaches max_rate, if all its steps are clear."
             " Null: it depends on how fast answers come." },
    { "seconds", BM_TYPE_NUMBER, MAYBE, .doc = "Warm-up and window, without certificate and drain; of a search likewise." },
    { "peak_in_flight", BM_TYPE_INT, MAYBE, .doc = "Most requests under way; null: it depends on how fast answers come." },
    { "output_tokens", BM_TYPE_INT, MAYBE, .doc = "At most: requests times max_tokens; null: inputs have none." },
    { "money", BM_TYPE_NUMBER, MAYBE,
      .doc = "At most, in the currency of the prices; null: no price is known, or no number of tokens." },
    { NULL }
};

/* --- the resource */

#define HEADLINE_SQL "(select json_build_object('metric', k, 'basis', m ->> 'basis', 'p95', m -> 'p95', 'n', m -> 'n'," \
    " 'success', r.response #> '{results,success,rate}') from unnest(array['ttft_ms', 'e2e_ms', 'total_ms'])" \
    " with ordinality u (k, place), lateral (select r.response #> array['results', 'metrics', k]) f (m)" \
    " where m ->> 'p95' is not null order by place limit 1)"

const bm_field_t bm_loadtest_fields[] = {
    { "id", BM_TYPE_INT, OURS, .column = "l.id", .doc = "Number of the load test; it is a run's." },
    { "name", BM_TYPE_STRING, OURS, .column = "l.name", .doc = "Name." },
    { "kind", BM_TYPE_ENUM, OURS, .values = "loadtest|training", .column = "case l.kind when 2 then 'training' else"
        " 'loadtest' end",
      .doc = "What it is for; training: a problem of a session." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_LOADTEST_STATUSES, .column = BM_LOADTEST_STATUS_SQL,
      .doc = "Where it stands; interrupted: its engine died." },
    { "control", BM_TYPE_ENUM, OURS, .values = "run|pause|drain", .column = "l.control", .doc = "What users want of it." },
    { "cancel_requested", BM_TYPE_BOOL, OURS, .column = "r.cancel_requested", .doc = "Whether someone asked to cancel it." },
    { "scenario_id", BM_TYPE_INT, OURS, .column = "l.scenario_id", .doc = "Scenario whose requests it sends." },
    { "automation_id", BM_TYPE_INT, OURS, .column = "l.automation_id", .doc = "Automation that it asks." },
    { "project_id", BM_TYPE_INT, OURS, .column = "l.project_id", .doc = "Project that it belongs to." },
    { "plan", BM_TYPE_OBJECT, OURS, .column = "l.plan", .members = bm_loadtest_plan_fields, .schema = "LoadTestPlan",
      .doc = "The request's body, defaults filled in; in lists without the elements of dataset.inline." },
    { "labels", BM_TYPE_STRINGS, OURS, .column = "array_to_json(r.labels)", .doc = "Words to find it by." },
    { "created_by", BM_TYPE_STRING, MAYBE, .column = "l.created_by", .doc = "User who asked for it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, OURS, .column = "l.created_at", .doc = "When it was queued." },
    { "started_at", BM_TYPE_TIME, MAYBE, .column = "r.started_at", .doc = "When an engine took it." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .column = "r.finished_at", .doc = "When it ended." },
    { "engine", BM_TYPE_STRING, MAYBE, .column = "r.engine", .doc = "Engine that runs it." },
    { "location", BM_TYPE_STRING, MAYBE, .column = "nullif(r.location, '')",
      .doc = "Place of the engine that ran it; before that, the only place where it may run." },
    { "progress", BM_TYPE_OBJECT, MAYBE, .members = bm_loadtest_progress_fields, .schema = "LoadTestProgress",
      .column = "l.progress", .doc = "How far it is, or was when last heard of." },
    { "progress_at", BM_TYPE_TIME, MAYBE, .column = "l.progress_at", .doc = "When progress was written." },
    { "requests_dropped_at", BM_TYPE_TIME, MAYBE, .column = "l.requests_dropped_at",
      .doc = "When its requests were deleted, as they were past BenchmarkKeepRaw; null: they are there." },
    { "error", BM_TYPE_STRING, MAYBE, .column = "r.error", .doc = "Why it failed, as a sentence." },
    { "error_code", BM_TYPE_STRING, MAYBE, .column = "r.error_code", .doc = "Why it failed, for a program." },
    { "validity", BM_TYPE_OBJECT, MAYBE, .members = bm_loadtest_validity_fields, .schema = "LoadTestValidity",
      .column = "r.response -> 'validity'", .doc = "Whether its figures may be believed." },
    { "certificate", BM_TYPE_OBJECT, MAYBE, .members = bm_loadtest_certificate_fields, .schema = "LoadTestCertificate",
      .column = "r.response -> 'certificate'",
      .doc = "The engine's own error under this load." },
    { "headline", BM_TYPE_OBJECT, MAYBE, .members = bm_loadtest_headline_fields, .schema = "LoadTestHeadline",
      .column = HEADLINE_SQL,
      .doc = "Stands for results in lists: metric, basis, p95 and n of the first latency there is, success in percent." },
    { "results", BM_TYPE_OBJECT, MAYBE | BM_FIELD_BULKY, .members = bm_loadtest_results_fields, .schema = "LoadTestResults",
      .column = "r.response -> 'results'",
      .doc = "The figures, when it has ended." },
    { NULL }
};

static const bm_field_t second_quantile_fields[] = {
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median, in milliseconds." },
    { "p95", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { NULL }
};

const bm_field_t bm_loadtest_second_fields[] = {
    { "second", BM_TYPE_INT, OURS, .doc = "Since the load test began." },
    { "step", BM_TYPE_INT, OURS, .doc = "Step of a ramp, sweep or search, from 0." },
    { "phase", BM_TYPE_ENUM, OURS, .values = "certificate|warmup|window|paused|drain|done", .doc = "What was going on." },
    { "planned", BM_TYPE_INT, OURS, .doc = "Sends planned for this second." },
    { "completed", BM_TYPE_INT, OURS, .doc = "Requests that ended well in it." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Requests that failed in it." },
    { "in_flight", BM_TYPE_INT, OURS, .doc = "Requests under way at its end." },
    { "tokens", BM_TYPE_NUMBER, OURS, .doc = "Output tokens that arrived." },
    { "ttft_ms", BM_TYPE_OBJECT, OURS, .members = second_quantile_fields, .schema = "LoadTestQuantiles",
      .doc = "Time to first token of what ended in it." },
    { "e2e_ms", BM_TYPE_OBJECT, OURS, .members = second_quantile_fields, .schema = "LoadTestQuantiles",
      .doc = "Until the last content, likewise." },
    { "cpu_usage", BM_TYPE_NUMBER, MAY, .doc = "Of the engine, in percent of one processor." },
    { "memory_usage", BM_TYPE_NUMBER, MAY, .doc = "Of the engine, in MB." },
    { "target_cpu_usage", BM_TYPE_NUMBER, MAYBE | MAY,
      .doc = "Of the target, by connection.metrics_url, in percent of one processor; null: not known." },
    { "target_memory_usage", BM_TYPE_NUMBER, MAYBE | MAY, .doc = "Likewise, in MB." },
    { NULL }
};

const bm_field_t bm_loadtest_request_fields[] = {
    { "seq", BM_TYPE_INT, OURS, .doc = "Place in the plan, from 0." },
    { "attempt", BM_TYPE_INT, OURS, .doc = "How often it was sent." },
    { "step", BM_TYPE_INT, OURS, .doc = "Step of a ramp, sweep or search, from 0." },
    { "phase", BM_TYPE_ENUM, OURS, .values = "warmup|window", .column = "(array['warmup','window'])[phase + 1]",
      .doc = "Whether it counts." },
    { "session", BM_TYPE_INT, MAYBE, .doc = "Session of a semi-open load." },
    { "turn", BM_TYPE_INT, MAYBE, .doc = "Place in its session." },
    { "at", BM_TYPE_TIME, OURS, .doc = "Wall clock of its end." },
    { "status", BM_TYPE_STRING, OURS, .doc = "How it ended." },
    { "error_code", BM_TYPE_STRING, MAYBE, .doc = "Why it failed, for a program." },
    { "http_status", BM_TYPE_INT, MAYBE, .doc = "HTTP status of the answer." },
    { "planned_ms", BM_TYPE_NUMBER, TIME_MS, .column = "planned_us", .doc = "P: planned send, since the load test began." },
    { "sent_ms", BM_TYPE_NUMBER, TIME_MS, .column = "sent_us", .doc = "S: request written." },
    { "first_byte_ms", BM_TYPE_NUMBER, TIME_MS, .column = "first_byte_us", .doc = "B: first byte of the answer." },
    { "first_content_ms", BM_TYPE_NUMBER, TIME_MS, .column = "first_content_us", .doc = "C1: first chunk with content." },
    { "first_output_ms", BM_TYPE_NUMBER, TIME_MS, .column = "first_output_us", .doc = "First content that is not reasoning." },
    { "last_content_ms", BM_TYPE_NUMBER, TIME_MS, .column = "last_content_us", .doc = "Cn: last chunk with content." },
    { "end_ms", BM_TYPE_NUMBER, TIME_MS, .column = "end_us", .doc = "End of the answer." },
    { "held_ms", BM_TYPE_NUMBER, TIME_MS, .column = "held_us",
      .doc = "From P until it was due: earlier attempts, waits between them, limits of the target, delay of the plan's faults,"
             " after_ms of a copy; null: it was due at P." },
    { "queue_ms", BM_TYPE_NUMBER, TIME_MS, .column = "queue_us", .doc = "From when it was due until the network had it." },
    { "dns_ms", BM_TYPE_NUMBER, TIME_MS, .column = "dns_us", .doc = "Name resolution." },
    { "connect_ms", BM_TYPE_NUMBER, TIME_MS, .column = "connect_us", .doc = "TCP connect." },
    { "tls_ms", BM_TYPE_NUMBER, TIME_MS, .column = "tls_us", .doc = "TLS handshake." },
    { "connection_reused", BM_TYPE_BOOL, MAYBE, .doc = "Whether a warm connection served it." },
    { "tokens_prompt", BM_TYPE_INT, MAYBE, .doc = "Tokens of the prompt." },
    { "tokens_completion", BM_TYPE_INT, MAYBE, .doc = "Output tokens, reasoning included." },
    { "tokens_reasoning", BM_TYPE_INT, MAYBE, .doc = "Output tokens that were reasoning." },
    { "tokens_cached", BM_TYPE_INT, MAYBE, .doc = "Prompt tokens that came from a cache." },
    { "tokens_provenance", BM_TYPE_STRING, MAYBE, .doc = "Who counted." },
    { "chunks", BM_TYPE_INT, MAYBE, .doc = "Events of the stream." },
    { "batched_events", BM_TYPE_INT, MAYBE, .doc = "Chunks that arrived together with the one before." },
    { "lag_max_ms", BM_TYPE_NUMBER, TIME_MS, .column = "lag_max_us", .doc = "Largest delay between kernel and user stamp." },
    { "kernel_stamped", BM_TYPE_BOOL, MAYBE, .doc = "Whether times are the kernel's." },
    { "bytes", BM_TYPE_INT, MAYBE, .doc = "Bytes of the answer." },
    { "good", BM_TYPE_BOOL, MAYBE, .doc = "Whether it met all SLOs." },
    { "superseded", BM_TYPE_BOOL, OURS, .doc = "Whether another attempt followed; then it counts for nothing." },
    { "endpoint", BM_TYPE_INT, MAYBE, .doc = "Which it asked: place in the plan's endpoints.urls, from 0." },
    { "class", BM_TYPE_INT, MAYBE, .doc = "Its class: place in the plan's classes.list, from 0." },
    { "cost", BM_TYPE_NUMBER, MAYBE, .column = "round(cost_nano / 1e9, 9)",
      .doc = "What its tokens cost; null: no price or no tokens are known." },
    { NULL }
};
