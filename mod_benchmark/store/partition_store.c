/* SPDX-License-Identifier: Apache-2.0 */
#include "store/partition_store.h"

#include <apr_strings.h>
#include "base/log.h"

typedef struct table_t {
    const char *name;
    const char *sequence;
    const char *at;              /* column of a row's age */
    const char *queued;          /* whether an id below $1 may still come */
} table_t;

static const table_t tables[] = {
    [BM_PARTITIONED_RUNS] = { "runs", "run_id_seq", "finished_at", "exists (select 1 from run_queue where id < $1)" },
    [BM_PARTITIONED_EVENTS] = { "events", "event_id_seq", "at", "false" },
    [BM_PARTITIONED_REQUESTS] = { "requests", "request_id_seq", "at", "false" },
};

static const bm_stmt_t partition_patience = { "partition_patience", "set local lock_timeout = '2s'", .unprepared = 1 };

/* Name and upper bound of the partitions, newest first. The bound is read out of its own text:
 * "FOR VALUES FROM ('1') TO ('2')", with minvalue at the start of the first. */
static const bm_stmt_t partition_list = { "partition_list",
    "select c.relname, substring(pg_get_expr(c.relpartbound, c.oid) from $re$ TO \\('?(\\d+)'?\\)$re$)::bigint as bound"
    " from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = to_regclass($1::text)"
    " order by bound desc nulls last", .unprepared = 1 };
static const bm_stmt_t partition_last_id = { "partition_last_id",
    "select coalesce(pg_sequence_last_value(to_regclass($1::text)), 0)", .unprepared = 1 };

/* Whether everything of the oldest partition, that of the ids below $1, is old. By its parent: the partitions themselves
 * may be closed to the module's role. */
static const char is_old_form[] =
    "select not %s and coalesce((select max(%s) from %s where id < $1) < now() - $2 * interval '1 day', true)";

/* The drop and the mark are one transaction: a reader whose token is older than the mark starts anew. */
static const bm_stmt_t partition_mark = { "partition_mark",
    "update meta set events_pruned = greatest(events_pruned, (select (max(xid)::text::bigint + 1)::text::xid8 from events"
    " where id <= $1))", .unprepared = 1 };

/* With the rights of the schema's owner (sql/007_secrets.sql). */
static const bm_stmt_t partition_make = { "partition_make", "select partition_make($1, $2, $3)", .unprepared = 1 };
static const bm_stmt_t partition_remove = { "partition_remove", "select partition_remove($1, $2)", .unprepared = 1 };

static const bm_stmt_t partition_oldest_events = { "partition_oldest_events",
    "select max(id), count(*) from (select id, at from events order by id limit $2) e where at < now() - $1 * interval '1 day'"
    " and id <= coalesce((select min(id) - 1 from (select id, at from events order by id limit $2) f"
    "                      where at >= now() - $1 * interval '1 day'), 9223372036854775807)" };
static const bm_stmt_t partition_delete_events = { "partition_delete_events", "delete from events where id <= $1" };

static apr_status_t begin(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_begin(db, err);

    return rv == APR_SUCCESS ? bm_db_query(NULL, db, &partition_patience, BM_NO_PARAMS, err, p) : rv;
}

static apr_status_t end(apr_status_t rv, bm_db_t *db, bm_err_t *err)
{
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv != APR_SUCCESS)
        bm_db_rollback(db);
    return rv;
}

static apr_status_t list(bm_rows_t **prows, apr_int64_t *last_id, bm_db_t *db, const table_t *t, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(prows, db, &partition_list, BM_PARAMS(bm_param_text(t->name)), err, p);

    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &partition_last_id, BM_PARAMS(bm_param_text(t->sequence)), err, p);
    if (rv == APR_SUCCESS)
        *last_id = bm_rows_int64(rows, 0, 0, 0);
    return rv;
}

static apr_status_t create(bm_db_t *db, const table_t *t, apr_int64_t from, apr_int64_t size, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = bm_db_query(NULL, db, &partition_make,
                                  BM_PARAMS(bm_param_text(t->name), bm_param_int64(from), bm_param_int64(size)), err, p);

    if (rv == APR_SUCCESS)
        bm_log(BM_LOG_INFO, APR_SUCCESS, BMLOG(0230) "partition %s_p%" APR_INT64_T_FMT " made, ids %" APR_INT64_T_FMT " to %"
               APR_INT64_T_FMT, t->name, from, from, from + size - 1);
    return rv;
}

apr_status_t bm_partition_store_ahead(int *created, bm_db_t *db, bm_partitioned_e table, apr_int64_t size, bm_err_t *err,
                                      apr_pool_t *p)
{
    const table_t *t = &tables[table];
    apr_int64_t last_id = 0, bound = 0;
    bm_rows_t *rows;
    apr_status_t rv;

    *created = 0;
    rv = begin(db, err, p);
    if (rv == APR_SUCCESS)
        rv = list(&rows, &last_id, db, t, err, p);
    if (rv == APR_SUCCESS)
        bound = bm_rows_count(rows) > 0 ? bm_rows_int64(rows, 0, 1, 0) : 0;
    while (rv == APR_SUCCESS && last_id + size / 5 >= bound) {
        rv = create(db, t, bound, size, err, p);
        bound += size;
        (*created)++;
    }
    return end(rv, db, err);
}

static apr_status_t is_old(int *old, bm_db_t *db, const table_t *t, apr_int64_t bound, int days, bm_err_t *err, apr_pool_t *p)
{
    bm_stmt_t stmt = { "partition_is_old", apr_psprintf(p, is_old_form, t->queued, t->at, t->name), .unprepared = 1 };
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &stmt, BM_PARAMS(bm_param_int64(bound), bm_param_int(days)), err, p);

    *old = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    return rv;
}

static apr_status_t drop(bm_db_t *db, const table_t *t, const char *name, apr_int64_t bound, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;

    if (t == &tables[BM_PARTITIONED_EVENTS])
        rv = bm_db_query(NULL, db, &partition_mark, BM_PARAMS(bm_param_int64(bound - 1)), err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, db, &partition_remove, BM_PARAMS(bm_param_text(t->name), bm_param_text(name)), err, p);
    if (rv == APR_SUCCESS)
        bm_log(BM_LOG_INFO, APR_SUCCESS, BMLOG(0231) "partition %s dropped: all of it is past its time", name);
    return rv;
}

apr_status_t bm_partition_store_drop(int *dropped, bm_db_t *db, bm_partitioned_e table, int days, bm_err_t *err, apr_pool_t *p)
{
    const table_t *t = &tables[table];
    apr_int64_t last_id = 0, bound = 0;
    const char *name = NULL;
    bm_rows_t *rows;
    int old = 0;
    apr_status_t rv;

    *dropped = 0;
    if (days <= 0)
        return APR_SUCCESS;
    rv = begin(db, err, p);
    if (rv == APR_SUCCESS)
        rv = list(&rows, &last_id, db, t, err, p);
    /* The oldest one only, and never the last: it holds the ids to come. */
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 1) {
        name = bm_rows_text(rows, bm_rows_count(rows) - 1, 0);
        bound = bm_rows_int64(rows, bm_rows_count(rows) - 1, 1, 0);
        if (bound > 0 && bound <= last_id)
            rv = is_old(&old, db, t, bound, days, err, p);
    }
    if (rv == APR_SUCCESS && old)
        rv = drop(db, t, name, bound, err, p);
    rv = end(rv, db, err);
    *dropped = rv == APR_SUCCESS && old;
    return rv;
}

apr_status_t bm_partition_store_prune_events(int *deleted, bm_db_t *db, int days, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_int64_t last = 0;
    apr_status_t rv;

    *deleted = 0;
    if (days <= 0)
        return APR_SUCCESS;
    rv = begin(db, err, p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(&rows, db, &partition_oldest_events, BM_PARAMS(bm_param_int(days), bm_param_int(limit)), err, p);
    if (rv == APR_SUCCESS)
        last = bm_rows_int64(rows, 0, 0, 0);
    if (rv == APR_SUCCESS && last > 0)
        rv = bm_db_query(NULL, db, &partition_mark, BM_PARAMS(bm_param_int64(last)), err, p);
    if (rv == APR_SUCCESS && last > 0)
        rv = bm_db_query(&rows, db, &partition_delete_events, BM_PARAMS(bm_param_int64(last)), err, p);
    if (rv == APR_SUCCESS && last > 0)
        *deleted = (int)bm_rows_affected(rows);
    rv = end(rv, db, err);
    *deleted = rv == APR_SUCCESS ? *deleted : 0;
    return rv;
}
