/* SPDX-License-Identifier: Apache-2.0
 *
 * mod_benchmark.c: the module record and the registration of hooks. Everything it points to lives in glue/. */
#include <httpd.h>
#include <http_config.h>
#include "glue/audit_denials.h"
#include "glue/directives.h"
#include "glue/lifecycle.h"
#include "glue/live_conn.h"
#include "glue/metering.h"
#include "glue/rate_limit.h"
#include "glue/require_tls.h"
#include "glue/router.h"
#include "glue/server_status.h"
#include "glue/target_handler.h"

static void register_hooks(apr_pool_t *p)
{
    bm_lifecycle_register(p);      /* start, child start */
    bm_router_register(p);         /* requests */
    bm_require_tls_register(p);    /* what comes over plain HTTP */
    bm_rate_limit_register(p);     /* passwords that httpd checks */
    bm_audit_denials_register(p);  /* what was not allowed */
    bm_live_conn_register(p);      /* connections that are kept for events */
    bm_metering_register(p);       /* what /metrics tells of requests */
    bm_server_status_register(p);  /* our part of mod_status' page */
    bm_target_handler_register(p); /* SetHandler benchmark-target */
}

__attribute__((visibility("default"))) AP_DECLARE_MODULE(benchmark) = {
    STANDARD20_MODULE_STUFF,
    NULL,                          /* no directives per directory */
    NULL,
    bm_directives_create,
    bm_directives_merge,
    bm_directives,
    register_hooks
};
