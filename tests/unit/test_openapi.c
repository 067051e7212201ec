/* SPDX-License-Identifier: Apache-2.0
 *
 * test_openapi.c: the route tables, the reference and the roles are one and the same, and the rules that no route may break. */
#include "unit.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "api/openapi.h"
#include "api/routes.h"

static json_t *document(void)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    json_t *j = NULL;
    bm_err_t *err = bm_err_make(g_pool);

    bm_jw_init(&w, &out);
    bm_openapi_write(&w, "/benchmark/api/v1", g_pool);
    ck_assert_int_eq(w.rv, APR_SUCCESS);
    ck_assert_msg(bm_json_parse(&j, out.data, out.len, err, g_pool) == APR_SUCCESS, "%s", err->detail);
    bm_buffer_free(&out);
    return j;
}

static const char *lower(const char *method)
{
    char *text = apr_pstrdup(g_pool, method), *c;

    for (c = text; *c; c++)
        *c = (char)(*c | 0x20);
    return text;
}

/* Every route stands in the document with its role and status, and nothing else stands there. */
BM_TEST(document_equals_routes)
{
    json_t *paths = json_object_get(document(), "paths"), *operations;
    const bm_route_t *const *table;
    const bm_route_t *route;
    const char *path;
    size_t routes = 0, documented = 0;

    for (table = bm_routes_all(); *table != NULL; table++) {
        for (route = *table; route->method != NULL; route++) {
            json_t *operation = json_object_get(json_object_get(paths, route->path), lower(route->method));

            ck_assert_msg(operation != NULL, "%s %s is not documented", route->method, route->path);
            ck_assert_str_eq(json_string_value(json_object_get(operation, "x-role")), bm_role_name(route->role));
            ck_assert_str_eq(json_string_value(json_object_get(operation, "operationId")), route->operation);
            ck_assert_ptr_nonnull(json_object_get(json_object_get(operation, "responses"),
                                                  apr_psprintf(g_pool, "%d", route->status)));
            routes++;
        }
    }
    json_object_foreach(paths, path, operations)
        documented += json_object_size(operations);
    ck_assert_uint_eq(documented, routes);
    ck_assert_uint_gt(routes, 30);
}
END_TEST

/* What a reviewer would ask of each row. */
BM_TEST(no_route_breaks_the_rules)
{
    static const char *const open_to_all[] = { "GET /health", "GET /health/ready", "GET /me", "POST /auth/login",
        "POST /auth/refresh", "POST /auth/logout", "POST /auth/password", "GET /.well-known/jwks.json" };
    static const char *const admins_own[] = { "/users", "/secrets", "/audit", "/configuration" };
    const bm_route_t *const *table;
    const bm_route_t *route;
    apr_hash_t *operations = apr_hash_make(g_pool);
    size_t i;

    for (table = bm_routes_all(); *table != NULL; table++) {
        for (route = *table; route->method != NULL; route++) {
            int open = 0, secret = 0, get = strcmp(route->method, "GET") == 0, own = (route->flags & BM_ROUTE_OWN_ACCOUNT) != 0;

            for (i = 0; i < BM_COUNT(open_to_all); i++)
                open |= strcmp(apr_pstrcat(g_pool, route->method, " ", route->path, NULL), open_to_all[i]) == 0;
            for (i = 0; i < BM_COUNT(admins_own); i++)
                secret |= strncmp(route->path, admins_own[i], strlen(admins_own[i])) == 0;
            ck_assert_msg(open == (route->role == BM_ROLE_NONE), "%s %s: who may?", route->method, route->path);
            ck_assert_msg(get || open || own || route->role >= BM_ROLE_OPERATOR || strcmp(route->path, "/events/ticket") == 0,
                          "%s %s changes something", route->method, route->path);
            ck_assert_msg(!get || ((route->role <= BM_ROLE_VIEWER || secret) && route->body == NULL
                                   && !(route->flags & (BM_ROUTE_TRANSACTION | BM_ROUTE_WAKES | BM_ROUTE_IDEMPOTENT))),
                          "GET %s must not change anything", route->path);
            ck_assert_msg(strcmp(route->method, "DELETE") != 0 || own || strcmp(route->path, "/views/{id}") == 0
                          || route->role == BM_ROLE_ADMIN, "DELETE %s", route->path);
            ck_assert(route->handler != NULL && route->summary != NULL && route->tag != NULL);
            ck_assert_int_ge(route->status, route->flags & BM_ROUTE_SOCKET ? 101 : 200);
            ck_assert_msg(apr_hash_get(operations, route->operation, APR_HASH_KEY_STRING) == NULL, "%s twice", route->operation);
            apr_hash_set(operations, route->operation, APR_HASH_KEY_STRING, route);
        }
    }
}
END_TEST

/* Every $ref points to something, and every parameter and member says what it is. */
static void check_refs(const json_t *root, const json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;

    if (json_is_array(value))
        json_array_foreach(value, i, member)
            check_refs(root, member);
    if (!json_is_object(value))
        return;
    json_object_foreach((json_t *)(apr_uintptr_t)value, key, member) {
        if (strcmp(key, "$ref") == 0) {
            const char *name = json_string_value(member), *kind = name + strlen("#/components/"), *slash = strchr(kind, '/');

            ck_assert_int_eq(strncmp(name, "#/components/", strlen("#/components/")), 0);
            ck_assert_ptr_nonnull(slash);
            kind = apr_pstrmemdup(g_pool, kind, (apr_size_t)(slash - kind));
            ck_assert_msg(json_object_get(json_object_get(json_object_get(root, "components"), kind), slash + 1) != NULL,
                          "%s points nowhere", name);
        }
        else
            check_refs(root, member);
    }
}

BM_TEST(references_hold)
{
    json_t *root = document();

    ck_assert_str_eq(json_string_value(json_object_get(root, "openapi")), "3.1.0");
    check_refs(root, root);
}
END_TEST

static const struct {
    const char *method, *path, *operation;      /* NULL: no route */
    const char *allow;                          /* NULL: no path */
    apr_int64_t id;
    const char *text;
} requests[] = {
    { "GET", "/runs", "listRuns", "GET, HEAD, POST, OPTIONS", 0 },
    { "HEAD", "/runs", "listRuns", "GET, HEAD, POST, OPTIONS", 0 },
    { "GET", "/runs/7", "getRun", "GET, HEAD, PATCH, DELETE, OPTIONS", 7 },
    { "POST", "/runs/trigger", "triggerRun", "POST, OPTIONS", 0 },
    { "GET", "/runs/trigger", NULL, "POST, OPTIONS", 0 },
    { "GET", "/runs/kpis/dashboard", "getDashboardKpis", "GET, HEAD, OPTIONS", 0 },
    { "POST", "/runs/9223372036854775807/cancel", "cancelRun", "POST, OPTIONS", APR_INT64_MAX },
    { "GET", "/runs/9223372036854775808", NULL, NULL, 0 },
    { "GET", "/runs/-1", NULL, NULL, 0 },
    { "GET", "/runs/7x", NULL, NULL, 0 },
    { "GET", "/runs/", NULL, NULL, 0 },
    { "GET", "/RUNS", NULL, NULL, 0 },
    { "GET", "/runs;x", NULL, NULL, 0 },
    { "GET", "/runs/7/", NULL, NULL, 0 },
    { "GET", "/", NULL, NULL, 0 },
    { "GET", "", NULL, NULL, 0 },
    { "TRACE", "/health", NULL, "GET, HEAD, OPTIONS", 0 },
    { "GET", "/scenarios/3/versions/2", "getScenarioVersion", "GET, HEAD, OPTIONS", 3 },
    { "POST", "/scenarios/load_balancing_1a2b3c4d/execute", "executeProblem", "POST, OPTIONS", 0, "load_balancing_1a2b3c4d" },
    { "POST", "/scenarios/nonsense/execute", NULL, NULL, 0 },
    { "GET", "/traces/a b%2F", "getTrace", "GET, HEAD, OPTIONS", 0, "a b%2F" },
    { "GET", "/traces/17", "getTrace", "GET, HEAD, OPTIONS", 0, "17" },
    { "GET", "/traces/\xc3\xa4", "getTrace", "GET, HEAD, OPTIONS", 0, "\xc3\xa4" },
    { "GET", "/traces/\xc3", NULL, NULL, 0 },
    { "GET", "/traces/a/b", NULL, NULL, 0 },
    { "DELETE", "/traces/a", NULL, "GET, HEAD, OPTIONS", 0 },
    { "GET", "/traces/daily", "listTraceDays", "GET, HEAD, OPTIONS", 0 },          /* is no trace */
    { "GET", "/traces/erase", NULL, "POST, OPTIONS", 0 },
    { "GET", "/agents/a/charts", "getAgentCharts", "GET, HEAD, OPTIONS", 0, "a" },
    { "GET", "/agents//charts", NULL, NULL, 0 },
};

BM_LOOP_TEST(requests_find_their_route, BM_COUNT(requests))
{
    const bm_route_t *route;
    const char *allow;
    bm_path_values_t values;
    apr_status_t rv = bm_routes_find(&route, &values, &allow, requests[_i].method, requests[_i].path, g_pool);

    ck_assert_pstr_eq(allow, requests[_i].allow);
    ck_assert_pstr_eq(route ? route->operation : NULL, requests[_i].operation);
    ck_assert_int_eq(rv, route ? APR_SUCCESS : allow ? APR_ENOTIMPL : APR_NOTFOUND);
    if (route != NULL && requests[_i].id > 0)
        ck_assert_int_eq(values.ids[0], requests[_i].id);
    if (route != NULL)
        ck_assert_pstr_eq(values.text, requests[_i].text);
}
END_TEST

#include "test_openapi.reg"
