/* SPDX-License-Identifier: Apache-2.0
 *
 * target_lateness: does the reference target send when its schedule says? Forks the target with a shared ring, lets N
 * clients of one epoll loop ask for streams and drop what they read, and compares the ring with the schedule.
 *
 *   target_lateness [--streams N,N,...] [--tokens N] [--trials N] [--spin US] [--nice N] [--cpus] [--limit-us N]
 *
 * One JSON line per trial: p50/p99/max of (true send - due) in microseconds, and of the error of TTFT and of each gap as
 * sent. --cpus: target on processor 0, clients on 1. Exit 1: a record is missing or planned otherwise
 * than bm_target_schedule says, or the median p99 of a size is over --limit-us. */
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "target/target_server.h"
#include "target/target_spec.h"

enum { RING_RECORDS = 1 << 19, MAX_STREAMS = 4000, MAX_TRIALS = 15 };

typedef struct arguments_t {
    const char *streams;
    apr_int64_t tokens, trials, spin, nice, limit;
    int cpus;
} arguments_t;

typedef struct bench_t {
    arguments_t a;
    apr_pool_t *p;
    bm_target_ring_t *ring;
    apr_uint64_t next_key;
    int port, failed;
} bench_t;

typedef struct sample_t {
    double *values;
    apr_size_t n;
} sample_t;

static void pin(int cpu)
{
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void spec_of(bm_target_spec_t *spec, apr_uint64_t key, apr_int64_t tokens)
{
    bm_target_spec_init(spec);
    spec->id = key;
    spec->seed = key;
    spec->tokens = tokens;
    spec->ttft_dist = spec->gap_dist = BM_TARGET_UNIFORM;
    spec->role = BM_TARGET_ROLE_EARLY;
    spec->finish_ms = 1;
}

/* --- clients */

static int open_stream(bench_t *b, apr_uint64_t key)
{
    struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons((uint16_t)b->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    bm_buffer_t body = { 0 };
    bm_target_spec_t spec;
    char head[256];
    bm_jw_t w;

    spec_of(&spec, key, b->a.tokens);
    bm_jw_init(&w, &body);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "stream");
    bm_jw_bool(&w, 1);
    bm_jw_key(&w, "messages");
    bm_jw_raw(&w, "[{}]", 4);
    bm_jw_key(&w, "x_target");
    bm_target_spec_write(&spec, &w);
    bm_jw_end_object(&w);
    snprintf(head, sizeof(head), "POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", body.len);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) != 0 || write(fd, head, strlen(head)) < 0
        || write(fd, body.data, body.len) != (ssize_t)body.len) {
        perror("target_lateness: connect");
        exit(1);
    }
    bm_buffer_free(&body);
    return fd;
}

/* N streams, begun over one mean TTFT so that they do not march in step; read until all have ended. */
static void run_clients(bench_t *b, apr_uint64_t first_key, int n)
{
    int epoll_fd = epoll_create1(0), open_streams = 0, i;
    struct epoll_event events[256];
    static char sink[65536];

    for (i = 0; i < n; i++) {
        struct epoll_event ev = { .events = EPOLLIN };

        ev.data.fd = open_stream(b, first_key + (apr_uint64_t)i);
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, ev.data.fd, &ev);
        open_streams++;
        usleep(i % 20 == 19 ? 1000 : 0);
    }
    while (open_streams > 0) {
        int ready = epoll_wait(epoll_fd, events, 256, 10000);

        for (i = 0; i < ready; i++) {
            if (read(events[i].data.fd, sink, sizeof(sink)) <= 0) {
                close(events[i].data.fd);
                open_streams--;
            }
        }
        if (ready == 0) {
            fputs("target_lateness: no stream sent anything for 10 s\n", stderr);
            exit(1);
        }
    }
    close(epoll_fd);
}

/* --- comparison */

static int by_value(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double quantile(sample_t *s, double q)
{
    return s->n > 0 ? s->values[(apr_size_t)(q * (double)(s->n - 1))] : 0;
}

static void print_sample(const char *name, sample_t *s)
{
    qsort(s->values, s->n, sizeof(*s->values), by_value);
    printf(",\"%s\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"n\":%zu}", name, quantile(s, 0.5), quantile(s, 0.99),
           quantile(s, 1), s->n);
}

/* Check one stream's chunks against the schedule as computed here. */
static void check_stream(bench_t *b, const bm_target_record_t *chunks, apr_size_t n, apr_uint64_t key, sample_t *late,
                         sample_t *gap)
{
    bm_target_schedule_t s;
    bm_target_step_t step;
    bm_target_spec_t spec;
    apr_size_t i = 0;

    spec_of(&spec, key, b->a.tokens);
    bm_target_schedule_init(&s, &spec, 0);
    while (bm_target_schedule_next(&s, &step)) {
        if (!bm_target_step_is_content(step.kind))
            continue;
        if (i >= n || chunks[i].index != step.index || chunks[i].planned_ns - chunks[i].read_ns != step.at_ns) {
            fprintf(stderr, "target_lateness: stream %" PRIu64 " chunk %u is not as computed\n", (uint64_t)key, step.index);
            b->failed = 1;
            return;
        }
        late->values[late->n++] = (double)(chunks[i].sent_ns - chunks[i].planned_ns) / 1e3;
        if (i > 0) {
            apr_int64_t error = (chunks[i].sent_ns - chunks[i - 1].sent_ns) - (chunks[i].planned_ns - chunks[i - 1].planned_ns);

            gap->values[gap->n++] = (double)(error < 0 ? -error : error) / 1e3;
        }
        i++;
    }
}

/* Chunks of all streams, sorted by key and index. */
static int by_key(const void *a, const void *b)
{
    const bm_target_record_t *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static double trial(bench_t *b, int n, apr_pool_t *p)
{
    apr_uint64_t cursor = bm_target_ring_head(b->ring), lost = 0, first_key = b->next_key;
    apr_size_t total = (apr_size_t)n * (apr_size_t)b->a.tokens, count = 0;
    bm_target_record_t *chunks = apr_palloc(p, (total + 1) * sizeof(*chunks)), r;
    sample_t late = { apr_palloc(p, total * sizeof(double)), 0 }, gap = { apr_palloc(p, total * sizeof(double)), 0 };
    double load = 0;
    int blocked = 0, i;

    b->next_key += (apr_uint64_t)n;
    run_clients(b, first_key, n);
    usleep(50000);                          /* the last request records follow the last bytes */
    while (bm_target_ring_next(b->ring, &cursor, &r, &lost) == APR_SUCCESS) {
        blocked += (r.flags & BM_TARGET_BLOCKED) != 0;
        if (r.kind == BM_TARGET_CHUNK && count < total)
            chunks[count++] = r;
    }
    if (count != total || lost != 0) {
        fprintf(stderr, "target_lateness: %zu of %zu chunks recorded, %" PRIu64 " lost\n", count, total, (uint64_t)lost);
        b->failed = 1;
        return 0;
    }
    qsort(chunks, count, sizeof(*chunks), by_key);
    for (i = 0; i < n; i++)
        check_stream(b, chunks + (apr_size_t)i * (apr_size_t)b->a.tokens, (apr_size_t)b->a.tokens,
                     first_key + (apr_uint64_t)i, &late, &gap);
    getloadavg(&load, 1);
    printf("{\"bench\":\"target_lateness\",\"streams\":%d,\"load\":%.2f,\"blocked\":%d", n, load, blocked);
    print_sample("late_us", &late);
    print_sample("gap_error_us", &gap);
    printf("}\n");
    fflush(stdout);
    return quantile(&late, 0.99);
}

static void run_size(bench_t *b, int n)
{
    double p99[MAX_TRIALS];
    apr_int64_t i;

    for (i = 0; i < b->a.trials; i++) {
        apr_pool_t *p = bm_thread_pool_make("trial");

        p99[i] = trial(b, n, p);
        apr_pool_destroy(p);
    }
    qsort(p99, (size_t)b->a.trials, sizeof(*p99), by_value);
    if (b->a.limit > 0 && p99[b->a.trials / 2] > (double)b->a.limit) {
        fprintf(stderr, "target_lateness: %d streams: median p99 %.1f us is over %d us\n", n, p99[b->a.trials / 2],
                (int)b->a.limit);
        b->failed = 1;
    }
}

/* --- the program */

static int read_arguments(arguments_t *a, int argc, char **argv)
{
    static const struct option options[] = {
        { "streams", 1, NULL, 's' }, { "tokens", 1, NULL, 't' }, { "trials", 1, NULL, 'r' }, { "spin", 1, NULL, 'p' },
        { "nice", 1, NULL, 'n' }, { "cpus", 0, NULL, 'c' }, { "limit-us", 1, NULL, 'l' }, { NULL, 0, NULL, 0 }
    };
    int c, bad = 0;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 's')
            a->streams = optarg;
        else if (c == 't')
            bad |= bm_text_to_int64(&a->tokens, optarg, 1, 1000) != APR_SUCCESS;
        else if (c == 'r')
            bad |= bm_text_to_int64(&a->trials, optarg, 1, MAX_TRIALS) != APR_SUCCESS;
        else if (c == 'p')
            bad |= bm_text_to_int64(&a->spin, optarg, 0, 1000) != APR_SUCCESS;
        else if (c == 'n')
            bad |= bm_text_to_int64(&a->nice, optarg, -20, 19) != APR_SUCCESS;
        else if (c == 'l')
            bad |= bm_text_to_int64(&a->limit, optarg, 1, 1000000) != APR_SUCCESS;
        else if (c == 'c')
            a->cpus = 1;
        else
            bad = 1;
    }
    return !bad && optind == argc;
}

static void target_process(const bench_t *b, int listen_fd, int stop_fd)
{
    bm_target_options_t options = { .spin_us = b->a.spin };

    if (b->a.cpus)
        pin(0);
    if (b->a.nice != 0 && setpriority(PRIO_PROCESS, 0, (int)b->a.nice) != 0)
        perror("target_lateness: --nice");
    _exit(bm_target_run(listen_fd, stop_fd, b->ring, &options) == APR_SUCCESS ? 0 : 1);
}

int main(int argc, char **argv)
{
    bench_t b = { .a = { .streams = "1,50,200,1000", .tokens = 50, .trials = 3 }, .next_key = 1 };
    int listen_fd, stop_fd = eventfd(0, EFD_NONBLOCK), status = 0;
    struct rlimit files;
    bm_region_t *region;
    char *list, *item, *last;
    uint64_t two = 2;
    pid_t pid;

    if (!read_arguments(&b.a, argc, argv)) {
        fputs("usage: target_lateness [--streams N,...] [--tokens N] [--trials N] [--spin US] [--nice N] [--cpus] [--limit-us N]\n",
              stderr);
        return 2;
    }
    apr_initialize();
    signal(SIGPIPE, SIG_IGN);
    b.p = bm_thread_pool_make("main");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (bm_target_listen(&listen_fd, "127.0.0.1", &b.port) != APR_SUCCESS
        || bm_region_create(&region, bm_target_ring_size(RING_RECORDS), b.p) != APR_SUCCESS
        || bm_target_ring_create(&b.ring, RING_RECORDS, region) != APR_SUCCESS) {
        perror("target_lateness");
        return 1;
    }
    pid = fork();
    if (pid == 0)
        target_process(&b, listen_fd, stop_fd);
    close(listen_fd);
    if (b.a.cpus)
        pin(1);
    list = apr_pstrdup(b.p, b.a.streams);
    for (item = apr_strtok(list, ",", &last); item != NULL; item = apr_strtok(NULL, ",", &last)) {
        apr_int64_t n;

        if (bm_text_to_int64(&n, item, 1, MAX_STREAMS) == APR_SUCCESS)
            run_size(&b, (int)n);
        else
            b.failed = 1;
    }
    if (write(stop_fd, &two, sizeof(two)) < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        b.failed = 1;
    apr_pool_destroy(b.p);
    return b.failed;
}
