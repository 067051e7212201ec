/* SPDX-License-Identifier: Apache-2.0
 *
 * export/chart.h: small line charts as SVG in an HTML document, coloured by the classes of its style sheet (export/report.c).
 * Thread: no state. */
#ifndef BM_EXPORT_CHART_H
#define BM_EXPORT_CHART_H

#include "export/html.h"

enum { BM_CHART_LINES_MAX = 4 };

typedef struct bm_chart_line_t {
    const char *name;              /* in the legend; a constant of ours */
    const double *y;               /* one for each x; NaN: a gap */
} bm_chart_line_t;

typedef struct bm_chart_t {
    const char *title, *x_title;   /* constants of ours */
    const double *x;               /* ascending */
    int n;
    bm_chart_line_t lines[BM_CHART_LINES_MAX];
    int count;                     /* of lines */
    int is_percentile;             /* x is 1/(1-quantile), drawn by its logarithm with quantiles written below */
    int dots;                      /* mark each point, too */
} bm_chart_t;

/** Write it as a figure. Nothing is drawn where there are less than two points; a sentence says so. More points than the
 *  chart has room for are drawn by the largest of each stretch. p: scratch. */
void bm_chart_write(bm_html_t *h, const bm_chart_t *chart, apr_pool_t *p);

#endif
