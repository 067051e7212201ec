/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trace_score_store.h"

#include "store/observation_sums.h"

#define INSTANT(us) "timestamptz 'epoch' + " us " * interval '1 microsecond'"
#define TAKE(column) column " = excluded." column

/* Those of a trace that was erased are not taken either. */
static const bm_stmt_t put_scores = { "trace_score_put",
    "with i as (select distinct on (id) * from unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],"
    "   $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[])"
    "   i(id, at_us, name, data_type, source, comment, environment, value, string_value, trace_id, observation_id, session_id,"
    "    updated_us) order by id, updated_us desc nulls last)"
    " insert into trace_scores as s (source_id, project_id, id, at, name, data_type, source, comment, environment, value,"
    "  string_value, trace_id, observation_id, session_id, updated_at)"
    " select $1, $2, id, " INSTANT("at_us") ", name, data_type, source, comment, environment, value::double precision,"
    "  string_value, trace_id, observation_id, session_id, " INSTANT("updated_us") " from i"
    "  where not exists (select 1 from trace_erased e where e.source_id = $1 and e.trace_id = i.trace_id) order by id"
    " on conflict (source_id, id) do update set " TAKE("at") ", " TAKE("name") ", " TAKE("data_type") ", " TAKE("source") ","
    " " TAKE("comment") ", " TAKE("environment") ", " TAKE("value") ", " TAKE("string_value") ", " TAKE("trace_id") ","
    " " TAKE("observation_id") ", " TAKE("session_id") ", " TAKE("updated_at") ", synced_at = now()"
    "  where (s.at, s.name, s.data_type, s.source, s.comment, s.environment, s.value, s.string_value, s.trace_id,"
    "   s.observation_id, s.session_id) is distinct from (excluded.at, excluded.name, excluded.data_type, excluded.source,"
    "   excluded.comment, excluded.environment, excluded.value, excluded.string_value, excluded.trace_id,"
    "   excluded.observation_id, excluded.session_id) and not coalesce(s.updated_at > excluded.updated_at, false)" };

static bm_param_t texts(bm_trace_score_t *const *scores, int n, apr_size_t offset, apr_pool_t *p)
{
    const char **values = apr_palloc(p, ((size_t)n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = *(const char *const *)((const char *)scores[i] + offset);
    return bm_param_texts(values, n, p);
}

static bm_param_t times(bm_trace_score_t *const *scores, int n, apr_size_t offset, apr_pool_t *p)
{
    apr_int64_t *values = apr_palloc(p, ((size_t)n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = *(const apr_time_t *)((const char *)scores[i] + offset);
    return bm_param_int64s_or(values, 0, n, p);
}

#define TEXTS(member) texts(scores, n, APR_OFFSETOF(bm_trace_score_t, member), p)
#define TIMES(member) times(scores, n, APR_OFFSETOF(bm_trace_score_t, member), p)

apr_status_t bm_trace_score_store_put(bm_db_t *db, const bm_observation_place_t *place, bm_trace_score_t *const *scores, int n,
                                      bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv;

    if (n == 0)
        return APR_SUCCESS;
    rv = bm_observation_sums_lock(db, place, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    return bm_db_query(NULL, db, &put_scores, BM_PARAMS(
        bm_param_int64(place->source_id), bm_param_int64(place->project_id), TEXTS(id), TIMES(at), TEXTS(name), TEXTS(data_type),
        TEXTS(source), TEXTS(comment), TEXTS(environment), TEXTS(value), TEXTS(string_value), TEXTS(trace_id),
        TEXTS(observation_id), TEXTS(session_id), TIMES(updated)), err, p);
}
