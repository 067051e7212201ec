/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_cache.h"

#include <math.h>
#include "loadtest/load_figures.h"
#include "stat/two_modes.h"

/* Of the logarithm of TTFT in ms: from 10 us to 1,000 s, 5 % each. */
#define BIN_WIDTH 0.05
#define BIN_FIRST (-4.6)
enum { BINS = 370 };

struct bm_load_cache_t {
    unsigned char *asked;            /* a bit for each entry */
    apr_uint64_t completed, repeated;
    double prompt, cached;           /* tokens, where the target counts both */
    apr_uint64_t bins[BINS];         /* requests by ln of TTFT from S */
};

bm_load_cache_t *bm_load_cache_make(const bm_load_plan_t *plan, int entries, apr_pool_t *p)
{
    bm_load_cache_t *cache;

    if (plan->dataset == NULL && plan->prompts == NULL)
        return NULL;
    cache = apr_pcalloc(p, sizeof(*cache));
    cache->asked = apr_pcalloc(p, (apr_size_t)entries / 8 + 1);
    return cache;
}

int bm_load_cache_ask(bm_load_cache_t *cache, int entry)
{
    unsigned char bit = (unsigned char)(1u << (entry & 7));
    int before;

    if (cache == NULL)
        return 0;
    before = (cache->asked[entry >> 3] & bit) != 0;
    cache->asked[entry >> 3] |= bit;
    return before;
}

static void add_ttft(bm_load_cache_t *cache, double ms)
{
    int i = ms > 0 ? (int)lround((log(ms) - BIN_FIRST) / BIN_WIDTH) : 0;

    cache->bins[i < 0 ? 0 : i >= BINS ? BINS - 1 : i]++;
}

void bm_load_cache_ended(bm_load_cache_t *cache, const bm_load_outcome_t *o)
{
    if (cache == NULL || o->request->phase != BM_LOAD_WINDOW || o->answer->end != BM_RUN_COMPLETED)
        return;
    cache->completed++;
    cache->repeated += o->request->is_repeated != 0;
    if (o->answer->usage.prompt > 0 && o->answer->usage.cached >= 0) {
        cache->prompt += (double)o->answer->usage.prompt;
        cache->cached += (double)o->answer->usage.cached;
    }
    if (o->sample.present & (apr_uint32_t)1 << BM_KPI_TTFT)
        add_ttft(cache, o->sample.values[BM_KPI_TTFT]);
}

void bm_load_cache_write(bm_jw_t *w, const bm_load_cache_t *cache)
{
    int by_usage, by_time;
    bm_two_modes_t fit;

    if (cache == NULL)
        return;
    by_usage = cache->prompt > 0;
    by_time = !by_usage && bm_two_modes_fit(&fit, cache->bins, BINS, BIN_FIRST, BIN_WIDTH);
    bm_jw_key(w, "cache");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "hit_rate", by_usage ? cache->cached / cache->prompt : by_time ? fit.share_low : NAN);
    bm_load_put_text(w, "from", by_usage ? "usage" : by_time ? "ttft_mixture" : NULL);
    bm_load_put_number(w, "repeated_share", cache->completed > 0 ? (double)cache->repeated / (double)cache->completed : NAN);
    bm_jw_end_object(w);
}
