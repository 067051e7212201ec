/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest_limits.c: rough, but not too little: an estimate that lets a machine run full is worth nothing. */
#include "api/loadtest_limits.h"

#include <math.h>
#include <unistd.h>
#include "api/loadtest_cost.h"
#include "engine/host.h"
#include "model/loadtest_dataset.h"
#include "model/loadtest_plan.h"

#define BYTES_OF_ENGINE (24.0 * 1024 * 1024)     /* with nothing to do, and the connections of one load test */
#define BYTES_OF_STREAM (40.0 * 1024)            /* one request under way, without what it asks */
#define PROMPT_COPIES 4                          /* of what it asks */
#define BYTES_OF_TOKEN 7                         /* generated: a word and a space */
#define BYTES_OF_ROW 700.0                       /* a request in the store, with its indexes */
#define BYTES_OF_GAP 4.0
#define GAPS_UNKNOWN 250                         /* where a plan does not say how long answers may be */
#define MIB (1024.0 * 1024)

static double bytes_of(const json_t *j)
{
    return (double)json_dumpb(j, NULL, 0, 0);
}

static double prompt_bytes(const json_t *plan, const json_t *inputs, const json_t *items)
{
    double most = 0, generated = bm_loadtest_generate_most_input(json_object_get(json_object_get(plan, "dataset"), "generate"));
    size_t i;

    for (i = 0; i < json_array_size(items); i++)
        most = fmax(most, bytes_of(json_array_get(items, i)));
    return bytes_of(inputs) + most + bm_loadtest_cost_class_bytes(plan) + fmax(generated, 0) * BYTES_OF_TOKEN;
}

static apr_status_t check_memory(bm_req_t *q, const json_t *plan, const json_t *inputs, const json_t *items)
{
    double limit = (double)q->api->settings->engine_memory, each, streams, needed;

    if (limit <= 0)                  /* what this machine does not have, no engine on it can use */
        limit = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    each = BYTES_OF_STREAM + PROMPT_COPIES * prompt_bytes(plan, inputs, items);
    streams = json_number_value(json_object_get(plan, "max_in_flight"));
    needed = BYTES_OF_ENGINE + streams * each + 2 * (items != NULL ? bytes_of(items) : 0);
    if (needed <= limit)
        return APR_SUCCESS;
    return bm_err_violation(q->err, "/max_in_flight", "%.0f requests under way could need %.0f MiB of memory (%.0f KiB each); the"
                            " engine may use %.0f MiB (BenchmarkEngineMemory, or what this machine has). At most %.0f fit.",
                            streams, ceil(needed / MIB), ceil(each / 1024), limit / MIB,
                            fmax(0, floor((limit - (needed - streams * each)) / each)));
}

static apr_status_t check_disk(bm_req_t *q, const json_t *plan, const json_t *inputs, const json_t *items)
{
    const bm_settings_t *settings = q->api->settings;
    double free_bytes = settings->disk_path != NULL ? (double)bm_host_disk_free(settings->disk_path) : -1;
    double tokens = bm_loadtest_cost_tokens(inputs, plan, items), growth;
    bm_loadtest_estimate_t estimate;

    if (free_bytes < 0)
        return APR_SUCCESS;
    bm_loadtest_estimate(&estimate, plan);
    growth = json_number_value(json_object_get(plan, "keep_rows")) * fmax(estimate.requests, 0)
        * (BYTES_OF_ROW + BYTES_OF_GAP * (tokens < 0 ? GAPS_UNKNOWN : tokens));
    if (free_bytes - growth >= (double)settings->disk_reserve)
        return APR_SUCCESS;
    return bm_err_violation(q->err, "/load_model", "Its requests could take %.0f MiB in the store; %.0f MiB are free, of which"
                            " %.0f MiB are to be left (BenchmarkDiskReserve).", ceil(growth / MIB), floor(free_bytes / MIB),
                            (double)settings->disk_reserve / MIB);
}

apr_status_t bm_loadtest_limits_check(bm_req_t *q, const json_t *plan, const json_t *inputs, const json_t *items)
{
    apr_status_t rv = check_memory(q, plan, inputs, items), disk_rv = check_disk(q, plan, inputs, items);

    return rv != APR_SUCCESS ? rv : disk_rv;
}
