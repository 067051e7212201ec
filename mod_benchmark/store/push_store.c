/* SPDX-License-Identifier: Apache-2.0 */
#include "store/push_store.h"

#include <string.h>

static const bm_stmt_t source_find = { "push_source_find",
    "select id, kind, paused from trace_sources where project_id = $1 and lower(name) = lower($2)" };
static const bm_stmt_t source_make = { "push_source_make",
    "with c as (insert into trace_sources (project_id, name, kind, created_by, description) values ($1, $2, 'pushed', $3,"
    "   'Traces that are sent without naming a source.') on conflict do nothing returning id, project_id)"
    " insert into trace_pushed (source_id, project_id) select id, project_id from c returning source_id" };
static const bm_stmt_t source_lock = { "push_source_lock",
    "select source_id from trace_pushed where source_id = $1 for update" };

static apr_status_t find(bm_rows_t **prows, bm_db_t *db, apr_int64_t project_id, const char *name, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &source_find, BM_PARAMS(bm_param_int64(project_id), bm_param_text(name)), err, p);
}

static apr_status_t not_there(bm_err_t *err, const char *name)
{
    return bm_err_set(err, APR_NOTFOUND, NULL, "There is no trace source \"%s\" in this project.", name);
}

apr_status_t bm_push_store_open(bm_observation_place_t *place, int *made, bm_db_t *db, apr_int64_t project_id, const char *name,
                                const char *created_by, bm_err_t *err, apr_pool_t *p)
{
    const char *wanted = name != NULL ? name : BM_PUSH_SOURCE;
    bm_rows_t *rows, *locked;
    apr_status_t rv = find(&rows, db, project_id, wanted, err, p);

    *made = 0;
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0 && strcmp(wanted, BM_PUSH_SOURCE) == 0) {
        rv = bm_db_query(&locked, db, &source_make, BM_PARAMS(bm_param_int64(project_id), bm_param_text(wanted),
                                                              bm_param_text(created_by)), err, p);
        *made = rv == APR_SUCCESS && bm_rows_count(locked) > 0;
        if (rv == APR_SUCCESS)
            rv = find(&rows, db, project_id, wanted, err, p);
    }
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return not_there(err, wanted);
    if (strcmp(bm_rows_text(rows, 0, 1), "pushed") != 0)
        return bm_err_set(err, APR_EEXIST, "not_pushed", "The trace source \"%s\" mirrors a server; nothing can be sent to it.",
                          wanted);
    if (bm_rows_bool(rows, 0, 2))
        return bm_err_set(err, APR_EEXIST, "source_paused", "The trace source \"%s\" is paused.", wanted);
    place->source_id = bm_rows_int64(rows, 0, 0, 0);
    place->project_id = project_id;
    rv = bm_db_query(&locked, db, &source_lock, BM_PARAMS(bm_param_int64(place->source_id)), err, p);
    return rv == APR_SUCCESS && bm_rows_count(locked) == 0 ? not_there(err, wanted) : rv;
}

static const bm_stmt_t note = { "push_note",
    "update trace_pushed set requests = requests + 1, received = received + $2, changed = changed + $3, refused = refused + $4,"
    " last_at = now() where source_id = $1" };

apr_status_t bm_push_store_note(bm_db_t *db, const bm_observation_place_t *place, int received, int changed, int refused,
                                bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &note, BM_PARAMS(bm_param_int64(place->source_id), bm_param_int(received), bm_param_int(changed),
                                                  bm_param_int(refused)), err, p);
}

/* --- what is stored, as Langfuse's API would tell it */

#define TIME(column) "to_char(" column " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

static const bm_stmt_t observation_documents = { "push_observations",
    "select o.id, json_build_object('id', o.id, 'traceId', nullif(o.trace_id, o.id), 'parentObservationId', o.parent_id,"
    "  'type', o.type, 'name', o.name, 'level', o.level, 'statusMessage', o.status_message,"
    "  'startTime', " TIME("o.start_time") ", 'endTime', " TIME("o.end_time") ","
    "  'completionStartTime', " TIME("o.completion_at") ", 'environment', o.environment, 'version', o.version,"
    "  'release', o.release, 'traceName', o.trace_name, 'sessionId', o.session_id, 'userId', o.user_id, 'tags', o.tags,"
    "  'model', o.model, 'metadata', o.metadata, 'usageDetails', o.usage_details, 'costDetails', o.cost_details,"
    "  'totalCost', o.cost_nano / 1e9::numeric), o.updated_at"
    " from observations o where o.source_id = $1 and o.id = any($2) and o.deleted_at is null" };
static const bm_stmt_t trace_documents = { "push_traces",
    "select t.id, json_build_object('id', t.id, 'timestamp', " TIME("t.start_time") ", 'name', t.name, 'userId', t.user_id,"
    "  'sessionId', t.session_id, 'release', t.release, 'version', t.version, 'environment', t.environment,"
    "  'tags', nullif(t.tags, '{}'), 'metadata', t.metadata), t.told_at"
    " from traces t where t.source_id = $1 and t.id = any($2)" };

apr_status_t bm_push_store_documents(bm_rows_t **prows, bm_db_t *db, apr_int64_t source_id, int traces, const char *const *ids,
                                     int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, traces ? &trace_documents : &observation_documents,
                       BM_PARAMS(bm_param_int64(source_id), bm_param_texts(ids, n, p)), err, p);
}

static const bm_stmt_t told = { "push_told",
    "update traces t set told_at = timestamptz 'epoch' + i.us * interval '1 microsecond'"
    " from unnest($2::text[], $3::bigint[]) i(id, us) where t.source_id = $1 and t.id = i.id" };

apr_status_t bm_push_store_told(bm_db_t *db, apr_int64_t source_id, const char *const *ids, const apr_int64_t *times, int n,
                                bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &told, BM_PARAMS(bm_param_int64(source_id), bm_param_texts(ids, n, p),
                                                  bm_param_int64s(times, n, p)), err, p);
}
