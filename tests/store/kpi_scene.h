/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi_scene.h: runs that are measured and recorded by the engine's own path, and the truth about them: what the store counts must
 * be what cells made from their samples say. */
#ifndef BM_KPI_SCENE_H
#define BM_KPI_SCENE_H

#include "store_test.h"

#include <apr_hash.h>
#include "base/rand.h"
#include "engine/finish.h"
#include "engine/kpi_rebuild.h"
#include "engine/outcome.h"
#include "kpi_alike.h"
#include "kpi/kpi_delta.h"
#include "kpi/kpi_merge.h"
#include "store/finish_store.h"
#include "store/kpi_rebuild_store.h"
#include "store/queue_store.h"
#include "store/run_store.h"
#include "store/scenario_store.h"

#define SCENARIO 7
#define HOURS    3
#define SCENE_LABELS 4                     /* BenchmarkMaxLabels */

/* --- runs by the engine's path --- */

static inline const char *conninfo_of(void *baton, apr_pool_t *p)
{
    (void)baton, (void)p;
    return store_env("BM_STORE_DSN");
}

static inline bm_finish_t *finisher(const char *schema, apr_pool_t *p)
{
    bm_settings_t *settings = apr_pcalloc(p, sizeof(*settings));
    bm_recorder_options_t options = { .settings = settings, .engine_id = "me", .conninfo = conninfo_of };

    settings->schema = schema;
    settings->max_labels = SCENE_LABELS;
    return bm_finish_make(&options, p);
}

static inline apr_array_header_t *draw_chunks(bm_rand_t *r, apr_int64_t at, bm_stream_e stream, int kernel, apr_pool_t *p)
{
    static const bm_chunk_kind_e kinds[] = { BM_CHUNK_CONTENT, BM_CHUNK_CONTENT, BM_CHUNK_REASONING, BM_CHUNK_TOOL,
                                             BM_CHUNK_OTHER };
    int n = stream == BM_STREAM_NONE ? 1 : (int)bm_rand_below(r, 40), said = bm_rand_below(r, 2) == 0, i;
    apr_array_header_t *chunks = apr_array_make(p, n + 1, sizeof(bm_chunk_t));

    for (i = 0; i < n; i++) {
        at += bm_rand_below(r, 5) == 0 ? 0 : (apr_int64_t)(20e6 * bm_rand_exponential(r));
        APR_ARRAY_PUSH(chunks, bm_chunk_t) = (bm_chunk_t){
            .user_ns = at + 5000, .kernel_ns = kernel ? at : 0, .wake = (apr_uint32_t)i, .bytes = 100,
            .tokens = said ? (apr_int32_t)bm_rand_below(r, 4) : -1,
            .kind = stream == BM_STREAM_PROGRESS ? (i == n - 1 ? BM_CHUNK_CONTENT : BM_CHUNK_PROGRESS)
                    : stream == BM_STREAM_NONE ? BM_CHUNK_CONTENT : kinds[bm_rand_below(r, BM_COUNT(kinds))]
        };
    }
    return chunks;
}

/* A call with an answer of any kind, its stamps in odd nanoseconds. */
static inline bm_call_t *draw_call(bm_rand_t *r, apr_pool_t *p)
{
    static const char *const codes[] = { "server_error", "rate_limited", "Not A Class" };
    static const char *const models[] = { "small", "large", NULL };
    static const bm_http_request_t request;
    bm_call_t *call = bm_provider_call_make(bm_provider_find("openai"), p);
    bm_exchange_t *x = bm_exchange_make(&request, p);
    bm_answer_t *answer = &call->answer;
    int kernel = bm_rand_below(r, 2) == 0;

    x->planned_ns = 1000000000 + (apr_int64_t)bm_rand_below(r, 1000000);
    x->added_ns = x->planned_ns + (apr_int64_t)bm_rand_below(r, 3000000);
    x->sent_ns = x->added_ns + (apr_int64_t)bm_rand_below(r, 3000000);
    x->first_byte_ns = x->sent_ns + 1000000 + (apr_int64_t)bm_rand_below(r, 90000000);
    x->first_byte_kernel_ns = kernel ? x->first_byte_ns - 4001 : 0;
    x->end_ns = x->first_byte_ns + 900000001;
    x->connect_us = (apr_int64_t)bm_rand_below(r, 400);
    x->http_status = 200;
    answer->measured = x;
    answer->stream = (bm_stream_e)bm_rand_below(r, 3);
    answer->chunks = draw_chunks(r, x->first_byte_ns, answer->stream, kernel, p);
    answer->end = bm_rand_below(r, 4) > 0 ? BM_RUN_COMPLETED : (bm_run_end_e)(1 + bm_rand_below(r, 3));
    answer->error_code = answer->end == BM_RUN_COMPLETED ? NULL : codes[bm_rand_below(r, 3)];
    answer->model = models[bm_rand_below(r, 3)];
    answer->usage = (bm_usage_t){ .prompt = (apr_int64_t)bm_rand_below(r, 900) - 1,
                                  .completion = (apr_int64_t)bm_rand_below(r, 90),
                                  .reasoning = (apr_int64_t)bm_rand_below(r, 9) - 1, .cached = -1, .provenance = "usage" };
    return call;
}

static const char *const places[] = { "", "eu1", "us1" };

/* One ended task for a row of the queue. age: how long ago it ended. */
static inline bm_task_t *draw_task(const bm_queue_row_t *row, bm_rand_t *r, apr_interval_time_t age)
{
    bm_task_t *task = bm_task_make();
    bm_call_t *call;

    task->id = row->id;
    task->fence = row->fence;
    task->scenario_id = row->scenario_id;
    task->automation_id = row->automation_id;
    task->kind = row->kind;
    task->location = places[bm_rand_below(r, BM_COUNT(places))];
    task->spec = "{}";
    task->labels = apr_pstrdup(task->p, row->labels);
    task->run_at = 1000;
    task->started_at = task->run_at + (apr_time_t)bm_rand_below(r, 50000);
    task->ended_at = bm_timefmt_steady() - age;
    if (bm_rand_below(r, 10) == 0) {
        bm_outcome_end(task, "failed", "bad_inputs", "It cannot be asked like this.");
        return task;
    }
    call = draw_call(r, task->p);
    bm_outcome_answer(task, call, bm_measure(&call->answer, task->p), NULL, "me", NULL);
    return task;
}

/* Record n runs that ended in the last HOURS hours; their samples, which outlive the call, go to samples (of
 * bm_kpi_sample_t *). */
static inline void record_runs(apr_array_header_t *samples, bm_finish_t *finish, bm_db_t *db, int n, bm_rand_t *r, apr_pool_t *p)
{
    static const bm_stmt_t target = { "t_target", "insert into queue_target values (1, 1, 100000) on conflict do nothing" };
    static const bm_stmt_t add = { "t_add",
        "insert into run_queue (target_id, scenario_id, slot, kind, created_at, spec, labels)"
        " select 1, $2, 1, case when r % 7 = 0 then 3 else 0 end, now() - interval '2 days', '{}',"
        "  case r % 5 when 0 then array['nightly'] when 1 then array['gpu', 'nightly', 'group:0011223344']"
        "   when 2 then array['c', 'd', 'gpu', 'é \"x\"', 'fifth', 'sixth'] else '{}'::text[] end"
        " from generate_series(1, $1) r" };
    static const bm_stmt_t old = { "t_old", "update run_queue set started_at = now() - interval '1 day'" };
    apr_array_header_t *rows;
    bm_task_t *first = NULL, *task;
    int i;

    ck_assert_int_eq(bm_db_query(NULL, db, &target, BM_NO_PARAMS, NULL, p), APR_SUCCESS);
    ck_assert_int_eq(bm_db_query(NULL, db, &add, BM_PARAMS(bm_param_int(n), bm_param_int(SCENARIO)), NULL, p), APR_SUCCESS);
    ck_assert_int_eq(bm_queue_store_claim(&rows, db, 1, n, "me", "", apr_time_from_sec(60), NULL, p), APR_SUCCESS);
    ck_assert_int_eq(rows->nelts, n);
    ck_assert_int_eq(bm_db_query(NULL, db, &old, BM_NO_PARAMS, NULL, p), APR_SUCCESS);
    for (i = 0; i < n; i++) {
        task = draw_task(&APR_ARRAY_IDX(rows, i, bm_queue_row_t), r,
                         apr_time_from_sec(3600) * (apr_time_t)bm_rand_below(r, HOURS));
        task->next = first;
        first = task;
        if (samples != NULL)
            APR_ARRAY_PUSH(samples, bm_kpi_sample_t *) = task->sample;
    }
    ck_assert_int_eq(bm_finish_batch(finish, first, n), APR_SUCCESS);
    while (samples == NULL && first != NULL) {
        task = first;
        first = task->next;
        bm_task_destroy(task);
    }
}

/* --- truth and what is stored --- */

typedef struct whole_t {
    bm_kpi_key_t key;
    bm_kpi_cell_t *cell;
    apr_int64_t n, min_id, max_id;
} whole_t;

static inline whole_t *whole_of(apr_hash_t *all, const bm_kpi_key_t *key)
{
    whole_t *whole = apr_hash_get(all, key, sizeof(*key));

    if (whole == NULL) {
        whole = apr_pcalloc(g_pool, sizeof(*whole));
        whole->key = *key;
        whole->cell = bm_kpi_cell_make(g_pool);
        whole->min_id = APR_INT64_MAX;
        apr_hash_set(all, &whole->key, sizeof(whole->key), whole);
    }
    return whole;
}

static inline void add_body(apr_hash_t *all, const bm_kpi_key_t *key, apr_int64_t n, apr_int64_t min_id, apr_int64_t max_id,
                     const void *body, apr_size_t len)
{
    whole_t *whole = whole_of(all, key);
    bm_kpi_cell_t *cell;

    ck_assert_int_eq(bm_kpi_cell_read(&cell, body, len, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_kpi_cell_merge(whole->cell, cell), APR_SUCCESS);
    whole->n += n;
    whole->min_id = min_id < whole->min_id ? min_id : whole->min_id;
    whole->max_id = max_id > whole->max_id ? max_id : whole->max_id;
}

/* What the store counts at a level, deltas included. */
static inline apr_hash_t *stored(bm_db_t *db, int level)
{
    static const bm_stmt_t read = { "t_read",
        "select scenario_id, model_id, source, location_id, label_id, bucket, x.n, min_id, max_id, x.part from kpi_cell c,"
        " lateral (values (c.n, body), (0, more)) x (n, part) where level = $1 and x.part is not null"
        " union all select scenario_id, model_id, source, location_id, label_id, case when $1 = 0 then hour else hour / 24 end,"
        "  n, min_id, max_id, body from kpi_delta", .binary = 1 };
    apr_hash_t *all = apr_hash_make(g_pool);
    bm_rows_t *rows;
    int i;

    ck_assert_int_eq(bm_db_query(&rows, db, &read, BM_PARAMS(bm_param_int(level)), NULL, g_pool), APR_SUCCESS);
    for (i = 0; i < bm_rows_count(rows); i++) {
        bm_kpi_key_t key = { .scenario_id = bm_rows_int64(rows, i, 0, 0), .model_id = (int)bm_rows_int64(rows, i, 1, 0),
                             .source = (int)bm_rows_int64(rows, i, 2, 0), .location_id = (int)bm_rows_int64(rows, i, 3, 0),
                             .label_id = (int)bm_rows_int64(rows, i, 4, 0), .hour = (int)bm_rows_int64(rows, i, 5, 0) };
        const void *body;
        apr_size_t len = bm_rows_bytes(&body, rows, i, 9, g_pool);

        add_body(all, &key, bm_rows_int64(rows, i, 6, 0), bm_rows_int64(rows, i, 7, 0), bm_rows_int64(rows, i, 8, 0), body, len);
    }
    return all;
}

/* The samples of the runs that are still there, counted from scratch. */
static inline apr_hash_t *truth(bm_db_t *db, const apr_array_header_t *samples, int level)
{
    bm_rows_t *rows = store_sql(db, "select id, floor(extract(epoch from finished_at) / 3600)::integer from runs");
    apr_hash_t *hours = apr_hash_make(g_pool), *all = apr_hash_make(g_pool);
    apr_array_header_t *deltas;
    bm_kpi_sample_t *left = apr_palloc(g_pool, ((apr_size_t)samples->nelts + 1) * sizeof(*left));
    int i, n = 0;

    for (i = 0; i < bm_rows_count(rows); i++) {
        apr_int64_t *id = apr_palloc(g_pool, 2 * sizeof(*id));

        id[0] = bm_rows_int64(rows, i, 0, 0);
        id[1] = bm_rows_int64(rows, i, 1, 0);
        apr_hash_set(hours, id, sizeof(*id), &id[1]);
    }
    for (i = 0; i < samples->nelts; i++) {
        const bm_kpi_sample_t *sample = APR_ARRAY_IDX(samples, i, bm_kpi_sample_t *);
        const apr_int64_t *hour = apr_hash_get(hours, &sample->run_id, sizeof(sample->run_id));

        if (hour == NULL)
            continue;
        left[n] = *sample;
        left[n++].finished_hour = (apr_int32_t)(level == 0 ? *hour : *hour / 24);
    }
    ck_assert_int_eq(n, bm_rows_count(rows));
    ck_assert_int_eq(bm_kpi_delta_create(&deltas, left, n, g_pool, g_pool), APR_SUCCESS);
    for (i = 0; i < deltas->nelts; i++) {
        const bm_kpi_delta_t *d = &APR_ARRAY_IDX(deltas, i, bm_kpi_delta_t);

        add_body(all, &d->key, d->n, d->min_id, d->max_id, d->body, d->len);
    }
    return all;
}

/* Every figure from one level on, and the ids that bound them. */
static inline void assert_true_from(bm_db_t *db, const apr_array_header_t *samples, int level)
{
    for (; level <= 1; level++) {
        apr_hash_t *is = stored(db, level), *should = truth(db, samples, level);
        apr_hash_index_t *hi;

        ck_assert_int_eq(apr_hash_count(is), apr_hash_count(should));
        for (hi = apr_hash_first(g_pool, should); hi != NULL; hi = apr_hash_next(hi)) {
            const whole_t *b = apr_hash_this_val(hi), *a = apr_hash_get(is, &b->key, sizeof(b->key));

            ck_assert_msg(a != NULL, "model %d, source %d, label %d, location %d, bucket %d is missing", b->key.model_id,
                          b->key.source, b->key.label_id, b->key.location_id, b->key.hour);
            ck_assert_int_eq(a->n, b->n);
            ck_assert_int_eq(a->min_id, b->min_id);
            ck_assert_int_eq(a->max_id, b->max_id);
            assert_cells_alike(a->cell, b->cell);
        }
    }
}

static inline void assert_true(bm_db_t *db, const apr_array_header_t *samples)
{
    assert_true_from(db, samples, 0);
}

static inline int compact(bm_db_t *db)
{
    int folded, total = 0, i;

    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(bm_kpi_store_compact(&folded, db, 0, 100000, bm_kpi_merge, NULL, NULL, g_pool), APR_SUCCESS);
        total += folded;
    }
    return total;
}

static inline int rebuild(bm_db_t *db)
{
    bm_kpi_labels_t *labels = bm_kpi_labels_make(SCENE_LABELS, g_pool);
    int done = 1, hours = 0;

    while (done) {
        ck_assert_int_eq(bm_kpi_rebuild_hour(&done, labels, db, bm_err_make(g_pool), g_pool), APR_SUCCESS);
        hours += done;
    }
    return hours;
}

static inline void delete_runs(bm_db_t *db, const char *which)
{
    bm_rows_t *rows = store_sql(db, apr_pstrcat(g_pool, "select id from runs where ", which, NULL));
    int i;

    ck_assert_int_gt(bm_rows_count(rows), 0);
    for (i = 0; i < bm_rows_count(rows); i++)
        ck_assert_int_eq(bm_run_store_delete(db, bm_rows_int64(rows, i, 0, 0), NULL, g_pool), APR_SUCCESS);
}

typedef struct scene_t {
    bm_db_t *db;
    bm_finish_t *finish;
    apr_array_header_t *samples;
    bm_rand_t rand;
} scene_t;

static inline scene_t scene(const char *schema)
{
    scene_t s = { .db = store_schema(schema), .finish = finisher(schema, g_pool) };

    s.samples = apr_array_make(g_pool, 1000, sizeof(bm_kpi_sample_t *));
    bm_rand_seed(&s.rand, 42);
    store_sql(s.db, "insert into automations (id, name) values (1, 'a')");
    store_sql(s.db, "insert into scenarios (id, automation_id, name) values (7, 1, 's')");
    return s;
}

static inline void scene_record(scene_t *s, int n)
{
    record_runs(s->samples, s->finish, s->db, n, &s->rand, g_pool);
}

#endif
