/* SPDX-License-Identifier: Apache-2.0 */
#include "api/definition_kind.h"

#include <apr_strings.h>
#include "api/automations_api.h"
#include "api/dataset_definition.h"
#include "api/prices_api.h"
#include "api/scenarios_api.h"
#include "api/views_api.h"
#include "model/automation_model.h"
#include "model/dataset_model.h"
#include "model/price_model.h"
#include "model/scenario_model.h"
#include "model/view_model.h"
#include "store/automation_store.h"
#include "store/price_store.h"
#include "store/scenario_store.h"
#include "store/view_store.h"

#define PAGE 500
#define PAGE_OF_DATASETS 50              /* with their entries */

static apr_status_t list_automations(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    return bm_automation_store_list(prows, db, listing, NULL, err, p);
}

static apr_status_t list_scenarios(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    return bm_scenario_store_list(prows, db, listing, -1, err, p);
}

static apr_status_t list_prices(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    return bm_price_store_list(prows, db, listing, NULL, err, p);
}

static apr_status_t list_views(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p)
{
    return bm_view_store_list(prows, db, listing, NULL, err, p);
}

const bm_definition_kind_t bm_definition_kinds[BM_DEFINITION_KINDS] = {
    { .member = "automations", .one = "automation", .resource = &bm_automations_api_resource, .table = BM_DEFINITION_AUTOMATIONS,
      .named_by = "name", .key = { "name" }, .page = PAGE, .shown = bm_automation_fields, .list = list_automations },
    { .member = "scenarios", .one = "scenario", .resource = &bm_scenarios_api_resource, .table = BM_DEFINITION_SCENARIOS,
      .named_by = "name", .key = { "name", "automation_id" }, .owner_id = "automation_id", .owner = "automation",
      .page = PAGE, .shown = bm_scenario_fields, .list = list_scenarios },
    { .member = "prices", .one = "price", .resource = &bm_prices_api_resource, .table = BM_DEFINITION_PRICES,
      .named_by = "model", .key = { "model", "provider", "valid_from" }, .page = PAGE, .shown = bm_price_fields,
      .list = list_prices },
    { .member = "datasets", .one = "dataset", .resource = &bm_dataset_definition_resource, .table = BM_DEFINITION_DATASETS,
      .named_by = "name", .key = { "name" }, .page = PAGE_OF_DATASETS, .shown = bm_dataset_export_fields,
      .list = bm_dataset_definition_list },
    { .member = "views", .one = "view", .resource = &bm_views_api_resource, .table = BM_DEFINITION_VIEWS, .named_by = "name",
      .key = { "name", "page" }, .page = PAGE, .shown = bm_view_fields, .list = list_views }
};

const char *bm_definition_name(const bm_definition_kind_t *kind, const json_t *definition, apr_pool_t *p)
{
    const char *name = json_string_value(json_object_get(definition, kind->named_by));
    const char *of = json_string_value(json_object_get(definition, kind->owner ? kind->owner : "provider"));

    if (kind->table == BM_DEFINITION_AUTOMATIONS || kind->table == BM_DEFINITION_DATASETS || of == NULL)
        return name;
    return apr_pstrcat(p, name, " (", of, ")", NULL);
}

const char *bm_definition_key(const bm_definition_kind_t *kind, const json_t *object, apr_pool_t *p)
{
    json_t *values = bm_json_adopt(json_array(), p);
    int i;

    for (i = 0; kind->key[i] != NULL; i++) {
        json_t *value = json_object_get(object, kind->key[i]);

        json_array_append(values, value != NULL ? value : json_null());
    }
    return bm_json_dump(NULL, values, p);
}
