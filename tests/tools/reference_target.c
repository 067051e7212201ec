/* SPDX-License-Identifier: Apache-2.0
 *
 * reference_target: the reference target as a program, for tests and benchmarks. Prints its port, serves until SIGTERM or
 * SIGINT (SIGHUP: until the streams under way have ended, at most --drain ms).
 *
 *   --address A   numeric address to listen on (127.0.0.1)     --port N    port (0: ephemeral)
 *   --cpu N       run on this processor only                    --nice N    priority (-20 to 19)
 *   --log FILE    true send times as CSV: kind,key,index,read_ns,planned_ns,sent_ns,end_ns,flags,tokens
 *   --tls FILE    speak TLS with a self-signed certificate, which is written to FILE for clients to trust
 *   --max N       connections (4000)   --drain MS   (10000)   --spin US   busy waiting before a send (0) */
#include <getopt.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <apr_general.h>
#include "base/text.h"
#include "base/thread.h"
#include "target/target_server.h"

enum { RING_RECORDS = 1 << 18 };

typedef struct arguments_t {
    const char *address, *log, *tls;
    apr_int64_t port, cpu, nice, max, drain, spin;
} arguments_t;

typedef struct logger_t {
    bm_target_ring_t *ring;
    FILE *file;
    apr_uint64_t cursor, lost;
} logger_t;

static volatile int stop_fd = -1;    /* for the signal handler */

static void on_signal(int number)
{
    uint64_t how = number == SIGHUP ? 1 : 2;
    ssize_t n = write(stop_fd, &how, sizeof(how));

    (void)n;
}

static void write_records(logger_t *logger)
{
    bm_target_record_t r;

    while (bm_target_ring_next(logger->ring, &logger->cursor, &r, &logger->lost) == APR_SUCCESS)
        fprintf(logger->file, "%s,%" PRIu64 ",%u,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%u,%u\n",
                r.kind == BM_TARGET_CHUNK ? "chunk" : "request", (uint64_t)r.key, r.index, (int64_t)r.read_ns,
                (int64_t)r.planned_ns, (int64_t)r.sent_ns, (int64_t)r.end_ns, r.flags, r.tokens);
}

static void logger_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    logger_t *logger = baton;
    int stopping;

    (void)p;
    fputs("kind,key,index,read_ns,planned_ns,sent_ns,end_ns,flags,tokens\n", logger->file);
    do {
        stopping = bm_thread_stopping(thread);    /* asked before the last look, so that nothing is left */
        write_records(logger);
        fflush(logger->file);
        if (!stopping)
            usleep(20000);
    } while (!stopping);
    if (logger->lost > 0)
        fprintf(stderr, "reference_target: %" PRIu64 " records were overwritten before they were logged\n",
                (uint64_t)logger->lost);
}

static int read_arguments(arguments_t *a, int argc, char **argv)
{
    static const struct option options[] = {
        { "address", 1, NULL, 'a' }, { "port", 1, NULL, 'p' }, { "cpu", 1, NULL, 'c' }, { "nice", 1, NULL, 'n' },
        { "log", 1, NULL, 'l' }, { "max", 1, NULL, 'm' }, { "drain", 1, NULL, 'd' }, { "spin", 1, NULL, 's' },
        { "tls", 1, NULL, 't' },
        { NULL, 0, NULL, 0 }
    };
    int c, bad = 0;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'a':
            a->address = optarg;
            break;
        case 'l':
            a->log = optarg;
            break;
        case 't':
            a->tls = optarg;
            break;
        case 'p':
            bad |= bm_text_to_int64(&a->port, optarg, 0, 65535) != APR_SUCCESS;
            break;
        case 'c':
            bad |= bm_text_to_int64(&a->cpu, optarg, 0, CPU_SETSIZE - 1) != APR_SUCCESS;
            break;
        case 'n':
            bad |= bm_text_to_int64(&a->nice, optarg, -20, 19) != APR_SUCCESS;
            break;
        case 'm':
            bad |= bm_text_to_int64(&a->max, optarg, 1, 100000) != APR_SUCCESS;
            break;
        case 'd':
            bad |= bm_text_to_int64(&a->drain, optarg, 0, 3600000) != APR_SUCCESS;
            break;
        case 's':
            bad |= bm_text_to_int64(&a->spin, optarg, 0, 1000000) != APR_SUCCESS;
            break;
        default:
            bad = 1;
        }
    }
    return !bad && optind == argc;
}

static void set_up_process(const arguments_t *a)
{
    struct rlimit files;
    cpu_set_t cpus;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    CPU_ZERO(&cpus);
    if (a->cpu >= 0) {
        CPU_SET((int)a->cpu, &cpus);
        if (sched_setaffinity(0, sizeof(cpus), &cpus) != 0)
            perror("reference_target: --cpu");
    }
    if (a->nice != 0 && setpriority(PRIO_PROCESS, 0, (int)a->nice) != 0)
        perror("reference_target: --nice");
}

/* NULL after saying why. */
static bm_target_tls_t *make_tls(const char *path, apr_pool_t *p)
{
    bm_target_tls_t *tls;
    FILE *file;

    if (bm_target_tls_create(&tls, NULL, NULL, p) != APR_SUCCESS) {
        fputs("reference_target: --tls: this build has no OpenSSL\n", stderr);
        return NULL;
    }
    file = fopen(path, "w");
    if (file == NULL || fputs(bm_target_tls_certificate(tls, p), file) < 0 || fclose(file) != 0) {
        perror("reference_target: --tls");
        return NULL;
    }
    return tls;
}

static void set_signals(void)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    struct sigaction action = { .sa_handler = on_signal };
    int i;

    stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    for (i = 0; i < 3; i++)
        sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
    arguments_t a = { .address = "127.0.0.1", .cpu = -1, .max = 4000, .drain = 10000 };
    bm_target_options_t options = { 0 };
    logger_t logger = { 0 };
    bm_thread_t *thread = NULL;
    bm_region_t *region;
    apr_pool_t *p;
    int fd, port;

    if (!read_arguments(&a, argc, argv)) {
        fputs("usage: reference_target [--address A] [--port N] [--cpu N] [--nice N] [--log FILE] [--max N] [--drain MS] "
              "[--spin US] [--tls FILE]\n", stderr);
        return 2;
    }
    apr_initialize();
    p = bm_thread_pool_make("main");
    port = (int)a.port;
    set_up_process(&a);
    set_signals();
    if (bm_target_listen(&fd, a.address, &port) != APR_SUCCESS
        || bm_region_create(&region, bm_target_ring_size(RING_RECORDS), p) != APR_SUCCESS
        || bm_target_ring_create(&logger.ring, RING_RECORDS, region) != APR_SUCCESS) {
        perror("reference_target");
        return 1;
    }
    if (a.log != NULL) {
        logger.file = fopen(a.log, "w");
        if (logger.file == NULL || bm_thread_start(&thread, "log", logger_main, &logger, p) != APR_SUCCESS) {
            perror("reference_target: --log");
            return 1;
        }
    }
    if (a.tls != NULL && (options.tls = make_tls(a.tls, p)) == NULL)
        return 1;
    printf("%d\n", port);
    fflush(stdout);
    options.max_connections = (int)a.max;
    options.drain_ms = a.drain;
    options.spin_us = a.spin;
    options.log_all = 1;
    bm_target_run(fd, stop_fd, logger.ring, &options);
    if (thread != NULL) {
        bm_thread_stop(thread);
        bm_thread_join(thread);
        fclose(logger.file);
    }
    close(fd);
    apr_pool_destroy(p);
    return 0;
}
