/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/password.h"

#include <string.h>
#include <apr_strings.h>
#include "config.h"

#ifdef HAVE_SODIUM
#include <sodium.h>

#define PASSES 2
#define MEMORY (19u * 1024u * 1024u)

/* Of a password that nobody has, with the same parameters: what is verified for a user who is not there. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$rkyvt0JSDTLCjTB/nRr5GA$i208uPeJHwCqki4HTABoOAy8dY5X8MpQJlMAOckPF+Y";

apr_status_t bm_password_hash(const char **phash, const char *password, apr_pool_t *p)
{
    char text[crypto_pwhash_STRBYTES];

    *phash = NULL;
    if (strlen(password) > BM_PASSWORD_MAX)
        return APR_EINVAL;
    if (crypto_pwhash_str_alg(text, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return APR_ENOMEM;
    *phash = apr_pstrdup(p, text);
    return APR_SUCCESS;
}

int bm_password_verify(const char *hash, const char *password)
{
    int same;

    if (strlen(password) > BM_PASSWORD_MAX)
        return 0;
    same = crypto_pwhash_str_verify(hash != NULL ? hash : nobody, password, strlen(password)) == 0;
    return hash != NULL && same;
}

int bm_password_is_dated(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash != NULL ? hash : nobody, PASSES, MEMORY) != 0;
}

#else

apr_status_t bm_password_hash(const char **phash, const char *password, apr_pool_t *p)
{
    (void)password;
    (void)p;
    *phash = NULL;
    return APR_ENOTIMPL;
}

int bm_password_verify(const char *hash, const char *password)
{
    (void)hash;
    (void)password;
    return 0;
}

int bm_password_is_dated(const char *hash)
{
    (void)hash;
    return 0;
}

#endif
