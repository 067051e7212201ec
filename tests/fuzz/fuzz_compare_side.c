/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a side of a comparison. What is accepted is within its bounds, and written again from what was read it is the same side;
 * what is refused says why, once. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "api/compare_side.h"
#include "base/timefmt.h"

#define NOW (APR_TIME_C(1700000000) * 1000000)
#define ID "%" APR_INT64_T_FMT

static const char *window_text(const bm_compare_side_t *s, apr_pool_t *p)
{
    char from[BM_TIMEFMT_SIZE], to[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(from, s->from);
    bm_timefmt_rfc3339(to, s->to);
    return apr_pstrcat(p, from, "/", to, NULL);
}

static const char *scenario_text(const bm_compare_side_t *s, apr_pool_t *p)
{
    return s->version > 0 ? apr_psprintf(p, ID "@%d", s->scenario_id, s->version) : apr_psprintf(p, ID, s->scenario_id);
}

static const char *filter(const char *name, const char *value, apr_pool_t *p)
{
    return value != NULL ? apr_pstrcat(p, ";", name, "=", value, NULL) : "";
}

/* The side in one spelling. */
static const char *spell(const bm_compare_side_t *s, apr_pool_t *p)
{
    const char *text = apr_pstrcat(p, bm_compare_side_kind(s), ":", NULL);

    switch (s->kind) {
    case BM_COMPARE_OF_RUNS:
        for (int i = 0; i < s->id_count; i++)
            text = apr_psprintf(p, "%s%s" ID, text, i > 0 ? "," : "", s->ids[i]);
        return text;
    case BM_COMPARE_OF_LOADTEST:
        return apr_psprintf(p, "%s" ID, text, s->loadtest_id);
    case BM_COMPARE_OF_SCENARIO:
        text = apr_pstrcat(p, text, scenario_text(s, p), filter("window", s->to != 0 ? window_text(s, p) : NULL, p), NULL);
        break;
    case BM_COMPARE_OF_WINDOW:
    default:
        text = apr_pstrcat(p, text, window_text(s, p), filter("scenario", s->scenario_id >= 0 ? scenario_text(s, p) : NULL, p),
                           filter("automation", s->automation_id >= 0 ? apr_psprintf(p, ID, s->automation_id) : NULL, p), NULL);
        break;
    }
    return apr_pstrcat(p, text, filter("model", s->model, p), filter("location", s->location, p), filter("label", s->label, p),
                       NULL);
}

static void check_accepted(const bm_compare_side_t *s, apr_pool_t *p)
{
    bm_compare_side_t again;

    BM_FUZZ_CHECK(s->kind != BM_COMPARE_OF_RUNS || (s->id_count >= 1 && s->id_count <= BM_COMPARE_RUNS_MAX && s->ids[0] >= 0));
    for (int i = 1; i < s->id_count; i++)
        BM_FUZZ_CHECK(s->ids[i] > s->ids[i - 1]);
    BM_FUZZ_CHECK((s->from == 0 && s->to == 0) || (s->from >= 0 && s->to > s->from));
    BM_FUZZ_CHECK(s->version >= 0 && s->scenario_id >= -1 && s->automation_id >= -1 && s->loadtest_id >= -1);
    BM_FUZZ_CHECK(bm_compare_side_same(s, s));
    BM_FUZZ_CHECK(bm_compare_side_read(&again, "?b", spell(s, p), NOW + 1, bm_err_make(p), p) == APR_SUCCESS);
    BM_FUZZ_CHECK(again.kind == s->kind && bm_compare_side_same(s, &again) && bm_compare_side_same(&again, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_compare_side_t side;
    bm_err_t *err;
    apr_pool_t *p;
    char *text;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    if (size > BM_COMPARE_SIDE_MAX)
        return 0;
    text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    apr_pool_create(&p, process);
    err = bm_err_make(p);
    if (bm_compare_side_read(&side, "?a", text, NOW, err, p) == APR_SUCCESS) {
        BM_FUZZ_CHECK(err->violations->nelts == 0);
        check_accepted(&side, p);
    }
    else
        BM_FUZZ_CHECK(err->violations->nelts == 1
                      && strcmp(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, "?a") == 0);
    apr_pool_destroy(p);
    free(text);
    return 0;
}
