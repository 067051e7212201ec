/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "live_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <openssl/err.h>

enum { SOURCES = 20, BLOCK = 65536 };

live_state_t watching;

int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void die(const char *what)
{
    fprintf(stderr, "live_clients: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void watch(client_t *c, int op, unsigned what)
{
    struct epoll_event e = { .events = what, .data.ptr = c };

    if (epoll_ctl(watching.epoll_fd, op, c->fd, &e) != 0)
        die("epoll_ctl");
}

void live_client_end(client_t *c)
{
    if (c->state < STATE_LIVE)
        watching.connecting--;
    else if (c->state == STATE_LIVE)
        watching.live--;
    watching.gone++;
    c->state = STATE_GONE;
    if (c->ssl != NULL)
        SSL_free(c->ssl);
    c->ssl = NULL;
    free(c->rest);
    c->rest = NULL;
    c->rest_len = 0;
    close(c->fd);
}

void live_client_begin(client_t *c)
{
    static int turn;
    struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port) };
    int on = 1;

    from.sin_addr.s_addr = htonl(0x7f000101u + (unsigned)(turn++ % SOURCES));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        die("socket (ulimit -n)");
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)) != 0)
        die("bind");
    if (connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
        die("connect");
    c->state = STATE_CONNECT;
    watching.connecting++;
    watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void put(client_t *c, const void *data, size_t len)
{
    ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, data, (int)len) : send(c->fd, data, len, MSG_NOSIGNAL);

    if (n != (ssize_t)len)
        live_client_end(c);
}

static void put_frame(client_t *c, int opcode, const char *payload, size_t len)
{
    unsigned char frame[256] = { (unsigned char)(0x80 | opcode), (unsigned char)(0x80 | len) };     /* a mask of zeros is one */

    if (len > 125)
        return;
    if (len > 0)
        memcpy(frame + 6, payload, len);
    put(c, frame, 6 + len);
}

static void ask(client_t *c)
{
    char text[512];
    int n;

    watch(c, EPOLL_CTL_MOD, EPOLLIN);
    c->state = STATE_HEAD;
    if (opt.sse)
        n = snprintf(text, sizeof(text), "GET %s/api/v1/events?topic=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                     "Accept: text/event-stream\r\n\r\n", opt.base, opt.topic, opt.port);
    else
        n = snprintf(text, sizeof(text), "GET %s/api/v1/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     opt.base, opt.hive ? "ws/metrics" : "events/ws", opt.port);
    put(c, text, (size_t)n);
}

static void handshake(client_t *c)
{
    int rv, why;

    if (!opt.tls) {
        ask(c);
        return;
    }
    if (c->ssl == NULL) {
        c->ssl = SSL_new(watching.tls);
        SSL_set_fd(c->ssl, c->fd);
        SSL_set_connect_state(c->ssl);
        c->state = STATE_TLS;
    }
    rv = SSL_do_handshake(c->ssl);
    why = SSL_get_error(c->ssl, rv);
    if (rv == 1)
        ask(c);
    else if (why == SSL_ERROR_WANT_READ)
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    else if (why == SSL_ERROR_WANT_WRITE)
        watch(c, EPOLL_CTL_MOD, EPOLLOUT);
    else
        live_client_end(c);
}

static int64_t number_behind(const char *text, size_t len, const char *name)
{
    const char *s = memmem(text, len, name, strlen(name));
    int64_t value = 0;

    if (s == NULL)
        return -1;
    for (s += strlen(name); s < text + len && (*s < '0' || *s > '9'); s++)
        ;
    for (; s < text + len && *s >= '0' && *s <= '9'; s++)
        value = value * 10 + *s - '0';
    return value;
}

static void become_live(client_t *c)
{
    c->state = STATE_LIVE;
    watching.connecting--;
    watching.live++;
}

/* A client of Hive has all of a second with its last frame. */
static int64_t event_in(const char *text, size_t len)
{
    if (!opt.hive)
        return number_behind(text, len, "\"bench\"");
    return memmem(text, len, "memory_usage", 12) != NULL ? number_behind(text, len, "bench_") : -1;
}

static void take_text(client_t *c, const char *text, size_t len)
{
    int64_t n = event_in(text, len), at = now_ns();

    if (n >= 0 && n < opt.events && watching.latency_count < watching.latency_room) {
        watching.latencies[watching.latency_count++] = at - watching.events[n].sent_ns;
        watching.events[n].last_ns = at;
        watching.events[n].count++;
    }
    else if (c->state == STATE_HELLO && memmem(text, len, "\"hello\"", 7) != NULL)
        become_live(c);
}

/* @return bytes of a whole frame or event that was taken; 0: it is not complete. */
static size_t take_one(client_t *c, const char *data, size_t len)
{
    const unsigned char *s = (const unsigned char *)data;
    char subscribe[100];
    size_t size, head;
    const char *found;

    if (c->state == STATE_HEAD) {
        found = memmem(data, len, "\r\n\r\n", 4);
        if (found == NULL)
            return 0;
        if (memcmp(data + 9, opt.sse ? "200" : "101", 3) != 0) {
            fprintf(stderr, "live_clients: %.*s\n", 40, data);
            live_client_end(c);
            return len;
        }
        c->state = STATE_HELLO;
        if (opt.hive)
            become_live(c);
        else if (!opt.sse)
            put_frame(c, 1, subscribe, (size_t)snprintf(subscribe, sizeof(subscribe), "{\"subscribe\":[{\"topic\":\"%s\"}]}",
                                                        opt.topic));
        return (size_t)(found - data) + 4;
    }
    if (opt.sse) {
        found = memmem(data, len, "\n\n", 2);
        if (found != NULL)
            take_text(c, data, (size_t)(found - data));
        return found != NULL ? (size_t)(found - data) + 2 : 0;
    }
    if (len < 2 || (s[1] >= 126 && len < 4))
        return 0;
    head = s[1] < 126 ? 2 : 4;               /* ours are shorter than 64 kB */
    size = s[1] < 126 ? s[1] : (size_t)s[2] << 8 | s[3];
    if (len < head + size)
        return 0;
    if (s[0] == 0x81)
        take_text(c, data + head, size);
    else if (s[0] == 0x89)
        put_frame(c, 10, data + head, size);
    else if (s[0] == 0x88)
        live_client_end(c);
    return head + size;
}

static void take(client_t *c, char *data, size_t len)
{
    size_t at = 0, n;

    while (at < len && c->state != STATE_GONE && (n = take_one(c, data + at, len - at)) > 0)
        at += n;
    if (c->state == STATE_GONE)
        return;
    free(c->rest);
    c->rest_len = len - at;
    c->rest = c->rest_len > 0 ? malloc(c->rest_len) : NULL;
    if (c->rest != NULL)
        memcpy(c->rest, data + at, c->rest_len);
}

static void read_in(client_t *c)
{
    static char block[2 * BLOCK];
    ssize_t n;

    while (c->state != STATE_GONE && c->rest_len < BLOCK) {
        if (c->rest_len > 0)
            memcpy(block, c->rest, c->rest_len);
        n = c->ssl != NULL ? SSL_read(c->ssl, block + c->rest_len, BLOCK) : recv(c->fd, block + c->rest_len, BLOCK, 0);
        if (n > 0) {
            take(c, block, c->rest_len + (size_t)n);
            continue;
        }
        if (c->ssl != NULL ? SSL_get_error(c->ssl, (int)n) != SSL_ERROR_WANT_READ : n == 0 || errno != EAGAIN)
            live_client_end(c);
        return;
    }
}

void live_client_turn(int timeout_ms)
{
    struct epoll_event ready[512];
    int i, n = epoll_wait(watching.epoll_fd, ready, 512, timeout_ms);

    for (i = 0; i < n; i++) {
        client_t *c = ready[i].data.ptr;

        if (c == NULL)
            continue;                        /* the store's answer: see publish */
        if (c->state <= STATE_TLS)
            handshake(c);
        else if (c->state != STATE_GONE)
            read_in(c);
    }
}
