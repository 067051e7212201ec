/* SPDX-License-Identifier: Apache-2.0 */
#include "api/compare_side.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "parse/range_expr.h"

typedef struct reading_t {
    bm_compare_side_t *side;
    apr_time_t now;
    bm_err_t *err;
    apr_pool_t *p;
} reading_t;

static const char *const kinds[] = { "runs", "scenario", "loadtest", "window" };

const char *bm_compare_side_kind(const bm_compare_side_t *side)
{
    return kinds[side->kind];
}

static int by_id(const void *a, const void *b)
{
    apr_int64_t one = *(const apr_int64_t *)a, other = *(const apr_int64_t *)b;

    return one < other ? -1 : one > other;
}

static apr_status_t read_id(apr_int64_t *id, const char *text, const char *what, const reading_t *r)
{
    if (bm_text_to_int64(id, text, 0, APR_INT64_MAX) == APR_SUCCESS)
        return APR_SUCCESS;
    return bm_err_violation(r->err, r->side->member, "\"%s\" is no id of %s.", text, what);
}

static apr_status_t read_runs(char *text, const reading_t *r)
{
    bm_compare_side_t *side = r->side;
    char *at, *next;
    int n = 1, i, k;

    for (at = text; *at != '\0'; at++)
        n += *at == ',';
    if (n > BM_COMPARE_RUNS_MAX)
        return bm_err_violation(r->err, side->member, "Names %d runs; at most %d can be compared. Take a window or a scenario.",
                                n, BM_COMPARE_RUNS_MAX);
    side->ids = apr_palloc(r->p, (apr_size_t)n * sizeof(*side->ids));
    for (at = text, i = 0; i < n; i++, at = next) {
        apr_status_t rv;

        next = at + strcspn(at, ",");
        if (*next != '\0')
            *next++ = '\0';
        rv = read_id(&side->ids[i], at, "a run", r);
        if (rv != APR_SUCCESS)
            return rv;
    }
    qsort(side->ids, (size_t)n, sizeof(*side->ids), by_id);
    for (i = 1, k = 1; i < n; i++)
        if (side->ids[i] != side->ids[k - 1])
            side->ids[k++] = side->ids[i];
    side->id_count = k;
    return APR_SUCCESS;
}

static apr_status_t read_scenario(char *text, const reading_t *r)
{
    char *at = strchr(text, '@');
    apr_int64_t version;

    if (at != NULL) {
        *at++ = '\0';
        if (bm_text_to_int64(&version, at, 1, APR_INT32_MAX) != APR_SUCCESS)
            return bm_err_violation(r->err, r->side->member, "\"%s\" is no version of a scenario.", at);
        r->side->version = (int)version;
    }
    return read_id(&r->side->scenario_id, text, "a scenario", r);
}

static apr_status_t read_window(char *text, const reading_t *r)
{
    bm_compare_side_t *side = r->side;
    char *slash = strchr(text, '/');

    if (slash == NULL)
        return bm_err_violation(r->err, side->member, "A window is written from/to, such as now-7d/now.");
    *slash++ = '\0';
    if (bm_range_expr_time(&side->from, text, r->now) != APR_SUCCESS)
        return bm_err_violation(r->err, side->member, "\"%s\" is no time: RFC 3339, a date, now, or now-6h.", text);
    if (bm_range_expr_time(&side->to, slash, r->now) != APR_SUCCESS)
        return bm_err_violation(r->err, side->member, "\"%s\" is no time: RFC 3339, a date, now, or now-6h.", slash);
    if (side->to <= side->from)
        return bm_err_violation(r->err, side->member, "The window must end later than it begins.");
    return APR_SUCCESS;
}

static apr_status_t read_filter(char *text, const reading_t *r)
{
    bm_compare_side_t *side = r->side;
    char *value = strchr(text, '=');
    int has_scope = side->kind == BM_COMPARE_OF_WINDOW;

    if (side->kind == BM_COMPARE_OF_RUNS || side->kind == BM_COMPARE_OF_LOADTEST)
        return bm_err_violation(r->err, side->member, "Behind %s stand no filters.", kinds[side->kind]);
    if (value == NULL || value[1] == '\0')
        return bm_err_violation(r->err, side->member, "\"%s\" is no filter; they are written name=value.", text);
    *value++ = '\0';
    if (has_scope && strcmp(text, "scenario") == 0)
        return read_scenario(value, r);
    if (has_scope && strcmp(text, "automation") == 0)
        return read_id(&side->automation_id, value, "an automation", r);
    if (!has_scope && strcmp(text, "window") == 0)
        return read_window(value, r);
    if (strcmp(text, "model") == 0)
        side->model = value;
    else if (strcmp(text, "location") == 0)
        side->location = value;
    else if (strcmp(text, "label") == 0)
        side->label = value;
    else
        return bm_err_violation(r->err, side->member, "There is no filter \"%s\" behind %s; there are %s, model, location and"
                                " label.", text, kinds[side->kind], has_scope ? "scenario, automation" : "window");
    return APR_SUCCESS;
}

static apr_status_t read_head(char *text, const reading_t *r)
{
    char *value = strchr(text, ':');
    int kind;

    if (value != NULL)
        *value++ = '\0';
    for (kind = 0; value != NULL && kind < (int)(sizeof(kinds) / sizeof(kinds[0])); kind++) {
        if (strcmp(text, kinds[kind]) != 0)
            continue;
        r->side->kind = (bm_compare_kind_e)kind;
        switch (r->side->kind) {
        case BM_COMPARE_OF_RUNS: return read_runs(value, r);
        case BM_COMPARE_OF_SCENARIO: return read_scenario(value, r);
        case BM_COMPARE_OF_LOADTEST: return read_id(&r->side->loadtest_id, value, "a load test", r);
        case BM_COMPARE_OF_WINDOW:
        default: return read_window(value, r);
        }
    }
    return bm_err_violation(r->err, r->side->member, "Must begin with runs:, scenario:, loadtest: or window:, such as runs:1,2,3"
                            " or scenario:7@2.");
}

apr_status_t bm_compare_side_read(bm_compare_side_t *side, const char *member, const char *text, apr_time_t now, bm_err_t *err,
                                  apr_pool_t *p)
{
    const reading_t r = { side, now, err, p };
    char *at = apr_pstrdup(p, text), *next;
    apr_status_t rv = APR_SUCCESS;
    int first = 1;

    *side = (bm_compare_side_t){ .member = member, .text = text, .scenario_id = -1, .automation_id = -1, .loadtest_id = -1 };
    for (; at != NULL && rv == APR_SUCCESS; at = next, first = 0) {
        next = strchr(at, ';');
        if (next != NULL)
            *next++ = '\0';
        rv = first ? read_head(at, &r) : read_filter(at, &r);
    }
    return rv;
}

static int same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

int bm_compare_side_same(const bm_compare_side_t *a, const bm_compare_side_t *b)
{
    int lists = a->kind == BM_COMPARE_OF_RUNS || a->kind == BM_COMPARE_OF_LOADTEST;

    if (a->kind != b->kind && (lists || b->kind == BM_COMPARE_OF_RUNS || b->kind == BM_COMPARE_OF_LOADTEST))
        return 0;
    if (a->kind == BM_COMPARE_OF_RUNS)
        return a->id_count == b->id_count && memcmp(a->ids, b->ids, (size_t)a->id_count * sizeof(*a->ids)) == 0;
    return a->loadtest_id == b->loadtest_id && a->scenario_id == b->scenario_id && a->automation_id == b->automation_id
           && a->version == b->version && a->from == b->from && a->to == b->to && same_text(a->model, b->model)
           && same_text(a->location, b->location) && same_text(a->label, b->label);
}
