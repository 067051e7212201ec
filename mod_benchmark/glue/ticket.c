/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/ticket.h"

#include <string.h>
#include <apr_strings.h>
#include <http_request.h>
#include "glue/authn.h"
#include "glue/lifecycle.h"
#include "store/ticket_store.h"

enum { TICKET_LENGTH = 43 };         /* 32 bytes in base64 */

static int is_watched(const char *path)
{
    return strcmp(path, "/events") == 0 || strcmp(path, "/events/ws") == 0 || strcmp(path, "/ws/metrics") == 0;
}

/* The value of ticket= as it was sent: a ticket of ours needs no encoding. NULL: there is none. */
static const char *ticket_of(const char *args, apr_pool_t *p)
{
    while (args != NULL) {
        if (strncmp(args, "ticket=", 7) == 0)
            return apr_pstrmemdup(p, args + 7, strcspn(args + 7, "&"));
        args = strchr(args, '&');
        args = args != NULL ? args + 1 : NULL;
    }
    return NULL;
}

static int has_form(const char *text)
{
    return strlen(text) == TICKET_LENGTH
           && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == TICKET_LENGTH;
}

static apr_status_t take(bm_ticket_t **pticket, const char *text, apr_pool_t *p)
{
    bm_web_t *web = bm_lifecycle_web();
    bm_err_t *err = bm_err_make(p);
    bm_db_t *db;
    apr_status_t rv;

    if (!has_form(text))
        return APR_NOTFOUND;
    if (web == NULL)
        return APR_EAGAIN;
    rv = web->source->open(&db, web->source, err, p);
    if (rv != APR_SUCCESS)
        return rv;
    rv = bm_ticket_store_take(pticket, db, text, err, p);
    web->source->close(db, web->source);
    return rv;
}

/* Whom the ticket stands for: a user of ours with the role that he has by now. */
static void be(request_rec *r, const bm_ticket_t *ticket)
{
    bm_identity_t who = { .most = BM_ROLE_ADMIN, .scopes = BM_SCOPE_ALL, .user_id = ticket->user_id,
                          .projects = ticket->projects };
    int role = ticket->user_role != NULL ? bm_role_find(ticket->user_role) : -1;

    r->user = apr_pstrdup(r->pool, ticket->user);
    r->ap_auth_type = "Ticket";
    apr_cpystrn(who.user, ticket->user, sizeof(who.user));
    if (ticket->session != NULL)
        apr_cpystrn(who.session, ticket->session, sizeof(who.session));
    who.role = role > 0 ? (bm_role_e)role : BM_ROLE_NONE;
    bm_authn_set(r, &who);
}

void bm_ticket_use(request_rec *r, bm_place_t *place)
{
    bm_ticket_t *ticket;
    const char *text;
    apr_status_t rv;
    int role;

    if (place->kind != BM_PLACE_API || r->method_number != M_GET || r->header_only || !ap_is_initial_req(r)
        || !is_watched(place->path))
        return;
    text = ticket_of(r->args, r->pool);
    if (text == NULL)
        return;
    rv = take(&ticket, text, r->pool);
    role = rv == APR_SUCCESS ? bm_role_find(ticket->role) : -1;
    if (role < 0) {
        place->ticket = rv == APR_SUCCESS || rv == APR_NOTFOUND ? BM_TICKET_REFUSED : BM_TICKET_UNKNOWN;
        return;
    }
    place->ticket = BM_TICKET_TAKEN;
    place->ticket_role = (bm_role_e)role;
    if (ticket->user != NULL)
        be(r, ticket);
}
