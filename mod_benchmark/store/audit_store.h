/* SPDX-License-Identifier: Apache-2.0
 *
 * store/audit_store.h: the audit log: rows that are only ever added, and the chain of hashes over them.
 *
 * Who writes a row waits for nobody: the chain is made behind, by one job of the cluster. Thread: that of db. */
#ifndef BM_STORE_AUDIT_STORE_H
#define BM_STORE_AUDIT_STORE_H

#include "db/query.h"
#include "model/projects.h"

typedef struct bm_audit_entry_t {
    const char *actor;               /* NULL: nobody who is known */
    const char *role;
    const char *address;             /* NULL: not known */
    const char *action, *object;
    const char *const *members;
    int member_count;
    int denied;
    int status;
    const char *request_id;
    const char *kind;                /* of the object, as in its path: "automations"; NULL: has no project of its own */
    apr_int64_t id;
    const bm_projects_t *projects;   /* that the actor sees, for entries whose object is not found; NULL: not known */
} bm_audit_entry_t;

/** What to list; NULL and 0: not filtered. */
typedef struct bm_audit_filter_t {
    const char *actor, *action, *outcome, *request_id;
    const char *object;              /* it, and what is below it: "/automations" */
    apr_time_t from, to;             /* [from, to) */
    apr_int64_t after;               /* ids behind this, or with descending before it */
    int descending;
    int limit;
    apr_int64_t skip;
    int count_only;                  /* one row: how many there are */
} bm_audit_filter_t;

/** What an entry is made of, for statements that add one beside their change. */
#define BM_AUDIT_COLUMNS "(actor, role, address, action, object, members, outcome, status, request_id, projects)"

/** Add a row, in the transaction of db if there is one. It is of its object's project, if db finds it, else of its actor's. */
apr_status_t bm_audit_store_add(bm_db_t *db, const bm_audit_entry_t *entry, bm_err_t *err, apr_pool_t *p);

/** Project of an object by the first word of its path; 0: it is not there, or has none. */
apr_status_t bm_audit_store_project_of(apr_int64_t *pproject_id, bm_db_t *db, const char *kind, apr_int64_t id, bm_err_t *err,
                                       apr_pool_t *p);

/** Rows by id, columns as bm_audit_fields. */
apr_status_t bm_audit_store_list(bm_rows_t **prows, bm_db_t *db, const bm_audit_filter_t *filter, bm_err_t *err, apr_pool_t *p);

/** Chain what has become final since the last time. *sealed: how many rows; *head: "batch hash" of the chain's new end, in p;
 *  NULL: nothing was final. */
apr_status_t bm_audit_store_seal(int *sealed, const char **head, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

/** Whether the chain has that batch with that hash (hex); *removed: that cannot be told, for the batch is gone by retention. */
apr_status_t bm_audit_store_has(int *has, int *removed, bm_db_t *db, apr_int64_t batch, const char *hash, bm_err_t *err,
                                apr_pool_t *p);

/** Remove batches of which every entry is older than `days`, some at once, up to the first that is not what was sealed. *removed:
 *  how many entries; *head: "batch hash" of the last one that is gone, in p; *broken: number of that first one (0: none), which
 *  stays, with all behind it. Thread: that of db, outside transactions. */
apr_status_t bm_audit_store_forget(int *removed, const char **head, apr_int64_t *broken, bm_db_t *db, int days, bm_err_t *err,
                                   apr_pool_t *p);

/** Make the chain again from the rows. One row: batches, rows in them, first batch that does not fit (null: all do), number and
 *  hash (hex) of the last one (null: there is none), rows that are in none yet, the last batch that was removed
 *  (null: none was). */
apr_status_t bm_audit_store_verify(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
