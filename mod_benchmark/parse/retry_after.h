/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/retry_after.h: how long a server asks us to wait (contracts/openai-compatible.md section 6).
 *
 * All results are microseconds, 0 (a time that is past) to cap. What does not parse is as if it were
 * not there: a wait is advice, and bad advice must not fail a run.
 *
 * Thread: no state. */
#ifndef BM_PARSE_RETRY_AFTER_H
#define BM_PARSE_RETRY_AFTER_H

#include <apr_errno.h>
#include <apr_time.h>

/** Retry-After: seconds (a fraction is understood) or an HTTP-date, which is compared with now.
 *  @return APR_NOTFOUND: NULL, negative or neither. */
apr_status_t bm_retry_after_seconds_or_date(apr_interval_time_t *pwait, const char *value, apr_time_t now,
                                            apr_interval_time_t cap);

/** retry-after-ms: milliseconds (a fraction is understood). @return APR_NOTFOUND as above. */
apr_status_t bm_retry_after_ms(apr_interval_time_t *pwait, const char *value, apr_interval_time_t cap);

/** x-ratelimit-reset-*: a Go duration ("6m0s", "1h2m3.5s", "12ms"; units h m s ms us µs ns) or a plain number of
 *  seconds.
 *  @return APR_NOTFOUND as above. */
apr_status_t bm_retry_after_duration(apr_interval_time_t *pwait, const char *value, apr_interval_time_t cap);

/** A response header by its name in lower case; NULL if there is none. */
typedef const char *bm_retry_after_header_fn(void *baton, const char *name);

/** The wait that a response asks for: retry-after-ms, else Retry-After, else the longer of x-ratelimit-reset-requests
 *  and -tokens, of which one whose x-ratelimit-remaining-* says that something is left does not count.
 *  @return APR_NOTFOUND: it asks for none. */
apr_status_t bm_retry_after_find(apr_interval_time_t *pwait, bm_retry_after_header_fn *header, void *baton,
                                 apr_time_t now, apr_interval_time_t cap);

/** What a response says of the limit of requests: x-ratelimit-{limit,remaining,reset}-requests (OpenAI and others), or
 *  anthropic-ratelimit-requests-{limit,remaining,reset}, whose reset is a time. *full_in: until all `limit` are free again.
 *  @return APR_NOTFOUND: it does not say all three, or they make no sense. */
apr_status_t bm_retry_after_request_limit(double *limit, double *remaining, apr_interval_time_t *full_in,
                                          bm_retry_after_header_fn *header, void *baton, apr_time_t now, apr_interval_time_t cap);

#endif
