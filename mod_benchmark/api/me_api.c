/* SPDX-License-Identifier: Apache-2.0
 *
 * me_api.c: /me: who the server takes the client for, so that a page can hide what he may not do. For everyone. What he may
 * change of himself, if he is a user of ours. */
#include "api/me_api.h"

#include <string.h>
#include "api/auth_reply.h"
#include "api/new_password.h"
#include "api/resource.h"
#include "model/user_model.h"
#include "store/user_store.h"

static const bm_field_t me_fields[] = {
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "Name by which httpd knows the user; null: anonymous." },
    { "role", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "none|viewer|operator|admin", .doc = "What he may do." },
    { "anonymous", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether there is no user." },
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Number of the user; null: he is not kept here." },
    { "credential", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "none|session|token|key|password",
      .doc = "What of ours he showed: the cookie of a login, an access token, an API key, or a user's password; none: he is "
             "anonymous, or httpd knows him by itself." },
    { "projects", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .members = bm_each_project,
      .doc = "Numbers of the projects that he sees; null: all." },
    { "scopes", BM_TYPE_STRINGS, BM_FIELD_READ_ONLY, .values = BM_SCOPES, .doc = "What that may be used for." },
    { NULL }
};

static const bm_schema_t me_schema = { "Me", me_fields };
static const bm_schema_t me_body_schema = { "MeBody", bm_me_body_fields };
static const bm_schema_t user_schema = { "User", bm_user_fields };

static const char *credential_name(const bm_identity_t *who)
{
    static const char *const names[] = { "none", "session", "token", "key", "password" };

    return names[who != NULL ? who->credential : BM_CREDENTIAL_NONE];
}

static apr_status_t me_get(bm_req_t *q)
{
    const bm_identity_t *who = q->who.identity;
    unsigned scope;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "user");
    bm_jw_string(&q->w, q->who.user);
    bm_jw_key(&q->w, "role");
    bm_jw_string(&q->w, bm_role_name(q->who.role));
    bm_jw_key(&q->w, "anonymous");
    bm_jw_bool(&q->w, q->who.user == NULL);
    bm_jw_key(&q->w, "id");
    if (who != NULL && who->user_id != 0)
        bm_jw_int(&q->w, who->user_id);
    else
        bm_jw_null(&q->w);
    bm_jw_key(&q->w, "credential");
    bm_jw_string(&q->w, credential_name(who));
    bm_jw_key(&q->w, "projects");
    bm_projects_write(&q->w, &q->who.projects);
    bm_jw_key(&q->w, "scopes");
    bm_jw_begin_array(&q->w);
    for (scope = 1; scope & BM_SCOPE_ALL; scope <<= 1)
        if (who == NULL || (who->scopes & scope))
            bm_jw_string(&q->w, bm_scope_name(scope));
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

/* --- changes */

/* With his password: a browser that somebody left open is not enough to take an account over. */
static apr_status_t check_password(bm_req_t *q, const bm_identity_t *who)
{
    const char *password = json_string_value(json_object_get(q->body, "current_password"));
    bm_user_login_t *login;
    bm_db_t *db;
    apr_status_t rv;

    if (password == NULL)
        return bm_err_violation(q->err, "/current_password", "Is missing: it is needed for this change.");
    rv = bm_authenticator_attempt(q->api->auth, who->user, q->address, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_open(&db, q);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_user_store_login(&login, db, who->user, 0, q->err, q->p);
    q->api->source->close(db, q->api->source);
    if (rv == APR_SUCCESS)
        rv = bm_authenticator_verify(q->api->auth, login != NULL ? login->hash : NULL, password, q->err, q->p);
    if (APR_STATUS_IS_EACCES(rv))
        return bm_err_violation(q->err, "/current_password", "Is wrong.");
    if (rv == APR_SUCCESS)
        bm_authenticator_attempt_was_right(q->api->auth, who->user, q->address, q->p);
    return rv;
}

static apr_status_t change(bm_req_t *q, const bm_identity_t *who, const char *hash)
{
    json_t *stored, *change;
    bm_rows_t *rows;
    apr_status_t rv = bm_user_store_get(&rows, q->db, who->user_id, 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&stored, q, rows, 0, BM_USER_FIRST, bm_user_fields);
    if (rv != APR_SUCCESS)
        return rv;
    change = bm_json_overlay(stored, q->body, q->p);
    rv = bm_new_password_check_body(q, change);
    if (rv == APR_SUCCESS && hash != NULL)
        rv = bm_user_store_set_password(q->db, who->user_id, hash, who->session, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_user_store_put(&rows, q->db, who->user_id, change, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, BM_USER_FIRST, bm_user_fields, bm_resource_etag("u", rows, BM_USER_FIRST, q->p));
    return rv;
}

static apr_status_t check_body(bm_req_t *q, const bm_identity_t *who)
{
    const char *email = json_string_value(json_object_get(q->body, "email"));

    if (who == NULL || who->user_id == 0)
        return bm_err_set(q->err, APR_EEXIST, "not_kept_here",
                          "You are not a user of this server's own: change it where you are kept.");
    if (email != NULL && (strchr(email, '@') == NULL || bm_user_name_trouble(email) != NULL))
        return bm_err_violation(q->err, "/email", "Must be an address such as anna@example.com.");
    return APR_SUCCESS;
}

static apr_status_t me_patch(bm_req_t *q)
{
    const bm_identity_t *who = q->who.identity;
    const char *password = json_string_value(json_object_get(q->body, "password")), *hash = NULL;
    apr_status_t rv = check_body(q, who);

    if (rv == APR_SUCCESS && (password != NULL || json_object_get(q->body, "email") != NULL))
        rv = check_password(q, who);
    if (rv == APR_SUCCESS && password != NULL)
        rv = bm_authenticator_hash(&hash, q->api->auth, password, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_open(&q->db, q);
    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = change(q, who, hash);
    if (rv == APR_SUCCESS)
        rv = bm_api_commit(q);
    q->api->source->close(q->db, q->api->source);       /* rolls back what is not committed */
    q->db = NULL;
    if (rv == APR_SUCCESS)
        q->access_changed = 1;
    return rv;
}

const bm_route_t bm_me_api_routes[] = {
    { "GET", "/me", BM_ROLE_NONE, me_get, BM_ROUTE_NO_DATABASE, 200, NULL, NULL, &me_schema,
      "getMe", "service", "Who asks, and what he may do." },
    { "PATCH", "/me", BM_ROLE_VIEWER, me_patch, BM_ROUTE_NO_DATABASE | BM_ROUTE_OWN_ACCOUNT | BM_ROUTE_SECRET, 200, NULL,
      &me_body_schema, &user_schema, "patchMe", "service", "Change one's own password, address or name." },
    { NULL }
};
