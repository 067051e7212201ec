/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_endpoints.h: several endpoints of one automation, and which of them a request asks (docs/load-tests.md,
 * `endpoints`). Recorder thread only. */
#ifndef BM_LOADTEST_LOAD_ENDPOINTS_H
#define BM_LOADTEST_LOAD_ENDPOINTS_H

#include <apr_pools.h>
#include <jansson.h>
#include "base/json.h"
#include "stat/sketch.h"

typedef struct bm_load_endpoint_t {
    const char *url;                 /* instead of the connection's */
    int number;                      /* place in the plan's list, from 0 */
    int under_way;                   /* attempts handed over and not ended */
    apr_uint64_t attempts, completed;        /* in the window, those that were cancelled left out */
    bm_sketch_t *e2e_ms;             /* from S, of those that completed */
} bm_load_endpoint_t;

typedef struct bm_load_endpoints_t bm_load_endpoints_t;

/** From the member `endpoints` of a checked plan; NULL: it has none. In p. */
bm_load_endpoints_t *bm_load_endpoints_make(const json_t *json, apr_pool_t *p);

/** Whether which one is asked depends on how busy they are when it is chosen. endpoints may be NULL. */
int bm_load_endpoints_are_watched(const bm_load_endpoints_t *endpoints);

/** The one for an attempt that begins now. session -1: none. */
bm_load_endpoint_t *bm_load_endpoints_choose(bm_load_endpoints_t *endpoints, apr_int64_t session, int entry);

/** An attempt that asked endpoint has ended. counts: it belongs to the window, and was not cancelled; e2e_ms: NaN: not known, or
 *  it has not completed. */
void bm_load_endpoints_ended(bm_load_endpoint_t *endpoint, int counts, int completed, double e2e_ms);

/** Write the member endpoints; nothing if endpoints is NULL. */
void bm_load_endpoints_write(bm_jw_t *w, const bm_load_endpoints_t *endpoints);

#endif
