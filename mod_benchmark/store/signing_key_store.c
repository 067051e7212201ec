/* SPDX-License-Identifier: Apache-2.0 */
#include "store/signing_key_store.h"

#include <string.h>
#include <apr_strings.h>
#include "crypt/seal.h"

static const bm_stmt_t signing_key_list = { "signing_key_list",
    "select kid, public_key, secret_key, signs_from <= now(), (extract(epoch from now()) * 1000000)::bigint, key_id is not null"
    " from signing_keys where verifies_until is null or verifies_until > now() order by signs_from desc, kid limit 16" };

enum { KID, PUBLIC_KEY, SECRET_KEY, SIGNS, NOW, SEALED };

static const char *place_of(const char *kid, apr_pool_t *p)
{
    return apr_pstrcat(p, "signing_keys|1|", kid, "|secret_key", NULL);
}

/* The secret part as it is stored. *psecret in p. */
static apr_status_t open_secret(const void **psecret, const void *stored, int len, int sealed, const char *kid,
                                const bm_key_ring_t *ring, bm_err_t *err, apr_pool_t *p)
{
    apr_size_t size = (apr_size_t)len;
    const char *text = stored;
    apr_status_t rv = APR_SUCCESS;

    if (sealed)
        rv = bm_seal_open(&text, &size, ring, place_of(kid, p), apr_pstrmemdup(p, stored, size), err, p);
    *psecret = text;
    if (rv == APR_SUCCESS && size != BM_SIGN_SECRET)
        rv = bm_err_set(err, APR_EGENERAL, "secret_damaged", "It is no key.");
    return rv;
}

/* What is stored of a secret part: *pstored is sealed if there is a ring, and *pkey_id then says by which of its keys. */
static apr_status_t seal_secret(const void **pstored, int *len, const char **pkey_id, const void *secret, const char *kid,
                                const bm_key_ring_t *ring, bm_err_t *err, apr_pool_t *p)
{
    const char *sealed;
    apr_status_t rv;

    *pstored = secret;
    *len = BM_SIGN_SECRET;
    *pkey_id = NULL;
    if (ring == NULL)
        return APR_SUCCESS;
    rv = bm_seal(&sealed, ring, place_of(kid, p), secret, BM_SIGN_SECRET, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *pstored = sealed;
    *len = (int)strlen(sealed);
    *pkey_id = bm_key_ring_active(ring);
    return APR_SUCCESS;
}

/* The key of a row, whose secret part is opened if it is the one to sign with. *ptrouble: why that failed. */
static int read_key(bm_sign_key_t *key, const char **ptrouble, int signs, const bm_rows_t *rows, int row,
                    const bm_key_ring_t *ring, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    const void *public_key, *stored, *secret;
    int len = bm_rows_bytes(&stored, rows, row, SECRET_KEY, p);

    if (bm_rows_bytes(&public_key, rows, row, PUBLIC_KEY, p) != BM_SIGN_PUBLIC)
        return 0;
    memset(key, 0, sizeof(*key));
    apr_cpystrn(key->kid, bm_rows_text(rows, row, KID), sizeof(key->kid));
    memcpy(key->public_key, public_key, BM_SIGN_PUBLIC);
    if (!signs)
        return 1;
    if (open_secret(&secret, stored, len, bm_rows_bool(rows, row, SEALED), key->kid, ring, err, p) == APR_SUCCESS)
        memcpy(key->secret_key, secret, BM_SIGN_SECRET);
    else
        *ptrouble = apr_psprintf(p, "The key that signs tokens, %s, cannot be used: %s", key->kid, err->detail);
    return 1;
}

apr_status_t bm_signing_key_store_list(bm_signing_keys_t *found, const bm_key_ring_t *ring, bm_db_t *db, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_rows_t *rows;
    int i, n;
    apr_status_t rv = bm_db_query(&rows, db, &signing_key_list, BM_NO_PARAMS, err, p);

    memset(found, 0, sizeof(*found));
    found->signs = -1;
    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    for (i = 0; i < n && found->n < BM_SIGNING_KEYS_MAX; i++) {
        int signs = found->signs < 0 && bm_rows_bool(rows, i, SIGNS);

        if (!read_key(&found->keys[found->n], &found->trouble, signs, rows, i, ring, p))
            continue;
        if (signs)
            found->signs = found->n;
        found->skew = bm_rows_int64(rows, i, NOW, 0) - apr_time_now();
        found->n++;
    }
    return APR_SUCCESS;
}

/* The older ones are retired by the same statement that adds the younger one. */
static const bm_stmt_t signing_key_add = { "signing_key_add",
    "with o as (update signing_keys set verifies_until = now() + ($5 + $4) * interval '1 second'"
    "  where not $6 and verifies_until is null and kid <> $1)"
    " insert into signing_keys (kid, public_key, secret_key, key_id, signs_from)"
    " select $1, $2, $3, $7, now() + case when exists (select 1 from signing_keys where signs_from <= now()"
    "  and (verifies_until is null or verifies_until > now())) then $4 else 0 end * interval '1 second'"
    " where not ($6 and exists (select 1 from signing_keys where verifies_until is null))" };

apr_status_t bm_signing_key_store_add(bm_db_t *db, const bm_sign_key_t *key, int first, apr_int64_t seconds,
                                      const bm_key_ring_t *ring, bm_err_t *err, apr_pool_t *p)
{
    const char *key_id;
    const void *stored;
    int len;
    apr_status_t rv = seal_secret(&stored, &len, &key_id, key->secret_key, key->kid, ring, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    return bm_db_query(NULL, db, &signing_key_add,
                       BM_PARAMS(bm_param_text(key->kid), bm_param_bytes(key->public_key, BM_SIGN_PUBLIC),
                                 bm_param_bytes(stored, len), bm_param_int64(first ? 0 : BM_SIGNING_KEY_WAITS),
                                 bm_param_int64(seconds), bm_param_bool(first), bm_param_text(key_id)), err, p);
}

static const bm_stmt_t signing_key_under_other = { "signing_key_under_other",
    "select kid, secret_key, key_id is not null from signing_keys where key_id is distinct from $1 order by kid" };
static const bm_stmt_t signing_key_reseal = { "signing_key_reseal",
    "update signing_keys set secret_key = $3, key_id = $4 where kid = $1 and secret_key = $2" };

static apr_status_t reseal(const bm_rows_t *rows, int row, const bm_key_ring_t *ring, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    const char *kid = bm_rows_text(rows, row, 0), *key_id;
    const void *was, *secret, *stored;
    int was_len = bm_rows_bytes(&was, rows, row, 1, p), len;
    apr_status_t rv = open_secret(&secret, was, was_len, bm_rows_bool(rows, row, 2), kid, ring, err, p);

    if (rv == APR_SUCCESS)
        rv = seal_secret(&stored, &len, &key_id, secret, kid, ring, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    return bm_db_query(NULL, db, &signing_key_reseal,
                       BM_PARAMS(bm_param_text(kid), bm_param_bytes(was, was_len), bm_param_bytes(stored, len),
                                 bm_param_text(key_id)), err, p);
}

apr_status_t bm_signing_key_store_reseal(const char **punread, bm_db_t *db, const bm_key_ring_t *ring, bm_err_t *err,
                                         apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &signing_key_under_other, BM_PARAMS(bm_param_text(bm_key_ring_active(ring))), err,
                                  p);
    int i;

    *punread = NULL;
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        rv = reseal(rows, i, ring, db, err, p);
        if (rv != APR_SUCCESS && err->code != NULL && strncmp(err->code, "secret_", 7) == 0) {
            *punread = bm_rows_text(rows, i, 0);
            rv = APR_SUCCESS;
        }
    }
    return rv;
}

static const bm_stmt_t signing_key_prune = { "signing_key_prune", "delete from signing_keys where verifies_until < now()" };

apr_status_t bm_signing_key_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &signing_key_prune, BM_NO_PARAMS, err, p);
}
