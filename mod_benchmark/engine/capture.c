/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/capture.h"

#include <string.h>
#include "base/text.h"
#include "base/timefmt.h"

#define MAX_HEADER (256 * 1024)              /* bytes of an answer's header */

static void note_first_byte(bm_capture_t *c)
{
    if (c->x->first_byte_ns != 0 || c->x->sent_ns == 0)
        return;                              /* known, or the answer of a proxy */
    c->x->first_byte_ns = c->read.user_ns;
    /* Under TLS the first segment may hold what belongs to the handshake: only the last is safe. */
    c->x->first_byte_kernel_ns = c->read.opaque ? c->read.kernel_ns : c->read.first_kernel_ns;
}

/* The raw bytes as they pass, before chunks are taken apart: S, B, and what the kernel stamp covers. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *baton)
{
    bm_capture_t *c = baton;

    (void)easy;
    switch (type) {
    case CURLINFO_HEADER_OUT:                /* again when a warm connection turned out to be dead: the last one counts */
        if (size > 8 && memcmp(data, "CONNECT ", 8) == 0)
            break;                           /* to a proxy: still part of connecting */
        c->x->sent_ns = c->send_seen_ns = bm_timefmt_monotonic_ns();
        c->sends++;
        c->x->first_byte_ns = c->x->first_byte_kernel_ns = 0;
        break;
    case CURLINFO_HEADER_IN:
        bm_stamps_took(c->stamps, &c->read, c->x, size, 0);
        c->headers_in_read = 1;
        note_first_byte(c);
        break;
    case CURLINFO_DATA_IN:
        bm_stamps_took(c->stamps, &c->read, c->x, size, !c->headers_in_read);
        c->headers_in_read = 0;
        note_first_byte(c);
        break;
    default:
        break;
    }
    return 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *baton)
{
    bm_capture_t *c = baton;
    size_t len = size * count;
    apr_status_t rv;

    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        bm_buffer_clear(&c->x->header);      /* the answer before was an interim one */
        c->head_complete = 0;
    }
    c->head_complete |= data[0] == '\r' || data[0] == '\n';
    c->x->bytes_received += len;
    rv = bm_buffer_append(&c->x->header, data, len);
    c->too_large |= rv == APR_ENOSPC;
    c->out_of_memory |= rv == APR_ENOMEM;
    return rv == APR_SUCCESS ? len : 0;
}

/* Only the new bytes, and as many before them as a marker cut in two needs. */
static int marker_arrived(const bm_capture_t *c, apr_size_t old_len)
{
    const bm_buffer_t *body = &c->x->body;
    apr_size_t from = old_len >= c->marker_len ? old_len - c->marker_len + 1 : 0;

    return bm_text_find(body->data + from, body->len - from, c->x->request->end_marker, c->marker_len) != NULL;
}

static apr_status_t add_bytes(bm_capture_t *c, const char *data, apr_size_t len)
{
    bm_exchange_t *x = c->x;
    bm_segment_t *last = x->segment_count ? &x->segments[x->segment_count - 1] : NULL;
    apr_uint64_t offset = x->body.len;
    apr_status_t rv = bm_buffer_append(&x->body, data, len);

    if (rv != APR_SUCCESS)
        return rv;
    if (last && last->user_ns == c->read.user_ns && last->wake == c->read.wake) {
        last->len += (apr_uint32_t)len;
        return APR_SUCCESS;
    }
    return bm_exchange_add_segment(x, offset, (apr_uint32_t)len, c->read.wake, c->read.user_ns, c->read.kernel_ns);
}

static size_t on_body(char *data, size_t size, size_t count, void *baton)
{
    bm_capture_t *c = baton;
    bm_exchange_t *x = c->x;
    size_t len = size * count, room = x->body.limit - x->body.len, kept = len < room ? len : room;
    apr_size_t old_len = x->body.len;
    apr_status_t rv;

    x->bytes_received += len;
    if (c->marker_seen)
        return len;
    c->stamps->counters.chunks++;
    c->stamps->counters.batched_chunks += c->read.pieces++ > 0;
    c->last_body_ns = c->read.user_ns;
    rv = kept ? add_bytes(c, data, kept) : APR_SUCCESS;
    if (rv != APR_SUCCESS) {
        c->out_of_memory = 1;
        return 0;
    }
    if (kept < len) {
        c->too_large = 1;
        return 0;
    }
    if (c->marker_len && marker_arrived(c, old_len))
        c->marker_seen = 1;
    return len;
}

apr_status_t bm_capture_install(CURL *easy, bm_capture_t *capture)
{
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    bad |= curl_easy_setopt(easy, CURLOPT_DEBUGDATA, capture);
    bad |= curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);              /* else the debug callback is silent */
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, capture);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, capture);
    return bad ? APR_ENOMEM : APR_SUCCESS;
}

void bm_capture_begin(bm_capture_t *capture, bm_exchange_t *x, bm_stamps_t *stamps, apr_int64_t max_body, int opaque)
{
    const char *marker = x->request->end_marker;

    *capture = (bm_capture_t){ .x = x, .stamps = stamps, .read = { .fd = -1, .opaque = opaque },
                               .marker_len = marker ? strlen(marker) : 0 };
    x->body.limit = max_body > 0 ? (apr_size_t)max_body : 1;
    x->header.limit = MAX_HEADER;
}
