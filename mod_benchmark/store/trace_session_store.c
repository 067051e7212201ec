/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_session_store.h"

#include "model/trace_source_model.h"
#include "store/select.h"

#define OF_SOURCES(alias) " and " alias "source_id in (select id from trace_sources)"

/* --- lists */

static void add_range(bm_select_t *s, const bm_session_range_t *range)
{
    bm_select_add(s, 'f', " from trace_sessions s where true" OF_SOURCES("s."));
    if (range->from != 0)
        bm_select_param(s, 'F', " and s.last_trace_at >= ", bm_param_time(range->from), "");
    if (range->status != 0)
        bm_select_add(s, range->status > 0 ? 'C' : 'I', range->status > 0 ? " and s.is_complete" : " and not s.is_complete");
    if (range->search != NULL) {
        bm_select_param(s, 'q', " and (position(lower(", bm_param_text(range->search), ") in lower(s.id)) > 0");
        bm_select_param(s, 'u', " or position(lower(", bm_param_text(range->search),
                        ") in lower(array_to_string(s.user_ids, chr(10)))) > 0");
        bm_select_param(s, 'l', " or exists (select 1 from jsonb_each_text(s.labels) e where position(lower(",
                        bm_param_text(range->search), ") in lower(e.value)) > 0))");
    }
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "s.labels, s.stage,"
                      " (select t.words #>> '{stage,name}' from trace_sources t where t.id = s.source_id), ",
                      bm_cupid_session_fields, 0);
}

apr_status_t bm_trace_session_store_list(bm_rows_t **prows, bm_db_t *db, const bm_session_range_t *range, apr_int64_t skip,
                                         int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("cupid_session_list", "select ", p);

    if (limit == 0)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    add_range(s, range);
    if (limit > 0) {
        bm_select_add(s, 'o', " order by s.last_trace_at desc, s.source_id desc, s.id desc");
        bm_select_param(s, 'L', " limit ", bm_param_int(limit), "");
        bm_select_param(s, 'S', " offset ", bm_param_int64(skip), "");
    }
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_trace_session_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *id, bm_err_t *err,
                                        apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("cupid_session_get", "select ", p);

    add_columns(s);
    bm_select_param(s, 'i', " from trace_sessions s where s.id = ", bm_param_text(id), OF_SOURCES("s."));
    if (source_id != 0)
        bm_select_param(s, 's', " and s.source_id = ", bm_param_int64(source_id), "");
    bm_select_add(s, 'o', " order by s.source_id");
    return bm_select_run(prows, s, db, err, p);
}

/* --- figures */

static const bm_stmt_t stats = { "cupid_session_stats",
    "select count(*), count(*) filter (where is_complete), coalesce(sum(cost_nano), 0) / 1e9::numeric,"
    " extract(epoch from avg(greatest(ended_at, last_trace_at) - first_trace_at)), avg(latency_us) / 1e6::numeric"
    " from trace_sessions where last_trace_at >= $1" OF_SOURCES("") };

apr_status_t bm_trace_session_store_stats(bm_rows_t **prows, bm_db_t *db, apr_time_t from, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &stats, BM_PARAMS(bm_param_time(from)), err, p);
}

#define DAY "(start_time at time zone 'UTC')::date"
#define FROM_DAY " day >= ($1 at time zone 'UTC')::date - date '1970-01-01'"

static const bm_stmt_t days = { "cupid_days",
    "select (date '1970-01-01' + day)::text, sum(n)::bigint, sum(cost_nano) / 1e9::numeric,"
    " sum(latency_us) / nullif(sum(latency_n), 0) / 1e6::numeric from trace_days where kind = 'trace' and" FROM_DAY
    OF_SOURCES("") " group by grouping sets ((), (day)) having sum(n) > 0 order by day nulls first" };
static const bm_stmt_t exact_days = { "cupid_exact_days",
    "select " DAY "::text as day, count(*), sum(cost_nano) / 1e9::numeric, avg(latency_us) / 1e6::numeric from traces"
    " where start_time >= $1" OF_SOURCES("") " group by grouping sets ((), (" DAY ")) having count(*) > 0"
    " order by 1 nulls first" };
static const bm_stmt_t stages = { "cupid_stages",
    "select name::integer, sum(cost_nano) / 1e9::numeric from trace_days where kind = 'stage' and" FROM_DAY OF_SOURCES("")
    " group by 1 having sum(n) > 0 order by 1" };
static const bm_stmt_t exact_stages = { "cupid_exact_stages",
    "select stage, sum(cost_nano) / 1e9::numeric from traces where start_time >= $1 and stage is not null" OF_SOURCES("")
    " group by 1 order by 1" };

apr_status_t bm_trace_session_store_days(bm_rows_t **prows, bm_db_t *db, apr_time_t from, int exact, bm_err_t *err,
                                         apr_pool_t *p)
{
    return bm_db_query(prows, db, exact ? &exact_days : &days, BM_PARAMS(bm_param_time(from)), err, p);
}

apr_status_t bm_trace_session_store_stages(bm_rows_t **prows, bm_db_t *db, apr_time_t from, int exact, bm_err_t *err,
                                           apr_pool_t *p)
{
    return bm_db_query(prows, db, exact ? &exact_stages : &stages, BM_PARAMS(bm_param_time(from)), err, p);
}

/* --- conversations */

static const bm_stmt_t talk = { "cupid_talk",
    "with t as materialized (select * from traces where source_id = $1 and session_id = $2 and (start_time, id) > ($3, $4)"
    "   order by start_time, id limit $5)"
    " select t.id, t.start_time, t.stage, coalesce(t.name, t.root_name), t.latency_us, t.cost_nano / 1e9::numeric,"
    "  t.total_tokens, t.input_tokens, t.output_tokens, o.input, o.output"
    " from t left join lateral (select input, output from observations o"
    "   where o.source_id = $1 and o.trace_id = t.id and o.deleted_at is null"
    "   order by o.parent_id is not null, o.start_time, o.id limit 1) o on true order by t.start_time, t.id" };
static const bm_stmt_t talk_agents = { "cupid_talk_agents",
    "with o as materialized (select * from observations where source_id = $1 and trace_id = any($2) and deleted_at is null"
    "   and type in ('AGENT', 'GENERATION')),"
    " g as (select trace_id, parent_id, sum(cost_nano) as cost_nano, sum(total_tokens) as total_tokens,"
    "   sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, max(model) as model,"
    "   (array_agg(output order by start_time desc, id desc) filter (where output is not null))[1] as output from o"
    "   where type = 'GENERATION' and parent_id is not null group by 1, 2)"
    " select o.trace_id, o.start_time, null::integer, o.name, o.latency_us, coalesce(g.cost_nano, 0) / 1e9::numeric,"
    "  coalesce(g.total_tokens, 0), coalesce(g.input_tokens, 0), coalesce(g.output_tokens, 0), o.input,"
    "  coalesce(o.output, g.output), coalesce(g.model, o.model)"
    " from o left join g on g.trace_id = o.trace_id and g.parent_id = o.id where o.type = 'AGENT'"
    " order by o.trace_id, o.start_time, o.id" };

apr_status_t bm_trace_session_store_traces(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *session_id,
                                           const bm_talk_after_t *after, int limit, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &talk, BM_PARAMS(bm_param_int64(source_id), bm_param_text(session_id),
                                                   bm_param_time(after->start), bm_param_text(after->id), bm_param_int(limit)),
                       err, p);
}

apr_status_t bm_trace_session_store_agents(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, const char *const *trace_ids,
                                           int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &talk_agents, BM_PARAMS(bm_param_int64(source_id), bm_param_texts(trace_ids, n, p)), err, p);
}
