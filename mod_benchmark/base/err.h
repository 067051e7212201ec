/* SPDX-License-Identifier: Apache-2.0
 *
 * base/err.h: why something failed, for a person and for a program.
 *
 * Functions return apr_status_t, whose meanings are fixed: APR_NOTFOUND, APR_EINVAL (the caller's
 * data), APR_EEXIST (conflict), APR_EACCES, APR_EAGAIN (a dependency is away or full: try later),
 * APR_TIMEUP, APR_EGENERAL (ours). Where a person must know why, the place that knows fills a
 * bm_err_t. Only api/problem.c turns it into an HTTP status.
 *
 * Thread: belongs to one thread at a time. Memory: everything is copied into its pool. */
#ifndef BM_BASE_ERR_H
#define BM_BASE_ERR_H

#include <apr_errno.h>
#include <apr_pools.h>
#include <apr_tables.h>

/** One broken rule of a request: where (JSON Pointer, RFC 6901, or "?name" for a query parameter) and what. */
typedef struct bm_violation_t {
    const char *pointer;
    const char *detail;
} bm_violation_t;

typedef struct bm_err_t {
    apr_pool_t *p;
    apr_status_t status;              /* the status that was set last; APR_SUCCESS: nothing happened */
    const char *code;                 /* machine-readable, snake_case; NULL if the status says it all */
    const char *detail;               /* one sentence for a person; NULL if nothing was set */
    apr_array_header_t *violations;   /* of bm_violation_t, in the order found; never NULL */
    int retry_after_s;                /* > 0: seconds after which to try again */
} bm_err_t;

/** An empty error in pool p. Never NULL. */
bm_err_t *bm_err_make(apr_pool_t *p);

/** Set status, code (may be NULL) and sentence. @return rv, so that a caller can return it. err may be NULL. */
apr_status_t bm_err_set(bm_err_t *err, apr_status_t rv, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** No more violations than this are kept: an answer is not to be longer than what it answers. */
#define BM_ERR_VIOLATIONS_MAX 100

/** Add one violation (its pointer cut to 300 bytes) and make the status APR_EINVAL. @return APR_EINVAL. err may be NULL. */
apr_status_t bm_err_violation(bm_err_t *err, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Whether anything was set. */
int bm_err_is_set(const bm_err_t *err);

#endif
