/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi_print.c: the OpenAPI document of a server at /api/v1, as docs/openapi.json has it. `make openapi` renews that. */
#include "config.h"

#include <stdio.h>
#include <apr_general.h>
#include "api/openapi.h"

int main(void)
{
#ifndef HAVE_WSLAY
    fputs("openapi_print: docs/openapi.json has the WebSockets, too; this is built without wslay\n", stderr);
    return 1;
#else
    apr_pool_t *p;
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    json_t *document = NULL;
    int rc = 1;

    apr_initialize();
    apr_pool_create(&p, NULL);
    bm_jw_init(&w, &out);
    bm_openapi_write(&w, "/api/v1", p);
    if (w.rv == APR_SUCCESS && bm_json_parse(&document, out.data, out.len, NULL, p) == APR_SUCCESS
        && json_dumpf(document, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15)) == 0) {
        putchar('\n');
        rc = fflush(stdout) == 0 ? 0 : 1;
    }
    bm_buffer_free(&out);
    apr_terminate();
    return rc;
#endif
}
