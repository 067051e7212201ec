/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_plan.h"

#include <math.h>
#include <string.h>

#define MAX_IN_FLIGHT 2000
#define DRAIN_SECONDS 60
#define PRECISION 0.1

static const struct {
    const char *name;
    bm_load_type_e type;
} types[] = {
    { "closed", BM_LOAD_CLOSED }, { "constant", BM_LOAD_CONSTANT }, { "poisson", BM_LOAD_POISSON }, { "gamma", BM_LOAD_GAMMA },
    { "semi_open", BM_LOAD_SEMI_OPEN }, { "ramp", BM_LOAD_RAMP }, { "sweep", BM_LOAD_SWEEP }, { "capacity", BM_LOAD_CAPACITY }
};

/* The figures that an SLO may speak of: from the planned send in an open loop, from the real one in a closed loop. */
static const struct {
    const char *name;
    bm_kpi_metric_e open, closed;
} metrics[] = {
    { "ttft_ms", BM_KPI_TTFT_SCHEDULED, BM_KPI_TTFT }, { "ttft_service_ms", BM_KPI_TTFT, BM_KPI_TTFT },
    { "e2e_ms", BM_KPI_E2E_SCHEDULED, BM_KPI_E2E }, { "e2e_service_ms", BM_KPI_E2E, BM_KPI_E2E },
    { "ttfo_ms", BM_KPI_TTFO, BM_KPI_TTFO }, { "ttst_ms", BM_KPI_TTST, BM_KPI_TTST }, { "icl_ms", BM_KPI_ICL, BM_KPI_ICL },
    { "itl_ms", BM_KPI_ITL, BM_KPI_ITL }, { "tpot_ms", BM_KPI_TPOT, BM_KPI_TPOT }, { "total_ms", BM_KPI_TOTAL, BM_KPI_TOTAL },
    { "ttfb_ms", BM_KPI_TTFB, BM_KPI_TTFB }, { "ntpot_ms", BM_KPI_NTPOT, BM_KPI_NTPOT }
};

static double number(const json_t *object, const char *name, double fallback)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

static int type_of(bm_load_type_e *type, const json_t *value)
{
    const char *name = json_string_value(value);
    size_t i;

    for (i = 0; name != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(name, types[i].name) == 0) {
            *type = types[i].type;
            return 1;
        }
    }
    return 0;
}

static bm_load_step_t *add_step(bm_load_plan_t *plan, int closed, double from, double to)
{
    bm_load_step_t *step = apr_array_push(plan->steps);

    memset(step, 0, sizeof(*step));
    step->closed = closed;
    step->from = from;
    step->to = to;
    return step;
}

/* --- steps of each type */

static void read_single(bm_load_plan_t *plan, const json_t *model, const json_t *json)
{
    int closed = plan->type == BM_LOAD_CLOSED;
    double value = number(model, closed ? "concurrency" : "rate", 0);
    bm_load_step_t *step = add_step(plan, closed, value, value);

    step->warmup_s = number(json, "warmup_seconds", 0);
    step->window_s = number(json, "duration_seconds", 0);
    step->requests = (apr_int64_t)number(json, "requests", 0);
}

static void read_ramp(bm_load_plan_t *plan, const json_t *model, const json_t *json)
{
    const json_t *stages = json_object_get(model, "stages");
    double before = number(model, "start", 0);
    size_t i;

    for (i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        int closed = json_object_get(stage, "concurrency") != NULL;
        double value = number(stage, closed ? "concurrency" : "rate", 0);
        bm_load_step_t *step = add_step(plan, closed, before, value);

        step->window_s = number(stage, "duration_seconds", 0);
        step->warmup_s = i == 0 ? number(json, "warmup_seconds", 0) : 0;
        before = value;
    }
}

static void read_sweep(bm_load_plan_t *plan, const json_t *model, const json_t *json)
{
    const char *of = json_string_value(json_object_get(model, "of")), *scale = json_string_value(json_object_get(model, "scale"));
    const json_t *values = json_object_get(model, "values");
    int closed = of != NULL && strcmp(of, "concurrency") == 0, geometric = scale != NULL && strcmp(scale, "geometric") == 0;
    double from = number(model, "from", 0), to = number(model, "to", 0);
    int i, n = values != NULL ? (int)json_array_size(values) : (int)number(model, "steps", 0);

    for (i = 0; i < n; i++) {
        double part = n > 1 ? (double)i / (n - 1) : 0;
        double value = values != NULL ? json_number_value(json_array_get(values, (size_t)i))
            : geometric ? from * pow(to / from, part) : from + (to - from) * part;
        bm_load_step_t *step;

        if (closed)
            value = round(value);
        step = add_step(plan, closed, value, value);
        step->warmup_s = number(json, "warmup_seconds", 0);
        step->window_s = number(model, "step_seconds", 0);
    }
    plan->settle = 1;
}

static void read_capacity(bm_load_plan_t *plan, const json_t *model, const json_t *json)
{
    double rate = number(model, "start_rate", 0);
    bm_load_step_t *step = add_step(plan, 0, rate, rate);

    step->warmup_s = number(json, "warmup_seconds", 0);
    step->window_s = number(model, "step_seconds", 0);
    plan->max_rate = number(model, "max_rate", 0);
    plan->precision = number(model, "precision", PRECISION);
    plan->settle = 1;
}

static void read_model(bm_load_plan_t *plan, const json_t *model, const json_t *json)
{
    plan->arrivals = plan->type == BM_LOAD_CONSTANT || plan->type == BM_LOAD_GAMMA ? plan->type : BM_LOAD_POISSON;
    type_of(&plan->arrivals, json_object_get(model, "arrivals"));
    plan->shape = number(model, "shape", 1);
    plan->think_s = number(model, "think_time_ms", 0) / 1000.0;
    plan->turns = plan->type == BM_LOAD_SEMI_OPEN ? (int)number(model, "turns", 1) : 1;
    switch (plan->type) {
    case BM_LOAD_RAMP:
        read_ramp(plan, model, json);
        break;
    case BM_LOAD_SWEEP:
        read_sweep(plan, model, json);
        break;
    case BM_LOAD_CAPACITY:
        read_capacity(plan, model, json);
        break;
    default:
        read_single(plan, model, json);
    }
}

/* --- the rest */

static int read_slos(bm_load_plan_t *plan, const json_t *slos)
{
    size_t i, k;

    for (i = 0; i < json_array_size(slos) && plan->slo_count < BM_LOAD_SLOS_MAX; i++) {
        const json_t *json = json_array_get(slos, i);
        const char *name = json_string_value(json_object_get(json, "metric"));
        bm_load_slo_t *slo = &plan->slos[plan->slo_count];

        for (k = 0; name != NULL && k < sizeof(metrics) / sizeof(metrics[0]) && strcmp(name, metrics[k].name) != 0; k++)
            ;
        if (name == NULL || k == sizeof(metrics) / sizeof(metrics[0]))
            return 0;
        *slo = (bm_load_slo_t){ .name = metrics[k].name, .metric = plan->open ? metrics[k].open : metrics[k].closed,
                                .quantile = number(json, "quantile", 0.95), .max = number(json, "max", 0) };
        plan->slo_count++;
    }
    return 1;
}

static const char *find_fault(const bm_load_plan_t *plan)
{
    int i;

    if (plan->steps->nelts == 0)
        return "The plan has no steps.";
    for (i = 0; i < plan->steps->nelts; i++) {
        const bm_load_step_t *step = &APR_ARRAY_IDX(plan->steps, i, bm_load_step_t);

        if (!(step->from >= 0 && step->to >= 0 && step->from + step->to > 0))
            return "A step has no load.";
        if (!(step->window_s > 0) && step->requests <= 0)
            return "A step has no end.";
    }
    return NULL;
}

static int read_dataset(bm_load_plan_t *plan, const json_t *dataset, apr_pool_t *p)
{
    const char *order = json_string_value(json_object_get(dataset, "order"));
    const json_t *items = json_object_get(dataset, "inline"), *generate = json_object_get(dataset, "generate");

    plan->dataset_random = order != NULL && strcmp(order, "sequential") != 0;
    plan->dataset = json_array_size(items) > 0 ? items : NULL;
    if (generate != NULL && plan->dataset == NULL)
        plan->prompts = bm_prompts_make(generate, p);
    if (order != NULL && strcmp(order, "zipf") == 0)
        plan->zipf = bm_zipf_make(plan->prompts != NULL ? bm_prompts_count(plan->prompts) : (int)json_array_size(items),
                                  number(dataset, "zipf", 1), p);
    return generate == NULL || plan->prompts != NULL;
}

apr_status_t bm_load_plan_read(bm_load_plan_t **pplan, const json_t *json, const char **complaint, apr_pool_t *p)
{
    bm_load_plan_t *plan = apr_pcalloc(p, sizeof(*plan));
    const json_t *model = json_object_get(json, "load_model");
    const char *limits = json_string_value(json_object_get(json, "target_limits"));

    *pplan = NULL;
    *complaint = "Its load model is not known.";
    plan->steps = apr_array_make(p, 8, sizeof(bm_load_step_t));
    if (!type_of(&plan->type, json_object_get(model, "type")))
        return APR_EINVAL;
    read_model(plan, model, json);
    *complaint = find_fault(plan);
    if (*complaint != NULL)
        return APR_EINVAL;
    plan->open = !APR_ARRAY_IDX(plan->steps, 0, bm_load_step_t).closed;
    *complaint = "An SLO speaks of a figure that is not known.";
    if (!read_slos(plan, json_object_get(json, "slos")))
        return APR_EINVAL;
    plan->seed = (apr_uint64_t)number(json, "seed", 1);
    plan->max_in_flight = (int)number(json, "max_in_flight", MAX_IN_FLIGHT);
    plan->drain_s = number(json, "drain_seconds", DRAIN_SECONDS);
    plan->certificate = !json_is_false(json_object_get(json, "certificate"));
    plan->retry = bm_retry_policy_of(json_object_get(json, "retry"));
    plan->max_attempts = (int)number(json_object_get(json, "retry"), "max_attempts", 1);
    plan->obeys_limits = limits == NULL || strcmp(limits, "ignore") != 0;
    plan->max_cost = number(json, "max_cost", 0);
    plan->keep_rows = number(json, "keep_rows", 1);
    plan->max_requests = (apr_int64_t)number(json, "max_requests", 0);
    plan->max_tokens = number(json, "max_total_tokens", 0);
    plan->timeout_ms = (apr_int64_t)number(json, "timeout_ms", 0);
    plan->hedge_copies = (int)fmin(number(json_object_get(json, "hedge"), "copies", 0), BM_LOAD_HEDGE_MAX);
    plan->hedge_after_ns = (apr_int64_t)(number(json_object_get(json, "hedge"), "after_ms", 0) * 1e6);
    plan->endpoints = json_object_get(json, "endpoints");
    plan->classes = json_object_get(json, "classes");
    bm_load_faults_read(&plan->faults, json_object_get(json, "faults"));
    *complaint = "Its prompts cannot be generated.";
    if (!read_dataset(plan, json_object_get(json, "dataset"), p))
        return APR_EINVAL;
    *complaint = NULL;
    *pplan = plan;
    return APR_SUCCESS;
}

double bm_load_plan_seconds(const bm_load_plan_t *plan)
{
    double sum = 0;
    int i;

    if (plan->type == BM_LOAD_CAPACITY)
        return 0;
    for (i = 0; i < plan->steps->nelts; i++) {
        const bm_load_step_t *step = &APR_ARRAY_IDX(plan->steps, i, bm_load_step_t);

        if (step->requests > 0)
            return 0;
        sum += step->warmup_s + step->window_s;
    }
    return sum;
}
