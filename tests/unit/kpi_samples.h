/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi_samples.h: drawn finished runs for the tests of kpi/. All in g_pool. */
#ifndef BM_KPI_SAMPLES_H
#define BM_KPI_SAMPLES_H

#include <math.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "kpi/kpi_sample.h"

#define SAMPLE_SCENARIOS 3
#define SAMPLE_MODELS    2
#define SAMPLE_HOURS     4
#define SAMPLE_HOUR0     498000

static double sample_ms(bm_rand_t *r)
{
    return 800 * exp(1.2 * bm_rand_normal(r));
}

static bm_kpi_gaps_t sample_gaps(bm_rand_t *r, int with_times)
{
    apr_size_t count = bm_rand_below(r, 40);
    double *ms = apr_palloc(g_pool, sizeof(*ms) * (count + 1));
    apr_uint32_t *times = apr_palloc(g_pool, sizeof(*times) * (count + 1));

    for (apr_size_t i = 0; i < count; i++) {
        ms[i] = bm_rand_below(r, 10) == 0 ? 0 : sample_ms(r) / 40;
        times[i] = (apr_uint32_t)bm_rand_below(r, 4);
    }
    return (bm_kpi_gaps_t){ ms, with_times ? times : NULL, count };
}

/* One run of any status with some metrics; run ids count from 1000. */
static bm_kpi_sample_t sample_draw(bm_rand_t *r, int i)
{
    static const char *const classes[] = { "timeout", "refused", "http_status", "Not A Class", NULL };
    static const bm_kpi_status_e statuses[] = {
        BM_KPI_COMPLETED, BM_KPI_COMPLETED, BM_KPI_COMPLETED, BM_KPI_FAILED, BM_KPI_CANCELLED, BM_KPI_TIMED_OUT
    };
    bm_kpi_sample_t s = {
        .run_id = 1000 + i, .scenario_id = 1 + (apr_int64_t)bm_rand_below(r, SAMPLE_SCENARIOS),
        .model_id = (apr_int32_t)bm_rand_below(r, SAMPLE_MODELS), .source = (int)bm_rand_below(r, 2),
        .finished_hour = SAMPLE_HOUR0 + (apr_int32_t)bm_rand_below(r, SAMPLE_HOURS),
        .status = statuses[bm_rand_below(r, 6)], .error_class = classes[bm_rand_below(r, 5)],
        .prompt_tokens = bm_rand_below(r, 4000), .completion_tokens = bm_rand_below(r, 900),
        .reasoning_tokens = bm_rand_below(r, 90), .cached_tokens = bm_rand_below(r, 2000),
        .cost = 0.0001 * (double)bm_rand_below(r, 1000), .good = bm_rand_below(r, 2) == 0,
        .itl = sample_gaps(r, 1), .icl = sample_gaps(r, 0),
    };

    for (int id = 1; id < BM_KPI_METRIC_END; id++) {
        if (!bm_kpi_metric_find(id)->pooled && bm_rand_below(r, 4) > 0)
            bm_kpi_sample_set(&s, (bm_kpi_metric_e)id, sample_ms(r));
    }
    return s;
}

static bm_kpi_sample_t *samples_make(int count, apr_uint64_t seed)
{
    bm_kpi_sample_t *samples = apr_palloc(g_pool, sizeof(*samples) * (apr_size_t)(count + 1));
    bm_rand_t r;

    bm_rand_seed(&r, seed);
    for (int i = 0; i < count; i++)
        samples[i] = sample_draw(&r, i);
    return samples;
}

#endif
