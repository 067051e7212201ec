/* SPDX-License-Identifier: Apache-2.0 */
#include "store/price_store.h"

#include <apr_strings.h>
#include "base/thread.h"
#include "model/price_model.h"
#include "store/event_sql.h"

static apr_status_t none_if_empty(apr_status_t rv, const bm_rows_t *rows, apr_int64_t id, bm_err_t *err)
{
    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, NULL, "There is no price %" APR_INT64_T_FMT ".", id);
    return rv;
}

static void add_columns(bm_select_t *s)
{
    bm_select_columns(s, 'c', "version, ", bm_price_fields, 0);
}

apr_status_t bm_price_store_list(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, const char *provider, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("price_list", "select ", p);

    if (listing->count_only)
        bm_select_add(s, 'n', "count(*)");
    else
        add_columns(s);
    bm_select_add(s, 'f', " from prices where true");
    if (provider != NULL)
        bm_select_param(s, 'p', " and provider = ", bm_param_text(provider), "");
    bm_listing_add(s, listing);
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_price_store_get(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, int lock, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(lock ? "price_lock" : "price_get", "select ", p);
    apr_status_t rv;

    add_columns(s);
    bm_select_param(s, 'i', " from prices where id = ", bm_param_int64(id), lock ? " for update" : "");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

/* Prices are of no project. */
#define CHANGED(change) BM_EVENT_SQL_CHANGED("price", change, "", "(select id, 0 as project_id from c)")

apr_status_t bm_price_store_add(bm_rows_t **prows, bm_db_t *db, const json_t *body, const char *created_by, bm_err_t *err,
                                apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("price_add", "with c as (insert into prices", p);

    bm_select_values(s, bm_price_fields, body, "created_by", bm_param_text(created_by));
    bm_select_add(s, 'a', " returning *), e as (" CHANGED("created") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    return bm_select_run(prows, s, db, err, p);
}

apr_status_t bm_price_store_put(bm_rows_t **prows, bm_db_t *db, apr_int64_t id, const json_t *body, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("price_put", "with c as (update prices set", p);
    apr_status_t rv;

    bm_select_set(s, bm_price_fields, body);
    bm_select_param(s, 'i', ", version = version + 1, updated_at = now() where id = ", bm_param_int64(id),
                    " returning *), e as (" CHANGED("updated") ") select ");
    add_columns(s);
    bm_select_add(s, 'f', " from c");
    rv = bm_select_run(prows, s, db, err, p);
    return none_if_empty(rv, *prows, id, err);
}

static const bm_stmt_t price_delete = { "price_delete",
    "with c as (delete from prices where id = $1 returning *), e as (" CHANGED("deleted") ") select id from c" };

apr_status_t bm_price_store_delete(bm_db_t *db, apr_int64_t id, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &price_delete, BM_PARAMS(bm_param_int64(id)), err, p);

    return none_if_empty(rv, rows, id, err);
}

static const bm_stmt_t price_currency = { "price_currency",
    "select currency from prices where currency <> $1 and id <> $2 limit 1" };

apr_status_t bm_price_store_other_currency(const char **other, bm_db_t *db, const char *currency, apr_int64_t id, bm_err_t *err,
                                           apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &price_currency, BM_PARAMS(bm_param_text(currency), bm_param_int64(id)), err, p);

    *other = rv == APR_SUCCESS && bm_rows_count(rows) > 0 ? bm_rows_text(rows, 0, 0) : NULL;
    return rv;
}

/* --- for engines */

enum { ID, PROVIDER, MODEL, CURRENCY, INPUT, CACHED, OUTPUT, FROM, TO };

static const bm_stmt_t price_book = { "price_book",
    "select id, provider, model, currency, input_per_million, coalesce(cached_input_per_million, input_per_million),"
    " output_per_million, coalesce((extract(epoch from valid_from) * 1000000)::bigint, 0),"
    " coalesce((extract(epoch from valid_to) * 1000000)::bigint, 0) from prices order by id" };

static void add_price(bm_price_book_t *book, const bm_rows_t *rows, int row)
{
    bm_price_t *price = apr_array_push(book->prices);

    price->id = bm_rows_int64(rows, row, ID, 0);
    price->provider = apr_pstrdup(book->p, bm_rows_text(rows, row, PROVIDER));
    price->model = apr_pstrdup(book->p, bm_rows_text(rows, row, MODEL));
    price->currency = apr_pstrdup(book->p, bm_rows_text(rows, row, CURRENCY));
    price->input = bm_rows_double(rows, row, INPUT, 0);
    price->cached = bm_rows_double(rows, row, CACHED, 0);
    price->output = bm_rows_double(rows, row, OUTPUT, 0);
    price->valid_from = bm_rows_int64(rows, row, FROM, 0);
    price->valid_to = bm_rows_int64(rows, row, TO, 0);
}

apr_status_t bm_price_store_book(bm_price_book_t **pbook, bm_db_t *db, bm_err_t *err, apr_pool_t *scratch)
{
    bm_price_book_t *book;
    bm_rows_t *rows;
    apr_pool_t *p;
    apr_status_t rv = bm_db_query(&rows, db, &price_book, BM_NO_PARAMS, err, scratch);
    int i;

    *pbook = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    p = bm_thread_pool_make("price-book");
    book = apr_palloc(p, sizeof(*book));
    book->p = p;
    book->prices = apr_array_make(p, bm_rows_count(rows), sizeof(bm_price_t));
    for (i = 0; i < bm_rows_count(rows); i++)
        add_price(book, rows, i);
    *pbook = book;
    return APR_SUCCESS;
}
