/* SPDX-License-Identifier: Apache-2.0
 *
 * api/configuration_api.h: GET /configuration: what this server's configuration says, and where. */
#ifndef BM_API_CONFIGURATION_API_H
#define BM_API_CONFIGURATION_API_H

#include "api/api.h"

/** A directive as it stands in httpd's configuration, or, without a file, as it is by default. */
typedef struct bm_configured_t {
    const char *directive;
    const char *value;                   /* its arguments; NULL: it stands nowhere, or is hidden */
    const char *fallback;                /* what holds without it; NULL: nothing, or what `doc` says */
    const char *doc;
    const char *file;                    /* NULL: it stands nowhere */
    int line;
    const char *section;                 /* such as "<VirtualHost *:443>"; NULL: none */
    int hidden;                          /* its arguments hold a password */
} bm_configured_t;

extern const bm_route_t bm_configuration_api_routes[];

#endif
