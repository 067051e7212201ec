/* SPDX-License-Identifier: Apache-2.0
 *
 * api/password_links_api.h: the routes of this resource. */
#ifndef BM_API_PASSWORD_LINKS_API_H
#define BM_API_PASSWORD_LINKS_API_H

#include "api/api.h"

extern const bm_route_t bm_password_links_api_routes[];

#endif
