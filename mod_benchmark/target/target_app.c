/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_app.h"

#include <string.h>
#include <apr_strings.h>

struct bm_target_app_t {
    apr_pool_t *p;
    apr_uint64_t ids;
    apr_uint64_t serial;            /* of the newest run */
    bm_target_queues_t *queues;
    bm_target_run_t runs[BM_TARGET_APP_RUNS];
};

bm_target_app_t *bm_target_app_make(apr_pool_t *p)
{
    bm_target_app_t *app = apr_pcalloc(p, sizeof(*app));

    app->p = p;
    app->queues = bm_target_queues_make(p);
    if (bm_rand_secure(&app->ids, sizeof(app->ids)) != APR_SUCCESS)
        app->ids = (apr_uint64_t)apr_time_now();    /* ids need to differ, not to be secret */
    return app;
}

apr_uint64_t bm_target_app_next_id(bm_target_app_t *app)
{
    apr_uint64_t id;

    do
        id = bm_rand_mix(++app->ids);
    while (id == 0);
    return id;
}

apr_status_t bm_target_app_queue(bm_target_app_t *app, const bm_target_spec_t *spec, apr_int64_t now_ns,
                                 apr_int64_t *wait_ns)
{
    bm_target_queue_t *queue;

    *wait_ns = 0;
    if (spec->queue_servers == 0)
        return APR_SUCCESS;
    queue = bm_target_queues_get(app->queues, spec->queue_name, spec->queue_servers, spec->queue_limit, now_ns);
    return bm_target_queue_admit(queue, now_ns, bm_target_schedule_hold_ns(spec), wait_ns);
}

static void set_outcome(bm_target_run_t *run, apr_int64_t wait_ns)
{
    apr_int64_t length_ns = bm_target_schedule_last_ns(&run->spec, wait_ns) + (apr_int64_t)(run->spec.finish_ms * 1e6);

    run->finished_ns = run->created_ns + length_ns;
    run->outcome = BM_TARGET_RUN_COMPLETED;
    if (run->spec.fault == BM_TARGET_FAULT_ERROR)
        run->outcome = BM_TARGET_RUN_FAILED;
    if (run->spec.fault == BM_TARGET_FAULT_HANG || run->spec.fault == BM_TARGET_FAULT_SILENT)
        run->finished_ns = APR_INT64_MAX;
}

bm_target_run_t *bm_target_app_add_run(bm_target_app_t *app, const bm_target_spec_t *spec, const char *goal,
                                       apr_int64_t now_ns, apr_int64_t wait_ns)
{
    bm_target_run_t *run = &app->runs[++app->serial % BM_TARGET_APP_RUNS];
    apr_pool_t *p = run->p;

    if (p == NULL)
        apr_pool_create(&p, app->p);
    else
        apr_pool_clear(p);
    memset(run, 0, sizeof(*run));
    run->p = p;
    run->serial = app->serial;
    apr_snprintf(run->id, sizeof(run->id), "r-%016" APR_UINT64_T_HEX_FMT, bm_target_app_next_id(app));
    run->spec = *spec;
    run->spec.streamed = 1;             /* its steps are asked for, however it was started */
    run->spec.text = run->spec.tool = run->spec.finish_reason = run->spec.queue_name = NULL;
    run->spec.error_code = apr_pstrdup(p, spec->error_code);
    run->spec.error_message = apr_pstrdup(p, spec->error_message);
    run->spec.result = apr_pstrdup(p, spec->result);
    run->goal = apr_pstrdup(p, goal);
    run->created = apr_time_now();
    run->created_ns = now_ns;
    run->started_ns = now_ns + wait_ns;
    set_outcome(run, wait_ns);
    return run;
}

bm_target_run_t *bm_target_app_find_run(bm_target_app_t *app, const char *id)
{
    bm_target_run_t *run;

    for (run = app->runs; run < app->runs + BM_TARGET_APP_RUNS; run++)
        if (run->serial != 0 && strcmp(run->id, id) == 0)
            return run;
    return NULL;
}

bm_target_run_t *bm_target_app_run_of(bm_target_app_t *app, apr_uint64_t serial)
{
    bm_target_run_t *run = &app->runs[serial % BM_TARGET_APP_RUNS];

    return serial != 0 && run->serial == serial ? run : NULL;
}

bm_target_run_e bm_target_app_run_state(const bm_target_run_t *run, apr_int64_t now_ns)
{
    if (run->cancelled_ns != 0 && now_ns >= run->cancelled_ns)
        return BM_TARGET_RUN_CANCELLED;
    if (now_ns >= run->finished_ns)
        return run->outcome;
    return now_ns >= run->started_ns ? BM_TARGET_RUN_RUNNING : BM_TARGET_RUN_PENDING;
}
