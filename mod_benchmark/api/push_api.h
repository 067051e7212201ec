/* SPDX-License-Identifier: Apache-2.0
 *
 * api/push_api.h: traces that agents send: OTLP and the batches of Langfuse's SDKs. */
#ifndef BM_API_PUSH_API_H
#define BM_API_PUSH_API_H

#include "api/api.h"

extern const bm_route_t bm_push_api_routes[];

#endif
