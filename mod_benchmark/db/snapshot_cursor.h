/* SPDX-License-Identifier: Apache-2.0
 *
 * db/snapshot_cursor.h: read an append-only table in commit order: nothing missed, nothing twice.
 *
 * Ids do not become visible in their order: a transaction that drew 7 may commit after the one that drew 8, and a
 * reader at "id > 8" never sees 7. Waiting until no older transaction is open would let any foreign transaction stop the
 * stream. So the cursor is a snapshot: what it saw was delivered; a newer snapshot minus the old one is what is new.
 * The table has columns xid (xid8, of the inserting transaction) and id, with an index on (xid, id).
 *
 * A token is text that any process continues from, also in the middle of a batch: "epoch~old" or
 * "epoch~old~new~xid~id", usually 40 to 120 bytes. Tokens are names; never compare them.
 *
 * Thread: one owner at a time. */
#ifndef BM_DB_SNAPSHOT_CURSOR_H
#define BM_DB_SNAPSHOT_CURSOR_H

#include "db/query.h"

typedef struct bm_snapshot_cursor_t bm_snapshot_cursor_t;

/** Columns of the rows that bm_snapshot_cursor_read gives; those of the table's own follow. */
enum { BM_SNAPSHOT_XID = 3, BM_SNAPSHOT_ID = 4, BM_SNAPSHOT_FIRST = 5 };

/** The SQL of a reader: floor is a scalar subquery of the oldest xid8 whose rows are all still there, columns and table as
 *  in SQL (the table's columns unqualified or with "t."). A snapshot that ends behind the server's own was never this
 *  history's (a fail-over lost the end of it): its transactions are still to come, so it counts as gone. */
#define BM_SNAPSHOT_SQL(floor, columns, table) BM_SNAPSHOT_SQL_UP_TO("pg_current_snapshot()", floor, columns, table)

/** The same for tokens that outlive a crash of the server. A crash gives numbers of transactions again that were not on disk:
 *  those that failed, or did not wait for it. A snapshot that has seen one of them end would pass over what comes under its
 *  number. So this one ends behind the last transaction that has rows in the table (writers wait for the disk): all before it
 *  are on disk with it, and what has no rows is of no interest. */
#define BM_SNAPSHOT_SQL_DURABLE(floor, columns, table) \
    BM_SNAPSHOT_SQL_UP_TO(BM_SNAPSHOT_DURABLE(floor, table, "pg_snapshot_xmax($1::pg_snapshot)"), floor, columns, table)

/** Such a snapshot of now, as a scalar subquery; at_least: an xid8 that it does not end before. */
#define BM_SNAPSHOT_DURABLE(floor, table, at_least) \
    "(select (least(pg_snapshot_xmin(s), x)::text || ':' || x::text || ':'" \
    "  || coalesce((select string_agg(i::text, ',' order by i) from pg_snapshot_xip(s) i where i < x), ''))::pg_snapshot" \
    " from (select pg_current_snapshot() as s, greatest('3'::xid8, (" floor "), " at_least "," \
    "  ((select xid from " table " order by xid desc, id desc limit 1)::text::bigint + 1)::text::xid8) as x) d)"

#define BM_SNAPSHOT_SQL_UP_TO(now, floor, columns, table) \
    "with n as materialized (select coalesce($2::pg_snapshot, " now ") as s, epoch," \
    "  pg_snapshot_xmin($1::pg_snapshot) < (" floor ") as gone from meta)" \
    " select n.epoch, n.s, n.gone or pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(n.s)" \
    "  or pg_snapshot_xmax(n.s) > pg_snapshot_xmax(pg_current_snapshot()), e.*" \
    " from n left join lateral (select t.xid, t.id, " columns " from " table " t" \
    "  where t.xid >= pg_snapshot_xmin($1::pg_snapshot) and t.xid < pg_snapshot_xmax(n.s)" \
    "   and not pg_visible_in_snapshot(t.xid, $1::pg_snapshot) and pg_visible_in_snapshot(t.xid, n.s)" \
    "   and (t.xid, t.id) > ($3::xid8, $4::bigint)" \
    "  order by t.xid, t.id limit $5) e on true order by e.xid, e.id"

/** A cursor that is nowhere yet: start, parse or set comes next. Lives in p. Never NULL. */
bm_snapshot_cursor_t *bm_snapshot_cursor_make(apr_pool_t *p);

/** Begin now: only what is committed later is delivered. @return as bm_db_query. */
apr_status_t bm_snapshot_cursor_start(bm_snapshot_cursor_t *cursor, bm_db_t *db, bm_err_t *err);

/** Begin where the snapshot `old` (text of pg_current_snapshot()) was taken in history `epoch`: for readers that took it in a
 *  transaction of their own. */
void bm_snapshot_cursor_set(bm_snapshot_cursor_t *cursor, apr_int64_t epoch, const char *old);

/** Continue from a token. @return APR_EINVAL: not a token. */
apr_status_t bm_snapshot_cursor_parse(bm_snapshot_cursor_t *cursor, const char *token, bm_err_t *err);

/** Between batches: let the batch that the next reads give end where `until` stands, which is between batches, too, instead of
 *  now. In the middle of a batch: nothing happens, that one is to be read to its end first.
 *  @return APR_NOTFOUND: `until` belongs to another history, or has not got that far. */
apr_status_t bm_snapshot_cursor_end_at(bm_snapshot_cursor_t *cursor, const bm_snapshot_cursor_t *until);

/** Whether what was read last ended where `until` stands (the text of both snapshots is the same). */
int bm_snapshot_cursor_is_at(const bm_snapshot_cursor_t *cursor, const bm_snapshot_cursor_t *until);

/** Read the next rows and move on. stmt: made with BM_SNAPSHOT_SQL. *prows: columns as above; *pcount rows of them are
 *  the table's (with 0 there is one row without). One round trip. limit: at least 1; fewer rows than limit: the batch is over,
 *  which holds what was there when its first rows were read; what came later is in the next.
 *  @return APR_NOTFOUND with code "cursor_reset": the token belongs to another history, or rows behind it are gone: begin
 *  anew; else as bm_db_query, and the cursor has not moved. */
apr_status_t bm_snapshot_cursor_read(bm_rows_t **prows, int *pcount, bm_snapshot_cursor_t *cursor, bm_db_t *db,
                                     const bm_stmt_t *stmt, int limit, bm_err_t *err, apr_pool_t *p);

/** Token behind all that was read, in p. */
const char *bm_snapshot_cursor_token(const bm_snapshot_cursor_t *cursor, apr_pool_t *p);

/** Token behind row `row` of the last read, in p. */
const char *bm_snapshot_cursor_token_at(const bm_snapshot_cursor_t *cursor, const bm_rows_t *rows, int row, apr_pool_t *p);

#endif
