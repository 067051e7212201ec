/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_writer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/log.h"
#include "base/ring.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include "engine/store_connect.h"
#include "kpi/kpi_delta_rows.h"
#include "kpi/kpi_labels.h"
#include "store/location_store.h"

enum { MESSAGES = 8192, STATEMENT_TIMEOUT_MS = 10000, RETRY_FIRST_MS = 200, RETRY_MAX_MS = 5000 };

typedef struct message_t {
    bm_load_batch_t *batch;          /* or */
    int second;
    const char *progress, *body;     /* behind the message, in the same piece of memory */
} message_t;

/* Owner of the connection and what follows it: the writer's thread. The atomics are for both sides. */
struct bm_load_writer_t {
    bm_load_writer_options_t options;
    bm_thread_t *thread;
    bm_ring_t *messages;
    atomic_int control, lost;
    atomic_uint_fast64_t handed, done;
    atomic_size_t backlog;
    apr_pool_t *p, *pconn, *pwork;
    bm_db_t *db;
    int away;                        /* the loss of the database was logged */
    char model[256];                 /* the name looked up last, and its number */
    int model_id;
    bm_kpi_sample_t labelled;        /* the labels of all samples */
};

bm_load_batch_t *bm_load_batch_make(void)
{
    apr_pool_t *p = bm_thread_pool_make("load-batch");
    bm_load_batch_t *batch = apr_palloc(p, sizeof(*batch));

    batch->p = p;
    batch->bytes = sizeof(*batch);
    batch->n = batch->sample_n = 0;
    batch->transaction = 0;
    return batch;
}

void bm_load_batch_free(bm_load_batch_t *batch)
{
    apr_pool_destroy(batch->p);
}

/* --- the store */

static void disconnect(bm_load_writer_t *w)
{
    if (w->pconn != NULL)
        apr_pool_destroy(w->pconn);
    w->pconn = NULL;
    w->db = NULL;
    w->model[0] = '\0';
}

static apr_status_t find_labels(bm_load_writer_t *w, bm_err_t *err)
{
    bm_kpi_labels_t *labels = bm_kpi_labels_make(w->options.settings->max_labels, w->pwork);
    apr_array_header_t *unknown = apr_array_make(w->pwork, 8, sizeof(const char *));
    apr_status_t rv = APR_SUCCESS;

    bm_kpi_labels_set(&w->labelled, labels, w->options.labels, unknown, w->pwork);
    if (unknown->nelts > 0)
        rv = bm_kpi_labels_learn(labels, unknown, w->db, err, w->pwork);
    if (rv == APR_SUCCESS)
        bm_kpi_labels_set(&w->labelled, labels, w->options.labels, unknown, w->pwork);
    return rv;
}

static apr_status_t connect_store(bm_load_writer_t *w, bm_err_t *err)
{
    const bm_load_writer_options_t *own = &w->options;
    const bm_store_access_t store = { own->settings, own->meters, own->conninfo, own->conninfo_baton };
    bm_db_options_t options = {
        .application_name = "mod_benchmark load test", .engine_plans = 1, .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
        .idle_in_transaction_ms = (int)apr_time_as_msec(own->settings->lease)
    };
    apr_status_t rv;

    if (w->db != NULL)
        return bm_db_check(w->db, err);
    apr_pool_create(&w->pconn, w->p);
    rv = bm_store_connect(&w->db, &options, &store, err, w->pconn);
    if (rv == APR_SUCCESS)
        rv = bm_location_store_id(&w->options.owner.location_id, w->db, w->options.settings->location, err, w->pwork);
    if (rv == APR_SUCCESS)
        rv = find_labels(w, err);
    if (rv != APR_SUCCESS)
        disconnect(w);
    return rv;
}

static apr_status_t find_keys(bm_load_writer_t *w, bm_load_batch_t *batch, bm_err_t *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < batch->sample_n && rv == APR_SUCCESS; i++) {
        batch->samples[i].model_id = 0;
        batch->samples[i].location_id = w->options.owner.location_id;
        if (batch->models[i] == NULL || strlen(batch->models[i]) >= sizeof(w->model))
            continue;
        if (strcmp(batch->models[i], w->model) != 0) {
            rv = bm_finish_store_model_id(&w->model_id, w->db, w->options.provider, batch->models[i], err, w->pwork);
            if (rv == APR_SUCCESS)
                apr_cpystrn(w->model, batch->models[i], sizeof(w->model));
        }
        batch->samples[i].model_id = w->model_id;
        if (batch->row_of[i] >= 0)
            batch->rows[batch->row_of[i]].model_id = w->model_id;
    }
    return rv;
}

static apr_status_t write_batch(bm_load_writer_t *w, bm_load_batch_t *batch, int repeated, bm_err_t *err)
{
    apr_array_header_t *deltas;
    int owned = 1, has = 0;
    apr_status_t rv = APR_SUCCESS;

    if (repeated)
        rv = bm_request_store_has(&has, w->db, &w->options.owner, batch->n > 0 ? &batch->rows[0] : NULL, batch->transaction, err,
                                  w->pwork);
    if (rv != APR_SUCCESS || has)
        return rv;
    rv = find_keys(w, batch, err);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_delta_create(&deltas, batch->samples, batch->sample_n, w->pwork, w->pwork);
    if (rv == APR_SUCCESS)
        bm_kpi_delta_copy_to_labels(deltas, w->labelled.label_ids, w->labelled.label_count);
    if (rv == APR_SUCCESS)
        rv = bm_request_store_add(&owned, &batch->transaction, w->db, &w->options.owner, batch->rows, batch->n,
                                  bm_kpi_delta_rows(deltas, w->pwork), deltas->nelts, err, w->pwork);
    if (rv == APR_SUCCESS && !owned)
        atomic_store(&w->lost, 1);
    return rv;
}

static apr_status_t write_progress(bm_load_writer_t *w, const message_t *m, bm_err_t *err)
{
    bm_series_row_t series = { m->second, m->body };
    const char *control;
    apr_status_t rv = bm_request_store_progress(&control, w->db, &w->options.owner, m->progress, &series, m->body != NULL, err,
                                                w->pwork);

    if (rv != APR_SUCCESS)
        return rv;
    if (control == NULL)
        atomic_store(&w->lost, 1);
    else
        atomic_store(&w->control, strcmp(control, "pause") == 0 ? BM_LOAD_PAUSE
                     : strcmp(control, "drain") == 0 ? BM_LOAD_DRAIN : BM_LOAD_RUN);
    return APR_SUCCESS;
}

/* --- the thread */

static void note_outage(bm_load_writer_t *w, apr_status_t rv, const bm_err_t *err)
{
    if (rv == APR_SUCCESS && w->away)
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0401) "load test %" APR_INT64_T_FMT ": the database is back",
               w->options.owner.loadtest_id);
    else if (rv != APR_SUCCESS && !w->away)
        bm_log(BM_LOG_ERR, 0, BMLOG(0402) "load test %" APR_INT64_T_FMT ": its requests wait in memory: %s",
               w->options.owner.loadtest_id, err->detail ? err->detail : "the database refused them");
    w->away = rv != APR_SUCCESS;
}

static void take_a_break(bm_thread_t *thread, int ms)
{
    apr_time_t until = bm_timefmt_steady() + apr_time_from_msec(ms);

    while (bm_timefmt_steady() < until && !bm_thread_stopping(thread))
        apr_sleep(apr_time_from_msec(20));
}

/* Until it is written, or nobody wants it any more. What the store refuses for its content is logged and left out. */
static void perform(bm_load_writer_t *w, bm_thread_t *thread, const message_t *m)
{
    int pause = RETRY_FIRST_MS, attempt;

    for (attempt = 0; !atomic_load(&w->lost); attempt++) {
        bm_err_t *err;
        apr_status_t rv;

        apr_pool_clear(w->pwork);
        err = bm_err_make(w->pwork);
        rv = connect_store(w, err);
        if (rv == APR_SUCCESS)
            rv = m->batch != NULL ? write_batch(w, m->batch, attempt > 0, err) : write_progress(w, m, err);
        if (rv == APR_EINVAL || rv == APR_EEXIST || rv == APR_EGENERAL) {
            bm_log(BM_LOG_ERR, rv, BMLOG(0403) "load test %" APR_INT64_T_FMT ": the store refuses %s: %s",
                   w->options.owner.loadtest_id, m->batch ? "requests" : "the progress",
                   err->detail ? err->detail : "no reason given");
            return;
        }
        note_outage(w, rv, err);
        if (rv == APR_SUCCESS || bm_thread_stopping(thread) || m->batch == NULL)
            return;                      /* progress that could not be written is out of date a second later */
        take_a_break(thread, pause);
        pause = pause * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : pause * 2;
    }
}

static void settle(bm_load_writer_t *w, message_t *m)
{
    if (m->batch != NULL) {
        atomic_fetch_sub(&w->backlog, m->batch->bytes);
        bm_load_batch_free(m->batch);
    }
    free(m);
    atomic_fetch_add(&w->done, 1);
}

static void writer_main(bm_thread_t *thread, void *baton, apr_pool_t *p)
{
    bm_load_writer_t *w = baton;
    message_t *m;

    w->p = p;
    apr_pool_create(&w->pwork, p);
    while (!bm_thread_stopping(thread)) {
        bm_ring_wait(w->messages, 1000);
        bm_ring_drain_wake(w->messages);
        while (!bm_thread_stopping(thread) && (m = bm_ring_pop(w->messages)) != NULL) {
            perform(w, thread, m);
            settle(w, m);
        }
    }
    while ((m = bm_ring_pop(w->messages)) != NULL)
        settle(w, m);
    disconnect(w);
}

/* --- the recorder's side */

apr_status_t bm_load_writer_start(bm_load_writer_t **pwriter, const bm_load_writer_options_t *options, apr_pool_t *p)
{
    bm_load_writer_t *w = apr_pcalloc(p, sizeof(*w));
    apr_status_t rv;

    *pwriter = NULL;
    w->options = *options;
    rv = bm_ring_create(&w->messages, MESSAGES, p);
    if (rv == APR_SUCCESS)
        rv = bm_thread_start(&w->thread, "bm-load-writer", writer_main, w, p);
    if (rv == APR_SUCCESS)
        *pwriter = w;
    return rv;
}

static apr_status_t hand_over(bm_load_writer_t *w, message_t *m)
{
    apr_status_t rv = bm_ring_push(w->messages, m);

    if (rv != APR_SUCCESS) {
        free(m);
        return rv;
    }
    atomic_fetch_add(&w->handed, 1);
    bm_ring_wake(w->messages);
    return APR_SUCCESS;
}

apr_status_t bm_load_writer_add(bm_load_writer_t *writer, bm_load_batch_t *batch)
{
    message_t *m;
    apr_size_t bytes = batch->bytes;
    apr_status_t rv;

    if (batch->n == 0 && batch->sample_n == 0) {
        bm_load_batch_free(batch);
        return APR_SUCCESS;
    }
    m = calloc(1, sizeof(*m));
    if (m == NULL)
        return APR_ENOMEM;
    m->batch = batch;
    atomic_fetch_add(&writer->backlog, bytes);
    rv = hand_over(writer, m);
    if (rv != APR_SUCCESS)
        atomic_fetch_sub(&writer->backlog, bytes);
    return rv;
}

void bm_load_writer_progress(bm_load_writer_t *writer, const char *progress, int second, const char *body)
{
    apr_size_t len = strlen(progress) + 1, body_len = body ? strlen(body) + 1 : 0;
    message_t *m = malloc(sizeof(*m) + len + body_len);
    char *text;

    if (m == NULL)
        return;
    text = (char *)(m + 1);
    *m = (message_t){ .second = second, .progress = text, .body = body ? text + len : NULL };
    memcpy(text, progress, len);
    if (body)
        memcpy(text + len, body, body_len);
    (void)hand_over(writer, m);
}

bm_load_control_e bm_load_writer_control(const bm_load_writer_t *writer)
{
    return (bm_load_control_e)atomic_load(&writer->control);
}

int bm_load_writer_is_lost(const bm_load_writer_t *writer)
{
    return atomic_load(&writer->lost);
}

apr_size_t bm_load_writer_backlog(const bm_load_writer_t *writer)
{
    return atomic_load(&writer->backlog);
}

int bm_load_writer_is_idle(const bm_load_writer_t *writer)
{
    return atomic_load(&writer->handed) == atomic_load(&writer->done);
}

void bm_load_writer_stop(bm_load_writer_t *writer)
{
    bm_thread_stop(writer->thread);
    bm_ring_wake(writer->messages);
    bm_thread_join(writer->thread);
}
