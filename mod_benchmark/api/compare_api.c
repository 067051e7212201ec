/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_api.c: /compare: two groups of runs against each other (docs/compare.md).
 *
 * Everything is read in one transaction with the time-out of KPI queries; the connection is given back before anything is
 * computed. */
#include "api/compare_api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "api/compare_config.h"
#include "api/kpi_query.h"
#include "base/text.h"
#include "kpi/compare.h"
#include "model/field_values.h"
#include "store/compare_store.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t side_fields[] = {
    { "side", BM_TYPE_STRING, OURS, .doc = "As asked." },
    { "kind", BM_TYPE_ENUM, OURS, .values = "runs|scenario|loadtest|window", .doc = "What it is." },
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs or requests that it has; of a sample about as many." },
    { "looked_at", BM_TYPE_INT, OURS, .doc = "How many of them were looked at." },
    { "basis", BM_TYPE_ENUM, OURS, .values = "rows|sample|cells",
      .doc = "rows: all of them; sample: a seeded sample of the rows; cells: KPI cells, for there are too many rows." },
    { "first_ended_at", BM_TYPE_TIME, MAYBE, .doc = "When the first of those that were looked at ended; null: from cells." },
    { "last_ended_at", BM_TYPE_TIME, MAYBE, .doc = "When the last one did." },
    { NULL }
};

static const bm_field_t interval_fields[] = {
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "The estimate; null: cannot be told." },
    { "low", BM_TYPE_NUMBER, MAYBE, .doc = "Lower end of its 95 % interval; null: too few samples for one." },
    { "high", BM_TYPE_NUMBER, MAYBE, .doc = "Upper end." },
    { NULL }
};

static const bm_field_t four_fields[] = {
    { "mean", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval",
      .doc = "Of the mean; of success_rate of the rate." },
    { "p50", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "Of the median." },
    { "p95", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "Of the 95th percentile." },
    { "p99", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "Of the 99th percentile." },
    { NULL }
};

static const bm_field_t part_fields[] = {
    { "n", BM_TYPE_INT, OURS, .doc = "Values." },
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs or requests that they came from." },
    { "few_samples", BM_TYPE_BOOL, OURS, .doc = "Too few to certify a p99." },
    { "mean", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval",
      .doc = "The mean; of success_rate the rate in per cent." },
    { "p50", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "Median." },
    { "p95", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "95th percentile." },
    { "p99", BM_TYPE_OBJECT, MAYBE, .members = interval_fields, .schema = "Interval", .doc = "99th percentile." },
    { "curve", BM_TYPE_ARRAY, MAYBE | BM_FIELD_ABSENT, .members = bm_field_numbers,
      .doc = "With curves: the values at 0, 1 ... 100 %." },
    { NULL }
};

static const bm_field_t effect_fields[] = {
    { "name", BM_TYPE_ENUM, OURS, .values = "cliffs_delta|rate_difference",
      .doc = "Cliff's delta, -1 to 1: how much more often a value of B is larger than one of A than smaller." },
    { "value", BM_TYPE_NUMBER, OURS, .doc = "Positive: B tends to be larger." },
    { "low", BM_TYPE_NUMBER, OURS, .doc = "Lower end of its 95 % interval." },
    { "high", BM_TYPE_NUMBER, OURS, .doc = "Upper end." },
    { "magnitude", BM_TYPE_ENUM, OURS, .values = "negligible|small|medium|large", .doc = "In words, whatever its sign." },
    { NULL }
};

#define VERDICTS "better|worse|differs|no_difference|too_few_samples"

static const bm_field_t metric_fields[] = {
    { "metric", BM_TYPE_STRING, OURS, .doc = "Name of the quantity." },
    { "unit", BM_TYPE_ENUM, OURS, .values = "ms|%|tokens|cost", .doc = "Of its values." },
    { "better", BM_TYPE_ENUM, OURS, .values = "lower|higher|neither", .doc = "Which way is better." },
    { "own_side", BM_TYPE_BOOL, OURS, .doc = "It tells of the measuring engine and has no part in the whole verdict." },
    { "a", BM_TYPE_OBJECT, OURS, .members = part_fields, .schema = "ComparisonPart", .doc = "Side A." },
    { "b", BM_TYPE_OBJECT, OURS, .members = part_fields, .schema = "ComparisonPart", .doc = "Side B." },
    { "difference", BM_TYPE_OBJECT, OURS, .members = four_fields, .schema = "ComparisonIntervals", .doc = "B minus A." },
    { "ratio", BM_TYPE_OBJECT, OURS, .members = four_fields, .schema = "ComparisonIntervals", .doc = "B divided by A." },
    { "test", BM_TYPE_ENUM, MAYBE, .values = "mann_whitney_exact|mann_whitney|fisher_exact|score|median_intervals",
      .doc = "What p comes from." },
    { "p", BM_TYPE_NUMBER, MAYBE, .doc = "Two-sided, of this quantity alone; null: no test." },
    { "p_corrected", BM_TYPE_NUMBER, MAYBE, .doc = "Corrected for all tests of this answer (Holm); null: too few samples." },
    { "effect", BM_TYPE_OBJECT, MAYBE, .members = effect_fields, .doc = "How large the difference is; null: from cells." },
    { "verdict", BM_TYPE_ENUM, OURS, .values = VERDICTS, .doc = "Of B as seen from A." },
    { "sentence", BM_TYPE_STRING, OURS, .doc = "The verdict in words." },
    { NULL }
};

static const bm_field_t difference_fields[] = {
    { "what", BM_TYPE_STRING, OURS, .doc = "What differs: scenario (as id@version), model, plan/load_model/rate ..." },
    { "a", BM_TYPE_ANY, MAYBE, .doc = "On side A." },
    { "b", BM_TYPE_ANY, MAYBE, .doc = "On side B." },
    { NULL }
};

static const bm_field_t compare_fields[] = {
    { "a", BM_TYPE_OBJECT, OURS, .members = side_fields, .schema = "ComparisonSide", .doc = "Side A, what B is compared with." },
    { "b", BM_TYPE_OBJECT, OURS, .members = side_fields, .schema = "ComparisonSide", .doc = "Side B." },
    { "verdict", BM_TYPE_ENUM, OURS, .values = "better|worse|mixed|no_difference|too_few_samples",
      .doc = "Of B altogether: better in some and worse in none ..." },
    { "sentence", BM_TYPE_STRING, OURS, .doc = "The verdict in words." },
    { "significance", BM_TYPE_NUMBER, OURS, .doc = "Chance of even one false better or worse if there is no difference." },
    { "correction", BM_TYPE_ENUM, OURS, .values = "holm", .doc = "How p-values are corrected for their number." },
    { "tests", BM_TYPE_INT, OURS, .doc = "That number." },
    { "intervals", BM_TYPE_ENUM, OURS, .values = "bootstrap|cells",
      .doc = "Where intervals of differences and ratios come from." },
    { "replicates", BM_TYPE_INT, OURS, .doc = "Of the bootstrap." },
    { "seed", BM_TYPE_INT, OURS, .doc = "Of samples and bootstrap; the same gives the same answer." },
    { "metrics", BM_TYPE_ARRAY, OURS, .members = metric_fields, .schema = "ComparisonMetric",
      .doc = "Those measured on both sides." },
    { "not_measured", BM_TYPE_STRINGS, OURS, .doc = "Those that a side does not have." },
    { "configuration", BM_TYPE_ARRAY, OURS, .members = difference_fields, .doc = "What was set up differently." },
    { "notes", BM_TYPE_STRINGS, OURS, .doc = "What to know before believing it." },
    { NULL }
};

static const bm_schema_t compare_schema = { "Comparison", compare_fields };

#define QUANTITIES \
    "success_rate|e2e_ms|e2e_scheduled_ms|total_ms|ttft_ms|ttft_scheduled_ms|ttfo_ms|ttst_ms|itl_ms|icl_ms|tpot_ms|send_lag_ms|" \
    "queue_ms|connect_ms|ttfb_ms|ntpot_ms|tokens_prompt|tokens_completion|cost"

const bm_query_param_t bm_compare_api_params[] = {
    { "a", BM_QUERY_TEXT, 1, BM_COMPARE_SIDE_MAX, NULL,
      "Required. runs:1,2,3, scenario:7 or scenario:7@2, loadtest:12, window:from/to; filters behind semicolons"
      " (docs/compare.md)." },
    { "b", BM_QUERY_TEXT, 1, BM_COMPARE_SIDE_MAX, NULL, "Required. The other side, likewise; verdicts are about this one." },
    { "metrics", BM_QUERY_ENUM_LIST, 0, 0, QUANTITIES, "Only these, with commas between; fewer are corrected less." },
    { "significance", BM_QUERY_ENUM, 0, 0, "0.1|0.05|0.01|0.001", "Of the verdict (default 0.05)." },
    { "seed", BM_QUERY_INT, 0, APR_INT32_MAX, NULL, "Of samples and bootstrap (default 1)." },
    { "curves", BM_QUERY_BOOL, 0, 0, NULL, "Also the values at 0, 1 ... 100 % of both sides." },
    { NULL }
};

/* --- reading */

typedef struct comparing_t {
    bm_compare_group_t a, b;
    bm_compare_options_t options;
    apr_array_header_t *configuration;
    apr_array_header_t *notes;           /* of const char * */
    bm_compare_t *found;
} comparing_t;

static void note(comparing_t *c, const char *sentence)
{
    APR_ARRAY_PUSH(c->notes, const char *) = sentence;
}

static apr_status_t read_side(bm_compare_side_t *side, const char *member, bm_req_t *q)
{
    const char *text = bm_query_string_text(q->query, member + 1);

    if (bm_query_string_refused(q->query, member + 1))
        return APR_EINVAL;
    if (text == NULL)
        return bm_err_violation(q->err, member, "Must be given, such as runs:1,2,3 or scenario:7@2.");
    return bm_compare_side_read(side, member, text, q->now, q->err, q->p);
}

static apr_status_t read_params(comparing_t *c, bm_req_t *q)
{
    const apr_array_header_t *metrics = bm_query_string_list(q->query, "metrics");
    const char *significance = bm_query_string_text(q->query, "significance");
    apr_status_t rv = read_side(&c->a.side, "?a", q), of_b = read_side(&c->b.side, "?b", q);
    int i, k;

    c->options.significance = 0.05;
    if (significance != NULL)
        (void)bm_text_to_double(&c->options.significance, significance);
    c->options.seed = (apr_uint64_t)bm_query_string_int(q->query, "seed", 1);
    for (i = 0; metrics != NULL && i < metrics->nelts; i++)
        for (k = 0; k < BM_COMPARE_QUANTITIES; k++)
            if (strcmp(bm_compare_quantities()[k].name, APR_ARRAY_IDX(metrics, i, const char *)) == 0)
                c->options.wanted |= (apr_uint64_t)1 << k;
    if (rv != APR_SUCCESS || of_b != APR_SUCCESS)
        return APR_EINVAL;
    if (bm_compare_side_same(&c->a.side, &c->b.side))
        return bm_err_violation(q->err, "?b", "Is the same as a.");
    return APR_SUCCESS;
}

static apr_status_t read_groups(comparing_t *c, bm_req_t *q)
{
    apr_status_t rv = bm_compare_read(&c->a, c->options.seed, q), of_b = APR_SUCCESS;

    /* What is wrong with both is told at once; after a failed statement there is nothing more to ask. */
    if (rv == APR_SUCCESS || APR_STATUS_IS_EINVAL(rv))
        of_b = bm_compare_read(&c->b, c->options.seed, q);
    if (rv == APR_SUCCESS)
        rv = of_b;
    return rv == APR_SUCCESS ? bm_compare_config(&c->configuration, &c->a, &c->b, q) : rv;
}

static apr_status_t read_all(comparing_t *c, bm_req_t *q)
{
    apr_status_t rv = bm_kpi_query_open(q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = read_groups(c, q);
    bm_kpi_query_close(q);
    return rv;
}

static apr_status_t check_shared(comparing_t *c, bm_req_t *q)
{
    int shared = bm_compare_read_shared(&c->a, &c->b, q);

    if (shared > 0 && shared == c->a.n && shared == c->b.n)
        return bm_err_violation(q->err, "?b", "Holds the same runs as a.");
    if (shared > 0)
        note(c, apr_psprintf(q->p, "%d run%s on both sides, which hides differences.", shared, shared == 1 ? " is" : "s are"));
    return APR_SUCCESS;
}

static void compare(comparing_t *c, bm_req_t *q)
{
    if (c->a.cell == NULL && c->b.cell == NULL) {
        c->found = bm_compare_rows(c->a.samples, c->a.n, c->b.samples, c->b.n, &c->options, q->p);
        if (c->a.is_sample || c->b.is_sample)
            note(c, apr_psprintf(q->p, "Of a side with more than %d rows a seeded sample was looked at.", BM_COMPARE_ROWS_MAX));
        return;
    }
    bm_compare_read_as_cell(&c->a, q);
    bm_compare_read_as_cell(&c->b, q);
    c->found = bm_compare_cells(c->a.cell, c->b.cell, &c->options, q->p);
    note(c, apr_psprintf(q->p, "A side has more than %d runs, so figures come from KPI cells of whole hours (quantiles within"
                         " 0.5 %%) and intervals from order statistics instead of the bootstrap; there are no effect sizes, and"
                         " what was set up differently is not looked for.", BM_COMPARE_SCAN_MAX));
}

/* --- writing */

static void put_text(bm_req_t *q, const char *key, const char *text)
{
    bm_jw_key(&q->w, key);
    bm_jw_string(&q->w, text);
}

static void put_count(bm_req_t *q, const char *key, apr_uint64_t n)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)n);
}

/* Six digits: costs of a run are small. */
static void put_number(bm_req_t *q, const char *key, double value)
{
    bm_jw_key(&q->w, key);
    bm_jw_fixed(&q->w, value, 6);
}

static void put_flag(bm_req_t *q, const char *key, int value)
{
    bm_jw_key(&q->w, key);
    bm_jw_bool(&q->w, value);
}

static void put_ended(bm_req_t *q, const bm_compare_group_t *g)
{
    apr_time_t first = 0, last = 0;
    int i;

    for (i = 0; g->rows != NULL && i < g->n; i++) {
        apr_time_t ended = bm_rows_int64(g->rows, i, BM_COMPARE_ENDED, 0);

        first = first == 0 || ended < first ? ended : first;
        last = ended > last ? ended : last;
    }
    bm_jw_key(&q->w, "first_ended_at");
    if (first > 0)
        bm_jw_time(&q->w, first);
    else
        bm_jw_null(&q->w);
    bm_jw_key(&q->w, "last_ended_at");
    if (last > 0)
        bm_jw_time(&q->w, last);
    else
        bm_jw_null(&q->w);
}

static void write_side(bm_req_t *q, const char *key, const bm_compare_group_t *g)
{
    bm_jw_key(&q->w, key);
    bm_jw_begin_object(&q->w);
    put_text(q, "side", g->side.text);
    put_text(q, "kind", bm_compare_side_kind(&g->side));
    put_count(q, "runs", g->of);
    put_count(q, "looked_at", g->rows != NULL ? (apr_uint64_t)g->n : g->of);
    put_text(q, "basis", g->rows == NULL ? "cells" : g->is_sample ? "sample" : "rows");
    put_ended(q, g);
    bm_jw_end_object(&q->w);
}

static void write_interval(bm_req_t *q, const char *key, double value, double low, double high)
{
    bm_jw_key(&q->w, key);
    if (isnan(value)) {
        bm_jw_null(&q->w);
        return;
    }
    bm_jw_begin_object(&q->w);
    put_number(q, "value", value);
    put_number(q, "low", low);
    put_number(q, "high", high);
    bm_jw_end_object(&q->w);
}

static const char *const of_names[BM_COMPARE_OF_END] = { "mean", "p50", "p95", "p99" };

static void write_part(bm_req_t *q, const char *key, const bm_compare_part_t *part)
{
    int k;

    bm_jw_key(&q->w, key);
    bm_jw_begin_object(&q->w);
    put_count(q, "n", part->n);
    put_count(q, "runs", part->runs);
    put_flag(q, "few_samples", part->few);
    for (k = 0; k < BM_COMPARE_OF_END; k++)
        write_interval(q, of_names[k], part->of[k], part->low[k], part->high[k]);
    if (part->curve != NULL) {
        bm_jw_key(&q->w, "curve");
        bm_jw_begin_array(&q->w);
        for (k = 0; k < BM_COMPARE_CURVE; k++)
            bm_jw_fixed(&q->w, part->curve[k], 3);
        bm_jw_end_array(&q->w);
    }
    bm_jw_end_object(&q->w);
}

static void write_effect(bm_req_t *q, const bm_compare_result_t *r)
{
    bm_jw_key(&q->w, "effect");
    if (isnan(r->effect)) {
        bm_jw_null(&q->w);
        return;
    }
    bm_jw_begin_object(&q->w);
    put_text(q, "name", r->quantity->unit[0] == '%' ? "rate_difference" : "cliffs_delta");
    put_number(q, "value", r->effect);
    put_number(q, "low", r->effect_low);
    put_number(q, "high", r->effect_high);
    put_text(q, "magnitude", bm_compare_magnitude(r->effect));
    bm_jw_end_object(&q->w);
}

static void write_metric(bm_req_t *q, const bm_compare_result_t *r)
{
    static const char *const better[] = { "lower", "higher", "neither" };
    int k;

    bm_jw_begin_object(&q->w);
    put_text(q, "metric", r->quantity->name);
    put_text(q, "unit", r->quantity->unit);
    put_text(q, "better", better[r->quantity->better]);
    put_flag(q, "own_side", r->quantity->own_side);
    write_part(q, "a", &r->a);
    write_part(q, "b", &r->b);
    bm_jw_key(&q->w, "difference");
    bm_jw_begin_object(&q->w);
    for (k = 0; k < BM_COMPARE_OF_END; k++)
        write_interval(q, of_names[k], r->of[k].difference, r->of[k].difference_low, r->of[k].difference_high);
    bm_jw_end_object(&q->w);
    bm_jw_key(&q->w, "ratio");
    bm_jw_begin_object(&q->w);
    for (k = 0; k < BM_COMPARE_OF_END; k++)
        write_interval(q, of_names[k], r->of[k].ratio, r->of[k].ratio_low, r->of[k].ratio_high);
    bm_jw_end_object(&q->w);
    put_text(q, "test", r->test);
    bm_jw_key(&q->w, "p");
    bm_jw_double(&q->w, r->p);
    bm_jw_key(&q->w, "p_corrected");
    bm_jw_double(&q->w, r->p_corrected);
    write_effect(q, r);
    put_text(q, "verdict", bm_compare_verdict_name(r->verdict));
    put_text(q, "sentence", r->sentence);
    bm_jw_end_object(&q->w);
}

static void write_configuration(bm_req_t *q, const comparing_t *c)
{
    int i;

    bm_jw_key(&q->w, "configuration");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < c->configuration->nelts; i++) {
        const bm_compare_difference_t *d = &APR_ARRAY_IDX(c->configuration, i, bm_compare_difference_t);

        bm_jw_begin_object(&q->w);
        put_text(q, "what", d->what);
        bm_jw_key(&q->w, "a");
        bm_jw_raw(&q->w, d->a, strlen(d->a));
        bm_jw_key(&q->w, "b");
        bm_jw_raw(&q->w, d->b, strlen(d->b));
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_array(&q->w);
}

static void write_found(bm_req_t *q, const comparing_t *c)
{
    int i, from_rows = c->a.rows != NULL && c->b.rows != NULL;

    put_text(q, "verdict", bm_compare_verdict_name(c->found->verdict));
    put_text(q, "sentence", c->found->sentence);
    put_number(q, "significance", c->options.significance);
    put_text(q, "correction", "holm");
    put_count(q, "tests", (apr_uint64_t)c->found->tests);
    put_text(q, "intervals", from_rows ? "bootstrap" : "cells");
    put_count(q, "replicates", from_rows ? BM_BOOTSTRAP_REPLICATES : 0);
    put_count(q, "seed", c->options.seed);
    bm_jw_key(&q->w, "metrics");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < c->found->count; i++)
        write_metric(q, &c->found->results[i]);
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "not_measured");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < c->found->missing_count; i++)
        bm_jw_string(&q->w, c->found->missing[i]->name);
    bm_jw_end_array(&q->w);
}

apr_status_t bm_compare_api_read(bm_req_t *q)
{
    comparing_t *c = q->asked = apr_pcalloc(q->p, sizeof(*c));

    c->notes = apr_array_make(q->p, 4, sizeof(const char *));
    return read_params(c, q);
}

apr_status_t bm_compare_api_answer(bm_req_t *q, int curves)
{
    comparing_t *c = q->asked;
    apr_status_t rv = read_all(c, q);
    int i;

    c->options.curves = curves;
    if (rv == APR_SUCCESS)
        rv = check_shared(c, q);
    if (rv != APR_SUCCESS)
        return rv;
    compare(c, q);
    bm_jw_begin_object(&q->w);
    write_side(q, "a", &c->a);
    write_side(q, "b", &c->b);
    write_found(q, c);
    write_configuration(q, c);
    bm_jw_key(&q->w, "notes");
    bm_jw_begin_array(&q->w);
    for (i = 0; i < c->notes->nelts; i++)
        bm_jw_string(&q->w, APR_ARRAY_IDX(c->notes, i, const char *));
    bm_jw_end_array(&q->w);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

static apr_status_t compare_get(bm_req_t *q)
{
    return bm_compare_api_answer(q, bm_query_string_bool(q->query, "curves", 0));
}

const bm_route_t bm_compare_api_routes[] = {
    { "GET", "/compare", BM_ROLE_VIEWER, compare_get, BM_ROUTE_NO_DATABASE, 200, bm_compare_api_params, NULL, &compare_schema,
      "compareRuns", "kpis", "Two groups of runs, load tests, windows or versions against each other, with a verdict.",
      .read_query = bm_compare_api_read },
    { NULL }
};
