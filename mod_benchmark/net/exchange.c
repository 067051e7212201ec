/* SPDX-License-Identifier: Apache-2.0 */
#include "net/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

static const char *const end_codes[] = {
    [BM_END_COMPLETE] = "ok",
    [BM_END_NOT_ALLOWED] = "target_not_allowed",
    [BM_END_DNS] = "dns_error",
    [BM_END_CONNECT] = "connection_refused",
    [BM_END_TLS] = "tls_error",
    [BM_END_CONNECT_TIMEOUT] = "connect_timeout",
    [BM_END_FIRST_BYTE_TIMEOUT] = "first_byte_timeout",
    [BM_END_STALL_TIMEOUT] = "stall_timeout",
    [BM_END_TOTAL_TIMEOUT] = "total_timeout",
    [BM_END_CUT] = "connection_lost",
    [BM_END_PROTOCOL] = "protocol_error",
    [BM_END_TOO_LARGE] = "answer_too_large",
    [BM_END_CANCELLED] = "cancelled",
    [BM_END_ABORTED] = "injected_abort",
    [BM_END_BAD_REQUEST] = "bad_request",
    [BM_END_INTERNAL] = "internal_error",
};

static apr_status_t exchange_cleanup(void *baton)
{
    bm_exchange_t *x = baton;

    bm_buffer_free(&x->header);
    bm_buffer_free(&x->body);
    free(x->segments);
    x->segments = NULL;
    x->segment_count = x->segment_size = 0;
    return APR_SUCCESS;
}

bm_exchange_t *bm_exchange_make(const bm_http_request_t *request, apr_pool_t *p)
{
    bm_exchange_t *x = apr_pcalloc(p, sizeof(*x));

    x->request = request;
    apr_pool_cleanup_register(p, x, exchange_cleanup, apr_pool_cleanup_null);
    return x;
}

apr_status_t bm_exchange_add_segment(bm_exchange_t *x, apr_uint64_t offset, apr_uint32_t len, apr_uint32_t wake,
                                     apr_int64_t user_ns, apr_int64_t kernel_ns)
{
    if (x->segment_count == x->segment_size) {
        apr_uint32_t size = x->segment_size ? x->segment_size * 2 : 32;
        bm_segment_t *segments = realloc(x->segments, size * sizeof(*segments));

        if (segments == NULL)
            return APR_ENOMEM;
        x->segments = segments;
        x->segment_size = size;
    }
    x->segments[x->segment_count++] = (bm_segment_t){
        .offset = offset, .len = len, .wake = wake, .user_ns = user_ns, .kernel_ns = kernel_ns };
    return APR_SUCCESS;
}

const bm_segment_t *bm_exchange_segment_at(const bm_exchange_t *x, apr_uint64_t offset)
{
    apr_uint32_t low = 0, high = x->segment_count;

    while (low < high) {
        apr_uint32_t middle = low + (high - low) / 2;
        const bm_segment_t *s = &x->segments[middle];

        if (offset < s->offset)
            high = middle;
        else if (offset >= s->offset + s->len)
            low = middle + 1;
        else
            return s;
    }
    return NULL;
}

const char *bm_exchange_end_code(bm_exchange_end_e end)
{
    if ((unsigned)end >= sizeof(end_codes) / sizeof(end_codes[0]))
        return "internal_error";
    return end_codes[end];
}

const char *bm_exchange_header(const bm_exchange_t *x, const char *name, apr_pool_t *p)
{
    apr_size_t name_len = strlen(name);
    const char *at = x->header.data, *end = at ? at + x->header.len : NULL;

    while (at < end) {
        const char *eol = memchr(at, '\n', (apr_size_t)(end - at));
        const char *next = eol ? eol + 1 : end;

        if (eol == NULL)
            eol = end;
        if ((apr_size_t)(eol - at) > name_len && at[name_len] == ':' && strncasecmp(at, name, name_len) == 0) {
            at += name_len + 1;
            while (at < eol && (*at == ' ' || *at == '\t'))
                at++;
            while (eol > at && (eol[-1] == ' ' || eol[-1] == '\t' || eol[-1] == '\r'))
                eol--;
            return apr_pstrmemdup(p, at, (apr_size_t)(eol - at));
        }
        at = next;
    }
    return NULL;
}

const char *bm_exchange_header_of(void *baton, const char *name)
{
    const bm_exchange_headers_t *headers = baton;

    return bm_exchange_header(headers->x, name, headers->p);
}
