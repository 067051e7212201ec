/* SPDX-License-Identifier: Apache-2.0
 *
 * live_clients: many clients that watch, in one epoll thread, and how long an event takes to the first and to the last of them.
 *
 *   live_clients --port 8080 [--mode push|idle|churn] [--kind ws|sse] [--tls] [--clients 1000] [--base PATH] [--pids 1,2]
 *                [--dsn DSN] [--events 40] [--rate 2] [--bytes 300] [--seconds 30] [--cycles 10000] [--get PATH]
 *                [--topic run|training] [--hive]
 *
 * push: ends of runs, or seconds of training (with --hive to clients of /ws/metrics), which are pushed at once, are put into the
 * table and notified over one connection to the store. Counted is from before the insert is sent (CLOCK_MONOTONIC) until a
 * client has read it. A thread beside them asks for --get 50 times a second, each time on a new connection. idle: pings are
 * answered for --seconds. churn: connects, waits for its hello, closes, --cycles times, as many at once as --clients; memory and
 * files are told after the first few, in the middle and at the end. pids: processes whose memory and time are told. Addresses:
 * 127.0.1.1 to .20 in turn, since one has not ports enough. One JSON line. */
#include "config.h"
#include "live_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <libpq-fe.h>
#include "base/text.h"

enum { AT_ONCE = 64, GETS_PER_SECOND = 50, PATIENCE_S = 120 };

live_options_t opt = { .clients = 1000, .events = 40, .bytes = 300, .seconds = 30, .cycles = 10000, .rate = 2, .mode = "push",
                       .topic = "run", .base = "", .get = "/api/v1/about" };

static client_t *clients;
static int done_cycles;
/* The thread of the GETs writes these; the other reads them behind its end. */
static volatile int stop;
static int64_t gets[1 << 20];
static int get_count, get_failed;

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
    printf("{\"bench\": \"live\", \"mode\": \"%s\", \"topic\": \"%s\", \"kind\": \"%s\", \"tls\": %s, \"clients\": %d, ",
           opt.mode, opt.topic, opt.hive ? "hive" : opt.sse ? "sse" : "ws", opt.tls ? "true" : "false", opt.clients);
}

static double connect_all(void)
{
    int64_t began = now_ns();
    int i = 0;

    while (watching.live < opt.clients) {
        while (i < opt.clients && watching.connecting < AT_ONCE)
            live_client_begin(&clients[i++]);
        live_client_turn(100);
        if (watching.gone > 0 || now_ns() - began > PATIENCE_S * INT64_C(1000000000)) {
            fprintf(stderr, "live_clients: %d of %d live, %d ended\n", watching.live, opt.clients, watching.gone);
            exit(1);
        }
    }
    return (double)(now_ns() - began) / 1e9;
}

static void wait_for(int64_t until)
{
    int64_t left;

    while ((left = until - now_ns()) > 0)
        live_client_turn((int)(left / 1000000) + 1);
}

/* As store/request_store.c writes it. */
#define SECOND "insert into benchmark.events (project_id, kind, payload) values (1, 'training.metric', '{\"id\": 1," \
    " \"problem_id\": 1, \"bench\": %d, \"scenario_id\": \"bench_%d\", \"second\": %d, \"metrics\": {\"second\": 1," \
    " \"step\": 0, \"phase\": \"window\", \"planned\": 50, \"completed\": 48, \"failed\": 2, \"in_flight\": 5," \
    " \"tokens\": 480, \"ttft_ms\": {\"p50\": 20.1, \"p95\": 31.2, \"p99\": 40.3}," \
    " \"e2e_ms\": {\"p50\": 120.1, \"p95\": 131.2, \"p99\": 140.3}, \"cpu_usage\": 12.5, \"memory_usage\": 38.2}}');" \
    " notify bm_events"

static void publish(PGconn *db, int n)
{
    int fill = opt.bytes > 180 ? opt.bytes - 180 : 1;
    size_t room = (size_t)opt.bytes + 1024;
    char *text = malloc(room), *x = malloc((size_t)fill + 1);
    PGresult *result;

    memset(x, 'x', (size_t)fill);
    x[fill] = '\0';
    watching.events[n].sent_ns = now_ns();
    if (strcmp(opt.topic, "training") == 0)
        snprintf(text, room, SECOND, n, n, n);
    else
        snprintf(text, room, "insert into benchmark.events (project_id, kind, payload) values (1,"
                 " 'run.finished', '{\"runs\": [{\"id\": 1, \"scenario_id\": 1, \"bench\": %d, \"text\": \"%s\"}]}');"
                 " notify bm_events", n, x);
    if (!PQsendQuery(db, text))
        die(PQerrorMessage(db));
    while (PQisBusy(db)) {
        live_client_turn(1);
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
    long before = live_server_rss_kb(&opt.server);
    double connected, cpu, began, seconds;
    struct epoll_event e = { .events = EPOLLIN };
    pthread_t thread;
    int i, complete = 0;

    if (PQstatus(db) != CONNECTION_OK)
        die(PQerrorMessage(db));
    epoll_ctl(watching.epoll_fd, EPOLL_CTL_ADD, PQsocket(db), &e);
    connected = connect_all();
    if (*opt.get != '\0')
        pthread_create(&thread, NULL, get_thread, NULL);
    wait_for(now_ns() + 2000000000);
    cpu = live_server_cpu_seconds(&opt.server);
    began = (double)now_ns() / 1e9;
    due = now_ns();
    for (i = 0; i < opt.events; i++) {
        due += INT64_C(1000000000) / opt.rate;
        wait_for(due);
        publish(db, i);
    }
    for (i = 0; i < 100 && watching.latency_count < watching.latency_room; i++)
        wait_for(now_ns() + 100000000);
    seconds = (double)now_ns() / 1e9 - began;
    cpu = live_server_cpu_seconds(&opt.server) - cpu;
    stop = 1;
    if (*opt.get != '\0')
        pthread_join(thread, NULL);
    for (i = 0; i < opt.events; i++)
        if (watching.events[i].count == opt.clients)
            lasts[complete++] = watching.events[i].last_ns - watching.events[i].sent_ns;
    print_head();
    printf("\"connect_per_second\": %.0f, "
           "\"events\": %d, \"events_that_all_got\": %d, \"per_second\": %d, \"ended\": %d, "
           "\"each_p50_ms\": %.1f, \"each_p99_ms\": %.1f, \"last_p50_ms\": %.1f, \"last_p99_ms\": %.1f, "
           "\"rss_kb_per_client\": %.1f, \"server_cpu_percent\": %.1f, \"get_p50_ms\": %.1f, \"get_p99_ms\": %.1f, \"gets\": %d, "
           "\"gets_failed\": %d}\n", opt.clients / connected, opt.events, complete, opt.rate, watching.gone,
           quantile(watching.latencies, watching.latency_count, .5), quantile(watching.latencies, watching.latency_count, .99),
           quantile(lasts, (size_t)complete, .5), quantile(lasts, (size_t)complete, .99),
           (double)(live_server_rss_kb(&opt.server) - before) / opt.clients, 100 * cpu / seconds,
           quantile(gets, (size_t)get_count, .5), quantile(gets, (size_t)get_count, .99), get_count, get_failed);
    PQfinish(db);
    free(lasts);
}

static void idle(void)
{
    long before = live_server_rss_kb(&opt.server);
    double connected = connect_all(), cpu;
    int64_t began;

    wait_for(now_ns() + 3000000000);
    cpu = live_server_cpu_seconds(&opt.server);
    began = now_ns();
    wait_for(began + opt.seconds * INT64_C(1000000000));
    cpu = (live_server_cpu_seconds(&opt.server) - cpu) / ((double)(now_ns() - began) / 1e9);
    print_head();
    printf("\"connect_per_second\": %.0f, "
           "\"ended\": %d, \"rss_kb_per_client\": %.1f, \"server_cpu_percent\": %.1f}\n", opt.clients / connected,
           watching.gone, (double)(live_server_rss_kb(&opt.server) - before) / opt.clients,
           100 * cpu);
}

/* Half of the cycles, to have all that stays for good; then the other half must add nothing. */
static void churn_some(int cycles)
{
    int i, until = done_cycles + cycles;

    while (done_cycles < until) {
        for (i = 0; i < opt.clients; i++) {
            if (clients[i].state == STATE_LIVE) {
                live_client_end(&clients[i]);
                done_cycles++;
            }
            if (clients[i].state == STATE_GONE && watching.connecting < AT_ONCE
                && done_cycles + watching.live + watching.connecting < until)
                live_client_begin(&clients[i]);
        }
        live_client_turn(100);
    }
    for (i = 0; i < opt.clients; i++)
        if (clients[i].state != STATE_GONE)
            live_client_end(&clients[i]);
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
        rss[i] = live_server_rss_kb(&opt.server);
        files[i] = live_server_files(&opt.server);
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

    for (word = strtok_r(list, ",", &rest); word != NULL && opt.server.n < LIVE_SERVER_PIDS; word = strtok_r(NULL, ",", &rest))
        opt.server.pids[opt.server.n++] = number(word);
}

static void read_options(int argc, char **argv)
{
    static const struct option names[] = {
        { "port", 1, NULL, 'p' }, { "mode", 1, NULL, 'm' }, { "kind", 1, NULL, 'k' }, { "tls", 0, NULL, 't' },
        { "clients", 1, NULL, 'c' }, { "base", 1, NULL, 'b' }, { "pids", 1, NULL, 'i' }, { "dsn", 1, NULL, 'd' },
        { "events", 1, NULL, 'e' }, { "rate", 1, NULL, 'r' }, { "bytes", 1, NULL, 'y' }, { "seconds", 1, NULL, 's' },
        { "cycles", 1, NULL, 'n' }, { "get", 1, NULL, 'g' }, { "topic", 1, NULL, 'o' },
        { "hive", 0, NULL, 'h' }, { NULL, 0, NULL, 0 } };
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
        case 'o': opt.topic = optarg; break;
        case 'h': opt.hive = 1; opt.topic = "training"; break;
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
    watching.events = calloc((size_t)opt.events, sizeof(*watching.events));
    watching.latency_room = (size_t)opt.events * (size_t)opt.clients;
    watching.latencies = malloc(watching.latency_room * sizeof(*watching.latencies));
    watching.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (clients == NULL || watching.events == NULL || watching.latencies == NULL || watching.epoll_fd < 0)
        die("begin");
    watching.tls = opt.tls ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (strcmp(opt.mode, "idle") == 0)
        idle();
    else if (strcmp(opt.mode, "churn") == 0)
        churn();
    else
        push();
    return 0;
}
