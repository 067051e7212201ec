/* SPDX-License-Identifier: Apache-2.0
 *
 * store/observation_sums.h: what follows from observations that change, for whoever changes them: traces, sessions, figures of
 * days (store/observation_store.h, store/trace_rework_store.h). Who changes observations of traces does it in one statement
 * with BM_SUMS_TAKE_AWAY, behind bm_observation_sums_lock, and calls bm_observation_sums_renew with these traces. Thread: that
 * of db. */
#ifndef BM_STORE_OBSERVATION_SUMS_H
#define BM_STORE_OBSERVATION_SUMS_H

#include "db/query.h"
#include "store/observation_store.h"

/* --- figures of days: what the traces of `touched` (trace_id) add to them. $1 is the source */

#define BM_SUMS_DAY(time) "((" time " at time zone 'UTC')::date - date '1970-01-01')"
#define BM_SUMS_PARTS \
    " w as materialized (select o.project_id, o.id, o.trace_id, o.parent_id, o.type, o.name, o.level, o.model, o.start_time," \
    "   o.latency_us, o.input_tokens, o.output_tokens, o.total_tokens, o.cost_nano from observations o" \
    "   where o.source_id = $1 and o.trace_id in (select trace_id from touched) and o.deleted_at is null)," \
    " below as (select trace_id, parent_id, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens," \
    "   sum(total_tokens) as total_tokens, sum(cost_nano) as cost_nano from w where type = 'GENERATION' and parent_id is not" \
    " null" \
    "   group by 1, 2)," \
    " parts as (select k.kind, k.name, " BM_SUMS_DAY("t.start_time") " as day, t.project_id, (t.errors > 0)::integer as errors," \
    "   t.input_tokens, t.output_tokens, t.total_tokens, t.cost_nano, t.latency_us" \
    "   from traces t cross join lateral (values ('trace', ''), ('stage', t.stage::text)) k(kind, name)" \
    "   where t.source_id = $1 and t.id in (select trace_id from touched) and k.name is not null" \
    "  union all select k.kind, coalesce(a.name, ''), case k.kind when 'agent' then " BM_SUMS_DAY("a.start_time") \
    "   else extract(hour from a.start_time at time zone 'UTC')::integer end, a.project_id, (a.level = 'ERROR')::integer," \
    "   b.input_tokens, b.output_tokens, b.total_tokens, b.cost_nano, a.latency_us" \
    "   from w a left join below b on b.trace_id = a.trace_id and b.parent_id = a.id" \
    "   cross join (values ('agent'), ('agent_hour')) k(kind) where a.type = 'AGENT'" \
    "  union all select 'model', w.model, " BM_SUMS_DAY("w.start_time") ", w.project_id, (w.level = 'ERROR')::integer," \
    "   w.input_tokens, w.output_tokens, w.total_tokens, w.cost_nano, w.latency_us from w where w.model is not null)"

#define BM_SUMS_ADD(sign) \
    "insert into trace_days as d (source_id, project_id, kind, name, day, n, errors, input_tokens, output_tokens, total_tokens," \
    " cost_nano, latency_n, latency_us)" \
    " select $1, project_id, kind, name, day, " sign "count(*), " sign "sum(errors), " sign "coalesce(sum(input_tokens), 0)," \
    "  " sign "coalesce(sum(output_tokens), 0), " sign "coalesce(sum(total_tokens), 0), " sign "coalesce(sum(cost_nano), 0)," \
    "  " sign "count(latency_us), " sign "coalesce(sum(latency_us), 0) from parts group by project_id, kind, name, day" \
    "  order by kind, day, name" \
    " on conflict (source_id, kind, day, name) do update set n = d.n + excluded.n, errors = d.errors + excluded.errors," \
    "  input_tokens = d.input_tokens + excluded.input_tokens, output_tokens = d.output_tokens + excluded.output_tokens," \
    "  total_tokens = d.total_tokens + excluded.total_tokens, cost_nano = d.cost_nano + excluded.cost_nano," \
    "  latency_n = d.latency_n + excluded.latency_n, latency_us = d.latency_us + excluded.latency_us"

/* Days of nothing stay (n is 0) until bm_sync_store_end_pass. Parts of one statement see what was there before it: here before
 * its change, in trace_add_days behind that. */
#define BM_SUMS_TAKE_AWAY BM_SUMS_PARTS ", away as (" BM_SUMS_ADD("-") ")"

/* --- a deployment's own words */

#define BM_SUMS_WORDS \
    " words as materialized (select words #>> '{stage,tag_prefix}' as prefix, (words #>> '{complete,stage}')::integer as stage," \
    "   words #>> '{complete,observation,type}' as type, words #>> '{complete,observation,name}' as name," \
    "   words #> '{complete,observation}' is not null as by_observation from trace_sources where id = $1),"

/* The highest number behind the prefix in tags. */
#define BM_SUMS_STAGE(tags) \
    "case when (select prefix from words) is not null then (select max(substr(g, length(x.prefix) + 1)::integer)" \
    " from unnest(" tags ") g, words x where starts_with(g, x.prefix) and substr(g, length(x.prefix) + 1) ~ '^[0-9]{1,4}$') end"

/* Whether one of observations completes its session. */
#define BM_SUMS_COMPLETES \
    "coalesce(bool_or((select by_observation from words) and coalesce(type = (select type from words)," \
    "  (select type from words) is null) and coalesce(name = (select name from words), (select name from words) is null)), false)"

/** One writer for each source at a time, whoever it is, until the end of the transaction: figures are taken away from and added
 *  to what is there. */
apr_status_t bm_observation_sums_lock(bm_db_t *db, const bm_observation_place_t *place, bm_err_t *err, apr_pool_t *p);

/** Sessions, and what traces add to the figures. Both are arrays as PostgreSQL wrote them; the traces are as they are to be. */
apr_status_t bm_observation_sums_follow(bm_db_t *db, const bm_observation_place_t *place, const char *sessions,
                                        const char *traces, bm_err_t *err, apr_pool_t *p);

/** All that follows from changed observations of these traces. */
apr_status_t bm_observation_sums_renew(bm_db_t *db, const bm_observation_place_t *place, const char *traces, bm_err_t *err,
                                       apr_pool_t *p);

#endif
