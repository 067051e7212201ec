/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hive_store.h"

#include <apr_strings.h>
#include "store/event_sql.h"
#include "store/hive_sql.h"

#define TIME(t) BM_EVENT_SQL_TIME(t)
/* The session that those mean who know of one only. */
#define SESSION "s as materialized (select * from training_sessions order by ended_at is null desc, id desc limit 1)"
#define METRICS(body) BM_HIVE_SQL_METRICS(body)
#define SECONDS BM_HIVE_SQL_SECONDS

static const bm_stmt_t hive_status = { "hive_status",
    "with " SESSION " select json_build_object('is_running', s.id is not null and s.ended_at is null,"
    " 'current_scenario', (select key from problems where id = s.problem_id),"
    " 'scenarios_completed', coalesce(s.total_scenarios, 0),"
    " 'total_runtime', coalesce(round(extract(epoch from coalesce(s.ended_at, now()) - s.started_at), 3), 0),"
    " 'average_success_rate', coalesce(s.average_performance, 0), 'current_difficulty', coalesce(s.difficulty, 'easy'))"
    " from (values (1)) one (n) left join s on true" };

static const bm_stmt_t hive_latest = { "hive_latest",
    "with b as materialized (select * from problems where loadtest_id is not null order by loadtest_id desc limit 20)"
    " select json_build_object('metrics', coalesce(json_agg(json_build_object('timestamp', " TIME("y.at") ", 'type', y.type,"
    "  'value', round(y.value::numeric, 6), 'scenario_id', y.key) order by y.at desc, y.type), '[]'))"
    " from (select b.key, m.type, m.value, r.started_at + (x.second + 1) * interval '1 second' as at from b"
    SECONDS METRICS("x.body")
    "  where m.value is not null order by at desc, m.type limit 100) y" };

static const bm_stmt_t hive_summary = { "hive_summary",
    "with b as materialized (select * from problems where status = 'completed' order by id desc limit 1000),"
    " f as (select b.success_rate, b.finished_at, coalesce((r.response #>> '{results,metrics,e2e_ms,mean}')::float8,"
    "   (r.response #>> '{results,metrics,total_ms,mean}')::float8) as ms, (r.response #>>"
    " '{results,rates,completed}')::float8 as rate,"
    "   (r.response #>> '{results,failed}')::bigint as failed"
    "  from b left join lateral (select response from run where id = b.loadtest_id offset 0) r on true)"
    " select json_build_object('total_scenarios', count(*), 'average_response_time', coalesce(round(avg(ms)::numeric, 3), 0),"
    " 'average_throughput', coalesce(round(avg(rate)::numeric, 3), 0), 'average_success_rate', coalesce(avg(success_rate), 0),"
    " 'total_errors', coalesce(sum(failed), 0), 'uptime', round($1::numeric, 3),"
    " 'last_updated', " TIME("coalesce(max(finished_at), now())") ") from f" };

static const bm_stmt_t hive_performance = { "hive_performance",
    "with " SESSION ", v as (select m.type, m.value from s join problems b on b.session_id = s.id" SECONDS METRICS("x.body")
    "  where m.value is not null and r.started_at > coalesce(s.ended_at, now()) - interval '1 hour'),"
    " k as (select type, json_build_object('min', min(value), 'max', max(value), 'mean', avg(value),"
    "   'median', percentile_cont(0.5) within group (order by value), 'std_dev', coalesce(stddev_samp(value), 0)) as figures"
    "  from v group by type)"
    " select json_build_object('metrics', coalesce((select json_object_agg(type, figures) from k), '{}'),"
    " 'scenarios_completed', coalesce(s.total_scenarios, 0), 'current_difficulty', coalesce(s.difficulty, 'easy'),"
    " 'training_duration', coalesce(round(extract(epoch from coalesce(s.ended_at, now()) - s.started_at), 3), 0))"
    " from (values (1)) one (n) left join s on true" };

static const bm_stmt_t hive_recent = { "hive_recent",
    "select json_build_object('problems', coalesce(json_agg(json_build_object('id', key, 'type', type, 'difficulty', difficulty,"
    " 'description', description, 'created_at', " TIME("created_at") ") order by id desc), '[]'))"
    " from (select * from problems order by id desc limit 20) b" };

static const bm_stmt_t hive_execution = { "hive_execution",
    "with b as materialized (select * from problems where id = $1), y as (select json_agg(json_build_object("
    "   'timestamp', " TIME("r.started_at + (x.second + 1) * interval '1 second'") ", 'type', m.type,"
    "   'value', round(m.value::numeric, 6), 'scenario_id', b.key) order by x.second, m.type) as metrics"
    "  from b" SECONDS METRICS("x.body") " where m.value is not null)"
    " select json_build_object('scenario_id', b.key, 'completed', b.completed, 'success', b.success,"
    "  'success_rate', coalesce(b.success_rate, 0), 'execution_time', coalesce(b.execution_time, 0),"
    "  'metrics', coalesce(y.metrics, '[]'), 'errors', coalesce(b.results -> 'errors', '[]'), 'recommendations', coalesce("
    "   (select jsonb_agg(r ->> 'text') from jsonb_array_elements(b.results -> 'recommendations') r), '[]')), b.status from"
    " b, y" };

static const bm_stmt_t hive_stop = { "hive_stop",
    "with c as (update training_sessions set status = 'stopping', next_at = now(), rev = rev + 1 where status = 'running'"
    " returning *),"
    " e as (" BM_EVENT_SQL_CHANGED("training", "updated", ", 'status', c.status", "c") ")"
    " select coalesce(json_agg(id order by id), '[]') from c" };

static const bm_stmt_t hive_scenario = { "hive_scenario",
    "select coalesce((select t.scenario_id from training_sessions t join scenarios s on s.id = t.scenario_id order by t.id"
    " desc limit 1),"
    " (select case when count(*) = 1 then min(s.id) end from scenarios s join automations a on a.id = s.automation_id"
    "  where a.confirmed_rate > 0 and not s.hidden), 0)" };

static apr_status_t text(const char **pjson, bm_db_t *db, const bm_stmt_t *stmt, const bm_param_t *params, int n, bm_err_t *err,
                         apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, stmt, params, n, err, p);

    *pjson = rv == APR_SUCCESS ? bm_rows_text(rows, 0, 0) : NULL;
    return rv;
}

apr_status_t bm_hive_store_status(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return text(pjson, db, &hive_status, BM_NO_PARAMS, err, p);
}

apr_status_t bm_hive_store_latest(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return text(pjson, db, &hive_latest, BM_NO_PARAMS, err, p);
}

apr_status_t bm_hive_store_summary(const char **pjson, bm_db_t *db, double uptime, bm_err_t *err, apr_pool_t *p)
{
    return text(pjson, db, &hive_summary, BM_PARAMS(bm_param_double(uptime)), err, p);
}

apr_status_t bm_hive_store_performance(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return text(pjson, db, &hive_performance, BM_NO_PARAMS, err, p);
}

apr_status_t bm_hive_store_recent(const char **pjson, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return text(pjson, db, &hive_recent, BM_NO_PARAMS, err, p);
}

apr_status_t bm_hive_store_execution(const char **pjson, const char **pstatus, bm_db_t *db, apr_int64_t id, bm_err_t *err,
                                     apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &hive_execution, BM_PARAMS(bm_param_int64(id)), err, p);
    int found = rv == APR_SUCCESS && bm_rows_count(rows) > 0;

    *pjson = found ? bm_rows_text(rows, 0, 0) : NULL;
    *pstatus = found ? bm_rows_text(rows, 0, 1) : NULL;
    return rv;
}

apr_status_t bm_hive_store_stop(const char **pstopped, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return text(pstopped, db, &hive_stop, BM_NO_PARAMS, err, p);
}

apr_status_t bm_hive_store_scenario(apr_int64_t *scenario_id, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &hive_scenario, BM_NO_PARAMS, err, p);

    *scenario_id = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}
