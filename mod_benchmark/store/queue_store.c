/* SPDX-License-Identifier: Apache-2.0 */
#include "store/queue_store.h"

#include <stdlib.h>
#include <apr_strings.h>
#include "store/event_sql.h"

/* Columns of a row that changes hands, in the order of row_read. */
#define QUEUE_COLUMNS \
    " r.id, r.fence, r.scenario_id, r.target_id, r.project_id, r.kind, r.attempt, r.max_attempts, r.created_at, r.run_at," \
    " r.started_at, r.attempt >= r.max_attempts, r.cancel_requested, r.last_error, r.location, r.priority, r.spec," \
    " case when r.labels <> '{}' then array_to_json(r.labels)::text end"

/* Checked again by a row that was waited for. Written so that it does not match the predicate of a partial index: with an
 * old plan that index would be read whole to find the few rows that the primary key gives at once. */
#define STILL_PENDING " (r.state || '') = 'pending'"

/* Walks the index of due rows from target to target: as many probes as there are targets with pending rows, and two more for
 * each: rows of other locations are no reason to look at it. Not `exists`, which the planner would make a join of, with all
 * pending rows on its other side. */
#define IS_DUE(location) \
    "(select true from run_queue q where q.target_id = t.target_id and q.location = " location " and q.state = 'pending'" \
    " and not q.cancel_requested and q.run_at <= now() limit 1)"
static const bm_stmt_t queue_due_slots = { "queue_due_slots",
    "with recursive t as ("
    " (select target_id from run_queue where state = 'pending' and not cancel_requested order by target_id limit 1)"
    " union all"
    " select (select q.target_id from run_queue q where q.state = 'pending' and not q.cancel_requested"
    "          and q.target_id > t.target_id order by q.target_id limit 1) from t where t.target_id is not null)"
    "select distinct qt.slot from t join queue_target qt on qt.target_id = t.target_id"
    " where " IS_DUE("''") " or " IS_DUE("$1") " order by 1" };

/* The lock is a statement of its own: only the next statement's snapshot contains what the previous holder did. */
static const bm_stmt_t queue_lock = { "queue_lock",
    "select target_id from queue_target where slot = $1 order by target_id for update" };
/* The rows of a target that this engine may take are two stretches of the index of due rows, those for any location and those
 * for its own; an engine without a location has only the first. Each has its own limit: of both together the planner may read
 * and sort all. */
#define DUE_ROWS(location) \
    "(select id, priority from run_queue q where q.target_id = f.target_id and q.location = " location \
    "   and q.state = 'pending' and not q.cancel_requested and q.run_at <= now()" \
    "  order by priority desc, id limit least(greatest(f.n, 0), $2))"
#define STARTED ", 'status', 'running', 'attempt', c.attempt, 'started_at', " BM_EVENT_SQL_TIME("c.started_at")
static const bm_stmt_t queue_claim = { "queue_claim",
    "with t as materialized (select target_id, max_in_flight from queue_target where slot = $1),"
    " f as materialized (select target_id, max_in_flight - (select count(*) from run_queue r"
    "        where r.target_id = t.target_id and r.state = 'running') as n from t),"
    " k as (select q.id from f cross join lateral ("
    "         select id from (" DUE_ROWS("''") " union all select * from " DUE_ROWS("$5") " o where $5 <> '') d"
    "          order by priority desc, id limit greatest(f.n, 0)) q limit $2),"
    " u as (update run_queue r set state = 'running', attempt = attempt + 1, fence = nextval('fence_seq'), owner = $3,"
    "       started_at = now(), lease_until = now() + $4 * interval '1 microsecond'"
    " where r.id = any(array(select id from k)) and" STILL_PENDING " and not r.cancel_requested"
    " returning *),"
    " c as (select id, project_id, scenario_id, target_id as automation_id, kind, started_at, attempt from u),"
    " e as (" BM_EVENT_SQL_RUNS("started", "", STARTED, "c", "") "),"
    " l as (insert into events (project_id, kind, payload) select c.project_id, 'loadtest.started',"
    "  " BM_EVENT_SQL_RUN(STARTED) " from c where c.kind in " BM_KINDS_LOAD ")"
    " select" QUEUE_COLUMNS " from u r" };

/* Skips locked rows: a row that is being finished needs no heartbeat, and waiting for it would deadlock with the finish. The
 * writer of a load test holds its row nearly all the time, so it must not be in the way: FOR KEY SHARE (request_store.c). */
static const bm_stmt_t queue_heartbeat = { "queue_heartbeat",
    "with k as (select q.id from run_queue q join unnest($1::bigint[], $2::bigint[]) i (id, fence) using (id, fence)"
    "            where q.id = any($1) for no key update of q skip locked)"
    "update run_queue q set lease_until = now() + $3 * interval '1 microsecond' from k where q.id = k.id"
    " returning q.id, q.cancel_requested" };

static const bm_stmt_t queue_control = { "queue_control",
    "select m.stopped, q.id from meta m left join run_queue q"
    "    on q.state = 'running' and q.cancel_requested and q.owner = $1" };

/* In the order of the index of running rows, which holds only what is in flight. */
static const bm_stmt_t queue_rescue = { "queue_rescue",
    "with k as (select id from run_queue where state = 'running' and lease_until < now()"
    "            order by target_id limit $1 for update skip locked)"
    "update run_queue r set fence = nextval('fence_seq'), owner = $2, lease_until = now() + $3 * interval '1 microsecond'"
    " where r.id = any(array(select id from k))"
    " returning" QUEUE_COLUMNS };

static const bm_stmt_t queue_take_cancelled = { "queue_take_cancelled",
    "with k as (select id from run_queue where state = 'pending' and cancel_requested"
    "            limit $1 for update skip locked)"
    "update run_queue r set state = 'running', fence = nextval('fence_seq'), owner = $2,"
    "       lease_until = now() + $3 * interval '1 microsecond'"
    " where r.id = any(array(select id from k)) and" STILL_PENDING
    " returning" QUEUE_COLUMNS };

static const bm_stmt_t queue_requeue = { "queue_requeue",
    "with u as (update run_queue q set state = 'pending', fence = nextval('fence_seq'), owner = null, lease_until = null,"
    "       started_at = null, run_at = now() + i.delay * interval '1 microsecond', last_error = i.reason"
    "  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) i (id, fence, delay, reason)"
    " where q.id = any($1) and q.id = i.id and q.fence = i.fence"
    " returning q.id, q.project_id, q.scenario_id, q.target_id as automation_id, q.kind),"
    " e as (" BM_EVENT_SQL_RUNS("changed", ", 'change', 'updated'", ", 'status', 'pending', 'started_at', null", "u", "") ")"
    " select id from u" };

static void row_read(bm_queue_row_t *row, const bm_rows_t *rows, int i, apr_pool_t *p)
{
    int c = 0;

    row->id = bm_rows_int64(rows, i, c++, 0);
    row->fence = bm_rows_int64(rows, i, c++, 0);
    row->scenario_id = bm_rows_int64(rows, i, c++, 0);
    row->automation_id = bm_rows_int64(rows, i, c++, 0);
    row->project_id = bm_rows_int64(rows, i, c++, 0);
    row->kind = (int)bm_rows_int64(rows, i, c++, 0);
    row->attempt = (int)bm_rows_int64(rows, i, c++, 0);
    row->max_attempts = (int)bm_rows_int64(rows, i, c++, 0);
    row->created_at = bm_rows_time(rows, i, c++);
    row->run_at = bm_rows_time(rows, i, c++);
    row->started_at = bm_rows_time(rows, i, c++);
    row->exhausted = bm_rows_bool(rows, i, c++);
    row->cancel_requested = bm_rows_bool(rows, i, c++);
    row->last_error = apr_pstrdup(p, bm_rows_text(rows, i, c++));
    row->location = apr_pstrdup(p, bm_rows_text(rows, i, c++));
    row->priority = (int)bm_rows_int64(rows, i, c++, 0);
    row->spec = apr_pstrdup(p, bm_rows_text(rows, i, c++));
    row->labels = apr_pstrdup(p, bm_rows_text(rows, i, c));
}

/* What an update returns has no order. */
static int queue_order(const void *a, const void *b)
{
    const bm_queue_row_t *one = a, *other = b;

    if (one->priority != other->priority)
        return one->priority > other->priority ? -1 : 1;
    return (one->id > other->id) - (one->id < other->id);
}

static apr_array_header_t *rows_read(const bm_rows_t *rows, apr_pool_t *p)
{
    int n = bm_rows_count(rows), i;
    apr_array_header_t *list = apr_array_make(p, n > 0 ? n : 1, sizeof(bm_queue_row_t));

    for (i = 0; i < n; i++)
        row_read(apr_array_push(list), rows, i, p);
    qsort(list->elts, (size_t)list->nelts, sizeof(bm_queue_row_t), queue_order);
    return list;
}

static apr_array_header_t *ids_make(apr_pool_t *p)
{
    return apr_array_make(p, 16, sizeof(apr_int64_t));
}

/* The keys as two parameters. */
static void key_params(bm_param_t *ids, bm_param_t *fences, const bm_queue_key_t *keys, int n, apr_pool_t *p)
{
    apr_int64_t *values = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(*values));
    int i;

    for (i = 0; i < n; i++)
        values[i] = keys[i].id;
    *ids = bm_param_int64s(values, n, p);
    for (i = 0; i < n; i++)
        values[i] = keys[i].fence;
    *fences = bm_param_int64s(values, n, p);
}

apr_status_t bm_queue_store_due_slots(int slots[BM_QUEUE_SLOTS], int *n, bm_db_t *db, const char *location, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &queue_due_slots, BM_PARAMS(bm_param_text(location)), err, p);

    *n = 0;
    while (rv == APR_SUCCESS && *n < bm_rows_count(rows) && *n < BM_QUEUE_SLOTS) {
        slots[*n] = (int)bm_rows_int64(rows, *n, 0, 0);
        (*n)++;
    }
    return rv;
}

apr_status_t bm_queue_store_claim(apr_array_header_t **prows, bm_db_t *db, int slot, int limit, const char *owner,
                                  const char *location, apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    bm_rows_t **rows;
    apr_status_t rv;

    *prows = NULL;
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &queue_lock, BM_PARAMS(bm_param_int(slot)));
    bm_pipe_add(pipe, &queue_claim, BM_PARAMS(bm_param_int(slot), bm_param_int(limit), bm_param_text(owner),
                bm_param_int64(lease), bm_param_text(location)));
    bm_pipe_add(pipe, &bm_stmt_commit, BM_NO_PARAMS);
    rv = bm_pipe_run(&rows, pipe, err);
    if (rv == APR_SUCCESS)
        *prows = rows_read(rows[2], p);
    return rv;
}

apr_status_t bm_queue_store_heartbeat(apr_array_header_t **palive, apr_array_header_t **pcancelled, bm_db_t *db,
                                      const bm_queue_key_t *keys, int n, apr_interval_time_t lease, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_param_t ids, fences;
    bm_rows_t *rows;
    apr_status_t rv;
    int i;

    *palive = ids_make(p);
    *pcancelled = ids_make(p);
    if (n == 0)
        return APR_SUCCESS;
    key_params(&ids, &fences, keys, n, p);
    rv = bm_db_query(&rows, db, &queue_heartbeat, BM_PARAMS(ids, fences, bm_param_int64(lease)), err, p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        apr_int64_t id = bm_rows_int64(rows, i, 0, 0);

        APR_ARRAY_PUSH(*palive, apr_int64_t) = id;
        if (bm_rows_bool(rows, i, 1))
            APR_ARRAY_PUSH(*pcancelled, apr_int64_t) = id;
    }
    return rv;
}

apr_status_t bm_queue_store_control(int *stopped, apr_array_header_t **pcancelled, bm_db_t *db, const char *owner,
                                    bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &queue_control, BM_PARAMS(bm_param_text(owner)), err, p);
    int i;

    *pcancelled = ids_make(p);
    if (rv != APR_SUCCESS)
        return rv;
    *stopped = bm_rows_count(rows) > 0 && bm_rows_bool(rows, 0, 0);
    for (i = 0; i < bm_rows_count(rows); i++)
        if (!bm_rows_is_null(rows, i, 1))
            APR_ARRAY_PUSH(*pcancelled, apr_int64_t) = bm_rows_int64(rows, i, 1, 0);
    return APR_SUCCESS;
}

static apr_status_t take(apr_array_header_t **prows, bm_db_t *db, const bm_stmt_t *stmt, int limit, const char *owner,
                         apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, stmt, BM_PARAMS(bm_param_int(limit), bm_param_text(owner),
                                  bm_param_int64(lease)), err, p);

    *prows = rv == APR_SUCCESS ? rows_read(rows, p) : NULL;
    return rv;
}

apr_status_t bm_queue_store_rescue(apr_array_header_t **prows, bm_db_t *db, int limit, const char *owner,
                                   apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p)
{
    return take(prows, db, &queue_rescue, limit, owner, lease, err, p);
}

apr_status_t bm_queue_store_take_cancelled(apr_array_header_t **prows, bm_db_t *db, int limit, const char *owner,
                                           apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p)
{
    return take(prows, db, &queue_take_cancelled, limit, owner, lease, err, p);
}

apr_status_t bm_queue_store_requeue(apr_array_header_t **pdone, bm_db_t *db, const bm_queue_key_t *keys,
                                    const apr_int64_t *delays_us, const char *const *reasons, int n, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_param_t ids, fences;
    bm_rows_t *rows;
    apr_status_t rv;
    int i;

    *pdone = ids_make(p);
    if (n == 0)
        return APR_SUCCESS;
    key_params(&ids, &fences, keys, n, p);
    rv = bm_db_query(&rows, db, &queue_requeue, BM_PARAMS(ids, fences, bm_param_int64s(delays_us, n, p),
                     bm_param_texts(reasons, n, p)), err, p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        APR_ARRAY_PUSH(*pdone, apr_int64_t) = bm_rows_int64(rows, i, 0, 0);
    return rv;
}
