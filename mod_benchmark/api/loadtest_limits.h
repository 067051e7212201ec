/* SPDX-License-Identifier: Apache-2.0
 *
 * api/loadtest_limits.h: whether the machine can hold a load test, before it starts. Thread: that of the request. */
#ifndef BM_API_LOADTEST_LIMITS_H
#define BM_API_LOADTEST_LIMITS_H

#include "api/api.h"

/** Compare what a checked plan could need with BenchmarkEngineMemory and BenchmarkDiskReserve. inputs: those of the scenario;
 *  items: entries of the plan's dataset, or NULL. @return APR_EINVAL: one is exceeded; the violation says by what. */
apr_status_t bm_loadtest_limits_check(bm_req_t *q, const json_t *plan, const json_t *inputs, const json_t *items);

#endif
