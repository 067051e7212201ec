/* SPDX-License-Identifier: Apache-2.0
 *
 * api/secrets_api.h: the routes of this resource. */
#ifndef BM_API_SECRETS_API_H
#define BM_API_SECRETS_API_H

#include "api/api.h"

extern const bm_route_t bm_secrets_api_routes[];

#endif
