/* SPDX-License-Identifier: Apache-2.0
 *
 * live/sink.h: one client's connection as the hub sees it: bytes in, bytes out, nothing that waits.
 *
 * glue/live_conn.c implements it over a connection of httpd and its filters, tests over a socket. The hub's thread owns a sink
 * from bm_hub_adopt until it calls destroy. */
#ifndef BM_LIVE_SINK_H
#define BM_LIVE_SINK_H

#include <apr_errno.h>

typedef struct bm_sink_t bm_sink_t;
struct bm_sink_t {
    int fd;                              /* to wait on; closed by destroy */
    /** Take all of these bytes (at most BM_SINK_PIECE). @return APR_SUCCESS: taken; APR_EAGAIN: none taken, because earlier ones
     *  are still on their way: flush when fd is writable; else: the connection is lost. */
    apr_status_t (*write)(bm_sink_t *sink, const char *data, apr_size_t len);
    /** Send what was taken. @return APR_SUCCESS: all is with the kernel; APR_EAGAIN: again when fd is writable; else as write. */
    apr_status_t (*flush)(bm_sink_t *sink);
    /** Read what is there. Call until APR_EAGAIN: TLS hides bytes from fd. @return APR_EOF: the client has ended; APR_EAGAIN. */
    apr_status_t (*read)(bm_sink_t *sink, char *data, apr_size_t *len);
    /** Say that no more comes (TLS close_notify, FIN). Once, after all is flushed. */
    void (*finish)(bm_sink_t *sink);
    /** Whether destroy may be called by now: the thread that brought it may not have left it. */
    int (*settled)(bm_sink_t *sink);
    /** Close and free it, and all that lives with it. */
    void (*destroy)(bm_sink_t *sink);
};

/** Most bytes of one write: what httpd's filters take without waiting. */
#define BM_SINK_PIECE 16384

#endif
