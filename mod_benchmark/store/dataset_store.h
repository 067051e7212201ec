/* SPDX-License-Identifier: Apache-2.0
 *
 * store/dataset_store.h: datasets and their entries. Rows come as bm_row_json_write wants them: column 0 is the version (for the
 * ETag), then the fields of bm_dataset_fields. Thread: that of db. */
#ifndef BM_STORE_DATASET_STORE_H
#define BM_STORE_DATASET_STORE_H

#include "base/json.h"
#include "db/query.h"

/** Column of the first field. */
enum { BM_DATASET_FIRST = 1 };

/** Ascending by id, without the bulky fields. q: part of the name, any case; NULL: all. limit: there may come some more. */
apr_status_t bm_dataset_store_list(bm_rows_t **prows, bm_db_t *db, const char *q, apr_int64_t after, int limit, apr_int64_t skip,
                                   bm_err_t *err, apr_pool_t *p);

/** How many match, counted up to `most` + 1. */
apr_status_t bm_dataset_store_count(apr_int64_t *count, bm_db_t *db, const char *q, apr_int64_t most, bm_err_t *err,
                                    apr_pool_t *p);

typedef enum bm_dataset_lock_e {
    BM_DATASET_READ,
    BM_DATASET_KEEP,          /* it is not deleted before the end of the transaction */
    BM_DATASET_CHANGE         /* nobody else keeps or changes it until then */
} bm_dataset_lock_e;

/** One dataset. @return APR_NOTFOUND. */
apr_status_t bm_dataset_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_dataset_lock_e lock, bm_err_t *err,
                                  apr_pool_t *p);

/** As definitions: those behind `after`, and one (bm_dataset_export_fields, bm_dataset_definition_fields). lock: nobody else
 *  changes it before the end of the transaction. */
apr_status_t bm_dataset_store_export(bm_rows_t **prows, bm_db_t *db, apr_int64_t after, int limit, bm_err_t *err, apr_pool_t *p);
apr_status_t bm_dataset_store_definition(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** What is uploaded. */
typedef struct bm_dataset_upload_t {
    apr_int64_t project_id;
    const char *name, *format;
    const char *entries;                 /* JSON array of objects */
    int count;
    apr_int64_t bytes;
    const char *created_by;              /* NULL: anonymous */
} bm_dataset_upload_t;

/** Add it with its entries; call it in a transaction. */
apr_status_t bm_dataset_store_add(bm_rows_t **prows, bm_db_t *db, const bm_dataset_upload_t *upload, bm_err_t *err,
                                  apr_pool_t *p);

/** number and inputs of the entries behind number `after`, ascending. @return APR_NOTFOUND: no such dataset. */
apr_status_t bm_dataset_store_entries(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, apr_int64_t after, int limit, bm_err_t *err,
                                      apr_pool_t *p);

/** @return APR_NOTFOUND. */
apr_status_t bm_dataset_store_rename(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const char *name, bm_err_t *err,
                                     apr_pool_t *p);

/** id and name of load tests that wait or run and refer to it. */
apr_status_t bm_dataset_store_users(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete it with its entries. */
apr_status_t bm_dataset_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

#endif
