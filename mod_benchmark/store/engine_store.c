/* SPDX-License-Identifier: Apache-2.0 */
#include "store/engine_store.h"

#include "store/event_sql.h"

/* Of no project: everybody may know. */
#define CHANGED(when) \
    "insert into events (project_id, kind, payload) select 0, 'engine.changed', jsonb_build_object('id', c.id, 'host', c.host," \
    " 'location', c.info -> 'location', 'version', c.version, 'state', c.state) from e c" BM_EVENT_SQL_NOTIFY when

static const bm_stmt_t engine_register = { "engine_register",
    "with e as (insert into engines (id, host, pid, version, info) values ($1, $2, $3, $4, $5)"
    " on conflict (id) do update set host = excluded.host, pid = excluded.pid, version = excluded.version, info = excluded.info,"
    "  state = 'running', started_at = now(), beat_at = now() returning *) " CHANGED("") };
static const bm_stmt_t engine_beat = { "engine_beat",
    "with old as (select state from engines where id = $1),"
    " e as (update engines set beat_at = now(), state = $2, info = jsonb_set(info, '{in_flight}', to_jsonb($3::integer))"
    "  where id = $1 returning *),"
    " c as (" CHANGED(" where c.state <> (select state from old)") ")"
    " select 1 from e" };
static const bm_stmt_t engine_prune = { "engine_prune", "delete from engines where beat_at < now() - interval '1 day'" };
apr_status_t bm_engine_store_register(bm_db_t *db, const char *id, const char *host, int pid, const char *version,
                                      const char *info, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &engine_register, BM_PARAMS(bm_param_text(id), bm_param_text(host), bm_param_int(pid),
                       bm_param_text(version), bm_param_json(info ? info : "{}")), err, p);
}

apr_status_t bm_engine_store_beat(bm_db_t *db, const char *id, const char *state, int in_flight, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &engine_beat, BM_PARAMS(bm_param_text(id), bm_param_text(state),
                                  bm_param_int(in_flight)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, "engine_unknown", "This engine has no row of its own any more.");
    return rv;
}

apr_status_t bm_engine_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &engine_prune, BM_NO_PARAMS, err, p);
}
