/* SPDX-License-Identifier: Apache-2.0 */
#include "api/resource.h"

#include <string.h>
#include <apr_strings.h>
#include "api/etag.h"
#include "api/page.h"
#include "parse/id_ranges.h"
#include "store/row_json.h"

enum { IDS_MAX = 1000 };

apr_status_t bm_resource_json(json_t **pjson, const bm_rows_t *rows, int row, int first, const bm_field_t *fields, bm_err_t *err,
                              apr_pool_t *p)
{
    bm_buffer_t buffer = { 0 };
    bm_jw_t w;
    apr_status_t rv;

    bm_jw_init(&w, &buffer);
    bm_row_json_write(&w, rows, row, first, fields, 0);
    rv = w.rv != APR_SUCCESS ? w.rv : bm_json_parse(pjson, buffer.data, buffer.len, err, p);
    bm_buffer_free(&buffer);
    return rv == APR_SUCCESS ? rv : APR_EGENERAL;
}

apr_status_t bm_resource_stored(json_t **pstored, bm_req_t *q, const bm_rows_t *rows, int row, int first,
                                const bm_field_t *fields)
{
    return bm_resource_json(pstored, rows, row, first, fields, q->err, q->p);
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

/* --- handlers */

static const char *etag_of(const bm_resource_t *resource, const bm_rows_t *rows, apr_pool_t *p)
{
    return bm_resource_etag(resource->letter, rows, resource->first, p);
}

static void reply(bm_req_t *q, const bm_resource_t *resource, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, resource->first, resource->fields, etag_of(resource, rows, q->p));
}

apr_status_t bm_resource_list(bm_req_t *q, const bm_resource_t *resource)
{
    const char *order = bm_query_string_text(q->query, "order"), *ids = bm_query_string_text(q->query, "ids");
    bm_listing_t listing = { 0 };
    apr_int64_t *numbers;
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv;
    int by_id;

    bm_page_read(&page, q);
    listing.q = bm_query_string_text(q->query, "q");
    listing.label = bm_query_string_text(q->query, "label");
    listing.sort = bm_query_string_text(q->query, "sort");
    listing.descending = order != NULL && strcmp(order, "desc") == 0;
    listing.after = page.after;
    listing.skip = page.skip;
    listing.limit = page.limit + 1;
    by_id = listing.sort == NULL || strcmp(listing.sort, "id") == 0;
    if (page.after > 0 && !by_id)
        return bm_err_violation(q->err, "?after", "Goes with the order by id only; use skip.");
    if (ids != NULL && bm_id_ranges_read(&numbers, &listing.id_count, ids, IDS_MAX, q->p) != APR_SUCCESS)
        return bm_err_violation(q->err, "?ids", "Must be ascending numbers and ranges such as 3,7,10-12, %d at most.", IDS_MAX);
    listing.ids = ids != NULL ? numbers : NULL;
    rv = resource->list(&rows, q, &listing);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, resource->first, resource->fields, 0, by_id ? resource->first : -1);
    if (!page.total)
        return APR_SUCCESS;
    listing.count_only = 1;
    rv = resource->list(&rows, q, &listing);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, bm_rows_int64(rows, 0, 0, 0));
    return rv;
}

apr_status_t bm_resource_get(bm_req_t *q, const bm_resource_t *resource)
{
    bm_rows_t *rows;
    apr_status_t rv = resource->get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, resource, rows);
    return rv;
}

apr_status_t bm_resource_create(bm_req_t *q, const bm_resource_t *resource)
{
    json_t *body = bm_field_complete(q->body, resource->fields, q->p);
    bm_rows_t *rows;
    apr_status_t rv = resource->check(q, body);

    if (rv == APR_SUCCESS)
        rv = resource->add(&rows, q->db, body, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "%s/%s", resource->path, bm_rows_text(rows, 0, resource->first));
    reply(q, resource, rows);
    return APR_SUCCESS;
}

/* The stored resource with the members of the request laid over it. */
static apr_status_t merge(json_t **pmerged, bm_req_t *q, const bm_resource_t *resource, const bm_rows_t *rows)
{
    json_t *stored;
    apr_status_t rv = bm_api_check_match(q, etag_of(resource, rows, q->p));

    if (rv == APR_SUCCESS)
        rv = bm_resource_stored(&stored, q, rows, 0, resource->first, resource->fields);
    if (rv == APR_SUCCESS)
        rv = bm_field_check(q->body, resource->fields, BM_FIELD_UPDATE, stored, "", q->err, q->p);
    if (rv == APR_SUCCESS)
        *pmerged = bm_json_overlay(stored, q->body, q->p);
    return rv;
}

apr_status_t bm_resource_update(bm_req_t *q, const bm_resource_t *resource)
{
    json_t *merged;
    bm_rows_t *rows;
    apr_status_t rv = resource->get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = merge(&merged, q, resource, rows);
    if (rv == APR_SUCCESS)
        rv = resource->check(q, merged);
    if (rv == APR_SUCCESS)
        rv = resource->put(&rows, q->db, q->ids[0], merged, q->who.user, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, resource, rows);
    return rv;
}

apr_status_t bm_resource_lock(bm_req_t *q, const bm_resource_t *resource)
{
    bm_rows_t *rows;
    apr_status_t rv = resource->get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    return rv == APR_SUCCESS ? bm_api_check_match(q, etag_of(resource, rows, q->p)) : rv;
}
