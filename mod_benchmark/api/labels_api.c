/* SPDX-License-Identifier: Apache-2.0
 *
 * labels_api.c: /labels: the labels that have figures of their own. */
#include "api/labels_api.h"

#include "store/kpi_read_store.h"
#include "store/label_store.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const bm_field_t label_fields[] = {
    { "label", BM_TYPE_STRING, MAYBE, .doc = "The label; null in the row of those that are not told apart." },
    { "other", BM_TYPE_BOOL, OURS,
      .doc = "true: runs with labels that have no figures of their own, because the run has more than BenchmarkMaxLabels or"
             " because there were 1,000 labels before." },
    { "runs", BM_TYPE_INT, OURS, .doc = "Runs that ended with it, as far as their figures are kept." },
    { "requests", BM_TYPE_INT, OURS, .doc = "Requests of load tests, likewise." },
    { "last_day", BM_TYPE_TIME, MAYBE, .doc = "Begin of the day (UTC) of the newest of them." },
    { NULL }
};

static const bm_schema_t label_schema = { "Label", label_fields };

static void write_label(bm_req_t *q, const bm_rows_t *rows, int i)
{
    int other = bm_rows_int64(rows, i, BM_LABEL_ID, 0) == BM_LABEL_OTHER;

    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "label");
    bm_jw_string(&q->w, other ? NULL : bm_rows_text(rows, i, BM_LABEL_NAME));
    bm_jw_key(&q->w, "other");
    bm_jw_bool(&q->w, other);
    bm_jw_key(&q->w, "runs");
    bm_jw_int(&q->w, bm_rows_int64(rows, i, BM_LABEL_RUNS, 0));
    bm_jw_key(&q->w, "requests");
    bm_jw_int(&q->w, bm_rows_int64(rows, i, BM_LABEL_REQUESTS, 0));
    bm_jw_key(&q->w, "last_day");
    if (bm_rows_is_null(rows, i, BM_LABEL_DAY))
        bm_jw_null(&q->w);
    else
        bm_jw_time(&q->w, apr_time_from_sec(bm_rows_int64(rows, i, BM_LABEL_DAY, 0) * 86400));
    bm_jw_end_object(&q->w);
}

static apr_status_t labels_list(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_label_store_list(&rows, q->db, q->err, q->p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++)
        write_label(q, rows, i);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

apr_status_t bm_label_filter(int *label_id, bm_req_t *q, const char *member, const char *name)
{
    int full;
    apr_status_t rv = bm_label_store_id(label_id, &full, q->db, name, q->err, q->p);

    if (rv != APR_SUCCESS || *label_id != 0)
        return rv;
    *label_id = BM_KPI_NO_LABEL;
    if (full)
        return bm_err_violation(q->err, member, "Label \"%s\" has no figures of its own: there are %d labels, and those that came"
                                " later are counted together.", name, BM_LABELS_MAX);
    return APR_SUCCESS;
}

const bm_route_t bm_labels_api_routes[] = {
    { "GET", "/labels", BM_ROLE_VIEWER, labels_list, BM_ROUTE_LIST, 200, NULL, NULL, &label_schema, "listLabels", "kpis",
      "Labels of runs with how many have them; first those that are not told apart, if there are any, then by name." },
    { NULL }
};
