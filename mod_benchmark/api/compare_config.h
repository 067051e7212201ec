/* SPDX-License-Identifier: Apache-2.0
 *
 * api/compare_config.h: in what the sides of a comparison were set up differently: scenario, automation, provider, model,
 * location, engine; the scenario's content where each side has one version, the automation's where each has one, the plans of
 * two load tests. Thread: one request. */
#ifndef BM_API_COMPARE_CONFIG_H
#define BM_API_COMPARE_CONFIG_H

#include "api/compare_read.h"

/** Most differences that are listed, and most values of each. */
#define BM_COMPARE_DIFFERENCES_MAX 60
#define BM_COMPARE_VALUES_MAX 10

/** One difference. */
typedef struct bm_compare_difference_t {
    const char *what;            /* "model", "plan/load_model/rate" */
    const char *a, *b;           /* JSON texts; "null": not there */
} bm_compare_difference_t;

/** An array of bm_compare_difference_t in q->p. q->db must be open. */
apr_status_t bm_compare_config(apr_array_header_t **pdifferences, const bm_compare_group_t *a, const bm_compare_group_t *b,
                               bm_req_t *q);

#endif
