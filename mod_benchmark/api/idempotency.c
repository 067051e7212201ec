/* SPDX-License-Identifier: Apache-2.0 */
#include "api/idempotency.h"

#include <string.h>
#include <apr_sha1.h>
#include <apr_strings.h>
#include "store/idempotency_store.h"

enum { KEY_MAX = 255 };

static void fill_key(bm_idempotency_key_t *key, unsigned char digest[APR_SHA1_DIGESTSIZE], const bm_req_t *q)
{
    const char *held = bm_projects_text(&q->who.projects, q->p);
    apr_sha1_ctx_t sha;

    apr_sha1_init(&sha);
    apr_sha1_update_binary(&sha, (const unsigned char *)(q->body_text ? q->body_text : ""), (unsigned)q->body_len);
    apr_sha1_final(digest, &sha);
    key->principal = q->who.user ? q->who.user : "";
    if (held != NULL)                    /* a key that sees less than its owner is not told what he was answered */
        key->principal = apr_pstrcat(q->p, key->principal, ":", held, NULL);
    key->route = apr_pstrcat(q->p, q->route->method, " ", q->path, NULL);
    key->key = q->idempotency_key;
    key->hash = digest;
    key->hash_len = APR_SHA1_DIGESTSIZE;
}

static int is_valid(const char *key)
{
    size_t i, len = strlen(key);

    if (len == 0 || len > KEY_MAX)
        return 0;
    for (i = 0; i < len; i++)
        if (key[i] < 0x21 || key[i] > 0x7e)
            return 0;
    return 1;
}

static apr_status_t replay(bm_req_t *q, const bm_idempotency_answer_t *earlier)
{
    if (!earlier->same_body)
        return bm_err_set(q->err, APR_EINVAL, "idempotency_key_reused",
                          "This Idempotency-Key was used for another body before.");
    if (earlier->status == 0)
        return bm_err_set(q->err, APR_EEXIST, "idempotency_in_progress",
                          "The first request with this Idempotency-Key has not been answered.");
    q->status = earlier->status;
    if (earlier->location != NULL)
        apr_table_set(q->headers, "Location", earlier->location);
    apr_table_setn(q->headers, "Idempotency-Replayed", "true");
    bm_buffer_clear(&q->out);
    return bm_buffer_append(&q->out, earlier->body ? earlier->body : "", earlier->body ? strlen(earlier->body) : 0);
}

apr_status_t bm_idempotency_begin(int *preplayed, bm_req_t *q)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    bm_idempotency_answer_t *earlier;
    bm_idempotency_key_t key;
    apr_status_t rv;

    *preplayed = 0;
    if (!is_valid(q->idempotency_key))
        return bm_err_set(q->err, APR_EINVAL, "bad_header", "Idempotency-Key must be 1 to %d visible ASCII characters.", KEY_MAX);
    fill_key(&key, digest, q);
    rv = bm_idempotency_store_claim(&earlier, q->db, &key, q->err, q->p);
    if (rv != APR_SUCCESS || earlier == NULL)
        return rv;
    *preplayed = 1;
    return replay(q, earlier);
}

apr_status_t bm_idempotency_end(bm_req_t *q)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    bm_idempotency_key_t key;

    fill_key(&key, digest, q);
    return bm_idempotency_store_finish(q->db, &key, q->status, apr_table_get(q->headers, "Location"),
                                       apr_pstrmemdup(q->p, q->out.data, q->out.len), q->err, q->p);
}
