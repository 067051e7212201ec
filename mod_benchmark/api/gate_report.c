/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gate_report.h"

#include <string.h>
#include <apr_strings.h>
#include "base/timefmt.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

static const char *const results[] = { "passed", "failed", "too_few_samples" };

static const bm_field_t check_fields[] = {
    { "kind", BM_TYPE_ENUM, OURS, .values = "slo|regression", .doc = "What it is." },
    { "name", BM_TYPE_STRING, OURS, .doc = "What is demanded." },
    { "result", BM_TYPE_ENUM, OURS, .values = "passed|failed|too_few_samples", .doc = "What came of it." },
    { "detail", BM_TYPE_STRING, OURS, .doc = "Why." },
    { "value", BM_TYPE_NUMBER, MAYBE, .doc = "Quantile in ms, share in percent, or change in percent or percentage points." },
    { "limit", BM_TYPE_NUMBER, MAYBE, .doc = "What it is held against." },
    { "n", BM_TYPE_INT, OURS, .doc = "Attempts (of regressions of a quantile: samples) that were judged." },
    { "now", BM_TYPE_NUMBER, MAYBE, .doc = "Of a regression: the figure." },
    { "baseline", BM_TYPE_NUMBER, MAYBE, .doc = "That of the baseline." },
    { "baseline_n", BM_TYPE_INT, OURS, .doc = "Its attempts or samples." },
    { NULL }
};

const bm_field_t bm_gate_fields[] = {
    { "verdict", BM_TYPE_ENUM, OURS, .values = "passed|failed|pending",
      .doc = "pending: some of the runs have not ended, or there was no time to judge them; status 202 then, 200 if passed,"
             " 409 if failed." },
    { "scenario_id", BM_TYPE_INT, OURS, .doc = "The scenario." },
    { "scenario", BM_TYPE_STRING, OURS, .doc = "Its name." },
    { "version", BM_TYPE_INT, OURS, .doc = "Its version now, whose SLOs are judged." },
    { "runs", BM_TYPE_STRING, MAYBE, .doc = "The runs that are judged; null: those of windows." },
    { "run_count", BM_TYPE_INT, MAYBE, .doc = "How many." },
    { "pending", BM_TYPE_INT, OURS, .doc = "How many of them have not ended." },
    { "baseline", BM_TYPE_STRING, MAYBE, .doc = "What regressions are counted from." },
    { "passed", BM_TYPE_INT, OURS, .doc = "Checks that passed." },
    { "failed", BM_TYPE_INT, OURS, .doc = "Checks that failed." },
    { "too_few_samples", BM_TYPE_INT, OURS, .doc = "Checks that cannot tell; whether they fail the gate is a parameter." },
    { "checks", BM_TYPE_ARRAY, OURS, .members = check_fields, .doc = "SLOs, then regressions." },
    { NULL }
};

static const char *verdict_of(const bm_gate_t *gate)
{
    return gate->open > 0 || gate->unjudged ? "pending" : gate->passed ? "passed" : "failed";
}

/* --- JSON */

static void put_text(bm_jw_t *w, const char *name, const char *value)
{
    bm_jw_key(w, name);
    bm_jw_string(w, value);
}

static void put_int(bm_jw_t *w, const char *name, apr_int64_t value)
{
    bm_jw_key(w, name);
    bm_jw_int(w, value);
}

/* Percents have digits enough as times have them. */
static void put_number(bm_jw_t *w, const char *name, double value)
{
    bm_jw_key(w, name);
    bm_jw_ms(w, value);
}

static void write_check(bm_jw_t *w, const bm_gate_check_t *check)
{
    bm_jw_begin_object(w);
    put_text(w, "kind", check->kind);
    put_text(w, "name", check->name);
    put_text(w, "result", results[check->result]);
    put_text(w, "detail", check->detail);
    put_number(w, "value", check->value);
    put_number(w, "limit", check->limit);
    put_int(w, "n", (apr_int64_t)check->n);
    put_number(w, "now", check->now);
    put_number(w, "baseline", check->baseline);
    put_int(w, "baseline_n", (apr_int64_t)check->baseline_n);
    bm_jw_end_object(w);
}

void bm_gate_report_json(bm_req_t *q, const bm_gate_t *gate)
{
    bm_jw_t *w = &q->w;
    int i;

    bm_jw_begin_object(w);
    put_text(w, "verdict", verdict_of(gate));
    put_int(w, "scenario_id", gate->scenario.id);
    put_text(w, "scenario", gate->scenario.name);
    put_int(w, "version", gate->scenario.version);
    put_text(w, "runs", gate->runs);
    bm_jw_key(w, "run_count");
    if (gate->runs != NULL)
        bm_jw_int(w, gate->id_count);
    else
        bm_jw_null(w);
    put_int(w, "pending", gate->open);
    put_text(w, "baseline", gate->baseline);
    for (i = 0; i < 3; i++)
        put_int(w, results[i], gate->counts[i]);
    bm_jw_key(w, "checks");
    bm_jw_begin_array(w);
    for (i = 0; i < gate->checks->nelts; i++)
        write_check(w, &APR_ARRAY_IDX(gate->checks, i, bm_gate_check_t));
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}

/* --- XML */

static void add(bm_req_t *q, const char *text)
{
    if (bm_buffer_append(&q->out, text, strlen(text)) != APR_SUCCESS)
        q->w.rv = APR_ENOMEM;
}

/* Text of a value or an element. What XML cannot hold (control characters) becomes a question mark. */
static const char *escaped(const char *text, apr_pool_t *p)
{
    char *to = apr_palloc(p, 6 * strlen(text) + 1), *at = to;

    for (; *text != '\0'; text++) {
        const char *entity = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : *text == '"' ? "&quot;"
            : (unsigned char)*text < 0x20 ? "?" : NULL;

        if (entity == NULL)
            *at++ = *text;
        else {
            memcpy(at, entity, strlen(entity));
            at += strlen(entity);
        }
    }
    *at = '\0';
    return to;
}

static void write_case(bm_req_t *q, const bm_gate_t *gate, const bm_gate_check_t *check)
{
    const char *detail = escaped(check->detail, q->p);

    add(q, apr_psprintf(q->p, "  <testcase classname=\"%s.%s\" name=\"%s\" time=\"0\"", escaped(gate->scenario.name, q->p),
                        check->kind, escaped(check->name, q->p)));
    if (check->result == BM_GATE_FAILED || (check->result == BM_GATE_FEW && gate->few_fails))
        add(q, apr_psprintf(q->p, "><failure type=\"%s\" message=\"%s\">%s</failure></testcase>\n", results[check->result],
                            detail, detail));
    else if (check->result == BM_GATE_FEW)
        add(q, apr_psprintf(q->p, "><skipped message=\"%s\"/></testcase>\n", detail));
    else
        add(q, apr_psprintf(q->p, "><system-out>%s</system-out></testcase>\n", detail));
}

void bm_gate_report_junit(bm_req_t *q, const bm_gate_t *gate)
{
    int few = gate->counts[BM_GATE_FEW], failed = gate->counts[BM_GATE_FAILED] + (gate->few_fails ? few : 0), i;
    const char *name = escaped(gate->scenario.name, q->p);
    char at[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(at, q->now);
    at[19] = '\0';       /* JUnit's schema has neither fractions nor a zone */
    add(q, apr_psprintf(q->p, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"gate\" tests=\"%d\" failures=\"%d\""
                        " errors=\"0\" skipped=\"%d\">\n <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\""
                        " skipped=\"%d\" time=\"0\" timestamp=\"%s\">\n", gate->checks->nelts, failed, gate->few_fails ? 0 : few,
                        name, gate->checks->nelts, failed, gate->few_fails ? 0 : few, at));
    for (i = 0; i < gate->checks->nelts; i++)
        write_case(q, gate, &APR_ARRAY_IDX(gate->checks, i, bm_gate_check_t));
    add(q, " </testsuite>\n</testsuites>\n");
}

/* Widths fit 11 px Verdana, and textLength makes other fonts keep them. */
void bm_gate_report_badge(bm_req_t *q, const bm_gate_t *gate)
{
    const char *verdict = gate->open > 0 ? "pending" : gate->passed ? "passed"
        : gate->counts[BM_GATE_FAILED] > 0 ? "failed" : "too few samples";
    const char *colour = gate->open > 0 ? "#59636e" : gate->passed ? "#1a7f37"
        : gate->counts[BM_GATE_FAILED] > 0 ? "#cf222e" : "#9a6700";
    int left = 38, text = (int)strlen(verdict) * 7, right = text + 12;

    add(q, apr_psprintf(q->p, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"20\" role=\"img\""
                        " aria-label=\"gate: %s\"><title>gate: %s</title>"
                        "<rect width=\"%d\" height=\"20\" rx=\"3\" fill=\"#24292f\"/>"
                        "<path d=\"M%d 0h%da3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-%dz\" fill=\"%s\"/>"
                        "<g fill=\"#fff\" font-family=\"Verdana,Geneva,DejaVu Sans,sans-serif\" font-size=\"11\">"
                        "<text x=\"6\" y=\"14\" textLength=\"26\">gate</text>"
                        "<text x=\"%d\" y=\"14\" textLength=\"%d\">%s</text></g></svg>\n", left + right, verdict, verdict,
                        left + right, left, right - 3, right - 3, colour, left + 6, text, verdict));
}
