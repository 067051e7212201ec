/* SPDX-License-Identifier: Apache-2.0
 *
 * store/run_order_store.h: what a run is made of, and its way into the queue.
 *
 * Rows that are runs are those of store/run_store.h. Thread: that of db. */
#ifndef BM_STORE_RUN_ORDER_STORE_H
#define BM_STORE_RUN_ORDER_STORE_H

#include "store/audit_store.h"
#include "store/run_store.h"

/** What a run of a scenario is made of: one row with provider, connection, default_inputs, tinyfish_automation_id,
 *  inputs_template, run_settings, labels (array_to_json), version, automation_id, project_id, the scenario's name, the
 *  automation's confirmed_rate, the scenario's id. @return APR_NOTFOUND. */
apr_status_t bm_run_order_store_parts(bm_rows_t **prows, bm_db_t *db, apr_int64_t scenario_id, bm_err_t *err, apr_pool_t *p);

/** Likewise for n askers by one statement. @return as bm_run_store_get_each. */
apr_status_t bm_run_order_store_parts_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** What is put into the queue. */
typedef struct bm_run_order_t {
    apr_int64_t automation_id, scenario_id, project_id;
    int kind;
    int scenario_version;
    int priority;
    int max_attempts;
    apr_time_t run_at;                   /* 0: now */
    const char *spec;                    /* model/run_spec.h */
    const char *const *labels;
    int label_count;
    const char *created_by;              /* NULL: anonymous */
    const char *const *locations;        /* where it may be performed, one run (or bulk) for each; NULL: once, anywhere */
    int location_count;
    const bm_audit_entry_t *entry;       /* goes into the audit log with it, as one about the run; NULL: somebody else's affair.
                                          * Not of bm_run_order_store_add_many */
    const char *group;                   /* label that says which were fanned out together; NULL: were not */
    /* of the automation; not stored */
    double confirmed_rate;               /* NaN: none */
    const char *provider, *model;        /* model NULL: none is known before */
} bm_run_order_t;

/** Queue one run, at the first of its locations, and read it back, in one round trip. fields: as for bm_run_store_get. */
apr_status_t bm_run_order_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const bm_field_t *fields,
                                    bm_err_t *err, apr_pool_t *p);

/** Queue the orders of n askers, each as above, by one statement, all or none, and give each its row.
 *  @return as bm_run_store_get_each. */
apr_status_t bm_run_order_store_add_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Queue `count` runs alike for each location, in this order: rows of one column, their ids ascending. */
apr_status_t bm_run_order_store_add_many(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, int count, bm_err_t *err,
                                         apr_pool_t *p);

#endif
