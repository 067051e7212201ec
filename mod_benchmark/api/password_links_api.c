/* SPDX-License-Identifier: Apache-2.0
 *
 * password_links_api.c: a link by which a user sets his first password, or another one for that he forgot, so that nobody who
 * administers ever knows it. What proves it is behind the `#` of its address: browsers keep that from servers and their logs. */
#include "api/password_links_api.h"

#include <string.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include "api/new_password.h"
#include "crypt/opaque_token.h"
#include "store/password_link_store.h"
#include "store/user_store.h"

enum { HOURS = 24 };

static const bm_field_t order_fields[] = {
    { "hours", BM_TYPE_INT, 0, 1, 168, .fallback = "24", .doc = "How long the link holds." },
    { NULL }
};
static const bm_schema_t order_schema = { "PasswordLinkOrder", order_fields };

static const bm_field_t link_fields[] = {
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Whose password it sets." },
    { "token", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "For `POST /auth/password`. It is shown this once." },
    { "url", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "The page that asks for the password, with the token: give it to him." },
    { "expires_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "Until when it holds; it holds once." },
    { NULL }
};
static const bm_schema_t link_schema = { "PasswordLink", link_fields };

static const bm_field_t use_fields[] = {
    { "token", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "Of the link." },
    { "password", BM_TYPE_STRING, BM_FIELD_REQUIRED, 8, 1024,
      .doc = "The new password: taken byte by byte as it is. Ends all sessions of the user." },
    { NULL }
};
static const bm_schema_t use_schema = { "PasswordLinkUse", use_fields };

static const bm_field_t used_fields[] = {
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Who can sign in with it now." },
    { NULL }
};
static const bm_schema_t used_schema = { "PasswordLinkUsed", used_fields };

static void key_string(bm_req_t *q, const char *key, const char *value)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, value);
}

/* --- for who administers */

/* The name is there for the page, and for who is sent the link. */
static const char *address_of(bm_req_t *q, const char *name, const char *token)
{
    const char *base = q->api->settings->public_url ? q->api->settings->public_url : q->base_url;
    size_t len = strlen(base);

    return apr_pstrcat(q->p, base, len > 0 && base[len - 1] == '/' ? "" : "/", "setup#user=", apr_pescape_urlencoded(q->p, name),
                       "&token=", token, NULL);
}

static apr_status_t link_make(bm_req_t *q)
{
    const json_t *hours = json_object_get(q->body, "hours");
    char token[BM_OPAQUE_LENGTH + 1];
    bm_user_card_t card;
    apr_time_t ends;
    apr_status_t rv = bm_user_store_card(&card, q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_opaque_make(token);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_password_link_store_put(&ends, q->db, q->ids[0], token, hours != NULL ? (int)json_integer_value(hours) : HOURS,
                                    q->who.user, q->err, q->p);
    if (rv == APR_NOTFOUND)
        return bm_err_set(q->err, APR_EEXIST, "user_disabled", "%s is disabled: a link would be of no use.", card.name);
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    key_string(q, "user", card.name);
    key_string(q, "token", token);
    key_string(q, "url", address_of(q, card.name, token));
    bm_jw_key(&q->w, "expires_at");
    bm_jw_time(&q->w, ends);
    bm_jw_end_object(&q->w);
    bm_opaque_wipe(token, sizeof(token));
    return APR_SUCCESS;
}

static apr_status_t link_withdraw(bm_req_t *q)
{
    apr_status_t rv = bm_password_link_store_delete(q->db, q->ids[0], q->err, q->p);

    if (rv == APR_NOTFOUND)
        return bm_err_set(q->err, rv, NULL, "User %" APR_INT64_T_FMT " has no link.", q->ids[0]);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "The link of user %" APR_INT64_T_FMT " holds no more.", q->ids[0]);
    return rv;
}

/* --- for who has the link */

/* One answer for all that may be wrong with it. */
static apr_status_t invalid(bm_req_t *q)
{
    return bm_err_set(q->err, APR_EACCES, "link_invalid",
                      "This link does not hold: it was used, replaced or withdrawn, or its time is over. Ask for another one.");
}

/* Before anything is hashed. */
static apr_status_t look(bm_password_link_t *link, bm_req_t *q, const char *token)
{
    bm_db_t *db;
    apr_status_t rv;

    if (!bm_opaque_has_form(token, strlen(token)))
        return invalid(q);
    rv = bm_api_open(&db, q);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_password_link_store_find(link, db, token, 0, q->err, q->p);
    q->api->source->close(db, q->api->source);
    return rv == APR_NOTFOUND ? invalid(q) : rv;
}

static apr_status_t use(bm_req_t *q, const char *token, const char *hash)
{
    bm_password_link_t link;
    apr_status_t rv = bm_api_open(&q->db, q);

    if (rv == APR_SUCCESS)
        rv = bm_db_begin(q->db, q->err);
    if (rv == APR_SUCCESS)
        rv = bm_password_link_store_find(&link, q->db, token, 1, q->err, q->p);
    if (rv == APR_NOTFOUND)
        rv = invalid(q);
    if (rv == APR_SUCCESS)
        rv = bm_user_store_set_password(q->db, link.user_id, hash, NULL, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    q->who.user = link.name;                                    /* whom the audit log names */
    bm_jw_begin_object(&q->w);
    key_string(q, "user", link.name);
    bm_jw_end_object(&q->w);
    return bm_api_commit(q);
}

/* No connection while a password is hashed. Tries are counted as those of logins are, by address; each link has a budget
 * of its own in the place of a user's. */
static apr_status_t password_set(bm_req_t *q)
{
    const char *token = json_string_value(json_object_get(q->body, "token")), *hash;
    const char *password = json_string_value(json_object_get(q->body, "password")), *budget = apr_pstrcat(q->p, " ", token, NULL);
    bm_password_link_t link;
    apr_status_t rv = bm_authenticator_attempt(q->api->auth, budget, q->address, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = look(&link, q, token);
    if (rv == APR_SUCCESS)
        rv = bm_new_password_check(q, password, &(bm_password_owner_t){ link.name, link.email, link.full_name });
    if (rv == APR_SUCCESS)
        rv = bm_authenticator_hash(&hash, q->api->auth, password, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    rv = use(q, token, hash);
    q->api->source->close(q->db, q->api->source);               /* rolls back what is not committed */
    q->db = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = 1;
    bm_authenticator_attempt_was_right(q->api->auth, budget, q->address, q->p);
    return rv;
}

const bm_route_t bm_password_links_api_routes[] = {
    { "POST", "/users/{id}/password-link", BM_ROLE_ADMIN, link_make, BM_ROUTE_MAY_BE_BARE | BM_ROUTE_WHOLE, 201, NULL,
      &order_schema, &link_schema, "makePasswordLink", "users",
      "A link by which a user sets his password himself, once; it takes the place of the one before." },
    { "DELETE", "/users/{id}/password-link", BM_ROLE_ADMIN, link_withdraw, BM_ROUTE_WHOLE, 200, NULL, NULL, NULL,
      "withdrawPasswordLink", "users", "Withdraw the link by which a user could set his password." },
    { "POST", "/auth/password", BM_ROLE_NONE, password_set, BM_ROUTE_NO_DATABASE | BM_ROUTE_ANY_CREDENTIAL | BM_ROUTE_SECRET, 200,
      NULL, &use_schema, &used_schema, "setPassword", "auth", "Set a password with the token of a link." },
    { NULL }
};
