/* SPDX-License-Identifier: Apache-2.0 */
#include "model/run_model.h"

#include <stddef.h>
#include <string.h>
#include "model/field_values.h"
#include "model/location.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    TIME_MS = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | BM_FIELD_MICROS
};

const bm_field_t bm_run_inter_token_fields[] = {
    { "mean_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Mean gap." },
    { "p50_ms", BM_TYPE_NUMBER, MAYBE, .doc = "Median gap." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE, .doc = "95th percentile." },
    { "p99_ms", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "n", BM_TYPE_INT, OURS, .doc = "Number of gaps." },
    { "provenance", BM_TYPE_ENUM, OURS, .values = "usage|chunk|progress",
      .doc = "usage: inter-token latency by token counts; chunk: gaps between chunks; progress: between progress events." },
    { NULL }
};

static const bm_field_t tokens_fields[] = {
    { "prompt", BM_TYPE_INT, MAYBE, .column = "tokens_prompt", .doc = "Tokens of the prompt." },
    { "completion", BM_TYPE_INT, MAYBE, .column = "tokens_completion", .doc = "Output tokens, reasoning included." },
    { "reasoning", BM_TYPE_INT, MAYBE, .column = "tokens_reasoning", .doc = "Output tokens that were reasoning." },
    { "cached", BM_TYPE_INT, MAYBE, .column = "tokens_cached", .doc = "Prompt tokens that came from a cache." },
    { "provenance", BM_TYPE_ENUM, MAYBE, .values = "usage|timings|counted", .column = "tokens_provenance",
      .doc = "Who counted: the usage record, the server's timings, or we." },
    { NULL }
};

static const bm_field_t phases_fields[] = {
    { "queue_ms", BM_TYPE_NUMBER, TIME_MS, .column = "queue_us", .doc = "Due until claimed by an engine." },
    { "dns_ms", BM_TYPE_NUMBER, TIME_MS, .column = "dns_us", .doc = "Name resolution." },
    { "connect_ms", BM_TYPE_NUMBER, TIME_MS, .column = "connect_us", .doc = "TCP connect." },
    { "tls_ms", BM_TYPE_NUMBER, TIME_MS, .column = "tls_us", .doc = "TLS handshake." },
    { "send_ms", BM_TYPE_NUMBER, TIME_MS, .column = "send_us", .doc = "Connected until the request was sent." },
    { "wait_ms", BM_TYPE_NUMBER, TIME_MS, .column = "wait_us", .doc = "Sent until the first byte of the answer." },
    { "stream_ms", BM_TYPE_NUMBER, TIME_MS, .column = "stream_us", .doc = "First byte until the end." },
    { NULL }
};

static const bm_field_t lag_fields[] = {
    { "p50", BM_TYPE_INT, MAYBE, .column = "lag_p50_us", .doc = "Median, in microseconds." },
    { "p99", BM_TYPE_INT, MAYBE, .column = "lag_p99_us", .doc = "99th percentile, in microseconds." },
    { "max", BM_TYPE_INT, MAYBE, .column = "lag_max_us", .doc = "Largest, in microseconds." },
    { NULL }
};

static const bm_field_t request_fields[] = {
    { "method", BM_TYPE_STRING, OURS, .doc = "HTTP method." },
    { "url", BM_TYPE_STRING, OURS, .doc = "URL." },
    { "headers", BM_TYPE_OBJECT, OURS, .members = bm_field_texts, .doc = "Headers; values that came from a secret are masked." },
    { "body", BM_TYPE_ANY, OURS, .doc = "Body; masked likewise." },
    { NULL }
};

const bm_field_t bm_run_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the run; newer runs have higher ones." },
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "Scenario that was run." },
    { "automation_id", BM_TYPE_INT, OURS, .doc = "Automation that it was asked of." },
    { "project_id", BM_TYPE_INT, OURS, .doc = "Project that it belongs to." },
    { "kind", BM_TYPE_ENUM, OURS, .values = BM_RUN_KINDS,
      .column = BM_RUN_KINDS_SQL "[kind + 1]", .doc = "What it was made for." },
    { "scenario_version", BM_TYPE_INT, OURS, .doc = "Version of the scenario that it was made from." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_RUN_STATUSES, .doc = "Where it stands; the last four are final." },
    { "provider", BM_TYPE_ENUM, OURS, .values = "openai|anthropic|tinyfish|http|mock", .doc = "Kind of target." },
    { "model", BM_TYPE_STRING, MAYBE, .doc = "Model, as the target named it." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was queued." },
    { "run_at", BM_TYPE_TIME, OURS, .doc = "When it was due." },
    { "started_at", BM_TYPE_TIME, MAYBE, .doc = "When an engine took it." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .doc = "When it ended." },
    { "total_duration_ms", BM_TYPE_NUMBER, TIME_MS, .column = "total_us",
      .doc = "From handing the request to the network until its last byte, connecting included." },
    { "ttft_ms", BM_TYPE_NUMBER, TIME_MS, .column = "ttft_us",
      .doc = "Time to first token: request sent until the first chunk with content." },
    { "inter_token_stats", BM_TYPE_OBJECT, MAYBE, .members = bm_run_inter_token_fields,
      .doc = "Gaps between tokens, chunks or progress events." },
    { "error", BM_TYPE_STRING, MAYBE, .doc = "Why it failed, as a sentence." },
    { "error_code", BM_TYPE_STRING, MAYBE, .doc = "Why it failed, for a program." },
    { "http_status", BM_TYPE_INT, MAYBE, .doc = "HTTP status of the answer." },
    { "tinyfish_run_id", BM_TYPE_STRING, MAYBE, .doc = "Number of the run at the target." },
    { "attempt", BM_TYPE_INT, OURS, .doc = "How often it was started." },
    { "max_attempts", BM_TYPE_INT, OURS, .doc = "How often it may be started." },
    { "priority", BM_TYPE_INT, OURS, .doc = "Higher goes first." },
    { "labels", BM_TYPE_STRINGS, OURS, .column = "array_to_json(labels)", .doc = "Words to find it by." },
    { "created_by", BM_TYPE_STRING, MAYBE, .doc = "User who asked for it; null: anonymous." },
    { "cancel_requested", BM_TYPE_BOOL, OURS, .doc = "Whether someone asked to cancel it." },
    { "tokens", BM_TYPE_OBJECT, MAYBE, .members = tokens_fields, .column = "", .doc = "Token counts." },
    { "cost", BM_TYPE_NUMBER, MAYBE, .column = "round(cost_nano / 1e9, 9)",
      .doc = "What its tokens cost by the prices that held when it ended; null: no price or no tokens are known." },
    { "e2e_ms", BM_TYPE_NUMBER, TIME_MS, .column = "e2e_us", .doc = "Request sent until the last content." },
    { "ttfb_ms", BM_TYPE_NUMBER, TIME_MS, .column = "ttfb_us", .doc = "Request sent until the first byte of the answer." },
    { "ttfo_ms", BM_TYPE_NUMBER, TIME_MS, .column = "ttfo_us",
      .doc = "Request sent until the first content that is not reasoning." },
    { "ttst_ms", BM_TYPE_NUMBER, TIME_MS, .column = "ttst_us", .doc = "Gap between the first two chunks with content." },
    { "tpot_ms", BM_TYPE_NUMBER, TIME_MS, .column = "tpot_us", .doc = "Time per output token after the first." },
    { "send_lag_ms", BM_TYPE_NUMBER, TIME_MS, .column = "send_lag_us", .doc = "Sent later than it was due by this much." },
    { "held_ms", BM_TYPE_NUMBER, TIME_MS, .column = "held_us",
      .doc = "Held back by the target's rate limit or because the target asked to wait; null: it was not." },
    { "output_tokens_per_second", BM_TYPE_NUMBER, MAYBE,
      .column = "case when tpot_us > 0 then round(1000000.0 / tpot_us, 3) end",
      .doc = "Output tokens a second as its reader sees them: 1 / tpot." },
    { "chunks", BM_TYPE_INT, MAYBE, .doc = "Events of the stream." },
    { "finish_reason", BM_TYPE_STRING, MAYBE, .doc = "Why the target stopped, in its words." },
    { "phases", BM_TYPE_OBJECT, MAYBE, .members = phases_fields, .column = "", .doc = "Where the time went." },
    { "connection_reused", BM_TYPE_BOOL, MAYBE, .doc = "Whether a warm connection served it." },
    { "client_lag_us", BM_TYPE_OBJECT, MAYBE, .members = lag_fields, .column = "",
      .doc = "The engine's own delay between the kernel's receive time and its own." },
    { "batched_events", BM_TYPE_INT, MAYBE, .doc = "Chunks that arrived together with the one before." },
    { "kernel_stamped", BM_TYPE_BOOL, MAYBE, .doc = "Whether times are the kernel's." },
    { "engine", BM_TYPE_STRING, MAYBE, .doc = "Engine that ran it." },
    { "location", BM_TYPE_STRING, MAYBE, .column = "nullif(location, '')",
      .doc = "Place of the engine that ran it; before that, the only place where it may run." },
    { "pinned", BM_TYPE_BOOL, OURS, .doc = "Whether it was queued for this location alone." },
    { "note", BM_TYPE_STRING, MAYBE, .doc = "Free text, by PATCH." },
    { "inputs", BM_TYPE_OBJECT, MAYBE | BM_FIELD_BULKY, .doc = "Merged inputs." },
    { "request", BM_TYPE_OBJECT, MAYBE | BM_FIELD_BULKY, .members = request_fields,
      .doc = "The request as sent, secrets masked." },
    { "response_json", BM_TYPE_ANY, MAYBE | BM_FIELD_BULKY, .column = "response", .doc = "The answer." },
    { NULL }
};

#define LOCATION_FIELDS BM_LOCATION_FIELDS("run")

const bm_field_t bm_run_trigger_fields[] = {
    { "scenario_id", BM_TYPE_INT, BM_FIELD_REQUIRED, .doc = "Scenario to run." },
    { "inputs_override", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .doc = "Inputs laid over those of automation and scenario." },
    LOCATION_FIELDS,
    { NULL }
};

const bm_field_t bm_run_bulk_fields[] = {
    { "scenario_id", BM_TYPE_INT, BM_FIELD_REQUIRED, .doc = "Scenario to run." },
    { "inputs_override", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .doc = "Inputs laid over those of automation and scenario." },
    { "count", BM_TYPE_INT, 0, 1, BM_RUN_BULK_MAX, .fallback = "1", .doc = "How many runs." },
    { "priority", BM_TYPE_INT, 0, -1000, 1000, .fallback = "0", .doc = "Higher goes first." },
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .doc = "Added to those of the scenario." },
    { "run_at", BM_TYPE_TIME, BM_FIELD_NULLABLE, .doc = "Not before this time; absent: now." },
    LOCATION_FIELDS,
    { NULL }
};

const bm_field_t bm_run_patch_fields[] = {
    { "labels", BM_TYPE_STRINGS, 0, 0, 20, .doc = "Words to find it by." },
    { "note", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 10000, .doc = "Free text." },
    { NULL }
};

const bm_field_t bm_run_cancel_fields[] = {
    { "run_ids", BM_TYPE_ARRAY, BM_FIELD_REQUIRED, 1, BM_RUN_BULK_MAX, .members = bm_field_integers,
      .doc = "Numbers of the runs." },
    { NULL }
};

const bm_field_t bm_run_bulk_answer_fields[] = {
    { "run_ids", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Numbers of the runs that were queued." },
    { "count", BM_TYPE_INT, OURS, .doc = "How many." },
    { "group", BM_TYPE_STRING, MAYBE, .doc = "Label that those made by `locations` have in common; null without locations." },
    { NULL }
};

const bm_field_t bm_run_cancel_answer_fields[] = {
    { "cancelled", BM_TYPE_INT, OURS, .doc = "Runs that were pending or running and will end as cancelled." },
    { "already_finished", BM_TYPE_INT, OURS, .doc = "Runs that had ended before." },
    { "not_found", BM_TYPE_ARRAY, OURS, .members = bm_field_integers, .doc = "Numbers that name no run." },
    { NULL }
};

static const char *const kinds[BM_RUN_KIND_COUNT] = {
    "run", "loadtest", "training", "workflow", "calibration", "trace", "discovery"
};

int bm_run_kind_is_counted(int kind)
{
    return kind != BM_RUN_KIND_CALIBRATION && kind != BM_RUN_KIND_DISCOVERY;
}

int bm_run_kind_is_load(int kind)
{
    return kind == BM_RUN_KIND_LOADTEST || kind == BM_RUN_KIND_TRAINING;
}

const char *bm_run_kind_name(int kind)
{
    return kind >= 0 && kind < BM_RUN_KIND_COUNT ? kinds[kind] : NULL;
}

int bm_run_kind_find(const char *name)
{
    int i;

    for (i = 0; i < BM_RUN_KIND_COUNT; i++)
        if (strcmp(name, kinds[i]) == 0)
            return i;
    return -1;
}
