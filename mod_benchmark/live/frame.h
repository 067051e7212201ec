/* SPDX-License-Identifier: Apache-2.0
 *
 * live/frame.h: one text as a server-sent event, or as a WebSocket frame; and the WebSocket's opening key.
 *
 * Thread: any. */
#ifndef BM_LIVE_FRAME_H
#define BM_LIVE_FRAME_H

#include "base/buffer.h"

/** Append the fields event, id and data (one per line of data: CR, LF and CRLF end lines, WHATWG HTML 9.2.6) and an empty line.
 *  name and id may be NULL. data NULL: none, so that only the id is taken. @return APR_ENOMEM; APR_EINVAL: name or id is
 *  of several lines. out is then as it was. */
apr_status_t bm_frame_sse(bm_buffer_t *out, const char *name, const char *id, const char *data, apr_size_t len);

/** Append one unmasked, final text frame (RFC 6455 5.2). */
apr_status_t bm_frame_ws_text(bm_buffer_t *out, const char *data, apr_size_t len);

/** Sec-WebSocket-Accept of a Sec-WebSocket-Key (RFC 6455 4.2.2), in p. @return NULL: not the base64 of 16 bytes. */
const char *bm_frame_ws_accept(const char *key, apr_pool_t *p);

/** Append the frames that clients of Hive's /ws/metrics know for one event, `{"type":…,"data":…}` each: `training_update`,
 *  `scenario_completed`, `metric`. @return APR_NOTFOUND: none. See docs/live.md for what becomes what. */
struct bm_live_event_t;
apr_status_t bm_frame_hive(bm_buffer_t *out, const struct bm_live_event_t *event);

#endif
