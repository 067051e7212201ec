/* SPDX-License-Identifier: Apache-2.0
 *
 * api/auth_reply.h: what login and refresh answer: a session, as tokens or as a cookie. Thread: no state. */
#ifndef BM_API_AUTH_REPLY_H
#define BM_API_AUTH_REPLY_H

#include "api/api.h"

/** What an answer has of the user. */
extern const bm_field_t bm_auth_user_fields[];

/** {access_token, token_type, expires_in, refresh_token, user}. */
extern const bm_schema_t bm_auth_tokens_schema;

/** Name of the cookie: over https one that no other host and no plain connection can have set. */
const char *bm_auth_cookie_name(int secure);

/** Begin a session of who and answer with its tokens; cookie: set one instead, which scripts do not see. q->db is open. */
apr_status_t bm_auth_reply_session(bm_req_t *q, const bm_identity_t *who, int cookie);

/** Answer with an access token of a session. refresh may be NULL. */
apr_status_t bm_auth_reply_tokens(bm_req_t *q, const char *user, apr_int64_t user_id, const char *session, apr_int64_t now,
                                  apr_int64_t ends, const char *refresh);

/** Take the cookie away from the client. */
void bm_auth_clear_cookie(bm_req_t *q);

/** Write {id, email, name, role}. user_id 0: name and address are both what the server calls him. */
apr_status_t bm_auth_write_user(bm_req_t *q, const char *user, apr_int64_t user_id, bm_role_e role, int with_role);

#endif
