/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/setters.h: directives that are more than a single value (a row of the table in directives.c). Each takes the words of one
 * line and returns NULL, or what is wrong with them, in the pool of the command. Those of lists have the offset of the list, an
 * apr_array_header_t *, in bm_server_conf_t as cmd->info.
 *
 * Thread: whoever reads the configuration. */
#ifndef BM_GLUE_SETTERS_H
#define BM_GLUE_SETTERS_H

#include <httpd.h>
#include <http_config.h>

/** One value each. */
const char *bm_set_mount(cmd_parms *cmd, void *dummy, const char *path);
const char *bm_set_schema(cmd_parms *cmd, void *dummy, const char *name);
const char *bm_set_anonymous_role(cmd_parms *cmd, void *dummy, const char *name, const char *where);
const char *bm_set_anonymous_projects(cmd_parms *cmd, void *dummy, const char *ids);
const char *bm_set_rate_limit(cmd_parms *cmd, void *dummy, const char *who, const char *limit);

/** One entry of a table each. */
const char *bm_add_role(cmd_parms *cmd, void *dummy, const char *name, const char *user);
const char *bm_add_projects(cmd_parms *cmd, void *dummy, const char *ids, const char *user);
const char *bm_add_secret(cmd_parms *cmd, void *dummy, const char *name, const char *file);
const char *bm_add_otlp_header(cmd_parms *cmd, void *dummy, const char *name, const char *secret);
const char *bm_add_env(cmd_parms *cmd, void *dummy, const char *name);

/** Lists: of words; of what the outbound guard understands; of origins; of addresses, networks (address/bits) or all. */
const char *bm_add_word(cmd_parms *cmd, void *dummy, const char *word);
const char *bm_add_target(cmd_parms *cmd, void *dummy, const char *word);
const char *bm_add_origin(cmd_parms *cmd, void *dummy, const char *origin);
const char *bm_add_clients(cmd_parms *cmd, void *dummy, const char *word);

#endif
