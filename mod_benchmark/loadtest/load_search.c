/* SPDX-License-Identifier: Apache-2.0
 *
 * load_search.c: capacity search: the highest rate at which the SLOs are met, and how sure that is.
 *
 * An SLO "quantile q at most max" is the claim that at least a share q of all requests (failed and unsent ones included) is
 * within max. A step shows it if the one-sided 95 % Wilson bound of that share lies above q, refutes it if the bound from the
 * other side lies below, and is unclear between; the number of requests counts as what it is worth
 * (stat/quantile_interval.h), by the autocorrelation of being within. A step that was saturated has failed whatever its SLOs
 * say. An unclear step is repeated up to twice, each time twice as long, and then counts as failed, since what cannot be shown
 * is not claimed. Steps are as long as it takes to show the SLOs if nothing is wrong.
 * Rates are doubled until one fails, then halved in between geometrically until they are within the precision. */
#include <math.h>
#include "loadtest/loadtest.h"
#include "stat/quantile_interval.h"
#include "stat/wilson.h"

#define Z_ONE_SIDED 1.6448536269514722           /* 95 % */
enum { STEPS_MAX = 40, REPEATS_MAX = 2, STRETCH_MAX = 20 };

typedef enum verdict_e { PASSED, FAILED, UNCLEAR } verdict_e;

static verdict_e judge_slo(const bm_load_step_tally_t *step, const bm_load_slo_t *slo, int number)
{
    apr_uint64_t all = step->ended[BM_LOAD_WINDOW] + step->unsent, worth;
    double low, high, share;

    if (all == 0)
        return UNCLEAR;
    share = (double)step->within[number] / (double)all;
    worth = (apr_uint64_t)bm_quantile_interval_n_effective(all, bm_autocorrelation_value(&step->within_serial[number]));
    if (bm_wilson_interval(&low, &high, (apr_uint64_t)floor(share * (double)worth), worth, Z_ONE_SIDED) != APR_SUCCESS)
        return UNCLEAR;
    return low >= slo->quantile ? PASSED : high < slo->quantile ? FAILED : UNCLEAR;
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
        verdict_e verdict = judge_slo(step, &lt->plan->slos[i], i);

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

/* Seconds in which a rate gives twice the requests that show every SLO if all of them are within it. */
static double window_for(const bm_loadtest_t *lt, double rate)
{
    double least = APR_ARRAY_IDX(lt->plan->steps, 0, bm_load_step_t).window_s, wanted = least;
    int i;

    for (i = 0; i < lt->plan->slo_count; i++) {
        double q = lt->plan->slos[i].quantile;

        wanted = fmax(wanted, 2 * Z_ONE_SIDED * Z_ONE_SIDED * q / (1 - q) / rate);
    }
    return fmin(wanted, STRETCH_MAX * least);
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
        s->failed_unclear = verdict == UNCLEAR;
    }
    if (s->steps >= STEPS_MAX || !next_rate(lt, &rate))
        return 0;
    add_step(lt, rate, window_for(lt, rate));
    return 1;
}
