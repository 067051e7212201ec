/* SPDX-License-Identifier: Apache-2.0
 *
 * fill.c: puts many finished runs into a store, rows and KPI cells that agree with each other.
 *
 *   fill --dsn CONNINFO --runs N [--scenarios 50] [--days 30] [--seed 1] [--rich 1]
 *
 * Durations are lognormal (sigma 1.2), 4 % of the runs have failed, times are spread evenly over the last days. Rows go in by
 * batches of 1,000; cells are made by the engine's own code (kpi/kpi_delta.h) and written as deltas, one per scenario and
 * hour of 50 batches, which the engine's job folds as usual. The scenarios and their automation are made if they are not
 * there. All ids are drawn at once and their partitions made first: so many rows a second outrun the job that makes them ahead.
 *
 * Else cells have two metrics (not e2e_ms, though rows have it) and no model; with --rich every metric with one value a run
 * (13), a scenario has one of six models of two providers, and a fifth of the runs the label of their week. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "base/text.h"
#include "base/thread.h"
#include "db/query.h"
#include "kpi/kpi_delta_rows.h"
#include "kpi/kpi_labels.h"
#include "kpi/kpi_run.h"
#include "store/partition_store.h"

#define BATCH 1000
#define DELTA_BATCHES 50
#define DELTAS 1000
#define MODELS 6
#define WEEKS_MAX 1000
#define TRIES 10

static const bm_stmt_t make_scenarios = { "fill_scenarios", "with a as (insert into automations (name, provider, "
                                                            "connection) values ('Filled', 'openai', '{\"url\": "
                                                            "\"http://127.0.0.1:9/v1\"}')"
                                                            " returning id), t as (insert into queue_target "
                                                            "(target_id, slot, max_in_flight) select id, id % 16, 16 "
                                                            "from a),"
                                                            " s as (insert into scenarios (automation_id, name) select "
                                                            "a.id, 'Filled ' || n from a, generate_series(1, $1) n"
                                                            " returning id, automation_id)"
                                                            " select id, automation_id from s order by id" };

static const bm_stmt_t draw_ids = { "fill_ids",
    "select setval('run_id_seq', nextval('run_id_seq') + $1::bigint) - $1::bigint" };

/* Figures of a run, in the order of the parameters from $9 on. */
#define FIGURES(F) \
    F(total_us) F(e2e_us) F(ttfb_us) F(ttft_us) F(ttfo_us) F(ttst_us) F(tpot_us) F(queue_us) F(connect_us) F(send_lag_us) \
    F(tokens_completion)
#define NAME(name) ", " #name
#define OFFSET(name) offsetof(bm_finished_run_t, name),
static const size_t figures[] = { FIGURES(OFFSET) };
enum { FIGURE_COUNT = sizeof(figures) / sizeof(figures[0]), FIRST_FIGURE = 8 };

static const bm_stmt_t insert_runs = { "fill_runs",
    "insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at, started_at, finished_at, provider,"
    " model, engine, http_status, labels, inter_token_stats, inputs, response" FIGURES(NAME) ")"
    " select id, scenario_id, $5, 1, status, 1, at - total_us * interval '1 microsecond',"
    "  at - total_us * interval '1 microsecond', at, provider, model, 'fill', 200,"
    "  case when label is null then '{}' else array[label] end,"
    "  '{\"mean_ms\":12.5,\"p50_ms\":12,\"p95_ms\":20,\"p99_ms\":31,\"n\":63,\"provenance\":\"usage\"}',"
    "  '{\"prompt\":\"hello\",\"max_tokens\":64}', '{\"content\":\"The quick brown fox jumps over the lazy dog.\"}'"
    FIGURES(NAME)
    " from (select unnest($1::bigint[]) id, unnest($2::bigint[]) scenario_id, unnest($3::text[]) status,"
    "  to_timestamp(unnest($4::bigint[]) / 1000000.0) at, unnest($6::text[]) provider, unnest($7::text[]) model,"
    "  unnest($8::text[]) label, unnest($9::bigint[]) total_us, unnest($10::bigint[]) e2e_us, unnest($11::bigint[]) ttfb_us,"
    "  unnest($12::bigint[]) ttft_us, unnest($13::bigint[]) ttfo_us, unnest($14::bigint[]) ttst_us,"
    "  unnest($15::bigint[]) tpot_us,"
    "  unnest($16::bigint[]) queue_us, unnest($17::bigint[]) connect_us, unnest($18::bigint[]) send_lag_us,"
    "  unnest($19::bigint[]) tokens_completion) r" };

typedef struct fill_t {
    bm_db_t *db;
    apr_int64_t *scenarios;
    int scenario_count;
    apr_int64_t automation;
    apr_int64_t first_id;
    apr_time_t from;
    apr_interval_time_t span;
    bm_rand_t r;
    int is_rich;
    const char *models[MODELS], *providers[MODELS];
    int model_ids[MODELS];
    const char *weeks[WEEKS_MAX];      /* labels, and as JSON */
    const char *week_lists[WEEKS_MAX];
    bm_kpi_labels_t *labels;
    bm_kpi_sample_t *samples;          /* whose deltas are not written yet */
    int sample_count;
} fill_t;

static void die(const char *what, const bm_err_t *err)
{
    fprintf(stderr, "fill: %s: %s\n", what, err && err->detail ? err->detail : "failed");
    exit(1);
}

static void find_scenarios(fill_t *f, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    bm_rows_t *rows;
    int i;

    if (bm_db_query(&rows, f->db, &make_scenarios, BM_PARAMS(bm_param_int(f->scenario_count)), err, p) != APR_SUCCESS)
        die("scenarios", err);
    f->scenarios = apr_palloc(p, sizeof(*f->scenarios) * (apr_size_t)f->scenario_count);
    for (i = 0; i < f->scenario_count; i++)
        f->scenarios[i] = bm_rows_int64(rows, i, 0, 0);
    f->automation = bm_rows_int64(rows, 0, 1, 0);
}

/* The engine's job may be at the same partition: then one of both is refused, and finds it made. */
static void draw_all_ids(fill_t *f, apr_int64_t runs, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    bm_rows_t *rows;
    apr_status_t rv;
    int created, tries = 0;

    if (bm_db_query(&rows, f->db, &draw_ids, BM_PARAMS(bm_param_int64(runs)), err, p) != APR_SUCCESS)
        die("ids", err);
    f->first_id = bm_rows_int64(rows, 0, 0, 0);
    while ((rv = bm_partition_store_ahead(&created, f->db, BM_PARTITIONED_RUNS, BM_PARTITION_SIZE, err, p)) != APR_SUCCESS
           && ++tries < TRIES)
        apr_sleep(apr_time_from_sec(1));
    if (rv != APR_SUCCESS)
        die("partitions", err);
}

/* Rows [from, to) in one transaction, which compaction folds at once. */
static void write_some(fill_t *f, const bm_delta_row_t *rows, int from, int to, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(f->db, p);
    bm_err_t *err = bm_err_make(p);

    bm_finish_store_add_deltas(pipe, rows + from, to - from, p);
    if (bm_pipe_run(NULL, pipe, err) != APR_SUCCESS)
        die("deltas", err);
}

static void write_deltas(fill_t *f, apr_pool_t *p)
{
    apr_array_header_t *deltas;
    bm_delta_row_t *rows;
    int i;

    if (bm_kpi_delta_create(&deltas, f->samples, f->sample_count, p, p) != APR_SUCCESS)
        die("deltas", NULL);
    rows = bm_kpi_delta_rows(deltas, p);
    for (i = 0; i < deltas->nelts; i += DELTAS)
        write_some(f, rows, i, deltas->nelts - i < DELTAS ? deltas->nelts : i + DELTAS, p);
    f->sample_count = 0;
}

/* --- what a run has */

/* Models and labels; what is drawn of them is known. */
static void find_names(fill_t *f, apr_pool_t *p)
{
    apr_array_header_t *unknown = apr_array_make(p, 8, sizeof(const char *));
    int weeks = (int)(f->span / apr_time_from_sec(7 * 86400)) + 1, i;
    bm_err_t *err = bm_err_make(p);

    f->labels = bm_kpi_labels_make(BM_KPI_LABELS_MAX, p);
    for (i = 0; i < MODELS; i++) {
        f->providers[i] = i % 2 ? "anthropic" : "openai";
        f->models[i] = apr_psprintf(p, "filled-%d", i);
        if (bm_finish_store_model_id(&f->model_ids[i], f->db, f->providers[i], f->models[i], err, p) != APR_SUCCESS)
            die("models", err);
    }
    for (i = 0; i < weeks && i < WEEKS_MAX; i++) {
        f->weeks[i] = apr_psprintf(p, "week-%d", i);
        f->week_lists[i] = apr_psprintf(p, "[\"week-%d\"]", i);
        APR_ARRAY_PUSH(unknown, const char *) = f->weeks[i];
    }
    if (bm_kpi_labels_learn(f->labels, unknown, f->db, err, p) != APR_SUCCESS)
        die("labels", err);
}

static apr_int64_t draw(fill_t *f, double us, double sigma)
{
    return (apr_int64_t)(us * exp(sigma * bm_rand_normal(&f->r)));
}

static void draw_run(bm_finished_run_t *row, fill_t *f)
{
    int i;

    memset(row, 0, sizeof(*row));
    for (i = 0; i < FIGURE_COUNT; i++)
        *(apr_int64_t *)(void *)((char *)row + figures[i]) = BM_FIGURE_NONE;
    row->held_us = row->tokens_prompt = row->tokens_reasoning = row->tokens_cached = BM_FIGURE_NONE;
    row->e2e_us = row->total_us = draw(f, 400000, 1.2);
    row->ttft_us = row->total_us / 4;
    row->status = bm_rand_uniform(&f->r) < 0.04 ? "failed" : "completed";
    if (!f->is_rich)
        return;
    row->queue_us = draw(f, 2000, 1);
    row->send_lag_us = draw(f, 80, 0.7);
    if (bm_rand_uniform(&f->r) < 0.1)
        row->connect_us = draw(f, 1500, 0.5);
    if (row->status[0] == 'f') {
        row->e2e_us = row->ttft_us = BM_FIGURE_NONE;
        return;
    }
    row->ttfb_us = row->total_us / 5;
    row->ttfo_us = row->ttft_us + (bm_rand_uniform(&f->r) < 0.3 ? draw(f, 100000, 0.5) : 0);
    row->ttst_us = draw(f, 12000, 0.4);
    row->tokens_completion = 20 + (apr_int64_t)bm_rand_below(&f->r, 200);
    row->tpot_us = (row->e2e_us - row->ttft_us) / (row->tokens_completion - 1);
}

/* One batch as columns. */
typedef struct batch_t {
    apr_int64_t *ids, *scenarios, *at, *values[FIGURE_COUNT];
    const char **statuses, **providers, **models, **labels;
} batch_t;

static batch_t *batch_make(int n, apr_pool_t *p)
{
    batch_t *b = apr_palloc(p, sizeof(*b));
    apr_size_t numbers = sizeof(apr_int64_t) * (apr_size_t)n, texts = sizeof(const char *) * (apr_size_t)n;
    int i;

    b->ids = apr_palloc(p, numbers);
    b->scenarios = apr_palloc(p, numbers);
    b->at = apr_palloc(p, numbers);
    for (i = 0; i < FIGURE_COUNT; i++)
        b->values[i] = apr_palloc(p, numbers);
    b->statuses = apr_palloc(p, texts);
    b->providers = apr_palloc(p, texts);
    b->models = apr_palloc(p, texts);
    b->labels = apr_pcalloc(p, texts);
    return b;
}

/* Run i of a batch, as a row and as a sample. */
static void fill_run(batch_t *b, int i, bm_kpi_sample_t *sample, fill_t *f, apr_pool_t *p)
{
    int scenario = (int)bm_rand_below(&f->r, (apr_uint64_t)f->scenario_count), model = scenario % MODELS, week, k;
    apr_array_header_t *unknown = NULL;
    bm_finished_run_t row;

    draw_run(&row, f);
    row.id = b->ids[i];
    for (k = 0; k < FIGURE_COUNT; k++)
        b->values[k][i] = *(apr_int64_t *)(void *)((char *)&row + figures[k]);
    b->scenarios[i] = f->scenarios[scenario];
    b->statuses[i] = row.status;
    b->providers[i] = f->is_rich ? f->providers[model] : "openai";
    b->models[i] = f->is_rich ? f->models[model] : "filled";
    if (f->is_rich)
        bm_kpi_run_sample(sample, &row);
    else {
        *sample = (bm_kpi_sample_t){ .run_id = row.id, .status = row.status[0] == 'f' ? BM_KPI_FAILED : BM_KPI_COMPLETED };
        bm_kpi_sample_set(sample, BM_KPI_TOTAL, (double)row.total_us / 1000.0);
        bm_kpi_sample_set(sample, BM_KPI_TTFT, (double)row.ttft_us / 1000.0);
    }
    sample->scenario_id = b->scenarios[i];
    sample->finished_hour = (apr_int32_t)(apr_time_sec(b->at[i]) / 3600);
    if (!f->is_rich)
        return;
    sample->model_id = f->model_ids[model];
    if (bm_rand_uniform(&f->r) < 0.2) {
        week = (int)((b->at[i] - f->from) / apr_time_from_sec(7 * 86400)) % WEEKS_MAX;
        unknown = apr_array_make(p, 1, sizeof(const char *));
        b->labels[i] = f->weeks[week];
        bm_kpi_labels_set(sample, f->labels, f->week_lists[week], unknown, p);
    }
}

/* Runs first .. first + n - 1 of total, in the order of their time. */
static void fill_batch(fill_t *f, apr_int64_t first, int n, apr_int64_t total, apr_pool_t *p)
{
    bm_param_t params[FIRST_FIGURE + FIGURE_COUNT];
    batch_t *b = batch_make(n, p);
    bm_err_t *err = bm_err_make(p);
    int i;

    for (i = 0; i < n; i++) {
        b->ids[i] = f->first_id + first + i;
        b->at[i] = f->from + (apr_time_t)((double)f->span * (double)(first + i) / (double)total);
        fill_run(b, i, &f->samples[f->sample_count + i], f, p);
    }
    params[0] = bm_param_int64s(b->ids, n, p);
    params[1] = bm_param_int64s(b->scenarios, n, p);
    params[2] = bm_param_texts(b->statuses, n, p);
    params[3] = bm_param_int64s(b->at, n, p);
    params[4] = bm_param_int64(f->automation);
    params[5] = bm_param_texts(b->providers, n, p);
    params[6] = bm_param_texts(b->models, n, p);
    params[7] = bm_param_texts(b->labels, n, p);
    for (i = 0; i < FIGURE_COUNT; i++)
        params[FIRST_FIGURE + i] = bm_param_int64s_or(b->values[i], BM_FIGURE_NONE, n, p);
    if (bm_db_query(NULL, f->db, &insert_runs, params, FIRST_FIGURE + FIGURE_COUNT, err, p) != APR_SUCCESS)
        die("runs", err);
    f->sample_count += n;
    if (f->sample_count == BATCH * DELTA_BATCHES || first + n == total)
        write_deltas(f, p);
}

static apr_int64_t option(int argc, char **argv, const char *name, apr_int64_t fallback)
{
    apr_int64_t value = fallback;
    int i;

    for (i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0 && bm_text_to_int64(&value, argv[i + 1], 0, APR_INT64_MAX) != APR_SUCCESS)
            die(name, NULL);
    return value;
}

int main(int argc, char **argv)
{
    bm_db_options_t options = { .schema = "benchmark", .application_name = "fill", .statement_timeout_ms = 600000 };
    apr_int64_t runs = option(argc, argv, "--runs", 10000), done;
    apr_pool_t *p, *pbatch;
    fill_t f = { 0 };
    bm_err_t *err;
    int i;

    apr_initialize();
    p = bm_thread_pool_make("fill");
    apr_pool_create(&pbatch, p);
    err = bm_err_make(p);
    for (i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--dsn") == 0)
            options.conninfo = argv[i + 1];
    if (options.conninfo == NULL)
        die("--dsn is missing", NULL);
    if (bm_db_connect(&f.db, &options, err, p) != APR_SUCCESS)
        die("connect", err);
    f.scenario_count = (int)option(argc, argv, "--scenarios", 50);
    f.span = apr_time_from_sec(option(argc, argv, "--days", 30) * 86400);
    f.from = apr_time_now() - f.span;
    bm_rand_seed(&f.r, (apr_uint64_t)option(argc, argv, "--seed", 1));
    f.is_rich = option(argc, argv, "--rich", 0) != 0;
    find_scenarios(&f, p);
    draw_all_ids(&f, runs, p);
    if (f.is_rich)
        find_names(&f, p);
    f.samples = apr_palloc(p, sizeof(*f.samples) * BATCH * DELTA_BATCHES);
    for (done = 0; done < runs; done += BATCH) {
        apr_pool_clear(pbatch);
        fill_batch(&f, done, (int)(runs - done < BATCH ? runs - done : BATCH), runs, pbatch);
    }
    printf("{\"runs\":%lld,\"scenarios\":%d}\n", (long long)runs, f.scenario_count);
    apr_pool_destroy(p);
    return 0;
}
