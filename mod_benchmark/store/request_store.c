/* SPDX-License-Identifier: Apache-2.0 */
#include "store/request_store.h"

#include <stddef.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "store/event_sql.h"

/* The columns but seq, once: number of the parameter, member, column, form. INT: BM_FIGURE_NONE is null. FLAG: likewise, as
 * boolean. */
#define REQUEST_COLUMNS(C) \
    C(5, attempt, attempt, INT) \
    C(6, step, step, INT) \
    C(7, phase, phase, INT) \
    C(8, session, session, INT) \
    C(9, turn, turn, INT) \
    C(10, at, at, TIME) \
    C(11, status, status, TEXT) \
    C(12, error_code, error_code, TEXT) \
    C(13, tokens_provenance, tokens_provenance, TEXT) \
    C(14, http_status, http_status, INT) \
    C(15, planned_us, planned_us, INT) \
    C(16, sent_us, sent_us, INT) \
    C(17, first_byte_us, first_byte_us, INT) \
    C(18, first_content_us, first_content_us, INT) \
    C(19, first_output_us, first_output_us, INT) \
    C(20, last_content_us, last_content_us, INT) \
    C(21, end_us, end_us, INT) \
    C(22, queue_us, queue_us, INT) \
    C(23, dns_us, dns_us, INT) \
    C(24, connect_us, connect_us, INT) \
    C(25, tls_us, tls_us, INT) \
    C(26, connection_reused, connection_reused, FLAG) \
    C(27, tokens_prompt, tokens_prompt, INT) \
    C(28, tokens_completion, tokens_completion, INT) \
    C(29, tokens_reasoning, tokens_reasoning, INT) \
    C(30, tokens_cached, tokens_cached, INT) \
    C(31, chunks, chunks, INT) \
    C(32, batched_events, batched_events, INT) \
    C(33, lag_max_us, lag_max_us, INT) \
    C(34, kernel_stamped, kernel_stamped, FLAG) \
    C(35, bytes, bytes, INT) \
    C(36, good, good, FLAG) \
    C(37, gaps, gaps, BYTES) \
    C(38, ttst_us, ttst_us, INT) \
    C(39, tpot_us, tpot_us, INT) \
    C(40, model_id, model_id, INT) \
    C(41, held_us, held_us, INT) \
    C(42, superseded, superseded, FLAG) \
    C(43, cost_nano, cost_nano, INT) \
    C(44, endpoint, endpoint, INT) \
    C(45, class_number, class, INT)
enum { PARAMS = 46, FIRST_COLUMN = 5, LOCATION = 46 };

#define ARRAY_INT   "bigint[]"
#define ARRAY_FLAG  "bigint[]"
#define ARRAY_TIME  "bigint[]"
#define ARRAY_TEXT  "text[]"
#define ARRAY_BYTES "bytea[]"
#define VALUE_INT(column)   "i_" #column
#define VALUE_FLAG(column)  "i_" #column " = 1"
#define VALUE_TIME(column)  "to_timestamp(i_" #column " / 1000000.0)"
#define VALUE_TEXT(column)  "i_" #column
#define VALUE_BYTES(column) "i_" #column
#define AS_UNNEST(n, member, column, form) ", $" #n "::" ARRAY_##form
#define AS_NAME(n, member, column, form)   ", i_" #column
#define AS_COLUMN(n, member, column, form) ", " #column
#define AS_VALUE(n, member, column, form)  ", " VALUE_##form(column)

/* Lets heartbeats through, which are no-key updates, but not a rescue. The turn is for bm_request_store_has. */
#define TAKE_TURN "pg_advisory_xact_lock(hashtextextended(concat(current_schema, ' requests of ', $1::bigint), 0))"
static const bm_stmt_t request_fence = { "request_fence",
    "select txid_current(), " TAKE_TURN " from run_queue where id = $1 and fence = $2 for key share" };

static const bm_stmt_t request_add = { "request_add",
    "insert into requests (loadtest_id, fence, scenario_id, location_id, seq" REQUEST_COLUMNS(AS_COLUMN) ")"
    " select $1, $2, $3, $46, i_seq" REQUEST_COLUMNS(AS_VALUE) " from unnest($4::bigint[]" REQUEST_COLUMNS(AS_UNNEST) ")"
    " i (i_seq" REQUEST_COLUMNS(AS_NAME) ")" };

/* Whose rows count. Progress says it too, but only once a second. */
static const bm_stmt_t request_owner = { "request_owner", "update loadtests set fence = $2 where id = $1 and fence <> $2" };

typedef enum form_e { FORM_INT, FORM_FLAG, FORM_TIME, FORM_TEXT, FORM_BYTES } form_e;

typedef struct column_t {
    form_e form;
    size_t offset;
} column_t;

#define AS_TABLE(n, member, column, form) [n - FIRST_COLUMN] = { FORM_##form, offsetof(bm_request_row_t, member) },
static const column_t columns[] = { REQUEST_COLUMNS(AS_TABLE) };
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static const void *member(const bm_request_row_t *row, size_t offset)
{
    return (const char *)row + offset;
}

static bm_param_t text_param(const bm_request_row_t *rows, int n, size_t offset, apr_pool_t *p)
{
    const char **values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = bm_text_as_utf8(*(const char *const *)member(&rows[i], offset), p);
    return bm_param_texts(values, n, p);
}

static bm_param_t int_param(const bm_request_row_t *rows, int n, size_t offset, apr_pool_t *p)
{
    apr_int64_t *values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = *(const apr_int64_t *)member(&rows[i], offset);
    return bm_param_int64s_or(values, BM_FIGURE_NONE, n, p);
}

static bm_param_t gaps_param(const bm_request_row_t *rows, int n, apr_pool_t *p)
{
    const void **values = apr_palloc(p, (apr_size_t)n * sizeof(*values));
    int *lens = apr_palloc(p, (apr_size_t)n * sizeof(*lens)), i;

    for (i = 0; i < n; i++) {
        values[i] = rows[i].gaps;
        lens[i] = rows[i].gaps_len;
    }
    return bm_param_bytess(values, lens, n, p);
}

static void add_rows(bm_pipe_t *pipe, const bm_request_owner_t *owner, const bm_request_row_t *rows, int n, apr_pool_t *p)
{
    bm_param_t params[PARAMS];
    size_t i;

    params[0] = bm_param_int64(owner->loadtest_id);
    params[1] = bm_param_int64(owner->fence);
    params[2] = bm_param_int64(owner->scenario_id);
    params[LOCATION - 1] = bm_param_int(owner->location_id);
    params[3] = int_param(rows, n, offsetof(bm_request_row_t, seq), p);
    for (i = 0; i < COLUMN_COUNT; i++) {
        bm_param_t *param = &params[FIRST_COLUMN - 1 + i];

        if (columns[i].form == FORM_TEXT)
            *param = text_param(rows, n, columns[i].offset, p);
        else if (columns[i].form == FORM_BYTES)
            *param = gaps_param(rows, n, p);
        else
            *param = int_param(rows, n, columns[i].offset, p);
    }
    bm_pipe_add(pipe, &request_add, params, PARAMS);
}

apr_status_t bm_request_store_add(int *owned, apr_int64_t *transaction, bm_db_t *db, const bm_request_owner_t *owner,
                                  const bm_request_row_t *rows, int n, const bm_delta_row_t *deltas, int delta_count,
                                  bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **answers;
    apr_status_t rv;

    *owned = 0;
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &request_fence, BM_PARAMS(bm_param_int64(owner->loadtest_id), bm_param_int64(owner->fence)));
    rv = bm_pipe_run(&answers, pipe, err);
    if (rv != APR_SUCCESS)
        return rv;
    *owned = bm_rows_count(answers[1]) > 0;
    if (!*owned) {
        bm_db_rollback(db);
        return APR_SUCCESS;
    }
    *transaction = bm_rows_int64(answers[1], 0, 0, 0);
    if (n > 0)
        add_rows(pipe, owner, rows, n, p);
    bm_pipe_add(pipe, &request_owner, BM_PARAMS(bm_param_int64(owner->loadtest_id), bm_param_int64(owner->fence)));
    if (delta_count > 0)
        bm_finish_store_add_deltas(pipe, deltas, delta_count, p);
    bm_pipe_add(pipe, &bm_stmt_commit, BM_NO_PARAMS);
    rv = bm_pipe_run(NULL, pipe, err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(db);
    return rv;
}

static const bm_stmt_t request_turn = { "request_turn", "select " TAKE_TURN };
static const bm_stmt_t request_has = { "request_has",
    "select 1 from requests where loadtest_id = $1 and fence = $2 and seq = $3 and attempt = $4 limit 1" };
static const bm_stmt_t request_committed = { "request_committed", "select 1 where txid_status($1) = 'committed'" };

/* The answer is read after the turn was had, so by a snapshot that sees how the other transaction ended. */
apr_status_t bm_request_store_has(int *has, bm_db_t *db, const bm_request_owner_t *owner, const bm_request_row_t *row,
                                  apr_int64_t transaction, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **answers;
    apr_status_t rv;

    *has = 0;
    if (row == NULL && transaction == 0)
        return APR_SUCCESS;              /* it never came so far */
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &request_turn, BM_PARAMS(bm_param_int64(owner->loadtest_id)));
    if (row != NULL)
        bm_pipe_add(pipe, &request_has, BM_PARAMS(bm_param_int64(owner->loadtest_id), bm_param_int64(owner->fence),
                                                  bm_param_int64(row->seq), bm_param_int64(row->attempt)));
    else
        bm_pipe_add(pipe, &request_committed, BM_PARAMS(bm_param_int64(transaction)));
    bm_pipe_add(pipe, &bm_stmt_commit, BM_NO_PARAMS);
    rv = bm_pipe_run(&answers, pipe, err);
    *has = rv == APR_SUCCESS && bm_rows_count(answers[2]) > 0;
    return rv;
}

/* --- evidence */

static const bm_stmt_t evidence_head = { "evidence_head",
    "select l.fence, l.plan, json_build_object('id', l.id, 'name', l.name, 'status', r.status, 'error_code', r.error_code,"
    "  'error', r.error, 'started_at', r.started_at, 'finished_at', r.finished_at, 'engine', r.engine,"
    "  'location', nullif(r.location, ''),"
    "  'scenario_id', l.scenario_id, 'scenario_version', r.scenario_version), r.response, v.body"
    " from loadtests l join run r on r.id = l.id"
    " left join scenario_versions v on v.scenario_id = l.scenario_id and v.version = r.scenario_version where l.id = $1" };
static const bm_stmt_t evidence_page = { "evidence_page",
    "select seq, to_jsonb(q) - 'gaps' - 'id' - 'loadtest_id' - 'scenario_id' - 'location_id' - 'fence', gaps from requests q"
    " where loadtest_id = $1 and fence = $2 and seq > $3 and seq <= (select max(seq) from (select distinct seq from requests"
    "  where loadtest_id = $1 and fence = $2 and seq > $3 order by seq limit $4) places) order by seq, attempt" };

apr_status_t bm_request_store_evidence(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(prows, db, &evidence_head, BM_PARAMS(bm_param_int64(loadtest_id)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no load test %" APR_INT64_T_FMT ".", loadtest_id);
    return rv;
}

apr_status_t bm_request_store_page(bm_rows_t **prows, bm_db_t *db, apr_int64_t loadtest_id, apr_int64_t fence, apr_int64_t after,
                                   int limit, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &evidence_page,
                       BM_PARAMS(bm_param_int64(loadtest_id), bm_param_int64(fence), bm_param_int64(after), bm_param_int(limit)),
                       err, p);
}

/* --- progress */

/* Of a second what its event tells: a session's have been kept in the series, and their events live as long as all others. */
#define METRICS_OF_SECOND(body) \
    "jsonb_strip_nulls(jsonb_build_object('completed', " body " -> 'completed', 'failed', " body " -> 'failed'," \
    " 'e2e_ms', jsonb_build_object('p50', " body " #> '{e2e_ms,p50}'), 'cpu_usage', " body " -> 'cpu_usage'," \
    " 'memory_usage', " body " -> 'memory_usage', 'target_cpu_usage', " body " -> 'target_cpu_usage'," \
    " 'target_memory_usage', " body " -> 'target_memory_usage'))"
static const bm_stmt_t loadtest_progress = { "loadtest_progress",
    "with l as (update loadtests l set progress = $3::json, progress_at = now(), fence = $2 from run_queue q"
    "  where l.id = $1 and q.id = $1 and q.fence = $2"
    "  returning l.id, l.control, l.project_id, l.scenario_id, l.automation_id, l.kind),"
    " s as (insert into loadtest_series (loadtest_id, fence, second, body)"
    "  select $1, $2, i.second, i.body::json from l, unnest($4::bigint[], $5::text[]) i (second, body)"
    "  on conflict (loadtest_id, fence, second) do nothing),"
    " e as (insert into events (project_id, kind, payload)"
    "  select project_id, 'loadtest.progress', jsonb_build_object('id', id, 'scenario_id', scenario_id,"
    "   'automation_id', automation_id, 'progress', $3::jsonb) from l" BM_EVENT_SQL_NOTIFY "),"
    " m as (insert into events (project_id, kind, payload)"
    "  select l.project_id, 'training.metric', jsonb_build_object('id', b.session_id, 'problem_id', b.id, 'scenario_id', b.key,"
    "   'second', i.second, 'metrics', " METRICS_OF_SECOND("i.body") ") from l join problems b on l.kind = 2 and"
    "   b.loadtest_id = l.id, (select second, body::jsonb as body from unnest($4::bigint[], $5::text[]) u (second, body)) i)"
    " select control from l" };

apr_status_t bm_request_store_progress(const char **control, bm_db_t *db, const bm_request_owner_t *owner, const char *progress,
                                       const bm_series_row_t *series, int n, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t *seconds = apr_palloc(p, (apr_size_t)(n + 1) * sizeof(*seconds));
    const char **bodies = apr_palloc(p, (apr_size_t)(n + 1) * sizeof(*bodies));
    bm_rows_t *rows;
    apr_status_t rv;
    int i;

    *control = NULL;
    for (i = 0; i < n; i++) {
        seconds[i] = series[i].second;
        bodies[i] = series[i].body;
    }
    rv = bm_db_query(&rows, db, &loadtest_progress,
                     BM_PARAMS(bm_param_int64(owner->loadtest_id), bm_param_int64(owner->fence), bm_param_text(progress),
                               bm_param_int64s(seconds, n, p), bm_param_texts(bodies, n, p)), err, p);
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0)
        *control = apr_pstrdup(p, bm_rows_text(rows, 0, 0));
    return rv;
}
