/* SPDX-License-Identifier: Apache-2.0
 *
 * live_clients: many clients that watch, in one epoll thread, and how long an event takes to the first and to the last of them.
 *
 *   live_clients --port 8080 [--mode push|idle|churn] [--kind ws|sse] [--tls] [--clients 1000] [--base PATH] [--pids 1,2]
 *                [--dsn DSN] [--events 40] [--rate 2] [--bytes 300] [--seconds 30] [--cycles 10000] [--get PATH]
 *
 * push: ends of runs, which are pushed at once, are put into the table and notified over one connection to the store. Counted is
 * from before the insert is sent (CLOCK_MONOTONIC) until a client has read it. A thread
 * beside them asks for --get 50 times a second, each time on a new connection. idle: pings are answered for --seconds. churn:
 * connects, waits for its hello, closes, --cycles times, as many at once as --clients; memory and files are told after the first
 * few, in the middle and at the end. pids: processes whose memory and time are told. Addresses: 127.0.1.1 to .20 in turn, since
 * one has not ports enough. One JSON line. */
#include "config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <libpq-fe.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include "base/text.h"

enum { SOURCES = 20, AT_ONCE = 64, BLOCK = 65536, GETS_PER_SECOND = 50, PIDS = 16, PATIENCE_S = 120 };

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

static struct {
    int port, tls, sse, clients, events, bytes, seconds, cycles;
    int rate;
    const char *mode, *base, *dsn, *get;
    int pids[PIDS], pid_count;
} opt = { .clients = 1000, .events = 40, .bytes = 300, .seconds = 30, .cycles = 10000, .rate = 2, .mode = "push", .base = "",
          .get = "/api/v1/about" };

/* All of the epoll thread but the GETs'. */
static client_t *clients;
static event_t *events;
static int64_t *latencies;
static size_t latency_count, latency_room;
static int epoll_fd, connecting, live, gone, done_cycles;
static SSL_CTX *tls;
static volatile int stop;
static int64_t gets[1 << 20];
static int get_count, get_failed;

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "live_clients: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* --- figures */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* In milliseconds; sorts. */
static double quantile(int64_t *values, size_t n, double q)
{
    if (n == 0)
        return -1;
    qsort(values, n, sizeof(*values), by_value);
    return (double)values[(size_t)(q * (double)(n - 1) + 0.5)] / 1e6;
}

static long rss_kb(void)
{
    char path[64], line[256];
    long sum = 0, kb;
    FILE *f;
    int i;

    for (i = 0; i < opt.pid_count; i++) {
        snprintf(path, sizeof(path), "/proc/%d/status", opt.pids[i]);
        f = fopen(path, "r");
        while (f != NULL && fgets(line, sizeof(line), f) != NULL)
            if (sscanf(line, "VmRSS: %ld", &kb) == 1)
                sum += kb;
        if (f != NULL)
            fclose(f);
    }
    return sum;
}

static double cpu_seconds(void)
{
    char path[64], text[1024];
    unsigned long user, kernel, sum = 0;
    const char *s;
    size_t n;
    FILE *f;
    int i;

    for (i = 0; i < opt.pid_count; i++) {
        snprintf(path, sizeof(path), "/proc/%d/stat", opt.pids[i]);
        f = fopen(path, "r");
        if (f == NULL)
            continue;
        n = fread(text, 1, sizeof(text) - 1, f);
        text[n] = '\0';
        s = strrchr(text, ')');
        if (s != NULL && sscanf(s + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) == 2)
            sum += user + kernel;
        fclose(f);
    }
    return (double)sum / (double)sysconf(_SC_CLK_TCK);
}

static int open_files(void)
{
    char path[64];
    int i, n = 0;
    DIR *dir;

    for (i = 0; i < opt.pid_count; i++) {
        snprintf(path, sizeof(path), "/proc/%d/fd", opt.pids[i]);
        dir = opendir(path);
        while (dir != NULL && readdir(dir) != NULL)
            n++;
        if (dir != NULL)
            closedir(dir);
    }
    return n;
}

/* --- one client */

static void watch(client_t *c, int op, unsigned what)
{
    struct epoll_event e = { .events = what, .data.ptr = c };

    if (epoll_ctl(epoll_fd, op, c->fd, &e) != 0)
        die("epoll_ctl");
}

static void end(client_t *c)
{
    if (c->state < STATE_LIVE)
        connecting--;
    else if (c->state == STATE_LIVE)
        live--;
    gone++;
    c->state = STATE_GONE;
    if (c->ssl != NULL)
        SSL_free(c->ssl);
    c->ssl = NULL;
    free(c->rest);
    c->rest = NULL;
    c->rest_len = 0;
    close(c->fd);
}

static void begin(client_t *c)
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
    connecting++;
    watch(c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void put(client_t *c, const void *data, size_t len)
{
    ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, data, (int)len) : send(c->fd, data, len, MSG_NOSIGNAL);

    if (n != (ssize_t)len)
        end(c);
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
        n = snprintf(text, sizeof(text), "GET %s/api/v1/events?topic=run HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                     "Accept: text/event-stream\r\n\r\n", opt.base, opt.port);
    else
        n = snprintf(text, sizeof(text), "GET %s/api/v1/events/ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                     opt.base, opt.port);
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
        c->ssl = SSL_new(tls);
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
        end(c);
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

static void take_text(client_t *c, const char *text, size_t len)
{
    int64_t n = number_behind(text, len, "\"bench\""), at = now_ns();

    if (n >= 0 && n < opt.events && latency_count < latency_room) {
        latencies[latency_count++] = at - events[n].sent_ns;
        events[n].last_ns = at;
        events[n].count++;
    }
    else if (c->state == STATE_HELLO && memmem(text, len, "\"hello\"", 7) != NULL) {
        c->state = STATE_LIVE;
        connecting--;
        live++;
    }
}

/* @return bytes of a whole frame or event that was taken; 0: it is not complete. */
static size_t take_one(client_t *c, const char *data, size_t len)
{
    const unsigned char *s = (const unsigned char *)data;
    static const char subscribe[] = "{\"subscribe\":[{\"topic\":\"run\"}]}";
    size_t size, head;
    const char *found;

    if (c->state == STATE_HEAD) {
        found = memmem(data, len, "\r\n\r\n", 4);
        if (found == NULL)
            return 0;
        if (memcmp(data + 9, opt.sse ? "200" : "101", 3) != 0) {
            fprintf(stderr, "live_clients: %.*s\n", 40, data);
            end(c);
            return len;
        }
        c->state = STATE_HELLO;
        if (!opt.sse)
            put_frame(c, 1, subscribe, sizeof(subscribe) - 1);
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
        end(c);
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
            end(c);
        return;
    }
}

static void turn(int timeout_ms)
{
    struct epoll_event ready[512];
    int i, n = epoll_wait(epoll_fd, ready, 512, timeout_ms);

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

/* --- beside them */

static void *get_thread(void *unused)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port) };
    int64_t due = now_ns(), began;
    struct timespec t;
    char text[4096];
    int fd, n;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    while (!stop && get_count < (1 << 20)) {
        due += 1000000000 / GETS_PER_SECOND;
        t = (struct timespec){ due / 1000000000, due % 1000000000 };
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
        began = due;                         /* a late one counts from when it was due */
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        n = snprintf(text, sizeof(text), "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", opt.base, opt.get);
        if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 || send(fd, text, (size_t)n, MSG_NOSIGNAL) != n
            || recv(fd, text, 12, MSG_WAITALL) != 12 || memcmp(text + 9, "200", 3) != 0)
            get_failed++;
        else {
            while (recv(fd, text, sizeof(text), 0) > 0)
                ;
            gets[get_count++] = now_ns() - began;
        }
        close(fd);
    }
    return unused;
}

/* --- modes */

static void print_head(void)
{
    printf("{\"bench\": \"live\", \"mode\": \"%s\", \"kind\": \"%s\", \"tls\": %s, \"clients\": %d, ", opt.mode,
           opt.sse ? "sse" : "ws", opt.tls ? "true" : "false", opt.clients);
}

static double connect_all(void)
{
    int64_t began = now_ns();
    int i = 0;

    while (live < opt.clients) {
        while (i < opt.clients && connecting < AT_ONCE)
            begin(&clients[i++]);
        turn(100);
        if (gone > 0 || now_ns() - began > PATIENCE_S * INT64_C(1000000000)) {
            fprintf(stderr, "live_clients: %d of %d live, %d ended\n", live, opt.clients, gone);
            exit(1);
        }
    }
    return (double)(now_ns() - began) / 1e9;
}

static void wait_for(int64_t until)
{
    int64_t left;

    while ((left = until - now_ns()) > 0)
        turn((int)(left / 1000000) + 1);
}

static void publish(PGconn *db, int n)
{
    int fill = opt.bytes > 180 ? opt.bytes - 180 : 1;
    size_t room = (size_t)opt.bytes + 1024;
    char *text = malloc(room), *x = malloc((size_t)fill + 1);
    PGresult *result;

    memset(x, 'x', (size_t)fill);
    x[fill] = '\0';
    events[n].sent_ns = now_ns();
    snprintf(text, room, "insert into benchmark.events (project_id, kind, payload) values (1,"
             " 'run.finished', '{\"runs\": [{\"id\": 1, \"scenario_id\": 1, \"bench\": %d, \"text\": \"%s\"}]}');"
             " notify bm_events", n, x);
    if (!PQsendQuery(db, text))
        die(PQerrorMessage(db));
    while (PQisBusy(db)) {
        turn(1);
        PQconsumeInput(db);
    }
    while ((result = PQgetResult(db)) != NULL) {
        if (PQresultStatus(result) == PGRES_FATAL_ERROR)
            die(PQresultErrorMessage(result));
        PQclear(result);
    }
    free(text);
    free(x);
}

static void push(void)
{
    PGconn *db = PQconnectdb(opt.dsn);
    int64_t due, *lasts = calloc((size_t)opt.events, sizeof(*lasts));
    long before = rss_kb();
    double connected, cpu, began, seconds;
    struct epoll_event e = { .events = EPOLLIN };
    pthread_t thread;
    int i, complete = 0;

    if (PQstatus(db) != CONNECTION_OK)
        die(PQerrorMessage(db));
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, PQsocket(db), &e);
    connected = connect_all();
    if (*opt.get != '\0')
        pthread_create(&thread, NULL, get_thread, NULL);
    wait_for(now_ns() + 2000000000);
    cpu = cpu_seconds();
    began = (double)now_ns() / 1e9;
    due = now_ns();
    for (i = 0; i < opt.events; i++) {
        due += INT64_C(1000000000) / opt.rate;
        wait_for(due);
        publish(db, i);
    }
    for (i = 0; i < 100 && latency_count < latency_room; i++)
        wait_for(now_ns() + 100000000);
    seconds = (double)now_ns() / 1e9 - began;
    cpu = cpu_seconds() - cpu;
    stop = 1;
    if (*opt.get != '\0')
        pthread_join(thread, NULL);
    for (i = 0; i < opt.events; i++)
        if (events[i].count == opt.clients)
            lasts[complete++] = events[i].last_ns - events[i].sent_ns;
    print_head();
    printf("\"connect_per_second\": %.0f, "
           "\"events\": %d, \"events_that_all_got\": %d, \"per_second\": %d, \"ended\": %d, "
           "\"each_p50_ms\": %.1f, \"each_p99_ms\": %.1f, \"last_p50_ms\": %.1f, \"last_p99_ms\": %.1f, "
           "\"rss_kb_per_client\": %.1f, \"server_cpu_percent\": %.1f, \"get_p50_ms\": %.1f, \"get_p99_ms\": %.1f, \"gets\": %d, "
           "\"gets_failed\": %d}\n", opt.clients / connected, opt.events, complete, opt.rate, gone,
           quantile(latencies, latency_count, .5), quantile(latencies, latency_count, .99),
           quantile(lasts, (size_t)complete, .5), quantile(lasts, (size_t)complete, .99),
           (double)(rss_kb() - before) / opt.clients, 100 * cpu / seconds, quantile(gets, (size_t)get_count, .5),
           quantile(gets, (size_t)get_count, .99), get_count, get_failed);
    PQfinish(db);
    free(lasts);
}

static void idle(void)
{
    long before = rss_kb();
    double connected = connect_all(), cpu;
    int64_t began;

    wait_for(now_ns() + 3000000000);
    cpu = cpu_seconds();
    began = now_ns();
    wait_for(began + opt.seconds * INT64_C(1000000000));
    cpu = (cpu_seconds() - cpu) / ((double)(now_ns() - began) / 1e9);
    print_head();
    printf("\"connect_per_second\": %.0f, "
           "\"ended\": %d, \"rss_kb_per_client\": %.1f, \"server_cpu_percent\": %.1f}\n", opt.clients / connected,
           gone, (double)(rss_kb() - before) / opt.clients,
           100 * cpu);
}

/* Half of the cycles, to have all that stays for good; then the other half must add nothing. */
static void churn_some(int cycles)
{
    int i, until = done_cycles + cycles;

    while (done_cycles < until) {
        for (i = 0; i < opt.clients; i++) {
            if (clients[i].state == STATE_LIVE) {
                end(&clients[i]);
                done_cycles++;
            }
            if (clients[i].state == STATE_GONE && connecting < AT_ONCE && done_cycles + live + connecting < until)
                begin(&clients[i]);
        }
        turn(100);
    }
    for (i = 0; i < opt.clients; i++)
        if (clients[i].state != STATE_GONE)
            end(&clients[i]);
    wait_for(now_ns() + 5000000000);         /* what has left keeps its place for a moment */
}

static void churn(void)
{
    int64_t began = now_ns();
    int files[3], i;
    long rss[3];

    for (i = 0; i < opt.clients; i++)
        clients[i].state = STATE_GONE;
    churn_some(opt.clients);
    for (i = 0; i < 3; i++) {
        rss[i] = rss_kb();
        files[i] = open_files();
        if (i < 2)
            churn_some(opt.cycles / 2);
    }
    print_head();
    printf("\"cycles\": %d, \"per_second\": %.0f, "
           "\"rss_kb\": [%ld, %ld, %ld], \"files\": [%d, %d, %d]}\n", done_cycles,
           done_cycles / ((double)(now_ns() - began) / 1e9), rss[0], rss[1], rss[2], files[0], files[1], files[2]);
}

static int number(const char *text)
{
    apr_int64_t value;

    if (bm_text_to_int64(&value, text, 0, INT32_MAX) != APR_SUCCESS) {
        fprintf(stderr, "live_clients: %s is no number\n", text);
        exit(2);
    }
    return (int)value;
}

static void read_pids(char *list)
{
    char *rest = NULL, *word;

    for (word = strtok_r(list, ",", &rest); word != NULL && opt.pid_count < PIDS; word = strtok_r(NULL, ",", &rest))
        opt.pids[opt.pid_count++] = number(word);
}

static void read_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "port", 1, NULL, 'p' }, { "mode", 1, NULL, 'm' }, { "kind", 1, NULL, 'k' }, { "tls", 0, NULL, 't' },
        { "clients", 1, NULL, 'c' }, { "base", 1, NULL, 'b' }, { "pids", 1, NULL, 'i' }, { "dsn", 1, NULL, 'd' },
        { "events", 1, NULL, 'e' }, { "rate", 1, NULL, 'r' }, { "bytes", 1, NULL, 'y' }, { "seconds", 1, NULL, 's' },
        { "cycles", 1, NULL, 'n' }, { "get", 1, NULL, 'g' }, { NULL, 0, NULL, 0 } };
    int c;

    while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (c) {
        case 'p': opt.port = number(optarg); break;
        case 'm': opt.mode = optarg; break;
        case 'k': opt.sse = strcmp(optarg, "sse") == 0; break;
        case 't': opt.tls = 1; break;
        case 'c': opt.clients = number(optarg); break;
        case 'b': opt.base = optarg; break;
        case 'i': read_pids(optarg); break;
        case 'd': opt.dsn = optarg; break;
        case 'e': opt.events = number(optarg); break;
        case 'r': opt.rate = number(optarg); break;
        case 'y': opt.bytes = number(optarg); break;
        case 's': opt.seconds = number(optarg); break;
        case 'n': opt.cycles = number(optarg); break;
        case 'g': opt.get = optarg; break;
        default: exit(2);
        }
    }
    if (opt.port == 0 || opt.clients < 1 || opt.events < 1 || opt.rate < 1
        || (strcmp(opt.mode, "push") == 0 && opt.dsn == NULL)) {
        fprintf(stderr, "usage: see the head of live_clients.c\n");
        exit(2);
    }
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    clients = calloc((size_t)opt.clients, sizeof(*clients));
    events = calloc((size_t)opt.events, sizeof(*events));
    latency_room = (size_t)opt.events * (size_t)opt.clients;
    latencies = malloc(latency_room * sizeof(*latencies));
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (clients == NULL || events == NULL || latencies == NULL || epoll_fd < 0)
        die("begin");
    tls = opt.tls ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (strcmp(opt.mode, "idle") == 0)
        idle();
    else if (strcmp(opt.mode, "churn") == 0)
        churn();
    else
        push();
    return 0;
}
