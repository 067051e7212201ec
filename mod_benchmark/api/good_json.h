/* SPDX-License-Identifier: Apache-2.0
 *
 * api/good_json.h: how much was good (kpi/kpi_good.h), as members that answers have in common. Thread: no state. */
#ifndef BM_API_GOOD_JSON_H
#define BM_API_GOOD_JSON_H

#include "api/api.h"
#include "kpi/kpi_good.h"
#include "model/field_values.h"

/** Rows of a table of fields, for what bm_good_json_write writes; also: further flags. */
#define BM_GOOD_FIELDS(also) \
    { "good", BM_TYPE_INT, BM_FIELD_READ_ONLY | (also), \
      .doc = "Runs that completed within every max of the SLOs that their scenario had (docs/slos.md)." }, \
    { "attainment", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | (also), \
      .doc = "Good of the attempts, in percent; null: no attempts." }, \
    { "attainment_interval", BM_FIELD_PAIR(BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | (also)), \
      .doc = "95 % Wilson interval of it, [low, high]." }, \
    { "cost_per_good_result", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | (also), \
      .doc = "All cost by good runs, in the currency of the prices; null: none was good, or no cost is known." }

/** Likewise for bm_good_json_rates. */
#define BM_GOOD_RATE_FIELDS \
    { "goodput_per_second", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, \
      .doc = "Good runs per second of the window; null: it has no begin." }, \
    { "pass_k", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = bm_pass_k_fields, \
      .doc = "pass^k: how likely k attempts all pass, over the scenarios." }

/** Members of pass_k. */
extern const bm_field_t bm_pass_k_fields[];

/** k where the query names none, and the row of a query table that says it. */
#define BM_PASS_K_DEFAULT 4
#define BM_PASS_K_PARAM { "k", BM_QUERY_INT, 1, 1000, NULL, "k of pass^k (default 4)." }

/** Write the members of counted runs into an open object. */
void bm_good_json_write(bm_jw_t *w, const bm_kpi_counts_t *counts);

/** Write goodput over a window of seconds (NaN: not known), and pass^k. tasks: counts of each scenario. */
void bm_good_json_rates(bm_jw_t *w, const bm_kpi_counts_t *counts, double seconds, const bm_kpi_counts_t *const *tasks, int n,
                        int k);

#endif
