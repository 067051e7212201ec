/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/engine_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <http_config.h>
#include <http_log.h>
#include "base/log.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/calibration.h"
#include "engine/discovery.h"
#include "engine/engine.h"
#include "engine/run_work.h"
#include "export/otlp_sender.h"
#include "loadtest/loadtest_work.h"
#include "sync/trace_syncer.h"
#include "training/session.h"
#include "glue/dbd.h"
#include "glue/directives.h"
#include "glue/metering.h"
#include "net/outbound.h"
#include "net/tls_files.h"

APLOG_USE_MODULE(benchmark);

#define STOP_LIMIT apr_time_from_msec(7000)      /* the parent waits 8 s */
#define SENDER_LIMIT apr_time_from_msec(1500)    /* of these, to send the last traces */
#define FILES_OF_ENGINE 64                       /* logs, rings, connections to the database, and some air */
#define FILES_OF_LOOP 16                         /* warm connections beyond those of its runs */
#define FILES_OF_START 2                         /* of a run that begins: a resolver, or two addresses that are tried at once */

/* What needed root. */
typedef struct prepared_t {
    bm_vault_t *vault;
    bm_tls_files_t *tls_files;
} prepared_t;

/* Where the store is: BenchmarkDirectDSN, BenchmarkDSN, or what mod_dbd's connection says. Asked by several threads until it is
 * known. mutex guards `known` and p, which is nobody else's. */
typedef struct store_place_t {
    server_rec *main_server;
    apr_pool_t *p;
    apr_thread_mutex_t *mutex;
    const char *known;
} store_place_t;

static const char *store_conninfo(void *baton, apr_pool_t *p)
{
    store_place_t *place = baton;
    const char *text;

    apr_thread_mutex_lock(place->mutex);
    if (place->known == NULL)
        place->known = bm_dbd_conninfo(place->main_server, place->p);
    text = place->known ? apr_pstrdup(p, place->known) : NULL;
    apr_thread_mutex_unlock(place->mutex);
    return text;
}

void *bm_engine_process_prepare(bm_generation_t *generation, apr_pool_t *p)
{
    const bm_settings_t *settings = bm_directives_settings();
    prepared_t *prepared = apr_pcalloc(p, sizeof(*prepared));
    bm_err_t *err = bm_err_make(p);

    (void)generation;
    if (bm_vault_load(&prepared->vault, settings->secrets, settings->key_ring, err, p) != APR_SUCCESS)
        bm_log(BM_LOG_ERR, 0, BMLOG(0008) "engine: %s", err->detail ? err->detail : "a secret cannot be read");
    if (bm_tls_files_read(&prepared->tls_files, settings, err, p) != APR_SUCCESS)
        bm_log(BM_LOG_ERR, 0, BMLOG(0013) "engine: %s", err->detail ? err->detail : "a certificate cannot be read");
    return prepared;
}

/* Each loop keeps as many connections warm as there may be runs. */
static void keep_within_files(bm_settings_t *settings)
{
    struct rlimit files;
    rlim_t own = FILES_OF_ENGINE + FILES_OF_LOOP * (rlim_t)settings->loops, each = FILES_OF_START + (rlim_t)settings->loops;
    int runs;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY
        || files.rlim_cur >= own + each * (rlim_t)settings->max_in_flight)
        return;
    runs = files.rlim_cur < own + each ? 1 : (int)((files.rlim_cur - own) / each);
    bm_log(BM_LOG_WARNING, 0, BMLOG(0014) "engine: the limit of %lu open files allows %d runs at once, not the %d of "
           "BenchmarkMaxInFlight", (unsigned long)files.rlim_cur, runs, settings->max_in_flight);
    settings->max_in_flight = runs;
}

/* The settings as they hold in this process. */
static const bm_settings_t *engine_settings(apr_pool_t *p)
{
    bm_settings_t *settings = apr_pmemdup(p, bm_directives_settings(), sizeof(*settings));

    if (settings->direct_dsn != NULL)
        settings->unnamed_statements = 0;      /* no pooler stands in this way */
    keep_within_files(settings);
    return settings;
}

/* Until the engine may go: drained, told to stop, or orphaned. */
static void attend(bm_engine_t *engine, bm_trace_syncer_t *syncer, int signals, apr_interval_time_t drain_limit)
{
    struct pollfd pfd = { .fd = signals, .events = POLLIN };
    struct signalfd_siginfo info;
    apr_time_t drain_until = 0;
    pid_t parent = getppid();

    for (;;) {
        if (poll(&pfd, 1, drain_until ? 100 : 1000) > 0 && read(signals, &info, sizeof(info)) == sizeof(info)) {
            if (info.ssi_signo == SIGTERM)
                return;
            if (drain_until == 0) {
                drain_until = bm_timefmt_steady() + drain_limit;
                bm_engine_drain(engine);
                bm_trace_syncer_stop(syncer);
            }
        }
        if (getppid() != parent)
            return;
        if (drain_until != 0 && (bm_engine_is_drained(engine) || bm_timefmt_steady() > drain_until))
            return;
    }
}

/* engine/ must not know what is built on it. */
static const bm_work_t *const works[] = {
    &bm_run_work,
    &bm_calibration_work,
    &bm_discovery_work,
    &bm_loadtest_work,
    &bm_training_work,
    NULL
};

static const bm_controller_t *const controllers[] = { &bm_training_controller, NULL };

/* Runs go on without it. */
static bm_otlp_sender_t *start_sender(const bm_engine_options_t *engine, apr_pool_t *p)
{
    bm_otlp_sender_options_t options = { .settings = engine->settings, .tls_files = engine->tls_files, .meters = engine->meters,
                                         .secret = bm_vault_secret, .secret_baton = engine->vault };
    bm_err_t *err = bm_err_make(p);
    bm_otlp_sender_t *sender;
    apr_status_t rv = bm_otlp_sender_start(&sender, &options, err, p);

    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_ERR, rv, BMLOG(0702) "no traces are sent: %s", err->detail ? err->detail : "their sender cannot start");
    return sender;
}

/* Likewise. */
static bm_trace_syncer_t *start_syncer(const bm_engine_options_t *engine, const char *engine_id, apr_pool_t *p)
{
    bm_trace_syncer_options_t options = {
        .store = { engine->settings, engine->meters, engine->conninfo, engine->conninfo_baton }, .tls_files = engine->tls_files,
        .vault = engine->vault, .engine_id = engine_id
    };
    bm_trace_syncer_t *syncer;
    apr_status_t rv = bm_trace_syncer_start(&syncer, &options, p);

    if (rv != APR_SUCCESS)
        bm_log(BM_LOG_ERR, rv, BMLOG(0963) "no trace source is synced here: its threads cannot start");
    return syncer;
}

void bm_engine_process_main(bm_generation_t *generation, void *baton, int signals, apr_pool_t *p)
{
    const prepared_t *prepared = baton;
    const bm_settings_t *settings = engine_settings(p);
    store_place_t place = {
        .main_server = generation->main_server, .p = bm_thread_pool_make("conninfo"),
        .known = settings->direct_dsn ? settings->direct_dsn : settings->dsn
    };
    bm_engine_options_t options = {
        .settings = settings, .vault = prepared->vault, .tls_files = prepared->tls_files,
        .board = generation->board, .meters = bm_metering_meters(), .target_ring = generation->ring,
        .kpi_board = generation->kpi_board,
        .works = works, .controllers = controllers,
        .poke_fd = generation->poke_fd, .conninfo = store_conninfo, .conninfo_baton = &place
    };
    bm_otlp_sender_t *sender = NULL;
    bm_trace_syncer_t *syncer;
    bm_engine_t *engine;
    apr_status_t rv;

    apr_thread_mutex_create(&place.mutex, APR_THREAD_MUTEX_DEFAULT, p);
    atomic_store(&generation->board->engine_pid, getpid());
    atomic_fetch_add(&generation->board->engine_starts, 1);
    rv = bm_outbound_init();
    if (rv == APR_SUCCESS && settings->otlp_endpoint != NULL) {
        sender = start_sender(&options, p);
        options.traces = sender != NULL ? bm_otlp_sender_sink(sender) : NULL;
    }
    if (rv == APR_SUCCESS)
        rv = bm_engine_start(&engine, &options, p);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, generation->main_server, BMLOG(0009) "the engine cannot start");
        apr_sleep(apr_time_from_sec(5));      /* the parent starts another: not in a hurry */
        _exit(1);
    }
    syncer = start_syncer(&options, bm_engine_id(engine), p);
    attend(engine, syncer, signals, settings->drain);
    bm_trace_syncer_stop(syncer);
    bm_engine_stop(engine, sender != NULL ? STOP_LIMIT - SENDER_LIMIT : STOP_LIMIT);
    bm_otlp_sender_stop(sender, SENDER_LIMIT);
}
