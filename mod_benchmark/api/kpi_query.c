/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_query.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "api/kpi_cells.h"
#include "api/labels_api.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "kpi/kpi_fold.h"
#include "model/run_model.h"
#include "store/kpi_names_store.h"
#include "store/kpi_keep_store.h"
#include "store/label_store.h"
#include "store/location_store.h"

enum { HOUR = 3600, HOURS_MAX = 3660 * 24, DAYS_FROM_HOURS = 4 * 24 };
#define PATIENCE apr_time_from_sec(2)

const char *const bm_kpi_status_names[BM_KPI_STATUS_END] = {
    [BM_KPI_COMPLETED] = "completed", [BM_KPI_FAILED] = "failed", [BM_KPI_CANCELLED] = "cancelled",
    [BM_KPI_TIMED_OUT] = "timed_out"
};

/* --- parameters */

static apr_status_t read_window(bm_kpi_query_t *query, bm_req_t *q)
{
    apr_time_t to = bm_query_string_time(q->query, "to", q->now), from = bm_query_string_time(q->query, "from", 0);
    const char *source = bm_query_string_text(q->query, "source");

    if (from == 0 && !bm_query_string_has(q->query, "from"))
        from = to - apr_time_from_sec(24 * HOUR);
    if (from < 0)
        from = 0;
    if (bm_query_string_refused(q->query, "from") || bm_query_string_refused(q->query, "to"))
        return APR_EINVAL;
    if (to <= from)
        return bm_err_violation(q->err, "?to", "Must be later than from.");
    query->window = (bm_kpi_window_t){
        .from_hour = bm_timefmt_hour(from, 0), .to_hour = bm_timefmt_hour(to, 1),
        .source = source != NULL ? bm_run_kind_find(source) : BM_RUN_KIND_RUN,
        .scenario_id = bm_query_string_int(q->query, "scenario_id", -1),
        .automation_id = bm_query_string_int(q->query, "automation_id", -1),
        .location = bm_query_string_text(q->query, "location")
    };
    if (query->window.to_hour - query->window.from_hour > HOURS_MAX)
        return bm_err_violation(q->err, "?from", "The window may have ten years (%d days) at most.", HOURS_MAX / 24);
    query->model = bm_query_string_text(q->query, "model");
    query->provider = bm_query_string_text(q->query, "provider");
    query->label = bm_query_string_text(q->query, "label");
    return APR_SUCCESS;
}

static apr_status_t read_metrics(bm_kpi_query_t *query, bm_req_t *q)
{
    const apr_array_header_t *list = bm_query_string_list(q->query, "metric");
    const char *one = bm_query_string_text(q->query, "metric");
    int i;

    if (list == NULL) {
        query->metrics[query->metric_count++] = one != NULL ? bm_kpi_metric_by_name(one)->id : BM_KPI_E2E;
        return APR_SUCCESS;
    }
    for (i = 0; i < list->nelts; i++)
        query->metrics[query->metric_count++] = bm_kpi_metric_by_name(APR_ARRAY_IDX(list, i, const char *))->id;
    return APR_SUCCESS;
}

static apr_status_t read_quantiles(bm_kpi_query_t *query, bm_req_t *q)
{
    const char *text = bm_query_string_text(q->query, "quantiles");
    char *list = apr_pstrdup(q->p, text != NULL ? text : "0.5,0.95,0.99"), *next;

    for (; list != NULL; list = next) {
        double value;

        next = strchr(list, ',');
        if (next != NULL)
            *next++ = '\0';
        if (bm_text_to_double(&value, list) != APR_SUCCESS || !(value >= 0 && value <= 1))
            return bm_err_violation(q->err, "?quantiles", "Must be numbers from 0 to 1 with commas between.");
        if (query->quantile_count == BM_KPI_QUANTILES_MAX)
            return bm_err_violation(q->err, "?quantiles", "May have %d at most.", BM_KPI_QUANTILES_MAX);
        query->quantiles[query->quantile_count++] = value;
    }
    return APR_SUCCESS;
}

apr_status_t bm_kpi_query_read(bm_kpi_query_t *query, bm_req_t *q)
{
    apr_status_t rv, metrics, quantiles;

    memset(query, 0, sizeof(*query));
    rv = read_window(query, q);
    metrics = read_metrics(query, q);
    quantiles = read_quantiles(query, q);
    return rv != APR_SUCCESS ? rv : metrics != APR_SUCCESS ? metrics : quantiles;
}

apr_status_t bm_kpi_query_read_group_by(bm_kpi_query_t *query, int first, int most, bm_req_t *q)
{
    static const char *const names[BM_KPI_BY_END] = {
        [BM_KPI_BY_NOTHING] = "", [BM_KPI_BY_SCENARIO] = "scenario", [BM_KPI_BY_AUTOMATION] = "automation",
        [BM_KPI_BY_MODEL] = "model", [BM_KPI_BY_PROVIDER] = "provider", [BM_KPI_BY_STATUS] = "status",
        [BM_KPI_BY_LOCATION] = "location", [BM_KPI_BY_LABEL] = "label", [BM_KPI_BY_HOUR] = "hour", [BM_KPI_BY_DAY] = "day"
    };
    const apr_array_header_t *list = bm_query_string_list(q->query, "group_by");
    int i, by;

    if (list != NULL && list->nelts > most)
        return bm_err_violation(q->err, "?group_by", "May name %d at most.", most);
    for (i = 0; list != NULL && i < list->nelts; i++)
        for (by = 1; by < BM_KPI_BY_END; by++)
            if (strcmp(names[by], APR_ARRAY_IDX(list, i, const char *)) == 0)
                query->by[first + i] = by;
    return APR_SUCCESS;
}

apr_int32_t bm_kpi_query_first_bucket(const bm_kpi_query_t *query)
{
    return query->window.from_hour - query->window.from_hour % query->bucket_hours;
}

int bm_kpi_query_bucket_count(const bm_kpi_query_t *query)
{
    return (query->window.to_hour - bm_kpi_query_first_bucket(query) + query->bucket_hours - 1) / query->bucket_hours;
}

int bm_kpi_query_bucket_place(const bm_kpi_query_t *query, apr_int64_t hour)
{
    return (int)((hour - bm_kpi_query_first_bucket(query)) / query->bucket_hours);
}

apr_status_t bm_kpi_query_read_bucket(bm_kpi_query_t *query, int usual, int most, bm_req_t *q)
{
    apr_int64_t seconds = bm_query_string_int(q->query, "bucket_seconds", 0);

    if (seconds % HOUR != 0)
        return bm_err_violation(q->err, "?bucket_seconds", "Must be a multiple of 3600: rollups are by the hour.");
    query->bucket_hours = seconds > 0 ? (apr_int32_t)(seconds / HOUR)
        : bm_kpi_fold_bucket_hours(query->window.from_hour, query->window.to_hour, usual);
    if (seconds > 0 && bm_kpi_query_bucket_count(query) > most)
        return bm_err_violation(q->err, "?bucket_seconds", "The window has %d such buckets; %d at most.",
                                bm_kpi_query_bucket_count(query), most);
    return APR_SUCCESS;
}

/* --- reading */

apr_status_t bm_kpi_query_open(bm_req_t *q)
{
    apr_status_t rv;

    if (!bm_places_take(q->api->kpi_places, PATIENCE)) {
        q->err->retry_after_s = 2;
        return bm_err_set(q->err, APR_EAGAIN, "too_many_kpi_queries", "Too many KPI queries are at work; try again.");
    }
    rv = bm_api_open(&q->db, q);
    if (rv == APR_SUCCESS)
        rv = bm_db_begin_limited(q->db, (int)apr_time_as_msec(q->api->settings->kpi_timeout), q->err);
    if (rv != APR_SUCCESS)
        bm_kpi_query_close(q);
    return rv;
}

void bm_kpi_query_close(bm_req_t *q)
{
    q->api->source->close(q->db, q->api->source);
    q->db = NULL;
    bm_places_give(q->api->kpi_places);
}

/* Whether groups are told apart by that. */
static int tells(const bm_kpi_query_t *query, int by)
{
    return query->by[0] == by || query->by[1] == by;
}

apr_status_t bm_kpi_query_read_names(bm_kpi_query_t *query, bm_req_t *q)
{
    int providers = query->provider != NULL || tells(query, BM_KPI_BY_PROVIDER);
    int models = providers || query->model != NULL || tells(query, BM_KPI_BY_MODEL);
    int scenarios = providers || tells(query, BM_KPI_BY_SCENARIO) || tells(query, BM_KPI_BY_AUTOMATION);
    apr_status_t rv = APR_SUCCESS;

    query->providers = apr_array_make(q->p, 8, sizeof(const char *));
    if (scenarios)
        rv = bm_kpi_names_store_scenarios(&query->scenarios, q->db, q->err, q->p);
    if (rv == APR_SUCCESS && models)
        rv = bm_kpi_names_store_models(&query->models, q->db, q->err, q->p);
    if (rv == APR_SUCCESS && tells(query, BM_KPI_BY_LOCATION))
        rv = bm_location_store_list(&query->locations, q->db, q->err, q->p);
    return rv;
}

/* The row of a number in rows that ascend by it; -1: none. */
int bm_kpi_query_row(const bm_rows_t *rows, apr_int64_t id)
{
    int low = 0, high = bm_rows_count(rows) - 1;

    while (low <= high) {
        int middle = (low + high) / 2;
        apr_int64_t found = bm_rows_int64(rows, middle, 0, 0);

        if (found == id)
            return middle;
        if (found < id)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}

apr_int64_t bm_kpi_query_place(apr_array_header_t *names, const char *name, apr_pool_t *p)
{
    int i;

    for (i = 0; i < names->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0)
            return i;
    APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(p, name);
    return names->nelts - 1;
}

/* That of the model; without a model, of the automation. */
static const char *provider_of(const bm_kpi_query_t *query, apr_int64_t scenario_id, apr_int64_t model_id)
{
    int model = model_id != 0 ? bm_kpi_query_row(query->models, model_id) : -1;
    int scenario = model < 0 ? bm_kpi_query_row(query->scenarios, scenario_id) : -1;

    if (model >= 0)
        return bm_rows_text(query->models, model, BM_KPI_MODEL_PROVIDER);
    return scenario >= 0 ? bm_rows_text(query->scenarios, scenario, BM_KPI_SCENARIO_PROVIDER) : "";
}

/* A run without a model has the provider of its automation; there are no sums of such cells by model. */
static bm_kpi_board_sums_e sums_of(const bm_kpi_query_t *query)
{
    if (tells(query, BM_KPI_BY_SCENARIO) || tells(query, BM_KPI_BY_AUTOMATION))
        return BM_KPI_BOARD_CELLS;
    if (tells(query, BM_KPI_BY_MODEL) || tells(query, BM_KPI_BY_PROVIDER) || query->model != NULL || query->provider != NULL)
        return BM_KPI_BOARD_BY_MODEL;
    return BM_KPI_BOARD_ALL;
}

static apr_uint32_t metrics_of(const bm_kpi_query_t *query)
{
    apr_uint32_t metrics = 1;
    int i;

    for (i = 0; i < query->metric_count; i++)
        metrics |= 1u << query->metrics[i];
    return metrics;
}

static apr_int64_t part_of(bm_kpi_query_t *query, int by, const bm_kpi_key_t *cell, apr_pool_t *p)
{
    int row;

    switch (by) {
    case BM_KPI_BY_SCENARIO:
        return cell->scenario_id;
    case BM_KPI_BY_AUTOMATION:
        row = bm_kpi_query_row(query->scenarios, cell->scenario_id);
        return row >= 0 ? bm_rows_int64(query->scenarios, row, BM_KPI_SCENARIO_AUTOMATION, 0) : 0;
    case BM_KPI_BY_MODEL:
        return cell->model_id;
    case BM_KPI_BY_PROVIDER:
        return bm_kpi_query_place(query->providers, provider_of(query, cell->scenario_id, cell->model_id), p);
    case BM_KPI_BY_LOCATION:
        return cell->location_id;
    case BM_KPI_BY_LABEL:
        return cell->label_id;
    case BM_KPI_BY_HOUR:
        return cell->hour;
    case BM_KPI_BY_DAY:
        return cell->hour - cell->hour % 24;
    case BM_KPI_BY_BUCKET:
        return cell->hour - cell->hour % query->bucket_hours;
    default:
        return 0;
    }
}

static int is_wanted(const bm_kpi_query_t *query, const bm_kpi_key_t *cell)
{
    int model;

    if (query->model != NULL) {
        model = bm_kpi_query_row(query->models, cell->model_id);
        if (model < 0 || strcmp(bm_rows_text(query->models, model, BM_KPI_MODEL_NAME), query->model) != 0)
            return 0;
    }
    return query->provider == NULL || strcmp(provider_of(query, cell->scenario_id, cell->model_id), query->provider) == 0;
}

/* The numbers of the models that can be wanted, for whoever reads the cells; those without one depend on their scenario. */
static void narrow_models(bm_kpi_query_t *query, apr_pool_t *p)
{
    apr_array_header_t *ids;
    int i;

    if (query->model == NULL && query->provider == NULL)
        return;
    ids = apr_array_make(p, 16, sizeof(apr_int64_t));
    if (query->model == NULL)
        APR_ARRAY_PUSH(ids, apr_int64_t) = 0;
    for (i = 0; i < bm_rows_count(query->models); i++)
        if ((query->model == NULL || strcmp(bm_rows_text(query->models, i, BM_KPI_MODEL_NAME), query->model) == 0)
            && (query->provider == NULL
                || strcmp(bm_rows_text(query->models, i, BM_KPI_MODEL_PROVIDER), query->provider) == 0))
            APR_ARRAY_PUSH(ids, apr_int64_t) = bm_rows_int64(query->models, i, BM_KPI_MODEL_ID, 0);
    query->window.models = (const apr_int64_t *)(const void *)ids->elts;
    query->window.model_count = ids->nelts;
}

typedef struct fold_t {
    bm_kpi_query_t *query;
    bm_kpi_groups_t *groups;
    apr_hash_t *keys;               /* of those beyond the limit too, to say how many there are */
    apr_pool_t *p;
} fold_t;

static unsigned groups_max(const bm_kpi_query_t *query)
{
    return BM_KPI_FIGURES_MAX / (unsigned)(query->metric_count > 0 ? query->metric_count : 1);
}

static apr_status_t fold_cell(void *baton, const bm_kpi_key_t *cell, const void *body, apr_size_t len)
{
    fold_t *fold = baton;
    apr_int64_t key[BM_KPI_GROUP_PARTS];
    int k;

    if (!is_wanted(fold->query, cell))
        return APR_SUCCESS;
    for (k = 0; k < BM_KPI_GROUP_PARTS; k++)
        key[k] = part_of(fold->query, fold->query->by[k], cell, fold->p);
    if (apr_hash_get(fold->keys, key, sizeof(key)) == NULL) {
        const void *kept = apr_pmemdup(fold->p, key, sizeof(key));

        apr_hash_set(fold->keys, kept, sizeof(key), kept);
    }
    if (apr_hash_count(fold->keys) > groups_max(fold->query))
        return APR_SUCCESS;
    return bm_kpi_groups_add(fold->groups, key, body, len);
}

/* Days are enough unless something is told apart by the hour. */
static int by_day(const bm_kpi_query_t *query)
{
    return !tells(query, BM_KPI_BY_HOUR) && (!tells(query, BM_KPI_BY_BUCKET) || query->bucket_hours % 24 == 0)
        && query->window.to_hour - query->window.from_hour > DAYS_FROM_HOURS;
}

apr_status_t bm_kpi_query_check_groups(const bm_kpi_query_t *query, unsigned groups, bm_req_t *q)
{
    if (groups <= groups_max(query))
        return APR_SUCCESS;
    return bm_err_violation(q->err, "?group_by", "This makes %u groups; with %d metric%s each %u at most. Narrow the window or"
                            " the filters.", groups, query->metric_count, query->metric_count == 1 ? "" : "s", groups_max(query));
}

apr_status_t bm_kpi_query_read_labels(bm_kpi_query_t *query, const bm_kpi_groups_t *groups, bm_req_t *q)
{
    apr_array_header_t *list, *ids;
    int part = query->by[0] == BM_KPI_BY_LABEL ? 0 : 1, i;

    if (!tells(query, BM_KPI_BY_LABEL))
        return APR_SUCCESS;
    list = bm_kpi_groups_list(groups, q->p);
    ids = apr_array_make(q->p, list->nelts + 1, sizeof(apr_int64_t));
    for (i = 0; i < list->nelts; i++)
        APR_ARRAY_PUSH(ids, apr_int64_t) = APR_ARRAY_IDX(list, i, bm_kpi_group_t *)->key[part];
    return bm_label_store_names(&query->labels, q->db, (const apr_int64_t *)ids->elts, ids->nelts, q->err, q->p);
}

/* A window that begins where hours are no longer kept is widened to whole days. The buckets of a series are laid out already:
 * there the days stand in the first of theirs. */
static apr_status_t fit_window(bm_kpi_query_t *query, bm_req_t *q)
{
    bm_kpi_window_t fitted = query->window;
    bm_kpi_kept_t kept;
    apr_status_t rv = bm_kpi_keep_store_get(&kept, q->db, q->err, q->p);

    query->is_by_day = bm_kpi_keep_fit(&fitted, &kept);
    if (!tells(query, BM_KPI_BY_BUCKET))
        query->window = fitted;
    query->window.by_day = by_day(query);      /* hours that are kept can still be told apart */
    query->window.sums = sums_of(query);
    query->window.metrics = metrics_of(query);
    return rv;
}

/* With the connection: all runs together are the groups', unless those are of labels. */
static apr_status_t fold_all(fold_t *fold, fold_t *all, bm_kpi_query_t *whole, bm_req_t *q)
{
    bm_kpi_query_t *query = fold->query;
    apr_status_t rv = query->label != NULL ? bm_label_filter(&query->window.label_id, q, "?label", query->label) : APR_SUCCESS;

    if (rv == APR_SUCCESS)
        rv = fit_window(query, q);
    *whole = *query;
    if (tells(query, BM_KPI_BY_LABEL) && query->label == NULL)
        query->window.label_id = BM_KPI_EACH_LABEL;
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_read_names(query, q);
    if (rv == APR_SUCCESS)
        narrow_models(query, q->p);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_cells_each(q, &query->window, fold_cell, fold);
    if (rv == APR_SUCCESS && query->window.label_id == BM_KPI_EACH_LABEL) {
        whole->by[0] = whole->by[1] = BM_KPI_BY_NOTHING;
        whole->window.sums = sums_of(whole);
        whole->scenarios = query->scenarios;
        whole->models = query->models;
        whole->window.models = query->window.models;
        whole->window.model_count = query->window.model_count;
        rv = bm_kpi_cells_each(q, &whole->window, fold_cell, all);
    }
    return rv == APR_SUCCESS ? bm_kpi_query_read_labels(query, fold->groups, q) : rv;
}

static fold_t fold_make(bm_kpi_query_t *query, apr_pool_t *p)
{
    return (fold_t){ .query = query, .keys = apr_hash_make(p), .p = p,
                     .groups = query->is_packed ? bm_kpi_groups_make_packed(query->metrics, query->metric_count, p)
                                                : bm_kpi_groups_make(query->metrics, query->metric_count, p) };
}

/* Of labels: the one group of all runs, with its values. */
static bm_kpi_group_t *total_of(const bm_kpi_query_t *query, const fold_t *fold, const fold_t *all, apr_pool_t *p)
{
    static const apr_int64_t none[BM_KPI_GROUP_PARTS] = { 0 };

    return query->window.label_id == BM_KPI_EACH_LABEL ? bm_kpi_groups_get(all->groups, none)
                                                       : bm_kpi_groups_total(fold->groups, p);
}

apr_status_t bm_kpi_query_fold(bm_kpi_groups_t **pgroups, bm_kpi_group_t **ptotal, bm_kpi_query_t *query, bm_req_t *q)
{
    bm_kpi_query_t whole = *query;
    fold_t fold = fold_make(query, q->p), all = fold_make(&whole, q->p);
    apr_status_t rv = bm_kpi_query_open(q);

    *pgroups = fold.groups;
    if (rv != APR_SUCCESS)
        return rv;
    rv = fold_all(&fold, &all, &whole, q);
    bm_kpi_query_close(q);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_query_check_groups(query, apr_hash_count(fold.keys), q);
    if (rv == APR_SUCCESS)
        *ptotal = total_of(query, &fold, &all, q->p);
    return rv;
}
