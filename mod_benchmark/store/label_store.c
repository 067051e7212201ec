/* SPDX-License-Identifier: Apache-2.0 */
#include "store/label_store.h"

static const bm_stmt_t label_find = { "label_find", "select id, name from labels where name = any($1) and id <> 1" };
/* By name, so that two who add the same ones never wait crosswise. */
static const bm_stmt_t label_add = { "label_add",
    "insert into labels (name) select n from unnest($1::text[]) n where n <> '' and not exists"
    "  (select 1 from labels l where l.name = n) group by n order by n"
    "  limit greatest(0, $2 + 1 - (select count(*) from labels)) on conflict do nothing" };
static const bm_stmt_t label_names = { "label_names", "select id, name from labels where id = any($1) order by id" };
/* Days, and what is not folded into them yet. */
static const bm_stmt_t label_list = { "label_list",
    "with k as (select label_id, source, n, bucket from kpi_cell where label_id <> 0 and level = 1 and source in (0, 1)"
    "  union all select label_id, source, n, hour / 24 from kpi_delta where label_id <> 0 and source in (0, 1)),"
    " c as (select label_id, sum(n) filter (where source = 0) as runs, sum(n) filter (where source = 1) as requests,"
    "  max(bucket) as day from k group by label_id)"
    " select l.id, l.name, coalesce(c.runs, 0)::bigint, coalesce(c.requests, 0)::bigint, c.day"
    "  from labels l left join c on c.label_id = l.id where l.id <> 1 or c.label_id is not null order by l.id <> 1, l.name" };
static const bm_stmt_t label_id = { "label_id",
    "select (select id from labels where name = $1 and id <> 1), (select count(*) from labels) > $2" };

apr_status_t bm_label_store_find(bm_rows_t **prows, bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &label_find, BM_PARAMS(bm_param_texts(names, n, p)), err, p);
}

apr_status_t bm_label_store_add(bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &label_add, BM_PARAMS(bm_param_texts(names, n, p), bm_param_int64(BM_LABELS_MAX)), err, p);
}

apr_status_t bm_label_store_names(bm_rows_t **prows, bm_db_t *db, const apr_int64_t *ids, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &label_names, BM_PARAMS(bm_param_int64s(ids, n, p)), err, p);
}

apr_status_t bm_label_store_list(bm_rows_t **prows, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(prows, db, &label_list, BM_NO_PARAMS, err, p);
}

apr_status_t bm_label_store_id(int *id, int *full, bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &label_id, BM_PARAMS(bm_param_text(name), bm_param_int64(BM_LABELS_MAX)), err, p);

    *id = rv == APR_SUCCESS ? (int)bm_rows_int64(rows, 0, 0, 0) : 0;
    *full = rv == APR_SUCCESS && bm_rows_bool(rows, 0, 1);
    return rv;
}
