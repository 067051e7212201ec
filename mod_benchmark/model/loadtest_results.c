/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_results.h"

#include <stddef.h>
#include "model/calibration_model.h"
#include "model/field_values.h"
#include "model/loadtest_classes.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    SOME = BM_FIELD_READ_ONLY | BM_FIELD_ABSENT
};

static const bm_field_t used_fields[] = {
    { "requests", BM_TYPE_INT, OURS, .doc = "Sends, attempts after the first, copies and warm-up included." },
    { "tokens", BM_TYPE_INT, OURS, .doc = "Of prompts and answers, as far as answers tell." },
    { "cost", BM_TYPE_NUMBER, OURS, .doc = "In the currency of the prices; 0 where there is none." },
    { NULL }
};

#define PHASES "certificate|warmup|window|paused|drain|done"

const bm_field_t bm_loadtest_progress_fields[] = {
    { "phase", BM_TYPE_ENUM, OURS, .values = PHASES, .doc = "What is going on." },
    { "step", BM_TYPE_INT, OURS, .doc = "Step of a ramp, sweep or search, from 1." },
    { "steps", BM_TYPE_INT, OURS, .doc = "Steps that are known so far." },
    { "elapsed_seconds", BM_TYPE_NUMBER, OURS, .doc = "Since it began." },
    { "total_seconds", BM_TYPE_NUMBER, MAYBE, .doc = "How long it will take; null: it depends on the answers." },
    { "planned", BM_TYPE_INT, OURS, .doc = "Requests planned so far." },
    { "sent", BM_TYPE_INT, OURS, .doc = "Requests sent." },
    { "completed", BM_TYPE_INT, OURS, .doc = "Requests that ended well." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Requests that failed." },
    { "in_flight", BM_TYPE_INT, OURS, .doc = "Requests under way." },
    { "offered_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Planned per second of this step; null: a closed loop plans none." },
    { "achieved_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Completed per second of this step." },
    { "used", BM_TYPE_OBJECT, SOME, .members = used_fields, .schema = "LoadTestUse", .doc = "What it has used so far." },
    { NULL }
};

const bm_field_t bm_loadtest_validity_fields[] = {
    { "reasons", BM_TYPE_STRINGS, OURS, .doc = "Why its figures may not be believed, in sentences." },
    { "status", BM_TYPE_ENUM, OURS, .values = "valid|invalid|unknown", .doc = "unknown: no request completed." },
    { NULL }
};

/* --- the certificate */

static const bm_field_t side_fields[] = {
    { "seconds", BM_TYPE_NUMBER, OURS, .doc = "How long the load was replayed." },
    { "streams_failed", BM_TYPE_INT, OURS, .doc = "Streams of the reference target that failed." },
    { "errors", BM_TYPE_OBJECT, OURS, .members = bm_calibration_error_fields, .schema = "EngineErrors",
      .doc = "The engine's own error." },
    { "early_stamps", BM_TYPE_INT, OURS, .doc = "Chunks that were stamped before they were sent: must be 0." },
    { "streams_completed", BM_TYPE_INT, OURS, .doc = "Streams that were measured." },
    { "streams_kernel_stamped", BM_TYPE_INT, OURS, .doc = "Of them, with the kernel's receive times." },
    { "truth_lost", BM_TYPE_INT, OURS, .doc = "Chunks whose true send time was lost." },
    { "tls", BM_TYPE_BOOL, OURS, .doc = "Whether over TLS." },
    { "priority", BM_TYPE_OBJECT, OURS, .members = bm_calibration_priority_fields, .schema = "EnginePriority",
      .doc = "Priority that the engine ran at." },
    { "host", BM_TYPE_OBJECT, OURS, .members = bm_calibration_host_fields, .schema = "EngineHost",
      .doc = "The machine meanwhile." },
    { NULL }
};

const bm_field_t bm_loadtest_certificate_fields[] = {
    { "before", BM_TYPE_OBJECT, MAYBE, .members = side_fields, .schema = "LoadTestCertificateSide", .doc = "Before the load." },
    { "after", BM_TYPE_OBJECT, MAYBE, .members = side_fields, .schema = "LoadTestCertificateSide", .doc = "After it." },
    { "extrapolated", BM_TYPE_BOOL, OURS, .doc = "Whether the load was too large to be replayed as a whole." },
    { "streams", BM_TYPE_INT, OURS, .doc = "Streams that were replayed." },
    { "reason", BM_TYPE_STRING, MAYBE, .doc = "Why there is no certificate, or not all of one." },
    { NULL }
};

const bm_field_t bm_loadtest_headline_fields[] = {
    { "metric", BM_TYPE_STRING, OURS, .doc = "The first latency that there is." },
    { "basis", BM_TYPE_STRING, MAYBE, .doc = "What it is counted from." },
    { "p95", BM_TYPE_NUMBER, OURS, .doc = "Its 95th percentile." },
    { "n", BM_TYPE_INT, OURS, .doc = "Values." },
    { "success", BM_TYPE_NUMBER, MAYBE, .doc = "Completed of the attempts, in percent." },
    { NULL }
};

/* --- results */

static const bm_field_t warmup_fields[] = {
    { "seconds", BM_TYPE_NUMBER, OURS, .doc = "How long." },
    { "attempted", BM_TYPE_INT, OURS, .doc = "Requests of it." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Those that failed." },
    { NULL }
};

static const bm_field_t success_fields[] = {
    { "rate", BM_TYPE_NUMBER, MAYBE, .doc = "Completed of the attempts, in percent; null: none." },
    { "low", BM_TYPE_NUMBER, OURS, .doc = "Lower end of its 95 % Wilson interval." },
    { "high", BM_TYPE_NUMBER, OURS, .doc = "Upper end." },
    { NULL }
};

static const bm_field_t rates_fields[] = {
    { "planned", BM_TYPE_NUMBER, MAYBE, .doc = "Per second, as the plan has it." },
    { "offered", BM_TYPE_NUMBER, MAYBE, .doc = "Sent per second." },
    { "completed", BM_TYPE_NUMBER, MAYBE, .doc = "Completed per second." },
    { NULL }
};

static const bm_field_t interval_fields[] = { { BM_FIELD_EACH, BM_FIELD_PAIR(BM_FIELD_NULLABLE) }, { NULL } };

static const bm_field_t metric_fields[] = {
    { "basis", BM_TYPE_ENUM, SOME, .values = "scheduled|service", .doc = "From the planned send, or from the real one." },
    { "provenance", BM_TYPE_STRING, SOME,
      .doc = "Where it comes from: stamps, libcurl, usage, timings, counted, chunk, mixed, none." },
    { "n", BM_TYPE_INT, OURS, .doc = "Values." },
    { "mean", BM_TYPE_NUMBER, MAYBE, .doc = "Mean, in milliseconds." },
    { "min", BM_TYPE_NUMBER, MAYBE, .doc = "The least." },
    { "max", BM_TYPE_NUMBER, MAYBE, .doc = "The greatest." },
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median." },
    { "p90", BM_TYPE_NUMBER, MAYBE, .doc = "90th percentile." },
    { "p95", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "p999", BM_TYPE_NUMBER, MAYBE, .doc = "99.9th percentile." },
    { "intervals", BM_TYPE_OBJECT, SOME, .members = interval_fields,
      .doc = "95 % intervals of the quantiles by name; null: a rank leaves the sample. Not of values pooled over requests." },
    { "n_effective", BM_TYPE_INT, SOME, .doc = "What the values are worth, as neighbours resemble each other." },
    { "certified", BM_TYPE_OBJECT, SOME, .members = bm_field_numbers_or_null,
      .doc = "What bounds each quantile with 99 % confidence; null: too few samples." },
    { NULL }
};

static const bm_field_t metrics_fields[] = {
    { BM_FIELD_EACH, BM_TYPE_OBJECT, OURS, .members = metric_fields, .schema = "LoadTestMetric" }, { NULL }
};

static const bm_field_t send_lag_fields[] = {
    { "mean", BM_TYPE_NUMBER, MAYBE, .doc = "Milliseconds." },
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "max", BM_TYPE_NUMBER, MAYBE, .doc = "The greatest." },
    { "n", BM_TYPE_INT, OURS, .doc = "Values." },
    { NULL }
};

static const bm_field_t user_rate_fields[] = {
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median." },
    { "p5", BM_TYPE_NUMBER, MAYBE, .doc = "5th percentile." },
    { NULL }
};

static const bm_field_t throughput_fields[] = {
    { "requests_per_second", BM_TYPE_NUMBER, MAYBE, .doc = "Completed inside the window." },
    { "input_tokens_per_second", BM_TYPE_NUMBER, MAYBE, .doc = "Tokens of prompts." },
    { "output_tokens_per_second", BM_TYPE_NUMBER, MAYBE, .doc = "Tokens of answers." },
    { "tokens_per_second_per_user", BM_TYPE_OBJECT, OURS, .members = user_rate_fields, .doc = "As one reader sees them." },
    { "provenance", BM_TYPE_STRING, OURS, .doc = "Who counted tokens: usage, timings, counted, mixed, none." },
    { NULL }
};

static const bm_field_t slo_fields[] = {
    { "metric", BM_TYPE_STRING, OURS, .doc = "Figure that it is about." },
    { "quantile", BM_TYPE_NUMBER, OURS, .doc = "Quantile of it." },
    { "max", BM_TYPE_NUMBER, OURS, .doc = "Milliseconds." },
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "What it was." },
    { "met", BM_TYPE_BOOL, OURS, .doc = "Whether it is met." },
    { NULL }
};

static const bm_field_t apdex_fields[] = {
    { "metric", BM_TYPE_STRING, OURS, .doc = "Figure that people wait for." },
    { "t_ms", BM_TYPE_NUMBER, OURS, .doc = "T." },
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "(within T + half of those within 4 T) / attempts." },
    { NULL }
};

static const bm_field_t goodput_fields[] = {
    { "requests_per_second", BM_TYPE_NUMBER, MAYBE, .doc = "Good requests per second." },
    { "good", BM_TYPE_INT, OURS, .doc = "Requests that met every max." },
    { "attainment", BM_TYPE_NUMBER, MAYBE, .doc = "Of the attempts, in percent." },
    { "low", BM_TYPE_NUMBER, OURS, .doc = "Lower end of its 95 % interval." },
    { "high", BM_TYPE_NUMBER, OURS, .doc = "Upper end." },
    { "apdex", BM_TYPE_OBJECT, MAYBE, .members = apdex_fields, .doc = "Null: the scenario names no T." },
    { "slos", BM_TYPE_ARRAY, OURS, .members = slo_fields, .doc = "In the order of the plan." },
    { NULL }
};

static const bm_field_t client_lag_fields[] = {
    { "mean_us", BM_TYPE_NUMBER, MAYBE, .doc = "The engine behind the kernel's receive time, in microseconds." },
    { "p99_us", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "max_us", BM_TYPE_NUMBER, MAYBE, .doc = "The greatest." },
    { "batched_events", BM_TYPE_INT, OURS, .doc = "Chunks that arrived together with the one before." },
    { "events", BM_TYPE_INT, OURS, .doc = "Chunks." },
    { "kernel_stamped", BM_TYPE_NUMBER, MAYBE, .doc = "Share of the answers with the kernel's times, 0 to 1." },
    { NULL }
};

static const bm_field_t short_fields[] = {
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median, in milliseconds." },
    { "p95", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { NULL }
};

static const bm_field_t step_fields[] = {
    { "of", BM_TYPE_ENUM, OURS, .values = "rate|concurrency", .doc = "What value is." },
    { "value", BM_TYPE_NUMBER, OURS, .doc = "The load that was asked for." },
    { "seconds", BM_TYPE_NUMBER, OURS, .doc = "Its window." },
    { "attempted", BM_TYPE_INT, OURS, .doc = "Requests of it." },
    { "completed", BM_TYPE_INT, OURS, .doc = "Those that ended well." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Those that failed." },
    { "offered_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Planned per second." },
    { "achieved_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Sent per second." },
    { "completed_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Completed per second." },
    { "goodput_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Good ones per second." },
    { "attainment", BM_TYPE_NUMBER, MAYBE, .doc = "Good of the attempts, in percent." },
    { "ttft_ms", BM_TYPE_OBJECT, OURS, .members = short_fields, .schema = "LoadTestQuantiles", .doc = "Time to first token." },
    { "e2e_ms", BM_TYPE_OBJECT, OURS, .members = short_fields, .schema = "LoadTestQuantiles", .doc = "Until the last content." },
    { "in_flight_mean", BM_TYPE_NUMBER, MAYBE, .doc = "Requests under way." },
    { "in_flight_slope_per_s", BM_TYPE_NUMBER, MAYBE, .doc = "How fast they became more." },
    { "saturated", BM_TYPE_BOOL, OURS, .doc = "Whether the target no longer kept up." },
    { "slo_met", BM_TYPE_BOOL, MAYBE, .doc = "Whether all SLOs were met; null: the plan has none." },
    { NULL }
};

static const bm_field_t saturation_fields[] = {
    { "knee", BM_TYPE_NUMBER, MAYBE, .doc = "Load at which the target began to give way; null: it did not." },
    { NULL }
};

static const bm_field_t capacity_fields[] = {
    { "rate", BM_TYPE_NUMBER, MAYBE, .doc = "Highest rate within the SLOs." },
    { "passed", BM_TYPE_NUMBER, MAYBE, .doc = "Highest rate that passed." },
    { "failed", BM_TYPE_NUMBER, MAYBE, .doc = "Lowest rate that did not." },
    { "confidence", BM_TYPE_NUMBER, OURS, .doc = "Of the statement." },
    { "limited_by", BM_TYPE_STRING, MAYBE, .doc = "What the next rate broke." },
    { "statement", BM_TYPE_STRING, OURS, .doc = "All of that in words." },
    { NULL }
};

static const bm_field_t retries_fields[] = {
    { "attempts", BM_TYPE_INT, OURS, .doc = "Attempts after the first." },
    { "recovered", BM_TYPE_INT, OURS, .doc = "Requests that succeeded by them." },
    { NULL }
};

static const bm_field_t wait_fields[] = {
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "max", BM_TYPE_NUMBER, MAYBE, .doc = "The longest." },
    { NULL }
};

static const bm_field_t hedge_fields[] = {
    { "sent", BM_TYPE_INT, OURS, .doc = "Copies that went out." },
    { "won", BM_TYPE_INT, OURS, .doc = "Requests that a copy completed first." },
    { NULL }
};

static const bm_field_t endpoint_fields[] = {
    { "url", BM_TYPE_STRING, OURS, .doc = "As the plan has it." },
    { "attempts", BM_TYPE_INT, OURS, .doc = "Attempts that it was asked." },
    { "share", BM_TYPE_NUMBER, MAYBE, .doc = "Of all attempts." },
    { "success", BM_TYPE_NUMBER, MAYBE, .doc = "Completed of its attempts, in percent." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile until the last content, from the real send." },
    { NULL }
};

static const bm_field_t endpoints_fields[] = {
    { "imbalance", BM_TYPE_NUMBER, MAYBE, .doc = "The largest share over the mean share: 1 is even." },
    { "list", BM_TYPE_ARRAY, OURS, .members = endpoint_fields, .doc = "In the plan's order." },
    { NULL }
};

static const bm_field_t cache_fields[] = {
    { "hit_rate", BM_TYPE_NUMBER, MAYBE,
      .doc = "usage: cached of all prompt tokens; ttft_mixture: share of quick answers; null: neither can be told." },
    { "from", BM_TYPE_ENUM, MAYBE, .values = "usage|ttft_mixture", .doc = "Where hit_rate comes from." },
    { "repeated_share", BM_TYPE_NUMBER, MAYBE, .doc = "Share of requests that asked what was asked before in this load test." },
    { NULL }
};

static const bm_field_t faults_fields[] = {
    { "delayed", BM_TYPE_INT, OURS, .doc = "Attempts that were sent later for it." },
    { "delay_ms", BM_TYPE_OBJECT, OURS, .members = wait_fields, .doc = "By how much, losses included." },
    { "lost", BM_TYPE_INT, OURS, .doc = "Attempts whose send was lost, once or more often." },
    { "aborted", BM_TYPE_INT, OURS, .doc = "Attempts that we closed: injected_abort." },
    { "timed_out", BM_TYPE_INT, OURS, .doc = "Attempts that ended by the tighter time-out: injected_timeout." },
    { "dead", BM_TYPE_INT, OURS, .doc = "Attempts that went to where nobody listens: injected_dead." },
    { "recovered", BM_TYPE_INT, OURS, .doc = "Requests that completed although one of these three ended an attempt of theirs." },
    { NULL }
};

static const bm_field_t rate_limit_fields[] = {
    { "waits", BM_TYPE_INT, OURS, .doc = "Requests that were held back." },
    { "wait_ms", BM_TYPE_OBJECT, OURS, .members = wait_fields, .doc = "How long." },
    { NULL }
};

static const bm_field_t circuit_fields[] = {
    { "opened", BM_TYPE_INT, OURS, .doc = "How often." },
    { "refused", BM_TYPE_INT, OURS, .doc = "Requests that were not sent meanwhile." },
    { NULL }
};

static const bm_field_t policies_fields[] = {
    { "retries", BM_TYPE_OBJECT, OURS, .members = retries_fields, .doc = "Failures that were tried again." },
    { "rate_limit", BM_TYPE_OBJECT, OURS, .members = rate_limit_fields, .doc = "What the target's limits held back." },
    { "circuit", BM_TYPE_OBJECT, OURS, .members = circuit_fields, .doc = "Its circuit breaker." },
    { NULL }
};

static const bm_field_t used_price_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the price." },
    { "model", BM_TYPE_STRING, OURS, .doc = "Name of the model, as the price has it." },
    { "input_per_million", BM_TYPE_NUMBER, OURS, .doc = "Price of a million prompt tokens." },
    { "cached_input_per_million", BM_TYPE_NUMBER, OURS, .doc = "Of those that came from a cache." },
    { "output_per_million", BM_TYPE_NUMBER, OURS, .doc = "Price of a million output tokens." },
    { NULL }
};

static const bm_field_t cost_fields[] = {
    { "currency", BM_TYPE_STRING, OURS, .doc = "ISO 4217 code." },
    { "total", BM_TYPE_NUMBER, MAYBE, .doc = "Warm-up included." },
    { "window", BM_TYPE_NUMBER, MAYBE, .doc = "Of the measuring window." },
    { "per_request", BM_TYPE_NUMBER, MAYBE, .doc = "Of it by attempts." },
    { "per_good_request", BM_TYPE_NUMBER, MAYBE, .doc = "Of it by good requests." },
    { "max_cost", BM_TYPE_NUMBER, MAYBE, .doc = "The plan's spend cap." },
    { "unpriced", BM_TYPE_INT, OURS, .doc = "Answers without a count of tokens." },
    { "price", BM_TYPE_OBJECT, OURS, .members = used_price_fields, .doc = "What it was computed by." },
    { NULL }
};

const bm_field_t bm_loadtest_results_fields[] = {
    { "loop", BM_TYPE_ENUM, OURS, .values = "open|closed|semi_open", .doc = "How load was made." },
    { "window_seconds", BM_TYPE_NUMBER, OURS, .doc = "The measuring window, of all steps." },
    { "truncated", BM_TYPE_STRING, MAYBE, .doc = "Why sending ended before its time." },
    { "truncated_by", BM_TYPE_ENUM, SOME, .values = "max_requests|max_total_tokens|max_cost",
      .doc = "Which limit of the plan ended it; absent: none did." },
    { "warmup", BM_TYPE_OBJECT, OURS, .members = warmup_fields, .doc = "What does not count." },
    { "attempted", BM_TYPE_INT, OURS, .doc = "Requests of the window, those that could not be sent included." },
    { "completed", BM_TYPE_INT, OURS, .doc = "Those that ended well." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Those that failed." },
    { "cancelled", BM_TYPE_INT, OURS, .doc = "Those that were cancelled." },
    { "errors", BM_TYPE_OBJECT, OURS, .members = bm_field_integers, .doc = "Failures by class." },
    { "success", BM_TYPE_OBJECT, OURS, .members = success_fields, .doc = "How many completed." },
    { "rates", BM_TYPE_OBJECT, OURS, .members = rates_fields, .doc = "Planned, offered and completed load." },
    { "metrics", BM_TYPE_OBJECT, OURS, .members = metrics_fields, .doc = "Latencies by name." },
    { "send_lag", BM_TYPE_OBJECT, OURS, .members = send_lag_fields, .doc = "Sent later than planned." },
    { "throughput", BM_TYPE_OBJECT, OURS, .members = throughput_fields, .doc = "Requests and tokens per second." },
    { "goodput", BM_TYPE_OBJECT, OURS, .members = goodput_fields, .doc = "What was good enough." },
    { "client_lag", BM_TYPE_OBJECT, OURS, .members = client_lag_fields, .doc = "How far the engine was behind." },
    { "steps", BM_TYPE_ARRAY, OURS, .members = step_fields, .schema = "LoadTestStep", .doc = "Of a ramp, sweep or search." },
    { "saturation", BM_TYPE_OBJECT, MAYBE, .members = saturation_fields, .doc = "Null: fewer than three steps." },
    { "capacity", BM_TYPE_OBJECT, MAYBE, .members = capacity_fields, .doc = "Of a search." },
    { "hedge", BM_TYPE_OBJECT, SOME, .members = hedge_fields,
      .doc = "What copies of requests did in the window; only of a plan with them." },
    { "endpoints", BM_TYPE_OBJECT, SOME, .members = endpoints_fields,
      .doc = "What each endpoint did in the window; only of a plan with endpoints." },
    { "classes", BM_TYPE_OBJECT, SOME, .members = bm_loadtest_class_results_fields,
      .doc = "How classes of requests shared their budget in the window; only of a plan with classes." },
    { "cache", BM_TYPE_OBJECT, SOME, .members = cache_fields,
      .doc = "What the target had in its cache, of requests that completed in the window; only of a plan with a dataset." },
    { "faults", BM_TYPE_OBJECT, SOME, .members = faults_fields,
      .doc = "What we did to attempts of the window; only where the plan asks for it." },
    { "used", BM_TYPE_OBJECT, SOME, .members = used_fields, .schema = "LoadTestUse", .doc = "What all of it used." },
    { "policies", BM_TYPE_OBJECT, OURS, .members = policies_fields, .doc = "What the policies of plan and target did." },
    { "cost", BM_TYPE_OBJECT, MAYBE, .members = cost_fields, .doc = "Null: no price of the model is known." },
    { NULL }
};
