/* SPDX-License-Identifier: Apache-2.0
 *
 * ruler: how true our own stamps are. The reference target runs in a process of its own and notes when it truly sent; a
 * loop of the engine captures the streams in this process; the difference is our error. Closed loop, `streams` at a time.
 * Trials of all stream counts are interleaved; each prints one JSON line, and at the end one line per count with the median over
 * the trials of every figure, without those of which the hypervisor stole more than 1 %. Exit status 1
 * if a stamp was early or an exchange failed.
 *
 *   --streams 1,50,200,1000   --trials N (3)   --seconds N per trial (8)   --tokens N (50)   --gap MS (20)   --ttft MS (50)
 *   --target-cpu N (0)  --loop-cpu N (1)  -1: not pinned       --nice N   --rr N  of both (default: as started)
 *   --spin US   the loop looks for work without sleeping, as BenchmarkSpin
 *   --peer PROGRAM  interleave trials of another client on the loop's CPU, such as peers/asyncio_client.py
 *   --no-kernel   without kernel stamps                       --tls    the target speaks TLS */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/host.h"
#include "bench_target.h"
#include "ruler_compare.h"
#include "ruler_peer.h"

#define RING_RECORDS (1u << 20)
#define MAX_COUNTS 8
#define MAX_TRIALS 101
#define STEAL_LIMIT 0.01             /* a trial with more is shown, and not counted */
#define RAMP_NS 1000000000LL         /* the first `streams` requests are spread over this time */

enum { F_STAMP_USER, F_STAMP_KERNEL, F_GAP_USER, F_GAP_KERNEL, F_TTFT_USER, F_TTFT_KERNEL, F_SENT, F_COUNT };
static const char *const figure_names[F_COUNT] = {
    [F_STAMP_USER] = "stamp_user_us", [F_STAMP_KERNEL] = "stamp_kernel_us", [F_GAP_USER] = "gap_user_us",
    [F_GAP_KERNEL] = "gap_kernel_us", [F_TTFT_USER] = "ttft_user_us", [F_TTFT_KERNEL] = "ttft_kernel_us", [F_SENT] = "sent_us",
};

typedef struct arguments_t {
    apr_int64_t streams[MAX_COUNTS];
    int counts;
    apr_int64_t trials, seconds, tokens, target_cpu, loop_cpu, nice, rr, spin;
    double gap, ttft;
    const char *peer;                /* NULL: our own client only */
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
    bench_target_t b;
    apr_uint64_t last_key;
} ruler_t;

typedef struct run_t {
    bm_transfer_t transfer;
    apr_uint64_t key;
} run_t;

/* --- one trial --- */

static run_t *make_run(ruler_t *r, apr_pool_t *p)
{
    bench_stream_t stream = { .tokens = (int)r->a.tokens, .ttft_ms = r->a.ttft, .gap_ms = r->a.gap };
    run_t *run = apr_pcalloc(p, sizeof(*run));

    run->key = ++r->last_key;
    run->transfer.x = bm_exchange_make(bench_target_request(&r->b, &stream, run->key, p), p);
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
        if (bm_loop_start_exchange(r->b.loop, &runs[started]->transfer) != APR_SUCCESS)
            abort();
    }
    while (done < total) {
        bm_transfer_t *transfer;

        bm_ring_wait(r->b.outbox, -1);
        for (i = 0; (transfer = bm_ring_pop(r->b.outbox)) != NULL; i++) {
            done++;
            if (started < total && bm_loop_start_exchange(r->b.loop, &runs[started++]->transfer) != APR_SUCCESS)
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

/* How many streams one after the other fill a trial. */
static int rounds_of(const arguments_t *a)
{
    double one_run = (a->ttft + a->gap * (double)(a->tokens - 1)) / 1000.0;
    int rounds = (int)((double)a->seconds / one_run + 0.5);

    return rounds > 0 ? rounds : 1;
}

static void measure(ruler_t *r, trial_t *t, int streams, apr_pool_t *p)
{
    const arguments_t *a = &r->a;
    int i, total = streams * rounds_of(a);
    run_t **runs = apr_palloc(p, sizeof(*runs) * (apr_size_t)total);
    apr_uint64_t cursor = bm_target_ring_head(r->b.ring);
    ruler_errors_t errors = { .events = 0 };
    bm_loop_stats_t before;
    bm_host_cpu_t cpu_before, cpu_after;
    apr_int64_t begin;
    ruler_truth_t *truth;

    memset(t, 0, sizeof(*t));
    for (i = 0; i < total; i++)
        runs[i] = make_run(r, p);
    bm_loop_stats(r->b.loop, &before);
    bm_host_cpu_read(&cpu_before);
    begin = bm_timefmt_monotonic_ns();
    drive(r, runs, total, streams);
    t->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    bm_host_cpu_read(&cpu_after);
    usleep(50000);                   /* for the target's last records and the loop's last figures */
    bm_loop_stats(r->b.loop, &t->stats);
    truth = ruler_truth_read(r->b.ring, &cursor, &t->lost, p);
    for (i = 0; i < total; i++)
        ruler_compare(&errors, truth, runs[i]->transfer.x, runs[i]->key, (int)a->tokens);
    summarise(t, &errors);
    t->cpu_us_per_event = t->events ? (double)(t->stats.cpu_ns - before.cpu_ns) / 1000.0 / (double)t->events : 0;
    t->loop_busy = (double)(t->stats.cpu_ns - before.cpu_ns) / 1e9 / t->seconds;
    t->steal = bm_host_steal(&cpu_before, &cpu_after);
    t->busy = bm_host_busy(&cpu_before, &cpu_after);
    ruler_errors_free(&errors);
}

static int measure_peer(ruler_t *r, trial_t *t, int streams, apr_pool_t *p)
{
    const arguments_t *a = &r->a;
    ruler_peer_t peer = { .program = a->peer, .port = r->b.port, .cpu = (int)a->loop_cpu, .rr = (int)a->rr, .streams = streams,
                          .total = streams * rounds_of(a), .tokens = (int)a->tokens, .ttft_ms = a->ttft, .gap_ms = a->gap,
                          .first_key = r->last_key + 1 };
    apr_uint64_t cursor = bm_target_ring_head(r->b.ring);
    ruler_errors_t errors = { .events = 0 };
    apr_int64_t begin = bm_timefmt_monotonic_ns();
    apr_array_header_t *stamps;
    bm_host_cpu_t cpu_before, cpu_after;
    ruler_truth_t *truth;
    int i;

    memset(t, 0, sizeof(*t));
    r->last_key += (apr_uint64_t)peer.total;
    bm_host_cpu_read(&cpu_before);
    if (!ruler_peer_run(&stamps, &peer, p))
        return 0;
    t->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    bm_host_cpu_read(&cpu_after);
    truth = ruler_truth_read(r->b.ring, &cursor, &t->lost, p);
    for (i = 0; i < stamps->nelts; i++)
        ruler_compare_stamps(&errors, truth, &APR_ARRAY_IDX(stamps, i, ruler_stamps_t), (int)a->tokens);
    summarise(t, &errors);
    t->stats.policy = a->rr ? "rr" : "other";
    t->stats.rr_priority = (int)a->rr;
    t->stats.nice = (int)a->nice;
    t->steal = bm_host_steal(&cpu_before, &cpu_after);
    t->busy = bm_host_busy(&cpu_before, &cpu_after);
    ruler_errors_free(&errors);
    return 1;
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

static const char *const client_names[] = { "mod_benchmark", "peer" };

static void line_begin(bm_jw_t *w, bm_buffer_t *out, const ruler_t *r, int is_peer, apr_int64_t streams)
{
    bm_jw_init(w, out);
    bm_jw_begin_object(w);
    text(w, "bench", "ruler");
    text(w, "client", client_names[is_peer]);
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

static void print_trial(const ruler_t *r, const trial_t *t, int is_peer, apr_int64_t streams, int trial)
{
    bm_buffer_t out = { 0 };
    double load = 0;
    bm_jw_t w;
    int i;

    line_begin(&w, &out, r, is_peer, streams);
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

static void print_medians(const ruler_t *r, const trial_t *trials, int is_peer, apr_int64_t streams)
{
    bm_buffer_t out = { 0 };
    double p50[MAX_TRIALS], p99[MAX_TRIALS], max[MAX_TRIALS], cpu[MAX_TRIALS];
    const trial_t *good[MAX_TRIALS];
    int i, k, n = 0;
    bm_jw_t w;

    for (k = 0; k < r->a.trials; k++)
        if (trials[k].steal <= STEAL_LIMIT && trials[k].events > 0)
            good[n++] = &trials[k];
    if (n == 0)
        return;

    line_begin(&w, &out, r, is_peer, streams);
    number(&w, "median_of_trials", n);
    for (i = 0; i < F_COUNT; i++) {
        if (good[0]->figures[i].n == 0)
            continue;
        for (k = 0; k < n; k++) {
            p50[k] = good[k]->figures[i].p50;
            p99[k] = good[k]->figures[i].p99;
            max[k] = good[k]->figures[i].max;
            cpu[k] = good[k]->cpu_us_per_event;
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
        { "nice", 1, NULL, 'i' }, { "rr", 1, NULL, 'r' }, { "spin", 1, NULL, 'w' },
        { "no-kernel", 0, NULL, 'K' }, { "tls", 0, NULL, 'T' },
        { "peer", 1, NULL, 'p' },
        { NULL, 0, NULL, 0 }
    };
    const struct { int c; apr_int64_t *value, min, max; } numbers[] = {
        { 'n', &a->trials, 1, MAX_TRIALS }, { 's', &a->seconds, 1, 3600 }, { 'k', &a->tokens, 2, 10000 },
        { 't', &a->target_cpu, -1, 1023 }, { 'l', &a->loop_cpu, -1, 1023 }, { 'i', &a->nice, -20, 19 }, { 'r', &a->rr, 0, 99 },
        { 'w', &a->spin, 0, 1000000 },
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
        else if (c == 'p')
            a->peer = optarg;
        else if (c == 'g' || c == 'f')
            ok = bm_text_to_double(c == 'g' ? &a->gap : &a->ttft, optarg) == APR_SUCCESS;
        else if (c == '?')
            ok = 0;
        for (i = 0; ok && i < sizeof(numbers) / sizeof(numbers[0]); i++)
            if (numbers[i].c == c)
                ok = bm_text_to_int64(numbers[i].value, optarg, numbers[i].min, numbers[i].max) == APR_SUCCESS;
    }
    return ok && optind == argc;
}

static int run_trials(ruler_t *r)
{
    static trial_t trials[2][MAX_COUNTS][MAX_TRIALS];
    apr_uint64_t bad = 0;
    int i, k;

    for (k = 0; k < r->a.trials; k++)
        for (i = 0; i < r->a.counts; i++) {
            apr_pool_t *p = bm_thread_pool_make("trial");
            trial_t *t = &trials[0][i][k], *other = &trials[1][i][k];

            measure(r, t, (int)r->a.streams[i], p);
            print_trial(r, t, 0, r->a.streams[i], k + 1);
            bad += t->early_kernel + t->early_user + t->failed;
            if (r->a.peer != NULL && measure_peer(r, other, (int)r->a.streams[i], p))
                print_trial(r, other, 1, r->a.streams[i], k + 1);
            else
                bad += r->a.peer != NULL;
            apr_pool_destroy(p);
        }
    for (i = 0; i < r->a.counts; i++)
        print_medians(r, trials[0][i], 0, r->a.streams[i]);
    for (i = 0; i < r->a.counts && r->a.peer != NULL; i++)
        print_medians(r, trials[1][i], 1, r->a.streams[i]);
    return bad > 0;
}

int main(int argc, char **argv)
{
    ruler_t r = { .a = { .streams = { 1, 50, 200, 1000 }, .counts = 4, .trials = 3, .seconds = 8, .tokens = 50, .gap = 20,
                         .ttft = 50, .target_cpu = 0, .loop_cpu = 1, .kernel = 1 } };
    bench_setup_t setup;
    apr_pool_t *p;
    int status;

    apr_initialize();
    p = bm_thread_pool_make("main");
    if (!read_arguments(&r.a, argc, argv, p)) {
        fputs("ruler: see the head of ruler.c for the options\n", stderr);
        return 2;
    }
    setup = (bench_setup_t){ .target_cpu = (int)r.a.target_cpu, .loop_cpu = (int)r.a.loop_cpu, .nice = (int)r.a.nice,
                             .rr = (int)r.a.rr, .spin = (int)r.a.spin, .kernel_stamps = r.a.kernel, .tls = r.a.tls };
    if (!bench_target_start(&r.b, &setup, RING_RECORDS, p))
        return 2;
    if (setup.target_cpu >= 0)
        (void)bm_host_pin(setup.target_cpu);         /* this thread only passes on; the loop has its CPU alone */
    status = run_trials(&r);
    bench_target_stop(&r.b);
    apr_pool_destroy(p);
    return status;
}
