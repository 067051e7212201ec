/* SPDX-License-Identifier: Apache-2.0
 *
 * api/new_password.h: what a new password must not be (crypt/password_rules.h, BenchmarkPasswordDenyFile). Thread: no state. */
#ifndef BM_API_NEW_PASSWORD_H
#define BM_API_NEW_PASSWORD_H

#include "api/api.h"
#include "crypt/password_rules.h"

/** @return APR_EINVAL with a violation of "/password"; APR_EAGAIN with code password_list_unusable:
 *  BenchmarkPasswordDenyFile cannot be searched, so nobody can say. */
apr_status_t bm_new_password_check(bm_req_t *q, const char *password, const bm_password_owner_t *owner);

/** The same for the password of a body, if it has one. user: as bm_user_fields. */
apr_status_t bm_new_password_check_body(bm_req_t *q, const json_t *user);

#endif
