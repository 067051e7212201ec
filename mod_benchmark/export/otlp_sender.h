/* SPDX-License-Identifier: Apache-2.0
 *
 * export/otlp_sender.h: the thread that sends traces and metrics to a collector (OTLP/HTTP, JSON), and never makes a run wait.
 *
 * What is told goes into a bounded queue as finished text; when that is full it is dropped and counted. The thread sends batches,
 * one at a time: after 429, 502, 503, 504 and lost connections the same batch again, with growing pauses or after as long as the
 * collector asks (Retry-After), for five minutes; any other refusal ends the batch. A partial success is never repeated.
 *
 * Requests follow the rules of all others (net/outbound.h), but that the collector's host is allowed, because it is the
 * administrator who named it. Threads: bm_otlp_sender_sink is for the recorder, the rest for the process's main thread. */
#ifndef BM_EXPORT_OTLP_SENDER_H
#define BM_EXPORT_OTLP_SENDER_H

#include <apr_pools.h>
#include "base/err.h"
#include "base/settings.h"
#include "model/run_trace.h"
#include "net/tls_files.h"
#include "shm/meters.h"

typedef struct bm_otlp_sender_t bm_otlp_sender_t;

typedef struct bm_otlp_sender_options_t {
    const bm_settings_t *settings;
    const bm_tls_files_t *tls_files;
    bm_meters_t *meters;
    /** Value of a secret by its name, in p (bm_secret_fn of provider/provider.h). Asked for each request. */
    apr_status_t (*secret)(const char **pvalue, void *baton, const char *name, bm_err_t *err, apr_pool_t *p);
    void *secret_baton;
} bm_otlp_sender_options_t;

/** Start the thread. After bm_outbound_init. @return APR_EINVAL: the endpoint, or a header's secret, is not usable; err says
 *  why. */
apr_status_t bm_otlp_sender_start(bm_otlp_sender_t **psender, const bm_otlp_sender_options_t *options, bm_err_t *err,
                                  apr_pool_t *p);

/** Whom the engine tells; lives as long as the sender. */
const bm_trace_sink_t *bm_otlp_sender_sink(bm_otlp_sender_t *sender);

/** Send what is left within `limit`, count the rest as dropped, and join. The recorder has ended. NULL: nothing to do. */
void bm_otlp_sender_stop(bm_otlp_sender_t *sender, apr_interval_time_t limit);

#endif
