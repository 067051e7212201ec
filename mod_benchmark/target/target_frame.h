/* SPDX-License-Identifier: Apache-2.0
 *
 * target/target_frame.h: HTTP/1.1 around the bytes of a reply: response head, chunked framing, complete bodies.
 * Private to target/. Thread: the target's. */
#ifndef BM_TARGET_TARGET_FRAME_H
#define BM_TARGET_TARGET_FRAME_H

#include "target/target_conn.h"

/** Append a step of the connection's reply to `out` as it goes over the wire. `body` is scratch. Each step is an HTTP
 *  chunk of its own, as servers that flush per event send it. Sets chunked and close_after of the connection with the head. */
void bm_target_frame_step(bm_target_conn_t *conn, const bm_target_step_t *step, bm_buffer_t *body, bm_buffer_t *out);

#endif
