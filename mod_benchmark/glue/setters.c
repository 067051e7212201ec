/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/setters.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include "base/text.h"
#include "glue/directives.h"
#include "glue/knob.h"
#include "glue/rate_limit.h"
#include "net/address_guard.h"

APLOG_USE_MODULE(benchmark);

const char *bm_set_mount(cmd_parms *cmd, void *dummy, const char *path)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);
    char *mount;
    size_t len;

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    conf->unmounted = strcasecmp(path, "off") == 0;
    if (conf->unmounted) {
        conf->mount = NULL;
        return NULL;
    }
    if (path[0] != '/' || strpbrk(path, " \"<>?#%\\*") != NULL || strstr(path, "//") != NULL || strstr(path, "/.") != NULL)
        return "BenchmarkMount must be an absolute URL path such as /benchmark, or Off";
    mount = apr_pstrdup(cmd->pool, path);
    len = strlen(mount);
    if (mount[len - 1] == '/')
        mount[len - 1] = '\0';
    conf->mount = mount;
    return NULL;
}

/* BenchmarkSchema becomes part of connection options, so it is an identifier and nothing else. */
const char *bm_set_schema(cmd_parms *cmd, void *dummy, const char *name)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (strlen(name) > 60 || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0'
        || strchr("0123456789", name[0]) != NULL || name[0] == '\0')
        return "BenchmarkSchema must be a lower-case SQL identifier";
    conf->settings.schema = apr_pstrdup(cmd->pool, name);
    return NULL;
}

const char *bm_set_anonymous_role(cmd_parms *cmd, void *dummy, const char *name, const char *where)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);
    int role = bm_role_find(name);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (role < 0)
        return "BenchmarkAnonymousRole must be none, viewer, operator or admin";
    if (where != NULL && ap_cstr_casecmp(where, "loopback") != 0)
        return "BenchmarkAnonymousRole: the second argument can only be loopback";
    conf->anonymous_role = (bm_role_e)role;
    conf->anonymous_loopback = where != NULL;
    conf->set[BM_KNOBS_MAX - 1] = 1;
    return NULL;
}

const char *bm_add_role(cmd_parms *cmd, void *dummy, const char *name, const char *user)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (bm_role_find(name) <= 0)
        return "BenchmarkRole: the first argument must be viewer, operator or admin";
    apr_table_set(conf->roles, user, name);
    return NULL;
}

const char *bm_add_projects(cmd_parms *cmd, void *dummy, const char *ids, const char *user)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);
    bm_projects_t projects;

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (bm_projects_read(&projects, ids) != APR_SUCCESS)
        return "BenchmarkProjects: the first argument must be numbers of projects such as 1,2 (at most 32), all or none";
    apr_table_add(conf->projects, user, ids);
    return NULL;
}

const char *bm_set_anonymous_projects(cmd_parms *cmd, void *dummy, const char *ids)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (bm_projects_read(&conf->anonymous_projects, ids) != APR_SUCCESS)
        return "BenchmarkAnonymousProjects must be numbers of projects such as 1,2 (at most 32), all or none";
    conf->anonymous_projects_set = 1;
    return NULL;
}

/* A list of words: cmd->info is the offset of an apr_array_header_t * in bm_server_conf_t. */
const char *bm_add_word(cmd_parms *cmd, void *dummy, const char *word)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    size_t offset = (size_t)cmd->info;
    apr_array_header_t **list = (apr_array_header_t **)(void *)((char *)conf + offset);
    const char *wrong = ap_check_cmd_context(cmd, offset == offsetof(bm_server_conf_t, settings.target_allow)
                                             || offset == offsetof(bm_server_conf_t, settings.target_deny)
                                             ? GLOBAL_ONLY : NOT_IN_DIR_CONTEXT);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (*list == NULL)
        *list = apr_array_make(cmd->pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(*list, const char *) = apr_pstrdup(cmd->pool, word);
    return NULL;
}

/* One entry of the outbound guard's list: what the guard itself understands. */
const char *bm_add_target(cmd_parms *cmd, void *dummy, const char *word)
{
    apr_array_header_t *one = apr_array_make(cmd->temp_pool, 1, sizeof(const char *));
    bm_address_guard_t *guard;

    APR_ARRAY_PUSH(one, const char *) = word;
    if (bm_address_guard_create(&guard, one, NULL, NULL, cmd->temp_pool) != APR_SUCCESS)
        return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", word,
                           " is neither an address nor a network nor host:NAME nor all", NULL);
    return bm_add_word(cmd, dummy, word);
}

/* Origins are compared byte by byte, so one that no browser sends would never match. */
const char *bm_add_origin(cmd_parms *cmd, void *dummy, const char *origin)
{
    const char *rest;

    if (!bm_knob_is_url(origin, &rest) || *rest != '\0')
        return apr_pstrcat(cmd->pool, "BenchmarkCORSOrigin: ", origin, " is not an origin such as https://bench.example.com",
                           NULL);
    return bm_add_word(cmd, dummy, origin);
}

/* An address, a network as address/bits, or all. */
const char *bm_add_clients(cmd_parms *cmd, void *dummy, const char *word)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    size_t offset = (size_t)cmd->info;
    apr_array_header_t **list = (apr_array_header_t **)(void *)((char *)conf + offset);
    const char *wrong = ap_check_cmd_context(cmd, offset == offsetof(bm_server_conf_t, rate_exempt) ? GLOBAL_ONLY
                                                                                                    : NOT_IN_DIR_CONTEXT);
    int is_all = ap_cstr_casecmp(word, "all") == 0;
    char *address = apr_pstrdup(cmd->temp_pool, word), *bits = strchr(address, '/');
    apr_ipsubnet_t *subnet = NULL;

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (bits != NULL)
        *bits++ = '\0';
    /* apr reads "10.1" as a network of its own; an address has to be one, as with BenchmarkTargetAllow */
    if (!is_all && (bm_address_guard_parse(&(struct sockaddr_storage){ 0 }, address) != APR_SUCCESS
                    || apr_ipsubnet_create(&subnet, address, bits, cmd->pool) != APR_SUCCESS))
        return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", word, " is neither an address nor a network nor all", NULL);
    if (*list == NULL)
        *list = apr_array_make(cmd->pool, 4, sizeof(apr_ipsubnet_t *));
    APR_ARRAY_PUSH(*list, apr_ipsubnet_t *) = subnet;
    return NULL;
}

const char *bm_add_secret(cmd_parms *cmd, void *dummy, const char *name, const char *file)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *path = ap_server_root_relative(cmd->pool, file);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (path == NULL)
        return apr_pstrcat(cmd->pool, "BenchmarkSecret: invalid path ", file, NULL);
    apr_table_set(conf->settings.secrets, name, path);
    return NULL;
}

const char *bm_add_otlp_header(cmd_parms *cmd, void *dummy, const char *name, const char *secret)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_size_t len = strlen(name);

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (len == 0 || strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != len)
        return apr_pstrcat(cmd->pool, "BenchmarkOtlpHeader: ", name, " is no name of a header", NULL);
    apr_table_set(conf->settings.otlp_headers, name, secret);
    return NULL;
}

const char *bm_add_env(cmd_parms *cmd, void *dummy, const char *name)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *value = getenv(name);

    (void)dummy;
    if (wrong == NULL)
        apr_table_set(conf->settings.env_allow, name, value ? value : "");
    return wrong;
}

/* "100/1min", "10/60s", "off". */
const char *bm_set_rate_limit(cmd_parms *cmd, void *dummy, const char *who, const char *limit)
{
    bm_server_conf_t *conf = ap_get_module_config(cmd->server->module_config, &benchmark_module);
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY), *slash = strchr(limit, '/');
    int policy = bm_rate_limit_find(who);
    apr_int64_t requests, period;

    (void)dummy;
    if (wrong != NULL)
        return wrong;
    if (policy < 0)
        return apr_pstrcat(cmd->pool, "BenchmarkRateLimit: ", who, " is none of anonymous, user (each also with -read or -write)"
                           " and login", NULL);
    if (ap_cstr_casecmp(limit, "off") == 0) {
        conf->rate_limits[policy].requests = 0;
        return NULL;
    }
    if (slash == NULL
        || bm_text_to_int64(&requests, apr_pstrmemdup(cmd->temp_pool, limit, (apr_size_t)(slash - limit)), 1, 1000000)
        != APR_SUCCESS || bm_text_to_interval(&period, slash + 1, "s") != APR_SUCCESS || period < APR_USEC_PER_SEC
        || period > apr_time_from_sec(86400))
        return apr_pstrcat(cmd->pool, "BenchmarkRateLimit: ", limit, " is neither requests and a time from 1s to 1d, such as"
                           " 100/1min, nor off", NULL);
    conf->rate_limits[policy] = (bm_rate_t){ (int)requests, period };
    return NULL;
}
