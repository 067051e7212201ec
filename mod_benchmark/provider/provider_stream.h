/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_stream.h: the captured body of an exchange as chunks with their times of arrival.
 *
 * A chunk has arrived when its last byte has: its stamps are those of the segment that holds that byte. The
 * provider says what each event is; comments are BM_CHUNK_OTHER by themselves.
 *
 * Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_STREAM_H
#define BM_PROVIDER_PROVIDER_STREAM_H

#include "provider/provider.h"

/** One server-sent event; everything is valid during the callback only, so strings must be copied. */
typedef struct bm_provider_event_t {
    const char *name;         /* "event" field; "" if there was none; "error" for a field of that name */
    const char *data;
    apr_size_t len;
    const json_t *json;       /* data as an object or array; NULL: it is none */
    unsigned unterminated : 1;   /* the body ended before its blank line */
} bm_provider_event_t;

/** What an event is. *tokens is -1 on entry: output tokens it carries, if it says so. */
typedef bm_chunk_kind_e bm_provider_event_fn(void *baton, const bm_provider_event_t *event, apr_int32_t *tokens);

/** Whether an event without a name is understood by its data alone, so that it need not be parsed: then it is *kind. */
typedef int bm_provider_quick_fn(void *baton, const char *data, apr_size_t len, bm_chunk_kind_e *kind);

/** Take the body of x apart as server-sent events and add one chunk for each to the call's answer. quick (may be NULL) is asked
 *  first. Data that is not UTF-8 is read with the broken bytes replaced.
 *  @return APR_ENOSPC: an event is too large to be read; what came before it was. */
apr_status_t bm_provider_stream_events(bm_call_t *call, const bm_exchange_t *x, bm_provider_event_fn *on_event,
                                       bm_provider_quick_fn *quick, void *baton);

typedef enum bm_provider_form_e {
    BM_PROVIDER_EVENTS,       /* server-sent events, or nothing at all */
    BM_PROVIDER_JSON,         /* a JSON object */
    BM_PROVIDER_NEITHER
} bm_provider_form_e;

/** What the body of x is, by its first bytes: the media type is not to be relied on. */
bm_provider_form_e bm_provider_stream_form(const bm_exchange_t *x);

/** Add the whole body as one BM_CHUNK_CONTENT; an empty body is none. */
void bm_provider_stream_whole(bm_call_t *call, const bm_exchange_t *x);

/** Add each line that is not blank (LF or CRLF; the last one may lack its end). */
void bm_provider_stream_lines(bm_call_t *call, const bm_exchange_t *x);

/** Add what each wake-up of the loop read as one chunk. */
void bm_provider_stream_reads(bm_call_t *call, const bm_exchange_t *x);

/** Whether the event's data is `text` but for white space around it ("[DONE]"). */
int bm_provider_stream_is(const bm_provider_event_t *event, const char *text);

#endif
