/* SPDX-License-Identifier: Apache-2.0
 *
 * live/ws_session.h: the server's side of one WebSocket (RFC 6455) behind its opening handshake.
 *
 * wslay takes frames apart (its frame layer: see ws_session.c for why not its events); the rules of messages, the limits, the
 * answers and the end are here. It knows no socket: bytes that came go in, bytes to send come out. What the server tells (text
 * frames) is framed by live/frame.h and sent by the hub beside it, whole frames only, so both kinds interleave at frame borders.
 *
 * Limits: a message of the client has at most BM_WS_MESSAGE_MAX bytes (1009), at most BM_WS_FRAMES_PER_SECOND frames a second
 * over BM_WS_FRAMES_BURST (1008), text is UTF-8 (1007), binary is refused (1003).
 *
 * Frames that break the protocol end it with 1002. Memory stays below about 25 KB whatever comes and whether or not the output is
 * taken: pings that pile up are answered from the last ones on.
 *
 * Thread: the hub's. Memory: the heap; about 5 KB while nothing is under way. */
#ifndef BM_LIVE_WS_SESSION_H
#define BM_LIVE_WS_SESSION_H

#include <apr_time.h>
#include "base/buffer.h"

#define BM_WS_MESSAGE_MAX 16384
#define BM_WS_FRAMES_PER_SECOND 50
#define BM_WS_FRAMES_BURST 200

/** Close codes that we send beside those of RFC 6455 7.4.1. */
enum { BM_WS_GOING_AWAY = 1001, BM_WS_POLICY = 1008, BM_WS_RESTART = 1012, BM_WS_TRY_LATER = 1013, BM_WS_TOO_SLOW = 4008 };

typedef struct bm_ws_session_t bm_ws_session_t;

/** Told of each complete text message, which is valid UTF-8 but not terminated. It may call bm_ws_session_close, not free. */
typedef void bm_ws_message_fn(void *baton, const char *text, apr_size_t len);

/** @return APR_ENOMEM; APR_ENOTIMPL: built without wslay (the other functions then have nothing to do). */
apr_status_t bm_ws_session_make(bm_ws_session_t **psession, bm_ws_message_fn *message, void *baton);

/** Take bytes that came. now_ns: CLOCK_MONOTONIC.
 *  @return APR_SUCCESS: go on, and send what bm_ws_session_output gives; APR_EOF: nothing more is to be understood (the close is
 *  complete, the client's was answered, or the client broke a rule): send the output, then end the connection. Who ends it while
 *  bytes of the client are unread makes the kernel reset it, and the client may lose the Close: shut down sending first, and read
 *  and forget until the client ends, or for a second or two. */
apr_status_t bm_ws_session_receive(bm_ws_session_t *session, const char *data, apr_size_t len, apr_int64_t now_ns);

/** Move what is to be sent (pongs, pings, close) behind out's end. @return APR_ENOMEM. */
apr_status_t bm_ws_session_output(bm_ws_session_t *session, bm_buffer_t *out);

/** Queue a ping. A pong counts as life, as every frame does. */
void bm_ws_session_ping(bm_ws_session_t *session);

/** Begin to close; the first call counts. code 0: without one. reason: UTF-8, may be NULL; of more than 123 bytes the rest is
 *  left out. The client's answer ends it (APR_EOF of bm_ws_session_receive); how long to wait for it is the caller's. */
void bm_ws_session_close(bm_ws_session_t *session, int code, const char *reason);

/** Whether a close was sent or received: no more text may be sent. */
int bm_ws_session_closing(const bm_ws_session_t *session);

void bm_ws_session_free(bm_ws_session_t *session);

#endif
