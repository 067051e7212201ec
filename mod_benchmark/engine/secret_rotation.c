/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/secret_rotation.h"

#include <string.h>
#include "base/log.h"
#include "base/settings.h"
#include "crypt/seal.h"
#include "model/secret_model.h"
#include "store/secret_store.h"
#include "store/signing_key_store.h"

enum { AT_ONCE = 100 };

/* One row (id, project_id, name, sealed) under the active key. */
static apr_status_t reseal(bm_job_ctx_t *ctx, const bm_key_ring_t *ring, const bm_rows_t *rows, int row, apr_pool_t *p)
{
    const char *place = bm_secret_place(bm_rows_int64(rows, row, 1, 0), bm_rows_text(rows, row, 2), p);
    const char *was = bm_rows_text(rows, row, 3), *text, *sealed;
    apr_size_t len;
    apr_status_t rv = bm_seal_open(&text, &len, ring, place, was, ctx->err, p);

    if (rv == APR_SUCCESS)
        rv = bm_seal(&sealed, ring, place, text, len, ctx->err, p);
    if (rv != APR_SUCCESS)
        return rv;
    return bm_secret_store_reseal(ctx->db, bm_rows_int64(rows, row, 0, 0), was, sealed, bm_key_ring_active(ring), ctx->err, p);
}

/* Up to AT_ONCE behind *after. *left: there are more. What cannot be opened is passed over and counted. */
static apr_status_t turn(bm_job_ctx_t *ctx, const bm_key_ring_t *ring, apr_int64_t *after, int *unread, int *left, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_secret_store_under_other(&rows, ctx->db, bm_key_ring_active(ring), *after, AT_ONCE, ctx->err, p);
    int i;

    *left = rv == APR_SUCCESS && bm_rows_count(rows) == AT_ONCE;
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        *after = bm_rows_int64(rows, i, 0, 0);
        rv = reseal(ctx, ring, rows, i, p);
        if (rv != APR_SUCCESS && ctx->err->code != NULL && strncmp(ctx->err->code, "secret_", 7) == 0) {
            bm_log(BM_LOG_WARNING, 0, BMLOG(0412) "secret %" APR_INT64_T_FMT " stays under its old key: %s", *after,
                   ctx->err->detail);
            ++*unread;
            rv = APR_SUCCESS;
        }
    }
    return rv;
}

/* Those that access tokens are signed with. */
static apr_status_t reseal_signing_keys(bm_job_ctx_t *ctx, const bm_key_ring_t *ring, apr_pool_t *p)
{
    const char *unread;
    apr_status_t rv = bm_signing_key_store_reseal(&unread, ctx->db, ring, ctx->err, p);

    if (rv == APR_SUCCESS && unread != NULL)
        bm_log(BM_LOG_WARNING, 0, BMLOG(0413) "signing key %s stays under its old key: %s", unread, ctx->err->detail);
    return rv;
}

static apr_status_t rotate(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;
    const bm_key_ring_t *ring = settings->key_ring;
    apr_int64_t after = 0;
    int unread = 0, left = bm_key_ring_trouble(ring) == NULL;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *pturn;

    apr_pool_create(&pturn, p);
    if (left)
        rv = reseal_signing_keys(ctx, ring, pturn);
    while (rv == APR_SUCCESS && left && !bm_job_stopping(ctx)) {
        rv = turn(ctx, ring, &after, &unread, &left, pturn);
        if (rv == APR_SUCCESS)
            rv = bm_job_extend(ctx);
        apr_pool_clear(pturn);
    }
    apr_pool_destroy(pturn);
    return rv;
}

const bm_job_t bm_secret_rotation_job = {
    .name = "secret-rotation", .doc = "Encrypts with the active key what another one encrypted: secrets, keys that sign.",
    .every = apr_time_from_sec(3600), .lease = apr_time_from_sec(120), .run = rotate
};
