/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_classes.h: the member `classes` of a load test's plan, and what results say of them. Thread: no state. */
#ifndef BM_MODEL_LOADTEST_CLASSES_H
#define BM_MODEL_LOADTEST_CLASSES_H

#include "model/field.h"

extern const bm_field_t bm_loadtest_classes_fields[];
extern const bm_field_t bm_loadtest_class_results_fields[];

/** Check what the table cannot say of a plan that may have classes. is_of_rates: its load is one of rates, without sessions.
 *  Violations below /classes. */
void bm_loadtest_classes_check(const json_t *plan, int is_of_rates, bm_err_t *err, apr_pool_t *p);

/** The member with its defaults, in p. */
json_t *bm_loadtest_classes_complete(const json_t *classes, apr_pool_t *p);

#endif
