/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/authz.h"

#include <string.h>
#include <ap_provider.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_request.h>
#include <mod_auth.h>
#include "api/routes.h"
#include "glue/authn.h"
#include "glue/directives.h"
#include "glue/router.h"

static int is_loopback_address(const char *ip)
{
    if (strncmp(ip, "::ffff:", 7) == 0)
        ip += 7;
    return strncmp(ip, "127.", 4) == 0 || strcmp(ip, "::1") == 0;
}

/* Name of a host in lower case as r->hostname has it, without the brackets of an IPv6 address. */
static const char *bare(const char *host, apr_pool_t *p)
{
    size_t len = strlen(host);

    if (len > 2 && host[0] == '[' && host[len - 1] == ']')
        return apr_pstrmemdup(p, host + 1, len - 2);
    return host;
}

static int is_own_name(const request_rec *r, const char *host)
{
    const apr_array_header_t *names[] = { r->server->names, r->server->wild_names };
    size_t i;
    int j;

    if (ap_cstr_casecmp(host, "localhost") == 0 || is_loopback_address(host))
        return 1;
    if (r->server->server_hostname != NULL && ap_cstr_casecmp(host, r->server->server_hostname) == 0)
        return 1;
    for (i = 0; i < 2; i++)
        for (j = 0; names[i] != NULL && j < names[i]->nelts; j++) {
            const char *name = APR_ARRAY_IDX(names[i], j, const char *);

            if (name != NULL && ap_strcasecmp_match(host, name) == 0)
                return 1;
        }
    return 0;
}

int bm_authz_is_allowed_host(const request_rec *r)
{
    const bm_server_conf_t *conf = bm_directives_of(r->server);
    const char *given = apr_table_get(r->headers_in, "Host");
    const char *host;
    int i;

    if (r->hostname == NULL || given == NULL)
        return given == NULL;
    host = bare(r->hostname, r->pool);
    if (conf->allowed_hosts == NULL)
        return is_own_name(r, host);
    for (i = 0; i < conf->allowed_hosts->nelts; i++) {
        const char *allowed = APR_ARRAY_IDX(conf->allowed_hosts, i, const char *);

        if (ap_cstr_casecmp(bare(allowed, r->pool), host) == 0 || ap_cstr_casecmp(allowed, given) == 0)
            return 1;
    }
    return 0;
}

/* The role of a request without a user. "loopback" stands for the people at this machine; a page from elsewhere whose name
 * was rebound to 127.0.0.1 comes from this machine, too, but with its own Host. */
static bm_role_e anonymous_role(const request_rec *r)
{
    const bm_server_conf_t *conf = bm_directives_of(r->server);

    if (conf->anonymous_loopback
        && (r->useragent_ip == NULL || !is_loopback_address(r->useragent_ip) || !bm_authz_is_allowed_host(r)))
        return BM_ROLE_NONE;
    return conf->anonymous_role;
}

/* Names of users are compared byte by byte; tables of httpd's would not mind the case. "*" is every user. A user of ours has
 * what his row says, too; whatever he has, a credential gives at most what it was made for. */
static bm_role_e role_of_user(const request_rec *r)
{
    const bm_identity_t *who = bm_authn_identity(r);
    const apr_array_header_t *list = apr_table_elts(bm_directives_of(r->server)->roles);
    bm_role_e role = who != NULL ? who->role : BM_ROLE_NONE;
    int i;

    for (i = 0; i < list->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(list, i, apr_table_entry_t);
        int found;

        if (strcmp(entry->key, r->user) != 0 && strcmp(entry->key, "*") != 0)
            continue;
        found = bm_role_find(entry->val);
        if (found > (int)role)
            role = (bm_role_e)found;
    }
    return who != NULL && role > who->most ? who->most : role;
}

bm_role_e bm_authz_role(const request_rec *r)
{
    bm_role_e anonymous = anonymous_role(r), role = r->user != NULL ? role_of_user(r) : anonymous;

    return role < anonymous ? anonymous : role;        /* to say who one is never takes anything away */
}

/* Of a user of ours his row says it; of others httpd.conf, where those whom it does not name see all. What he showed may say
 * less. */
static bm_projects_t projects_of(const request_rec *r)
{
    const bm_server_conf_t *conf = bm_directives_of(r->server);
    const bm_identity_t *who = bm_authn_identity(r);
    const apr_array_header_t *list = apr_table_elts(conf->projects);
    bm_projects_t projects = { 0 }, some;
    int i, named = 0;

    if (r->user == NULL)
        return conf->anonymous_projects;
    if (who != NULL && who->user_id != 0)
        return who->projects;
    for (i = 0; i < list->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(list, i, apr_table_entry_t);

        if (strcmp(entry->key, r->user) != 0 && strcmp(entry->key, "*") != 0)
            continue;
        (void)bm_projects_read(&some, entry->val);
        bm_projects_add(&projects, &some);
        named = 1;
    }
    if (!named)
        projects = bm_projects_all();
    if (who != NULL)
        bm_projects_narrow(&projects, &who->projects);
    return projects;
}

/* A scraper says who it is by its address; with mod_remoteip, by the one behind the proxy. */
static int is_scraper(const bm_req_t *q, const request_rec *r)
{
    const apr_array_header_t *allow = bm_directives_of(r->server)->metrics_allow;
    int i;

    if (!(q->route->flags & BM_ROUTE_SCRAPED) || allow == NULL || r->useragent_addr == NULL)
        return 0;
    for (i = 0; i < allow->nelts; i++) {
        apr_ipsubnet_t *subnet = APR_ARRAY_IDX(allow, i, apr_ipsubnet_t *);

        if (subnet == NULL || apr_ipsubnet_test(subnet, r->useragent_addr))
            return 1;
    }
    return 0;
}

static apr_status_t check_ticket(bm_req_t *q, const bm_place_t *place)
{
    if (place->ticket == BM_TICKET_REFUSED)
        return bm_err_set(q->err, APR_EACCES, "ticket_refused",
                          "This ticket was used, is too old, or was not made here. Each is good for one request.");
    if (place->ticket == BM_TICKET_UNKNOWN) {
        q->err->retry_after_s = 2;
        return bm_err_set(q->err, APR_EAGAIN, "database_unavailable", "The ticket cannot be looked up now.");
    }
    if (place->ticket == BM_TICKET_TAKEN && q->who.role > place->ticket_role)
        q->who.role = place->ticket_role;
    return APR_SUCCESS;
}

/* A credential that was shown for nothing. A page goes on as nobody with a cookie that is past its time; a program is told. */
static apr_status_t check_credential(bm_req_t *q, const request_rec *r)
{
    const bm_authn_t *authn = q->route->flags & BM_ROUTE_ANY_CREDENTIAL ? NULL : bm_authn_found(r);

    if (authn == NULL)
        return APR_SUCCESS;
    if (authn->state == BM_AUTHN_UNKNOWN) {
        q->err->retry_after_s = 2;
        return bm_err_set(q->err, APR_EAGAIN, "database_unavailable", "The credentials cannot be checked now.");
    }
    if (authn->state == BM_AUTHN_REFUSED && (!authn->by_cookie || q->who.role < q->route->role))
        return bm_err_set(q->err, APR_EACCES, "credential_refused", "These credentials are not valid, or not any more.");
    return APR_SUCCESS;
}

/* What somebody without credentials may do is not held against a key's scopes: whoever has it could leave it out. */
static apr_status_t check_scope(bm_req_t *q, bm_role_e anonymous)
{
    unsigned scope = bm_routes_scope(q->route);

    if (q->who.identity == NULL || (q->who.identity->scopes & scope) || q->route->role <= anonymous)
        return APR_SUCCESS;
    return bm_err_set(q->err, APR_EACCES, "scope_too_small", "This needs the scope %s, which this API key does not have.",
                      bm_scope_name(scope));
}

static apr_status_t check_whole(bm_req_t *q, apr_status_t rv)
{
    if (rv != APR_SUCCESS || q->who.projects.all || !(q->route->flags & BM_ROUTE_WHOLE))
        return rv;
    return bm_err_set(q->err, APR_EACCES, "held_to_projects",
                      "This is about the whole installation; it is not for who sees some projects only.");
}

apr_status_t bm_authz_check(bm_req_t *q, request_rec *r)
{
    bm_role_e anonymous = anonymous_role(r);
    apr_status_t rv;

    q->who.user = r->user;
    q->who.role = bm_authz_role(r);
    q->who.projects = projects_of(r);
    q->who.identity = bm_authn_identity(r);
    rv = check_ticket(q, bm_router_place_of(r));
    if (rv == APR_SUCCESS)
        rv = check_credential(q, r);
    if (rv != APR_SUCCESS)
        return rv;
    if (is_scraper(q, r)) {
        q->who.projects = bm_projects_all();
        return check_scope(q, anonymous);
    }
    if (q->who.role >= q->route->role)
        return check_whole(q, check_scope(q, anonymous));
    if (r->user == NULL)
        return bm_err_set(q->err, APR_EACCES, "not_authenticated",
                          "This needs the role %s; requests without a user have the role %s here.",
                          bm_role_name(q->route->role), bm_role_name(anonymous));
    return bm_err_set(q->err, APR_EACCES, "role_too_low", "This needs the role %s; %s has the role %s.",
                      bm_role_name(q->route->role), r->user, bm_role_name(q->who.role));
}

/* --- Require benchmark-role ROLE */

/* Addresses of ours that are for everyone: pages have nothing secret, and somebody must be able to log in. */
static int is_open(const request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    bm_path_values_t values;
    const bm_route_t *route;
    const char *allow;

    if (place == NULL)
        return 0;
    if (place->kind == BM_PLACE_PAGE)
        return 1;
    return bm_routes_find(&route, &values, &allow, r->method, place->path, r->pool) == APR_SUCCESS && route->role == BM_ROLE_NONE;
}

static authz_status check_role(request_rec *r, const char *line, const void *parsed)
{
    const bm_role_e *needed = parsed;

    (void)line;
    if (is_open(r) || bm_authz_role(r) >= *needed)
        return AUTHZ_GRANTED;
    return r->user == NULL ? AUTHZ_DENIED_NO_USER : AUTHZ_DENIED;
}

static const char *parse_role(cmd_parms *cmd, const char *line, const void **parsed)
{
    const char *name = ap_getword_conf(cmd->pool, &line);
    int role = bm_role_find(name);
    bm_role_e *kept;

    if (role <= 0 || *line != '\0')
        return "Require benchmark-role: must be followed by viewer, operator or admin";
    kept = apr_palloc(cmd->pool, sizeof(*kept));
    *kept = (bm_role_e)role;
    *parsed = kept;
    return NULL;
}

static const authz_provider role_provider = { &check_role, &parse_role };

void bm_authz_register(apr_pool_t *p)
{
    ap_register_auth_provider(p, AUTHZ_PROVIDER_GROUP, "benchmark-role", AUTHZ_PROVIDER_VERSION, &role_provider,
                              AP_AUTH_INTERNAL_PER_CONF);
}
