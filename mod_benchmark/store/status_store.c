/* SPDX-License-Identifier: Apache-2.0 */
#include "store/status_store.h"

#include "model/engine_model.h"
#include "model/run_model.h"
#include "store/row_json.h"
#include "store/select.h"

static const bm_stmt_t engine_queue = { "engine_queue",
    "select " BM_RUN_KINDS_SQL "[kind + 1],"
    " count(*) filter (where state = 'pending' and not cancel_requested), count(*) filter (where state = 'running'),"
    " extract(epoch from now() - min(run_at) filter (where state = 'pending' and not cancel_requested and run_at <= now()))"
    " from run_queue group by kind order by kind" };
/* Every place that there is, with what runs and waits there and nowhere else. */
static const bm_stmt_t engine_locations = { "engine_locations",
    "select l.name, (select count(*) from engines e where e.info ->> 'location' = l.name and e.state = 'running'"
    "  and e.beat_at > now() - interval '15 seconds'), coalesce(q.pending, 0), coalesce(q.running, 0)"
    " from locations l left join (select location, count(*) filter (where state = 'pending' and not cancel_requested) as pending,"
    "  count(*) filter (where state = 'running') as running from run_queue where location <> '' group by location) q"
    "  on q.location = l.name where l.id <> 0 order by l.name" };
static const bm_stmt_t engine_state = { "engine_state",
    "select stopped, stopped_by, stopped_at from meta" };
static const bm_stmt_t engine_alive = { "engine_alive",
    "select count(*) from engines where state <> 'stopped' and beat_at > now() - interval '15 seconds'" };
static const bm_stmt_t engine_stop = { "engine_stop",
    "update meta set stopped = $1, stopped_by = case when $1 then $2 end, stopped_at = case when $1 then now() end"
    " where stopped <> $1 returning 1" };

apr_status_t bm_status_store_overview(bm_status_overview_t *overview, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *nodes = bm_select_make("engine_nodes", "select ", p);
    bm_select_t *check = bm_select_make("engine_check", "select ", p);
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **rows = NULL;
    apr_status_t rv;

    bm_select_columns(nodes, 'r', "", bm_engine_node_fields, 0);
    bm_select_add(nodes, 'f', " from engines where beat_at > now() - interval '1 day' order by started_at desc, id limit 1000");
    bm_select_pipe(pipe, nodes);
    bm_pipe_add(pipe, &engine_queue, BM_NO_PARAMS);
    bm_pipe_add(pipe, &engine_state, BM_NO_PARAMS);
    bm_pipe_add(pipe, &engine_locations, BM_NO_PARAMS);
    bm_select_columns(check, 'r', "", bm_engine_check_fields, 0);
    bm_select_add(check, 'f', " from kpi_check");
    bm_select_pipe(pipe, check);
    rv = bm_pipe_run(&rows, pipe, err);
    if (rv != APR_SUCCESS)
        return rv;
    overview->nodes = rows[0];
    overview->queue = rows[1];
    overview->state = rows[2];
    overview->locations = rows[3];
    overview->check = rows[4];
    return APR_SUCCESS;
}

apr_status_t bm_status_store_alive(apr_int64_t *alive, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &engine_alive, BM_NO_PARAMS, err, p);

    *alive = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_status_store_stop(int *pchanged, bm_db_t *db, int stop, const char *by, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &engine_stop, BM_PARAMS(bm_param_bool(stop), bm_param_text(by)), err, p);

    *pchanged = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    return rv;
}

apr_status_t bm_status_store_queued(bm_rows_t **prows, bm_db_t *db, int kind, apr_int64_t scenario_id, apr_int64_t automation_id,
                                    const char *location, const char *label, apr_time_t from, apr_time_t to,
                                    bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("status_queued", "select count(*) filter (where state = 'pending' and not cancel_requested),"
                                    " count(*) filter (where state = 'running') from run_queue where", p);

    bm_select_param(s, 'k', " kind = ", bm_param_int(kind), "");
    if (scenario_id >= 0)
        bm_select_param(s, 's', " and scenario_id = ", bm_param_int64(scenario_id), "");
    if (automation_id >= 0)
        bm_select_param(s, 't', " and target_id = ", bm_param_int64(automation_id), "");
    if (location != NULL)
        bm_select_param(s, 'h', " and location = ", bm_param_text(location), "");
    if (label != NULL)
        bm_select_param(s, 'l', " and ", bm_param_text(label), " = any(labels)");
    if (from > 0)
        bm_select_param(s, 'f', " and created_at >= ", bm_param_time(from), "");
    if (to > 0)
        bm_select_param(s, 'g', " and created_at < ", bm_param_time(to), "");
    return bm_select_run(prows, s, db, err, p);
}
