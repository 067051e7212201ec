/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ticket_store.h"

#include <apr_strings.h>

static const bm_stmt_t ticket_add = { "ticket_add",
    "insert into tickets (hash, user_name, role, expires_at, user_id, session_id, projects)"
    " select sha256(convert_to($1, 'UTF8')), $2, $3, now() + $4 * interval '1 second', $6, $7, $8"
    " where (select count(*) from tickets where coalesce(user_name, '') = coalesce($2, '') and expires_at > now()) < $5"
    " returning expires_at" };
static const bm_stmt_t ticket_take = { "ticket_take",
    "with t as (delete from tickets where hash = sha256(convert_to($1, 'UTF8')) returning *)"
    " select t.user_name, t.role, t.expires_at > now(), t.user_id, t.session_id, u.role,"
    " array_to_string(t.projects, ','), array_to_string(u.projects, ',')"
    " from t left join users u on u.id = t.user_id and not u.disabled where (t.user_id is null or u.id is not null)"
    " and (t.session_id is null or exists (select 1 from sessions s where s.id = t.session_id))" };
static const bm_stmt_t ticket_prune = { "ticket_prune", "delete from tickets where expires_at < now()" };

apr_status_t bm_ticket_store_add(const char **pexpires_at, bm_db_t *db, const char *text, const bm_ticket_t *ticket,
                                 bm_err_t *err, apr_pool_t *p)
{
    char expires_at[BM_TIMEFMT_SIZE];
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &ticket_add,
                                  BM_PARAMS(bm_param_text(text), bm_param_text(ticket->user), bm_param_text(ticket->role),
                                            bm_param_int(BM_TICKET_SECONDS), bm_param_int(BM_TICKETS_OPEN),
                                            bm_param_null_if(ticket->user_id == 0, bm_param_int64(ticket->user_id)),
                                            bm_param_text(ticket->session),
                                            bm_param_null_if(ticket->projects.all,
                                                             bm_param_int64s(ticket->projects.ids, ticket->projects.n, p))),
                                  err, p);

    if (rv == APR_SUCCESS && bm_rows_count(rows) == 0)
        rv = bm_err_set(err, APR_EAGAIN, "too_many_tickets", "You have %d tickets that are not used yet.", BM_TICKETS_OPEN);
    *pexpires_at = rv == APR_SUCCESS ? apr_pstrdup(p, bm_rows_rfc3339(expires_at, rows, 0, 0)) : NULL;
    return rv;
}

apr_status_t bm_ticket_store_take(bm_ticket_t **pticket, bm_db_t *db, const char *text, bm_err_t *err, apr_pool_t *p)
{
    bm_projects_t now;
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &ticket_take, BM_PARAMS(bm_param_text(text)), err, p);

    *pticket = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0 || !bm_rows_bool(rows, 0, 2))
        return APR_NOTFOUND;
    *pticket = apr_palloc(p, sizeof(**pticket));
    (*pticket)->user = bm_rows_text(rows, 0, 0);
    (*pticket)->role = bm_rows_text(rows, 0, 1);
    (*pticket)->user_id = bm_rows_int64(rows, 0, 3, 0);
    (*pticket)->session = bm_rows_text(rows, 0, 4);
    (*pticket)->user_role = bm_rows_text(rows, 0, 5);
    (void)bm_projects_read(&(*pticket)->projects, bm_rows_text(rows, 0, 6));
    (void)bm_projects_read(&now, bm_rows_text(rows, 0, 7));
    bm_projects_narrow(&(*pticket)->projects, &now);
    return APR_SUCCESS;
}

apr_status_t bm_ticket_store_prune(bm_db_t *db, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &ticket_prune, BM_NO_PARAMS, err, p);
}
