/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_read_store.h"

#include "store/select.h"

/* Larger than any hour, and no day overflows as an hour. */
#define NO_END 2000000000

static void add_scope(bm_select_t *s, const bm_kpi_window_t *window)
{
    if (window->models != NULL)
        bm_select_param(s, 'q', " and model_id = any(", bm_param_int64s(window->models, window->model_count, s->p),
                        "::bigint[])");
    if (window->label_id == 0)
        bm_select_add(s, 'a', " and label_id = 0");
    else if (window->label_id == BM_KPI_EACH_LABEL)
        bm_select_add(s, 'b', " and label_id > 0");         /* what <> 0 is not: a condition for an index */
    else        /* the constant says that the index of label cells will do */
        bm_select_param(s, 'i', " and label_id <> 0 and label_id = ", bm_param_int(window->label_id), "");
    if (window->scenario_id >= 0)
        bm_select_param(s, 's', " and scenario_id = ", bm_param_int64(window->scenario_id), "");
    if (window->automation_id >= 0)
        bm_select_param(s, 't', " and scenario_id in (select id from scenarios where automation_id = ",
                        bm_param_int64(window->automation_id), ")");
    if (window->location != NULL)
        bm_select_param(s, 'l', " and location_id = (select id from locations where name = ",
                        bm_param_text(window->location), ")");
}

/* Hours of a window. */
typedef struct stretch_t {
    apr_int32_t from, to;
} stretch_t;

#define NO_MORE "null::bytea"
#define COLUMNS(hour, more, table) \
    "select scenario_id, model_id, location_id, " hour " as hour, body, label_id, " more " from " table
#define DAYS(more)  COLUMNS("bucket * 24", more, "kpi_cell where level = 1")
#define HOURS(more) COLUMNS("bucket", more, "kpi_cell where level = 0 and bucket >= (select hours_from from kpi_state)")
#define EARLIER(more) "), body, label_id, " more " from kpi_cell where level = 1"

static void add_bounds(bm_select_t *s, const bm_kpi_window_t *window, apr_int32_t from, apr_int32_t to)
{
    bm_select_param(s, 'c', " and source = ", bm_param_int(window->source), "");
    bm_select_param(s, 'f', " and bucket >= ", bm_param_int(from), "");
    bm_select_param(s, 'g', " and bucket < ", bm_param_int(to), "");
}

static void add_days(bm_select_t *s, const bm_kpi_window_t *window, apr_int32_t from_day, apr_int32_t to_day)
{
    bm_select_add(s, window->body_only ? 'j' : 'd', window->body_only ? DAYS(NO_MORE) : DAYS("more"));
    add_bounds(s, window, from_day, to_day);
    add_scope(s, window);
    bm_select_add(s, 'u', " union all ");
}

/* Where retention has dropped the hours, the days that they were in stand for them, told as if they were in the stretch. One
 * statement sees where that is and the cells, so nothing is missed or doubled when it moves. */
static void add_hours(bm_select_t *s, const bm_kpi_window_t *window, stretch_t hours)
{
    bm_select_add(s, window->body_only ? 'o' : 'h', window->body_only ? HOURS(NO_MORE) : HOURS("more"));
    add_bounds(s, window, hours.from, hours.to);
    add_scope(s, window);
    bm_select_param(s, window->body_only ? 'r' : 'x',
                    " union all select scenario_id, model_id, location_id, greatest(bucket * 24, ",
                    bm_param_int(hours.from), window->body_only ? EARLIER(NO_MORE) : EARLIER("more"));
    add_bounds(s, window, hours.from / 24, (hours.to + 23) / 24);
    bm_select_add(s, 'y', " and bucket < (select (hours_from + 23) / 24 from kpi_state)");
    add_scope(s, window);
    bm_select_add(s, 'u', " union all ");
}

/* What is not folded yet, with ends that are widened likewise. */
static void add_deltas(bm_select_t *s, const bm_kpi_window_t *window, stretch_t hours)
{
    bm_select_param(s, 'e', "select scenario_id, model_id, location_id, greatest(least(hour, ", bm_param_int(hours.to - 1),
                    "), ");
    bm_select_param(s, 'k', "", bm_param_int(hours.from), "), body, label_id, " NO_MORE " from kpi_delta,");
    bm_select_param(s, 'm', " (select case when f < hours_from then f / 24 * 24 else f end as since,"
                    " case when t < hours_from then (t + 23) / 24 * 24 else t end as until from kpi_state, (select ",
                    bm_param_int(hours.from), "::integer,");
    bm_select_param(s, 'n', " ", bm_param_int(hours.to), "::integer) i (f, t)) b where hour >= since and hour < until");
    bm_select_param(s, 'c', " and source = ", bm_param_int(window->source), "");
    add_scope(s, window);
}

apr_status_t bm_kpi_read_store_cells(bm_rows_t **prows, bm_db_t *db, const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("kpi_read", "", p);
    apr_int32_t to_hour = window->to_hour > 0 ? window->to_hour : NO_END;
    apr_int32_t from_day = (window->from_hour + 23) / 24, to_day = to_hour / 24;

    if (window->by_day && from_day < to_day) {
        if (window->from_hour < from_day * 24)
            add_hours(s, window, (stretch_t){ window->from_hour, from_day * 24 });
        add_days(s, window, from_day, to_day);
        if (to_hour != NO_END && to_day * 24 < to_hour)
            add_hours(s, window, (stretch_t){ to_day * 24, to_hour });
    }
    else
        add_hours(s, window, (stretch_t){ window->from_hour, to_hour });
    add_deltas(s, window, (stretch_t){ window->from_hour, to_hour });
    s->binary = 1;
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_kpi_read_store_since(bm_rows_t **prows, bm_db_t *db, const bm_kpi_board_mark_t *mark,
                                     const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("kpi_since", "select d.scenario_id, d.model_id, d.location_id, d.hour, d.body, d.label_id,"
                                    " " NO_MORE ", k.rewritten, k.compacted > pg_snapshot_xmin(", p);
    enum { REWRITTEN = BM_KPI_READ_MORE + 1, COMPACTED, EPOCH };
    apr_status_t rv;

    /* Types are left to the casts; the snapshot is one parameter each time, for pieces have one each. */
    bm_select_param(s, 'p', "", bm_param_json(mark->snapshot), "::pg_snapshot), m.epoch from meta m cross join kpi_state k"
                    " left join lateral (select * from kpi_delta where");
    bm_select_param(s, 'x', " xid >= pg_snapshot_xmin(", bm_param_json(mark->snapshot), "::pg_snapshot)");
    bm_select_param(s, 'v', " and not pg_visible_in_snapshot(xid, ", bm_param_json(mark->snapshot), "::pg_snapshot)");
    bm_select_param(s, 'c', " and source = ", bm_param_int(window->source), "");
    bm_select_param(s, 'f', " and hour >= ", bm_param_int(window->from_hour), "");
    bm_select_param(s, 'g', " and hour < ", bm_param_int(window->to_hour > 0 ? window->to_hour : NO_END), "");
    add_scope(s, window);
    bm_select_add(s, 'z', ") d on true");
    s->binary = 1;
    rv = bm_select_run(prows, s, db, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(*prows) == 0 || bm_rows_int64(*prows, 0, REWRITTEN, -1) != mark->rewritten
        || bm_rows_bool(*prows, 0, COMPACTED) || bm_rows_int64(*prows, 0, EPOCH, -1) != mark->epoch)
        return APR_NOTFOUND;
    return APR_SUCCESS;
}

static const bm_stmt_t kpi_read_scenarios = { "kpi_read_scenarios",
    "select id from scenarios where automation_id = $1 order by id" };
static const bm_stmt_t kpi_read_location = { "kpi_read_location", "select id from locations where name = $1" };

apr_status_t bm_kpi_read_store_scope(apr_array_header_t **pscenarios, apr_int32_t *location_id, bm_db_t *db,
                                     const bm_kpi_window_t *window, bm_err_t *err, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;
    bm_rows_t *rows;
    int i;

    *pscenarios = NULL;
    *location_id = -1;
    if (window->automation_id >= 0) {
        rv = bm_db_query(&rows, db, &kpi_read_scenarios, BM_PARAMS(bm_param_int64(window->automation_id)), err, p);
        *pscenarios = apr_array_make(p, 16, sizeof(apr_int64_t));
        for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
            if (window->scenario_id < 0 || window->scenario_id == bm_rows_int64(rows, i, 0, 0))
                APR_ARRAY_PUSH(*pscenarios, apr_int64_t) = bm_rows_int64(rows, i, 0, 0);
    }
    else if (window->scenario_id >= 0) {
        *pscenarios = apr_array_make(p, 1, sizeof(apr_int64_t));
        APR_ARRAY_PUSH(*pscenarios, apr_int64_t) = window->scenario_id;
    }
    if (rv == APR_SUCCESS && window->location != NULL) {
        rv = bm_db_query(&rows, db, &kpi_read_location, BM_PARAMS(bm_param_text(window->location)), err, p);
        if (rv == APR_SUCCESS)
            *location_id = bm_rows_count(rows) == 0 ? -2 : (apr_int32_t)bm_rows_int64(rows, 0, 0, -2);
    }
    return rv;
}
