/* SPDX-License-Identifier: Apache-2.0
 *
 * live_client: clients that watch, in one epoll thread: they connect, ask, answer pings, and note when an event has come. */
#ifndef LIVE_CLIENT_H
#define LIVE_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <openssl/ssl.h>
#include "live_server.h"

typedef enum state_e { STATE_CONNECT, STATE_TLS, STATE_HEAD, STATE_HELLO, STATE_LIVE, STATE_GONE } state_e;

typedef struct client_t {
    int fd;
    state_e state;
    SSL *ssl;
    char *rest;              /* bytes of what is not complete */
    size_t rest_len;
} client_t;

typedef struct event_t {
    int64_t sent_ns, last_ns;
    int count;
} event_t;

/** Set once, at the start. */
typedef struct live_options_t {
    int port, tls, sse, clients, events, bytes, seconds, cycles;
    int rate;
    const char *mode, *base, *dsn, *get, *topic;
    int hive;                /* by /ws/metrics, where nobody asks and six frames tell one second */
    live_server_t server;
} live_options_t;

extern live_options_t opt;

/** All of the epoll thread. */
typedef struct live_state_t {
    event_t *events;
    int64_t *latencies;
    size_t latency_count, latency_room;
    int epoll_fd, connecting, live, gone;
    SSL_CTX *tls;
} live_state_t;

extern live_state_t watching;

int64_t now_ns(void);
void die(const char *what);
void live_client_begin(client_t *c);
void live_client_end(client_t *c);
/** Serve whoever has something to say. */
void live_client_turn(int timeout_ms);

#endif
