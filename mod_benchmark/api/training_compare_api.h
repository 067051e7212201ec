/* SPDX-License-Identifier: Apache-2.0
 *
 * api/training_compare_api.h: /training/sessions/compare. */
#ifndef BM_API_TRAINING_COMPARE_API_H
#define BM_API_TRAINING_COMPARE_API_H

#include "api/api.h"

extern const bm_route_t bm_training_compare_api_routes[];

#endif
