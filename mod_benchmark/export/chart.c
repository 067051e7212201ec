/* SPDX-License-Identifier: Apache-2.0 */
#include "export/chart.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>

enum { WIDTH = 720, HEIGHT = 200, LEFT = 52, RIGHT = 14, TOP = 8, BOTTOM = 34, POINTS_MAX = 600, TICKS = 4 };

/* What is drawn: the chart, thinned out, and its range. */
typedef struct drawing_t {
    const bm_chart_t *chart;
    const double *x, *y[BM_CHART_LINES_MAX];
    int n;
    double left, right, top;       /* of the data; below is 0 */
} drawing_t;

static double place_x(const drawing_t *d, double x)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * (d->right > d->left ? (x - d->left) / (d->right - d->left) : 0.5);
}

static double place_y(const drawing_t *d, double y)
{
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (d->top > 0 ? y / d->top : 0);
}

/* The next of 1, 2, 2.5, 5, 10 ... that is at least `least`. */
static double round_step(double least)
{
    static const double steps[] = { 1, 2, 2.5, 5, 10 };
    double unit = pow(10, floor(log10(least)));
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i] * unit >= least * (1 - 1e-9))
            return steps[i] * unit;
    return 10 * unit;
}

/* The largest of each stretch: a peak must not vanish. */
static void thin_out(drawing_t *d, apr_pool_t *p)
{
    const bm_chart_t *chart = d->chart;
    int stretch = (chart->n + POINTS_MAX - 1) / POINTS_MAX, i, line;
    double *x = apr_palloc(p, ((apr_size_t)chart->n + 1) * sizeof(*x));

    d->n = 0;
    for (i = 0; i < chart->n; i += stretch)
        x[d->n++] = chart->is_percentile ? log10(chart->x[i]) : chart->x[i];
    d->x = x;
    for (line = 0; line < chart->count; line++) {
        double *y = apr_palloc(p, ((apr_size_t)d->n + 1) * sizeof(*y));

        for (i = 0; i < d->n; i++)
            y[i] = NAN;
        for (i = 0; i < chart->n; i++)
            y[i / stretch] = fmax(y[i / stretch], chart->lines[line].y[i]);      /* fmax passes NaN over */
        d->y[line] = y;
        for (i = 0; i < d->n; i++)
            d->top = fmax(d->top, y[i]);
    }
}

static void write_number(bm_html_t *h, double value)
{
    int tenths = fabs(value * 10 - round(value * 10)) < 1e-6;

    bm_html_putf(h, "%.*f", value == floor(value) ? 0 : tenths ? 1 : fabs(value) < 0.1 ? 3 : 2, value);
}

static void write_rows(bm_html_t *h, drawing_t *d)
{
    double step = d->top > 0 ? round_step(d->top / TICKS) : 1, y;

    d->top = d->top > 0 ? step * ceil(d->top / step - 1e-9) : 1;
    for (y = 0; y <= d->top + step / 2; y += step) {
        bm_html_putf(h, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" "
                     "text-anchor=\"end\">", LEFT, WIDTH - RIGHT, place_y(d, y), place_y(d, y), LEFT - 6, place_y(d, y) + 4);
        write_number(h, y);
        bm_html_put(h, "</text>");
    }
}

static void write_x_label(bm_html_t *h, const drawing_t *d, double x, const char *text)
{
    bm_html_putf(h, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", place_x(d, x), HEIGHT - BOTTOM + 15, text);
}

static void write_columns(bm_html_t *h, const drawing_t *d)
{
    static const char *const quantiles[] = { "0", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %" };
    double step = d->right > d->left ? round_step((d->right - d->left) / 6) : 1, x;
    char text[32];

    if (d->chart->is_percentile)
        step = 1;
    for (x = ceil(d->left / step - 1e-9) * step; x <= d->right + step * 1e-9; x += step) {
        if (d->chart->is_percentile && x < sizeof(quantiles) / sizeof(quantiles[0]))
            write_x_label(h, d, x, quantiles[(int)x]);
        else if (!d->chart->is_percentile) {
            apr_snprintf(text, sizeof(text), "%.*f", step < 1 ? 1 : 0, x);
            write_x_label(h, d, x, text);
        }
    }
    bm_html_putf(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", WIDTH - RIGHT, HEIGHT - 4, d->chart->x_title);
}

/* One path, lifted at gaps. */
static void write_line(bm_html_t *h, const drawing_t *d, int line)
{
    int i, down = 0;

    bm_html_putf(h, "<path class=\"line c%d\" d=\"", line + 1);
    for (i = 0; i < d->n; i++) {
        if (isfinite(d->y[line][i]))
            bm_html_putf(h, "%c%.1f %.1f", down ? 'L' : 'M', place_x(d, d->x[i]), place_y(d, d->y[line][i]));
        down = isfinite(d->y[line][i]);
    }
    bm_html_put(h, "\"/>");
    for (i = 0; i < d->n; i++) {
        int alone = (i == 0 || !isfinite(d->y[line][i - 1])) && (i + 1 == d->n || !isfinite(d->y[line][i + 1]));

        if (isfinite(d->y[line][i]) && (d->chart->dots || alone))
            bm_html_putf(h, "<circle class=\"dot c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", line + 1, place_x(d, d->x[i]),
                         place_y(d, d->y[line][i]));
    }
}

static void write_caption(bm_html_t *h, const bm_chart_t *chart)
{
    int i;

    bm_html_putf(h, "<figcaption><b>%s</b>", chart->title);
    for (i = 0; i < chart->count; i++)
        bm_html_putf(h, " <span class=\"key\"><svg width=\"18\" height=\"8\" aria-hidden=\"true\"><path class=\"line c%d\" "
                     "d=\"M0 4L18 4\"/></svg> %s</span>", i + 1, chart->lines[i].name);
    bm_html_put(h, "</figcaption>");
}

void bm_chart_write(bm_html_t *h, const bm_chart_t *chart, apr_pool_t *p)
{
    drawing_t d = { .chart = chart };
    int i;

    bm_html_put(h, "<figure>");
    write_caption(h, chart);
    if (chart->n >= 2) {
        thin_out(&d, p);
        d.left = d.x[0];
        d.right = d.x[d.n - 1];
        bm_html_putf(h, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, chart->title);
        write_rows(h, &d);
        write_columns(h, &d);
        for (i = 0; i < chart->count; i++)
            write_line(h, &d, i);
        bm_html_put(h, "</svg>");
    }
    else
        bm_html_put(h, "<p class=\"quiet\">Too few points to draw.</p>");
    bm_html_put(h, "</figure>\n");
}
