/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/inputs.h: from run_queue.spec (model/run_spec.h) to a call that a provider can start.
 *
 * Order: inputs are filled first, each member after those it refers to; then the connection, from the filled inputs. A
 * value is never searched for placeholders. secret.NAME comes from the vault and is remembered as a value to mask,
 * env.NAME from the administrator's list (not masked).
 *
 * Where in the connection: url and target_url percent-encode what is put in, unless they begin with a placeholder; header
 * values may hold no control characters; a text body that is JSON is filled as JSON, a form is percent-encoded; everything
 * else is JSON. A run in mock mode needs nothing: nothing is filled.
 *
 * Thread: recorder (any; no state). */
#ifndef BM_ENGINE_INPUTS_H
#define BM_ENGINE_INPUTS_H

#include "base/settings.h"
#include "check/assertion.h"
#include "kpi/kpi_slo.h"
#include "policy/retry.h"
#include "provider/provider.h"
#include "secret/vault.h"

typedef struct bm_run_inputs_t {
    bm_call_t *call;             /* run_id and attempt are the caller's to set */
    bm_assertions_t *assertions; /* run_settings.assertions; NULL: none */
    bm_kpi_slo_t slos[BM_SLOS_MAX];      /* the scenario's when the run was queued */
    int slo_count;
    bm_retry_policy_t retry;     /* after a failure of the target: run_settings.retry, */
    int max_attempts;            /* and how often: also run_settings.max_attempts; 1 if neither is given */
} bm_run_inputs_t;

/** Read a spec. Everything is in p; the vault (may be NULL) must outlive it. @return APR_EINVAL: it cannot be performed; err has
 *  a code (unknown_provider, bad_spec) or violations below /inputs, /connection and /run_settings/assertions. *pinputs is then
 *  NULL. */
apr_status_t bm_inputs_read(bm_run_inputs_t **pinputs, const char *spec, const bm_settings_t *settings, bm_vault_t *vault,
                            bm_err_t *err, apr_pool_t *p);

/** What is wrong, as one sentence for runs.error: the detail of err, else its violations (the first three, and how many
 *  more). Never NULL. */
const char *bm_inputs_complaint(const bm_err_t *err, apr_pool_t *p);

#endif
