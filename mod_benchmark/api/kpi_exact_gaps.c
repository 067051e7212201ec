/* SPDX-License-Identifier: Apache-2.0 */
#include "api/kpi_exact_gaps.h"

#include "engine/row_gaps.h"
#include "engine/timeline.h"
#include "stat/quantile_interval.h"
#include "stat/value_counts.h"

/* The gaps of one answer. */
typedef struct pool_t {
    bm_kpi_answer_t *answer;
    bm_value_counts_t *counts[BM_KPI_METRIC_END];       /* by place in the query; NULL: not of gaps */
} pool_t;

typedef struct gathering_t {
    const bm_kpi_query_t *query;
    bm_kpi_exact_find_fn *find;
    void *baton;
    bm_req_t *q;
    apr_array_header_t *pools;      /* of pool_t *, in the order found */
    apr_size_t kept;
    apr_time_t until;
} gathering_t;

static int is_pooled(const bm_kpi_query_t *query, int which)
{
    return bm_kpi_metric_find(query->metrics[which])->pooled;
}

static const char *asked_metric(const bm_kpi_query_t *query)
{
    int i;

    for (i = 0; i + 1 < query->metric_count && !is_pooled(query, i); i++)
        ;
    return bm_kpi_metric_find(query->metrics[i])->name;
}

static pool_t *pool_of(gathering_t *g, bm_kpi_answer_t *answer)
{
    pool_t *pool = answer->gaps;
    int i;

    if (pool != NULL)
        return pool;
    answer->gaps = pool = apr_pcalloc(g->q->p, sizeof(*pool));
    pool->answer = answer;
    for (i = 0; i < g->query->metric_count; i++)
        if (is_pooled(g->query, i))
            pool->counts[i] = bm_value_counts_make(g->q->p);
    APR_ARRAY_PUSH(g->pools, pool_t *) = pool;
    return pool;
}

static apr_status_t add(gathering_t *g, bm_value_counts_t *counts, const bm_gaps_t *gaps)
{
    apr_size_t i;

    g->kept -= bm_value_counts_size(counts);
    for (i = 0; i < gaps->count; i++) {
        apr_status_t rv = bm_value_counts_add(counts, gaps->ms[i], gaps->times != NULL ? gaps->times[i] : 1);

        if (rv != APR_SUCCESS)
            return bm_err_set(g->q->err, APR_EGENERAL, NULL, "gaps cannot be kept: no memory, or one is no number");
    }
    g->kept += bm_value_counts_size(counts);
    if (g->kept > BM_KPI_EXACT_GAPS_MAX)
        return bm_err_violation(g->q->err, "?exact", "There are more different gaps between tokens than are kept in memory at"
                                " once; take a shorter window or fewer groups, or ask without exact.");
    return APR_SUCCESS;
}

static apr_status_t add_row(gathering_t *g, const bm_rows_t *rows, int i, apr_pool_t *p)
{
    bm_finished_run_t row = { .id = bm_rows_int64(rows, i, BM_KPI_EXACT_ID, 0),
                              .ttft_us = bm_rows_int64(rows, i, BM_KPI_EXACT_TTFT, BM_FIGURE_NONE) };
    bm_kpi_answer_t *answer = g->find(g->baton, rows, i);
    bm_gaps_t itl, icl;
    apr_status_t rv;
    pool_t *pool;
    int k;

    if (answer == NULL)
        return APR_SUCCESS;                         /* it ended after the groups were read */
    row.timeline_len = (int)bm_rows_bytes(&row.timeline, rows, i, BM_KPI_EXACT_GAPS, p);
    rv = bm_row_gaps(&itl, &icl, &row, p);
    if (rv != APR_SUCCESS)
        return bm_err_violation(g->q->err, "?metric", "%s cannot be had exactly: %s %" APR_INT64_T_FMT " keeps not all of its"
                                " chunks (at most %d are kept). Ask without exact.", asked_metric(g->query),
                                g->query->window.source == 0 ? "run" : "a request of load test", row.id, BM_TIMELINE_CHUNKS_MAX);
    pool = pool_of(g, answer);
    for (k = 0; rv == APR_SUCCESS && k < g->query->metric_count; k++)
        if (pool->counts[k] != NULL)
            rv = add(g, pool->counts[k], g->query->metrics[k] == BM_KPI_ITL ? &itl : &icl);
    return rv;
}

static apr_status_t add_page(int *n, gathering_t *g, apr_pool_t *ppage)
{
    bm_req_t *q = g->q;
    bm_rows_t *rows;
    apr_status_t rv = bm_kpi_exact_store_next_gaps(&rows, q->db, q->err, ppage);
    apr_pool_t *prow;
    int i;

    *n = rv == APR_SUCCESS ? bm_rows_count(rows) : 0;
    apr_pool_create(&prow, ppage);
    for (i = 0; rv == APR_SUCCESS && i < *n; i++) {
        apr_pool_clear(prow);                       /* a long timeline takes megabytes */
        rv = add_row(g, rows, i, prow);
    }
    apr_pool_destroy(prow);
    if (rv == APR_SUCCESS && *n > 0 && apr_time_now() > g->until)
        return bm_err_set(q->err, APR_TIMEUP, "query_too_long", "Reading the gaps between tokens took longer than"
                          " BenchmarkKpiTimeout allows; take a shorter window, or ask without exact.");
    return rv;
}

static void figure_fill(bm_kpi_figure_t *figure, bm_value_counts_t *counts, const bm_kpi_query_t *query)
{
    apr_uint64_t n = bm_value_counts_n(counts), low, high;
    int i;

    *figure = (bm_kpi_figure_t){ .n = n, .mean = bm_value_counts_mean(counts), .min = bm_value_counts_at(counts, 1),
                                 .max = bm_value_counts_at(counts, n) };
    for (i = 0; i < query->quantile_count; i++) {
        double q = query->quantiles[i];
        int known = bm_quantile_interval(&low, &high, n, (double)n, q);

        figure->at[i] = (bm_kpi_quantile_t){ .value = bm_value_counts_quantile(counts, q), .few = bm_kpi_figure_is_few(n, q),
                                             .low = bm_value_counts_at(counts, known ? low : 0),
                                             .high = bm_value_counts_at(counts, known ? high : 0) };
    }
}

apr_status_t bm_kpi_exact_gaps(const bm_kpi_exact_t *what, const bm_kpi_query_t *query, bm_kpi_exact_find_fn *find, void *baton,
                               bm_req_t *q)
{
    gathering_t g = { .query = query, .find = find, .baton = baton, .q = q,
                      .pools = apr_array_make(q->p, 8, sizeof(pool_t *)),
                      .until = apr_time_now() + q->api->settings->kpi_timeout };
    apr_status_t rv = bm_kpi_exact_store_open_gaps(q->db, what, q->err, q->p);
    apr_pool_t *ppage;
    int i, k, n = 1;

    apr_pool_create(&ppage, q->p);
    while (rv == APR_SUCCESS && n > 0) {
        apr_pool_clear(ppage);
        rv = add_page(&n, &g, ppage);
    }
    apr_pool_destroy(ppage);
    if (rv == APR_SUCCESS)
        rv = bm_kpi_exact_store_close_gaps(q->db, q->err, q->p);
    for (i = 0; rv == APR_SUCCESS && i < g.pools->nelts; i++) {
        pool_t *pool = APR_ARRAY_IDX(g.pools, i, pool_t *);

        for (k = 0; k < query->metric_count; k++)
            if (pool->counts[k] != NULL)
                figure_fill(&pool->answer->figures[k], pool->counts[k], query);
    }
    return rv;
}
