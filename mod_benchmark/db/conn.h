/* SPDX-License-Identifier: Apache-2.0
 *
 * db/conn.h: one PostgreSQL connection with what we remember of it, and where it came from.
 *
 * A bm_db_t wraps a PGconn that is either borrowed from mod_dbd (glue/dbd.c is the source) or our own
 * (bm_db_connect). Prepared statements are remembered per backend pid in the connection's own pool, so a
 * PQreset or a restarted server prepares again. Thread: one owner at a time. */
#ifndef BM_DB_CONN_H
#define BM_DB_CONN_H

#include <apr_pools.h>
#include <libpq-fe.h>
#include "base/err.h"

typedef struct bm_db_t bm_db_t;

/** Where request handlers get connections from. glue/ implements it over mod_dbd, tests over bm_db_connect. */
typedef struct bm_db_source_t bm_db_source_t;
struct bm_db_source_t {
    /** Borrow a connection that is known to be usable (idle, outside a transaction). @return APR_EAGAIN with
     *  err->retry_after_s: the database is away or all are in use; never blocks longer than a few seconds. */
    apr_status_t (*open)(bm_db_t **pdb, bm_db_source_t *source, bm_err_t *err, apr_pool_t *p);
    /** Give it back; harmless for NULL. */
    void (*close)(bm_db_t *db, bm_db_source_t *source);
    void *baton;
};

typedef struct bm_db_options_t {
    const char *conninfo;             /* libpq connection string */
    const char *schema;               /* search_path; an identifier, checked at configuration */
    const char *application_name;
    int engine_plans;                 /* enable_seqscan=off: plans made while a table was small stay right when it has grown */
    int statement_timeout_ms;         /* 0: none */
    int idle_in_transaction_ms;       /* longest wait of a transaction for us; 0: 30 s, which is also the most */
    int unnamed_statements;           /* for a transaction pooler: never PQprepare */
    int stop_fd;                      /* of bm_db_connect, > 0: once it is readable nothing waits any more (a frozen server, a
                                       * black hole); a name is still looked up to the end, and a list of hosts gone through */
    /** Told how long each statement took, failed ones too; of a pipe the first one's name and the time of all. NULL: none. */
    void (*observe)(void *observer, const char *statement, apr_int64_t ns);
    void *observer;                   /* outlives the connection */
} bm_db_options_t;

/** Connect, blocking at most connect_timeout. jit=off, TimeZone UTC, DateStyle ISO, search_path, lock, statement and idle
 *  time-outs, keepalives and tcp_user_timeout are always set (by connection options, so they survive a reset).
 *  The connection is closed with p. @return APR_EAGAIN with a sentence without the password. */
apr_status_t bm_db_connect(bm_db_t **pdb, const bm_db_options_t *options, bm_err_t *err, apr_pool_t *p);

/** Wrap a connection that belongs to someone else (mod_dbd). keep: pool that lives exactly as long as the PGconn; what is
 *  prepared is remembered there. The session settings of bm_db_connect are applied once per backend (one round trip on a
 *  new connection, none afterwards). @return APR_EAGAIN: it is dead and could not be reset. */
apr_status_t bm_db_wrap(bm_db_t **pdb, PGconn *conn, const bm_db_options_t *options, apr_pool_t *keep, bm_err_t *err);

/** Make it usable: drain what the server said meanwhile, reset a dead connection (once), roll back an open transaction.
 *  @return APR_EAGAIN: not usable now. */
apr_status_t bm_db_check(bm_db_t *db, bm_err_t *err);

/** Close now; harmless for NULL and after the pool's own cleanup. */
void bm_db_close(bm_db_t *db);

/** Hold what follows to these projects, an array of ids as PostgreSQL writes it ("{1,2}"; "{}": none of them); NULL: to nothing.
 *  Statements then find the views of sql/008_projects.sql instead of the tables. Outside transactions only; the session is told
 *  with the next statement, if it was told something else before. bm_db_wrap begins with NULL. @return APR_EGENERAL: in a
 *  transaction; APR_EINVAL: too long, or not such a list. */
#define BM_DB_PROJECTS_MAX 768
apr_status_t bm_db_hold(bm_db_t *db, const char *projects);

/** What it is held to, until the next bm_db_hold; NULL: nothing. */
const char *bm_db_held(const bm_db_t *db);

PGconn *bm_db_conn(const bm_db_t *db);
/** A pointer that the source keeps with a borrowed connection, to find its way back in close. */
void bm_db_set_baton(bm_db_t *db, void *baton);
void *bm_db_baton(const bm_db_t *db);
const char *bm_db_schema(const bm_db_t *db);

#endif
