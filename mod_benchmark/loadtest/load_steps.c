/* SPDX-License-Identifier: Apache-2.0
 *
 * load_steps.c: the steps of a load test, what they show of saturation and capacity, as JSON (docs/load-tests.md). */
#include <math.h>
#include <apr_strings.h>
#include "base/text.h"
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

#define SATURATED_BELOW 0.95         /* achieved of offered */

const bm_load_step_tally_t *bm_load_step_at(const bm_loadtest_t *lt, int i)
{
    return APR_ARRAY_IDX(lt->tally->steps, i, bm_load_step_tally_t *);
}

double bm_load_step_seconds(const bm_load_step_tally_t *step)
{
    apr_int64_t ns = step->end_ns - step->window_ns - step->paused_ns;

    return ns > 0 ? (double)ns / 1e9 : 0;
}

double bm_load_per_second(double n, double seconds)
{
    return seconds > 0 ? n / seconds : NAN;
}

/* Sends a second, over the time that they really took where that is longer than the window. */
static double achieved(const bm_load_step_tally_t *step)
{
    double seconds = bm_load_step_seconds(step), took = (double)(step->last_sent_ns - step->window_ns - step->paused_ns) / 1e9;

    return bm_load_per_second((double)step->sent[BM_LOAD_WINDOW], took > seconds ? took : seconds);
}

static apr_uint64_t attempted(const bm_load_step_tally_t *step)
{
    return step->ended[BM_LOAD_WINDOW] + step->unsent;
}

/* Whether the quantile keeps within its maximum, taken over all that were attempted: what failed or was never sent is beyond
 * every maximum. */
int bm_load_meets_slo(const bm_load_slo_t *slo, const bm_kpi_cell_t *cell, apr_uint64_t failed)
{
    const bm_sketch_t *sketch = bm_kpi_cell_sketch(cell, slo->metric);
    double n = sketch != NULL ? (double)bm_sketch_head(sketch)->n : 0;
    double share = n > 0 ? slo->quantile * (n + (double)failed) / n : 2;

    return share <= 1 && bm_sketch_quantile(sketch, share) <= slo->max;
}

static int meets_slos(const bm_load_plan_t *plan, const bm_load_step_tally_t *step)
{
    apr_uint64_t failed = step->failed[BM_LOAD_WINDOW] + step->unsent;
    int i;

    for (i = 0; i < plan->slo_count; i++)
        if (!bm_load_meets_slo(&plan->slos[i], step->cell, failed))
            return 0;
    return 1;
}

int bm_load_step_is_saturated(const bm_loadtest_t *lt, int i)
{
    const bm_load_step_tally_t *step = bm_load_step_at(lt, i);
    double planned = bm_load_per_second((double)(step->planned[BM_LOAD_WINDOW] + step->unsent), bm_load_step_seconds(step));
    bm_slope_t in_flight, ttft;

    if (!lt->plan->open)
        return 0;
    if (achieved(step) < SATURATED_BELOW * planned)
        return 1;
    /* both, as one of them alone rises by chance now and then */
    return bm_load_bins_slope(&in_flight, &step->in_flight) && in_flight.rises && bm_load_bins_slope(&ttft, &step->ttft)
        && ttft.rises;
}

static void write_step(bm_jw_t *w, const bm_loadtest_t *lt, int i)
{
    const bm_load_step_tally_t *step = bm_load_step_at(lt, i);
    const bm_load_step_t *plan = &APR_ARRAY_IDX(lt->plan->steps, i, bm_load_step_t);
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(step->cell);
    double seconds = bm_load_step_seconds(step);
    bm_slope_t slope;

    bm_jw_begin_object(w);
    bm_load_put_text(w, "of", plan->closed ? "concurrency" : "rate");
    bm_load_put_number(w, "value", plan->to);
    bm_load_put_number(w, "seconds", seconds);
    bm_load_put_count(w, "attempted", attempted(step));
    bm_load_put_count(w, "completed", counts->status[BM_KPI_COMPLETED]);
    bm_load_put_count(w, "failed", step->failed[BM_LOAD_WINDOW] + step->unsent);
    bm_load_put_number(w, "offered_rate", bm_load_per_second((double)(step->planned[BM_LOAD_WINDOW] + step->unsent), seconds));
    bm_load_put_number(w, "achieved_rate", achieved(step));
    bm_load_put_number(w, "completed_rate", bm_load_per_second((double)step->completed_inside, seconds));
    bm_load_put_number(w, "goodput_rate", bm_load_per_second((double)counts->good, seconds));
    bm_load_put_number(w, "attainment", attempted(step) > 0 ? 100.0 * (double)counts->good / (double)attempted(step) : NAN);
    bm_load_figures_short(w, "ttft_ms", bm_kpi_cell_sketch(step->cell, lt->plan->open ? BM_KPI_TTFT_SCHEDULED : BM_KPI_TTFT));
    bm_load_figures_short(w, "e2e_ms", bm_kpi_cell_sketch(step->cell, lt->plan->open ? BM_KPI_E2E_SCHEDULED : BM_KPI_E2E));
    bm_load_put_number(w, "in_flight_mean", bm_load_bins_mean(&step->in_flight));
    bm_load_put_number(w, "in_flight_slope_per_s", bm_load_bins_slope(&slope, &step->in_flight) ? slope.slope : NAN);
    bm_jw_key(w, "saturated");
    bm_jw_bool(w, bm_load_step_is_saturated(lt, i));
    bm_jw_key(w, "slo_met");
    if (lt->plan->slo_count > 0)
        bm_jw_bool(w, meets_slos(lt->plan, step));
    else
        bm_jw_null(w);
    bm_jw_end_object(w);
}

void bm_load_steps_write(bm_jw_t *w, const bm_loadtest_t *lt)
{
    int i, several = lt->plan->type == BM_LOAD_RAMP || lt->plan->type == BM_LOAD_SWEEP || lt->plan->type == BM_LOAD_CAPACITY;
    double knee = NAN;

    bm_jw_key(w, "steps");
    bm_jw_begin_array(w);
    for (i = 0; several && i < lt->tally->steps->nelts; i++) {
        const bm_load_step_t *plan = &APR_ARRAY_IDX(lt->plan->steps, i, bm_load_step_t);

        write_step(w, lt, i);
        if (!bm_load_step_is_saturated(lt, i) && meets_slos(lt->plan, bm_load_step_at(lt, i)) && !(plan->to <= knee))
            knee = plan->to;
    }
    bm_jw_end_array(w);
    bm_jw_key(w, "saturation");
    if (lt->plan->type != BM_LOAD_SWEEP)
        bm_jw_null(w);
    else {
        bm_jw_begin_object(w);
        bm_load_put_number(w, "knee", knee);
        bm_jw_end_object(w);
    }
}

void bm_load_capacity_write(bm_jw_t *w, const bm_loadtest_t *lt)
{
    const bm_load_search_t *s = &lt->search;
    const char *statement, *passed = bm_text_number(s->passed, 4, lt->task->p);

    bm_jw_key(w, "capacity");
    if (lt->plan->type != BM_LOAD_CAPACITY) {
        bm_jw_null(w);
        return;
    }
    statement = s->passed == 0 ? "The target did not meet the SLOs at any rate that was tried."
        : s->failed == 0 ? apr_psprintf(lt->task->p, "The target meets the SLOs at %s requests/s with 95 %% confidence; a rate "
                                        "that it cannot meet was not found.", passed)
        : apr_psprintf(lt->task->p, "The target meets the SLOs at %s requests/s with 95 %% confidence; at %s %s.", passed,
                       bm_text_number(s->failed, 4, lt->task->p), s->failed_unclear ? "that could not be shown" : "it does not");
    bm_jw_begin_object(w);
    bm_load_put_number(w, "rate", s->passed > 0 ? s->passed : NAN);
    bm_load_put_number(w, "passed", s->passed > 0 ? s->passed : NAN);
    bm_load_put_number(w, "failed", s->failed > 0 ? s->failed : NAN);
    bm_load_put_number(w, "confidence", 0.95);
    bm_load_put_text(w, "limited_by", s->limited_by);
    bm_load_put_text(w, "statement", statement);
    bm_jw_end_object(w);
}
