/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_frame.h"

#include <string.h>

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "Status";
    }
}

static int put_header(void *baton, const char *name, const char *value)
{
    bm_target_reply_putf(baton, "%s: %s\r\n", name, value);
    return 1;
}

/* Response head; length < 0: of a stream. */
static void put_head(bm_target_conn_t *conn, apr_int64_t length, bm_buffer_t *out)
{
    const bm_target_reply_t *reply = conn->reply;
    char date[APR_RFC822_DATE_LEN];

    apr_rfc822_date(date, apr_time_now());
    bm_target_reply_putf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nServer: benchmark-target\r\nContent-Type: %s\r\n"
                         "Cache-Control: no-cache\r\n", reply->status, reason_of(reply->status), date,
                         reply->content_type);
    apr_table_do(put_header, out, reply->headers, NULL);
    conn->chunked = length < 0 && reply->request != NULL && reply->request->minor >= 1;
    if (conn->chunked)
        bm_target_reply_put(out, "Transfer-Encoding: chunked\r\n");
    else if (length >= 0 && reply->status != 204 && reply->status != 304)
        bm_target_reply_putf(out, "Content-Length: %" APR_INT64_T_FMT "\r\n", length);
    else if (length < 0)
        conn->close_after = 1;                  /* HTTP/1.0: the end of the connection is the end of the stream */
    bm_target_reply_put(out, conn->close_after ? "Connection: close\r\n\r\n" : "\r\n");
}

/* One complete answer: head and body, or half of the body if the connection is to be cut in it. */
static void put_whole(bm_target_conn_t *conn, const bm_buffer_t *body, bm_buffer_t *out)
{
    const bm_target_reply_t *reply = conn->reply;
    apr_int64_t fault = reply->spec.status == 200 ? reply->spec.fault : BM_TARGET_FAULT_NONE;
    apr_size_t len = fault == BM_TARGET_FAULT_CUT || fault == BM_TARGET_FAULT_RESET ? body->len / 2 : body->len;

    put_head(conn, (apr_int64_t)body->len, out);
    if (reply->status == 204 || reply->status == 304
        || (reply->request != NULL && reply->request->method != NULL && strcmp(reply->request->method, "HEAD") == 0))
        return;
    bm_buffer_append(out, body->data, len);
}

void bm_target_frame_step(bm_target_conn_t *conn, const bm_target_step_t *step, bm_buffer_t *body, bm_buffer_t *out)
{
    bm_buffer_clear(body);
    if (step->kind == BM_TARGET_STEP_HEAD)
        put_head(conn, -1, out);
    bm_target_reply_render(conn->reply, step, body);
    if (step->kind == BM_TARGET_STEP_WHOLE)
        put_whole(conn, body, out);
    else if (conn->chunked && body->len > 0) {
        bm_target_reply_putf(out, "%lx\r\n", (unsigned long)body->len);
        bm_buffer_append(out, body->data, body->len);
        bm_target_reply_put(out, "\r\n");
    }
    else
        bm_buffer_append(out, body->data, body->len);
    if (step->kind == BM_TARGET_STEP_END && conn->chunked)
        bm_target_reply_put(out, "0\r\n\r\n");
}
