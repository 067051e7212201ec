/* SPDX-License-Identifier: Apache-2.0 */
#include "model/discovery_model.h"

#include <stddef.h>
#include "model/field_values.h"
#include "model/run_model.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    TIME_MS = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | BM_FIELD_MICROS
};

const bm_field_t bm_discovery_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the discovery; it is a run's." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_RUN_STATUSES,
      .doc = "Where it stands; completed: the target answered as one of this provider." },
    { "provider", BM_TYPE_ENUM, MAYBE, .values = BM_DISCOVERY_PROVIDERS, .column = "response ->> 'provider'",
      .doc = "What the target is: by its answer if it completed, else as asked or by its address." },
    { "url", BM_TYPE_STRING, MAYBE, .column = "response ->> 'url'",
      .doc = "Base URL for connection.url: the address that was given without the path of a request." },
    { "asked", BM_TYPE_STRING, MAYBE, .column = "request ->> 'url'", .doc = "Address that gave the answer." },
    { "models", BM_TYPE_ARRAY, MAYBE, .members = bm_field_texts, .column = "response -> 'models'",
      .doc = "Names for connection.model in the target's order, 1000 at most; null: it does not tell." },
    { "model_count", BM_TYPE_INT, MAYBE, .column = "(response ->> 'model_count')::integer",
      .doc = "How many it offers, those that are not listed here included." },
    { "http_status", BM_TYPE_INT, MAYBE, .doc = "Status of its answer." },
    { "dns_ms", BM_TYPE_NUMBER, TIME_MS, .column = "dns_us", .doc = "Name resolution." },
    { "connect_ms", BM_TYPE_NUMBER, TIME_MS, .column = "connect_us", .doc = "TCP connect." },
    { "tls_ms", BM_TYPE_NUMBER, TIME_MS, .column = "tls_us", .doc = "TLS handshake." },
    { "ttfb_ms", BM_TYPE_NUMBER, TIME_MS, .column = "ttfb_us", .doc = "Sent until the first byte of the answer." },
    { "total_ms", BM_TYPE_NUMBER, TIME_MS, .column = "total_us", .doc = "Connecting included, until the last byte." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was queued." },
    { "started_at", BM_TYPE_TIME, MAYBE, .doc = "When an engine took it." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .doc = "When it ended; it is forgotten an hour later." },
    { "engine", BM_TYPE_STRING, MAYBE, .doc = "Engine that asked." },
    { "error", BM_TYPE_STRING, MAYBE, .doc = "Why it failed." },
    { "error_code", BM_TYPE_STRING, MAYBE, .doc = "Why it failed, for a program; those of runs." },
    { NULL }
};

const bm_field_t bm_discovery_request_fields[] = {
    { "automation_id", BM_TYPE_INT, BM_FIELD_NULLABLE, 1, 9e15, .doc = "Ask the target of this automation, as it is saved." },
    { "connection", BM_TYPE_OBJECT, BM_FIELD_NULLABLE,
      .doc = "Or this one: members as in an automation; without provider those that all have, such as url, secret, headers." },
    { "provider", BM_TYPE_ENUM, BM_FIELD_NULLABLE, .values = BM_DISCOVERY_PROVIDERS,
      .doc = "What the connection is for; absent: found out." },
    { NULL }
};
