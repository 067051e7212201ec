/* SPDX-License-Identifier: Apache-2.0 */
#include "export/training_report.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "export/chart.h"
#include "export/report.h"

/* --- what it found out */

/* A name of ours in words. */
static void write_words(bm_html_t *h, const char *name, apr_pool_t *p)
{
    char *words = name != NULL ? apr_pstrdup(p, name) : NULL, *c;

    for (c = words; c != NULL && *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    bm_html_text(h, words);
}

static void write_head(bm_html_t *h, const json_t *session)
{
    bm_html_put(h, "<h1>");
    bm_html_text(h, bm_html_text_at(session, "name"));
    bm_html_putf(h, "</h1>\n<p class=\"quiet\">Training session %.0f, policy ", bm_html_number_at(session, "id"));
    bm_html_text(h, bm_html_text_at(session, "policy"));
    bm_html_put(h, ", ");
    bm_html_text(h, bm_html_text_at(session, "status"));
    bm_html_put(h, " \xc2\xb7 ");
    bm_html_text(h, bm_html_text_at(session, "started_at"));
    bm_html_put(h, " until ");
    bm_html_text(h, bm_html_text_at(session, "ended_at"));
    bm_html_put(h, "</p>\n");
}

/* What of the certainty there is to say. */
static const char *certainty_of(const json_t *session)
{
    if (bm_html_at(session, "conclusion") == NULL || json_is_null(bm_html_at(session, "conclusion")))
        return "The session has not ended: what follows is what is known so far.";
    if (isfinite(bm_html_number_at(session, "conclusion.capacity.confidence")))
        return "The capacity is the rate that the target can serve for good, however long its queue would be.";
    return "No confidence is claimed: problems pass or fail as a whole, by a response time.";
}

static void write_statement(bm_html_t *h, const json_t *session)
{
    const char *sentence = bm_html_text_at(session, "conclusion.sentence"), *reason = bm_html_text_at(session, "reason");
    const char *status = bm_html_text_at(session, "status");
    int failed = status != NULL && strcmp(status, "failed") == 0;
    int sure = isfinite(bm_html_number_at(session, "conclusion.capacity.confidence"));

    bm_html_putf(h, "<div class=\"verdict %s\"><b>", failed ? "invalid" : sure ? "valid" : "unknown");
    bm_html_text(h, sentence != NULL ? sentence : "Nothing is known of what the target can take yet.");
    bm_html_put(h, "</b>");
    if (reason != NULL && (sentence == NULL || strcmp(reason, sentence) != 0)) {
        bm_html_put(h, "<p>");
        bm_html_text(h, reason);
        bm_html_put(h, "</p>");
    }
    bm_html_putf(h, "<p>%s</p></div>\n", certainty_of(session));
}

static void begin_card(bm_html_t *h, const char *name)
{
    bm_html_putf(h, "<div class=\"card\"><span>%s</span><b>", name);
}

static void write_capacity_card(bm_html_t *h, const json_t *session)
{
    const json_t *capacity = bm_html_at(session, "conclusion.capacity");

    if (!json_is_object(capacity)) {
        begin_card(h, "Difficulty");
        bm_html_text(h, bm_html_text_at(session, "difficulty"));
        bm_html_put(h, "</b><span>of the last problem</span></div>\n");
        return;
    }
    begin_card(h, "Capacity");
    bm_html_number(h, bm_html_number_at(capacity, "estimate"));
    bm_html_put(h, " /s</b><span>");
    bm_html_number(h, bm_html_number_at(capacity, "low"));
    bm_html_put(h, " to ");
    bm_html_number(h, bm_html_number_at(capacity, "high"));
    if (isfinite(bm_html_number_at(capacity, "confidence")))
        bm_html_putf(h, " (%.1f %%)", 100 * bm_html_number_at(capacity, "confidence"));
    bm_html_put(h, "</span></div>\n");
}

static void write_cards(bm_html_t *h, const json_t *session)
{
    double total = bm_html_number_at(session, "total_scenarios"), met = bm_html_number_at(session, "successful_scenarios");
    double unclear = bm_html_number_at(session, "unclear_scenarios");

    bm_html_put(h, "<div class=\"cards\">\n");
    write_capacity_card(h, session);
    begin_card(h, "Problems met");
    bm_html_putf(h, "%.0f of %.0f</b><span>all that was expected; %.0f missed, %.0f not clear</span></div>\n", met, total,
                 total - met - unclear, unclear);
    begin_card(h, "Answered in time");
    bm_html_number(h, 100 * bm_html_number_at(session, "average_performance"));
    bm_html_put(h, " %</b><span>of the requests, mean of the problems</span></div>\n");
    begin_card(h, "Requests");
    bm_html_count(h, bm_html_number_at(session, "requests"));
    bm_html_put(h, "</b><span>tokens ");
    bm_html_count(h, bm_html_number_at(session, "tokens"));
    bm_html_put(h, ", cost ");
    bm_html_number(h, bm_html_number_at(session, "cost"));
    bm_html_put(h, "</span></div>\n</div>\n");
}

/* --- where it went */

static double level_of(const json_t *place)
{
    static const char *const levels[] = { "easy", "medium", "hard", "extreme" };
    const char *name = json_string_value(place);
    size_t i;

    for (i = 0; name != NULL && i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(levels[i], name) == 0)
            return (double)i + 1;
    return json_is_number(place) ? json_number_value(place) : NAN;
}

static void write_place(bm_html_t *h, const json_t *place)
{
    if (json_is_number(place)) {
        bm_html_number(h, json_number_value(place));
        bm_html_put(h, " /s");
    }
    else
        bm_html_text(h, json_is_null(place) ? "the end" : json_string_value(place));
}

static void write_moves(bm_html_t *h, const json_t *session, apr_pool_t *p)
{
    const json_t *moves = bm_html_at(session, "moves");
    size_t n = json_array_size(moves), i;
    double *x = apr_palloc(p, (n + 1) * 2 * sizeof(*x)), *y = x + n + 1;
    int ladder = json_is_string(json_object_get(json_array_get(moves, 0), "from"));
    bm_chart_t chart = { ladder ? "Difficulty: 1 easy, 2 medium, 3 hard, 4 extreme" : "Rate, requests a second", "problem", x,
                         (int)n, { { "of each problem", y } }, 1, 0, 1 };

    bm_report_section(h, "Where it went", "After each problem that was judged. A ladder goes by the share of requests that were"
                      " answered in time, and by nothing else: up above 95 %, down below 70 %. Whether a problem was met asks for"
                      " more: every outcome that was expected of it.");
    for (i = 0; i < n; i++) {
        x[i] = (double)i + 1;
        y[i] = level_of(json_object_get(json_array_get(moves, i), "from"));
    }
    bm_chart_write(h, &chart, p);
    bm_html_put(h, "<table class=\"left plain\"><thead><tr><th>problem</th><th>from</th><th>to</th><th>why</th>"
                   "<th>the problem</th></tr></thead>"
                   "<tbody>\n");
    for (i = 0; i < n; i++) {
        const json_t *move = json_array_get(moves, i);

        bm_html_putf(h, "<tr><td>%d</td><td>", (int)i + 1);
        write_place(h, json_object_get(move, "from"));
        bm_html_put(h, "</td><td>");
        write_place(h, json_object_get(move, "to"));
        bm_html_put(h, "</td><td class=\"words\">");
        bm_html_text(h, bm_html_text_at(move, "why"));
        bm_html_put(h, "</td><td class=\"words\">");
        bm_html_text(h, bm_html_text_at(move, "verdict"));
        bm_html_put(h, "</td></tr>\n");
    }
    bm_html_put(h, "</tbody></table>\n");
}

/* --- the problems */

static const char *verdict_of(const json_t *problem, const char **css)
{
    const json_t *success = json_object_get(problem, "success");
    const char *status = bm_html_text_at(problem, "status");

    *css = json_is_true(success) ? "met" : json_is_false(success) ? "missed" : "";
    if (status == NULL || strcmp(status, "completed") != 0)
        return status;
    return json_is_true(success) ? "met" : json_is_false(success) ? "missed" : "not clear";
}

static void write_check(bm_html_t *h, const json_t *check, apr_pool_t *p)
{
    const json_t *met = json_object_get(check, "met"), *interval = json_object_get(check, "interval");

    bm_html_putf(h, "<small class=\"%s\">", json_is_true(met) ? "met" : json_is_false(met) ? "missed" : "");
    write_words(h, bm_html_text_at(check, "name"), p);
    bm_html_put(h, " ");
    bm_html_number(h, bm_html_number_at(check, "expected"));
    bm_html_put(h, ": ");
    bm_html_number(h, bm_html_number_at(check, "measured"));
    if (json_array_size(interval) == 2) {
        bm_html_put(h, " (");
        bm_html_number(h, json_number_value(json_array_get(interval, 0)));
        bm_html_put(h, " to ");
        bm_html_number(h, json_number_value(json_array_get(interval, 1)));
        bm_html_put(h, ")");
    }
    bm_html_put(h, json_is_true(met) ? ", met</small>" : json_is_false(met) ? ", missed</small>" : ", not clear</small>");
}

/* What is not clear although no outcome was missed: the first of what went wrong says why. */
static void write_why_unclear(bm_html_t *h, const json_t *problem)
{
    const json_t *errors = bm_html_at(problem, "results.errors");

    if (!json_is_null(json_object_get(problem, "success")) || json_array_size(errors) == 0)
        return;
    bm_html_put(h, "<small>");
    bm_html_text(h, json_string_value(json_array_get(errors, json_array_size(errors) - 1)));
    bm_html_put(h, "</small>");
}

static void write_problem(bm_html_t *h, const json_t *problem, apr_pool_t *p)
{
    const json_t *checks = bm_html_at(problem, "results.checks"), *interval = bm_html_at(problem, "results.interval");
    const char *css, *verdict = verdict_of(problem, &css);
    size_t i;

    bm_html_put(h, "<tr><td>");
    bm_html_text(h, bm_html_text_at(problem, "key"));
    bm_html_put(h, "<small>");
    bm_html_text(h, bm_html_text_at(problem, "difficulty"));
    bm_html_put(h, ", seed ");
    bm_html_json(h, json_object_get(problem, "seed"), p);
    bm_html_put(h, "</small></td><td class=\"words\">");
    bm_html_text(h, bm_html_text_at(problem, "description"));
    for (i = 0; i < json_array_size(checks); i++)
        write_check(h, json_array_get(checks, i), p);
    write_why_unclear(h, problem);
    bm_html_putf(h, "</td><td class=\"%s\">", css);
    bm_html_text(h, verdict);
    bm_html_put(h, "</td><td>");
    bm_html_number(h, 100 * bm_html_number_at(problem, "success_rate"));
    bm_html_put(h, " %");
    if (json_array_size(interval) == 2) {
        bm_html_put(h, "<small>");
        bm_html_number(h, 100 * json_number_value(json_array_get(interval, 0)));
        bm_html_put(h, " to ");
        bm_html_number(h, 100 * json_number_value(json_array_get(interval, 1)));
        bm_html_put(h, "</small>");
    }
    bm_html_put(h, "</td></tr>\n");
}

static void write_problems(bm_html_t *h, const bm_training_report_t *report, apr_pool_t *p)
{
    size_t i;

    bm_report_section(h, "Problems", "Each with what was expected: what was measured, and its 95 % interval. Met or missed where"
                      " the whole interval lies on one side; not clear between. What we broke ourselves is no error of the"
                      " target.");
    bm_html_put(h, "<table class=\"left plain\"><thead><tr><th>problem</th><th>what it did, and what came of it</th>"
                   "<th>verdict</th><th>answered in time</th></tr></thead><tbody>\n");
    for (i = 0; i < json_array_size(report->problems); i++)
        write_problem(h, json_array_get(report->problems, i), p);
    bm_html_put(h, "</tbody></table>\n");
    if (report->more_problems)
        bm_html_putf(h, "<p class=\"note\">These are the first %d; the API has the others.</p>\n",
                     (int)json_array_size(report->problems));
}

/* Each sentence once, with the figure that it rests on. */
static void write_advice(bm_html_t *h, const json_t *problems, apr_pool_t *p)
{
    json_t *seen = json_object();
    size_t i, k;

    bm_report_section(h, "What the figures advise", "Of each figure what the last problem says that has something to say of it.");
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    for (i = json_array_size(problems); i-- > 0;) {
        const json_t *list = bm_html_at(json_array_get(problems, i), "results.recommendations");

        for (k = 0; k < json_array_size(list); k++) {
            const json_t *advice = json_array_get(list, k);
            const char *figure = bm_html_text_at(advice, "figure");

            if (figure == NULL || json_object_get(seen, figure) != NULL)
                continue;
            json_object_set_new(seen, figure, json_true());
            bm_report_fact(h, figure, json_object_get(advice, "text"), p);
        }
    }
    if (json_object_size(seen) == 0)
        bm_html_put(h, "<tr><td>Nothing.</td><td></td></tr>\n");
    json_decref(seen);
    bm_html_put(h, "</tbody></table>\n");
}

/* What the seconds were like, all together; nothing before the session has ended. */
static void write_over_seconds(bm_html_t *h, const json_t *session)
{
    static const struct { const char *name, *word; double size; } figures[] = {
        { "response_time", "response time, ms", 1 }, { "throughput", "throughput, /s", 1 }, { "success_rate", "success, %", 100 },
        { "error_rate", "errors, %", 100 }, { "cpu_usage", "CPU of the engine, %", 1 },
        { "memory_usage", "memory of the engine, MB", 1 }
    };
    static const char *const columns[] = { "min", "median", "mean", "max", "std_dev" };
    const json_t *metrics = json_object_get(session, "metrics");
    size_t i, k;

    if (json_object_size(metrics) == 0)
        return;
    bm_html_put(h, "<table><thead><tr><th>of each second</th><th>least</th><th>median</th><th>mean</th><th>greatest</th>"
                   "<th>deviation</th><th>seconds</th></tr></thead><tbody>\n");
    for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        const json_t *summary = json_object_get(metrics, figures[i].name);

        if (!json_is_object(summary))
            continue;
        bm_html_putf(h, "<tr><td>%s</td>", figures[i].word);
        for (k = 0; k < sizeof(columns) / sizeof(columns[0]); k++) {
            bm_html_put(h, "<td>");
            bm_html_number(h, figures[i].size * bm_html_number_at(summary, columns[k]));
            bm_html_put(h, "</td>");
        }
        bm_html_put(h, "<td>");
        bm_html_count(h, bm_html_number_at(summary, "seconds"));
        bm_html_put(h, "</td></tr>\n");
    }
    bm_html_put(h, "</tbody></table>\n");
}

static void write_seconds(bm_html_t *h, const json_t *session, const bm_training_report_seconds_t *s, apr_pool_t *p)
{
    const bm_chart_t charts[] = {
        { "Response time, ms", "seconds of load", s->number, s->count, { { "median of each second", s->response_time } }, 1, 0,
          0 },
        { "Requests completed a second", "seconds of load", s->number, s->count, { { "completed", s->throughput } }, 1, 0, 0 },
        { "Errors, %", "seconds of load", s->number, s->count, { { "of what ended", s->error_rate } }, 1, 0, 0 }
    };
    size_t i;

    bm_report_section(h, "Over time", "All problems in a row; the pauses between them are left out.");
    for (i = 0; i < sizeof(charts) / sizeof(charts[0]); i++)
        bm_chart_write(h, &charts[i], p);
    write_over_seconds(h, session);
}

static void write_plan(bm_html_t *h, const json_t *session, apr_pool_t *p)
{
    static const char *const facts[] = { "id", "scenario_id", "automation_id", "project_id", "created_by" };
    size_t i;

    bm_report_section(h, "Configuration", "The plan, defaults filled in, with the limits that bound every problem.");
    bm_html_put(h, "<table class=\"left\"><tbody>\n");
    for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        bm_report_fact(h, facts[i], json_object_get(session, facts[i]), p);
    bm_report_tree(h, bm_html_at(session, "plan"), p);
    bm_html_put(h, "</tbody></table>\n");
}

apr_status_t bm_training_report_write(bm_buffer_t *out, const bm_training_report_t *report, apr_pool_t *p)
{
    bm_html_t h;

    bm_html_init(&h, out);
    bm_report_begin(&h, bm_html_text_at(report->session, "name"), report->nonce, p);
    write_head(&h, report->session);
    write_statement(&h, report->session);
    write_cards(&h, report->session);
    write_moves(&h, report->session, p);
    write_problems(&h, report, p);
    write_advice(&h, report->problems, p);
    write_seconds(&h, report->session, &report->seconds, p);
    write_plan(&h, report->session, p);
    bm_report_end(&h, report->made_at, report->made_of);
    return h.rv;
}
