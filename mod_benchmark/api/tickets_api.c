/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tickets_api.h"

#include <apr_base64.h>
#include "base/rand.h"
#include "store/ticket_store.h"

enum { RANDOM_BYTES = 32 };

static const bm_field_t ticket_fields[] = {
    { "ticket", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "What GET /events and the WebSockets take as ?ticket=, once." },
    { "expires_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "Until when." },
    { NULL }
};

static const bm_schema_t ticket_schema = { "EventTicket", ticket_fields };

/* Random bytes for a URL (RFC 4648 5, without padding). */
static apr_status_t make_text(const char **ptext, apr_pool_t *p)
{
    unsigned char bytes[RANDOM_BYTES];
    apr_status_t rv = bm_rand_secure(bytes, sizeof(bytes));
    char *text, *s;

    if (rv != APR_SUCCESS)
        return rv;
    *ptext = text = apr_palloc(p, (apr_size_t)apr_base64_encode_len(sizeof(bytes)));
    apr_base64_encode_binary(text, bytes, sizeof(bytes));
    for (s = text; *s != '\0' && *s != '='; s++)
        *s = *s == '+' ? '-' : *s == '/' ? '_' : *s;
    *s = '\0';
    return APR_SUCCESS;
}

static apr_status_t ticket_create(bm_req_t *q)
{
    const bm_identity_t *who = q->who.identity;
    const bm_ticket_t ticket = { q->who.user, bm_role_name(q->who.role), who != NULL ? who->user_id : 0,
                                 who != NULL && who->session[0] != '\0' ? who->session : NULL, NULL,
                                 q->who.projects };
    const char *text, *expires_at;
    apr_status_t rv = make_text(&text, q->p);

    if (rv == APR_SUCCESS)
        rv = bm_ticket_store_add(&expires_at, q->db, text, &ticket, q->err, q->p);
    if (APR_STATUS_IS_EAGAIN(rv))
        q->err->retry_after_s = BM_TICKET_SECONDS;
    if (rv != APR_SUCCESS)
        return rv;
    bm_jw_begin_object(&q->w);
    bm_jw_key(&q->w, "ticket");
    bm_jw_string(&q->w, text);
    bm_jw_key(&q->w, "expires_at");
    bm_jw_string(&q->w, expires_at);
    bm_jw_end_object(&q->w);
    return APR_SUCCESS;
}

const bm_route_t bm_tickets_api_routes[] = {
    { "POST", "/events/ticket", BM_ROLE_VIEWER, ticket_create, 0, 200, NULL, NULL, &ticket_schema,
      "createEventTicket", "events", "A ticket that opens one stream of events without credentials, within half a minute." },
    { NULL }
};
