/* SPDX-License-Identifier: Apache-2.0 */
#include "export/loadtest_report.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <apr_strings.h>
#include "export/chart.h"
#include "export/report.h"

void bm_report_second(bm_report_second_t *second, const json_t *element)
{
    static const char *const quantiles[] = { "p50", "p95", "p99" };
    int i;

    second->second = bm_html_number_at(element, "second");
    second->planned = bm_html_number_at(element, "planned");
    second->completed = bm_html_number_at(element, "completed");
    second->failed = bm_html_number_at(element, "failed");
    second->in_flight = bm_html_number_at(element, "in_flight");
    second->tokens = bm_html_number_at(element, "tokens");
    for (i = 0; i < 3; i++) {
        second->ttft[i] = bm_html_number_at(bm_html_at(element, "ttft_ms"), quantiles[i]);
        second->e2e[i] = bm_html_number_at(bm_html_at(element, "e2e_ms"), quantiles[i]);
    }
}

/* --- the first page */

static void write_head(bm_html_t *h, const json_t *test, apr_pool_t *p)
{
    bm_html_put(h, "<h1>");
    bm_html_text(h, bm_html_text_at(test, "name"));
    bm_html_putf(h, "</h1>\n<p class=\"quiet\">Load test %.0f, ", bm_html_number_at(test, "id"));
    bm_html_text(h, bm_html_text_at(test, "status"));
    bm_html_put(h, " \xc2\xb7 ");
    bm_html_text(h, bm_html_text_at(test, "started_at"));
    bm_html_put(h, " until ");
    bm_html_text(h, bm_html_text_at(test, "finished_at"));
    bm_html_put(h, " \xc2\xb7 ");
    bm_html_text(h, bm_html_text_at(test, "plan.load_model.type"));
    bm_html_put(h, " load");
    if (json_array_size(bm_html_at(test, "labels")) > 0) {
        bm_html_put(h, " \xc2\xb7 labels: ");
        bm_html_json(h, bm_html_at(test, "labels"), p);
    }
    bm_html_put(h, "</p>\n");
}

static void write_verdict(bm_html_t *h, const json_t *test)
{
    const char *status = bm_html_text_at(test, "validity.status");
    const json_t *reasons = bm_html_at(test, "validity.reasons");
    int valid = status != NULL && strcmp(status, "valid") == 0, invalid = status != NULL && strcmp(status, "invalid") == 0;
    size_t i;

    bm_html_putf(h, "<div class=\"verdict %s\"><b>%s</b>", valid ? "valid" : invalid ? "invalid" : "unknown",
                 valid ? "These figures may be believed."
                 : invalid ? "These figures are not to be relied on." : "Whether these figures may be believed is not known.");
    if (json_array_size(reasons) > 0) {
        bm_html_put(h, "<ul>");
        for (i = 0; i < json_array_size(reasons); i++) {
            bm_html_put(h, "<li>");
            bm_html_text(h, json_string_value(json_array_get(reasons, i)));
            bm_html_put(h, "</li>");
        }
        bm_html_put(h, "</ul>");
    }
    if (bm_html_text_at(test, "error") != NULL) {
        bm_html_put(h, "<p>");
        bm_html_text(h, bm_html_text_at(test, "error"));
        bm_html_put(h, "</p>");
    }
    bm_html_put(h, "</div>\n");
}

static void begin_card(bm_html_t *h, const char *name)
{
    bm_html_putf(h, "<div class=\"card\"><span>%s</span><b>", name);
}

static void write_share_card(bm_html_t *h, const char *name, const json_t *share, const char *rate, double n)
{
    begin_card(h, name);
    bm_html_number(h, bm_html_number_at(share, rate));
    bm_html_put(h, " %</b><span>");
    bm_html_number(h, bm_html_number_at(share, "low"));
    bm_html_put(h, " to ");
    bm_html_number(h, bm_html_number_at(share, "high"));
    bm_html_put(h, " (95 %), n ");
    bm_html_count(h, n);
    bm_html_put(h, "</span></div>\n");
}

static void write_interval(bm_html_t *h, const json_t *interval)
{
    if (json_array_size(interval) != 2) {
        bm_html_put(h, "few samples");
        return;
    }
    bm_html_number(h, json_number_value(json_array_get(interval, 0)));
    bm_html_put(h, " to ");
    bm_html_number(h, json_number_value(json_array_get(interval, 1)));
}

static void write_latency_card(bm_html_t *h, const char *metric, const json_t *figures, const char *quantile, const char *name)
{
    bm_html_putf(h, "<div class=\"card\"><span>%s %s</span><b>", metric, name);
    bm_html_number(h, bm_html_number_at(figures, quantile));
    bm_html_put(h, " ms</b><span>");
    write_interval(h, json_object_get(bm_html_at(figures, "intervals"), quantile));
    bm_html_put(h, " (95 %), n ");
    bm_html_count(h, bm_html_number_at(figures, "n"));
    bm_html_put(h, "</span></div>\n");
}

static const char *headline_of(const json_t *results)
{
    static const char *const names[] = { "ttft_ms", "e2e_ms", "total_ms" };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bm_html_number_at(json_object_get(bm_html_at(results, "metrics"), names[i]), "n") > 0)
            return names[i];
    return names[2];
}

static void write_cards(bm_html_t *h, const json_t *results)
{
    const char *metric = headline_of(results);
    const json_t *figures = json_object_get(bm_html_at(results, "metrics"), metric);

    bm_html_put(h, "<div class=\"cards\">\n");
    write_latency_card(h, metric, figures, "p50", "median");
    write_latency_card(h, metric, figures, "p95", "p95");
    write_latency_card(h, metric, figures, "p99", "p99");
    write_share_card(h, "Success", bm_html_at(results, "success"), "rate", bm_html_number_at(results, "attempted"));
    begin_card(h, "Requests completed");
    bm_html_number(h, bm_html_number_at(results, "rates.completed"));
    bm_html_put(h, " /s</b><span>planned ");
    bm_html_number(h, bm_html_number_at(results, "rates.planned"));
    bm_html_put(h, " /s, sent ");
    bm_html_number(h, bm_html_number_at(results, "rates.offered"));
    bm_html_put(h, " /s</span></div>\n");
    begin_card(h, "Output tokens");
    bm_html_number(h, bm_html_number_at(results, "throughput.output_tokens_per_second"));
    bm_html_put(h, " /s</b><span>counted by: ");
    bm_html_text(h, bm_html_text_at(results, "throughput.provenance"));
    bm_html_put(h, "</span></div>\n");
    write_share_card(h, "Good (all SLOs met)", bm_html_at(results, "goodput"), "attainment",
                     bm_html_number_at(results, "attempted"));
    begin_card(h, "Window");
    bm_html_number(h, bm_html_number_at(results, "window_seconds"));
    bm_html_put(h, " s</b><span>");
    bm_html_count(h, bm_html_number_at(results, "attempted"));
    bm_html_put(h, " requests, warm-up ");
    bm_html_number(h, bm_html_number_at(results, "warmup.seconds"));
    bm_html_put(h, " s</span></div>\n</div>\n");
}

/* --- tables of figures */

static void write_figure(bm_html_t *h, const json_t *figures, const char *quantile)
{
    const json_t *certified = json_object_get(bm_html_at(figures, "certified"), quantile);

    bm_html_put(h, "<td>");
    bm_html_number(h, bm_html_number_at(figures, quantile));
    if (bm_html_at(figures, "intervals") != NULL) {
        bm_html_put(h, "<small>");
        write_interval(h, json_object_get(bm_html_at(figures, "intervals"), quantile));
        bm_html_put(h, "</small>");
    }
    if (json_is_number(certified)) {
        bm_html_put(h, "<small>\xe2\x89\xa4 ");
        bm_html_number(h, json_number_value(certified));
        bm_html_put(h, "</small>");
    }
    bm_html_put(h, "</td>");
}

static void write_metric(bm_html_t *h, const char *name, const json_t *figures)
{
    static const char *const quantiles[] = { "p50", "p90", "p95", "p99", "p999" };
    const char *basis = bm_html_text_at(figures, "basis");
    size_t i;

    bm_html_put(h, "<tr><td>");
    bm_html_text(h, name);
    bm_html_put(h, "<small>");
    if (basis != NULL) {
        bm_html_text(h, basis);
        bm_html_put(h, ", ");
    }
    bm_html_text(h, bm_html_text_at(figures, "provenance"));
    bm_html_put(h, "</small></td><td>");
    bm_html_count(h, bm_html_number_at(figures, "n"));
    if (json_is_number(bm_html_at(figures, "n_effective"))) {
        bm_html_put(h, "<small>worth ");
        bm_html_count(h, bm_html_number_at(figures, "n_effective"));
        bm_html_put(h, "</small>");
    }
    bm_html_put(h, "</td><td>");
    bm_html_number(h, bm_html_number_at(figures, "mean"));
    bm_html_put(h, "</td>");
    for (i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
        write_figure(h, figures, quantiles[i]);
    bm_html_put(h, "<td>");
    bm_html_number(h, bm_html_number_at(figures, "max"));
    bm_html_put(h, "</td></tr>\n");
}

static void write_metrics(bm_html_t *h, const json_t *metrics)
{
    const char *name;
    json_t *figures;

    bm_report_section(h, "Latency, in milliseconds",
                      "Below a quantile: its 95 % interval, then (\xe2\x89\xa4) the value that bounds it with 99 % confidence. "
                      "\xe2\x80\x9cWorth\xe2\x80\x9d is the number of independent samples that these are worth, as "
                      "neighbours resemble each other. Quantiles are within 0.5 % of the exact ones. scheduled: from when the "
                      "request was planned; service: from when it was sent.");
    bm_html_put(h, "<div class=\"wide\"><table><thead><tr><th>metric</th><th>n</th><th>mean</th><th>p50</th><th>p90</th>"
                "<th>p95</th><th>p99</th><th>p99.9</th><th>max</th></tr></thead><tbody>\n");
    json_object_foreach((json_t *)(apr_uintptr_t)metrics, name, figures)
        if (bm_html_number_at(figures, "n") > 0)
            write_metric(h, name, figures);
    bm_html_put(h, "</tbody></table></div>\n");
}

static void write_outcome(bm_html_t *h, const json_t *results, apr_pool_t *p)
{
    static const char *const names[] = { "attempted", "completed", "failed", "cancelled", "truncated" };
    size_t i;

    bm_report_section(h, "How requests ended", NULL);
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        bm_report_fact(h, names[i], json_object_get(results, names[i]), p);
    if (json_object_size(bm_html_at(results, "errors")) > 0)
        bm_report_tree(h, bm_html_at(results, "errors"), p);
    bm_html_put(h, "</tbody></table>\n");
}

static void write_slos(bm_html_t *h, const json_t *slos)
{
    size_t i;

    if (json_array_size(slos) == 0)
        return;
    bm_report_section(h, "Service level objectives", NULL);
    bm_html_put(h, "<table><thead><tr><th>metric</th><th>quantile</th><th>at most, ms</th><th>was, ms</th><th></th></tr>"
                   "</thead><tbody>\n");
    for (i = 0; i < json_array_size(slos); i++) {
        const json_t *slo = json_array_get(slos, i);
        int met = json_is_true(bm_html_at(slo, "met"));

        bm_html_put(h, "<tr><td>");
        bm_html_text(h, bm_html_text_at(slo, "metric"));
        bm_html_put(h, "</td><td>");
        bm_html_number(h, bm_html_number_at(slo, "quantile"));
        bm_html_put(h, "</td><td>");
        bm_html_number(h, bm_html_number_at(slo, "max"));
        bm_html_put(h, "</td><td>");
        bm_html_number(h, bm_html_number_at(slo, "value"));
        bm_html_putf(h, "</td><td class=\"%s\">%s</td></tr>\n", met ? "met" : "missed", met ? "met" : "missed");
    }
    bm_html_put(h, "</tbody></table>\n");
}

static void write_cell(bm_html_t *h, const json_t *step, const char *path)
{
    bm_html_put(h, "<td>");
    bm_html_number(h, bm_html_number_at(step, path));
    bm_html_put(h, "</td>");
}

static void write_steps(bm_html_t *h, const json_t *results, apr_pool_t *p)
{
    static const char *const paths[] = { "value", "attempted", "failed", "offered_rate", "completed_rate", "goodput_rate",
                                         "ttft_ms.p50",
                                         "ttft_ms.p95", "e2e_ms.p95", "in_flight_mean" };
    const json_t *steps = bm_html_at(results, "steps");
    size_t i, k;

    if (json_array_size(steps) == 0)
        return;
    bm_report_section(h, "Steps", NULL);
    bm_html_put(h, "<div class=\"wide\"><table><thead><tr><th>load</th><th>requests</th><th>failed</th><th>offered /s</th>"
                "<th>completed /s</th><th>good /s</th><th>TTFT p50</th><th>TTFT p95</th><th>E2E p95</th><th>under way</th>"
                "<th>saturated</th></tr></thead><tbody>\n");
    for (i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);

        bm_html_put(h, "<tr>");
        for (k = 0; k < sizeof(paths) / sizeof(paths[0]); k++)
            write_cell(h, step, paths[k]);
        bm_html_putf(h, "<td>%s</td></tr>\n", json_is_true(bm_html_at(step, "saturated")) ? "yes" : "no");
    }
    bm_html_put(h, "</tbody></table></div>\n<table class=\"left\"><tbody>\n");
    if (json_is_object(bm_html_at(results, "saturation")))
        bm_report_tree(h, bm_html_at(results, "saturation"), p);
    if (json_is_object(bm_html_at(results, "capacity")))
        bm_report_tree(h, bm_html_at(results, "capacity"), p);
    bm_html_put(h, "</tbody></table>\n");
}

/* --- charts */

static double *column(const apr_array_header_t *seconds, size_t offset, apr_pool_t *p)
{
    double *values = apr_palloc(p, ((apr_size_t)seconds->nelts + 1) * sizeof(*values));
    int i;

    for (i = 0; i < seconds->nelts; i++)
        memcpy(&values[i], (const char *)&APR_ARRAY_IDX(seconds, i, bm_report_second_t) + offset, sizeof(*values));
    return values;
}

#define COLUMN(member) column(seconds, offsetof(bm_report_second_t, member), p)

static void write_seconds(bm_html_t *h, const apr_array_header_t *seconds, apr_pool_t *p)
{
    const double *x = COLUMN(second);
    const bm_chart_t charts[] = {
        { "Requests a second", "seconds since the begin", x, seconds->nelts,
          { { "planned", COLUMN(planned) }, { "completed", COLUMN(completed) }, { "failed", COLUMN(failed) } }, 3, 0, 0 },
        { "Time to first token, ms", "seconds since the begin", x, seconds->nelts,
          { { "p50", COLUMN(ttft[0]) }, { "p95", COLUMN(ttft[1]) }, { "p99", COLUMN(ttft[2]) } }, 3, 0, 0 },
        { "Sent until the last content, ms", "seconds since the begin", x, seconds->nelts,
          { { "p50", COLUMN(e2e[0]) }, { "p95", COLUMN(e2e[1]) }, { "p99", COLUMN(e2e[2]) } }, 3, 0, 0 },
        { "Requests under way", "seconds since the begin", x, seconds->nelts, { { "at the second's end",
                                                                                  COLUMN(in_flight) } }, 1, 0, 0 },
        { "Output tokens a second", "seconds since the begin", x, seconds->nelts, { { "tokens", COLUMN(tokens) } }, 1, 0, 0 }
    };
    size_t i;

    bm_report_section(h, "Over time", NULL);
    for (i = 0; i < sizeof(charts) / sizeof(charts[0]); i++)
        bm_chart_write(h, &charts[i], p);
}

/* Quantiles up to the last that a sample stands behind, ever nearer to 1. */
static void write_distribution(bm_html_t *h, const bm_loadtest_report_t *report, apr_pool_t *p)
{
    enum { A_DECADE = 40, MOST = 280 };
    double x[MOST], y[MOST], n;
    bm_chart_t chart = { "", "quantile", x, 0, { { report->sketch_of, y } }, 1, 1, 0 };

    if (report->sketch == NULL || bm_sketch_head(report->sketch)->n < 2)
        return;
    n = (double)bm_sketch_head(report->sketch)->n;
    chart.title = "Every request by its latency, ms";
    while (chart.n < MOST && (chart.n == 0 || x[chart.n - 1] < n)) {
        x[chart.n] = fmin(n, pow(10, (double)chart.n / A_DECADE));
        y[chart.n] = bm_sketch_quantile(report->sketch, 1 - 1 / x[chart.n]);
        chart.n++;
    }
    bm_report_section(h, "Distribution", "The share of requests that were at most so slow; each grid mark to the right is a "
                                         "tenth of those "
                      "that are left.");
    bm_chart_write(h, &chart, p);
}

static void write_saturation(bm_html_t *h, const json_t *steps, apr_pool_t *p)
{
    int n = (int)json_array_size(steps), i, k;
    double *values = apr_palloc(p, (apr_size_t)(n + 1) * 4 * sizeof(*values)), *x = values, *y[3];
    static const char *const paths[] = { "ttft_ms.p95", "e2e_ms.p95", "e2e_ms.p99" };
    bm_chart_t chart = { "Latency by completed requests a second, ms", "completed /s", x, n,
                         { { "TTFT p95", NULL }, { "E2E p95", NULL }, { "E2E p99", NULL } }, 3, 0, 1 };

    if (n < 2)
        return;
    for (k = 0; k < 3; k++)
        chart.lines[k].y = y[k] = values + (k + 1) * n;
    for (i = 0; i < n; i++) {
        x[i] = bm_html_number_at(json_array_get(steps, (size_t)i), "completed_rate");
        if (!isfinite(x[i]) || (i > 0 && x[i] < x[i - 1]))
            return;                       /* a search goes back and forth: its table tells more */
        for (k = 0; k < 3; k++)
            y[k][i] = bm_html_number_at(json_array_get(steps, (size_t)i), paths[k]);
    }
    bm_chart_write(h, &chart, p);
}

/* --- why it may be believed, and what was asked */

static void write_part_of_certificate(bm_html_t *h, const char *when, const json_t *part)
{
    static const char *const paths[] = { "mean", "p50", "p99", "max" };
    const char *name;
    json_t *error;
    size_t i;

    json_object_foreach((json_t *)(apr_uintptr_t)bm_html_at(part, "errors"), name, error) {
        bm_html_putf(h, "<tr><td>%s: ", when);
        bm_html_text(h, name);
        bm_html_put(h, "</td><td>");
        bm_html_count(h, bm_html_number_at(error, "n"));
        bm_html_put(h, "</td>");
        for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
            write_cell(h, error, paths[i]);
        bm_html_put(h, "</tr>\n");
    }
}

static void write_certificate(bm_html_t *h, const json_t *certificate, apr_pool_t *p)
{
    static const char *const facts[] = { "before.host", "before.priority", "before.tls", "before.streams_completed",
                                         "after.streams_completed",
                                         "extrapolated", "streams", "reason" };
    size_t i;

    bm_report_section(h, "Certificate", "Our own error, in microseconds: the same load on the reference target, which knows "
                                        "when it truly sent, "
                      "before and after.");
    if (!json_is_object(certificate)) {
        bm_html_put(h, "<p>None was asked for, or it was not reached.</p>\n");
        return;
    }
    bm_html_put(h, "<table><thead><tr><th>error of</th><th>n</th><th>mean</th><th>p50</th><th>p99</th><th>max</th></tr>"
                   "</thead><tbody>\n");
    write_part_of_certificate(h, "before", bm_html_at(certificate, "before"));
    write_part_of_certificate(h, "after", bm_html_at(certificate, "after"));
    bm_html_put(h, "</tbody></table>\n<table class=\"left\"><tbody>\n");
    for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        bm_report_fact(h, facts[i], bm_html_at(certificate, facts[i]), p);
    bm_html_put(h, "</tbody></table>\n");
}

static void write_trees(bm_html_t *h, const json_t *test, apr_pool_t *p)
{
    static const char *const facts[] = { "id", "name", "scenario_id", "automation_id", "project_id", "created_by",
                                         "created_at", "engine",
                                         "location", "control", "requests_dropped_at", "error_code" };
    size_t i;

    bm_report_section(h, "Client", "What of the measuring itself stands behind the figures.");
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    bm_report_fact(h, "send_lag, ms", bm_html_at(test, "results.send_lag"), p);
    bm_report_fact(h, "client_lag", bm_html_at(test, "results.client_lag"), p);
    bm_report_tree(h, bm_html_at(test, "results.policies"), p);
    bm_report_fact(h, "cost", bm_html_at(test, "results.cost"), p);
    bm_html_put(h, "</tbody></table>\n");
    bm_report_section(h, "Configuration", "The plan as it was carried out, defaults filled in.");
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        bm_report_fact(h, facts[i], json_object_get(test, facts[i]), p);
    bm_report_tree(h, bm_html_at(test, "plan"), p);
    bm_html_put(h, "</tbody></table>\n");
}

apr_status_t bm_loadtest_report_write(bm_buffer_t *out, const bm_loadtest_report_t *report, apr_pool_t *p)
{
    const json_t *results = bm_html_at(report->test, "results");
    const char *name = bm_html_text_at(report->test, "name");
    bm_html_t h;

    bm_html_init(&h, out);
    bm_report_begin(&h, apr_pstrcat(p, "Load test: ", name != NULL ? name : "", NULL), report->nonce, p);
    write_head(&h, report->test, p);
    write_verdict(&h, report->test);
    if (json_is_object(results)) {
        write_cards(&h, results);
        write_metrics(&h, bm_html_at(results, "metrics"));
        write_distribution(&h, report, p);
        write_steps(&h, results, p);
        write_saturation(&h, bm_html_at(results, "steps"), p);
        write_outcome(&h, results, p);
        write_slos(&h, bm_html_at(results, "goodput.slos"));
    }
    else
        bm_html_put(&h, "<p>There are no results yet.</p>\n");
    write_seconds(&h, report->seconds, p);
    write_certificate(&h, bm_html_at(report->test, "certificate"), p);
    write_trees(&h, report->test, p);
    bm_report_end(&h, report->made_at, report->made_of);
    return h.rv;
}
