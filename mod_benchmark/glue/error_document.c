/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/error_document.h"

#include <httpd.h>
#include <apr_buckets.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <util_filter.h>
#include "api/problem.h"
#include "glue/request.h"
#include "glue/router.h"
#include "glue/security_headers.h"

#define FILTER_NAME "BENCHMARK_PROBLEM"

/* The end of an answer: everything of the body is in what came so far. */
static int holds_the_end(const apr_bucket_brigade *bb)
{
    apr_bucket *b;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb); b = APR_BUCKET_NEXT(b))
        if (APR_BUCKET_IS_EOS(b) || AP_BUCKET_IS_EOR(b))
            return 1;
    return 0;
}

/* Remove data, keep what steers the connection. */
static void drop_data(apr_bucket_brigade *bb)
{
    apr_bucket *b = APR_BRIGADE_FIRST(bb);

    while (b != APR_BRIGADE_SENTINEL(bb)) {
        apr_bucket *next = APR_BUCKET_NEXT(b);

        if (!APR_BUCKET_IS_METADATA(b))
            apr_bucket_delete(b);
        b = next;
    }
}

static apr_status_t problem_filter(ap_filter_t *f, apr_bucket_brigade *bb)
{
    request_rec *r = f->r;
    const bm_place_t *place = bm_router_place_of(r);
    bm_err_t *err = NULL;
    bm_buffer_t *out;

    drop_data(bb);
    if (!holds_the_end(bb)) {
        apr_brigade_cleanup(bb);
        return APR_SUCCESS;
    }
    out = apr_pcalloc(r->pool, sizeof(*out));
    bm_buffer_adopt(out, r->pool);
    if (place != NULL && place->needs_tls) {
        err = bm_err_make(r->pool);
        (void)bm_err_set(err, APR_EACCES, "tls_required", "This server is not used over plain HTTP (BenchmarkRequireTLS).");
    }
    bm_problem_write(out, r->status, err, NULL, bm_request_id(r));
    ap_set_content_type(r, BM_PROBLEM_TYPE);
    ap_set_content_length(r, (apr_off_t)out->len);
    APR_BRIGADE_INSERT_HEAD(bb, apr_bucket_immortal_create(out->data, out->len, bb->bucket_alloc));
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, bb);
}

static void insert_error_filter(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    bm_place_t *late;

    if (r->status < 400)
        return;
    if (place == NULL) {                        /* it failed before translate_name, or is an internal redirect's error */
        place = bm_router_place(bm_directives_of(r->server), r->uri ? r->uri : "/", r->pool);
        if (place == NULL)
            return;
        late = apr_pmemdup(r->pool, place, sizeof(*place));
        late->request_id = bm_request_id(r);
        bm_security_headers_set(r, late);
    }
    ap_add_output_filter(FILTER_NAME, NULL, r, r->connection);
}

void bm_error_document_register(void)
{
    ap_register_output_filter(FILTER_NAME, problem_filter, NULL, AP_FTYPE_RESOURCE);
    ap_hook_insert_error_filter(insert_error_filter, NULL, NULL, APR_HOOK_LAST);
}
