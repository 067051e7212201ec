/* SPDX-License-Identifier: Apache-2.0
 *
 * model/slo_model.h: `slos` of a scenario: what its runs have promised (docs/slos.md). Thread: no state. */
#ifndef BM_MODEL_SLO_MODEL_H
#define BM_MODEL_SLO_MODEL_H

#include "model/field.h"

/** Most SLOs of a scenario, and the longest window of one in days. */
#define BM_SLOS_MAX 16
#define BM_SLO_DAYS_MAX 90

/** Metrics of SLOs: figures of a run in ms, those with one value a run and all; and shares of runs in percent. */
#define BM_SLO_SINGLE    "e2e_ms|e2e_scheduled_ms|total_ms|ttft_ms|ttft_scheduled_ms|ttfo_ms|ttst_ms|tpot_ms|ttfb_ms|ntpot_ms"
#define BM_SLO_LATENCIES BM_SLO_SINGLE "|itl_ms|icl_ms"
#define BM_SLO_RATES     "success_rate|good_rate"

/** One element. */
extern const bm_field_t bm_slo_fields[];

/** Hours of a window: "24h" or "28d". 0: it is neither, or not between 1h and BM_SLO_DAYS_MAX days. */
int bm_slo_window_hours(const char *text);

/** What the table cannot say of slos, an array whose elements fit it (others are passed over); violations have pointers below
 *  `prefix`. NULL: no SLOs. @return APR_EINVAL. */
apr_status_t bm_slos_check(const json_t *slos, const char *prefix, bm_err_t *err, apr_pool_t *p);

/** A checked array with the defaults filled in, in p. NULL: an empty one. */
json_t *bm_slos_complete(const json_t *slos, apr_pool_t *p);

#endif
