/* SPDX-License-Identifier: Apache-2.0 */
#include "export/compare_report.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "export/chart.h"
#include "export/report.h"

enum { CHARTS_MAX = 8, POINTS_MAX = 101 };

static const char *class_of(const char *verdict)
{
    if (verdict == NULL)
        return "unknown";
    return strcmp(verdict, "better") == 0 ? "valid" : strcmp(verdict, "worse") == 0 ? "invalid" : "unknown";
}

/* A name of ours in words. */
static void write_words(bm_html_t *h, const char *name, apr_pool_t *p)
{
    char *words = apr_pstrdup(p, name), *c;

    for (c = words; c != NULL && *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    bm_html_text(h, words);
}

static void write_side(bm_html_t *h, const char *name, const json_t *side)
{
    bm_html_putf(h, "<tr><td>%s: ", name);
    bm_html_text(h, bm_html_text_at(side, "side"));
    bm_html_put(h, "</td><td>");
    bm_html_count(h, bm_html_number_at(side, "runs"));
    bm_html_put(h, "</td><td>");
    bm_html_count(h, bm_html_number_at(side, "looked_at"));
    bm_html_put(h, "</td><td>");
    bm_html_text(h, bm_html_text_at(side, "basis"));
    bm_html_put(h, "</td><td>");
    bm_html_text(h, bm_html_text_at(side, "first_ended_at"));
    bm_html_put(h, "</td><td>");
    bm_html_text(h, bm_html_text_at(side, "last_ended_at"));
    bm_html_put(h, "</td></tr>\n");
}

static void write_head(bm_html_t *h, const json_t *found)
{
    bm_html_put(h, "<h1>Comparison</h1>\n<p class=\"quiet\">B is seen from A: a difference is B minus A, a ratio is B "
                   "divided by A."
                "</p>\n");
    bm_html_putf(h, "<div class=\"verdict %s\"><b>", class_of(bm_html_text_at(found, "verdict")));
    bm_html_text(h, bm_html_text_at(found, "sentence"));
    bm_html_put(h, "</b></div>\n<table><thead><tr><th>side</th><th>runs</th><th>looked at</th><th>from</th><th>first ended</th>"
                "<th>last ended</th></tr></thead><tbody>\n");
    write_side(h, "A", bm_html_at(found, "a"));
    write_side(h, "B", bm_html_at(found, "b"));
    bm_html_put(h, "</tbody></table>\n");
}

/* A value with its interval below. */
static void write_estimate(bm_html_t *h, const json_t *estimate)
{
    bm_html_put(h, "<td>");
    bm_html_number(h, bm_html_number_at(estimate, "value"));
    if (isfinite(bm_html_number_at(estimate, "low"))) {
        bm_html_put(h, "<small>");
        bm_html_number(h, bm_html_number_at(estimate, "low"));
        bm_html_put(h, " to ");
        bm_html_number(h, bm_html_number_at(estimate, "high"));
        bm_html_put(h, "</small>");
    }
    bm_html_put(h, "</td>");
}

static void write_part(bm_html_t *h, const json_t *metric, const char *side)
{
    static const char *const of[] = { "mean", "p50", "p95", "p99" };
    const json_t *part = bm_html_at(metric, side);
    size_t i;

    bm_html_putf(h, "<tr><td>%s</td><td>", strcmp(side, "a") == 0 ? "A" : "B");
    bm_html_count(h, bm_html_number_at(part, "n"));
    if (json_is_true(bm_html_at(part, "few_samples")))
        bm_html_put(h, "<small>few samples</small>");
    bm_html_put(h, "</td>");
    for (i = 0; i < sizeof(of) / sizeof(of[0]); i++)
        write_estimate(h, bm_html_at(part, of[i]));
    bm_html_put(h, "</tr>\n");
}

static void write_change(bm_html_t *h, const json_t *metric, const char *name, const char *member)
{
    static const char *const of[] = { "mean", "p50", "p95", "p99" };
    size_t i;

    bm_html_putf(h, "<tr><td>%s</td><td></td>", name);
    for (i = 0; i < sizeof(of) / sizeof(of[0]); i++)
        write_estimate(h, bm_html_at(bm_html_at(metric, member), of[i]));
    bm_html_put(h, "</tr>\n");
}

static void write_chance(bm_html_t *h, const char *before, double p)
{
    bm_html_putf(h, p < 0.001 ? "%s%.1e" : "%s%.4f", before, p);
}

static void write_metric(bm_html_t *h, const json_t *metric, apr_pool_t *p)
{
    const json_t *effect = bm_html_at(metric, "effect");

    bm_html_put(h, "<tbody class=\"metric\"><tr><td colspan=\"6\"><b>");
    bm_html_text(h, bm_html_text_at(metric, "metric"));
    bm_html_put(h, "</b>, ");
    bm_html_text(h, bm_html_text_at(metric, "unit"));
    bm_html_putf(h, ": <span class=\"%s\">", class_of(bm_html_text_at(metric, "verdict")));
    write_words(h, bm_html_text_at(metric, "verdict"), p);
    bm_html_put(h, "</span><small>");
    bm_html_text(h, bm_html_text_at(metric, "sentence"));
    bm_html_put(h, "</small><small>");
    write_words(h, bm_html_text_at(metric, "test"), p);
    write_chance(h, ", p ", bm_html_number_at(metric, "p"));
    write_chance(h, ", corrected ", bm_html_number_at(metric, "p_corrected"));
    if (json_is_object(effect)) {
        bm_html_put(h, "; ");
        write_words(h, bm_html_text_at(effect, "name"), p);
        bm_html_put(h, " ");
        bm_html_number(h, bm_html_number_at(effect, "value"));
        bm_html_put(h, " (");
        bm_html_number(h, bm_html_number_at(effect, "low"));
        bm_html_put(h, " to ");
        bm_html_number(h, bm_html_number_at(effect, "high"));
        bm_html_put(h, "), ");
        bm_html_text(h, bm_html_text_at(effect, "magnitude"));
    }
    bm_html_put(h, "</small></td></tr>\n");
    write_part(h, metric, "a");
    write_part(h, metric, "b");
    write_change(h, metric, "difference", "difference");
    write_change(h, metric, "ratio", "ratio");
    bm_html_put(h, "</tbody>\n");
}

static void write_metrics(bm_html_t *h, const json_t *metrics, apr_pool_t *p)
{
    size_t i;

    bm_report_section(h, "Metric by metric", "Below each figure: its 95 % interval; where there is none, there are too few "
                                             "samples for one.");
    bm_html_put(h, "<div class=\"wide\"><table><thead><tr><th></th><th>n</th><th>mean</th><th>p50</th><th>p95</th><th>"
                   "p99</th></tr>"
                "</thead>\n");
    for (i = 0; i < json_array_size(metrics); i++)
        write_metric(h, json_array_get(metrics, i), p);
    bm_html_put(h, "</table></div>\n");
}

/* The names of metrics are ours (kpi/compare.h), but come here through JSON: a chart takes none but these letters. */
static const char *title_of(const json_t *metric, apr_pool_t *p)
{
    const char *name = bm_html_text_at(metric, "metric");

    if (name == NULL || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
        return NULL;
    return apr_pstrcat(p, name, ": the share of values that were at most so large", NULL);
}

static int read_curve(double *values, const json_t *curve)
{
    size_t i;

    if (json_array_size(curve) != POINTS_MAX)
        return 0;
    for (i = 0; i < POINTS_MAX; i++) {
        const json_t *value = json_array_get(curve, i);

        values[i] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    return 1;
}

static void write_charts(bm_html_t *h, const json_t *metrics, apr_pool_t *p)
{
    double x[POINTS_MAX], a[POINTS_MAX], b[POINTS_MAX];
    int drawn = 0, k;
    size_t i;

    for (k = 0; k < POINTS_MAX; k++)
        x[k] = k;
    for (i = 0; i < json_array_size(metrics) && drawn < CHARTS_MAX; i++) {
        const json_t *metric = json_array_get(metrics, i);
        bm_chart_t chart = { title_of(metric, p), "% of the values", x, POINTS_MAX, { { "A", a }, { "B", b } }, 2, 0, 0 };

        if (chart.title == NULL || !read_curve(a, bm_html_at(metric, "a.curve")) || !read_curve(b, bm_html_at(metric, "b.curve")))
            continue;
        if (drawn++ == 0)
            bm_report_section(h, "Distributions", NULL);
        bm_chart_write(h, &chart, p);
    }
}

static void write_configuration(bm_html_t *h, const json_t *differences, apr_pool_t *p)
{
    size_t i;

    bm_report_section(h, "What was set up differently", "A comparison shows that the sides differ, not why.");
    if (json_array_size(differences) == 0) {
        bm_html_put(h, "<p>Nothing that is known.</p>\n");
        return;
    }
    bm_html_put(h, "<table class=\"left\"><thead><tr><th>what</th><th>A</th><th>B</th></tr></thead><tbody>\n");
    for (i = 0; i < json_array_size(differences); i++) {
        const json_t *difference = json_array_get(differences, i);

        bm_html_put(h, "<tr><td>");
        bm_html_text(h, bm_html_text_at(difference, "what"));
        bm_html_put(h, "</td><td>");
        bm_html_json(h, bm_html_at(difference, "a"), p);
        bm_html_put(h, "</td><td>");
        bm_html_json(h, bm_html_at(difference, "b"), p);
        bm_html_put(h, "</td></tr>\n");
    }
    bm_html_put(h, "</tbody></table>\n");
}

static void write_method(bm_html_t *h, const json_t *found, apr_pool_t *p)
{
    static const char *const names[] = { "significance", "correction", "tests", "intervals", "replicates", "seed",
                                         "not_measured" };
    const json_t *notes = bm_html_at(found, "notes");
    size_t i;

    bm_report_section(h, "How it was computed", NULL);
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        bm_report_fact(h, names[i], json_object_get(found, names[i]), p);
    for (i = 0; i < json_array_size(notes); i++)
        bm_report_fact(h, "note", json_array_get(notes, i), p);
    bm_html_put(h, "</tbody></table>\n");
}

apr_status_t bm_compare_report_write(bm_buffer_t *out, const bm_compare_report_t *report, apr_pool_t *p)
{
    const char *a = bm_html_text_at(report->found, "a.side"), *b = bm_html_text_at(report->found, "b.side");
    bm_html_t h;

    bm_html_init(&h, out);
    bm_report_begin(&h, apr_pstrcat(p, "Comparison: ", a != NULL ? a : "", " and ", b != NULL ? b : "", NULL), report->nonce, p);
    write_head(&h, report->found);
    write_metrics(&h, bm_html_at(report->found, "metrics"), p);
    write_charts(&h, bm_html_at(report->found, "metrics"), p);
    write_configuration(&h, bm_html_at(report->found, "configuration"), p);
    write_method(&h, report->found, p);
    bm_report_end(&h, report->made_at, report->made_of);
    return h.rv;
}
