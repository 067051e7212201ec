/* SPDX-License-Identifier: Apache-2.0 */
#include "db/conn.h"

#include <poll.h>
#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "db/answer.h"
#include "db/conn_private.h"
#include "db/failure.h"
#include "db/query.h"

#define SLOW_MS_DEFAULT       500
#define LOCK_TIMEOUT_MS       5000
#define IDLE_IN_TX_TIMEOUT_MS 30000
#define RESET_TIMEOUT_MS      3000   /* of a borrowed connection whose owner set no connect_timeout */
#define CONNECT_LIMIT_S       60     /* of a connection that can be stopped */
#define WRAPPED_KEY           "bm_db_wrapped"
#define SEARCH_PATH           "search_path"

/* Defaults of what the administrator's connection string leaves open: no wait without an end. */
static const bm_setting_pair_t conninfo_defaults[] = {
    { "connect_timeout", "2" },
    { "keepalives", "1" },
    { "keepalives_idle", "10" },
    { "keepalives_interval", "5" },
    { "keepalives_count", "3" },
    { "tcp_user_timeout", "10000" },
    { "target_session_attrs", "read-write" },
};
#define CONNINFO_DEFAULTS (sizeof(conninfo_defaults) / sizeof(conninfo_defaults[0]))

static void ignore_notice(void *baton, const PGresult *res)
{
    (void)baton;
    (void)res;
}

static void setting(bm_db_t *db, const char *name, const char *value)
{
    bm_setting_pair_t *pair = apr_array_push(db->settings);

    pair->name = name;
    pair->value = value;
}

const char *bm_db_search_path(const bm_db_t *db, int held, apr_pool_t *p)
{
    return held ? apr_psprintf(p, "\"%s_projects\",\"%s\"", db->options.schema, db->options.schema)
                : apr_psprintf(p, "\"%s\"", db->options.schema);
}

const char *bm_db_held_view(const bm_db_t *db, apr_pool_t *p)
{
    return apr_psprintf(p, "\"%s_projects\".run", db->options.schema);
}

static void settings_make(bm_db_t *db)
{
    const bm_db_options_t *o = &db->options;
    int lock_ms = o->statement_timeout_ms > 0 && o->statement_timeout_ms < LOCK_TIMEOUT_MS ? o->statement_timeout_ms
                                                                                        : LOCK_TIMEOUT_MS;
    int idle_ms = o->idle_in_transaction_ms > 0 && o->idle_in_transaction_ms < IDLE_IN_TX_TIMEOUT_MS ? o->idle_in_transaction_ms
                                                                                                     : IDLE_IN_TX_TIMEOUT_MS;

    db->settings = apr_array_make(db->p, 12, sizeof(bm_setting_pair_t));
    setting(db, SEARCH_PATH, bm_db_search_path(db, 0, db->p));
    setting(db, "jit", "off");
    setting(db, "TimeZone", "UTC");
    setting(db, "DateStyle", "ISO");
    setting(db, "client_encoding", "UTF8");
    setting(db, "statement_timeout", apr_itoa(db->p, o->statement_timeout_ms));
    setting(db, "lock_timeout", apr_itoa(db->p, lock_ms));
    setting(db, "idle_in_transaction_session_timeout", apr_itoa(db->p, idle_ms));
    if (o->engine_plans)
        setting(db, "enable_seqscan", "off");
}

/* "select set_config(...), ...", for the transaction or for the session. */
static const char *settings_sql(const bm_db_t *db, int local, apr_pool_t *p)
{
    const char *sql = "select", *separator = " ";
    int i;

    /* Names are ours and values are numbers or an identifier that was checked at configuration. */
    for (i = 0; i < db->settings->nelts; i++) {
        const bm_setting_pair_t *pair = &APR_ARRAY_IDX(db->settings, i, bm_setting_pair_t);

        sql = apr_psprintf(p, "%s%sset_config('%s','%s',%s)", sql, separator, pair->name, pair->value,
                           local ? "true" : "false");
        separator = ",";
    }
    return sql;
}

static apr_status_t db_finish(void *data)
{
    bm_db_t *db = data;

    if (db->own && db->conn != NULL)
        PQfinish(db->conn);
    db->conn = NULL;
    apr_pool_destroy(db->p);
    return APR_SUCCESS;
}

/* A record with a root pool of its own: the pool of a borrowed connection may share its allocator with other threads. */
static bm_db_t *db_make(const bm_db_options_t *options, int own)
{
    apr_pool_t *p = bm_thread_pool_make("db");
    bm_db_t *db = apr_pcalloc(p, sizeof(*db));

    db->p = p;
    db->own = own;
    db->slow_ms = SLOW_MS_DEFAULT;
    db->options = *options;
    db->options.conninfo = apr_pstrdup(p, options->conninfo);
    db->options.schema = apr_pstrdup(p, options->schema);
    db->options.application_name = apr_pstrdup(p, options->application_name ? options->application_name : "mod_benchmark");
    apr_pool_create(&db->prepared_pool, p);
    apr_pool_create(&db->held_pool, p);
    db->prepared = apr_hash_make(db->prepared_pool);
    settings_make(db);
    if (db->options.unnamed_statements)
        db->local_settings = settings_sql(db, 1, p);
    return db;
}

void bm_db_forget(bm_db_t *db)
{
    apr_pool_clear(db->prepared_pool);
    db->prepared = apr_hash_make(db->prepared_pool);
    db->pid = 0;
    apr_cpystrn(db->is_set, "?", sizeof(db->is_set));
}

/* --- projects --- */

const char *bm_db_held(const bm_db_t *db)
{
    return db->wanted[0] != '\0' ? db->wanted : NULL;
}

apr_status_t bm_db_hold(bm_db_t *db, const char *projects)
{
    const char *wanted = projects != NULL ? projects : "";
    size_t len = strlen(wanted);

    if (strcmp(wanted, db->wanted) == 0)
        return APR_SUCCESS;
    if (db->conn != NULL && PQtransactionStatus(db->conn) != PQTRANS_IDLE)
        return APR_EGENERAL;
    if (len >= sizeof(db->wanted) || (projects != NULL && (len < 2 || wanted[0] != '{' || wanted[len - 1] != '}'
                                                           || strspn(wanted + 1, "0123456789,") != len - 2)))
        return APR_EINVAL;
    apr_cpystrn(db->wanted, wanted, sizeof(db->wanted));
    apr_pool_clear(db->held_pool);
    db->local_held = NULL;
    return APR_SUCCESS;
}

const char *bm_db_local_settings(bm_db_t *db)
{
    if (db->local_settings == NULL || db->wanted[0] == '\0')
        return db->local_settings;
    if (db->local_held == NULL)
        db->local_held = apr_psprintf(db->held_pool, "%s,set_config('" SEARCH_PATH "','%s',true),"
                                      "set_config('benchmark.projects','%s',true),'%s'::regclass", db->local_settings,
                                      bm_db_search_path(db, 1, db->held_pool), db->wanted, bm_db_held_view(db, db->held_pool));
    return db->local_held;
}

/* A new session has what its options say. */
static void session_is_new(bm_db_t *db)
{
    db->pid = PQbackendPID(db->conn);
    db->is_set[0] = '\0';
}

/* --- our own connections --- */

/* The settings as libpq's "options", so that they come again with every reset; a pooler refuses them, so not there. */
static const char *options_text(const bm_db_t *db, const char *given)
{
    const char *text = given ? given : "";
    int i;

    if (db->options.unnamed_statements)
        return text;
    for (i = 0; i < db->settings->nelts; i++) {
        const bm_setting_pair_t *pair = &APR_ARRAY_IDX(db->settings, i, bm_setting_pair_t);

        text = apr_psprintf(db->p, "%s -c %s=%s", text, pair->name, pair->value);
    }
    return text;
}

static const char *given_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && options->val[0] ? options->val : NULL;
    return NULL;
}

/* Go on with what PQconnectStart or PQresetStart began, until it has come to an end or the time is up. */
static void poll_until_connected(bm_db_t *db, PostgresPollingStatusType (*go_on)(PGconn *conn), int limit_ms)
{
    apr_int64_t deadline = bm_timefmt_monotonic_ns() + (apr_int64_t)limit_ms * 1000000;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        apr_int64_t left = (deadline - bm_timefmt_monotonic_ns()) / 1000000;

        if (left <= 0 || bm_answer_is_stopped(db)) {
            bm_answer_give_up(db);
            return;
        }
        if (bm_answer_poll(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, (int)left))
            state = go_on(db->conn);
    }
}

/* One that can be stopped. libpq alone goes from one host of a list to the next when its time is up. */
static PGconn *connect_stoppable(bm_db_t *db, const char *const *keys, const char *const *values)
{
    apr_int64_t limit_s = CONNECT_LIMIT_S;
    int i;

    for (i = 0; keys[i] != NULL; i++) {
        if (strcmp(keys[i], "connect_timeout") == 0
            && bm_text_to_int64(&limit_s, values[i], 1, CONNECT_LIMIT_S) != APR_SUCCESS)
            limit_s = CONNECT_LIMIT_S;
        if ((strcmp(keys[i], "host") == 0 || strcmp(keys[i], "hostaddr") == 0) && strchr(values[i], ',') != NULL)
            return PQconnectdbParams(keys, values, 0);
    }
    db->conn = PQconnectStartParams(keys, values, 0);
    if (db->conn != NULL && PQstatus(db->conn) != CONNECTION_BAD)
        poll_until_connected(db, PQconnectPoll, (int)limit_s * 1000);
    return db->conn;
}

static PGconn *connect_with(bm_db_t *db, const PQconninfoOption *given)
{
    apr_array_header_t *keys = apr_array_make(db->p, 40, sizeof(char *));
    apr_array_header_t *values = apr_array_make(db->p, 40, sizeof(char *));
    const PQconninfoOption *o;
    apr_size_t i;

#define ADD(key, value) (APR_ARRAY_PUSH(keys, const char *) = (key), APR_ARRAY_PUSH(values, const char *) = (value))
    for (o = given; o->keyword != NULL; o++)
        if (o->val != NULL && o->val[0] != '\0' && strcmp(o->keyword, "options") != 0
            && strcmp(o->keyword, "application_name") != 0)
            ADD(o->keyword, o->val);
    for (i = 0; i < CONNINFO_DEFAULTS; i++)
        if (given_value(given, conninfo_defaults[i].name) == NULL)
            ADD(conninfo_defaults[i].name, conninfo_defaults[i].value);
    ADD("application_name", db->options.application_name);
    ADD("options", options_text(db, given_value(given, "options")));
    ADD(NULL, NULL);
#undef ADD
    if (db->options.stop_fd > 0)
        return connect_stoppable(db, (const char *const *)keys->elts, (const char *const *)values->elts);
    return PQconnectdbParams((const char *const *)keys->elts, (const char *const *)values->elts, 0);
}

static void connected(bm_db_t *db)
{
    PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
    PQsetnonblocking(db->conn, 1);
    session_is_new(db);
}

/* A failed wait is worth one line each time: who retries does so with pauses. */
static apr_status_t not_connected(const bm_db_t *db, bm_err_t *err)
{
    char text[300];

    if (bm_answer_is_stopped(db))
        return bm_failure_unavailable(err);
    bm_failure_message(text, sizeof(text), db->conn);
    bm_log(BM_LOG_WARNING, APR_SUCCESS, BMLOG(0202) "no connection to the database (%s): %s", db->options.application_name, text);
    return bm_failure_unavailable(err);
}

apr_status_t bm_db_connect(bm_db_t **pdb, const bm_db_options_t *options, bm_err_t *err, apr_pool_t *p)
{
    bm_db_t *db = db_make(options, 1);
    PQconninfoOption *given;
    char *reason = NULL;

    *pdb = NULL;
    given = PQconninfoParse(options->conninfo ? options->conninfo : "", &reason);
    PQfreemem(reason);                  /* it may quote a password: never shown */
    if (given != NULL) {
        db->conn = connect_with(db, given);
        PQconninfoFree(given);
    }
    if (given == NULL || db->conn == NULL) {
        bm_log(BM_LOG_ERR, APR_EINVAL, BMLOG(0203) "the connection string of the database cannot be read");
        db_finish(db);
        return bm_failure_unavailable(err);
    }
    if (PQstatus(db->conn) != CONNECTION_OK) {
        not_connected(db, err);
        db_finish(db);
        return APR_EAGAIN;
    }
    connected(db);
    /* The record lives in a root pool, so that closing frees it at once; p's end closes what is still open. */
    apr_pool_cleanup_register(p, db, db_finish, apr_pool_cleanup_null);
    *pdb = db;
    return APR_SUCCESS;
}

/* --- borrowed connections --- */

/* One round trip per new backend. application_name is reported by the server, so a backend that happens to have the
 * pid of its predecessor is not mistaken for it. */
static apr_status_t session_is_set(bm_db_t *db, bm_err_t *err)
{
    const char *name = PQparameterStatus(db->conn, "application_name");
    bm_stmt_t settings = { "session_settings", NULL, .unprepared = 1 };
    apr_pool_t *ptemp;
    apr_status_t rv;

    if (db->pid == PQbackendPID(db->conn) && name != NULL && strcmp(name, db->options.application_name) == 0)
        return APR_SUCCESS;
    bm_db_forget(db);
    if (db->own || db->options.unnamed_statements) {
        session_is_new(db);
        return APR_SUCCESS;
    }
    apr_cpystrn(db->is_set, db->wanted, sizeof(db->is_set));       /* nothing is to go before this one */
    apr_pool_create(&ptemp, db->p);
    settings.sql = apr_pstrcat(ptemp, settings_sql(db, 0, ptemp), ",set_config('application_name',$1,false)", NULL);
    rv = bm_db_query(NULL, db, &settings, BM_PARAMS(bm_param_text(db->options.application_name)), err, ptemp);
    apr_pool_destroy(ptemp);
    if (rv == APR_SUCCESS)
        session_is_new(db);
    else
        bm_db_forget(db);
    return rv;
}

apr_status_t bm_db_wrap(bm_db_t **pdb, PGconn *conn, const bm_db_options_t *options, apr_pool_t *keep, bm_err_t *err)
{
    void *known = NULL;
    bm_db_t *db;

    apr_pool_userdata_get(&known, WRAPPED_KEY, keep);
    db = known;
    if (db == NULL) {
        db = db_make(options, 0);
        apr_pool_userdata_setn(db, WRAPPED_KEY, NULL, keep);
        apr_pool_cleanup_register(keep, db, db_finish, apr_pool_cleanup_null);
    }
    if (db->conn != conn)
        bm_db_forget(db);
    db->conn = conn;
    db->tag[0] = '\0';
    db->wanted[0] = '\0';
    *pdb = db;
    return bm_db_check(db, err);
}

/* --- repair --- */

/* What the server said since the last query: its farewell comes first, the end of file behind it, hence the turns. */
static void drain(bm_db_t *db)
{
    struct pollfd fd = { .fd = PQsocket(db->conn), .events = POLLIN };
    int turns = 8;

    while (turns-- > 0 && PQstatus(db->conn) == CONNECTION_OK && poll(&fd, 1, 0) > 0)
        if (!PQconsumeInput(db->conn))
            break;
}

static int has_connect_timeout(const bm_db_t *db)
{
    PQconninfoOption *options = PQconninfo(db->conn);
    int found = options != NULL && given_value(options, "connect_timeout") != NULL;

    PQconninfoFree(options);
    return found;
}

static apr_status_t reset(bm_db_t *db, bm_err_t *err)
{
    bm_db_forget(db);
    /* Whatever the conninfo says, it has an end. */
    if ((db->own && db->options.stop_fd == 0) || has_connect_timeout(db))
        PQreset(db->conn);
    else if (PQresetStart(db->conn))
        poll_until_connected(db, PQresetPoll, RESET_TIMEOUT_MS);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return not_connected(db, err);
    PQsetnonblocking(db->conn, 1);
    if (db->own)
        session_is_new(db);
    bm_log(BM_LOG_INFO, APR_SUCCESS, BMLOG(0204) "connected to the database again (%s)", db->options.application_name);
    return APR_SUCCESS;
}

apr_status_t bm_db_check(bm_db_t *db, bm_err_t *err)
{
    apr_status_t rv;

    if (db->conn == NULL)
        return bm_failure_unavailable(err);
    if (PQstatus(db->conn) == CONNECTION_OK)
        drain(db);
    /* A query that somebody left unanswered, or a pipeline that was not ended, cannot be repaired from here. */
    if (PQstatus(db->conn) != CONNECTION_OK || PQtransactionStatus(db->conn) == PQTRANS_ACTIVE
        || PQtransactionStatus(db->conn) == PQTRANS_UNKNOWN || PQpipelineStatus(db->conn) != PQ_PIPELINE_OFF) {
        rv = reset(db, err);
        if (rv != APR_SUCCESS)
            return rv;
    }
    if (PQtransactionStatus(db->conn) != PQTRANS_IDLE)
        bm_db_rollback(db);
    if (PQtransactionStatus(db->conn) != PQTRANS_IDLE)
        return bm_failure_unavailable(err);
    PQsetnonblocking(db->conn, 1);
    return session_is_set(db, err);
}

void bm_db_close(bm_db_t *db)
{
    if (db == NULL || db->conn == NULL || !db->own)
        return;
    PQfinish(db->conn);
    db->conn = NULL;
}

PGconn *bm_db_conn(const bm_db_t *db)
{
    return db->conn;
}

const char *bm_db_schema(const bm_db_t *db)
{
    return db->options.schema;
}

void bm_db_set_baton(bm_db_t *db, void *baton)
{
    db->baton = baton;
}

void *bm_db_baton(const bm_db_t *db)
{
    return db->baton;
}
