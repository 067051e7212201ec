/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_tinyfish_run.h: what is known about one run at TinyFish, gathered from events and run objects.
 *
 * Both spellings of every member are read (run_id and runId, result and resultJson ...): the current API and its
 * older form. Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_TINYFISH_RUN_H
#define BM_PROVIDER_PROVIDER_TINYFISH_RUN_H

#include "provider/provider.h"

typedef enum bm_tinyfish_status_e {
    BM_TINYFISH_UNKNOWN = 0,
    BM_TINYFISH_PENDING,
    BM_TINYFISH_RUNNING,
    BM_TINYFISH_COMPLETED,       /* this and what follows is final */
    BM_TINYFISH_FAILED,
    BM_TINYFISH_CANCELLED
} bm_tinyfish_status_e;

typedef struct bm_tinyfish_run_t {
    apr_pool_t *p;
    apr_size_t left;             /* bytes of texts that may still be kept */
    int truncated;
    const char *id;              /* NULL: not known (yet) */
    bm_tinyfish_status_e status;
    const char *streaming_url;
    const char *result;          /* JSON; NULL: none */
    apr_int64_t steps;           /* num_of_steps; -1: not said */
    const char *error, *error_code, *error_category;
    apr_int64_t retry_after_us;  /* 0: not said */
    const char *created_at, *started_at, *finished_at;   /* as they came */
    apr_array_header_t *progress;   /* of const char *, the purposes */
    int malformed;               /* events that could not be read */
} bm_tinyfish_run_t;

/** Nothing known; keeps at most max bytes of text. */
void bm_tinyfish_run_init(bm_tinyfish_run_t *run, apr_size_t max, apr_pool_t *p);

/** Take the body of x as the events of run-sse: chunks go to the call's answer, the rest to run. */
void bm_tinyfish_run_read_stream(bm_tinyfish_run_t *run, bm_call_t *call, const bm_exchange_t *x);

/** Take what a run object says; what is known already stays where it says nothing. @return whether it is one (it has a
 *  status). */
int bm_tinyfish_run_read(bm_tinyfish_run_t *run, const json_t *j);

/** Whether it has ended at the target. */
int bm_tinyfish_run_is_over(const bm_tinyfish_run_t *run);

/** Make the call's answer out of a run that is over. */
void bm_tinyfish_run_settle(const bm_tinyfish_run_t *run, bm_call_t *call);

/** Keep what is known as the call's response. */
void bm_tinyfish_run_keep(const bm_tinyfish_run_t *run, bm_call_t *call);

#endif
