/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi_rebuild_api.c: /kpis/rebuild: KPI cells of a window made again from rows, by a job. */
#include "api/kpi_rebuild_api.h"

#include "base/timefmt.h"
#include "model/kpi_rebuild_model.h"
#include "store/kpi_backfill_store.h"
#include "store/row_json.h"

#define HOUR APR_INT64_C(3600)

static const bm_schema_t rebuild_schema = { "KpiRebuild", bm_kpi_rebuild_fields };
static const bm_schema_t order_schema = { "KpiRebuildOrder", bm_kpi_rebuild_order_fields };

static apr_time_t time_of(const bm_req_t *q, const char *name)
{
    apr_time_t t = 0;

    (void)bm_timefmt_parse(&t, json_string_value(json_object_get(q->body, name)));      /* it was checked */
    return t;
}

/* Figures that count runs which are gone must not be replaced by those of what is left. */
static apr_status_t check_window(bm_req_t *q, apr_time_t from, apr_time_t to, apr_int64_t scenario_id)
{
    char text[BM_TIMEFMT_SIZE];
    apr_time_t since;
    int there;
    apr_status_t rv;

    if (to <= from)
        return bm_err_violation(q->err, "/to", "Must be later than from.");
    rv = bm_kpi_backfill_store_since(&since, &there, q->db, scenario_id, q->err, q->p);
    if (rv == APR_SUCCESS && !there)
        rv = bm_err_violation(q->err, "/scenario_id", "There is no scenario %" APR_INT64_T_FMT ".", scenario_id);
    if (rv == APR_SUCCESS && since > from) {
        bm_timefmt_rfc3339(text, since);
        rv = bm_err_violation(q->err, "/from", "Runs that ended before %s are past BenchmarkKeepRuns, so their figures cannot be"
                              " made again.", text);
    }
    return rv;
}

static apr_status_t rebuild_create(bm_req_t *q)
{
    const json_t *scenario = json_object_get(q->body, "scenario_id");
    apr_int64_t scenario_id = json_is_integer(scenario) ? json_integer_value(scenario) : -1;
    apr_time_t from = time_of(q, "from"), to = time_of(q, "to");
    apr_status_t rv = check_window(q, from, to, scenario_id);
    bm_rows_t *rows;

    if (rv == APR_SUCCESS)
        rv = bm_kpi_backfill_store_add(&rows, q->db, (apr_int32_t)(apr_time_sec(from) / HOUR),
                                       (apr_int32_t)((apr_time_sec(to - 1) + HOUR) / HOUR), scenario_id, q->who.user,
                                       q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/kpis/rebuild/%" APR_INT64_T_FMT, bm_rows_int64(rows, 0, 0, 0));
    bm_api_reply_row(q, rows, 0, 0, bm_kpi_rebuild_fields, NULL);
    return APR_SUCCESS;
}

static apr_status_t rebuild_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_backfill_store_get(&rows, q->db, q->ids[0], q->err, q->p);

    if (rv == APR_SUCCESS)
        bm_api_reply_row(q, rows, 0, 0, bm_kpi_rebuild_fields, NULL);
    return rv;
}

static apr_status_t rebuild_list(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_backfill_store_list(&rows, q->db, q->err, q->p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_array(&q->w);
    for (i = 0; i < bm_rows_count(rows); i++)
        bm_row_json_write(&q->w, rows, i, 0, bm_kpi_rebuild_fields, 0);
    bm_jw_end_array(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_kpi_rebuild_api_routes[] = {
    { "POST", "/kpis/rebuild", BM_ROLE_ADMIN, rebuild_create, BM_ROUTE_TRANSACTION | BM_ROUTE_IDEMPOTENT | BM_ROUTE_WHOLE, 202,
      NULL, &order_schema, &rebuild_schema, "rebuildKpis", "kpis", "Make the KPIs of a window again from rows; a job does it." },
    { "GET", "/kpis/rebuild", BM_ROLE_VIEWER, rebuild_list, BM_ROUTE_LIST, 200, NULL, NULL, &rebuild_schema, "listKpiRebuilds",
      "kpis", "The last hundred windows that were asked for, newest first." },
    { "GET", "/kpis/rebuild/{id}", BM_ROLE_VIEWER, rebuild_get, 0, 200, NULL, NULL, &rebuild_schema, "getKpiRebuild", "kpis",
      "How far a window is." },
    { NULL }
};
