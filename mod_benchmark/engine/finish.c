/* SPDX-License-Identifier: Apache-2.0
 *
 * finish.c: the batch. What a single outcome is made of stands in outcome.c. */
#include "engine/finish.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/timefmt.h"
#include "engine/event_notifier.h"
#include "engine/run_metering.h"
#include "engine/run_tracing.h"
#include "engine/store_connect.h"
#include "kpi/kpi_delta_rows.h"
#include "kpi/kpi_labels.h"
#include "store/finish_store.h"
#include "store/location_store.h"
#include "store/queue_store.h"

#define MODELS_MAX 4096           /* names remembered; what comes after counts as "no model" */

/* Owner: recorder thread. */
struct bm_finish_t {
    bm_recorder_options_t options;
    apr_pool_t *p;
    apr_pool_t *pconn;            /* of the connection and of what was learnt through it */
    apr_pool_t *pbatch;           /* cleared with each batch */
    bm_db_t *db;
    apr_hash_t *models;           /* "provider\nname" -> int *, in pconn */
    bm_kpi_labels_t *labels;      /* in pconn */
    const char *location;         /* the one looked up last, and its number; in pconn; NULL: none */
    int location_id;
    int away;                     /* the loss of the database was logged */
};

bm_finish_t *bm_finish_make(const bm_recorder_options_t *options, apr_pool_t *p)
{
    bm_finish_t *f = apr_pcalloc(p, sizeof(*f));

    f->options = *options;
    f->p = p;
    apr_pool_create(&f->pbatch, p);
    return f;
}

void bm_finish_close(bm_finish_t *finish)
{
    if (finish->pconn != NULL)
        apr_pool_destroy(finish->pconn);
    finish->pconn = NULL;
    finish->db = NULL;
    finish->location = NULL;
}

static apr_status_t connect_store(bm_finish_t *f, bm_err_t *err)
{
    const bm_recorder_options_t *own = &f->options;
    const bm_store_access_t store = { own->settings, own->meters, own->conninfo, own->conninfo_baton };
    bm_db_options_t options = {
        .application_name = "mod_benchmark recorder", .engine_plans = 1, .statement_timeout_ms = 30000,
        .idle_in_transaction_ms = (int)apr_time_as_msec(own->settings->lease)
    };
    apr_status_t rv;

    if (f->db != NULL)
        return bm_db_check(f->db, err);
    apr_pool_create(&f->pconn, f->p);
    rv = bm_store_connect(&f->db, &options, &store, err, f->pconn);
    f->models = apr_hash_make(f->pconn);
    f->labels = bm_kpi_labels_make(f->options.settings->max_labels, f->pconn);
    if (rv != APR_SUCCESS)
        bm_finish_close(f);
    return rv;
}

/* --- KPI samples */

static apr_status_t model_of(int *id, bm_finish_t *f, const bm_finished_run_t *run, bm_err_t *err)
{
    const char *key;
    int *known, made;
    apr_status_t rv;

    *id = 0;
    if (run->model == NULL || run->provider == NULL)
        return APR_SUCCESS;
    key = apr_pstrcat(f->pbatch, run->provider, "\n", run->model, NULL);
    known = apr_hash_get(f->models, key, APR_HASH_KEY_STRING);
    if (known != NULL) {
        *id = *known;
        return APR_SUCCESS;
    }
    if (apr_hash_count(f->models) >= MODELS_MAX)
        return APR_SUCCESS;
    rv = bm_finish_store_model_id(&made, f->db, run->provider, run->model, err, f->pbatch);
    if (rv != APR_SUCCESS)
        return rv;
    known = apr_palloc(f->pconn, sizeof(*known));
    *known = *id = made;
    apr_hash_set(f->models, apr_pstrdup(f->pconn, key), APR_HASH_KEY_STRING, known);
    return APR_SUCCESS;
}

/* Nearly always this engine's own. */
static apr_status_t location_of(int *id, bm_finish_t *f, const bm_finished_run_t *run, bm_err_t *err)
{
    apr_status_t rv = APR_SUCCESS;

    *id = 0;
    if (run->location == NULL)
        return APR_SUCCESS;
    if (f->location == NULL || strcmp(f->location, run->location) != 0) {
        f->location = NULL;
        rv = bm_location_store_id(&f->location_id, f->db, run->location, err, f->pbatch);
        if (rv != APR_SUCCESS)
            return rv;
        f->location = apr_pstrdup(f->pconn, run->location);
    }
    *id = f->location_id;
    return rv;
}

static void set_labels(bm_finish_t *f, bm_task_t *const *tasks, int n, apr_array_header_t *unknown)
{
    int i;

    for (i = 0; i < n; i++)
        if (tasks[i]->sample != NULL)
            bm_kpi_labels_set(tasks[i]->sample, f->labels, tasks[i]->labels, unknown, f->pbatch);
}

static apr_status_t find_labels(bm_finish_t *f, bm_task_t *const *tasks, int n, bm_err_t *err)
{
    apr_array_header_t *unknown = apr_array_make(f->pbatch, 8, sizeof(const char *));
    apr_status_t rv;

    set_labels(f, tasks, n, unknown);
    if (unknown->nelts == 0)
        return APR_SUCCESS;
    rv = bm_kpi_labels_learn(f->labels, unknown, f->db, err, f->pbatch);
    if (rv == APR_SUCCESS)
        set_labels(f, tasks, n, unknown);
    return rv;
}

/* Before the transaction: the keys of all that will be counted, if it is recorded. */
static apr_status_t find_keys(bm_finish_t *f, bm_task_t *const *tasks, int n, bm_err_t *err)
{
    apr_status_t rv = find_labels(f, tasks, n, err);
    int i, id, location_id;

    for (i = 0; i < n && rv == APR_SUCCESS; i++) {
        if (tasks[i]->sample == NULL)
            continue;
        rv = model_of(&id, f, tasks[i]->outcome, err);
        if (rv == APR_SUCCESS)
            rv = location_of(&location_id, f, tasks[i]->outcome, err);
        if (rv != APR_SUCCESS)
            return rv;
        tasks[i]->sample->model_id = id;
        tasks[i]->sample->location_id = location_id;
    }
    return rv;
}

/* The deltas of exactly the runs that the queue gave up to us. */
static apr_status_t make_deltas(bm_delta_row_t **prows, int *count, bm_finish_t *f, bm_task_t *const *tasks, int n,
                                const apr_array_header_t *recorded)
{
    bm_kpi_sample_t *samples = apr_palloc(f->pbatch, sizeof(*samples) * (apr_size_t)(recorded->nelts + 1));
    apr_hash_t *by_id = apr_hash_make(f->pbatch);
    apr_array_header_t *deltas;
    apr_status_t rv;
    int i, m = 0;

    for (i = 0; i < n; i++)
        apr_hash_set(by_id, &tasks[i]->id, sizeof(tasks[i]->id), tasks[i]);
    for (i = 0; i < recorded->nelts; i++) {
        const bm_recorded_run_t *row = &APR_ARRAY_IDX(recorded, i, bm_recorded_run_t);
        const bm_task_t *task = apr_hash_get(by_id, &row->id, sizeof(row->id));

        if (task == NULL || task->sample == NULL)
            continue;
        samples[m] = *task->sample;
        samples[m++].finished_hour = (apr_int32_t)(apr_time_sec(row->finished_at) / 3600);
    }
    rv = bm_kpi_delta_create(&deltas, samples, m, f->pbatch, f->pbatch);
    if (rv != APR_SUCCESS)
        return rv;
    *count = deltas->nelts;
    *prows = bm_kpi_delta_rows(deltas, f->pbatch);
    return APR_SUCCESS;
}

/* --- the two kinds of end */

static void report_refused(bm_task_t *const *tasks, int n, const apr_array_header_t *recorded)
{
    int i, j;

    if (recorded->nelts == n)
        return;
    for (i = 0; i < n; i++) {
        for (j = 0; j < recorded->nelts; j++)
            if (APR_ARRAY_IDX(recorded, j, bm_recorded_run_t).id == tasks[i]->id)
                break;
        if (j == recorded->nelts)
            bm_log(BM_LOG_INFO, 0,
                   BMLOG(0040) "run %" APR_INT64_T_FMT ": not recorded, another engine owns it or has recorded it",
                   tasks[i]->id);
    }
}

/* Those who count and those who follow runs hear of exactly what is recorded. */
static void tell(bm_finish_t *f, bm_task_t *const *tasks, int n, const apr_array_header_t *recorded)
{
    int i, j;

    for (i = 0; i < recorded->nelts; i++)
        for (j = 0; j < n; j++) {
            if (tasks[j]->id != APR_ARRAY_IDX(recorded, i, bm_recorded_run_t).id)
                continue;
            if (f->options.meters != NULL && tasks[j]->sample != NULL)
                bm_run_metering_add(f->options.meters, tasks[j]->sample, tasks[j]->outcome);
            bm_run_tracing_end(tasks[j], f->options.traces);
        }
}

static apr_status_t record(bm_finish_t *f, bm_task_t *const *tasks, int n, bm_err_t *err)
{
    const bm_finished_run_t **runs = apr_palloc(f->pbatch, sizeof(*runs) * (apr_size_t)n);
    apr_array_header_t *recorded;
    bm_delta_row_t *deltas;
    apr_status_t rv;
    int i, count;

    for (i = 0; i < n; i++) {
        tasks[i]->outcome->age_us = bm_timefmt_steady() - tasks[i]->ended_at;
        runs[i] = tasks[i]->outcome;
    }
    rv = find_keys(f, tasks, n, err);
    if (rv == APR_SUCCESS)
        rv = bm_finish_store_rows(&recorded, f->db, runs, n, err, f->pbatch);
    if (rv != APR_SUCCESS)
        return rv;
    rv = make_deltas(&deltas, &count, f, tasks, n, recorded);
    if (rv != APR_SUCCESS) {
        bm_db_rollback(f->db);
        return bm_err_set(err, rv, NULL, "The KPI deltas of a batch could not be made.");
    }
    rv = bm_finish_store_commit(f->db, recorded, runs, n, deltas, count, err, f->pbatch);
    if (rv != APR_SUCCESS)
        return rv;
    report_refused(tasks, n, recorded);
    tell(f, tasks, n, recorded);
    return rv;
}

static apr_status_t requeue(bm_finish_t *f, bm_task_t *const *tasks, int n, bm_err_t *err)
{
    bm_queue_key_t *keys = apr_palloc(f->pbatch, sizeof(*keys) * (apr_size_t)n);
    apr_int64_t *delays = apr_palloc(f->pbatch, sizeof(*delays) * (apr_size_t)n);
    const char **reasons = apr_palloc(f->pbatch, sizeof(*reasons) * (apr_size_t)n);
    apr_array_header_t *done;
    int i;

    for (i = 0; i < n; i++) {
        keys[i].id = tasks[i]->id;
        keys[i].fence = tasks[i]->fence;
        delays[i] = tasks[i]->requeue_delay;
        reasons[i] = tasks[i]->requeue_why;
    }
    return bm_queue_store_requeue(&done, f->db, keys, delays, reasons, n, err, f->pbatch);
}

static void note_outage(bm_finish_t *f, apr_status_t rv, const bm_err_t *err, int n)
{
    if (rv == APR_SUCCESS && f->away)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0041) "recorder: the database is back");
    else if (rv != APR_SUCCESS && !f->away)
        bm_log(BM_LOG_ERR, 0, BMLOG(0042) "recorder: %d ended runs wait in memory: %s", n,
               err->detail ? err->detail : "the database refused them");
    f->away = rv != APR_SUCCESS;
}

apr_status_t bm_finish_batch(bm_finish_t *finish, bm_task_t *first, int n)
{
    bm_task_t **to_record, **to_requeue, *task;
    int recording = 0, requeueing = 0;
    apr_status_t rv;
    bm_err_t *err;

    apr_pool_clear(finish->pbatch);
    err = bm_err_make(finish->pbatch);
    to_record = apr_palloc(finish->pbatch, sizeof(*to_record) * (apr_size_t)n);
    to_requeue = apr_palloc(finish->pbatch, sizeof(*to_requeue) * (apr_size_t)n);
    for (task = first; task != NULL; task = task->next) {
        if (task->end == BM_TASK_REQUEUE)
            to_requeue[requeueing++] = task;
        else
            to_record[recording++] = task;
    }
    rv = connect_store(finish, err);
    if (rv == APR_SUCCESS && requeueing > 0)
        rv = requeue(finish, to_requeue, requeueing, err);
    if (rv == APR_SUCCESS && recording > 0)
        rv = record(finish, to_record, recording, err);
    if (rv == APR_SUCCESS)
        bm_event_notifier_poke(finish->options.notifier, recording > 0);
    note_outage(finish, rv, err, n);
    if (rv != APR_SUCCESS && finish->db != NULL && PQstatus(bm_db_conn(finish->db)) != CONNECTION_OK)
        bm_finish_close(finish);
    return rv;
}
