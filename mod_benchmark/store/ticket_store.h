/* SPDX-License-Identifier: Apache-2.0
 *
 * store/ticket_store.h: tickets that let one request in without credentials. Only their hashes are stored.
 *
 * Thread: that of db. */
#ifndef BM_STORE_TICKET_STORE_H
#define BM_STORE_TICKET_STORE_H

#include "db/query.h"
#include "model/projects.h"

#define BM_TICKET_SECONDS 30
#define BM_TICKETS_OPEN 100          /* not used yet, of one user; all who have no name count as one */

typedef struct bm_ticket_t {
    const char *user;                /* NULL: it was made for somebody without a name */
    const char *role;                /* what he was when he got it */
    apr_int64_t user_id;             /* of our table of users; 0: none */
    const char *session;             /* that he had then; NULL: none */
    const char *user_role;           /* of our table, now; NULL: he is not there */
    bm_projects_t projects;          /* he saw when he got it, and sees now */
} bm_ticket_t;

/** Keep a ticket. *pexpires_at: RFC 3339, in p. @return APR_EAGAIN (too_many_tickets): BM_TICKETS_OPEN of the user are open. */
apr_status_t bm_ticket_store_add(const char **pexpires_at, bm_db_t *db, const char *text, const bm_ticket_t *ticket,
                                 bm_err_t *err, apr_pool_t *p);

/** Use it up, whoever asks first. *pticket in p. @return APR_NOTFOUND: there is none, it was used, or it is too old. */
apr_status_t bm_ticket_store_take(bm_ticket_t **pticket, bm_db_t *db, const char *text, bm_err_t *err, apr_pool_t *p);

/** Remove those that nobody used in time. */
apr_status_t bm_ticket_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p);

#endif
