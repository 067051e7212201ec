/* SPDX-License-Identifier: Apache-2.0 */
#include "api/together.h"

#include <string.h>
#include <apr_strings.h>
#include "base/combiner.h"
#include "model/run_model.h"

enum {
    USUAL = 1,                       /* leaders: the more, the fewer each takes along; behind a slow one others lead, too */
    MOST = 16,                       /* calls of one statement; that their ids fit into a line of the log, too */
    TURNS = 8,                       /* leaders in a row who keep a connection; then others who wait for one have their chance */
    LARGE = 16384                    /* bytes of a spec that goes alone */
};
#define WAIT apr_time_from_sec(2)    /* until it is taken: as long as for a connection */

typedef enum kind_e { GET, GET_SUMMARY, PARTS, ADD, KINDS } kind_e;

/* Read-only; combiners are thread-safe. */
struct bm_together_t {
    bm_combiner_t *combiners[KINDS];
};

/* One request's part. Of its own thread; while it waits, of its leader's. */
typedef struct call_t {
    bm_combiner_place_t place;       /* first: what the combiner knows of it */
    bm_req_t *q;
    bm_run_asked_t asked;
    int alone;                       /* the shared statement failed, maybe not because of this one */
} call_t;

bm_together_t *bm_together_make(int leaders, apr_pool_t *p)
{
    bm_together_t *together = apr_palloc(p, sizeof(*together));
    int i;

    for (i = 0; i < KINDS; i++)
        together->combiners[i] = bm_combiner_make(USUAL, leaders, MOST, p);
    return together;
}

/* --- the statements */

static apr_status_t ask(kind_e kind, bm_run_asked_t *const *asked, int n, bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    switch (kind) {
    case PARTS:
        return bm_run_order_store_parts_each(asked, n, db, err, p);
    case ADD:
        return bm_run_order_store_add_each(asked, n, db, err, p);
    default:
        return bm_run_store_get_each(asked, n, db, kind == GET_SUMMARY, err, p);
    }
}

static apr_status_t ask_alone(bm_run_asked_t *asked, kind_e kind, bm_db_t *db)
{
    asked->rows = NULL;
    if (kind == PARTS)
        return bm_run_order_store_parts(&asked->rows, db, asked->id, asked->err, asked->p);
    if (kind == ADD)
        return bm_run_order_store_add(&asked->rows, db, asked->order, bm_run_fields, asked->err, asked->p);
    return bm_run_store_get(&asked->rows, db, asked->id, bm_run_fields, kind == GET_SUMMARY, asked->err, asked->p);
}

/* --- leading */

static call_t *next_of(call_t *call)
{
    return (call_t *)call->place.next;
}

/* The log names all of them. */
static void tag(bm_db_t *db, call_t *first)
{
    char text[MOST * 67 + 16] = "requests ";
    char *at = text + strlen(text);
    call_t *call;

    for (call = first; call != NULL; call = next_of(call))
        at = apr_cpystrn(at, apr_pstrcat(first->q->p, call == first ? "" : ", ", call->q->request_id, NULL),
                         (apr_size_t)(text + sizeof(text) - at));
    bm_db_tag(db, text);
}

/* Why the shared statement failed, to each. What is not the connection's or the clock's may be one row's. */
static void fail(call_t *first, apr_status_t rv, const bm_err_t *err)
{
    call_t *call;

    for (call = first; call != NULL; call = next_of(call)) {
        call->asked.rv = rv;
        call->alone = rv != APR_EAGAIN && rv != APR_TIMEUP;
        if (call->alone)
            continue;
        bm_err_set(call->q->err, rv, err->code, "%s", err->detail);
        call->q->err->retry_after_s = err->retry_after_s;
    }
}

static void answer(call_t *first, int n, kind_e kind, bm_db_t *db)
{
    bm_run_asked_t *asked[MOST];
    bm_err_t *err;
    call_t *call;
    apr_status_t rv;
    int i = 0;

    if (n == 1) {
        first->asked.rv = ask_alone(&first->asked, kind, db);
        return;
    }
    for (call = first; call != NULL; call = next_of(call))
        asked[i++] = &call->asked;
    tag(db, first);
    err = bm_err_make(first->q->p);
    rv = ask(kind, asked, n, db, err, first->q->p);
    if (rv != APR_SUCCESS)
        fail(first, rv, err);
}

/* The connection of the leader before, or a new one. */
static apr_status_t open_for(bm_db_t **pdb, call_t *call)
{
    if (call->place.legacy == NULL)
        return bm_api_open(pdb, call->q);
    *pdb = call->place.legacy;
    return bm_api_inherit(pdb, call->q);
}

static void lead(call_t *call, kind_e kind, bm_combiner_t *combiner)
{
    bm_db_source_t *source = call->q->api->source;
    bm_db_t *db;

    call->asked.rv = open_for(&db, call);
    if (call->asked.rv == APR_SUCCESS)
        answer(call, bm_combiner_take(combiner, &call->place), kind, db);
    if (db != NULL && (call->place.turn >= TURNS || PQstatus(bm_db_conn(db)) != CONNECTION_OK)) {
        source->close(db, source);
        db = NULL;
        call->place.turn = -1;
    }
    if (!bm_combiner_leave(combiner, &call->place, db) && db != NULL)
        source->close(db, source);
}

/* --- one call */

static apr_status_t call_alone(call_t *call, kind_e kind)
{
    bm_db_t *db;
    apr_status_t rv = bm_api_open(&db, call->q);

    if (rv != APR_SUCCESS)
        return rv;
    rv = ask_alone(&call->asked, kind, db);
    call->q->api->source->close(db, call->q->api->source);
    return rv;
}

static apr_status_t nobody_took_it(bm_req_t *q)
{
    q->err->retry_after_s = 2;
    return bm_err_set(q->err, APR_EAGAIN, "database_unavailable", "All database connections are in use.");
}

static apr_status_t share(bm_rows_t **prows, bm_req_t *q, kind_e kind, apr_int64_t id, const bm_run_order_t *order)
{
    call_t call = { .q = q, .asked = { .id = id, .order = order, .p = q->p, .err = q->err } };
    bm_combiner_t *combiner = q->api->together->combiners[kind];

    if (q->db != NULL)
        call.asked.rv = ask_alone(&call.asked, kind, q->db);
    else if (!q->who.projects.all || (order != NULL && strlen(order->spec) > LARGE))
        call.asked.rv = call_alone(&call, kind);
    else {
        bm_combiner_e end = bm_combiner_join(combiner, &call.place, WAIT);

        if (end == BM_COMBINER_LEAD)
            lead(&call, kind, combiner);
        else if (end == BM_COMBINER_TIMEUP)
            call.asked.rv = nobody_took_it(q);
        if (call.alone)
            call.asked.rv = call_alone(&call, kind);
    }
    *prows = call.asked.rows;
    return call.asked.rv;
}

apr_status_t bm_together_get(bm_rows_t **prows, bm_req_t *q, apr_int64_t id, int summary)
{
    return share(prows, q, summary ? GET_SUMMARY : GET, id, NULL);
}

apr_status_t bm_together_parts(bm_rows_t **prows, bm_req_t *q, apr_int64_t scenario_id)
{
    return share(prows, q, PARTS, scenario_id, NULL);
}

apr_status_t bm_together_add(bm_rows_t **prows, bm_req_t *q, const bm_run_order_t *order)
{
    return share(prows, q, ADD, 0, order);
}
