/* SPDX-License-Identifier: Apache-2.0 */
#include "store/finish_store.h"

#include <stddef.h>
#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "model/run_model.h"

#define EVENT_RUNS 200               /* runs of one event row */
#define EVENT_MODEL 60               /* bytes of a longer name are left out */

/* The columns that come from bm_finished_run_t, once: number of the parameter, member, column of `runs`, form.
 * INT: BM_FIGURE_NONE is null; SMALL: likewise, for integer columns. FLAG: -1 is null. */
#define FINISH_COLUMNS(C) \
    C(3, status, status, TEXT) \
    C(4, provider, provider, TEXT) \
    C(5, model, model, TEXT) \
    C(6, engine, engine, TEXT) \
    C(7, error_code, error_code, TEXT) \
    C(8, error, error, TEXT) \
    C(9, external_id, tinyfish_run_id, TEXT) \
    C(10, finish_reason, finish_reason, TEXT) \
    C(11, tokens_provenance, tokens_provenance, TEXT) \
    C(12, inter_token_stats, inter_token_stats, JSON) \
    C(13, inputs, inputs, JSON) \
    C(14, request, request, JSON) \
    C(15, response, response, JSON) \
    C(16, timeline, timeline, BYTES) \
    C(17, http_status, http_status, SMALL) \
    C(18, tokens_prompt, tokens_prompt, INT) \
    C(19, tokens_completion, tokens_completion, INT) \
    C(20, tokens_reasoning, tokens_reasoning, INT) \
    C(21, tokens_cached, tokens_cached, INT) \
    C(22, total_us, total_us, INT) \
    C(23, e2e_us, e2e_us, INT) \
    C(24, ttfb_us, ttfb_us, INT) \
    C(25, ttft_us, ttft_us, INT) \
    C(26, ttfo_us, ttfo_us, INT) \
    C(27, ttst_us, ttst_us, INT) \
    C(28, tpot_us, tpot_us, INT) \
    C(29, queue_us, queue_us, INT) \
    C(30, dns_us, dns_us, INT) \
    C(31, connect_us, connect_us, INT) \
    C(32, tls_us, tls_us, INT) \
    C(33, send_us, send_us, INT) \
    C(34, wait_us, wait_us, INT) \
    C(35, stream_us, stream_us, INT) \
    C(36, send_lag_us, send_lag_us, INT) \
    C(37, lag_p50_us, lag_p50_us, INT) \
    C(38, lag_p99_us, lag_p99_us, INT) \
    C(39, lag_max_us, lag_max_us, INT) \
    C(40, batched_events, batched_events, SMALL) \
    C(41, chunks, chunks, SMALL) \
    C(42, connection_reused, connection_reused, FLAG) \
    C(43, kernel_stamped, kernel_stamped, FLAG) \
    C(44, location, location, TEXT) \
    C(45, held_us, held_us, INT) \
    C(46, cost_nano, cost_nano, INT) \
    C(47, good, good, FLAG)
#define PARAMS_MAX 48                /* id, fence, the above, age_us */

#define ARRAY_TEXT  "text[]"
#define ARRAY_JSON  "text[]"
#define ARRAY_BYTES "bytea[]"
#define ARRAY_INT   "bigint[]"
#define ARRAY_SMALL "bigint[]"
#define ARRAY_FLAG  "bigint[]"
#define VALUE_TEXT
#define VALUE_JSON  "::json"
#define VALUE_BYTES
#define VALUE_INT
#define VALUE_SMALL
#define VALUE_FLAG  " = 1"
#define AS_UNNEST(n, member, column, form)   ", $" #n "::" ARRAY_##form
#define AS_NAME(n, member, column, form)     ", i_" #column
#define AS_COLUMN(n, member, column, form)   ", " #column
#define AS_VALUE(n, member, column, form)    ", i_" #column VALUE_##form

/* Delete what the fences prove to be ours, insert exactly that. `id = any($1)` and the join, no state predicate: then the
 * generic plan goes by the primary key however large the queue is. A run cannot end before it started, whatever clocks say. */
static const bm_stmt_t finish_rows = { "finish_rows",
    "with input as materialized (select * from unnest($1::bigint[], $2::bigint[]" FINISH_COLUMNS(AS_UNNEST) ", $48::bigint[])"
    "  i (id, fence" FINISH_COLUMNS(AS_NAME) ", i_age)),"
    " gone as (delete from run_queue q using input i where q.id = any($1) and q.id = i.id and q.fence = i.fence"
    "  returning q.*, now() - greatest(coalesce(i.i_age, 0), 0) * interval '1 microsecond' as ended" FINISH_COLUMNS(AS_NAME) "),"
    " ins as (insert into runs (id, scenario_id, automation_id, project_id, kind, fence, attempt, max_attempts, priority,"
    "   scenario_version, labels, created_by, created_at, started_at, finished_at, pinned" FINISH_COLUMNS(AS_COLUMN) ")"
    "  select id, scenario_id, target_id, project_id, kind, fence, attempt, max_attempts, priority, scenario_version, labels,"
    "   created_by, created_at, started_at, greatest(ended, started_at, created_at), location <> ''" FINISH_COLUMNS(AS_VALUE)
    "   from gone"
    "  returning id, scenario_id, automation_id, project_id, kind, finished_at)"
    " select * from ins order by id" };

static const bm_stmt_t finish_deltas = { "finish_deltas",
    "insert into kpi_delta (scenario_id, model_id, source, label_id, location_id, hour, n, min_id, max_id,"
    "  body)"
    " select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],"
    "  $8::bigint[], $9::bigint[], $10::bytea[])" };
static const bm_stmt_t finish_events = { "finish_events",
    "insert into events (project_id, kind, payload)"
    " select i.project_id, i.kind, i.payload::jsonb from unnest($1::bigint[], $2::text[], $3::text[]) i"
    " (project_id, kind, payload)" };
static const bm_stmt_t finish_model_find = { "finish_model_find", "select id from models where provider = $1 and name = $2" };
static const bm_stmt_t finish_model_add = { "finish_model_add",
    "insert into models (provider, name) values ($1, $2) on conflict do nothing returning id" };

typedef enum form_e { FORM_TEXT, FORM_JSON, FORM_BYTES, FORM_INT, FORM_SMALL, FORM_FLAG } form_e;

typedef struct column_t {
    form_e form;
    size_t offset;
} column_t;

#define AS_TABLE(n, member, column, form) [n - 3] = { FORM_##form, offsetof(bm_finished_run_t, member) },
static const column_t columns[] = { FINISH_COLUMNS(AS_TABLE) };
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static const void *member(const bm_finished_run_t *run, size_t offset)
{
    return (const char *)run + offset;
}

/* What is not JSON, as a JSON string of its text. */
static const char *as_json(const char *text, apr_pool_t *p)
{
    bm_buffer_t out = { NULL, 0, 0, 0 };
    bm_jw_t writer;
    json_t *json;

    if (text == NULL || bm_json_parse(&json, text, strlen(text), NULL, p) == APR_SUCCESS)
        return text;
    bm_jw_init(&writer, &out);
    bm_jw_string(&writer, text);
    text = writer.rv == APR_SUCCESS ? apr_pstrndup(p, out.data, out.len) : NULL;
    bm_buffer_free(&out);
    return text;
}

static bm_param_t text_param(const bm_finished_run_t *const *runs, int n, size_t offset, int mend_json, apr_pool_t *p)
{
    const char **values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int i;

    for (i = 0; i < n; i++) {
        values[i] = bm_text_as_utf8(*(const char *const *)member(runs[i], offset), p);
        if (mend_json)
            values[i] = as_json(values[i], p);
    }
    return bm_param_texts(values, n, p);
}

static bm_param_t int_param(const bm_finished_run_t *const *runs, int n, size_t offset, apr_int64_t most, apr_pool_t *p)
{
    apr_int64_t *values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int i;

    for (i = 0; i < n; i++) {
        values[i] = *(const apr_int64_t *)member(runs[i], offset);
        values[i] = values[i] > most ? most : values[i];
    }
    return bm_param_int64s_or(values, BM_FIGURE_NONE, n, p);
}

static bm_param_t flag_param(const bm_finished_run_t *const *runs, int n, size_t offset, apr_pool_t *p)
{
    apr_int64_t *values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = *(const int *)member(runs[i], offset);
    return bm_param_int64s_or(values, -1, n, p);
}

static bm_param_t timeline_param(const bm_finished_run_t *const *runs, int n, apr_pool_t *p)
{
    const void **values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int *lens = apr_palloc(p, (apr_size_t)n * sizeof(*lens)), i;

    for (i = 0; i < n; i++) {
        values[i] = runs[i]->timeline;
        lens[i] = runs[i]->timeline_len;
    }
    return bm_param_bytess(values, lens, n, p);
}

static bm_param_t column_param(const column_t *column, const bm_finished_run_t *const *runs, int n, int mend_json, apr_pool_t *p)
{
    switch (column->form) {
    case FORM_INT:
        return int_param(runs, n, column->offset, APR_INT64_MAX, p);
    case FORM_SMALL:
        return int_param(runs, n, column->offset, APR_INT32_MAX, p);
    case FORM_FLAG:
        return flag_param(runs, n, column->offset, p);
    case FORM_BYTES:
        return timeline_param(runs, n, p);
    case FORM_TEXT:
    case FORM_JSON:
    default:
        return text_param(runs, n, column->offset, mend_json && column->form == FORM_JSON, p);
    }
}

static apr_array_header_t *recorded_read(const bm_rows_t *rows, apr_pool_t *p)
{
    int n = bm_rows_count(rows), i;
    apr_array_header_t *list = apr_array_make(p, n > 0 ? n : 1, sizeof(bm_recorded_run_t));

    for (i = 0; i < n; i++) {
        bm_recorded_run_t *run = apr_array_push(list);

        run->id = bm_rows_int64(rows, i, 0, 0);
        run->scenario_id = bm_rows_int64(rows, i, 1, 0);
        run->automation_id = bm_rows_int64(rows, i, 2, 0);
        run->project_id = bm_rows_int64(rows, i, 3, 0);
        run->kind = (int)bm_rows_int64(rows, i, 4, 0);
        run->finished_at = bm_rows_time(rows, i, 5);
    }
    return list;
}

static apr_status_t rows_try(apr_array_header_t **precorded, bm_db_t *db, const bm_finished_run_t *const *runs, int n,
                             int mend_json, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_param_t params[PARAMS_MAX];
    bm_rows_t **rows;
    apr_status_t rv;
    size_t i;

    *precorded = NULL;
    params[0] = int_param(runs, n, offsetof(bm_finished_run_t, id), APR_INT64_MAX, p);
    params[1] = int_param(runs, n, offsetof(bm_finished_run_t, fence), APR_INT64_MAX, p);
    for (i = 0; i < COLUMN_COUNT; i++)
        params[2 + i] = column_param(&columns[i], runs, n, mend_json, p);
    params[PARAMS_MAX - 1] = int_param(runs, n, offsetof(bm_finished_run_t, age_us), APR_INT64_MAX, p);
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &finish_rows, params, PARAMS_MAX);
    rv = bm_pipe_run(&rows, pipe, err);
    if (rv == APR_SUCCESS)
        *precorded = recorded_read(rows[1], p);
    return rv;
}

apr_status_t bm_finish_store_rows(apr_array_header_t **precorded, bm_db_t *db, const bm_finished_run_t *const *runs, int n,
                                  bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = rows_try(precorded, db, runs, n, 0, err, p);

    /* One text that is not JSON must not hold up a batch; checking them all each time would cost more than the insert. */
    return rv == APR_EINVAL ? rows_try(precorded, db, runs, n, 1, err, p) : rv;
}

/* --- second half --- */

void bm_finish_store_add_deltas(bm_pipe_t *pipe, const bm_delta_row_t *deltas, int n, apr_pool_t *p)
{
    enum { FIGURES = 9 };
    apr_int64_t *figures[FIGURES];
    const void **bodies = apr_palloc(p, (apr_size_t)n * sizeof(*bodies));
    int *lens = apr_palloc(p, (apr_size_t)n * sizeof(*lens)), i, k;
    bm_param_t params[FIGURES + 1];

    for (k = 0; k < FIGURES; k++)
        figures[k] = apr_palloc(p, (apr_size_t)n * sizeof(apr_int64_t));
    for (i = 0; i < n; i++) {
        const bm_delta_row_t *d = &deltas[i];
        const apr_int64_t values[FIGURES] = { d->scenario_id, d->model_id, d->source, d->label_id, d->location_id, d->hour,
                                              d->n, d->min_id, d->max_id };

        for (k = 0; k < FIGURES; k++)
            figures[k][i] = values[k];
        bodies[i] = d->body;
        lens[i] = d->body_len;
    }
    for (k = 0; k < FIGURES; k++)
        params[k] = bm_param_int64s(figures[k], n, p);
    params[FIGURES] = bm_param_bytess(bodies, lens, n, p);
    bm_pipe_add(pipe, &finish_deltas, params, FIGURES + 1);
}

static void id_member(bm_jw_t *w, const char *name, apr_int64_t id)
{
    bm_jw_key(w, name);
    bm_jw_int(w, id);
}

/* Microseconds as the API tells them. */
static void ms_member(bm_jw_t *w, const char *name, apr_int64_t us)
{
    bm_jw_key(w, name);
    if (us == BM_FIGURE_NONE)
        bm_jw_null(w);
    else
        bm_jw_fixed(w, (double)us / 1000, 3);
}

/* Names and units are those of the resource "run", so that a page can patch its rows; what a list does not show is not here. */
static void run_write(bm_jw_t *w, const bm_recorded_run_t *recorded, const bm_finished_run_t *run, apr_pool_t *p)
{
    const char *model = bm_text_as_utf8(run->model, p);

    bm_jw_begin_object(w);
    id_member(w, "id", recorded->id);
    id_member(w, "scenario_id", recorded->scenario_id);
    id_member(w, "automation_id", recorded->automation_id);
    bm_jw_key(w, "kind");
    bm_jw_string(w, bm_run_kind_name(recorded->kind));
    bm_jw_key(w, "status");
    bm_jw_string(w, run->status);
    bm_jw_key(w, "finished_at");
    bm_jw_time(w, recorded->finished_at);
    ms_member(w, "total_duration_ms", run->total_us);
    ms_member(w, "ttft_ms", run->ttft_us);
    bm_jw_key(w, "error_code");
    bm_jw_string(w, run->error_code);
    if (model == NULL || strlen(model) <= EVENT_MODEL) {
        bm_jw_key(w, "model");
        bm_jw_string(w, model);
    }
    bm_jw_end_object(w);
}

typedef struct event_t {
    apr_int64_t project_id;
    const char *kind;
    int n;                           /* runs in it */
    bm_buffer_t out;
    bm_jw_t writer;
} event_t;

static event_t *event_make(apr_array_header_t *events, apr_int64_t project_id, const char *kind, apr_pool_t *p)
{
    event_t *event = apr_pcalloc(p, sizeof(*event));

    APR_ARRAY_PUSH(events, event_t *) = event;
    event->project_id = project_id;
    event->kind = kind;
    bm_buffer_adopt(&event->out, p);
    bm_jw_init(&event->writer, &event->out);
    return event;
}

/* The open event of a project, or a new one when it is full. */
static event_t *event_for(apr_array_header_t *events, apr_int64_t project_id, apr_pool_t *p)
{
    event_t *event;
    int i;

    for (i = events->nelts - 1; i >= 0; i--) {
        event = APR_ARRAY_IDX(events, i, event_t *);
        if (event->project_id == project_id && event->n > 0 && event->n < EVENT_RUNS)
            return event;
    }
    event = event_make(events, project_id, "run.finished", p);
    bm_jw_begin_object(&event->writer);
    bm_jw_key(&event->writer, "runs");
    bm_jw_begin_array(&event->writer);
    return event;
}

/* One for the runs of each project, and one for each load test that ended with them. */
static apr_status_t make_events(apr_array_header_t *events, const apr_array_header_t *recorded,
                                const bm_finished_run_t *const *runs, int n, apr_pool_t *p)
{
    apr_hash_t *by_id = apr_hash_make(p);
    int i;

    for (i = 0; i < n; i++)
        apr_hash_set(by_id, &runs[i]->id, sizeof(runs[i]->id), runs[i]);
    for (i = 0; i < recorded->nelts; i++) {
        const bm_recorded_run_t *r = &APR_ARRAY_IDX(recorded, i, bm_recorded_run_t);
        const bm_finished_run_t *run = apr_hash_get(by_id, &r->id, sizeof(r->id));
        event_t *event;

        if (run == NULL)
            return APR_EGENERAL;
        event = event_for(events, r->project_id, p);
        run_write(&event->writer, r, run, p);
        event->n++;
        if (bm_run_kind_is_load(r->kind))
            run_write(&event_make(events, r->project_id, "loadtest.ended", p)->writer, r, run, p);
    }
    for (i = 0; i < events->nelts; i++) {
        event_t *event = APR_ARRAY_IDX(events, i, event_t *);

        if (event->n > 0) {
            bm_jw_end_array(&event->writer);
            bm_jw_end_object(&event->writer);
        }
        if (event->writer.rv != APR_SUCCESS)
            return event->writer.rv;
    }
    return APR_SUCCESS;
}

static apr_status_t add_events(bm_pipe_t *pipe, const apr_array_header_t *recorded, const bm_finished_run_t *const *runs, int n,
                               apr_pool_t *p)
{
    apr_array_header_t *events = apr_array_make(p, 4, sizeof(event_t *));
    apr_status_t rv = make_events(events, recorded, runs, n, p);
    apr_int64_t *projects = apr_palloc(p, ((apr_size_t)events->nelts + 1) * sizeof(*projects));
    const char **kinds = apr_palloc(p, ((apr_size_t)events->nelts + 1) * sizeof(*kinds));
    const char **payloads = apr_palloc(p, ((apr_size_t)events->nelts + 1) * sizeof(*payloads));
    int i;

    for (i = 0; rv == APR_SUCCESS && i < events->nelts; i++) {
        event_t *event = APR_ARRAY_IDX(events, i, event_t *);

        projects[i] = event->project_id;
        kinds[i] = event->kind;
        payloads[i] = apr_pstrndup(p, event->out.data, event->out.len);
    }
    if (rv == APR_SUCCESS && events->nelts > 0)
        bm_pipe_add(pipe, &finish_events, BM_PARAMS(bm_param_int64s(projects, events->nelts, p),
                    bm_param_texts(kinds, events->nelts, p), bm_param_texts(payloads, events->nelts, p)));
    return rv;
}

apr_status_t bm_finish_store_commit(bm_db_t *db, const apr_array_header_t *recorded, const bm_finished_run_t *const *runs,
                                    int n, const bm_delta_row_t *deltas, int delta_count, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    apr_status_t rv;

    if (delta_count > 0)
        bm_finish_store_add_deltas(pipe, deltas, delta_count, p);
    rv = add_events(pipe, recorded, runs, n, p);
    if (rv != APR_SUCCESS)
        rv = bm_err_set(err, rv, "event_failed", "The event of a batch could not be written.");
    bm_pipe_add(pipe, &bm_stmt_commit, BM_NO_PARAMS);
    if (rv == APR_SUCCESS)
        rv = bm_pipe_run(NULL, pipe, err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(db);
    return rv;
}

apr_status_t bm_finish_store_model_id(int *id, bm_db_t *db, const char *provider, const char *name, bm_err_t *err,
                                      apr_pool_t *p)
{
    int tries;

    *id = 0;
    if (name == NULL || name[0] == '\0')
        return APR_SUCCESS;
    provider = bm_text_as_utf8(provider, p);
    name = bm_text_as_utf8(name, p);
    /* Another session may add it between the two, and is then found at the second try. */
    for (tries = 0; tries < 3 && *id == 0; tries++) {
        bm_rows_t *rows;
        apr_status_t rv = bm_db_query(&rows, db, &finish_model_find, BM_PARAMS(bm_param_text(provider), bm_param_text(name)),
                                      err, p);

        if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
            rv = bm_db_query(&rows, db, &finish_model_add, BM_PARAMS(bm_param_text(provider), bm_param_text(name)), err, p);
        if (rv != APR_SUCCESS)
            return rv;
        if (bm_rows_count(rows) > 0)
            *id = (int)bm_rows_int64(rows, 0, 0, 0);
    }
    return *id != 0 ? APR_SUCCESS : bm_err_set(err, APR_EAGAIN, "database_busy", "A model's number could not be had.");
}
