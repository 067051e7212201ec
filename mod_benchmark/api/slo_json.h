/* SPDX-License-Identifier: Apache-2.0
 *
 * api/slo_json.h: a judged SLO as JSON and as a sentence. Thread: no state. */
#ifndef BM_API_SLO_JSON_H
#define BM_API_SLO_JSON_H

#include "api/api.h"
#include "kpi/kpi_slo.h"

/** One element of GET /scenarios/{id}/slos. */
extern const bm_field_t bm_slo_json_fields[];

/** Write the members of a judged SLO into an open object: all of the table but from and burn_rates. json: its definition with
 *  defaults. */
void bm_slo_json_write(bm_jw_t *w, const bm_kpi_slo_t *slo, const json_t *json, const bm_kpi_slo_figures_t *figures,
                       apr_pool_t *p);

/** What it demands, if it has no name: "p95 of ttft_ms <= 500 ms over 28d". In p. */
const char *bm_slo_json_demand(const bm_kpi_slo_t *slo, apr_pool_t *p);

/** What it is at: "p95 is 431 ms; 97.2 % of 640 within, 95 % demanded". In p. */
const char *bm_slo_json_finding(const bm_kpi_slo_t *slo, const bm_kpi_slo_figures_t *figures, apr_pool_t *p);

#endif
