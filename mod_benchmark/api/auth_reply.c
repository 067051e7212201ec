/* SPDX-License-Identifier: Apache-2.0 */
#include "api/auth_reply.h"

#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "base/text.h"
#include "store/session_store.h"
#include "store/user_store.h"

enum { AGENT_SHOWN = 200 };

const bm_field_t bm_auth_user_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Number of the user; null: he is kept elsewhere." },
    { "email", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "His address." },
    { "name", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "His name, for people." },
    { "role", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT, .doc = "What he may do." },
    { NULL }
};

static const bm_field_t tokens_fields[] = {
    { "access_token", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_ABSENT,
      .doc = "For `Authorization: Bearer`. Absent if a cookie was set." },
    { "token_type", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "bearer|cookie", .doc = "How the session is shown." },
    { "expires_in", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Seconds that the token, or the session of the cookie, lasts." },
    { "refresh_token", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE | BM_FIELD_ABSENT,
      .doc = "Good for one POST /auth/refresh." },
    { "user", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = bm_auth_user_fields, .schema = "AuthUser", .doc = "Whose it is." },
    { NULL }
};

const bm_schema_t bm_auth_tokens_schema = { "AuthTokens", tokens_fields };

const char *bm_auth_cookie_name(int secure)
{
    return secure ? "__Host-benchmark" : "benchmark-session";
}

static void set_cookie(bm_req_t *q, const char *value, apr_int64_t seconds)
{
    apr_table_setn(q->headers, "Set-Cookie",
                   apr_psprintf(q->p, "%s=%s; Path=/; Max-Age=%" APR_INT64_T_FMT "; HttpOnly; SameSite=Lax%s",
                                bm_auth_cookie_name(q->secure), value, seconds, q->secure ? "; Secure" : ""));
}

void bm_auth_clear_cookie(bm_req_t *q)
{
    set_cookie(q, "", 0);
}

apr_status_t bm_auth_write_user(bm_req_t *q, const char *user, apr_int64_t user_id, bm_role_e role, int with_role)
{
    bm_user_card_t card = { 0, user, strchr(user, '@') != NULL ? user : NULL, NULL };
    apr_status_t rv = user_id != 0 ? bm_user_store_card(&card, q->db, user_id, q->err, q->p) : APR_SUCCESS;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "id");
    if (card.id != 0)
        bm_jw_int(&q->w, card.id);
    else
        bm_jw_null(&q->w);
    bm_jw_key(&q->w, "email");
    bm_jw_string(&q->w, card.email);
    bm_jw_key(&q->w, "name");
    bm_jw_string(&q->w, card.full_name != NULL ? card.full_name : card.name);
    if (with_role) {
        bm_jw_key(&q->w, "role");
        bm_jw_string(&q->w, bm_role_name(role));
    }
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t write_session(bm_req_t *q, const char *token, const char *refresh, apr_int64_t seconds, const char *user,
                                  apr_int64_t user_id)
{
    apr_status_t rv;

    bm_jw_begin_object(&q->w);
    if (token != NULL) {
        bm_jw_key(&q->w, "access_token");
        bm_jw_string(&q->w, token);
    }
    bm_jw_key(&q->w, "token_type");
    bm_jw_string(&q->w, token != NULL ? "bearer" : "cookie");
    bm_jw_key(&q->w, "expires_in");
    bm_jw_int(&q->w, seconds);
    if (token != NULL) {
        bm_jw_key(&q->w, "refresh_token");
        bm_jw_string(&q->w, refresh);
    }
    bm_jw_key(&q->w, "user");
    rv = bm_auth_write_user(q, user, user_id, BM_ROLE_NONE, 0);
    bm_jw_end_object(&q->w);
    return rv;
}

apr_status_t bm_auth_reply_tokens(bm_req_t *q, const char *user, apr_int64_t user_id, const char *session, apr_int64_t now,
                                  apr_int64_t ends, const char *refresh)
{
    const char *token;
    apr_int64_t seconds;
    apr_status_t rv = bm_authenticator_token(&token, &seconds, q->api->auth, q->db, user, session, now, ends, q->err, q->p);

    return rv == APR_SUCCESS ? write_session(q, token, refresh, seconds, user, user_id) : rv;
}

static const char *agent_of(bm_req_t *q)
{
    const char *agent = q->header != NULL ? q->header(q->request, "User-Agent") : NULL;

    return agent != NULL ? bm_text_clean_utf8(agent, strlen(agent), AGENT_SHOWN, q->p) : NULL;
}

apr_status_t bm_auth_reply_session(bm_req_t *q, const bm_identity_t *who, int cookie)
{
    char *secret = apr_pcalloc(q->p, BM_OPAQUE_LENGTH + 1), *id = apr_pcalloc(q->p, BM_OPAQUE_ID_LENGTH + 1);
    unsigned char chain[BM_DIGEST_BYTES];
    bm_session_order_t order = { .id = id, .cookie = cookie ? secret : NULL, .refresh = cookie ? NULL : secret,
                                 .chain = cookie ? NULL : chain, .who = who,
                                 .idle_seconds = cookie ? apr_time_sec(q->api->settings->session_idle) : 0,
                                 .seconds = apr_time_sec(q->api->settings->session_lifetime), .address = q->address,
                                 .agent = agent_of(q) };
    apr_int64_t now, ends;
    apr_status_t rv = bm_opaque_make(secret);

    if (rv == APR_SUCCESS)
        rv = bm_opaque_make_id(id);
    if (rv == APR_SUCCESS)
        rv = bm_rand_secure(chain, sizeof(chain));
    if (rv == APR_SUCCESS)
        rv = bm_session_store_add(&now, &ends, q->db, &order, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_api_commit(q);
    bm_opaque_wipe(chain, sizeof(chain));
    if (rv != APR_SUCCESS)
        return rv;
    if (!cookie)
        return bm_auth_reply_tokens(q, who->user, who->user_id, id, now, ends, secret);
    set_cookie(q, secret, ends - now);
    return write_session(q, NULL, NULL, ends - now, who->user, who->user_id);
}
