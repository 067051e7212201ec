/* SPDX-License-Identifier: Apache-2.0
 *
 * auth_api.c: /auth: log in, refresh, log out, who am I; the keys that sign access tokens, and JWKS (RFC 7517) with their public
 * parts. */
#include "api/auth_api.h"

#include <string.h>
#include <apr_strings.h>
#include "api/auth_refresh.h"
#include "api/auth_reply.h"
#include "base/log.h"
#include "store/session_store.h"
#include "store/user_store.h"

static const bm_field_t login_fields[] = {
    { "email", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, BM_USER_NAME_MAX, .doc = "Name or address." },
    { "password", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 1024, .doc = "Password." },
    { "cookie", BM_TYPE_BOOL, 0, .fallback = "false", .doc = "true: set a cookie that scripts cannot read, and give no tokens." },
    { NULL }
};
static const bm_schema_t login_schema = { "AuthLogin", login_fields };

static const bm_field_t logout_fields[] = {
    { "everywhere", BM_TYPE_BOOL, 0, .fallback = "false", .doc = "true: all sessions of this user." },
    { NULL }
};
static const bm_schema_t logout_schema = { "AuthLogout", logout_fields };

static const bm_schema_t user_schema = { "AuthUser", bm_auth_user_fields };

static const bm_field_t token_status_fields[] = {
    { "has_valid_token", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether Amazon's API can be asked." },
    { "requires_authentication", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether somebody has to connect an account." },
    { "message", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "The same for people." },
    { NULL }
};
static const bm_schema_t token_status_schema = { "AuthTokenStatus", token_status_fields };

static const bm_field_t jwk_fields[] = {
    { "kty", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "OKP (RFC 8037)." },
    { "crv", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Ed25519." },
    { "alg", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "EdDSA." },
    { "use", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "sig." },
    { "kid", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Id, as in the header of tokens." },
    { "x", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "The public key." },
    { NULL }
};
static const bm_field_t jwks_fields[] = {
    { "keys", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = jwk_fields, .schema = "Jwk", .doc = "All that are believed." },
    { NULL }
};
static const bm_schema_t jwks_schema = { "Jwks", jwks_fields };

static const bm_field_t signing_key_fields[] = {
    { "kid", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Id of the new key." },
    { "signs_in_seconds", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "When tokens are signed with it: all nodes know it by then." },
    { NULL }
};
static const bm_schema_t signing_key_schema = { "SigningKey", signing_key_fields };

static void key_string(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

/* --- in and out */

/* The session that the request showed ends: it may have been somebody else's, and its cookie planted. */
static apr_status_t end_shown(bm_req_t *q, int *pended)
{
    const bm_identity_t *who = q->who.identity;

    *pended = 0;
    return who != NULL && who->session[0] != '\0' ? bm_session_store_end(pended, q->db, who->session, q->err, q->p) : APR_SUCCESS;
}

/* With the password checked. One answer for all that is wrong with a login. */
static apr_status_t let_in(bm_req_t *q, const bm_identity_t *who)
{
    int cookie = json_is_true(json_object_get(q->body, "cookie")), ended = 0;
    apr_status_t rv = bm_api_open(&q->db, q);

    q->who.projects = who->user_id != 0 ? who->projects : bm_projects_all();        /* for the audit log */
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS && cookie)
        rv = end_shown(q, &ended);
    if (rv == APR_SUCCESS && who->user_id != 0)
        rv = bm_user_store_signed_in(q->db, who->user_id, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_auth_reply_session(q, who, cookie);
    q->access_changed |= ended;
    return rv;
}

static apr_status_t login(bm_req_t *q)
{
    const char *name = json_string_value(json_object_get(q->body, "email"));
    const char *password = json_string_value(json_object_get(q->body, "password"));
    bm_identity_t who;
    apr_status_t rv;

    if (q->api->check_password == NULL)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "This server has no logins.");
    rv = q->api->check_password(&who, q, name, password);
    if (rv == APR_SUCCESS) {
        q->who.user = apr_pstrdup(q->p, who.user);       /* whom the audit log names */
        rv = let_in(q, &who);
    }
    else if (APR_STATUS_IS_EACCES(rv)) {
        bm_log(BM_LOG_INFO, 0, BMLOG(0902) "request %s: a login from %s failed", q->request_id, q->address);
        rv = bm_err_set(q->err, APR_EACCES, "login_failed", "Name or password is wrong.");
    }
    return rv;
}

static apr_status_t logout(bm_req_t *q)
{
    const bm_identity_t *who = q->who.identity;
    int ended = 0, everywhere = json_is_true(json_object_get(q->body, "everywhere"));
    apr_status_t rv;

    if (everywhere && q->who.user != NULL) {
        rv = who != NULL && who->user_id != 0 ? bm_user_store_end_sessions(q->db, who->user_id, q->err, q->p)
                                              : bm_session_store_end_of(q->db, q->who.user, q->err, q->p);
        ended = 1;
    }
    else
        rv = end_shown(q, &ended);
    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = ended;
    bm_auth_clear_cookie(q);
    bm_api_reply_message(q, ended ? "Logged out." : "There was no session.");
    return APR_SUCCESS;
}

static apr_status_t me(bm_req_t *q)
{
    if (q->who.user == NULL)
        return bm_err_set(q->err, APR_EACCES, "not_authenticated", "Nobody is logged in.");
    return bm_auth_write_user(q, q->who.user, q->who.identity != NULL ? q->who.identity->user_id : 0, q->who.role, 1);
}

static apr_status_t token_status(bm_req_t *q)
{
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "has_valid_token");
    bm_jw_bool(&q->w, 0);
    bm_jw_key(&q->w, "requires_authentication");
    bm_jw_bool(&q->w, 1);
    key_string(q, "message", "No Amazon account is connected.");
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- keys */

static apr_status_t jwks(bm_req_t *q)
{
    bm_sign_key_t keys[BM_SIGNING_KEYS_MAX];
    int i, n = bm_authenticator_keys(keys, q->api->auth, q->err, q->p);

    if (n < 0)
        return APR_EAGAIN;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "keys");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++) {
        bm_jw_begin_object(&q->w);
        key_string(q, "kty", "OKP");
        key_string(q, "crv", "Ed25519");
        key_string(q, "alg", "EdDSA");
        key_string(q, "use", "sig");
        key_string(q, "kid", keys[i].kid);
        key_string(q, "x", bm_base64url(keys[i].public_key, sizeof(keys[i].public_key), q->p));
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t rotate(bm_req_t *q)
{
    bm_sign_key_t key;
    apr_status_t rv = bm_authenticator_rotate(&key, q->api->auth, q->db, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_log(BM_LOG_NOTICE, 0, BMLOG(0903) "request %s: a new key for access tokens, %s", q->request_id, key.kid);
    bm_jw_begin_object(&q->w);
    key_string(q, "kid", key.kid);
    bm_jw_key(&q->w, "signs_in_seconds");
    bm_jw_int(&q->w, BM_SIGNING_KEY_WAITS);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* A handler that opens the connection itself. */
static apr_status_t with_connection(bm_req_t *q, bm_handler_fn *handler)
{
    apr_status_t rv = handler(q);

    q->api->source->close(q->db, q->api->source);       /* rolls back what is not committed */
    q->db = NULL;
    return rv;
}

/* No connection while a password is hashed. */
static apr_status_t auth_login(bm_req_t *q)
{
    return with_connection(q, login);
}

/* Its transaction is its own: it is committed whatever the answer is. */
static apr_status_t auth_refresh(bm_req_t *q)
{
    apr_status_t rv = bm_api_open(&q->db, q);

    return rv == APR_SUCCESS ? with_connection(q, bm_auth_refresh) : rv;
}

#define OPEN (BM_ROUTE_ANY_CREDENTIAL | BM_ROUTE_SECRET)

const bm_route_t bm_auth_api_routes[] = {
    { "POST", "/auth/login", BM_ROLE_NONE, auth_login, BM_ROUTE_NO_DATABASE | OPEN, 200, NULL, &login_schema,
      &bm_auth_tokens_schema, "login", "auth", "Begin a session with name and password." },
    { "POST", "/auth/refresh", BM_ROLE_NONE, auth_refresh, BM_ROUTE_NO_DATABASE | OPEN | BM_ROUTE_MAY_BE_BARE, 200, NULL,
      &bm_auth_refresh_schema, &bm_auth_tokens_schema, "refreshToken", "auth", "Another access token of the same session." },
    { "POST", "/auth/logout", BM_ROLE_NONE, logout, BM_ROUTE_ANY_CREDENTIAL | BM_ROUTE_MAY_BE_BARE, 200, NULL, &logout_schema,
      NULL, "logout", "auth", "End the session; its cookie and tokens are worth nothing from then on." },
    { "GET", "/auth/me", BM_ROLE_VIEWER, me, 0, 200, NULL, NULL, &user_schema, "getAuthUser", "auth", "Who is logged in." },
    { "GET", "/auth/token-status", BM_ROLE_VIEWER, token_status, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &token_status_schema,
      "getTokenStatus", "auth", "Whether an Amazon account is connected." },
    { "POST", "/auth/signing-keys", BM_ROLE_ADMIN, rotate, BM_ROUTE_MAY_BE_BARE | BM_ROUTE_WHOLE, 201, NULL, NULL,
      &signing_key_schema,
      "rotateSigningKey", "auth", "A new key for access tokens; those before it are believed until their tokens have expired." },
    { "GET", "/.well-known/jwks.json", BM_ROLE_NONE, jwks, BM_ROUTE_NO_DATABASE | BM_ROUTE_ANY_CREDENTIAL, 200, NULL, NULL,
      &jwks_schema, "getJwks", "auth", "The keys that access tokens are signed with, for others who check them." },
    { NULL }
};
