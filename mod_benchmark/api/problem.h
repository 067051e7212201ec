/* SPDX-License-Identifier: Apache-2.0
 *
 * api/problem.h: what failed, as HTTP says it (RFC 9457). The only place where a status of ours becomes one of HTTP.
 *
 *   {"type":"about:blank","title":"Not Found","status":404,"detail":"There is no run 5.","code":"...","request_id":"...",
 *    "errors":[{"pointer":"/name","detail":"Is missing."}]}
 *
 * A sentence of our own failures (500) stays in the log; stack, SQL and paths never appear. Thread: no state. */
#ifndef BM_API_PROBLEM_H
#define BM_API_PROBLEM_H

#include "base/buffer.h"
#include "base/err.h"
#include "model/field.h"

#define BM_PROBLEM_TYPE "application/problem+json"

/** HTTP status of rv; err may be NULL. */
int bm_problem_status(apr_status_t rv, const bm_err_t *err);

/** Reason phrase of a status, "Error" for one we do not know. */
const char *bm_problem_title(int status);

/** Append the document. err may be NULL (a failure of httpd's own); detail NULL: err's, or a sentence for the status. */
void bm_problem_write(bm_buffer_t *out, int status, const bm_err_t *err, const char *detail, const char *request_id);

/** Seconds for Retry-After; 0: none. */
int bm_problem_retry_after(int status, const bm_err_t *err);

/** The document's members, for the reference. */
extern const bm_field_t bm_problem_fields[];

#endif
