/* SPDX-License-Identifier: Apache-2.0
 *
 * finish_rate: how many finished rows per second the store takes with their KPI deltas, from a producer that costs nothing. What
 * writes is what writes in the engine: a load test's writer (loadtest/load_writer.h), the recorder's batch (engine/finish.h).
 *
 *   requests  rows of one load test, all of one scenario: what a load test writes
 *   spread    the same, but the samples are of all scenarios in turn: some forty deltas a batch instead of one
 *   runs      single runs of all scenarios in turn: out of the queue, into `runs`, with deltas and event
 *
 * Each row has ten metrics, two of them pooled with nine gaps each. Trials of the cases are interleaved, each begins with empty
 * tables, and each ends with a count: rows and deltas must tell the same number. One JSON line per trial, then the medians.
 * CPU is microseconds per row: of the writing thread, and of its PostgreSQL backend where that runs on this machine.
 *
 *   finish_rate --dsn CONNINFO --sql DIR [--rows N per trial (100000)] [--batch N (100)] [--scenarios N (50)] [--trials N (5)]
 *               [--writers N load tests at a time (1)] [--labels N of each run or load test (0)] [--only CASE]
 *
 * The schema is made if it is not there; the tables of results are emptied. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/rand.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "db/migrate.h"
#include "engine/finish.h"
#include "engine/host.h"
#include "loadtest/load_writer.h"

enum { TRIALS_MAX = 101, WRITERS_MAX = 16, GAPS = 9, GAPS_BYTES = 70, WAITING_MAX = 200, CASES = 3, FENCE = 1 };

static const char *const case_names[CASES] = { "requests", "spread", "runs" };
enum { REQUESTS, SPREAD, RUNS };

static const bm_kpi_metric_e metrics[] = { BM_KPI_E2E, BM_KPI_TOTAL, BM_KPI_TTFT, BM_KPI_TTFO, BM_KPI_TTST, BM_KPI_TPOT,
                                           BM_KPI_SEND_LAG, BM_KPI_QUEUE };      /* with ITL and ICL: ten */

typedef struct arguments_t {
    const char *dsn, *sql, *only;
    apr_int64_t rows, batch, scenarios, trials, writers, labels;
} arguments_t;

typedef struct result_t {
    double seconds, rows_per_second, cpu_us, backend_cpu_us, steal;
    apr_int64_t rows, counted, deltas;
} result_t;

typedef struct bench_t {
    arguments_t a;
    bm_settings_t settings;
    const char *labels;                /* JSON array; NULL: none */
    bm_node_board_t board;
    bm_db_t *db;
    apr_pool_t *p;
    bm_rand_t r;
} bench_t;

static void die(const char *what, const bm_err_t *err)
{
    fprintf(stderr, "finish_rate: %s: %s\n", what, err && err->detail ? err->detail : "failed");
    exit(2);
}

static apr_int64_t ask(bench_t *b, const bm_stmt_t *stmt, const bm_param_t *params, int n)
{
    bm_err_t *err = bm_err_make(b->p);
    bm_rows_t *rows;

    if (bm_db_query(&rows, b->db, stmt, params, n, err, b->p) != APR_SUCCESS)
        die(stmt->name, err);
    return bm_rows_count(rows) > 0 ? bm_rows_int64(rows, 0, 0, 0) : 0;
}

static const char *conninfo(void *baton, apr_pool_t *p)
{
    (void)p;
    return ((const bench_t *)baton)->a.dsn;
}

/* --- the synthetic producer */

static void sample_draw(bm_kpi_sample_t *s, double *gaps, apr_int64_t id, apr_int64_t scenario, int source, bm_rand_t *r)
{
    double ms = 400 * exp(0.5 * bm_rand_normal(r));
    size_t i;

    *s = (bm_kpi_sample_t){ .run_id = id, .scenario_id = scenario, .source = source, .status = BM_KPI_COMPLETED,
                            .finished_hour = (apr_int32_t)(apr_time_sec(apr_time_now()) / 3600), .prompt_tokens = 100,
                            .completion_tokens = GAPS + 1, .good = 1 };
    for (i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
        bm_kpi_sample_set(s, metrics[i], ms / (double)(i + 1));
    for (i = 0; i < GAPS; i++)
        gaps[i] = ms / GAPS * bm_rand_exponential(r);
    s->itl = s->icl = (bm_kpi_gaps_t){ gaps, NULL, GAPS };
}

static void row_draw(bm_request_row_t *row, const bm_kpi_sample_t *s, apr_int64_t seq, const void *gaps)
{
    apr_int64_t planned = seq * 40, end = (apr_int64_t)(s->values[BM_KPI_TOTAL] * 1000);

    memset(row, 0, sizeof(*row));
    row->seq = seq;
    row->attempt = row->phase = 1;
    row->session = row->turn = row->dns_us = row->connect_us = row->tls_us = BM_FIGURE_NONE;
    row->tokens_reasoning = row->tokens_cached = BM_FIGURE_NONE;
    row->at = apr_time_now();
    row->status = "completed";
    row->tokens_provenance = "usage";
    row->http_status = 200;
    row->planned_us = planned;
    row->sent_us = planned + 60;
    row->first_byte_us = row->first_content_us = row->first_output_us = planned + end / 4;
    row->last_content_us = planned + end - 10;
    row->end_us = planned + end;
    row->queue_us = 20;
    row->connection_reused = row->kernel_stamped = row->good = 1;
    row->tokens_prompt = 100;
    row->tokens_completion = row->chunks = GAPS + 1;
    row->lag_max_us = 45;
    row->bytes = 2400;
    row->ttst_us = row->tpot_us = end / 12;
    row->gaps = gaps;
    row->gaps_len = GAPS_BYTES;
}

static bm_load_batch_t *batch_draw(bench_t *b, apr_int64_t first, int n, int spread)
{
    bm_load_batch_t *batch = bm_load_batch_make();
    const void *packed = apr_pcalloc(batch->p, GAPS_BYTES);
    double *gaps = apr_palloc(batch->p, sizeof(*gaps) * GAPS * (apr_size_t)n);
    int i;

    for (i = 0; i < n; i++) {
        sample_draw(&batch->samples[i], gaps + GAPS * i, first + i + 1, spread ? 1 + (first + i) % b->a.scenarios : 1, 1, &b->r);
        row_draw(&batch->rows[i], &batch->samples[i], first + i, packed);
        batch->models[i] = "synthetic";
        batch->row_of[i] = i;
    }
    batch->n = batch->sample_n = n;
    return batch;
}

/* --- CPU of the writing side */

/* Ticks of user and system time in a stat file of /proc; 0: not to be had. */
static apr_int64_t ticks_of(const char *path)
{
    unsigned long user = 0, system = 0;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        user = system = 0;
    fclose(file);
    return (apr_int64_t)(user + system);
}

static double microseconds(apr_int64_t ticks)
{
    return (double)ticks * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

static const bm_stmt_t backends = { "bench_backends", "select pid from pg_stat_activity where datname = current_database() and "
                                    "application_name in ('mod_benchmark load test', 'mod_benchmark recorder')" };

static apr_int64_t backend_ticks(bench_t *b)
{
    bm_rows_t *rows;
    apr_int64_t sum = 0;
    int i;

    if (bm_db_query(&rows, b->db, &backends, BM_NO_PARAMS, NULL, b->p) != APR_SUCCESS)
        return 0;
    for (i = 0; i < bm_rows_count(rows); i++)
        sum += ticks_of(apr_psprintf(b->p, "/proc/%s/stat", bm_rows_text(rows, i, 0)));
    return sum;
}

/* --- cases */

static const bm_stmt_t empty = { "bench_empty", "truncate requests, runs, run_queue, kpi_delta, kpi_cell, kpi_dirty, events,"
                                 " loadtests, loadtest_series", .unprepared = 1 };
static const bm_stmt_t queue_loadtest = { "bench_loadtest",
    "insert into run_queue (target_id, scenario_id, slot, kind, state, lease_until, started_at, fence, attempt, owner, spec)"
    " values (1, 1, 1, 1, 'running', now() + interval '1 hour', now(), $1, 1, 'bench', '{}') returning id" };
static const bm_stmt_t queue_runs = { "bench_runs",
    "with q as (insert into run_queue (target_id, scenario_id, slot, state, lease_until, started_at, fence, attempt, owner, spec)"
    " select 1, 1 + n % $2, 1, 'running', now() + interval '1 hour', now(), $3, 1, 'bench',"
    "  '{\"provider\":\"openai\",\"inputs\":{\"prompt\":\"hello\"},\"connection\":{\"url\":\"http://127.0.0.1:9/v1\"}}'"
    " from generate_series(0, $1::bigint - 1) n returning id) select min(id) from q" };
static const bm_stmt_t count_requests = { "bench_count_requests", "select count(distinct (loadtest_id, seq)) from requests" };
static const bm_stmt_t count_runs = { "bench_count_runs", "select count(*) from runs" };
static const bm_stmt_t count_kpis = { "bench_count_kpis", "select coalesce(sum(n), 0) from kpi_delta where label_id = 0" };
static const bm_stmt_t count_deltas = { "bench_count_deltas", "select count(*) from kpi_delta" };

static bm_load_writer_t *writer_start(bench_t *b)
{
    bm_load_writer_options_t options = { .settings = &b->settings, .provider = "openai", .labels = b->labels,
                                         .conninfo = conninfo, .conninfo_baton = b };
    bm_load_writer_t *writer;

    options.owner = (bm_request_owner_t){ ask(b, &queue_loadtest, BM_PARAMS(bm_param_int64(FENCE))), FENCE, 1 };
    if (bm_load_writer_start(&writer, &options, b->p) != APR_SUCCESS)
        die("writer", NULL);
    return writer;
}

/* The load tests are fed in turn; none gets far ahead of the store. */
static void feed(bench_t *b, bm_load_writer_t *const *writers, int spread)
{
    apr_int64_t done = 0;
    int turn = 0, i;

    while (done < b->a.rows) {
        bm_load_writer_t *writer = writers[turn++ % b->a.writers];
        int n = (int)(b->a.rows - done < b->a.batch ? b->a.rows - done : b->a.batch);

        while (bm_load_writer_backlog(writer) > WAITING_MAX * sizeof(bm_load_batch_t))
            apr_sleep(1000);
        if (bm_load_writer_add(writer, batch_draw(b, done, n, spread)) != APR_SUCCESS)
            die("a batch", NULL);
        done += n;
    }
    for (i = 0; i < b->a.writers; i++)
        while (!bm_load_writer_is_idle(writers[i]))
            apr_sleep(1000);
}

static void measure_requests(bench_t *b, int spread, result_t *result)
{
    bm_load_writer_t *writers[WRITERS_MAX];
    apr_int64_t begin, ticks;
    int i;

    for (i = 0; i < b->a.writers; i++)
        writers[i] = writer_start(b);
    begin = bm_timefmt_monotonic_ns();
    ticks = ticks_of("/proc/self/stat");
    feed(b, writers, spread);
    result->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    result->cpu_us = microseconds(ticks_of("/proc/self/stat") - ticks) / (double)b->a.rows;
    result->backend_cpu_us = microseconds(backend_ticks(b)) / (double)b->a.rows;
    for (i = 0; i < b->a.writers; i++)
        bm_load_writer_stop(writers[i]);
    result->rows = ask(b, &count_requests, BM_NO_PARAMS);
}

static bm_task_t *task_draw(bench_t *b, apr_int64_t id, apr_int64_t scenario)
{
    bm_task_t *task = bm_task_make();
    bm_finished_run_t *run = apr_pcalloc(task->p, sizeof(*run));
    double *gaps = apr_palloc(task->p, sizeof(*gaps) * GAPS);
    apr_int64_t *figure;

    task->id = run->id = id;
    task->fence = run->fence = FENCE;
    task->labels = b->labels;
    task->outcome = run;
    task->sample = apr_palloc(task->p, sizeof(*task->sample));
    task->end = BM_TASK_RECORD;
    task->ended_at = bm_timefmt_steady();
    sample_draw(task->sample, gaps, id, scenario, 0, &b->r);
    for (figure = &run->http_status; figure <= &run->chunks; figure++)
        *figure = BM_FIGURE_NONE;
    run->status = "completed";
    run->provider = "openai";
    run->model = "synthetic";
    run->engine = "bench";
    run->tokens_provenance = "usage";
    run->inter_token_stats = "{\"mean_ms\":12.5,\"p50_ms\":12,\"p95_ms\":20,\"p99_ms\":31,\"n\":9,\"provenance\":\"usage\"}";
    run->inputs = "{\"prompt\":\"hello\",\"max_tokens\":64}";
    run->response = "{\"content\":\"The quick brown fox jumps over the lazy dog.\"}";
    run->timeline = apr_pcalloc(task->p, GAPS_BYTES);
    run->timeline_len = GAPS_BYTES;
    run->http_status = 200;
    run->tokens_prompt = 100;
    run->tokens_completion = run->chunks = GAPS + 1;
    run->total_us = run->e2e_us = (apr_int64_t)(task->sample->values[BM_KPI_TOTAL] * 1000);
    run->ttfb_us = run->ttft_us = run->ttfo_us = run->total_us / 4;
    run->ttst_us = run->tpot_us = run->total_us / 12;
    run->queue_us = run->send_us = run->wait_us = run->stream_us = run->send_lag_us = run->total_us / 20;
    run->connection_reused = run->kernel_stamped = 1;
    return task;
}

static void measure_runs(bench_t *b, result_t *result)
{
    bm_recorder_options_t options = { .settings = &b->settings, .engine_id = "bench", .board = &b->board, .conninfo = conninfo,
                                      .conninfo_baton = b };
    apr_int64_t first = ask(b, &queue_runs, BM_PARAMS(bm_param_int64(b->a.rows), bm_param_int64(b->a.scenarios),
                                                      bm_param_int64(FENCE)));
    bm_finish_t *finish = bm_finish_make(&options, b->p);
    apr_int64_t begin = bm_timefmt_monotonic_ns(), ticks = ticks_of("/proc/self/stat"), done = 0;

    while (done < b->a.rows) {
        bm_task_t *batch = NULL, *next;
        int n;

        for (n = 0; n < b->a.batch && done < b->a.rows; n++, done++) {
            bm_task_t *task = task_draw(b, first + done, 1 + done % b->a.scenarios);

            task->next = batch;
            batch = task;
        }
        if (bm_finish_batch(finish, batch, n) != APR_SUCCESS)
            die("a batch", NULL);
        for (; batch != NULL; batch = next) {
            next = batch->next;
            bm_task_destroy(batch);
        }
    }
    result->seconds = (double)(bm_timefmt_monotonic_ns() - begin) / 1e9;
    result->cpu_us = microseconds(ticks_of("/proc/self/stat") - ticks) / (double)b->a.rows;
    result->backend_cpu_us = microseconds(backend_ticks(b)) / (double)b->a.rows;
    bm_finish_close(finish);
    result->rows = ask(b, &count_runs, BM_NO_PARAMS);
}

static void measure(bench_t *b, int which, result_t *result)
{
    bm_host_cpu_t before, after;

    memset(result, 0, sizeof(*result));
    (void)ask(b, &empty, BM_NO_PARAMS);
    bm_host_cpu_read(&before);
    if (which == RUNS)
        measure_runs(b, result);
    else
        measure_requests(b, which == SPREAD, result);
    bm_host_cpu_read(&after);
    result->steal = bm_host_steal(&before, &after);
    result->rows_per_second = (double)b->a.rows / result->seconds;
    result->counted = ask(b, &count_kpis, BM_NO_PARAMS);
    result->deltas = ask(b, &count_deltas, BM_NO_PARAMS);
}

/* --- */

static void print(const bench_t *b, int which, const char *what, int trial, const result_t *r)
{
    bm_buffer_t out = { 0 };
    double load = 0;
    bm_jw_t w;

    (void)getloadavg(&load, 1);
    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
#define TEXT(name, value) (bm_jw_key(&w, name), bm_jw_string(&w, value))
#define INT(name, value) (bm_jw_key(&w, name), bm_jw_int(&w, value))
#define NUMBER(name, value) (bm_jw_key(&w, name), bm_jw_fixed(&w, value, 3))
    TEXT("bench", "finish_rate");
    TEXT("case", case_names[which]);
    INT(what, trial);
    INT("batch", b->a.batch);
    INT("writers", which == RUNS ? 1 : b->a.writers);
    NUMBER("rows_per_second", r->rows_per_second);
    NUMBER("seconds", r->seconds);
    INT("rows", r->rows);
    INT("counted", r->counted);
    INT("deltas", r->deltas);
    NUMBER("cpu_us_per_row", r->cpu_us);
    NUMBER("backend_cpu_us_per_row", r->backend_cpu_us);
    NUMBER("steal", r->steal);
    NUMBER("load1", load);
    bm_jw_end_object(&w);
    printf("%.*s\n", (int)out.len, out.data);
    fflush(stdout);
    bm_buffer_free(&out);
}

static int by_rate(const void *a, const void *b)
{
    double x = ((const result_t *)a)->rows_per_second, y = ((const result_t *)b)->rows_per_second;

    return (x > y) - (x < y);
}

static int read_arguments(arguments_t *a, int argc, char **argv)
{
    static const struct option options[] = {
        { "dsn", 1, NULL, 'd' }, { "sql", 1, NULL, 's' }, { "only", 1, NULL, 'o' }, { "rows", 1, NULL, 'r' },
        { "batch", 1, NULL, 'b' }, { "scenarios", 1, NULL, 'c' }, { "trials", 1, NULL, 't' }, { "writers", 1, NULL, 'w' },
        { "labels", 1, NULL, 'l' },
        { NULL, 0, NULL, 0 }
    };
    int c, ok = 1;

    while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const char **text = c == 'd' ? &a->dsn : c == 's' ? &a->sql : c == 'o' ? &a->only : NULL;
        apr_int64_t *number = c == 'r' ? &a->rows : c == 'b' ? &a->batch : c == 'c' ? &a->scenarios : c == 't' ? &a->trials
                              : c == 'w' ? &a->writers : c == 'l' ? &a->labels : NULL;
        apr_int64_t most = c == 'b' ? BM_LOAD_BATCH_ROWS : c == 't' ? TRIALS_MAX : c == 'w' ? WRITERS_MAX
                           : c == 'l' ? BM_KPI_LABELS_MAX : 100000000;

        if (text != NULL)
            *text = optarg;
        else
            ok = number != NULL && bm_text_to_int64(number, optarg, 1, most) == APR_SUCCESS;
    }
    return ok && optind == argc && a->dsn != NULL && a->sql != NULL;
}

static void open_store(bench_t *b)
{
    bm_db_options_t options = { .conninfo = b->a.dsn, .schema = "benchmark", .application_name = "finish_rate",
                                .statement_timeout_ms = 600000 };
    bm_err_t *err = bm_err_make(b->p);

    if (bm_migrate_run(NULL, &options, b->a.sql, err, b->p) != APR_SUCCESS)
        die("schema", err);
    if (bm_db_connect(&b->db, &options, err, b->p) != APR_SUCCESS)
        die("connect", err);
    bm_db_slow_ms(b->db, 0);
}

int main(int argc, char **argv)
{
    static bench_t b = { .a = { .rows = 100000, .batch = 100, .scenarios = 50, .trials = 5, .writers = 1 },
                         .settings = { .schema = "benchmark", .recorder_backlog = 1 << 30 } };
    static result_t results[CASES][TRIALS_MAX];
    int which, trial, bad = 0;

    apr_initialize();
    b.p = bm_thread_pool_make("main");
    if (!read_arguments(&b.a, argc, argv)) {
        fputs("finish_rate: see the head of finish_rate.c for the options\n", stderr);
        return 2;
    }
    b.settings.max_labels = (int)b.a.labels;
    for (trial = 0; trial < b.a.labels; trial++)
        b.labels = apr_psprintf(b.p, "%s%s\"label %d\"", b.labels != NULL ? b.labels : "[", trial > 0 ? ", " : "", trial);
    b.labels = b.labels != NULL ? apr_pstrcat(b.p, b.labels, "]", NULL) : NULL;
    bm_rand_seed(&b.r, 1);
    open_store(&b);
    for (trial = 0; trial < b.a.trials; trial++) {
        for (which = 0; which < CASES; which++) {
            result_t *r = &results[which][trial];

            if (b.a.only != NULL && strcmp(b.a.only, case_names[which]) != 0)
                continue;
            measure(&b, which, r);
            print(&b, which, "trial", trial + 1, r);
            bad += r->rows != b.a.rows || r->counted != b.a.rows;
        }
    }
    for (which = 0; which < CASES; which++) {
        qsort(results[which], (size_t)b.a.trials, sizeof(results[which][0]), by_rate);
        if (results[which][0].rows > 0)
            print(&b, which, "median_of_trials", (int)b.a.trials, &results[which][b.a.trials / 2]);
    }
    apr_pool_destroy(b.p);
    return bad > 0;
}
