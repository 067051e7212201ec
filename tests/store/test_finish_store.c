/* SPDX-License-Identifier: Apache-2.0 */
#include "store_test.h"

#include "store/finish_store.h"
#include "store/queue_store.h"

#define LEASE apr_time_from_sec(30)

/* n rows of scenario 7 on target 1, claimed. */
static apr_array_header_t *claimed(bm_db_t *db, int n)
{
    apr_array_header_t *rows;

    store_sql(db, "insert into queue_target values (1, 1, 100000) on conflict do nothing");
    store_sql(db, apr_psprintf(g_pool, "insert into run_queue (target_id, scenario_id, project_id, slot, kind, labels,"
                                       " created_by,"
                               " scenario_version, priority, spec) select 1, 7, 1 + r %% 2, 1, 4, '{a,b}', 'alice', 3, 5, '{}'"
                               " from generate_series(1, %d) r", n));
    ck_assert_int_eq(bm_queue_store_claim(&rows, db, 1, n, "me", "", LEASE, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(rows->nelts, n);
    return rows;
}

static bm_finished_run_t *finished(const bm_queue_row_t *row, const char *status)
{
    bm_finished_run_t *run = apr_pcalloc(g_pool, sizeof(*run));
    apr_int64_t *figure;

    for (figure = &run->http_status; figure <= &run->chunks; figure++)
        *figure = BM_FIGURE_NONE;
    run->id = row->id;
    run->fence = row->fence;
    run->status = status;
    run->provider = "mock";
    run->connection_reused = -1;
    run->kernel_stamped = -1;
    return run;
}

static const bm_finished_run_t **batch(const apr_array_header_t *rows)
{
    const bm_finished_run_t **runs = apr_palloc(g_pool, (apr_size_t)rows->nelts * sizeof(*runs));
    int i;

    for (i = 0; i < rows->nelts; i++)
        runs[i] = finished(&APR_ARRAY_IDX(rows, i, bm_queue_row_t), "completed");
    return runs;
}

static const bm_recorded_run_t *recorded_at(const apr_array_header_t *recorded, int i)
{
    return &APR_ARRAY_IDX(recorded, i, bm_recorded_run_t);
}

/* One delta for what was recorded, as the recorder makes it. */
static bm_delta_row_t delta_of(const apr_array_header_t *recorded)
{
    const bm_recorded_run_t *first = recorded_at(recorded, 0);

    return (bm_delta_row_t){ .scenario_id = first->scenario_id, .model_id = 2, .source = first->kind, .location_id = 3,
                             .hour = (int)(first->finished_at / apr_time_from_sec(3600)), .n = recorded->nelts,
                             .min_id = first->id, .max_id = recorded_at(recorded, recorded->nelts - 1)->id,
                             .body = "\x01\x00\xff", .body_len = 3 };
}

static apr_status_t finish(apr_array_header_t **precorded, bm_db_t *db, const bm_finished_run_t **runs, int n)
{
    bm_delta_row_t delta;
    apr_status_t rv = bm_finish_store_rows(precorded, db, runs, n, NULL, g_pool);

    if (rv != APR_SUCCESS)
        return rv;
    if ((*precorded)->nelts > 0)
        delta = delta_of(*precorded);
    return bm_finish_store_commit(db, *precorded, runs, n, &delta, (*precorded)->nelts > 0, NULL, g_pool);
}

BM_TEST(every_figure_arrives_in_its_column)
{
    bm_db_t *db = store_schema("finish_columns");
    apr_array_header_t *rows = claimed(db, 1), *recorded;
    const bm_finished_run_t **runs = batch(rows);
    bm_finished_run_t *run = apr_pmemdup(g_pool, runs[0], sizeof(*run));
    apr_int64_t *figure, n = 100;
    bm_rows_t *r;
    int i;

    runs[0] = run;
    run->model = "m", run->engine = "e", run->error_code = "c", run->error = "s\xff", run->external_id = "x";
    run->finish_reason = "stop", run->tokens_provenance = "usage", run->location = "eu1";
    run->inter_token_stats = "{\"n\":1}", run->inputs = "{\"i\":1}", run->request = "{\"r\":1}", run->response = "[1,  2]";
    run->timeline = "\x00\x01", run->timeline_len = 2;
    run->connection_reused = 0, run->kernel_stamped = 1, run->good = 1;
    for (figure = &run->http_status; figure <= &run->chunks; figure++)
        *figure = n++;
    run->chunks = INT64_C(99999999999);
    ck_assert_int_eq(finish(&recorded, db, runs, 1), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 1);
    ck_assert_int_eq(recorded_at(recorded, 0)->id, run->id);
    ck_assert_int_eq(recorded_at(recorded, 0)->scenario_id, 7);
    ck_assert_int_eq(recorded_at(recorded, 0)->automation_id, 1);
    ck_assert_int_eq(recorded_at(recorded, 0)->kind, 4);
    r = store_sql(db, "select http_status, tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached, total_us,"
                      " e2e_us, ttfb_us,"
                      " ttft_us, ttfo_us, ttst_us, tpot_us, queue_us, dns_us, connect_us, tls_us, send_us, wait_us,"
                      " stream_us, send_lag_us, held_us, cost_nano,"
                      " lag_p50_us, lag_p99_us, lag_max_us, batched_events from runs");
    for (i = 0; i < 26; i++)
        ck_assert_int_eq(bm_rows_int64(r, 0, i, 0), 100 + i);
    ck_assert_str_eq(store_text(db, "select concat_ws('|', id, scenario_id, automation_id, project_id, kind, rev,"
                                    " status, attempt, max_attempts,"
                                " priority, scenario_version, labels, created_by, provider, model, engine, error_code, error,"
                                " tinyfish_run_id, finish_reason, tokens_provenance, connection_reused, kernel_stamped, chunks,"
                                " inter_token_stats, inputs, request, response, timeline, location, pinned, good) from runs"),
                     "1|7|1|2|4|0|completed|1|3|5|3|{a,b}|alice|mock|m|e|c|s\xef\xbf\xbd|x|stop|usage|f|t|2147483647"
                     "|{\"n\":1}|{\"i\":1}|{\"r\":1}|[1,  2]|\\x0001|eu1|f|t");
    ck_assert_int_eq(store_int(db, "select count(*) from runs where created_at <= started_at and started_at <="
                                   " finished_at and fence > 0"), 1);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue"), 0);
    ck_assert_str_eq(store_text(db, "select concat_ws('|', d.scenario_id, model_id, source, label_id, location_id, n, min_id,"
                                " max_id, body,"
                                " hour = extract(epoch from finished_at)::bigint / 3600) from kpi_delta d,"
                                " runs"), "7|2|4|0|3|1|1|1|\\x0100ff|t");
    ck_assert_str_eq(store_text(db, "select concat_ws('|', e.kind, e.project_id, payload -> 'runs' -> 0 ->> 'status',"
                                " (payload #>> '{runs,0,finished_at}')::timestamptz = finished_at, payload #>>"
                                " '{runs,0,total_duration_ms}', payload #>> '{runs,0,kind}',"
                                " xid = pg_current_xact_id()) from events e, runs where e.kind = 'run.finished'"),
                     "run.finished|2|completed|t|0.105|calibration|f");
    ck_assert_int_lt(store_int(db, "select octet_length(payload::text) from events where kind = 'run.finished'"), 300);
}
END_TEST

BM_TEST(what_was_not_measured_is_null)
{
    bm_db_t *db = store_schema("finish_nulls");
    apr_array_header_t *recorded, *rows = claimed(db, 1);

    ck_assert_int_eq(finish(&recorded, db, batch(rows), 1), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, "select num_nulls(model, engine, location, http_status, error_code, error, tinyfish_run_id,"
                                   " finish_reason,"
                               " tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached, tokens_provenance,"
                               " total_us, e2e_us,"
                               " ttfb_us, ttft_us, ttfo_us, ttst_us, tpot_us, queue_us, dns_us, connect_us, tls_us,"
                               " send_us, wait_us,"
                               " stream_us, send_lag_us, connection_reused, lag_p50_us, lag_p99_us, lag_max_us, kernel_stamped,"
                               " batched_events, chunks, inter_token_stats, inputs, request, response, timeline, note)"
                               " from runs"), 41);
    ck_assert_int_eq(store_int(db, "select count(*) from events where kind = 'run.finished'"
                                   " and jsonb_typeof(payload #> '{runs,0,ttft_ms}') = 'null'"), 1);
}
END_TEST

/* A run whose fence was refused is neither recorded nor said to be; the rest of the batch is. */
BM_TEST(refused_fences_are_not_recorded)
{
    bm_db_t *db = store_schema("finish_fence");
    apr_array_header_t *rows = claimed(db, 5), *recorded;
    const bm_finished_run_t **runs = batch(rows);
    bm_finished_run_t *late = apr_pmemdup(g_pool, runs[2], sizeof(*late));

    late->fence--;
    runs[2] = late;
    ck_assert_int_eq(finish(&recorded, db, runs, 5), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 4);
    ck_assert_int_eq(store_int(db, "select count(*) from runs"), 4);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, "select count(*) from runs where id = %" APR_INT64_T_FMT, late->id)), 0);
    ck_assert_int_eq(store_int(db, "select sum(n) from kpi_delta"), 4);
    ck_assert_int_eq(store_int(db, "select sum(jsonb_array_length(payload -> 'runs')) from events"
                                   " where kind = 'run.finished'"), 4);
    ck_assert_int_eq(store_int(db, "select count(*) from run_queue where state = 'running'"), 1);
    /* all refused: nothing is written, not even an event */
    ck_assert_int_eq(finish(&recorded, db, runs, 5), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 0);
    ck_assert_int_eq(store_int(db, "select (select count(*) from kpi_delta) + (select count(*) from runs)"), 5);
    ck_assert_int_eq(store_int(db, "select sum(jsonb_array_length(payload -> 'runs')) from events"
                                   " where kind = 'run.finished'"), 4);
}
END_TEST

/* A COMMIT whose answer was lost is sent again. */
BM_TEST(repeating_a_batch_does_nothing_twice)
{
    bm_db_t *db = store_schema("finish_twice");
    apr_array_header_t *rows = claimed(db, 10), *recorded;
    const bm_finished_run_t **runs = batch(rows);

    ck_assert_int_eq(finish(&recorded, db, runs, 10), APR_SUCCESS);
    ck_assert_int_eq(finish(&recorded, db, runs, 10), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 0);
    ck_assert_int_eq(store_int(db, "select count(*) from runs"), 10);
    ck_assert_int_eq(store_int(db, "select sum(n) from kpi_delta"), 10);
}
END_TEST

/* The connection dies between the halves: nothing is kept, the rows are still ours, the next try records them. */
BM_TEST(death_between_the_halves_keeps_nothing)
{
    bm_db_t *db = store_schema("finish_death"), *killer;
    bm_db_options_t options = store_options("finish_death");
    apr_array_header_t *rows = claimed(db, 10), *recorded;
    const bm_finished_run_t **runs = batch(rows);
    bm_delta_row_t delta;

    killer = store_connect(&options, g_pool);
    ck_assert_int_eq(bm_finish_store_rows(&recorded, db, runs, 10, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 10);
    delta = delta_of(recorded);
    store_sql(killer, apr_psprintf(g_pool, "select pg_terminate_backend(%d, 5000)", PQbackendPID(bm_db_conn(db))));
    ck_assert_int_eq(bm_finish_store_commit(db, recorded, runs, 10, &delta, 1, NULL, g_pool), APR_EAGAIN);
    ck_assert_int_eq(store_int(killer, "select count(*) from runs"), 0);
    ck_assert_int_eq(bm_db_check(db, NULL), APR_SUCCESS);
    ck_assert_int_eq(finish(&recorded, db, runs, 10), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 10);
}
END_TEST

BM_TEST(text_that_is_not_json_does_not_stop_the_batch)
{
    bm_db_t *db = store_schema("finish_json");
    apr_array_header_t *rows = claimed(db, 3), *recorded;
    const bm_finished_run_t **runs = batch(rows);
    bm_finished_run_t *bad = apr_pmemdup(g_pool, runs[1], sizeof(*bad));

    bad->response = "{\"cut\": \"of";
    runs[1] = bad;
    ck_assert_int_eq(finish(&recorded, db, runs, 3), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 3);
    ck_assert_str_eq(store_text(db, "select response #>> '{}' from runs where response is not null"), "{\"cut\": \"of");
}
END_TEST

/* Recorded late after an outage, a run keeps the time at which it ended, but none before it started. */
BM_TEST(late_records_keep_their_time)
{
    bm_db_t *db = store_schema("finish_late");
    apr_array_header_t *rows = claimed(db, 2), *recorded;
    const bm_finished_run_t **runs = batch(rows);
    bm_finished_run_t *late = apr_pmemdup(g_pool, runs[0], sizeof(*late)), *odd = apr_pmemdup(g_pool, runs[1], sizeof(*odd));

    store_sql(db, "update run_queue set created_at = now() - interval '3 h', started_at = now() - interval '2 h'");
    late->age_us = apr_time_from_sec(3600);
    odd->age_us = apr_time_from_sec(9 * 3600);
    runs[0] = late;
    runs[1] = odd;
    ck_assert_int_eq(finish(&recorded, db, runs, 2), APR_SUCCESS);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, "select round(extract(epoch from now() - finished_at) / 60) from"
                                                        " runs where id = %"
                               APR_INT64_T_FMT, late->id)), 60);
    ck_assert_int_eq(store_int(db, apr_psprintf(g_pool, "select count(*) from runs where finished_at = started_at and id = %"
                               APR_INT64_T_FMT, odd->id)), 1);
}
END_TEST

BM_TEST(events_are_cut_and_belong_to_one_project)
{
    bm_db_t *db = store_schema("finish_events");
    apr_array_header_t *rows = claimed(db, 500), *recorded;

    ck_assert_int_eq(finish(&recorded, db, batch(rows), 500), APR_SUCCESS);
    ck_assert_int_eq(recorded->nelts, 500);
    /* 250 of each of two projects, started and finished */
    ck_assert_int_eq(store_int(db, "select count(*) from events"
                                   " where kind = 'run.finished'"), 4);
    ck_assert_int_eq(store_int(db, "select count(*) from events where kind = 'run.started'"), 4);
    ck_assert_int_eq(store_int(db, "select max(jsonb_array_length(payload -> 'runs')) from events"), 200);
    ck_assert_int_eq(store_int(db, "select count(distinct (r ->> 'id')) from events cross join"
                                   " jsonb_array_elements(payload -> 'runs') r"
                               " join runs on runs.id = (r ->> 'id')::bigint and runs.project_id = events.project_id"
                               " where events.kind = 'run.finished'"), 500);
}
END_TEST

BM_TEST(models_have_one_number_each)
{
    bm_db_t *db = store_schema("finish_models");
    int a, b, again, none = -1;

    ck_assert_int_eq(bm_finish_store_model_id(&none, db, "openai", NULL, NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(none, 0);
    ck_assert_int_eq(bm_finish_store_model_id(&none, db, "openai", "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(none, 0);
    ck_assert_int_eq(bm_finish_store_model_id(&a, db, "openai", "m", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_finish_store_model_id(&b, db, "anthropic", "m", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_finish_store_model_id(&again, db, "openai", "m", NULL, g_pool), APR_SUCCESS);
    ck_assert(a > 0 && b > 0 && a != b && a == again);
}
END_TEST

#include "test_finish_store.reg"
