/* SPDX-License-Identifier: Apache-2.0
 *
 * model/identity.h: whom a credential of ours stands for, and how far. Flat, so that it can be kept beside the credential's hash
 * (auth/credential_cache.h). Thread: a value. */
#ifndef BM_MODEL_IDENTITY_H
#define BM_MODEL_IDENTITY_H

#include <apr_time.h>
#include "model/projects.h"
#include "model/role.h"
#include "model/scope.h"

#define BM_USER_NAME_MAX 255
#define BM_SESSION_ID_LENGTH 22

typedef enum bm_credential_e {
    BM_CREDENTIAL_NONE = 0,          /* none of ours: anonymous, or a user of httpd's */
    BM_CREDENTIAL_SESSION,           /* the cookie of the login page */
    BM_CREDENTIAL_TOKEN,             /* a signed access token */
    BM_CREDENTIAL_KEY,               /* an API key */
    BM_CREDENTIAL_PASSWORD           /* one of our users, by AuthBasicProvider benchmark */
} bm_credential_e;

typedef struct bm_identity_t {
    bm_credential_e credential;
    char user[BM_USER_NAME_MAX + 1];
    apr_int64_t user_id;             /* 0: a user of another provider */
    apr_int64_t key_id;              /* of an API key; else 0 */
    apr_int64_t epoch;               /* users.epoch */
    bm_role_e role;                  /* of our table of users; BM_ROLE_NONE for users of another provider */
    bm_role_e most;                  /* what the credential gives at most */
    unsigned scopes;                 /* what it may be used for */
    bm_projects_t projects;          /* what he sees: of a user of ours his row's, of a key no more than its own */
    char session[BM_SESSION_ID_LENGTH + 1];
    apr_time_t until;                /* by this node's clock: worth nothing afterwards; 0: no limit */
} bm_identity_t;

#endif
