/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/reply.h"

#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <util_filter.h>

/* Headers of a refusal that httpd owes the client: who may come in, and how. */
static void challenge(request_rec *r)
{
    if (ap_auth_type(r) != NULL)
        ap_note_auth_failure(r);
    if (apr_table_get(r->err_headers_out, "WWW-Authenticate") == NULL)
        apr_table_setn(r->err_headers_out, "WWW-Authenticate", "Benchmark realm=\"benchmark\"");
}

int bm_reply_send(bm_req_t *q, request_rec *r)
{
    apr_bucket_brigade *bb;
    apr_status_t rv;

    r->status = q->status;
    r->status_line = NULL;
    apr_table_overlap(r->headers_out, q->headers, APR_OVERLAP_TABLES_SET);
    if (q->etag != NULL)
        apr_table_setn(r->headers_out, "ETag", q->etag);
    if (q->status == HTTP_UNAUTHORIZED)
        challenge(r);
    if (q->status == HTTP_NOT_MODIFIED)
        return OK;
    ap_set_content_type(r, q->content_type);
    ap_set_content_length(r, (apr_off_t)q->out.len);
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    /* the bytes live as long as r->pool, which httpd keeps until they are sent */
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_immortal_create(q->out.data, q->out.len, bb->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(bb->bucket_alloc));
    rv = ap_pass_brigade(r->output_filters, bb);
    return rv == APR_SUCCESS || r->connection->aborted ? OK : AP_FILTER_ERROR;
}
