/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/meters.h"

#include <errno.h>
#include <signal.h>

enum { REQUEST_PLACES = 1024, STATEMENT_PLACES = 512 };

apr_size_t bm_meters_size(int scenarios)
{
    return sizeof(bm_meters_t) + bm_histogram_table_size(REQUEST_PLACES) + bm_histogram_table_size(STATEMENT_PLACES)
        + ((apr_size_t)scenarios + 1) * sizeof(bm_scenario_meters_t) + 4 * 64;
}

apr_status_t bm_meters_create(bm_meters_t **pmeters, int scenarios, bm_region_t *region)
{
    bm_meters_t *meters = bm_region_carve(region, sizeof(*meters), 64);
    apr_status_t rv = meters != NULL ? APR_SUCCESS : APR_ENOSPC;
    int i;

    if (rv == APR_SUCCESS)
        rv = bm_histogram_table_create(&meters->requests, REQUEST_PLACES, region);
    if (rv == APR_SUCCESS)
        rv = bm_histogram_table_create(&meters->statements, STATEMENT_PLACES, region);
    if (rv != APR_SUCCESS)
        return rv;
    meters->scenarios = bm_region_carve(region, ((apr_size_t)scenarios + 1) * sizeof(*meters->scenarios), 64);
    if (meters->scenarios == NULL)
        return APR_ENOSPC;
    for (i = 0; i < scenarios; i++)
        atomic_store(&meters->scenarios[i].id, BM_METERS_NO_SCENARIO);
    atomic_store(&meters->scenarios[scenarios].id, BM_METERS_OTHER_SCENARIOS);
    meters->scenario_count = scenarios;
    meters->started = apr_time_now();
    *pmeters = meters;
    return APR_SUCCESS;
}

void bm_meters_statement(void *baton, const char *statement, apr_int64_t ns)
{
    bm_meters_t *meters = baton;
    bm_histogram_key_t key = { { statement } };

    if (meters != NULL)
        bm_histogram_table_add(meters->statements, &key, ns);
}

bm_scenario_meters_t *bm_meters_scenario(bm_meters_t *meters, apr_int64_t id)
{
    int i;

    for (i = 0; i < meters->scenario_count; i++) {
        bm_scenario_meters_t *scenario = &meters->scenarios[i];
        int64_t found = atomic_load_explicit(&scenario->id, memory_order_relaxed);

        if (found == id)
            return scenario;
        if (found == BM_METERS_NO_SCENARIO) {
            atomic_store_explicit(&scenario->id, id, memory_order_release);
            return scenario;
        }
    }
    return &meters->scenarios[meters->scenario_count];
}

/* A child that was killed took nothing back. */
static int is_gone(int64_t pid)
{
    return pid == 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

bm_pool_meter_t *bm_meters_pool(bm_meters_t *meters, pid_t self, int limit)
{
    int i;

    for (i = 0; i < BM_METERS_CHILDREN; i++) {
        bm_pool_meter_t *pool = &meters->pools[i];
        int64_t pid = atomic_load(&pool->pid);

        if (!is_gone(pid) || !atomic_compare_exchange_strong(&pool->pid, &pid, self))
            continue;
        atomic_store(&pool->in_use, 0);
        atomic_store(&pool->waiting, 0);
        atomic_store(&pool->limit, limit);
        return pool;
    }
    return NULL;
}

void bm_meters_pools(bm_pool_figures_t *figures, const bm_meters_t *meters)
{
    int i;

    figures->children = figures->in_use = figures->waiting = figures->limit = 0;
    for (i = 0; i < BM_METERS_CHILDREN; i++) {
        const bm_pool_meter_t *pool = &meters->pools[i];

        if (is_gone(atomic_load_explicit(&pool->pid, memory_order_relaxed)))
            continue;
        figures->children++;
        figures->in_use += atomic_load_explicit(&pool->in_use, memory_order_relaxed);
        figures->waiting += atomic_load_explicit(&pool->waiting, memory_order_relaxed);
        figures->limit += atomic_load_explicit(&pool->limit, memory_order_relaxed);
    }
}

uint64_t bm_meters_requests(const bm_meters_t *meters)
{
    bm_histogram_copy_t copy;
    bm_histogram_key_t key;
    uint64_t all = 0;
    uint32_t at = 0;

    while (bm_histogram_table_next(&copy, &key, meters->requests, &at))
        all += copy.n;
    return all;
}

uint64_t bm_meters_runs(const bm_meters_t *meters)
{
    uint64_t all = 0;
    int i, end;

    for (i = 0; i <= meters->scenario_count; i++)
        for (end = 0; end < BM_RUN_METER_ENDS; end++)
            all += atomic_load_explicit(&meters->scenarios[i].ends[end], memory_order_relaxed);
    return all;
}

int bm_meters_sample(bm_meters_t *meters, apr_int64_t now_ns)
{
    uint64_t taken = atomic_load(&meters->samples_taken);
    bm_meters_sample_t *last = &meters->samples[(taken + BM_METERS_SAMPLES - 1) % BM_METERS_SAMPLES];
    bm_meters_sample_t *next = &meters->samples[taken % BM_METERS_SAMPLES];

    if (taken > 0 && now_ns - atomic_load(&last->at_ns) < BM_METERS_SAMPLE_NS)
        return 0;
    atomic_store(&next->at_ns, 0);          /* nobody reads it while it is half of two samples */
    atomic_store(&next->requests, bm_meters_requests(meters));
    atomic_store(&next->runs, bm_meters_runs(meters));
    atomic_store(&next->at_ns, now_ns);
    atomic_store(&meters->samples_taken, taken + 1);
    return 1;
}

/* Against the oldest sample there is. */
void bm_meters_rates(bm_meters_rates_t *rates, const bm_meters_t *meters, apr_int64_t now_ns)
{
    const bm_meters_sample_t *oldest = NULL;
    int i;

    rates->seconds = rates->requests = rates->runs = 0;
    for (i = 0; i < BM_METERS_SAMPLES; i++) {
        const bm_meters_sample_t *sample = &meters->samples[i];
        apr_int64_t at_ns = atomic_load(&sample->at_ns);

        if (at_ns != 0 && (oldest == NULL || at_ns < atomic_load(&oldest->at_ns)))
            oldest = sample;
    }
    if (oldest == NULL || now_ns - atomic_load(&oldest->at_ns) < BM_METERS_SAMPLE_NS / 5)
        return;
    rates->seconds = (double)(now_ns - atomic_load(&oldest->at_ns)) / 1e9;
    rates->requests = (double)(bm_meters_requests(meters) - atomic_load(&oldest->requests)) / rates->seconds;
    rates->runs = (double)(bm_meters_runs(meters) - atomic_load(&oldest->runs)) / rates->seconds;
}
