/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/sse_parser.h: server-sent events out of a byte stream that may be cut anywhere.
 *
 * Push parser: feed it any split of the body, it calls back once per event. It is written for the
 * recorder, which parses a captured body after the fact; so every event carries the offsets of its
 * first and last byte in the stream, and the caller looks up when the segment with that byte came.
 * The same bytes give the same events for every split.
 *
 * Rules: contracts/openai-compatible.md section 4 and the event stream format of the HTML standard.
 * One departure: a field named "error" (llama-server until early 2025) counts as data of an event
 * named "error"; the standard would ignore it, and the failure with it.
 *
 * Thread: one owner at a time. From a callback nothing of the same parser may be called. */
#ifndef BM_PARSE_SSE_PARSER_H
#define BM_PARSE_SSE_PARSER_H

#include <apr_errno.h>
#include <apr_pools.h>

typedef struct bm_sse_parser_t bm_sse_parser_t;

/** One event. Everything points into buffers of the parser and is valid during the callback only. */
typedef struct bm_sse_event_t {
    const char *name;            /* "event" field; "" if there was none; terminated, may hold a NUL */
    const char *data;            /* "data" lines joined by LF; terminated, may hold a NUL; not checked for UTF-8 */
    apr_size_t data_len;         /* bytes of data without its end */
    const char *id;              /* last "id" seen in the stream; "" if there was none */
    apr_int64_t retry_ms;        /* last valid "retry" seen in the stream; -1: none */
    apr_int64_t first;           /* offset of the first byte of its first line (comments are no part of it) */
    apr_int64_t last;            /* offset of the last byte of the blank line (the LF of a CRLF) */
    apr_int64_t tag;             /* tag of the feed that held that last byte */
    unsigned unterminated : 1;   /* the stream ended before the blank line; last is the end of its last line */
    unsigned error_field : 1;    /* data came from a field named "error" */
} bm_sse_event_t;

/** @return anything but APR_SUCCESS stops the parser; that status is then what feed and finish return. */
typedef apr_status_t bm_sse_event_fn(void *baton, const bm_sse_event_t *event);

/** A comment, without the colon and one space, cut after BM_SSE_COMMENT_MAX bytes; first and last as for an event
 *  (last without the LF of a CRLF). */
typedef void bm_sse_comment_fn(void *baton, const char *text, apr_size_t len, apr_int64_t first, apr_int64_t last);

#define BM_SSE_COMMENT_MAX 256
#define BM_SSE_EVENT_MAX (8 * 1024 * 1024)

/** A parser for one stream after the other, in pool p. on_comment may be NULL. max_event_bytes caps the data, the name
 *  and the id of one event each; 0: BM_SSE_EVENT_MAX. Never NULL. */
bm_sse_parser_t *bm_sse_parser_make(bm_sse_event_fn *on_event, bm_sse_comment_fn *on_comment, void *baton,
                                    apr_size_t max_event_bytes, apr_pool_t *p);

/** Begin a new stream at offset 0; buffers are kept (up to 1 MiB each), so a parser that is reused
 *  allocates next to nothing. baton replaces the old one. */
void bm_sse_parser_reset(bm_sse_parser_t *parser, void *baton);

/** The next len bytes of the stream; tag is whatever the caller wants back with the events that end in them.
 *  An event that ends in a CR is delivered with the byte behind it, or by finish, as that byte may belong to it.
 *  @return APR_ENOSPC: an event is larger than the cap; APR_ENOMEM; what the callback returned. All stay. */
apr_status_t bm_sse_parser_feed(bm_sse_parser_t *parser, const void *bytes, apr_size_t len, apr_int64_t tag);

/** The stream has ended: an event that only lacks its blank line is delivered. Nothing may be fed behind it but after
 *  a reset. @return as feed. */
apr_status_t bm_sse_parser_finish(bm_sse_parser_t *parser);

/** Events delivered since the last reset. */
apr_int64_t bm_sse_parser_events(const bm_sse_parser_t *parser);

/** Comment lines seen since the last reset. */
apr_int64_t bm_sse_parser_comments(const bm_sse_parser_t *parser);

/** Bytes fed since the last reset. */
apr_int64_t bm_sse_parser_offset(const bm_sse_parser_t *parser);

#endif
