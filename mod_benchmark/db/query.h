/* SPDX-License-Identifier: Apache-2.0
 *
 * db/query.h: typed parameters in, rows out; statements are prepared once per backend.
 *
 * A statement is a named const beside its one function in store/. Parameters are never formatted into
 * the text. A failure is logged once here with SQLSTATE and statement name (never parameters) and
 * mapped: class 08, 53, 57P0x, 40001, 40P01, 55P03, 25006, 25P03 -> APR_EAGAIN; 23505 -> APR_EEXIST ("duplicate");
 * 23503 -> APR_EEXIST (err->code "still_referenced"); class 22 (a value that the column refuses, such as \u0000 in
 * jsonb) -> APR_EINVAL; 57014 -> APR_TIMEUP; else APR_EGENERAL. A statement slower than the threshold
 * (bm_db_slow_ms) is logged with name, ms and the tag of the connection (request or run id).
 *
 * No call waits longer than the connection's statement_timeout and one second for each statement: a server that is
 * frozen or gone gives APR_EAGAIN, and bm_db_check repairs the connection before its next use. */
#ifndef BM_DB_QUERY_H
#define BM_DB_QUERY_H

#include <apr_time.h>
#include "base/timefmt.h"
#include "db/conn.h"

typedef struct bm_stmt_t {
    const char *name;          /* unique in the tree, [a-z0-9_]+ */
    const char *sql;           /* NULL: compose says it */
    int unprepared;            /* never prepared: runs once in a while, or is put together from parts that are ours */
    int binary;                /* ask for binary results: for bytea, which is else doubled into hex and back */
    const char *(*compose)(const void *parts);     /* asked for only while the statement is not prepared */
    const void *parts;
    int opens;                 /* begins a transaction of a kind that can only be chosen before its first query */
    const char *family;        /* name of all forms of a composed statement; NULL: name */
} bm_stmt_t;

/** One parameter. Make it with the constructors below; text is not copied and must live until the call returns.
 *  The types of a prepared statement are those of its first call: where a value may be null, use bm_param_null_if. */
typedef struct bm_param_t {
    Oid type;                  /* 0: let the server infer */
    const char *value;         /* NULL: SQL null, unless number is filled */
    int len;                   /* of a binary value */
    int binary;
    char number[32];           /* text of a number or time; "": not used */
} bm_param_t;

bm_param_t bm_param_text(const char *value);
bm_param_t bm_param_json(const char *value);            /* jsonb or json by the column: type left to the server */
bm_param_t bm_param_int64(apr_int64_t value);
bm_param_t bm_param_int(int value);
bm_param_t bm_param_double(double value);
bm_param_t bm_param_bool(int value);
bm_param_t bm_param_bytes(const void *value, int len);  /* bytea, sent binary */
bm_param_t bm_param_time(apr_time_t value);             /* timestamptz */
bm_param_t bm_param_null(void);
/** param, or an SQL null of its type. */
bm_param_t bm_param_null_if(int is_null, bm_param_t param);
/** text[] of n strings (NULL elements become SQL null); built in p. Likewise the other arrays. */
bm_param_t bm_param_texts(const char *const *values, int n, apr_pool_t *p);
bm_param_t bm_param_int64s(const apr_int64_t *values, int n, apr_pool_t *p);
bm_param_t bm_param_bytess(const void *const *values, const int *lens, int n, apr_pool_t *p);
/** int64 array with holes: elements equal to `none` become SQL null. */
bm_param_t bm_param_int64s_or(const apr_int64_t *values, apr_int64_t none, int n, apr_pool_t *p);

#define BM_PARAMS(...) (const bm_param_t[]){ __VA_ARGS__ }, \
    (int)(sizeof((const bm_param_t[]){ __VA_ARGS__ }) / sizeof(bm_param_t))
#define BM_NO_PARAMS NULL, 0

typedef struct bm_rows_t bm_rows_t;

/** Run one statement. *prows may be NULL for a statement whose rows do not matter; else the rows live in p.
 *  err may be NULL. @return see the head of this file. */
apr_status_t bm_db_query(bm_rows_t **prows, bm_db_t *db, const bm_stmt_t *stmt, const bm_param_t *params, int n,
                         bm_err_t *err, apr_pool_t *p);

/** Rows that an INSERT, UPDATE or DELETE affected. */
apr_int64_t bm_rows_affected(const bm_rows_t *rows);
int bm_rows_count(const bm_rows_t *rows);
/** One of the rows, as the only one of rows in p, which may be another thread's pool; the rows themselves are not copied, and
 *  stay until all have gone who share them. Never NULL. */
bm_rows_t *bm_rows_share(const bm_rows_t *rows, int row, apr_pool_t *p);
/** Column by position from 0. Text lives with the rows; NULL for SQL null. With .binary only text columns are text. */
const char *bm_rows_text(const bm_rows_t *rows, int row, int column);
int bm_rows_length(const bm_rows_t *rows, int row, int column);
int bm_rows_is_null(const bm_rows_t *rows, int row, int column);
apr_int64_t bm_rows_int64(const bm_rows_t *rows, int row, int column, apr_int64_t if_null);
double bm_rows_double(const bm_rows_t *rows, int row, int column, double if_null);
int bm_rows_bool(const bm_rows_t *rows, int row, int column);
/** timestamptz as apr_time_t; 0 for null, infinity and years outside 1970 to 9999. */
apr_time_t bm_rows_time(const bm_rows_t *rows, int row, int column);
/** timestamptz as "2026-01-31T12:00:00.123456Z". @return text, or NULL for null (and what bm_rows_time says 0 to). */
const char *bm_rows_rfc3339(char text[BM_TIMEFMT_SIZE], const bm_rows_t *rows, int row, int column);
/** bytea, decoded; *data lives in p (with .binary: with the rows, not copied). @return length; 0 and NULL for null. */
apr_size_t bm_rows_bytes(const void **data, const bm_rows_t *rows, int row, int column, apr_pool_t *p);

/** --- transactions: opened by services, not by stores; a rollback is certain if commit is not reached */
apr_status_t bm_db_begin(bm_db_t *db, bm_err_t *err);
/** The same with a statement time-out of its own (ms, > 0) until its end. */
apr_status_t bm_db_begin_limited(bm_db_t *db, int limit_ms, bm_err_t *err);
/** @return APR_EAGAIN: its answer was lost or it was refused; whether it happened must be asked from the data. */
apr_status_t bm_db_commit(bm_db_t *db, bm_err_t *err);
/** Harmless outside a transaction and on a broken connection. */
void bm_db_rollback(bm_db_t *db);

/** --- pipeline: several statements, one round trip. Queue with bm_db_pipe, then bm_db_pipe_run sends them with one sync
 *  and returns the rows of each in order. All are one implicit transaction unless they contain BEGIN and COMMIT.
 *  The first failure ends it (the rest are not executed). */
typedef struct bm_pipe_t bm_pipe_t;
bm_pipe_t *bm_pipe_make(bm_db_t *db, apr_pool_t *p);
/** stmt and the values (not the array) must live until bm_pipe_run returns. */
void bm_pipe_add(bm_pipe_t *pipe, const bm_stmt_t *stmt, const bm_param_t *params, int n);
/** *prows (may be NULL): array of bm_rows_t *, one per statement added since the last run; they live in the pipe's pool.
 *  After a failure a transaction that began in this pipe is rolled back. @return as bm_db_query, for the first failure. */
apr_status_t bm_pipe_run(bm_rows_t ***prows, bm_pipe_t *pipe, bm_err_t *err);

/** Statements slower than this are logged (0: never; default 500). */
void bm_db_slow_ms(bm_db_t *db, int ms);
/** What the log lines of this connection carry until changed ("request 3f2a", "run 17"); copied, NULL: nothing. */
void bm_db_tag(bm_db_t *db, const char *tag);

/** For pipes that contain their transaction. */
extern const bm_stmt_t bm_stmt_begin;
extern const bm_stmt_t bm_stmt_commit;

#endif
