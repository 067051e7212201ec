/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_agent_store.h"

#include "store/trace_store.h"

/* That it executed before the days that are asked for is to be known, too. */
static const bm_stmt_t agent_get = { "trace_agent_get",
    "select $1, " BM_TRACE_SUMS("filter (where day >= $2)") ", " BM_TRACE_SOURCES
    " from trace_days where kind = 'agent' and name = $1 and source_id in (select id from trace_sources) having sum(n) > 0" };

static const bm_stmt_t agent_recent = { "trace_agent_recent",
    "with a as materialized (select source_id, trace_id, id, start_time, latency_us, level = 'ERROR' as failed from observations"
    "   where type = 'AGENT' and name = $1 and deleted_at is null and source_id in (select id from trace_sources)"
    "   order by start_time desc limit $2)"
    " select a.source_id, a.trace_id, a.id, a.start_time, a.latency_us, a.failed, coalesce(g.tokens, 0),"
    "  coalesce(g.cost_nano, 0) / 1e9::numeric from a left join lateral (select sum(total_tokens) as tokens,"
    "   sum(cost_nano) as cost_nano from observations o where o.source_id = a.source_id and o.trace_id = a.trace_id"
    "   and o.parent_id = a.id and o.type = 'GENERATION' and o.deleted_at is null) g on true order by a.start_time desc, a.id" };

static const bm_stmt_t agent_hours = { "trace_agent_hours",
    "select day, sum(n)::bigint from trace_days where kind = 'agent_hour' and name = $1"
    " and source_id in (select id from trace_sources) group by day having sum(n) > 0 order by day" };

apr_status_t bm_trace_agent_store_get(bm_rows_t **prows, bm_db_t *db, const char *name, int from_day, bm_err_t *err,
                                      apr_pool_t *p)
{
    return bm_db_query(prows, db, &agent_get, BM_PARAMS(bm_param_text(name), bm_param_int(from_day)), err, p);
}

apr_status_t bm_trace_agent_store_recent(bm_rows_t **prows, bm_db_t *db, const char *name, int limit, bm_err_t *err,
                                         apr_pool_t *p)
{
    return bm_db_query(prows, db, &agent_recent, BM_PARAMS(bm_param_text(name), bm_param_int(limit)), err, p);
}

static const bm_stmt_t categories = { "trace_agent_categories",
    "select s.id, e.c ->> 'pattern', e.c ->> 'category' from trace_sources s,"
    " jsonb_array_elements(s.words -> 'categories') with ordinality e(c, place) order by s.id, e.place" };

apr_status_t bm_trace_agent_store_categories(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &categories, BM_NO_PARAMS, err, p);
}

apr_status_t bm_trace_agent_store_hours(bm_rows_t **prows, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &agent_hours, BM_PARAMS(bm_param_text(name)), err, p);
}
