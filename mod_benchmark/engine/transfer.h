/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/transfer.h: one thing that a loop does for somebody: perform an exchange, or wait.
 *
 * The caller fills a bm_transfer_t, hands it to a loop (engine/loop.h), and gets the same pointer back in the loop's
 * outbox when it is over. In between it belongs to the loop: the caller touches neither it nor the exchange nor
 * the pool they live in. */
#ifndef BM_ENGINE_TRANSFER_H
#define BM_ENGINE_TRANSFER_H

#include "engine/pacer.h"
#include "engine/stamps.h"
#include "net/exchange.h"
#include "net/outbound.h"

typedef enum bm_transfer_kind_e {
    BM_TRANSFER_EXCHANGE = 1,        /* x is complete: see x->end */
    BM_TRANSFER_WAIT,                /* the time has come, or it was cancelled */
    BM_TRANSFER_CANCEL               /* the loop's own; never in the outbox */
} bm_transfer_kind_e;

struct bm_flight_t;

/** Zero it first. Usually in the run's pool. */
typedef struct bm_transfer_t {
    bm_transfer_kind_e kind;         /* set by bm_loop_start_exchange() and bm_loop_start_wait(); first member */
    apr_uint64_t ticket;             /* for bm_loop_cancel(): unique among what is in the loop; 0: cannot be cancelled */
    apr_int64_t planned_ns;          /* when to begin the exchange, or until when to wait (CLOCK_MONOTONIC); 0: now */
    bm_exchange_t *x;                /* exchange only */
    void *owner;                     /* the caller's */
    void *tag;                       /* also the caller's: which of its many this is */
    int cancelled;                   /* out: it was cancelled, or the loop stopped (an exchange then has BM_END_CANCELLED) */
    /* the loop's own from here */
    bm_pacer_item_t timer;           /* until flight: the planned time; then the next limit */
    struct bm_flight_t *flight;
    struct bm_transfer_t *next;
} bm_transfer_t;

/** --- for engine/loop.c: exchanges under way --- */

typedef struct bm_flight_t bm_flight_t;

/** Flights kept for reuse: an easy handle is expensive to make. Set outbound and stamps, zero the rest. */
typedef struct bm_flights_t {
    const bm_outbound_t *outbound;
    bm_stamps_t *stamps;
    bm_flight_t **free;              /* stack */
    apr_uint32_t count, size;
} bm_flights_t;

/** A flight (easy handle, callbacks), kept or new. NULL: out of memory. */
bm_flight_t *bm_flights_take(bm_flights_t *flights);

/** Keep one that is not in a multi for the next exchange. */
void bm_flights_keep(bm_flights_t *flights, bm_flight_t *flight);

/** Free all that are kept. */
void bm_flights_clear(bm_flights_t *flights);

/** The flight that an easy handle belongs to. */
bm_flight_t *bm_flight_of(CURL *easy);

/** Take an exchange on and hand it to libcurl. @return APR_EINVAL: it cannot be sent; x->end and x->error say why. */
apr_status_t bm_flight_begin(bm_flight_t *flight, bm_transfer_t *transfer, CURLM *multi);

/** When a limit of the flight may be passed next; APR_INT64_MAX: none is set. Looks at what has arrived so far. */
apr_int64_t bm_flight_next_limit_ns(const bm_flight_t *flight);

/** Whether a limit is passed at now_ns; *end is then which. */
int bm_flight_limit_passed(const bm_flight_t *flight, apr_int64_t now_ns, bm_exchange_end_e *end);

/** libcurl is done with it (rc). Takes it out of multi, fills the exchange, forgets it. @return the transfer. */
bm_transfer_t *bm_flight_done(bm_flight_t *flight, CURLM *multi, CURLcode rc);

/** End it from outside: a limit, a cancellation. As bm_flight_done(). */
bm_transfer_t *bm_flight_stop(bm_flight_t *flight, CURLM *multi, bm_exchange_end_e end);

/** The connection's descriptor, -1 while there is none. Set by the loop's socket callback through bm_flight_socket(). */
void bm_flight_socket(bm_flight_t *flight, int fd, int gone);

/** Take the transmit stamps that wait on fd, the flight's connection: S becomes the kernel's. @return how many there were. */
int bm_flight_take_sent(bm_flight_t *flight, int fd);

/** Before and after libcurl reads fd for this flight (engine/stamps.h). */
void bm_flight_before_read(bm_flight_t *flight, int fd);
void bm_flight_after_read(bm_flight_t *flight);

/** After a read: once the end marker has come, the flight stays only a moment longer, for the connection's sake. */
void bm_flight_linger(bm_flight_t *flight, bm_pacer_t *pacer);

#endif
