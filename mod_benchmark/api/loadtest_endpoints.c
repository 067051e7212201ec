/* SPDX-License-Identifier: Apache-2.0 */
#include "api/loadtest_endpoints.h"

#include <string.h>
#include <apr_strings.h>
#include "model/field.h"
#include "model/identity.h"
#include "model/scope.h"
#include "provider/provider.h"
#include "provider/provider_url.h"

/* A placeholder would be filled for each request anew: nobody could say how many endpoints there are. */
static apr_status_t check_url(bm_req_t *q, const char *url, const char *pointer)
{
    if (strstr(url, "{{") != NULL)
        return bm_err_violation(q->err, pointer, "Must be an address as it is, without placeholders.");
    return bm_provider_url_check(url, pointer, q->err, q->p);
}

apr_status_t bm_loadtest_endpoints_check(bm_req_t *q, const json_t *urls, const char *where, const char *provider)
{
    const bm_provider_t *of = bm_provider_find(provider);
    apr_status_t rv = APR_SUCCESS, one;
    size_t i;

    if (json_array_size(urls) == 0)
        return APR_SUCCESS;
    if (q->who.identity != NULL && !(q->who.identity->scopes & BM_SCOPE_WRITE))
        return bm_err_set(q->err, APR_EACCES, "scope_too_small", "Endpoints say where the automation's keys are sent: this needs "
                          "the scope write, which this API key does not have.");
    if (of == NULL || bm_field_find(of->connection_fields, "url") == NULL)
        return bm_err_violation(q->err, where, "The automation's provider has no url.");
    for (i = 0; i < json_array_size(urls); i++) {
        one = check_url(q, json_string_value(json_array_get(urls, i)),
                        apr_psprintf(q->p, "%s/%lu", where, (unsigned long)i));
        rv = one != APR_SUCCESS ? one : rv;
    }
    return rv;
}

apr_status_t bm_loadtest_hedge_check(bm_req_t *q, const json_t *plan, const char *provider)
{
    const bm_provider_t *of = bm_provider_find(provider);

    if (json_object_get(plan, "hedge") == NULL || of == NULL || of->repeatable)
        return APR_SUCCESS;
    return bm_err_violation(q->err, "/hedge", "Calls of provider %s must not be made twice.", provider);
}
