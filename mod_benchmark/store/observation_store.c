/* SPDX-License-Identifier: Apache-2.0 */
#include "store/observation_store.h"

#include <apr_strings.h>
#include "store/observation_sums.h"

#define NONE APR_INT64_C(-1)

/* --- observations */

#define COLUMNS \
    "id, trace_id, parent_id, type, name, level, status_message, latency_us, ttft_us, environment, version, release," \
    " trace_name," \
    " session_id, user_id, model, input_tokens, output_tokens, total_tokens, cost_nano, hash"
#define NOT_ERASED(id) " where not exists (select 1 from trace_erased e where e.source_id = $1 and e.trace_id = i." id ")"
#define INSTANT(us) "timestamptz 'epoch' + " us " * interval '1 microsecond'"
#define KEEP(column) column " = coalesce(excluded." column ", o." column ")"
#define TAKE(column) column " = excluded." column

/* Of what is to be written (fresh), `here` has what it replaces and `was` what stands elsewhere, because it began at another time
 * then. Joins are by the whole primary key or its begin, and what is left out by hashed lists: the planner believes that an array
 * has ten elements, and would compare each with each. */
static const bm_stmt_t put_observations = { "observation_put",
    "with i as materialized (select *, " INSTANT("start_us") " as start_time, " INSTANT("end_us") " as end_time,"
    "   " INSTANT("completion_us") " as completion_at, " INSTANT("updated_us") " as updated_at"
    "   from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],"
    "    $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::bigint[],"
    "    $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[],"
    "    $28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[])"
    "   i(" COLUMNS ", start_us, end_us, completion_us, updated_us, tags, usage_details, cost_details, metadata, input, output)"
    NOT_ERASED("trace_id") "),"
    " here as materialized (select o.id, o.trace_id, o.deleted_at is not null or (o.hash <> i.hash"
    "    and not coalesce(o.updated_at > i.updated_at, false)) as differs"
    "   from i join observations o on o.source_id = $1 and o.id = i.id and o.start_time = i.start_time),"
    " other as materialized (select * from i where id not in (select id from here where not differs)),"
    " was as materialized (select o.id, o.start_time, o.trace_id, coalesce(o.updated_at > n.updated_at, false) as later"
    "   from other n join observations o on o.source_id = $1 and o.id = n.id and o.start_time <> n.start_time"
    "    and o.deleted_at is null where n.id not in (select id from here)),"
    " fresh as materialized (select * from other where id not in (select id from was where later)),"
    " touched as materialized (select trace_id from fresh union select trace_id from here where differs"
    "   union select trace_id from was where not later)," BM_SUMS_TAKE_AWAY ","
    " gone as (delete from observations o using was where not was.later and o.source_id = $1 and o.id = was.id"
    "   and o.start_time = was.start_time),"
    " up as (insert into observations as o (source_id, project_id, start_time, end_time, completion_at, updated_at, tags,"
    "   usage_details, cost_details, metadata, input, output, " COLUMNS ")"
    "  select $1, $2, start_time, end_time, completion_at, updated_at, tags::text[], usage_details::jsonb, cost_details::jsonb,"
    "   metadata::jsonb, input, output, " COLUMNS " from fresh order by id"
    "  on conflict (source_id, id, start_time) do update set " TAKE("end_time") ", " TAKE("completion_at") ", "
    TAKE("updated_at") ", " KEEP("tags") ", " TAKE("usage_details") ", " TAKE("cost_details") ", " KEEP("metadata") ","
    " " KEEP("input") ", " KEEP("output") ", "
    TAKE("trace_id") ", " TAKE("parent_id") ", " TAKE("type") ", " TAKE("name") ", " TAKE("level") ","
    " " TAKE("status_message") ", "
    TAKE("latency_us") ", " TAKE("ttft_us") ", " TAKE("environment") ", " TAKE("version") ", " KEEP("release") ", "
    KEEP("trace_name") ", " KEEP("session_id") ", " KEEP("user_id") ", " TAKE("model") ", " TAKE("input_tokens") ", "
    TAKE("output_tokens") ", " TAKE("total_tokens") ", " TAKE("cost_nano") ", " TAKE("hash") ", synced_at = now(),"
    "   deleted_at = null)"
    " select (select count(*) from fresh), coalesce(array_agg(trace_id), '{}') from touched" };

static const bm_stmt_t make_partitions = { "observation_make",
    "select observations_make(m) from (select distinct date_trunc('month', " INSTANT("us") ") as m from unnest($1::bigint[])"
    " us) x"
    " where m >= '2000-01-01' and to_regclass('observations_' || to_char(m, 'YYYYMM')) is null" };

/* The columns of `n` observations as arrays, in the order of the statement. */
typedef struct columns_t {
    bm_observation_t *const *rows;
    int n;
    apr_pool_t *p;
    bm_param_t params[33];
    int count;
} columns_t;

static void add_texts(columns_t *c, apr_size_t offset)
{
    const char **values = apr_palloc(c->p, ((size_t)c->n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < c->n; i++)
        values[i] = *(const char *const *)((const char *)c->rows[i] + offset);
    c->params[c->count++] = bm_param_texts(values, c->n, c->p);
}

static void add_numbers(columns_t *c, apr_size_t offset, apr_int64_t none)
{
    apr_int64_t *values = apr_palloc(c->p, ((size_t)c->n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < c->n; i++)
        values[i] = *(const apr_int64_t *)((const char *)c->rows[i] + offset);
    c->params[c->count++] = bm_param_int64s_or(values, none, c->n, c->p);
}

/* No hash is a null. */
static void add_hashes(columns_t *c)
{
    apr_int64_t *values = apr_palloc(c->p, ((size_t)c->n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < c->n; i++)
        values[i] = c->rows[i]->hash;
    c->params[c->count++] = bm_param_int64s(values, c->n, c->p);
}

#define TEXTS(member) add_texts(c, APR_OFFSETOF(bm_observation_t, member))
#define NUMBERS(member, none) add_numbers(c, APR_OFFSETOF(bm_observation_t, member), none)

static void add_columns(columns_t *c)
{
    TEXTS(id), TEXTS(trace_id), TEXTS(parent_id), TEXTS(type), TEXTS(name), TEXTS(level), TEXTS(status_message);
    NUMBERS(latency_us, NONE), NUMBERS(ttft_us, NONE);
    TEXTS(environment), TEXTS(version), TEXTS(release), TEXTS(trace_name), TEXTS(session_id), TEXTS(user_id), TEXTS(model);
    NUMBERS(input_tokens, NONE), NUMBERS(output_tokens, NONE), NUMBERS(total_tokens, NONE), NUMBERS(cost_nano, NONE);
    add_hashes(c);
    NUMBERS(start, NONE), NUMBERS(end, 0), NUMBERS(completion, 0), NUMBERS(updated, 0);
    TEXTS(tags), TEXTS(usage_details), TEXTS(cost_details), TEXTS(metadata), TEXTS(input), TEXTS(output);
}

/* By year and month; the statement asks the catalogue, which is cached, only for those. */
static apr_status_t make_months(bm_db_t *db, bm_observation_t *const *rows, int n, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t *starts = apr_palloc(p, ((size_t)n + 1) * sizeof(*starts));
    int i;

    for (i = 0; i < n; i++)
        starts[i] = rows[i]->start;
    return bm_db_query(NULL, db, &make_partitions, BM_PARAMS(bm_param_int64s(starts, n, p)), err, p);
}

apr_status_t bm_observation_store_put(int *changed, bm_db_t *db, const bm_observation_place_t *place,
                                      bm_observation_t *const *observations, int n, bm_err_t *err, apr_pool_t *p)
{
    columns_t columns = { .rows = observations, .n = n, .p = p };
    bm_rows_t *rows;
    apr_status_t rv;

    *changed = 0;
    if (n == 0)
        return APR_SUCCESS;
    columns.params[columns.count++] = bm_param_int64(place->source_id);
    columns.params[columns.count++] = bm_param_int64(place->project_id);
    add_columns(&columns);
    rv = bm_observation_sums_lock(db, place, err, p);
    if (rv == APR_SUCCESS)
        rv = make_months(db, observations, n, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &put_observations, columns.params, columns.count, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *changed = (int)bm_rows_int64(rows, 0, 0, 0);
    return *changed > 0 ? bm_observation_sums_renew(db, place, bm_rows_text(rows, 0, 1), err, p) : APR_SUCCESS;
}

/* --- what a server says of traces */

static const bm_stmt_t put_told = { "trace_put_told",
    "with" BM_SUMS_WORDS " i as materialized (select distinct on (id) id, " INSTANT("start_us") " as start_time, name,"
    "   session_id, user_id, environment, release, version, tags::text[] as tags, metadata::jsonb as metadata"
    "   from unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],"
    "    $11::text[], $12::text[])"
    "   i(id, start_us, name, session_id, user_id, environment, release, version, tags, metadata)" NOT_ERASED("id") "),"
    " fresh as materialized (select i.* from i left join traces t on t.source_id = $1 and t.id = i.id where t.id is null"
    "   or (i.name, i.session_id, i.user_id, i.environment, i.release, i.version, coalesce(i.tags, '{}'), i.metadata)"
    "    is distinct from (t.name, t.session_id, t.user_id, t.environment, t.release, t.version, t.tags, t.metadata)),"
    " touched as materialized (select id as trace_id from fresh)," BM_SUMS_TAKE_AWAY ","
    " old as (select distinct session_id from traces where source_id = $1 and id in (select id from fresh) and session_id is"
    " not null),"
    " up as (insert into traces as t (source_id, id, project_id, name, session_id, user_id, environment, release, version, tags,"
    "   metadata, start_time, stage)"
    "  select $1, id, $2, name, session_id, user_id, environment, release, version, coalesce(tags, '{}'), metadata, start_time,"
    "   " BM_SUMS_STAGE("tags") " from fresh order by id on conflict (source_id, id) do update set " TAKE("name") ","
    " " TAKE("session_id") ", "
    TAKE("user_id") ", " TAKE("environment") ", " TAKE("release") ", " TAKE("version") ", " TAKE("tags") ", " TAKE("metadata") ","
    "   " TAKE("stage") ","
    "   synced_at = now() returning session_id)"
    " select (select count(*) from fresh), (select coalesce(array_agg(id), '{}') from fresh), coalesce(array_agg(session_id),"
    " '{}')"
    "  from (select session_id from old union select session_id from up where session_id is not null) s" };

apr_status_t bm_observation_store_put_traces(int *changed, bm_db_t *db, const bm_observation_place_t *place,
                                             bm_trace_told_t *const *traces, int n, bm_err_t *err, apr_pool_t *p)
{
    const char **texts[9];
    apr_int64_t *starts = apr_palloc(p, ((size_t)n + 1) * sizeof(*starts));
    bm_param_t params[12] = { bm_param_int64(place->source_id), bm_param_int64(place->project_id) };
    bm_rows_t *rows;
    apr_status_t rv;
    int i, k;

    *changed = 0;
    if (n == 0)
        return APR_SUCCESS;
    for (k = 0; k < 9; k++)
        texts[k] = apr_palloc(p, (size_t)n * sizeof(*texts[k]));
    for (i = 0; i < n; i++) {
        const char *const members[] = { traces[i]->id, traces[i]->name, traces[i]->session_id, traces[i]->user_id,
                                        traces[i]->environment, traces[i]->release, traces[i]->version, traces[i]->tags,
                                        traces[i]->metadata };

        starts[i] = traces[i]->start;
        for (k = 0; k < 9; k++)
            texts[k][i] = members[k];
    }
    params[2] = bm_param_texts(texts[0], n, p);
    params[3] = bm_param_int64s(starts, n, p);
    for (k = 1; k < 9; k++)
        params[3 + k] = bm_param_texts(texts[k], n, p);
    rv = bm_observation_sums_lock(db, place, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &put_told, params, 12, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    *changed = (int)bm_rows_int64(rows, 0, 0, 0);
    return *changed > 0 ? bm_observation_sums_follow(db, place, bm_rows_text(rows, 0, 2), bm_rows_text(rows, 0, 1), err, p)
                        : APR_SUCCESS;
}

/* --- what is no longer there */

static const bm_stmt_t ids_of = { "observation_ids",
    "select id, start_time from observations where source_id = $1 and start_time >= $2 and start_time < $3 and deleted_at is null"
    " and (start_time, source_id, id) > ($4, $1, $5) order by start_time, source_id, id limit $6" };
static const bm_stmt_t delete_observations = { "observation_delete",
    "with touched as materialized (select distinct trace_id from observations where source_id = $1 and start_time >= $2"
    "   and start_time < $3 and id = any($4) and deleted_at is null)," BM_SUMS_TAKE_AWAY ","
    " up as (update observations set deleted_at = now() where source_id = $1 and start_time >= $2 and start_time < $3 and id ="
    " any($4)"
    "   and deleted_at is null returning id)"
    " select (select count(*) from up), coalesce(array_agg(trace_id), '{}') from touched" };

apr_status_t bm_observation_store_ids(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, apr_time_t from, apr_time_t to,
                                      const bm_observation_after_t *after, int limit, bm_err_t *err, apr_pool_t *p)
{
    apr_time_t start = after->start > from ? after->start : from;

    return bm_db_query(prows, db, &ids_of, BM_PARAMS(bm_param_int64(source_id), bm_param_time(start), bm_param_time(to),
                                                     bm_param_time(start), bm_param_text(after->id), bm_param_int(limit)), err,
                       p);
}

apr_status_t bm_observation_store_delete(int *deleted, bm_db_t *db, const bm_observation_place_t *place, apr_time_t from,
                                         apr_time_t to, const char *const *ids, int n, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_observation_sums_lock(db, place, err, p);

    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &delete_observations,
                         BM_PARAMS(bm_param_int64(place->source_id), bm_param_time(from), bm_param_time(to),
                                   bm_param_texts(ids, n, p)), err, p);

    *deleted = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return *deleted > 0 ? bm_observation_sums_renew(db, place, bm_rows_text(rows, 0, 1), err, p) : rv;
}
