/* SPDX-License-Identifier: Apache-2.0 */
#include "api/compare_read.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "api/kpi_cells.h"
#include "api/kpi_query.h"
#include "api/labels_api.h"
#include "base/rand.h"
#include "base/timefmt.h"
#include "engine/row_gaps.h"
#include "kpi/compare.h"
#include "kpi/kpi_good.h"
#include "model/run_model.h"
#include "store/automation_store.h"
#include "store/compare_store.h"
#include "store/kpi_names_store.h"
#include "store/sample_row.h"
#include "store/scenario_store.h"

#define NOTHING_FOUND "Nothing is found: no run that has ended matches this side."

static apr_status_t refuse(const bm_compare_group_t *g, bm_req_t *q, const char *sentence)
{
    return bm_err_violation(q->err, g->side.member, "%s", sentence);
}

/* --- rows to samples */

/* Gaps that are kept of a side; as many as a comparison looks at. */
typedef struct room_t {
    apr_size_t itl, icl;
} room_t;

static void keep(bm_kpi_gaps_t *kept, apr_size_t *room, const bm_kpi_gaps_t *gaps, apr_pool_t *p)
{
    apr_size_t i, n = 0;

    *kept = (bm_kpi_gaps_t){ 0 };
    if (*room == 0 || gaps->count == 0)
        return;
    kept->count = gaps->count;
    kept->ms = apr_pmemdup(p, gaps->ms, gaps->count * sizeof(*gaps->ms));
    if (gaps->times != NULL)
        kept->times = apr_pmemdup(p, gaps->times, gaps->count * sizeof(*gaps->times));
    for (i = 0; i < gaps->count; i++)
        n += gaps->times != NULL ? gaps->times[i] : 1;
    *room = n < *room ? *room - n : 0;
}

/* ptemp: of this row. */
static void read_sample(bm_kpi_sample_t *sample, room_t *room, const bm_rows_t *rows, int i, apr_pool_t *p, apr_pool_t *ptemp)
{
    bm_finished_run_t row = { .id = bm_rows_int64(rows, i, BM_COMPARE_ID, 0) };
    bm_kpi_sample_t gaps;

    row.status = bm_rows_text(rows, i, BM_COMPARE_ROW_STATUS);
    row.error_code = bm_rows_text(rows, i, BM_COMPARE_ERROR);
    bm_sample_row_figures(&row, rows, i, BM_COMPARE_FIGURES);
    bm_kpi_run_sample(sample, &row);
    if (room->itl == 0 && room->icl == 0)
        return;
    row.timeline_len = (int)bm_rows_bytes(&row.timeline, rows, i, BM_COMPARE_TIMELINE, ptemp);
    gaps = *sample;
    bm_row_gaps_add(&gaps, &row, ptemp);
    keep(&sample->itl, &room->itl, &gaps.itl, p);
    keep(&sample->icl, &room->icl, &gaps.icl, p);
}

static void read_samples(bm_compare_group_t *g, bm_req_t *q)
{
    room_t room = { BM_COMPARE_GAPS_MAX + 1, BM_COMPARE_GAPS_MAX + 1 };     /* one more, so that it is seen to be too many */
    apr_pool_t *ptemp;
    int i;

    g->n = bm_rows_count(g->rows);
    g->samples = apr_palloc(q->p, ((apr_size_t)g->n + 1) * sizeof(*g->samples));
    apr_pool_create(&ptemp, q->p);
    for (i = 0; i < g->n; i++) {
        apr_pool_clear(ptemp);
        read_sample(&g->samples[i], &room, g->rows, i, q->p, ptemp);
    }
    apr_pool_destroy(ptemp);
}

/* --- runs by id */

static int has_id(const bm_rows_t *rows, apr_int64_t id)
{
    int i;

    for (i = 0; i < bm_rows_count(rows); i++)
        if (bm_rows_int64(rows, i, BM_COMPARE_ID, -1) == id)
            return 1;
    return 0;
}

static apr_status_t check_ids(const bm_compare_group_t *g, bm_req_t *q)
{
    const bm_compare_side_t *side = &g->side;
    int i;

    for (i = 0; i < side->id_count; i++)
        if (!has_id(g->rows, side->ids[i]))
            return bm_err_violation(q->err, side->member, "There is no run %" APR_INT64_T_FMT ", or it has not ended.",
                                    side->ids[i]);
    for (i = 0; i < bm_rows_count(g->rows); i++)
        if (bm_rows_int64(g->rows, i, BM_COMPARE_KIND, 0) == BM_RUN_KIND_LOADTEST)
            return bm_err_violation(q->err, side->member, "Run %" APR_INT64_T_FMT " is a load test: write loadtest:%"
                                    APR_INT64_T_FMT ".", bm_rows_int64(g->rows, i, BM_COMPARE_ID, 0),
                                    bm_rows_int64(g->rows, i, BM_COMPARE_ID, 0));
    return APR_SUCCESS;
}

static apr_status_t read_runs(bm_compare_group_t *g, bm_compare_scope_t *scope, bm_req_t *q)
{
    apr_status_t rv;

    scope->ids = g->side.ids;
    scope->id_count = g->side.id_count;
    rv = bm_compare_store_runs(&g->rows, q->db, scope, q->err, q->p);
    if (rv == APR_SUCCESS)
        rv = check_ids(g, q);
    if (rv == APR_SUCCESS)
        g->of = (apr_uint64_t)bm_rows_count(g->rows);
    return rv;
}

/* --- scenario and window */

/* What the store says is not there is the client's mistake in a member, not the address. */
static apr_status_t unless_none(apr_status_t rv, const bm_compare_group_t *g, bm_req_t *q, const char *what, apr_int64_t id)
{
    if (rv != APR_NOTFOUND)
        return rv;
    return bm_err_violation(q->err, g->side.member, "There is no %s %" APR_INT64_T_FMT ".", what, id);
}

static apr_status_t check_scope(const bm_compare_group_t *g, bm_req_t *q)
{
    const bm_compare_side_t *side = &g->side;
    bm_rows_t *rows;
    apr_status_t rv = APR_SUCCESS;

    if (side->scenario_id >= 0) {
        rv = bm_scenario_store_names(&rows, q->db, &side->scenario_id, 1, q->err, q->p);
        if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
            rv = APR_NOTFOUND;
        rv = unless_none(rv, g, q, "scenario", side->scenario_id);
    }
    if (rv == APR_SUCCESS && side->version > 0)
        rv = unless_none(bm_scenario_store_versions(&rows, q->db, side->scenario_id, side->version, q->err, q->p), g, q,
                         "such version of the scenario:", side->version);
    if (rv == APR_SUCCESS && side->automation_id >= 0)
        rv = unless_none(bm_automation_store_get(&rows, q->db, side->automation_id, 0, q->err, q->p), g, q, "automation",
                         side->automation_id);
    return rv;
}

/* What cells are added to. */
typedef struct adding_t {
    bm_compare_group_t *g;
    const bm_rows_t *models;     /* store/kpi_names_store.h; NULL: of any model */
} adding_t;

static int is_of_model(const adding_t *adding, apr_int32_t model_id)
{
    int row = adding->models != NULL ? bm_kpi_query_row(adding->models, model_id) : -1;

    return adding->models == NULL
           || (row >= 0 && strcmp(bm_rows_text(adding->models, row, BM_KPI_MODEL_NAME), adding->g->side.model) == 0);
}

static apr_status_t add_cell(void *baton, const bm_kpi_key_t *key, const void *body, apr_size_t len)
{
    const adding_t *adding = baton;
    bm_kpi_cell_t *cell;
    apr_pool_t *p;
    apr_status_t rv;

    if (!is_of_model(adding, key->model_id))
        return APR_SUCCESS;
    apr_pool_create(&p, NULL);
    rv = bm_kpi_cell_read(&cell, body, len, p);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_cell_merge(adding->g->cell, cell);
    apr_pool_destroy(p);
    return rv;
}

static apr_status_t count_cell(bm_compare_group_t *g, bm_req_t *q)
{
    const bm_kpi_counts_t *counts = bm_kpi_cell_counts(g->cell);

    g->of = bm_kpi_good_attempts(counts) + counts->status[BM_KPI_CANCELLED];
    return g->of > 0 ? APR_SUCCESS : refuse(g, q, NOTHING_FOUND);
}

static apr_status_t read_cells(bm_compare_group_t *g, bm_req_t *q)
{
    const bm_compare_side_t *side = &g->side;
    bm_kpi_window_t window = { .source = BM_RUN_KIND_RUN, .scenario_id = side->scenario_id, .automation_id = side->automation_id,
                               .location = side->location, .by_day = 1 };
    adding_t adding = { .g = g };
    bm_rows_t *models;
    apr_status_t rv = APR_SUCCESS;

    if (side->version > 0)
        return bm_err_violation(q->err, side->member, "Holds %" APR_UINT64_T_FMT " runs or more before the version is looked at;"
                                " at most %d can be searched, and KPI cells know no versions. Take a shorter window.", g->of,
                                BM_COMPARE_SCAN_MAX);
    if (side->label != NULL)
        rv = bm_label_filter(&window.label_id, q, side->member, side->label);
    if (rv == APR_SUCCESS && side->model != NULL) {
        rv = bm_kpi_names_store_models(&models, q->db, q->err, q->p);
        adding.models = models;
    }
    if (rv != APR_SUCCESS)
        return rv;
    window.from_hour = bm_timefmt_hour(side->from, 0);
    window.to_hour = side->to > 0 ? bm_timefmt_hour(side->to, 1) : 0;
    g->cell = bm_kpi_cell_make(q->p);
    rv = bm_kpi_cells_each(q, &window, add_cell, &adding);
    return rv == APR_SUCCESS ? count_cell(g, q) : rv;
}

static apr_status_t read_scope(bm_compare_group_t *g, bm_compare_scope_t *scope, bm_req_t *q)
{
    const bm_compare_side_t *side = &g->side;
    apr_int64_t size = 0;
    apr_status_t rv = check_scope(g, q);

    scope->scenario_id = side->scenario_id;
    scope->automation_id = side->automation_id;
    scope->version = side->version;
    scope->model = side->model;
    scope->location = side->location;
    scope->label = side->label;
    scope->from = side->from;
    scope->to = side->to;
    if (rv == APR_SUCCESS)
        rv = bm_compare_store_size(&size, q->db, scope, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    g->of = (apr_uint64_t)size;
    if (size > BM_COMPARE_SCAN_MAX)
        return read_cells(g, q);
    rv = bm_compare_store_runs(&g->rows, q->db, scope, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    g->is_sample = bm_rows_count(g->rows) == BM_COMPARE_ROWS_MAX;
    if (!g->is_sample)
        g->of = (apr_uint64_t)bm_rows_count(g->rows);
    return APR_SUCCESS;
}

/* --- load tests */

static int by_value(const void *a, const void *b)
{
    apr_int64_t one = *(const apr_int64_t *)a, other = *(const apr_int64_t *)b;

    return one < other ? -1 : one > other;
}

/* Places of the plan, drawn by the seed; two draws of one place are one. */
static apr_int64_t *draw_places(int *n, apr_int64_t of, apr_uint64_t seed, apr_pool_t *p)
{
    apr_int64_t *places = apr_palloc(p, BM_COMPARE_ROWS_MAX * sizeof(*places));
    bm_rand_t rand;
    int i, k = 0;

    bm_rand_seed(&rand, seed);
    for (i = 0; i < BM_COMPARE_ROWS_MAX; i++)
        places[i] = (apr_int64_t)bm_rand_below(&rand, (apr_uint64_t)of);
    qsort(places, BM_COMPARE_ROWS_MAX, sizeof(*places), by_value);
    for (i = 0; i < BM_COMPARE_ROWS_MAX; i++)
        if (k == 0 || places[i] != places[k - 1])
            places[k++] = places[i];
    *n = k;
    return places;
}

static apr_status_t read_loadtest(bm_compare_group_t *g, const bm_compare_scope_t *scope, bm_req_t *q)
{
    apr_int64_t id = g->side.loadtest_id, *drawn = NULL, places;
    bm_rows_t *rows;
    int n = 0;
    apr_status_t rv = unless_none(bm_compare_store_loadtest(&rows, q->db, id, q->err, q->p), g, q, "load test", id);

    if (rv != APR_SUCCESS)
        return rv;
    if (strcmp(bm_rows_text(rows, 0, BM_COMPARE_LT_STATUS), "pending") == 0
        || strcmp(bm_rows_text(rows, 0, BM_COMPARE_LT_STATUS), "running") == 0)
        return refuse(g, q, "This load test has not ended.");
    if (bm_rows_bool(rows, 0, BM_COMPARE_LT_DROPPED))
        return refuse(g, q, "The requests of this load test are not all there: they were dropped (BenchmarkKeepRaw), or only"
                      " some were kept (keep_rows). Its results are.");
    g->plan = bm_rows_text(rows, 0, BM_COMPARE_LT_PLAN);
    places = bm_rows_int64(rows, 0, BM_COMPARE_LT_PLACES, 0);
    g->of = (apr_uint64_t)places;
    g->is_sample = places > BM_COMPARE_ROWS_MAX;
    if (g->is_sample)
        drawn = draw_places(&n, places, (apr_uint64_t)scope->seed, q->p);
    rv = bm_compare_store_requests(&g->rows, q->db, id, bm_rows_int64(rows, 0, BM_COMPARE_LT_FENCE, 0), drawn, n, scope->seed,
                                   scope->timelines, q->err, q->p);
    if (rv == APR_SUCCESS && !g->is_sample)
        g->of = (apr_uint64_t)bm_rows_count(g->rows);
    return rv;
}

/* --- all */

apr_status_t bm_compare_read(bm_compare_group_t *g, apr_uint64_t seed, bm_req_t *q)
{
    bm_compare_scope_t scope = { .scenario_id = -1, .automation_id = -1, .seed = (apr_int64_t)seed,
                                 .limit = BM_COMPARE_ROWS_MAX, .timelines = BM_COMPARE_TIMELINES_MAX };
    apr_status_t rv;

    switch (g->side.kind) {
    case BM_COMPARE_OF_RUNS:
        rv = read_runs(g, &scope, q);
        break;
    case BM_COMPARE_OF_LOADTEST:
        rv = read_loadtest(g, &scope, q);
        break;
    case BM_COMPARE_OF_SCENARIO:
    case BM_COMPARE_OF_WINDOW:
    default:
        rv = read_scope(g, &scope, q);
    }
    if (APR_STATUS_IS_TIMEUP(rv))
        return bm_err_set(q->err, rv, "query_too_long", "Reading %s took longer than BenchmarkKpiTimeout allows; take a shorter"
                          " window.", g->side.member + 1);
    if (rv != APR_SUCCESS || g->cell != NULL)
        return rv;
    if (bm_rows_count(g->rows) == 0)
        return refuse(g, q, NOTHING_FOUND);
    read_samples(g, q);
    return APR_SUCCESS;
}

void bm_compare_read_as_cell(bm_compare_group_t *g, bm_req_t *q)
{
    int i;

    if (g->cell != NULL)
        return;
    g->cell = bm_kpi_cell_make(q->p);
    for (i = 0; i < g->n; i++)
        (void)bm_kpi_cell_add_run(g->cell, &g->samples[i]);       /* fails for an unknown status only, which no sample has */
}

static apr_int64_t *ids_of(const bm_compare_group_t *g, apr_pool_t *p)
{
    apr_int64_t *ids = apr_palloc(p, ((apr_size_t)g->n + 1) * sizeof(*ids));
    int i;

    for (i = 0; i < g->n; i++)
        ids[i] = g->samples[i].run_id;
    qsort(ids, (size_t)g->n, sizeof(*ids), by_value);
    return ids;
}

int bm_compare_read_shared(const bm_compare_group_t *a, const bm_compare_group_t *b, bm_req_t *q)
{
    apr_int64_t *of_a, *of_b;
    int i = 0, k = 0, shared = 0;

    if (a->rows == NULL || b->rows == NULL || a->side.kind == BM_COMPARE_OF_LOADTEST || b->side.kind == BM_COMPARE_OF_LOADTEST)
        return 0;
    of_a = ids_of(a, q->p);
    of_b = ids_of(b, q->p);
    while (i < a->n && k < b->n) {
        if (of_a[i] == of_b[k]) {
            shared++;
            i++;
            k++;
        }
        else if (of_a[i] < of_b[k])
            i++;
        else
            k++;
    }
    return shared;
}
