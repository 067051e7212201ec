/* SPDX-License-Identifier: Apache-2.0
 *
 * api/dataset_definition.h: datasets as definitions: made with their entries, looked for by name, never changed. */
#ifndef BM_API_DATASET_DEFINITION_H
#define BM_API_DATASET_DEFINITION_H

#include "api/resource.h"

extern const bm_resource_t bm_dataset_definition_resource;

/** As bm_definition_kind_t.list. */
apr_status_t bm_dataset_definition_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err,
                                        apr_pool_t *p);

#endif
