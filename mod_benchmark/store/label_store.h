/* SPDX-License-Identifier: Apache-2.0
 *
 * store/label_store.h: labels that have figures of their own: the table `labels`.
 *
 * Keys of KPIs hold their numbers, so a name is never removed, and there is an upper bound: labels that come later are counted
 * together under BM_LABEL_OTHER. Thread: that of db. */
#ifndef BM_STORE_LABEL_STORE_H
#define BM_STORE_LABEL_STORE_H

#include "db/query.h"

/** Number of all labels that have none of their own. */
#define BM_LABEL_OTHER 1
/** Labels that can have one. Several sessions that add the last ones at once may pass it by a few. */
#define BM_LABELS_MAX 1000

/** Of n names those that have numbers; in no order. */
enum { BM_LABEL_ID, BM_LABEL_NAME };
apr_status_t bm_label_store_find(bm_rows_t **prows, bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p);

/** Give numbers to those of n names that have none, as long as there is room. Two sessions at once wait for each other: call it
 *  outside a transaction. */
apr_status_t bm_label_store_add(bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p);

/** Names of n numbers, ascending by number; BM_LABEL_OTHER has an empty one. */
apr_status_t bm_label_store_names(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p);

/** Every label that has a number, BM_LABEL_OTHER first if it has runs, then by name: number, name, runs, requests of load tests,
 *  day of the newest (days since 1970; null: none). Counted are those whose figures are kept. */
enum { BM_LABEL_RUNS = 2, BM_LABEL_REQUESTS, BM_LABEL_DAY };
apr_status_t bm_label_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Number of a name, 0: it has none; then *full says whether its runs may be among BM_LABEL_OTHER. */
apr_status_t bm_label_store_id(int *id, int *full, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p);

#endif
