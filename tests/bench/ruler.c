/* SPDX-License-Identifier: Apache-2.0
 *
 * ruler: how true our own stamps are. The reference target runs in a process of its own and notes when it truly sent; a
 * loop of the engine captures the streams in this process; the difference is our error. Closed loop, `streams` at a time.
 * Trials of all stream counts are interleaved; each prints one JSON line, and at the end one line per count with the median over
 * the trials of every figure. Exit status 1 if a stamp was early or an exchange failed.
 *
 *   --streams 1,50,200,1000   --trials N (3)   --seconds N per trial (8)   --tokens N (50)   --gap MS (20)   --ttft MS (50)
 *   --target-cpu N (0)  --loop-cpu N (1)  -1: not pinned       --nice N   --rr N  of both (default: as started)
 *   --no-kernel   without kernel stamps                       --tls    the target speaks TLS */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/host.h"
#include "engine/loop.h"
#include "ruler_compare.h"
#include "target/target_server.h"

#define RING_RECORDS (1u << 20)
#define MAX_COUNTS 8
#define MAX_TRIALS 101
#define RAMP_NS 1000000000LL         /* the first `streams` requests are spread over this time */

enum { F_STAMP_USER, F_STAMP_KERNEL, F_GAP_USER, F_GAP_KERNEL, F_TTFT_USER, F_TTFT_KERNEL, F_SENT, F_COUNT };
static const char *const figure_names[F_COUNT] = {
    [F_STAMP_USER] = "stamp_user_us", [F_STAMP_KERNEL] = "stamp_kernel_us", [F_GAP_USER] = "gap_user_us",
    [F_GAP_KERNEL] = "gap_kernel_us", [F_TTFT_USER] = "ttft_user_us", [F_TTFT_KERNEL] = "ttft_kernel_us", [F_SENT] = "sent_us",
};

typedef struct arguments_t {
    apr_int64_t streams[MAX_COUNTS];
    int counts;
    apr_int64_t trials, seconds, tokens, gap, ttft, target_cpu, loop_cpu, nice, rr;
    int kernel, tls;
} arguments_t;

/* What a trial left behind. */
typedef struct trial_t {
    ruler_summary_t figures[F_COUNT];
    apr_uint64_t events, batched, unknown, early_user, early_kernel, no_truth, failed, lost;
    double seconds, cpu_us_per_event, loop_busy, steal, busy;
    bm_loop_stats_t stats;
} trial_t;

typedef struct ruler_t {
    arguments_t a;
    bm_target_ring_t *ring;
    bm_loop_t *loop;
    bm_ring_t *outbox;
    int port;
    apr_uint64_t last_key;
    char ca_file[32];
} ruler_t;

typedef struct run_t {
    bm_transfer_t transfer;
    apr_uint64_t key;
} run_t;

/* --- the target's process --- */

static void target_main(const arguments_t *a, int listen_fd, int stop_fd, bm_target_ring_t *ring, bm_target_tls_t *tls)
{
    bm_target_options_t options = { .tls = tls };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    if (a->target_cpu >= 0)
        (void)bm_host_pin((int)a->target_cpu);
    (void)bm_host_set_priority((int)a->nice, (int)a->rr);
    _exit(bm_target_run(listen_fd, stop_fd, ring, &options) == APR_SUCCESS ? 0 : 1);
}

/* The target's certificate, in a file that the loop's policy trusts. */
static apr_status_t make_tls(ruler_t *r, bm_target_tls_t **tls, apr_pool_t *p)
{
    apr_status_t rv = bm_target_tls_create(tls, NULL, NULL, p);
    const char *pem;
    ssize_t n;
    int fd;

    if (rv != APR_SUCCESS)
        return rv;
    fd = mkstemp(r->ca_file);
    if (fd < 0)
        return APR_EGENERAL;
    pem = bm_target_tls_certificate(*tls, p);
    n = write(fd, pem, strlen(pem));
    close(fd);
    return n == (ssize_t)strlen(pem) ? APR_SUCCESS : APR_EGENERAL;
}

static pid_t start_target(ruler_t *r, int *stop_fd, apr_pool_t *p)
{
    bm_target_tls_t *tls = NULL;
    bm_region_t *region;
    int listen_fd;
    pid_t pid;

    if (r->a.tls && make_tls(r, &tls, p) != APR_SUCCESS)
        return -1;
    *stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (bm_region_create(&region, bm_target_ring_size(RING_RECORDS) + 4096, p) != APR_SUCCESS
        || bm_target_ring_create(&r->ring, RING_RECORDS, region) != APR_SUCCESS
        || bm_target_listen(&listen_fd, "127.0.0.1", &r->port) != APR_SUCCESS)
        return -1;
    pid = fork();
    if (pid == 0)
        target_main(&r->a, listen_fd, *stop_fd, r->ring, tls);
    close(listen_fd);
    return pid;
}

/* --- one trial --- */

static run_t *make_run(ruler_t *r, apr_pool_t *p)
{
    run_t *run = apr_pcalloc(p, sizeof(*run));
    bm_http_request_t *request = apr_pcalloc(p, sizeof(*request));
    const arguments_t *a = &r->a;

    run->key = ++r->last_key;
    request->method = "POST";
    request->url = apr_psprintf(p, "%s://127.0.0.1:%d/v1/chat/completions", a->tls ? "https" : "http", r->port);
    request->headers = apr_array_make(p, 1, sizeof(const char *));
    APR_ARRAY_PUSH(request->headers, const char *) = "Content-Type: application/json";
    request->body = apr_psprintf(p, "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                                 "\"x_target\":{\"id\":%" APR_UINT64_T_FMT ",\"seed\":%" APR_UINT64_T_FMT ",\"tokens\":%"
                                 APR_INT64_T_FMT ",\"ttft_ms\":%" APR_INT64_T_FMT ",\"ttft_dist\":\"uniform\",\"gap_ms\":%"
                                 APR_INT64_T_FMT ",\"gap_dist\":\"uniform\"}}", run->key, run->key, a->tokens, a->ttft, a->gap);
    request->body_len = strlen(request->body);
    request->end_marker = "data: [DONE]";
    request->reference_target = 1;
    run->transfer.x = bm_exchange_make(request, p);
    run->transfer.owner = run;
    return run;
}

/* Keep `streams` requests under way until all are done. */
static void drive(ruler_t *r, run_t **runs, int total, int streams)
{
    apr_int64_t begin = bm_timefmt_monotonic_ns() + 10000000;
    int i, started = 0, done = 0;

    for (; started < streams && started < total; started++) {
        runs[started]->transfer.planned_ns = begin + RAMP_NS * started / streams;
        if (bm_loop_start_exchange(r->loop, &runs[started]->transfer) != APR_SUCCESS)
            abort();
    }
    while (done < total) {
        bm_transfer_t *transfer;

        bm_ring_wait(r->outbox, -1);
        for (i = 0; (transfer = bm_ring_pop(r->outbox)) != NULL; i++) {
            done++;
            if (started < total && bm_loop_start_exchange(r->loop, &runs[started++]->transfer) != APR_SUCCESS)
                abort();
        }
    }
}

static void summarise(trial_t *t, ruler_errors_t *e)
{
    ruler_values_t *values[F_COUNT] = {
        [F_STAMP_USER] = &e->stamp_user, [F_STAMP_KERNEL] = &e->stamp_kernel, [F_GAP_USER] = &e->gap_user,
        [F_GAP_KERNEL] = &e->gap_kernel, [F_TTFT_USER] = &e->ttft_user, [F_TTFT_KERNEL] = &e->ttft_kernel, [F_SENT] = &e->sent,
    };
    int i;

    for (i = 0; i < F_COUNT; i++)
        t->figures[i] = ruler_summarise(values[i]);
    t->events = e->events;
    t->batched = e->batched;
    t->unknown = e->unknown;
    t->early_user = e->early_user;
    t->early_kernel = e->early_kernel;
    t->no_truth = e->no_truth;
    t->failed = e->failed;
}

static void measure(ruler_t *r, trial_t *t, int streams, apr_pool_t *p)
{
    const arguments_t *a = &r->a;
    double one_run = (double)(a->ttft + a->gap * (a->tokens - 1)) / 1000.0;
    int i, rounds = (int)((double)a->seconds / one_run + 0.5), total = streams * (rounds > 0 ? rounds : 1);
    run_t **runs = apr_palloc(p, sizeof(*runs) * (apr_size_t)total);
    apr_uint64_t cursor = bm_target_ring_head(r->ring);
    ruler_errors_t errors = { .events = 0 };
    bm_loop_stats_t before;
    bm_host_cpu_t cpu_before, cpu_after;
    apr_int64_t begin;
    ruler_truth_t *truth;

    memset(t, 0, sizeof(*t));
    for (i = 0; i < total; i++)
        runs[i] = make_run(r, p);
    bm_loop_stats(r->loop, &before);
    bm_host_cpu_read(&cpu_before);
    begin = bm_timefmt_monotonic_ns();
    drive(r, runs, total, streams);
    t->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    bm_host_cpu_read(&cpu_after);
    usleep(50000);                   /* for the target's last records and the loop's last figures */
    bm_loop_stats(r->loop, &t->stats);
    truth = ruler_truth_read(r->ring, &cursor, &t->lost, p);
    for (i = 0; i < total; i++)
        ruler_compare(&errors, truth, runs[i]->transfer.x, runs[i]->key, (int)a->tokens);
    summarise(t, &errors);
    t->cpu_us_per_event = t->events ? (double)(t->stats.cpu_ns - before.cpu_ns) / 1000.0 / (double)t->events : 0;
    t->loop_busy = (double)(t->stats.cpu_ns - before.cpu_ns) / 1e9 / t->seconds;
    t->steal = bm_host_steal(&cpu_before, &cpu_after);
    t->busy = bm_host_busy(&cpu_before, &cpu_after);
    ruler_errors_free(&errors);
}

/* --- output --- */

static void number(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    bm_jw_fixed(w, value, 4);
}

static void text(bm_jw_t *w, const char *name, const char *value)
{
    bm_jw_key(w, name);
    bm_jw_string(w, value);
}

static void line_begin(bm_jw_t *w, bm_buffer_t *out, const ruler_t *r, apr_int64_t streams)
{
    bm_jw_init(w, out);
    bm_jw_begin_object(w);
    text(w, "bench", "ruler");
    bm_jw_key(w, "tls");
    bm_jw_bool(w, r->a.tls);
    number(w, "streams", (double)streams);
}

static void line_end(bm_jw_t *w, bm_buffer_t *out)
{
    bm_jw_end_object(w);
    printf("%.*s\n", (int)out->len, out->data);
    fflush(stdout);
    bm_buffer_free(out);
}

static void print_trial(const ruler_t *r, const trial_t *t, apr_int64_t streams, int trial)
{
    bm_buffer_t out = { 0 };
    double load = 0;
    bm_jw_t w;
    int i;

    line_begin(&w, &out, r, streams);
    number(&w, "trial", trial);
    text(&w, "policy", t->stats.policy);
    number(&w, "nice", t->stats.nice);
    number(&w, "rr", t->stats.rr_priority);
    number(&w, "seconds", t->seconds);
    number(&w, "events", (double)t->events);
    for (i = 0; i < F_COUNT; i++)
        ruler_write(&w, figure_names[i], &t->figures[i]);
    number(&w, "early_kernel", (double)t->early_kernel);
    number(&w, "early_user", (double)t->early_user);
    number(&w, "kernel_unknown", (double)t->unknown);
    number(&w, "batched", (double)t->batched);
    number(&w, "no_truth", (double)t->no_truth);
    number(&w, "failed", (double)t->failed);
    number(&w, "lost", (double)t->lost);
    number(&w, "cpu_us_per_event", t->cpu_us_per_event);
    number(&w, "loop_busy", t->loop_busy);
    number(&w, "machine_busy", t->busy);
    number(&w, "steal", t->steal);
    if (getloadavg(&load, 1) == 1)
        number(&w, "load1", load);
    line_end(&w, &out);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof(*values), by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_medians(const ruler_t *r, const trial_t *trials, apr_int64_t streams)
{
    bm_buffer_t out = { 0 };
    double p50[MAX_TRIALS], p99[MAX_TRIALS], max[MAX_TRIALS], cpu[MAX_TRIALS];
    int i, k, n = (int)r->a.trials;
    bm_jw_t w;

    line_begin(&w, &out, r, streams);
    number(&w, "median_of_trials", n);
    for (i = 0; i < F_COUNT; i++) {
        for (k = 0; k < n; k++) {
            p50[k] = trials[k].figures[i].p50;
            p99[k] = trials[k].figures[i].p99;
            max[k] = trials[k].figures[i].max;
            cpu[k] = trials[k].cpu_us_per_event;
        }
        bm_jw_key(&w, figure_names[i]);
        bm_jw_begin_object(&w);
        number(&w, "p50", median(p50, n));
        number(&w, "p99", median(p99, n));
        number(&w, "max", median(max, n));
        bm_jw_end_object(&w);
    }
    number(&w, "cpu_us_per_event", median(cpu, n));
    line_end(&w, &out);
}

/* --- start --- */

static int read_streams(arguments_t *a, const char *list, apr_pool_t *p)
{
    char *rest = apr_pstrdup(p, list), *word;

    a->counts = 0;
    while ((word = strsep(&rest, ",")) != NULL) {
        if (a->counts == MAX_COUNTS || bm_text_to_int64(&a->streams[a->counts++], word, 1, 20000) != APR_SUCCESS)
            return 0;
    }
    return a->counts > 0;
}

static int read_arguments(arguments_t *a, int argc, char **argv, apr_pool_t *p)
{
    static const struct option options[] = {
        { "streams", 1, NULL, 'c' }, { "trials", 1, NULL, 'n' }, { "seconds", 1, NULL, 's' }, { "tokens", 1, NULL, 'k' },
        { "gap", 1, NULL, 'g' }, { "ttft", 1, NULL, 'f' }, { "target-cpu", 1, NULL, 't' }, { "loop-cpu", 1, NULL, 'l' },
        { "nice", 1, NULL, 'i' }, { "rr", 1, NULL, 'r' }, { "no-kernel", 0, NULL, 'K' }, { "tls", 0, NULL, 'T' },
        { NULL, 0, NULL, 0 }
    };
    const struct { int c; apr_int64_t *value, min, max; } numbers[] = {
        { 'n', &a->trials, 1, MAX_TRIALS }, { 's', &a->seconds, 1, 3600 }, { 'k', &a->tokens, 2, 10000 },
        { 'g', &a->gap, 0, 60000 }, { 'f', &a->ttft, 0, 60000 }, { 't', &a->target_cpu, -1, 1023 },
        { 'l', &a->loop_cpu, -1, 1023 }, { 'i', &a->nice, -20, 19 }, { 'r', &a->rr, 0, 99 },
    };
    int c, ok = 1;
    size_t i;

    while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'c')
            ok = read_streams(a, optarg, p);
        else if (c == 'K')
            a->kernel = 0;
        else if (c == 'T')
            a->tls = 1;
        else if (c == '?')
            ok = 0;
        for (i = 0; ok && i < sizeof(numbers) / sizeof(numbers[0]); i++)
            if (numbers[i].c == c)
                ok = bm_text_to_int64(numbers[i].value, optarg, numbers[i].min, numbers[i].max) == APR_SUCCESS;
    }
    return ok && optind == argc;
}

static apr_status_t start_loop(ruler_t *r, apr_pool_t *p)
{
    bm_settings_t settings = { .connect_timeout = 10000000, .first_byte_timeout = 60000000, .stall_timeout = 60000000 };
    bm_loop_options_t options = { .kernel_stamps = r->a.kernel, .nice = (int)r->a.nice, .rr_priority = (int)r->a.rr,
                                  .capacity = 20000, .inbox_size = 65536 };
    bm_outbound_t *outbound;
    apr_status_t rv = bm_outbound_init();

    settings.target_ca = r->a.tls ? r->ca_file : NULL;
    if (rv == APR_SUCCESS)
        rv = bm_outbound_create(&outbound, &settings, NULL, p);
    if (rv == APR_SUCCESS)
        rv = bm_ring_create(&r->outbox, 65536, p);
    if (rv != APR_SUCCESS)
        return rv;
    options.outbound = outbound;
    options.outbox = r->outbox;
    options.cpus = r->a.loop_cpu >= 0 ? apr_psprintf(p, "%d", (int)r->a.loop_cpu) : NULL;
    return bm_loop_create(&r->loop, &options, p);
}

static int run_trials(ruler_t *r)
{
    static trial_t trials[MAX_COUNTS][MAX_TRIALS];
    apr_uint64_t bad = 0;
    int i, k;

    for (k = 0; k < r->a.trials; k++)
        for (i = 0; i < r->a.counts; i++) {
            apr_pool_t *p = bm_thread_pool_make("trial");
            trial_t *t = &trials[i][k];

            measure(r, t, (int)r->a.streams[i], p);
            print_trial(r, t, r->a.streams[i], k + 1);
            bad += t->early_kernel + t->early_user + t->failed;
            apr_pool_destroy(p);
        }
    for (i = 0; i < r->a.counts; i++)
        print_medians(r, trials[i], r->a.streams[i]);
    return bad > 0;
}

int main(int argc, char **argv)
{
    ruler_t r = { .a = { .streams = { 1, 50, 200, 1000 }, .counts = 4, .trials = 3, .seconds = 8, .tokens = 50, .gap = 20,
                         .ttft = 50, .target_cpu = 0, .loop_cpu = 1, .kernel = 1 }, .ca_file = "/tmp/bm-ruler-XXXXXX" };
    struct rlimit files;
    apr_pool_t *p;
    int stop_fd, status;
    pid_t pid;

    apr_initialize();
    p = bm_thread_pool_make("main");
    if (!read_arguments(&r.a, argc, argv, p)) {
        fputs("ruler: see the head of ruler.c for the options\n", stderr);
        return 2;
    }
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    signal(SIGPIPE, SIG_IGN);
    pid = start_target(&r, &stop_fd, p);
    if (pid < 0 || start_loop(&r, p) != APR_SUCCESS) {
        fputs("ruler: could not start\n", stderr);
        return 2;
    }
    if (r.a.target_cpu >= 0)
        (void)bm_host_pin((int)r.a.target_cpu);              /* this thread only passes on; the loop has its CPU alone */
    status = run_trials(&r);
    bm_loop_stop(r.loop);
    bm_loop_join(r.loop);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (r.a.tls)
        unlink(r.ca_file);
    apr_pool_destroy(p);
    return status;
}
