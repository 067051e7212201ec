/* SPDX-License-Identifier: Apache-2.0
 *
 * fill.c: puts many finished runs into a store, rows and KPI cells that agree with each other.
 *
 *   fill --dsn CONNINFO --runs N [--scenarios 50] [--days 30] [--seed 1]
 *
 * Durations are lognormal (sigma 1.2), 4 % of the runs have failed, times are spread evenly over the last days. Rows go in by
 * batches of 1,000; cells are made by the engine's own code (kpi/kpi_delta.h) and written as deltas, one per scenario and
 * hour of 50 batches, which the engine's job folds as usual. The scenarios and their automation are made if they are not
 * there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "base/text.h"
#include "base/thread.h"
#include "db/query.h"
#include "kpi/kpi_delta.h"

#define BATCH 1000
#define DELTA_BATCHES 50
#define DELTAS 1000

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

static const bm_stmt_t insert_runs = { "fill_runs", "insert into runs (id, scenario_id, automation_id, fence, status, "
                                                    "attempt, created_at, started_at, finished_at, provider, model,"
                                                    " engine, http_status, total_us, ttft_us, e2e_us, "
                                                    "inter_token_stats, inputs, response)"
                                                    " select id, scenario_id, $6, 1, status, 1, at - total_us * "
                                                    "interval '1 microsecond', at - total_us * interval '1 "
                                                    "microsecond', at,"
                                                    " 'openai', 'filled', 'fill', 200, total_us, ttft_us, total_us, "
                                                    "'{\"mean_ms\":12.5,\"p50_ms\":12,\"p95_ms\":20,\"p99_ms\":31,"
                                                    "\"n\":63,"
                                                    "\"provenance\":\"usage\"}', "
                                                    "'{\"prompt\":\"hello\",\"max_tokens\":64}', '{\"content\":\"The "
                                                    "quick brown fox jumps over the lazy dog.\"}'"
                                                    " from (select unnest($1::bigint[]) id, unnest($2::bigint[]) "
                                                    "scenario_id, unnest($3::text[]) status,"
                                                    " to_timestamp(unnest($4::bigint[]) / 1000000.0) at, "
                                                    "unnest($5::bigint[]) total_us, unnest($7::bigint[]) ttft_us) r" };

static const bm_stmt_t insert_delta = { "fill_delta", "insert into kpi_delta (scenario_id, model_id, source, hour, n, "
                                                      "min_id, max_id, body) values ($1, 0, 0, $2, $3, $4, $5, $6)" };

typedef struct fill_t {
    bm_db_t *db;
    apr_int64_t *scenarios;
    int scenario_count;
    apr_int64_t automation;
    apr_time_t from;
    apr_interval_time_t span;
    bm_rand_t r;
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

/* Deltas [from, to) in one transaction, which compaction folds at once. */
static void write_some(fill_t *f, const apr_array_header_t *deltas, int from, int to, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(f->db, p);
    bm_err_t *err = bm_err_make(p);
    int i;

    for (i = from; i < to; i++) {
        const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        bm_pipe_add(pipe, &insert_delta, BM_PARAMS(bm_param_int64(d->key.scenario_id), bm_param_int(d->key.hour),
                                                   bm_param_int((int)d->n), bm_param_int64(d->min_id),
                                                   bm_param_int64(d->max_id), bm_param_bytes(d->body, (int)d->len)));
    }
    if (bm_pipe_run(NULL, pipe, err) != APR_SUCCESS)
        die("deltas", err);
}

static void write_deltas(fill_t *f, apr_pool_t *p)
{
    apr_array_header_t *deltas;
    int i;

    if (bm_kpi_delta_create(&deltas, f->samples, f->sample_count, p, p) != APR_SUCCESS)
        die("deltas", NULL);
    for (i = 0; i < deltas->nelts; i += DELTAS)
        write_some(f, deltas, i, deltas->nelts - i < DELTAS ? deltas->nelts : i + DELTAS, p);
    f->sample_count = 0;
}

/* Runs first .. first + n - 1 of total, in the order of their time. */
static void fill_batch(fill_t *f, apr_int64_t first, int n, apr_int64_t total, apr_pool_t *p)
{
    apr_int64_t *ids = apr_palloc(p, sizeof(*ids) * (apr_size_t)n), *scenarios = apr_palloc(p, sizeof(*ids) * (apr_size_t)n);
    apr_int64_t *at = apr_palloc(p, sizeof(*ids) * (apr_size_t)n), *total_us = apr_palloc(p, sizeof(*ids) * (apr_size_t)n);
    apr_int64_t *ttft_us = apr_palloc(p, sizeof(*ids) * (apr_size_t)n), base;
    const char **statuses = apr_palloc(p, sizeof(*statuses) * (apr_size_t)n);
    bm_kpi_sample_t *samples = f->samples + f->sample_count;
    bm_err_t *err = bm_err_make(p);
    bm_rows_t *rows;
    int i;

    if (bm_db_query(&rows, f->db, &draw_ids, BM_PARAMS(bm_param_int64(n)), err, p) != APR_SUCCESS)
        die("ids", err);
    base = bm_rows_int64(rows, 0, 0, 0);
    for (i = 0; i < n; i++) {
        ids[i] = base + i;
        scenarios[i] = f->scenarios[bm_rand_below(&f->r, (apr_uint64_t)f->scenario_count)];
        at[i] = f->from + (apr_time_t)((double)f->span * (double)(first + i) / (double)total);
        total_us[i] = (apr_int64_t)(400000.0 * exp(1.2 * bm_rand_normal(&f->r)));
        ttft_us[i] = total_us[i] / 4;
        statuses[i] = bm_rand_uniform(&f->r) < 0.04 ? "failed" : "completed";
        memset(&samples[i], 0, sizeof(samples[i]));
        samples[i].run_id = ids[i];
        samples[i].scenario_id = scenarios[i];
        samples[i].finished_hour = (apr_int32_t)(apr_time_sec(at[i]) / 3600);
        samples[i].status = statuses[i][0] == 'f' ? BM_KPI_FAILED : BM_KPI_COMPLETED;
        bm_kpi_sample_set(&samples[i], BM_KPI_TOTAL, (double)total_us[i] / 1000.0);
        bm_kpi_sample_set(&samples[i], BM_KPI_TTFT, (double)ttft_us[i] / 1000.0);
    }
    if (bm_db_query(NULL, f->db, &insert_runs,
                    BM_PARAMS(bm_param_int64s(ids, n, p), bm_param_int64s(scenarios, n, p), bm_param_texts(statuses, n, p),
                              bm_param_int64s(at, n, p), bm_param_int64s(total_us, n, p), bm_param_int64(f->automation),
                              bm_param_int64s(ttft_us, n, p)), err, p) != APR_SUCCESS)
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
    find_scenarios(&f, p);
    f.samples = apr_palloc(p, sizeof(*f.samples) * BATCH * DELTA_BATCHES);
    for (done = 0; done < runs; done += BATCH) {
        apr_pool_clear(pbatch);
        fill_batch(&f, done, (int)(runs - done < BATCH ? runs - done : BATCH), runs, pbatch);
    }
    printf("{\"runs\":%lld,\"scenarios\":%d}\n", (long long)runs, f.scenario_count);
    apr_pool_destroy(p);
    return 0;
}
