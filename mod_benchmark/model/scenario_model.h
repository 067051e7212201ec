/* SPDX-License-Identifier: Apache-2.0
 *
 * model/scenario_model.h: a scenario is what is asked of an automation. Every change makes a new version. */
#ifndef BM_MODEL_SCENARIO_MODEL_H
#define BM_MODEL_SCENARIO_MODEL_H

#include "model/field.h"

/** The resource. */
extern const bm_field_t bm_scenario_fields[];

/** One row of GET /scenarios/{id}/versions. */
extern const bm_field_t bm_scenario_version_fields[];

#endif
