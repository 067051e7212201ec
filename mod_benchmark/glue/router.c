/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/router.h"

#include <string.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include "api/audit.h"
#include "api/routes.h"
#include "api/together.h"
#include "base/text.h"
#include "glue/authn.h"
#include "glue/authz.h"
#include "glue/configuration.h"
#include "glue/cors.h"
#include "glue/csrf.h"
#include "glue/error_document.h"
#include "glue/lifecycle.h"
#include "glue/process.h"
#include "glue/rate_limit.h"
#include "glue/reply.h"
#include "glue/request.h"
#include "glue/security_headers.h"
#include "glue/static_files.h"
#include "glue/ticket.h"
#include "net/outbound.h"

extern module AP_MODULE_DECLARE_DATA benchmark_module;

#define API_KEY "mod_benchmark:api"
#define PATH_SHOWN 300          /* bytes of an unknown path that an answer repeats */

/* --- places */

/* What follows prefix in uri, "" or "/..."; NULL if uri is not below it. */
static const char *below(const char *uri, const char *prefix)
{
    size_t len = strlen(prefix);

    if (strncmp(uri, prefix, len) != 0 || (uri[len] != '\0' && uri[len] != '/'))
        return NULL;
    return uri + len;
}

/* Path of the API behind the mount: /api/v1/X, /api/X, /health, /metrics; NULL: a page. */
static const char *api_path(const char *rest, apr_pool_t *p)
{
    const char *path = below(rest, "/api");
    const char *versioned = path ? below(path, "/v1") : NULL;
    size_t len;

    if (path == NULL)
        path = below(rest, "/health") != NULL || strcmp(rest, "/metrics") == 0 || strcmp(rest, "/.well-known/jwks.json") == 0
            || below(rest, "/ws") != NULL ? rest : NULL;
    else if (versioned != NULL)
        path = versioned;
    if (path == NULL)
        return NULL;
    len = strlen(path);
    while (len > 0 && path[len - 1] == '/')
        len--;
    return len == 0 ? "/" : apr_pstrmemdup(p, path, len);
}

static bm_place_t *place_make(bm_place_kind_e kind, const char *mount, const char *path, apr_pool_t *p)
{
    bm_place_t *place = apr_pcalloc(p, sizeof(*place));

    place->kind = kind;
    place->mount = mount;
    place->prefix = apr_pstrcat(p, mount, "/api/v1", NULL);
    place->path = path;
    return place;
}

const bm_place_t *bm_router_place(const bm_server_conf_t *conf, const char *uri, apr_pool_t *p)
{
    const char *rest, *path;

    if (uri == NULL || uri[0] != '/')
        return NULL;
    rest = conf->mount != NULL ? below(uri, conf->mount) : NULL;
    if (rest != NULL) {
        path = api_path(rest, p);
        return path != NULL ? place_make(BM_PLACE_API, conf->mount, path, p) : place_make(BM_PLACE_PAGE, conf->mount, rest, p);
    }
    path = conf->seed_paths ? api_path(uri, p) : NULL;
    return path != NULL ? place_make(BM_PLACE_API, "", path, p) : NULL;
}

const bm_place_t *bm_router_place_of(const request_rec *r)
{
    return ap_get_module_config(r->request_config, &benchmark_module);
}

/* Whether the path as it was sent, decoded, has empty or dot segments. httpd has resolved them in r->uri by now; an address of
 * ours is never written like that, and whoever writes one looks for a way around somebody's rules. */
static int is_devious(const request_rec *r)
{
    const char *sent = r->parsed_uri.path;
    char *path;
    size_t len;

    if (sent == NULL)
        return 0;
    path = apr_pstrdup(r->pool, sent);
    if (ap_unescape_url(path) == HTTP_NOT_FOUND)     /* a slash or NUL; a "%" that encodes nothing may be one of a text */
        return 1;
    len = strlen(path);
    return strstr(path, "//") != NULL || strstr(path, "/./") != NULL || strstr(path, "/../") != NULL
        || (len >= 2 && strcmp(path + len - 2, "/.") == 0) || (len >= 3 && strcmp(path + len - 3, "/..") == 0);
}

/* A seed's client logs in at the root; a browser that asks for /login gets the page. */
static const bm_place_t *seed_login(const request_rec *r)
{
    static const char *const names[] = { "/login", "/refresh" };
    size_t i;

    if (r->method_number != M_POST || !bm_directives_of(r->server)->seed_paths || r->uri == NULL)
        return NULL;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(r->uri, names[i]) == 0)
            return place_make(BM_PLACE_API, "", apr_pstrcat(r->pool, "/auth", names[i], NULL), r->pool);
    return NULL;
}

static int translate_name(request_rec *r)
{
    const bm_place_t *found = r->proxyreq != PROXYREQ_NONE ? NULL : seed_login(r);
    bm_place_t *place;

    if (found == NULL && r->proxyreq == PROXYREQ_NONE)
        found = bm_router_place(bm_directives_of(r->server), r->uri, r->pool);
    if (found == NULL)
        return DECLINED;
    place = apr_pmemdup(r->pool, found, sizeof(*found));
    place->request_id = bm_request_id(r);
    place->devious = is_devious(r);
    ap_set_module_config(r->request_config, &benchmark_module, place);
    bm_security_headers_set(r, place);
    r->filename = apr_pstrcat(r->pool, "benchmark:", place->path, NULL);
    return OK;
}

static int map_to_storage(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);

    if (place == NULL)
        return DECLINED;
    return place->kind == BM_PLACE_PAGE ? bm_static_files_map(r, place) : OK;
}

static int type_checker(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);

    return place != NULL && place->kind == BM_PLACE_PAGE ? bm_static_files_type(r) : DECLINED;
}

static int access_checker_ex(request_rec *r)
{
    bm_place_t *place = ap_get_module_config(r->request_config, &benchmark_module);

    if (place == NULL)
        return DECLINED;
    bm_ticket_use(r, place);
    /* pages are for everyone: they do not wait for the database because of a cookie */
    if (place->kind == BM_PLACE_API && r->user == NULL
        && (ap_auth_type(r) == NULL || ap_cstr_casecmp(ap_auth_type(r), "Benchmark") == 0))
        (void)bm_authn_examine(r);
    return place->kind == BM_PLACE_API && bm_cors_is_preflight(r) ? OK : DECLINED;
}

/* --- the handler */

static bm_api_t *api_of_child(void)
{
    void *api = NULL;

    apr_pool_userdata_get(&api, API_KEY, ap_server_conf->process->pconf);
    return api;
}

static void child_init(apr_pool_t *pchild, server_rec *s)
{
    bm_web_t *web = bm_lifecycle_web();
    bm_api_t *api;

    if (web == NULL)
        return;
    api = apr_pcalloc(pchild, sizeof(*api));
    api->settings = web->settings;
    api->source = web->source;
    api->together = bm_together_make(web->settings->pool_limit, pchild);
    api->meters = web->meters;
    api->auth = web->auth;
    api->check_password = bm_authn_check_password;
    api->board = bm_process_generation() != NULL ? bm_process_generation()->board : NULL;
    api->kpi_places = bm_places_make(web->settings->kpi_limit > 0 ? web->settings->kpi_limit : web->settings->pool_limit / 2,
                                     pchild);
    api->push_places = bm_places_make(web->settings->pool_limit / 2, pchild);
    api->kpi_board = bm_process_generation() != NULL ? bm_process_generation()->kpi_board : NULL;
    api->poke = bm_process_poke;
    api->server = ap_get_server_description();
    api->configuration = bm_configuration_read(pchild);
    apr_pool_userdata_set(api, API_KEY, apr_pool_cleanup_null, s->process->pconf);
}

static apr_status_t not_found(bm_req_t *q)
{
    const char *path = bm_text_clean_utf8(q->path, strlen(q->path), PATH_SHOWN, q->p);     /* any bytes can stand in it */

    return bm_err_set(q->err, APR_NOTFOUND, NULL, "There is nothing at %s%s.", q->prefix, strcmp(path, "/") == 0 ? "" : path);
}

static apr_status_t wrong_method(bm_req_t *q, request_rec *r, const char *allow)
{
    apr_table_setn(r->err_headers_out, "Allow", allow);
    return bm_err_set(q->err, APR_EINVAL, "method_not_allowed", "%s%s knows %s.", q->prefix, q->path, allow);
}

/* A load test of the API that starts load tests has no end. What only looks whether we live is harmless. */
static apr_status_t refuse_ourselves(bm_req_t *q, const request_rec *r)
{
    const char *agent = apr_table_get(r->headers_in, "User-Agent");

    if (agent == NULL || strcmp(agent, BM_OUTBOUND_USER_AGENT) != 0 || below(q->path, "/health") != NULL)
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EACCES, "loop_detected", "The API of mod_benchmark cannot be a target of its own engines.");
}

/* Everything that can stand between a request and its handler, in this order. Afterwards q is complete.
 * *http: a status that httpd shall answer with, because it comes from httpd (a body that cannot be read); else OK. */
static apr_status_t admit(bm_req_t *q, request_rec *r, int *http)
{
    const char *allow;
    bm_path_values_t values;
    apr_status_t rv = bm_rate_limit_check(q, r);

    *http = OK;
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_routes_find(&q->route, &values, &allow, r->method, q->path, q->p);
    memcpy(q->ids, values.ids, sizeof(q->ids));
    q->text = values.text;
    if (rv == APR_NOTFOUND)
        return not_found(q);
    if (rv != APR_SUCCESS)
        return wrong_method(q, r, allow);
    rv = refuse_ourselves(q, r);
    if (rv == APR_SUCCESS)
        rv = bm_authz_check(q, r);
    if (rv == APR_SUCCESS)
        rv = bm_csrf_check(q, r);
    if (rv == APR_SUCCESS)
        rv = bm_request_read_body(q, r, http);
    return rv;
}

/* OPTIONS: what the path knows. A preflight has its headers from cors.c already. */
static int answer_options(bm_req_t *q, request_rec *r)
{
    const char *allow;
    bm_path_values_t values;

    if (bm_routes_find(&q->route, &values, &allow, "OPTIONS", q->path, q->p) == APR_NOTFOUND) {
        bm_api_fail(q, not_found(q));
        return bm_reply_send(q, r);
    }
    apr_table_setn(r->headers_out, "Allow", allow);
    bm_cors_preflight(r, allow);
    r->status = HTTP_NO_CONTENT;
    ap_set_content_length(r, 0);
    return OK;
}

static int handle_api(request_rec *r, bm_place_t *place)
{
    bm_api_t *api = api_of_child();
    apr_status_t rv;
    bm_req_t *q;
    int http;

    if (api == NULL)
        return HTTP_SERVICE_UNAVAILABLE;
    q = bm_request_make(api, r, place);
    bm_cors_set(r);
    if (r->method_number == M_OPTIONS)
        return answer_options(q, r);
    rv = admit(q, r, &http);
    place->route = q->route != NULL ? q->route->path : NULL;
    place->role = q->who.role;
    if (http != OK)
        return http;
    if (rv == APR_SUCCESS)
        bm_api_call(q);
    else
        bm_api_fail(q, rv);
    if (q->status == HTTP_NOT_FOUND && !q->who.projects.all && rv == APR_SUCCESS && !q->foreign)
        bm_audit_object(&place->sought, &place->sought_id, q);
    place->projects = q->route != NULL ? &q->who.projects : NULL;
    place->foreign = q->foreign;
    place->noted = q->noted;
    return bm_reply_send(q, r);
}

static int handler(request_rec *r)
{
    bm_place_t *place = ap_get_module_config(r->request_config, &benchmark_module);

    if (place == NULL)
        return DECLINED;
    if (place->devious)
        return HTTP_NOT_FOUND;
    return place->kind == BM_PLACE_API ? handle_api(r, place) : bm_static_files_handle(r, place);
}

void bm_router_register(apr_pool_t *p)
{
    ap_hook_child_init(child_init, NULL, NULL, APR_HOOK_REALLY_LAST);       /* after lifecycle.c made the web root */
    ap_hook_translate_name(translate_name, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_map_to_storage(map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_access_checker_ex(access_checker_ex, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_type_checker(type_checker, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(handler, NULL, NULL, APR_HOOK_FIRST);
    bm_authn_register(p);
    bm_authz_register(p);
    bm_error_document_register();
}
