/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_query_api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "api/good_json.h"
#include "api/kpi_exact.h"
#include "base/huge_alloc.h"
#include "model/field_values.h"
#include "stat/apdex.h"
#include "stat/wilson.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t figure_fields[] = {
    BM_KPI_FIGURE_FIELDS,
    { "apdex", BM_TYPE_NUMBER, MAYBE | BM_FIELD_ABSENT, .doc = "With apdex_t." },
    { NULL }
};

static const bm_field_t metrics_fields[] = {
    { BM_FIELD_EACH, BM_TYPE_OBJECT, OURS, .members = figure_fields, .schema = "KpiFigure" }, { NULL }
};

#define COUNT_FIELDS(also) \
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs that ended, whatever their status." }, \
    { "by_status", BM_TYPE_OBJECT, OURS | (also), .members = bm_field_integers, .doc = "Number of runs by status." }, \
    { "success_rate", BM_TYPE_NUMBER, MAYBE | (also), \
      .doc = "Completed of the attempts (not the cancelled), 0 to 100; null: none." }, \
    { "success_interval", BM_FIELD_PAIR(MAYBE | (also)), .doc = "95 % Wilson interval of it, [low, high]." }, \
    { "prompt_tokens", BM_TYPE_INT, OURS | (also), .doc = "Tokens of prompts." }, \
    { "completion_tokens", BM_TYPE_INT, OURS | (also), .doc = "Tokens of answers." }, \
    { "cost", BM_TYPE_NUMBER, OURS | (also), .doc = "Cost of the runs whose price is known." }, \
    BM_GOOD_FIELDS(also), \
    { "errors", BM_TYPE_OBJECT, OURS | (also), .members = bm_field_integers, .doc = "Number of runs by class of error." }, \
    { "metrics", BM_TYPE_OBJECT, OURS | (also), .members = metrics_fields, \
      .doc = "By name of the metric; of groups by status only of those completed." }

static const bm_field_t total_fields[] = { COUNT_FIELDS(0), { NULL } };

static const bm_field_t group_fields[] = {
    BM_KPI_KEY_FIELDS,
    { "status", BM_TYPE_STRING, OURS | BM_FIELD_ABSENT, .doc = "Grouped by status." },
    COUNT_FIELDS(BM_FIELD_ABSENT),
    { NULL }
};

static const bm_field_t answer_fields[] = {
    BM_KPI_HEAD_FIELDS,
    { "kept_rows_only", BM_TYPE_BOOL, OURS,
      .doc = "exact=true: load tests of the window have requests without rows (keep_rows, BenchmarkKeepRaw); all is of the"
             " others." },
    { "total", BM_TYPE_OBJECT, OURS, .members = total_fields, .schema = "KpiTotal", .doc = "All runs together." },
    { "groups", BM_TYPE_ARRAY, OURS, .members = group_fields, .schema = "KpiGroup", .doc = "With group_by: ascending by key." },
    { NULL }
};

static const bm_schema_t answer_schema = { "Kpis", answer_fields };

static const bm_query_param_t params[] = {
    BM_KPI_METRICS_PARAM,
    BM_KPI_QUANTILES_PARAM,
    BM_KPI_WINDOW_PARAMS,
    { "group_by", BM_QUERY_ENUM_LIST, 0, 0, "scenario|automation|model|provider|status|location|label|hour|day",
      "Up to two, with a comma between. By status only completed runs have latencies; by label a run is in each of its labels." },
    { "apdex_t", BM_QUERY_INT, 1, 86400000, NULL, "Adds the Apdex of each latency for this T in milliseconds." },
    { "exact", BM_QUERY_BOOL, 0, 0, NULL, "true: from rows, as long as they are kept; slow (percentile_cont)." },
    { NULL }
};

typedef struct writing_t {
    bm_req_t *q;
    const bm_kpi_query_t *query;
} writing_t;

static void put_int(bm_req_t *q, const char *key, apr_uint64_t value)
{
    bm_jw_key(&q->w, key);
    bm_jw_int(&q->w, (apr_int64_t)value);
}

static void put_success(bm_req_t *q, const bm_kpi_group_t *group)
{
    apr_uint64_t attempts = bm_kpi_group_attempts(group), completed = group->counts.status[BM_KPI_COMPLETED];
    double low, high;

    bm_jw_key(&q->w, "success_rate");
    bm_jw_fixed(&q->w, attempts > 0 ? 100.0 * (double)completed / (double)attempts : NAN, 3);
    bm_jw_key(&q->w, "success_interval");
    if (attempts == 0) {
        bm_jw_null(&q->w);
        return;
    }
    (void)bm_wilson_interval(&low, &high, completed, attempts, BM_WILSON_Z95);
    bm_jw_begin_array(&q->w);
    bm_jw_fixed(&q->w, 100 * low, 3);
    bm_jw_fixed(&q->w, 100 * high, 3);
    bm_jw_end_array(&q->w);
}

static void put_counts(bm_req_t *q, const bm_kpi_group_t *group)
{
    const bm_kpi_counts_t *counts = &group->counts;
    int i;

    put_int(q, "runs", bm_kpi_group_runs(group));
    bm_jw_key(&q->w, "by_status");
    bm_jw_begin_object(&q->w);
    for (i = 0; i < BM_KPI_STATUS_END; i++)
        put_int(q, bm_kpi_status_names[i], counts->status[i]);
    bm_jw_end_object(&q->w);
    put_success(q, group);
    put_int(q, "prompt_tokens", counts->prompt_tokens);
    put_int(q, "completion_tokens", counts->completion_tokens);
    bm_jw_key(&q->w, "cost");
    bm_jw_double(&q->w, counts->cost);
    bm_good_json_write(&q->w, counts);
    bm_jw_key(&q->w, "errors");
    bm_jw_begin_object(&q->w);
    for (i = 0; group->errors != NULL && i < group->errors->nelts; i++) {
        const bm_kpi_error_t *error = &APR_ARRAY_IDX(group->errors, i, bm_kpi_error_t);

        put_int(q, apr_pstrmemdup(q->p, error->name, error->len), error->count);
    }
    if (counts->error_other > 0)
        put_int(q, "other", counts->error_other);
    bm_jw_end_object(&q->w);
}

/* Failed runs are frustrated: they are in the denominator only. */
static void put_apdex(bm_req_t *q, const bm_kpi_group_t *group, const bm_kpi_within_t *within)
{
    bm_jw_key(&q->w, "apdex");
    bm_jw_fixed(&q->w, bm_apdex(within->satisfied, within->tolerated - within->satisfied, bm_kpi_group_attempts(group)), 4);
}

static void put_metrics(const writing_t *w, const bm_kpi_answer_t *answer, int completed_only)
{
    bm_req_t *q = w->q;
    int i;

    bm_jw_key(&q->w, "metrics");
    bm_jw_begin_object(&q->w);
    for (i = 0; i < w->query->metric_count; i++) {
        const bm_kpi_metric_t *metric = bm_kpi_metric_find(w->query->metrics[i]);

        if (completed_only && metric->of != BM_KPI_OF_COMPLETED)
            continue;                   /* not told apart by status */
        bm_jw_key(&q->w, metric->name);
        bm_jw_begin_object(&q->w);
        bm_kpi_query_put_figure(q, w->query, &answer->figures[i]);
        if (w->query->apdex_t_ms > 0 && metric->of == BM_KPI_OF_COMPLETED && !metric->pooled)
            put_apdex(q, answer->group, &answer->within[i]);
        bm_jw_end_object(&q->w);
    }
    bm_jw_end_object(&q->w);
}

/* A group as one for each status that it has. */
static void put_by_status(const writing_t *w, const bm_kpi_answer_t *answer)
{
    bm_req_t *q = w->q;
    int i;

    for (i = 0; i < BM_KPI_STATUS_END; i++) {
        if (answer->group->counts.status[i] == 0)
            continue;
        bm_jw_begin_object(&q->w);
        bm_kpi_query_put_key(q, w->query, answer->group->key);
        bm_jw_key(&q->w, "status");
        bm_jw_string(&q->w, bm_kpi_status_names[i]);
        put_int(q, "runs", answer->group->counts.status[i]);
        if (i == BM_KPI_COMPLETED)
            put_metrics(w, answer, 1);
        bm_jw_end_object(&q->w);
    }
}

static void put_group(const writing_t *w, const bm_kpi_answer_t *answer)
{
    bm_jw_begin_object(&w->q->w);
    bm_kpi_query_put_key(w->q, w->query, answer->group->key);
    put_counts(w->q, answer->group);
    put_metrics(w, answer, 0);
    bm_jw_end_object(&w->q->w);
}

static void write_answer(const writing_t *w, const apr_array_header_t *answers, const bm_kpi_answer_t *total, int exact,
                         int kept_rows_only)
{
    const bm_kpi_query_t *query = w->query;
    int by_status = query->by[0] == BM_KPI_BY_STATUS || query->by[1] == BM_KPI_BY_STATUS, i;

    bm_jw_begin_object(&w->q->w);
    bm_kpi_query_put_head(w->q, query, exact);
    bm_jw_key(&w->q->w, "kept_rows_only");
    bm_jw_bool(&w->q->w, kept_rows_only);
    bm_jw_key(&w->q->w, "total");
    bm_jw_begin_object(&w->q->w);
    put_counts(w->q, total->group);
    put_metrics(w, total, 0);
    bm_jw_end_object(&w->q->w);
    bm_jw_key(&w->q->w, "groups");
    bm_jw_begin_array(&w->q->w);
    for (i = 0; query->by[0] != BM_KPI_BY_NOTHING && i < answers->nelts; i++) {
        if (by_status)
            put_by_status(w, &APR_ARRAY_IDX(answers, i, bm_kpi_answer_t));
        else
            put_group(w, &APR_ARRAY_IDX(answers, i, bm_kpi_answer_t));
    }
    bm_jw_end_array(&w->q->w);
    bm_jw_end_object(&w->q->w);
}

/* Empty answers for groups. */
static apr_array_header_t *answers_make(const apr_array_header_t *groups, const bm_kpi_query_t *query, apr_pool_t *p)
{
    apr_size_t count = (apr_size_t)groups->nelts * (apr_size_t)query->metric_count;
    apr_array_header_t *answers = apr_array_make(p, groups->nelts + 1, sizeof(bm_kpi_answer_t));
    bm_kpi_figure_t *figures = bm_huge_alloc((count + 1) * sizeof(*figures), p);
    bm_kpi_within_t *within = apr_palloc(p, (count + 1) * sizeof(*within));
    int i;

    for (i = 0; i < groups->nelts; i++)
        APR_ARRAY_PUSH(answers, bm_kpi_answer_t) = (bm_kpi_answer_t){
            .group = APR_ARRAY_IDX(groups, i, bm_kpi_group_t *), .figures = figures + i * query->metric_count,
            .within = within + i * query->metric_count
        };
    return answers;
}

static void metric_fill(bm_kpi_answer_t *answer, int which, const bm_sketch_t *sketch, const bm_kpi_query_t *query)
{
    bm_kpi_figure_of(&answer->figures[which], sketch, query->quantiles, query->quantile_count);
    answer->within[which] = (bm_kpi_within_t){ bm_sketch_at_most(sketch, query->apdex_t_ms),
                                               bm_sketch_at_most(sketch, BM_APDEX_TOLERATED * query->apdex_t_ms) };
}

/* One metric after the other in the same sketch. What they are together is added to sums[], by metric of the query. */
static apr_status_t answer_fill(bm_kpi_answer_t *answer, bm_sketch_t *sketch, bm_sketch_t *const *sums,
                                const bm_kpi_query_t *query, bm_req_t *q)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; i < query->metric_count && rv == APR_SUCCESS; i++) {
        rv = bm_kpi_group_unpack(sketch, answer->group, query->metrics[i]);
        if (rv == APR_SUCCESS && sums[query->metrics[i]] != NULL)
            rv = bm_sketch_merge(sums[query->metrics[i]], sketch);
        if (rv == APR_SUCCESS)
            metric_fill(answer, i, sketch, query);
    }
    return rv == APR_SUCCESS ? rv : bm_err_set(q->err, APR_EGENERAL, NULL, "a KPI cell of the window is damaged");
}

static apr_status_t from_cells(apr_array_header_t **panswers, bm_kpi_answer_t *total, bm_kpi_query_t *query, bm_req_t *q)
{
    bm_sketch_t *sketch = bm_sketch_make(q->p);
    bm_kpi_groups_t *groups;
    apr_array_header_t *list;
    bm_kpi_group_t *all;
    apr_status_t rv;
    int i;

    query->is_packed = 1;
    rv = bm_kpi_query_fold(&groups, &all, query, q);
    if (rv != APR_SUCCESS)
        return rv;
    list = bm_kpi_groups_list(groups, q->p);
    *panswers = answers_make(list, query, q->p);
    for (i = 0; i < list->nelts && rv == APR_SUCCESS; i++)
        rv = answer_fill(&APR_ARRAY_IDX(*panswers, i, bm_kpi_answer_t), sketch, all->metrics, query, q);
    apr_array_clear(list);
    APR_ARRAY_PUSH(list, bm_kpi_group_t *) = all;
    *total = APR_ARRAY_IDX(answers_make(list, query, q->p), 0, bm_kpi_answer_t);
    if (rv == APR_SUCCESS && query->window.label_id == BM_KPI_EACH_LABEL)
        return answer_fill(total, sketch, all->metrics, query, q);
    for (i = 0; i < query->metric_count && rv == APR_SUCCESS; i++)
        metric_fill(total, i, all->metrics[query->metrics[i]], query);
    return rv;
}

static apr_status_t kpis_read(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked = apr_palloc(q->p, sizeof(*query));
    apr_status_t rv = bm_kpi_query_read(query, q), group_rv = bm_kpi_query_read_group_by(query, 0, BM_KPI_GROUP_PARTS, q);

    query->apdex_t_ms = (double)bm_query_string_int(q->query, "apdex_t", 0);
    return rv != APR_SUCCESS ? rv : group_rv;
}

static apr_status_t kpis_get(bm_req_t *q)
{
    bm_kpi_query_t *query = q->asked;
    writing_t w = { .q = q, .query = query };
    int exact = bm_query_string_bool(q->query, "exact", 0), kept_rows_only = 0;
    apr_array_header_t *answers;
    bm_kpi_answer_t total;
    apr_status_t rv = exact ? bm_kpi_exact(&answers, &total, &kept_rows_only, query, q)
        : from_cells(&answers, &total, query, q);

    if (rv == APR_SUCCESS)
        write_answer(&w, answers, &total, exact, kept_rows_only);
    return rv;
}

const bm_route_t bm_kpi_query_api_routes[] = {
    { "GET", "/kpis", BM_ROLE_VIEWER, kpis_get, BM_ROUTE_NO_DATABASE, 200, params, NULL, &answer_schema,
      "getKpis", "kpis", "Any metrics and quantiles of the runs of a window, in groups.", .read_query = kpis_read },
    { NULL }
};
