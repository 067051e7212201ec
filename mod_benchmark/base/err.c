/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"

/* A name of a member can be as long as the body. */
enum { POINTER_MAX = 300 };

bm_err_t *bm_err_make(apr_pool_t *p)
{
    bm_err_t *err = apr_pcalloc(p, sizeof(*err));

    err->p = p;
    err->violations = apr_array_make(p, 2, sizeof(bm_violation_t));
    return err;
}

apr_status_t bm_err_set(bm_err_t *err, apr_status_t rv, const char *code, const char *fmt, ...)
{
    va_list args;

    if (err == NULL)
        return rv;
    va_start(args, fmt);
    err->detail = apr_pvsprintf(err->p, fmt, args);
    va_end(args);
    err->status = rv;
    err->code = code ? apr_pstrdup(err->p, code) : NULL;
    return rv;
}

apr_status_t bm_err_violation(bm_err_t *err, const char *pointer, const char *fmt, ...)
{
    bm_violation_t *violation;
    va_list args;

    if (err == NULL)
        return APR_EINVAL;
    err->status = APR_EINVAL;
    if (err->violations->nelts >= BM_ERR_VIOLATIONS_MAX)
        return APR_EINVAL;
    violation = apr_array_push(err->violations);
    violation->pointer = bm_text_clean_utf8(pointer, strlen(pointer), POINTER_MAX, err->p);
    va_start(args, fmt);
    violation->detail = apr_pvsprintf(err->p, fmt, args);
    va_end(args);
    return APR_EINVAL;
}

int bm_err_is_set(const bm_err_t *err)
{
    return err->status != APR_SUCCESS;
}
