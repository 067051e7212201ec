/* SPDX-License-Identifier: Apache-2.0 */
#include "api/resource.h"

#include <apr_strings.h>
#include "api/etag.h"
#include "store/row_json.h"

apr_status_t bm_resource_stored(json_t **pstored, bm_req_t *q, const bm_rows_t *rows, int row, int first,
                                const bm_field_t *fields)
{
    bm_buffer_t buffer = { 0 };
    bm_jw_t w;
    apr_status_t rv;

    bm_jw_init(&w, &buffer);
    bm_row_json_write(&w, rows, row, first, fields, 0);
    rv = w.rv != APR_SUCCESS ? w.rv : bm_json_parse(pstored, buffer.data, buffer.len, q->err, q->p);
    bm_buffer_free(&buffer);
    return rv == APR_SUCCESS ? rv : APR_EGENERAL;
}

apr_status_t bm_resource_merge(json_t **pmerged, bm_req_t *q, const bm_rows_t *rows, int first, const bm_field_t *fields,
                               const char *etag)
{
    json_t *stored;
    apr_status_t rv = bm_api_check_match(q, etag);

    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_resource_stored(&stored, q, rows, 0, first, fields);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_field_check(q->body, fields, BM_FIELD_UPDATE, stored, "", q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    *pmerged = bm_json_overlay(stored, q->body, q->p);
    return APR_SUCCESS;
}

const char *bm_resource_etag(const char *letter, const bm_rows_t *rows, int first, apr_pool_t *p)
{
    return bm_etag_of_version(letter, apr_pstrcat(p, bm_rows_text(rows, 0, first), ".", bm_rows_text(rows, 0, 0), NULL), p);
}

const char *bm_resource_names(const bm_rows_t *rows, int count, apr_pool_t *p)
{
    const char *text = "";
    int i;

    for (i = 0; i < count && i < 5; i++)
        text = apr_pstrcat(p, text, i ? ", '" : "'", bm_rows_text(rows, i, 1), "' (", bm_rows_text(rows, i, 0), ")", NULL);
    return count > 5 ? apr_psprintf(p, "%s and %d more", text, count - 5) : text;
}
