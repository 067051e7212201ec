/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a byte that chooses a question about KPIs or a comparison, and its query string. There is no database: what is
 * accepted is answered by 503, what is refused by 422 with the parameters at fault; nothing else happens. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "api/api.h"
#include "api/compare_api.h"
#include "api/kpi_query.h"
#include "api/kpi_query_api.h"
#include "api/kpi_series_api.h"
#include "api/report_api.h"
#include "api/trend_api.h"

#define NOW (APR_TIME_C(1700000000) * 1000000)
enum { HOURS_MAX = 3660 * 24 };

static apr_status_t no_connection(bm_db_t **pdb, bm_db_source_t *source, bm_err_t *err, apr_pool_t *p)
{
    (void)source, (void)p;
    *pdb = NULL;
    return bm_err_set(err, APR_EAGAIN, NULL, "There is none.");
}

static void nothing_to_close(bm_db_t *db, bm_db_source_t *source)
{
    (void)source;
    BM_FUZZ_CHECK(db == NULL);
}

/* The one of that number among the routes that read their parameters before they ask for a connection. */
static const bm_route_t *route_of(unsigned number)
{
    static const bm_route_t *const tables[] = { bm_kpi_query_api_routes, bm_kpi_series_api_routes, bm_report_api_routes,
                                                bm_compare_api_routes, bm_trend_api_routes };
    const bm_route_t *routes[64];
    unsigned n = 0;

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        for (const bm_route_t *r = tables[i]; r->method != NULL && n < 64; r++)
            if (strcmp(r->method, "GET") == 0 && r->query != NULL && (r->flags & BM_ROUTE_NO_DATABASE) != 0)
                routes[n++] = r;
    return routes[number % n];
}

static int has(const bm_route_t *route, const char *name)
{
    for (const bm_query_param_t *param = route->query; param->name != NULL; param++)
        if (strcmp(param->name, name) == 0)
            return 1;
    return 0;
}

/* What a question about KPIs was understood as. */
static void check_query(bm_req_t *q)
{
    bm_kpi_query_t query;

    BM_FUZZ_CHECK(bm_kpi_query_read(&query, q) == APR_SUCCESS);
    BM_FUZZ_CHECK(query.window.from_hour >= 0 && query.window.to_hour > query.window.from_hour);
    BM_FUZZ_CHECK(query.window.to_hour - query.window.from_hour <= HOURS_MAX);
    BM_FUZZ_CHECK(query.metric_count >= 1 && query.metric_count < BM_KPI_METRIC_END);
    BM_FUZZ_CHECK(query.quantile_count >= 1 && query.quantile_count <= BM_KPI_QUANTILES_MAX);
    for (int i = 0; i < query.quantile_count; i++)
        BM_FUZZ_CHECK(query.quantiles[i] >= 0 && query.quantiles[i] <= 1);
    if (has(q->route, "group_by"))
        BM_FUZZ_CHECK(bm_kpi_query_read_group_by(&query, 0, BM_KPI_GROUP_PARTS, q) == APR_SUCCESS);
    if (has(q->route, "bucket_seconds") && bm_kpi_query_read_bucket(&query, 200, 2000, q) == APR_SUCCESS) {
        BM_FUZZ_CHECK(query.bucket_hours >= 1 && bm_kpi_query_first_bucket(&query) <= query.window.from_hour);
        BM_FUZZ_CHECK(bm_kpi_query_bucket_count(&query) >= 1 && bm_kpi_query_bucket_count(&query) <= 2001);
    }
}

static void check_refused(bm_req_t *q)
{
    json_t *problem, *errors;
    size_t i;

    BM_FUZZ_CHECK(bm_json_parse(&problem, q->out.data, q->out.len, NULL, q->p) == APR_SUCCESS);
    errors = json_object_get(problem, "errors");
    BM_FUZZ_CHECK(json_array_size(errors) > 0);
    for (i = 0; i < json_array_size(errors); i++)
        BM_FUZZ_CHECK(*json_string_value(json_object_get(json_array_get(errors, i), "pointer")) == '?');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const bm_settings_t settings = { .kpi_timeout = APR_USEC_PER_SEC };
    static bm_db_source_t source = { .open = no_connection, .close = nothing_to_close };
    static bm_api_t api = { .settings = &settings, .source = &source };
    static apr_pool_t *process;
    apr_pool_t *p;
    bm_req_t *q;

    if (size == 0)
        return 0;
    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
        api.kpi_places = bm_places_make(1, process);
    }
    apr_pool_create(&p, process);
    q = bm_api_request_make(&api, p);
    q->route = route_of(data[0]);
    q->ids[0] = 1;
    q->request_id = "r";
    q->prefix = q->base_url = "";
    q->query_text = apr_pstrmemdup(p, (const char *)data + 1, size - 1);
    q->now = NOW;
    bm_api_call(q);
    BM_FUZZ_CHECK(q->status == 503 || q->status == 422);
    if (q->status == 422)
        check_refused(q);
    else if (has(q->route, "quantiles") && has(q->route, "source"))
        check_query(q);
    apr_pool_destroy(p);
    return 0;
}
