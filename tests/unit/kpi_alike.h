/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi_alike.h: whether two cells hold the same, sums of doubles up to rounding. */
#ifndef BM_KPI_ALIKE_H
#define BM_KPI_ALIKE_H

#include <math.h>
#include <string.h>
#include "kpi/kpi_cell.h"

static inline void assert_sketches_alike(const bm_sketch_t *a, const bm_sketch_t *b)
{
    static const double q[] = { 0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1 };
    double of_a[BM_COUNT(q)], of_b[BM_COUNT(q)];

    ck_assert_int_eq(a == NULL, b == NULL);
    if (a == NULL)
        return;
    ck_assert_uint_eq(bm_sketch_head(a)->n, bm_sketch_head(b)->n);
    ck_assert_uint_eq(bm_sketch_head(a)->zero, bm_sketch_head(b)->zero);
    ck_assert_uint_eq(bm_sketch_size(a), bm_sketch_size(b));
    ck_assert_double_eq_tol(bm_sketch_head(a)->sum, bm_sketch_head(b)->sum, 1e-9 * fabs(bm_sketch_head(b)->sum) + 1e-12);
    bm_sketch_quantiles(a, q, of_a, BM_COUNT(q));
    bm_sketch_quantiles(b, q, of_b, BM_COUNT(q));
    for (size_t i = 0; i < BM_COUNT(q); i++)
        ck_assert_double_eq(of_a[i], of_b[i]);
}

static inline void assert_cells_alike(const bm_kpi_cell_t *a, const bm_kpi_cell_t *b)
{
    bm_kpi_counts_t x = *bm_kpi_cell_counts(a), y = *bm_kpi_cell_counts(b);
    int a_count, b_count;
    const bm_kpi_error_t *a_errors = bm_kpi_cell_errors(a, &a_count), *b_errors = bm_kpi_cell_errors(b, &b_count);

    ck_assert_double_eq_tol(x.cost, y.cost, 1e-9 * y.cost + 1e-12);
    x.cost = y.cost = 0;
    ck_assert_mem_eq(&x, &y, sizeof(x));
    ck_assert_int_eq(a_count, b_count);
    for (int i = 0; i < a_count; i++) {
        ck_assert_int_eq(bm_kpi_cell_error_order(&a_errors[i], &b_errors[i]), 0);
        ck_assert_uint_eq(a_errors[i].count, b_errors[i].count);
    }
    for (int id = 1; id < BM_KPI_METRIC_END; id++)
        assert_sketches_alike(bm_kpi_cell_sketch(a, (bm_kpi_metric_e)id), bm_kpi_cell_sketch(b, (bm_kpi_metric_e)id));
}

#endif
