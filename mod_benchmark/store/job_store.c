/* SPDX-License-Identifier: Apache-2.0 */
#include "store/job_store.h"

#include <apr_strings.h>

static const bm_stmt_t job_ensure = { "job_ensure",
    "insert into jobs (name) select unnest($1::text[]) on conflict do nothing" };
/* The lease covers the longest step of a job that lives; an engine that shows no life for 30 s (it beats every few) has no job at
 * work. What it may still write when it wakes is fenced, like all that jobs do. */
static const bm_stmt_t job_claim = { "job_claim",
    "update jobs set owner = $2, fence = nextval('fence_seq'), lease_until = now() + $3 * interval '1 microsecond'"
    " where name = (select name from jobs where name = any($1) and next_run_at <= now()"
    "                and (lease_until is null or lease_until < now() or exists (select 1 from engines e"
    "                  where e.id = jobs.owner and (e.state = 'stopped' or e.beat_at < now() - interval '30 seconds')))"
    "                order by next_run_at limit 1 for update skip locked)"
    " returning name, fence, failures" };
static const bm_stmt_t job_extend = { "job_extend",
    "update jobs set lease_until = now() + $3 * interval '1 microsecond' where name = $1 and fence = $2" };
static const bm_stmt_t job_finish = { "job_finish",
    "update jobs set owner = null, lease_until = null, last_run_at = now(), last_ms = least($4, 2147483647),"
    " next_run_at = now() + $3 * interval '1 microsecond', failures = case when $5::text is null then 0 else failures + 1 end,"
    " last_error = $5::text where name = $1 and fence = $2" };
static const bm_stmt_t job_wake = { "job_wake", "update jobs set next_run_at = now() where name = $1 and next_run_at > now()" };

static apr_status_t ours(apr_status_t rv, const bm_rows_t *rows, bm_err_t *err, const char *name)
{
    if (rv == APR_SUCCESS && bm_rows_affected(rows) == 0)
        return bm_err_set(err, APR_NOTFOUND, "lease_lost", "Job %s was taken over by somebody else.", name);
    return rv;
}

apr_status_t bm_job_store_ensure(bm_db_t *db, const char *const *names, int n, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &job_ensure, BM_PARAMS(bm_param_texts(names, n, p)), err, p);
}

apr_status_t bm_job_store_claim(bm_job_claim_t *claim, bm_db_t *db, const char *const *names, int n, const char *owner,
                                apr_interval_time_t lease, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &job_claim, BM_PARAMS(bm_param_texts(names, n, p), bm_param_text(owner),
                                  bm_param_int64(lease)), err, p);

    if (rv != APR_SUCCESS)
        return rv;
    if (bm_rows_count(rows) == 0)
        return APR_NOTFOUND;
    claim->name = apr_pstrdup(p, bm_rows_text(rows, 0, 0));
    claim->fence = bm_rows_int64(rows, 0, 1, 0);
    claim->failures = (int)bm_rows_int64(rows, 0, 2, 0);
    return APR_SUCCESS;
}

apr_status_t bm_job_store_extend(bm_db_t *db, const bm_job_claim_t *claim, apr_interval_time_t lease, bm_err_t *err,
                                 apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &job_extend, BM_PARAMS(bm_param_text(claim->name), bm_param_int64(claim->fence),
                                  bm_param_int64(lease)), err, p);

    return ours(rv, rows, err, claim->name);
}

apr_status_t bm_job_store_finish(bm_db_t *db, const bm_job_claim_t *claim, apr_interval_time_t next, apr_interval_time_t took,
                                 const char *error, bm_err_t *err, apr_pool_t *p)
{
    bm_rows_t *rows;
    apr_status_t rv = bm_db_query(&rows, db, &job_finish, BM_PARAMS(bm_param_text(claim->name), bm_param_int64(claim->fence),
                                  bm_param_int64(next), bm_param_int64(apr_time_as_msec(took)), bm_param_text(error)), err, p);

    return ours(rv, rows, err, claim->name);
}

apr_status_t bm_job_store_wake(bm_db_t *db, const char *name, bm_err_t *err, apr_pool_t *p)
{
    return bm_db_query(NULL, db, &job_wake, BM_PARAMS(bm_param_text(name)), err, p);
}
