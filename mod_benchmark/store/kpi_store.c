/* SPDX-License-Identifier: Apache-2.0 */
#include "store/kpi_store.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include "base/log.h"

#define HOURS_A_DAY 24

const bm_stmt_t bm_kpi_store_rewritten = { "kpi_rewritten", "update kpi_state set rewritten = rewritten + 1" };

/* Its row is the lock of compaction. `next` was the oldest open transaction at the last call: what is below it is
 * committed, and at least as old as that call. */
static const bm_stmt_t kpi_compact_lock = { "kpi_compact_lock",
    "select next, next_at is null or next_at > now() - $1 * interval '1 microsecond', next_at is null"
    " from kpi_state for update skip locked" };
static const bm_stmt_t kpi_compact_read = { "kpi_compact_read",
    "select xid::text::bigint, id, scenario_id, model_id, source, label_id, location_id, hour, n, min_id, max_id, body"
    " from kpi_delta where xid < $1::text::xid8 order by xid, id limit $2", .binary = 1 };
#define CELL_KEY "scenario_id, model_id, source, label_id, location_id, level, bucket"
static const bm_stmt_t kpi_compact_old = { "kpi_compact_old",
    "select " CELL_KEY ", body, more from kpi_cell"
    " join unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])"
    "  k (" CELL_KEY ") using (" CELL_KEY ")",
    .binary = 1 };
static const bm_stmt_t kpi_compact_write = { "kpi_compact_write",
    "insert into kpi_cell as c (" CELL_KEY ", n, min_id, max_id, body, more)"
    " select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],"
    "  $8::bigint[], $9::bigint[], $10::bigint[], $11::bytea[], $12::bytea[])"
    " on conflict (" CELL_KEY ") do update set n = c.n + excluded.n,"
    "  min_id = least(c.min_id, excluded.min_id), max_id = greatest(c.max_id, excluded.max_id), body = excluded.body,"
    "  more = excluded.more" };
static const bm_stmt_t kpi_compact_delete = { "kpi_compact_delete", "delete from kpi_delta where xid < $1::text::xid8" };
/* All below `next` is folded: the next round may take what is committed by now. */
static const bm_stmt_t kpi_compact_done = { "kpi_compact_done",
    "update kpi_state set compacted = greatest(compacted, $1::text::xid8),"
    " next = case when $2 then pg_snapshot_xmin(pg_current_snapshot()) else next end, next_at = case when $2 then now()"
    " else next_at end" };
static const bm_stmt_t kpi_compact_dirty = { "kpi_compact_dirty",
    "insert into kpi_dirty as d (scenario_id, source, hour, min_id, max_id) values ($1, $2, $3, $4, $5)"
    " on conflict (scenario_id, source, hour) do update set marked_at = clock_timestamp(),"
    "  min_id = least(d.min_id, excluded.min_id), max_id = greatest(d.max_id, excluded.max_id)" };

/* A delta as it is read. */
typedef struct delta_t {
    apr_int64_t scenario_id, n, min_id, max_id;
    int model_id, source, label_id, location_id, hour;
    bm_kpi_body_t body;
} delta_t;

static void delta_read(delta_t *delta, const bm_rows_t *rows, int i, apr_pool_t *p)
{
    int c = 2;

    delta->scenario_id = bm_rows_int64(rows, i, c++, 0);
    delta->model_id = (int)bm_rows_int64(rows, i, c++, 0);
    delta->source = (int)bm_rows_int64(rows, i, c++, 0);
    delta->label_id = (int)bm_rows_int64(rows, i, c++, 0);
    delta->location_id = (int)bm_rows_int64(rows, i, c++, 0);
    delta->hour = (int)bm_rows_int64(rows, i, c++, 0);
    delta->n = bm_rows_int64(rows, i, c++, 0);
    delta->min_id = bm_rows_int64(rows, i, c++, 0);
    delta->max_id = bm_rows_int64(rows, i, c++, 0);
    delta->body.len = (int)bm_rows_bytes(&delta->body.data, rows, i, c, p);
}

typedef struct cell_key_t {
    apr_int64_t scenario_id, model_id, source, label_id, location_id, level, bucket;
} cell_key_t;
enum { KEY_PARTS = 7 };

/* A cell that is being put together. */
typedef struct cell_t {
    cell_key_t key;
    apr_int64_t n, min_id, max_id;
    apr_array_header_t *parts;       /* of bm_kpi_body_t; what is stored comes last */
    bm_kpi_stored_t merged;
} cell_t;

typedef struct compaction_t {
    bm_db_t *db;
    bm_err_t *err;
    apr_pool_t *p;
    apr_pool_t *ptemp;               /* cleared with each delta */
    bm_kpi_merge_fn *merge;
    void *baton;
    apr_hash_t *by_key;
    apr_array_header_t *cells;       /* of cell_t * */
} compaction_t;

static cell_t *cell_of(compaction_t *c, const cell_key_t *key)
{
    cell_t *cell = apr_hash_get(c->by_key, key, sizeof(*key));

    if (cell == NULL) {
        cell = apr_pcalloc(c->p, sizeof(*cell));
        cell->key = *key;
        cell->min_id = APR_INT64_MAX;
        cell->parts = apr_array_make(c->p, 8, sizeof(bm_kpi_body_t));
        apr_hash_set(c->by_key, &cell->key, sizeof(cell->key), cell);
        APR_ARRAY_PUSH(c->cells, cell_t *) = cell;
    }
    return cell;
}

static void add_to(compaction_t *c, const delta_t *row, int level)
{
    cell_key_t key = { row->scenario_id, row->model_id, row->source, row->label_id, row->location_id, level,
                       level == 0 ? row->hour : row->hour / HOURS_A_DAY };
    cell_t *cell = cell_of(c, &key);

    cell->n += row->n;
    cell->min_id = row->min_id < cell->min_id ? row->min_id : cell->min_id;
    cell->max_id = row->max_id > cell->max_id ? row->max_id : cell->max_id;
    APR_ARRAY_PUSH(cell->parts, bm_kpi_body_t) = row->body;
}

/* A body that cannot be merged even with itself would stop compaction for ever: leave it out and have its hour rebuilt. */
static apr_status_t is_damaged(compaction_t *c, const delta_t *row, apr_int64_t id)
{
    bm_kpi_stored_t merged;
    apr_status_t rv;

    apr_pool_clear(c->ptemp);
    rv = c->merge(c->baton, &merged, &row->body, 1, c->ptemp);

    if (rv != APR_EINVAL)
        return APR_SUCCESS;
    bm_log(BM_LOG_ERR, APR_SUCCESS, BMLOG(0220) "KPI delta %" APR_INT64_T_FMT " is damaged; hour %d of scenario %" APR_INT64_T_FMT
           " is marked to be rebuilt", id, row->hour, row->scenario_id);
    rv = bm_db_query(NULL, c->db, &kpi_compact_dirty, BM_PARAMS(bm_param_int64(row->scenario_id), bm_param_int(row->source),
                     bm_param_int(row->hour), bm_param_int64(row->min_id), bm_param_int64(row->max_id)), c->err, c->p);
    return rv == APR_SUCCESS ? APR_EINVAL : rv;
}

void bm_kpi_store_params(bm_param_t params[2], const bm_kpi_stored_t *stored, int n, apr_pool_t *p)
{
    const void **data = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(*data));
    int *lens = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(*lens)), which, i;

    for (which = 0; which < 2; which++) {
        for (i = 0; i < n; i++) {
            const bm_kpi_body_t *part = which == 0 ? &stored[i].body : &stored[i].more;

            data[i] = part->data;
            lens[i] = part->len;
        }
        params[which] = bm_param_bytess(data, lens, n, p);
    }
}

/* The key's columns and, for writing, the figures of all cells as arrays. */
static int cell_params(bm_param_t *params, const compaction_t *c, int with_figures)
{
    int n = c->cells->nelts, parts = with_figures ? KEY_PARTS + 3 : KEY_PARTS, i, k;
    apr_int64_t *values = apr_palloc(c->p, ((apr_size_t)n + 1) * sizeof(*values));

    for (k = 0; k < parts; k++) {
        for (i = 0; i < n; i++) {
            const cell_t *cell = APR_ARRAY_IDX(c->cells, i, cell_t *);
            const apr_int64_t all[] = { cell->key.scenario_id, cell->key.model_id, cell->key.source, cell->key.label_id,
                                        cell->key.location_id, cell->key.level, cell->key.bucket, cell->n, cell->min_id,
                                        cell->max_id };

            values[i] = all[k];
        }
        params[k] = bm_param_int64s(values, n, c->p);
    }
    return parts;
}

static apr_status_t read_stored(compaction_t *c)
{
    bm_param_t params[KEY_PARTS];
    bm_rows_t *rows;
    apr_status_t rv;
    int i, column;

    cell_params(params, c, 0);
    rv = bm_db_query(&rows, c->db, &kpi_compact_old, params, KEY_PARTS, c->err, c->p);
    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++) {
        cell_key_t key = { bm_rows_int64(rows, i, 0, 0), bm_rows_int64(rows, i, 1, 0), bm_rows_int64(rows, i, 2, 0),
                           bm_rows_int64(rows, i, 3, 0), bm_rows_int64(rows, i, 4, 0), bm_rows_int64(rows, i, 5, 0),
                           bm_rows_int64(rows, i, 6, 0) };

        for (column = KEY_PARTS; column < KEY_PARTS + 2; column++) {
            bm_kpi_body_t part;

            part.len = (int)bm_rows_bytes(&part.data, rows, i, column, c->p);
            if (part.data != NULL)
                APR_ARRAY_PUSH(cell_of(c, &key)->parts, bm_kpi_body_t) = part;
        }
    }
    return rv;
}

static apr_status_t merge_all(compaction_t *c)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < c->cells->nelts; i++) {
        cell_t *cell = APR_ARRAY_IDX(c->cells, i, cell_t *);

        rv = c->merge(c->baton, &cell->merged, (const bm_kpi_body_t *)cell->parts->elts, cell->parts->nelts, c->p);
        if (rv != APR_SUCCESS)
            bm_log(BM_LOG_ERR, rv, BMLOG(0221) "the stored KPI cell of scenario %" APR_INT64_T_FMT ", level %d, bucket"
                    " %d cannot be read",
                   cell->key.scenario_id, (int)cell->key.level, (int)cell->key.bucket);
    }
    return rv == APR_SUCCESS ? rv : bm_err_set(c->err, APR_EGENERAL, "kpi_damaged", "A stored KPI cell cannot be read.");
}

static apr_status_t write_cells(compaction_t *c)
{
    int n = c->cells->nelts, count, i;
    bm_kpi_stored_t *stored = apr_palloc(c->p, ((apr_size_t)n + 1) * sizeof(*stored));
    bm_param_t params[KEY_PARTS + 5];

    for (i = 0; i < n; i++)
        stored[i] = APR_ARRAY_IDX(c->cells, i, cell_t *)->merged;
    count = cell_params(params, c, 1);
    bm_kpi_store_params(params + count, stored, n, c->p);
    count += 2;
    return bm_db_query(NULL, c->db, &kpi_compact_write, params, count, c->err, c->p);
}

/* Collect rows [0, n) into cells, leaving damaged ones out. */
static apr_status_t collect(compaction_t *c, const bm_rows_t *rows, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        delta_t row;
        apr_status_t rv;

        delta_read(&row, rows, i, c->p);
        rv = is_damaged(c, &row, bm_rows_int64(rows, i, 1, 0));
        if (rv == APR_EINVAL)
            continue;
        if (rv != APR_SUCCESS)
            return rv;
        add_to(c, &row, 0);
        add_to(c, &row, 1);
    }
    return APR_SUCCESS;
}

static apr_status_t fold(compaction_t *c, const bm_rows_t *rows, int n)
{
    apr_status_t rv = collect(c, rows, n);

    if (rv == APR_SUCCESS && c->cells->nelts > 0)
        rv = read_stored(c);
    if (rv == APR_SUCCESS)
        rv = merge_all(c);
    if (rv == APR_SUCCESS && c->cells->nelts > 0)
        rv = write_cells(c);
    return rv;
}

/* How many of the rows may be folded, and below which xid they are: a transaction is never folded in part. */
static int whole_transactions(const char **bound, const bm_rows_t *rows, const char *next, int limit, apr_pool_t *p)
{
    int n = bm_rows_count(rows);
    apr_int64_t last;

    *bound = next;
    if (n <= limit)
        return n;
    last = bm_rows_int64(rows, n - 1, 0, 0);
    while (n > 0 && bm_rows_int64(rows, n - 1, 0, 0) == last)
        n--;
    *bound = apr_psprintf(p, "%" APR_INT64_T_FMT, last);
    return n;
}

static apr_status_t compact(int *folded, compaction_t *c, apr_interval_time_t age, int limit)
{
    const char *next, *bound;
    bm_rows_t *rows;
    apr_status_t rv;
    int n, complete;

    rv = bm_db_query(&rows, c->db, &kpi_compact_lock, BM_PARAMS(bm_param_int64(age)), c->err, c->p);
    if (rv != APR_SUCCESS || bm_rows_count(rows) == 0)
        return rv;                      /* another one is at it */
    next = bm_rows_text(rows, 0, 0);
    if (bm_rows_bool(rows, 0, 2))       /* the first time: remember where we are */
        return bm_db_query(NULL, c->db, &kpi_compact_done, BM_PARAMS(bm_param_text("0"), bm_param_bool(1)), c->err, c->p);
    if (bm_rows_bool(rows, 0, 1))
        return APR_SUCCESS;             /* too young */
    rv = bm_db_query(&rows, c->db, &kpi_compact_read, BM_PARAMS(bm_param_text(next), bm_param_int(limit + 1)), c->err, c->p);
    if (rv != APR_SUCCESS)
        return rv;
    n = whole_transactions(&bound, rows, next, limit, c->p);
    complete = n == bm_rows_count(rows);
    if (n == 0 && !complete)
        return bm_err_set(c->err, APR_EGENERAL, "kpi_limit", "One transaction wrote more deltas than a compaction may fold.");
    rv = fold(c, rows, n);
    if (rv == APR_SUCCESS && n > 0)
        rv = bm_db_query(NULL, c->db, &kpi_compact_delete, BM_PARAMS(bm_param_text(bound)), c->err, c->p);
    if (rv == APR_SUCCESS)
        rv = bm_db_query(NULL, c->db, &kpi_compact_done, BM_PARAMS(bm_param_text(bound), bm_param_bool(complete)), c->err, c->p);
    *folded = complete ? n : limit;
    return rv;
}

apr_status_t bm_kpi_store_compact(int *folded, bm_db_t *db, apr_interval_time_t age, int limit, bm_kpi_merge_fn *merge,
                                  void *baton, bm_err_t *err, apr_pool_t *p)
{
    compaction_t c = { .db = db, .err = err, .p = p, .merge = merge, .baton = baton };
    apr_status_t rv = bm_db_begin(db, err);

    *folded = 0;
    apr_pool_create(&c.ptemp, p);
    c.by_key = apr_hash_make(p);
    c.cells = apr_array_make(p, 64, sizeof(cell_t *));
    if (rv == APR_SUCCESS)
        rv = compact(folded, &c, age, limit);
    if (rv == APR_SUCCESS)
        rv = bm_db_commit(db, err);
    if (rv != APR_SUCCESS) {
        bm_db_rollback(db);
        *folded = 0;
    }
    return rv;
}
