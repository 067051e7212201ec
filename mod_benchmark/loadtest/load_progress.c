/* SPDX-License-Identifier: Apache-2.0
 *
 * load_progress.c: what a load test shows while it runs, as JSON (docs/load-tests.md). */
#include <math.h>
#include <apr_strings.h>
#include "base/json.h"
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

const char *bm_load_stage_name(const bm_loadtest_t *lt, apr_int64_t now_ns)
{
    switch (lt->stage) {
    case BM_LOAD_AT_BEFORE:
    case BM_LOAD_AT_AFTER:
        return "certificate";
    case BM_LOAD_AT_DRAIN:
        return "drain";
    case BM_LOAD_AT_WRITING:
        return "done";
    default:
        /* the next stage of a ramp is opened ahead of its time */
        return lt->paused_at_ns != 0 ? "paused"
            : now_ns < lt->figures->window_ns && (lt->step == 0 || now_ns >= lt->figures->begin_ns) ? "warmup" : "window";
    }
}

static void write_counts(bm_jw_t *w, const bm_loadtest_t *lt)
{
    apr_uint64_t planned = 0, ended = 0, failed = 0, sent = 0;
    int i, phase;

    for (i = 0; i < lt->tally->steps->nelts; i++) {
        for (phase = 0; phase < 2; phase++) {
            planned += bm_load_step_at(lt, i)->planned[phase];
            sent += bm_load_step_at(lt, i)->sent[phase];
            ended += bm_load_step_at(lt, i)->ended[phase];
            failed += bm_load_step_at(lt, i)->failed[phase];
        }
    }
    planned -= lt->ahead_count < planned ? lt->ahead_count : planned;
    bm_load_put_count(w, "planned", planned);
    planned -= (apr_uint64_t)bm_load_classes_waiting(lt->classes);
    bm_load_put_count(w, "sent", sent + (planned > ended ? planned - ended : 0) < planned ? sent + (planned - ended) : planned);
    bm_load_put_count(w, "completed", ended > failed ? ended - failed : 0);
    bm_load_put_count(w, "failed", failed);
    bm_load_put_count(w, "in_flight", planned > ended ? planned - ended : 0);
}

static void write_rates(bm_jw_t *w, const bm_loadtest_t *lt, apr_int64_t now_ns)
{
    const bm_load_step_tally_t *step = lt->figures;
    apr_int64_t until_ns = step != NULL && step->end_ns != 0 && step->end_ns < now_ns ? step->end_ns : now_ns;
    double seconds = step != NULL ? (double)(until_ns - step->window_ns - step->paused_ns) / 1e9 : 0;
    double planned = step != NULL ? (double)step->planned[BM_LOAD_WINDOW] - lt->ahead_count : 0;

    bm_load_put_number(w, "offered_rate", lt->plan->open ? bm_load_per_second(fmax(planned, 0), seconds) : NAN);
    bm_load_put_number(w, "achieved_rate", step != NULL ? bm_load_per_second((double)step->completed_inside, seconds) : NAN);
}

const char *bm_load_progress_json(bm_loadtest_t *lt, apr_int64_t now_ns, apr_pool_t *p)
{
    double total = bm_load_plan_seconds(lt->plan);
    bm_buffer_t out = { 0 };
    const char *text = NULL;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_load_put_text(&w, "phase", bm_load_stage_name(lt, now_ns));
    bm_load_put_count(&w, "step", (apr_uint64_t)lt->step + 1);
    bm_load_put_count(&w, "steps", (apr_uint64_t)lt->plan->steps->nelts);
    bm_load_put_number(&w, "elapsed_seconds", (double)(now_ns - lt->began_ns) / 1e9);
    bm_load_put_number(&w, "total_seconds", total > 0 ? total : NAN);
    write_counts(&w, lt);
    write_rates(&w, lt, now_ns);
    bm_load_policy_write_use(&w, lt);
    bm_jw_end_object(&w);
    if (w.rv == APR_SUCCESS)
        text = apr_pstrmemdup(p, out.data, out.len);
    bm_buffer_free(&out);
    return text;
}
