/* SPDX-License-Identifier: Apache-2.0
 *
 * api/auth_refresh.h: POST /auth/refresh. */
#ifndef BM_API_AUTH_REFRESH_H
#define BM_API_AUTH_REFRESH_H

#include "api/api.h"

extern const bm_schema_t bm_auth_refresh_schema;

/** With a refresh token, or with an access token while it is valid. */
bm_handler_fn bm_auth_refresh;

#endif
