/* SPDX-License-Identifier: Apache-2.0
 *
 * model/training_model.h: sessions of training and their problems (docs/training.md). Their rows come from `training_sessions t`
 * and `problems b` (store/training_store.h); columns are named with these letters. */
#ifndef BM_MODEL_TRAINING_MODEL_H
#define BM_MODEL_TRAINING_MODEL_H

#include "model/field.h"

#define BM_TRAINING_STATUSES "running|stopping|completed|stopped|failed"
#define BM_TRAINING_POLICIES "ladder|search|ability"
#define BM_TRAINING_TYPES "load_balancing|resource_allocation|fault_tolerance|data_processing|concurrent_requests" \
    "|network_latency|memory_optimization|cache_efficiency"
#define BM_TRAINING_DIFFICULTIES "easy|medium|hard|extreme"
#define BM_TRAINING_PROBLEM_STATUSES "generated|running|completed|failed|cancelled"

/** Body of POST /training/sessions. */
extern const bm_field_t bm_training_plan_fields[];

/** The resource. BM_FIELD_BULKY: left out of lists. */
extern const bm_field_t bm_training_fields[];

/** A problem, given by a session or by hand. */
extern const bm_field_t bm_training_problem_fields[];

/** One second of a session. */
extern const bm_field_t bm_training_second_fields[];

#endif
