/* SPDX-License-Identifier: Apache-2.0
 *
 * api/training_api.h: /training/sessions (docs/training.md): begin, look at, stop, delete; their problems and seconds. */
#ifndef BM_API_TRAINING_API_H
#define BM_API_TRAINING_API_H

#include "api/api.h"

extern const bm_route_t bm_training_api_routes[];

#endif
