/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/engine_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include <http_config.h>
#include <http_log.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "engine/engine.h"
#include "glue/dbd.h"
#include "glue/directives.h"
#include "net/outbound.h"

APLOG_USE_MODULE(benchmark);

#define STOP_LIMIT apr_time_from_msec(7000)      /* the parent waits 8 s */

/* Where the store is: BenchmarkDSN, or what mod_dbd's connection says. Asked by two threads until it is known.
 * mutex guards `known`. */
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
    bm_err_t *err = bm_err_make(p);
    bm_vault_t *vault;

    (void)generation;
    if (bm_vault_load(&vault, bm_directives_settings()->secrets, err, p) != APR_SUCCESS)
        bm_log(BM_LOG_ERR, 0, BMLOG(0008) "engine: %s", err->detail ? err->detail : "a secret cannot be read");
    return vault;
}

/* Until the engine may go: drained, told to stop, or orphaned. */
static void attend(bm_engine_t *engine, int signals, apr_interval_time_t drain_limit)
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
            }
        }
        if (getppid() != parent)
            return;
        if (drain_until != 0 && (bm_engine_is_drained(engine) || bm_timefmt_steady() > drain_until))
            return;
    }
}

void bm_engine_process_main(bm_generation_t *generation, void *prepared, int signals, apr_pool_t *p)
{
    const bm_settings_t *settings = bm_directives_settings();
    store_place_t place = { .main_server = generation->main_server, .p = p, .known = settings->dsn };
    bm_engine_options_t options = {
        .settings = settings, .vault = prepared, .board = generation->board, .target_ring = generation->ring,
        .poke_fd = generation->poke_fd, .conninfo = store_conninfo, .conninfo_baton = &place
    };
    bm_engine_t *engine;
    apr_status_t rv;

    apr_thread_mutex_create(&place.mutex, APR_THREAD_MUTEX_DEFAULT, p);
    atomic_store(&generation->board->engine_pid, getpid());
    atomic_fetch_add(&generation->board->engine_starts, 1);
    rv = bm_outbound_init();
    if (rv == APR_SUCCESS)
        rv = bm_engine_start(&engine, &options, p);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, generation->main_server, BMLOG(0009) "the engine cannot start");
        apr_sleep(apr_time_from_sec(5));      /* the parent starts another: not in a hurry */
        _exit(1);
    }
    attend(engine, signals, settings->drain);
    bm_engine_stop(engine, STOP_LIMIT);
}
