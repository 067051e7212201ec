/* SPDX-License-Identifier: Apache-2.0
 *
 * bad_server.h: a small HTTP server inside the test process that misbehaves in the way its path says. One thread per
 * connection, blocking; it ends with the process (each test is one). */
#ifndef BM_BAD_SERVER_H
#define BM_BAD_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct bad_case_t {
    const char *path;
    const char *reply;       /* sent at once; NULL: the path is handled by name below */
    int keep;                /* 1: next request; 0: close; 2: close under the next request; -1: be silent; -2: reset */
} bad_case_t;

#define BAD_CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n"

static const bad_case_t bad_cases[] = {
    { "/ok", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", 1 },
    { "/ok-once", "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 5\r\n\r\nhello", 2 },
    { "/empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1 },
    { "/no-content", "HTTP/1.1 204 No Content\r\n\r\n", 1 },
    { "/close-delimited", "HTTP/1.0 200 OK\r\n\r\nuntil the end", 0 },
    { "/error", "HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy", 1 },
    { "/redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:1/\r\nContent-Length: 0\r\n\r\n", 1 },
    { "/interim", "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1 },
    { "/silent", "", -1 },
    { "/head-only", BAD_CHUNKED, -1 },
    { "/stall", BAD_CHUNKED "6\r\ndata: \r\n", -1 },
    { "/open-after-done", BAD_CHUNKED "11\r\ndata: 1\n\ndata: [D\r\n8\r\nONE]\n\nxx\r\n", -1 },
    { "/cut-length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", 0 },
    { "/cut-chunk", BAD_CHUNKED "ff\r\nonly this", 0 },
    { "/cut-between", BAD_CHUNKED "4\r\nfour\r\n", 0 },
    { "/cut-head", "HTTP/1.1 200 OK\r\nContent-Le", 0 },
    { "/nothing", "", 0 },
    { "/reset", BAD_CHUNKED "4\r\nfour\r\n", -2 },
    { "/garbage", "220 mail.example ESMTP\r\n250 hello\r\n", 0 },
    { "/binary", "\x16\x03\x01\x02\x99\x01", 0 },
    { "/bad-status", "HTTP/1.1 abc\r\n\r\n", 0 },
    { "/bad-chunk", BAD_CHUNKED "zz\r\nfour\r\n", 0 },
    { "/large-length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", -1 },
    { "/drip", NULL, 0 }, { "/flood", NULL, 0 }, { "/header-flood", NULL, 0 }, { "/stream", NULL, 1 }, { "/echo", NULL, 1 },
};

static int bad_send(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if (n <= 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* The head of a request, and its body as far as Content-Length says. @return bytes, 0 at the end. */
static size_t bad_read(int fd, char *text, size_t size)
{
    size_t len = 0, want = 0;

    while (len + 1 < size) {
        ssize_t n = recv(fd, text + len, size - 1 - len, 0);
        size_t body = 0;
        char *end, *length;

        if (n <= 0)
            return 0;
        len += (size_t)n;
        text[len] = '\0';
        if (text[0] == 0x16) {                               /* TLS, to a server that does not speak it */
            bad_send(fd, "HTTP/1.1 400 No\r\n\r\n", 19);
            return 0;
        }
        end = strstr(text, "\r\n\r\n");
        if (end == NULL)
            continue;
        length = strstr(text, "Content-Length: ");
        if (length != NULL)
            sscanf(length + 16, "%zu", &body);
        want = (size_t)(end + 4 - text) + body;
        if (len >= want)
            return len;
    }
    return len;
}

/* Twenty events 2 ms apart, the end marker, and a proper end. */
static int bad_stream(int fd)
{
    static const char done[] = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";
    char chunk[64];
    int i;

    if (bad_send(fd, BAD_CHUNKED, sizeof(BAD_CHUNKED) - 1))
        return -1;
    for (i = 0; i < 20; i++) {
        usleep(2000);
        snprintf(chunk, sizeof(chunk), "a\r\ndata: %02d\n\n\r\n", i);
        if (bad_send(fd, chunk, strlen(chunk)))
            return -1;
    }
    return bad_send(fd, done, sizeof(done) - 1);
}

static int bad_special(int fd, const char *path, const char *request, size_t len)
{
    static const char line[] = "X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
    static const char chunk[] = "40\r\n0123456789012345678901234567890123456789012345678901234567890123\r\n";
    char head[128];

    if (strcmp(path, "/stream") == 0)
        return bad_stream(fd);
    if (strcmp(path, "/echo") == 0) {
        snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
        return bad_send(fd, head, strlen(head)) || bad_send(fd, request, len);
    }
    if (strcmp(path, "/header-flood") == 0) {
        if (bad_send(fd, "HTTP/1.1 200 OK\r\n", 17))
            return -1;
        while (bad_send(fd, line, sizeof(line) - 1) == 0)
            ;
        return -1;
    }
    if (bad_send(fd, BAD_CHUNKED, sizeof(BAD_CHUNKED) - 1))
        return -1;
    while (bad_send(fd, chunk, sizeof(chunk) - 1) == 0)
        if (strcmp(path, "/drip") == 0)
            usleep(10000);
    return -1;
}

static int bad_answer(int fd, const char *request, size_t len)
{
    struct linger reset = { 1, 0 };
    char path[64] = "", byte, next[16384];
    size_t i;

    sscanf(request, "%*15s %63[^ ]", path);
    for (i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
        const bad_case_t *c = &bad_cases[i];

        if (strcmp(c->path, path) != 0)
            continue;
        if (c->reply == NULL)
            return bad_special(fd, path, request, len) == 0;
        bad_send(fd, c->reply, strlen(c->reply));
        if (c->keep == -1)
            while (recv(fd, &byte, 1, 0) > 0)
                ;
        if (c->keep == 2)
            (void)bad_read(fd, next, sizeof(next));
        if (c->keep == -2) {
            usleep(20000);
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        }
        return c->keep == 1;
    }
    return 0;
}

static void *bad_connection(void *baton)
{
    int fd = (int)(intptr_t)baton;
    char request[16384];
    size_t len;

    while ((len = bad_read(fd, request, sizeof(request))) > 0)
        if (!bad_answer(fd, request, len))
            break;
    close(fd);
    return NULL;
}

static void *bad_listener(void *baton)
{
    int listener = (int)(intptr_t)baton;

    for (;;) {
        int fd = accept(listener, NULL, NULL);
        pthread_t thread;

        if (fd < 0 || pthread_create(&thread, NULL, bad_connection, (void *)(intptr_t)fd) != 0)
            return NULL;
        pthread_detach(thread);
    }
}

/* A socket on 127.0.0.1 with its port. */
static int bad_listen(int *port, int backlog)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, backlog) != 0)
        return -1;
    getsockname(fd, (struct sockaddr *)&at, &len);
    *port = ntohs(at.sin_port);
    return fd;
}

/* Start the server. @return its port. */
static int bad_server_start(void)
{
    pthread_t thread;
    int port = 0, fd = bad_listen(&port, 512);

    if (fd < 0 || pthread_create(&thread, NULL, bad_listener, (void *)(intptr_t)fd) != 0)
        return 0;
    pthread_detach(thread);
    return port;
}

#endif
