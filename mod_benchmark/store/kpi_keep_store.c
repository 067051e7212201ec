/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_keep_store.h"

static const bm_stmt_t kpi_keep_get = { "kpi_keep_get", "select hours_from, days_from from kpi_state" };
static const bm_stmt_t kpi_keep_delete = { "kpi_keep_delete",
    "with k as materialized (select hours_from, days_from from kpi_state for update skip locked),"
    " c as (select c.ctid from kpi_cell c, k where c.level = 0 and c.bucket < k.hours_from"
    "  union all select c.ctid from kpi_cell c, k where c.level = 1 and c.bucket < k.days_from limit $1),"
    " gone as (delete from kpi_cell where ctid = any(array(select ctid from c)) returning 1),"
    " r as (update kpi_state set rewritten = rewritten + 1 where exists (select 1 from gone))"
    " select count(*) from gone" };
/* Days are kept as long as hours at least. */
static const bm_stmt_t kpi_keep_move = { "kpi_keep_move",
    "with w as materialized (select case when $1 > 0 then floor(extract(epoch from now()) / 86400)::integer - $1 else 0 end as h,"
    "  case when $2 > 0 then floor(extract(epoch from now()) / 86400)::integer - $2 else 0 end as d),"
    " k as materialized (select 1 from kpi_state, w where hours_from < greatest(h, d) * 24 or days_from < d"
    "  for update of kpi_state skip locked)"
    " update kpi_state set rewritten = rewritten + 1, hours_from = greatest(hours_from, greatest(w.h, w.d) * 24),"
    "  days_from = greatest(days_from, w.d) from w where exists (select 1 from k)" };

apr_status_t bm_kpi_keep_store_get(bm_kpi_kept_t *kept, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_keep_get, BM_NO_PARAMS, err, p);

    *kept = (bm_kpi_kept_t){ 0 };
    if (rv == APR_SUCCESS && bm_rows_count(rows) > 0) {
        kept->hours_from = (apr_int32_t)bm_rows_int64(rows, 0, 0, 0);
        kept->days_from = (apr_int32_t)bm_rows_int64(rows, 0, 1, 0);
    }
    return rv;
}

int bm_kpi_keep_fit(bm_kpi_window_t *window, const bm_kpi_kept_t *kept)
{
    bm_kpi_window_t before = *window;

    if (window->from_hour < kept->hours_from) {
        window->from_hour -= window->from_hour % 24;
        window->by_day = 1;
    }
    if (window->to_hour > 0 && window->to_hour < kept->hours_from)
        window->to_hour = (window->to_hour + 23) / 24 * 24;
    return window->from_hour != before.from_hour || window->to_hour != before.to_hour || window->by_day != before.by_day;
}

apr_status_t bm_kpi_keep_store_delete(int *deleted, bm_db_t *db, int limit, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &kpi_keep_delete, BM_PARAMS(bm_param_int(limit)), err, p);

    *deleted = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    return rv;
}

apr_status_t bm_kpi_keep_store_move(bm_db_t *db, int hour_days, int day_days, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &kpi_keep_move, BM_PARAMS(bm_param_int(hour_days), bm_param_int(day_days)), err, p);
}
