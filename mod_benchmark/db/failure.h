/* SPDX-License-Identifier: Apache-2.0
 *
 * db/failure.h: what libpq and the server say when something fails, as our statuses. Inside this room.
 *
 * The server's own sentence is logged only for classes whose sentences cannot contain values that a user sent;
 * conninfo text is never logged. */
#ifndef BM_DB_FAILURE_H
#define BM_DB_FAILURE_H

#include "db/conn.h"

/** Map a failed result of statement `name`, log it once and fill err. res NULL: the connection itself failed. */
apr_status_t bm_failure_report(const bm_db_t *db, const char *name, const PGresult *res, bm_err_t *err);

/** The database cannot be reached: fills err (code "database_unavailable", retry in 2 s). @return APR_EAGAIN. */
apr_status_t bm_failure_unavailable(bm_err_t *err);

/** libpq's message of a connection on one line, cut at size. */
void bm_failure_message(char *text, apr_size_t size, const PGconn *conn);

#endif
