/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/directives.h: what httpd.conf says, per server.
 *
 * One row per directive in directives.c: parser, limits, default and merge rule in one place; create and
 * merge are loops over that table. What the store and the engine need is in bm_settings_t and belongs to
 * the main server alone; a virtual host only mounts and says who may do what there.
 * Read-only after configuration, shared by all threads. */
#ifndef BM_GLUE_DIRECTIVES_H
#define BM_GLUE_DIRECTIVES_H

#include <httpd.h>
#include <http_config.h>
#include "base/settings.h"
#include "model/projects.h"
#include "model/role.h"
#include "shm/rate_table.h"

/** Marks which knobs were set, by row of the table. */
#define BM_KNOBS_MAX 128

/** As many as bm_rate_policy_e has. */
#define BM_RATE_LIMITS 7

typedef struct bm_server_conf_t {
    bm_settings_t settings;             /* of the main server; a virtual host's own copy is never looked at */
    const char *mount;                  /* "/benchmark"; "" for "/"; NULL: nothing of ours in this server */
    int unmounted;                      /* "Off": nothing, whatever the main server has */
    int seed_paths;                     /* also /api, /health, /ws/metrics, /login ... of the seed systems */
    bm_role_e anonymous_role;           /* of a request without a user */
    int anonymous_loopback;             /* that role only for clients on loopback */
    apr_table_t *roles;                 /* user -> name of a role; never NULL */
    apr_table_t *projects;              /* user -> projects that he sees; a name may be there several times; never NULL */
    bm_projects_t anonymous_projects;   /* of a request without a user */
    int anonymous_projects_set;
    apr_array_header_t *login_providers; /* of const char *: httpd's authn providers that a login asks; NULL: benchmark */
    apr_array_header_t *allowed_hosts;  /* of const char *: Host values that anonymous writes may carry; NULL: the server's
                                         * own name, localhost and loopback addresses */
    apr_array_header_t *cors_origins;   /* of const char *: exact origins; NULL: none */
    apr_array_header_t *metrics_allow;  /* of apr_ipsubnet_t * (NULL: all): who may read /metrics without a role; NULL: nobody */
    bm_rate_t rate_limits[BM_RATE_LIMITS];  /* by bm_rate_policy_e; of the main server */
    apr_array_header_t *rate_exempt;    /* of apr_ipsubnet_t * (NULL: all): addresses that are not limited; NULL: none */
    int require_tls;                    /* nothing over plain HTTP but from this machine */
    int rate_headers;                   /* say in answers what is left */
    unsigned char set[BM_KNOBS_MAX];
} bm_server_conf_t;

extern const command_rec bm_directives[];

/** What holds without this row's directive, as it would stand in httpd.conf; NULL: nothing, or more than one value says. */
const char *bm_directives_fallback(const command_rec *row);

/** create_server_config and merge_server_config of the module record. */
void *bm_directives_create(apr_pool_t *p, server_rec *s);
void *bm_directives_merge(apr_pool_t *p, void *base, void *add);

/** Configuration of one server (mount, roles). Never NULL. */
const bm_server_conf_t *bm_directives_of(const server_rec *s);

/** Settings of the main server. Never NULL. */
const bm_settings_t *bm_directives_settings(void);

/** Fill what only post_config can know (defaults that need the server root). Main server, once per configuration. */
void bm_directives_complete(server_rec *main_server, apr_pool_t *pconf);

#endif
