/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_plan.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "model/loadtest_classes.h"
#include "model/loadtest_dataset.h"
#include "model/loadtest_faults.h"
#include "model/loadtest_model.h"
#include "model/retry_model.h"

/* Requests under way, where a plan says nothing. */
enum { MAX_IN_FLIGHT = 2000 };

/* As in loadtest/load_search.c: 95 %, and how much longer than asked for a step of a search may be. */
#define Z_ONE_SIDED 1.6448536269514722
enum { STRETCH_MAX = 20 };

typedef struct load_type_t {
    const char *name;
    const char *needs, *may;      /* members of load_model beside `type`: "|a|b|" */
    int has_window;               /* duration_seconds or requests say how long; else its own members do */
} load_type_t;

static const load_type_t load_types[] = {
    { "closed", "|concurrency|", "|think_time_ms|", 1 },
    { "constant", "|rate|", "", 1 },
    { "poisson", "|rate|", "", 1 },
    { "gamma", "|rate|shape|", "", 1 },
    { "semi_open", "|rate|turns|", "|think_time_ms|", 1 },
    { "ramp", "|stages|", "|start|arrivals|", 0 },
    { "sweep", "|of|step_seconds|", "|values|from|to|steps|scale|arrivals|", 0 },
    { "capacity", "|start_rate|max_rate|step_seconds|", "|precision|arrivals|", 0 }
};

/* What one check carries along. */
typedef struct check_t {
    bm_err_t *err;
    apr_pool_t *p;
    const json_t *plan, *model;
    const load_type_t *type;
} check_t;

static int has_word(const char *words, const char *word)
{
    const char *at = words;
    size_t len = strlen(word);

    while ((at = strchr(at, '|')) != NULL) {
        at++;
        if (strncmp(at, word, len) == 0 && at[len] == '|')
            return 1;
    }
    return 0;
}

static int is_text(const json_t *object, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL && strcmp(value, text) == 0;
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static int has(const json_t *object, const char *name)
{
    return json_object_get(object, name) != NULL;
}

static int has_number(const json_t *object, const char *name)
{
    return json_is_number(json_object_get(object, name));
}

static const load_type_t *type_of(const json_t *model)
{
    size_t i;

    for (i = 0; i < sizeof(load_types) / sizeof(load_types[0]); i++)
        if (is_text(model, "type", load_types[i].name))
            return &load_types[i];
    return NULL;
}

/* Whether nothing was said so far against a member or what is in it: rules that combine members go by sound ones. */
static int is_sound(const check_t *c, const char *pointer)
{
    size_t len = strlen(pointer);
    int i;

    for (i = 0; i < c->err->violations->nelts; i++) {
        const char *found = APR_ARRAY_IDX(c->err->violations, i, bm_violation_t).pointer;

        if (strncmp(found, pointer, len) == 0 && (found[len] == '\0' || found[len] == '/'))
            return 0;
    }
    return 1;
}

/* --- load models */

static int is_of_concurrency(const json_t *model)
{
    const json_t *first = json_array_get(json_object_get(model, "stages"), 0);

    return is_text(model, "of", "concurrency") || has(first, "concurrency") || is_text(model, "type", "closed");
}

static void check_members(const check_t *c)
{
    const bm_field_t *field;

    for (field = bm_loadtest_model_fields; field->name != NULL; field++) {
        const char *pointer = apr_pstrcat(c->p, "/load_model/", field->name, NULL);
        int needed = has_word(c->type->needs, field->name), given = has(c->model, field->name);

        if (strcmp(field->name, "type") == 0)
            continue;
        if (needed && !given)
            bm_err_violation(c->err, pointer, "Is missing.");
        else if (given && !needed && !has_word(c->type->may, field->name))
            bm_err_violation(c->err, pointer, "Does not go with type %s.", c->type->name);
    }
    if (has(c->model, "arrivals") && has_word(c->type->may, "arrivals") && is_of_concurrency(c->model))
        bm_err_violation(c->err, "/load_model/arrivals", "Goes with rates only.");
}

static void check_stages(const check_t *c)
{
    const json_t *stages = json_object_get(c->model, "stages");
    int concurrency = is_of_concurrency(c->model), start_is_wrong;
    const char *wanted = concurrency ? "concurrency" : "rate", *other = concurrency ? "rate" : "concurrency";
    double before = number(c->model, "start");
    size_t i;

    start_is_wrong = concurrency && has_number(c->model, "start") && (before > 20000 || before > floor(before));
    if (start_is_wrong)
        bm_err_violation(c->err, "/load_model/start", "Must be a whole number from 0 to 20000.");
    for (i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        const char *pointer = apr_psprintf(c->p, "/load_model/stages/%lu", (unsigned long)i);

        if (!json_is_object(stage))
            continue;
        if (has(stage, other))
            bm_err_violation(c->err, apr_pstrcat(c->p, pointer, "/", other, NULL),
                             "All stages must have rate, or all concurrency.");
        if (!has(stage, wanted))
            bm_err_violation(c->err, apr_pstrcat(c->p, pointer, "/", wanted, NULL), "Is missing.");
        else if (!(before > 0) && !(number(stage, wanted) > 0) && has_number(stage, wanted))
            bm_err_violation(c->err, pointer, "Would send nothing: it begins and ends at 0.");
        before = number(stage, wanted);
    }
}

/* A value of a sweep: what the tables say of rate and concurrency. */
static void check_value(const check_t *c, const json_t *value, const char *pointer)
{
    const char *of = is_of_concurrency(c->model) ? "concurrency" : "rate";
    const bm_field_t *field = bm_field_find(bm_loadtest_model_fields, of);
    double v = json_number_value(value);

    if (!json_is_number(value) || v < field->min || v > field->max || (field->type == BM_TYPE_INT && v > floor(v)))
        bm_err_violation(c->err, pointer, "Must be a %snumber from %s to %s.", field->type == BM_TYPE_INT ? "whole " : "",
                         bm_text_number(field->min, 15, c->p), bm_text_number(field->max, 15, c->p));
}

static void check_sweep(const check_t *c)
{
    static const char *const range[] = { "from", "to", "steps" };
    const json_t *values = json_object_get(c->model, "values");
    size_t i;

    for (i = 0; i < json_array_size(values); i++)
        if (json_is_number(json_array_get(values, i)))
            check_value(c, json_array_get(values, i), apr_psprintf(c->p, "/load_model/values/%lu", (unsigned long)i));
    if (values == NULL && !has(c->model, "from") && !has(c->model, "to") && !has(c->model, "steps")) {
        bm_err_violation(c->err, "/load_model/values", "Is missing: give values, or from, to and steps.");
        return;
    }
    for (i = 0; i < sizeof(range) / sizeof(range[0]); i++) {
        const char *pointer = apr_pstrcat(c->p, "/load_model/", range[i], NULL);

        if (values == NULL && !has(c->model, range[i]))
            bm_err_violation(c->err, pointer, "Is missing.");
        else if (values != NULL && has(c->model, range[i]))
            bm_err_violation(c->err, pointer, "Give values, or from, to and steps, not both.");
        else if (i < 2 && has_number(c->model, range[i]) && is_sound(c, pointer))
            check_value(c, json_object_get(c->model, range[i]), pointer);
    }
    if (values != NULL && has(c->model, "scale"))
        bm_err_violation(c->err, "/load_model/scale", "Goes with from, to and steps only.");
    if (has_number(c->model, "from") && has_number(c->model, "to") && !(number(c->model, "from") < number(c->model, "to")))
        bm_err_violation(c->err, "/load_model/to", "Must be more than from.");
}

static void check_capacity(const check_t *c)
{
    if (has_number(c->model, "start_rate") && has_number(c->model, "max_rate")
        && !(number(c->model, "start_rate") < number(c->model, "max_rate")))
        bm_err_violation(c->err, "/load_model/max_rate", "Must be more than start_rate.");
    if (json_array_size(json_object_get(c->plan, "slos")) == 0 && is_sound(c, "/slos"))
        bm_err_violation(c->err, "/slos", "Is missing: a search for capacity needs at least one.");
}

/* --- the rest of the plan */

static void check_window(const check_t *c)
{
    static const char *const names[] = { "duration_seconds", "requests" };
    size_t i;

    if (c->type->has_window) {
        if (has(c->plan, "duration_seconds") && has(c->plan, "requests"))
            bm_err_violation(c->err, "/requests", "Give duration_seconds or requests, not both.");
        else if (!has(c->plan, "duration_seconds") && !has(c->plan, "requests"))
            bm_err_violation(c->err, "/duration_seconds", "Is missing: give duration_seconds or requests.");
        return;
    }
    for (i = 0; i < 2; i++)
        if (has(c->plan, names[i]))
            bm_err_violation(c->err, apr_pstrcat(c->p, "/", names[i], NULL), "Does not go with type %s: its %s how long it is.",
                             c->type->name, has(c->model, "stages") ? "stages say" : "step_seconds says");
}

double bm_loadtest_plan_peak(const json_t *plan)
{
    static const char *const members[] = { "rate", "concurrency", "start", "from", "to", "max_rate" };
    const json_t *model = json_object_get(plan, "load_model"), *values = json_object_get(model, "values");
    const json_t *stages = json_object_get(model, "stages");
    double peak = 0, sends = 1 + number(json_object_get(plan, "hedge"), "copies");
    size_t i;

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        peak = fmax(peak, number(model, members[i]));
    for (i = 0; i < json_array_size(values); i++)
        peak = fmax(peak, json_number_value(json_array_get(values, i)));
    for (i = 0; i < json_array_size(stages); i++)
        peak = fmax(peak, fmax(number(json_array_get(stages, i), "rate"), number(json_array_get(stages, i), "concurrency")));
    return sends * (is_text(model, "type", "semi_open") ? peak * number(model, "turns") : peak);
}

/* The largest concurrency that a plan asks for; 0: it is of rates. */
static double largest_concurrency(const json_t *model)
{
    const json_t *stages = json_object_get(model, "stages"), *values = json_object_get(model, "values");
    double largest = 0;
    size_t i;

    if (!is_of_concurrency(model))
        return 0;
    largest = fmax(fmax(number(model, "concurrency"), number(model, "start")), number(model, "to"));
    for (i = 0; i < json_array_size(stages); i++)
        largest = fmax(largest, number(json_array_get(stages, i), "concurrency"));
    for (i = 0; i < json_array_size(values); i++)
        largest = fmax(largest, json_number_value(json_array_get(values, i)));
    return largest;
}

/* --- defaults */

static json_t *complete_model(const json_t *model, const load_type_t *type, apr_pool_t *p)
{
    json_t *whole = bm_json_overlay(model, NULL, p);
    const bm_field_t *field;

    for (field = bm_loadtest_model_fields; field->name != NULL; field++) {
        if (field->fallback == NULL || has(model, field->name) || !has_word(type->may, field->name))
            continue;
        if (strcmp(field->name, "arrivals") == 0 && is_of_concurrency(model))
            continue;
        if (strcmp(field->name, "scale") == 0 && has(model, "values"))
            continue;
        json_object_set_new(whole, field->name, json_loads(field->fallback, JSON_DECODE_ANY, NULL));
    }
    return whole;
}

static json_t *complete_slos(const json_t *slos, apr_pool_t *p)
{
    json_t *whole = bm_json_adopt(json_array(), p);
    size_t i;

    for (i = 0; i < json_array_size(slos); i++)
        json_array_append(whole, bm_field_complete(json_array_get(slos, i), bm_loadtest_slo_fields, p));
    return whole;
}

/* The members of a sound plan, each with its defaults. */
static json_t *complete(const json_t *plan, apr_pool_t *p)
{
    static const struct {
        const char *name;
        const bm_field_t *fields;
    } parts[] = {
        { "retry", bm_retry_fields }, { "faults", bm_loadtest_faults_fields }, { "endpoints", bm_loadtest_endpoints_fields },
        { "hedge", bm_loadtest_hedge_fields }
    };
    json_t *whole = bm_field_complete(plan, bm_loadtest_plan_fields, p);
    double least;
    size_t i;
    const json_t *model = json_object_get(plan, "load_model"), *dataset = json_object_get(plan, "dataset");

    json_object_set(whole, "load_model", complete_model(model, type_of(model), p));
    json_object_set(whole, "slos", complete_slos(json_object_get(plan, "slos"), p));
    if (dataset != NULL)
        json_object_set(whole, "dataset", bm_loadtest_dataset_complete(dataset, p));
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (has(plan, parts[i].name))
            json_object_set(whole, parts[i].name, bm_field_complete(json_object_get(plan, parts[i].name), parts[i].fields, p));
    if (has(plan, "classes"))
        json_object_set(whole, "classes", bm_loadtest_classes_complete(json_object_get(plan, "classes"), p));
    least = fmax(MAX_IN_FLIGHT, fmax(largest_concurrency(model), number(json_object_get(plan, "classes"), "budget")));
    if (!has(plan, "max_in_flight"))
        json_object_set_new(whole, "max_in_flight", json_integer((json_int_t)least));
    return whole;
}

/* --- what it comes to */

static void add(double *sum, double value)
{
    *sum = *sum < 0 || value < 0 ? -1 : *sum + value;
}

static void estimate_window(bm_loadtest_estimate_t *e, const json_t *plan, const json_t *model, double warmup)
{
    double rate = number(model, "rate") * (is_text(model, "type", "semi_open") ? number(model, "turns") : 1);
    double given = has(plan, "requests") ? number(plan, "requests") : -1;
    double window = has(plan, "requests") ? (rate > 0 ? given / rate : -1) : number(plan, "duration_seconds");

    e->seconds = window < 0 ? -1 : warmup + window;
    e->requests = rate > 0 ? rate * (warmup + window) : given;
}

static void estimate_ramp(bm_loadtest_estimate_t *e, const json_t *model, double warmup)
{
    const json_t *stages = json_object_get(model, "stages");
    double before = number(model, "start");
    size_t i;

    e->seconds = warmup;
    e->requests = is_of_concurrency(model) ? -1 : before * warmup;
    for (i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        double seconds = number(stage, "duration_seconds");

        e->seconds += seconds;
        add(&e->requests, (before + number(stage, "rate")) / 2 * seconds);
        before = number(stage, "rate");
    }
}

static double sweep_value(const json_t *model, size_t i, size_t steps)
{
    const json_t *values = json_object_get(model, "values");
    double from = number(model, "from"), to = number(model, "to"), part = (double)i / (double)(steps - 1);

    if (values != NULL)
        return json_number_value(json_array_get(values, i));
    return is_text(model, "scale", "geometric") ? from * pow(to / from, part) : from + (to - from) * part;
}

static void estimate_sweep(bm_loadtest_estimate_t *e, const json_t *model, double warmup)
{
    const json_t *values = json_object_get(model, "values");
    size_t i, steps = values != NULL ? json_array_size(values) : (size_t)number(model, "steps");
    double seconds = warmup + number(model, "step_seconds");

    e->seconds = seconds * (double)steps;
    e->requests = is_of_concurrency(model) ? -1 : 0;
    for (i = 0; i < steps; i++)
        add(&e->requests, sweep_value(model, i, steps) * seconds);
}

/* Seconds that a step of a search lasts at most: long enough to show the SLOs (loadtest/load_search.c). */
static double search_window(const json_t *plan, const json_t *model, double rate)
{
    const json_t *slos = json_object_get(plan, "slos");
    double least = number(model, "step_seconds"), wanted = least;
    size_t i;

    for (i = 0; i < json_array_size(slos); i++) {
        const json_t *slo = json_array_get(slos, i);
        double q = has(slo, "quantile") ? number(slo, "quantile") : 0.95;

        wanted = fmax(wanted, 2 * Z_ONE_SIDED * Z_ONE_SIDED * q / (1 - q) / rate);
    }
    return fmin(wanted, STRETCH_MAX * least);
}

/* The rate doubles up to max_rate, then its last interval is halved until it is narrow enough, all near max_rate; every step is
 * clear. */
static void estimate_capacity(bm_loadtest_estimate_t *e, const json_t *plan, const json_t *model, double warmup)
{
    double max_rate = number(model, "max_rate"), seconds = warmup + search_window(plan, model, max_rate), rate;
    double precision = has(model, "precision") ? number(model, "precision") : 0.1;
    double halvings = ceil(log2(log(2) / log1p(precision)));

    e->seconds = seconds * (halvings + 1);
    e->requests = max_rate * e->seconds;
    for (rate = number(model, "start_rate"); rate < max_rate; rate *= 2) {
        seconds = warmup + search_window(plan, model, rate);
        e->seconds += seconds;
        e->requests += rate * seconds;
    }
}

void bm_loadtest_estimate(bm_loadtest_estimate_t *estimate, const json_t *plan)
{
    const json_t *model = json_object_get(plan, "load_model");
    double warmup = number(plan, "warmup_seconds"), concurrency = largest_concurrency(model);

    estimate->peak_in_flight = concurrency > 0 ? (apr_int64_t)concurrency : -1;
    if (is_text(model, "type", "ramp"))
        estimate_ramp(estimate, model, warmup);
    else if (is_text(model, "type", "sweep"))
        estimate_sweep(estimate, model, warmup);
    else if (is_text(model, "type", "capacity"))
        estimate_capacity(estimate, plan, model, warmup);
    else
        estimate_window(estimate, plan, model, warmup);
}

/* --- the check */

static void check_size(const check_t *c)
{
    static const char *const parts[] = { "/load_model", "/duration_seconds", "/requests", "/warmup_seconds", "/slos" };
    const char *pointer = has(c->plan, "requests") ? "/requests"
        : has(c->plan, "duration_seconds") ? "/duration_seconds"
        : has(c->model, "stages") ? "/load_model/stages" : "/load_model/step_seconds";
    bm_loadtest_estimate_t e;
    size_t i;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (!is_sound(c, parts[i]))
            return;
    bm_loadtest_estimate(&e, c->plan);
    if (e.requests > BM_LOADTEST_REQUESTS_MAX)
        bm_err_violation(c->err, pointer, "The plan comes to %.0f requests; %d are the most.", e.requests,
                         BM_LOADTEST_REQUESTS_MAX);
    if (e.seconds > BM_LOADTEST_SECONDS_MAX)
        bm_err_violation(c->err, pointer, "The plan comes to %.0f seconds, warm-up included; %d are the most.", e.seconds,
                         BM_LOADTEST_SECONDS_MAX);
}

static void check_in_flight(const check_t *c)
{
    double largest = largest_concurrency(c->model);

    if (is_sound(c, "/load_model") && has_number(c->plan, "max_in_flight") && number(c->plan, "max_in_flight") < largest)
        bm_err_violation(c->err, "/max_in_flight", "Must not be less than the concurrency, %.0f.", largest);
}

apr_status_t bm_loadtest_plan_check(json_t *plan, bm_err_t *err, apr_pool_t *p)
{
    int before = err->violations->nelts;
    check_t c = { err, p, plan, json_object_get(plan, "load_model"), NULL };

    bm_field_check(plan, bm_loadtest_plan_fields, BM_FIELD_CREATE, NULL, "", err, p);
    c.type = type_of(c.model);
    if (c.type != NULL) {
        check_members(&c);
        if (strcmp(c.type->name, "ramp") == 0)
            check_stages(&c);
        else if (strcmp(c.type->name, "sweep") == 0)
            check_sweep(&c);
        else if (strcmp(c.type->name, "capacity") == 0)
            check_capacity(&c);
        check_window(&c);
        check_in_flight(&c);
        check_size(&c);
    }
    bm_loadtest_dataset_check(json_object_get(plan, "dataset"), err, p);
    bm_loadtest_faults_check(json_object_get(plan, "faults"), err);
    bm_loadtest_classes_check(plan, !is_of_concurrency(c.model) && !is_text(c.model, "type", "semi_open"), err, p);
    if (has(plan, "hedge") && (has(plan, "max_cost") || has(plan, "max_total_tokens")))
        bm_err_violation(err, "/hedge", "Does not go with %s: what a copy used that was aborted is not known.",
                         has(plan, "max_cost") ? "max_cost" : "max_total_tokens");
    if (err->violations->nelts > before)
        return APR_EINVAL;
    json_object_update(plan, complete(plan, p));
    return APR_SUCCESS;
}
