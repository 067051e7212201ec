/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/timefmt.h"
#include "engine/capture.h"

#define FIRST_RESERVE 4096                   /* bytes of body that an exchange starts with */
#define ABORT_LOOK_NS 1000000LL              /* how often S is looked for, where the request is to be aborted right behind it */
#define LINGER_NS 25000000LL                 /* after the end marker: for the last chunk, so that the connection stays warm */

struct bm_flight_t {
    CURL *easy;
    bm_outbound_call_t call;
    bm_outbound_limits_t limits;
    bm_capture_t capture;
    bm_stamps_t *stamps;
    bm_transfer_t *transfer;                 /* NULL: free */
    int fd;                                  /* of its connection; -1: none */
    int fd_known;                            /* libcurl has named one since the exchange began */
    apr_uint32_t first_segment;              /* of the read in progress */
    int lingering;                           /* the end marker came and the timer knows */
};

static apr_status_t flight_create(bm_flight_t **pflight, const bm_outbound_t *outbound, bm_stamps_t *stamps)
{
    bm_flight_t *flight = calloc(1, sizeof(*flight));

    *pflight = NULL;
    if (flight == NULL)
        return APR_ENOMEM;
    flight->fd = -1;
    flight->stamps = stamps;
    flight->call.kernel_stamps = stamps->kernel;
    if (bm_outbound_handle_create(&flight->easy, &flight->call, outbound) != APR_SUCCESS
        || bm_capture_install(flight->easy, &flight->capture) != APR_SUCCESS
        || curl_easy_setopt(flight->easy, CURLOPT_PRIVATE, flight) != CURLE_OK) {
        curl_easy_cleanup(flight->easy);
        free(flight);
        return APR_ENOMEM;
    }
    *pflight = flight;
    return APR_SUCCESS;
}

static void flight_destroy(bm_flight_t *flight)
{
    curl_easy_cleanup(flight->easy);
    free(flight);
}

bm_flight_t *bm_flights_take(bm_flights_t *flights)
{
    bm_flight_t *flight;

    if (flights->count)
        return flights->free[--flights->count];
    return flight_create(&flight, flights->outbound, flights->stamps) == APR_SUCCESS ? flight : NULL;
}

/* A handle counts how often it had to send anew over all its transfers, and libcurl 7.88 gives up at the sixth time: a server
 * that closes behind each answer (llama-server's streams) would fail one request of a few. So such a handle is not kept. */
void bm_flights_keep(bm_flights_t *flights, bm_flight_t *flight)
{
    if (flight->capture.sends > 1) {
        flight_destroy(flight);
        return;
    }
    if (flights->count == flights->size) {
        apr_uint32_t size = flights->size ? flights->size * 2 : 64;
        bm_flight_t **larger = realloc(flights->free, size * sizeof(*larger));

        if (larger == NULL) {
            flight_destroy(flight);
            return;
        }
        flights->free = larger;
        flights->size = size;
    }
    flights->free[flights->count++] = flight;
}

void bm_flights_clear(bm_flights_t *flights)
{
    while (flights->count)
        flight_destroy(flights->free[--flights->count]);
    free(flights->free);
    flights->free = NULL;
    flights->size = 0;
}

bm_flight_t *bm_flight_of(CURL *easy)
{
    char *flight = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &flight);
    return (bm_flight_t *)(void *)flight;
}

static apr_status_t refuse(bm_flight_t *flight, bm_exchange_t *x, bm_exchange_end_e end, const char *why)
{
    x->end = end;
    snprintf(x->error, sizeof(x->error), "%s", why);
    x->end_ns = bm_timefmt_monotonic_ns();
    bm_outbound_release(flight->easy, &flight->call);
    flight->transfer = NULL;
    return APR_EINVAL;
}

apr_status_t bm_flight_begin(bm_flight_t *flight, bm_transfer_t *transfer, CURLM *multi)
{
    bm_exchange_t *x = transfer->x;
    const bm_http_request_t *request = x->request;
    apr_status_t rv;
    CURLMcode mrc;

    rv = bm_outbound_apply(flight->easy, &flight->call, request);
    bm_outbound_limits(&flight->limits, flight->call.policy, request);
    bm_capture_begin(&flight->capture, x, flight->stamps, flight->limits.max_body,
                     strncasecmp(request->url, "https:", 6) == 0);
    if (flight->limits.max_body >= FIRST_RESERVE)
        (void)bm_buffer_reserve(&x->body, FIRST_RESERVE);    /* an append would tell */
    flight->transfer = transfer;
    flight->fd = -1;
    flight->fd_known = flight->lingering = 0;
    x->added_ns = bm_timefmt_monotonic_ns();
    x->due_ns = transfer->planned_ns ? transfer->planned_ns : x->added_ns;
    if (x->planned_ns == 0)
        x->planned_ns = x->due_ns;
    if (rv != APR_SUCCESS)
        return refuse(flight, x, BM_END_BAD_REQUEST, flight->call.error);
    mrc = curl_multi_add_handle(multi, flight->easy);
    if (mrc != CURLM_OK)
        return refuse(flight, x, BM_END_INTERNAL, curl_multi_strerror(mrc));
    transfer->flight = flight;
    return APR_SUCCESS;
}

/* --- limits --- */

/* The end of a limit that runs from `from`; a limit of 0 never ends. */
static apr_int64_t runs_out(apr_int64_t from, apr_int64_t limit)
{
    return limit > 0 ? from + limit : APR_INT64_MAX;
}

static apr_int64_t earlier(apr_int64_t a, apr_int64_t b)
{
    return a < b ? a : b;
}

/* When it is to be aborted, as far as is known: counted from S, or from now while it is not there. */
static apr_int64_t abort_ns_of(const bm_flight_t *flight, apr_int64_t now)
{
    apr_int64_t after = flight->limits.abort_ns, sent = flight->capture.x->sent_ns;

    return sent ? runs_out(sent, after) : runs_out(now, after > 0 && after < ABORT_LOOK_NS ? ABORT_LOOK_NS : after);
}

/* The limits move when bytes arrive, but the timer is not touched then: it comes too early and looks again. So this
 * must never be later than a limit that some arrival could still bring about. */
apr_int64_t bm_flight_next_limit_ns(const bm_flight_t *flight)
{
    const bm_outbound_limits_t *l = &flight->limits;
    const bm_exchange_t *x = flight->capture.x;
    apr_int64_t now = bm_timefmt_monotonic_ns(), next = earlier(runs_out(x->added_ns, l->total_ns), abort_ns_of(flight, now));

    if (flight->capture.marker_seen)
        return earlier(next, flight->capture.last_body_ns + LINGER_NS);
    if (flight->capture.last_body_ns)
        return earlier(next, runs_out(flight->capture.last_body_ns, l->stall_ns));
    next = earlier(next, runs_out(now, l->stall_ns));
    if (x->sent_ns)
        return earlier(next, runs_out(x->sent_ns, l->first_byte_ns));
    next = earlier(next, runs_out(now, l->first_byte_ns));
    return earlier(next, runs_out(x->added_ns, l->connect_ns));
}

int bm_flight_limit_passed(const bm_flight_t *flight, apr_int64_t now_ns, bm_exchange_end_e *end)
{
    const bm_outbound_limits_t *l = &flight->limits;
    const bm_exchange_t *x = flight->capture.x;
    apr_int64_t body_ns = flight->capture.last_body_ns;

    if (flight->capture.marker_seen) {
        *end = BM_END_COMPLETE;
        return now_ns >= body_ns + LINGER_NS;
    }
    *end = BM_END_ABORTED;
    if (x->sent_ns && now_ns >= runs_out(x->sent_ns, l->abort_ns))
        return 1;
    *end = BM_END_TOTAL_TIMEOUT;
    if (now_ns >= runs_out(x->added_ns, l->total_ns))
        return 1;
    if (body_ns) {
        *end = BM_END_STALL_TIMEOUT;
        return now_ns >= runs_out(body_ns, l->stall_ns);
    }
    if (x->sent_ns) {
        *end = BM_END_FIRST_BYTE_TIMEOUT;
        return now_ns >= runs_out(x->sent_ns, l->first_byte_ns);
    }
    *end = BM_END_CONNECT_TIMEOUT;
    return now_ns >= runs_out(x->added_ns, l->connect_ns);
}

/* --- the end --- */

static void describe_connection(bm_flight_t *flight, bm_exchange_t *x)
{
    CURL *easy = flight->easy;
    curl_off_t dns = 0, connect = 0, tls = 0;
    long value = 0, port = 0;
    char *ip = NULL;

    if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &value) == CURLE_OK)
        x->http_status = (int)value;
    if (curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &value) == CURLE_OK)
        x->http_version = value == CURL_HTTP_VERSION_1_0 ? 10 : value == CURL_HTTP_VERSION_1_1 ? 11
                          : value >= CURL_HTTP_VERSION_2_0 ? 20 : 0;
    value = 1;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &value);
    x->connection_reused = value == 0 && x->sent_ns != 0;
    if (!x->connection_reused) {
        curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &dns);
        curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect);
        curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &tls);
        x->dns_us = dns;
        x->connect_us = connect > dns ? connect - dns : 0;
        x->tls_us = tls > connect ? tls - connect : 0;
    }
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
    if (ip && *ip)
        snprintf(x->remote_address, sizeof(x->remote_address), strchr(ip, ':') ? "[%s]:%ld" : "%s:%ld", ip, port);
}

static void describe_limit(const bm_flight_t *flight, bm_exchange_t *x)
{
    const bm_outbound_limits_t *l = &flight->limits;
    const char *what = "the run took longer than";
    apr_int64_t limit = l->total_ns;

    if (x->end == BM_END_CONNECT_TIMEOUT) {
        what = "no connection within";
        limit = l->connect_ns;
    }
    else if (x->end == BM_END_FIRST_BYTE_TIMEOUT) {
        what = "no byte of an answer's body within";
        limit = l->first_byte_ns;
    }
    else if (x->end == BM_END_STALL_TIMEOUT) {
        what = "the answer stopped for";
        limit = l->stall_ns;
    }
    snprintf(x->error, sizeof(x->error), "%s %" APR_INT64_T_FMT " ms", what, limit / 1000000);
}

static void describe_end(const bm_flight_t *flight, bm_exchange_t *x, const char *curl_says)
{
    const bm_outbound_call_t *call = &flight->call;

    switch (x->end) {
    case BM_END_COMPLETE:
        x->error[0] = '\0';
        break;
    case BM_END_NOT_ALLOWED:
        snprintf(x->error, sizeof(x->error), "the address %s is not among those that may be asked (BenchmarkTargetAllow)",
                 call->refused_address);
        break;
    case BM_END_CONNECT_TIMEOUT:
    case BM_END_FIRST_BYTE_TIMEOUT:
    case BM_END_STALL_TIMEOUT:
    case BM_END_TOTAL_TIMEOUT:
        describe_limit(flight, x);
        break;
    case BM_END_TOO_LARGE:
        snprintf(x->error, sizeof(x->error), "the answer is larger than %" APR_INT64_T_FMT " bytes",
                 flight->limits.max_body);
        break;
    case BM_END_CANCELLED:
        snprintf(x->error, sizeof(x->error), "cancelled");
        break;
    case BM_END_ABORTED:
        snprintf(x->error, sizeof(x->error), "aborted by the load test %.3f ms after it was sent",
                 (double)(x->end_ns - x->sent_ns) / 1e6);
        break;
    default:
        snprintf(x->error, sizeof(x->error), "%s", call->error[0] ? call->error : curl_says);
        break;
    }
}

static bm_transfer_t *finish(bm_flight_t *flight, CURLM *multi, bm_exchange_end_e end, const char *curl_says)
{
    bm_transfer_t *transfer = flight->transfer;
    bm_exchange_t *x = transfer->x;

    x->end_ns = flight->capture.marker_seen ? flight->capture.last_body_ns : bm_timefmt_monotonic_ns();
    x->end = end;
    /* All in one turn on a warm connection: we never learned which, so there is no stamp. Rather too early than too late. */
    if (flight->stamps->kernel && !flight->fd_known && x->sent_ns != 0)
        x->sent_ns = flight->call.ready_ns;
    describe_connection(flight, x);
    describe_end(flight, x, curl_says);
    if (flight->fd >= 0)
        bm_flight_socket(flight, flight->fd, 1);
    curl_multi_remove_handle(multi, flight->easy);
    bm_outbound_release(flight->easy, &flight->call);
    transfer->cancelled = end == BM_END_CANCELLED;
    transfer->flight = NULL;
    flight->transfer = NULL;
    return transfer;
}

bm_transfer_t *bm_flight_done(bm_flight_t *flight, CURLM *multi, CURLcode rc)
{
    const bm_capture_t *c = &flight->capture;
    bm_exchange_end_e end = bm_outbound_end(flight->easy, &flight->call, rc, c->x->sent_ns != 0);

    if (c->too_large)
        end = BM_END_TOO_LARGE;
    else if (c->out_of_memory)
        end = BM_END_INTERNAL;
    else if (c->marker_seen)
        end = BM_END_COMPLETE;
    else if (end == BM_END_COMPLETE && !c->head_complete) {
        end = BM_END_CUT;                    /* libcurl is content with half a header */
        return finish(flight, multi, end, "the connection was closed inside the answer's header");
    }
    return finish(flight, multi, end, curl_easy_strerror(rc));
}

bm_transfer_t *bm_flight_stop(bm_flight_t *flight, CURLM *multi, bm_exchange_end_e end)
{
    if (end == BM_END_CANCELLED && flight->capture.marker_seen)
        end = BM_END_COMPLETE;               /* it had all it wanted */
    return finish(flight, multi, end, "");
}

/* --- what the loop tells it --- */

/* libcurl tells that the header has gone out when the system call has returned, and on a busy machine the thread may have been
 * kept from its CPU in between, while the target already worked. The kernel knows when it went. */
int bm_flight_take_sent(bm_flight_t *flight, int fd)
{
    bm_capture_t *c = &flight->capture;
    apr_int64_t sent_ns = 0;
    int taken = bm_kernel_stamp_take_sent(&sent_ns, fd, flight->call.ready_ns, c->send_seen_ns, &flight->stamps->clock);

    if (sent_ns != 0 && flight->transfer != NULL)
        c->x->sent_ns = sent_ns;
    return taken;
}

void bm_flight_socket(bm_flight_t *flight, int fd, int gone)
{
    if (flight->transfer == NULL)
        return;
    if (flight->stamps->kernel)
        (void)bm_flight_take_sent(flight, fd);
    if (!gone && flight->fd != fd) {
        flight->fd = fd;
        flight->fd_known = 1;
        bm_stamps_attach(flight->stamps, &flight->capture.read, fd);
    }
    else if (gone && flight->fd == fd) {
        bm_stamps_check_order(&flight->capture.read, flight->capture.x, fd);
        flight->fd = -1;
    }
}

void bm_flight_before_read(bm_flight_t *flight, int fd)
{
    if (flight->transfer == NULL || flight->capture.x->sent_ns == 0)
        return;                              /* connecting: nothing of an answer can come */
    flight->first_segment = flight->capture.x->segment_count;
    flight->capture.headers_in_read = 0;
    flight->capture.x->loop_cpu_wakes++;
    bm_stamps_before_read(flight->stamps, &flight->capture.read, flight->capture.x, fd);
}

void bm_flight_after_read(bm_flight_t *flight)
{
    if (flight->transfer == NULL || flight->capture.read.turn != flight->stamps->turn)
        return;
    bm_stamps_after_read(flight->stamps, &flight->capture.read, flight->capture.x, flight->first_segment);
}

void bm_flight_linger(bm_flight_t *flight, bm_pacer_t *pacer)
{
    if (flight->transfer && flight->capture.marker_seen && !flight->lingering) {
        flight->lingering = 1;
        (void)bm_pacer_put(pacer, &flight->transfer->timer, bm_flight_next_limit_ns(flight));
    }
}
