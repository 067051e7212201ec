/* SPDX-License-Identifier: Apache-2.0 */
#include "api/auth_refresh.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "api/audit.h"
#include "api/auth_reply.h"
#include "base/log.h"
#include "store/session_store.h"

static const bm_field_t refresh_fields[] = {
    { "refresh_token", BM_TYPE_STRING, 0, 1, 200, .doc = "What login or the last refresh gave; it is used up. None: the access "
      "token of this request gets a successor, as long as it is valid." },
    { NULL }
};

const bm_schema_t bm_auth_refresh_schema = { "AuthRefresh", refresh_fields };

static apr_status_t refused(bm_req_t *q)
{
    return bm_err_set(q->err, APR_EACCES, "credential_refused", "The session is over; log in again.");
}

/* Committed whatever the answer is: also that a session ended because its token was copied. */
static apr_status_t use_up(bm_refresh_e *presult, bm_refreshed_t *done, bm_req_t *q, const char *token)
{
    apr_status_t rv = bm_db_begin(q->db, q->err);

    if (rv == APR_SUCCESS)
        rv = bm_session_store_refresh(presult, done, q->db, token, q->address, q->err, q->p);
    if (rv == APR_SUCCESS && *presult == BM_REFRESH_DONE) {
        q->who.user = done->user;            /* whom the audit log names; what he sees is not asked here */
        q->who.projects = bm_projects_all();
        rv = bm_audit_done(q);
    }
    if (rv == APR_SUCCESS && *presult == BM_REFRESH_REUSED)
        rv = bm_audit_refused(q, done->user, apr_psprintf(q->p, "/auth/sessions/%" APR_INT64_T_FMT, done->number), 401);
    return rv == APR_SUCCESS ? bm_db_commit(q->db, q->err) : rv;
}

static apr_status_t by_refresh_token(bm_req_t *q, const char *token)
{
    bm_refresh_e result;
    bm_refreshed_t done;
    apr_status_t rv;

    if (!bm_opaque_has_form(token, strlen(token)))
        return refused(q);
    rv = use_up(&result, &done, q, token);
    if (rv != APR_SUCCESS)
        return rv;
    if (result == BM_REFRESH_REUSED) {
        q->access_changed = 1;
        bm_log(BM_LOG_NOTICE, 0, BMLOG(0901) "request %s: a refresh token of session %s came a second time; the session is ended",
               q->request_id, done.session);
    }
    if (result != BM_REFRESH_DONE)
        return refused(q);
    return bm_auth_reply_tokens(q, done.user, done.user_id, done.session, done.now, done.ends, done.successor);
}

static apr_status_t by_access_token(bm_req_t *q, const bm_identity_t *who)
{
    apr_int64_t now, ends;
    apr_status_t rv = bm_session_store_ends(&now, &ends, q->db, who->session, q->err, q->p);

    if (rv == APR_NOTFOUND)
        return refused(q);
    if (rv == APR_SUCCESS)
        rv = bm_audit_done(q);
    return rv == APR_SUCCESS ? bm_auth_reply_tokens(q, who->user, who->user_id, who->session, now, ends, NULL) : rv;
}

apr_status_t bm_auth_refresh(bm_req_t *q)
{
    const char *token = json_string_value(json_object_get(q->body, "refresh_token"));
    const char *authorization = q->header != NULL ? q->header(q->request, "Authorization") : NULL;
    const bm_identity_t *who = q->who.identity;

    if (token != NULL)
        return by_refresh_token(q, token);
    if (who != NULL && who->credential == BM_CREDENTIAL_TOKEN)
        return by_access_token(q, who);
    if (authorization != NULL && strncasecmp(authorization, "Bearer ", 7) == 0)
        return refused(q);
    return bm_err_violation(q->err, "/refresh_token", "Is missing, and the request has no valid access token either.");
}
