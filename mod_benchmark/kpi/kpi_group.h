/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/kpi_group.h: KPI cells put together by whatever key a question asks for.
 *
 * Who reads the cells gives each a key of two numbers (scenario and hour, provider and 0 ...); cells of one key become one group:
 * counts, error classes and the sketches of the metrics that were asked for, no others. Give each run once: hour cells or day
 * cells of a range, not both.
 *
 * Two ways to keep values. Sketches: up to 25 kB for a metric of a group with thousands of runs, 2 kB with a few, whatever the
 * number of cells. Packed: what the cells say, 16 bytes for a metric of a cell, taken apart when it is asked for; for who wants
 * thousands of groups one after the other, and keeps the cells.
 *
 * Thread: one owner at a time. Memory: all in the pool of make. */
#ifndef BM_KPI_KPI_GROUP_H
#define BM_KPI_KPI_GROUP_H

#include <apr_tables.h>
#include "kpi/kpi_cell.h"

#define BM_KPI_GROUP_PARTS 2

typedef struct bm_kpi_group_t {
    apr_int64_t key[BM_KPI_GROUP_PARTS];
    bm_kpi_counts_t counts;
    apr_array_header_t *errors;                 /* of bm_kpi_error_t, in no order; NULL: none */
    bm_sketch_t *metrics[BM_KPI_METRIC_END];    /* NULL: not asked for, or packed */
    apr_array_header_t *packed[BM_KPI_METRIC_END];      /* of bm_kpi_packed_t; NULL: no values, or not packed */
} bm_kpi_group_t;

/** Wire form of a sketch. */
typedef struct bm_kpi_packed_t {
    const unsigned char *data;
    apr_size_t len;
} bm_kpi_packed_t;

typedef struct bm_kpi_groups_t bm_kpi_groups_t;

/** No groups yet. metrics: the n that are kept, each once. Never NULL. */
bm_kpi_groups_t *bm_kpi_groups_make(const bm_kpi_metric_e *metrics, int n, apr_pool_t *p);

/** The same, whose groups keep their values packed. */
bm_kpi_groups_t *bm_kpi_groups_make_packed(const bm_kpi_metric_e *metrics, int n, apr_pool_t *p);

/** Add a cell (wire form, kpi_cell.h) to the group of this key. The bytes are not needed afterwards, unless values stay packed.
 *  @return APR_EINVAL: damaged or unknown bytes; APR_ENOSPC: more than BM_SKETCH_COUNT_MAX values of a metric. The groups stay
 *  usable, but the cell may be in it in part. */
apr_status_t bm_kpi_groups_add(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS], const void *data,
                               apr_size_t len);

/** The group of this key, empty if it is new; it lives with the groups. */
bm_kpi_group_t *bm_kpi_groups_get(bm_kpi_groups_t *groups, const apr_int64_t key[BM_KPI_GROUP_PARTS]);

/** Count runs of a class of error, as a cell does: what is no class name is other, NULL and "" are nothing. What it keeps of
 *  the name is in p. */
void bm_kpi_group_add_error(bm_kpi_group_t *group, const char *name, apr_uint64_t count, apr_pool_t *p);

/** All of them (bm_kpi_group_t *), ascending by key, in p. */
apr_array_header_t *bm_kpi_groups_list(const bm_kpi_groups_t *groups, apr_pool_t *p);

/** The values of a metric of a packed group, in the place of what is in sketch. @return APR_EINVAL, APR_ENOSPC: as
 *  bm_kpi_groups_add; sketch is empty then. */
apr_status_t bm_kpi_group_unpack(bm_sketch_t *sketch, const bm_kpi_group_t *group, bm_kpi_metric_e metric);

/** Everything as one group of key 0, in p; its sketches are empty if the groups are packed: who unpacks them merges them. Never
 *  NULL. */
bm_kpi_group_t *bm_kpi_groups_total(const bm_kpi_groups_t *groups, apr_pool_t *p);

/** Runs of a group, by whatever status; those that count for a success rate (not the cancelled ones). */
apr_uint64_t bm_kpi_group_runs(const bm_kpi_group_t *group);
apr_uint64_t bm_kpi_group_attempts(const bm_kpi_group_t *group);

#endif
