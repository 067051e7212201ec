/* SPDX-License-Identifier: Apache-2.0
 *
 * capture_rate: how many streamed runs and events one loop captures per second when it never has to wait: many short streams at
 * a time, every finished one thrown away and replaced. The loop has one CPU, the target and this thread the other.
 * One JSON line per trial, then the median.
 *
 *   --streams N (64)  --tokens N (10)  --ttft MS (0.5)  --gap MS (0.1)  --runs N per trial (40000)  --trials N (5)
 *   --target-cpu N (0)  --loop-cpu N (1)  --nice N  --rr N  --no-kernel  --tls */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_general.h>
#include "base/json.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "bench_target.h"
#include "engine/host.h"

#define MAX_TRIALS 101

typedef struct arguments_t {
    apr_int64_t streams, tokens, runs, trials, target_cpu, loop_cpu, nice, rr;
    double ttft, gap;
    int kernel, tls;
} arguments_t;

typedef struct result_t {
    double seconds, runs_per_second, events_per_second, cpu_us_per_event, loop_busy, steal, rss_mib;
    apr_int64_t failed, short_bodies;
    bm_stamp_counters_t stamps;
} result_t;

/* Memory in use by this process, MiB. */
static double rss_mib(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file != NULL && fscanf(file, "%*s %ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return (double)pages * 4096.0 / 1048576.0;
}

static void start_one(bench_target_t *b, const bench_stream_t *stream, apr_uint64_t key)
{
    apr_pool_t *p = bm_thread_pool_make("run");
    bm_transfer_t *transfer = apr_pcalloc(p, sizeof(*transfer));

    transfer->x = bm_exchange_make(bench_target_request(b, stream, key, p), p);
    transfer->owner = p;
    if (bm_loop_start_exchange(b->loop, transfer) != APR_SUCCESS)
        abort();
}

static void discard(result_t *result, bm_transfer_t *transfer, int tokens)
{
    const bm_exchange_t *x = transfer->x;

    result->failed += x->end != BM_END_COMPLETE;
    result->short_bodies += x->body.len < (apr_size_t)tokens * 20;
    apr_pool_destroy(transfer->owner);
}

static void measure(bench_target_t *b, const arguments_t *a, apr_uint64_t *key, result_t *result)
{
    bench_stream_t stream = { .tokens = (int)a->tokens, .ttft_ms = a->ttft, .gap_ms = a->gap };
    bm_loop_stats_t before, after;
    bm_host_cpu_t cpu_before, cpu_after;
    apr_int64_t begin, started = 0, done = 0;
    double events;

    memset(result, 0, sizeof(*result));
    bm_loop_stats(b->loop, &before);
    bm_host_cpu_read(&cpu_before);
    begin = bm_timefmt_monotonic_ns();
    for (; started < a->streams; started++)
        start_one(b, &stream, ++*key);
    while (done < a->runs) {
        bm_transfer_t *transfer;

        bm_ring_wait(b->outbox, -1);
        while ((transfer = bm_ring_pop(b->outbox)) != NULL) {
            discard(result, transfer, stream.tokens);
            done++;
            if (started++ < a->runs)
                start_one(b, &stream, ++*key);
        }
    }
    result->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    bm_host_cpu_read(&cpu_after);
    bm_loop_stats(b->loop, &after);
    events = (double)(done * a->tokens);
    result->runs_per_second = (double)done / result->seconds;
    result->events_per_second = events / result->seconds;
    result->cpu_us_per_event = (double)(after.cpu_ns - before.cpu_ns) / 1000.0 / events;
    result->loop_busy = (double)(after.cpu_ns - before.cpu_ns) / 1e9 / result->seconds;
    result->steal = bm_host_steal(&cpu_before, &cpu_after);
    result->rss_mib = rss_mib();
    result->stamps = after.stamps;
}

static void number(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    bm_jw_fixed(w, value, 3);
}

static void print(const arguments_t *a, const char *what, int trial, const result_t *r)
{
    bm_buffer_t out = { 0 };
    double load = 0;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "bench");
    bm_jw_string(&w, "capture_rate");
    bm_jw_key(&w, "tls");
    bm_jw_bool(&w, a->tls);
    number(&w, what, trial);
    number(&w, "streams", (double)a->streams);
    number(&w, "tokens", (double)a->tokens);
    number(&w, "rr", (double)a->rr);
    number(&w, "seconds", r->seconds);
    number(&w, "runs_per_second", r->runs_per_second);
    number(&w, "events_per_second", r->events_per_second);
    number(&w, "cpu_us_per_event", r->cpu_us_per_event);
    number(&w, "loop_busy", r->loop_busy);
    number(&w, "steal", r->steal);
    number(&w, "rss_mib", r->rss_mib);
    number(&w, "failed", (double)r->failed);
    number(&w, "short_bodies", (double)r->short_bodies);
    if (getloadavg(&load, 1) == 1)
        number(&w, "load1", load);
    bm_jw_end_object(&w);
    printf("%.*s\n", (int)out.len, out.data);
    fflush(stdout);
    bm_buffer_free(&out);
}

static int by_rate(const void *a, const void *b)
{
    double x = ((const result_t *)a)->runs_per_second, y = ((const result_t *)b)->runs_per_second;

    return (x > y) - (x < y);
}

static int read_arguments(arguments_t *a, int argc, char **argv)
{
    static const struct option options[] = {
        { "streams", 1, NULL, 'c' }, { "tokens", 1, NULL, 'k' }, { "runs", 1, NULL, 'm' }, { "trials", 1, NULL, 'n' },
        { "ttft", 1, NULL, 'f' }, { "gap", 1, NULL, 'g' }, { "target-cpu", 1, NULL, 't' }, { "loop-cpu", 1, NULL, 'l' },
        { "nice", 1, NULL, 'i' }, { "rr", 1, NULL, 'r' }, { "no-kernel", 0, NULL, 'K' }, { "tls", 0, NULL, 'T' },
        { NULL, 0, NULL, 0 }
    };
    const struct { int c; apr_int64_t *value, min, max; } numbers[] = {
        { 'c', &a->streams, 1, 20000 }, { 'k', &a->tokens, 1, 10000 }, { 'm', &a->runs, 1, 100000000 },
        { 'n', &a->trials, 1, MAX_TRIALS }, { 't', &a->target_cpu, -1, 1023 }, { 'l', &a->loop_cpu, -1, 1023 },
        { 'i', &a->nice, -20, 19 }, { 'r', &a->rr, 0, 99 },
    };
    int c, ok = 1;
    size_t i;

    while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'K')
            a->kernel = 0;
        else if (c == 'T')
            a->tls = 1;
        else if (c == 'g' || c == 'f')
            ok = bm_text_to_double(c == 'g' ? &a->gap : &a->ttft, optarg) == APR_SUCCESS;
        else if (c == '?')
            ok = 0;
        for (i = 0; ok && i < sizeof(numbers) / sizeof(numbers[0]); i++)
            if (numbers[i].c == c)
                ok = bm_text_to_int64(numbers[i].value, optarg, numbers[i].min, numbers[i].max) == APR_SUCCESS;
    }
    return ok && optind == argc && a->runs >= a->streams;
}

int main(int argc, char **argv)
{
    arguments_t a = { .streams = 64, .tokens = 10, .ttft = 0.5, .gap = 0.1, .runs = 40000, .trials = 5, .target_cpu = 0,
                      .loop_cpu = 1, .kernel = 1 };
    static result_t results[MAX_TRIALS];
    bench_setup_t setup;
    bench_target_t b;
    apr_pool_t *p;
    apr_uint64_t key = 0;
    apr_int64_t bad = 0;
    int i;

    apr_initialize();
    p = bm_thread_pool_make("main");
    if (!read_arguments(&a, argc, argv)) {
        fputs("capture_rate: see the head of capture_rate.c for the options\n", stderr);
        return 2;
    }
    setup = (bench_setup_t){ .target_cpu = (int)a.target_cpu, .loop_cpu = (int)a.loop_cpu, .nice = (int)a.nice,
                             .rr = (int)a.rr, .kernel_stamps = a.kernel, .tls = a.tls };
    if (!bench_target_start(&b, &setup, 1024, p))
        return 2;
    if (setup.target_cpu >= 0)
        (void)bm_host_pin(setup.target_cpu);
    for (i = 0; i < a.trials; i++) {
        measure(&b, &a, &key, &results[i]);
        print(&a, "trial", i + 1, &results[i]);
        bad += results[i].failed + results[i].short_bodies;
    }
    qsort(results, (size_t)a.trials, sizeof(results[0]), by_rate);
    print(&a, "median_of_trials", (int)a.trials, &results[a.trials / 2]);
    bench_target_stop(&b);
    apr_pool_destroy(p);
    return bad > 0;
}
