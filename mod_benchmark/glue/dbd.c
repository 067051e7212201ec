/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/dbd.h"

#include <string.h>
#include <unistd.h>
#include <apr_dbd.h>
#include <apr_hooks.h>
#include <apr_optional.h>
#include <apr_optional_hooks.h>
#include <apr_strings.h>
#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <http_config.h>
#include <http_log.h>
#include <mod_dbd.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "db/query.h"
#include "glue/directives.h"

#define WAIT_FOR_A_PLACE apr_time_from_sec(2)
#define SLOW_FAILURE apr_time_from_msec(500)        /* a connect that took so long to fail was not refused but unheard */
#define AWAY apr_time_from_sec(1)

/* Connections come from mod_dbd and go back to it, where DBDKeep and DBDExptime decide on them and other modules find them;
 * but while requests wait for one, it is handed to the next: the way through mod_dbd's pool costs as much as a short statement.
 *
 * mod_dbd connects under its pool's lock, where nobody can give up waiting: while the database does not answer, the waits of
 * all who are in there would add up. So unless connections of ours rest there, one at a time goes in, and when that one was not
 * heard nobody follows for a second.
 * mutex guards what follows it; cond is signalled when one more may go on. */
typedef struct dbd_source_t {
    bm_db_source_t base;
    server_rec *main_server;
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *open;
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *close;
    bm_db_options_t options;
    apr_thread_mutex_t *mutex;
    apr_thread_cond_t *cond;
    apr_array_header_t *handed;     /* of ap_dbd_t *: for those who wait */
    int waiting;
    int limit;                      /* BenchmarkPoolLimit */
    int places;                     /* connections that may still be taken from mod_dbd */
    int resting;                    /* connections that we gave back to mod_dbd; it may have closed some since */
    int opening;                    /* someone is in mod_dbd's pool to connect */
    apr_time_t away_until;
    bm_meters_t *meters;
    bm_pool_meter_t *meter;         /* what /metrics tells of this child; NULL: there was no room */
} dbd_source_t;

const char *bm_dbd_check(server_rec *main_server, apr_pool_t *ptemp)
{
    (void)main_server;
    if (APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open) == NULL)
        return apr_pstrdup(ptemp, "mod_dbd is not loaded (a2enmod dbd)");
    return NULL;
}

/* Under the mutex. */
static void show(const dbd_source_t *source)
{
    if (source->meter == NULL)
        return;
    atomic_store_explicit(&source->meter->in_use, source->limit - source->places, memory_order_relaxed);
    atomic_store_explicit(&source->meter->waiting, source->waiting, memory_order_relaxed);
}

/* Whether to go into mod_dbd's pool now. Under the mutex. */
static int may_open(dbd_source_t *source, int *pconnects)
{
    if (source->places == 0 || (source->resting == 0 && source->opening))
        return 0;
    source->places--;
    *pconnects = source->resting == 0;
    if (*pconnects)
        source->opening = 1;
    else
        source->resting--;
    return 1;
}

/* A connection from hand to hand, or the right to go into mod_dbd's pool (*prec is NULL then; *pconnects: probably to connect).
 * @return APR_TIMEUP: none became free; APR_EAGAIN: the database does not answer. */
static apr_status_t take(ap_dbd_t **prec, int *pconnects, dbd_source_t *source)
{
    apr_time_t until = 0, now;
    apr_status_t rv = APR_SUCCESS;

    *prec = NULL;
    apr_thread_mutex_lock(source->mutex);
    while (rv == APR_SUCCESS && source->handed->nelts == 0 && !may_open(source, pconnects)) {
        now = bm_timefmt_steady();
        if (until == 0)
            until = now + WAIT_FOR_A_PLACE;
        source->waiting++;
        show(source);
        rv = now >= until ? APR_TIMEUP : apr_thread_cond_timedwait(source->cond, source->mutex, until - now);
        source->waiting--;
        if (source->handed->nelts == 0 && bm_timefmt_steady() < source->away_until)
            rv = APR_EAGAIN;
    }
    if (rv == APR_SUCCESS && source->handed->nelts > 0)
        *prec = *(ap_dbd_t **)apr_array_pop(source->handed);
    show(source);
    apr_thread_mutex_unlock(source->mutex);
    return rv;
}

/* The one who went in since `began` is out again, with a connection or without. */
static void opened(dbd_source_t *source, int connects, int success, apr_time_t began)
{
    if (success && !connects)
        return;
    apr_thread_mutex_lock(source->mutex);
    if (connects)
        source->opening = 0;
    if (!success) {
        apr_time_t now = bm_timefmt_steady();

        source->places++;
        show(source);
        source->resting = 0;
        if (now - began >= SLOW_FAILURE)
            source->away_until = now + AWAY;
        apr_thread_cond_broadcast(source->cond);      /* all may give up */
    }
    else if (source->places > 0)
        apr_thread_cond_signal(source->cond);         /* one at a time: to wake all of them for each place costs half the rate */
    apr_thread_mutex_unlock(source->mutex);
}

/* Give back to mod_dbd. */
static void go_home(dbd_source_t *source, ap_dbd_t *rec, int usable)
{
    source->close(source->main_server, rec);
    apr_thread_mutex_lock(source->mutex);
    source->places++;
    show(source);
    source->resting += usable;
    apr_thread_cond_signal(source->cond);
    apr_thread_mutex_unlock(source->mutex);
}

/* @return 1: somebody takes it from here. */
static int hand_over(dbd_source_t *source, ap_dbd_t *rec)
{
    int wanted;

    apr_thread_mutex_lock(source->mutex);
    wanted = source->waiting > source->handed->nelts;
    if (wanted) {
        APR_ARRAY_PUSH(source->handed, ap_dbd_t *) = rec;
        apr_thread_cond_signal(source->cond);
    }
    apr_thread_mutex_unlock(source->mutex);
    return wanted;
}

/* timeout: all were in use; else the database is away. */
static apr_status_t unavailable(const dbd_source_t *source, int timeout, bm_err_t *err)
{
    const char *sentence = timeout ? "All database connections are in use." : "The database cannot be reached.";

    atomic_fetch_add_explicit(timeout ? &source->meters->pool_timeouts : &source->meters->pool_failures, 1, memory_order_relaxed);
    bm_err_set(err, APR_EAGAIN, "database_unavailable", "%s", sentence);
    if (err != NULL)
        err->retry_after_s = 2;
    return APR_EAGAIN;
}

static apr_status_t source_open(bm_db_t **pdb, bm_db_source_t *base, bm_err_t *err, apr_pool_t *p)
{
    dbd_source_t *source = base->baton;
    int connects = 0;
    ap_dbd_t *rec;
    apr_status_t rv = take(&rec, &connects, source);

    *pdb = NULL;
    if (rv != APR_SUCCESS)
        return unavailable(source, rv != APR_EAGAIN, err);
    if (rec == NULL) {
        apr_time_t began = bm_timefmt_steady();

        rec = source->open(p, source->main_server);
        opened(source, connects, rec != NULL, began);
        if (rec == NULL)
            return unavailable(source, 0, err);
    }
    rv = bm_db_wrap(pdb, apr_dbd_native_handle(rec->driver, rec->handle), &source->options, rec->pool, err);
    if (rv != APR_SUCCESS) {
        *pdb = NULL;
        go_home(source, rec, 0);
        atomic_fetch_add_explicit(&source->meters->pool_failures, 1, memory_order_relaxed);
        return rv;
    }
    bm_db_slow_ms(*pdb, bm_directives_settings()->slow_query_ms);
    bm_db_set_baton(*pdb, rec);
    return APR_SUCCESS;
}

static void source_close(bm_db_t *db, bm_db_source_t *base)
{
    dbd_source_t *source = base->baton;
    int usable;

    if (db == NULL)
        return;
    bm_db_rollback(db);
    usable = PQstatus(bm_db_conn(db)) == CONNECTION_OK;
    if (!usable || !hand_over(source, bm_db_baton(db)))
        go_home(source, bm_db_baton(db), usable);
}

static void options_fill(bm_db_options_t *options, bm_meters_t *meters)
{
    const bm_settings_t *settings = bm_directives_settings();

    options->schema = settings->schema;
    options->application_name = "mod_benchmark web";
    options->engine_plans = 1;        /* a statement prepared while the queue was empty must not scan it when it is long */
    options->statement_timeout_ms = (int)apr_time_as_msec(settings->statement_timeout);
    options->unnamed_statements = settings->unnamed_statements;
    options->observe = bm_meters_statement;
    options->observer = meters;
}

static apr_status_t forget_pool(void *data)
{
    atomic_store(&((bm_pool_meter_t *)data)->pid, 0);
    return APR_SUCCESS;
}

bm_db_source_t *bm_dbd_source_make(server_rec *main_server, bm_meters_t *meters, apr_pool_t *pchild)
{
    dbd_source_t *source = apr_pcalloc(pchild, sizeof(*source));

    source->base.open = source_open;
    source->base.close = source_close;
    source->base.baton = source;
    source->main_server = main_server;
    source->open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    source->close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    source->places = source->limit = bm_directives_settings()->pool_limit;
    source->handed = apr_array_make(pchild, source->places, sizeof(ap_dbd_t *));
    options_fill(&source->options, meters);
    source->meters = meters;
    source->meter = bm_meters_pool(meters, getpid(), source->limit);
    if (source->meter != NULL)
        apr_pool_cleanup_register(pchild, source->meter, forget_pool, apr_pool_cleanup_null);
    apr_thread_mutex_create(&source->mutex, APR_THREAD_MUTEX_DEFAULT, pchild);
    apr_thread_cond_create(&source->cond, pchild);
    return &source->base;
}

/* mod_dbd makes its pools in its child_init, which nobody runs in a forked process. All the others stay untouched: they
 * would start watchdogs, HTTP/2 workers and log buffers here. */
static void run_child_init_of_mod_dbd(server_rec *main_server, apr_pool_t *p)
{
    apr_array_header_t *hooks = ap_hook_get_child_init();
    int i;

    for (i = 0; hooks != NULL && i < hooks->nelts; i++) {
        const ap_LINK_child_init_t *hook = &APR_ARRAY_IDX(hooks, i, ap_LINK_child_init_t);

        if (strcmp(hook->szName, "mod_dbd.c") == 0)
            hook->pFunc(p, main_server);
    }
}

/* keyword='value' with quotes and backslashes escaped, as libpq reads it back. */
static const char *conninfo_text(PQconninfoOption *options, apr_pool_t *p)
{
    const char *text = "";
    PQconninfoOption *o;

    for (o = options; o->keyword != NULL; o++) {
        const char *s;
        char *escaped, *e;

        if (o->val == NULL || o->val[0] == '\0' || strcmp(o->keyword, "options") == 0)
            continue;
        escaped = e = apr_palloc(p, 2 * strlen(o->val) + 1);
        for (s = o->val; *s != '\0'; s++) {
            if (*s == '\'' || *s == '\\')
                *e++ = '\\';
            *e++ = *s;
        }
        *e = '\0';
        text = apr_pstrcat(p, text, o->keyword, "='", escaped, "' ", NULL);
    }
    return text;
}

bm_db_options_t *bm_dbd_own_options(const char *application_name, bm_meters_t *meters, apr_pool_t *pchild)
{
    const bm_settings_t *settings = bm_directives_settings();
    bm_db_options_t *options = apr_pcalloc(pchild, sizeof(*options));

    options_fill(options, meters);
    options->application_name = application_name;
    options->conninfo = settings->direct_dsn ? settings->direct_dsn : settings->dsn;
    if (settings->direct_dsn != NULL)
        options->unnamed_statements = 0;       /* no pooler stands in this way */
    return options;
}

const char *bm_dbd_source_conninfo(void *source, apr_pool_t *p)
{
    bm_db_source_t *from = source;
    PQconninfoOption *options;
    const char *text = NULL;
    bm_db_t *db;

    if (from->open(&db, from, NULL, p) != APR_SUCCESS)
        return NULL;
    options = PQconninfo(bm_db_conn(db));
    if (options != NULL)
        text = conninfo_text(options, p);
    PQconninfoFree(options);
    from->close(db, from);
    return text;
}

const char *bm_dbd_conninfo(server_rec *main_server, apr_pool_t *p)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    const char *text = NULL;
    PQconninfoOption *options;
    apr_pool_t *scratch;
    ap_dbd_t *rec;

    if (dbd_open == NULL)
        return NULL;
    apr_pool_create(&scratch, p);            /* the pools made here go as soon as we know */
    run_child_init_of_mod_dbd(main_server, scratch);
    rec = dbd_open(scratch, main_server);
    if (rec != NULL) {
        options = PQconninfo(apr_dbd_native_handle(rec->driver, rec->handle));
        if (options != NULL)
            text = conninfo_text(options, p);
        PQconninfoFree(options);
        dbd_close(main_server, rec);
    }
    apr_pool_destroy(scratch);
    return text;
}
