/* SPDX-License-Identifier: Apache-2.0 */
#include "store/loadtest_store.h"

#include <apr_strings.h>
#include "base/text.h"
#include "model/loadtest_model.h"
#include "model/run_model.h"
#include "store/select.h"
#include "store/event_sql.h"

/* Requests deleted by one statement. */
enum { PORTION = 20000 };

static apr_status_t none(apr_int64_t id, bm_err_t *err)
{
    return bm_err_set(err, APR_NOTFOUND, NULL, "There is no load test %" APR_INT64_T_FMT ".", id);
}

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    return rv == APR_SUCCESS && bm_rows_count(rows) == 0 ? none(id, err) : rv;
}

/* --- reading */

static void add_columns(bm_select_t *s, int summary)
{
    bm_select_columns(s, summary ? 'v' : 'w',
                      "concat(l.rev, '.', r.etag, '.', (extract(epoch from l.progress_at) * 1000000)::bigint), "
                      BM_LOADTEST_STATUS_SQL ", l.control, r.finished_at is not null, ", bm_loadtest_fields, summary);
}

/* The fence "offset 0" keeps the planner from joining all runs first: a load test is a few probes by id. */
#define JOIN_RUN " cross join lateral (select * from run where id = l.id offset 0) r where true"

static bm_select_t *read_one(apr_int64_t id, int lock, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "loadtest_lock" : "loadtest_get", "select ", p);

    add_columns(s, 0);
    bm_select_param(s, 'i', " from loadtests l" JOIN_RUN " and l.id = ", bm_param_int64(id), lock ? " for update of l" : "");
    return s;
}

apr_status_t bm_loadtest_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_select_run(prows, read_one(id, lock, p), db, err, p);

    return none_if_empty(rv, *prows, id, err);
}

static void add_filters(bm_select_t *s, const bm_loadtest_filter_t *filter)
{
    apr_int64_t id;

    /* as most are not, the planner need not guess how many are left */
    bm_select_add(s, filter->kind == BM_RUN_KIND_TRAINING ? 'e' : 'k', filter->kind == BM_RUN_KIND_TRAINING ? " and l.kind = 2"
                                                                                                            : " and l.kind <> 2");
    if (filter->scenario_id >= 0)
        bm_select_param(s, 's', " and l.scenario_id = ", bm_param_int64(filter->scenario_id), "");
    if (filter->automation_id >= 0)
        bm_select_param(s, 't', " and l.automation_id = ", bm_param_int64(filter->automation_id), "");
    if (filter->statuses != NULL)
        bm_select_param(s, 'u', " and " BM_LOADTEST_STATUS_SQL " = any(",
                        bm_param_texts((const char *const *)filter->statuses->elts, filter->statuses->nelts, s->p), ")");
    if (filter->label != NULL)
        bm_select_param(s, 'b', " and ", bm_param_text(filter->label), " = any(r.labels)");
    if (filter->location != NULL)
        bm_select_param(s, 'h', " and r.location = ", bm_param_text(filter->location), "");
    if (filter->q == NULL)
        return;
    bm_select_param(s, 'q', " and (strpos(lower(l.name), lower(", bm_param_text(filter->q), ")) > 0");
    if (bm_text_to_int64(&id, filter->q, 0, APR_INT64_MAX) == APR_SUCCESS)
        bm_select_param(s, 'i', " or l.id = ", bm_param_int64(id), "");
    bm_select_add(s, ')', ")");
}

apr_status_t bm_loadtest_store_list(bm_rows_t **prows, bm_db_t *db, const bm_loadtest_filter_t *filter, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("loadtest_list", "select ", p);

    add_columns(s, 1);
    bm_select_add(s, 'l', " from (select id, scenario_id, automation_id, project_id, name, plan #- '{dataset,inline}' as plan,"
                  " control, rev, progress, progress_at, requests_dropped_at, created_by, created_at, kind from loadtests) l"
                  JOIN_RUN);
    add_filters(s, filter);
    if (filter->after > 0)
        bm_select_param(s, filter->oldest_first ? 'g' : 'z', filter->oldest_first ? " and l.id > " : " and l.id < ",
                        bm_param_int64(filter->after), "");
    bm_select_add(s, filter->oldest_first ? 'a' : 'd', filter->oldest_first ? " order by l.id" : " order by l.id desc");
    bm_select_limit(s, filter->limit);
    if (filter->skip > 0)
        bm_select_param(s, 'o', " offset ", bm_param_int64(filter->skip), "");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_loadtest_store_count(apr_int64_t *count, bm_db_t *db, const bm_loadtest_filter_t *filter, apr_int64_t most,
                                     bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("loadtest_count", "select count(*) from (select 1 from loadtests l" JOIN_RUN, p);
    bm_rows_t *rows;
    apr_status_t rv;

    add_filters(s, filter);
    bm_select_param(s, 'n', " limit ", bm_param_int64(most + 1), ") t");
    rv = bm_select_run(&rows, s, db, err, p);
    *count = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

/* Nothing was found: nothing behind `after`, or no load test at all? */
static const bm_stmt_t loadtest_is = { "loadtest_is", "select 1 from loadtests where id = $1" };

static apr_status_t none_if_unknown(apr_status_t rv, const bm_rows_t *found, bm_db_t *db, apr_int64_t id, bm_err_t *err,
                                    apr_pool_t *p)
{
    bm_rows_t *rows;

    if (rv != APR_SUCCESS || bm_rows_count(found) > 0)
        return rv;
    rv = bm_db_query(&rows, db, &loadtest_is, BM_PARAMS(bm_param_int64(id)), err, p);
    return none_if_empty(rv, rows, id, err);
}

apr_status_t bm_loadtest_store_series(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("loadtest_series", "select second, body from loadtest_series", p);
    apr_status_t rv;

    bm_select_param(s, 'i', " where loadtest_id = ", bm_param_int64(id), "");
    bm_select_param(s, 'f', " and fence = (select fence from loadtests where id = ", bm_param_int64(id), ")");
    bm_select_param(s, 'a', " and second > ", bm_param_int64(after), " order by second");
    bm_select_limit(s, limit);
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_unknown(rv, *prows, db, id, err, p);
}

apr_status_t bm_loadtest_store_requests(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int places,
                                        bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("loadtest_requests", "select ", p);
    apr_status_t rv;

    bm_select_columns(s, 'c', "", bm_loadtest_request_fields, 0);
    bm_select_param(s, 'i', " from requests where loadtest_id = ", bm_param_int64(id), "");
    bm_select_param(s, 'f', " and fence = (select fence from loadtests where id = ", bm_param_int64(id), ")");
    bm_select_param(s, 'a', " and seq > ", bm_param_int64(after), "");
    bm_select_param(s, 'l', " and seq <= (select max(seq) from (select distinct seq from requests where loadtest_id = ",
                    bm_param_int64(id), "");
    bm_select_param(s, 'g', " and fence = (select fence from loadtests where id = ", bm_param_int64(id), ")");
    bm_select_param(s, 'b', " and seq > ", bm_param_int64(after), " order by seq");
    bm_select_limit(s, places);
    bm_select_add(s, 'o', ") places) order by seq, attempt");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_unknown(rv, *prows, db, id, err, p);
}

/* --- changes */

#define CHANGED(change, members, from) \
    BM_EVENT_SQL_CHANGED("loadtest", change, ", 'scenario_id', c.scenario_id, 'automation_id', c.automation_id" members, from)

static const bm_stmt_t loadtest_add = { "loadtest_add",
    "with l as (insert into loadtests (id, scenario_id, automation_id, project_id, name, plan, created_by, kind)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8) returning *) " CHANGED("created", ", 'status', 'pending'", "l") };

apr_status_t bm_loadtest_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const json_t *plan,
                                   bm_err_t *err, apr_pool_t *p)
{
    const char *name = json_string_value(json_object_get(plan, "name"));
    bm_rows_t *rows;
    apr_int64_t id = 0;
    apr_status_t rv = bm_run_order_store_add_many(&rows, db, order, 1, err, p);

    if (rv == APR_SUCCESS) {
        id = bm_rows_int64(rows, 0, 0, 0);
        rv = bm_db_query(NULL, db, &loadtest_add,
                         BM_PARAMS(bm_param_int64(id), bm_param_int64(order->scenario_id), bm_param_int64(order->automation_id),
                                   bm_param_int64(order->project_id), bm_param_text(name),
                                   bm_param_json(bm_json_dump(NULL, plan, p)), bm_param_text(order->created_by),
                                       bm_param_int(order->kind)), err, p);
    }
    return rv == APR_SUCCESS ? bm_loadtest_store_get(prows, db, id, 0, err, p) : rv;
}

/* The load test after the statements of the pipe, in the same round trip. */
static apr_status_t run_and_read(bm_rows_t **prows, bm_pipe_t *pipe, int statements, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t **answers = NULL;
    apr_status_t rv;

    bm_select_pipe(pipe, read_one(id, 0, p));
    rv = bm_pipe_run(&answers, pipe, err);
    *prows = rv == APR_SUCCESS ? answers[statements] : NULL;
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t loadtest_rename = { "loadtest_rename",
    "with l as (update loadtests set name = $2, plan = jsonb_set(plan, '{name}', to_jsonb($2::text)), rev = rev + 1 where id = $1"
    " returning *) " CHANGED("updated", ", 'name', c.name", "l") };

apr_status_t bm_loadtest_store_rename(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const char *name, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_pipe_t *pipe = bm_pipe_make(db, p);

    bm_pipe_add(pipe, &loadtest_rename, BM_PARAMS(bm_param_int64(id), bm_param_text(name)));
    return run_and_read(prows, pipe, 1, id, err, p);
}

static const bm_stmt_t loadtest_control = { "loadtest_control",
    "with l as (update loadtests set control = $2, rev = rev + 1 where id = $1 and control not in ('drain', $2)"
    " and exists (select 1 from run_queue where id = $1) returning *) " CHANGED("updated", ", 'control', c.control", "l") };
#define MARKED \
    " returning id, project_id, scenario_id, target_id as automation_id, state) " \
    CHANGED("updated", ", 'cancel_requested', true, 'status', case c.state when 'pending' then 'cancelled' else c.state end", "l")
static const bm_stmt_t loadtest_cancel = { "loadtest_cancel",
    "with l as (update run_queue set cancel_requested = true where id = $1 and kind in " BM_KINDS_LOAD " and not"
        " cancel_requested" MARKED };
/* Waits for a claim that is under way, and then finds nothing to do. */
static const bm_stmt_t loadtest_cancel_pending = { "loadtest_cancel_pending",
    "with l as (update run_queue set cancel_requested = true where id = $1 and kind in " BM_KINDS_LOAD " and not cancel_requested"
    "  and state = 'pending'" MARKED };

apr_status_t bm_loadtest_store_control(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_loadtest_wish_e wish, bm_err_t *err,
                                       apr_pool_t *p)
{
    static const char *const names[] = { [BM_LOADTEST_RUN] = "run", [BM_LOADTEST_PAUSE] = "pause",
                                         [BM_LOADTEST_DRAIN] = "drain" };
    bm_pipe_t *pipe = bm_pipe_make(db, p);
    int statements = 1;

    if (wish == BM_LOADTEST_CANCEL)
        bm_pipe_add(pipe, &loadtest_cancel, BM_PARAMS(bm_param_int64(id)));
    else {
        if (wish == BM_LOADTEST_DRAIN) {
            bm_pipe_add(pipe, &loadtest_cancel_pending, BM_PARAMS(bm_param_int64(id)));
            statements++;
        }
        bm_pipe_add(pipe, &loadtest_control, BM_PARAMS(bm_param_int64(id), bm_param_text(names[wish])));
    }
    return run_and_read(prows, pipe, statements, id, err, p);
}

/* --- deleting */

static const bm_stmt_t loadtest_is_recorded = { "loadtest_is_recorded",
    "select 1 from runs where id = $1 and kind in " BM_KINDS_LOAD };

/* One portion by place, from the first row that is there: counted from the begin, each portion would walk over the dead entries
 * of all before it. */
static const bm_stmt_t loadtest_delete_requests = { "loadtest_delete_requests",
    "with f as (select fence, seq from requests where loadtest_id = $1 and (fence, seq) >= ($2, $3) order by fence, seq limit 1),"
    " d as (delete from requests r using f where r.loadtest_id = $1 and r.fence = f.fence"
    "  and r.seq >= f.seq and r.seq < f.seq + $4)"
    " select fence, seq from f" };

/* Every hour in which it ran is marked, also if it is already, as when a run is deleted. */
static const bm_stmt_t loadtest_delete = { "loadtest_delete",
    "with s as (delete from loadtest_series where loadtest_id = $1), l as (delete from loadtests where id = $1 returning *),"
    " e as (" CHANGED("deleted", "", "l") "),"
    " gone as (delete from runs where id = $1 and kind in " BM_KINDS_LOAD " returning scenario_id, kind, started_at,"
        " finished_at),"
    " d as (insert into kpi_dirty (scenario_id, source, hour)"
    " select scenario_id, kind, generate_series(floor(extract(epoch from coalesce(started_at, finished_at)) / 3600)::integer,"
    "   floor(extract(epoch from finished_at) / 3600)::integer) from gone"
    "  on conflict (scenario_id, source, hour) do update set marked_at = clock_timestamp())"
    " select 1 from gone" };

apr_status_t bm_loadtest_store_delete_requests(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t fence = 0, seq = 0;

    for (;;) {
        bm_rows_t *rows;
        apr_status_t rv = bm_db_query(&rows, db, &loadtest_delete_requests,
                                      BM_PARAMS(bm_param_int64(id), bm_param_int64(fence), bm_param_int64(seq),
                                                bm_param_int(PORTION)), err, p);

        if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
            return rv;
        fence = bm_rows_int64(rows, 0, 0, 0);
        seq = bm_rows_int64(rows, 0, 1, 0) + PORTION;
    }
}

apr_status_t bm_loadtest_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &loadtest_is_recorded, BM_PARAMS(bm_param_int64(id)), err, p);

    rv = none_if_empty(rv, rows, id, err);
    if (rv == APR_SUCCESS)
        rv = bm_loadtest_store_delete_requests(db, id, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &loadtest_delete, BM_PARAMS(bm_param_int64(id)), err, p);
    return none_if_empty(rv, rows, id, err);
}

/* Marked first: whoever rebuilds an hour meanwhile must know that its rows are not all there. One that was left half done is
 * found again. */
static const bm_stmt_t loadtest_old = { "loadtest_old",
    "with old as (select l.id from loadtests l join runs r on r.id = l.id and r.kind in " BM_KINDS_LOAD
    "  where r.finished_at < now() - $1 * interval '1 day' and (l.requests_dropped_at is null"
    "   or l.requests_dropped_at > now() - interval '1 day' and exists (select 1 from requests q where q.loadtest_id = l.id))"
    "  order by l.id limit 1)"
    " update loadtests l set requests_dropped_at = now() from old where l.id = old.id returning l.id" };

apr_status_t bm_loadtest_store_prune_requests(int *pruned, bm_db_t *db, int days, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv;

    *pruned = 0;
    if (days <= 0)
        return APR_SUCCESS;
    rv = bm_db_query(&rows, db, &loadtest_old, BM_PARAMS(bm_param_int(days)), err, p);
    *pruned = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    return *pruned ? bm_loadtest_store_delete_requests(db, bm_rows_int64(rows, 0, 0, 0), err, p) : rv;
}

static const bm_stmt_t loadtest_orphan = { "loadtest_orphan",
    "select id from loadtests l where not exists (select 1 from run where id = l.id) order by id limit 1" };

apr_status_t bm_loadtest_store_prune(int *pruned, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_int64_t id;
    apr_status_t rv = bm_db_query(&rows, db, &loadtest_orphan, BM_NO_PARAMS, err, p);

    *pruned = rv == APR_SUCCESS && bm_rows_count(rows) > 0;
    if (!*pruned)
        return rv;
    id = bm_rows_int64(rows, 0, 0, 0);
    rv = bm_loadtest_store_delete_requests(db, id, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, db, &loadtest_delete, BM_PARAMS(bm_param_int64(id)), err, p);
    return rv;
}
