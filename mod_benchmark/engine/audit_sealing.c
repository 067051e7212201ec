/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit_sealing.h"

#include "base/log.h"
#include "base/settings.h"
#include "store/audit_store.h"

/* The chain's end in the log is what the chain itself cannot be changed with. */
static apr_status_t seal(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const char *head;
    int sealed;
    apr_status_t rv = bm_audit_store_seal(&sealed, &head, ctx->db, ctx->err, p);

    if (rv == APR_SUCCESS && head != NULL)
        bm_log(BM_LOG_INFO, 0, BMLOG(0420) "audit log: %d entries sealed, batch %s", sealed, head);
    ctx->again = sealed > 1000;
    return rv;
}

/* Where the chain goes on from is in the log for the same reason. */
static apr_status_t forget(bm_job_ctx_t *ctx, apr_pool_t *p)
{
    const bm_settings_t *settings = ctx->baton;
    apr_int64_t broken;
    const char *head;
    int removed;
    apr_status_t rv;

    if (settings->keep_audit == 0)
        return APR_SUCCESS;
    rv = bm_audit_store_forget(&removed, &head, &broken, ctx->db, settings->keep_audit, ctx->err, p);
    if (rv == APR_SUCCESS && removed > 0)
        bm_log(BM_LOG_INFO, 0, BMLOG(0422) "audit log: %d entries removed, up to batch %s", removed, head);
    if (rv == APR_SUCCESS && broken != 0)
        bm_log(BM_LOG_ERR, 0, BMLOG(0423) "audit log: batch %" APR_INT64_T_FMT " is not what was sealed: nothing is removed"
               " from it on", broken);
    ctx->again = rv == APR_SUCCESS && removed > 0 && broken == 0;
    return rv;
}

const bm_job_t bm_audit_retention_job = {
    .name = "audit-retention", .doc = "Removes entries of the audit log that are older than their retention.",
    .every = apr_time_from_sec(3600), .lease = apr_time_from_sec(300), .run = forget
};

const bm_job_t bm_audit_sealing_job = {
    .name = "audit-sealing", .doc = "Chains entries of the audit log.", .every = apr_time_from_sec(5),
    .lease = apr_time_from_sec(120), .run = seal
};
