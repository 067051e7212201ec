/* SPDX-License-Identifier: Apache-2.0
 *
 * store/run_list.h: what the lists of store/run_store.h have in common: run_list_store.c has those of who sees all,
 * run_list_held.c those of who is held to projects. */
#ifndef BM_STORE_RUN_LIST_H
#define BM_STORE_RUN_LIST_H

#include "store/run_store.h"
#include "store/select.h"

/** A time range as a range of ids: they are drawn in the order of creation, give or take the length of a transaction. */
typedef struct bm_run_ids_t {
    apr_int64_t from, to;                    /* to exclusive; 0: no bound */
} bm_run_ids_t;

/** An order that only finished runs have. */
typedef struct bm_run_key_t {
    const char *name;
    const char *ascending, *descending;      /* key expression */
} bm_run_key_t;

/** One step of a bisection for the first run that was made at or after $1, over (m, lo, hi) of the recursive query b; probe: the
 *  first row at or behind (lo + hi) / 2. */
#define BM_RUN_BISECTION(probe) \
    " select b.m, case when p.created_at < $1 then p.id + 1 else lo end," \
    " case when p.created_at < $1 then hi else (lo + hi) / 2 end" \
    " from b, lateral (" probe " limit 1) p where lo < hi)"

/** Add what the filter says of kind, label, location and text. */
void bm_run_list_filter(bm_select_t *s, const bm_run_filter_t *filter);

/** Add the columns of a page, and its limits. */
void bm_run_list_columns(bm_select_t *s, const bm_run_filter_t *filter);
void bm_run_list_limit(bm_select_t *s, const bm_run_filter_t *filter);

/** Whether the filter names this status, or none at all. */
int bm_run_list_names(const bm_run_filter_t *filter, const char *status);

/** Whether it asks for runs whose attempts are exhausted. */
int bm_run_list_is_dead(const bm_run_filter_t *filter);

/** The page of who is held to projects, an array of PostgreSQL. key: NULL: by id; else of this letter. */
bm_select_t *bm_run_list_held(const bm_run_filter_t *filter, const bm_run_ids_t *ids, const bm_run_key_t *key, char letter,
                              const char *projects, apr_pool_t *p);

/** How many there are, counted up to `most`. by_key: of those alone that have ended. */
bm_select_t *bm_run_count_held(const bm_run_filter_t *filter, const bm_run_ids_t *ids, int by_key, apr_int64_t most,
                               const char *projects, apr_pool_t *p);

/** The first id of any of the projects at or after a time; to: behind all that came before it. @return as bm_db_query. */
apr_status_t bm_run_list_held_id(apr_int64_t *id, bm_db_t *db, int to, apr_time_t at, const char *projects, bm_err_t *err,
                                 apr_pool_t *p);

#endif
