/* SPDX-License-Identifier: Apache-2.0
 *
 * store/project_store.h: projects. Rows come as bm_row_json_write wants them: the version, then the fields of
 * bm_project_fields. A connection that is held to projects sees those (db/conn.h). Thread: that of db. */
#ifndef BM_STORE_PROJECT_STORE_H
#define BM_STORE_PROJECT_STORE_H

#include "base/json.h"
#include "db/query.h"
#include "model/projects.h"
#include "store/listing.h"

enum { BM_PROJECT_FIRST = 1 };

apr_status_t bm_project_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p);

/** One; lock: until the end of the transaction nobody else changes it. @return APR_NOTFOUND. */
apr_status_t bm_project_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p);

/** Add one, or replace one, and read it back. @return APR_EEXIST: another has the name; APR_NOTFOUND. */
apr_status_t bm_project_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                  apr_pool_t *p);
apr_status_t bm_project_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, const char *changed_by,
                                  bm_err_t *err, apr_pool_t *p);

/** What is in it: one row, a sentence; NULL: nothing. */
apr_status_t bm_project_store_contents(const char **pcontents, bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Delete an empty one, and take it from those who saw it. @return APR_NOTFOUND; APR_EEXIST: it is not empty. */
apr_status_t bm_project_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p);

/** Whether there are all of these; *pmissing: one that is not there, else 0. */
apr_status_t bm_project_store_missing(apr_int64_t *pmissing, bm_db_t *db, const bm_projects_t *projects, bm_err_t *err,
                                      apr_pool_t *p);

#endif
