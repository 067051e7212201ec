/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/request.h"

#include <string.h>
#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <util_filter.h>
#include "base/text.h"
#include "glue/authn.h"

#define ID_NOTE "benchmark-request-id"

enum { ID_MAX = 64, ID_BYTES = 12 };

static int is_harmless(const char *id)
{
    size_t len = strlen(id);

    return len >= 1 && len <= ID_MAX
        && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

const char *bm_request_id(request_rec *r)
{
    const char *id = apr_table_get(r->notes, ID_NOTE);
    unsigned char bytes[ID_BYTES];

    if (id != NULL)
        return id;
    id = apr_table_get(r->headers_in, "X-Request-Id");
    if (id == NULL || !is_harmless(id))
        id = apr_table_get(r->subprocess_env, "UNIQUE_ID");
    if (id == NULL || !is_harmless(id)) {
        ap_random_insecure_bytes(bytes, sizeof(bytes));
        id = bm_text_hex(bytes, sizeof(bytes), r->pool);
    }
    apr_table_setn(r->notes, ID_NOTE, id);
    return id;
}

static const char *header(void *request, const char *name)
{
    return apr_table_get(((const request_rec *)request)->headers_in, name);
}

bm_req_t *bm_request_make(bm_api_t *api, request_rec *r, const bm_place_t *place)
{
    bm_req_t *q = bm_api_request_make(api, r->pool);

    q->prefix = place->prefix;
    q->path = place->path;
    q->query_text = r->args;
    q->base_url = ap_construct_url(r->pool, place->mount, r);
    q->request_id = place->request_id;
    q->client = r->useragent_ip != NULL ? r->useragent_ip : "";
    q->if_match = apr_table_get(r->headers_in, "If-Match");
    q->if_none_match = apr_table_get(r->headers_in, "If-None-Match");
    q->idempotency_key = apr_table_get(r->headers_in, "Idempotency-Key");
    q->prefer = apr_table_get(r->headers_in, "Prefer");
    q->accept = apr_table_get(r->headers_in, "Accept");
    q->now = r->request_time;
    q->address = r->useragent_ip;
    q->secure = bm_authn_is_secure(r);
    q->header = header;
    q->request = r;
    q->own_connection = r->connection->master == NULL && !r->connection->clogging_input_filters;
    return q;
}

int bm_request_has_body(const request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    return apr_table_get(r->headers_in, "Transfer-Encoding") != NULL || (length != NULL && strcmp(length, "0") != 0);
}

int bm_request_is_protobuf(const request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    size_t len = type != NULL ? strcspn(type, "; \t") : 0;

    return len == strlen("application/x-protobuf") && ap_cstr_casecmpn(type, "application/x-protobuf", len) == 0;
}

int bm_request_is_json(const request_rec *r)
{
    const char *type = apr_table_get(r->headers_in, "Content-Type");
    const char *charset;
    size_t len;

    if (type == NULL)
        return 0;
    len = strcspn(type, "; \t");
    if (len != strlen("application/json") || ap_cstr_casecmpn(type, "application/json", len) != 0)
        return 0;
    charset = ap_strcasestr(type, "charset=");
    if (charset == NULL)
        return 1;
    charset += strlen("charset=");
    if (*charset == '"')
        charset++;
    len = strcspn(charset, "\"; \t");
    return (len == 5 && ap_cstr_casecmpn(charset, "utf-8", 5) == 0)
        || (len == 8 && ap_cstr_casecmpn(charset, "us-ascii", 8) == 0);
}

/* Bytes of the longest body. */
static apr_int64_t most(const bm_req_t *q)
{
    return q->api->settings->max_body * (q->route->flags & BM_ROUTE_PUSH ? BM_API_PUSH_BODIES : 1);
}

static apr_status_t too_large(bm_req_t *q, request_rec *r)
{
    r->connection->keepalive = AP_CONN_CLOSE;       /* rather than read the rest only to throw it away */
    return bm_err_set(q->err, APR_EINVAL, "body_too_large", "The body is larger than %" APR_INT64_T_FMT " bytes.",
                      most(q));
}

/* Content types that the body may not have, before it is read. */
static apr_status_t check_type(bm_req_t *q, const request_rec *r)
{
    const char *encoding = apr_table_get(r->headers_in, "Content-Encoding");

    if (encoding != NULL && ap_cstr_casecmp(encoding, "identity") != 0
        && !((q->route->flags & BM_ROUTE_PUSH) && ap_cstr_casecmp(encoding, "gzip") == 0))
        return bm_err_set(q->err, APR_EINVAL, "unsupported_media_type", "The body must not be compressed%s.",
                          q->route->flags & BM_ROUTE_PUSH ? " but with gzip" : "");
    if (bm_request_is_json(r))
        return APR_SUCCESS;
    if (q->route->flags & BM_ROUTE_PROTOBUF)
        return bm_request_is_protobuf(r) ? APR_SUCCESS
            : bm_err_set(q->err, APR_EINVAL, "unsupported_media_type",
                         "The body must be application/x-protobuf, or JSON in UTF-8 with Content-Type: application/json.");
    return bm_err_set(q->err, APR_EINVAL, "unsupported_media_type",
                      "The body must be JSON in UTF-8, with Content-Type: application/json.");
}

/* Append what a brigade holds; *end: it was the last. */
static apr_status_t take(bm_buffer_t *buffer, apr_bucket_brigade *bb, int *end)
{
    apr_bucket *b;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb); b = APR_BUCKET_NEXT(b)) {
        const char *data;
        apr_size_t len;
        apr_status_t rv;

        if (APR_BUCKET_IS_EOS(b)) {
            *end = 1;
            return APR_SUCCESS;
        }
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        rv = apr_bucket_read(b, &data, &len, APR_BLOCK_READ);
        if (rv == APR_SUCCESS)
            rv = bm_buffer_append(buffer, data, len);
        if (rv != APR_SUCCESS)
            return rv;
    }
    return APR_SUCCESS;
}

apr_status_t bm_request_read_body(bm_req_t *q, request_rec *r, int *http)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");
    bm_buffer_t *buffer;
    apr_bucket_brigade *bb;
    apr_int64_t bytes;
    int end = 0;
    apr_status_t rv;

    *http = OK;
    if (!bm_request_has_body(r))
        return APR_SUCCESS;
    if (length != NULL && bm_text_to_int64(&bytes, length, 0, most(q)) != APR_SUCCESS)
        return too_large(q, r);
    rv = check_type(q, r);
    if (rv != APR_SUCCESS)
        return rv;
    buffer = apr_pcalloc(r->pool, sizeof(*buffer));
    buffer->limit = (apr_size_t)most(q);
    bm_buffer_adopt(buffer, r->pool);
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    while (!end) {
        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, HUGE_STRING_LEN);
        if (rv != APR_SUCCESS) {
            *http = ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
            return rv;
        }
        rv = take(buffer, bb, &end);
        apr_brigade_cleanup(bb);
        if (rv != APR_SUCCESS)
            return APR_STATUS_IS_ENOSPC(rv) ? too_large(q, r) : bm_err_set(q->err, APR_EGENERAL, NULL, "the body cannot be kept");
    }
    q->body_text = buffer->data;
    q->body_len = buffer->len;
    return APR_SUCCESS;
}
