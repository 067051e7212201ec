/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_exact_store.h"

#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "model/run_model.h"
#include "stat/apdex.h"
#include "store/sample_row.h"
#include "store/select.h"

#define NO_END 2000000000
#define SCHEDULED(us) us " + send_lag_us + greatest(coalesce(held_us, 0), 0)"

/* In terms of the columns that `rows` below gives. */
static const struct {
    const char *metric, *us;
} expressions[] = {
    { "e2e_ms", "e2e_us" }, { "e2e_scheduled_ms", SCHEDULED("e2e_us") }, { "total_ms", "total_us" }, { "ttft_ms", "ttft_us" },
    { "ttft_scheduled_ms", SCHEDULED("ttft_us") }, { "ttfo_ms", "ttfo_us" }, { "ttst_ms", "ttst_us" }, { "tpot_ms", "tpot_us" },
    { "send_lag_ms", "send_lag_us" }, { "queue_ms", "queue_us" }, { "connect_ms", "connect_us" },
    { "ttfb_ms", "ttfb_us" }, { "ntpot_ms", "e2e_us / nullif(greatest(tokens_completion, 0), 0)::float8" }
};

#define HOURS "floor(extract(epoch from ended) / 3600)::bigint"
static const char *const keys[BM_KPI_BY_END] = {
    [BM_KPI_BY_NOTHING] = "''", [BM_KPI_BY_LABEL] = "label_id::text", [BM_KPI_BY_STATUS] = "''",
    [BM_KPI_BY_SCENARIO] = "scenario_id::text",
    [BM_KPI_BY_AUTOMATION] = "automation_id::text", [BM_KPI_BY_MODEL] = "model_id::text", [BM_KPI_BY_PROVIDER] = "provider",
    [BM_KPI_BY_LOCATION] = "location", [BM_KPI_BY_HOUR] = "(" HOURS ")::text",
    [BM_KPI_BY_DAY] = "(div(" HOURS ", 24) * 24)::bigint::text"
};

/* Rows of a window in pieces: the columns, those that only some questions need, and from where. finished_at has no index, so the
 * ids that the cells of the window name bound the rows; if it begins before the first day whose cells are kept, nothing does. */
#define RUNS \
    "with b as materialized (select case when $2 < (select days_from * 24 from kpi_state) then 0 else min(min_id) end as lo," \
    "  case when $2 < (select days_from * 24 from kpi_state) then 9223372036854775807 else max(max_id) end as hi from (" \
    " select min_id, max_id from kpi_cell where label_id = 0 and source = $1 and level = 0 and bucket >= $2 and bucket < $3" \
    " union all select min_id, max_id from kpi_cell where label_id = 0 and source = $1 and level = 1" \
    "  and bucket >= $2 / 24 and bucket <= $3 / 24" \
    " union all select min_id, max_id from kpi_delta where label_id = 0 and source = $1 and hour >= $2 and hour < $3) i)," \
    " rows as materialized (select r.scenario_id, s.automation_id, r.finished_at as ended, r.status," \
    "  coalesce(m.id, 0) as model_id, coalesce(m.provider, r.provider) as provider, coalesce(r.location, '') as location," \
    "  r.tokens_prompt, r.tokens_completion, r.cost_nano, r.e2e_us, r.total_us, r.ttft_us, r.ttfo_us," \
    "  r.ttst_us, r.tpot_us, r.send_lag_us, r.queue_us, r.connect_us," \
    "  r.held_us, r.good, r.ttfb_us, r.error_code"
#define RUNS_GAPS ", r.id, r.timeline as gaps"
#define RUNS_LABELS ", r.labels"
#define RUNS_FROM \
    "  from runs r join scenarios s on s.id = r.scenario_id left join models m on m.provider = r.provider and m.name = r.model" \
    "  where r.kind = $1 and r.id >= (select lo from b) and r.id <= (select hi from b)" \
    "   and r.finished_at >= to_timestamp($2::bigint * 3600) and r.finished_at < to_timestamp($3::bigint * 3600)"
/* The same of requests, as store/kpi_rebuild_store.c makes them; their labels are those of their load test. */
#define REQUESTS \
    "with lt as materialized (select l.id, l.kind, coalesce(t.labels, w.labels) as labels from loadtests l" \
    "  left join runs t on t.id = l.id and t.scenario_id = l.scenario_id left join run_queue w on w.id = l.id)," \
    " rows as materialized (select r.scenario_id, s.automation_id, r.at as ended, r.status, r.model_id," \
    "  coalesce(m.provider, a.provider) as provider, coalesce(l.name, '') as location, r.tokens_prompt, r.tokens_completion," \
    "  r.cost_nano, r.last_content_us - r.sent_us as e2e_us," \
    "  r.end_us - r.planned_us - coalesce(r.held_us, 0) - r.queue_us as total_us," \
    "  r.first_content_us - r.sent_us as ttft_us, r.first_output_us - r.sent_us as ttfo_us, r.ttst_us, r.tpot_us," \
    "  r.sent_us - r.planned_us - coalesce(r.held_us, 0) as send_lag_us, r.queue_us, r.connect_us, r.held_us, r.good," \
    "  r.first_byte_us - r.sent_us as ttfb_us, r.error_code"
#define REQUESTS_GAPS ", r.loadtest_id as id, r.gaps"
#define REQUESTS_LABELS ", r.labels"
#define REQUESTS_FROM \
    "  from (select q.*, lt.labels, lt.kind from requests q left join lt on lt.id = q.loadtest_id) r" \
    "  join scenarios s on s.id = r.scenario_id join automations a on a.id = s.automation_id" \
    "  left join models m on m.id = r.model_id and m.id > 0 left join locations l on l.id = r.location_id" \
    "  where $1 in " BM_KINDS_LOAD " and coalesce(r.kind, 1) = $1 and r.phase = 1 and not r.superseded" \
    "   and r.at >= to_timestamp($2::bigint * 3600) and r.at < to_timestamp($3::bigint * 3600)"

/* The numbers of a run's labels, by the rule that cells are made by (kpi/kpi_labels.c): the first $n, what is left once as 1. */
#define EACH_LABEL \
    " cross join lateral (select distinct case when o.place > o.most or n.id is null then 1 else n.id end as label_id from" \
    "  (select name, row_number() over (order by place) as place, "
#define EACH_LABEL_OF \
    " as most from unnest(rows.labels) with ordinality u (name, place) where name <> '' and name not like 'group:%') o" \
    "  left join labels n on n.name = o.name and n.id <> 1 where o.most > 0 and o.place <= o.most + 1) n"

static const char *expression_of(const char *metric)
{
    size_t i;

    for (i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
        if (strcmp(expressions[i].metric, metric) == 0)
            return expressions[i].us;
    return NULL;
}

int bm_kpi_exact_store_has(const char *metric)
{
    return expression_of(metric) != NULL;
}

static int tells_labels(const bm_kpi_exact_t *what)
{
    return what->by[0] == BM_KPI_BY_LABEL || what->by[1] == BM_KPI_BY_LABEL;
}

static void add_rows(bm_select_t *s, const bm_kpi_exact_t *what, int gaps)
{
    const bm_kpi_window_t *window = &what->window;
    int requests = bm_run_kind_is_load(window->source);

    APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_int(window->source);
    APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_int(window->from_hour);
    APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_int(window->to_hour > 0 ? window->to_hour : NO_END);
    bm_select_add(s, requests ? 'q' : 'r', requests ? REQUESTS : RUNS);
    if (gaps)
        bm_select_add(s, 'G', requests ? REQUESTS_GAPS : RUNS_GAPS);
    if (tells_labels(what))
        bm_select_add(s, 'L', requests ? REQUESTS_LABELS : RUNS_LABELS);
    bm_select_add(s, 'f', requests ? REQUESTS_FROM : RUNS_FROM);
    if (window->scenario_id >= 0)
        bm_select_param(s, 's', " and r.scenario_id = ", bm_param_int64(window->scenario_id), "");
    if (window->automation_id >= 0)
        bm_select_param(s, 'a', " and s.automation_id = ", bm_param_int64(window->automation_id), "");
    if (what->label != NULL)
        bm_select_param(s, 'b', " and r.labels @> array[", bm_param_text(what->label), "::text]");
}

/* A statement that begins with x, the rows that are wanted, each once for each label if those are told apart; x is still open. */
static bm_select_t *wanted_rows(const char *name, const char *start, const bm_kpi_exact_t *what, int gaps, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(name, start, p);

    add_rows(s, what, gaps);
    bm_select_add(s, 'x', "), x as (select * from rows");
    if (tells_labels(what))
        bm_select_param(s, 'n', EACH_LABEL, bm_param_int(what->labels_max), EACH_LABEL_OF);
    bm_select_add(s, 'w', " where true");
    if (tells_labels(what) && what->label != NULL)
        bm_select_param(s, 'c', " and label_id = (select id from labels where id <> 1 and name = ", bm_param_text(what->label),
                        ")");
    if (what->window.location != NULL)
        bm_select_param(s, 'l', " and location = ", bm_param_text(what->window.location), "");
    if (what->model != NULL)
        bm_select_param(s, 'm', " and model_id in (select id from models where name = ", bm_param_text(what->model), ")");
    if (what->provider != NULL)
        bm_select_param(s, 'p', " and provider = ", bm_param_text(what->provider), "");
    return s;
}

static void add_keys(bm_select_t *s, const bm_kpi_exact_t *what)
{
    int i;

    for (i = 0; i < 2; i++) {
        bm_select_add(s, (char)('A' + what->by[i]), keys[what->by[i]]);
        bm_select_add(s, '_', i == 0 ? " as k1, " : " as k2, ");
    }
}

static const bm_stmt_t kpi_exact_lacks = { "kpi_exact_lacks",
    "select exists (select 1 from loadtests l join scenarios s on s.id = l.scenario_id"
    "  left join runs t on t.id = l.id and t.scenario_id = l.scenario_id where l.kind = $1 and " BM_SAMPLE_LACKS_ROWS
    "  and l.created_at < to_timestamp($3::bigint * 3600)"
    "  and coalesce(t.finished_at, 'infinity') >= to_timestamp($2::bigint * 3600)"
    "  and ($4 < 0 or l.scenario_id = $4) and ($5 < 0 or s.automation_id = $5))" };

apr_status_t bm_kpi_exact_store_lacks(int *lacks_rows, bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p)
{
    const bm_kpi_window_t *window = &what->window;
    bm_rows_t *rows;
    apr_status_t rv;

    *lacks_rows = 0;
    if (!bm_run_kind_is_load(window->source))
        return APR_SUCCESS;
    rv = bm_db_query(&rows, db, &kpi_exact_lacks,
                     BM_PARAMS(bm_param_int(window->source), bm_param_int(window->from_hour),
                               bm_param_int(window->to_hour > 0 ? window->to_hour : NO_END), bm_param_int64(window->scenario_id),
                               bm_param_int64(window->automation_id)), err, p);
    *lacks_rows = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 0);
    return rv;
}

apr_status_t bm_kpi_exact_store_counts(bm_rows_t **prows, bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = wanted_rows("kpi_exact_counts_", "", what, 0, p);

    bm_select_add(s, 'k', ") select ");
    add_keys(s, what);
    bm_select_add(s, 'e', "status, case when status <> 'completed' then error_code end, count(*),"
                  " coalesce(sum(greatest(tokens_prompt, 0)), 0)::bigint,"
                  " coalesce(sum(greatest(tokens_completion, 0)), 0)::bigint,"
                  " coalesce(sum(greatest(cost_nano, 0)), 0)::bigint, count(*) filter (where good) from x group by 1, 2, 3, 4");
    return bm_select_run(prows, s, db, err, p);
}

/* Our own number, so that it need not be a parameter each time. Reads back as the same double. */
static const char *number(double value, apr_pool_t *p)
{
    char text[40];

    (void)snprintf(text, sizeof(text), "%.17g", value);
    return apr_pstrdup(p, text);
}

/* Four columns of one quantile. */
static void add_quantile(bm_select_t *s, double q)
{
    const char *text = number(q, s->p);

    bm_select_add(s, 'Q', apr_psprintf(s->p,
        ", max(v) filter (where r = floor(%s * (n - 1)) + 1), max(v) filter (where r = ceil(%s * (n - 1)) + 1),"
        " max(v) filter (where r = floor(n * %s - 1.959963984540054 * sqrt(n * %s * (1 - %s)))"
        "  and ceil(n * %s + 1.959963984540054 * sqrt(n * %s * (1 - %s))) + 1 <= n),"
        " max(v) filter (where r = ceil(n * %s + 1.959963984540054 * sqrt(n * %s * (1 - %s))) + 1"
        "  and floor(n * %s - 1.959963984540054 * sqrt(n * %s * (1 - %s))) >= 1)",
        text, text, text, text, text, text, text, text, text, text, text, text, text, text));
}

apr_status_t bm_kpi_exact_store_metric(bm_rows_t **prows, bm_db_t *db, const bm_kpi_exact_t *what, const char *metric,
                                       int completed_only, const double *quantiles, int count, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = wanted_rows("kpi_exact_metric_", "", what, 0, p);
    bm_stmt_t stmt = { .name = "kpi_exact_metric", .unprepared = 1 };
    const char *us = expression_of(metric), *limit = number(what->apdex_t_ms * 1000, p);
    int i;

    bm_select_add(s, 'k', "), v as (select ");
    add_keys(s, what);
    bm_select_add(s, 'v', apr_pstrcat(p, "(", us, ")::float8 as v from x where ", us, " is not null",
                                      completed_only ? " and status = 'completed'" : "", NULL));
    bm_select_add(s, 'w', "), o as (select k1, k2, v, row_number() over (partition by k1, k2 order by v)::float8 as r,"
                  " count(*) over (partition by k1, k2)::float8 as n from v) select k1, k2, n::bigint, avg(v), min(v), max(v)");
    bm_select_add(s, 'a', apr_psprintf(p, ", count(*) filter (where v <= %s), count(*) filter (where v <= %s * %s)", limit,
                                       number(BM_APDEX_TOLERATED, p), limit));
    for (i = 0; i < count; i++)
        add_quantile(s, quantiles[i]);
    bm_select_add(s, 'g', " from o group by k1, k2, n");
    stmt.sql = bm_select_text(s);
    return bm_db_query(prows, db, &stmt, (const bm_param_t *)s->params->elts, s->params->nelts, err, p);
}

static const bm_stmt_t kpi_exact_next_gaps = { "kpi_exact_next_gaps",
    "fetch " APR_STRINGIFY(BM_SAMPLE_PAGE) " from kpi_exact_gaps", .unprepared = 1, .binary = 1 };
static const bm_stmt_t kpi_exact_close_gaps = { "kpi_exact_close_gaps", "close kpi_exact_gaps", .unprepared = 1 };

apr_status_t bm_kpi_exact_store_open_gaps(bm_db_t *db, const bm_kpi_exact_t *what, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = wanted_rows("kpi_exact_gaps_", "declare kpi_exact_gaps no scroll cursor for ", what, 1, p);
    bm_stmt_t stmt = { .name = "kpi_exact_gaps", .unprepared = 1 };

    bm_select_add(s, 'k', ") select ");
    add_keys(s, what);
    bm_select_add(s, 'e', "id, ttft_us, gaps from x where status = 'completed'");
    stmt.sql = bm_select_text(s);
    return bm_db_query(NULL, db, &stmt, (const bm_param_t *)s->params->elts, s->params->nelts, err, p);
}

apr_status_t bm_kpi_exact_store_next_gaps(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &kpi_exact_next_gaps, BM_NO_PARAMS, err, p);
}

apr_status_t bm_kpi_exact_store_close_gaps(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &kpi_exact_close_gaps, BM_NO_PARAMS, err, p);
}
