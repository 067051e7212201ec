/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_store.c: problems that were made without a session. */
#include "model/training_model.h"
#include "store/event_sql.h"
#include "store/select.h"
#include "store/training_store.h"

static const bm_stmt_t problem_keep = { "problem_keep",
    "insert into problems (key, project_id, name, type, difficulty, seed, parameters, perturbations, expected, description,"
    " created_by)"
    " select j.b ->> 'key', $1, $3, j.b ->> 'type', j.b ->> 'difficulty', (j.b ->> 'seed')::bigint, j.b -> 'parameters',"
    "  j.b -> 'perturbations', j.b -> 'expected', j.b ->> 'description', $4 from (select $2::jsonb as b) j returning id" };

apr_status_t bm_training_store_keep(apr_int64_t *id, bm_db_t *db, apr_int64_t project_id, const json_t *problem, const char *name,
                                    const char *created_by, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_keep,
                                  BM_PARAMS(bm_param_int64(project_id), bm_param_json(bm_json_dump(NULL, problem, p)),
                                            bm_param_text(name), bm_param_text(created_by)), err, p);

    *id = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

#define FOUND "select b.id, b.status, b.name, " BM_TRAINING_PROBLEM_SQL ", " BM_EVENT_SQL_TIME("b.created_at") \
    ", coalesce(b.scenario_id, 0) from problems b where "

static const bm_stmt_t problem_find = { "problem_find", FOUND "b.key = $1 order by b.id desc limit 1 for no key update" };
static const bm_stmt_t problem_find_id = { "problem_find_id", FOUND "b.id = $1 for no key update" };

static bm_training_problem_t *read_found(const bm_rows_t *rows, apr_pool_t *p)
{
    bm_training_problem_t *found = apr_palloc(p, sizeof(*found));

    *found = (bm_training_problem_t){
        .id = bm_rows_int64(rows, 0, 0, 0), .scenario_id = bm_rows_int64(rows, 0, 5, 0), .status = bm_rows_text(rows, 0, 1),
        .name = bm_rows_text(rows, 0, 2), .problem = bm_rows_text(rows, 0, 3), .created_at = bm_rows_text(rows, 0, 4)
    };
    return found;
}

apr_status_t bm_training_store_find(bm_training_problem_t **pfound, bm_db_t *db, const char *key, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_find, BM_PARAMS(bm_param_text(key)), err, p);

    *pfound = NULL;
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no problem %s.", key);
    if (rv == APR_SUCCESS)
        *pfound = read_found(rows, p);
    return rv;
}

static apr_status_t none(apr_int64_t id, bm_err_t *err)
{
    return bm_err_set(err, APR_NOTFOUND, NULL, "There is no problem %" APR_INT64_T_FMT ".", id);
}

apr_status_t bm_training_store_find_id(bm_training_problem_t **pfound, bm_db_t *db, apr_int64_t id, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_find_id, BM_PARAMS(bm_param_int64(id)), err, p);

    *pfound = NULL;
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return none(id, err);
    if (rv == APR_SUCCESS)
        *pfound = read_found(rows, p);
    return rv;
}

apr_status_t bm_training_store_kept(bm_rows_t **prows, bm_db_t *db, const bm_problem_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("problem_list", "select ", p);

    bm_select_columns(s, 'c', "", bm_training_problem_fields, 1);
    bm_select_add(s, 'f', " from problems b where b.session_id is null");
    if (filter->type != NULL)
        bm_select_param(s, 't', " and b.type = ", bm_param_text(filter->type), "");
    if (filter->difficulty != NULL)
        bm_select_param(s, 'h', " and b.difficulty = ", bm_param_text(filter->difficulty), "");
    if (filter->statuses != NULL)
        bm_select_param(s, 'u', " and b.status = any(",
                        bm_param_texts((const char *const *)filter->statuses->elts, filter->statuses->nelts, p), ")");
    if (filter->after > 0 && filter->oldest_first)
        bm_select_param(s, 'g', " and b.id > ", bm_param_int64(filter->after), "");
    else if (filter->after > 0)
        bm_select_param(s, 'z', " and b.id < ", bm_param_int64(filter->after), "");
    if (filter->oldest_first)
        bm_select_add(s, 'o', " order by b.id");
    else
        bm_select_add(s, 'd', " order by b.id desc");
    bm_select_limit(s, filter->limit);
    return bm_select_run(prows, s, db, err, p);
}

static const bm_stmt_t problem_drop = { "problem_drop",
    "delete from problems where id = $1 and session_id is null and status <> 'running' returning id" };
static const bm_stmt_t problem_kind = { "problem_kind", "select session_id is not null from problems where id = $1" };

apr_status_t bm_training_store_drop(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_drop, BM_PARAMS(bm_param_int64(id)), err, p);

    if (rv != APR_SUCCESS || bm_rows_count(rows) > 0)
        return rv;
    rv = bm_db_query(&rows, db, &problem_kind, BM_PARAMS(bm_param_int64(id)), err, p);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return none(id, err);
    if (bm_rows_bool(rows, 0, 0))
        return bm_err_set(err, APR_EEXIST, "of_session", "Problem %" APR_INT64_T_FMT " is one of a session, and goes with it.",
                          id);
    return bm_err_set(err, APR_EEXIST, "still_running", "Problem %" APR_INT64_T_FMT " is being executed.", id);
}

apr_status_t bm_training_store_problem(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("problem_get", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'c', "", bm_training_problem_fields, 0);
    bm_select_param(s, 'i', " from problems b where b.id = ", bm_param_int64(id), "");
    rv = bm_select_run(prows, s, db, err, p);
    return rv == APR_SUCCESS && bm_rows_count(*prows) == 0 ? none(id, err) : rv;
}

static const bm_stmt_t problem_execute = { "problem_execute",
    "update problems set status = 'running', scenario_id = $2, loadtest_id = $3 where id = $1" };

apr_status_t bm_training_store_execute(bm_db_t *db, apr_int64_t id, apr_int64_t scenario_id, apr_int64_t loadtest_id,
                                       bm_err_t *err,
                                       apr_pool_t *p)
{
    return bm_db_query(NULL, db, &problem_execute,
                       BM_PARAMS(bm_param_int64(id), bm_param_int64(scenario_id), bm_param_int64(loadtest_id)), err, p);
}

static const bm_stmt_t problem_busy = { "problem_busy",
    "select exists (select 1 from training_sessions where automation_id = $1 and ended_at is null)"
    " or exists (select 1 from problems b join loadtests l on l.id = b.loadtest_id"
    "  where b.session_id is null and b.status = 'running' and l.automation_id = $1)" };

apr_status_t bm_training_store_busy(int *busy, bm_db_t *db, apr_int64_t automation_id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_busy, BM_PARAMS(bm_param_int64(automation_id)), err, p);

    *busy = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    return rv;
}
