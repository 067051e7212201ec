/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/authenticator.h"

#include <string.h>
#include <apr_strings.h>
#include "auth/access_token.h"
#include "auth/credential_cache.h"
#include "auth/hashing.h"
#include "auth/sign_book.h"
#include "base/log.h"
#include "base/timefmt.h"
#include "crypt/password.h"
#include "store/api_key_store.h"
#include "store/login_budget_store.h"
#include "store/session_store.h"
#include "store/user_store.h"

#define LOOK_FOR_KEYS apr_time_from_sec(1)        /* at most so often because of a key that nobody knows */

struct bm_authenticator_t {
    bm_authenticator_options_t options;
    bm_credential_cache_t *cache;
    _Atomic int64_t own_epoch;
    bm_sign_book_t *book;
    bm_hashing_t *hashing;
};

bm_authenticator_t *bm_authenticator_make(const bm_authenticator_options_t *options, apr_pool_t *p)
{
    bm_authenticator_t *a = apr_pcalloc(p, sizeof(*a));

    a->options = *options;
    if (a->options.epoch == NULL)
        a->options.epoch = &a->own_epoch;
    a->cache = bm_credential_cache_make(p);
    a->book = bm_sign_book_make(options->ring, options->token_seconds, p);
    a->hashing = bm_hashing_make(p);
    return a;
}

static apr_int64_t epoch_of(bm_authenticator_t *a)
{
    return atomic_load(a->options.epoch);
}

void bm_authenticator_changed(bm_authenticator_t *a)
{
    atomic_fetch_add(a->options.epoch, 1);
}

/* --- one question to the database */

typedef apr_status_t ask_fn(bm_identity_t *who, bm_authenticator_t *a, bm_db_t *db, const void *what, bm_err_t *err,
                             apr_pool_t *p);

/* What ask says, for the cache, which says `cached` and *who. That an answer was no is not kept. */
static apr_status_t look_again(bm_identity_t *who, bm_authenticator_t *a, const bm_credential_key_t *key, bm_cached_e cached,
                               ask_fn *ask, const void *what, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t epoch = epoch_of(a);
    bm_db_source_t *source = a->options.source;
    bm_identity_t fresh;
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);

    if (rv == APR_SUCCESS) {
        rv = ask(&fresh, a, db, what, err, p);
        source->close(db, source);
    }
    if (rv == APR_SUCCESS) {
        *who = fresh;
        bm_credential_cache_put(a->cache, key, who, epoch);
        return rv;
    }
    if (rv == APR_NOTFOUND) {
        bm_credential_cache_drop(a->cache, key);
        return APR_EACCES;
    }
    return cached == BM_CACHED_AGEING ? APR_SUCCESS : APR_EAGAIN;
}

/* anew: what holds is looked at again all the same, and believed only if the database cannot be asked. */
static bm_cached_e cached_of(bm_identity_t *who, bm_authenticator_t *a, const bm_credential_key_t *key, int anew)
{
    bm_cached_e cached = bm_credential_cache_get(who, a->cache, key, epoch_of(a));

    return anew && cached == BM_CACHED ? BM_CACHED_AGEING : cached;
}

static apr_status_t look_up(bm_identity_t *who, bm_authenticator_t *a, const bm_credential_key_t *key, int anew, ask_fn *ask,
                            const void *what, bm_err_t *err, apr_pool_t *p)
{
    bm_cached_e cached = cached_of(who, a, key, anew);

    return cached == BM_CACHED ? APR_SUCCESS : look_again(who, a, key, cached, ask, what, err, p);
}

static apr_status_t ask_cookie(bm_identity_t *who, bm_authenticator_t *a, bm_db_t *db, const void *what, bm_err_t *err,
                               apr_pool_t *p)
{
    (void)a;
    return bm_session_store_by_cookie(who, db, what, err, p);
}

apr_status_t bm_authenticator_cookie(bm_identity_t *who, bm_authenticator_t *a, const char *cookie, int anew, bm_err_t *err,
                                     apr_pool_t *p)
{
    bm_credential_key_t key;

    if (!bm_opaque_has_form(cookie, strlen(cookie)))
        return APR_EACCES;
    bm_credential_cache_key(&key, a->cache, 'c', cookie, strlen(cookie));
    return look_up(who, a, &key, anew, ask_cookie, cookie, err, p);
}

/* --- API keys */

typedef struct key_text_t {
    const char *prefix, *secret;
} key_text_t;

static apr_status_t ask_key(bm_identity_t *who, bm_authenticator_t *a, bm_db_t *db, const void *what, bm_err_t *err,
                            apr_pool_t *p)
{
    const key_text_t *text = what;

    (void)a;
    return bm_api_key_store_find(who, db, text->prefix, text->secret, err, p);
}

/* bmk_<prefix>_<secret> */
static apr_status_t by_key(bm_identity_t *who, bm_authenticator_t *a, const char *text, int anew, bm_err_t *err, apr_pool_t *p)
{
    const char *rest = text + strlen(BM_KEY_MARK);
    bm_credential_key_t key;
    key_text_t parts;

    if (strlen(rest) != BM_API_KEY_PREFIX_LENGTH + 1 + BM_OPAQUE_LENGTH || rest[BM_API_KEY_PREFIX_LENGTH] != '_'
        || strspn(rest, "0123456789abcdef") != BM_API_KEY_PREFIX_LENGTH
        || !bm_opaque_has_form(rest + BM_API_KEY_PREFIX_LENGTH + 1, BM_OPAQUE_LENGTH))
        return APR_EACCES;
    parts.prefix = apr_pstrmemdup(p, rest, BM_API_KEY_PREFIX_LENGTH);
    parts.secret = rest + BM_API_KEY_PREFIX_LENGTH + 1;
    bm_credential_cache_key(&key, a->cache, 'k', text, strlen(text));
    return look_up(who, a, &key, anew, ask_key, &parts, err, p);
}

/* --- keys that sign */

int bm_authenticator_keys(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], bm_authenticator_t *a, bm_err_t *err, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    apr_interval_time_t skew;
    bm_db_t *db;
    apr_status_t rv;

    if (!bm_sign_book_is_older(a->book, apr_time_from_sec(BM_CREDENTIAL_SECONDS)))
        return bm_sign_book_copy(keys, &skew, a->book);
    rv = source->open(&db, source, err, p);
    if (rv == APR_SUCCESS) {
        rv = bm_sign_book_read(a->book, db, err, p);
        source->close(db, source);
    }
    return rv == APR_SUCCESS ? bm_sign_book_copy(keys, &skew, a->book) : -1;
}

apr_status_t bm_authenticator_rotate(bm_sign_key_t *key, bm_authenticator_t *a, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_sign_book_add(key, a->book, db, err, p);
}

/* --- access tokens */

static apr_status_t ask_session(bm_identity_t *who, bm_authenticator_t *a, bm_db_t *db, const void *what, bm_err_t *err,
                                apr_pool_t *p)
{
    const bm_claims_t *claims = what;
    apr_interval_time_t skew;
    apr_time_t expires;
    apr_status_t rv = bm_session_store_by_id(who, &skew, db, claims->session, err, p);

    if (rv == APR_SUCCESS && bm_sign_book_is_older(a->book, apr_time_from_sec(BM_CREDENTIAL_SECONDS)))
        rv = bm_sign_book_read(a->book, db, err, p);       /* so that a key which was taken away is believed for seconds only */
    if (rv != APR_SUCCESS)
        return rv;
    expires = apr_time_from_sec(claims->expires) - skew;
    if (expires < who->until)
        who->until = expires;
    return strcmp(who->user, claims->user) == 0 && apr_time_now() < who->until ? APR_SUCCESS : APR_NOTFOUND;
}

static apr_status_t read_claims(bm_claims_t *claims, bm_authenticator_t *a, const char *token, apr_pool_t *p)
{
    bm_sign_key_t keys[BM_SIGNING_KEYS_MAX];
    apr_interval_time_t skew;
    int n = bm_sign_book_copy(keys, &skew, a->book);

    return bm_access_token_read(claims, token, a->options.issuer, keys, n, apr_time_sec(apr_time_now() + skew), p);
}

static apr_status_t by_token(bm_identity_t *who, bm_authenticator_t *a, const char *token, int anew, bm_err_t *err,
                             apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    bm_credential_key_t key;
    bm_cached_e cached;
    bm_claims_t claims;
    bm_db_t *db;
    apr_status_t rv;

    bm_credential_cache_key(&key, a->cache, 't', token, strlen(token));
    cached = cached_of(who, a, &key, anew);
    if (cached == BM_CACHED)
        return APR_SUCCESS;
    rv = read_claims(&claims, a, token, p);
    if (rv == APR_NOTFOUND && strncmp(token, "eyJ", 3) == 0 && bm_sign_book_is_older(a->book, LOOK_FOR_KEYS)) {
        if (source->open(&db, source, err, p) != APR_SUCCESS)
            return APR_EAGAIN;
        rv = bm_sign_book_read(a->book, db, err, p);
        source->close(db, source);
        if (rv != APR_SUCCESS)
            return APR_EAGAIN;
        rv = read_claims(&claims, a, token, p);
    }
    if (rv != APR_SUCCESS)
        return APR_EACCES;
    return look_again(who, a, &key, cached, ask_session, &claims, err, p);
}

apr_status_t bm_authenticator_bearer(bm_identity_t *who, bm_authenticator_t *a, const char *text, int anew, bm_err_t *err,
                                     apr_pool_t *p)
{
    if (strlen(text) > BM_SIGNED_TOKEN_MAX)
        return APR_EACCES;
    return strncmp(text, BM_KEY_MARK, strlen(BM_KEY_MARK)) == 0 ? by_key(who, a, text, anew, err, p)
        : by_token(who, a, text, anew, err, p);
}

apr_status_t bm_authenticator_token(const char **ptoken, apr_int64_t *pseconds, bm_authenticator_t *a, bm_db_t *db,
                                    const char *user, const char *session, apr_int64_t now, apr_int64_t ends, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_claims_t claims = { a->options.issuer, user, session, now, now + a->options.token_seconds };
    bm_sign_key_t key;
    apr_status_t rv = bm_sign_book_signing(&key, a->book, db, err, p);

    if (claims.expires > ends)
        claims.expires = ends;
    *pseconds = claims.expires - now;
    if (rv == APR_SUCCESS)
        rv = bm_access_token_make(ptoken, &claims, &key, p);
    bm_opaque_wipe(&key, sizeof(key));
    return rv;
}

/* --- passwords */

apr_status_t bm_authenticator_hash(const char **phash, bm_authenticator_t *a, const char *password, bm_err_t *err, apr_pool_t *p)
{
    return bm_hashing_hash(phash, a->hashing, password, err, p);
}

apr_status_t bm_authenticator_verify(bm_authenticator_t *a, const char *hash, const char *password, bm_err_t *err,
                                     apr_pool_t *p)
{
    return bm_hashing_verify(a->hashing, hash, password, err, p);
}

apr_status_t bm_authenticator_attempt(bm_authenticator_t *a, const char *user, const char *address, bm_err_t *err, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);

    if (rv != APR_SUCCESS)
        return APR_EAGAIN;
    rv = bm_login_budget_store_take(db, user, address, err, p);
    source->close(db, source);
    return rv == APR_SUCCESS ? rv : APR_EAGAIN;
}

void bm_authenticator_attempt_was_right(bm_authenticator_t *a, const char *user, const char *address, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    bm_db_t *db;

    if (source->open(&db, source, NULL, p) != APR_SUCCESS)
        return;
    (void)bm_login_budget_store_return(db, user, address, NULL, p);
    source->close(db, source);
}

/* Another hash of the same password, with the parameters of today. That it fails does no harm. */
static void rehash(bm_authenticator_t *a, const bm_user_login_t *login, const char *password, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    const char *hash;
    bm_db_t *db;

    if (!bm_password_is_dated(login->hash) || bm_authenticator_hash(&hash, a, password, NULL, p) != APR_SUCCESS
        || source->open(&db, source, NULL, p) != APR_SUCCESS)
        return;
    if (bm_user_store_rehash(db, login->id, login->hash, hash, NULL, p) == APR_SUCCESS)
        bm_log(BM_LOG_INFO, 0, BMLOG(0900) "user %" APR_INT64_T_FMT ": the password is hashed with new parameters", login->id);
    source->close(db, source);
}

/* Take an attempt and read what there is of the user, with one connection; it is given back before anything is hashed. */
static apr_status_t find_login(bm_user_login_t **plogin, bm_authenticator_t *a, const char *user, int by_email,
                               const char *address, bm_err_t *err, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);

    *plogin = NULL;
    if (rv != APR_SUCCESS)
        return APR_EAGAIN;
    if (address != NULL)
        rv = bm_login_budget_store_take(db, user, address, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_user_store_login(plogin, db, user, by_email, err, p);
    source->close(db, source);
    return rv == APR_SUCCESS ? rv : APR_EAGAIN;
}

static apr_status_t ask_password(bm_identity_t *who, bm_authenticator_t *a, const char *user, int by_email, const char *password,
                                 const char *address, bm_err_t *err, apr_pool_t *p)
{
    bm_user_login_t *login;
    apr_status_t rv = find_login(&login, a, user, by_email, address, err, p);

    if (rv == APR_SUCCESS)
        rv = bm_authenticator_verify(a, login != NULL ? login->hash : NULL, password, err, p);
    if (rv == APR_SUCCESS && login->disabled)
        rv = APR_EACCES;
    if (APR_STATUS_IS_EACCES(rv) && login == NULL)
        rv = APR_NOTFOUND;
    if (rv != APR_SUCCESS)
        return rv;
    rehash(a, login, password, p);
    if (address != NULL)
        bm_authenticator_attempt_was_right(a, user, address, p);
    memset(who, 0, sizeof(*who));
    who->credential = BM_CREDENTIAL_PASSWORD;
    apr_cpystrn(who->user, login->name, sizeof(who->user));
    who->user_id = login->id;
    who->epoch = login->epoch;
    who->role = login->role;
    who->projects = login->projects;
    who->most = BM_ROLE_ADMIN;
    who->scopes = BM_SCOPE_ALL;
    return APR_SUCCESS;
}

/* A password that was right before is right while the user's epoch is the same: nothing need be hashed. */
static apr_status_t check_again(bm_identity_t *who, bm_authenticator_t *a, bm_err_t *err, apr_pool_t *p)
{
    bm_db_source_t *source = a->options.source;
    bm_db_t *db;
    apr_status_t rv = source->open(&db, source, err, p);
    bm_projects_t projects;
    bm_role_e role;

    if (rv != APR_SUCCESS)
        return APR_EAGAIN;
    rv = bm_user_store_check(&role, &projects, db, who->user_id, who->epoch, err, p);
    source->close(db, source);
    if (rv == APR_SUCCESS) {
        who->role = role;
        who->projects = projects;
    }
    return rv == APR_SUCCESS || rv == APR_NOTFOUND ? rv : APR_EAGAIN;
}

apr_status_t bm_authenticator_password(bm_identity_t *who, bm_authenticator_t *a, const char *user, int by_email,
                                       const char *password, const char *address, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t epoch = epoch_of(a);
    apr_size_t user_len = strlen(user), len = strlen(password);
    bm_credential_key_t key;
    bm_cached_e cached;
    char *text;
    apr_status_t rv;

    if (user_len == 0 || user_len > BM_USER_NAME_MAX || len > BM_PASSWORD_MAX)
        return APR_EACCES;
    if (address == NULL)
        return ask_password(who, a, user, by_email, password, NULL, err, p);       /* who logs in is looked at anew */
    text = apr_palloc(p, user_len + 1 + len);
    memcpy(text, user, user_len + 1);
    memcpy(text + user_len + 1, password, len);
    bm_credential_cache_key(&key, a->cache, by_email ? 'e' : 'p', text, user_len + 1 + len);
    bm_opaque_wipe(text, user_len + 1 + len);
    cached = bm_credential_cache_get(who, a->cache, &key, epoch);
    if (cached == BM_CACHED)
        return APR_SUCCESS;
    rv = cached != BM_CACHED_NOT ? check_again(who, a, err, p) : APR_NOTFOUND;
    if (cached == BM_CACHED_AGEING && APR_STATUS_IS_EAGAIN(rv))
        return APR_SUCCESS;
    if (rv == APR_NOTFOUND)
        rv = ask_password(who, a, user, by_email, password, address, err, p);
    if (rv == APR_SUCCESS)
        bm_credential_cache_put(a->cache, &key, who, epoch);
    else if (APR_STATUS_IS_EACCES(rv))
        bm_credential_cache_drop(a->cache, &key);
    return rv;
}
