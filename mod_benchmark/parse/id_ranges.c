/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/id_ranges.h"

#include <string.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include "base/text.h"

/* "7" or "7-9". */
static int read_range(apr_int64_t *first, apr_int64_t *last, const char *text, apr_pool_t *p)
{
    const char *dash = strchr(text, '-');

    if (bm_text_to_int64(first, dash != NULL ? apr_pstrmemdup(p, text, (apr_size_t)(dash - text)) : text, 0, APR_INT64_MAX)
        != APR_SUCCESS)
        return 0;
    *last = *first;
    return dash == NULL || (bm_text_to_int64(last, dash + 1, *first, APR_INT64_MAX) == APR_SUCCESS);
}

apr_status_t bm_id_ranges_read(apr_int64_t **ids, int *n, const char *text, int most, apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 32, sizeof(apr_int64_t));
    apr_int64_t first, last, before = -1;
    const char *at = text;

    for (;;) {
        size_t len = strcspn(at, ",");
        apr_int64_t i;

        if (len == 0 || len > 40 || !read_range(&first, &last, apr_pstrmemdup(p, at, len), p) || first <= before
            || last - first >= most - list->nelts)
            return APR_EINVAL;
        for (i = 0; i <= last - first; i++)
            APR_ARRAY_PUSH(list, apr_int64_t) = first + i;
        before = last;
        if (at[len] == '\0')
            break;
        at += len + 1;
    }
    *ids = (apr_int64_t *)(void *)list->elts;
    *n = list->nelts;
    return APR_SUCCESS;
}

const char *bm_id_ranges_write(const apr_int64_t *ids, int n, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, 8, sizeof(const char *));
    int i, first;

    for (i = 0; i < n; i++) {
        for (first = i; i + 1 < n && ids[i + 1] == ids[i] + 1; i++)
            ;
        APR_ARRAY_PUSH(parts, const char *) = first == i ? apr_psprintf(p, "%" APR_INT64_T_FMT, ids[i])
            : apr_psprintf(p, "%" APR_INT64_T_FMT "-%" APR_INT64_T_FMT, ids[first], ids[i]);
    }
    return parts->nelts > 0 ? apr_array_pstrcat(p, parts, ',') : "";
}
