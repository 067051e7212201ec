/* SPDX-License-Identifier: Apache-2.0 */
#include "store/compare_store.h"

#include "base/timefmt.h"
#include "model/run_model.h"
#include "store/sample_row.h"
#include "store/select.h"

/* Hours, and days as well: retention may have dropped the hours. Days that lie in the window altogether are counted; the ids of
 * those that only touch it bound the rows, too. Where it begins before the first day whose cells are kept, nothing does. */
#define SIZE_OF(table, level, n, first, last) \
    "select " n " as n, min_id, max_id, " level " as level from " table " where label_id = 0 and source = 0" \
    " and " first " and " last \
    " and ($3::bigint is null or scenario_id = $3)" \
    " and ($4::bigint is null or scenario_id in (select id from scenarios where automation_id = $4))"

static const bm_stmt_t compare_size = { "compare_size",
    "select greatest(coalesce(sum(n) filter (where level = 0), 0), coalesce(sum(n) filter (where level = 1), 0))"
    "  + coalesce(sum(n) filter (where level = 2), 0),"
    " case when $1 < (select days_from * 24 from kpi_state) then 0 else min(min_id) end,"
    " case when $1 < (select days_from * 24 from kpi_state) then 9223372036854775807 else max(max_id) end from ("
    SIZE_OF("kpi_cell", "0", "n", "kpi_cell.level = 0 and bucket >= $1", "bucket < $2")
    " union all "
    SIZE_OF("kpi_cell", "1", "case when bucket * 24 >= $1 and bucket * 24 + 24 <= $2 then n else 0 end",
            "kpi_cell.level = 1 and bucket * 24 + 24 > $1", "bucket * 24 < $2")
    " union all " SIZE_OF("kpi_delta", "2", "n", "hour >= $1", "hour < $2") ") x" };

/* Chunks of the first rows, until they are 8 MB: more gaps than anybody looks at, and no answer of gigabytes. */
#define CHUNKS_OF(column) \
    " and sum(octet_length(" column ")) over (order by r.place rows unbounded preceding) <= 8388608 then " column " end"

static const bm_stmt_t compare_loadtest = { "compare_loadtest",
    "select r.status, l.fence, l.scenario_id, r.scenario_version, l.automation_id,"
    " coalesce((select max(q.seq) + 1 from requests q where q.loadtest_id = l.id and q.fence = l.fence), 0),"
    " " BM_SAMPLE_LACKS_ROWS ", (l.plan #- '{dataset,inline}')::text"
    " from loadtests l join run r on r.id = l.id where l.id = $1" };

apr_status_t bm_compare_store_size(apr_int64_t *runs, bm_db_t *db, bm_compare_scope_t *scope, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    int to = scope->to > 0 ? bm_timefmt_hour(scope->to, 1) : 50000000;        /* no day of that many hours overflows */
    apr_status_t rv = bm_db_query(&rows, db, &compare_size, BM_PARAMS(
                                  bm_param_int(bm_timefmt_hour(scope->from, 0)), bm_param_int(to),
                                  bm_param_null_if(scope->scenario_id < 0, bm_param_int64(scope->scenario_id)),
                                  bm_param_null_if(scope->automation_id < 0, bm_param_int64(scope->automation_id))), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    *runs = bm_rows_int64(rows, 0, 0, 0);
    scope->min_id = bm_rows_int64(rows, 0, 1, 0);
    scope->max_id = bm_rows_int64(rows, 0, 2, -1);
    return APR_SUCCESS;
}

static void add_filters(bm_select_t *s, const bm_compare_scope_t *scope)
{
    if (scope->ids != NULL)
        bm_select_param(s, 'i', " and r.id = any(", bm_param_int64s(scope->ids, scope->id_count, s->p), ")");
    else {
        bm_select_param(s, 'g', " and r.kind = 0 and r.id >= ", bm_param_int64(scope->min_id), "");
        bm_select_param(s, 'l', " and r.id <= ", bm_param_int64(scope->max_id), "");
    }
    if (scope->scenario_id >= 0)
        bm_select_param(s, 's', " and r.scenario_id = ", bm_param_int64(scope->scenario_id), "");
    if (scope->version > 0)
        bm_select_param(s, 'v', " and r.scenario_version = ", bm_param_int(scope->version), "");
    if (scope->automation_id >= 0)
        bm_select_param(s, 't', " and r.automation_id = ", bm_param_int64(scope->automation_id), "");
    if (scope->model != NULL)
        bm_select_param(s, 'm', " and r.model = ", bm_param_text(scope->model), "");
    if (scope->location != NULL)
        bm_select_param(s, 'o', " and r.location = ", bm_param_text(scope->location), "");
    if (scope->label != NULL)
        bm_select_param(s, 'b', " and ", bm_param_text(scope->label), " = any(r.labels)");
    if (scope->from > 0)
        bm_select_param(s, 'f', " and r.finished_at >= ", bm_param_time(scope->from), "");
    if (scope->to > 0)
        bm_select_param(s, 'u', " and r.finished_at < ", bm_param_time(scope->to), "");
}

apr_status_t bm_compare_store_runs(bm_rows_t **prows, bm_db_t *db, const bm_compare_scope_t *scope, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("compare_runs", "select r.id, r.status, r.error_code, r.kind::bigint, r.scenario_id,"
        " r.scenario_version::bigint, r.automation_id, r.provider, r.model, r.location, r.engine,"
        " (extract(epoch from r.finished_at) * 1000000)::bigint", p);

    bm_select_param(s, 'c', ", case when r.place <= ", bm_param_int(scope->timelines), CHUNKS_OF("r.timeline") BM_SAMPLE_COLUMNS);
    bm_select_param(s, 'r', " from (select *, row_number() over (order by hashint8extended(id, ", bm_param_int64(scope->seed),
                    "), id) as place from runs r where true");
    add_filters(s, scope);
    bm_select_param(s, 'n', ") r where r.place <= ", bm_param_int(scope->limit), " order by r.place");
    s->binary = 1;
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_compare_store_loadtest(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(prows, db, &compare_loadtest, BM_PARAMS(bm_param_int64(id)), err, p);

    return rv == APR_SUCCESS && bm_rows_count(*prows) == 0 ? APR_NOTFOUND : rv;
}

/* What `requests` calls otherwise has the names of `runs`, so that the columns are the same. */
apr_status_t bm_compare_store_requests(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t fence,
                                       const apr_int64_t *places, int n, apr_int64_t seed, int timelines, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("compare_requests", "select r.id, r.status, r.error_code, r.kind, r.scenario_id,"
        " r.scenario_version, r.automation_id, r.provider, r.model, r.location, r.engine, r.ended", p);

    bm_select_param(s, 'c', ", case when r.place <= ", bm_param_int(timelines), CHUNKS_OF("r.gaps") BM_SAMPLE_COLUMNS);
    bm_select_param(s, 'r', " from (select q.seq as id, q.status, q.error_code, 1::bigint as kind, q.scenario_id,"
        " t.scenario_version::bigint, t.automation_id, t.provider, m.name as model, o.name as location, t.engine,"
        " (extract(epoch from q.at) * 1000000)::bigint as ended, q.gaps, q.tokens_prompt, q.tokens_completion,"
        " q.tokens_reasoning, q.tokens_cached, q.total_us, q.e2e_us, q.ttft_us, q.ttfo_us, q.ttst_us, q.tpot_us, q.queue_us,"
        " q.connect_us, q.send_lag_us, q.held_us, q.cost_nano, q.ttfb_us,"
        " row_number() over (order by hashint8extended(q.seq, ", bm_param_int64(seed), "), q.seq) as place");
    bm_select_param(s, 'i', " from (select *, " BM_SAMPLE_OF_REQUESTS " from requests where phase = 1 and not superseded"
                    " and loadtest_id = ", bm_param_int64(id), "");
    bm_select_param(s, 'f', " and fence = ", bm_param_int64(fence), "");
    if (n > 0)
        bm_select_param(s, 'p', " and seq = any(", bm_param_int64s(places, n, p), ")");
    bm_select_add(s, 'j', ") q join runs t on t.id = q.loadtest_id and t.scenario_id = q.scenario_id"
                  " join models m on m.id = q.model_id left join locations o on o.id = q.location_id and o.id <> 0");
    bm_select_add(s, 'o', ") r order by r.place");
    s->binary = 1;
    return bm_select_run(prows, s, db, err, p);
}
