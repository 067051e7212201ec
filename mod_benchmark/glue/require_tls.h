/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/require_tls.h: BenchmarkRequireTLS: nothing but /health over plain HTTP, unless the client is on this machine.
 *
 * It is TLS where httpd says https: mod_ssl, or "ServerName https://..." of a server behind a proxy that ends TLS. A header of
 * the client's never does. Before any credential is looked at. Thread: request. */
#ifndef BM_GLUE_REQUIRE_TLS_H
#define BM_GLUE_REQUIRE_TLS_H

#include <apr_pools.h>

void bm_require_tls_register(apr_pool_t *p);

#endif
