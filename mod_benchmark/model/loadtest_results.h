/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_results.h: what a load test says of itself while it runs and when it has ended, for the reference. It is
 * written by the files of loadtest/ (load_result.c begins it); tests hold real answers against these tables. */
#ifndef BM_MODEL_LOADTEST_RESULTS_H
#define BM_MODEL_LOADTEST_RESULTS_H

#include "model/field.h"

extern const bm_field_t bm_loadtest_progress_fields[];
extern const bm_field_t bm_loadtest_validity_fields[];
extern const bm_field_t bm_loadtest_certificate_fields[];
extern const bm_field_t bm_loadtest_headline_fields[];
extern const bm_field_t bm_loadtest_results_fields[];

#endif
