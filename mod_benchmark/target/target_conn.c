/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_conn.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "target/target_frame.h"
#include "target/target_route.h"

#define LINGER_NS APR_INT64_C(2000000000)
#define MAX_PENDING 1048576                     /* unsent bytes of a stream before its schedule waits */
#define TLS_HANDSHAKE 0x16                      /* what a TLS client's first byte is, and no request's */
#define DRAIN_MS 2000                           /* for a request that is on its way when a drain begins */
#define UNNAMED_KEY (APR_UINT64_C(1) << 63)

static apr_int64_t from_now(apr_int64_t ms)
{
    return bm_timefmt_monotonic_ns() + ms * 1000000;
}

static void set_timer(bm_target_conn_t *conn, apr_int64_t due_ns)
{
    bm_target_heap_set(&conn->loop->heap, &conn->timer, due_ns);
}

static void want_write(bm_target_conn_t *conn, int wanted)
{
    struct epoll_event ev = { .events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = conn };

    if (conn->wants_write == wanted)
        return;
    conn->wants_write = wanted;
    epoll_ctl(conn->loop->epoll_fd, EPOLL_CTL_MOD, conn->fd, &ev);
}

/* --- the transport: a socket, or TLS on it */

/* @return 0: nothing has come yet, or the connection is closed. */
static int decide_transport(bm_target_conn_t *conn)
{
    char first = 0;
    ssize_t n = recv(conn->fd, &first, 1, MSG_DONTWAIT | MSG_PEEK);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    conn->undecided = 0;
    if (n != 1 || first != TLS_HANDSHAKE)
        return 1;
    conn->tls = bm_target_tls_open(conn->loop->options.tls, conn->fd);
    if (conn->tls == NULL)
        bm_target_conn_close(conn);
    return conn->tls != NULL;
}

static ssize_t transport_recv(bm_target_conn_t *conn, char *data, apr_size_t len)
{
    if (conn->tls != NULL)
        return bm_target_tls_recv(conn->tls, data, len, &conn->tls_stalled);
    return recv(conn->fd, data, len, MSG_DONTWAIT);
}

static ssize_t transport_send(bm_target_conn_t *conn, const char *data, apr_size_t len)
{
    if (conn->tls != NULL)
        return bm_target_tls_send(conn->tls, data, len);
    return send(conn->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- records */

static void begin_record(bm_target_conn_t *conn)
{
    bm_target_loop_t *loop = conn->loop;
    bm_target_record_t *record = &conn->record;

    memset(record, 0, sizeof(*record));
    record->kind = BM_TARGET_REQUEST;
    record->read_ns = conn->reply->read_ns;
    record->key = conn->reply->spec.id;
    if (record->key == 0 && loop->options.log_all)
        record->key = UNNAMED_KEY | ++loop->unnamed;
    if (conn->reply->spec.status != 200)
        record->flags |= BM_TARGET_REFUSED;
    else if (!conn->reply->spec.streamed)
        record->flags |= BM_TARGET_NOT_STREAMED;
    if (conn->reply->spec.fault != BM_TARGET_FAULT_NONE)
        record->flags |= BM_TARGET_FAULT;
}

static void note_chunk(bm_target_conn_t *conn, const bm_target_step_t *step)
{
    bm_target_record_t record = conn->record;

    if (record.key == 0 || !bm_target_step_is_content(step->kind) || (record.flags & BM_TARGET_REFUSED))
        return;
    record.kind = BM_TARGET_CHUNK;
    record.index = step->index;
    record.planned_ns = conn->reply->read_ns + step->at_ns;
    record.end_ns = 0;
    record.tokens = step->tokens;
    bm_buffer_append(&conn->loop->records, &record, sizeof(record));
}

/* The chunks noted since the last send left at sent_ns. */
static void record_chunks(bm_target_conn_t *conn, apr_int64_t sent_ns, apr_uint32_t flags)
{
    bm_buffer_t *noted = &conn->loop->records;
    bm_target_record_t *request = &conn->record;
    apr_size_t at;

    request->flags |= flags;
    for (at = 0; at < noted->len; at += sizeof(bm_target_record_t)) {
        bm_target_record_t record;

        memcpy(&record, noted->data + at, sizeof(record));
        record.sent_ns = sent_ns;
        record.flags |= flags;
        if (request->index++ == 0) {
            request->planned_ns = record.planned_ns;
            request->sent_ns = sent_ns;
        }
        request->tokens += record.tokens;
        if (conn->loop->ring != NULL)
            bm_target_ring_put(conn->loop->ring, &record);
    }
    bm_buffer_clear(noted);
}

static void end_record(bm_target_conn_t *conn, apr_uint32_t flags)
{
    bm_target_record_t *record = &conn->record;

    record->flags |= flags;
    record->end_ns = bm_timefmt_monotonic_ns();
    if (record->key != 0 && conn->loop->ring != NULL)
        bm_target_ring_put(conn->loop->ring, record);
}

/* --- life */

static void await_request(bm_target_conn_t *conn)
{
    bm_target_loop_t *loop = conn->loop;

    loop->memory -= bm_target_request_memory(&conn->request);
    apr_pool_clear(conn->p);
    conn->reply = NULL;
    bm_target_request_begin(&conn->request, loop->options.max_body, conn->p);
    loop->memory += bm_target_request_memory(&conn->request);
    conn->state = BM_TARGET_CONN_READING;
    conn->has_step = conn->held = 0;
    set_timer(conn, from_now(loop->draining ? DRAIN_MS : loop->options.idle_ms));
}

void bm_target_conn_open(bm_target_loop_t *loop, int fd)
{
    bm_target_conn_t *conn = loop->free_conns;
    struct epoll_event ev = { .events = EPOLLIN };

    if (conn != NULL)
        loop->free_conns = conn->next_free;
    else {
        conn = apr_pcalloc(loop->p, sizeof(*conn));
        apr_pool_create(&conn->p, loop->p);
        conn->loop = loop;
        conn->next = loop->all_conns;
        loop->all_conns = conn;
    }
    conn->fd = fd;
    conn->wants_write = conn->close_after = conn->tls_stalled = conn->answered = 0;
    conn->undecided = loop->options.tls != NULL;
    ev.data.ptr = conn;
    loop->active++;
    await_request(conn);
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) != 0)
        bm_target_conn_close(conn);
}

void bm_target_conn_close(bm_target_conn_t *conn)
{
    bm_target_loop_t *loop = conn->loop;

    if (conn->state == BM_TARGET_CONN_ANSWERING)
        end_record(conn, BM_TARGET_ABORTED);
    bm_target_heap_remove(&loop->heap, &conn->timer);
    if (conn->tls != NULL)
        bm_target_tls_close(conn->tls);
    conn->tls = NULL;
    close(conn->fd);                            /* leaves the epoll set by itself */
    conn->fd = -1;
    loop->memory -= bm_target_request_memory(&conn->request);
    bm_target_request_free(&conn->request);
    bm_buffer_free(&conn->pending);
    conn->pending_at = 0;
    conn->reply = NULL;
    conn->state = BM_TARGET_CONN_READING;
    apr_pool_clear(conn->p);
    conn->next_free = loop->free_conns;
    loop->free_conns = conn;
    loop->active--;
}

static int has_input(const bm_target_conn_t *conn)
{
    char first;

    return recv(conn->fd, &first, 1, MSG_DONTWAIT | MSG_PEEK) > 0 || (conn->tls != NULL && bm_target_tls_pending(conn->tls));
}

void bm_target_conn_drain(bm_target_conn_t *conn)
{
    if (conn->state != BM_TARGET_CONN_READING)
        return;
    if (conn->answered && bm_target_request_is_idle(&conn->request) && !has_input(conn))
        bm_target_conn_close(conn);
    else
        set_timer(conn, from_now(DRAIN_MS));
}

static void reset(bm_target_conn_t *conn)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };

    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Say that we are done, and wait for the client to read it: closing with unread input would reset the connection and
 * could destroy the answer on its way. */
static void linger(bm_target_conn_t *conn, int is_cut)
{
    conn->state = BM_TARGET_CONN_LINGERING;
    want_write(conn, 0);
    if (conn->tls != NULL && !is_cut)
        bm_target_tls_finish(conn->tls);
    shutdown(conn->fd, SHUT_WR);
    set_timer(conn, bm_timefmt_monotonic_ns() + LINGER_NS);
}

/* Everything of the answer is in the socket. */
static void finish(bm_target_conn_t *conn)
{
    bm_target_step_e last = conn->step.kind;

    end_record(conn, 0);
    conn->state = BM_TARGET_CONN_READING;
    conn->answered = 1;
    if (last == BM_TARGET_STEP_RESET) {
        reset(conn);
        bm_target_conn_close(conn);
    }
    else if (last == BM_TARGET_STEP_CUT || conn->close_after || conn->loop->draining)
        linger(conn, last == BM_TARGET_STEP_CUT);
    else
        await_request(conn);
}

/* --- sending */

static void keep_pending(bm_target_conn_t *conn, const char *data, apr_size_t len)
{
    if (conn->pending_at > 0 && conn->pending_at == conn->pending.len)
        conn->pending.len = conn->pending_at = 0;
    bm_buffer_append(&conn->pending, data, len);
    want_write(conn, 1);
}

/* Send, or keep what the socket does not take. @return flags for the records; -1: the client is gone. */
static int send_now(bm_target_conn_t *conn, const char *data, apr_size_t len, apr_int64_t *sent_ns)
{
    ssize_t n = 0;

    *sent_ns = bm_timefmt_monotonic_ns();
    if (conn->pending_at == conn->pending.len) {
        n = transport_send(conn, data, len);
        if (n == (ssize_t)len)
            return 0;
        if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
            return -1;
        if (n < 0)
            n = 0;
    }
    keep_pending(conn, data + n, len - (apr_size_t)n);
    return BM_TARGET_BLOCKED;
}

/* Frame all steps that are due together with the next one. */
static void frame_group(bm_target_conn_t *conn)
{
    apr_int64_t at_ns = conn->step.at_ns;

    bm_buffer_clear(&conn->loop->frame);
    bm_buffer_clear(&conn->loop->records);
    while (conn->has_step && conn->step.at_ns == at_ns) {
        bm_target_step_t step = conn->step;

        bm_target_frame_step(conn, &step, &conn->loop->body, &conn->loop->frame);
        note_chunk(conn, &step);
        conn->has_step = bm_target_schedule_next(&conn->reply->schedule, &conn->step);
        if (conn->has_step && conn->reply->over && conn->step.kind != BM_TARGET_STEP_END) {
            conn->step.kind = BM_TARGET_STEP_END;   /* the format has written its last word */
            conn->step.at_ns = at_ns;
        }
        else if (!conn->has_step)
            conn->step = step;
        if (step.kind == BM_TARGET_STEP_END)
            conn->has_step = 0;
    }
}

/* After a send: what is the timer for? */
static void arm(bm_target_conn_t *conn)
{
    if (!conn->has_step && conn->step.kind != BM_TARGET_STEP_HANG && conn->pending_at == conn->pending.len) {
        finish(conn);
        return;
    }
    conn->held = conn->pending.len - conn->pending_at > MAX_PENDING;
    if (conn->has_step && !conn->held)
        set_timer(conn, conn->reply->read_ns + conn->step.at_ns);
    else
        set_timer(conn, from_now(conn->loop->options.hang_ms));
}

/* Scratch that one huge answer has made large is given back. */
static void trim(bm_buffer_t *scratch)
{
    if (scratch->size > MAX_PENDING)
        bm_buffer_free(scratch);
}

static void play(bm_target_conn_t *conn)
{
    apr_int64_t sent_ns;
    int flags;

    frame_group(conn);
    if (conn->loop->frame.len > 0) {
        flags = send_now(conn, conn->loop->frame.data, conn->loop->frame.len, &sent_ns);
        if (flags < 0) {
            bm_target_conn_close(conn);
            return;
        }
        record_chunks(conn, sent_ns, (apr_uint32_t)flags);
    }
    trim(&conn->loop->frame);
    trim(&conn->loop->body);
    arm(conn);
}

static void writable(bm_target_conn_t *conn)
{
    ssize_t n = transport_send(conn, conn->pending.data + conn->pending_at, conn->pending.len - conn->pending_at);

    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        bm_target_conn_close(conn);
        return;
    }
    if (n > 0)
        conn->pending_at += (apr_size_t)n;
    if (conn->pending_at < conn->pending.len)
        return;
    bm_buffer_free(&conn->pending);
    conn->pending_at = 0;
    want_write(conn, 0);
    if (conn->state == BM_TARGET_CONN_ANSWERING)
        arm(conn);
}

/* --- reading */

static void begin_answer(bm_target_conn_t *conn, bm_target_reply_t *reply)
{
    conn->reply = reply;
    conn->state = BM_TARGET_CONN_ANSWERING;
    conn->chunked = 0;
    begin_record(conn);
    conn->has_step = bm_target_schedule_next(&reply->schedule, &conn->step);
    set_timer(conn, reply->read_ns + conn->step.at_ns);
}

static void refuse(bm_target_conn_t *conn, int status, const char *problem)
{
    conn->close_after = 1;
    begin_answer(conn, bm_target_route_refusal(conn->loop->app, status, problem, bm_timefmt_monotonic_ns(), conn->p));
}

static int only_line_ends(const char *data, apr_size_t len)
{
    while (len > 0 && (*data == '\r' || *data == '\n')) {
        data++;
        len--;
    }
    return len == 0;
}

static void read_request(bm_target_conn_t *conn, apr_size_t len)
{
    bm_target_loop_t *loop = conn->loop;
    int was_idle = bm_target_request_is_idle(&conn->request);
    apr_size_t used;
    apr_status_t rv;

    loop->memory -= bm_target_request_memory(&conn->request);
    rv = bm_target_request_feed(&conn->request, loop->input, len, &used);
    loop->memory += bm_target_request_memory(&conn->request);
    if (loop->memory > loop->options.max_memory)
        refuse(conn, 503, "Too much memory is in use by requests.");
    else if (rv == APR_EINVAL)
        refuse(conn, conn->request.status, conn->request.problem);
    else if (rv == APR_SUCCESS && !only_line_ends(loop->input + used, len - used))
        refuse(conn, 400, "Pipelining is not supported: wait for the answer before the next request.");
    else if (rv == APR_SUCCESS) {
        apr_int64_t read_ns = bm_timefmt_monotonic_ns();

        if (!conn->request.keep_alive || loop->draining)
            conn->close_after = 1;
        begin_answer(conn, bm_target_route(loop->app, &conn->request, read_ns, conn->p));
    }
    else {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        apr_int64_t sent_ns;

        if (was_idle)
            set_timer(conn, from_now(loop->options.read_ms));
        if (conn->request.wants_continue && send_now(conn, go_on, sizeof(go_on) - 1, &sent_ns) < 0)
            bm_target_conn_close(conn);
        conn->request.wants_continue = 0;
    }
}

/* One read. @return whether to read again at once: decrypted bytes raise no event. */
static int readable(bm_target_conn_t *conn)
{
    bm_target_loop_t *loop = conn->loop;
    ssize_t n;

    if (conn->undecided && !decide_transport(conn))
        return 0;
    n = transport_recv(conn, loop->input, sizeof(loop->input));
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (conn->tls_stalled)
            want_write(conn, 1);
        return 0;
    }
    if (n <= 0) {
        bm_target_conn_close(conn);             /* closed by the client: an answer under way is of no use to it */
        return 0;
    }
    if (conn->state == BM_TARGET_CONN_READING)
        read_request(conn, (apr_size_t)n);
    else
        conn->close_after = 1;                  /* bytes during an answer are dropped; the connection ends with it */
    return conn->tls != NULL && bm_target_tls_pending(conn->tls);
}

void bm_target_conn_event(bm_target_conn_t *conn, unsigned events)
{
    if (conn->fd >= 0 && (events & EPOLLOUT) && conn->tls_stalled) {
        conn->tls_stalled = 0;
        if (conn->pending_at == conn->pending.len)
            want_write(conn, 0);
        events |= EPOLLIN;
    }
    if (conn->fd >= 0 && (events & EPOLLOUT) && conn->wants_write)
        writable(conn);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        while (conn->fd >= 0 && readable(conn))
            ;
}

void bm_target_conn_due(bm_target_conn_t *conn)
{
    if (conn->state == BM_TARGET_CONN_READING && !bm_target_request_is_idle(&conn->request))
        refuse(conn, 408, "The request took too long.");
    else if (conn->state == BM_TARGET_CONN_ANSWERING && conn->has_step && !conn->held)
        play(conn);
    else
        bm_target_conn_close(conn);
}
