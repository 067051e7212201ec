/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_conn.h: one connection of the reference target, and what all of them share. Private to target/.
 *
 * A connection reads a request, plays its reply step by step, and begins again. It has always exactly one timer: the next
 * step's time while it answers, a limit otherwise. Thread: the target's. */
#ifndef BM_TARGET_TARGET_CONN_H
#define BM_TARGET_TARGET_CONN_H

#include "target/target_app.h"
#include "target/target_heap.h"
#include "target/target_reply.h"
#include "target/target_server.h"

typedef enum bm_target_conn_e {
    BM_TARGET_CONN_READING,         /* waiting for a request, or for the rest of one */
    BM_TARGET_CONN_ANSWERING,
    BM_TARGET_CONN_LINGERING        /* all is sent, our side is shut: waiting for the client to close */
} bm_target_conn_e;

typedef struct bm_target_conn_t bm_target_conn_t;

/** What the connections of one loop share. */
typedef struct bm_target_loop_t {
    apr_pool_t *p;
    bm_target_app_t *app;
    bm_target_ring_t *ring;         /* may be NULL */
    bm_target_options_t options;    /* defaults filled in */
    bm_target_heap_t heap;
    int epoll_fd;
    int active;                     /* connections in use */
    int draining;                   /* no further requests are taken */
    bm_target_conn_t *free_conns;
    bm_target_conn_t *all_conns;
    bm_buffer_t body;               /* scratch: body bytes of one step */
    bm_buffer_t frame;              /* scratch: what one send() takes */
    bm_buffer_t records;            /* scratch: records of the chunks in it */
    apr_size_t memory;              /* bytes in request buffers */
    apr_uint64_t unnamed;           /* requests without an id so far */
    char input[65536];
} bm_target_loop_t;

struct bm_target_conn_t {
    bm_target_timer_t timer;        /* first: a timer of the heap is its connection */
    bm_target_loop_t *loop;
    bm_target_conn_t *next_free;
    bm_target_conn_t *next;         /* all ever made */
    apr_pool_t *p;                  /* of the request and its reply */
    int fd;                         /* -1: not in use */
    bm_target_tls_session_t *tls;   /* NULL: plain */
    int undecided;                  /* TLS or plain: its first byte will tell */
    int tls_stalled;                /* the handshake waits until the socket takes bytes */
    bm_target_conn_e state;
    int wants_write;                /* EPOLLOUT is asked for */
    int close_after;                /* the connection ends with this answer */
    int answered;                   /* it has carried a request before: a client tries again if it finds it closed */
    int chunked;
    int has_step;
    int held;                       /* too much is unsent: the schedule waits */
    bm_target_request_t request;
    bm_target_reply_t *reply;       /* while answering */
    bm_target_step_t step;          /* next, if has_step */
    bm_buffer_t pending;            /* what the socket did not take */
    apr_size_t pending_at;          /* how much of it is sent by now */
    bm_target_record_t record;      /* of the request */
};

/** Take over an accepted socket. Never fails for a caller that respects max_connections. */
void bm_target_conn_open(bm_target_loop_t *loop, int fd);

/** epoll reported these events. */
void bm_target_conn_event(bm_target_conn_t *conn, unsigned events);

/** Its timer is due. */
void bm_target_conn_due(bm_target_conn_t *conn);

/** No further requests are taken: close it if it waits between two requests. One that has not carried a request yet, or whose
 *  request is on its way, gets its answer: its client would take a close for a failure. */
void bm_target_conn_drain(bm_target_conn_t *conn);

/** End it now; an answer under way is recorded as aborted. */
void bm_target_conn_close(bm_target_conn_t *conn);

#endif
