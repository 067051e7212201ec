/* SPDX-License-Identifier: Apache-2.0 */
#include "model/slo_model.h"

#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

#define WINDOW "28d"
#define QUANTILE 0.95

const bm_field_t bm_slo_fields[] = {
    { "name", BM_TYPE_STRING, BM_FIELD_NULLABLE | BM_FIELD_ABSENT, 1, 100, .doc = "Name for people." },
    { "metric", BM_TYPE_ENUM, BM_FIELD_REQUIRED, .values = BM_SLO_LATENCIES "|" BM_SLO_RATES,
      .doc = "Figure that it is about; rates are in percent." },
    { "quantile", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 0.01, 0.9999,
      .doc = "Of a latency: this quantile is to be at most max (default 0.95)." },
    { "attainment", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 1, 99.99,
      .doc = "Instead: so many percent of the attempts are to be within max, which is the same of quantile attainment / 100." },
    { "max", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 0.001, 86400000,
      .doc = "Of a latency: milliseconds. A run that keeps every max is good." },
    { "min", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 1, 99.99, .doc = "Of a rate: percent." },
    { "window", BM_TYPE_STRING, BM_FIELD_ABSENT, 1, 20, .doc = "Time that it is judged over, 1h to 90d (default 28d)." },
    { NULL }
};

int bm_slo_window_hours(const char *text)
{
    size_t len = strlen(text);
    apr_int64_t n;
    char digits[8];

    if (len < 2 || len > 5 || (text[len - 1] != 'h' && text[len - 1] != 'd'))
        return 0;
    memcpy(digits, text, len - 1);
    digits[len - 1] = '\0';
    if (bm_text_to_int64(&n, digits, 1, BM_SLO_DAYS_MAX * 24) != APR_SUCCESS)
        return 0;
    n *= text[len - 1] == 'd' ? 24 : 1;
    return n <= BM_SLO_DAYS_MAX * 24 ? (int)n : 0;
}

static int is_rate(const char *metric)
{
    return strcmp(metric, "success_rate") == 0 || strcmp(metric, "good_rate") == 0;
}

static int has(const json_t *slo, const char *name)
{
    return json_object_get(slo, name) != NULL;
}

static void complain(const char *pointer, const char *name, const char *detail, bm_err_t *err, apr_pool_t *p)
{
    bm_err_violation(err, apr_pstrcat(p, pointer, "/", name, NULL), "%s", detail);
}

static void check_one(const json_t *slo, const char *pointer, bm_err_t *err, apr_pool_t *p)
{
    static const char *const latency_only[] = { "max", "quantile", "attainment" };
    const char *metric = json_string_value(json_object_get(slo, "metric"));
    const char *window = json_string_value(json_object_get(slo, "window"));
    size_t i;

    if (window != NULL && bm_slo_window_hours(window) == 0)
        complain(pointer, "window", "Must be like 24h or 28d, from 1h to 90d.", err, p);
    if (metric == NULL)
        return;
    if (!is_rate(metric)) {
        if (!has(slo, "max"))
            complain(pointer, "max", "Is missing: a latency needs a maximum in milliseconds.", err, p);
        if (has(slo, "min"))
            complain(pointer, "min", "Goes with rates only; a latency has max.", err, p);
        if (has(slo, "quantile") && has(slo, "attainment"))
            complain(pointer, "attainment", "Give quantile or attainment, not both.", err, p);
        return;
    }
    if (!has(slo, "min"))
        complain(pointer, "min", "Is missing: a rate needs a minimum in percent.", err, p);
    for (i = 0; i < sizeof(latency_only) / sizeof(latency_only[0]); i++)
        if (has(slo, latency_only[i]))
            complain(pointer, latency_only[i], "Goes with latencies only; a rate has min.", err, p);
}

apr_status_t bm_slos_check(const json_t *slos, const char *prefix, bm_err_t *err, apr_pool_t *p)
{
    int before = err->violations->nelts;
    size_t i;

    for (i = 0; i < json_array_size(slos); i++)
        check_one(json_array_get(slos, i), apr_psprintf(p, "%s/%lu", prefix, (unsigned long)i), err, p);
    return err->violations->nelts == before ? APR_SUCCESS : APR_EINVAL;
}

json_t *bm_slos_complete(const json_t *slos, apr_pool_t *p)
{
    json_t *whole = bm_json_adopt(json_array(), p);
    size_t i;

    for (i = 0; i < json_array_size(slos); i++) {
        json_t *slo = bm_json_overlay(json_array_get(slos, i), NULL, p);

        if (has(slo, "max") && !has(slo, "quantile") && !has(slo, "attainment"))
            json_object_set_new(slo, "quantile", json_real(QUANTILE));
        if (!has(slo, "window"))
            json_object_set_new(slo, "window", json_string(WINDOW));
        json_array_append(whole, slo);
    }
    return whole;
}
