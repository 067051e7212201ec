/* SPDX-License-Identifier: Apache-2.0
 *
 * net/exchange.h: one HTTP request, and everything that was captured of its answer.
 *
 * A provider describes the request (any thread), a loop thread performs it and only stamps and
 * copies, the recorder thread reads the result. One owner at a time; ownership goes with the
 * message that carries it. All times are nanoseconds on CLOCK_MONOTONIC, 0 = did not happen.
 * Terms P, S, B, C are those of docs/metrics: planned send, first byte written, first response byte,
 * content chunks. */
#ifndef BM_NET_EXCHANGE_H
#define BM_NET_EXCHANGE_H

#include <apr_pools.h>
#include <apr_tables.h>
#include "base/buffer.h"

/** What is asked. Everything lives in the run's pool. */
typedef struct bm_http_request_t {
    const char *method;              /* token, upper case */
    const char *url;                 /* absolute, http or https, no user info */
    apr_array_header_t *headers;     /* of const char *, "Name: value", checked by net/header_guard.h */
    const char *body;                /* NULL: none */
    apr_size_t body_len;
    apr_int64_t connect_timeout_ms;  /* 0: the engine's default, for each of the five */
    apr_int64_t first_byte_timeout_ms;  /* S to first byte of the body */
    apr_int64_t stall_timeout_ms;    /* between two reads of the body */
    apr_int64_t total_timeout_ms;
    apr_int64_t max_body;            /* bytes of answer kept and accepted */
    const char *end_marker;          /* stop reading when these bytes have arrived ("data: [DONE]"); NULL: read to the end */
    int fresh_connection;            /* do not reuse a warm one */
    apr_int64_t abort_after_ns;      /* a load test's own fault: we close the connection so long after S; 0: never */
    int dead_end;                    /* likewise: it goes to a port where nobody listens (net/dead_end.h), whatever the URL */
    int reference_target;            /* ours: exempt from the address guard, loopback only */
    const char *reference_certificate;  /* reference target only: PEM, the one certificate that is trusted; NULL: as others */
} bm_http_request_t;

/** Bytes that one wake-up of the loop took from the socket. kernel_ns follows the last-segment rule: never early. */
typedef struct bm_segment_t {
    apr_uint64_t offset;             /* of its first byte in body */
    apr_uint32_t len;
    apr_uint32_t wake;               /* sequence number of the loop's wake-up: equal = arrived together */
    apr_int64_t user_ns;             /* when the loop saw it */
    apr_int64_t kernel_ns;           /* when the kernel received it; 0: not known */
} bm_segment_t;

/** Why an exchange ended. The names are the run's error_code (bm_exchange_end_code). */
typedef enum bm_exchange_end_e {
    BM_END_COMPLETE = 0,             /* the whole body, or the end marker */
    BM_END_NOT_ALLOWED,              /* target_not_allowed: the address guard refused it */
    BM_END_DNS,                      /* dns_error */
    BM_END_CONNECT,                  /* connection_refused: refused, unreachable */
    BM_END_TLS,                      /* tls_error */
    BM_END_CONNECT_TIMEOUT,          /* connect_timeout */
    BM_END_FIRST_BYTE_TIMEOUT,       /* first_byte_timeout */
    BM_END_STALL_TIMEOUT,            /* stall_timeout */
    BM_END_TOTAL_TIMEOUT,            /* total_timeout */
    BM_END_CUT,                      /* connection_lost: the body ended early */
    BM_END_PROTOCOL,                 /* protocol_error: not HTTP */
    BM_END_TOO_LARGE,                /* answer_too_large */
    BM_END_CANCELLED,                /* cancelled */
    BM_END_ABORTED,                  /* injected_abort: we closed it, as the request asked (abort_after_ns) */
    BM_END_BAD_REQUEST,              /* bad_request: URL or header that libcurl refuses */
    BM_END_INTERNAL                  /* internal_error */
} bm_exchange_end_e;

typedef struct bm_exchange_t {
    const bm_http_request_t *request;
    /* stamps */
    apr_int64_t planned_ns;          /* P; equal to due_ns unless the caller has set it */
    apr_int64_t due_ns;              /* when it was to be sent: later than P if something held it back */
    apr_int64_t added_ns;            /* handed to libcurl */
    apr_int64_t sent_ns;             /* S: the request's header went out, by the kernel's stamp where there is one */
    apr_int64_t first_byte_ns;       /* B: first byte of the answer, status line included */
    apr_int64_t first_byte_kernel_ns;
    apr_int64_t end_ns;              /* the loop saw the end */
    /* libcurl's own split, microseconds, 0 for a warm connection */
    apr_int64_t dns_us, connect_us, tls_us;
    int connection_reused;
    int http_version;                /* 10, 11, 20 */
    int http_status;                 /* 0: no answer */
    bm_exchange_end_e end;
    char error[256];                 /* sentence for a person; empty when complete */
    char remote_address[64];         /* "192.0.2.1:443" */
    /* captured, freed with the run's pool */
    bm_buffer_t header;              /* raw header lines of the final answer */
    bm_buffer_t body;
    bm_segment_t *segments;          /* malloc'ed */
    apr_uint32_t segment_count, segment_size;
    apr_uint64_t bytes_received;
    apr_uint64_t loop_cpu_wakes;     /* wake-ups that served this exchange */
} bm_exchange_t;

/** An exchange for request in pool p; its heap memory is freed with p. Never NULL. */
bm_exchange_t *bm_exchange_make(const bm_http_request_t *request, apr_pool_t *p);

/** Remember a segment that was just appended to body. Loop thread. @return APR_ENOMEM. */
apr_status_t bm_exchange_add_segment(bm_exchange_t *x, apr_uint64_t offset, apr_uint32_t len, apr_uint32_t wake,
                                     apr_int64_t user_ns, apr_int64_t kernel_ns);

/** The segment that holds body byte `offset`; NULL if there is none. Binary search. */
const bm_segment_t *bm_exchange_segment_at(const bm_exchange_t *x, apr_uint64_t offset);

/** The machine-readable name of an end ("connect_timeout"); "ok" for BM_END_COMPLETE. */
const char *bm_exchange_end_code(bm_exchange_end_e end);

/** Value of the first answer header `name` (any case), trimmed, in p; NULL: absent. */
const char *bm_exchange_header(const bm_exchange_t *x, const char *name, apr_pool_t *p);

/** The same for readers that know nothing of exchanges (bm_retry_after_header_fn): baton is a bm_exchange_headers_t. */
typedef struct bm_exchange_headers_t {
    const bm_exchange_t *x;
    apr_pool_t *p;
} bm_exchange_headers_t;
const char *bm_exchange_header_of(void *baton, const char *name);

#endif
