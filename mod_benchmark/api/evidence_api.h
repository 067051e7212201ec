/* SPDX-License-Identifier: Apache-2.0
 *
 * api/evidence_api.h: GET /loadtests/{id}/evidence. */
#ifndef BM_API_EVIDENCE_API_H
#define BM_API_EVIDENCE_API_H

#include "api/api.h"

extern const bm_route_t bm_evidence_api_routes[];

#endif
