/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_store.h"

#include <string.h>
#include <apr_strings.h>
#include "model/audit_model.h"
#include "store/select.h"

/* What has a project, by the first word of its path. */
static const struct {
    const char *kind;
    char letter;                     /* of the piece of a statement */
    const char *select;
} parted[] = {
    { "automations", 'A', "(select array[project_id] from automations where id = " },
    { "scenarios", 'S', "(select array[project_id] from scenarios where id = " },
    { "gates", 'S', "(select array[project_id] from scenarios where id = " },
    { "runs", 'R', "(select array[project_id] from run where id = " },
    { "calibrations", 'R', "(select array[project_id] from run where id = " },
    { "discoveries", 'R', "(select array[project_id] from run where id = " },
    { "loadtests", 'L', "(select array[project_id] from run where id = " },
    { "datasets", 'D', "(select array[project_id] from datasets where id = " },
    { "views", 'V', "(select array[project_id] from views where id = " },
    { "secrets", 'K', "(select array[project_id] from secrets where id = " },
    { "projects", 'P', "(select array[id] from projects where id = " }
};

/* Adds ", (select ...)" of an object's project, as an array; nothing, if it has none. */
static int add_project_of(bm_select_t *s, const char *kind, apr_int64_t id, const char *after)
{
    size_t i;

    for (i = 0; kind != NULL && i < sizeof(parted) / sizeof(parted[0]); i++)
        if (strcmp(parted[i].kind, kind) == 0) {
            bm_select_param(s, parted[i].letter, parted[i].select, bm_param_int64(id), after);
            return 1;
        }
    return 0;
}

apr_status_t bm_audit_store_project_of(apr_int64_t *pproject_id, bm_db_t *db, const char *kind, apr_int64_t id, bm_err_t *err,
                                       apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("audit_project_of", "select x.o[1] from ", p);
    bm_rows_t *rows;
    apr_status_t rv;

    *pproject_id = 0;
    if (!add_project_of(s, kind, id, ") x (o)"))
        return APR_SUCCESS;
    rv = bm_select_run(&rows, s, db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0)
        *pproject_id = bm_rows_int64(rows, 0, 0, 0);
    return rv;
}

apr_status_t bm_audit_store_add(bm_db_t *db, const bm_audit_entry_t *entry, bm_err_t *err, apr_pool_t *p)
{
    const bm_param_t params[] = {
        bm_param_text(entry->actor), bm_param_text(entry->role), bm_param_text(entry->address), bm_param_text(entry->action),
        bm_param_text(entry->object), bm_param_texts(entry->members, entry->member_count, p),
        bm_param_text(entry->denied ? "denied" : "done"), bm_param_int(entry->status), bm_param_text(entry->request_id),
        bm_param_text(entry->projects != NULL ? bm_projects_text(entry->projects, p) : NULL)
    };
    bm_select_t *s = bm_select_make("audit_add", "insert into audit_log " BM_AUDIT_COLUMNS
                                    " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce(", p);
    size_t i;

    for (i = 0; i < sizeof(params) / sizeof(params[0]); i++)
        APR_ARRAY_PUSH(s->params, bm_param_t) = params[i];
    (void)add_project_of(s, entry->kind, entry->id, "), ");
    bm_select_add(s, 'a', "$10::bigint[]))");
    return bm_select_run(NULL, s, db, err, p);
}

static void add_filter(bm_select_t *s, const bm_audit_filter_t *filter)
{
    if (filter->actor != NULL)
        bm_select_param(s, 'a', " and actor = ", bm_param_text(filter->actor), "");
    if (filter->action != NULL)
        bm_select_param(s, 'A', " and action = ", bm_param_text(filter->action), "");
    if (filter->outcome != NULL)
        bm_select_param(s, 'o', " and outcome = ", bm_param_text(filter->outcome), "");
    if (filter->request_id != NULL)
        bm_select_param(s, 'r', " and request_id = ", bm_param_text(filter->request_id), "");
    if (filter->object != NULL) {
        bm_select_param(s, 'b', " and (object = ", bm_param_text(filter->object), "");
        bm_select_param(s, 'B', " or starts_with(object, ", bm_param_text(filter->object), " || '/'))");
    }
    if (filter->from != 0)
        bm_select_param(s, 'f', " and at >= ", bm_param_time(filter->from), "");
    if (filter->to != 0)
        bm_select_param(s, 't', " and at < ", bm_param_time(filter->to), "");
}

apr_status_t bm_audit_store_list(bm_rows_t **prows, bm_db_t *db, const bm_audit_filter_t *filter, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("audit_list", "select ", p);

    if (filter->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        bm_select_columns(s, 'c', "", bm_audit_fields, 0);
    bm_select_add(s, 'w', " from audit_log where true");
    add_filter(s, filter);
    if (!filter->count_only) {
        if (filter->after > 0)
            bm_select_param(s, filter->descending ? 'x' : 'y', filter->descending ? " and id < " : " and id > ",
                            bm_param_int64(filter->after), "");
        bm_select_add(s, filter->descending ? 'd' : 'u', filter->descending ? " order by id desc" : " order by id");
        bm_select_limit(s, filter->limit);
        if (filter->skip > 0)
            bm_select_param(s, 's', " offset ", bm_param_int64(filter->skip), "");
    }
    return bm_select_run(prows, s, db, err, p);
}

/* --- the chain */

/* What is hashed, and how batches are chained, stands in sql/007_secrets.sql. */

/* Ids up to the horizon were drawn before it was seen; when every transaction has ended that ran then, no row of them can come
 * any more. Between drawing an id and being known as a transaction there are microseconds, for which it waits two seconds. */
static const bm_stmt_t audit_seal = { "audit_seal",
    "with h as (select last_id from audit_horizon where seen_at < now() - interval '2 seconds'"
    "  and next_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint),"
    " p as (select batch, last_id, hash from audit_seal order by batch desc limit 1),"
    " f as (select coalesce((select batch from p), 0) + 1 as batch, coalesce((select last_id from p), 0) as from_id,"
    "  coalesce((select hash from p), ''::bytea) as prev, h.last_id from h),"
    " r as (select f.batch, f.prev, f.last_id, x.entries, x.rows_hash from f, lateral audit_rows(f.from_id, f.last_id) x"
    "  where x.entries > 0)"
    " insert into audit_seal (batch, last_id, entries, rows_hash, hash) select batch, last_id, entries, rows_hash,"
    " audit_chained(prev, batch, last_id, entries, rows_hash) from r"
    " returning entries, batch::text || ' ' || encode(hash, 'hex')" };
/* Only what a batch may take at once, and only once the last horizon has been reached. */
static const bm_stmt_t audit_look = { "audit_look",
    "update audit_horizon set last_id = n.last_id, next_xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,"
    " seen_at = now()"
    " from (select max(id) as last_id from (select id from audit_log"
    "  where id > (select coalesce(max(last_id), 0) from audit_seal) order by id limit 10000) x) n"
    " where n.last_id > audit_horizon.last_id"
    " and audit_horizon.last_id <= (select coalesce(max(last_id), 0) from audit_seal)" };
static const bm_stmt_t audit_verify = { "audit_verify",
    "with k as (select coalesce(max(batch), 0) as batch, coalesce(max(last_id), 0) as last_id from audit_checkpoint),"
    " c as (select batch, entries, fits from audit_chain(null))"
    " select count(*), coalesce(sum(entries), 0)::bigint, "
    " least(min(batch) filter (where not fits),"
    "  (select k.batch from k where exists (select from audit_log a where a.id <= k.last_id))),"
    " max(batch),"
    " (select encode(hash, 'hex') from audit_seal order by batch desc limit 1),"
    " (select count(*) from audit_log where id > (select coalesce(max(last_id), 0) from audit_seal)),"
    " (select nullif(k.batch, 0) from k) from c" };

apr_status_t bm_audit_store_seal(int *sealed, const char **head, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &audit_seal, BM_NO_PARAMS, err, p);

    *sealed = 0;
    *head = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) > 0) {
        *sealed = (int)bm_rows_int64(rows, 0, 0, 0);
        *head = bm_rows_text(rows, 0, 1);
    }
    return bm_db_query(NULL, db, &audit_look, BM_NO_PARAMS, err, p);
}

static const bm_stmt_t audit_has = { "audit_has",
    "select exists (select batch, hash from audit_seal where batch = $1 and encode(hash, 'hex') = lower($2)"
    "  union all select batch, hash from audit_checkpoint where batch = $1 and encode(hash, 'hex') = lower($2)),"
    " exists (select 1 from audit_checkpoint where batch > $1)" };

apr_status_t bm_audit_store_has(int *has, int *removed, bm_db_t *db, apr_int64_t batch, const char *hash, bm_err_t *err,
                                apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &audit_has, BM_PARAMS(bm_param_int64(batch), bm_param_text(hash)), err, p);

    *has = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    *removed = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 1);
    return rv;
}

static const bm_stmt_t audit_forget = { "audit_forget", "select removed, head, broken from audit_forget($1, $2)" };

apr_status_t bm_audit_store_forget(int *removed, const char **head, apr_int64_t *broken, bm_db_t *db, int days, bm_err_t *err,
                                   apr_pool_t *p)
{
    enum { MOST = 20000 };           /* a batch has 10,000 at most */
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &audit_forget, BM_PARAMS(bm_param_int(days), bm_param_int(MOST)), err, p);

    *removed = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    *head = rv == APR_SUCCESS ? bm_rows_text(rows, 0, 1) : NULL;
    *broken = rv == APR_SUCCESS ? bm_rows_int64(rows, 0, 2, 0) : 0;
    return rv;
}

apr_status_t bm_audit_store_verify(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &audit_verify, BM_NO_PARAMS, err, p);
}
