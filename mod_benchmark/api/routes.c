/* SPDX-License-Identifier: Apache-2.0 */
#include "api/routes.h"

#include <string.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "api/about_api.h"
#include "api/api_keys_api.h"
#include "api/auth_api.h"
#include "api/audit_api.h"
#include "api/automations_api.h"
#include "api/calibrations_api.h"
#include "api/compare_api.h"
#include "api/configuration_api.h"
#include "api/cupid_api.h"
#include "api/datasets_api.h"
#include "api/definitions_api.h"
#include "api/discoveries_api.h"
#include "api/engine_api.h"
#include "api/events_api.h"
#include "api/evidence_api.h"
#include "api/export_api.h"
#include "api/gates_api.h"
#include "api/health_api.h"
#include "api/hive_api.h"
#include "api/kpi_rebuild_api.h"
#include "api/kpi_distribution_api.h"
#include "api/kpi_query_api.h"
#include "api/kpi_series_api.h"
#include "api/kpis_api.h"
#include "api/labels_api.h"
#include "api/loadtests_api.h"
#include "api/me_api.h"
#include "api/tickets_api.h"
#include "api/metrics_api.h"
#include "api/openapi.h"
#include "api/password_links_api.h"
#include "api/prices_api.h"
#include "api/problems_api.h"
#include "api/push_api.h"
#include "api/projects_api.h"
#include "api/views_api.h"
#include "api/report_api.h"
#include "api/runs_api.h"
#include "api/scenarios_api.h"
#include "api/secrets_api.h"
#include "api/sessions_api.h"
#include "api/slos_api.h"
#include "api/training_api.h"
#include "api/training_compare_api.h"
#include "api/trace_sources_api.h"
#include "api/trace_agents_api.h"
#include "api/trace_detail_api.h"
#include "api/traces_api.h"
#include "api/trend_api.h"
#include "api/users_api.h"
#include "base/text.h"

const bm_route_t *const *bm_routes_all(void)
{
    static const bm_route_t *const tables[] = {
        bm_automations_api_routes,
        bm_scenarios_api_routes,
        bm_runs_api_routes,
        bm_kpis_api_routes,
        bm_labels_api_routes,
        bm_kpi_rebuild_api_routes, bm_compare_api_routes,
        bm_trace_sources_api_routes, bm_push_api_routes, bm_traces_api_routes, bm_trace_detail_api_routes,
        bm_trace_agents_api_routes,
        bm_cupid_api_routes,
        bm_trend_api_routes,
        bm_training_compare_api_routes, bm_training_api_routes, bm_hive_api_routes, bm_problems_api_routes,
        bm_loadtests_api_routes,
        bm_datasets_api_routes,
        bm_definitions_api_routes,
        bm_discoveries_api_routes,
        bm_evidence_api_routes,
        bm_events_api_routes,
        bm_tickets_api_routes,
        bm_export_api_routes,
        bm_calibrations_api_routes,
        bm_engine_api_routes,
        bm_prices_api_routes,
        bm_projects_api_routes,
        bm_views_api_routes,
        bm_health_api_routes,
        bm_report_api_routes,
        bm_metrics_api_routes,
        bm_audit_api_routes,
        bm_secrets_api_routes,
        bm_slos_api_routes,
        bm_gates_api_routes,
        bm_about_api_routes,
        bm_configuration_api_routes,
        bm_me_api_routes,
        bm_auth_api_routes,
        bm_users_api_routes,
        bm_password_links_api_routes,
        bm_api_keys_api_routes,
        bm_sessions_api_routes,
        bm_kpi_query_api_routes,
        bm_kpi_series_api_routes,
        bm_kpi_distribution_api_routes,
        bm_openapi_routes,
        NULL
    };

    return tables;
}

/* A problem's: a type, and eight hexadecimal digits. */
static int is_key(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (i + 8 >= len ? !apr_isxdigit(text[i]) : !apr_islower(text[i]) && text[i] != '_')
            return 0;
    return len > 9 && len < 64 && text[len - 9] == '_';
}

static int is_word(const char *text, size_t len)
{
    return len > 0 && len <= BM_PATH_TEXT_MAX && bm_text_is_utf8(text, len);
}

/* Names of parameters that are texts, and what such a text must be. */
static const struct {
    const char *name;
    int (*is_one)(const char *text, size_t len);
} text_parameters[] = { { "{key}", is_key }, { "{trace_id}", is_word }, { "{observation_id}", is_word },
                        { "{session_id}", is_word }, { "{name}", is_word } };

static int text_parameter(const char *pattern)
{
    size_t i;

    for (i = 0; i < sizeof(text_parameters) / sizeof(text_parameters[0]); i++)
        if (strncmp(pattern, text_parameters[i].name, strlen(text_parameters[i].name)) == 0)
            return (int)i;
    return -1;
}

int bm_routes_is_text(const char *parameter)
{
    return text_parameter(parameter) >= 0;
}

/* Whether path fits a pattern, by texts (with_text) or without. */
static int fits(bm_path_values_t *values, const char *pattern, const char *path, int with_text, apr_pool_t *p)
{
    int n = 0, which;

    for (;;) {
        size_t want = strcspn(pattern, "/"), got = strcspn(path, "/");

        if ((which = text_parameter(pattern)) >= 0) {
            if (!with_text || !text_parameters[which].is_one(path, got))
                return 0;
            values->text = apr_pstrmemdup(p, path, got);
        }
        else if (pattern[0] == '{') {
            if (got == 0 || got > 19 || n == BM_API_IDS_MAX
                || bm_text_to_int64(&values->ids[n++], apr_pstrmemdup(p, path, got), 0, APR_INT64_MAX) != APR_SUCCESS)
                return 0;
        }
        else if (want != got || memcmp(pattern, path, want) != 0)
            return 0;
        pattern += want;
        path += got;
        if (*pattern == '\0' || *path == '\0')
            return *pattern == *path;
        pattern++;
        path++;
    }
}

/* A socket's answer has no head that could stand alone. */
static int has_head(const bm_route_t *route)
{
    return strcmp(route->method, "GET") == 0 && (route->flags & BM_ROUTE_SOCKET) == 0;
}

static const char *allow_add(const char *allow, const bm_route_t *route, apr_pool_t *p)
{
    const char *name = has_head(route) ? "GET, HEAD" : route->method;

    return allow == NULL ? name : apr_pstrcat(p, allow, ", ", name, NULL);
}

/* Of the routes that have a text, or of those that have none. */
static void find(const bm_route_t **proute, bm_path_values_t *values, const char **pallow, const char *method, const char *path,
                 int with_text, apr_pool_t *p)
{
    const bm_route_t *const *table;
    const bm_route_t *route;

    for (table = bm_routes_all(); *table != NULL; table++) {
        for (route = *table; route->method != NULL; route++) {
            bm_path_values_t found = { .text = NULL };

            if (!fits(&found, route->path, path, with_text, p))
                continue;
            *values = found;
            *pallow = allow_add(*pallow, route, p);
            if (strcmp(route->method, method) == 0 || (has_head(route) && strcmp(method, "HEAD") == 0))
                *proute = route;
        }
    }
}

apr_status_t bm_routes_find(const bm_route_t **proute, bm_path_values_t *values, const char **pallow, const char *method,
                            const char *path, apr_pool_t *p)
{
    *proute = NULL;
    *pallow = NULL;
    memset(values, 0, sizeof(*values));
    find(proute, values, pallow, method, path, 0, p);
    if (*pallow == NULL)
        find(proute, values, pallow, method, path, 1, p);
    if (*pallow == NULL)
        return APR_NOTFOUND;
    *pallow = apr_pstrcat(p, *pallow, ", OPTIONS", NULL);
    return *proute != NULL ? APR_SUCCESS : APR_ENOTIMPL;
}

unsigned bm_routes_scope(const bm_route_t *route)
{
    static const char *const running[] = { "runs", "loadtests", "calibrations", "gates", "training" };
    size_t i;

    if (route->flags & BM_ROUTE_OWN_ACCOUNT)
        return BM_SCOPE_WRITE;
    if (route->flags & BM_ROUTE_PUSH)
        return BM_SCOPE_PUSH;
    if (route->role == BM_ROLE_ADMIN)
        return BM_SCOPE_ADMIN;
    if (route->role <= BM_ROLE_VIEWER || strcmp(route->method, "GET") == 0)
        return BM_SCOPE_READ;
    for (i = 0; i < sizeof(running) / sizeof(running[0]); i++)
        if (strcmp(route->tag, running[i]) == 0)
            return BM_SCOPE_RUN;
    return BM_SCOPE_WRITE;
}
