/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <sys/resource.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/board_keeper.h"
#include "engine/controller.h"
#include "engine/director.h"
#include "engine/event_notifier.h"
#include "engine/host.h"
#include "engine/housekeeping.h"
#include "engine/loop.h"
#include "engine/recorder.h"
#include "net/outbound.h"

struct bm_engine_t {
    bm_engine_options_t options;
    apr_pool_t *p;
    const char *id;
    bm_ring_t *ended;
    bm_loop_t **loops;
    int loop_count;
    bm_recorder_t *recorder;
    bm_director_t *director;
    bm_housekeeping_t *housekeeping;
    bm_controllers_t *controllers;     /* NULL: there are none, or the engine drains */
    bm_board_keeper_t *keeper;         /* NULL: there is no board */
    bm_event_notifier_t *notifier;
};

static const char *host_name(apr_pool_t *p)
{
    char name[256] = "";

    gethostname(name, sizeof(name) - 1);
    return apr_pstrdup(p, name[0] ? name : "localhost");
}

/* Host and pid come again after a reboot; the random part does not. */
static const char *make_id(const char *host, apr_pool_t *p)
{
    unsigned boot = 0;

    bm_rand_secure(&boot, sizeof(boot));
    return apr_psprintf(p, "%s-%d-%08x", host, (int)getpid(), boot);
}

static const char *info_json(const bm_engine_options_t *options, apr_pool_t *p)
{
    const bm_settings_t *settings = options->settings;
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    const char *text;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "loops");
    bm_jw_int(&w, settings->loops);
    bm_jw_key(&w, "capacity");
    bm_jw_int(&w, settings->max_in_flight);
    bm_jw_key(&w, "priority");
    bm_jw_int(&w, getpriority(PRIO_PROCESS, 0));
    bm_jw_key(&w, "kernel_stamps");
    bm_jw_bool(&w, settings->kernel_stamps);
    bm_jw_key(&w, "location");
    bm_jw_string(&w, settings->location);
    bm_jw_end_object(&w);
    text = apr_pstrmemdup(p, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}

/* What a loop keeps warm: enough for its runs, and for load tests, which may have many more under way, as far as half of
 * the open files go. */
static int warm_connections(const bm_settings_t *settings)
{
    int runs = settings->max_in_flight + 16, files = bm_host_connections() / (2 * settings->loops);

    return runs > files ? runs : files;
}

static apr_status_t start_loops(bm_engine_t *e)
{
    const bm_settings_t *settings = e->options.settings;
    bm_outbound_t *outbound;
    bm_err_t *err = bm_err_make(e->p);
    apr_status_t rv = bm_outbound_create(&outbound, settings, e->options.tls_files, err, e->p);
    int i;

    if (rv != APR_SUCCESS) {
        bm_log(BM_LOG_ERR, rv, BMLOG(0050) "engine: %s", err->detail ? err->detail : "outbound settings are not usable");
        return rv;
    }
    e->loops = apr_pcalloc(e->p, sizeof(*e->loops) * (apr_size_t)settings->loops);
    for (i = 0; i < settings->loops && rv == APR_SUCCESS; i++) {
        bm_loop_options_t options = { .index = i,
                                      .outbound = outbound,
                                      .outbox = bm_recorder_returns(e->recorder),
                                      .capacity = warm_connections(settings),
                                      .kernel_stamps = settings->kernel_stamps,
                                      .rr_priority = settings->realtime, .spin_us = settings->spin_us,
                                      .cpus = settings->loop_cpus };

        rv = bm_loop_create(&e->loops[i], &options, e->p);
        if (rv == APR_SUCCESS)
            e->loop_count++;
    }
    return rv;
}

static apr_status_t start_director(bm_engine_t *e, const char *host)
{
    bm_director_options_t options = {
        .settings = e->options.settings, .engine_id = e->id, .host = host, .info = info_json(&e->options, e->p),
        .board = e->options.board, .meters = e->options.meters, .recorder = e->recorder, .ended = e->ended,
        .vault = e->options.vault,
        .notifier = e->notifier,
        .poke_fd = e->options.poke_fd,
        .conninfo = e->options.conninfo, .conninfo_baton = e->options.conninfo_baton
    };

    return bm_director_start(&e->director, &options, e->p);
}

apr_status_t bm_engine_start(bm_engine_t **pengine, const bm_engine_options_t *options, apr_pool_t *p)
{
    bm_engine_t *e = apr_pcalloc(p, sizeof(*e));
    const char *host = host_name(p);
    bm_recorder_options_t recorder = {
        .settings = options->settings, .vault = options->vault, .board = options->board, .meters = options->meters,
        .target_ring = options->target_ring, .traces = options->traces,
        .works = options->works, .conninfo = options->conninfo, .conninfo_baton = options->conninfo_baton
    };
    const bm_store_access_t store = { options->settings, options->meters, options->conninfo, options->conninfo_baton };
    apr_status_t rv;

    *pengine = e;
    e->options = *options;
    e->p = p;
    e->id = make_id(host, p);
    rv = bm_ring_create(&e->ended, 65536, p);
    if (rv == APR_SUCCESS)
        rv = bm_event_notifier_start(&e->notifier, &store, p);
    recorder.engine_id = e->id;
    recorder.ended = e->ended;
    recorder.notifier = e->notifier;
    if (rv == APR_SUCCESS)
        rv = bm_recorder_create(&e->recorder, &recorder, p);
    if (rv == APR_SUCCESS)
        rv = start_loops(e);
    if (rv == APR_SUCCESS)
        rv = bm_recorder_start(e->recorder, e->loops, e->loop_count);
    if (rv == APR_SUCCESS)
        rv = start_director(e, host);
    if (rv == APR_SUCCESS)
        rv = bm_housekeeping_start(&e->housekeeping, &store, e->id, p);
    if (rv == APR_SUCCESS && options->controllers != NULL)
        rv = bm_controllers_start(&e->controllers, options->controllers, &store, options->poke_fd, p);
    if (rv == APR_SUCCESS && options->kpi_board != NULL)
        rv = bm_board_keeper_start(&e->keeper, options->kpi_board, &store, p);
    if (rv == APR_SUCCESS)
        bm_log(BM_LOG_INFO, 0, BMLOG(0051) "engine %s: %d loops, up to %d runs at once, nice %d", e->id, e->loop_count,
               options->settings->max_in_flight, getpriority(PRIO_PROCESS, 0));
    return rv;
}

const char *bm_engine_id(const bm_engine_t *engine)
{
    return engine->id;
}

/* Its successor decides, or another engine. */
static void stop_controllers(bm_engine_t *engine)
{
    if (engine->controllers != NULL)
        bm_controllers_stop(engine->controllers);
    engine->controllers = NULL;
}

void bm_engine_drain(bm_engine_t *engine)
{
    stop_controllers(engine);
    bm_director_set_stage(engine->director, BM_DIRECTOR_DRAIN);
    bm_board_keeper_end(engine->keeper);
}

int bm_engine_is_drained(bm_engine_t *engine)
{
    return bm_director_in_flight(engine->director) == 0;
}

void bm_engine_stop(bm_engine_t *engine, apr_interval_time_t limit)
{
    apr_time_t until = bm_timefmt_steady() + limit;
    int i;

    stop_controllers(engine);
    bm_housekeeping_stop(engine->housekeeping);
    bm_board_keeper_stop(engine->keeper);
    bm_director_set_stage(engine->director, BM_DIRECTOR_STOP);
    while (!bm_engine_is_drained(engine) && bm_timefmt_steady() < until)
        apr_sleep(apr_time_from_msec(10));
    bm_director_stop(engine->director);
    for (i = 0; i < engine->loop_count; i++)
        bm_loop_stop(engine->loops[i]);
    for (i = 0; i < engine->loop_count; i++)
        bm_loop_join(engine->loops[i]);
    bm_recorder_stop(engine->recorder, until > bm_timefmt_steady() ? until - bm_timefmt_steady() : 0);
    bm_event_notifier_stop(engine->notifier);
    bm_log(BM_LOG_INFO, 0, BMLOG(0052) "engine %s: ended", engine->id);
}
