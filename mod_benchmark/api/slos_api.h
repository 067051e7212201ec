/* SPDX-License-Identifier: Apache-2.0
 *
 * slos_api.h: /scenarios/{id}/slos: what the SLOs of a scenario stand at. */
#ifndef BM_API_SLOS_API_H
#define BM_API_SLOS_API_H

#include "api/api.h"

extern const bm_route_t bm_slos_api_routes[];

#endif
