/* SPDX-License-Identifier: Apache-2.0 */
#include "store/training_store.h"

#include <math.h>
#include "model/training_model.h"
#include "store/event_sql.h"
#include "store/row_json.h"
#include "store/select.h"

#define CHANGED(change, members, from) \
    BM_EVENT_SQL_CHANGED("training", change, ", 'scenario_id', c.scenario_id, 'automation_id', c.automation_id," \
                         " 'status', c.status" members, from)

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no training session %" APR_INT64_T_FMT ".", id);
    return rv;
}

/* --- reading */

static void add_columns(bm_select_t *s, int summary)
{
    bm_select_columns(s, summary ? 'v' : 'w', "t.rev, t.status, ", bm_training_fields, summary);
}

apr_status_t bm_training_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "training_lock" : "training_get", "select ", p);
    apr_status_t rv;

    add_columns(s, 0);
    bm_select_param(s, 'i', " from training_sessions t where t.id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

apr_status_t bm_training_store_list(bm_rows_t **prows, bm_db_t *db, const bm_training_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("training_list", "select ", p);

    add_columns(s, 1);
    bm_select_add(s, 'f', " from training_sessions t where true");
    if (filter->statuses != NULL)
        bm_select_param(s, 'u', " and t.status = any(",
                        bm_param_texts((const char *const *)filter->statuses->elts, filter->statuses->nelts, p), ")");
    if (filter->automation_id >= 0)
        bm_select_param(s, 't', " and t.automation_id = ", bm_param_int64(filter->automation_id), "");
    if (filter->after > 0 && filter->oldest_first)
        bm_select_param(s, 'g', " and t.id > ", bm_param_int64(filter->after), "");
    else if (filter->after > 0)
        bm_select_param(s, 'z', " and t.id < ", bm_param_int64(filter->after), "");
    if (filter->oldest_first)
        bm_select_add(s, 'o', " order by t.id");
    else
        bm_select_add(s, 'd', " order by t.id desc");
    bm_select_limit(s, filter->limit);
    return bm_select_run(prows, s, db, err, p);
}

static const bm_stmt_t training_active = { "training_active", "select count(*) from training_sessions where ended_at is null" };

apr_status_t bm_training_store_active(int *active, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_active, BM_NO_PARAMS, err, p);

    *active = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_training_store_problems(bm_rows_t **prows, bm_db_t *db, apr_int64_t session_id, int newest_first,
                                        apr_int64_t after, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("training_problems", "select ", p);

    bm_select_columns(s, 'c', "", bm_training_problem_fields, 0);
    bm_select_param(s, 's', " from problems b where b.session_id = ", bm_param_int64(session_id), "");
    if (!newest_first)
        bm_select_param(s, 'a', " and b.id > ", bm_param_int64(after), " order by b.id");
    else if (after > 0)
        bm_select_param(s, 'z', " and b.id < ", bm_param_int64(after), " order by b.id desc");
    else
        bm_select_add(s, 'd', " order by b.id desc");
    bm_select_limit(s, limit);
    return bm_select_run(prows, s, db, err, p);
}

static const bm_stmt_t training_kinds = { "training_kinds",
    "select type, difficulty, count(*) filter (where session_id = $1), count(*) filter (where session_id = $1 and success),"
    "  avg(success_rate) filter (where session_id = $1), count(*) filter (where session_id = $2),"
    "  count(*) filter (where session_id = $2 and success), avg(success_rate) filter (where session_id = $2)"
    " from problems where session_id in ($1, $2) and completed group by type, difficulty"
    " order by type, array_position(array['easy', 'medium', 'hard', 'extreme'], difficulty)" };

apr_status_t bm_training_store_kinds(bm_rows_t **prows, bm_db_t *db, apr_int64_t a, apr_int64_t b, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &training_kinds, BM_PARAMS(bm_param_int64(a), bm_param_int64(b)), err, p);
}

/* Of each problem the rows of the engine that performed it last. */
static const bm_stmt_t training_seconds = { "training_seconds",
    "select l.started_at + (s.second + 1) * interval '1 second' as at, b.id, s.second,"
    "  (s.body #>> '{e2e_ms,p50}')::float8, (s.body ->> 'completed')::float8,"
    "  (s.body ->> 'failed')::float8 / nullif((s.body ->> 'failed')::float8 + (s.body ->> 'completed')::float8, 0),"
    "  (s.body ->> 'completed')::float8 / nullif((s.body ->> 'failed')::float8 + (s.body ->> 'completed')::float8, 0),"
    "  (s.body ->> 'cpu_usage')::float8, (s.body ->> 'memory_usage')::float8, (s.body ->> 'target_cpu_usage')::float8,"
    "  (s.body ->> 'target_memory_usage')::float8"
    " from problems b join loadtests t on t.id = b.loadtest_id"
    "  cross join lateral (select started_at from run where id = t.id offset 0) l"
    "  join loadtest_series s on s.loadtest_id = t.id and s.fence = t.fence"
    " where b.session_id = $1 and b.id >= $2 and (b.id, s.second) > ($2, $3) order by b.id, s.second limit $4" };

apr_status_t bm_training_store_seconds(bm_rows_t **prows, bm_db_t *db, apr_int64_t session_id, apr_int64_t after_problem,
                                       apr_int64_t after_second, int limit, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &training_seconds,
                       BM_PARAMS(bm_param_int64(session_id), bm_param_int64(after_problem), bm_param_int64(after_second),
                                 bm_param_int(limit)), err, p);
}

/* --- changes by users */

/* The condition saves the number of one that cannot be; the conflict is for two at once. */
static const bm_stmt_t training_add = { "training_add",
    "with c as (insert into training_sessions (project_id, name, automation_id, scenario_id, plan, spec, labels,"
    " scenario_version,"
    "  difficulty, state, created_by) select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"
    "   where not exists (select 1 from training_sessions where automation_id = $3 and ended_at is null)"
    "   on conflict do nothing returning *),"
    " e as (" CHANGED("created", "", "c") ") select id from c" };
static const bm_stmt_t training_of = { "training_of",
    "select id from training_sessions where automation_id = $1 and ended_at is null" };

static apr_status_t taken(bm_db_t *db, apr_int64_t automation_id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_of, BM_PARAMS(bm_param_int64(automation_id)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    return bm_err_set(err, APR_EEXIST, "already_training", "Automation %" APR_INT64_T_FMT " is being trained on by session %"
                      APR_INT64_T_FMT "; one at a time.", automation_id, bm_rows_count(rows) > 0 ? bm_rows_int64(rows, 0, 0,
                                                                                                                 0) : 0);
}

apr_status_t bm_training_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const json_t *plan,
                                   const json_t *state, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_add,
        BM_PARAMS(bm_param_int64(order->project_id), bm_param_text(json_string_value(json_object_get(plan, "name"))),
                  bm_param_int64(order->automation_id), bm_param_int64(order->scenario_id),
                  bm_param_json(bm_json_dump(NULL, plan, p)), bm_param_json(order->spec),
                  bm_param_texts(order->labels, order->label_count, p), bm_param_int(order->scenario_version),
                  bm_param_text(json_string_value(json_object_get(plan, "difficulty"))),
                  bm_param_json(bm_json_dump(NULL, state, p)), bm_param_text(order->created_by)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return taken(db, order->automation_id, err, p);
    return bm_training_store_get(prows, db, bm_rows_int64(rows, 0, 0, 0), 0, err, p);
}

static const bm_stmt_t training_stop = { "training_stop",
    "with c as (update training_sessions set status = 'stopping', next_at = now(), rev = rev + 1 where id = $1 and status ="
    " 'running'"
    " returning *) " CHANGED("updated", "", "c") };

apr_status_t bm_training_store_stop(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &training_stop, BM_PARAMS(bm_param_int64(id)), err, p);
}

static const bm_stmt_t training_delete = { "training_delete",
    "with c as (delete from training_sessions where id = $1 and ended_at is not null returning *),"
    " e as (" CHANGED("deleted", "", "c") ") select id from c" };

apr_status_t bm_training_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &training_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}
