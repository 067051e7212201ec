/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/configuration.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include <httpd.h>
#include <http_config.h>
#include "api/configuration_api.h"
#include "glue/directives.h"

/* Their text may hold a password: nobody is shown it then. */
static const char *const may_hold_passwords[] = { "BenchmarkDSN", "BenchmarkDirectDSN", "BenchmarkMigrateDSN",
                                                  "BenchmarkTargetProxy", "BenchmarkOtlpEndpoint" };

static int is_hidden(const char *directive, const char *text)
{
    size_t i;

    for (i = 0; i < sizeof(may_hold_passwords) / sizeof(may_hold_passwords[0]); i++)
        if (strcasecmp(directive, may_hold_passwords[i]) == 0)
            return strchr(text, '@') != NULL || strcasestr(text, "password") != NULL;
    return 0;
}

static void add(apr_array_header_t *list, const command_rec *row, const ap_directive_t *at, const char *section)
{
    bm_configured_t *c = apr_array_push(list);

    memset(c, 0, sizeof(*c));
    c->directive = row->name;
    c->doc = row->errmsg;
    c->fallback = bm_directives_fallback(row);
    if (at == NULL)
        return;
    c->hidden = is_hidden(row->name, at->args);
    c->value = c->hidden ? NULL : apr_pstrdup(list->pool, at->args);
    c->file = apr_pstrdup(list->pool, at->filename);
    c->line = at->line_num;
    c->section = section;
}

/* A section's directive stands as "<VirtualHost" with "*:443>" as its arguments. */
static const char *section_of(const ap_directive_t *at, const char *outer, apr_pool_t *p)
{
    return strncasecmp(at->directive, "<If", 3) == 0 ? outer : apr_pstrcat(p, at->directive, " ", at->args, NULL);
}

static void look_for(apr_array_header_t *list, const command_rec *row, const ap_directive_t *at, const char *section)
{
    for (; at != NULL; at = at->next) {
        if (strcasecmp(at->directive, row->name) == 0)
            add(list, row, at, section);
        if (at->first_child != NULL)
            look_for(list, row, at->first_child, section_of(at, section, list->pool));
    }
}

apr_array_header_t *bm_configuration_read(apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 128, sizeof(bm_configured_t));
    const command_rec *row;

    for (row = bm_directives; row->name != NULL; row++) {
        int before = list->nelts;

        look_for(list, row, ap_conftree, NULL);
        if (list->nelts == before)
            add(list, row, NULL, NULL);
    }
    return list;
}
