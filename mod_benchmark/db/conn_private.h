/* SPDX-License-Identifier: Apache-2.0
 *
 * db/conn_private.h: what the files of this room know of a connection. Nobody else includes it. */
#ifndef BM_DB_CONN_PRIVATE_H
#define BM_DB_CONN_PRIVATE_H

#include <apr_hash.h>
#include <apr_tables.h>
#include "db/conn.h"

struct bm_db_t {
    PGconn *conn;                   /* NULL once closed */
    apr_pool_t *p;                  /* own root pool, destroyed with the PGconn */
    bm_db_options_t options;        /* strings live in p */
    apr_array_header_t *settings;   /* of bm_setting_pair_t: what every session is set to */
    const char *local_settings;     /* statement that sets them for one transaction; NULL unless unnamed_statements */
    const char *local_held;         /* the same with `wanted`; NULL: not made */
    apr_pool_t *held_pool;          /* of local_held */
    char wanted[BM_DB_PROJECTS_MAX];    /* projects that statements are held to, "{1,2}"; "": to none */
    char is_set[BM_DB_PROJECTS_MAX];    /* what the session is set to; "?": not known */
    int own;                        /* bm_db_connect made it: the settings are connection options */
    int pid;                        /* backend that `prepared` and the settings belong to; 0: none yet */
    apr_hash_t *prepared;           /* statement names known to that backend */
    apr_pool_t *prepared_pool;
    int slow_ms;
    int limit_ms;                   /* statement time-out of this transaction; 0: that of the options */
    char tag[1100];                 /* "" or " (request 3f2a)"; room for those that a statement answers together */
    void *baton;
};

typedef struct bm_setting_pair_t {
    const char *name;
    const char *value;
} bm_setting_pair_t;

/** Forget what the backend was told: it is another one now, or says it does not know. */
void bm_db_forget(bm_db_t *db);

/** The value of search_path: with projects, their views go before the tables. In p. */
const char *bm_db_search_path(const bm_db_t *db, int held, apr_pool_t *p);

/** One of the views, for a look whether they are there. In p. */
const char *bm_db_held_view(const bm_db_t *db, apr_pool_t *p);

/** What is sent before each transaction behind a transaction pooler; NULL: nothing. */
const char *bm_db_local_settings(bm_db_t *db);

#endif
