/* SPDX-License-Identifier: Apache-2.0
 *
 * training_step_store.c: what an engine reads and writes of a session, all in the transaction of one step. */
#include <math.h>
#include <apr_strings.h>
#include "model/run_model.h"
#include "store/event_sql.h"
#include "store/hive_sql.h"
#include "store/row_json.h"
#include "store/training_store.h"

#define CHANGED(change, members, from) \
    BM_EVENT_SQL_CHANGED("training", change, ", 'scenario_id', c.scenario_id, 'automation_id', c.automation_id," \
                         " 'status', c.status" members, from)

/* The session first, alone and locked; then what it waits for. */
static const bm_stmt_t training_take = { "training_take",
    "with t as materialized (select * from training_sessions where ended_at is null and next_at <= now() order by next_at limit 1"
    "  for no key update skip locked)"
    " select t.id, t.project_id, t.automation_id, t.scenario_id, t.scenario_version, t.spec, array_to_json(t.labels),"
    " t.created_by,"
    "  t.plan, t.state, t.status, extract(epoch from now() - t.started_at)::float8, t.total_scenarios, t.successful_scenarios,"
    "  t.unclear_scenarios, t.failures_in_row, t.rated_scenarios, t.average_performance, t.requests, t.tokens,"
    "  t.cost::float8, coalesce(b.id, 0),"
    "  case when b.id is not null then " BM_TRAINING_PROBLEM_SQL " end, coalesce(b.loadtest_id, 0), r.status, r.error,"
        " r.error_code, r.response"
    " from t left join problems b on b.id = t.problem_id"
    "  left join lateral (select * from run where id = b.loadtest_id offset 0) r on true" };
enum {
    ID, PROJECT, AUTOMATION, SCENARIO, VERSION, SPEC, LABELS, CREATED_BY, PLAN, STATE, STATUS, AGE, TOTAL, SUCCESSFUL, UNCLEAR,
    FAILURES, RATED, PERFORMANCE, REQUESTS, TOKENS, COST, PROBLEM_ID, PROBLEM, LOADTEST, RUN_STATUS, RUN_ERROR, RUN_CODE, RESPONSE
};

static void order_read(bm_run_order_t *order, const bm_rows_t *rows, apr_pool_t *p)
{
    const char *text = bm_rows_text(rows, 0, LABELS);
    json_t *labels;
    size_t i;

    order->kind = BM_RUN_KIND_TRAINING;
    order->project_id = bm_rows_int64(rows, 0, PROJECT, 1);
    order->automation_id = bm_rows_int64(rows, 0, AUTOMATION, 0);
    order->scenario_id = bm_rows_int64(rows, 0, SCENARIO, 0);
    order->scenario_version = (int)bm_rows_int64(rows, 0, VERSION, 1);
    order->max_attempts = 1;
    order->spec = bm_rows_text(rows, 0, SPEC);
    order->created_by = bm_rows_text(rows, 0, CREATED_BY);
    order->confirmed_rate = NAN;
    if (text != NULL && bm_json_parse(&labels, text, strlen(text), NULL, p) == APR_SUCCESS) {
        const char **list = apr_palloc(p, (json_array_size(labels) + 1) * sizeof(*list));

        for (i = 0; i < json_array_size(labels); i++)
            list[i] = json_string_value(json_array_get(labels, i));
        order->labels = list;
        order->label_count = (int)json_array_size(labels);
    }
}

apr_status_t bm_training_store_take(bm_training_row_t **prow, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_training_row_t *row;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_take, BM_NO_PARAMS, err, p);

    *prow = NULL;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv == APR_SUCCESS ? APR_NOTFOUND : rv;
    *prow = row = apr_pcalloc(p, sizeof(*row));
    row->id = bm_rows_int64(rows, 0, ID, 0);
    order_read(&row->order, rows, p);
    row->plan = bm_rows_text(rows, 0, PLAN);
    row->state = bm_rows_text(rows, 0, STATE);
    row->status = bm_rows_text(rows, 0, STATUS);
    row->age = bm_rows_double(rows, 0, AGE, 0);
    row->total = (int)bm_rows_int64(rows, 0, TOTAL, 0);
    row->successful = (int)bm_rows_int64(rows, 0, SUCCESSFUL, 0);
    row->unclear = (int)bm_rows_int64(rows, 0, UNCLEAR, 0);
    row->failures_in_row = (int)bm_rows_int64(rows, 0, FAILURES, 0);
    row->rated = (int)bm_rows_int64(rows, 0, RATED, 0);
    row->performance = bm_rows_double(rows, 0, PERFORMANCE, NAN);
    row->requests = bm_rows_int64(rows, 0, REQUESTS, 0);
    row->tokens = bm_rows_int64(rows, 0, TOKENS, 0);
    row->cost = bm_rows_double(rows, 0, COST, 0);
    row->problem_id = bm_rows_int64(rows, 0, PROBLEM_ID, 0);
    row->problem = bm_rows_text(rows, 0, PROBLEM);
    row->loadtest_id = bm_rows_int64(rows, 0, LOADTEST, 0);
    row->run_status = bm_rows_text(rows, 0, RUN_STATUS);
    row->run_error = bm_rows_text(rows, 0, RUN_ERROR);
    row->run_error_code = bm_rows_text(rows, 0, RUN_CODE);
    row->response = bm_rows_text(rows, 0, RESPONSE);
    return APR_SUCCESS;
}

static const bm_stmt_t training_due = { "training_due",
    "select exists (select 1 from training_sessions where ended_at is null and next_at <= now()),"
    " exists (select 1 from problems where session_id is null and status = 'running')" };

apr_status_t bm_training_store_due(int *sessions, int *problems, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_due, BM_NO_PARAMS, err, p);

    *sessions = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    *problems = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 1);
    return rv;
}

static const bm_stmt_t training_take_alone = { "training_take_alone",
    "select b.id, " BM_TRAINING_PROBLEM_SQL ", b.loadtest_id, r.status, r.error, r.error_code, r.response from problems b"
    " left join lateral (select * from run where id = b.loadtest_id offset 0) r on true"
    " where b.session_id is null and b.status = 'running' and coalesce(r.status, 'failed') not in ('pending', 'running')"
    " order by b.id limit 1 for no key update of b skip locked" };

apr_status_t bm_training_store_take_alone(bm_training_row_t **prow, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_training_row_t *row;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_take_alone, BM_NO_PARAMS, err, p);

    *prow = NULL;
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv == APR_SUCCESS ? APR_NOTFOUND : rv;
    *prow = row = apr_pcalloc(p, sizeof(*row));
    row->problem_id = bm_rows_int64(rows, 0, 0, 0);
    row->problem = bm_rows_text(rows, 0, 1);
    row->loadtest_id = bm_rows_int64(rows, 0, 2, 0);
    row->run_status = bm_rows_text(rows, 0, 3);
    row->run_error = bm_rows_text(rows, 0, 4);
    row->run_error_code = bm_rows_text(rows, 0, 5);
    row->response = bm_rows_text(rows, 0, 6);
    return APR_SUCCESS;
}

static const bm_stmt_t training_wait = { "training_wait",
    "update training_sessions set next_at = clock_timestamp() + $2 * interval '1 microsecond' where id = $1" };

apr_status_t bm_training_store_wait(bm_db_t *db, apr_int64_t id, apr_interval_time_t wait, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_wait, BM_PARAMS(bm_param_int64(id), bm_param_int64(wait)), err, p);
}

static const bm_stmt_t training_give = { "training_give",
    "with b as (insert into problems (key, project_id, session_id, scenario_id, type, difficulty, seed, parameters,"
    " perturbations,"
    "  expected, description, why, loadtest_id, status, created_by)"
    "  select j.b ->> 'key', t.project_id, t.id, t.scenario_id, j.b ->> 'type', j.b ->> 'difficulty', (j.b ->> 'seed')::bigint,"
    "   j.b -> 'parameters', j.b -> 'perturbations', j.b -> 'expected', j.b ->> 'description', $3, $4, 'running', t.created_by"
    "  from training_sessions t, (select $2::jsonb as b) j where t.id = $1 returning *),"
    " c as (update training_sessions t set problem_id = b.id, difficulty = b.difficulty, rev = t.rev + 1,"
    "  next_at = clock_timestamp() + interval '500 milliseconds' from b where t.id = $1 returning t.*)"
    " " CHANGED("updated", ", 'problem_id', c.problem_id, 'difficulty', c.difficulty", "c") };

apr_status_t bm_training_store_give(bm_db_t *db, const bm_training_row_t *row, const json_t *problem, const char *why,
                                    apr_int64_t loadtest_id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_give,
                       BM_PARAMS(bm_param_int64(row->id), bm_param_json(bm_json_dump(NULL, problem, p)), bm_param_text(why),
                                 bm_param_int64(loadtest_id)), err, p);
}

/* One that no engine has taken yet has nothing to drain. */
static const bm_stmt_t training_halt = { "training_halt",
    "with q as (update run_queue set cancel_requested = true where id = $1 and (state = 'pending' or not $2)"
    "  and not cancel_requested)"
    " update loadtests set control = 'drain' where id = $1 and $2 and control <> 'drain'" };

apr_status_t bm_training_store_halt(bm_db_t *db, apr_int64_t loadtest_id, int drain, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_halt, BM_PARAMS(bm_param_int64(loadtest_id), bm_param_bool(drain)), err, p);
}

/* As the result says; of one whose engine died, as it was last heard of. Rows need not be there. */
static const bm_stmt_t training_use = { "training_use",
    "select coalesce((u ->> 'requests')::bigint, 0), coalesce((u ->> 'tokens')::bigint, 0), coalesce((u ->> 'cost')::float8, 0)"
    " from (select coalesce(r.response::jsonb #> '{results,used}', l.progress::jsonb -> 'used', '{}') as u from loadtests l"
    "  left join lateral (select response from run where id = l.id offset 0) r on true where l.id = $1) x" };

apr_status_t bm_training_store_use(bm_training_row_t *row, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_use, BM_PARAMS(bm_param_int64(row->loadtest_id)), err, p);

    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;
    row->requests += bm_rows_int64(rows, 0, 0, 0);
    row->tokens += bm_rows_int64(rows, 0, 1, 0);
    row->cost += bm_rows_double(rows, 0, 2, 0);
    return APR_SUCCESS;
}

/* The answer of Hive's execute, with the latest of its metrics, and what only we have beside it. */
static const bm_stmt_t training_settle = { "training_settle",
    "with c as (update problems b set status = $2, completed = $2 = 'completed', success = ($3::jsonb ->> 'success')::boolean,"
    "  success_rate = ($3::jsonb ->> 'success_rate')::float8, execution_time = ($3::jsonb ->> 'execution_time')::float8,"
    "  results = $3::jsonb, finished_at = now() where id = $1 returning *),"
    " k as (select jsonb_agg(jsonb_build_object('timestamp', y.at, 'type', y.type, 'value', y.value, 'scenario_id', y.key)"
    "   order by y.second, y.type) as metrics from"
    "   (select b.key, x.second, m.type, round(m.value::numeric, 6) as value,"
    "     " BM_EVENT_SQL_TIME("r.started_at + (x.second + 1) * interval '1 second'") " as at from c b"
    BM_HIVE_SQL_SECONDS BM_HIVE_SQL_METRICS("x.body") "  where m.value is not null order by x.second desc, m.type limit 60) y)"
    " insert into events (project_id, kind, payload) select c.project_id, 'training.scenario_completed', jsonb_build_object("
    "  'id', c.session_id, 'problem_id', c.id, 'scenario_id', c.key, 'completed', c.completed, 'success', c.success,"
    "  'success_rate', coalesce(c.success_rate, 0), 'execution_time', coalesce(c.execution_time, 0),"
    "  'metrics', coalesce(k.metrics, '[]'), 'errors', coalesce(c.results -> 'errors', '[]'),"
    "  'recommendations', coalesce((select jsonb_agg(r ->> 'text') from"
    "   jsonb_array_elements(c.results -> 'recommendations') r), '[]')) from c, k" BM_EVENT_SQL_NOTIFY };

apr_status_t bm_training_store_settle(bm_db_t *db, const bm_training_row_t *row, const char *status, const json_t *judgement,
                                      bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_settle,
                       BM_PARAMS(bm_param_int64(row->problem_id), bm_param_text(status),
                                 bm_param_json(judgement != NULL ? bm_json_dump(NULL, judgement, p) : "{}")), err, p);
}

static const bm_stmt_t training_learn = { "training_learn",
    "with b as materialized (select * from problems where id = $2), c as (update training_sessions t set state = $3,"
    "  moves = case when $5::jsonb is null then moves else moves || $5::jsonb end, problem_id = null, total_scenarios = $6,"
    "  successful_scenarios = $7, unclear_scenarios = $8, failures_in_row = $9, average_performance = $10, requests = $11,"
    "  tokens = $12, cost = $13::float8, rated_scenarios = $14, difficulty = coalesce($4, t.difficulty), rev = rev + 1,"
    "  next_at = now() where id = $1 returning *)"
    " insert into events (project_id, kind, payload) select c.project_id, 'training.update', jsonb_build_object("
    "  'id', c.id, 'problem_id', b.id, 'scenario_id', b.key, 'success_rate', coalesce(b.success_rate, 0),"
    "  'execution_time', coalesce(b.execution_time, 0), 'difficulty', c.difficulty, 'scenarios_completed', c.total_scenarios)"
    "  from c, b" BM_EVENT_SQL_NOTIFY };

apr_status_t bm_training_store_learn(bm_db_t *db, const bm_training_row_t *row, const json_t *state, const char *difficulty,
                                     const json_t *move, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_learn,
        BM_PARAMS(bm_param_int64(row->id), bm_param_int64(row->problem_id), bm_param_json(bm_json_dump(NULL, state, p)),
                  bm_param_text(difficulty), bm_param_json(move != NULL ? bm_json_dump(NULL, move, p) : NULL),
                  bm_param_int(row->total), bm_param_int(row->successful), bm_param_int(row->unclear),
                  bm_param_int(row->failures_in_row),
                  bm_param_null_if(isnan(row->performance), bm_param_double(isnan(row->performance) ? 0 : row->performance)),
                  bm_param_int64(row->requests), bm_param_int64(row->tokens), bm_param_double(row->cost),
                  bm_param_int(row->rated)), err, p);
}

#define ROUNDED(value) "round((" value ")::numeric, 6)"
static const bm_stmt_t training_end = { "training_end",
    "with v as (select m.type, m.value from problems b" BM_HIVE_SQL_SECONDS BM_HIVE_SQL_METRICS("x.body")
    "  where b.session_id = $1 and m.value is not null),"
    " k as (select type, jsonb_build_object('seconds', count(*), 'min', " ROUNDED("min(value)") ", 'max', " ROUNDED("max(value)")
    ",   'mean', " ROUNDED("avg(value)") ", 'median', " ROUNDED("percentile_cont(0.5) within group (order by value)")
    ",   'std_dev', " ROUNDED("coalesce(stddev_samp(value), 0)") ") as figures from v group by type),"
    " c as (update training_sessions set status = $2, ended_by = $3, reason = $4, conclusion = $5, problem_id = null,"
    "  metrics = coalesce((select jsonb_object_agg(type, figures) from k), '{}'), ended_at = now(), rev = rev + 1 where id = $1"
    "  returning *),"
    " b as (update problems set status = 'failed', finished_at = now() where session_id = $1 and status = 'running')"
    " " CHANGED("ended", ", 'ended_by', c.ended_by, 'reason', c.reason", "c") };

apr_status_t bm_training_store_end(bm_db_t *db, apr_int64_t id, const char *status, const char *ended_by, const char *reason,
                                   const json_t *conclusion, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_end,
                       BM_PARAMS(bm_param_int64(id), bm_param_text(status), bm_param_text(ended_by), bm_param_text(reason),
                                 bm_param_json(conclusion != NULL ? bm_json_dump(NULL, conclusion, p) : NULL)), err, p);
}
