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

static apr_status_t check_members(bm_req_t *q, const json_t *price)
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

/* What a table cannot say. Costs are added up wherever KPIs are, so there is one currency. */
static apr_status_t check_price(bm_req_t *q, json_t *price)
{
    const char *other;
    apr_status_t rv = check_members(q, price);

    if (rv == APR_SUCCESS)
        rv = bm_price_store_other_currency(&other, q->db, json_string_value(json_object_get(price, "currency")),
                                           json_integer_value(json_object_get(price, "id")), q->err, q->p);
    if (rv != APR_SUCCESS || other == NULL)
        return rv;
    return bm_err_violation(q->err, "/currency", "The other prices are in %s, and costs are added up: it must be the same.",
                            other);
}

static apr_status_t price_list(bm_rows_t **prows, bm_req_t *q, const bm_listing_t *listing)
{
    return bm_price_store_list(prows, q->db, listing, bm_query_string_text(q->query, "provider"), q->err, q->p);
}

/* Who changed it is not kept. */
static apr_status_t price_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                              bm_err_t *err, apr_pool_t *p)
{
    (void)changed_by;
    return bm_price_store_put(prows, db, id, body, err, p);
}

const bm_resource_t bm_prices_api_resource = {
    .letter = "p",
    .path = "/prices",
    .fields = bm_price_fields,
    .first = BM_PRICE_FIRST,
    .check = check_price,
    .list = price_list,
    .get = bm_price_store_get,
    .add = bm_price_store_add,
    .put = price_put
};

static apr_status_t prices_list(bm_req_t *q)
{
    return bm_resource_list(q, &bm_prices_api_resource);
}

static apr_status_t prices_get(bm_req_t *q)
{
    return bm_resource_get(q, &bm_prices_api_resource);
}

static apr_status_t prices_create(bm_req_t *q)
{
    return bm_resource_create(q, &bm_prices_api_resource);
}

static apr_status_t prices_update(bm_req_t *q)
{
    return bm_resource_update(q, &bm_prices_api_resource);
}

static apr_status_t prices_delete(bm_req_t *q)
{
    apr_status_t rv = bm_resource_lock(q, &bm_prices_api_resource);

    if (rv == APR_SUCCESS)
        rv = bm_price_store_delete(q->db, q->ids[0], q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_api_reply_message(q, "Price %" APR_INT64_T_FMT " was deleted.", q->ids[0]);
    return rv;
}

const bm_route_t bm_prices_api_routes[] = {
    { "GET", "/prices", BM_ROLE_VIEWER, prices_list, BM_ROUTE_LIST, 200, list_params, NULL, &price_schema, "listPrices", "prices",
      "Prices, by id." },
    { "POST", "/prices", BM_ROLE_OPERATOR, prices_create, BM_ROUTE_IDEMPOTENT | BM_ROUTE_WHOLE, 201, NULL, &price_schema,
      &price_schema, "createPrice", "prices", "Say what calls of a model cost." },
    { "GET", "/prices/{id}", BM_ROLE_VIEWER, prices_get, 0, 200, NULL, NULL, &price_schema, "getPrice", "prices", "One price." },
    { "PUT", "/prices/{id}", BM_ROLE_OPERATOR, prices_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE | BM_ROUTE_WHOLE, 200,
      NULL, &price_schema, &price_schema, "putPrice", "prices", "Change a price; members that are not given stay as they are." },
    { "PATCH", "/prices/{id}", BM_ROLE_OPERATOR, prices_update, BM_ROUTE_TRANSACTION | BM_ROUTE_UPDATE | BM_ROUTE_WHOLE, 200,
      NULL, &price_schema,
      &price_schema, "patchPrice", "prices", "Change a price; members that are not given stay as they are." },
    { "DELETE", "/prices/{id}", BM_ROLE_ADMIN, prices_delete, BM_ROUTE_TRANSACTION | BM_ROUTE_WHOLE, 200, NULL, NULL, NULL,
      "deletePrice", "prices", "Delete a price; what was recorded keeps its cost." },
    { NULL }
};
