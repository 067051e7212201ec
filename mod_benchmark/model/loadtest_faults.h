/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_faults.h: the member `faults` of a load test's plan. Thread: no state. */
#ifndef BM_MODEL_LOADTEST_FAULTS_H
#define BM_MODEL_LOADTEST_FAULTS_H

#include "model/field.h"

extern const bm_field_t bm_loadtest_faults_fields[];

/** Check what the table cannot say; faults NULL: there are none. Violations below /faults. */
void bm_loadtest_faults_check(const json_t *faults, bm_err_t *err);

#endif
