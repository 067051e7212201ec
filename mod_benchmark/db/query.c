/* SPDX-License-Identifier: Apache-2.0 */
#include "db/query.h"

#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "db/answer.h"
#include "db/conn_private.h"
#include "db/failure.h"
#include "db/rows.h"

/* One statement on its way. A call of bm_db_query is a pipe of one: the same messages, one code path. */
typedef struct item_t {
    const bm_stmt_t *stmt;
    const bm_param_t *params;
    int n;
} item_t;

/* What was sent, in order: each message has one answer. */
typedef struct sent_t {
    enum { SENT_SETTINGS, SENT_PREPARE, SENT_EXECUTE } what;
    int item;
} sent_t;

struct bm_pipe_t {
    bm_db_t *db;
    apr_pool_t *p;
    apr_array_header_t *items;      /* of item_t */
};

const bm_stmt_t bm_stmt_begin = { "begin", "begin", .unprepared = 1 };
const bm_stmt_t bm_stmt_commit = { "commit", "commit", .unprepared = 1 };
static const bm_stmt_t stmt_rollback = { "rollback", "rollback", .unprepared = 1 };

/* What it is prepared under: over views it is another statement, whose plan would otherwise be made anew at each change. */
static const char *name_of(const bm_db_t *db, const bm_stmt_t *stmt, apr_pool_t *p)
{
    return db->wanted[0] != '\0' ? apr_pstrcat(p, stmt->name, "__held", NULL) : stmt->name;
}

static void remember(bm_db_t *db, const char *name)
{
    apr_hash_set(db->prepared, apr_pstrdup(db->prepared_pool, name), APR_HASH_KEY_STRING, db);
}

static int sends_prepare(bm_db_t *db, const bm_stmt_t *stmt, const char *name)
{
    return !stmt->unprepared && !db->options.unnamed_statements && apr_hash_get(db->prepared, name, APR_HASH_KEY_STRING) == NULL;
}

/* Whether an earlier item of the same pipe has prepared it already. */
static int prepared_by_earlier(const item_t *items, int i)
{
    int k;

    for (k = 0; k < i; k++)
        if (!items[k].stmt->unprepared && strcmp(items[k].stmt->name, items[i].stmt->name) == 0)
            return 1;
    return 0;
}

static void sent(apr_array_header_t *log, int what, int item)
{
    sent_t *s = apr_array_push(log);

    s->what = what;
    s->item = item;
}

static const char *text_of(const bm_stmt_t *stmt)
{
    return stmt->sql != NULL ? stmt->sql : stmt->compose(stmt->parts);
}

static int send_item(bm_db_t *db, const item_t *items, int i, apr_array_header_t *log, apr_pool_t *p)
{
    const item_t *item = &items[i];
    apr_size_t n = (apr_size_t)item->n;
    Oid *types = apr_palloc(p, n * sizeof(Oid) + 1);
    const char **values = apr_palloc(p, n * sizeof(char *) + 1);
    int *lens = apr_palloc(p, n * sizeof(int) + 1), *formats = apr_palloc(p, n * sizeof(int) + 1), k;
    const char *name = name_of(db, item->stmt, p);

    for (k = 0; k < item->n; k++) {
        const bm_param_t *param = &item->params[k];

        types[k] = param->type;
        values[k] = param->number[0] ? param->number : param->value;
        lens[k] = param->len;
        formats[k] = param->binary;
    }
    if (item->stmt->unprepared || db->options.unnamed_statements) {
        sent(log, SENT_EXECUTE, i);
        return PQsendQueryParams(db->conn, text_of(item->stmt), item->n, types, values, lens, formats, item->stmt->binary);
    }
    if (sends_prepare(db, item->stmt, name) && !prepared_by_earlier(items, i)) {
        sent(log, SENT_PREPARE, i);
        if (!PQsendPrepare(db->conn, name, text_of(item->stmt), item->n, types))
            return 0;
    }
    sent(log, SENT_EXECUTE, i);
    return PQsendQueryPrepared(db->conn, name, item->n, values, lens, formats, item->stmt->binary);
}

static apr_status_t send_all(bm_db_t *db, const item_t *items, int n, apr_array_header_t *log, apr_pool_t *p)
{
    const char *settings = bm_db_local_settings(db);
    int ok = PQenterPipelineMode(db->conn), i = 0;

    /* Behind a transaction pooler no session is ours: the settings come with each transaction. They are a query. */
    if (ok && settings != NULL && PQtransactionStatus(db->conn) == PQTRANS_IDLE) {
        if (n > 0 && items[0].stmt->opens)
            ok = send_item(db, items, i++, log, p);
        sent(log, SENT_SETTINGS, -1);
        ok = ok && PQsendQueryParams(db->conn, settings, 0, NULL, NULL, NULL, NULL, 0);
    }
    for (; ok && i < n; i++)
        ok = send_item(db, items, i, log, p);
    ok = ok && PQpipelineSync(db->conn);
    if (!ok)
        bm_answer_give_up(db);          /* out of memory or broken: what the server has got is unknown */
    return ok ? APR_SUCCESS : APR_EAGAIN;
}

/* The result of one message (the caller clears it) and the NULL behind it. */
static apr_status_t read_one(PGresult **pres, bm_db_t *db)
{
    PGresult *end = NULL;
    apr_status_t rv = bm_answer_next(pres, db);

    if (rv != APR_SUCCESS || *pres == NULL)
        return rv != APR_SUCCESS ? rv : APR_EAGAIN;
    if (PQresultStatus(*pres) == PGRES_PIPELINE_SYNC)
        return APR_SUCCESS;
    do {
        PQclear(end);
        rv = bm_answer_next(&end, db);
    } while (rv == APR_SUCCESS && end != NULL);
    return rv;
}

static int is_failure(const PGresult *res)
{
    ExecStatusType status = PQresultStatus(res);

    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

/* Read the answers to all that was sent. *failed: the first failure (caller clears), *failed_at: its place in log.
 * @return APR_EAGAIN: the connection is gone; *failed may hold libpq's own words. */
static apr_status_t read_all(bm_rows_t **rows, PGresult **failed, int *failed_at, bm_db_t *db, apr_array_header_t *log,
                             const item_t *items, apr_pool_t *p)
{
    PGresult *res;
    apr_status_t rv;
    int i;

    for (i = 0; i < log->nelts; i++) {
        const sent_t *s = &APR_ARRAY_IDX(log, i, sent_t);

        rv = read_one(&res, db);
        if (rv != APR_SUCCESS) {
            if (*failed == NULL && res != NULL && is_failure(res))
                *failed = res;
            else
                PQclear(res);
            *failed_at = i;
            return rv;
        }
        if (is_failure(res)) {
            if (*failed == NULL) {
                *failed = res;
                *failed_at = i;
            } else {
                PQclear(res);           /* PGRES_PIPELINE_ABORTED of those behind it */
            }
            continue;
        }
        if (s->what == SENT_PREPARE)
            remember(db, name_of(db, items[s->item].stmt, p));
        if (s->what == SENT_EXECUTE)
            rows[s->item] = bm_rows_make(res, p);
        else
            PQclear(res);
    }
    rv = read_one(&res, db);            /* the sync */
    PQclear(res);
    if (rv != APR_SUCCESS || !PQexitPipelineMode(db->conn)) {
        bm_answer_give_up(db);
        return APR_EAGAIN;
    }
    return APR_SUCCESS;
}

static const char *sqlstate_of(const PGresult *res)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;

    return state ? state : "";
}

/* The backend and our memory of it disagree: another backend under the same pid, or a table that changed its columns. */
static int is_stale_statement(const PGresult *res)
{
    const char *state = sqlstate_of(res);

    return strcmp(state, "26000") == 0 || strcmp(state, "42P05") == 0
        || (strcmp(state, "0A000") == 0 && strstr(PQresultErrorMessage(res), "cached plan") != NULL);
}

static void repair_memory(bm_db_t *db, const char *sqlstate, const bm_stmt_t *stmt, apr_pool_t *p)
{
    bm_stmt_t deallocate = { "deallocate", NULL, .unprepared = 1 };
    const char *name = name_of(db, stmt, p);

    if (strcmp(sqlstate, "42P05") == 0) {
        remember(db, name);
    } else if (strcmp(sqlstate, "0A000") == 0) {
        deallocate.sql = apr_pstrcat(p, "deallocate \"", name, "\"", NULL);       /* names of bm_select have capitals and signs */
        bm_db_query(NULL, db, &deallocate, BM_NO_PARAMS, NULL, p);
        apr_hash_set(db->prepared, name, APR_HASH_KEY_STRING, NULL);
    } else {
        bm_db_forget(db);
    }
}

static void note_time(const bm_db_t *db, const item_t *items, int n, apr_int64_t started)
{
    apr_int64_t ns = bm_timefmt_monotonic_ns() - started, ms = ns / 1000000;

    if (db->options.observe != NULL)
        db->options.observe(db->options.observer, items[0].stmt->family ? items[0].stmt->family : items[0].stmt->name, ns);
    if (db->slow_ms > 0 && ms >= db->slow_ms)
        bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0205) "slow statement %s%s: %" APR_INT64_T_FMT " ms%s", items[0].stmt->name,
               n > 1 ? " and those behind it" : "", ms, db->tag);
}

static apr_status_t run_items(bm_rows_t **rows, bm_db_t *db, const item_t *items, int n, bm_err_t *err, apr_pool_t *p);

/* Tell the session which projects it is held to. Until that is answered nobody knows, also when it fails; and nothing else is
 * sent before. A search_path may name what is not there, or not for us: that must be an error, not a look at the tables. */
static apr_status_t follow_projects(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    static const bm_stmt_t stmt = { "projects_setting",
        "select set_config('search_path',$1,false),set_config('benchmark.projects',$2,false),$3::text::regclass",
        .unprepared = 1 };
    int held = db->wanted[0] != '\0';
    const bm_param_t params[] = { bm_param_text(bm_db_search_path(db, held, p)), bm_param_text(db->wanted),
                                  bm_param_text(held ? bm_db_held_view(db, p) : NULL) };
    const item_t item = { &stmt, params, 3 };
    bm_rows_t *rows = NULL;
    apr_status_t rv;

    apr_cpystrn(db->is_set, db->wanted, sizeof(db->is_set));       /* or it would come here again */
    rv = run_items(&rows, db, &item, 1, err, p);
    if (rv != APR_SUCCESS)
        apr_cpystrn(db->is_set, "?", sizeof(db->is_set));
    if (rv == APR_EGENERAL)
        rv = bm_err_set(err, APR_EAGAIN, "projects_unavailable",
                        "Who sees some projects only can be shown nothing: the views of schema %s_projects are missing or"
                        " closed.", db->options.schema);
    return rv;
}

/* Send, read, and once more if only our memory of prepared statements was wrong. rows: room for n. */
static apr_status_t run_items(bm_rows_t **rows, bm_db_t *db, const item_t *items, int n, bm_err_t *err, apr_pool_t *p)
{
    apr_int64_t started = bm_timefmt_monotonic_ns();
    int idle_before, attempt, failed_at = 0;
    apr_array_header_t *log = apr_array_make(p, 2 * n + 1, sizeof(sent_t));
    PGresult *failed = NULL;
    apr_status_t rv;

    if (db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK)
        return bm_failure_unavailable(err);
    idle_before = PQtransactionStatus(db->conn) == PQTRANS_IDLE;
    for (attempt = 1;; attempt++) {
        if (idle_before && db->local_settings == NULL && strcmp(db->is_set, db->wanted) != 0) {
            rv = follow_projects(db, err, p);
            if (rv != APR_SUCCESS)
                return rv;
        }
        failed = NULL;
        apr_array_clear(log);
        rv = send_all(db, items, n, log, p);
        if (rv == APR_SUCCESS)
            rv = read_all(rows, &failed, &failed_at, db, log, items, p);
        if (rv != APR_SUCCESS || failed == NULL || !idle_before || attempt > 1 || !is_stale_statement(failed))
            break;
        bm_db_rollback(db);
        repair_memory(db, sqlstate_of(failed), items[APR_ARRAY_IDX(log, failed_at, sent_t).item].stmt, p);
        PQclear(failed);
    }
    note_time(db, items, n, started);
    if (rv == APR_SUCCESS && failed == NULL)
        return APR_SUCCESS;
    if (failed_at < log->nelts) {
        int item = APR_ARRAY_IDX(log, failed_at, sent_t).item;

        rv = bm_failure_report(db, item >= 0 ? items[item].stmt->name : "session_settings", failed, err);
    } else {
        rv = bm_failure_unavailable(err);
    }
    PQclear(failed);
    return rv;
}

apr_status_t bm_db_query(bm_rows_t **prows, bm_db_t *db, const bm_stmt_t *stmt, const bm_param_t *params, int n,
                         bm_err_t *err, apr_pool_t *p)
{
    item_t item = { stmt, params, n };
    bm_rows_t *rows = NULL;
    apr_status_t rv = run_items(&rows, db, &item, 1, err, p);

    if (prows != NULL)
        *prows = rv == APR_SUCCESS ? rows : NULL;
    return rv;
}

/* --- transactions --- */

static apr_status_t control(bm_db_t *db, const bm_stmt_t *stmt, const char *expected, bm_err_t *err)
{
    bm_rows_t *rows = NULL;
    item_t item = { stmt, NULL, 0 };
    apr_pool_t *ptemp;
    apr_status_t rv;

    apr_pool_create(&ptemp, db->p);
    rv = run_items(&rows, db, &item, 1, err, ptemp);
    /* A failed transaction answers COMMIT with ROLLBACK, and calls that a success. */
    if (rv == APR_SUCCESS && strcmp(bm_rows_tag(rows), expected) != 0)
        rv = bm_err_set(err, APR_EGENERAL, "database_error", "The transaction had failed before.");
    apr_pool_destroy(ptemp);
    return rv;
}

apr_status_t bm_db_begin(bm_db_t *db, bm_err_t *err)
{
    return control(db, &bm_stmt_begin, "BEGIN", err);
}

static const bm_stmt_t transaction_limit = { "transaction_limit", "select set_config('statement_timeout', $1, true)" };

apr_status_t bm_db_begin_limited(bm_db_t *db, int limit_ms, bm_err_t *err)
{
    bm_pipe_t *pipe;
    apr_pool_t *p;
    apr_status_t rv;

    apr_pool_create(&p, NULL);
    pipe = bm_pipe_make(db, p);
    bm_pipe_add(pipe, &bm_stmt_begin, BM_NO_PARAMS);
    bm_pipe_add(pipe, &transaction_limit, BM_PARAMS(bm_param_text(apr_itoa(p, limit_ms))));
    rv = bm_pipe_run(NULL, pipe, err);
    apr_pool_destroy(p);
    if (rv == APR_SUCCESS)
        db->limit_ms = limit_ms;
    return rv;
}

apr_status_t bm_db_commit(bm_db_t *db, bm_err_t *err)
{
    apr_status_t rv = control(db, &bm_stmt_commit, "COMMIT", err);

    db->limit_ms = 0;
    return rv;
}

void bm_db_rollback(bm_db_t *db)
{
    PGTransactionStatusType state;

    if (db != NULL)
        db->limit_ms = 0;
    if (db == NULL || db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK)
        return;
    state = PQtransactionStatus(db->conn);
    if (state == PQTRANS_INTRANS || state == PQTRANS_INERROR)
        control(db, &stmt_rollback, "ROLLBACK", NULL);
}

/* --- pipes --- */

bm_pipe_t *bm_pipe_make(bm_db_t *db, apr_pool_t *p)
{
    bm_pipe_t *pipe = apr_pcalloc(p, sizeof(*pipe));

    pipe->db = db;
    pipe->p = p;
    pipe->items = apr_array_make(p, 4, sizeof(item_t));
    return pipe;
}

void bm_pipe_add(bm_pipe_t *pipe, const bm_stmt_t *stmt, const bm_param_t *params, int n)
{
    item_t *item = apr_array_push(pipe->items);

    item->stmt = stmt;
    item->params = n > 0 ? apr_pmemdup(pipe->p, params, (apr_size_t)n * sizeof(*params)) : NULL;
    item->n = n;
}

apr_status_t bm_pipe_run(bm_rows_t ***prows, bm_pipe_t *pipe, bm_err_t *err)
{
    int n = pipe->items->nelts;
    bm_rows_t **rows = apr_pcalloc(pipe->p, (apr_size_t)(n + 1) * sizeof(*rows));
    int idle_before = pipe->db->conn != NULL && PQtransactionStatus(pipe->db->conn) == PQTRANS_IDLE;
    apr_status_t rv;

    rv = n == 0 ? APR_SUCCESS : run_items(rows, pipe->db, (const item_t *)pipe->items->elts, n, err, pipe->p);
    apr_array_clear(pipe->items);
    if (rv != APR_SUCCESS && idle_before)
        bm_db_rollback(pipe->db);
    if (prows != NULL)
        *prows = rows;
    return rv;
}

/* --- what the log says --- */

void bm_db_slow_ms(bm_db_t *db, int ms)
{
    db->slow_ms = ms;
}

void bm_db_tag(bm_db_t *db, const char *tag)
{
    if (tag == NULL || tag[0] == '\0')
        db->tag[0] = '\0';
    else
        apr_snprintf(db->tag, sizeof(db->tag), " (%.*s)", (int)sizeof(db->tag) - 4, tag);
}
