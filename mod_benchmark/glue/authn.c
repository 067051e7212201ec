/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/authn.h"

#include <string.h>
#include <ap_provider.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_auth.h>
#include "api/auth_reply.h"
#include "base/log.h"
#include "glue/directives.h"
#include "glue/lifecycle.h"
#include "glue/router.h"
#include "parse/basic_auth.h"

#define AUTHN_KEY "mod_benchmark:authn"
#define OWN_PROVIDER "benchmark"

/* --- what the request shows */

/* The text behind "Bearer"; NULL: there is none. */
static const char *bearer_of(const request_rec *r)
{
    const char *text = apr_table_get(r->headers_in, "Authorization");

    if (text == NULL || ap_cstr_casecmpn(text, "Bearer", 6) != 0 || (text[6] != ' ' && text[6] != '\0'))
        return NULL;
    for (text += 6; *text == ' '; text++)
        ;
    return text;
}

/* Where traces are sent to, the password of the scheme Basic may be an API key: clients of Langfuse can show theirs in no other
 * way. Its name is no user's (api/push_api.c). */
static const char *pushed_key_of(request_rec *r)
{
    static const char *const paths[] = { "/otlp/", "/ingestion", "/public/" };
    const bm_place_t *place = bm_router_place_of(r);
    const char *name, *password;
    size_t i;

    for (i = 0; place != NULL && i < sizeof(paths) / sizeof(paths[0]); i++)
        if (strncmp(place->path, paths[i], strlen(paths[i])) == 0
            && bm_basic_auth_read(&name, &password, apr_table_get(r->headers_in, "Authorization"), r->pool) == APR_SUCCESS
            && strncmp(password, BM_KEY_MARK, strlen(BM_KEY_MARK)) == 0)
            return password;
    return NULL;
}

int bm_authn_is_secure(const request_rec *r)
{
    const char *url = bm_directives_settings()->public_url;

    return strcmp(ap_http_scheme(r), "https") == 0 || (url != NULL && ap_cstr_casecmpn(url, "https://", 8) == 0);
}

/* Value of a cookie, the first of that name; NULL: there is none. */
static const char *cookie_of(request_rec *r, const char *name)
{
    const char *at = apr_table_get(r->headers_in, "Cookie");
    size_t len = strlen(name);

    while (at != NULL) {
        at += strspn(at, " ;");
        if (strncmp(at, name, len) == 0 && at[len] == '=')
            return apr_pstrmemdup(r->pool, at + len + 1, strcspn(at + len + 1, "; "));
        at = strchr(at, ';');
    }
    return NULL;
}

/* --- what it is worth */

static bm_authn_t *authn_of(const request_rec *r)
{
    void *authn = NULL;

    apr_pool_userdata_get(&authn, AUTHN_KEY, r->pool);
    return authn;
}

const bm_authn_t *bm_authn_found(const request_rec *r)
{
    return authn_of(r);
}

const bm_identity_t *bm_authn_identity(const request_rec *r)
{
    const bm_authn_t *authn = authn_of(r);

    return authn != NULL && authn->state == BM_AUTHN_HELD && r->user != NULL && strcmp(r->user, authn->who.user) == 0
        ? &authn->who : NULL;
}

void bm_authn_set(request_rec *r, const bm_identity_t *who)
{
    bm_authn_t *authn = apr_pcalloc(r->pool, sizeof(*authn));

    authn->state = BM_AUTHN_HELD;
    authn->who = *who;
    apr_pool_userdata_setn(authn, AUTHN_KEY, NULL, r->pool);
}

static bm_authn_state_e state_of(apr_status_t rv)
{
    return rv == APR_SUCCESS ? BM_AUTHN_HELD : APR_STATUS_IS_EAGAIN(rv) ? BM_AUTHN_UNKNOWN : BM_AUTHN_REFUSED;
}

/* Sockets and streams live on what was believed when they were opened. An address that only looks alike costs a statement. */
static int stays_open(const request_rec *r)
{
    return ap_strstr_c(r->uri, "/events") != NULL || ap_strstr_c(r->uri, "/ws/") != NULL;
}

const bm_authn_t *bm_authn_examine(request_rec *r)
{
    bm_authn_t *authn = authn_of(r);
    const char *bearer = bearer_of(r), *cookie;
    bm_web_t *web = bm_lifecycle_web();
    bm_err_t *err;
    int anew;

    if (authn != NULL)
        return authn;
    authn = apr_pcalloc(r->pool, sizeof(*authn));
    apr_pool_userdata_setn(authn, AUTHN_KEY, NULL, r->pool);
    if (web == NULL)
        return authn;
    if (bearer == NULL)
        bearer = pushed_key_of(r);
    cookie = bearer == NULL ? cookie_of(r, bm_auth_cookie_name(bm_authn_is_secure(r))) : NULL;
    if (bearer == NULL && (cookie == NULL || cookie[0] == '\0'))
        return authn;
    err = bm_err_make(r->pool);
    authn->by_cookie = bearer == NULL;
    anew = stays_open(r);
    authn->state = state_of(bearer != NULL ? bm_authenticator_bearer(&authn->who, web->auth, bearer, anew, err, r->pool)
                                           : bm_authenticator_cookie(&authn->who, web->auth, cookie, anew, err, r->pool));
    if (authn->state == BM_AUTHN_HELD) {
        r->user = apr_pstrdup(r->pool, authn->who.user);
        r->ap_auth_type = "Benchmark";
    }
    return authn;
}

/* --- AuthType Benchmark */

static int is_our_type(const char *type)
{
    return type != NULL && ap_cstr_casecmp(type, "Benchmark") == 0;
}

void bm_authn_challenge(request_rec *r, const char *realm)
{
    const bm_authn_t *authn = authn_of(r);
    int refused = authn != NULL && authn->state == BM_AUTHN_REFUSED && !authn->by_cookie;

    apr_table_setn(r->err_headers_out, "WWW-Authenticate",
                   apr_pstrcat(r->pool, "Bearer realm=\"", realm != NULL ? ap_escape_quotes(r->pool, realm) : "benchmark", "\"",
                               refused ? ", error=\"invalid_token\"" : "", NULL));
}

static int note_auth_failure(request_rec *r, const char *type)
{
    if (!is_our_type(type))
        return DECLINED;
    bm_authn_challenge(r, ap_auth_name(r));
    return OK;
}

static int check_authn(request_rec *r)
{
    const bm_authn_t *authn;

    if (!is_our_type(ap_auth_type(r)))
        return DECLINED;
    if (r->user != NULL && bm_authn_identity(r) != NULL)
        return OK;
    authn = bm_authn_examine(r);
    if (authn->state == BM_AUTHN_HELD)
        return OK;
    if (authn->state == BM_AUTHN_UNKNOWN) {
        apr_table_setn(r->err_headers_out, "Retry-After", "2");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    ap_note_auth_failure(r);
    return HTTP_UNAUTHORIZED;
}

/* --- the provider: Basic authentication with our users */

static authn_status check_basic(request_rec *r, const char *user, const char *password)
{
    bm_web_t *web = bm_lifecycle_web();
    bm_err_t *err = bm_err_make(r->pool);
    bm_identity_t who;
    apr_status_t rv;

    if (web == NULL)
        return AUTH_GENERAL_ERROR;
    rv = bm_authenticator_password(&who, web->auth, user, 0, password, r->useragent_ip, err, r->pool);
    if (rv == APR_SUCCESS) {
        bm_authn_set(r, &who);
        return AUTH_GRANTED;
    }
    if (rv == APR_NOTFOUND)
        return AUTH_USER_NOT_FOUND;
    if (APR_STATUS_IS_EACCES(rv) || (err->code != NULL && strcmp(err->code, "too_many_logins") == 0))
        return AUTH_DENIED;
    return AUTH_GENERAL_ERROR;
}

static const authn_provider basic_provider = { &check_basic, NULL };

/* --- the login page and POST /auth/login */

static const apr_array_header_t *providers_of(const server_rec *s, apr_pool_t *p)
{
    const apr_array_header_t *names = bm_directives_of(s)->login_providers;
    apr_array_header_t *ours;

    if (names != NULL)
        return names;
    ours = apr_array_make(p, 1, sizeof(const char *));
    APR_ARRAY_PUSH(ours, const char *) = OWN_PROVIDER;
    return ours;
}

const char *bm_authn_missing_provider(const server_rec *s)
{
    const apr_array_header_t *names = bm_directives_of(s)->login_providers;
    int i;

    for (i = 0; names != NULL && i < names->nelts; i++)
        if (ap_lookup_provider(AUTHN_PROVIDER_GROUP, APR_ARRAY_IDX(names, i, const char *), AUTHN_PROVIDER_VERSION) == NULL)
            return APR_ARRAY_IDX(names, i, const char *);
    return NULL;
}

/* As mod_auth_basic asks it. */
static apr_status_t ask_provider(bm_identity_t *who, request_rec *r, const char *name, const char *user, const char *password)
{
    const authn_provider *provider = ap_lookup_provider(AUTHN_PROVIDER_GROUP, name, AUTHN_PROVIDER_VERSION);
    authn_status status;

    if (provider == NULL || provider->check_password == NULL)
        return APR_EAGAIN;
    apr_table_setn(r->notes, AUTHN_PROVIDER_NAME_NOTE, name);
    status = provider->check_password(r, user, password);
    apr_table_unset(r->notes, AUTHN_PROVIDER_NAME_NOTE);
    memset(who, 0, sizeof(*who));
    apr_cpystrn(who->user, user, sizeof(who->user));
    return status == AUTH_GRANTED ? APR_SUCCESS : status == AUTH_USER_NOT_FOUND ? APR_NOTFOUND
           : status == AUTH_DENIED ? APR_EACCES : APR_EAGAIN;
}

static int is_plain_name(const char *name)
{
    const unsigned char *c;

    for (c = (const unsigned char *)name; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f || *c == ':')
            return 0;
    return strlen(name) <= BM_USER_NAME_MAX;
}

apr_status_t bm_authn_check_password(bm_identity_t *who, bm_req_t *q, const char *name, const char *password)
{
    request_rec *r = q->request;
    bm_authenticator_t *auth = q->api->auth;
    const apr_array_header_t *names = providers_of(r->server, r->pool);
    int i, own = 0;
    apr_status_t rv = bm_authenticator_attempt(auth, name, q->address, q->err, q->p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = is_plain_name(name) ? APR_NOTFOUND : APR_EACCES;
    for (i = 0; i < names->nelts && rv == APR_NOTFOUND; i++) {
        const char *provider = APR_ARRAY_IDX(names, i, const char *);

        own = strcmp(provider, OWN_PROVIDER) == 0;
        rv = own ? bm_authenticator_password(who, auth, name, 1, password, NULL, q->err, q->p)
                 : ask_provider(who, r, provider, name, password);
    }
    if (rv == APR_SUCCESS)
        bm_authenticator_attempt_was_right(auth, name, q->address, q->p);
    else if (rv == APR_NOTFOUND && !own)
        (void)bm_authenticator_verify(auth, NULL, password, NULL, r->pool);       /* as long as for a user who is there */
    if (APR_STATUS_IS_EAGAIN(rv) && q->err->code == NULL && q->err->detail == NULL)
        return bm_err_set(q->err, APR_EAGAIN, "login_unavailable", "Passwords cannot be checked now.");
    return rv == APR_NOTFOUND ? APR_EACCES : rv;
}

void bm_authn_register(apr_pool_t *p)
{
    ap_register_auth_provider(p, AUTHN_PROVIDER_GROUP, OWN_PROVIDER, AUTHN_PROVIDER_VERSION, &basic_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_check_authn(check_authn, NULL, NULL, APR_HOOK_MIDDLE, AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_note_auth_failure(note_auth_failure, NULL, NULL, APR_HOOK_MIDDLE);
}
