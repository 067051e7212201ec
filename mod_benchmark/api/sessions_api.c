/* SPDX-License-Identifier: Apache-2.0
 *
 * sessions_api.c: /auth/sessions: where somebody is signed in. Everybody sees and ends his own; who administers those of all. */
#include "api/sessions_api.h"

#include "api/page.h"
#include "model/user_model.h"
#include "store/session_store.h"

static const bm_schema_t session_schema = { "Session", bm_session_fields };

static const bm_query_param_t list_params[] = {
    BM_PAGE_PARAMS,
    { "all", BM_QUERY_BOOL, 0, 0, NULL, "true: also of others. For administrators." },
    { "user_id", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "Those of this user. Of another: for administrators." },
    { NULL }
};

/* Whose sessions the request may see. A key is no person: where its owner is signed in is none of its business. */
static apr_status_t read_filter(bm_session_filter_t *filter, bm_req_t *q, int all)
{
    const bm_identity_t *who = q->who.identity;

    if (who != NULL && who->credential == BM_CREDENTIAL_KEY)
        return bm_err_set(q->err, APR_EACCES, "needs_a_person",
                          "Sessions are managed by who has logged in, not with an API key.");
    filter->current = who != NULL ? who->session : "";
    if (all && q->who.role >= BM_ROLE_ADMIN && q->who.projects.all)
        return APR_SUCCESS;
    filter->user = q->who.user != NULL ? q->who.user : "";
    filter->user_id = who != NULL ? who->user_id : 0;
    return APR_SUCCESS;
}

static apr_status_t sessions_list(bm_req_t *q)
{
    bm_session_filter_t filter = { .of_user_id = bm_query_string_int(q->query, "user_id", 0) };
    bm_listing_t listing = { 0 };
    bm_page_t page;
    bm_rows_t *rows;
    apr_status_t rv = read_filter(&filter, q, filter.of_user_id != 0 || bm_query_string_bool(q->query, "all", 0));

    bm_page_read(&page, q);
    listing.after = page.after;
    listing.skip = page.skip;
    listing.limit = page.limit + 1;
    if (rv == APR_SUCCESS)
        rv = bm_session_store_list(&rows, q->db, &listing, &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    bm_page_reply(q, &page, rows, 0, bm_session_fields, 0, 0);
    if (!page.total)
        return APR_SUCCESS;
    listing.count_only = 1;
    rv = bm_session_store_list(&rows, q->db, &listing, &filter, q->err, q->p);
    if (rv == APR_SUCCESS)
        bm_page_set_total(q, bm_rows_int64(rows, 0, 0, 0));
    return rv;
}

static apr_status_t sessions_delete(bm_req_t *q)
{
    bm_session_filter_t filter = { 0 };
    apr_status_t rv = read_filter(&filter, q, 1);

    if (rv == APR_SUCCESS)
        rv = bm_session_store_end_number(&q->foreign, q->db, q->ids[0], &filter, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    q->access_changed = 1;
    bm_api_reply_message(q, "Session %" APR_INT64_T_FMT " is over.", q->ids[0]);
    return APR_SUCCESS;
}

const bm_route_t bm_sessions_api_routes[] = {
    { "GET", "/auth/sessions", BM_ROLE_VIEWER, sessions_list, BM_ROUTE_LIST, 200, list_params, NULL, &session_schema,
      "listSessions", "users", "Where one is signed in, by id." },
    { "DELETE", "/auth/sessions/{id}", BM_ROLE_VIEWER, sessions_delete, BM_ROUTE_OWN_ACCOUNT, 200, NULL, NULL, NULL,
      "deleteSession", "users", "End a session; its cookie and tokens are worth nothing from then on." },
    { NULL }
};
