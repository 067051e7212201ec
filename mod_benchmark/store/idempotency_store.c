/* SPDX-License-Identifier: Apache-2.0 */
#include "store/idempotency_store.h"

#include <apr_strings.h>

/* A key that is older than a day is taken over, whether or not the job that removes them has been there. */
static const bm_stmt_t idempotency_claim = { "idempotency_claim",
    "insert into idempotency as i (principal, route, key, body_hash) values ($1, $2, $3, $4)"
    " on conflict (principal, route, key) do update"
    " set body_hash = excluded.body_hash, status = null, location = null, body = null, created_at = now()"
    " where i.created_at < now() - interval '1 day' returning 1" };
static const bm_stmt_t idempotency_find = { "idempotency_find",
    "select body_hash = $4, status, location, body from idempotency where principal = $1 and route = $2 and key = $3" };
static const bm_stmt_t idempotency_finish = { "idempotency_finish",
    "update idempotency set status = $4, location = $5, body = $6 where principal = $1 and route = $2 and key = $3" };

apr_status_t bm_idempotency_store_claim(bm_idempotency_answer_t **panswer, bm_db_t *db, const bm_idempotency_key_t *key,
                                        bm_err_t *err, apr_pool_t *p)
{
    const bm_param_t params[] = { bm_param_text(key->principal), bm_param_text(key->route), bm_param_text(key->key),
                                  bm_param_bytes(key->hash, key->hash_len) };
    bm_rows_t *rows;
    apr_status_t rv;

    *panswer = NULL;
    rv = bm_db_query(&rows, db, &idempotency_claim, params, 4, err, p);
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 1)
        return rv;
    rv = bm_db_query(&rows, db, &idempotency_find, params, 4, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *panswer = apr_pcalloc(p, sizeof(**panswer));
    if (bm_rows_count(rows) == 1) {
        (*panswer)->same_body = bm_rows_bool(rows, 0, 0);
        (*panswer)->status = (int)bm_rows_int64(rows, 0, 1, 0);
        (*panswer)->location = bm_rows_text(rows, 0, 2);
        (*panswer)->body = bm_rows_text(rows, 0, 3);
    }
    return APR_SUCCESS;
}

apr_status_t bm_idempotency_store_finish(bm_db_t *db, const bm_idempotency_key_t *key, int status, const char *location,
                                         const char *body, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &idempotency_finish,
                       BM_PARAMS(bm_param_text(key->principal), bm_param_text(key->route), bm_param_text(key->key),
                                 bm_param_int(status), bm_param_text(location), bm_param_text(body)), err, p);
}

static const bm_stmt_t idempotency_prune = { "idempotency_prune",
    "delete from idempotency where created_at < now() - interval '1 day'" };

apr_status_t bm_idempotency_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &idempotency_prune, BM_NO_PARAMS, err, p);
}
