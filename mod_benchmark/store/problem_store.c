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

static const bm_stmt_t problem_find = { "problem_find",
    "select b.id, b.status, b.name, " BM_TRAINING_PROBLEM_SQL ", " BM_EVENT_SQL_TIME("b.created_at")
    " from problems b where b.key = $1 order by b.id desc limit 1 for no key update" };

apr_status_t bm_training_store_find(bm_training_problem_t **pfound, bm_db_t *db, const char *key, bm_err_t *err, apr_pool_t *p)
{
    bm_training_problem_t *found;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &problem_find, BM_PARAMS(bm_param_text(key)), err, p);

    *pfound = NULL;
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no problem %s.", key);
    if (rv != APR_SUCCESS)
        return rv;
    *pfound = found = apr_palloc(p, sizeof(*found));
    *found = (bm_training_problem_t){ bm_rows_int64(rows, 0, 0, 0), bm_rows_text(rows, 0, 1), bm_rows_text(rows, 0, 2),
                                      bm_rows_text(rows, 0, 3), bm_rows_text(rows, 0, 4) };
    return APR_SUCCESS;
}

apr_status_t bm_training_store_problem(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("problem_get", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'c', "", bm_training_problem_fields, 0);
    bm_select_param(s, 'i', " from problems b where b.id = ", bm_param_int64(id), "");
    rv = bm_select_run(prows, s, db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(*prows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no problem %" APR_INT64_T_FMT ".", id);
    return rv;
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
