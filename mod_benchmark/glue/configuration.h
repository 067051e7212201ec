/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/configuration.h: what httpd's configuration says of our directives, and where. Thread: read once, as a child starts. */
#ifndef BM_GLUE_CONFIGURATION_H
#define BM_GLUE_CONFIGURATION_H

#include <apr_pools.h>
#include <apr_tables.h>

/** All directives in the order of our table: each as often as it stands somewhere (as httpd read it: without sections that did
 *  not hold), or once with its default. Elements: bm_configured_t (api/configuration_api.h), in p. */
apr_array_header_t *bm_configuration_read(apr_pool_t *p);

#endif
