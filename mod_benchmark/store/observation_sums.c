/* SPDX-License-Identifier: Apache-2.0 */
#include "store/observation_sums.h"

static const bm_stmt_t add_days = { "trace_add_days",
    "with touched as (select unnest($2::text[]) as trace_id)," BM_SUMS_PARTS " " BM_SUMS_ADD("") };

/* A JSON Pointer as the path that operators want. */
#define PATH(pointer) \
    "(select array_agg(replace(replace(x, '~1', '/'), '~0', '~') order by n)" \
    " from unnest(string_to_array(substr(" pointer ", 2), '/')) with ordinality u(x, n))"

/* What each session of `ids` is labelled: by its newest trace that says it. */
#define LABELS \
    " l as materialized (select e.key as name, " PATH("e.value") " as path from trace_sources x," \
    "   jsonb_each_text(x.words -> 'labels') e where x.id = $1)," \
    " v as (select distinct on (t.session_id, l.name) t.session_id as id, l.name, left(t.metadata #>> l.path, 1000) as value" \
    "   from traces t cross join l where (select count(*) from l) > 0 and t.source_id = $1" \
    "    and t.session_id in (select id from ids) and t.metadata #>> l.path is not null" \
    "   order by t.session_id, l.name, t.start_time desc, t.id desc)," \
    " labelled as (select i.id, jsonb_object_agg(l.name, v.value) as labels from ids i cross join l" \
    "   left join v on v.id = i.id and v.name = l.name group by 1),"

/* --- traces and sessions anew */

/* What a trace is called is said by its root, else by any that says it, else stays as it is (put_told may have said it). */
#define SAID(column) "coalesce(r." column ", a." column ")"
static const bm_stmt_t put_traces = { "trace_put_traces",
    "with touched as (select unnest($3::text[]) as trace_id)," BM_SUMS_WORDS
    " w as materialized (select o.* from observations o where o.source_id = $1 and o.trace_id in (select trace_id from touched)"
    "   and o.deleted_at is null),"
    " r as (select distinct on (trace_id) * from w order by trace_id, parent_id is not null, start_time, id),"
    " a as (select trace_id, min(start_time) as start_time, max(greatest(end_time, start_time)) as end_time, count(*) as n,"
    "   bool_or(end_time is not null) as ended, count(*) filter (where level = 'ERROR') as errors,"
    "   sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, sum(total_tokens) as total_tokens,"
    "   sum(cost_nano) as cost_nano, max(trace_name) as trace_name, max(session_id) as session_id, max(user_id) as user_id,"
    "   max(environment) as environment, max(release) as release, max(version) as version, max(tags) as tags, "
    BM_SUMS_COMPLETES " as completes from w group by 1),"
    " old as (select distinct session_id from traces where source_id = $1 and id = any($3) and session_id is not null),"
    " gone as (delete from traces where source_id = $1 and id = any($3) and id not in (select trace_id from a)),"
    " up as (insert into traces as t (source_id, id, project_id, name, session_id, user_id, environment, release, version, tags,"
    "   metadata, start_time, end_time, latency_us, observations, errors, input_tokens, output_tokens, total_tokens, cost_nano,"
    "   root_name, stage, completes)"
    "  select $1, a.trace_id, $2, " SAID("trace_name") ", " SAID("session_id") ", " SAID("user_id") ","
    "   " SAID("environment") ", " SAID("release") ", " SAID("version") ", coalesce(" SAID("tags") ", '{}'), r.metadata,"
    "   a.start_time, case when a.ended then a.end_time end,"
    "   case when a.ended then (extract(epoch from a.end_time - a.start_time) * 1000000)::bigint end,"
    "   a.n, a.errors, coalesce(a.input_tokens, 0), coalesce(a.output_tokens, 0), coalesce(a.total_tokens, 0),"
    "   coalesce(a.cost_nano, 0), r.name, " BM_SUMS_STAGE(SAID("tags")) ", a.completes"
    "   from a join r using (trace_id) order by a.trace_id"
    "  on conflict (source_id, id) do update set name = coalesce(excluded.name, t.name), root_name = excluded.root_name,"
    "   session_id = coalesce(excluded.session_id, t.session_id), user_id = coalesce(excluded.user_id, t.user_id),"
    "   environment = coalesce(excluded.environment, t.environment), release = coalesce(excluded.release, t.release),"
    "   version = coalesce(excluded.version, t.version), tags = case when excluded.tags = '{}' then t.tags else excluded.tags"
    "   end, stage = case when excluded.tags = '{}' then t.stage else excluded.stage end, completes = excluded.completes,"
    "   metadata = case when t.told_at is null then coalesce(excluded.metadata, t.metadata) else"
    "   coalesce(t.metadata, excluded.metadata) end, start_time = excluded.start_time, end_time = excluded.end_time,"
    "   latency_us = excluded.latency_us, observations = excluded.observations, errors = excluded.errors,"
    "   input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, total_tokens = excluded.total_tokens,"
    "   cost_nano = excluded.cost_nano, synced_at = now() returning session_id)"
    " select coalesce(array_agg(session_id), '{}') from (select session_id from old union"
    "  select session_id from up where session_id is not null) s" };

static const bm_stmt_t put_sessions = { "trace_put_sessions",
    "with ids as materialized (select unnest($3::text[]) as id)," BM_SUMS_WORDS LABELS
    " a as materialized (select t.session_id as id, count(*) as n, sum(t.observations) as observations, sum(t.errors) as errors,"
    "   min(t.start_time) as first_at, max(t.start_time) as last_at, max(t.end_time) as ended_at,"
    "   avg(t.latency_us)::bigint as latency_us, sum(t.input_tokens) as input_tokens, sum(t.output_tokens) as output_tokens,"
    "   sum(t.total_tokens) as total_tokens, sum(t.cost_nano) as cost_nano,"
    "   max(t.stage) as stage, bool_or(t.completes) as completes,"
    "   (array_agg(distinct t.user_id) filter (where t.user_id is not null))[1:10] as user_ids"
    "   from traces t where t.source_id = $1 and t.session_id in (select id from ids) group by 1),"
    " gone as (delete from trace_sessions where source_id = $1 and id in (select id from ids except select id from a))"
    " insert into trace_sessions as s (source_id, id, project_id, trace_count, observations, errors, user_ids, first_trace_at,"
    "  last_trace_at, ended_at, latency_us, input_tokens, output_tokens, total_tokens, cost_nano, stage, is_complete, labels)"
    " select $1, a.id, $2, n, observations, errors, coalesce(user_ids, '{}'), first_at, last_at, ended_at, latency_us,"
    "  input_tokens, output_tokens, total_tokens, cost_nano, stage,"
    "  completes or coalesce(stage >= (select stage from words), false), coalesce(labels, '{}')"
    "  from a left join labelled on labelled.id = a.id order by a.id"
    " on conflict (source_id, id) do update set trace_count = excluded.trace_count, observations = excluded.observations,"
    "  errors = excluded.errors, user_ids = excluded.user_ids, first_trace_at = excluded.first_trace_at,"
    "  last_trace_at = excluded.last_trace_at, ended_at = excluded.ended_at, latency_us = excluded.latency_us,"
    "  input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, total_tokens = excluded.total_tokens,"
    "  cost_nano = excluded.cost_nano, stage = excluded.stage, is_complete = excluded.is_complete, labels = excluded.labels,"
    "  synced_at = now()" };

apr_status_t bm_observation_sums_follow(bm_db_t *db, const bm_observation_place_t *place, const char *sessions,
                                        const char *traces, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;

    if (sessions[1] != '}')
        rv = bm_db_query(NULL, db, &put_sessions, BM_PARAMS(bm_param_int64(place->source_id), bm_param_int64(place->project_id),
                                                            bm_param_json(sessions)), err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, db, &add_days, BM_PARAMS(bm_param_int64(place->source_id), bm_param_json(traces)), err, p);
    return rv;
}

apr_status_t bm_observation_sums_renew(bm_db_t *db, const bm_observation_place_t *place, const char *traces, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &put_traces,
                                  BM_PARAMS(bm_param_int64(place->source_id), bm_param_int64(place->project_id),
                                            bm_param_json(traces)), err, p);

    return rv == APR_SUCCESS ? bm_observation_sums_follow(db, place, bm_rows_text(rows, 0, 0), traces, err, p) : rv;
}

static const bm_stmt_t lock_source = { "observation_lock",
    "select pg_advisory_xact_lock(hashtext('trace_sources'), hashint8($1))" };

apr_status_t bm_observation_sums_lock(bm_db_t *db, const bm_observation_place_t *place, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &lock_source, BM_PARAMS(bm_param_int64(place->source_id)), err, p);
}
