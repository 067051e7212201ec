/* SPDX-License-Identifier: Apache-2.0
 *
 * model/retry_model.h: `retry` of a load test's plan and of a scenario's run_settings: which failures are tried again, and when
 * (policy/retry.h). */
#ifndef BM_MODEL_RETRY_MODEL_H
#define BM_MODEL_RETRY_MODEL_H

#include "model/field.h"

/** Classes of failures, as BM_TYPE_STRINGS wants them. */
#define BM_RETRY_CLASSES "connection|rate_limited|overloaded|server_error|timeout|stream"

extern const bm_field_t bm_retry_fields[];

#endif
