/* SPDX-License-Identifier: Apache-2.0 */
#include "store/signing_key_store.h"

#include <string.h>
#include <apr_strings.h>

static const bm_stmt_t signing_key_list = { "signing_key_list",
    "select kid, public_key, secret_key, signs_from <= now(), (extract(epoch from now()) * 1000000)::bigint from signing_keys"
    " where verifies_until is null or verifies_until > now() order by signs_from desc, kid limit 16" };

apr_status_t bm_signing_key_store_list(bm_sign_key_t keys[BM_SIGNING_KEYS_MAX], int *pn, int *psigns, apr_interval_time_t *pskew,
                                       bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    int i, n, found = 0;
    apr_status_t rv = bm_db_query(&rows, db, &signing_key_list, BM_NO_PARAMS, err, p);

    *pn = 0;
    *psigns = -1;
    *pskew = 0;
    if (rv != APR_SUCCESS)
        return rv;
    n = bm_rows_count(rows);
    for (i = 0; i < n && found < BM_SIGNING_KEYS_MAX; i++) {
        const void *public_key, *secret_key;
        bm_sign_key_t *key = &keys[found];

        if (bm_rows_bytes(&public_key, rows, i, 1, p) != BM_SIGN_PUBLIC
            || bm_rows_bytes(&secret_key, rows, i, 2, p) != BM_SIGN_SECRET)
            continue;
        memset(key, 0, sizeof(*key));
        apr_cpystrn(key->kid, bm_rows_text(rows, i, 0), sizeof(key->kid));
        memcpy(key->public_key, public_key, BM_SIGN_PUBLIC);
        memcpy(key->secret_key, secret_key, BM_SIGN_SECRET);
        if (*psigns < 0 && bm_rows_bool(rows, i, 3))
            *psigns = found;
        *pskew = bm_rows_int64(rows, i, 4, 0) - apr_time_now();
        found++;
    }
    *pn = found;
    return APR_SUCCESS;
}

/* The older ones are retired by the same statement that adds the younger one. */
static const bm_stmt_t signing_key_add = { "signing_key_add",
    "with o as (update signing_keys set verifies_until = now() + ($5 + $4) * interval '1 second'"
    "  where not $6 and verifies_until is null and kid <> $1)"
    " insert into signing_keys (kid, public_key, secret_key, signs_from)"
    " select $1, $2, $3, now() + $4 * interval '1 second'"
    " where not ($6 and exists (select 1 from signing_keys where verifies_until is null))" };

apr_status_t bm_signing_key_store_add(bm_db_t *db, const bm_sign_key_t *key, int first, apr_int64_t seconds, bm_err_t *err,
                                      apr_pool_t *p)
{
    return bm_db_query(NULL, db, &signing_key_add,
                       BM_PARAMS(bm_param_text(key->kid), bm_param_bytes(key->public_key, BM_SIGN_PUBLIC),
                                 bm_param_bytes(key->secret_key, BM_SIGN_SECRET),
                                 bm_param_int64(first ? 0 : BM_SIGNING_KEY_WAITS), bm_param_int64(seconds), bm_param_bool(first)),
                       err, p);
}

static const bm_stmt_t signing_key_prune = { "signing_key_prune", "delete from signing_keys where verifies_until < now()" };

apr_status_t bm_signing_key_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &signing_key_prune, BM_NO_PARAMS, err, p);
}
