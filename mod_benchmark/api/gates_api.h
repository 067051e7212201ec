/* SPDX-License-Identifier: Apache-2.0
 *
 * gates_api.h: /gates: one answer for continuous integration: may this pass? */
#ifndef BM_API_GATES_API_H
#define BM_API_GATES_API_H

#include "api/api.h"

extern const bm_route_t bm_gates_api_routes[];

#endif
