/* SPDX-License-Identifier: Apache-2.0
 *
 * live/ws_session.h: the server's side of one WebSocket (RFC 6455) behind its opening handshake.
 *
 * wslay takes frames apart and checks them; this holds its limits, its answers and its end. It knows no socket: bytes that came
 * go in, bytes to send come out. What the server tells (text frames) is framed by live/frame.h and sent by the hub beside it, whole
 * frames only, so both kinds interleave at frame borders.
 *
 * Limits: a message of the client has at most BM_WS_MESSAGE_MAX bytes (1009), at most BM_WS_FRAMES_PER_SECOND frames a second over
 * BM_WS_FRAMES_BURST (1008), text is UTF-8 (1007), binary is refused (1003).
 *
 * Thread: the hub's. Memory: the heap. */
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

/** Told of each complete text message, which is valid UTF-8 but not terminated. It may call bm_ws_session_close. */
typedef void bm_ws_message_fn(void *baton, const char *text, apr_size_t len);

/** @return APR_ENOMEM. */
apr_status_t bm_ws_session_make(bm_ws_session_t **psession, bm_ws_message_fn *message, void *baton);

/** Take bytes that came. now_ns: CLOCK_MONOTONIC. Errors of the client begin the close with the right code.
 *  @return APR_SUCCESS: go on, and send what bm_ws_session_output gives; APR_EOF: nothing more is to be read (the close is complete,
 *  or the client's was answered): send the output, then end the connection. */
apr_status_t bm_ws_session_receive(bm_ws_session_t *session, const char *data, apr_size_t len, apr_int64_t now_ns);

/** Move what is to be sent (pongs, pings, close) behind out's end. @return APR_ENOMEM. */
apr_status_t bm_ws_session_output(bm_ws_session_t *session, bm_buffer_t *out);

/** Queue a ping. A pong counts as life, as every frame does. */
void bm_ws_session_ping(bm_ws_session_t *session);

/** Begin to close; the first call counts. reason: at most 123 bytes of UTF-8, may be NULL. */
void bm_ws_session_close(bm_ws_session_t *session, int code, const char *reason);

/** Whether a close was sent or received: no more text may be sent. */
int bm_ws_session_closing(const bm_ws_session_t *session);

void bm_ws_session_free(bm_ws_session_t *session);

#endif
