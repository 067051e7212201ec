/* SPDX-License-Identifier: Apache-2.0
 *
 * prices_api.c: /prices: what calls of a model cost. PUT and PATCH are the same: members that are not given stay as they are. */
#include "api/prices_api.h"

#include <string.h>
#include "api/page.h"
#include "api/resource.h"
#include "base/timefmt.h"
#include "model/automation_model.h"
#include "model/price_model.h"
#include "store/price_store.h"

static const bm_schema_t price_schema = { "Price", bm_price_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "provider", BM_QUERY_ENUM, 0, 0, BM_AUTOMATION_PROVIDERS, "Kind of target." },
    { NULL }
};

static void reply(bm_req_t *q, const bm_rows_t *rows)
{
    bm_api_reply_row(q, rows, 0, BM_PRICE_FIRST, bm_price_fields, bm_resource_etag("p", rows, BM_PRICE_FIRST, q->p));
}

/* What a table cannot say. */
static apr_status_t check_price(bm_req_t *q, const json_t *price)
{
    const char *model = json_string_value(json_object_get(price, "model"));
    const char *currency = json_string_value(json_object_get(price, "currency"));
    const char *from = json_string_value(json_object_get(price, "valid_from"));
    const char *to = json_string_value(json_object_get(price, "valid_to"));
    const char *star = strchr(model, '*');
    apr_time_t begin, end;
    apr_status_t rv = APR_SUCCESS;

    if (star != NULL && star[1] != '\0')
        rv = bm_err_violation(q->err, "/model", "A * can stand at the end only.");
    if (strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(currency))
        rv = bm_err_violation(q->err, "/currency", "Must be three capital letters, as in ISO 4217.");
    if (from != NULL && to != NULL && bm_timefmt_parse(&begin, from) == APR_SUCCESS && bm_timefmt_parse(&end, to) == APR_SUCCESS
        && end <= begin)
        rv = bm_err_violation(q->err, "/valid_to", "Must be later than valid_from.");
    return rv;
}

/* Costs are added up wherever KPIs are, so there is one currency. */
static apr_status_t check_currency(bm_req_t *q, const json_t *price, apr_int64_t id)
{
    const char *currency = json_string_value(json_object_get(price, "currency"));
    const char *other;
    apr_status_t rv = bm_price_store_other_currency(&other, q->db, currency, id, q->err, q->p);

    if (rv != APR_SUCCESS || other == NULL)
        return rv;
    return bm_err_violation(q->err, "/currency", "The other prices are in %s, and costs are added up: it must be the same.",
                            other);
}

static apr_status_t prices_list(bm_req_t *q)
{
    const char *provider = bm_query_string_text(q->query, "provider");
    bm_page_t page;
    bm_rows_t *rows;
    apr_int64_t count;
    apr_status_t rv;

    bm_page_read(&page, q);
    rv = bm_price_store_list(&rows, q->db, provider, page.after > 0 ? page.after : 0, page.limit + 1, page.skip, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, BM_PRICE_FIRST, bm_price_fields, 0, BM_PRICE_FIRST);
    if (!page.total)
        return APR_SUCCESS;
    rv = bm_price_store_count(&count, q->db, provider, BM_PAGE_COUNT_MAX, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, count);
    return rv;
}

static apr_status_t prices_get(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_price_store_get(&rows, q->db, q->ids[0], 0, q->err, q->p);

    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t prices_create(bm_req_t *q)
{
    json_t *price = bm_field_complete(q->body, bm_price_fields, q->p);
    bm_rows_t *rows;
    apr_status_t rv = check_price(q, price);

    if (rv == APR_SUCCESS)
        rv = check_currency(q, price, 0);
    if (rv == APR_SUCCESS)
        rv = bm_price_store_add(&rows, q->db, price, q->who.user, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_api_set_location(q, "/prices/%s", bm_rows_text(rows, 0, BM_PRICE_FIRST));
    reply(q, rows);
    return APR_SUCCESS;
}

static apr_status_t prices_update(bm_req_t *q)
{
    json_t *merged;
    bm_rows_t *rows;
    apr_status_t rv = bm_price_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_resource_merge(&merged, q, rows, BM_PRICE_FIRST, bm_price_fields,
                               bm_resource_etag("p", rows, BM_PRICE_FIRST, q->p));
    if (rv == APR_SUCCESS)
        rv = check_price(q, merged);
    if (rv == APR_SUCCESS)
        rv = check_currency(q, merged, q->ids[0]);
    if (rv == APR_SUCCESS)
        rv = bm_price_store_put(&rows, q->db, q->ids[0], merged, q->err, q->p);
    if (rv == APR_SUCCESS)
        reply(q, rows);
    return rv;
}

static apr_status_t prices_delete(bm_req_t *q)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_price_store_get(&rows, q->db, q->ids[0], 1, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_api_check_match(q, bm_resource_etag("p", rows, BM_PRICE_FIRST, q->p));
    if (rv == APR_SUCCESS)
        rv = bm_price_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Price %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_prices_api_routes[] = {
    { "GET", "/prices", BM_ROLE_VIEWER, prices_list, BM_ROUTE_LIST, 200, list_params, NULL, &price_schema, "listPrices", "prices",
      "Prices, by id." },
    { "POST", "/prices", BM_ROLE_OPERATOR, prices_create, BM_ROUTE_IDEMPOTENT, 201, NULL, &price_schema, &price_schema,
      "createPrice", "prices", "Say what calls of a model cost." },
    { "GET", "/prices/{id}", BM_ROLE_VIEWER, prices_get, 0, 200, NULL, NULL, &price_schema, "getPrice", "prices", "One price." },
    { "PUT", "/prices/{id}", BM_ROLE_OPERATOR, prices_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL, &price_schema,
      &price_schema, "putPrice", "prices", "Change a price; members that are not given stay as they are." },
    { "PATCH", "/prices/{id}", BM_ROLE_OPERATOR, prices_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE, 200, NULL, &price_schema,
      &price_schema, "patchPrice", "prices", "Change a price; members that are not given stay as they are." },
    { "DELETE", "/prices/{id}", BM_ROLE_ADMIN, prices_delete, BM_ROUTE_TRANSACTION, 200, NULL, NULL, NULL, "deletePrice",
      "prices", "Delete a price; what was recorded keeps its cost." },
    { NULL }
};
