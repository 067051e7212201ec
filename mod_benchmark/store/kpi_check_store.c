/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_check_store.h"

#include "model/run_model.h"
#include "store/sample_row.h"

/* A day of cells or the day of some run, one as likely as the other: cells that are lost are found by rows only. */
static const bm_stmt_t check_pick = { "kpi_check_pick",
    "with t as (select floor(extract(epoch from now()) / 86400)::integer as today),"
    " c as (select scenario_id, source::integer, bucket from kpi_cell, t"
    "   where level = 1 and bucket > today - 30 and bucket <= today and label_id = 0"
    "    and source not in " BM_SOURCES_UNCOUNTED " order by random() limit 1),"
    " r as (select scenario_id, kind::integer, floor(extract(epoch from finished_at) / 86400)::integer as day from runs"
    "   where id >= (select min(id) + floor(random() * (max(id) - min(id) + 1))::bigint from runs) order by id limit 1)"
    " select scenario_id, source, bucket from (select * from c union all select r.* from r, t"
    "  where kind not in " BM_KINDS_UNCOUNTED " and day > today - 30) x order by random() limit 1" };
static const bm_stmt_t check_begin = { "kpi_check_begin", "begin isolation level repeatable read, read only",
    .unprepared = 1, .opens = 1 };

#define COMPLETED " filter (where status = 'completed')"
#define EVERY ""
#define MS(c) ", coalesce(" c " / 1000.0, 0)::double precision"
#define QUANTILES(c, of) "percentile_cont(array[0.5, 0.95, 0.99]) within group (order by " c ")" of
#define FIGURES(id, column, of) \
    ", count(" #column ")" of MS("sum(" #column ")" of) MS("min(" #column ")" of) MS("max(" #column ")" of) \
    MS("(" QUANTILES(#column, of) ")[1]") MS("(" QUANTILES(#column, of) ")[2]") MS("(" QUANTILES(#column, of) ")[3]")
#define TOKENS(c) ", coalesce(sum(greatest(" c ", 0)), 0)::bigint"
#define SINCE_SENT(c) c " + send_lag_us + greatest(coalesce(held_us, 0), 0)"
#define NTPOT " e2e_us / nullif(greatest(tokens_completion, 0), 0)::float8 as ntpot_us"
#define READ_V \
    " select coalesce(hour, -1), coalesce(min(id), 0), coalesce(max(id), 0), count(*)" COMPLETED "," \
    " count(*) filter (where status not in ('completed', 'cancelled', 'timed_out'))," \
    " count(*) filter (where status = 'cancelled')," \
    " count(*) filter (where status = 'timed_out'), count(*) filter (where good and status = 'completed')" \
    TOKENS("tokens_prompt") TOKENS("tokens_completion") TOKENS("tokens_reasoning") TOKENS("tokens_cached") \
    ", coalesce(sum(greatest(cost_nano, 0)) / 1e9, 0)::double precision" BM_KPI_EXACT_METRICS(FIGURES) \
    " from v group by grouping sets ((hour), ())"

/* Rows that are counted have ids between those that the cells name; those that are not counted are looked for among the runs
 * that were made within two days. */
static const bm_stmt_t check_exact_runs = { "kpi_check_exact_runs",
    "with b as (select min(min_id) as lo, max(max_id) as hi from"
    "  (select min_id, max_id from kpi_cell where scenario_id = $1 and source = $2 and label_id = 0"
    "     and (level = 1 and bucket = $3 or level = 0 and bucket >= $3 * 24 and bucket < $3 * 24 + 24)"
    "   union all select min_id, max_id from kpi_delta where scenario_id = $1 and source = $2 and hour / 24 = $3) x),"
    " v as materialized (select floor(extract(epoch from finished_at) / 3600)::integer as hour, *,"
    "  " SINCE_SENT("e2e_us") " as e2e_scheduled_us, " SINCE_SENT("ttft_us") " as ttft_scheduled_us," NTPOT " from"
    "  (select id, status, good, tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached, cost_nano, total_us, e2e_us,"
    "    ttft_us, ttfo_us, ttst_us, tpot_us, send_lag_us, queue_us, connect_us, held_us, ttfb_us,"
    "    finished_at from runs"
    "    where scenario_id = $1 and kind = $2 and finished_at >= to_timestamp($3 * 86400.0)"
    "     and finished_at < to_timestamp(($3 + 1) * 86400.0)"
    "     and (id >= (select lo from b) and id <= (select hi from b)"
    "      or created_at >= to_timestamp(($3 - 2) * 86400.0) and created_at < to_timestamp(($3 + 1) * 86400.0))) r)"
    READ_V };
/* As kpi_rebuild_store.c makes them of requests. */
static const bm_stmt_t check_exact_requests = { "kpi_check_exact_requests",
    "with v as materialized (select floor(extract(epoch from at) / 3600)::integer as hour, *,"
    "  " SINCE_SENT("e2e_us") " as e2e_scheduled_us, " SINCE_SENT("ttft_us") " as ttft_scheduled_us," NTPOT " from"
    "  (select seq + 1 as id, status, good, tokens_prompt, tokens_completion, tokens_reasoning, tokens_cached, cost_nano,"
    "    end_us - planned_us - coalesce(held_us, 0) - queue_us as total_us, last_content_us - sent_us as e2e_us,"
    "    first_content_us - sent_us as ttft_us, first_output_us - sent_us as ttfo_us, ttst_us, tpot_us,"
    "    sent_us - planned_us - coalesce(held_us, 0) as send_lag_us, queue_us, connect_us, held_us,"
    "    first_byte_us - sent_us as ttfb_us, at from requests"
    "    where scenario_id = $1 and phase = 1 and not superseded and at >= to_timestamp($3 * 86400.0)"
    "     and at < to_timestamp(($3 + 1) * 86400.0)" BM_SAMPLE_REQUESTS_OF("$2::integer") ") r)"
    READ_V };
static const bm_stmt_t check_cells = { "kpi_check_cells",
    "select level::integer, bucket, part from kpi_cell, lateral (values (body), (more)) x (part)"
    "  where scenario_id = $1 and source = $2 and label_id = 0 and part is not null"
    "  and (level = 1 and bucket = $3 or level = 0 and bucket >= $3 * 24 and bucket < $3 * 24 + 24)"
    " union all select null, hour, body from kpi_delta"
    "  where scenario_id = $1 and source = $2 and label_id = 0 and hour / 24 = $3",
    .binary = 1 };
static const bm_stmt_t check_skip = { "kpi_check_skip",
    "select h, case when exists (select 1 from kpi_dirty where scenario_id = $1 and source = $2 and hour = $3 * 24 + h) then 1"
    "   when $3 * 24 + h < k.hours_from then 2 else 0 end,"
    "  k.days_from > $3 or case when $2 in " BM_KINDS_LOAD " then exists (select 1 from loadtests l"
    "     join runs t on t.id = l.id and t.scenario_id = l.scenario_id where l.scenario_id = $1 and l.kind = $2"
    "      and " BM_SAMPLE_LACKS_ROWS " and t.finished_at >= to_timestamp($3 * 86400.0)"
    "      and t.started_at < to_timestamp(($3 + 1) * 86400.0))"
    "   else coalesce((select min(min_id) from kpi_cell where scenario_id = $1 and source = $2 and level = 1 and bucket = $3)"
    "     < (select case when count(*) = count(f) then min(f) end from"
    "      (select substring(pg_get_expr(c.relpartbound, c.oid) from $re$FROM \\('?(\\d+)'?\\)$re$)::bigint as f"
    "        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'runs'::regclass) x), false) end"
    " from generate_series(0, 23) h, kpi_state k" };
static const bm_stmt_t check_mark = { "kpi_check_mark",
    "insert into kpi_dirty as d (scenario_id, source, hour, min_id, max_id) values ($1, $2, $3, $4, $5)"
    " on conflict (scenario_id, source, hour) do update set marked_at = clock_timestamp(),"
    "  min_id = least(d.min_id, excluded.min_id), max_id = greatest(d.max_id, excluded.max_id)" };
static const bm_stmt_t check_note = { "kpi_check_note",
    "update kpi_check set checked_at = now(), scenario_id = $1, source = $2, from_hour = $3 * 24,"
    " to_hour = $3 * 24 + 24, hours = $4, drifted = $5, figures = $6, worst = coalesce($7::text, worst),"
    " worst_at = case when $7::text is null then worst_at else now() end, checks_total = checks_total + 1,"
    " hours_total = hours_total + $4, drifted_total = drifted_total + $5" };

#define DAY_PARAMS(day) BM_PARAMS(bm_param_int64((day)->scenario_id), bm_param_int((day)->source), bm_param_int((day)->day))

apr_status_t bm_kpi_check_store_pick(bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &check_pick, BM_NO_PARAMS, err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    *day = (bm_kpi_check_day_t){ bm_rows_int64(rows, 0, 0, 0), (int)bm_rows_int64(rows, 0, 1, 0),
                                 (apr_int32_t)bm_rows_int64(rows, 0, 2, 0) };
    return APR_SUCCESS;
}

apr_status_t bm_kpi_check_store_begin(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &check_begin, BM_NO_PARAMS, err, p);
}

static void metric_read(bm_kpi_truth_metric_t *m, int *c, const bm_rows_t *rows, int i)
{
    double *const values[] = { &m->sum, &m->min, &m->max, &m->p50, &m->p95, &m->p99 };
    size_t k;

    m->n = bm_rows_int64(rows, i, (*c)++, 0);
    for (k = 0; k < sizeof(values) / sizeof(values[0]); k++)
        *values[k] = bm_rows_double(rows, i, (*c)++, 0);
}

static void exact_read(bm_kpi_truth_t *e, const bm_rows_t *rows, int i)
{
    apr_int64_t *const counts[] = { &e->min_id, &e->max_id, &e->status[0], &e->status[1], &e->status[2], &e->status[3], &e->good,
                                    &e->prompt, &e->completion, &e->reasoning, &e->cached };
    int c = 1;
    size_t k;

    e->hour = (apr_int32_t)bm_rows_int64(rows, i, 0, -1);
    for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++)
        *counts[k] = bm_rows_int64(rows, i, c++, 0);
    e->cost = bm_rows_double(rows, i, c++, 0);
    for (k = 0; k < BM_KPI_EXACT_COUNT; k++)
        metric_read(&e->metrics[k], &c, rows, i);
}

apr_status_t bm_kpi_check_store_exact(apr_array_header_t **pexact, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                                      apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, bm_run_kind_is_load(day->source) ? &check_exact_requests : &check_exact_runs,
                                  DAY_PARAMS(day), err, p);
    int i;

    *pexact = apr_array_make(p, 25, sizeof(bm_kpi_truth_t));
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        exact_read(apr_array_push(*pexact), rows, i);
    return rv;
}

apr_status_t bm_kpi_check_store_cells(bm_rows_t **prows, const bm_kpi_check_day_t *day, bm_db_t *db, bm_err_t *err,
                                      apr_pool_t *p)
{
    return bm_db_query(prows, db, &check_cells, DAY_PARAMS(day), err, p);
}

apr_status_t bm_kpi_check_store_skip(bm_kpi_check_skip_e skip[24], int *all, const bm_kpi_check_day_t *day, bm_db_t *db,
                                     bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &check_skip, DAY_PARAMS(day), err, p);
    int i;

    *all = 0;
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        skip[bm_rows_int64(rows, i, 0, 0)] = (bm_kpi_check_skip_e)bm_rows_int64(rows, i, 1, 0);
        *all |= bm_rows_bool(rows, i, 2);
    }
    return rv;
}

apr_status_t bm_kpi_check_store_mark(bm_db_t *db, const bm_kpi_check_day_t *day, apr_int32_t hour, const bm_kpi_truth_t *exact,
                                     bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &check_mark, BM_PARAMS(bm_param_int64(day->scenario_id), bm_param_int(day->source),
                       bm_param_int(hour), bm_param_null_if(exact == NULL, bm_param_int64(exact != NULL ? exact->min_id : 0)),
                       bm_param_null_if(exact == NULL, bm_param_int64(exact != NULL ? exact->max_id : 0))), err, p);
}

apr_status_t bm_kpi_check_store_note(bm_db_t *db, const bm_kpi_check_day_t *day, const bm_kpi_check_found_t *found, bm_err_t *err,
                                     apr_pool_t *p)
{
    return bm_db_query(NULL, db, &check_note, BM_PARAMS(bm_param_int64(day->scenario_id), bm_param_int(day->source),
                       bm_param_int(day->day), bm_param_int(found->hours), bm_param_int(found->drifted),
                       bm_param_int(found->figures), bm_param_text(found->worst)), err, p);
}
