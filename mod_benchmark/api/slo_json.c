/* SPDX-License-Identifier: Apache-2.0 */
#include "api/slo_json.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "model/field_values.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t budget_fields[] = {
    { "allowed", BM_TYPE_NUMBER, MAYBE, .doc = "Attempts of the window that may be bad." },
    { "spent", BM_TYPE_INT, OURS, .doc = "Attempts that were." },
    { "left", BM_TYPE_NUMBER, MAYBE, .doc = "What is left of it, in percent; below 0: more than all was used up." },
    { NULL }
};

static const bm_field_t burn_fields[] = {
    { "1h", BM_TYPE_NUMBER, MAYBE, .doc = "Of the last hour; null: no attempts." },
    { "6h", BM_TYPE_NUMBER, MAYBE, .doc = "Of the last 6 hours." },
    { "24h", BM_TYPE_NUMBER, MAYBE, .doc = "Of the last day." },
    { "3d", BM_TYPE_NUMBER, MAYBE, .doc = "Of the last 3 days." },
    { NULL }
};

const bm_field_t bm_slo_json_fields[] = {
    { "slo", BM_TYPE_OBJECT, OURS, .members = bm_slo_fields, .schema = "Slo", .doc = "As the scenario has it, with defaults." },
    { "demand", BM_TYPE_STRING, OURS, .doc = "The same in words." },
    { "status", BM_TYPE_ENUM, OURS, .values = "met|not_met|too_few_samples", .doc = "Whether it is met." },
    { "finding", BM_TYPE_STRING, OURS, .doc = "Why, in words." },
    { "target", BM_TYPE_NUMBER, OURS, .doc = "Share of the attempts that is demanded, in percent." },
    { "attempted", BM_TYPE_INT, OURS, .doc = "Attempts of the window (of itl_ms and icl_ms values), failed ones included." },
    { "within", BM_TYPE_INT, OURS, .doc = "Attempts that were within the limit." },
    { "attainment", BM_TYPE_NUMBER, MAYBE, .doc = "The share of them, in percent; null: no attempts." },
    { "attainment_interval", BM_FIELD_PAIR(MAYBE), .doc = "95 % Wilson interval of it, [low, high]." },
    { "value", BM_TYPE_NUMBER, MAYBE,
      .doc = "Of a latency the demanded quantile over all attempts, in ms; null: it lies among those that failed." },
    { "value_interval", BM_FIELD_OPEN_PAIR(MAYBE), .doc = "95 % interval of it by order statistics; null: too few samples." },
    { "relative_error", BM_TYPE_NUMBER, OURS, .doc = "Bound of value, and of the limit that within counts by." },
    { "budget", BM_TYPE_OBJECT, OURS, .members = budget_fields, .doc = "Error budget." },
    { "from", BM_TYPE_TIME, OURS, .doc = "Begin of the window: a whole hour." },
    { "burn_rates", BM_TYPE_OBJECT, OURS, .members = burn_fields,
      .doc = "How fast the budget is used up: 1 lasts exactly a window, 14.4 over an hour is 2 % of 30 days." },
    { NULL }
};

static void put_fixed(bm_jw_t *w, double value)
{
    bm_jw_fixed(w, value, 4);
}

/* [low, high]; null if neither is known. One that is not is null: no sample lies there. */
static void put_interval(bm_jw_t *w, const char *name, void (*put)(bm_jw_t *w, double value), double low, double high)
{
    bm_jw_key(w, name);
    if (isnan(low) && isnan(high)) {
        bm_jw_null(w);
        return;
    }
    bm_jw_begin_array(w);
    put(w, low);
    put(w, high);
    bm_jw_end_array(w);
}

static void put_number(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    bm_jw_fixed(w, value, 4);
}

static void put_text(bm_jw_t *w, const char *name, const char *value)
{
    bm_jw_key(w, name);
    bm_jw_string(w, value);
}

static void put_count(bm_jw_t *w, const char *name, apr_uint64_t n)
{
    bm_jw_key(w, name);
    bm_jw_int(w, (apr_int64_t)n);
}

/* As it was given. */
static const char *exactly(double value, apr_pool_t *p)
{
    return bm_text_number(value, 10, p);
}

/* As it was measured. */
static const char *about(double value, apr_pool_t *p)
{
    return bm_text_number(value, 4, p);
}

const char *bm_slo_json_demand(const bm_kpi_slo_t *slo, apr_pool_t *p)
{
    const char *percent = exactly(100 * slo->target, p);

    if (slo->of != BM_KPI_SLO_OF_METRIC)
        return apr_psprintf(p, "%s >= %s %% over %s", slo->metric_name, percent, slo->window);
    if (slo->by_quantile)
        return apr_psprintf(p, "p%s of %s <= %s ms over %s", percent, slo->metric_name, exactly(slo->max, p), slo->window);
    return apr_psprintf(p, "%s %% of %s <= %s ms over %s", percent, slo->metric_name, exactly(slo->max, p), slo->window);
}

const char *bm_slo_json_finding(const bm_kpi_slo_t *slo, const bm_kpi_slo_figures_t *f, apr_pool_t *p)
{
    const char *few = f->status == BM_KPI_SLO_TOO_FEW ? "; too few to tell" : "", *percent = exactly(100 * slo->target, p);
    const char *value = "";

    if (f->attempted == 0)
        return "No attempts.";
    if (slo->of == BM_KPI_SLO_OF_METRIC && slo->by_quantile)
        value = isnan(f->value) ? apr_psprintf(p, "p%s lies among those that failed; ", percent)
            : apr_psprintf(p, "p%s is %s ms; ", percent, about(f->value, p));
    return apr_psprintf(p, "%s%s %% of %" APR_UINT64_T_FMT " within, %s %% demanded%s.", value, about(100 * f->attainment, p),
                        f->attempted, percent, few);
}

void bm_slo_json_write(bm_jw_t *w, const bm_kpi_slo_t *slo, const json_t *json, const bm_kpi_slo_figures_t *f, apr_pool_t *p)
{
    const char *text = bm_json_dump(NULL, json, p);

    bm_jw_key(w, "slo");
    bm_jw_raw(w, text, strlen(text));
    put_text(w, "demand", bm_slo_json_demand(slo, p));
    put_text(w, "status", bm_kpi_slo_status_name(f->status));
    put_text(w, "finding", bm_slo_json_finding(slo, f, p));
    put_number(w, "target", 100 * slo->target);
    put_count(w, "attempted", f->attempted);
    put_count(w, "within", f->within);
    put_number(w, "attainment", 100 * f->attainment);
    put_interval(w, "attainment_interval", put_fixed, 100 * f->low, 100 * f->high);
    bm_jw_key(w, "value");
    bm_jw_ms(w, f->value);
    put_interval(w, "value_interval", bm_jw_ms, f->value_low, f->value_high);
    bm_jw_key(w, "relative_error");
    bm_jw_double(w, slo->of == BM_KPI_SLO_OF_METRIC ? BM_SKETCH_ERROR : 0);
    bm_jw_key(w, "budget");
    bm_jw_begin_object(w);
    put_number(w, "allowed", f->budget);
    put_count(w, "spent", f->attempted - f->within);
    put_number(w, "left", 100 * f->budget_left);
    bm_jw_end_object(w);
}
