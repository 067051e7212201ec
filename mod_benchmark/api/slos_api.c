/* SPDX-License-Identifier: Apache-2.0
 *
 * slos_api.c: /scenarios/{id}/slos. Formulas are those of kpi/kpi_slo.h, kpi/kpi_good.h and stat/pass_k.h. */
#include "api/slos_api.h"

#include <math.h>
#include <apr_strings.h>
#include "api/good_json.h"
#include "api/scenario_cells.h"
#include "api/slo_json.h"

enum { HOUR = 3600 };

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)
#define WINDOW "28d"

static const bm_field_t apdex_fields[] = {
    { "metric", BM_TYPE_STRING, OURS, .doc = "Figure that people wait for." },
    { "t_ms", BM_TYPE_NUMBER, MAYBE, .doc = "T; null: neither run_settings.apdex nor the query has one." },
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "(within T + half of those within 4 T) / attempts; failures count for nothing." },
    { NULL }
};

static const bm_field_t summary_fields[] = {
    { "window", BM_TYPE_STRING, OURS, .doc = "Time that it is about." },
    { "from", BM_TYPE_TIME, OURS, .doc = "Its begin: a whole hour." },
    { "attempted", BM_TYPE_INT, OURS, .doc = "Runs that ended by themselves: completed, failed or timed out." },
    BM_GOOD_FIELDS(0),
    BM_GOOD_RATE_FIELDS,
    { "apdex", BM_TYPE_OBJECT, OURS, .members = apdex_fields, .doc = "Apdex(T)." },
    { NULL }
};

static const bm_field_t answer_fields[] = {
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "The scenario." },
    { "version", BM_TYPE_INT, OURS, .doc = "Its version now; runs of all versions are judged." },
    { "slos", BM_TYPE_ARRAY, OURS, .members = bm_slo_json_fields, .schema = "SloStanding",
      .doc = "In the order of the scenario." },
    { "summary", BM_TYPE_OBJECT, OURS, .members = summary_fields, .doc = "How much was good." },
    { NULL }
};

static const bm_schema_t answer_schema = { "ScenarioSlos", answer_fields };

static const bm_query_param_t params[] = {
    { "window", BM_QUERY_TEXT, 2, 5, NULL, "Time of the summary, 1h to 90d (default 28d)." },
    { "apdex_metric", BM_QUERY_ENUM, 0, 0, BM_SLO_SINGLE,
      "Figure of the Apdex (default: that of run_settings.apdex, else total_ms)." },
    { "apdex_t_ms", BM_QUERY_INT, 1, 86400000, NULL, "T of the Apdex (default: that of run_settings.apdex)." },
    BM_PASS_K_PARAM,
    { NULL }
};

/* --- the SLOs */

static const struct {
    const char *name;
    int hours;
} burns[] = { { "1h", 1 }, { "6h", 6 }, { "24h", 24 }, { "3d", 72 } };

static apr_status_t write_burn_rates(bm_scenario_cells_t *s, const bm_kpi_slo_t *slo)
{
    bm_jw_t *w = &s->q->w;
    bm_kpi_slo_figures_t figures;
    const bm_kpi_cell_t *cell;
    size_t i;

    bm_jw_key(w, "burn_rates");
    bm_jw_begin_object(w);
    for (i = 0; i < sizeof(burns) / sizeof(burns[0]); i++) {
        apr_status_t rv = bm_scenario_cells_get(&cell, s, bm_scenario_cells_from(s, burns[i].hours), 0);

        if (rv != APR_SUCCESS)
            return rv;
        bm_kpi_slo_judge(&figures, slo, cell);
        bm_jw_key(w, burns[i].name);
        bm_jw_fixed(w, bm_kpi_slo_burn_rate(&figures, slo), 4);
    }
    bm_jw_end_object(w);
    return APR_SUCCESS;
}

static apr_status_t write_slo(bm_scenario_cells_t *s, int i)
{
    const bm_kpi_slo_t *slo = &s->slos[i];
    apr_int32_t from = bm_scenario_cells_from(s, slo->window_hours);
    bm_jw_t *w = &s->q->w;
    bm_kpi_slo_figures_t figures;
    const bm_kpi_cell_t *cell;
    apr_status_t rv = bm_scenario_cells_get(&cell, s, from, 0);

    if (rv != APR_SUCCESS)
        return rv;
    bm_kpi_slo_judge(&figures, slo, cell);
    bm_jw_begin_object(w);
    bm_slo_json_write(w, slo, json_array_get(s->slos_json, (size_t)i), &figures, s->q->p);
    bm_jw_key(w, "from");
    bm_jw_time(w, apr_time_from_sec((apr_time_t)from * HOUR));
    rv = write_burn_rates(s, slo);
    bm_jw_end_object(w);
    return rv;
}

/* --- the summary */

static void write_apdex(bm_scenario_cells_t *s, const bm_kpi_cell_t *cell)
{
    const json_t *own = json_object_get(json_object_get(s->json, "run_settings"), "apdex");
    const char *metric = bm_query_string_text(s->q->query, "apdex_metric");
    apr_int64_t asked = bm_query_string_int(s->q->query, "apdex_t_ms", 0);
    double t_ms = asked > 0 ? (double)asked : json_is_object(own) ? json_number_value(json_object_get(own, "t_ms")) : NAN;
    bm_jw_t *w = &s->q->w;

    if (metric == NULL)
        metric = json_string_value(json_object_get(own, "metric"));
    if (metric == NULL)
        metric = "total_ms";
    bm_jw_key(w, "apdex");
    bm_jw_begin_object(w);
    bm_jw_key(w, "metric");
    bm_jw_string(w, metric);
    bm_jw_key(w, "t_ms");
    bm_jw_fixed(w, t_ms, 3);
    bm_jw_key(w, "value");
    bm_jw_fixed(w, isnan(t_ms) ? NAN : bm_kpi_good_apdex(cell, bm_kpi_metric_by_name(metric)->id, t_ms), 4);
    bm_jw_end_object(w);
}

static apr_status_t write_summary(bm_scenario_cells_t *s, const char *window)
{
    int hours = bm_slo_window_hours(window);
    apr_int32_t from = bm_scenario_cells_from(s, hours);
    apr_time_t begin = apr_time_from_sec((apr_time_t)from * HOUR);
    bm_jw_t *w = &s->q->w;
    const bm_kpi_counts_t *counts;
    const bm_kpi_cell_t *cell;
    apr_status_t rv = bm_scenario_cells_get(&cell, s, from, 0);

    if (rv != APR_SUCCESS)
        return rv;
    counts = bm_kpi_cell_counts(cell);
    bm_jw_begin_object(w);
    bm_jw_key(w, "window");
    bm_jw_string(w, window);
    bm_jw_key(w, "from");
    bm_jw_time(w, begin);
    bm_jw_key(w, "attempted");
    bm_jw_int(w, (apr_int64_t)bm_kpi_good_attempts(counts));
    bm_good_json_write(w, counts);
    bm_good_json_rates(w, counts, (double)(s->q->now - begin) / 1e6, &counts, 1,
                       (int)bm_query_string_int(s->q->query, "k", BM_PASS_K_DEFAULT));
    write_apdex(s, cell);
    bm_jw_end_object(w);
    return APR_SUCCESS;
}

static const char *window_of(const bm_req_t *q)
{
    const char *window = bm_query_string_text(q->query, "window");

    return window != NULL ? window : WINDOW;
}

static apr_status_t slos_read(bm_req_t *q)
{
    if (bm_slo_window_hours(window_of(q)) == 0)
        return bm_err_violation(q->err, "?window", "Must be like 24h or 28d, from 1h to 90d.");
    return APR_SUCCESS;
}

static apr_status_t slos_get(bm_req_t *q)
{
    bm_scenario_cells_t s;
    apr_status_t rv = bm_scenario_cells_open(&s, q, q->ids[0]);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "scenario_id");
    bm_jw_int(&q->w, s.id);
    bm_jw_key(&q->w, "version");
    bm_jw_int(&q->w, s.version);
    bm_jw_key(&q->w, "slos");
    bm_jw_begin_array(&q->w);
    for (i = 0; rv == APR_SUCCESS && i < s.slo_count; i++)
        rv = write_slo(&s, i);
    bm_jw_end_array(&q->w);
    bm_jw_key(&q->w, "summary");
    if (rv == APR_SUCCESS)
        rv = write_summary(&s, window_of(q));
    bm_jw_end_object(&q->w);
    return rv;
}

const bm_route_t bm_slos_api_routes[] = {
    { "GET", "/scenarios/{id}/slos", BM_ROLE_VIEWER, slos_get, BM_ROUTE_KPI, 200, params, NULL, &answer_schema, "getScenarioSlos",
      "kpis",
      "What the SLOs of a scenario stand at: met or not, error budget, burn rates; attainment, goodput, Apdex, pass^k, cost.",
      .read_query = slos_read },
    { NULL }
};
