/* SPDX-License-Identifier: Apache-2.0
 *
 * api/kpi_query.h: what every question about KPIs has in common: which runs, which metrics, told apart by what.
 *
 * A handler reads its parameters (bm_kpi_query_read), folds the cells of the window into groups (bm_kpi_query_fold) and writes
 * them; no connection is held while it writes. Thread: one request. Memory: the request's pool. */
#ifndef BM_API_KPI_QUERY_H
#define BM_API_KPI_QUERY_H

#include "api/api.h"
#include "kpi/kpi_figure.h"
#include "kpi/kpi_group.h"
#include "store/kpi_exact_store.h"

/** Most figures of one answer: groups times metrics. Each takes 2 to 25 kB of memory (kpi/kpi_group.h). */
#define BM_KPI_FIGURES_MAX 10000

/** Part of a key that is not of bm_kpi_by_e: the bucket of a series. */
#define BM_KPI_BY_BUCKET BM_KPI_BY_END

/** As answers have them. */
extern const char *const bm_kpi_status_names[BM_KPI_STATUS_END];

typedef struct bm_kpi_query_t {
    bm_kpi_window_t window;                     /* whole hours */
    const char *model, *provider, *label;       /* NULL: all */
    bm_kpi_metric_e metrics[BM_KPI_METRIC_END];
    int metric_count;
    double quantiles[BM_KPI_QUANTILES_MAX];     /* as asked, 0 to 1 */
    int quantile_count;
    int by[BM_KPI_GROUP_PARTS];                 /* bm_kpi_by_e or BM_KPI_BY_BUCKET */
    apr_int32_t bucket_hours;                   /* width of a bucket */
    double apdex_t_ms;                          /* 0: no Apdex is wanted */
    int is_packed;                              /* bm_kpi_query_fold leaves values packed (kpi/kpi_group.h) */
    /* filled by bm_kpi_query_fold */
    int is_by_day;                              /* it begins where hours are no longer kept: its cells are of whole days */
    bm_rows_t *scenarios, *models, *locations, *labels;     /* NULL: not needed */
    apr_array_header_t *providers;              /* of const char *: a key's number is the place */
} bm_kpi_query_t;

/** Parameters of every such route: the window and its filters. Then those of `metric`, one or several. */
#define BM_KPI_SOURCES "run|loadtest|training"
#define BM_KPI_WINDOW_PARAMS \
    { "from", BM_QUERY_TIME, 0, 0, NULL, "Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours." }, \
    { "to", BM_QUERY_TIME, 0, 0, NULL, "End of the window (default now). Widened likewise." }, \
    { "source", BM_QUERY_ENUM, 0, 0, BM_KPI_SOURCES, "Single runs, requests of load tests, or of training (default run)." }, \
    { "scenario_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this scenario." }, \
    { "automation_id", BM_QUERY_INT, 0, APR_INT64_MAX, NULL, "Runs of this automation." }, \
    { "model", BM_QUERY_TEXT, 1, 200, NULL, "Runs of the model of this name." }, \
    { "provider", BM_QUERY_TEXT, 1, 100, NULL, "Runs of this provider." }, \
    { "location", BM_QUERY_TEXT, 1, 100, NULL, "Runs at this location." }, \
    { "label", BM_QUERY_TEXT, 1, 200, NULL, "Runs with this label, as far as it has figures of its own (/labels)." }

#define BM_KPI_METRIC_NAMES \
    "e2e_ms|e2e_scheduled_ms|total_ms|ttft_ms|ttft_scheduled_ms|ttfo_ms|ttst_ms|itl_ms|icl_ms|tpot_ms|send_lag_ms|queue_ms|" \
    "connect_ms|ttfb_ms|ntpot_ms"
#define BM_KPI_METRIC_PARAM \
    { "metric", BM_QUERY_ENUM, 0, 0, BM_KPI_METRIC_NAMES, "Which figure (default e2e_ms)." }
#define BM_KPI_METRICS_PARAM \
    { "metric", BM_QUERY_ENUM_LIST, 0, 0, BM_KPI_METRIC_NAMES, "Which figures, with commas between (default e2e_ms)." }
#define BM_KPI_QUANTILES_PARAM \
    { "quantiles", BM_QUERY_TEXT, 1, 200, NULL, "Up to 20 numbers from 0 to 1 with commas between (default 0.5,0.95,0.99)." }

#define BM_KPI_BUCKET_PARAM(most) \
    { "bucket_seconds", BM_QUERY_INT, 3600, 315360000, NULL, \
      "Width of a bucket, a multiple of 3600 (default: so that there are at most " most ")." }
/** group_by of what is drawn, one line or panel for each. */
#define BM_KPI_BY_VALUES "scenario|automation|model|provider|location|label"
#define BM_KPI_LINES_MAX 50
#define BM_KPI_LINES_USUAL 10

/** Read q->query. @return APR_EINVAL with violations: a window that is reversed or longer than ten years, quantiles that are
 *  none. */
apr_status_t bm_kpi_query_read(bm_kpi_query_t *query, bm_req_t *q);

/** Read `group_by`, a list of up to `most` of the names of bm_kpi_by_e, into query->by from place `first`. */
apr_status_t bm_kpi_query_read_group_by(bm_kpi_query_t *query, int first, int most, bm_req_t *q);

/** Width of the buckets of a series over the window: bucket_seconds of the request (a multiple of 3600), or so that there are at
 *  most `usual`. @return APR_EINVAL with a violation: not a multiple, or more than `most` buckets. */
apr_status_t bm_kpi_query_read_bucket(bm_kpi_query_t *query, int usual, int most, bm_req_t *q);

/** Hours since 1970 of the first bucket, and how many buckets the window touches. */
apr_int32_t bm_kpi_query_first_bucket(const bm_kpi_query_t *query);
int bm_kpi_query_bucket_count(const bm_kpi_query_t *query);

/** The place of the bucket that begins at this hour. */
int bm_kpi_query_bucket_place(const bm_kpi_query_t *query, apr_int64_t hour);

/** The groups of the window, from cells, and all runs together: with BM_KPI_BY_LABEL a run is in as many groups as it has
 *  labels, or in none, so the groups do not add up to that. Opens and closes a connection. BM_KPI_BY_STATUS is no part of the
 *  keys (0): a cell holds all of them. If values stay packed, *ptotal has them only where groups do not add up to it, else its
 *  sketches are empty. @return APR_EINVAL: more than BM_KPI_FIGURES_MAX figures (it says how many groups);
 *  APR_EAGAIN: no connection, or too many such queries at once. */
apr_status_t bm_kpi_query_fold(bm_kpi_groups_t **pgroups, bm_kpi_group_t **ptotal, bm_kpi_query_t *query, bm_req_t *q);

/** Have a connection in q->db, one of those that KPI queries may have, in a transaction with their time-out; and give it back. Of
 *  routes with BM_ROUTE_KPI this is done for the handler. @return APR_EAGAIN: none, or too many such queries at once; there is
 *  nothing to give back then. */
apr_status_t bm_kpi_query_open(bm_req_t *q);
void bm_kpi_query_close(bm_req_t *q);

/** @return APR_EINVAL with a violation if these are too many groups for an answer. */
apr_status_t bm_kpi_query_check_groups(const bm_kpi_query_t *query, unsigned groups, bm_req_t *q);

/** The place of a name in a list of names, added if it is new. */
apr_int64_t bm_kpi_query_place(apr_array_header_t *names, const char *name, apr_pool_t *p);

/** The row of a number in rows whose first column it is, ascending; -1: none. */
int bm_kpi_query_row(const bm_rows_t *rows, apr_int64_t id);

/** Read what the numbers of keys and the names of filters stand for. */
apr_status_t bm_kpi_query_read_names(bm_kpi_query_t *query, bm_req_t *q);

/** The same of labels, which are too many to read all: those of groups. Nothing to do if labels are not told apart. */
apr_status_t bm_kpi_query_read_labels(bm_kpi_query_t *query, const bm_kpi_groups_t *groups, bm_req_t *q);

/** --- writing: members of the object that is open */

extern const bm_field_t bm_kpi_range_fields[];

/** What all such answers begin with, and these members. */
#define BM_KPI_HEAD_FIELDS \
    { "range", BM_TYPE_OBJECT, BM_FIELD_READ_ONLY, .members = bm_kpi_range_fields, \
      .doc = "What was looked at: the window in whole hours." }, \
    { "source", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = BM_KPI_SOURCES, \
      .doc = "Single runs, requests of load tests, or of training." }, \
    { "estimator", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "sketch|exact", .doc = "Where quantiles come from." }, \
    { "relative_error", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY, \
      .doc = "Largest relative error of a quantile; n, mean, min and max are exact." }
void bm_kpi_query_put_head(bm_req_t *q, const bm_kpi_query_t *query, int exact);

/** The same and `metric`, of a query of one metric. */
void bm_kpi_query_put_metric(bm_req_t *q, const bm_kpi_query_t *query);

/** bucket_seconds, and `at` with the begin of each bucket. */
void bm_kpi_query_put_buckets(bm_req_t *q, const bm_kpi_query_t *query);

/** What answers say of a group beside its figures: those of them that it is grouped by. */
#define BM_KPI_KEY_FLAGS (BM_FIELD_READ_ONLY | BM_FIELD_ABSENT)
#define BM_KPI_KEY_FIELDS \
    { "scenario_id", BM_TYPE_INT, BM_KPI_KEY_FLAGS, .doc = "Grouped by scenario." }, \
    { "scenario_name", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, .doc = "Its name; null: it exists no more." }, \
    { "automation_id", BM_TYPE_INT, BM_KPI_KEY_FLAGS, .doc = "Grouped by automation." }, \
    { "automation_name", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, .doc = "Its name." }, \
    { "model", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, .doc = "Grouped by model; null: none was named." }, \
    { "provider", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, .doc = "Grouped by provider, or that of the model." }, \
    { "location", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, .doc = "Grouped by location; null: none." }, \
    { "label", BM_TYPE_STRING, BM_KPI_KEY_FLAGS | BM_FIELD_NULLABLE, \
      .doc = "Grouped by label; null: all that have no figures of their own (/labels)." }, \
    { "hour", BM_TYPE_TIME, BM_KPI_KEY_FLAGS, .doc = "Grouped by hour." }, \
    { "day", BM_TYPE_TIME, BM_KPI_KEY_FLAGS, .doc = "Grouped by day (UTC)." }
extern const bm_field_t bm_kpi_key_fields[];

/** The key of a group: scenario_id and scenario_name, hour ... */
void bm_kpi_query_put_key(bm_req_t *q, const bm_kpi_query_t *query, const apr_int64_t key[BM_KPI_GROUP_PARTS]);

#define BM_KPI_FIGURE_FIELDS \
    { "n", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Values." }, \
    { "mean", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Their mean; null: none." }, \
    { "min", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "The least." }, \
    { "max", BM_TYPE_NUMBER, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "The greatest." }, \
    { "quantiles", BM_TYPE_ARRAY, BM_FIELD_READ_ONLY, .members = bm_kpi_quantile_fields, .schema = "KpiQuantile", \
      .doc = "Those asked for." }
extern const bm_field_t bm_kpi_quantile_fields[];

/** A figure: n, mean, min, max, quantiles. */
void bm_kpi_query_put_figure(bm_req_t *q, const bm_kpi_query_t *query, const bm_kpi_figure_t *figure);

#endif
