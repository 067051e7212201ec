/* SPDX-License-Identifier: Apache-2.0
 *
 * db/answer.h: wait for the server, but not for ever. Inside this room.
 *
 * statement_timeout bounds what a living server does; nothing in libpq bounds a server that is frozen or behind a
 * black hole once the connection stands. So every wait here has a deadline a little behind statement_timeout; when it
 * passes, the socket is shut down and the connection counts as broken (the next bm_db_check resets it). */
#ifndef BM_DB_ANSWER_H
#define BM_DB_ANSWER_H

#include "db/conn.h"

/** Wait for the next result of a pipeline or query. *pres: NULL at the end of one statement's results.
 *  @return APR_EAGAIN: the server is away; the connection is bad now. */
apr_status_t bm_answer_next(PGresult **pres, bm_db_t *db);

/** poll() on the connection's socket, or until its stop_fd is readable. @return 1: ready; 0: time is up, or it is to stop. */
int bm_answer_poll(const bm_db_t *db, short events, int timeout_ms);

/** Whether its stop_fd is readable. */
int bm_answer_is_stopped(const bm_db_t *db);

/** Make a connection that nobody answers on bad, whoever owns it. */
void bm_answer_give_up(bm_db_t *db);

#endif
