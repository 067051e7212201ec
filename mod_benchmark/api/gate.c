/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "api/slo_json.h"
#include "base/text.h"
#include "engine/row_gaps.h"
#include "kpi/kpi_good.h"
#include "kpi/kpi_run.h"
#include "parse/id_ranges.h"
#include "stat/quantile_interval.h"
#include "store/gate_store.h"
#include "store/sample_row.h"
#include "store/scenario_store.h"

/* Fewer attempts than this say nothing about a success rate. */
enum { HOUR = 3600, ATTEMPTS_MIN = 20 };

#define WINDOW "24h"

static const struct {
    const char *param;
    double q;
    const char *name;
} quantiles[] = {
    { "max_p50_change", 0.5, "p50" }, { "max_p95_change", 0.95, "p95" }, { "max_p99_change", 0.99, "p99" }
};

#define QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))

/* --- parameters */

/* NaN: not given, or wrong, which is a violation. */
static double limit_of(bm_req_t *q, const char *param)
{
    const char *text = bm_query_string_text(q->query, param);
    double limit;

    if (text == NULL)
        return NAN;
    if (bm_text_to_double(&limit, text) == APR_SUCCESS && limit >= 0 && limit <= 1000000)
        return limit;
    bm_err_violation(q->err, apr_pstrcat(q->p, "?", param, NULL), "Must be a number from 0 to 1000000.");
    return NAN;
}

/* Version of "v3"; 0: it is none. */
static int version_of(const char *baseline)
{
    apr_int64_t version;

    if (baseline[0] != 'v' || bm_text_to_int64(&version, baseline + 1, 1, APR_INT32_MAX) != APR_SUCCESS)
        return 0;
    return (int)version;
}

apr_status_t bm_gate_check_params(bm_req_t *q)
{
    const char *baseline = bm_query_string_text(q->query, "baseline"), *window = bm_query_string_text(q->query, "window");
    int limits = !isnan(limit_of(q, "max_success_drop"));
    size_t i;

    for (i = 0; i < QUANTILES; i++)
        limits += !isnan(limit_of(q, quantiles[i].param));
    if (window != NULL && bm_slo_window_hours(window) == 0)
        bm_err_violation(q->err, "?window", "Must be like 24h or 28d, from 1h to 90d.");
    if (baseline != NULL && version_of(baseline) == 0 && bm_slo_window_hours(baseline) == 0)
        bm_err_violation(q->err, "?baseline", "Must be a version like v3, or a time like 7d, from 1h to 90d.");
    if (q->err->violations->nelts > 0)
        return APR_EINVAL;
    if (baseline != NULL && limits == 0)
        return bm_err_violation(q->err, "?baseline", "Needs at least one limit: max_p95_change, max_success_drop ...");
    if (baseline == NULL && limits > 0)
        return bm_err_violation(q->err, "?baseline", "Is missing: limits of a change need something to change from.");
    return APR_SUCCESS;
}

/* --- runs by their rows */

static apr_status_t add_row(bm_kpi_cell_t *cell, const bm_kpi_row_run_t *run, apr_pool_t *p)
{
    bm_kpi_sample_t sample;

    bm_kpi_run_sample(&sample, &run->row);
    sample.good = run->good;
    bm_row_gaps_add(&sample, &run->row, p);
    return bm_kpi_cell_add_run(cell, &sample);
}

static apr_status_t add_rows(bm_kpi_cell_t *cell, bm_req_t *q, const apr_array_header_t *runs)
{
    apr_pool_t *prun;
    apr_status_t rv = APR_SUCCESS;
    int i;

    apr_pool_create(&prun, q->p);
    for (i = 0; rv == APR_SUCCESS && i < runs->nelts; i++) {
        apr_pool_clear(prun);
        rv = add_row(cell, &APR_ARRAY_IDX(runs, i, bm_kpi_row_run_t), prun);
    }
    apr_pool_destroy(prun);
    return rv == APR_SUCCESS ? rv : bm_err_set(q->err, APR_EGENERAL, NULL, "the runs cannot be counted");
}

/* Timelines are long: some runs at a time. */
static apr_status_t cell_of_named(const bm_kpi_cell_t **pcell, bm_gate_t *gate)
{
    bm_req_t *q = gate->scenario.q;
    bm_kpi_cell_t *cell = bm_kpi_cell_make(q->p);
    apr_array_header_t *runs;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *ppage;
    int i, n;

    apr_pool_create(&ppage, q->p);
    for (i = 0; rv == APR_SUCCESS && i < gate->id_count; i += n) {
        n = gate->id_count - i < BM_SAMPLE_PAGE ? gate->id_count - i : BM_SAMPLE_PAGE;
        apr_pool_clear(ppage);
        rv = bm_gate_store_runs(&runs, q->db, gate->scenario.id, gate->ids + i, n, q->err, ppage);
        if (rv == APR_SUCCESS)
            rv = add_rows(cell, q, runs);
    }
    apr_pool_destroy(ppage);
    *pcell = cell;
    return rv;
}

/* Without the runs that are judged: they would be held against themselves. */
static apr_status_t cell_of_version(const bm_kpi_cell_t **pcell, bm_gate_t *gate, int version)
{
    bm_req_t *q = gate->scenario.q;
    bm_kpi_cell_t *cell = bm_kpi_cell_make(q->p);
    apr_array_header_t *runs;
    apr_status_t rv = bm_gate_store_version(&runs, q->db, gate->scenario.id, version, gate->ids, gate->id_count,
                                            BM_GATE_VERSION_MAX, q->err, q->p);

    *pcell = cell;
    return rv == APR_SUCCESS ? add_rows(cell, q, runs) : rv;
}

static apr_status_t find_named(bm_gate_t *gate)
{
    bm_req_t *q = gate->scenario.q;
    int ended = 0;
    apr_status_t rv = bm_id_ranges_read(&gate->ids, &gate->id_count, gate->runs, BM_GATE_RUNS_MAX, q->p);

    if (rv != APR_SUCCESS)
        return bm_err_violation(q->err, "?runs", "Must be ascending numbers and ranges of them, like 120-139,141; at most %d"
                                " runs.", BM_GATE_RUNS_MAX);
    rv = bm_gate_store_count(&gate->open, &ended, q->db, gate->scenario.id, gate->ids, gate->id_count, q->err, q->p);
    if (rv == APR_SUCCESS && gate->open + ended < gate->id_count)
        rv = bm_err_set(q->err, APR_NOTFOUND, "run_not_found", "%d of these %d runs do not exist, or are not of scenario %"
                        APR_INT64_T_FMT ".", gate->id_count - gate->open - ended, gate->id_count, gate->scenario.id);
    return rv;
}

/* --- SLOs */

static bm_gate_check_t *add_check(bm_gate_t *gate, const char *kind, const char *name)
{
    bm_gate_check_t *check = apr_array_push(gate->checks);

    *check = (bm_gate_check_t){ .kind = kind, .name = name, .value = NAN, .limit = NAN, .now = NAN, .baseline = NAN };
    return check;
}

static void check_slo(bm_gate_t *gate, const bm_kpi_slo_t *slo, const bm_kpi_cell_t *cell)
{
    apr_pool_t *p = gate->scenario.q->p;
    const char *demand = bm_slo_json_demand(slo, p);
    bm_gate_check_t *check = add_check(gate, "slo", slo->name ? apr_pstrcat(p, slo->name, ": ", demand, NULL) : demand);
    bm_kpi_slo_figures_t figures;

    bm_kpi_slo_judge(&figures, slo, cell);
    check->result = figures.status == BM_KPI_SLO_MET ? BM_GATE_PASSED
        : figures.status == BM_KPI_SLO_TOO_FEW ? BM_GATE_FEW : BM_GATE_FAILED;
    check->detail = bm_slo_json_finding(slo, &figures, p);
    check->n = figures.attempted;
    if (slo->of == BM_KPI_SLO_OF_METRIC && slo->by_quantile) {
        check->value = figures.value;
        check->limit = slo->max;
    }
    else {
        check->value = 100 * figures.attainment;
        check->limit = 100 * slo->target;
    }
}

static apr_status_t check_slos(bm_gate_t *gate, const bm_kpi_cell_t *named)
{
    bm_scenario_cells_t *s = &gate->scenario;
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < s->slo_count; i++) {
        const bm_kpi_cell_t *cell = named;

        if (named == NULL)
            rv = bm_scenario_cells_get(&cell, s, bm_scenario_cells_from(s, s->slos[i].window_hours), 0);
        if (rv == APR_SUCCESS)
            check_slo(gate, &s->slos[i], cell);
    }
    return rv;
}

/* --- regressions */

/* Whether so many samples have an interval of this quantile at all. */
static int has_interval(apr_uint64_t n, double q)
{
    apr_uint64_t low, high;

    return bm_quantile_interval(&low, &high, n, (double)n, q);
}

static apr_uint64_t samples_of(const bm_sketch_t *sketch)
{
    return sketch != NULL ? bm_sketch_head(sketch)->n : 0;
}

static void check_quantile(bm_gate_t *gate, size_t i, const bm_kpi_cell_t *now, const bm_kpi_cell_t *before)
{
    bm_req_t *q = gate->scenario.q;
    const char *metric = bm_query_string_text(q->query, "metric");
    const bm_kpi_metric_t *known = bm_kpi_metric_by_name(metric != NULL ? metric : "total_ms");
    const bm_sketch_t *ours = bm_kpi_cell_sketch(now, known->id), *theirs = bm_kpi_cell_sketch(before, known->id);
    double limit = limit_of(q, quantiles[i].param);
    bm_gate_check_t *check;

    if (isnan(limit))
        return;
    check = add_check(gate, "regression", apr_psprintf(q->p, "%s of %s at most %s %% above %s", quantiles[i].name, known->name,
                                                       bm_text_number(limit, 10, q->p), gate->baseline));
    check->limit = limit;
    check->n = samples_of(ours);
    check->baseline_n = samples_of(theirs);
    if (ours != NULL && theirs != NULL) {
        check->now = bm_sketch_quantile(ours, quantiles[i].q);
        check->baseline = bm_sketch_quantile(theirs, quantiles[i].q);
        check->value = check->baseline > 0 ? 100 * (check->now / check->baseline - 1) : NAN;
    }
    check->result = !has_interval(check->n, quantiles[i].q) || !has_interval(check->baseline_n, quantiles[i].q)
        || isnan(check->value) ? BM_GATE_FEW : check->value > limit ? BM_GATE_FAILED : BM_GATE_PASSED;
    check->detail = isnan(check->value)
        ? apr_psprintf(q->p, "%" APR_UINT64_T_FMT " samples, %" APR_UINT64_T_FMT " of the baseline.", check->n, check->baseline_n)
        : apr_psprintf(q->p, "%s ms of %" APR_UINT64_T_FMT " samples, baseline %s ms of %" APR_UINT64_T_FMT ": %s%s %%%s.",
                       bm_text_number(check->now, 4, q->p), check->n, bm_text_number(check->baseline, 4, q->p),
                       check->baseline_n, check->value >= 0 ? "+" : "", bm_text_number(check->value, 3, q->p),
                       check->result == BM_GATE_FEW ? "; too few to tell" : "");
}

static double success_rate(const bm_kpi_cell_t *cell, apr_uint64_t *attempts)
{
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(cell);

    *attempts = bm_kpi_good_attempts(counts);
    return *attempts > 0 ? 100 * (double)counts->status[BM_KPI_COMPLETED] / (double)*attempts : NAN;
}

static void check_success(bm_gate_t *gate, const bm_kpi_cell_t *now, const bm_kpi_cell_t *before)
{
    bm_req_t *q = gate->scenario.q;
    double limit = limit_of(q, "max_success_drop");
    bm_gate_check_t *check;

    if (isnan(limit))
        return;
    check = add_check(gate, "regression", apr_psprintf(q->p, "success_rate at most %s points below %s",
                                                       bm_text_number(limit, 10, q->p), gate->baseline));
    check->limit = limit;
    check->now = success_rate(now, &check->n);
    check->baseline = success_rate(before, &check->baseline_n);
    check->value = check->baseline - check->now;
    check->result = check->n < ATTEMPTS_MIN || check->baseline_n < ATTEMPTS_MIN ? BM_GATE_FEW
        : check->value > limit + 1e-9 ? BM_GATE_FAILED : BM_GATE_PASSED;
    check->detail = apr_psprintf(q->p, "%s %% of %" APR_UINT64_T_FMT " attempts, baseline %s %% of %" APR_UINT64_T_FMT "%s.",
                                 bm_text_number(isnan(check->now) ? 0 : check->now, 4, q->p), check->n,
                                 bm_text_number(isnan(check->baseline) ? 0 : check->baseline, 4, q->p), check->baseline_n,
                                 check->result == BM_GATE_FEW ? "; too few to tell" : "");
}

/* The hour behind a baseline of time: where what is judged begins, which it must not contain. */
static apr_status_t end_of_baseline(apr_int32_t *hour, bm_gate_t *gate)
{
    bm_req_t *q = gate->scenario.q;
    apr_time_t queued_at = q->now;
    apr_status_t rv;

    if (gate->runs == NULL) {
        *hour = bm_scenario_cells_from(&gate->scenario, bm_slo_window_hours(gate->window));
        return APR_SUCCESS;
    }
    rv = bm_gate_store_queued_at(&queued_at, q->db, gate->scenario.id, gate->ids, gate->id_count, q->err, q->p);
    *hour = (apr_int32_t)(apr_time_sec(queued_at) / HOUR);
    return rv;
}

/* All runs of a version are no baseline for themselves; for some that are named, its others are. */
static apr_status_t check_version(const bm_gate_t *gate, int version)
{
    bm_req_t *q = gate->scenario.q;
    bm_rows_t *rows;

    if (version == gate->scenario.version && gate->runs == NULL)
        return bm_err_violation(q->err, "?baseline", "Is the version that is judged. Name another, or a time like 7d, or the"
                                " runs to judge (runs=120-139): their baseline are the other runs of the version.");
    return bm_scenario_store_versions(&rows, q->db, gate->scenario.id, version, q->err, q->p);
}

/* What is judged, and the baseline. */
static apr_status_t read_sides(const bm_kpi_cell_t **now, const bm_kpi_cell_t **before, bm_gate_t *gate)
{
    bm_scenario_cells_t *s = &gate->scenario;
    int version = version_of(gate->baseline);
    apr_int32_t end;
    apr_status_t rv;

    if (version > 0) {
        rv = cell_of_version(before, gate, version);
        if (rv == APR_SUCCESS && *now == NULL)
            rv = cell_of_version(now, gate, s->version);
        return rv;
    }
    rv = end_of_baseline(&end, gate);
    if (rv == APR_SUCCESS)
        rv = bm_scenario_cells_get(before, s, end - bm_slo_window_hours(gate->baseline), end);
    if (rv == APR_SUCCESS && *now == NULL)
        rv = bm_scenario_cells_get(now, s, end, 0);
    return rv;
}

static apr_status_t check_regressions(bm_gate_t *gate, const bm_kpi_cell_t *named)
{
    const bm_kpi_cell_t *now = named, *before;
    apr_status_t rv;
    size_t i;

    if (gate->baseline == NULL)
        return APR_SUCCESS;
    rv = read_sides(&now, &before, gate);
    if (rv != APR_SUCCESS)
        return rv;
    for (i = 0; i < QUANTILES; i++)
        check_quantile(gate, i, now, before);
    check_success(gate, now, before);
    return APR_SUCCESS;
}

/* --- the verdict */

static void conclude(bm_gate_t *gate)
{
    int i;

    for (i = 0; i < gate->checks->nelts; i++)
        gate->counts[APR_ARRAY_IDX(gate->checks, i, bm_gate_check_t).result]++;
    gate->passed = gate->counts[BM_GATE_FAILED] == 0 && (!gate->few_fails || gate->counts[BM_GATE_FEW] == 0);
}

apr_status_t bm_gate_open(bm_gate_t *gate, bm_req_t *q, apr_int64_t id, const char *runs)
{
    const char *window = bm_query_string_text(q->query, "window"), *few = bm_query_string_text(q->query, "too_few_samples");
    int version;
    apr_status_t rv;

    *gate = (bm_gate_t){ .runs = runs, .baseline = bm_query_string_text(q->query, "baseline"),
                         .window = window != NULL ? window : WINDOW, .few_fails = few == NULL || strcmp(few, "fail") == 0,
                         .checks = apr_array_make(q->p, 8, sizeof(bm_gate_check_t)) };
    rv = bm_scenario_cells_open(&gate->scenario, q, id);
    if (rv == APR_SUCCESS && gate->scenario.slo_count == 0 && gate->baseline == NULL)
        return bm_err_set(q->err, APR_EINVAL, "nothing_to_check", "A gate needs SLOs of its scenario, or a baseline with a"
                          " limit.");
    version = gate->baseline != NULL ? version_of(gate->baseline) : 0;
    return rv == APR_SUCCESS && version > 0 ? check_version(gate, version) : rv;
}

apr_status_t bm_gate_judge(bm_gate_t *gate, bm_req_t *q, apr_int64_t id, const char *runs)
{
    const bm_kpi_cell_t *named = NULL;
    apr_status_t rv = bm_gate_open(gate, q, id, runs);

    if (rv == APR_SUCCESS && runs != NULL)
        rv = find_named(gate);
    if (rv != APR_SUCCESS || gate->open > 0)
        return rv;
    if (runs != NULL)
        rv = cell_of_named(&named, gate);
    if (rv == APR_SUCCESS)
        rv = check_slos(gate, named);
    if (rv == APR_SUCCESS)
        rv = check_regressions(gate, named);
    conclude(gate);
    return rv;
}
