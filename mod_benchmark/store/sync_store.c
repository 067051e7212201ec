/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sync_store.h"

#include <apr_strings.h>

/* A source that is paused is gone on with only when somebody asks for it; who was told to wait waits all the same. An engine
 * that shows no life for 30 s has none at work. */
static const bm_stmt_t claim = { "sync_claim",
    "with k as (select y.source_id, y.pass_id, y.wanted, y.seen_to from trace_sync y join trace_sources t on t.id = y.source_id"
    "   where ((y.next_at <= now() and (y.wanted or not t.paused)) or (y.wanted and y.state <> 'rate_limited'))"
    "    and (y.lease_until is null or y.lease_until < now() or exists (select 1 from engines e where e.id = y.owner"
    "      and (e.state = 'stopped' or e.beat_at < now() - interval '30 seconds')))"
    "   order by y.wanted desc, y.next_at limit 1 for update of y skip locked),"
    " n as (insert into trace_passes (source_id, project_id, reason) select t.id, t.project_id,"
    "   case when k.wanted then 'asked' when k.seen_to is null then 'first' else 'interval' end"
    "   from k join trace_sources t on t.id = k.source_id where k.pass_id is null returning id)"
    " update trace_sync y set owner = $1, fence = nextval('fence_seq'), lease_until = now() + $2 * interval '1 microsecond',"
    "  state = 'running', message = case when y.state = 'running' then y.message end,"
    "  pass_id = coalesce(y.pass_id, (select id from n)), wanted = false,"
    "  head_at = case when y.pass_id is not null and not y.wanted then y.head_at end,"
    "  api = case when y.pass_id is not null or y.api = 'v4' then y.api end"
    "  from k, trace_sources t where y.source_id = k.source_id and t.id = k.source_id"
    " returning y.source_id, y.project_id, y.fence, now(), t.name, t.url, t.public_key, t.secret, t.interval_seconds,"
    "  t.overlap_seconds, t.backfill_days, t.page_size, coalesce(t.requests_per_minute, 0), coalesce(t.requests_per_day, 0),"
    " y.pass_id, y.api,"
    "  y.server_version, y.seen_from, y.seen_to, y.backfill_from, y.backfill_to, y.head_at, y.window_kind, y.window_from,"
    "  y.window_to, y.cursor, y.window_seconds, y.page_limit, y.request_at, y.requests_day, y.requests, y.failures,"
    " y.head_next, case when t.bodies is not null then coalesce((t.bodies ->> 'max_bytes')::integer, 10000) else 0 end,"
    " t.bodies ->> 'redact', t.scores, y.scores_to" };

static const bm_stmt_t save = { "sync_save",
    "with y as (update trace_sync set state = $3, message = $4, next_at = now() + $5 * interval '1 microsecond',"
    "   owner = case when $6 > 0 then owner end,"
    "   lease_until = case when $6 > 0 then now() + $6 * interval '1 microsecond' end, pass_id = $7, api = $8, server_version"
    " = $9,"
    "   seen_from = $10, seen_to = $11, backfill_from = $12, backfill_to = $13, head_at = $14, window_kind = $15,"
    "   window_from = $16, window_to = $17, cursor = $18, window_seconds = $19, page_limit = $20, request_at = $21,"
    "   requests_day = $22, requests = $23, failures = $24, head_next = $34, scores_to = $35,"
    "   last_sync_at = coalesce($14, last_sync_at)"
    "   where source_id = $1 and fence = $2 returning source_id)"
    " update trace_passes p set requests = p.requests + $26, pages = p.pages + $27, limited = p.limited + $28,"
    "   failures = p.failures + $29, received = p.received + $30, changed = p.changed + $31, deleted = p.deleted + $32,"
    "   refused = p.refused + $33, api = coalesce($8, p.api), message = coalesce($4, p.message)"
    "  from y where p.id = $25 and p.source_id = y.source_id returning p.id" };

static const bm_stmt_t give_back = { "sync_give_back",
    "update trace_sync set owner = null, lease_until = null where source_id = $1 and fence = $2" };

static const bm_stmt_t end_pass = { "sync_end_pass",
    "with d as (delete from trace_days where source_id = $1 and n = 0)"
    " update trace_passes set state = $3, message = $4, ended_at = now() where id = $2 and source_id = $1" };

static const bm_stmt_t forget_passes = { "sync_forget_passes",
    "delete from trace_passes where source_id = $1 and id <= coalesce((select id from trace_passes where source_id = $1"
    " order by id desc offset 1000 limit 1), 0)" };

static const char *copy(const bm_rows_t *rows, int column, apr_pool_t *p)
{
    return apr_pstrdup(p, bm_rows_text(rows, 0, column));
}

static int number(const bm_rows_t *rows, int column)
{
    return (int)bm_rows_int64(rows, 0, column, 0);
}

apr_status_t bm_sync_store_claim(bm_sync_t **psync, bm_db_t *db, const char *owner, apr_interval_time_t lease, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_sync_t *s;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &claim, BM_PARAMS(bm_param_text(owner), bm_param_int64(lease)), err, p);

    *psync = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    *psync = s = apr_pcalloc(p, sizeof(*s));
    s->source_id = bm_rows_int64(rows, 0, 0, 0);
    s->project_id = bm_rows_int64(rows, 0, 1, 0);
    s->fence = bm_rows_int64(rows, 0, 2, 0);
    s->owner = apr_pstrdup(p, owner);
    s->now = bm_rows_time(rows, 0, 3);
    s->name = copy(rows, 4, p);
    s->url = copy(rows, 5, p);
    s->public_key = copy(rows, 6, p);
    s->secret = copy(rows, 7, p);
    s->interval = apr_time_from_sec(bm_rows_int64(rows, 0, 8, 300));
    s->overlap = apr_time_from_sec(bm_rows_int64(rows, 0, 9, 7200));
    s->backfill_days = number(rows, 10);
    s->page_size = number(rows, 11);
    s->per_minute = number(rows, 12);
    s->per_day = number(rows, 13);
    s->pass_id = bm_rows_int64(rows, 0, 14, 0);
    s->api = copy(rows, 15, p);
    s->server_version = copy(rows, 16, p);
    s->seen_from = bm_rows_time(rows, 0, 17);
    s->seen_to = bm_rows_time(rows, 0, 18);
    s->backfill_from = bm_rows_time(rows, 0, 19);
    s->backfill_to = bm_rows_time(rows, 0, 20);
    s->head_at = bm_rows_time(rows, 0, 21);
    s->window_kind = copy(rows, 22, p);
    s->window_from = bm_rows_time(rows, 0, 23);
    s->window_to = bm_rows_time(rows, 0, 24);
    s->cursor = copy(rows, 25, p);
    s->window_seconds = number(rows, 26);
    s->page_limit = number(rows, 27);
    s->request_at = bm_rows_time(rows, 0, 28);
    s->requests_day = number(rows, 29);
    s->requests = number(rows, 30);
    s->failures = number(rows, 31);
    s->head_next = bm_rows_time(rows, 0, 32);
    s->body_max = number(rows, 33);
    s->redact = copy(rows, 34, p);
    s->scores = bm_rows_bool(rows, 0, 35);
    s->scores_to = bm_rows_time(rows, 0, 36);
    return APR_SUCCESS;
}

static bm_param_t time_or_null(apr_time_t t)
{
    return bm_param_null_if(t == 0, bm_param_time(t));
}

apr_status_t bm_sync_store_save(bm_db_t *db, const bm_sync_t *s, const bm_sync_rest_t *rest, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &save, BM_PARAMS(
        bm_param_int64(s->source_id), bm_param_int64(s->fence), bm_param_text(rest->state), bm_param_text(rest->message),
        bm_param_int64(rest->next), bm_param_int64(rest->keep ? rest->lease : 0),
        bm_param_null_if(s->pass_id <= 0, bm_param_int64(s->pass_id)), bm_param_text(s->api), bm_param_text(s->server_version),
        time_or_null(s->seen_from), time_or_null(s->seen_to), time_or_null(s->backfill_from), time_or_null(s->backfill_to),
        time_or_null(s->head_at), bm_param_text(s->window_kind), time_or_null(s->window_from), time_or_null(s->window_to),
        bm_param_text(s->cursor), bm_param_int(s->window_seconds), bm_param_int(s->page_limit), time_or_null(s->request_at),
        bm_param_int(s->requests_day), bm_param_int(s->requests), bm_param_int(s->failures),
        bm_param_int64(s->pass_id < 0 ? -s->pass_id : s->pass_id), bm_param_int(s->did.requests), bm_param_int(s->did.pages),
        bm_param_int(s->did.limited), bm_param_int(s->did.failures), bm_param_int64(s->did.received),
        bm_param_int64(s->did.changed), bm_param_int64(s->did.deleted), bm_param_int64(s->did.refused),
        time_or_null(s->head_next), time_or_null(s->scores_to)), err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, "lease_lost", "Source %" APR_INT64_T_FMT " is synced by somebody else, or is gone.",
                          s->source_id);
    return rv;
}

apr_status_t bm_sync_store_give_back(bm_db_t *db, apr_int64_t source_id, apr_int64_t fence, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &give_back, BM_PARAMS(bm_param_int64(source_id), bm_param_int64(fence)), err, p);
}

apr_status_t bm_sync_store_end_pass(bm_db_t *db, const bm_sync_t *s, const char *state, const char *message, bm_err_t *err,
                                    apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &end_pass,
                                  BM_PARAMS(bm_param_int64(s->source_id), bm_param_int64(s->pass_id), bm_param_text(state),
                                            bm_param_text(message)), err, p);

    return rv == APR_SUCCESS ? bm_db_query(NULL, db, &forget_passes, BM_PARAMS(bm_param_int64(s->source_id)), err, p) : rv;
}
