/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_group.h: KPI cells put together by whatever key a question asks for.
 *
 * Who reads the cells gives each a key of two numbers (scenario and hour, provider and 0 ...); cells of one key become one group:
 * counts, error classes and the sketches of the metrics that were asked for, no others. Give each run once: hour cells or day
 * cells of a range, not both.
 *
 * Thread: one owner at a time. Memory: all in the pool of make, by number of groups and metrics, not of cells: up to 25 kB for a
 * metric of a group with thousands of runs, 2 kB with a few. */
#ifndef BM_KPI_KPI_GROUP_H
#define BM_KPI_KPI_GROUP_H

#include <apr_tables.h>
#include "kpi/kpi_cell.h"

#define BM_KPI_GROUP_PARTS 2

typedef struct bm_kpi_group_t {
    apr_int64_t key[BM_KPI_GROUP_PARTS];
    bm_kpi_counts_t counts;
    apr_array_header_t *errors;                 /* of bm_kpi_error_t, in no order; NULL: none */
    bm_sketch_t *metrics[BM_KPI_METRIC_END];    /* NULL: not asked for */
} bm_kpi_group_t;

typedef struct bm_kpi_groups_t bm_kpi_groups_t;

/** No groups yet. metrics: the n that are kept, each once. Never NULL. */
bm_kpi_groups_t *bm_kpi_groups_make(const bm_kpi_metric_e *metrics, int n, apr_pool_t *p);

/** Add a cell (wire form, kpi_cell.h) to the group of this key. The bytes are not needed afterwards.
 *  @return APR_EINVAL: damaged or unknown bytes; APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values of a metric. The groups stay
 *  usable, but the cell may be in it in part. */
apr_status_t bm_kpi_groups_add(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS], const void *data,
                               apr_size_t len);

/** The group of this key, empty if it is new; it lives with the groups. */
bm_kpi_group_t *bm_kpi_groups_get(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS]);

/** All of them (bm_kpi_group_t *), ascending by key, in p. */
apr_array_header_t *bm_kpi_groups_list(const bm_kpi_groups_t *groups, apr_pool_t *p);

/** Everything as one group of key 0, in p. Never NULL. */
bm_kpi_group_t *bm_kpi_groups_total(const bm_kpi_groups_t *groups, apr_pool_t *p);

/** Runs of a group, by whatever status; those that count for a success rate (not the cancelled ones). */
apr_uint64_t bm_kpi_group_runs(const bm_kpi_group_t *group);
apr_uint64_t bm_kpi_group_attempts(const bm_kpi_group_t *group);

#endif
