/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_delta.h: the finished runs of one batch as KPI cells, one per (scenario, model, source, location, hour).
 *
 * Called by the recorder between the two halves of a finish, with exactly the runs that were recorded, and by whoever
 * rebuilds an hour, with those that are left. */
#ifndef BM_KPI_DELTA_H
#define BM_KPI_DELTA_H

#include <apr_tables.h>
#include "kpi/kpi_cell.h"

/** Whose figures a cell holds; the columns of the same names. Project, automation, provider, location
 *  and "all" are merges of cells. */
typedef struct bm_kpi_key_t {
    apr_int64_t scenario_id;
    apr_int32_t model_id;       /* 0: no model */
    apr_int32_t source;         /* 0 run, 1 loadtest, ... */
    apr_int32_t label_id;       /* 0: all runs; else only those with this label, which are counted at 0 as well */
    apr_int32_t location_id;    /* place of the engine; 0: none */
    apr_int32_t hour;           /* hours since 1970; of a longer cell (a day) its first hour */
    apr_int32_t unused;         /* 0: without it the struct would end in padding, and its bytes are hashed */
} bm_kpi_key_t;

typedef struct bm_kpi_delta_t {
    bm_kpi_key_t key;
    apr_uint32_t n;             /* runs in it, by whatever status */
    apr_int64_t min_id;         /* of their run ids */
    apr_int64_t max_id;
    const unsigned char *body;  /* wire form of the cell (kpi_cell.h) */
    apr_size_t len;
} bm_kpi_delta_t;

/** Order of keys: scenario, model, source, label, location, hour. <0, 0, >0. */
int bm_kpi_delta_key_order(const bm_kpi_key_t *a, const bm_kpi_key_t *b);

/** Deltas that grow run by run. One owner at a time. */
typedef struct bm_kpi_delta_set_t bm_kpi_delta_set_t;

/** An empty set in p, where everything it holds lives. Never NULL. */
bm_kpi_delta_set_t *bm_kpi_delta_set_make(apr_pool_t *p);

/** Add one run, to the cell of all runs and to those of its labels; sample is not needed afterwards.
 *  @return APR_EINVAL: no such status; nothing is added. */
apr_status_t bm_kpi_delta_set_add(bm_kpi_delta_set_t *set, const bm_kpi_sample_t *sample);

/** What it holds: an array of bm_kpi_delta_t in p, ascending by key, so that writers lock rows in one order. */
apr_array_header_t *bm_kpi_delta_set_list(const bm_kpi_delta_set_t *set, apr_pool_t *p);

/** Deltas of count runs: an array of bm_kpi_delta_t in p, ascending by key, so that writers lock rows in one order.
 *  ptemp: scratch. @return APR_EINVAL: a sample has no such status; *pdeltas is NULL. */
apr_status_t bm_kpi_delta_create(apr_array_header_t **pdeltas, const bm_kpi_sample_t *samples, int count,
                                 apr_pool_t *p, apr_pool_t *ptemp);

/** Runs that all have the same labels: add the deltas of n labels, whose cells are those that deltas has (all of label 0). */
void bm_kpi_delta_copy_to_labels(apr_array_header_t *deltas, const apr_int32_t *label_ids, int n);

#endif
