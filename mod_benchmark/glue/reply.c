/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/reply.h"

#include <sys/socket.h>
#include <apr_buckets.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>
#include "base/log.h"
#include "glue/authn.h"
#include "glue/live_conn.h"

#define POLICY "Content-Security-Policy"

/* Headers of a refusal that httpd owes the client: who may come in, and how. */
static void challenge(request_rec *r)
{
    if (ap_auth_type(r) != NULL)
        ap_note_auth_failure(r);
    if (apr_table_get(r->err_headers_out, "WWW-Authenticate") == NULL)
        bm_authn_challenge(r, NULL);
}

static apr_status_t pass(request_rec *r, apr_bucket_brigade *bb, apr_bucket *last)
{
    APR_BRIGADE_INSERT_TAIL(bb, last);
    return ap_pass_brigade(r->output_filters, bb);
}

/* Before HTTP/1.1 there are no chunks, and a closed connection is the end of an answer: only one that is reset is not. Who asks
 * so today is a proxy (that of nginx by default), which would pass a part on as the whole. */
static apr_status_t reset(request_rec *r)
{
    const struct linger at_once = { 1, 0 };
    apr_socket_t *sock = ap_get_conn_socket(r->connection);
    apr_os_sock_t fd;

    if (sock != NULL && apr_os_sock_get(&fd, sock) == APR_SUCCESS)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    r->connection->aborted = 1;              /* or httpd would end it in good order first */
    return APR_ECONNABORTED;
}

/* Part by part, each sent before the next is made. One that cannot be made ends the connection without the last chunk, so that
 * the client knows the answer to be cut. */
static apr_status_t send_parts(bm_req_t *q, request_rec *r, apr_bucket_brigade *bb)
{
    int done = r->header_only;
    apr_status_t rv;

    for (;;) {
        apr_brigade_write(bb, NULL, NULL, q->out.data, q->out.len);
        if (done)
            return pass(r, bb, apr_bucket_eos_create(bb->bucket_alloc));
        rv = pass(r, bb, apr_bucket_flush_create(bb->bucket_alloc));
        apr_brigade_cleanup(bb);
        if (rv != APR_SUCCESS || r->connection->aborted)
            return rv;
        bm_buffer_clear(&q->out);
        rv = q->more(q, &done);
        if (rv != APR_SUCCESS) {
            ap_log_rerror(APLOG_MARK, APLOG_WARNING, rv, r, BMLOG(0103) "request %s: the answer is cut off: %s", q->request_id,
                          q->err->detail ? q->err->detail : "the next part could not be made");
            if (r->proto_num < HTTP_VERSION(1, 1))
                return reset(r);
            APR_BRIGADE_INSERT_TAIL(bb, ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool, bb->bucket_alloc));
            r->connection->keepalive = AP_CONN_CLOSE;
            return pass(r, bb, apr_bucket_eos_create(bb->bucket_alloc));
        }
    }
}

int bm_reply_send(bm_req_t *q, request_rec *r)
{
    apr_bucket_brigade *bb;
    apr_status_t rv;
    int refused, answer;

    if (q->live != NULL) {
        answer = bm_live_conn_take(q, r, &refused);
        if (!refused)
            return answer;
    }
    r->status = q->status;
    r->status_line = NULL;
    if (apr_table_get(q->headers, POLICY) != NULL)
        apr_table_unset(r->err_headers_out, POLICY);         /* or both would hold */
    apr_table_overlap(r->headers_out, q->headers, APR_OVERLAP_TABLES_SET);
    if (q->etag != NULL)
        apr_table_setn(r->headers_out, "ETag", q->etag);
    if (q->status == HTTP_UNAUTHORIZED)
        challenge(r);
    if (q->status == HTTP_UPGRADE_REQUIRED) {
        apr_table_setn(r->err_headers_out, "Upgrade", "websocket");
        apr_table_setn(r->err_headers_out, "Sec-WebSocket-Version", "13");
    }
    if (q->status == HTTP_NOT_MODIFIED)
        return OK;
    ap_set_content_type(r, q->content_type);
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    if (q->more != NULL) {
        rv = send_parts(q, r, bb);
        return rv == APR_SUCCESS || r->connection->aborted ? OK : AP_FILTER_ERROR;
    }
    ap_set_content_length(r, (apr_off_t)q->out.len);
    /* the bytes live as long as r->pool, which httpd keeps until they are sent */
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_immortal_create(q->out.data, q->out.len, bb->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_eos_create(bb->bucket_alloc));
    rv = ap_pass_brigade(r->output_filters, bb);
    return rv == APR_SUCCESS || r->connection->aborted ? OK : AP_FILTER_ERROR;
}
