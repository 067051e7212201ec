/* SPDX-License-Identifier: Apache-2.0
 *
 * model/run_spec.h: run_queue.spec, all that an engine needs to perform a run. Copied when the run is
 * queued, so the engine joins nothing and later edits do not rewrite history.
 *
 *   {
 *     "provider": "openai",               an automation's provider
 *     "mock": false,                      true: answered by the mock instead (BenchmarkMockMode at the time of queueing)
 *     "connection": { ... },              the automation's, placeholders NOT yet filled
 *     "inputs": { ... },                  default_inputs, overlaid by inputs_template, overlaid by inputs_override (first
 *                                         level); placeholders NOT yet filled
 *     "tinyfish_automation_id": "...",    null: none
 *     "run_settings": { ... },            the scenario's; run_settings.timeout_seconds replaces connection.timeout_seconds
 *     "slos": [ ... ],                    the scenario's (model/slo_model.h); absent: none
 *     "calibration": { ... }              calibrations only: {streams, concurrency, tokens, gap_ms, tls}
 *     "discovery": { ... }                discoveries only: {named}
 *     "loadtest": { ... }                 load tests only: the plan (docs/load-tests.md), defaults filled in
 *   }
 *
 * {{name}} in connection and in inputs is filled by the engine when the run starts, from the inputs; secret.* and env.*
 * are looked up there and never stand in the database. That every placeholder has a value is checked when the run is
 * queued. max_attempts, priority and labels are columns of the queue. */
#ifndef BM_MODEL_RUN_SPEC_H
#define BM_MODEL_RUN_SPEC_H

#include <jansson.h>
#include "base/err.h"

/** What a run is made of; all owned by the caller. */
typedef struct bm_run_parts_t {
    const char *provider;
    const json_t *connection;          /* object */
    const json_t *default_inputs;      /* of the automation; object or NULL */
    const json_t *inputs_template;     /* of the scenario */
    const json_t *inputs_override;     /* of the request */
    const json_t *run_settings;        /* of the scenario */
    const char *tinyfish_automation_id;
    int mock;
    const json_t *slos;                /* of the scenario; NULL: none */
    const json_t *loadtest;            /* the plan; NULL: none */
} bm_run_parts_t;

/** The merged inputs: one level of overlays. In p, never NULL. */
json_t *bm_run_spec_inputs(const bm_run_parts_t *parts, apr_pool_t *p);

/** The spec as JSON text in p. inputs: from bm_run_spec_inputs. */
const char *bm_run_spec_text(const bm_run_parts_t *parts, const json_t *inputs, apr_pool_t *p);

#endif
