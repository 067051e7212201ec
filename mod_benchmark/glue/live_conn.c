/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/live_conn.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <apr_portable.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>
#include <util_filter.h>
#include "base/log.h"
#include "glue/dbd.h"
#include "glue/directives.h"
#include "glue/lifecycle.h"
#include "glue/reply.h"

APLOG_USE_MODULE(benchmark);

extern module AP_MODULE_DECLARE_DATA benchmark_module;

#define HUB_KEY "mod_benchmark:hub"
#define SEND_BUFFER (128 * 1024)         /* bytes; a client that does not read shall be noticed */
#define LOST_MS 60000                    /* until what nobody acknowledges is given up */
#define RETRY_AFTER_S 5

/* One connection. Owner: the request's thread until it is adopted, then the hub's. */
typedef struct live_conn_t {
    bm_sink_t sink;                      /* first */
    conn_rec *c;
    bm_hub_t *hub;
    bm_req_t *q;
    request_rec *r;
    apr_bucket_brigade *in, *out;
    ap_filter_t *core;                   /* the last output filter, which has the socket */
    int bare;                            /* no filter stands before it that would change a byte */
    int filtered;                        /* something was given to the filters since the last flush */
    /* Where the MPM keeps no connection without a thread: that thread waits on this eventfd until the hub leaves. (No condition
     * variable: prefork destroys the pools from a signal's handler, which would wait for the thread that it interrupted.) */
    int parked;                          /* -1: there is none */
    int finished;                        /* the filters have had their end: mod_ssl has freed what it read with */
} live_conn_t;

/* --- the sink: from the hub's thread, never waiting (the socket's time-out is 0) --- */

static apr_status_t sent(const live_conn_t *live)
{
    if (live->c->aborted)
        return APR_ECONNABORTED;
    return live->c->data_in_output_filters ? APR_EAGAIN : APR_SUCCESS;
}

static apr_status_t write_through_filters(live_conn_t *live, const char *data, apr_size_t len)
{
    apr_bucket_alloc_t *alloc = live->c->bucket_alloc;
    apr_status_t rv;

    live->filtered = 1;
    APR_BRIGADE_INSERT_TAIL(live->out, apr_bucket_transient_create(data, len, alloc));
    APR_BRIGADE_INSERT_TAIL(live->out, apr_bucket_eos_create(alloc));        /* mod_ssl would keep small pieces back */
    rv = ap_pass_brigade(live->c->output_filters, live->out);
    apr_brigade_cleanup(live->out);
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv))
        return rv;
    return live->c->aborted ? APR_ECONNABORTED : APR_SUCCESS;
}

/* Where no filter would do anything, the socket is asked first, which is quicker (docs/measurements.md). What it does not take
 * goes the usual way. */
static apr_status_t sink_write(bm_sink_t *sink, const char *data, apr_size_t len)
{
    live_conn_t *live = (live_conn_t *)sink;
    apr_status_t rv = sent(live);
    ssize_t n = 0;

    if (rv != APR_SUCCESS)
        return rv;
    if (live->bare && !live->filtered) {
        n = send(sink->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (n < 0)
            n = 0;
    }
    return (apr_size_t)n == len ? APR_SUCCESS : write_through_filters(live, data + n, len - (apr_size_t)n);
}

static apr_status_t sink_flush(bm_sink_t *sink)
{
    live_conn_t *live = (live_conn_t *)sink;
    apr_status_t rv;

    if (!live->filtered)
        return APR_SUCCESS;
    rv = live->core->frec->filter_func.out_func(live->core, NULL);
    if (rv != APR_SUCCESS && !APR_STATUS_IS_EAGAIN(rv))
        return rv;
    rv = sent(live);
    live->filtered = rv != APR_SUCCESS;
    return rv;
}

/* Behind our end nothing is read but for the client's. */
static apr_status_t read_on(const live_conn_t *live, char *data, apr_size_t *len)
{
    ssize_t n = recv(live->sink.fd, data, *len, MSG_DONTWAIT);

    *len = n > 0 ? (apr_size_t)n : 0;
    if (n == 0)
        return APR_EOF;
    return n > 0 ? APR_SUCCESS : errno == EWOULDBLOCK || errno == EINTR ? APR_EAGAIN : errno;
}

static apr_status_t sink_read(bm_sink_t *sink, char *data, apr_size_t *len)
{
    live_conn_t *live = (live_conn_t *)sink;
    apr_size_t size = *len;
    apr_status_t rv;

    if (live->finished)
        return read_on(live, data, len);
    rv = ap_get_brigade(live->c->input_filters, live->in, AP_MODE_READBYTES, APR_NONBLOCK_READ, (apr_off_t)size);
    *len = 0;
    if (rv == APR_SUCCESS) {
        *len = size;
        rv = apr_brigade_flatten(live->in, data, len);
        if (rv == APR_SUCCESS && *len == 0)
            rv = APR_BRIGADE_EMPTY(live->in) ? APR_EAGAIN : APR_EOF;     /* nothing, or the bucket that says so */
    }
    apr_brigade_cleanup(live->in);
    return rv;
}

static void sink_finish(bm_sink_t *sink)
{
    live_conn_t *live = (live_conn_t *)sink;

    live->finished = 1;
    APR_BRIGADE_INSERT_TAIL(live->out, ap_bucket_eoc_create(live->c->bucket_alloc));
    ap_pass_brigade(live->c->output_filters, live->out);
    apr_brigade_cleanup(live->out);
    live->filtered = 1;
    sink_flush(sink);
    apr_socket_shutdown(ap_get_conn_socket(live->c), APR_SHUTDOWN_WRITE);
}

/* httpd's worker writes c->sbh as the last but one of what it does to a connection that it leaves. */
static int sink_settled(bm_sink_t *sink)
{
    const live_conn_t *live = (const live_conn_t *)sink;

    return live->parked >= 0 || __atomic_load_n(&live->c->sbh, __ATOMIC_ACQUIRE) == NULL;
}

static void hub_leaves(const live_conn_t *live)
{
    const uint64_t one = 1;
    ssize_t ignored = write(live->parked, &one, sizeof(one));

    (void)ignored;
}

static void sink_destroy(bm_sink_t *sink)
{
    live_conn_t *live = (live_conn_t *)sink;

    if (live->parked < 0)
        apr_pool_destroy(live->c->pool);     /* closes the socket, and tells the MPM's counters */
    else {
        live->q->live = NULL;
        live->c->aborted = 1;                /* nothing is left to say */
        hub_leaves(live);
    }
}

/* --- a request that waited goes on --- */

static void adopt(live_conn_t *live)
{
    apr_socket_timeout_set(ap_get_conn_socket(live->c), 0);
    bm_hub_adopt(live->hub, &live->sink, live->q->live);
}

/* With a thread of the MPM: the request ends, or waits on. */
static int goes_on(live_conn_t *live)
{
    int last = bm_hub_is_closing(live->hub);

    bm_api_resume(live->q, last);
    if (live->q->live == NULL)
        return 0;
    if (bm_hub_reserve(live->hub))
        return 1;
    bm_api_resume(live->q, 1);
    return 0;
}

static void answer(live_conn_t *live)
{
    apr_bucket_brigade *bb = apr_brigade_create(live->c->pool, live->c->bucket_alloc);

    apr_socket_timeout_set(ap_get_conn_socket(live->c), live->r->server->timeout);
    bm_reply_send(live->q, live->r);
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_flush_create(live->c->bucket_alloc));
    ap_pass_brigade(live->c->output_filters, bb);
    ap_run_log_transaction(live->r);
}

/* In a worker, which this connection left earlier. */
static void resume(void *baton)
{
    live_conn_t *live = baton;

    if (goes_on(live)) {
        adopt(live);
        return;
    }
    answer(live);
    live->filtered = 1;
    apr_socket_timeout_set(ap_get_conn_socket(live->c), 0);
    bm_hub_adopt_ended(live->hub, &live->sink);
}

/* From the hub's thread: the connection is not the hub's any more. */
static void wake(void *baton)
{
    live_conn_t *live = baton;

    if (live->parked >= 0)
        hub_leaves(live);
    else if (ap_mpm_register_timed_callback(0, resume, live) != APR_SUCCESS)
        bm_hub_adopt_ended(live->hub, &live->sink);
}

/* --- a request becomes a client --- */

static bm_hub_t *hub_of_child(void)
{
    void *hub = NULL;

    apr_pool_userdata_get(&hub, HUB_KEY, ap_server_conf->process->pconf);
    return hub;
}

static int keeps_connections(void)
{
    int async = 0;

    return ap_mpm_query(AP_MPMQ_IS_ASYNC, &async) == APR_SUCCESS && async;
}

static live_conn_t *live_conn_make(bm_req_t *q, bm_hub_t *hub, request_rec *r)
{
    conn_rec *c = r->connection;
    live_conn_t *live = apr_pcalloc(c->pool, sizeof(*live));
    apr_os_sock_t fd = -1;

    apr_os_sock_get(&fd, ap_get_conn_socket(c));
    live->sink = (bm_sink_t){ fd, sink_write, sink_flush, sink_read, sink_finish, sink_settled, sink_destroy };
    live->c = c;
    live->hub = hub;
    live->parked = -1;
    live->q = q;
    live->r = r;
    live->in = apr_brigade_create(c->pool, c->bucket_alloc);
    live->out = apr_brigade_create(c->pool, c->bucket_alloc);
    live->bare = 1;
    for (live->core = c->output_filters; live->core->next != NULL; live->core = live->core->next)
        live->bare &= strcmp(live->core->frec->name, "reqtimeout") == 0;     /* which only waits for the end of requests */
    live->filtered = 1;                      /* the head of the answer */
    return live;
}

static void prepare_socket(int fd)
{
    const int buffer = SEND_BUFFER, lost = LOST_MS, on = 1;

    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost, sizeof(lost));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static apr_status_t send_upgrade(const bm_live_order_t *order, request_rec *r)
{
    conn_rec *c = r->connection;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, c->bucket_alloc);

    r->status = HTTP_SWITCHING_PROTOCOLS;
    apr_brigade_printf(bb, NULL, NULL, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n", order->accept,
                       order->protocol ? "Sec-WebSocket-Protocol: " : "", order->protocol ? order->protocol : "",
                       order->protocol ? "\r\n" : "");
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_flush_create(c->bucket_alloc));
    return ap_pass_brigade(c->output_filters, bb);
}

/* The head of an answer whose body is what the hub writes until the connection ends. */
static apr_status_t send_head(bm_req_t *q, request_rec *r)
{
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);

    r->status = q->status;
    apr_table_overlap(r->headers_out, q->headers, APR_OVERLAP_TABLES_SET);
    apr_table_setn(r->subprocess_env, "no-gzip", "1");
    apr_table_setn(r->subprocess_env, "no-brotli", "1");
    ap_set_content_type(r, q->content_type);
    if (q->out.len > 0)
        apr_brigade_write(bb, NULL, NULL, q->out.data, q->out.len);
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_flush_create(r->connection->bucket_alloc));
    return ap_pass_brigade(r->output_filters, bb);
}

static void wait_for_hub(const live_conn_t *live)
{
    uint64_t count;

    while (read(live->parked, &count, sizeof(count)) < 0 && errno == EINTR)
        ;
}

static apr_status_t close_parked(void *live)
{
    close(((live_conn_t *)live)->parked);
    return APR_SUCCESS;
}

/* The thread of this request serves nobody else while the hub serves its connection. */
static int wait_here(live_conn_t *live)
{
    conn_rec *c = live->c;
    apr_interval_time_t timeout = 0;
    int waits = live->q->then != NULL;

    live->parked = eventfd(0, EFD_CLOEXEC);
    if (live->parked < 0) {
        bm_hub_release(live->hub);
        return AP_FILTER_ERROR;
    }
    apr_pool_cleanup_register(c->pool, live, close_parked, apr_pool_cleanup_null);
    apr_socket_timeout_get(ap_get_conn_socket(c), &timeout);
    do {
        adopt(live);
        wait_for_hub(live);
    } while (waits && live->q->live != NULL && goes_on(live));
    apr_socket_timeout_set(ap_get_conn_socket(c), timeout);
    if (waits && !c->aborted)
        return bm_reply_send(live->q, live->r);
    c->aborted = 1;                          /* all is said */
    return OK;
}

/* What the hub's place is wanted for, before the connection is its. */
static apr_status_t send_begin(bm_req_t *q, request_rec *r)
{
    if (q->live->framing == BM_FRAMING_WAIT)
        return APR_SUCCESS;
    return q->live->accept != NULL ? send_upgrade(q->live, r) : send_head(q, r);
}

/* There is no place for it. */
static void refuse(bm_req_t *q)
{
    if (q->then != NULL) {
        bm_api_resume(q, 1);
        return;
    }
    q->err->retry_after_s = RETRY_AFTER_S;
    bm_api_fail(q, bm_err_set(q->err, APR_EAGAIN, "too_many_clients",
                              "This server holds as many live clients as it may (BenchmarkMaxLiveClients)."));
}

int bm_live_conn_take(bm_req_t *q, request_rec *r, int *refused)
{
    conn_rec *c = r->connection;
    bm_hub_t *hub = hub_of_child();
    live_conn_t *live;
    apr_status_t rv;

    *refused = r->header_only;               /* its answer is a head, which bm_reply_send makes */
    if (*refused && q->then == NULL)
        return OK;
    *refused = *refused || hub == NULL || !bm_hub_reserve(hub);
    if (*refused) {
        refuse(q);
        return OK;
    }
    ap_remove_input_filter_byhandle(c->input_filters, "reqtimeout");
    c->keepalive = AP_CONN_CLOSE;
    live = live_conn_make(q, hub, r);
    prepare_socket(live->sink.fd);
    rv = send_begin(q, r);
    if (rv != APR_SUCCESS || c->aborted) {
        bm_hub_release(hub);
        return c->aborted ? OK : AP_FILTER_ERROR;
    }
    q->live->wake = wake;
    q->live->baton = live;
    if (!keeps_connections())
        return wait_here(live);
    if (q->then == NULL)
        ap_run_log_transaction(r);           /* its request never ends for httpd */
    ap_set_module_config(c->conn_config, &benchmark_module, live);
    return SUSPENDED;
}

/* The worker has done with the connection but for two fields (see sink_settled). Not before: until here it would use it. */
static void suspend_connection(conn_rec *c, request_rec *r)
{
    live_conn_t *live = ap_get_module_config(c->conn_config, &benchmark_module);

    (void)r;
    if (live == NULL || c->cs == NULL || c->cs->state != CONN_STATE_SUSPENDED)
        return;
    ap_set_module_config(c->conn_config, &benchmark_module, NULL);
    c->current_thread = NULL;
    adopt(live);
}

/* --- begin and end of a child --- */

static apr_status_t stop_hub(void *hub)
{
    apr_pool_userdata_set(NULL, HUB_KEY, apr_pool_cleanup_null, ap_server_conf->process->pconf);
    bm_hub_stop(hub);
    return APR_SUCCESS;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    bm_web_t *web = bm_lifecycle_web();
    bm_hub_options_t options = { 0 };
    bm_hub_t *hub;
    apr_status_t rv;

    if (web == NULL || web->settings->max_live_clients == 0)
        return;
    options.db = bm_dbd_own_options("mod_benchmark live", web->meters, pchild);
    options.conninfo = bm_dbd_source_conninfo;
    options.conninfo_baton = web->source;
    options.push_ns = (apr_int64_t)web->settings->live_push * 1000;
    options.beat_ns = (apr_int64_t)web->settings->live_beat * 1000;
    options.max_clients = web->settings->max_live_clients;
    options.meters = &web->meters->live;
    options.meter = bm_live_meters_child(&web->meters->live, getpid(), options.max_clients);
    rv = options.meter == NULL ? APR_ENOSPC : bm_hub_start(&hub, &options, pchild);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s, BMLOG(0800) "live clients cannot be served by this child");
        return;
    }
    apr_pool_userdata_set(hub, HUB_KEY, apr_pool_cleanup_null, s->process->pconf);
    apr_pool_pre_cleanup_register(pchild, hub, stop_hub);
}

static void child_stopping(apr_pool_t *pchild, int graceful)
{
    bm_hub_t *hub = hub_of_child();

    (void)pchild;
    (void)graceful;
    if (hub != NULL)
        bm_hub_close(hub);
}

void bm_live_conn_register(apr_pool_t *p)
{
    (void)p;
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_REALLY_LAST);        /* after lifecycle.c made the web root */
    ap_hook_child_stopping(child_stopping, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_suspend_connection(suspend_connection, NULL, NULL, APR_HOOK_REALLY_LAST);
}
