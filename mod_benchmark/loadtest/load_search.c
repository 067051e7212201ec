/* SPDX-License-Identifier: Apache-2.0
 *
 * load_search.c: capacity search: the highest rate at which the SLOs are met, and how sure that is.
 *
 * A step passes if it was not saturated and, for every SLO, the upper end of the quantile's 95 % interval is within the limit; it
 * fails if it was saturated, or the lower end of one is beyond its limit, or its error rate alone breaks the quantile. What lies
 * between is not clear: the step is repeated up to twice, each time twice as long, and then counts as failed, since what cannot be
 * shown is not claimed. Rates are doubled until one fails, then halved in between geometrically until they are within the
 * precision. */
#include <math.h>
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

enum { STEPS_MAX = 40, REPEATS_MAX = 2 };

typedef enum verdict_e { PASSED, FAILED, UNCLEAR } verdict_e;

static verdict_e judge_slo(const bm_load_step_tally_t *step, const bm_load_slo_t *slo)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(step->cell, slo->metric);
    apr_uint64_t all = step->ended[BM_LOAD_WINDOW] + step->unsent, n = sketch ? bm_sketch_head(sketch)->n : 0;
    double low, high, value;

    if (all == 0)
        return UNCLEAR;
    /* a request without this figure is worse than any limit: among all, so many may be */
    if ((double)(all - (n < all ? n : all)) > (1 - slo->quantile) * (double)all)
        return FAILED;
    value = bm_sketch_quantile(sketch, slo->quantile);
    if (!bm_load_figures_interval(&low, &high, sketch, &step->serial[slo->metric], slo->quantile))
        return value > 2 * slo->max ? FAILED : UNCLEAR;
    return high <= slo->max ? PASSED : low > slo->max ? FAILED : UNCLEAR;
}

static verdict_e judge(bm_loadtest_t *lt)
{
    const bm_load_step_tally_t *step = APR_ARRAY_IDX(lt->tally->steps, lt->step, bm_load_step_tally_t *);
    verdict_e worst = PASSED;
    int i;

    if (bm_load_step_is_saturated(lt, lt->step)) {
        lt->search.limited_by = "saturation";
        return FAILED;
    }
    for (i = 0; i < lt->plan->slo_count; i++) {
        verdict_e verdict = judge_slo(step, &lt->plan->slos[i]);

        if (verdict == PASSED || (verdict == UNCLEAR && worst == FAILED))
            continue;
        worst = verdict;
        lt->search.limited_by = lt->plan->slos[i].name;
    }
    return worst;
}

static void add_step(bm_loadtest_t *lt, double rate, double window_s)
{
    bm_load_step_t step = APR_ARRAY_IDX(lt->plan->steps, lt->step, bm_load_step_t);

    step.from = step.to = rate;
    step.window_s = window_s;
    APR_ARRAY_PUSH(lt->plan->steps, bm_load_step_t) = step;
}

/* @return 0: nothing is left to find out. */
static int next_rate(const bm_loadtest_t *lt, double *rate)
{
    const bm_load_search_t *s = &lt->search;

    if (s->failed == 0) {
        if (s->passed >= lt->plan->max_rate)
            return 0;
        *rate = fmin(2 * s->passed, lt->plan->max_rate);
        return 1;
    }
    if (s->passed == 0) {
        *rate = s->failed / 2;
        return s->steps < STEPS_MAX / 4;
    }
    *rate = sqrt(s->passed * s->failed);
    return s->failed / s->passed > 1 + lt->plan->precision;
}

int bm_load_search_next(bm_loadtest_t *lt)
{
    const bm_load_step_t step = APR_ARRAY_IDX(lt->plan->steps, lt->step, bm_load_step_t);
    const bm_load_step_t first = APR_ARRAY_IDX(lt->plan->steps, 0, bm_load_step_t);
    const char *limited_before = lt->search.limited_by;
    bm_load_search_t *s = &lt->search;
    verdict_e verdict = judge(lt);
    double rate;

    s->steps++;
    if (verdict == UNCLEAR && s->repeats < REPEATS_MAX && s->steps < STEPS_MAX) {
        s->repeats++;
        add_step(lt, step.from, 2 * step.window_s);
        return 1;
    }
    s->repeats = 0;
    if (verdict == PASSED) {
        s->passed = step.from;
        s->limited_by = limited_before;
    } else {
        s->failed = step.from;
    }
    if (s->steps >= STEPS_MAX || !next_rate(lt, &rate))
        return 0;
    add_step(lt, rate, first.window_s);
    return 1;
}
