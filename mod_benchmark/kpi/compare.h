/* SPDX-License-Identifier: Apache-2.0
 *
 * kpi/compare.h: two groups of runs against each other, quantity by quantity, with a verdict that says how sure it is.
 *
 * From rows: Mann-Whitney U with Cliff's delta (stat/mann_whitney.h), seeded bootstrap intervals of differences and ratios
 * (stat/bootstrap.h). Gaps between tokens are many to an answer and not independent: their intervals draw whole answers, and the
 * test is made of one value an answer, the median of its gaps. Success: Newcombe's interval and the test of
 * stat/two_proportions.h. From cells, where there are too many rows to read: order statistics of each side put together by MOVER
 * (G. Y. Zou and A. Donner, Statistics in Medicine 27 (2008) 1693-1702), widened by the error of the sketch, and a test of the
 * medians from the same; no effect size.
 *
 * All p-values are corrected together (stat/holm.h). Verdicts are about b as seen from a. Intervals are 95 % ones, each for
 * itself. Thread: no state. */
#ifndef BM_KPI_COMPARE_H
#define BM_KPI_COMPARE_H

#include "kpi/kpi_cell.h"
#include "stat/bootstrap.h"

/** Most gaps of a side that are looked at: those of as many whole answers as fit. */
#define BM_COMPARE_GAPS_MAX 50000
/** Success, the metrics of kpi_metric.h, tokens in and out, cost. */
#define BM_COMPARE_QUANTITIES (BM_KPI_METRIC_END - 1 + 4)
/** Points of a curve: the values at 0, 1 ... 100 %. */
#define BM_COMPARE_CURVE 101

typedef enum bm_compare_better_e {
    BM_COMPARE_LOWER,
    BM_COMPARE_HIGHER,
    BM_COMPARE_NEITHER           /* tokens: another number is no better or worse */
} bm_compare_better_e;

typedef struct bm_compare_quantity_t {
    const char *name;
    const char *unit;            /* "%", "ms", "tokens", "cost" */
    bm_compare_better_e better;
    int metric;                  /* bm_kpi_metric_e; 0: not one of these */
    int own_side;                /* it tells of our engine rather than of the target: never part of the whole verdict */
} bm_compare_quantity_t;

typedef enum bm_compare_verdict_e {
    BM_COMPARE_TOO_FEW,
    BM_COMPARE_NO_DIFFERENCE,
    BM_COMPARE_DIFFERS,          /* of what is neither better nor worse */
    BM_COMPARE_BETTER,
    BM_COMPARE_WORSE,
    BM_COMPARE_MIXED             /* of the whole: better in some, worse in others */
} bm_compare_verdict_e;

/** What is told of each side and compared. */
enum { BM_COMPARE_MEAN, BM_COMPARE_P50, BM_COMPARE_P95, BM_COMPARE_P99, BM_COMPARE_OF_END };

/** One side of a quantity. NaN: not known. */
typedef struct bm_compare_part_t {
    apr_uint64_t n;                          /* values; of success: attempts */
    apr_uint64_t runs;                       /* that they came from */
    double of[BM_COMPARE_OF_END];            /* of success: MEAN is the rate in % */
    double low[BM_COMPARE_OF_END], high[BM_COMPARE_OF_END];     /* of quantiles: order statistics; of success: Wilson */
    int few;                                 /* too few samples for p99 */
    const double *curve;                     /* BM_COMPARE_CURVE values; NULL: none */
} bm_compare_part_t;

typedef struct bm_compare_result_t {
    const bm_compare_quantity_t *quantity;
    bm_compare_part_t a, b;
    bm_bootstrap_t of[BM_COMPARE_OF_END];    /* b against a; ends NaN: no interval */
    const char *test;                        /* NULL: none was made */
    double p, p_corrected;                   /* NaN: no test */
    double effect, effect_low, effect_high;  /* Cliff's delta: > 0: b tends to be larger. NaN: none */
    bm_compare_verdict_e verdict;
    const char *sentence;
} bm_compare_result_t;

typedef struct bm_compare_t {
    bm_compare_result_t results[BM_COMPARE_QUANTITIES];     /* those measured on both sides */
    int count;
    const bm_compare_quantity_t *missing[BM_COMPARE_QUANTITIES];    /* those measured on one side or none */
    int missing_count;
    int tests;                               /* that were corrected together */
    bm_compare_verdict_e verdict;
    const char *sentence;
} bm_compare_t;

typedef struct bm_compare_options_t {
    double significance;                     /* of the whole, 0 to 1 */
    apr_uint64_t seed;
    apr_uint64_t wanted;                     /* bit i: quantity i of the table; 0: all */
    int curves;
} bm_compare_options_t;

/** The table, BM_COMPARE_QUANTITIES rows. */
const bm_compare_quantity_t *bm_compare_quantities(void);

/** Compare runs. Their order must tell nothing: of gaps the first ones are looked at. All in p. */
bm_compare_t *bm_compare_rows(const bm_kpi_sample_t *a, int n, const bm_kpi_sample_t *b, int m,
                              const bm_compare_options_t *options, apr_pool_t *p);

/** Compare cells. */
bm_compare_t *bm_compare_cells(const bm_kpi_cell_t *a, const bm_kpi_cell_t *b, const bm_compare_options_t *options,
                               apr_pool_t *p);

/** "better", "no_difference" ... */
const char *bm_compare_verdict_name(bm_compare_verdict_e verdict);

/** "negligible", "small", "medium", "large" by the size of Cliff's delta (J. Romano et al., 2006: 0.147, 0.33, 0.474). */
const char *bm_compare_magnitude(double delta);

#endif
