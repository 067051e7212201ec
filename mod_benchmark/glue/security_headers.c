/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/security_headers.h"

#define PAGE_POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; " \
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
#define API_POLICY "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

void bm_security_headers_set(request_rec *r, const bm_place_t *place)
{
    apr_table_t *out = r->err_headers_out;       /* sent with errors, too */

    apr_table_setn(out, "Content-Security-Policy", place->kind == BM_PLACE_PAGE ? PAGE_POLICY : API_POLICY);
    apr_table_setn(out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(out, "X-Frame-Options", "DENY");
    apr_table_setn(out, "Referrer-Policy", "no-referrer");
    apr_table_setn(out, "Cross-Origin-Opener-Policy", "same-origin");
    apr_table_setn(out, "Cross-Origin-Resource-Policy", "same-origin");
    apr_table_setn(out, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    apr_table_setn(out, "X-Request-Id", place->request_id);
    if (place->kind == BM_PLACE_API)
        apr_table_setn(out, "Cache-Control", "no-store");
}
