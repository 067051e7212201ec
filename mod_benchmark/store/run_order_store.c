/* SPDX-License-Identifier: Apache-2.0 */
#include "store/run_order_store.h"

#include <string.h>
#include <apr_strings.h>
#include "model/calibration_model.h"
#include "model/discovery_model.h"
#include "model/run_model.h"
#include "store/select.h"

/* --- what a run is made of */

enum { PARTS_SCENARIO = 13 };

static const bm_stmt_t run_parts = { "run_parts",
    "select a.provider, a.connection, a.default_inputs, a.tinyfish_automation_id, s.inputs_template, s.run_settings,"
    " array_to_json(s.labels), s.version, a.id, s.project_id, s.name, a.confirmed_rate, s.slos, s.id"
    " from scenarios s join automations a on a.id = s.automation_id where s.id = any($1) and not s.hidden" };

apr_status_t bm_run_order_store_parts_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_db_query(&rows, db, &run_parts, BM_PARAMS(bm_run_store_missing(asked, n, p)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    bm_run_store_hand_out(asked, n, rows, PARTS_SCENARIO, p);
    for (i = 0; i < n; i++)
        asked[i]->rv = asked[i]->rows != NULL ? APR_SUCCESS
            : bm_err_set(asked[i]->err, APR_NOTFOUND, "scenario_not_found", "There is no scenario %" APR_INT64_T_FMT ".",
                         asked[i]->id);
    return APR_SUCCESS;
}

apr_status_t bm_run_order_store_parts(bm_rows_t **prows, bm_db_t *db, apr_int64_t scenario_id, bm_err_t *err, apr_pool_t *p)
{
    bm_run_asked_t asked = { .id = scenario_id, .p = p, .err = err };
    bm_run_asked_t *one = &asked;
    apr_status_t rv = bm_run_order_store_parts_each(&one, 1, db, err, p);

    *prows = asked.rows;
    return rv == APR_SUCCESS ? asked.rv : rv;
}

/* --- into the queue */

#define QUEUE_COLUMNS \
    "(automation_id, scenario_id, project_id, slot, kind, scenario_version, priority, max_attempts, run_at, spec, labels," \
    " created_by, location)"
#define QUEUE_VALUES "$1, $2, $3, ($1 & 15)::smallint, $4, $5, $6, $7, coalesce($8, now()), $9, $10, $11"
enum { QUEUE_PARAMS = 11 };           /* and where, or a list of places, behind them */

static const bm_stmt_t run_add_many = { "run_add_many",
    "with q as (insert into queued_run " QUEUE_COLUMNS " select " QUEUE_VALUES ", l.name"
    "  from unnest($12::text[]) with ordinality l (name, place), generate_series(1, $13) order by l.place returning id)"
    " select id from q order by id" };

/* The parameters of QUEUE_VALUES. */
static void fill_order(bm_param_t *params, const bm_run_order_t *order, apr_pool_t *p)
{
    params[0] = bm_param_int64(order->automation_id);
    params[1] = bm_param_int64(order->scenario_id);
    params[2] = bm_param_int64(order->project_id);
    params[3] = bm_param_int(order->kind);
    params[4] = bm_param_int(order->scenario_version);
    params[5] = bm_param_int(order->priority);
    params[6] = bm_param_int(order->max_attempts);
    params[7] = bm_param_null_if(order->run_at == 0, bm_param_time(order->run_at));
    params[8] = bm_param_json(order->spec);
    params[9] = bm_param_texts(order->labels, order->label_count, p);
    params[10] = bm_param_text(order->created_by);
}

static const char *place_of(const bm_run_order_t *order)
{
    return order->locations != NULL ? order->locations[0] : "";
}

/* Behind q, which is the run: its entry in the audit log. */
static void add_entry(bm_select_t *s, const bm_audit_entry_t *entry)
{
    bm_select_param(s, 'a', ", a as (insert into audit_log " BM_AUDIT_COLUMNS " select ", bm_param_text(entry->actor), "::text");
    bm_select_param(s, 'b', ", ", bm_param_text(entry->role), "::text");
    bm_select_param(s, 'c', ", ", bm_param_text(entry->address), "::text");
    bm_select_param(s, 'd', ", ", bm_param_text(entry->action), "::text, '/runs/' || q.id");
    bm_select_param(s, 'e', ", ", bm_param_texts(entry->members, entry->member_count, s->p), "::text[], 'done'");
    bm_select_param(s, 'f', ", ", bm_param_int(entry->status), "::integer");
    bm_select_param(s, 'g', ", ", bm_param_text(entry->request_id), "::text, array[q.project_id] from q)");
}

apr_status_t bm_run_order_store_add(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, const bm_field_t *fields,
                                    bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make(fields == bm_calibration_fields ? "calibration_add"
                                    : fields == bm_discovery_fields ? "discovery_add" : "run_add",
                                    "with q as (insert into queued_run " QUEUE_COLUMNS " values (" QUEUE_VALUES ", $12)"
                                    " returning *)", p);
    bm_param_t params[QUEUE_PARAMS];
    int i;

    fill_order(params, order, p);
    for (i = 0; i < QUEUE_PARAMS; i++)
        APR_ARRAY_PUSH(s->params, bm_param_t) = params[i];
    APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_text(place_of(order));
    if (order->entry != NULL)
        add_entry(s, order->entry);
    bm_select_columns(s, 'w', " select " BM_RUN_HEAD, fields, 0);
    bm_select_add(s, 'q', " from q");
    return bm_select_run(prows, s, db, err, p);
}

/* labels as PostgreSQL reads an array, for unnest takes arrays of arrays apart. */
static const char *array_text(const char *const *texts, int n, apr_pool_t *p)
{
    apr_size_t size = 3;
    char *text, *at;
    const char *from;
    int i;

    for (i = 0; i < n; i++)
        size += 2 * strlen(texts[i]) + 3;
    text = at = apr_palloc(p, size);
    *at++ = '{';
    for (i = 0; i < n; i++) {
        if (i > 0)
            *at++ = ',';
        *at++ = '"';
        for (from = texts[i]; *from != '\0'; from++) {
            if (*from == '"' || *from == '\\')
                *at++ = '\\';
            *at++ = *from;
        }
        *at++ = '"';
    }
    *at++ = '}';
    *at = '\0';
    return text;
}

/* Parameters $1 to $12 of run_add_each: the columns of the orders. */
static void add_orders(bm_select_t *s, bm_run_asked_t *const *asked, int n)
{
    enum { INTS = 8, TEXTS = 4 };
    apr_int64_t *ints[INTS];
    const char **texts[TEXTS];
    int i, k;

    for (k = 0; k < INTS; k++)
        ints[k] = apr_palloc(s->p, (size_t)n * sizeof(**ints));
    for (k = 0; k < TEXTS; k++)
        texts[k] = apr_palloc(s->p, (size_t)n * sizeof(**texts));
    for (i = 0; i < n; i++) {
        const bm_run_order_t *order = asked[i]->order;
        const apr_int64_t numbers[INTS] = { order->automation_id, order->scenario_id, order->project_id, order->kind,
                                            order->scenario_version, order->priority, order->max_attempts, order->run_at };

        for (k = 0; k < INTS; k++)
            ints[k][i] = numbers[k];
        texts[0][i] = order->spec;
        texts[1][i] = array_text(order->labels, order->label_count, s->p);
        texts[2][i] = order->created_by;
        texts[3][i] = place_of(order);
    }
    for (k = 0; k < INTS; k++)
        APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_int64s(ints[k], n, s->p);
    for (k = 0; k < TEXTS; k++)
        APR_ARRAY_PUSH(s->params, bm_param_t) = bm_param_texts(texts[k], n, s->p);
}

/* Behind q, which is the runs, by their place: the entries of those that have one. */
static void add_entries(bm_select_t *s, bm_run_asked_t *const *asked, int n)
{
    enum { TEXTS = 6 };
    const char **texts[TEXTS];
    apr_int64_t *places = apr_palloc(s->p, (size_t)n * sizeof(*places));
    apr_int64_t *statuses = apr_palloc(s->p, (size_t)n * sizeof(*statuses));
    int i, k, found = 0;

    for (k = 0; k < TEXTS; k++)
        texts[k] = apr_palloc(s->p, (size_t)n * sizeof(**texts));
    for (i = 0; i < n; i++) {
        const bm_audit_entry_t *entry = asked[i]->order->entry;

        if (entry == NULL)
            continue;
        texts[0][found] = entry->actor;
        texts[1][found] = entry->role;
        texts[2][found] = entry->address;
        texts[3][found] = entry->action;
        texts[4][found] = array_text(entry->members, entry->member_count, s->p);
        texts[5][found] = entry->request_id;
        statuses[found] = entry->status;
        places[found++] = i + 1;
    }
    bm_select_param(s, 'a', ", o as (select id, project_id, row_number() over (order by id) as n from q),"
                    " a as (insert into audit_log " BM_AUDIT_COLUMNS
                    " select e.actor, e.role, e.address, e.action, '/runs/' || o.id,"
                    " e.members::text[], 'done', e.status, e.request_id, array[o.project_id] from o join unnest(",
                    bm_param_int64s(places, found, s->p), "::bigint[]");
    bm_select_param(s, 'b', ", ", bm_param_int64s(statuses, found, s->p), "::integer[]");
    for (k = 0; k < TEXTS; k++)
        bm_select_param(s, (char)('c' + k), ", ", bm_param_texts(texts[k], found, s->p), "::text[]");
    bm_select_add(s, 'i', ") as e (n, status, actor, role, address, action, members, request_id) using (n))");
}

/* The order of the rows is that of the orders: they are inserted one by one as the sorted selection yields them. */
apr_status_t bm_run_order_store_add_each(bm_run_asked_t *const *asked, int n, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    bm_select_t *s = bm_select_make("run_add_each", "with q as (insert into queued_run " QUEUE_COLUMNS
        " select a, sc, pr, (a & 15)::smallint, k, v, p, m, coalesce(to_timestamp(nullif(t, 0) / 1000000.0), now()),"
        " j::jsonb, l::text[], c, w from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],"
        " $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[])"
        " with ordinality as o (a, sc, pr, k, v, p, m, t, j, l, c, w, n) order by n returning *)", p);
    bm_rows_t *rows;
    apr_status_t rv;
    int i;

    add_orders(s, asked, n);
    add_entries(s, asked, n);
    bm_select_columns(s, 'w', " select " BM_RUN_HEAD, bm_run_fields, 0);
    bm_select_add(s, 'q', " from q order by q.id");
    rv = bm_select_run(&rows, s, db, err, p);
    if (rv == APR_SUCCESS && bm_rows_count(rows) != n)
        rv = bm_err_set(err, APR_EGENERAL, NULL, "%d runs were queued instead of %d", bm_rows_count(rows), n);
    for (i = 0; rv == APR_SUCCESS && i < n; i++) {
        asked[i]->rows = bm_rows_share(rows, i, asked[i]->p);
        asked[i]->rv = APR_SUCCESS;
    }
    return rv;
}

apr_status_t bm_run_order_store_add_many(bm_rows_t **prows, bm_db_t *db, const bm_run_order_t *order, int count, bm_err_t *err,
                                         apr_pool_t *p)
{
    static const char *const anywhere[] = { "" };
    bm_param_t params[QUEUE_PARAMS + 2];

    fill_order(params, order, p);
    params[QUEUE_PARAMS] = order->locations != NULL ? bm_param_texts(order->locations, order->location_count, p)
                                                    : bm_param_texts(anywhere, 1, p);
    params[QUEUE_PARAMS + 1] = bm_param_int(count);
    return bm_db_query(prows, db, &run_add_many, params, QUEUE_PARAMS + 2, err, p);
}
